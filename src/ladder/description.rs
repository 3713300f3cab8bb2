//! Parsing descriptions: from the Markdown that editors type to requirements and notes.

mod block;

use std::mem;

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};
use sha2::{Digest, Sha256};
use url::Url;

pub use self::block::InlineHtml;
use self::block::{Finished, add, finished, named_in};
use super::commonmark::as_commonmark;
use super::depth::Depth;
use super::kind::{Kind, split_label};
use super::skill::Dictionary;
use super::words::normalized;
use crate::clean;

/// The parsed description of a grade.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// One for each list item, in the order of the text.
    pub requirements: Vec<Requirement>,
    /// One for each paragraph outside of lists, in the order of the text.
    pub notes: Vec<Note>,
}

/// One list item of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its name in addresses: a hash of its kind and its normalized text, so it does not depend on
    /// other lines and is the same in every grade. A repetition within one grade ends in `-2`.
    pub id: String,
    /// The kind stated by its label; `None` without a known label.
    pub kind: Option<Kind>,
    /// The plain text without the label.
    pub text: String,
    /// The text without the label, with emphasis, code and links.
    pub html: InlineHtml,
    /// The skills that its label and its text mention, in order, without repetitions.
    pub skills: Vec<NamedSkill>,
    /// Whether the text says more than which skills are asked for and how deeply.
    pub says_more: bool,
}

/// A skill that a requirement mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedSkill {
    /// Its slug.
    pub slug: String,
    /// How deep the requirement asks for it; `None` where it does not say.
    pub depth: Option<Depth>,
}

impl Requirement {
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
}

impl Description {
    /// Parses a description in `CommonMark` without recognising skills; never fails.
    ///
    /// A list item is a requirement and a paragraph is a note. An item that consists of a label gives
    /// its kind to the items nested in it. HTML is shown as text, an image as its alternative text,
    /// and a link to anything but http, https and mailto as its text.
    #[must_use]
    pub fn parse(markdown: &str) -> Self {
        Self::read(markdown, &Dictionary::default())
    }

    /// As [`Self::parse`], with the skills that requirements mention and links to them in the HTML.
    #[must_use]
    pub fn read(markdown: &str, dictionary: &Dictionary) -> Self {
        Self::read_commonmark(&as_commonmark(markdown), dictionary)
    }

    /// As [`Self::read`], of a text or a part of one that [`as_commonmark`] has made.
    pub(super) fn read_commonmark(commonmark: &str, dictionary: &Dictionary) -> Self {
        Reader::new(dictionary, true).whole(commonmark)
    }
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

/// Collects the inline events of one block at a time.
struct Reader<'a> {
    dictionary: &'a Dictionary,
    description: Description,
    block: Vec<Event<'a>>,
    /// For each open list item the kind that nested items inherit.
    items: Vec<Option<Kind>>,
    /// For each open link whether its address is allowed.
    links: Vec<bool>,
    /// Whether a block of code is open.
    is_code: bool,
    /// Whether texts are cleaned of what references such as `&shy;` stand for.
    cleans: bool,
}

impl<'a> Reader<'a> {
    fn new(dictionary: &'a Dictionary, cleans: bool) -> Self {
        Self {
            dictionary,
            description: Description::default(),
            block: Vec::new(),
            items: Vec::new(),
            links: Vec::new(),
            is_code: false,
            cleans,
        }
    }

    fn whole(mut self, commonmark: &str) -> Description {
        for event in Parser::new_ext(commonmark, Options::ENABLE_STRIKETHROUGH) {
            self.read(event.into_static());
        }
        self.description
    }

