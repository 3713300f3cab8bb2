//! The lines of a document and what each of them is.

use super::super::super::account::{Became, Why};
use super::super::super::document::heading_of;
use super::super::super::marks::{Importance, without_importance};
use super::super::super::table::Table;
use crate::ladder::kind::OPTIONAL;
use crate::ladder::{Level, as_commonmark};

/// A line that is not empty.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Its row in the table.
    pub row: usize,
    pub kind: Kind,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A heading of this depth.
    Heading(usize),
    /// An item of a list, with so many columns before it.
    Item(usize),
    /// Words.
    Text,
    /// A line of code, or of its fence.
    Code,
    /// Where examples begin that can be folded, and where they end.
    Details(bool),
    /// The caption of what can be folded.
    Caption,
    /// Signs that only shape the document.
    Markup,
    /// A line of a comment.
    Comment,
    /// A line for programs at the top.
    FrontMatter,
    /// An item that leads to a place in the same document.
    Contents,
}

/// Lines between two headings.
#[derive(Default)]
pub struct Section {
    /// Those that are put into a description.
    pub lines: Vec<Line>,
    /// Those that are not, by row.
    pub dropped: Vec<(usize, Became)>,
}

impl Section {
    /// Adds a line.
    pub fn push(&mut self, line: &Line) {
        match line.kind {
            Kind::Comment => self.dropped.push((line.row, Became::LeftOut(Why::Comment))),
            Kind::FrontMatter => self.dropped.push((line.row, Became::LeftOut(Why::FrontMatter))),
            Kind::Contents => self.dropped.push((line.row, Became::LeftOut(Why::Contents))),
            Kind::Markup => self.dropped.push((line.row, Became::Markup)),
            _ => self.lines.push(*line),
        }
    }

    /// Whether it has an item of a list.
    pub fn has_items(&self) -> bool {
        self.lines.iter().any(|line| matches!(line.kind, Kind::Item(_)))
    }
}

/// The title of a heading.
pub fn title(text: &str) -> String {
    let title = heading_of(text).map_or(text, |(_, title)| title);
    title.trim().trim_matches('*').to_owned()
}

/// What each line of a document that is not empty is.
pub fn read(table: &Table) -> Vec<Line> {
    let mut lines = Vec::<Line>::new();
    let (mut is_code, mut is_comment, mut is_front) = (false, false, false);
    let mut last_line = 0;
    for (row, found) in table.rows.iter().enumerate() {
        let text = found.text(0);
        let trimmed = text.trim();
        if trimmed.is_empty() {
            continue;
        }
        let small = trimmed.to_lowercase();
        let kind = if is_comment || (!is_code && trimmed.starts_with("<!--")) {
            is_comment = !trimmed.contains("-->");
            Kind::Comment
        } else if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            is_code = !is_code;
            Kind::Code
        } else if is_code {
            Kind::Code
        } else if found.line == 1 && trimmed == "---" {
            is_front = true;
            Kind::FrontMatter
        } else if is_front {
            is_front = trimmed != "---";
            Kind::FrontMatter
        } else if let Some((depth, _)) = heading_of(text) {
            Kind::Heading(depth)
        } else if is_underline(trimmed) {
            // The line above it was the heading.
            let above = lines
                .last_mut()
                .filter(|line| line.kind == Kind::Text && last_line + 1 == found.line);
            if let Some(above) = above {
                above.kind = Kind::Heading(if trimmed.starts_with('=') { 1 } else { 2 });
            }
            Kind::Markup
        } else if small.starts_with("<details") || small.starts_with("</details") {
            Kind::Details(small.starts_with("<details"))
        } else if small.starts_with("<summary") {
            Kind::Caption
        } else if is_contents(trimmed) {
            Kind::Contents
        } else if as_commonmark(trimmed).starts_with("- ") {
            Kind::Item(text.len() - text.trim_start().len())
        } else {
            Kind::Text
        };
        last_line = found.line;
        lines.push(Line { row, kind });
    }
    lines
}

fn is_underline(text: &str) -> bool {
    let is_of = |wanted: char| text.len() >= 3 && text.chars().all(|sign| sign == wanted);
    is_of('=') || is_of('-') || is_of('*') || is_of('_')
}

