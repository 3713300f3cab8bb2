//! Skills, and their mentions in texts.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
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
    /// Spellings that only help to find it in texts and in search: typos, inflected phrases. No public
    /// page shows them.
    pub hidden_aliases: Vec<String>,
}

impl Skill {
    /// All its names: the title, then the aliases, then the hidden ones.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.shown_names().chain(self.hidden_aliases.iter().map(String::as_str))
    }

    /// The names that pages show: the title, then the aliases.
    pub fn shown_names(&self) -> impl Iterator<Item = &str> {
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
    /// As the dictionary spells it; for a hidden alias, the title of its skill.
    pub shown: String,
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
    /// Whether names count that are only a part of a compound («Node-RED»).
    in_compounds: bool,
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
            in_compounds: false,
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
            }
            let shown = skill.shown_names().map(|name| (name, name));
            let hidden = skill.hidden_aliases.iter().map(|name| (&*skill.title, name.as_str()));
            names.extend(shown.chain(hidden).map(|(shown, name)| Name {
                shown: shown.to_owned(),
                normalized: normalized(name),
            }));
        }
        let by_slug = skills.iter().enumerate();
        let by_slug = by_slug.map(|(index, skill)| (skill.slug.clone(), index)).collect();
        let matcher = Some(AhoCorasick::new(&lines)?);
        Ok(Self { matcher, owners, names, by_slug, skills, ..Self::default() })
    }

    /// The same dictionary, which also finds names that are only a part of a compound.
    #[must_use]
    pub(super) fn in_compounds(self) -> Self {
        Self { in_compounds: true, ..self }
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

    /// The mentions of skills in the prose of a text, in order. Of overlapping names the one with the
    /// most letters is taken, and of equally long ones the first. A name may have a version right
    /// after it («PHP8», «C++17»), and names may be joined by a plus («HTML+CSS»). In a compound of
    /// Latin words («Node-RED», «Next.JS») there are mentions only if names cover all of it.
    #[must_use]
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        let Some(matcher) = &self.matcher else { return Vec::new() };
        let words = words(text);
        let mut found = self.named(matcher, &words);
        if words.iter().any(|word| word.parts(text).is_some()) {
            let parts = words.iter().cloned();
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
        let mut found = longest(text, found);
        if !self.in_compounds {
            for compound in compounds(text, &words) {
                let is_named = |word: &Word| overlapping(&found, &word.range).is_some();
                if !compound.iter().all(is_named) {
                    while let Some(start) =
                        compound.iter().find_map(|word| overlapping(&found, &word.range))
                    {
                        found.remove(&start);
                    }
                }
            }
        }
        found.into_values().collect()
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

/// Of overlapping mentions the longest, and of equally long ones the first; each under its start.
fn longest(text: &str, mut found: Vec<Mention>) -> BTreeMap<usize, Mention> {
    found.sort_by_cached_key(|mention| {
        (Reverse(length(&text[mention.range.clone()])), mention.range.start)
    });
    let mut taken = BTreeMap::new();
    for mention in found {
        if overlapping(&taken, &mention.range).is_none() {
            taken.insert(mention.range.start, mention);
        }
    }
    taken
}

/// The number of characters without spaces and punctuation: words joined by «, » are not longer than
/// those joined by a hyphen.
fn length(name: &str) -> usize {
    let is_counted = |sign: &char| sign.is_alphanumeric() || matches!(sign, '+' | '#');
    name.chars().filter(is_counted).count()
}

/// The start of the last of the disjoint mentions that overlaps a range.
fn overlapping(taken: &BTreeMap<usize, Mention>, range: &Range<usize>) -> Option<usize> {
    let (start, last) = taken.range(..range.end).next_back()?;
    (range.start < last.range.end).then_some(*start)
}

/// The compounds of Latin words: two or more of them joined by hyphens, underscores or full stops
/// without a space («Node-RED», «Next.JS»). A word without a letter, as the digits of a version, or in
/// another alphabet ends a compound.
fn compounds<'a>(text: &str, words: &'a [Word]) -> Vec<&'a [Word]> {
    let is_latin =
        |word: &Word| word.letters.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let is_joined = |one: &Word, other: &Word| {
        let between = &text[one.range.end..other.range.start];
        matches!(between, "-" | "\u{2010}" | "\u{2011}" | "_" | ".")
            && is_latin(one)
            && is_latin(other)
    };
    words.chunk_by(is_joined).filter(|compound| compound.len() > 1).collect()
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
            hidden_aliases: Vec::new(),
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
            hidden_aliases: Vec::new(),
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

    #[test]
    fn a_longer_name_wins_over_one_that_begins_earlier() {
        let skill = |slug: &str, title: &str| Skill {
            slug: slug.into(),
            title: title.into(),
            category: "Навыки".into(),
            link: None,
            aliases: Vec::new(),
            hidden_aliases: Vec::new(),
        };
        let skills = [
            ("css", "CSS"),
            ("fade", "Плавные CSS"),
            ("css-animations", "CSS-анимации"),
            ("long", "Анимации интерфейса страниц"),
            ("one", "Сбор данных"),
            ("two", "Данные сбор"),
        ];
        let dictionary =
            Dictionary::new(skills.map(|(slug, title)| skill(slug, title)).into()).unwrap();
        let slugs = |text: &str| {
            let mentions = dictionary.mentions(text).into_iter();
            mentions.map(|mention| skills[mention.skill].0).collect::<Vec<_>>()
        };
        assert_eq!(slugs("плавные CSS-анимации и CSS"), ["css-animations", "css"]);
        assert_eq!(slugs("плавные CSS и анимации"), ["fade"]);
        // The name in the middle gives way to the longest, the first one needs not.
        assert_eq!(slugs("плавные CSS-анимации интерфейса страниц"), ["fade", "long"]);
        assert_eq!(slugs("сбор данных сбор"), ["one"]);
        assert_eq!(slugs("данные сбор данных"), ["two"]);
    }

    #[test]
    fn a_part_of_a_latin_compound_is_no_mention() {
        for text in ["Node-RED", "Java-REST-Q", "go-to-C", "C_plus", "Ext.JS", "JS‑Q"] {
            assert!(slugs(text).is_empty(), "{text}");
        }
        assert_eq!(slugs("Node.js-JS"), ["node", "javascript"]);
        assert_eq!(slugs("REST-Java, C-API и C-Java"), ["rest", "java", "c", "java"]);
        for (text, slug) in [
            ("JS-разработчик", "javascript"),
            ("веб-REST", "rest"),
            ("REST-2", "rest"),
            ("Java 8.JS", "java"),
            ("Java - Q", "java"),
            ("Java/Q", "java"),
            ("Java. Q", "java"),
        ] {
            assert!(slugs(text).iter().any(|found| found == slug), "{text}");
        }
    }

    #[test]
    fn hidden_aliases_are_found_as_shown_ones_are() {
        let dictionary = Dictionary::new(vec![Skill {
            slug: "joins".into(),
            title: "Соединение таблиц".into(),
            category: "Навыки".into(),
            link: None,
            aliases: vec!["JOIN".into()],
            hidden_aliases: vec!["связывает 2 таблицы".into()],
        }])
        .unwrap();
        assert_eq!(dictionary.mentions("Связывает 2 таблицы").len(), 1);
        let skill = dictionary.find_by_name("связывает 2 таблицы").unwrap();
        assert_eq!(skill.names().count(), 3);
        assert_eq!(skill.shown_names().collect::<Vec<_>>(), ["Соединение таблиц", "JOIN"]);
        let shown = dictionary.names().iter().map(|name| name.shown.as_str()).collect::<Vec<_>>();
        assert_eq!(shown, ["Соединение таблиц", "JOIN", "Соединение таблиц"]);
    }

    proptest! {
        #[test]
        fn of_overlapping_names_the_longest_is_taken(
            names in prop::collection::hash_set("[абв]( [абв]{1,2}){0,3}", 1..12),
            text in "([абв]{1,2} ){0,20}",
        ) {
            let names = names.into_iter().collect::<Vec<_>>();
            let skill = |title: &String| Skill {
                slug: title.clone(),
                title: title.clone(),
                category: "Навыки".into(),
                link: None,
                aliases: Vec::new(),
                hidden_aliases: Vec::new(),
            };
            let dictionary = Dictionary::new(names.iter().map(skill).collect()).unwrap();
            // Every place of every name, found without an index.
            let words = words(&text);
            let stems = words.iter().map(Word::russian_stem).collect::<Vec<_>>();
            let mut places = Vec::new();
            for name in &names {
                let name = super::words(name).iter().map(Word::russian_stem).collect::<Vec<_>>();
                for (first, window) in stems.windows(name.len()).enumerate() {
                    if *window == *name {
                        let last = first + name.len() - 1;
                        places.push(words[first].range.start..words[last].range.end);
                    }
                }
            }
            let taken = dictionary.mentions(&text).into_iter().map(|mention| mention.range);
            let taken = taken.collect::<Vec<_>>();
            let overlap = |one: &Range<usize>, other: &Range<usize>| {
                one.start < other.end && other.start < one.end
            };
            for pair in taken.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start);
            }
            for place in &taken {
                prop_assert!(places.contains(place));
            }
            for place in places.iter().filter(|place| !taken.contains(place)) {
                let gives_way = taken.iter().any(|other| {
                    let length = |range: &Range<usize>| {
                        text[range.clone()].chars().filter(|sign| *sign != ' ').count()
                    };
                    let goes_first = length(other) > length(place)
                        || length(other) == length(place) && other.start <= place.start;
                    overlap(place, other) && goes_first
                });
                prop_assert!(gives_way, "{place:?} among {taken:?}");
            }
        }

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
