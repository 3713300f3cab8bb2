//! Search: terms of texts, and parsing what visitors type.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::Level;
use super::skill::Dictionary;
use super::words::{Word, words};

/// The most characters of a term; the rest of a word is ignored.
const MAX_TERM_LENGTH: usize = 100;
/// The fewest characters of a prefix to search for.
const MIN_PREFIX_LENGTH: usize = 2;

/// Names of the base levels.
const LEVEL_NAMES: [(Level, &[&str]); 4] = [
    (Level::Intern, &["intern", "trainee", "стажёр", "интерн"]),
    (Level::Junior, &["junior", "jun", "джуниор", "джун"]),
    (Level::Middle, &["middle", "mid", "мидл", "миддл"]),
    (Level::Senior, &["senior", "сеньор", "синьор", "сениор", "синьер", "сеньер"]),
];

/// Spellings of the same trade.
const SPELLINGS: [&[&str]; 3] = [
    &["front-end", "frontend", "фронтенд", "фронт-енд", "фронтэнд"],
    &["back-end", "backend", "бэкенд", "бекенд", "бэк-енд"],
    &["full-stack", "fullstack", "фулстек", "фуллстек", "фул-стек"],
];

/// Words that are ignored if the question has others.
const STOP_WORDS: [&str; 36] = [
    "а", "без", "в", "во", "для", "до", "за", "и", "из", "или", "к", "как", "ко", "на", "не", "о",
    "об", "от", "по", "при", "с", "со", "у", "что", "это", "a", "an", "and", "for", "in", "of",
    "on", "or", "the", "to", "with",
];

static LEVELS: LazyLock<HashMap<String, Level>> = LazyLock::new(|| {
    let names =
        LEVEL_NAMES.iter().flat_map(|(level, names)| names.iter().map(move |name| (name, level)));
    names
        .flat_map(|(name, level)| words(name).into_iter().map(|word| (word.stem(), *level)))
        .collect()
});

static STOP_TERMS: LazyLock<HashSet<String>> =
    LazyLock::new(|| STOP_WORDS.into_iter().flat_map(words).map(|word| word.stem()).collect());

/// A word in the form in which it is indexed; all names of a level are the same term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The byte range in the text.
    pub range: Range<usize>,
    /// The stem, or the name of the level.
    pub term: String,
    /// The level, if the word names one.
    pub level: Option<Level>,
}

/// The terms of a text, in order.
#[must_use]
pub fn terms(text: &str) -> Vec<Term> {
    let words = words(text).into_iter();
    let words = words.flat_map(|word| word.parts(text).unwrap_or_else(|| vec![word]));
    let words = words.collect::<Vec<_>>();
    let mut terms = Vec::new();
    let mut rest = words.as_slice();
    while let Some((word, following)) = rest.split_first() {
        let stem = word.stem();
        let (term, taken) =
            level_at(text, word, &stem, following).unwrap_or_else(|| (plain(word, &stem), 0));
        terms.push(term);
        rest = &following[taken..];
    }
    terms
}

fn plain(word: &Word, stem: &str) -> Term {
    Term { range: word.range.clone(), term: cut(stem), level: None }
}

/// The level that a word with a stem names together with the «плюс» words after it, and the number of
/// those words.
fn level_at(text: &str, word: &Word, stem: &str, following: &[Word]) -> Option<(Term, usize)> {
    let name = word.letters.trim_end_matches('+');
    let base = if name.len() == word.letters.len() {
        LEVELS.get(stem)?
    } else {
        LEVELS.get(&words(name).first()?.stem())?
    };
    let signs = word.letters.len() - name.len();
    let mut end = word.range.end;
    let mut spelt = 0;
    for plus in following.iter().take(2_usize.saturating_sub(signs)) {
        let between = text[end..plus.range.start].trim();
        if !matches!(plus.letters.as_str(), "plus" | "плюс") || !matches!(between, "" | "-") {
            break;
        }
        end = plus.range.end;
        spelt += 1;
    }
    let level = format!("{}{}", base.name(), "+".repeat(signs + spelt)).parse::<Level>().ok()?;
    let term = level.name().to_owned();
    Some((Term { range: word.range.start..end, term, level: Some(level) }, spelt))
}

/// Consecutive terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The terms, at least one.
    pub terms: Vec<String>,
    /// Whether the last term is a prefix: any word that begins with it matches.
    pub is_prefix: bool,
}

/// A part of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Alternatives: one of them must be found.
    pub phrases: Vec<Phrase>,
    /// The slug of the skill it names.
    pub skill: Option<String>,
}

