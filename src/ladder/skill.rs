//! Skills, and where a text names them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError};

use super::words::{Word, compared, words};

/// Stands between words, and in none.
const BETWEEN: char = ' ';

/// A technology or a practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// What it is one of.
    pub category: String,
    /// Where to read more; an https address.
    pub link: Option<String>,
    /// What else it is called.
    pub aliases: Vec<String>,
}

impl Skill {
    /// Everything it is called: its title, then its aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.title.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// A place in a text that names a skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The bytes of the text it takes.
    pub range: Range<usize>,
    /// The skill: its index in [`Dictionary::skills`].
    pub skill: usize,
}

/// One of the names of a skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As it is written.
    pub written: String,
    /// As names are compared.
    pub compared: String,
}

/// Every skill, ready to be found in texts.
pub struct Dictionary {
    skills: Vec<Skill>,
    names: Vec<Name>,
    by_slug: HashMap<String, usize>,
    /// Finds names between words of a line of them.
    matcher: Option<AhoCorasick>,
    /// For each name of the matcher, whose it is.
    owners: Vec<usize>,
    /// Writes the address of the skill with a name in addresses.
    address: Option<fn(&str) -> String>,
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dictionary of {} skills", self.skills.len())
    }
}

/// A dictionary of no skills.
impl Default for Dictionary {
    fn default() -> Self {
        Self {
            skills: Vec::new(),
            names: Vec::new(),
            by_slug: HashMap::new(),
            matcher: None,
            owners: Vec::new(),
            address: None,
        }
    }
}

impl Dictionary {
    /// Makes a dictionary. Of two skills with one name the first has it.
    ///
    /// # Errors
    ///
    /// If the names together are longer than a matcher can be, which takes gigabytes.
    pub fn new(skills: Vec<Skill>) -> Result<Self, BuildError> {
        let mut owners_by_name = HashMap::new();
        let (mut lines, mut owners, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for (index, skill) in skills.iter().enumerate() {
            for name in skill.names() {
                if let Some(line) = compared_name(name)
                    && let Entry::Vacant(free) = owners_by_name.entry(line.clone())
                {
                    free.insert(index);
                    lines.push(line);
                    owners.push(index);
                }
                names.push(Name { written: name.to_owned(), compared: compared(name) });
            }
        }
        let by_slug = skills.iter().enumerate();
        let by_slug = by_slug.map(|(index, skill)| (skill.slug.clone(), index)).collect();
        let matcher = Some(AhoCorasick::new(&lines)?);
        Ok(Self { matcher, owners, names, by_slug, skills, address: None })
    }

    /// The same dictionary, with an address for each skill: texts that name one link to it.
    #[must_use]
    pub fn with_addresses(self, address: fn(&str) -> String) -> Self {
        Self { address: Some(address), ..self }
    }

    /// Where a text that names a skill links to; `None` if skills have no addresses here.
    #[must_use]
    pub fn link(&self, skill: &Skill) -> Option<String> {
        self.address.map(|address| address(&skill.slug))
    }

    /// Every skill.
    #[must_use]
    pub fn skills(&self) -> &[Skill] {
        &self.skills
    }

    /// All names of every skill.
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// The skill with a name in addresses.
    #[must_use]
    pub fn skill(&self, slug: &str) -> Option<&Skill> {
        self.by_slug.get(slug).map(|index| &self.skills[*index])
    }

    /// The skill that has a name, in any form of its words.
    #[must_use]
    pub fn called(&self, name: &str) -> Option<&Skill> {
        let words = words(name);
        let whole = words.first()?.range.start..words.last()?.range.end;
        // Of names that begin together the longest is found, and none is longer than the text.
        let mention =
            self.mentions(name).into_iter().next().filter(|found| found.range == whole)?;
        Some(&self.skills[mention.skill])
    }

    /// Where a text names skills, from its beginning on; of names that overlap the one that begins
    /// first, and of those the longest.
    #[must_use]
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        let Some(matcher) = &self.matcher else { return Vec::new() };
        let words = words(text);
        let (line, starts) = line(&words);
        // Each name begins and ends with what stands between words, so none is found inside one.
        let mut found = matcher.find_overlapping_iter(&line).collect::<Vec<_>>();
        found.sort_by_key(|name| (name.start(), std::cmp::Reverse(name.end())));
        let mut mentions = Vec::<Mention>::new();
        let mut free_from = 0;
        for name in found {
            if name.start() < free_from {
                continue;
            }
            // The last letter of a name is what the next one may begin with.
            free_from = name.end() - BETWEEN.len_utf8();
            let first = starts.partition_point(|start| *start < name.start());
            let last = starts.partition_point(|start| *start < free_from) - 1;
            let range = words[first].range.start..words[last].range.end;
            mentions.push(Mention { range, skill: self.owners[name.pattern().as_usize()] });
        }
        mentions
    }
}

