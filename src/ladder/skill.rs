//! Skills, and their mentions in texts.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError};

use super::addresses;
use super::words::{Word, normalized, words};

/// Separates words; occurs in none.
const SEPARATOR: char = ' ';

/// A technology or a practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// The category it belongs to.
    pub category: String,
    /// Where to read more; an https address.
    pub link: Option<String>,
    /// Its other names.
    pub aliases: Vec<String>,
}

impl Skill {
    /// All its names: the title, then the aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.title.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// A place in a text that names a skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The byte range in the text.
    pub range: Range<usize>,
    /// The index of the skill in [`Dictionary::skills`].
    pub skill: usize,
}

/// A name of a skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As the dictionary spells it.
    pub written: String,
    /// In normalized form.
    pub normalized: String,
}

/// All skills, indexed for finding their names in texts.
pub struct Dictionary {
    skills: Vec<Skill>,
    names: Vec<Name>,
    by_slug: HashMap<String, usize>,
    /// Finds normalized names in the output of [`line`].
    matcher: Option<AhoCorasick>,
    /// For each pattern of the matcher, the index of its skill.
    owners: Vec<usize>,
    /// Makes the address of the skill with a slug.
    address: Option<fn(&str) -> String>,
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dictionary of {} skills", self.skills.len())
    }
}

/// An empty dictionary.
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
    /// Builds a dictionary. A name that two skills share belongs to the first.
    ///
    /// # Errors
    ///
    /// If the names together exceed the limit of the matcher, some gigabytes.
    pub fn new(skills: Vec<Skill>) -> Result<Self, BuildError> {
        let mut owners_by_name = HashMap::new();
        let (mut lines, mut owners, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for (index, skill) in skills.iter().enumerate() {
            for name in skill.names() {
                if let Some(line) = normalized_name(name)
                    && let Entry::Vacant(free) = owners_by_name.entry(line.clone())
                {
                    free.insert(index);
                    lines.push(line);
                    owners.push(index);
                }
                names.push(Name { written: name.to_owned(), normalized: normalized(name) });
            }
        }
        let by_slug = skills.iter().enumerate();
        let by_slug = by_slug.map(|(index, skill)| (skill.slug.clone(), index)).collect();
        let matcher = Some(AhoCorasick::new(&lines)?);
        Ok(Self { matcher, owners, names, by_slug, skills, address: None })
    }

    /// The same dictionary with addresses: mentions of skills in descriptions become links.
    #[must_use]
    pub fn with_addresses(self, address: fn(&str) -> String) -> Self {
        Self { address: Some(address), ..self }
    }

    /// The address of a skill; `None` for a dictionary without addresses.
    #[must_use]
    pub fn link(&self, skill: &Skill) -> Option<String> {
        self.address.map(|address| address(&skill.slug))
    }

    /// All skills.
    #[must_use]
    pub fn skills(&self) -> &[Skill] {
        &self.skills
    }

    /// All names of all skills.
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// The skill with this slug.
    #[must_use]
    pub fn skill(&self, slug: &str) -> Option<&Skill> {
        self.by_slug.get(slug).map(|index| &self.skills[*index])
    }

    /// The skill with this name, in any grammatical form.
    #[must_use]
    pub fn find_by_name(&self, name: &str) -> Option<&Skill> {
        let words = words(name);
        let whole = words.first()?.range.start..words.last()?.range.end;
        // Of names with the same start the longest is found; it must cover the whole text.
        let mention =
            self.mentions(name).into_iter().next().filter(|found| found.range == whole)?;
        Some(&self.skills[mention.skill])
    }

    /// The mentions of skills in the prose of a text, in order. Of overlapping names the one that
    /// begins first is taken, and of several that begin together the longest. A name may have a
    /// version right after it («PHP8», «C++17»), and names may be joined by a plus («HTML+CSS»).
    #[must_use]
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        let Some(matcher) = &self.matcher else { return Vec::new() };
        let words = words(text);
        let mut found = self.named(matcher, &words);
        if words.iter().any(|word| word.parts(text).is_some()) {
            let parts = words.into_iter();
            let parts = parts.flat_map(|word| word.parts(text).unwrap_or_else(|| vec![word]));
            found.extend(self.named(matcher, &parts.collect::<Vec<_>>()));
        }
        if found.is_empty() {
            return found;
        }
        let is_name = |range: &Range<usize>| found.iter().any(|mention| mention.range == *range);
        let no_prose = addresses::ranges(text, is_name);
        found.retain(|mention| {
            no_prose
                .iter()
                .all(|range| mention.range.end <= range.start || range.end <= mention.range.start)
        });
        found.sort_by_key(|mention| (mention.range.start, Reverse(mention.range.end)));
        let mut free_from = 0;
        found.retain(|mention| {
            let is_free = mention.range.start >= free_from;
            if is_free {
                free_from = mention.range.end;
            }
            is_free
        });
        found
    }

    /// All names of skills among the words, overlapping ones too.
    fn named(&self, matcher: &AhoCorasick, words: &[Word]) -> Vec<Mention> {
        let (line, starts) = line(words);
        // Every pattern begins and ends with the separator, so none matches inside a word.
        let found = matcher.find_overlapping_iter(&line).map(|name| {
            let first = starts.partition_point(|start| *start < name.start());
            // The separator that ends a name may begin the next one.
            let end = name.end() - SEPARATOR.len_utf8();
            let last = starts.partition_point(|start| *start < end) - 1;
            let range = words[first].range.start..words[last].range.end;
            Mention { range, skill: self.owners[name.pattern().as_usize()] }
        });
        found.collect()
    }
}

