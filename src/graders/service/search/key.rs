//! The key of an entry of the index.

use std::ops::RangeInclusive;

use serde::Serialize;

use crate::ladder::Level;

/// What is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "&'static str")]
pub enum Kind {
    /// A skill of the dictionary.
    Skill,
    /// A profession.
    Profession,
    /// A grade.
    Grade,
    /// A requirement of a grade.
    Requirement,
}

/// Which thing an entry is of. Written as a number that orders things as they are shown: by kind,
/// then professions by age, grades by level and requirements by their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub kind: Kind,
    /// Of the skill or the profession.
    pub id: i32,
    /// The rank of the level; 0 of what has none.
    pub level: u8,
    /// The place of a requirement among those of its grade.
    pub place: u16,
}

impl Kind {
    /// Every kind, in the order they are shown.
    pub const ALL: [Self; 4] = [Self::Skill, Self::Profession, Self::Grade, Self::Requirement];

    /// The name in addresses and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skill => "skill",
            Self::Profession => "profession",
            Self::Grade => "grade",
            Self::Requirement => "requirement",
        }
    }

    /// The keys of all its entries.
    #[must_use]
    pub fn keys(self) -> RangeInclusive<i64> {
        let start = i64::from(self as u8 + 1) << 52;
        start..=start + ((1 << 52) - 1)
    }
}

impl From<Kind> for &'static str {
    fn from(kind: Kind) -> Self {
        kind.name()
    }
}

impl Key {
    pub fn number(self) -> i64 {
        self.kind.keys().start()
            + (i64::from(self.id) << 20)
            + (i64::from(self.level) << 16)
            + i64::from(self.place)
    }

    /// The keys of a profession or a skill and of what belongs to it.
    pub fn all_of(kind: Kind, id: i32) -> RangeInclusive<i64> {
        let start = Self { kind, id, level: 0, place: 0 }.number();
        start..=start + ((1 << 20) - 1)
    }

    pub fn read(number: i64) -> Option<Self> {
        let kind = Kind::ALL.into_iter().find(|kind| kind.keys().contains(&number))?;
        let number = number - kind.keys().start();
        Some(Self {
            kind,
            id: i32::try_from(number >> 20).ok()?,
            level: u8::try_from((number >> 16) & 0xf).ok()?,
            place: u16::try_from(number & 0xffff).ok()?,
        })
    }

    pub fn level(self) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.rank() == self.level)
    }
}
