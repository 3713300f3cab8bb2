//! How deep a requirement asks to know its skills.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use super::words::words;
use super::{Kind, Requirement};
use crate::variants;

/// How deep a skill must be known; ordered from shallow to deep.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, IntoStaticStr, VariantArray,
)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "snake_case")]
pub enum Depth {
    /// Знакомство.
    Acquaintance,
    /// Средний уровень.
    #[strum(serialize = "working_knowledge")]
    Working,
    /// Сильная экспертиза.
    #[strum(serialize = "strong_expertise")]
    Strong,
}

/// Beginnings of words that mean little depth in the texts: «знает основы», «представляет, как».
const SHALLOW: [&str; 6] = ["основ", "базов", "знаком", "представля", "начальн", "поверхностн"];
/// Beginnings of words that mean great depth.
const DEEP: [&str; 7] =
    ["отличн", "глубок", "продвинут", "эксперт", "уверенн", "свободн", "тонкост"];

impl Depth {
    /// All depths, from shallow to deep.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The rank, 1 (acquaintance) to 3 (strong).
    #[must_use]
    pub const fn rank(self) -> u8 {
        self as u8 + 1
    }

    /// The name on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Acquaintance => "знакомство",
            Self::Working => "средний уровень",
            Self::Strong => "сильная экспертиза",
        }
    }

    /// The depth that a label states, if it states one.
    #[must_use]
    pub const fn of_label(kind: Option<Kind>) -> Option<Self> {
        match kind {
            Some(Kind::Acquaintance) => Some(Self::Acquaintance),
            Some(Kind::WorkingKnowledge) => Some(Self::Working),
            Some(Kind::StrongExpertise) => Some(Self::Strong),
            _ => None,
        }
    }

    /// The depth of a requirement: stated by its label, else guessed from its words, else the middle
    /// one.
    #[must_use]
    pub fn of(requirement: &Requirement) -> Self {
        if let Some(depth) = Self::of_label(requirement.kind) {
            return depth;
        }
        let words = words(&requirement.text);
        let has_word = |beginnings: &[&str]| {
            let mut letters = words.iter().map(|word| word.letters.as_str());
            letters.any(|letters| beginnings.iter().any(|beginning| letters.starts_with(beginning)))
        };
        if has_word(&DEEP) {
            Self::Strong
        } else if has_word(&SHALLOW) {
            Self::Acquaintance
        } else {
            Self::Working
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Description;
    use super::*;

    #[test]
    fn the_depth_comes_from_the_label_and_without_one_from_the_words() {
        for (text, depth) in [
            ("Сильная экспертиза: основы Git", Depth::Strong),
            ("Средний уровень: Git", Depth::Working),
            ("Знакомство: отличный Git", Depth::Acquaintance),
            ("Знает основы Git", Depth::Acquaintance),
            ("Отлично владеет Git", Depth::Strong),
            ("Пользуется Git", Depth::Working),
            ("Книга: о Git", Depth::Working),
        ] {
            let description = Description::parse(&format!("- {text}"));
            assert_eq!(Depth::of(&description.requirements[0]), depth, "{text}");
        }
        assert!(Depth::ALL.is_sorted());
    }
}
