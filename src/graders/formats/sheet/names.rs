//! Names of levels, as companies write them.

use crate::ladder::Level;

/// What a name of a level is by its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// One of the ten ranks.
    Rank(Level),
    /// Most likely one of the ten ranks; something in the name is not understood.
    Likely(Level),
    /// A letter or a word with a number: «E3», «IC5», «Грейд 4», «Инженер II».
    Numbered(String, u8),
    /// A name above the senior ones, such as «Team Lead», or another one of a person's place.
    Higher,
}

const BASES: [(Level, &[&str]); 4] = [
    (Level::Intern, &["intern", "trainee", "стажер", "интерн", "практикант"]),
    (Level::Junior, &["junior", "jun", "jr", "джуниор", "джун", "юниор", "младший", "младшая"]),
    (
        Level::Middle,
        &["middle", "mid", "midl", "midle", "middl", "мидл", "миддл", "мидель", "миддел"],
    ),
    (
        Level::Senior,
        &["senior", "sr", "sen", "сеньор", "синьор", "сениор", "сеньер", "старший", "старшая"],
    ),
];

/// Words beside the name of a rank that do not change it.
const FILLERS: [&str; 30] = [
    "уровень",
    "level",
    "grade",
    "грейд",
    "ступень",
    "разработчик",
    "разработчика",
    "инженер",
    "программист",
    "тестировщик",
    "аналитик",
    "дизайнер",
    "специалист",
    "администратор",
    "менеджер",
    "developer",
    "engineer",
    "programmer",
    "analyst",
    "designer",
    "specialist",
    "tester",
    "qa",
    "dev",
    "software",
    "бэкенд",
    "backend",
    "frontend",
    "фронтенд",
    "devops",
];

const PLUSES: [&str; 5] = ["plus", "плюс", "strong", "стронг", "крепкий"];

const HIGHER: [&str; 21] = [
    "lead",
    "teamlead",
    "techlead",
    "лид",
    "тимлид",
    "техлид",
    "staff",
    "стафф",
    "principal",
    "принципал",
    "architect",
    "архитектор",
    "expert",
    "эксперт",
    "ведущий",
    "ведущая",
    "главный",
    "head",
    "руководитель",
    "distinguished",
    "chief",
];

/// Words that a number makes the name of a level.
const COUNTED: [&str; 16] = [
    "level",
    "уровень",
    "grade",
    "грейд",
    "ступень",
    "разряд",
    "категория",
    "инженер",
    "engineer",
    "разработчик",
    "developer",
    "milestone",
    "stage",
    "этап",
    "специалист",
    "аналитик",
];

const ROMAN: [&str; 10] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];

/// Names are shorter.
const LONGEST: usize = 60;
const MOST_WORDS: usize = 5;

/// A name as names are compared: small letters, single spaces, «ё» as «е».
#[must_use]
pub fn compared(name: &str) -> String {
    let name = name.to_lowercase().replace('ё', "е");
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a text says as the name of a level, if it can be one.
#[must_use]
pub fn read(text: &str) -> Option<Name> {
    let text = compared(text.trim_matches(['*', '_', '#', ':', '.', '«', '»', '"', ' ']));
    if text.is_empty() || text.chars().count() > LONGEST {
        return None;
    }
    let words = words(&text);
    if words.is_empty() || words.len() > MOST_WORDS {
        return None;
    }
    rank(&words).or_else(|| numbered(&words)).or_else(|| {
        let is_higher = words.iter().any(|word| HIGHER.contains(&word.trim_end_matches('+')));
        (is_higher && words.len() <= 3).then_some(Name::Higher)
    })
}

/// The words of a name; what only joins them is left out, a plus belongs to the word before it.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::<String>::new();
    let mut is_open = false;
    for letter in text.chars() {
        match letter {
            '+' if !words.is_empty() => {
                if let Some(last) = words.last_mut() {
                    last.push('+');
                }
                is_open = false;
            }
            letter if letter.is_alphanumeric() => {
                let is_same =
                    words.last().and_then(|word| word.chars().next_back()).is_some_and(|before| {
                        before.is_alphabetic() || before.is_numeric() == letter.is_numeric()
                    });
                match words.last_mut() {
                    Some(last) if is_open && is_same => last.push(letter),
                    _ => words.push(letter.to_string()),
                }
                is_open = true;
            }
            _ => is_open = false,
        }
    }
    words
}

/// A number from 1, in digits or Roman.
fn number(word: &str) -> Option<u8> {
    // Cyrillic letters that look like Roman numbers.
    let word = word.replace('і', "i").replace('х', "x");
    let roman = ROMAN.iter().position(|roman| *roman == word);
    let roman = roman.and_then(|place| u8::try_from(place + 1).ok());
    roman.or_else(|| word.parse().ok().filter(|number| (1..=20).contains(number)))
}

/// The level with so many steps above a base one.
fn above(base: Level, steps: usize) -> Option<Level> {
    let name = format!("{}{}", base.name(), "+".repeat(steps));
    name.parse().ok()
}

