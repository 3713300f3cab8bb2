//! Russian typography: plurals, numbers, dates and no-break spaces.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

/// The no-break space.
const NO_BREAK: char = '\u{a0}';

/// The form of a noun after a whole number: 1 грейд, 2 грейда, 5 грейдов.
#[must_use]
pub fn plural<'a>(number: usize, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
    match (number % 10, number % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

/// The months of days.
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

/// A day in a sentence: «22 ноября 2026».
#[must_use]
pub fn day(day: NaiveDate) -> String {
    let month = MONTHS[day.month0() as usize];
    format!("{}{NO_BREAK}{month}{NO_BREAK}{}", day.day(), day.year())
}

/// A sentence with a capital letter at its beginning.
#[must_use]
pub fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A moment in UTC as the date and time in a time zone, in a table or a list: «22.11.2026, 07:05 UTC».
#[must_use]
pub fn stamp(moment: NaiveDateTime, zone: Tz) -> String {
    let there = moment.and_utc().with_timezone(&zone);
    format!("{}{NO_BREAK}{}", there.format("%d.%m.%Y, %H:%M"), there.format("%Z"))
}

/// A moment in UTC as the date and time in a time zone, in a sentence: «22 ноября 2026, 07:05 UTC».
#[must_use]
pub fn moment(moment: NaiveDateTime, zone: Tz) -> String {
    let there = moment.and_utc().with_timezone(&zone);
    let day = day(there.date_naive());
    format!("{day}, {}{NO_BREAK}{}", there.format("%H:%M"), there.format("%Z"))
}

/// Parses a day typed as 22.11.2026 or 2026-11-22, with a four-digit year; `None` if it is invalid.
#[must_use]
pub fn read_day(typed: &str) -> Option<NaiveDate> {
    let is_short = typed.len() <= "22.11.2026".len();
    let formats = ["%d.%m.%Y", "%Y-%m-%d"];
    let mut days =
        formats.iter().filter_map(|format| NaiveDate::parse_from_str(typed, format).ok());
    days.next().filter(|day| is_short && (1_000..10_000).contains(&day.year()))
}

/// Parses a day of the past as people type it: as [`read_day`] does, «сегодня», «вчера», «22.11», «22 ноября»,
/// «22 ноября 2026». Without a year it is the latest such day up to today; `None` if it is invalid.
#[must_use]
pub fn read_recent_day(typed: &str, today: NaiveDate) -> Option<NaiveDate> {
    let typed = typed.to_lowercase().replace(NO_BREAK, " ");
    match typed.trim() {
        "сегодня" => return Some(today),
        "вчера" => return today.pred_opt(),
        "позавчера" => return today.pred_opt()?.pred_opt(),
        _ => {}
    }
    if let Some(day) = read_day(typed.trim()) {
        return Some(day);
    }
    let mut parts = typed.split([' ', '.']).filter(|part| !part.is_empty());
    let day = parts.next()?.parse::<u32>().ok()?;
    let month = parts.next()?;
    let named = MONTHS.iter().zip(1..).find(|(name, _)| **name == month);
    let month = named.map_or_else(|| month.parse().ok(), |(_, number)| Some(number))?;
    let year = parts.next();
    if parts.next().is_some_and(|rest| !["г", "года"].contains(&rest)) || parts.next().is_some()
    {
        return None;
    }
    match year {
        Some(year) => read_day(&format!("{day:02}.{month:02}.{year}")),
        // A leap year comes at least every eighth year.
        None => (0..=8)
            .filter_map(|ago| NaiveDate::from_ymd_opt(today.year() - ago, month, day))
            .find(|day| *day <= today),
    }
}

/// Why a typed day is none, if its month lacks it: «В феврале 2026 нет 31-го.»
#[must_use]
pub fn missing_day(typed: &str) -> Option<String> {
    const IN_MONTHS: [&str; 12] = [
        "январе",
        "феврале",
        "марте",
        "апреле",
        "мае",
        "июне",
        "июле",
        "августе",
        "сентябре",
        "октябре",
        "ноябре",
        "декабре",
    ];
    let (first, rest) = typed.split_once(['.', '-'])?;
    let (month, last) = rest.split_once(['.', '-'])?;
    let (day, year) = if first.len() == 4 { (last, first) } else { (first, last) };
    let (day, month) = (day.parse::<u32>().ok()?, month.parse::<u32>().ok()?);
    let first_of_month = read_day(&format!("01.{month:02}.{year}"))?;
    let month_name = IN_MONTHS[first_of_month.month0() as usize];
    let is_missing = (1..=31).contains(&day) && first_of_month.with_day(day).is_none();
    is_missing.then(|| format!("В{NO_BREAK}{month_name} {year} нет {day}-го."))
}

/// A duration on a page: «6 месяцев», «1 год», «2 года и 3 месяца».
#[must_use]
pub fn months(months: u32) -> String {
    let counted = |number: u32, one, few, many| {
        let noun = plural(usize::try_from(number).unwrap_or(usize::MAX), one, few, many);
        format!("{number}{NO_BREAK}{noun}")
    };
    let years = counted(months / 12, "год", "года", "лет");
    let rest = counted(months % 12, "месяц", "месяца", "месяцев");
    match (months / 12, months % 12) {
        (0, _) => rest,
        (_, 0) => years,
        _ => format!("{years} и{NO_BREAK}{rest}"),
    }
}

/// A number on a page with its digits in groups of three: «1 250 000»; four digits are not grouped.
#[must_use]
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut set = String::with_capacity(digits.len() + digits.len() / 3 * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            set.push(NO_BREAK);
        }
        set.push(digit);
    }
    set
}

