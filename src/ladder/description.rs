//! Parsing descriptions: from the Markdown that editors type to requirements and notes.

use std::fmt;
use std::mem;

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};
use sha2::{Digest, Sha256};
use url::Url;

use super::commonmark::as_commonmark;
use super::depth::{self, Depth};
use super::kind::{Kind, split_label};
use super::skill::{Dictionary, Mention};
use super::words::normalized;
use crate::{clean, russian};

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

/// HTML that is safe to insert into a page unescaped.
///
/// Made by [`Description::parse`] only: well-formed, without any tag but `a`, `em`, `strong`,
/// `del`, `code` and `br`, and without any attribute but an `href` to http, https, mailto or a skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineHtml(String);

impl InlineHtml {
    /// The HTML with the links to one address set in bold instead.
    #[must_use]
    pub fn with_marked(&self, address: &str) -> Self {
        const END: &str = "</a>";
        let opening = format!("<a href=\"{address}\">");
        let mut marked = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once(&opening) {
            let (name, after) = after.split_once(END).unwrap_or((after, ""));
            marked.push_str(before);
            marked.push_str("<b>");
            marked.push_str(name);
            marked.push_str("</b>");
            rest = after;
        }
        marked.push_str(rest);
        Self(marked)
    }
}

impl fmt::Display for InlineHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
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

/// A block, read.
struct Finished {
    text: String,
    html: InlineHtml,
    skills: Vec<NamedSkill>,
    says_more: bool,
}

/// Reads a block; `None` if it is empty.
fn finished(block: Vec<Event<'_>>, dictionary: &Dictionary) -> Option<Finished> {
    let text = plain(&block).trim().to_owned();
    if text.is_empty() {
        return None;
    }
    // No-break spaces are set before the text is cut at skills, so that a short word stays with the
    // skill that follows it.
    let bound = block.into_iter().map(|event| match event {
        Event::Text(text) => Event::Text(russian::bind(&text).into()),
        other => other,
    });
    let bound = bound.collect::<Vec<_>>();
    if let [Event::Text(line)] = bound.as_slice() {
        // The usual case, a single text event, needs only one search for mentions.
        let mentions = dictionary.mentions(line);
        let (skills, says_more) = named_in(line, &mentions, dictionary);
        let mut linked = Vec::new();
        link(line, mentions, dictionary, &mut linked);
        return Some(Finished { text, html: render(linked), skills, says_more });
    }
    let prose = prose(&bound);
    let (skills, says_more) = named_in(&prose, &dictionary.mentions(&prose), dictionary);
    let bound = if skills.is_empty() { bound } else { linked(bound, dictionary) };
    Some(Finished { text, html: render(bound), skills, says_more })
}

/// The mentioned skills, in order, without repetitions, with the depths that the words of the text
/// state; and whether the text says more.
fn named_in(text: &str, mentions: &[Mention], dictionary: &Dictionary) -> (Vec<NamedSkill>, bool) {
    let ranges = mentions.iter().map(|mention| mention.range.clone()).collect::<Vec<_>>();
    let said = depth::said_in(text, &ranges);
    let mut skills = Vec::new();
    for (mention, depth) in mentions.iter().zip(said.depths) {
        let slug = dictionary.skills()[mention.skill].slug.clone();
        add(&mut skills, NamedSkill { slug, depth });
    }
    (skills, said.is_more)
}

/// Adds a skill; of two mentions the deeper one counts.
fn add(skills: &mut Vec<NamedSkill>, skill: NamedSkill) {
    match skills.iter_mut().find(|known| known.slug == skill.slug) {
        Some(known) => known.depth = known.depth.max(skill.depth),
        None => skills.push(skill),
    }
}

/// Links the mentions of skills in a block, except inside links.
fn linked<'a>(block: Vec<Event<'a>>, dictionary: &Dictionary) -> Vec<Event<'a>> {
    let mut linked = Vec::new();
    let mut is_in_link = false;
    for event in block {
        match event {
            Event::Text(text) if !is_in_link => {
                link(&text, dictionary.mentions(&text), dictionary, &mut linked);
            }
            event => {
                match event {
                    Event::Start(Tag::Link { .. }) => is_in_link = true,
                    Event::End(TagEnd::Link) => is_in_link = false,
                    _ => {}
                }
                linked.push(event);
            }
        }
    }
    linked
}

