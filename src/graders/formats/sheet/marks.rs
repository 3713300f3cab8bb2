//! What a short cell says: that a competency is asked, how deeply, or not at all; and marks of importance.

use super::mapping::Numbers;
use crate::ladder::Depth;

/// What a cell says of a competency by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is not asked.
    NotAsked,
    /// It is asked; how deeply is not said.
    Asked,
    /// It is asked so deeply.
    Depth(Depth),
}

const NOT_ASKED: [&str; 18] = [
    "0",
    "-",
    "–",
    "—",
    "−",
    "--",
    "нет",
    "no",
    "n/a",
    "н/д",
    "не требуется",
    "не нужно",
    "не нужен",
    "✗",
    "✘",
    "❌",
    "false",
    "ложь",
];
const ASKED: [&str; 16] = [
    "+",
    "x",
    "х",
    "да",
    "yes",
    "y",
    "v",
    "✓",
    "✔",
    "✅",
    "☑",
    "true",
    "истина",
    "•",
    "*",
    "требуется",
];
const WORDS: [(Depth, &[&str]); 3] = [
    (
        Depth::Acquaintance,
        &[
            "знакомство",
            "знаком",
            "базовый",
            "базовый уровень",
            "базово",
            "начальный",
            "основы",
            "basic",
            "beginner",
            "novice",
            "awareness",
            "familiar",
            "низкий",
        ],
    ),
    (
        Depth::Working,
        &[
            "++",
            "средний",
            "средний уровень",
            "уверенный",
            "уверенно",
            "рабочий",
            "хорошо",
            "working",
            "intermediate",
            "proficient",
            "practitioner",
        ],
    ),
    (
        Depth::Strong,
        &[
            "+++",
            "сильная экспертиза",
            "экспертиза",
            "продвинутый",
            "эксперт",
            "экспертный",
            "глубокий",
            "глубоко",
            "отлично",
            "высокий",
            "advanced",
            "expert",
            "strong",
            "mastery",
        ],
    ),
];

/// What a cell says if it says nothing else.
#[must_use]
pub fn mark(text: &str, numbers: Numbers) -> Option<Mark> {
    if text.chars().count() > 24 {
        return None;
    }
    let text = text.trim_end_matches('.').to_lowercase();
    let text = text.strip_suffix(",0").or(text.strip_suffix(".0")).unwrap_or(&text);
    if NOT_ASKED.contains(&text) {
        return Some(Mark::NotAsked);
    }
    if ASKED.contains(&text) {
        return Some(Mark::Asked);
    }
    let word = WORDS.iter().find(|(_, words)| words.contains(&text));
    if let Some((depth, _)) = word {
        return Some(Mark::Depth(*depth));
    }
    let number = text.parse::<u8>().ok().filter(|_| text.len() == 1)?;
    let depth = match (numbers, number) {
        (Numbers::OfThree, 1) | (Numbers::OfFive, 1 | 2) => Depth::Acquaintance,
        (Numbers::OfThree, 2) | (Numbers::OfFive, 3) => Depth::Working,
        (Numbers::OfThree, 3) | (Numbers::OfFive, 4 | 5) => Depth::Strong,
        (Numbers::Asked, _) => return Some(Mark::Asked),
        _ => return None,
    };
    Some(Mark::Depth(depth))
}

/// How much a mark beside a requirement says it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Importance {
    /// «[Критичный]»: it is asked anyway.
    Critical,
    /// «[Nice-to-have]»: it is only desirable.
    Optional,
}

/// The importance that a word states.
#[must_use]
pub fn importance(word: &str) -> Option<Importance> {
    let word = word.trim().to_lowercase().replace(['-', '_'], " ");
    match word.trim() {
        "критичный"
        | "критичная"
        | "критичное"
        | "критично"
        | "critical"
        | "must have"
        | "must"
        | "обязательно"
        | "обязательный"
        | "required" => Some(Importance::Critical),
        "nice to have"
        | "желательно"
        | "желательный"
        | "опционально"
        | "опциональный"
        | "optional"
        | "bonus"
        | "бонус"
        | "будет плюсом"
        | "плюс"
        | "необязательно" => Some(Importance::Optional),
        _ => None,
    }
}

/// A text without the mark of importance in brackets at its beginning or end.
#[must_use]
pub fn without_importance(text: &str) -> (&str, Option<Importance>) {
    for (opening, closing) in [('[', ']'), ('(', ')')] {
        if let Some((word, rest)) = text.strip_prefix(opening).and_then(|t| t.split_once(closing))
            && let Some(found) = importance(word)
            && !rest.trim().is_empty()
        {
            return (rest.trim_start_matches([' ', '\u{a0}', ':', '—', '–']).trim(), Some(found));
        }
        if let Some((rest, word)) = text.strip_suffix(closing).and_then(|t| t.rsplit_once(opening))
            && let Some(found) = importance(word)
            && !rest.trim().is_empty()
        {
            return (rest.trim(), Some(found));
        }
    }
    (text, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_in_every_spelling() {
        for (text, expected) in [
            ("1", Some(Mark::Depth(Depth::Acquaintance))),
            ("2.0", Some(Mark::Depth(Depth::Working))),
            ("3", Some(Mark::Depth(Depth::Strong))),
            ("4", None),
            ("0", Some(Mark::NotAsked)),
            ("—", Some(Mark::NotAsked)),
            ("Х", Some(Mark::Asked)),
            ("Да", Some(Mark::Asked)),
            ("Эксперт", Some(Mark::Depth(Depth::Strong))),
            ("Git", None),
        ] {
            assert_eq!(mark(text, Numbers::OfThree), expected, "{text}");
        }
        assert_eq!(mark("4", Numbers::OfFive), Some(Mark::Depth(Depth::Strong)));
        assert_eq!(mark("2", Numbers::Text), None);
    }

    #[test]
    fn importance_is_taken_off_a_text() {
        for (text, expected) in [
            ("[Критичный] Git", ("Git", Some(Importance::Critical))),
            ("[Nice-to-have] Git", ("Git", Some(Importance::Optional))),
            ("Git (желательно)", ("Git", Some(Importance::Optional))),
            ("[Git](https://git-scm.com)", ("[Git](https://git-scm.com)", None)),
            ("[Nice-to-have]", ("[Nice-to-have]", None)),
        ] {
            assert_eq!(without_importance(text), expected);
        }
    }
}