/// A parsed question: all its parts must be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    parts: Vec<Part>,
}

impl Question {
    /// Parses a question: words in any form, skills and levels by any of their names, «phrases» in
    /// quotation marks. The last word also matches as a prefix.
    #[must_use]
    pub fn read(typed: &str, dictionary: &Dictionary) -> Self {
        let mut parts = Vec::new();
        let segments = segments(typed);
        for (index, (segment, is_quoted)) in segments.iter().enumerate() {
            if *is_quoted {
                parts.extend(Part::of_terms(&terms(segment)));
            } else {
                let is_last = index + 1 == segments.len();
                read_segment(segment, is_last, dictionary, &mut parts);
            }
        }
        if parts.iter().any(Part::is_significant) {
            parts.retain(Part::is_significant);
        }
        Self { parts: once_each(parts) }
    }

    /// All parts.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The slug of the skill that the whole question names.
    #[must_use]
    pub fn skill(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [part] => part.skill.as_deref(),
            _ => None,
        }
    }

    /// Whether a text has all that is asked.
    #[must_use]
    pub fn is_met_by(&self, text: &str) -> bool {
        let terms = terms(text);
        let is_found = |part: &Part| {
            let mut starts = 0..terms.len();
            starts.any(|start| {
                let following = &terms[start..];
                part.phrases.iter().any(|phrase| phrase.match_length(following).is_some())
            })
        };
        !self.parts.is_empty() && self.parts.iter().all(is_found)
    }

    /// The ranges of a text that match, in order and disjoint.
    #[must_use]
    pub fn highlights(&self, text: &str) -> Vec<Range<usize>> {
        let terms = terms(text);
        let mut found = Vec::<Range<usize>>::new();
        for (index, term) in terms.iter().enumerate() {
            let phrases = self.parts.iter().flat_map(|part| &part.phrases);
            let Some(length) =
                phrases.filter_map(|phrase| phrase.match_length(&terms[index..])).max()
            else {
                continue;
            };
            let end = terms[index + length - 1].range.end;
            match found.last_mut() {
                Some(last) if last.end >= term.range.start => last.end = last.end.max(end),
                _ => found.push(term.range.start..end),
            }
        }
        found
    }
}

/// The parts without those that ask the same as an earlier one, which then also matches by the prefix
/// of the later one.
fn once_each(parts: Vec<Part>) -> Vec<Part> {
    let mut once = Vec::<Part>::new();
    for part in parts {
        match once.iter_mut().find(|earlier| earlier.asks_same(&part)) {
            Some(earlier) => {
                let prefixes = part.phrases.into_iter().filter(|phrase| phrase.is_prefix);
                earlier.phrases.extend(prefixes);
            }
            None => once.push(part),
        }
    }
    once
}

impl Part {
    /// Whether both match the same, apart from prefixes.
    fn asks_same(&self, other: &Self) -> bool {
        let whole = |part: &Self| {
            part.phrases.iter().filter(|phrase| !phrase.is_prefix).cloned().collect::<Vec<_>>()
        };
        self.skill == other.skill && whole(self) == whole(other)
    }

    /// A part that matches these consecutive terms; `None` without terms.
    fn of_terms(terms: &[Term]) -> Option<Self> {
        let terms = terms.iter().map(|term| term.term.clone()).collect::<Vec<_>>();
        let phrase = (!terms.is_empty()).then_some(Phrase { terms, is_prefix: false })?;
        Some(Self { phrases: vec![phrase], skill: None })
    }

    /// A part that matches any of these names.
    fn of_names<'a>(names: impl IntoIterator<Item = &'a str>, skill: Option<String>) -> Self {
        let mut phrases = Vec::new();
        for name in names.into_iter().filter_map(|name| Self::of_terms(&terms(name))) {
            let new = |phrase: &Phrase| !phrases.contains(phrase);
            phrases.extend(name.phrases.into_iter().filter(new).collect::<Vec<_>>());
        }
        Self { phrases, skill }
    }

    fn is_significant(&self) -> bool {
        self.phrases.iter().any(|phrase| match phrase.terms.as_slice() {
            [term] => !phrase.is_prefix && !STOP_TERMS.contains(term),
            _ => true,
        })
    }
}

