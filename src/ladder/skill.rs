//! Skills, and their mentions in texts.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use aho_corasick::{AhoCorasick, BuildError};
use quick_cache::sync::Cache;

use super::addresses;
use super::words::{Word, joined, words};
use crate::russian;

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
    /// Tells it from other dictionaries with addresses; later ones have higher numbers.
    shared: Option<u64>,
    /// Whether names count that are only a part of a compound («Node-RED»).
    in_compounds: bool,
}

/// The number of the next dictionary with addresses.
static NEXT_SHARED: AtomicU64 = AtomicU64::new(1);

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
            shared: None,
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
            let shown = skill.shown_names().map(|name| (name, name));
            let hidden = skill.hidden_aliases.iter().map(|name| (&*skill.title, name.as_str()));
            for (shown, name) in shown.chain(hidden) {
                let Forms { line, normalized } = Forms::cached(name);
                if let Some(line) = line
                    && let Entry::Vacant(free) = owners_by_name.entry(line)
                {
                    lines.push(free.key().clone());
                    free.insert(index);
                    owners.push(index);
                }
                names.push(Name { shown: shown.to_owned(), normalized });
            }
        }
        let by_slug = skills.iter().enumerate();
        let by_slug = by_slug.map(|(index, skill)| (skill.slug.clone(), index)).collect();
        let matcher = Some(AhoCorasick::new(&lines)?);
        Ok(Self { skills, names, by_slug, matcher, owners, ..Self::default() })
    }

    /// The same dictionary, which also finds names that are only a part of a compound.
    #[must_use]
    pub(super) fn in_compounds(self) -> Self {
        Self { in_compounds: true, ..self }
    }

    /// The same dictionary with addresses: mentions of skills in descriptions become links.
    #[must_use]
    pub fn with_addresses(self, address: fn(&str) -> String) -> Self {
        let shared = Some(NEXT_SHARED.fetch_add(1, Ordering::Relaxed));
        Self { address: Some(address), shared, ..self }
    }

    /// What tells it from other dictionaries; `None` for one without addresses, which nobody shares.
    #[must_use]
    pub const fn shared(&self) -> Option<u64> {
        self.shared
    }

    /// Under which number lines are remembered that were read with it; `None` for one that nobody shares.
    pub(super) const fn remembered_as(&self) -> Option<u64> {
        // An empty one is like any other.
        if self.matcher.is_none() { Some(0) } else { self.shared }
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
            drop_parts_of_compounds(text, &words, &mut found);
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
    let is_counted = |sign: &char| russian::is_alphanumeric(*sign) || matches!(sign, '+' | '#');
    name.chars().filter(is_counted).count()
}

/// The start of the last of the disjoint mentions that overlaps a range.
fn overlapping(taken: &BTreeMap<usize, Mention>, range: &Range<usize>) -> Option<usize> {
    let (start, last) = taken.range(..range.end).next_back()?;
    (range.start < last.range.end).then_some(*start)
}

/// Takes the mentions out of compounds that names do not cover.
fn drop_parts_of_compounds(text: &str, words: &[Word], found: &mut BTreeMap<usize, Mention>) {
    for compound in compounds(text, words) {
        if compound.iter().all(|word| overlapping(found, &word.range).is_some()) {
            continue;
        }
        for word in compound {
            while let Some(start) = overlapping(found, &word.range) {
                found.remove(&start);
            }
        }
    }
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
    Forms::of(name).line
}

/// Names whose forms are cached: a dictionary is made anew after each change, most of it of the same names.
const CACHED_NAMES: usize = 4_000;

static FORMS: LazyLock<Cache<String, Forms>> = LazyLock::new(|| Cache::new(CACHED_NAMES));

/// A name in the forms in which it is compared.
#[derive(Clone)]
struct Forms {
    /// Its words as [`line`] has them, if there are any.
    line: Option<String>,
    /// As [`normalized`](super::words::normalized) has it.
    normalized: String,
}

impl Forms {
    fn of(name: &str) -> Self {
        let words = words(name);
        let (line, starts) = line(&words);
        let line = (!starts.is_empty()).then_some(line);
        Self { line, normalized: joined(name, &words) }
    }

    fn cached(name: &str) -> Self {
        let Ok(forms) = FORMS.get_or_insert_with(name, || Ok::<_, Infallible>(Self::of(name)));
        forms
    }
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
mod tests;
