//! Tables with a requirement in each row.

use super::Source;
use super::cells::{Item, items, path, words};
use super::compose::Entry;
use super::ladders::Ladders;
use crate::graders::formats::sheet::account::{Became, Why};
use crate::graders::formats::sheet::guess::lying;
use crate::graders::formats::sheet::mapping::Role;
use crate::graders::formats::sheet::marks::{Importance, Mark, importance, mark};
use crate::graders::formats::sheet::table::{Kind, Row};
use crate::ladder::{Depth, Level};

/// What carries on from row to row.
#[derive(Default)]
struct Open {
    /// The name of the level.
    level: String,
    ladder: String,
    blocks: Vec<(usize, String)>,
    /// The block that rows of their own name.
    heading: String,
    competency: String,
    /// The requirements of the last row that had some: the ladder, the grade and the place in it.
    last: Vec<(String, Level, usize)>,
}

/// Reads a table.
pub fn read(source: &mut Source<'_>, ladders: &mut Ladders<'_>) {
    let table = lying(source.table, source.read.is_transposed);
    let first = source.read.header.map_or(0, |header| header + source.read.header_rows.max(1));
    let first = first.min(table.rows.len());
    for at in 0..first {
        let cells = table.rows[at].filled().map(|(column, cell)| (column, cell.text.clone()));
        for (column, text) in cells.collect::<Vec<_>>() {
            let is_title = text == source.mapping.title && source.read.header != Some(at);
            source.tell(at, column, if is_title { Became::Title } else { Became::Heading });
        }
    }
    let header = source.read.header.and_then(|header| table.rows.get(header));
    let titles =
        (0..table.width()).map(|column| header.map_or("", |row| row.text(column)).to_owned());
    let titles = titles.collect::<Vec<_>>();
    let mut open =
        Open { level: source.read.level.clone(), ladder: source.ladder.clone(), ..Open::default() };
    for (at, row) in table.rows.iter().enumerate().skip(first) {
        if let Some((column, text)) = row.lone()
            && lone(source, &mut open, (at, column, text))
        {
            continue;
        }
        read_row(source, ladders, &mut open, (at, row), &titles);
    }
}

/// Reads a row with nothing but the name of a level or a block, if it is one.
fn lone(
    source: &mut Source<'_>,
    open: &mut Open,
    (at, column, text): (usize, usize, &str),
) -> bool {
    let role = source.read.columns.get(column).copied().unwrap_or_default();
    if source.mapping.choice(text).is_some() && !matches!(role, Role::Block | Role::Ladder) {
        *open = Open { level: text.to_owned(), ladder: open.ladder.clone(), ..Open::default() };
        source.tell(at, column, Became::Level(source.level(text).ok()));
        return true;
    }
    let has_others = source.read.columns.iter().filter(|role| **role != Role::Skip).count() > 1;
    let is_block = match role {
        Role::Competency | Role::Skip => true,
        Role::Requirement => column == 0 && has_others,
        _ => false,
    };
    if is_block {
        (open.heading, open.competency) = (text.to_owned(), String::new());
        open.blocks.clear();
        source.tell(at, column, Became::Block);
    }
    is_block
}

