//! Tables of competencies with a column for each level.

use std::mem;

use super::Source;
use super::cells::{Item, items, path, words};
use super::compose::Entry;
use super::ladders::Ladders;
use crate::graders::formats::sheet::account::{Became, Why};
use crate::graders::formats::sheet::guess::{lying, names_of_columns};
use crate::graders::formats::sheet::mapping::Role;
use crate::graders::formats::sheet::marks::{
    Importance, Mark, importance, mark, without_importance,
};
use crate::graders::formats::sheet::table::{Kind, Row, Table};
use crate::ladder::{Depth, Level};

/// What carries on from row to row.
#[derive(Default)]
struct Open {
    /// For each column the name of its level and the heading below that.
    names: Vec<Option<(String, String)>>,
    /// The blocks that columns name, in the order of the columns.
    blocks: Vec<(usize, String)>,
    /// The block that rows of their own name.
    heading: String,
    /// Whether rows followed that heading.
    has_rows: bool,
    competency: String,
}

/// Something that a row asks of a grade.
struct Asked {
    level: Level,
    at: usize,
    ladder: String,
}

/// Reads a table.
pub fn read(source: &mut Source<'_>, ladders: &mut Ladders<'_>) {
    let table = lying(source.table, source.read.is_transposed);
    let header = source.read.header.unwrap_or_default();
    let first = (header + source.read.header_rows).min(table.rows.len());
    above(source, ladders, &table, header);
    headings(source, &table, header, first);
    let last = (first..table.rows.len()).rfind(|at| table.rows[*at].lone().is_none());
    let names = names_of_columns(&table, source.read);
    let mut open = Open { names, ..Open::default() };
    for (at, row) in table.rows.iter().enumerate().skip(first) {
        if let Some((column, text)) = row.lone()
            && is_heading(source, column)
        {
            if last.is_some_and(|last| at < last) {
                let before = if open.has_rows { "" } else { open.heading.as_str() };
                let (names, heading) = (mem::take(&mut open.names), path(&[before, text]));
                open = Open { names, heading, ..Open::default() };
                source.tell(at, column, Became::Block);
            } else {
                source.tell(at, column, Became::LeftOut(Why::Outside));
            }
            continue;
        }
        open.has_rows = true;
        read_row(source, ladders, &mut open, (at, row));
    }
}

/// Whether a row with nothing but a text in this column is the heading of a block.
fn is_heading(source: &Source<'_>, column: usize) -> bool {
    let columns = &source.read.columns;
    match columns.get(column).copied().unwrap_or_default() {
        Role::Competency => !columns.contains(&Role::Block) || column == 0,
        Role::Skip | Role::Note | Role::Example => column == 0,
        _ => false,
    }
}

/// The rows above the table: its title and a phrase on it.
fn above(source: &mut Source<'_>, ladders: &mut Ladders<'_>, table: &Table, header: usize) {
    if source.read.is_transposed {
        for at in 0..header {
            let filled = table.rows[at].filled().map(|(column, _)| column).collect::<Vec<_>>();
            for column in filled {
                source.tell(at, column, Became::Heading);
            }
        }
        return;
    }
    let mut has_title = false;
    for (at, row) in table.rows.iter().enumerate().take(header) {
        let cells =
            row.filled().map(|(column, cell)| (column, cell.text.clone())).collect::<Vec<_>>();
        let is_lone = cells.len() == 1;
        for (column, text) in cells {
            let role = source.read.columns.get(column).copied().unwrap_or_default();
            let became = if !is_lone || (at + 1 == header && role == Role::Level) {
                Became::Heading
            } else if !has_title {
                has_title = true;
                if text == source.mapping.title { Became::Title } else { Became::Heading }
            } else {
                let ladder = ladders.named(&source.ladder);
                let is_short =
                    text.chars().count() <= super::ladders::LONGEST_SUMMARY && !text.contains('\n');
                if is_short && ladder.summary.is_empty() {
                    ladder.summary = text;
                    Became::Summary
                } else {
                    Became::LeftOut(Why::Outside)
                }
            };
            source.tell(at, column, became);
        }
    }
}

fn headings(source: &mut Source<'_>, table: &Table, header: usize, first: usize) {
    let names = names_of_columns(table, source.read);
    for at in header..first {
        let filled = table.rows[at].filled().map(|(column, _)| column).collect::<Vec<_>>();
        for column in filled {
            let level = names.get(column).and_then(Option::as_ref).filter(|_| at == header);
            let became =
                level.map_or(Became::Heading, |(name, _)| Became::Level(source.level(name).ok()));
            source.tell(at, column, became);
        }
    }
}