impl Phrase {
    /// The number of terms it matches at the beginning of `following`.
    fn match_length(&self, following: &[Term]) -> Option<usize> {
        let length = self.terms.len();
        let (last, first) = self.terms.split_last()?;
        let (found_last, found_first) = following.get(..length)?.split_last()?;
        let first_match = first.iter().zip(found_first).all(|(term, found)| found.term == *term);
        let last_matches = if self.is_prefix {
            found_last.term.starts_with(last.as_str())
        } else {
            found_last.term == *last
        };
        (first_match && last_matches).then_some(length)
    }
}

/// Parses a segment outside quotation marks.
fn read_segment(segment: &str, is_last: bool, dictionary: &Dictionary, parts: &mut Vec<Part>) {
    let terms = terms(segment);
    let mentions = dictionary.mentions(segment);
    let mut rest = terms.as_slice();
    while let [term, ..] = rest {
        let mention = mentions.iter().find(|mention| mention.range.contains(&term.range.start));
        let (part, taken) = if let Some(mention) = mention {
            let skill = &dictionary.skills()[mention.skill];
            let end = mention.range.end;
            let taken = rest.iter().take_while(|term| term.range.start < end).count();
            (Some(Part::of_names(skill.names(), Some(skill.slug.clone()))), taken)
        } else if let Some((names, taken)) = spellings_at(rest) {
            (Some(Part::of_names(names.iter().copied(), None)), taken)
        } else {
            let mut part = Part::of_terms(&rest[..1]);
            let typed = words(&segment[term.range.clone()]);
            let prefix = typed.first().map_or_else(String::new, |word| cut(&word.compared()));
            let is_prefix = is_last && rest.len() == 1 && term.level.is_none();
            if let Some(part) = part.as_mut()
                && is_prefix
                && prefix.chars().count() >= MIN_PREFIX_LENGTH
            {
                part.phrases.push(Phrase { terms: vec![prefix], is_prefix: true });
            }
            (part, 1)
        };
        parts.extend(part);
        rest = &rest[taken..];
    }
}

/// The spellings of the trade that the terms begin with, and the number of terms it takes.
fn spellings_at(following: &[Term]) -> Option<(&'static [&'static str], usize)> {
    SPELLINGS.into_iter().find_map(|names| {
        let part = Part::of_names(names.iter().copied(), None);
        let taken =
            part.phrases.iter().filter_map(|phrase| phrase.match_length(following)).max()?;
        Some((names, taken))
    })
}

/// Splits a question at its quotation marks into segments, each with whether it was quoted. A mark
/// without a closing one is ignored.
fn segments(typed: &str) -> Vec<(&str, bool)> {
    let mut segments = Vec::new();
    let mut rest = typed;
    while let Some(open) = rest.find(['"', '«', '“', '„']) {
        let mark = rest[open..].chars().next().map_or(1, char::len_utf8);
        let inside = &rest[open + mark..];
        let Some(close) = inside.find(['"', '»', '”', '“']) else { break };
        let closing = inside[close..].chars().next().map_or(1, char::len_utf8);
        segments.push((&rest[..open], false));
        segments.push((&inside[..close], true));
        rest = &inside[close + closing..];
    }
    segments.push((rest, false));
    segments.retain(|(segment, _)| !segment.trim().is_empty());
    segments
}

