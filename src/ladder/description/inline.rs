//! Reading one run of inline text in a description: its plain text, the skills it names and its HTML.

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::super::depth;
use super::super::skill::{Dictionary, Mention};
use super::NamedSkill;
use super::html::InlineHtml;
use super::lines::{Finished, remembered_line};
use crate::russian;

/// Reads a run of text; `None` if it is empty. `group` is what stands before it and a colon, and may name
/// skills and say how deeply they are asked.
pub(super) fn finished(
    block: Vec<Event<'_>>,
    group: Option<&str>,
    dictionary: &Dictionary,
) -> Option<Finished> {
    let text = plain(&block).trim().to_owned();
    if text.is_empty() {
        return None;
    }
    if let ([Event::Text(line)], None) = (block.as_slice(), group) {
        let read = || finished_line(text, line, dictionary);
        return Some(match dictionary.remembered_as() {
            Some(number) => remembered_line(number, line, read),
            None => read(),
        });
    }
    // No-break spaces are set before the text is cut at skills, so that a short word stays with the
    // skill that follows it.
    let bound = block.into_iter().map(|event| match event {
        Event::Text(text) => Event::Text(russian::bind(&text).into()),
        other => other,
    });
    let bound = bound.collect::<Vec<_>>();
    let mut prose = prose(&bound);
    if let Some(group) = group {
        prose = format!("{group}: {prose}");
    }
    let (skills, says_more) = named_in(&prose, &dictionary.mentions(&prose), dictionary);
    let bound = if skills.is_empty() { bound } else { linked(bound, dictionary) };
    Some(Finished { text, html: render(bound), skills, says_more })
}

/// The usual case, a line without emphasis and code, needs only one search for mentions.
fn finished_line(text: String, line: &str, dictionary: &Dictionary) -> Finished {
    let line = russian::bind(line);
    let mentions = dictionary.mentions(&line);
    let (skills, says_more) = named_in(&line, &mentions, dictionary);
    let mut linked = Vec::new();
    link(&line, mentions, dictionary, &mut linked);
    Finished { text, html: render(linked), skills, says_more }
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
pub(super) fn add(skills: &mut Vec<NamedSkill>, skill: NamedSkill) {
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

/// Stands for code where skills are looked for: a sign of a word that no name has.
const CODE: &str = "〇";

pub(super) fn plain(block: &[Event<'_>]) -> String {
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
    InlineHtml::safe(html.trim().to_owned())
}
