//! What is done to everything people type or paste, where it enters: composed letters, one kind of
//! line break, no characters that nobody sees.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;

/// Letters before this one belong to scripts whose words need no joiners and no variants: Latin,
/// Greek, Cyrillic and Armenian.
const FIRST_OF_OTHER_SCRIPTS: char = '\u{590}';

/// Begins the flag of a region, which goes on in tags (Unicode Technical Standard 51, ED-14a).
const BLACK_FLAG: char = '\u{1f3f4}';

/// Makes a key of the sign before it.
const KEYCAP: char = '\u{20e3}';

/// A text without characters that nobody sees, with line feeds as its only line breaks, in the
/// composed normal form (NFC, Unicode Standard Annex 15).
///
/// Joiners, variation selectors and tags stay where they shape an emoji or a word of a script that
/// needs them. Other control characters stay, to be refused.
#[must_use]
pub fn text(typed: &str) -> Cow<'_, str> {
    if is_usual_text(typed) {
        return Cow::Borrowed(typed);
    }
    let mut cleaned = with_line_feeds(typed);
    // A letter that is composed in another way may not be shaped by what stood after it any more.
    loop {
        let seen = without_invisible(&cleaned);
        let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&seen).into_owned();
        if composed == cleaned {
            break;
        }
        cleaned = composed;
    }
    if cleaned == typed { Cow::Borrowed(typed) } else { Cow::Owned(cleaned) }
}

/// What was typed into a field of one line: without spaces around it, with one space for spaces and tabs that
/// stand together. Line breaks stay, to be refused.
#[must_use]
pub fn folded(typed: &str) -> String {
    let words = |line: &str| {
        line.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    typed.trim().lines().map(words).collect::<Vec<_>>().join("\n")
}

/// Whether anything of a text is seen: more than spaces, controls, invisible characters and
/// combining marks.
#[must_use]
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|letter| {
        !letter.is_whitespace()
            && !letter.is_control()
            && !is_mark(letter)
            && letter != '\u{2800}'
            && !is_ignorable(letter)
    })
}

/// Whether a text can be the name of something: one line of 1 to `longest` characters with something
/// to see and without control characters.
#[must_use]
pub fn is_name(text: &str, longest: usize) -> bool {
    is_line(text, longest) && is_visible(text)
}

/// Whether a text is one line of at most `longest` characters without control characters.
#[must_use]
pub fn is_line(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.contains(char::is_control)
}

/// Whether cleaning changes no part of a text, wherever it is cut. Most texts are like that.
#[must_use]
pub fn is_usual_text(text: &str) -> bool {
    text.chars().all(is_usual)
}

/// Whether cleaning never changes a character, whatever stands beside it: most of what is typed.
const fn is_usual(letter: char) -> bool {
    matches!(letter, '\n' | '\t' | ' '..='\u{7e}' | '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{2ff}')
        || matches!(letter, 'Ѐ'..='ҁ' | '\u{2010}'..='\u{2027}' | '\u{2116}')
}

fn with_line_feeds(typed: &str) -> String {
    let typed = typed.replace("\r\n", "\n");
    let breaks = ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    typed.replace(breaks, "\n")
}

fn without_invisible(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text.chars().filter(|letter| !is_noise(*letter)).peekable();
    while let Some(letter) = rest.next() {
        let (before, after) = (cleaned.chars().next_back(), rest.peek().copied());
        if !is_ignorable(letter) || shapes(before, letter, after) {
            cleaned.push(letter);
        }
    }
    cleaned
}

/// Whether a character is not seen by itself (`Default_Ignorable_Code_Point`, Unicode Standard 5.21, and
/// the signs of interlinear annotation).
#[must_use]
pub fn is_ignorable(letter: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
        || matches!(letter, '\u{fff9}'..='\u{fffb}')
}

/// Whether a character is removed wherever it stands.
fn is_noise(letter: char) -> bool {
    is_ignorable(letter)
        && !is_joiner(letter)
        && !is_variation_selector(letter)
        && !is_tag(letter)
        && !is_jamo_filler(letter)
}

/// Whether an invisible character changes how its neighbours look.
fn shapes(before: Option<char>, letter: char, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    if is_joiner(letter) {
        is_other(before) && after.is_some_and(|after| is_other(after) && !is_joiner(after))
    } else if is_variation_selector(letter) {
        is_other(before) && !is_variation_selector(before)
            || after == Some(KEYCAP) && before.is_ascii_punctuation() | before.is_ascii_digit()
            || matches!(before, '©' | '®')
    } else if is_tag(letter) {
        before == BLACK_FLAG || is_tag(before)
    } else {
        is_other(before)
    }
}