fn read_row(
    source: &mut Source<'_>,
    ladders: &mut Ladders<'_>,
    open: &mut Open,
    (at, row): (usize, &Row),
    titles: &[String],
) {
    let is_markdown = source.table.kind == Kind::MarkdownTable;
    let columns = source.read.columns.clone();
    let filled =
        (0..row.cells.len()).filter(|column| !row.text(*column).is_empty()).collect::<Vec<_>>();
    let of_role = |wanted: Role| {
        filled
            .iter()
            .copied()
            .filter(|column| columns.get(*column) == Some(&wanted))
            .collect::<Vec<_>>()
    };
    if let Some(column) = of_role(Role::Ladder).first().copied() {
        row.text(column).clone_into(&mut open.ladder);
        source.tell(at, column, Became::Title);
    }
    for column in of_role(Role::LevelName) {
        row.text(column).clone_into(&mut open.level);
        source.tell(at, column, Became::Level(source.level(row.text(column)).ok()));
    }
    for column in of_role(Role::Block) {
        open.blocks.retain(|(before, _)| *before < column);
        open.blocks.push((column, words(row.text(column), is_markdown)));
        source.tell(at, column, Became::Block);
    }
    for column in of_role(Role::Competency) {
        row.text(column).clone_into(&mut open.competency);
        source.tell(at, column, Became::Competency);
    }
    let depth = of_role(Role::Depth).into_iter().find_map(|column| {
        match mark(row.text(column), source.mapping.numbers) {
            Some(Mark::Depth(depth)) => Some(depth),
            _ => None,
        }
    });
    let of_row =
        of_role(Role::Importance).into_iter().find_map(|column| importance(row.text(column)));
    let is_optional = of_row == Some(Importance::Optional);
    let asking = of_role(Role::Requirement);
    let level = source.level(&open.level);
    if !asking.is_empty() {
        open.last.clear();
    }
    let several = source.read.columns.iter().filter(|role| **role == Role::Requirement).count() > 1;
    for column in asking {
        let level = match level {
            Ok(level) => level,
            Err(why) => {
                source.tell(at, column, Became::LeftOut(why));
                continue;
            }
        };
        if mark(row.text(column), source.mapping.numbers) == Some(Mark::NotAsked) {
            source.tell(at, column, Became::NotAsked);
            continue;
        }
        let read = items(row.text(column), is_markdown);
        let count = read.len();
        let title = if several { words(&titles[column], is_markdown) } else { String::new() };
        for item in read {
            let entry = entry(source, open, (item, &title), (depth, is_optional));
            let place = source.place(at, column);
            let index = ladders.named(&open.ladder).add((level, &open.level), entry, place);
            open.last.push((open.ladder.clone(), level, index));
        }
        source.tell(at, column, Became::Requirements { level, count, depth, is_optional });
    }
    beside(source, ladders, open, (at, row));
}

/// What a grade says by an item of a row.
fn entry(
    source: &Source<'_>,
    open: &Open,
    (item, title): (Item, &str),
    (depth, is_optional): (Option<Depth>, bool),
) -> Entry {
    let is_markdown = source.table.kind == Kind::MarkdownTable;
    let (heading, competency) =
        (words(&open.heading, is_markdown), words(&open.competency, is_markdown));
    let blocks = open.blocks.iter().map(|(_, title)| title.as_str()).collect::<Vec<_>>();
    let block = path(&[&[source.block.as_str(), heading.as_str()], blocks.as_slice()].concat());
    let is_bare = open.blocks.is_empty() && heading.is_empty();
    let (block, competency) =
        if is_bare { (path(&[&block, &competency]), "") } else { (block, competency.as_str()) };
    let parts = [competency, title, item.group.as_str()];
    let parts = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    Entry {
        group: parts.join(": "),
        block,
        text: item.text,
        depth,
        is_optional: is_optional || item.is_optional,
        examples: item.examples,
        is_whole: false,
    }
}

/// Tells what became of the cells beside the requirements; examples go to the requirements of their row, or of
/// the row above where that has the requirement of several rows.
fn beside(
    source: &mut Source<'_>,
    ladders: &mut Ladders<'_>,
    open: &Open,
    (at, row): (usize, &Row),
) {
    let is_markdown = source.table.kind == Kind::MarkdownTable;
    let cells = row.filled().map(|(column, cell)| (column, cell.text.clone())).collect::<Vec<_>>();
    for (column, text) in cells {
        let became = match source.read.columns.get(column).copied().unwrap_or_default() {
            Role::Example | Role::Note => match open.last.last() {
                Some((ladder, level, index)) => {
                    for example in items(&text, is_markdown) {
                        let words = match example.group.as_str() {
                            "" => example.text,
                            group => format!("{group}: {}", example.text),
                        };
                        ladders.named(ladder).add_example(*level, *index, &words);
                        for nested in &example.examples {
                            ladders.named(ladder).add_example(*level, *index, nested);
                        }
                    }
                    Became::Example
                }
                None => Became::LeftOut(Why::Nothing),
            },
            Role::Depth | Role::Importance if !open.last.is_empty() => Became::Depth,
            Role::Skip | Role::Level => Became::LeftOut(Why::Column),
            _ => continue,
        };
        source.tell(at, column, became);
    }
}
