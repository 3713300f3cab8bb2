//! Russian as it is set on a page: plurals, moments and no-break spaces.

use chrono::{Datelike, NaiveDateTime};

/// The no-break space.
const NO_BREAK: char = '\u{a0}';

/// Chooses the form of a noun after a whole number: 1 грейд, 2 грейда, 5 грейдов.
#[must_use]
pub fn plural<'a>(number: usize, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
    match (number % 10, number % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

/// A moment on a page: «22 ноября 2026, 07:05 UTC».
#[must_use]
pub fn moment(moment: NaiveDateTime) -> String {
    const MONTHS: [&str; 12] = [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ];
    let month = MONTHS[moment.month0() as usize];
    let (day, year) = (moment.day(), moment.year());
    format!("{day}{NO_BREAK}{month}{NO_BREAK}{year}, {}{NO_BREAK}UTC", moment.format("%H:%M"))
}

/// Replaces the spaces a line must not break at: before a dash, after a short word, and between a
/// number and what it counts.
#[must_use]
pub fn bind(text: &str) -> String {
    let mut bound = String::with_capacity(text.len() + 8);
    let mut word = String::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter == ' ' {
            let before_dash = matches!(rest.peek(), Some('—' | '–'));
            let counted = is_number(&word) && rest.peek().is_some_and(|next| is_cyrillic(*next));
            bound.push(if before_dash || counted || is_short(&word) { NO_BREAK } else { ' ' });
        } else {
            bound.push(letter);
        }
        if letter.is_alphanumeric() {
            word.push(letter);
        } else {
            word.clear();
        }
    }
    bound
}

fn is_short(word: &str) -> bool {
    (1..=2).contains(&word.chars().count()) && word.chars().all(is_cyrillic)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|letter| letter.is_ascii_digit())
}

fn is_cyrillic(letter: char) -> bool {
    matches!(letter, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_noun_agrees_with_its_number() {
        let form = |number| plural(number, "грейд", "грейда", "грейдов");
        for number in [1, 21, 101, 1_001] {
            assert_eq!(form(number), "грейд", "{number}");
        }
        for number in [2, 3, 4, 22, 104] {
            assert_eq!(form(number), "грейда", "{number}");
        }
        for number in [0, 5, 10, 11, 12, 14, 19, 20, 111, 112, 1_014] {
            assert_eq!(form(number), "грейдов", "{number}");
        }
    }

    #[test]
    fn a_moment_is_written_out() {
        let moment = "2026-11-02T07:05:59".parse().unwrap();
        assert_eq!(super::moment(moment).replace(NO_BREAK, " "), "2 ноября 2026, 07:05 UTC");
    }

    #[test]
    fn a_line_does_not_break_after_a_short_word_or_before_a_dash() {
        assert_eq!(bind("Ищет в базе и в кеше"), "Ищет в\u{a0}базе и\u{a0}в\u{a0}кеше");
        assert_eq!(bind("gulp — сборка"), "gulp\u{a0}— сборка");
        assert_eq!(bind("от 5 лет"), "от\u{a0}5\u{a0}лет");
        assert_eq!(bind("«на двух» Go и C"), "«на\u{a0}двух» Go и\u{a0}C");
    }

    #[test]
    fn other_spaces_stay() {
        for text in ["Знает основы языка", "Go и", "в\nбазе", "REST API", "2 Go", "HTTP 2 3"]
        {
            assert_eq!(bind(text).replace('\u{a0}', " "), text);
        }
        assert_eq!(bind("REST API для Go"), "REST API для Go");
        assert_eq!(bind("кеш, база"), "кеш, база");
    }

    proptest! {
        #[test]
        fn binding_changes_nothing_but_spaces(text in ".*") {
            let plain = |text: &str| text.replace(NO_BREAK, " ");
            prop_assert_eq!(plain(&bind(&text)), plain(&text));
            prop_assert_eq!(bind(&bind(&text)), bind(&text));
        }
    }
}