/// Whether a character may look different beside an invisible one: a letter of another script, an
/// arrow, a symbol or an emoji.
fn is_other(letter: char) -> bool {
    letter >= FIRST_OF_OTHER_SCRIPTS && letter.is_alphabetic()
        || is_variation_selector(letter)
        || matches!(letter, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

const fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

const fn is_variation_selector(letter: char) -> bool {
    matches!(
        letter,
        '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

const fn is_tag(letter: char) -> bool {
    matches!(letter, '\u{e0020}'..='\u{e007f}')
}

const fn is_jamo_filler(letter: char) -> bool {
    matches!(letter, '\u{115f}' | '\u{1160}')
}

/// Whether a character is drawn on the one before it.
const fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// What a spreadsheet takes for the beginning of a formula: these signs, and the full-width and small
/// forms that it reads as them.
pub const FORMULA: [char; 13] =
    ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−'];

/// A text for the cell of a spreadsheet: one that the spreadsheet would compute opens with an apostrophe,
/// which makes it words.
#[must_use]
pub fn as_words(cell: &str) -> String {
    if needs_apostrophe(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// What [`as_words`] made of a text, as it was.
#[must_use]
pub fn of_words(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| needs_apostrophe(rest)).unwrap_or(cell)
}

fn needs_apostrophe(cell: &str) -> bool {
    // Spreadsheets drop such signs at the beginning of a cell in various ways.
    let opens = cell.trim_start_matches('\'').starts_with(char::is_control);
    let shown = cell.trim_start_matches(|letter| is_unseen(letter) || is_quote(letter));
    opens || shown.starts_with(FORMULA)
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\'' | '`' | '«' | '‘'..='‟' | '‹' | '＂' | '＇')
}

fn is_unseen(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || is_ignorable(letter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Characters that nobody sees.
    const INVISIBLE: [char; 14] = [
        '\u{feff}', '\u{200b}', '\u{ad}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202e}',
        '\u{2066}', '\u{2069}', '\u{2060}', '\u{61c}', '\u{180e}', '\u{200c}', '\u{200d}',
    ];

    #[test]
    fn letters_are_composed() {
        assert_eq!(text("и\u{306}од, е\u{308}ж, cafe\u{301}"), "йод, ёж, café");
        assert_eq!(text("и\u{200b}\u{306}"), "й");
        assert_eq!(text("A\u{30a} \u{212b}"), "Å Å");
    }

    #[test]
    fn every_line_break_is_a_line_feed() {
        assert_eq!(
            text("а\r\nб\rв\u{b}г\u{c}д\u{85}е\u{2028}ж\u{2029}з\n\tи"),
            "а\nб\nв\nг\nд\nе\nж\nз\n\tи"
        );
    }

    #[test]
    fn joiners_selectors_and_tags_stay_where_they_shape_something() {
        for kept in [
            "👩\u{200d}💻",
            "❤\u{fe0f}\u{200d}🔥",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e007f}",
            "می\u{200c}خواهم",
            "©\u{fe0f}",
        ] {
            assert_eq!(text(kept), kept);
        }
        for (typed, cleaned) in [
            ("Do\u{200d}cker", "Docker"),
            ("Do\u{fe0f}cker", "Docker"),
            ("Git\u{e0067}", "Git"),
            ("👩\u{200d} Git", "👩 Git"),
            ("👩\u{200d}\u{200d}💻", "👩\u{200d}💻"),
            ("\u{200d}\u{fe0f}", ""),
            ("\u{9dc}\u{180f}", "\u{9a1}\u{9bc}"),
        ] {
            assert_eq!(text(typed), cleaned);
        }
    }

    #[test]
    fn spaces_and_controls_stay() {
        for kept in ["а\u{a0}— б", "\0", "\u{1}а", "\u{202f}", "\u{3000}", "№ 1…"] {
            assert_eq!(text(kept), kept);
        }
    }

    #[test]
    fn nothing_is_seen_of_spaces_and_invisible_characters() {
        for typed in
            ["", " \u{a0}\u{3000}", "\u{200b}", "\u{2800}", "\u{3164}", "\u{301}", "\u{ad}\t"]
        {
            assert!(!is_visible(typed), "{typed:?}");
        }
        for typed in ["а", "—", "👩", "\u{200b}1"] {
            assert!(is_visible(typed), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_more(typed in any::<String>()) {
            let once = text(&typed).into_owned();
            prop_assert_eq!(text(&once), &*once);
        }

        #[test]
        fn invisible_characters_make_no_difference(
            words in "[а-яёa-z0-9+# .,:—\n-]{0,30}",
            places in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(INVISIBLE.to_vec())), 0..9),
        ) {
            let mut letters = words.chars().collect::<Vec<_>>();
            for (place, invisible) in places {
                letters.insert(place.index(letters.len() + 1), invisible);
            }
            let typed = letters.into_iter().collect::<String>();
            prop_assert_eq!(text(&typed), &*words);
        }

        #[test]
        fn both_normal_forms_become_one(words in "[а-яёйА-ЯЁЙéöç ]{0,30}") {
            let apart = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(&words);
            prop_assert_eq!(text(&apart), &*words);
        }
    }
}
