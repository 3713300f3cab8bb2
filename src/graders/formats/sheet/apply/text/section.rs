//! The lines between two headings of a document, as a description has them.

use std::fmt::Write;

use super::super::super::account::{Became, Why};
use super::super::super::lines::{Kind, Line};
use super::super::super::marks::{Importance, without_importance};
use super::super::super::table::Table;
use crate::ladder::kind::OPTIONAL;
use crate::ladder::{Level, as_commonmark};

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
        Some(column) => {
            let _ = writeln!(text, "{}- {caption}", " ".repeat(column));
        }
        None => {
            let _ = write!(text, "\n{caption}:\n\n");
        }
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
