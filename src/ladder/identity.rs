//! Requirements keep their identity: which requirement took the place of which when descriptions change, and
//! what became of an id since.
//!
//! The id of a requirement is a hash of its words, so other words give it another id. Each id that leaves a
//! ladder is noted once, with the id that took its place if one did; following the notes, an answer given at
//! any time is found under a present id or as one to something that was removed.

mod aliases;
mod carried;
mod change;
mod grammar;
mod pairing;

pub use self::aliases::{Alias, Aliases, Fate, FormerIds};
pub use self::carried::Carried;
pub use self::change::{Change, Listed, Moment, Pair, Said};
pub use self::grammar::{EarlierId, earlier_ids};
pub(super) use self::pairing::{asked_otherwise, pairs};

use super::revision::{Piece, compare_words};
use super::skill::Dictionary;
use super::{Description, Requirement};

/// The words of a requirement as they were.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Words {
    /// Its label without the colon; empty if it had none.
    pub label: String,
    /// Its plain text; empty if nobody knows it any more.
    pub text: String,
}

/// The former and the present words of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewording {
    /// The former ones, if they are known.
    pub was: Words,
    /// The present ones.
    pub now: Words,
}

impl Rewording {
    /// Both in pieces that tell what differs.
    #[must_use]
    pub fn pieces(&self) -> (Vec<Piece>, Vec<Piece>) {
        compare_words(&self.was.line(), &self.now.line())
    }
}

impl Words {
    /// The words of a requirement as it is.
    #[must_use]
    pub fn of(requirement: &Requirement) -> Self {
        let label = requirement.label().unwrap_or_default().to_owned();
        Self { label, text: requirement.text.clone() }
    }

    /// Whether they are known.
    #[must_use]
    pub const fn are_known(&self) -> bool {
        !self.text.is_empty()
    }

    /// Label and text in one line.
    #[must_use]
    pub fn line(&self) -> String {
        match self.label.as_str() {
            "" => self.text.clone(),
            label => format!("{label}: {}", self.text),
        }
    }

    /// The requirement that says this, read anew.
    fn read(&self, dictionary: &Dictionary) -> Option<Requirement> {
        // As a text of signs that mean nothing in Markdown.
        let escape = |text: &str| {
            let letters = text.chars().flat_map(|letter| {
                let slash = letter.is_ascii_punctuation().then_some('\\');
                slash.into_iter().chain([letter])
            });
            letters.collect::<String>()
        };
        let text = match self.label.as_str() {
            "" => format!("- {}", escape(&self.text)),
            label => format!("- {}:\n  - {}", escape(label), escape(&self.text)),
        };
        let mut read = Description::read(&text, dictionary).requirements;
        read.truncate(1);
        read.pop().filter(|read| read.text == self.text)
    }
}

#[cfg(test)]
mod tests;