fn rank(words: &[String]) -> Option<Name> {
    let mut found = None;
    let (mut steps, mut is_sure) = (0, true);
    for word in words {
        let signs = word.len() - word.trim_end_matches('+').len();
        let name = word.trim_end_matches('+');
        // «junior2» is one word in some sheets.
        let (name, digit) = match name.strip_suffix(['1', '2', '3']) {
            Some(short) if short.len() > 1 => (short, number(&name[short.len()..])),
            _ => (name, None),
        };
        let base = BASES.iter().find(|(_, names)| names.contains(&name));
        if let Some((base, _)) = base {
            if found.replace(*base).is_some() {
                return None;
            }
            steps += signs + usize::from(digit.unwrap_or(1) - 1);
        } else if PLUSES.contains(&name) {
            is_sure &= matches!(name, "plus" | "плюс");
            steps += 1;
        } else if let Some(number) = number(word).filter(|_| found.is_some()) {
            steps += usize::from(number - 1);
        } else if HIGHER.contains(&name) {
            return None;
        } else {
            is_sure &= FILLERS.contains(&name);
        }
    }
    let base = found?;
    let level = above(base, steps)?;
    Some(if is_sure { Name::Rank(level) } else { Name::Likely(level) })
}

fn numbered(words: &[String]) -> Option<Name> {
    let (prefix, word) = match words {
        [word] => {
            let digits = word.find(|letter: char| letter.is_ascii_digit())?;
            word.split_at(digits)
        }
        [prefix, word] => (prefix.as_str(), word.as_str()),
        _ => return None,
    };
    let is_code = (1..=3).contains(&prefix.chars().count())
        && prefix.chars().all(char::is_alphabetic)
        && word.parse::<u8>().is_ok();
    let number = number(word.trim_end_matches('+'))?;
    (is_code || COUNTED.contains(&prefix)).then(|| Name::Numbered(prefix.to_owned(), number))
}

/// The ranks that so many names of an own scale stand for, lowest first; those beyond ten stand for none.
#[must_use]
pub fn spread(count: usize) -> &'static [Level] {
    use Level::{Junior, JuniorPlus, Middle, MiddlePlus, Senior, SeniorPlus, SeniorPlusPlus};

    let all: &'static [Level] = &Level::ALL;
    match count {
        0 => &[],
        1 => &[Junior],
        2 => &[Junior, Middle],
        3 => &[Junior, Middle, Senior],
        4 => &[Junior, Middle, Senior, SeniorPlus],
        5 => &[Junior, Middle, MiddlePlus, Senior, SeniorPlus],
        6 => &[Junior, JuniorPlus, Middle, MiddlePlus, Senior, SeniorPlus],
        7 => &[Junior, JuniorPlus, Middle, MiddlePlus, Senior, SeniorPlus, SeniorPlusPlus],
        8 => &all[1..9],
        9 => &all[1..],
        _ => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_ranks_are_known_in_any_spelling() {
        for (text, level) in [
            ("Джун", Level::Junior),
            ("ДЖУНИОР", Level::Junior),
            ("Junior 1", Level::Junior),
            ("Junior 2", Level::JuniorPlus),
            ("Джун+", Level::JuniorPlus),
            ("джун ++", Level::JuniorPlusPlus),
            ("Миддл I", Level::Middle),
            ("Миддл II", Level::MiddlePlus),
            ("middle plus", Level::MiddlePlus),
            ("**Middle**", Level::Middle),
            ("Middle-разработчик", Level::Middle),
            ("Сеньор", Level::Senior),
            ("Senior III", Level::SeniorPlusPlus),
            ("Стажёр", Level::Intern),
            ("Уровень: мидл", Level::Middle),
            ("junior+", Level::JuniorPlus),
            ("Старший инженер", Level::Senior),
        ] {
            assert_eq!(read(text), Some(Name::Rank(level)), "{text}");
        }
        assert_eq!(read("Strong Junior"), Some(Name::Likely(Level::JuniorPlus)));
        for level in Level::ALL {
            for name in [level.name(), level.title(), level.word()] {
                assert_eq!(read(name), Some(Name::Rank(level)), "{name}");
            }
        }
    }

    #[test]
    fn names_of_own_scales_are_told_from_words() {
        for (text, prefix, number) in [
            ("E3", "e", 3),
            ("IC5", "ic", 5),
            ("L1", "l", 1),
            ("D 7", "d", 7),
            ("Грейд 4", "грейд", 4),
            ("Инженер II", "инженер", 2),
            ("Level 3", "level", 3),
        ] {
            assert_eq!(read(text), Some(Name::Numbered(prefix.to_owned(), number)), "{text}");
        }
        for text in ["TeamLead", "Team Lead", "Тимлид", "Staff Engineer", "Ведущий инженер"]
        {
            assert_eq!(read(text), Some(Name::Higher), "{text}");
        }
        for text in
            ["", "Git", "Junior и Middle", "Компетенция", "Знает SQL на уровне 3 баллов", "2026"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn ranks_of_an_own_scale_rise() {
        for count in 0..=12 {
            let ranks = spread(count);
            assert_eq!(ranks.len(), count.min(10));
            assert!(ranks.is_sorted_by(|low, high| low < high));
        }
    }
}