    fn read(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code => self.code(&text),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(_) => self.block.push(event),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.block.push(Event::HardBreak),
            // Rules have no meaning here, and the extensions of the other events are disabled.
            Event::Rule
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        match tag {
            Tag::Item => {
                // The text before a nested list is complete.
                self.finish_block(true);
                let inherited = self.items.last().copied().flatten();
                self.items.push(inherited);
            }
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => self.block.push(Event::Start(tag)),
            Tag::Link { link_type, dest_url, .. } => {
                let address = safe_address(link_type, &dest_url);
                self.links.push(address.is_some());
                if let Some(address) = address {
                    self.block.push(Event::Start(Tag::Link {
                        link_type: LinkType::Inline,
                        dest_url: address.into(),
                        title: CowStr::Borrowed(""),
                        id: CowStr::Borrowed(""),
                    }));
                }
            }
            // A further paragraph of an item continues its requirement.
            Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock => {
                self.is_code = matches!(tag, Tag::CodeBlock(_));
                if !self.block.is_empty() {
                    self.block.push(Event::HardBreak);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        self.is_code &= tag != TagEnd::CodeBlock;
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.block.push(Event::End(tag));
            }
            TagEnd::Link if self.links.pop() == Some(true) => self.block.push(Event::End(tag)),
            TagEnd::Link | TagEnd::Image => {}
            TagEnd::Item => {
                self.finish_block(false);
                self.items.pop();
            }
            _ if self.items.is_empty() => self.finish_block(false),
            _ => {}
        }
    }

    /// Appends a line of a code block to the lines before it.
    fn code(&mut self, text: &str) {
        if let Some(Event::Code(before)) = self.block.last_mut() {
            *before = format!("{before} {}", text.trim_end()).into();
        } else if !text.trim().is_empty() {
            self.block.push(Event::Code(text.trim_end().to_owned().into()));
        }
    }

    /// Appends text to the preceding text event, so that a label is always in one event.
    fn text(&mut self, text: &str) {
        if let Some(Event::Text(before)) = self.block.last_mut() {
            *before = format!("{before}{text}").into();
        } else {
            self.block.push(Event::Text(text.to_owned().into()));
        }
    }

    /// The event with its text as it is shown.
    fn visible(&self, event: Event<'a>) -> Event<'a> {
        let shown =
            |text: &str| visible(&if self.cleans { clean::text(text) } else { text.into() });
        match event {
            Event::Text(text) => Event::Text(shown(&text).into()),
            Event::Code(text) => Event::Code(shown(&text).into()),
            other => other,
        }
    }

    /// Turns the collected block into a requirement inside a list item, or else into a note.
    fn finish_block(&mut self, before_nested_list: bool) {
        let block = mem::take(&mut self.block).into_iter();
        let mut block = block.map(|event| self.visible(event)).collect::<Vec<_>>();
        let Some(inherited) = self.items.last_mut() else {
            if let Some(Finished { text, html, .. }) = finished(block, self.dictionary) {
                self.description.notes.push(Note { text, html });
            }
            return;
        };
        let mut kind = *inherited;
        if let Some((labelled, rest)) = split_label(&block) {
            if !rest.is_empty() {
                kind = Some(labelled);
                block = rest;
            } else if before_nested_list {
                *inherited = Some(labelled);
                return;
            }
        }
        if let Some(Finished { text, html, skills: named, says_more }) =
            finished(block, self.dictionary)
        {
            // «Наставничество: ученик вырос» mentions a skill in its label.
            let mut skills = kind.map_or_else(Vec::new, |kind| {
                let mentions = self.dictionary.mentions(kind.label());
                named_in(kind.label(), &mentions, self.dictionary).0
            });
            for skill in named {
                add(&mut skills, skill);
            }
            // The label decides; something done shows no depth of knowledge.
            if let Some(kind) = kind
                && (kind.is_deed() || Depth::of_label(Some(kind)).is_some())
            {
                for skill in &mut skills {
                    skill.depth = Depth::of_label(Some(kind));
                }
            }
            let same = id(kind, &text);
            let before = self.description.requirements.iter();
            let before = before.filter(|known| known.id.split('-').next() == Some(&same)).count();
            let id = if before == 0 { same } else { format!("{same}-{}", before + 1) };
            self.description.requirements.push(Requirement {
                id,
                kind,
                text,
                html,
                skills,
                says_more,
            });
        }
    }
}

/// The alphabet of ids: Crockford's base 32.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ID_LENGTH: usize = 6;

/// The id of a requirement: the beginning of a hash of its kind and normalized text.
fn id(kind: Option<Kind>, text: &str) -> String {
    let kind = kind.map_or("", Kind::name);
    let digest = Sha256::digest(format!("{kind}:{}", normalized(text)));
    digest[..ID_LENGTH].iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)])).collect()
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

fn safe_address(link_type: LinkType, address: &str) -> Option<String> {
    let address = match link_type {
        LinkType::Email => format!("mailto:{address}"),
        _ => address.to_owned(),
    };
    let url = Url::parse(&address).ok()?;
    matches!(url.scheme(), "http" | "https" | "mailto").then(|| url.into())
}

/// Removes what HTML may not contain: control characters and the noncharacters U+FFFE and U+FFFF.
/// Whitespace other than the no-break space becomes a space.
fn visible(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_whitespace() && letter != '\u{a0}' { ' ' } else { letter })
        .filter(|letter| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

#[cfg(test)]
mod tests;
