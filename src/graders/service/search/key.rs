//! The key of an entry of the search index.

use std::ops::RangeInclusive;

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use crate::ladder::Level;
use crate::variants;

/// The kind of a hit, in the order of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantArray)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case")]
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

/// What an entry describes. As a number it sorts entries in the order of the results: by kind, then
/// professions by age, grades by level and requirements by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub kind: Kind,
    /// The id of the skill or the profession.
    pub id: i32,
    /// The rank of the level; 0 without a level.
    pub level: u8,
    /// The position of a requirement in its grade.
    pub place: u16,
}

impl Kind {
    /// All kinds, in the order of the results.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The name in addresses and in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The range of the keys of this kind.
    #[must_use]
    pub fn keys(self) -> RangeInclusive<i64> {
        let start = i64::from(self as u8 + 1) << 52;
        start..=start + ((1 << 52) - 1)
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
