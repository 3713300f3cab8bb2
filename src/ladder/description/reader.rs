//! Reads the events of `CommonMark` into a description.

use std::borrow::Cow;
use std::mem;
use std::sync::Arc;

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};
use url::Url;

use super::super::depth::Depth;
use super::super::kind::{Kind, split_label, split_optional};
use super::super::skill::Dictionary;
use super::inline::{add, finished, plain};
use super::lines::Finished;
use super::{Description, Example, Heading, Note, Requirement, id};
use crate::clean;

/// Collects the inline events of one block of `CommonMark` at a time.
pub(super) struct Reader<'a> {
    dictionary: &'a Dictionary,
    description: Description,
    run: Vec<Event<'a>>,
    /// The open list items, the outermost first.
    items: Vec<Item>,
    /// Whether a list has begun.
    has_list: bool,
    /// For each open link whether its address is allowed.
    links: Vec<bool>,
    /// The block that is open outside of lists.
    container: Container,
    /// The number of open quotations.
    quotations: usize,
    showing: Showing,
    /// Whether each item is a requirement, as it was before descriptions had examples.
    has_only_requirements: bool,
}

/// What is done to the characters of a text before they are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Showing {
    /// They are cleaned ([`clean::text`]), and what HTML may not contain is left out.
    Cleaned,
    /// What HTML may not contain is left out.
    Visible,
    /// Nothing: the whole text needs none of it.
    AsItIs,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Text,
    Heading,
    Code,
}

/// An open list item.
#[derive(Clone, Default)]
struct Item {
    /// What it, or the items nested in it, have of the items around.
    given: Label,
    role: Role,
}

/// What stands before the text of a requirement.
#[derive(Clone, Default)]
struct Label {
    kind: Option<Kind>,
    group: Option<String>,
    is_optional: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Role {
    /// Its text is a requirement, or the label of those nested in it.
    #[default]
    Requirement,
    /// It has become a requirement, and all that follows in it are examples.
    Asked,
    /// It is an example.
    Example,
}

impl Label {
    /// The words before those of a label nested in it.
    fn words(&self) -> Option<&str> {
        self.group.as_deref().or(self.kind.map(Kind::label))
    }

    /// The label of the items nested in an item that ends in a colon, after its own known label.
    fn of_group(self, own: Option<Kind>, text: &str) -> Self {
        let text = text.trim_end_matches([':', '：']).trim();
        let before = match own {
            Some(own) => self.within(own).words().map(str::to_owned),
            None => self.words().map(str::to_owned),
        };
        let group = match before {
            Some(before) if !text.is_empty() => format!("{before}: {text}"),
            _ if text.is_empty() => return own.map_or(self.clone(), |own| self.within(own)),
            _ => text.to_owned(),
        };
        let kind = own.or(self.kind).or_else(|| Kind::opening(text));
        Self { kind, group: Some(group), ..self }
    }