/// A sentence on a named thing: «Front-end: интерфейсы в браузере.» Either part may be missing or end
/// in a sign of its own; without words it is missing. `None` if both are.
#[must_use]
pub fn sentence(name: &str, about: &str) -> Option<String> {
    let (name, about) = (without_last_sign(name), without_last_sign(about));
    match (ends_sentence(name), has_words(name), has_words(about)) {
        (_, false, false) => None,
        (_, true, false) => Some(ended(name)),
        (_, false, true) => Some(ended(about)),
        (true, true, true) => Some(format!("{name} {}", ended(about))),
        (false, true, true) => Some(format!("{name}: {}", ended(about))),
    }
}

/// The text without the spaces around it, the signs that promise more to come, and a full stop after
/// one of those or after another end of a sentence.
fn without_last_sign(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let open = text
            .trim_end_matches(|letter: char| letter.is_whitespace() || ",;:-–—".contains(letter));
        match open.strip_suffix('.') {
            Some(rest) if rest.trim_end().ends_with(|sign| "!?…,;:-–—".contains(sign)) => {
                text = rest;
            }
            _ => return open,
        }
    }
}

/// As [`char::is_alphanumeric`], quicker for Russian letters.
pub(crate) fn is_alphanumeric(letter: char) -> bool {
    matches!(letter, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё') || letter.is_alphanumeric()
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// Whether a text has a sign at its end after which Russian sets no full stop: behind a closing quote
/// that is any such sign but the full stop itself.
fn ends_sentence(text: &str) -> bool {
    let inside = text.trim_end_matches(['»', '“', '”', '"']);
    text.ends_with('.') || inside.ends_with(['!', '?', '…'])
}

fn ended(text: &str) -> String {
    let stop = if ends_sentence(text) { "" } else { "." };
    format!("{text}{stop}")
}

/// Makes the spaces before dashes, after short words, and between a number and its noun no-break
/// spaces.
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
        if is_alphanumeric(letter) {
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
    fn days_of_the_past_are_read_as_people_type_them() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        for (typed, expected) in [
            ("сегодня", "2026-03-01"),
            ("Вчера", "2026-02-28"),
            ("позавчера", "2026-02-27"),
            ("22.11.2025", "2025-11-22"),
            ("2025-11-22", "2025-11-22"),
            ("22 ноября 2025", "2025-11-22"),
            ("22\u{a0}ноября 2025 г.", "2025-11-22"),
            ("22 ноября 2025 года", "2025-11-22"),
            // Without a year the latest one that is not after today.
            ("1.3", "2026-03-01"),
            ("2 марта", "2025-03-02"),
            ("22.11", "2025-11-22"),
            ("29 февраля", "2024-02-29"),
        ] {
            let read = read_recent_day(typed, today).map(|day| day.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{typed}");
        }
        for typed in [
            "",
            "ноябрь",
            "31 ноября",
            "22 ноября 26",
            "22 ноября 2025 и позже",
            "1.2.3.4",
            "-1.2",
            "99",
        ] {
            assert_eq!(read_recent_day(typed, today), None, "{typed}");
        }
    }

    #[test]
    fn a_day_that_its_month_lacks_is_named() {
        let told = |typed| missing_day(typed).map(|told| told.replace(NO_BREAK, " "));
        assert_eq!(told("31.02.2026").as_deref(), Some("В феврале 2026 нет 31-го."));
        assert_eq!(told("2027-02-29").as_deref(), Some("В феврале 2027 нет 29-го."));
        for typed in ["28.02.2026", "29.02.2028", "32.01.2026", "01.13.2026", "завтра", "1.1"]
        {
            assert_eq!(told(typed), None, "{typed}");
        }
    }

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
    fn a_date_is_written_out_in_a_sentence_and_in_digits_in_a_list() {
        let moment = "2026-11-02T07:05:59".parse().unwrap();
        let stamp = |zone| super::stamp(moment, zone).replace(NO_BREAK, " ");
        assert_eq!(stamp(Tz::UTC), "02.11.2026, 07:05 UTC");
        assert_eq!(stamp(Tz::Europe__Moscow), "02.11.2026, 10:05 MSK");
        assert_eq!(stamp(Tz::America__Los_Angeles), "01.11.2026, 23:05 PST");
        let words = super::moment(moment, Tz::America__Los_Angeles).replace(NO_BREAK, " ");
        assert_eq!(words, "1 ноября 2026, 23:05 PST");
    }

    #[test]
    fn a_typed_day_is_parsed_in_both_formats_and_anything_else_is_refused() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29);
        for typed in ["29.02.2024", "2024-02-29", "29.2.2024"] {
            assert_eq!(read_day(typed), day, "{typed}");
        }
        for typed in [
            "",
            "29.02.2023",
            "31.04.2026",
            "2026-13-01",
            "02/29/2024",
            "29.02.24",
            "29.02.12024",
            "2024-02-29T00:00",
            "29 февраля 2024",
            "+2024-02-29",
            "-2024-02-29",
            "0000-01-01",
        ] {
            assert_eq!(read_day(typed), None, "{typed}");
        }
    }

    #[test]
    fn twelve_months_are_shown_as_a_year() {
        let shown = |number| months(number).replace(NO_BREAK, " ");
        assert_eq!(shown(1), "1 месяц");
        assert_eq!(shown(6), "6 месяцев");
        assert_eq!(shown(12), "1 год");
        assert_eq!(shown(27), "2 года и 3 месяца");
        assert_eq!(shown(60), "5 лет");
    }

    #[test]
    fn digits_are_grouped_in_threes() {
        let set = |digits| number(digits).replace(NO_BREAK, " ");
        assert_eq!([set(0), set(9_999), set(10_000)], ["0", "9999", "10 000"]);
        assert_eq!([set(123_456), set(1_000_000_000)], ["123 456", "1 000 000 000"]);
    }

    #[test]
    fn spaces_after_a_short_word_and_before_a_dash_become_no_break_spaces() {
        assert_eq!(bind("Ищет в базе и в кеше"), "Ищет в\u{a0}базе и\u{a0}в\u{a0}кеше");
        assert_eq!(bind("gulp — сборка"), "gulp\u{a0}— сборка");
        assert_eq!(bind("от 5 лет"), "от\u{a0}5\u{a0}лет");
        assert_eq!(bind("«на двух» Go и C"), "«на\u{a0}двух» Go и\u{a0}C");
    }

    #[test]
    fn other_spaces_are_unchanged() {
        for text in ["Знает основы языка", "Go и", "в\nбазе", "REST API", "2 Go", "HTTP 2 3"]
        {
            assert_eq!(bind(text).replace('\u{a0}', " "), text);
        }
        assert_eq!(bind("REST API для Go"), "REST API для Go");
        assert_eq!(bind("кеш, база"), "кеш, база");
    }

    #[test]
    fn a_sentence_has_no_sign_for_a_part_that_is_missing() {
        for (name, about, expected) in [
            ("Front-end", "интерфейсы", "Front-end: интерфейсы."),
            ("Front-end", "", "Front-end."),
            ("Front-end", " — ", "Front-end."),
            ("Front-end", "Интерфейсы.", "Front-end: Интерфейсы."),
            ("Front-end", "Сайты, почта…", "Front-end: Сайты, почта…"),
            ("Front-end", "Языки и т. д.", "Front-end: Языки и т. д."),
            ("Front-end", "Отвечает на «зачем?»", "Front-end: Отвечает на «зачем?»"),
            ("Front-end", "Пишет «Войну и мир»", "Front-end: Пишет «Войну и мир»."),
            ("Front-end", "Данные (таблицы и др.)", "Front-end: Данные (таблицы и др.)."),
            ("Front-end", "Вот что:", "Front-end: Вот что."),
            ("Что такое QA?", "Проверки", "Что такое QA? Проверки."),
            ("Мл. инж.", "", "Мл. инж."),
            ("C++", "", "C++."),
        ] {
            assert_eq!(sentence(name, about).as_deref(), Some(expected), "{name:?}, {about:?}");
        }
        assert_eq!(sentence("", " . "), None);
    }

    proptest! {
        #[test]
        fn a_sentence_ends_in_one_sign(
            name in "[а-я.!?…,:» -]{0,12}", about in "[а-я.!?…,:» -]{0,12}",
        ) {
            if let Some(sentence) = sentence(&name, &about) {
                let signs = [": .", ":.", ",.", "-.", "?.", "!.", "…."];
                prop_assert!(!signs.iter().any(|sign| sentence.ends_with(sign)), "{}", sentence);
            }
        }

        #[test]
        fn binding_changes_only_spaces(text in ".*") {
            let plain = |text: &str| text.replace(NO_BREAK, " ");
            prop_assert_eq!(plain(&bind(&text)), plain(&text));
            prop_assert_eq!(bind(&bind(&text)), bind(&text));
        }
    }
}
