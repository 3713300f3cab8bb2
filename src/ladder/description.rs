//! Parsing descriptions: from the Markdown that editors type to a summary, blocks, requirements with
//! examples, and notes.

mod blocks;
mod html;
mod inline;
mod lines;
mod memo;
mod reader;

use std::sync::Arc;

use sha2::{Digest, Sha256};

pub use self::blocks::{Block, InBlock, Part, by_block, lined_up};
pub use self::html::InlineHtml;
use self::lines::remembered_id;
use self::reader::Reader;
use super::commonmark::as_commonmark;
use super::depth::Depth;
use super::kind::Kind;
use super::skill::Dictionary;
use super::words::normalized;
use crate::clean;

/// The parsed description of a grade.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The first paragraph, if it stands before any list and heading: the grade in one sentence.
    pub summary: Option<Note>,
    /// In the order of the text; each opens a block.
    pub headings: Vec<Arc<Heading>>,
    /// One for each list item that is no example, in the order of the text.
    pub requirements: Vec<Requirement>,
    /// One for each other paragraph outside of lists, in the order of the text.
    pub notes: Vec<Note>,
}

/// A heading of a description. What stands under it, up to the next one, is its block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The plain text.
    pub title: String,
    /// The text with emphasis and code.
    pub html: InlineHtml,
}

/// One list item of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its name in addresses: a hash of its label and its normalized text, so it does not depend on
    /// other lines and is the same in every grade. A repetition within one grade ends in `-2`.
    pub id: String,
    /// The kind stated by its label; `None` without a known label.
    pub kind: Option<Kind>,
    /// The words of the item that it is nested in, without their colon, where they are not just the
    /// label of a kind: «Инструменты».
    pub group: Option<String>,
    /// The plain text without the label.
    pub text: String,
    /// The text without the label, with emphasis, code and links.
    pub html: InlineHtml,
    /// The skills that its label and its text mention, in order, without repetitions.
    pub skills: Vec<NamedSkill>,
    /// Whether the text says more than which skills are asked for and how deeply.
    pub says_more: bool,
    /// Whether it is only desirable: «Желательно:».
    pub is_optional: bool,
    /// The heading of its block.
    pub block: Option<Arc<Heading>>,
    /// The items nested in it, which make it concrete and are not asked for.
    pub examples: Vec<Example>,
}

/// An item nested in a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The plain text.
    pub text: String,
    /// The text with emphasis, code and links.
    pub html: InlineHtml,
}

/// A skill that a requirement mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedSkill {
    /// Its slug.
    pub slug: String,
    /// How deep the requirement asks for it; `None` where it does not say.
    pub depth: Option<Depth>,
}

/// Whether a text has several lines and not one requirement: more likely a list that is not understood
/// than a comment.
#[must_use]
pub fn is_without_requirements(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.count() > 1 && Description::parse(text).requirements.is_empty()
}

impl Requirement {
    /// What stands before the text and a colon: its kind, or the words of the item it is nested in.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.group.as_deref().or(self.kind.map(Kind::label))
    }

    /// How deeply it asks the skill that it asks most deeply; `None` if it states no depth.
    #[must_use]
    pub fn depth(&self) -> Option<Depth> {
        self.skills.iter().map(|named| named.depth).max().flatten()
    }

    /// The slugs of the skills it mentions.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.skills.iter().map(|named| named.slug.as_str())
    }

    /// How it mentions a skill, if it does.
    #[must_use]
    pub fn named(&self, slug: &str) -> Option<&NamedSkill> {
        self.skills.iter().find(|named| named.slug == slug)
    }

    /// Whether it asks for something done rather than for a skill: a result, a publication, or anything
    /// that names no skill.
    #[must_use]
    pub fn is_deed(&self) -> bool {
        self.skills.is_empty() || self.kind.is_some_and(Kind::is_deed)
    }
}

/// One paragraph of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The plain text.
    pub text: String,
    /// The text with emphasis, code and links.
    pub html: InlineHtml,
    /// How many headings and requirements of the description stand before it.
    place: (usize, usize),
}

