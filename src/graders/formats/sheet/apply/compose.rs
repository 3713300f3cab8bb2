//! Writes the description of a grade.

use std::fmt::Write;

use crate::ladder::Depth;
use crate::ladder::kind::{Kind, OPTIONAL};

/// Something that a grade says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The title of its block; may be empty.
    pub block: String,
    /// The words that it is nested under; may be empty.
    pub group: String,
    /// The text in Markdown: of one item, or as it stands.
    pub text: String,
    /// Whether the text is put into the description as it stands.
    pub is_whole: bool,
    /// How deeply it is asked.
    pub depth: Option<Depth>,
    /// Whether it is only desirable.
    pub is_optional: bool,
    /// Its examples.
    pub examples: Vec<String>,
}

/// The description that says all this, block by block.
pub fn description(entries: &[Entry], blocks: &[String]) -> String {
    let mut written = String::new();
    let first = blocks.iter().filter(|block| block.is_empty());
    let others = blocks.iter().filter(|block| !block.is_empty());
    for block in first.chain(others) {
        let of_block = entries.iter().filter(|entry| entry.block == *block).collect::<Vec<_>>();
        if of_block.is_empty() {
            continue;
        }
        if !block.is_empty() {
            gap(&mut written);
            written.push_str("## ");
            written.push_str(block);
            written.push('\n');
        }
        write_block(&mut written, &of_block);
    }
    written.trim_end().to_owned()
}

/// An empty line, unless nothing stands before it.
fn gap(written: &mut String) {
    if !written.is_empty() && !written.ends_with("\n\n") {
        written.push('\n');
    }
}

fn write_block(written: &mut String, entries: &[&Entry]) {
    gap(written);
    let mut groups = Vec::<&str>::new();
    for entry in entries {
        if entry.is_whole {
            gap(written);
            written.push_str(entry.text.trim_end());
            written.push_str("\n\n");
        } else if entry.group.is_empty() {
            write_item(written, 0, entry);
        } else if !groups.contains(&entry.group.as_str()) {
            groups.push(&entry.group);
            let _ = writeln!(written, "- {}:", entry.group.trim_end_matches([':', ' ']));
            let same = entries.iter().filter(|other| !other.is_whole && other.group == entry.group);
            same.for_each(|entry| write_item(written, 1, entry));
        }
    }
}

fn write_item(written: &mut String, level: usize, entry: &Entry) {
    let indentation = "  ".repeat(level);
    // What is nested under a colon would be asked.
    let text = entry.text.trim_end_matches([':', ' ']);
    let text = if entry.examples.is_empty() { entry.text.as_str() } else { text };
    let optional = if entry.is_optional { format!("{OPTIONAL}: ") } else { String::new() };
    let depth = entry.depth.map_or_else(String::new, |depth| format!("{}: ", label(depth)));
    let _ = writeln!(written, "{indentation}- {optional}{depth}{text}");
    for example in &entry.examples {
        let _ = writeln!(written, "{indentation}  - {example}");
    }
}

/// The label that states a depth.
const fn label(depth: Depth) -> &'static str {
    match depth {
        Depth::Acquaintance => Kind::Acquaintance.label(),
        Depth::Working => Kind::WorkingKnowledge.label(),
        Depth::Strong => Kind::StrongExpertise.label(),
    }
}
