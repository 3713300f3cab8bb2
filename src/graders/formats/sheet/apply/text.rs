//! Documents with their levels in headings, or of one level each.

mod section;

use self::section::{Section, written};
use super::Source;
use super::cells::path;
use super::compose::Entry;
use super::ladders::{LONGEST_SUMMARY, Ladders};
use crate::graders::formats::sheet::account::{Became, Why};
use crate::graders::formats::sheet::lines::{self, Line};
use crate::graders::formats::sheet::mapping::{LevelChoice, Mapping, TableMapping};
use crate::graders::formats::sheet::names::{self, Name, compared};
use crate::graders::formats::sheet::table::Table;
use crate::ladder::Level;

/// Where in a document a line stands.
#[derive(Default)]
struct Open {
    /// The rank of the level, or why it is left out.
    level: Option<Result<Level, Why>>,
    /// Its name.
    name: String,
    /// The depth of the heading that named the level.
    depth: usize,
    /// The headings that are open below it, each with its depth.
    headings: Vec<(usize, String)>,
    /// Whether the level has headings of its own, or a list.
    is_divided: bool,
}

/// Reads a document.
pub fn read(source: &mut Source<'_>, ladders: &mut Ladders<'_>) {
    let table = source.table;
    let lines = lines::read(table);
    let mut open = Open::default();
    if !source.read.level.is_empty() {
        open.level = Some(source.level(&source.read.level));
        open.name.clone_from(&source.read.level);
        open.is_divided = is_divided(&lines, 0);
    }
    let lowest = source.mapping.levels.iter().find(|choice| choice.level.is_some());
    let has_levels = open.level.is_some()
        || lines.iter().any(|line| level_of(line, table, source.mapping).is_some());
    let mut section = Section::default();
    for (at, line) in lines.iter().enumerate() {
        let text = table.rows[line.row].text(0);
        let Line { kind: lines::Kind::Heading(depth), .. } = *line else {
            section.push(line);
            continue;
        };
        flush(source, ladders, &mut open, (&mut section, lowest, has_levels));
        let title = lines::title(text);
        if let Some(name) =
            level_of(line, table, source.mapping).filter(|_| source.read.level.is_empty())
        {
            let level = source.level(&name);
            open = Open {
                level: Some(level),
                name,
                depth,
                is_divided: is_divided(&lines, at + 1),
                ..Open::default()
            };
            source.tell(line.row, 0, Became::Level(level.ok()));
        } else if is_of_level(&title, source.read) {
            source.tell(line.row, 0, Became::Level(source.level(&source.read.level).ok()));
        } else if is_title(source, &lines[..at], depth, &title) {
            let became = if source.block.is_empty() { Became::Title } else { Became::Block };
            source.tell(line.row, 0, became);
        } else if !has_levels {
            source.tell(line.row, 0, Became::LeftOut(Why::Outside));
        } else {
            // A heading above those of levels ends the level.
            if source.read.level.is_empty() && depth < open.depth {
                open = Open::default();
            }
            open.headings.retain(|(before, _)| *before < depth);
            open.headings.push((depth, title));
            source.tell(line.row, 0, Became::Block);
        }
    }
    flush(source, ladders, &mut open, (&mut section, lowest, has_levels));
}

/// The name of the level that a heading is.
fn level_of(line: &Line, table: &Table, mapping: &Mapping) -> Option<String> {
    matches!(line.kind, lines::Kind::Heading(_)).then_some(())?;
    let title = lines::title(table.rows[line.row].text(0));
    mapping.choice(&title).map(|choice| choice.name.clone())
}

/// Whether a heading names the level that all of the document is of.
fn is_of_level(title: &str, read: &TableMapping) -> bool {
    let level = |name: &str| match names::read(&name.replace(['_', '.'], " ")) {
        Some(Name::Rank(level) | Name::Likely(level)) => Some(level),
        _ => None,
    };
    let is_same = || level(title).is_some() && level(title) == level(&read.level);
    !read.level.is_empty() && (compared(title) == compared(&read.level) || is_same())
}

/// Whether a heading is the title of the document: the first one, and of the first depth.
fn is_title(source: &Source<'_>, before: &[Line], depth: usize, title: &str) -> bool {
    let is_first = !before.iter().any(|line| matches!(line.kind, lines::Kind::Heading(_)));
    depth == 1 && is_first && (source.read.level.is_empty() || title == source.mapping.title)
}

/// Whether the text under a level has headings of its own, or a list.
fn is_divided(lines: &[Line], first: usize) -> bool {
    let depth = first.checked_sub(1).map_or(0, |at| match lines[at].kind {
        lines::Kind::Heading(depth) => depth,
        _ => 0,
    });
    let below = lines[first..].iter().take_while(|line| match line.kind {
        lines::Kind::Heading(found) => found > depth,
        _ => true,
    });
    below
        .into_iter()
        .any(|line| matches!(line.kind, lines::Kind::Heading(_) | lines::Kind::Item(_)))
}

/// Puts the lines since the last heading where they belong.
fn flush(
    source: &mut Source<'_>,
    ladders: &mut Ladders<'_>,
    open: &mut Open,
    (section, lowest, has_levels): (&mut Section, Option<&LevelChoice>, bool),
) {
    let section = std::mem::take(section);
    let table = source.table;
    for (row, why) in &section.dropped {
        source.tell(*row, 0, why.clone());
    }
    if section.lines.is_empty() {
        return;
    }
    let leave = |source: &mut Source<'_>, why: Why| {
        section.lines.iter().for_each(|line| source.tell(line.row, 0, Became::LeftOut(why)));
    };
    let level = match open.level {
        Some(Ok(level)) => level,
        Some(Err(why)) => return leave(source, why),
        None if !has_levels => return leave(source, Why::Outside),
        None => {
            // Before the first level: a phrase on the profession, and what everybody is asked.
            if open.headings.is_empty() && !section.has_items() {
                let ladder = ladders.named(&source.ladder);
                let text = section.lines.iter().map(|line| table.rows[line.row].text(0).trim());
                let text = text.collect::<Vec<_>>().join(" ");
                let is_phrase =
                    text.chars().count() <= LONGEST_SUMMARY && ladder.summary.is_empty();
                if is_phrase && source.block.is_empty() {
                    ladder.summary = text;
                    section.lines.iter().for_each(|line| source.tell(line.row, 0, Became::Summary));
                    return;
                }
                return leave(source, Why::BeforeLevels);
            }
            match lowest.and_then(|choice| Some((choice, choice.level?))) {
                Some((choice, level)) if section.has_items() => {
                    open.name.clone_from(&choice.name);
                    level
                }
                _ => return leave(source, Why::BeforeLevels),
            }
        }
    };
    let titles = open.headings.iter().map(|(_, title)| title.as_str()).collect::<Vec<_>>();
    let block = path(&[&[source.block.as_str()], titles.as_slice()].concat());
    // Where nothing is a list, the paragraphs are what is asked.
    let is_preamble = open.headings.is_empty() && open.is_divided;
    let paragraphs_ask = !section.has_items() && !is_preamble;
    let (text, told) = written(&section, table, level, paragraphs_ask);
    for (row, became) in told {
        source.tell(row, 0, became);
    }
    let first = section.lines.first().map_or(0, |line| line.row);
    let entry = Entry { block, text, is_whole: true, ..Entry::default() };
    let place = table.place(first, 0);
    ladders.named(&source.ladder).add((level, &open.name), entry, place);
}