fn read_row(
    source: &mut Source<'_>,
    ladders: &mut Ladders<'_>,
    open: &mut Open,
    (at, row): (usize, &Row),
) {
    let columns = source.read.columns.clone();
    let is_markdown = source.table.kind == Kind::MarkdownTable;
    let role = |column: usize| columns.get(column).copied().unwrap_or_default();
    let own =
        |column: usize| row.cells.get(column).map(|cell| cell.text.as_str()).unwrap_or_default();
    let with = |wanted: Role| (0..row.cells.len()).filter(move |column| role(*column) == wanted);
    for column in with(Role::Block).filter(|column| !own(*column).is_empty()).collect::<Vec<_>>() {
        open.blocks.retain(|(before, _)| *before < column);
        open.blocks.push((column, words(own(column), is_markdown)));
        source.tell(at, column, Became::Block);
    }
    let competency_column = with(Role::Competency).find(|column| !own(*column).is_empty());
    if let Some(column) = competency_column {
        own(column).clone_into(&mut open.competency);
    }
    let ladder = with(Role::Ladder)
        .map(own)
        .find(|text| !text.is_empty())
        .unwrap_or(&source.ladder)
        .to_owned();
    let of_row = with(Role::Importance).find_map(|column| importance(own(column)));
    let (competency, of_competency) = without_importance(&open.competency);
    let is_optional = of_row.or(of_competency) == Some(Importance::Optional);
    let depth_of_row =
        with(Role::Depth).find_map(|column| match mark(own(column), source.mapping.numbers) {
            Some(Mark::Depth(depth)) => Some(depth),
            _ => None,
        });
    let blocks = open.blocks.iter().map(|(_, title)| title.as_str()).collect::<Vec<_>>();
    let block = path(
        &[&[source.block.as_str(), &words(&open.heading, is_markdown)], blocks.as_slice()].concat(),
    );
    let competency = words(&competency.replace('\n', " "), is_markdown);
    let mut asked = Vec::<Asked>::new();
    let levels = with(Role::Level).filter(|column| !own(*column).is_empty()).collect::<Vec<_>>();
    for column in levels {
        let text = own(column);
        let became = match open.names.get(column).and_then(Option::as_ref) {
            None => Became::LeftOut(Why::NoHeading),
            Some((name, below)) => match source.level(name) {
                Err(why) => Became::LeftOut(why),
                Ok(level) => {
                    let said =
                        mark(text, source.mapping.numbers).filter(|_| !competency.is_empty());
                    let place = source.place(at, column);
                    let mut add = |block: &str, group: &str, item: Item, depth: Option<Depth>| {
                        let entry = Entry {
                            block: block.to_owned(),
                            group: group.to_owned(),
                            text: item.text,
                            depth: depth.or(depth_of_row),
                            is_optional: is_optional || item.is_optional,
                            examples: item.examples,
                            is_whole: false,
                        };
                        let index = ladders.named(&ladder).add((level, name), entry, place);
                        asked.push(Asked { level, at: index, ladder: ladder.clone() });
                    };
                    let (count, depth) = match said {
                        Some(Mark::NotAsked) => (0, None),
                        Some(mark) => {
                            let depth =
                                if let Mark::Depth(depth) = mark { Some(depth) } else { None };
                            let item = Item { text: competency.clone(), ..Item::default() };
                            add(&block, &words(below, is_markdown), item, depth);
                            (1, depth.or(depth_of_row))
                        }
                        None => {
                            let items = items(text, is_markdown);
                            let count = items.len();
                            for item in items {
                                // Without a block the competency is one, so that it lines up across grades.
                                let below = words(below, is_markdown);
                                let (block, group) = if open.blocks.is_empty()
                                    && open.heading.is_empty()
                                {
                                    (
                                        path(&[&block, &competency]),
                                        grouped(&["", &below, &item.group]),
                                    )
                                } else {
                                    (block.clone(), grouped(&[&competency, &below, &item.group]))
                                };
                                add(&block, &group, item, None);
                            }
                            (count, depth_of_row)
                        }
                    };
                    if said == Some(Mark::NotAsked) {
                        Became::NotAsked
                    } else {
                        Became::Requirements { level, count, depth, is_optional }
                    }
                }
            },
        };
        source.tell(at, column, became);
    }
    rest(source, ladders, (at, row), &asked);
}

fn grouped(parts: &[&str]) -> String {
    let parts = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>();
    parts.join(": ")
}

/// Tells what became of the cells beside those of levels, and gives the requirements their examples.
fn rest(
    source: &mut Source<'_>,
    ladders: &mut Ladders<'_>,
    (at, row): (usize, &Row),
    asked: &[Asked],
) {
    let is_markdown = source.table.kind == Kind::MarkdownTable;
    let cells = row.filled().map(|(column, cell)| (column, cell.text.clone())).collect::<Vec<_>>();
    for (column, text) in cells {
        let became = match source.read.columns.get(column).copied().unwrap_or_default() {
            Role::Competency if asked.is_empty() => Became::LeftOut(Why::AskedNowhere),
            Role::Competency => Became::Competency,
            Role::Note | Role::Example => match asked.first() {
                Some(first) => {
                    for example in items(&text, is_markdown) {
                        let ladder = ladders.named(&first.ladder);
                        let words = grouped(&[&example.group, &example.text]);
                        ladder.add_example(first.level, first.at, &words);
                        for nested in example.examples {
                            ladder.add_example(first.level, first.at, &nested);
                        }
                    }
                    Became::Example
                }
                None => Became::LeftOut(Why::AskedNowhere),
            },
            Role::Depth | Role::Importance if !asked.is_empty() => Became::Depth,
            Role::Depth | Role::Importance => Became::LeftOut(Why::AskedNowhere),
            Role::Ladder => Became::Title,
            Role::Level | Role::Block => continue,
            Role::Skip | Role::LevelName | Role::Requirement => Became::LeftOut(Why::Column),
        };
        source.tell(at, column, became);
    }
}