    /// A known label nested in it.
    fn within(&self, own: Kind) -> Self {
        let group = self.group.as_ref().map(|group| format!("{group}: {}", own.label()));
        Self { kind: Some(own), group, is_optional: self.is_optional }
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(dictionary: &'a Dictionary, cleans: bool) -> Self {
        Self {
            dictionary,
            description: Description::default(),
            run: Vec::new(),
            items: Vec::new(),
            has_list: false,
            links: Vec::new(),
            container: Container::Text,
            quotations: 0,
            showing: if cleans { Showing::Cleaned } else { Showing::Visible },
            has_only_requirements: false,
        }
    }

    /// Reads as before descriptions had examples and anything desirable: each item is a requirement, but one
    /// that is nothing but the label of a kind.
    pub(super) fn with_only_requirements(self) -> Self {
        Self { has_only_requirements: true, ..self }
    }

    pub(super) fn whole(mut self, commonmark: &'a str) -> Description {
        // References to characters, markup and tabs become something else.
        if clean::is_usual_text(commonmark) && !commonmark.contains(['&', '<', '\t']) {
            self.showing = Showing::AsItIs;
        }
        for event in Parser::new_ext(commonmark, Options::ENABLE_STRIKETHROUGH) {
            self.read(event);
        }
        self.description
    }

    fn read(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.container == Container::Code => self.code(&text),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(text),
            Event::Code(_) => self.run.push(event),
            Event::SoftBreak => self.text(CowStr::Borrowed(" ")),
            Event::HardBreak => self.run.push(Event::HardBreak),
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
                self.finish(true);
                self.has_list = true;
                let around = self.items.last().cloned().unwrap_or_default();
                let role = match around.role {
                    Role::Requirement => Role::Requirement,
                    Role::Asked | Role::Example => Role::Example,
                };
                self.items.push(Item { role, ..around });
            }
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => self.run.push(Event::Start(tag)),
            Tag::Link { link_type, dest_url, .. } => {
                let address = safe_address(link_type, &dest_url);
                self.links.push(address.is_some());
                if let Some(address) = address {
                    self.run.push(Event::Start(Tag::Link {
                        link_type: LinkType::Inline,
                        dest_url: address.into(),
                        title: CowStr::Borrowed(""),
                        id: CowStr::Borrowed(""),
                    }));
                }
            }
            Tag::BlockQuote(_) => self.quotations += 1,
            // A further paragraph of an item continues its requirement.
            Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock => {
                self.container = match tag {
                    Tag::CodeBlock(_) => Container::Code,
                    Tag::Heading { .. } if self.quotations == 0 => Container::Heading,
                    _ => Container::Text,
                };
                if !self.run.is_empty() {
                    self.run.push(Event::HardBreak);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.run.push(Event::End(tag));
            }
            TagEnd::Link if self.links.pop() == Some(true) => self.run.push(Event::End(tag)),
            TagEnd::Link | TagEnd::Image => {}
            TagEnd::Item => {
                self.finish(false);
                self.items.pop();
            }
            _ if self.items.is_empty() => self.finish(false),
            _ => {}
        }
        match tag {
            TagEnd::CodeBlock => self.container = Container::Text,
            TagEnd::BlockQuote(_) => self.quotations = self.quotations.saturating_sub(1),
            _ => {}
        }
    }

    /// Appends a line of a code block to the lines before it.
    fn code(&mut self, text: &str) {
        let line = text.trim_end().replace('\n', " ");
        if let Some(Event::Code(before)) = self.run.last_mut() {
            *before = format!("{before} {line}").into();
        } else if !line.trim().is_empty() {
            self.run.push(Event::Code(line.into()));
        }
    }

    /// Appends text to the preceding text event, so that a label is always in one event.
    fn text(&mut self, text: CowStr<'a>) {
        if let Some(Event::Text(before)) = self.run.last_mut() {
            *before = format!("{before}{text}").into();
        } else {
            self.run.push(Event::Text(text));
        }
    }

    /// The event with its text as it is shown.
    fn visible(&self, event: Event<'a>) -> Event<'a> {
        let shown = |text: CowStr<'a>| {
            let cleaned = match self.showing {
                Showing::Cleaned => clean::text(&text),
                Showing::Visible | Showing::AsItIs => Cow::Borrowed(&*text),
            };
            match visible(&cleaned) {
                Some(visible) => visible.into(),
                None if matches!(cleaned, Cow::Borrowed(_)) => text,
                None => cleaned.into_owned().into(),
            }
        };
        match event {
            event if self.showing == Showing::AsItIs => event,
            Event::Text(text) => Event::Text(shown(text)),
            Event::Code(text) => Event::Code(shown(text)),
            other => other,
        }
    }

    /// Gives the collected run of text its place in the description.
    fn finish(&mut self, before_nested_list: bool) {
        let run = mem::take(&mut self.run).into_iter();
        let run = run.map(|event| self.visible(event)).collect::<Vec<_>>();
        match self.items.last().map(|item| item.role) {
            None => self.paragraph(run),
            Some(Role::Requirement) if self.has_only_requirements => {
                self.earlier_item(run, before_nested_list);
            }
            Some(Role::Requirement) => self.item(run, before_nested_list),
            Some(Role::Asked | Role::Example) => self.example(run),
        }
    }

    /// A heading, the summary or a note.
    fn paragraph(&mut self, run: Vec<Event<'a>>) {
        let is_heading = self.container == Container::Heading;
        let nothing = Dictionary::default();
        let dictionary = if is_heading { &nothing } else { self.dictionary };
        let Some(Finished { text, html, .. }) = finished(run, None, dictionary) else { return };
        let description = &mut self.description;
        if is_heading {
            description.headings.push(Arc::new(Heading { title: text, html }));
            return;
        }
        let place = (description.headings.len(), description.requirements.len());
        let note = Note { text, html, place };
        // «Желательно:» only announces the list that follows.
        let is_first = description.notes.is_empty()
            && description.summary.is_none()
            && !note.text.ends_with(':');
        if is_first
            && self.container == Container::Text
            && description.headings.is_empty()
            && !self.has_list
        {
            description.summary = Some(note);
        } else {
            description.notes.push(note);
        }
    }

