//! The lines of a pasted text before they are read one by one: rows of sheets in one line each, markers
//! out of markup, and numbers of items that only their order tells from words.

use std::borrow::Cow;

use super::markers::{fence_after, outside_markup};
use super::tables::row_of_several_lines;

/// Letters that number items in Russian, in their order; «ё», «й» and the signs number none.
const RUSSIAN: &str = "абвгдежзиклмнопрстуфхцчшщэюя";
const LATIN: &str = "abcdefghijklmnopqrstuvwxyz";
const ROMAN: [&str; 20] = [
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv",
    "xvi", "xvii", "xviii", "xix", "xx",
];

/// Digits of one part of a number.
const MOST_DIGITS: usize = 3;

/// What may number an item.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Number {
    /// «1.2»
    Digits(Vec<u32>),
    /// A letter or a Roman number by its place, the script it belongs to, and whether it stands in
    /// parentheses.
    Letter { place: usize, script: usize, is_enclosed: bool },
}

/// The lines of a text. A line that begins with a number without a mark after it («1.1 Git») or with a
/// letter («а. Git», «(б) Git») begins an item if it follows another such line in order or comes before
/// one: alone it can be an amount, an initial or an abbreviation.
pub fn logical_lines(text: &str) -> Vec<Cow<'_, str>> {
    let physical = text.lines().collect::<Vec<_>>();
    let mut lines = Vec::<Cow<'_, str>>::with_capacity(physical.len());
    let mut numbered = Vec::new();
    let mut fence = None;
    let mut rest = physical.as_slice();
    while let Some(line) = rest.first() {
        let was_in_fence = fence.is_some();
        fence = fence_after(fence, line.trim());
        let (line, taken) = if was_in_fence || fence.is_some() {
            (Cow::Borrowed(*line), 1)
        } else if let Some((row, taken)) = row_of_several_lines(rest) {
            (Cow::Owned(row), taken)
        } else {
            if let Some((number, after)) = number(line.trim_start()) {
                numbered.push((lines.len(), number, line.len() - after.len()));
            }
            (outside_markup(line).map_or(Cow::Borrowed(*line), Cow::Owned), 1)
        };
        lines.push(line);
        rest = &rest[taken..];
    }
    for (index, end) in items(&numbered) {
        let line = &lines[index];
        let indentation = &line[..line.len() - line.trim_start().len()];
        lines[index] = format!("{indentation}1) {}", line[end..].trim_start()).into();
    }
    lines
}

/// Which of the lines with numbers begin items: their places, and where their numbers end.
fn items(numbered: &[(usize, Number, usize)]) -> Vec<(usize, usize)> {
    let mut is_item = vec![false; numbered.len()];
    for (at, (_, number, _)) in numbered.iter().enumerate() {
        let before = (0..at).rev().find(|other| numbered[*other].1.is_like(number));
        if let Some(before) = before
            && number.follows(&numbered[before].1)
            && (is_item[before] || numbered[before].1.is_first())
        {
            is_item[before] = true;
            is_item[at] = true;
        }
    }
    let found = numbered.iter().zip(is_item).filter(|((_, number, _), is_item)| {
        // A single number with a mark is an item anyway.
        *is_item && !matches!(number, Number::Digits(parts) if parts.len() == 1)
    });
    found.map(|((index, _, end), _)| (*index, *end)).collect()
}