fn cut(term: &str) -> String {
    term.chars().take(MAX_TERM_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::examples::skill;
    use super::*;

    fn dictionary() -> Dictionary {
        Dictionary::new(vec![
            skill("cpp", "C++", &["плюсы"]),
            skill("ci-cd", "CI/CD", &["непрерывная интеграция"]),
            skill("postgresql", "PostgreSQL", &["Postgres"]),
            skill("testing", "Тестирование", &["тест"]),
        ])
        .unwrap()
    }

    fn written(text: &str) -> Vec<String> {
        terms(text).into_iter().map(|term| term.term).collect()
    }

    fn question(typed: &str) -> Vec<String> {
        let question = Question::read(typed, &dictionary());
        let phrase =
            |phrase: &Phrase| phrase.terms.join(" ") + if phrase.is_prefix { "…" } else { "" };
        let part = |part: &Part| part.phrases.iter().map(phrase).collect::<Vec<_>>().join("|");
        question.parts().iter().map(part).collect()
    }

    #[test]
    fn all_names_of_a_level_are_the_same_term() {
        for text in [
            "junior++",
            "джуниор++",
            "Джун++",
            "junior plus plus",
            "junior-plus-plus",
            "джуниор плюс плюс",
            "джун+ плюс",
            "джуниора плюс плюс",
        ] {
            assert_eq!(written(text), ["junior++"], "{text}");
        }
        assert_eq!(written("с джуниора на мидла+"), ["с", "junior", "на", "middle+"]);
        assert_eq!(written("стажёр, стажеры; интерн"), ["intern"; 3]);
        assert_eq!(written("senior+++ intern+ plus"), ["senior+++", "intern+", "plus"]);
        assert_eq!(written("junior, plus"), ["junior", "plus"]);
        let text = "о junior  plus, и";
        assert_eq!(&text[terms(text)[1].range.clone()], "junior  plus");
    }

    #[test]
    fn a_question_matches_names_word_forms_and_prefixes() {
        assert_eq!(question("Постгрес"), ["постгрес|постгрес…"]);
        assert_eq!(question("postgres тестами"), ["postgresql|postgr", "тестирован|тест"]);
        assert_eq!(question("с++"), ["c++|плюс"]);
        assert_eq!(question("ci-cd джун"), ["ci cd|непрерывн интеграц", "junior"]);
        assert_eq!(
            question("фронтенд ка"),
            ["front end|frontend|фронтенд|фронт енд|фронтэнд", "ка|ка…"]
        );
        assert_eq!(question("работа с «нормальной формой» б"), ["работ", "нормальн форм", "б"]);
        assert_eq!(question("\"один\""), ["один"]);
        assert_eq!(question("как"), ["как|как…"]);
        assert_eq!(question(" «» ,. "), Vec::<String>::new());
        assert_eq!(Question::read("Postgres", &dictionary()).skill(), Some("postgresql"));
        assert_eq!(Question::read("о Postgres", &dictionary()).skill(), Some("postgresql"));
        assert_eq!(Question::read("Postgres тест", &dictionary()).skill(), None);
    }

    #[test]
    fn matches_are_highlighted_in_the_text() {
        let marked = |typed: &str, text: &str| {
            let places = Question::read(typed, &dictionary()).highlights(text);
            places.into_iter().map(|place| text[place].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(marked("postgres", "PostgreSQL и Postgres"), ["PostgreSQL", "Postgres"]);
        assert_eq!(marked("непрерывная интеграция", "Настройка CI / CD"), ["CI / CD"]);
        assert_eq!(marked("форм", "Формы, формат; реформа"), ["Формы", "формат"]);
        assert_eq!(marked("джуниор плюс", "до junior+ и junior"), ["junior+"]);
        assert!(marked("нет", "Текст").is_empty());
    }

    #[test]
    fn a_repeated_word_counts_once() {
        for (repeated, once) in [
            ("кеш кеш", "кеш"),
            ("кеши кеша кеш", "кеш"),
            ("Postgres postgresql POSTGRES", "postgres"),
            ("джун junior джуниор git", "junior git"),
            ("frontend фронтенд", "front-end"),
            ("«код ревью» «Код ревью» git", "«код ревью» git"),
            ("код ревью код ревью", "код ревью"),
            ("тест кеш тестирование кеш", "тест кеш"),
        ] {
            assert_eq!(question(repeated), question(once), "{repeated}");
        }
        assert_ne!(question("кеш кешбэк"), question("кеш"));
    }

    proptest! {
        #[test]
        fn a_question_asked_twice_is_the_same_question(words in prop::collection::vec("[б-я]{1,5}", 1..6)) {
            let once = words.join(" ");
            let twice = format!("{once} {once}");
            let read = |text: &str| Question::read(text, &Dictionary::default());
            prop_assert_eq!(read(&twice), read(&once));
        }

        #[test]
        fn any_question_can_be_parsed_and_its_highlights_lie_in_the_text(typed in "(?s).{0,40}", text in "(?s).{0,40}") {
            let question = Question::read(&typed, &dictionary());
            let mut end = 0;
            for place in question.highlights(&text) {
                prop_assert!(place.start >= end && !text[place.clone()].is_empty());
                end = place.end;
            }
            for part in question.parts() {
                prop_assert!(!part.phrases.is_empty());
                prop_assert!(part.phrases.iter().all(|phrase| !phrase.terms.is_empty()));
            }
        }

        #[test]
        fn a_text_matches_its_own_words(text in "[а-яёa-z ]{1,30}") {
            prop_assume!(!words(&text).is_empty());
            let places = Question::read(&text, &Dictionary::default()).highlights(&text);
            prop_assert!(!places.is_empty());
        }

        #[test]
        fn terms_consist_of_letters_digits_and_signs(text in any::<String>()) {
            for term in terms(&text) {
                prop_assert!(term.term.chars().all(|sign| sign.is_alphanumeric() || "+#".contains(sign)), "{term:?}");
            }
        }
    }
}