    fn example(&mut self, run: Vec<Event<'a>>) {
        if let Some(Finished { text, html, .. }) = finished(run, None, self.dictionary)
            && let Some(requirement) = self.description.requirements.last_mut()
        {
            requirement.examples.push(Example { text, html });
        }
    }

    /// A requirement, or the label of those nested in it.
    fn item(&mut self, mut run: Vec<Event<'a>>, before_nested_list: bool) {
        let Some(item) = self.items.last_mut() else { return };
        let mut label = item.given.clone();
        if let Some(rest) =
            split_optional(&run).filter(|rest| before_nested_list || !rest.is_empty())
        {
            label.is_optional = true;
            run = rest;
        }
        let labelled = split_label(&run).filter(|(_, rest)| before_nested_list || !rest.is_empty());
        let own = labelled.as_ref().map(|(kind, _)| *kind);
        if let Some((_, rest)) = labelled {
            run = rest;
        }
        let words = plain(&run);
        let words = words.trim();
        if before_nested_list && (words.is_empty() || words.ends_with([':', '：'])) {
            item.given = label.of_group(own, words);
            return;
        }
        if let Some(own) = own {
            label = label.within(own);
        }
        let group = label.group.as_deref();
        let Some(read) = finished(run, group, self.dictionary) else { return };
        item.role = Role::Asked;
        let requirement = self.requirement(label, read);
        self.description.requirements.push(requirement);
    }

    /// As [`Self::item`], before descriptions had examples.
    fn earlier_item(&mut self, mut run: Vec<Event<'a>>, before_nested_list: bool) {
        let Some(item) = self.items.last_mut() else { return };
        let mut label = item.given.clone();
        match split_label(&run) {
            Some((own, rest)) if !rest.is_empty() => {
                label.kind = Some(own);
                run = rest;
            }
            Some((own, _)) if before_nested_list => {
                item.given.kind = Some(own);
                return;
            }
            _ => {}
        }
        if let Some(read) = finished(run, None, self.dictionary) {
            let requirement = self.requirement(label, read);
            self.description.requirements.push(requirement);
        }
    }

    fn requirement(&self, label: Label, read: Finished) -> Requirement {
        let Label { kind, group, is_optional } = label;
        let Finished { text, html, skills: named, says_more } = read;
        // «Наставничество: ученик вырос» mentions a skill in its label.
        let mut skills = match kind {
            Some(kind) if group.is_none() => {
                let label = vec![Event::Text(kind.label().into())];
                finished(label, None, self.dictionary).map_or_else(Vec::new, |read| read.skills)
            }
            _ => Vec::new(),
        };
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
        let same = id(kind, group.as_deref(), &text);
        let before = self.description.requirements.iter();
        let before = before.filter(|known| known.id.split('-').next() == Some(&same)).count();
        let id = if before == 0 { same } else { format!("{same}-{}", before + 1) };
        Requirement {
            id,
            kind,
            group,
            text,
            html,
            skills,
            says_more,
            is_optional,
            block: self.description.headings.last().cloned(),
            examples: Vec::new(),
        }
    }
}

fn safe_address(link_type: LinkType, address: &str) -> Option<String> {
    let address = match link_type {
        LinkType::Email => format!("mailto:{address}"),
        _ => address.to_owned(),
    };
    let url = Url::parse(&address).ok()?;
    matches!(url.scheme(), "http" | "https" | "mailto").then(|| url.into())
}

/// A text without what HTML may not contain: control characters and the noncharacters U+FFFE and U+FFFF.
/// Whitespace other than the no-break space becomes a space. `None` if all of it may stay.
fn visible(text: &str) -> Option<String> {
    let is_space = |letter: char| letter.is_whitespace() && letter != '\u{a0}';
    let may_stay =
        |letter: char| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}');
    if text.chars().all(|letter| may_stay(letter) && (letter == ' ' || !is_space(letter))) {
        return None;
    }
    let visible = text.chars().map(|letter| if is_space(letter) { ' ' } else { letter });
    Some(visible.filter(|letter| may_stay(*letter)).collect())
}