impl Number {
    /// Whether another number may be of the same list.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Digits(_), Self::Digits(_)) => true,
            (
                Self::Letter { script, is_enclosed, .. },
                Self::Letter { script: other_script, is_enclosed: other_is_enclosed, .. },
            ) => script == other_script && is_enclosed == other_is_enclosed,
            _ => false,
        }
    }

    /// Whether a list can begin with it: any number, and the first letter.
    const fn is_first(&self) -> bool {
        matches!(self, Self::Digits(_) | Self::Letter { place: 0, .. })
    }

    /// Whether it comes after another number: «1.2» after «1.1», «1.1» after «1», «2.1» after «1.7».
    fn follows(&self, before: &Self) -> bool {
        match (before, self) {
            (Self::Digits(before), Self::Digits(after)) => {
                let same = before.iter().zip(after).take_while(|(one, other)| one == other).count();
                let (left, right) = (&before[same..], &after[same..]);
                match (left, right) {
                    ([], [first, deeper @ ..]) => {
                        *first == 1 && deeper.iter().all(|part| *part == 1)
                    }
                    ([last, ..], [next, deeper @ ..]) => {
                        last + 1 == *next && deeper.iter().all(|part| *part == 1)
                    }
                    _ => false,
                }
            }
            (Self::Letter { place: before, .. }, Self::Letter { place, .. }) => {
                before + 1 == *place
            }
            _ => false,
        }
    }
}

/// What may number the item that a line without indentation begins, and the text after it.
fn number(line: &str) -> Option<(Number, &str)> {
    let (word, _) = line.split_once(char::is_whitespace)?;
    let after = &line[word.len()..];
    if word.starts_with(|sign: char| sign.is_ascii_digit()) {
        let parts = word.strip_suffix('.').unwrap_or(word).split('.').map(|part| {
            let is_number = (1..=MOST_DIGITS).contains(&part.len());
            part.parse().ok().filter(|_| is_number)
        });
        let parts = parts.collect::<Option<Vec<u32>>>()?;
        // «5 лет» is an amount.
        return (parts.len() > 1 || word.ends_with('.')).then_some((Number::Digits(parts), after));
    }
    let enclosed = word.strip_prefix('(').and_then(|word| word.strip_suffix(')'));
    // Capital letters with a full stop are initials.
    let letters = match enclosed {
        Some(letters) => letters.to_lowercase(),
        None => word.strip_suffix('.')?.to_owned(),
    };
    let place_in = |letters: &str, alphabet: &str| {
        let mut signs = letters.chars();
        let (first, second) = (signs.next()?, signs.next());
        alphabet.chars().position(|letter| letter == first && second.is_none())
    };
    let roman = ROMAN.iter().position(|number| *number == letters);
    // «i» and «v» are Roman, as they stand at the beginning more often than in the middle of a list.
    let places = [roman, place_in(&letters, RUSSIAN), place_in(&letters, LATIN)];
    let (script, place) =
        places.into_iter().enumerate().find_map(|(script, place)| Some((script, place?)))?;
    Some((Number::Letter { place, script, is_enclosed: enclosed.is_some() }, after))
}

#[cfg(test)]
mod tests {
    use super::super::examples::seen;

    #[test]
    fn numbers_and_letters_in_order_begin_items() {
        for (text, expected) in [
            ("1.1 Git\n1.2 Docker", vec!["Git", "Docker"]),
            (
                "1. Основы\n1.1 Git\n1.2 Docker\n2. Сети\n2.1 DNS",
                vec!["Основы", "Git", "Docker", "Сети", "DNS"],
            ),
            ("3.9 Git\n\n3.10 Docker\n4.1 SSH", vec!["Git", "Docker", "SSH"]),
            ("а. Git\nб. Docker\nв. SSH", vec!["Git", "Docker", "SSH"]),
            ("a. Git\nb. Docker", vec!["Git", "Docker"]),
            ("(а) Git\n(б) Docker", vec!["Git", "Docker"]),
            ("(A) Git\n(B) Docker", vec!["Git", "Docker"]),
            ("i. Git\nii. Docker\niii. SSH", vec!["Git", "Docker", "SSH"]),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
        for text in [
            "1.5 года опыта\n2.0 и выше",
            "1.5 года опыта",
            "А. Пушкин\nБ. Пастернак",
            "г. Москва\nд. Иваново",
            "(и) так\n(к) тому же",
            "в. т. ч. Git",
            "5 лет\n6 лет",
            "```\n1.1 a\n1.2 b\n```",
        ] {
            assert_eq!(seen(text), Vec::<String>::new(), "{text}");
        }
    }
}