/// The normalized form of a name: two names with the same form are equal. `None` if the name has no
/// word, so that no text can mention it.
#[must_use]
pub fn normalized_name(name: &str) -> Option<String> {
    let (line, starts) = line(&words(name));
    (!starts.is_empty()).then_some(line)
}

/// The words joined and enclosed by separators, Russian ones as stems, others unchanged; and where
/// the separator before each word stands.
fn line(words: &[Word]) -> (String, Vec<usize>) {
    let mut line = SEPARATOR.to_string();
    let mut starts = Vec::with_capacity(words.len());
    for word in words {
        starts.push(line.len() - SEPARATOR.len_utf8());
        line.push_str(&word.russian_stem());
        line.push(SEPARATOR);
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
    fn whole_names_are_found_and_the_longest_one_wins() {
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
    fn a_skill_is_found_by_each_full_name() {
        let dictionary = dictionary();
        let called = |name: &str| dictionary.find_by_name(name).map(|skill| skill.slug.as_str());
        assert_eq!(called("rest API"), Some("rest-api"));
        assert_eq!(called(" REST "), Some("rest"));
        assert_eq!(called("моками"), Some("mock"));
        for name in ["API", "REST APIs", "REST API REST", "c+++", "—", ""] {
            assert_eq!(called(name), None, "{name}");
        }
        assert_eq!(normalized_name("REST-api"), normalized_name("rest API"));
        assert_eq!(normalized_name(" — "), None);
    }

    #[test]
    fn versions_and_pluses_do_not_hide_names() {
        assert_eq!(slugs("C++17, C++ 20"), ["cpp", "cpp"]);
        assert_eq!(
            slugs("Java+JavaScript; Java8+ и PostgreSQL16"),
            ["java", "javascript", "java", "postgresql"]
        );
        assert_eq!(slugs("C+++Java, JS+C++"), ["cpp", "java", "javascript", "cpp"]);
        assert_eq!(slugs("Postgres+REST+API"), ["postgresql", "rest-api"]);
        assert_eq!(found("о PostgreSQL16"), [("PostgreSQL".into(), "postgresql".into())]);
        assert!(slugs("C4, 8Java, Java8a, Javas+Javas").is_empty());
        let dictionary = Dictionary::new(vec![Skill {
            slug: "1c".into(),
            title: "1С".into(),
            category: "Навыки".into(),
            link: None,
            aliases: Vec::new(),
        }])
        .unwrap();
        for text in ["1С", "1C", "1с", "1c", "1С8", "1C+Git"] {
            assert_eq!(dictionary.mentions(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn skills_are_named_in_prose_only() {
        for text in
            ["https://java.com/C++", "java.com", "c@java.org", "rest.js", "/java/rest", "mock.py"]
        {
            assert!(slugs(text).is_empty(), "{text}");
        }
        assert_eq!(slugs("node.js, java.com и Java."), ["node", "java"]);
    }

    #[test]
    fn adjacent_names_are_all_found() {
        assert_eq!(slugs("java java javascript"), ["java", "java", "javascript"]);
        assert_eq!(slugs(""), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn mentions_are_ordered_and_disjoint_ranges_of_the_text(text in "(?s).{0,60}(Java|C\\+\\+|REST API|моков)?.{0,60}") {
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
