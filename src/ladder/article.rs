//! Splitting a text with headings into sections.

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::commonmark::as_commonmark;
use super::skill::Dictionary;
use super::{Description, InlineHtml};

/// A heading and the text below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading; `None` for the text above the first one.
    pub title: Option<InlineHtml>,
    /// The paragraphs as notes and the list items as requirements, as in a grade's description.
    pub body: Description,
}

/// Reads a text in `CommonMark`; never fails. An empty heading does not begin a section.
#[must_use]
pub fn read(markdown: &str, dictionary: &Dictionary) -> Vec<Section> {
    let markdown = as_commonmark(markdown);
    let markdown = markdown.as_str();
    let mut sections = Vec::new();
    let (mut title, mut start) = (None, 0);
    for (heading, end) in headings(markdown) {
        let Some(words) = words(&markdown[heading..end]) else { continue };
        let body = Description::read_commonmark(&markdown[start..heading], dictionary);
        sections.push(Section { title, body });
        (title, start) = (Some(words), end);
    }
    sections.push(Section {
        title,
        body: Description::read_commonmark(&markdown[start..], dictionary),
    });
    sections.retain(|section| section.title.is_some() || section.body != Description::default());
    sections
}

/// Start and end of each heading that is not inside a list or a quotation.
fn headings(markdown: &str) -> Vec<(usize, usize)> {
    let mut depth = 0;
    let events = Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH).into_offset_iter();
    let headings = events.filter_map(|(event, range)| {
        match event {
            Event::Start(Tag::Heading { .. }) if depth == 0 => {
                depth += 1;
                return Some((range.start, range.end));
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        None
    });
    headings.collect()
}

/// The words of a heading, without links to skills.
fn words(heading: &str) -> Option<InlineHtml> {
    let headings = Description::read_commonmark(heading, &Dictionary::default()).headings;
    headings.first().map(|block| block.html.clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sections(markdown: &str) -> Vec<(String, Vec<String>, Vec<String>)> {
        let section = |section: Section| {
            (
                section.title.map(|title| title.to_string()).unwrap_or_default(),
                section.body.paragraphs().map(|note| note.text.clone()).collect(),
                section.body.requirements.into_iter().map(|requirement| requirement.text).collect(),
            )
        };
        read(markdown, &Dictionary::default()).into_iter().map(section).collect()
    }

    fn section(title: &str, notes: &[&str], items: &[&str]) -> (String, Vec<String>, Vec<String>) {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        (title.to_owned(), owned(notes), owned(items))
    }

    #[test]
    fn each_heading_begins_a_section() {
        assert_eq!(
            sections(
                "Сначала.\n\n## Порядок и *срок*\nАбзац.\n\n- Раз\n- Два\n\nИтог\n====\n### Пусто"
            ),
            [
                section("", &["Сначала."], &[]),
                section("Порядок и\u{a0}<em>срок</em>", &["Абзац."], &["Раз", "Два"]),
                section("Итог", &[], &[]),
                section("Пусто", &[], &[]),
            ]
        );
        assert_eq!(sections(""), []);
    }

    #[test]
    fn headings_in_code_lists_and_quotations_begin_no_section() {
        assert_eq!(
            sections("```\n## код\n```\n\n- ## пункт\n\n> ## цитата\n\n##нет\n\n## \nда"),
            [section("", &["## код", "цитата", "##нет", "да"], &["пункт"])]
        );
    }

    proptest! {
        #[test]
        fn no_words_are_lost(markdown in "([#=\\->`*а-я \n]|\n## ){0,60}") {
            let whole = Description::parse(&markdown);
            let sections = read(&markdown, &Dictionary::default());
            let titles = sections.iter().filter(|section| section.title.is_some()).count();
            let notes = sections.iter().map(|section| {
                section.body.paragraphs().count() + section.body.headings.len()
            });
            let items = sections.iter().map(|section| section.body.requirements.len());
            let paragraphs = whole.paragraphs().count();
            prop_assert_eq!(titles + notes.sum::<usize>(), paragraphs + whole.headings.len());
            prop_assert_eq!(items.sum::<usize>(), whole.requirements.len());
        }
    }
}
