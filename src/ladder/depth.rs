//! How deeply a requirement asks for what it names.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use super::words::words;
use super::{Kind, Requirement};

/// How deep a skill is to be known; compares from shallow to deep.
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

/// Openings of words that tell of little depth, as the texts use them: «знает основы»,
/// «представляет, как».
const SHALLOW: [&str; 6] = ["основ", "базов", "знаком", "представля", "начальн", "поверхностн"];
/// Openings of words that tell of much.
const DEEP: [&str; 7] =
    ["отличн", "глубок", "продвинут", "эксперт", "уверенн", "свободн", "тонкост"];

impl Depth {
    /// All depths, from shallow to deep.
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.as_array().unwrap();

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

    /// The depth a label tells, if it tells one.
    #[must_use]
    pub const fn of_label(kind: Option<Kind>) -> Option<Self> {
        match kind {
            Some(Kind::Acquaintance) => Some(Self::Acquaintance),
            Some(Kind::WorkingKnowledge) => Some(Self::Working),
            Some(Kind::StrongExpertise) => Some(Self::Strong),
            _ => None,
        }
    }

    /// The depth a requirement asks: by its label, else by its words, else the middle one.
    #[must_use]
    pub fn of(requirement: &Requirement) -> Self {
        if let Some(depth) = Self::of_label(requirement.kind) {
            return depth;
        }
        let words = words(&requirement.text);
        let opens = |openings: &[&str]| {
            let mut letters = words.iter().map(|word| word.letters.as_str());
            letters.any(|letters| openings.iter().any(|opening| letters.starts_with(opening)))
        };
        if opens(&DEEP) {
            Self::Strong
        } else if opens(&SHALLOW) {
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
    fn a_label_tells_the_depth_and_without_one_the_words_do() {
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
