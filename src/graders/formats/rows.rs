//! A description as rows: one for each requirement and each paragraph, put together again in canonical Markdown.

use std::fmt::Write as _;

use crate::ladder::kind::{Kind, OPTIONAL};
use crate::ladder::{Block, Description, InlineHtml, Requirement};

/// What a row of a description is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A requirement.
    Requirement,
    /// The first paragraph.
    Summary,
    /// Another paragraph.
    Note,
    /// A heading.
    Block,
    /// The whole description in Markdown, which rows can't hold.
    Whole,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptionRow {
    pub kind: RowKind,
    /// The heading it stands under; may be empty.
    pub block: String,
    /// What stands before its text and a colon; may be empty.
    pub label: String,
    /// In Markdown, as are the other texts.
    pub text: String,
    pub is_optional: bool,
    pub examples: Vec<String>,
    /// The id of a requirement.
    pub id: String,
}

/// The rows of a description. Put together they say the same, word for word.
pub fn rows(markdown: &str) -> Vec<DescriptionRow> {
    let description = Description::parse(markdown);
    let rows = of_parts(&description);
    // What was pasted in a strange shape goes as it is.
    if !rows.is_empty() && Description::parse(&together(&rows)) == description {
        return rows;
    }
    vec![DescriptionRow { text: markdown.to_owned(), ..row(RowKind::Whole, "") }]
}

fn of_parts(description: &Description) -> Vec<DescriptionRow> {
    let mut rows = Vec::new();
    if let Some(summary) = &description.summary {
        rows.push(DescriptionRow {
            text: text(&summary.text, &summary.html),
            ..row(RowKind::Summary, "")
        });
    }
    let mut before = String::new();
    for Block { heading, parts } in description.blocks() {
        let block = heading.map(|heading| text(&heading.title, &heading.html)).unwrap_or_default();
        if heading.is_some() && (parts.is_empty() || block == before) {
            rows.push(row(RowKind::Block, &block));
        }
        for part in parts {
            rows.extend(part.requirements.iter().map(|asked| requirement(asked, &block)));
            let note = |note: &crate::ladder::Note| DescriptionRow {
                text: text(&note.text, &note.html),
                ..row(RowKind::Note, &block)
            };
            rows.extend(part.notes.iter().map(note));
        }
        before = block;
    }
    rows
}

fn row(kind: RowKind, block: &str) -> DescriptionRow {
    DescriptionRow {
        kind,
        block: block.to_owned(),
        label: String::new(),
        text: String::new(),
        is_optional: false,
        examples: Vec::new(),
        id: String::new(),
    }
}

fn requirement(asked: &Requirement, block: &str) -> DescriptionRow {
    DescriptionRow {
        label: asked.label().unwrap_or_default().to_owned(),
        text: text(&asked.text, &asked.html),
        is_optional: asked.is_optional,
        examples: asked.examples.iter().map(|example| text(&example.text, &example.html)).collect(),
        id: asked.id.clone(),
        ..row(RowKind::Requirement, block)
    }
}

/// The description of some rows.
pub fn together(rows: &[DescriptionRow]) -> String {
    let mut written = String::new();
    let (mut block, mut group) = ("", None);
    for row in rows {
        let text = row.text.trim();
        if row.kind == RowKind::Whole {
            paragraph(&mut written, &row.text);
            continue;
        }
        if row.kind == RowKind::Block || row.block.trim() != block {
            block = row.block.trim();
            group = None;
            if !block.is_empty() {
                paragraph(&mut written, &format!("## {block}\n"));
            }
        }
        match row.kind {
            RowKind::Requirement => {
                let is_grouped = !row.label.is_empty() && Kind::named(&row.label).is_none();
                let own = is_grouped.then_some((row.label.as_str(), row.is_optional));
                let optional =
                    if row.is_optional { format!("{OPTIONAL}: ") } else { String::new() };
                if !written.is_empty() && !ends_in_list(&written) {
                    written.push_str(if written.ends_with("\n\n") { "" } else { "\n" });
                }
                if own.is_some() && own != group {
                    let _ = writeln!(written, "- {optional}{}:", row.label.trim());
                }
                group = own;
                let indent = if is_grouped { "  " } else { "" };
                let label = match row.label.trim() {
                    label if label.is_empty() || is_grouped => String::new(),
                    label => format!("{label}: "),
                };
                let optional = if is_grouped { "" } else { &optional };
                let _ = writeln!(written, "{indent}- {optional}{label}{text}");
                for example in row.examples.iter().filter(|example| !example.trim().is_empty()) {
                    let _ = writeln!(written, "{indent}  - {}", example.trim());
                }
            }
            RowKind::Summary | RowKind::Note => {
                group = None;
                paragraph(&mut written, text);
            }
            RowKind::Block | RowKind::Whole => {}
        }
    }
    written.trim_end().to_owned()
}

fn ends_in_list(written: &str) -> bool {
    let last = written.lines().next_back().unwrap_or_default();
    last.trim_start().starts_with("- ")
}

fn paragraph(written: &mut String, text: &str) {
    if !written.is_empty() && !written.ends_with("\n\n") {
        written.push('\n');
    }
    written.push_str(text);
    written.push('\n');
}

/// Signs that Markdown may take for its own.
const SIGNS: [char; 9] = ['\\', '*', '_', '`', '[', ']', '<', '~', '&'];

/// The Markdown of a text of a description.
fn text(plain: &str, html: &InlineHtml) -> String {
    let html_text = html.to_string();
    if html_text.contains('<') {
        return of_html(&html_text);
    }
    let reads_alike = || {
        let read = Description::parse(&format!("- {plain}")).requirements;
        matches!(read.as_slice(), [only] if only.text == plain && only.html == *html)
    };
    if !plain.contains(SIGNS) || reads_alike() {
        return plain.to_owned();
    }
    let escaped = |letter: char| {
        let before = if SIGNS.contains(&letter) { "\\" } else { "" };
        format!("{before}{letter}")
    };
    plain.chars().map(escaped).collect()
}

fn of_html(html: &str) -> String {
    let mut written = String::with_capacity(html.len());
    let (mut rest, mut links, mut is_code) = (html, Vec::new(), false);
    while let Some(letter) = rest.chars().next() {
        if let Some((tag, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            let (is_end, tag) = tag.strip_prefix('/').map_or((false, tag), |name| (true, name));
            match tag {
                "em" => written.push('*'),
                "strong" => written.push_str("**"),
                "del" => written.push_str("~~"),
                "code" => {
                    written.push('`');
                    is_code = !is_end;
                }
                "br /" => written.push(' '),
                "a" => {
                    if let Some(address) = links.pop() {
                        let _ = write!(written, "](<{address}>)");
                    }
                }
                _ => {
                    if let Some(address) = tag.strip_prefix("a href=\"") {
                        written.push('[');
                        links.push(decoded(address.trim_end_matches('"')));
                    }
                }
            }
            rest = after;
            continue;
        }
        let entity = rest.strip_prefix('&').and_then(|rest| rest.split_once(';'));
        let (letter, after) = match entity {
            Some((name, after)) if name.len() <= 6 => {
                (decoded(&format!("&{name};")).chars().next().unwrap_or('&'), after)
            }
            // Spaces are bound on pages only.
            _ if letter == '\u{a0}' => (' ', &rest[letter.len_utf8()..]),
            _ => (letter, &rest[letter.len_utf8()..]),
        };
        if !is_code && SIGNS.contains(&letter) {
            written.push('\\');
        }
        written.push(letter);
        rest = after;
    }
    written
}

fn decoded(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&#x27;", "'").replace("&amp;", "&")
}
