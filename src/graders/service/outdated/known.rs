//! Which texts the releases of this site started with.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::comparable;

/// The list of this release, embedded; its head says how it grows.
const LIST: &str = include_str!("../../../../assets/starting_texts.txt");

/// Bytes of a digest; among the few texts of one name 8 tell them apart.
const DIGEST_BYTES: usize = 8;

/// Digests of the texts of all releases, each with the text's name.
#[derive(Clone, Debug, Default)]
pub struct Known(BTreeSet<String>);

impl Known {
    /// Those of the releases up to this one.
    #[must_use]
    pub fn embedded() -> Self {
        let lines = LIST.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(lines.map(str::to_owned).collect())
    }

    /// Adds the texts of a release by their names.
    pub fn add(&mut self, texts: &BTreeMap<String, String>) {
        self.0.extend(texts.iter().map(|(name, text)| line(name, text)));
    }

    /// Whether a release started with this text under this name.
    #[must_use]
    pub fn has(&self, name: &str, text: &str) -> bool {
        self.0.contains(&line(name, text))
    }

    /// The lines of the list that another one does not have.
    pub fn missing_in<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a str> {
        self.0.difference(&other.0).map(String::as_str)
    }

    /// The lines of the list, sorted.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

fn line(name: &str, text: &str) -> String {
    format!("{name} {}", digest_of(text))
}

/// The digest of a text in the list.
#[must_use]
pub fn digest_of(text: &str) -> String {
    hex::encode(&Sha256::digest(comparable(text))[..DIGEST_BYTES])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_under_its_name_however_it_is_composed() {
        let mut known = Known::default();
        known.add(&BTreeMap::from([("skill/a/title".to_owned(), "Йод ".to_owned())]));
        assert!(known.has("skill/a/title", "И\u{306}од"));
        assert!(!known.has("skill/b/title", "Йод") && !known.has("skill/a/title", "йод"));
    }
}