impl Description {
    /// Parses a description in `CommonMark` without recognising skills; never fails.
    ///
    /// The first paragraph before any list and heading is the summary, other paragraphs are notes. A
    /// heading opens a block. A list item is a requirement, and the items nested in it are its examples;
    /// but an item that ends in a colon only gives its label to those. HTML is shown as text, an image as its alternative text,
    /// and a link to anything but http, https and mailto as its text.
    #[must_use]
    pub fn parse(markdown: &str) -> Self {
        Self::read(markdown, &Dictionary::default())
    }

    /// As [`Self::parse`], with the skills that requirements mention and links to them in the HTML.
    #[must_use]
    pub fn read(markdown: &str, dictionary: &Dictionary) -> Self {
        let read = || Self::read_commonmark(&as_commonmark(markdown), dictionary);
        match dictionary.shared() {
            Some(shared) => memo::remembered(shared, markdown, read),
            None => read(),
        }
    }

    /// As [`Self::read`], of a text or a part of one that [`as_commonmark`] has made.
    pub(super) fn read_commonmark(commonmark: &str, dictionary: &Dictionary) -> Self {
        Reader::new(dictionary, true).whole(commonmark)
    }
}

/// The requirements that a text had before descriptions had examples and anything desirable.
pub(super) fn earlier_requirements(markdown: &str) -> Vec<Requirement> {
    let dictionary = Dictionary::default();
    let reader = Reader::new(&dictionary, true).with_only_requirements();
    reader.whole(&as_commonmark(markdown)).requirements
}

/// The ids that the requirements of a text have when nothing in it is cleaned ([`clean::text`]), each with
/// the id that the requirement has in the cleaned text, where the two differ.
#[must_use]
pub fn ids_changed_by_cleaning(markdown: &str) -> Vec<(String, String)> {
    let dictionary = Dictionary::default();
    let present = Description::parse(&clean::text(markdown)).requirements;
    let mut present = present.into_iter().map(|requirement| requirement.id).collect::<Vec<_>>();
    let mut changed = Vec::new();
    for former in Reader::new(&dictionary, false).whole(&as_commonmark(markdown)).requirements {
        let label = former.kind.map_or_else(String::new, |kind| format!("{}: ", kind.label()));
        let cleaned = Description::parse(&clean::text(&format!("- {label}{}", former.text)));
        let Some(same) = cleaned.requirements.first() else { continue };
        let found = present.iter().position(|id| id.split('-').next() == Some(&same.id));
        if let Some(found) = found {
            let id = present.remove(found);
            if id != former.id {
                changed.push((former.id, id));
            }
        }
    }
    changed
}

/// The alphabet of ids: Crockford's base 32.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ID_LENGTH: usize = 6;

/// The id of a requirement: the beginning of a hash of its label and normalized text.
pub(super) fn id(kind: Option<Kind>, group: Option<&str>, text: &str) -> String {
    let kind = kind.map_or("", Kind::name);
    let said = match group {
        Some(group) => format!("{kind}:{group}: {text}"),
        None => format!("{kind}:{text}"),
    };
    remembered_id(&said, || {
        let text = normalized(&said[kind.len() + 1..]);
        let digest = Sha256::digest(format!("{kind}:{text}"));
        digest[..ID_LENGTH].iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)])).collect()
    })
}

/// Whether a text has the form of a requirement's id.
pub(super) fn is_id(text: &str) -> bool {
    let (same, number) = match text.split_once('-') {
        Some((same, number)) => (same, Some(number)),
        None => (text, None),
    };
    // At most as many as a description can hold, without leading zeros.
    let is_number = |number: &str| {
        number.len() <= 4
            && number.parse::<u16>().is_ok_and(|read| read >= 2 && read.to_string() == number)
    };
    same.len() == ID_LENGTH
        && same.bytes().all(|letter| DIGITS.contains(&letter))
        && number.is_none_or(is_number)
}

#[cfg(test)]
mod tests;
