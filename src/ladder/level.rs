//! The ten levels a grade can have.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::variants;

/// One of the ten fixed ranks, from intern to senior++; compares by rank.
///
/// Source: the Python text names intern, junior, junior+, middle, middle+ and senior+; «Система
/// грейдов разработчиков» names junior, middle and senior with two inner levels each.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, VariantArray,
)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Level {
    /// Стажёр.
    Intern,
    /// Джун.
    Junior,
    /// Джун+.
    JuniorPlus,
    /// Джун++.
    JuniorPlusPlus,
    /// Мидл.
    Middle,
    /// Мидл+.
    MiddlePlus,
    /// Мидл++.
    MiddlePlusPlus,
    /// Синьор.
    Senior,
    /// Синьор+.
    SeniorPlus,
    /// Синьор++.
    SeniorPlusPlus,
}

/// A text that names no level.
#[derive(Debug, thiserror::Error)]
#[error("unknown level {0:?}")]
pub struct UnknownLevel(String);

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The rank, 1 (intern) to 10 (senior++).
    #[must_use]
    pub const fn rank(self) -> u8 {
        self as u8 + 1
    }

    /// The name in the database and in the API: `junior+`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.forms().0
    }

    /// The name in addresses: `junior-plus`.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        self.forms().1
    }

    /// The name where it stands by itself, in headings, tables and lists: «Джун+».
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.forms().2
    }

    /// The name inside a sentence: «джун+».
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.forms().3
    }

    /// The name inside a sentence in the genitive, «до джуна+», which is also the accusative:
    /// «защищать джуна+».
    #[must_use]
    pub const fn genitive(self) -> &'static str {
        self.forms().4
    }

    /// The level with this [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.slug() == slug)
    }

    /// The base level it belongs to: junior for junior++.
    #[must_use]
    pub const fn base(self) -> Self {
        match self {
            Self::Intern => Self::Intern,
            Self::Junior | Self::JuniorPlus | Self::JuniorPlusPlus => Self::Junior,
            Self::Middle | Self::MiddlePlus | Self::MiddlePlusPlus => Self::Middle,
            Self::Senior | Self::SeniorPlus | Self::SeniorPlusPlus => Self::Senior,
        }
    }

    /// Name, slug, title, word and genitive.
    const fn forms(self) -> (&'static str, &'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Intern => ("intern", "intern", "Стажёр", "стажёр", "стажёра"),
            Self::Junior => ("junior", "junior", "Джун", "джун", "джуна"),
            Self::JuniorPlus => ("junior+", "junior-plus", "Джун+", "джун+", "джуна+"),
            Self::JuniorPlusPlus => ("junior++", "junior-plus-plus", "Джун++", "джун++", "джуна++"),
            Self::Middle => ("middle", "middle", "Мидл", "мидл", "мидла"),
            Self::MiddlePlus => ("middle+", "middle-plus", "Мидл+", "мидл+", "мидла+"),
            Self::MiddlePlusPlus => ("middle++", "middle-plus-plus", "Мидл++", "мидл++", "мидла++"),
            Self::Senior => ("senior", "senior", "Синьор", "синьор", "синьора"),
            Self::SeniorPlus => ("senior+", "senior-plus", "Синьор+", "синьор+", "синьора+"),
            Self::SeniorPlusPlus => {
                ("senior++", "senior-plus-plus", "Синьор++", "синьор++", "синьора++")
            }
        }
    }
}

/// Parses [`Level::name`].
impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|level| level.name() == name)
            .ok_or_else(|| UnknownLevel(name.to_owned()))
    }
}

impl From<Level> for &'static str {
    fn from(level: Level) -> Self {
        level.name()
    }
}

impl TryFrom<String> for Level {
    type Error = UnknownLevel;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_by_rank() {
        assert!(Level::ALL.is_sorted_by(|low, high| low < high));
        assert_eq!(Level::ALL.map(Level::rank), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn each_level_belongs_to_the_base_level_its_name_begins_with() {
        for level in Level::ALL {
            assert_eq!(level.base().base(), level.base());
            assert!(level.name().trim_end_matches('+') == level.base().name());
        }
    }

    #[test]
    fn names_in_sentences_are_the_titles_in_lower_case() {
        for level in Level::ALL {
            assert_eq!(level.word(), level.title().to_lowercase());
            let (name, pluses) =
                level.word().split_at(level.word().find('+').unwrap_or(level.word().len()));
            assert_eq!(level.genitive(), format!("{name}а{pluses}"));
        }
    }

    #[test]
    fn names_and_slugs_parse_back_to_their_level() {
        for level in Level::ALL {
            assert_eq!(level.name().parse::<Level>().unwrap(), level);
            assert_eq!(Level::from_slug(level.slug()), Some(level));
        }
        assert!("джун".parse::<Level>().is_err());
        assert_eq!(Level::from_slug("junior+"), None);
    }
}