/// Appends a text with its mentions as links.
fn link(text: &str, mentions: Vec<Mention>, dictionary: &Dictionary, linked: &mut Vec<Event<'_>>) {
    let mut end = 0;
    for mention in mentions {
        let Some(address) = dictionary.link(&dictionary.skills()[mention.skill]) else { continue };
        linked.push(Event::Text(text[end..mention.range.start].to_owned().into()));
        let opening = Tag::Link {
            link_type: LinkType::Inline,
            dest_url: address.into(),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        };
        let closing = opening.to_end();
        end = mention.range.end;
        linked.push(Event::Start(opening));
        linked.push(Event::Text(text[mention.range].to_owned().into()));
        linked.push(Event::End(closing));
    }
    linked.push(Event::Text(text[end..].to_owned().into()));
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

/// Stands for code where skills are looked for: a sign of a word that no name has.
const CODE: &str = "〇";

fn plain(block: &[Event<'_>]) -> String {
    let texts = block.iter().map(|event| match event {
        Event::Text(text) | Event::Code(text) => text,
        Event::HardBreak => " ",
        _ => "",
    });
    texts.collect()
}

/// The plain text without what stands in code.
fn prose(block: &[Event<'_>]) -> String {
    let texts = block.iter().map(|event| match event {
        Event::Text(text) => text,
        Event::Code(_) => CODE,
        Event::HardBreak => " ",
        _ => "",
    });
    texts.collect()
}

fn render(block: Vec<Event<'_>>) -> InlineHtml {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, block.into_iter());
    InlineHtml(html.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::skill::Skill;
    use super::*;

    fn requirements(markdown: &str) -> Vec<(Option<Kind>, String)> {
        let requirements = Description::parse(markdown).requirements;
        requirements.into_iter().map(|requirement| (requirement.kind, requirement.text)).collect()
    }

    fn notes(markdown: &str) -> Vec<String> {
        Description::parse(markdown).notes.into_iter().map(|note| note.text).collect()
    }

    /// The HTML of the only requirement.
    fn html(markdown: &str) -> String {
        let description = Description::parse(markdown);
        assert_eq!(description.requirements.len(), 1, "{description:?}");
        description.requirements[0].html.to_string()
    }

    #[test]
    fn list_items_are_requirements_and_paragraphs_are_notes() {
        let text = "Начало.\n\n- Git\n- Docker\n\n## Итог\n\nКонец\nабзаца.\n\n1. SSH\n";
        let plain = |text: &str| (None, text.to_owned());
        assert_eq!(requirements(text), [plain("Git"), plain("Docker"), plain("SSH")]);
        assert_eq!(notes(text), ["Начало.", "Итог", "Конец абзаца."]);
    }

    #[test]
    fn an_empty_text_has_no_requirements() {
        for text in ["", " \n\t\n", "-\n- \n", "---", "\0\u{1}"] {
            assert_eq!(Description::parse(text), Description::default(), "{text:?}");
        }
    }

    #[test]
    fn a_known_label_sets_the_kind_and_is_not_part_of_the_text() {
        for kind in Kind::ALL {
            let text = format!("- {}: Git и SSH", kind.label());
            assert_eq!(requirements(&text), [(Some(kind), "Git и SSH".to_owned())]);
        }
        let lower = "- сильная экспертиза : HTML";
        assert_eq!(requirements(lower), [(Some(Kind::StrongExpertise), "HTML".to_owned())]);
        let with_link = "- Публикация: [статья](https://example.org/) о Git";
        assert_eq!(requirements(with_link), [(Some(Kind::Publication), "статья о Git".to_owned())]);
    }

    #[test]
    fn an_unknown_label_is_plain_text() {
        for text in ["Вёрстка: адаптивная", "Опыт", "Опытный: да", "Книга:", "час: 10:30"]
        {
            assert_eq!(requirements(&format!("- {text}")), [(None, text.to_owned())]);
        }
    }

    #[test]
    fn a_label_alone_gives_its_kind_to_the_nested_list() {
        let text = "- Сильная экспертиза:\n  - React\n  - Знакомство: Vue.js\n- Git\n";
        assert_eq!(
            requirements(text),
            [
                (Some(Kind::StrongExpertise), "React".to_owned()),
                (Some(Kind::Acquaintance), "Vue.js".to_owned()),
                (None, "Git".to_owned()),
            ]
        );
        let words = "- Базы данных\n  - MySQL\n";
        assert_eq!(
            requirements(words),
            [(None, "Базы данных".to_owned()), (None, "MySQL".to_owned())]
        );
    }

    #[test]
    fn the_id_of_a_requirement_does_not_depend_on_other_lines() {
        let ids = |markdown: &str| {
            let requirements = Description::parse(markdown).requirements;
            requirements.into_iter().map(|requirement| requirement.id).collect::<Vec<_>>()
        };
        let before = ids("- Git\n- Опыт: Docker\n- Git");
        let after = ids("- SSH\n- Опыт: **docker**.\n\nСлово\n\n- git\n- GIT");
        assert_eq!(before[1], after[1]);
        assert_eq!([&before[0], &before[2]], [&after[2], &after[3]]);
        assert_eq!(before[2], format!("{}-2", before[0]));
        assert_ne!(ids("- Docker"), ids("- Опыт: Docker"));
        assert_eq!(ids("- Git"), ["ftjmy6"]);
    }

    #[test]
    fn a_second_paragraph_belongs_to_its_requirement() {
        let text = "- Docker\n\n  и Docker Compose\n\n- Git\n";
        assert_eq!(
            requirements(text),
            [(None, "Docker и Docker Compose".to_owned()), (None, "Git".to_owned())]
        );
    }

    #[test]
    fn emphasis_code_and_links_are_kept() {
        assert_eq!(
            html("- *Go* **и** `go vet`"),
            "<em>Go</em> <strong>и</strong> <code>go vet</code>"
        );
        assert_eq!(
            html("- [RFC](https://example.org/a?b=1&c=2 'x')"),
            r#"<a href="https://example.org/a?b=1&amp;c=2">RFC</a>"#
        );
        assert_eq!(
            html("- <ann@example.org>"),
            r#"<a href="mailto:ann@example.org">ann@example.org</a>"#
        );
        assert_eq!(html("- ![схема](https://example.org/a.png)"), "схема");
    }

    #[test]
    fn html_is_shown_as_text() {
        assert_eq!(html("- a <b onclick=x>b</b>"), "a &lt;b onclick=x&gt;b&lt;/b&gt;");
        let block = Description::parse("<script>alert(1)</script>\n");
        assert_eq!(block.notes[0].html.to_string(), "&lt;script&gt;alert(1)&lt;/script&gt;");
    }

    #[test]
    fn a_link_with_an_unsafe_scheme_becomes_text() {
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "javascript&colon;alert(1)",
            "&#1;javascript:alert(1)",
            "vbscript:x",
            "data:text/html,x",
            "file:///etc/passwd",
            "//example.org/",
            "/admin",
            "",
        ] {
            assert_eq!(html(&format!("- [x](<{address}>)")), "x", "{address}");
        }
    }

    #[test]
    fn skills_are_links_except_inside_links() {
        let skill = |slug: &str, title: &str| Skill {
            slug: slug.into(),
            title: title.into(),
            category: "Навыки".into(),
            link: None,
            aliases: Vec::new(),
            hidden_aliases: Vec::new(),
        };
        let dictionary = vec![skill("docker", "Docker"), skill("cpp", "C++"), skill("git", "Git")];
        let dictionary = Dictionary::new(dictionary).unwrap();
        let dictionary = dictionary.with_addresses(|slug| format!("/skills/{slug}"));
        let text = "- Опыт: с Docker и **C++**, [Git](https://git-scm.com), docker\n\nО Git.";
        let description = Description::read(text, &dictionary);
        let requirement = &description.requirements[0];
        assert_eq!(requirement.slugs().collect::<Vec<_>>(), ["docker", "cpp", "git"]);
        assert_eq!(requirement.text, "с Docker и C++, Git, docker");
        assert_eq!(
            requirement.html.to_string(),
            "с\u{a0}<a href=\"/skills/docker\">Docker</a> и\u{a0}<strong><a href=\"/skills/cpp\">C++</a>\
             </strong>, <a href=\"https://git-scm.com/\">Git</a>, <a href=\"/skills/docker\">docker</a>"
        );
        assert_eq!(
            description.notes[0].html.to_string(),
            "О\u{a0}<a href=\"/skills/git\">Git</a>."
        );
    }

    #[test]
    fn code_names_no_skill() {
        let skill = Skill {
            slug: "git".into(),
            title: "Git".into(),
            category: "Навыки".into(),
            link: None,
            aliases: vec!["Git Flow".into()],
            hidden_aliases: Vec::new(),
        };
        let dictionary = Dictionary::new(vec![skill]).unwrap();
        let skills = |text: &str| Description::read(text, &dictionary).requirements[0].skills.len();
        for text in [
            "- x\n  ```bash\n  git push\n  ```",
            "- ~~~\n  Git\n  ~~~",
            "- `git`",
            "- о `git` и `git push`",
            "- `git` Flow",
            "- <!-- Git --> о `x`",
        ] {
            assert_eq!(skills(text), 0, "{text}");
        }
        for text in ["- `x` и Git", "- **Git** `git`", "- Git *Flow*"] {
            assert_eq!(skills(text), 1, "{text}");
        }
    }

    #[test]
    fn lines_do_not_break_after_short_words() {
        assert_eq!(
            html("- Работает с базой — и в кеше"),
            "Работает с\u{a0}базой\u{a0}— и\u{a0}в\u{a0}кеше"
        );
    }

    /// Fails unless `html` is well-formed and contains only what [`InlineHtml`] promises.
    fn check(html: &InlineHtml) -> Result<(), TestCaseError> {
        let document = format!("<p>{html}</p>");
        let parsed = roxmltree::Document::parse(&document);
        prop_assert!(parsed.is_ok(), "{document:?}: {parsed:?}");
        for node in parsed.iter().flat_map(|document| document.root_element().descendants()) {
            prop_assert!(!node.is_comment() && !node.is_pi(), "{document:?}");
            if !node.is_element() {
                continue;
            }
            let name = node.tag_name().name();
            let known = ["p", "a", "em", "strong", "del", "code", "br"].contains(&name);
            prop_assert!(known, "{document:?}");
            for attribute in node.attributes() {
                prop_assert_eq!((name, attribute.name()), ("a", "href"), "{:?}", &document);
                let scheme = attribute.value().split(':').next();
                prop_assert!(matches!(scheme, Some("http" | "https" | "mailto")), "{document:?}");
            }
        }
        Ok(())
    }

    fn check_all(markdown: &str) -> Result<(), TestCaseError> {
        let description = Description::parse(markdown);
        for requirement in &description.requirements {
            prop_assert!(!requirement.text.trim().is_empty());
            check(&requirement.html)?;
        }
        for note in &description.notes {
            prop_assert!(!note.text.trim().is_empty());
            check(&note.html)?;
        }
        Ok(())
    }

    /// Markdown from fragments that are likely to confuse a parser.
    fn markdown() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "- ",
            "  - ",
            "* ",
            "1. ",
            "\n",
            "\n\n",
            "> ",
            "# ",
            "    ",
            "```",
            "`",
            "*",
            "**",
            "_",
            "~~",
            "[",
            "]",
            "(",
            ")",
            "](",
            "![",
            "<",
            ">",
            "</b>",
            "<script>",
            "<!--",
            "-->",
            "<a href=x onclick=y>",
            "javascript:",
            "https://example.org/",
            "mailto:a@b.c",
            "&lt;",
            "&#0;",
            "&#1;",
            "&#xFFFF;",
            "&colon;",
            "\\",
            "\"",
            "'",
            "&",
            "Опыт:",
            "слово",
            "\0",
            "\u{1}",
            "\r",
            "\t",
            "\u{202e}",
            "\u{fffe}",
            "<https://a.b>",
            "<a@b.c>",
            "---",
            "|",
        ]);
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text_becomes_safe_and_well_formed_html(text in any::<String>()) {
            check_all(&text)?;
        }

        #[test]
        fn any_markdown_becomes_safe_and_well_formed_html(text in markdown()) {
            check_all(&text)?;
        }

        #[test]
        fn items_of_a_plain_list_keep_their_text(items in prop::collection::vec("[а-яё]{1,9}( [a-z]{1,9}){0,3}", 1..9)) {
            let text = format!("- {}\n", items.join("\n- "));
            let read = requirements(&text).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
            prop_assert_eq!(read, items);
        }
    }
}