/// Whether a line is nothing but a link within the document, in a list or not.
fn is_contents(text: &str) -> bool {
    let text = text
        .trim_start_matches(['-', '*', '+', ' ', '.', ')'])
        .trim_start_matches(|sign: char| sign.is_ascii_digit());
    let text = text.trim_start_matches(['.', ')', ' ']);
    text.starts_with('[')
        && text.ends_with(')')
        && text.contains("](#")
        && text.matches("](").count() == 1
}

/// The text of a section as a description has it, and what became of each of its lines.
pub fn written(
    section: &Section,
    table: &Table,
    level: Level,
    paragraphs_ask: bool,
) -> (String, Vec<(usize, Became)>) {
    let (mut text, mut told) = (String::new(), Vec::new());
    let (mut base, mut item, mut folded, mut is_after_colon) = (None, None, None, false);
    let mut before: Option<usize> = None;
    for line in &section.lines {
        let typed = table.rows[line.row].text(0);
        let number = table.rows[line.row].line;
        let is_apart = before.is_some_and(|before| before + 1 < number);
        before = Some(number);
        match line.kind {
            Kind::Details(begins) => {
                folded = item.filter(|_| begins).map(|column| column + 2);
                told.push((line.row, Became::Markup));
                continue;
            }
            Kind::Caption => {
                told.push((line.row, Became::Heading));
                caption(&mut text, typed, folded);
                continue;
            }
            _ => {}
        }
        if is_apart {
            text.push('\n');
        }
        let asked =
            |is_optional| Became::Requirements { level, count: 1, depth: None, is_optional };
        let became = match line.kind {
            Kind::Item(column) => {
                let column = folded.map_or(column, |folded| folded + column);
                let base = *base.get_or_insert(column);
                let (marked, is_optional) = with_importance(typed.trim());
                text.push_str(&" ".repeat(column));
                text.push_str(&marked);
                if column < base + 2 {
                    item = item.filter(|_| folded.is_some()).or(Some(column));
                    is_after_colon = marked.ends_with(':');
                    asked(is_optional)
                } else if is_after_colon {
                    asked(is_optional)
                } else {
                    Became::Example
                }
            }
            Kind::Text if paragraphs_ask => {
                if is_apart || text.is_empty() || text.ends_with("\n\n") {
                    text.push_str("- ");
                } else {
                    text.push_str("  ");
                }
                text.push_str(typed.trim());
                asked(false)
            }
            Kind::Text if folded.is_some() => {
                // In the fold an item opened, words are an example of it.
                text.push_str(&" ".repeat(folded.unwrap_or_default()));
                text.push_str("- ");
                text.push_str(typed.trim());
                Became::Example
            }
            Kind::Text if item.is_some() && (!is_apart || typed.starts_with("  ")) => {
                text.push_str(typed);
                asked(false)
            }
            _ => {
                item = None;
                text.push_str(typed);
                Became::Note(level)
            }
        };
        told.push((line.row, became));
        text.push('\n');
    }
    (text, told)
}

/// The caption of a fold, unless it only says that examples follow.
fn caption(text: &mut String, typed: &str, folded: Option<usize>) {
    let caption = typed.trim().replace("<summary>", "").replace("</summary>", "");
    let caption = caption.trim().trim_end_matches(':');
    let is_plain = ["пример", "примеры", "example", "examples", "например"]
        .contains(&caption.to_lowercase().as_str());
    if caption.is_empty() || is_plain {
        return;
    }
    match folded {
        Some(column) => text.push_str(&format!("{}- {caption}\n", " ".repeat(column))),
        None => text.push_str(&format!("\n{caption}:\n\n")),
    }
}

/// An item with the label of its importance in place of a mark.
fn with_importance(item: &str) -> (String, bool) {
    let content = as_commonmark(item);
    let content = content.trim_end().strip_prefix("- ").unwrap_or(item);
    match without_importance(content) {
        (_, None) => (item.to_owned(), false),
        (rest, Some(Importance::Critical)) => (format!("- {rest}"), false),
        (rest, Some(Importance::Optional)) => (format!("- {OPTIONAL}: {rest}"), true),
    }
}
