//! The lines of a document and what each of them is.

use super::document::heading_of;
use super::table::Table;
use crate::ladder::as_commonmark;

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

/// The headings of a document: row, depth and title.
pub fn headings(table: &Table) -> impl Iterator<Item = (usize, usize, String)> {
    let headings = read(table).into_iter().filter_map(move |line| match line.kind {
        Kind::Heading(depth) => Some((line.row, depth, title(table.rows[line.row].text(0)))),
        _ => None,
    });
    headings.collect::<Vec<_>>().into_iter()
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