/// A name as names are compared: two with one form are the same. `None` if it has no word, so that
/// no text can name it.
#[must_use]
pub fn compared_name(name: &str) -> Option<String> {
    let (line, starts) = line(&words(name));
    (!starts.is_empty()).then_some(line)
}

/// Words in one line, as names are compared: Russian ones by their stems, others as they are; and
/// where in it each word begins, with what stands before it.
fn line(words: &[Word]) -> (String, Vec<usize>) {
    let mut line = BETWEEN.to_string();
    let mut starts = Vec::with_capacity(words.len());
    for word in words {
        starts.push(line.len() - BETWEEN.len_utf8());
        line.push_str(&word.russian_stem());
        line.push(BETWEEN);
    }
    (line, starts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dictionary() -> Dictionary {
        let skill = |slug: &str, title: &str, aliases: &[&str]| Skill {
            slug: slug.into(),
            title: title.into(),
            category: "Навыки".into(),
            link: None,
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        };
        Dictionary::new(vec![
            skill("java", "Java", &[]),
            skill("javascript", "JavaScript", &["JS", "джаваскрипт"]),
            skill("c", "C", &[]),
            skill("cpp", "C++", &["плюсы"]),
            skill("ci-cd", "CI/CD", &["непрерывная интеграция"]),
            skill("rest", "REST", &["RESTful"]),
            skill("rest-api", "REST API", &[]),
            skill("postgresql", "PostgreSQL", &["Postgres", "PostgeSQL"]),
            skill("mock", "Моки", &["мок"]),
            skill("node", "Node.js", &[]),
        ])
        .unwrap()
    }

    fn found(text: &str) -> Vec<(String, String)> {
        let dictionary = dictionary();
        let mentions = dictionary.mentions(text).into_iter();
        mentions
            .map(|mention| {
                (text[mention.range].to_owned(), dictionary.skills()[mention.skill].slug.clone())
            })
            .collect()
    }

    fn slugs(text: &str) -> Vec<String> {
        found(text).into_iter().map(|(_, slug)| slug).collect()
    }

    #[test]
    fn a_name_is_found_whole_and_the_longest_one_wins() {
        assert_eq!(slugs("Java — не JavaScript"), ["java", "javascript"]);
        assert_eq!(slugs("C++ и C, но не C+++ и не CC"), ["cpp", "c"]);
        assert_eq!(slugs("REST API и REST"), ["rest-api", "rest"]);
        assert_eq!(slugs("CI/CD, ci-cd, CI CD; CI"), ["ci-cd", "ci-cd", "ci-cd"]);
        assert_eq!(slugs("node.js/JS"), ["node", "javascript"]);
        assert_eq!(slugs("PostgeSQL, postgres"), ["postgresql", "postgresql"]);
        assert!(slugs("Javas, javascripting, unrestful").is_empty());
    }

    #[test]
    fn russian_names_are_found_in_any_form() {
        assert_eq!(
            found("«Моками» и моков"),
            [("Моками".into(), "mock".into()), ("моков".into(), "mock".into())]
        );
        assert_eq!(
            found("о Непрерывной  интеграции."),
            [("Непрерывной  интеграции".into(), "ci-cd".into())]
        );
    }

    #[test]
    fn a_skill_is_known_by_each_of_its_names_and_by_no_part_of_one() {
        let dictionary = dictionary();
        let called = |name: &str| dictionary.called(name).map(|skill| skill.slug.as_str());
        assert_eq!(called("rest API"), Some("rest-api"));
        assert_eq!(called(" REST "), Some("rest"));
        assert_eq!(called("моками"), Some("mock"));
        for name in ["API", "REST APIs", "REST API REST", "c+++", "—", ""] {
            assert_eq!(called(name), None, "{name}");
        }
        assert_eq!(compared_name("REST-api"), compared_name("rest API"));
        assert_eq!(compared_name(" — "), None);
    }

    #[test]
    fn names_that_touch_are_all_found() {
        assert_eq!(slugs("java java javascript"), ["java", "java", "javascript"]);
        assert_eq!(slugs(""), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn mentions_are_places_of_the_text_in_order_that_do_not_overlap(text in "(?s).{0,60}(Java|C\\+\\+|REST API|моков)?.{0,60}") {
            let dictionary = dictionary();
            let mut end = 0;
            for mention in dictionary.mentions(&text) {
                prop_assert!(mention.range.start >= end);
                end = mention.range.end;
                prop_assert!(!text[mention.range].is_empty());
            }
        }
    }
}
