//! Splitting texts into words and normalizing them: case, «ё» and «е», Latin lookalikes, stems.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use crate::russian;

/// Lower-case Cyrillic letters and the Latin ones that they or their capitals look like.
const LOOKALIKES: [(char, char); 12] = [
    ('а', 'a'),
    ('в', 'b'),
    ('е', 'e'),
    ('к', 'k'),
    ('м', 'm'),
    ('н', 'h'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('т', 't'),
    ('у', 'y'),
    ('х', 'x'),
];

/// Everyday words whose stem is also that of a name of the trade: «тесто» and «тесть» have the stem of
/// «тест», «реактив» that of «реакт». None of them is a form of that name.
const NO_FORMS: [&str; 8] =
    ["реактив", "тестев", "тестей", "тестем", "тести", "тесто", "тесть", "тестя"];

static RUSSIAN: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::Russian));
static ENGLISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The byte range in the text.
    pub range: Range<usize>,
    /// The word in lower case with «ё» replaced by «е», and with Latin letters in place of Cyrillic
    /// lookalikes if the word is not Russian («СSS», «с++»).
    pub letters: String,
}

impl Word {
    /// The letters by which words are compared: those of a word with a digit are Latin if all its
    /// letters can be («1С» and «1C»).
    #[must_use]
    pub fn compared(&self) -> Cow<'_, str> {
        let has_digit = self.letters.contains(|letter: char| letter.is_ascii_digit());
        match latin(&self.letters).filter(|_| has_digit && !self.letters.is_ascii()) {
            Some(latin) => Cow::Owned(latin),
            None => Cow::Borrowed(&self.letters),
        }
    }

    /// The stem of a Russian word; any other word, and one of `NO_FORMS`, unchanged.
    #[must_use]
    pub fn russian_stem(&self) -> String {
        let letters = self.compared();
        if is_russian(&letters) && !NO_FORMS.contains(&&*letters) {
            RUSSIAN.stem(&letters).into_owned()
        } else {
            letters.into_owned()
        }
    }

    /// The stem of a Russian or English word.
    #[must_use]
    pub fn stem(&self) -> String {
        let letters = self.compared();
        let language = if is_russian(&letters) { &RUSSIAN } else { &ENGLISH };
        language.stem(&letters).into_owned()
    }

    /// The words that a word of this text is made of: a name with the digits of a version after it
    /// («PHP8», «C++17»), or names joined by a plus («HTML+CSS»). `None` for any other word.
    #[must_use]
    pub fn parts(&self, text: &str) -> Option<Vec<Self>> {
        let text = &text[self.range.clone()];
        let parts = joined_by_plus(text).into_iter().flat_map(|part| without_version(text, part));
        let parts = parts.collect::<Vec<_>>();
        let words = |part: Range<usize>| {
            let start = self.range.start + part.start;
            words(&text[part]).into_iter().map(move |Word { range, letters }| Self {
                range: start + range.start..start + range.end,
                letters,
            })
        };
        (parts.len() > 1).then(|| parts.into_iter().flat_map(words).collect())
    }
}

/// The ranges of a word's text between the signs that join names; signs that belong to a name, as in
/// C++, stay with it.
fn joined_by_plus(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while let Some(found) = text[start..].find(is_sign) {
        let signs = start + found;
        let after = text[signs..].trim_start_matches(is_sign);
        let end = text.len() - after.len();
        if after.is_empty() {
            break;
        }
        let own = match &text[signs..end] {
            "+" => 0,
            run if run.ends_with('+') && run != "++" => run.len() - 1,
            run => run.len(),
        };
        parts.push(start..signs + own);
        start = end;
    }
    parts.push(start..text.len());
    parts
}

/// A part, cut before the digits it ends in if a name of two letters at least stands before them.
fn without_version(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let whole = text[part.clone()].trim_end_matches(is_sign);
    let name = whole.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let end = part.start + name.len();
    let is_name = name.chars().count() >= 2 && !name.ends_with(is_sign);
    if is_name && name.len() < whole.len() {
        vec![part.start..end, end..part.end]
    } else {
        vec![part]
    }
}

/// The words of a text: runs of letters and digits with the plus and number signs that follow them,
/// as in C++ and C#.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::<Word>::new();
    let mut open = false;
    for (start, letter) in text.char_indices() {
        let end = start + letter.len_utf8();
        let belongs = russian::is_alphanumeric(letter) || (open && is_sign(letter));
        if belongs && !open {
            words.push(Word { range: start..end, letters: String::new() });
        }
        if let Some(word) = words.last_mut().filter(|_| belongs) {
            word.range.end = end;
            match letter {
                // Most letters are small already.
                'а'..='я' | 'a'..='z' | '0'..='9' => word.letters.push(letter),
                'ё' | 'Ё' => word.letters.push('е'),
                _ => word.letters.extend(letter.to_lowercase()),
            }
        }
        open = belongs;
    }
    for word in &mut words {
        if let Some(letters) = in_latin(&word.letters) {
            word.letters = letters;
        }
    }
    words
}

/// The word in Latin letters, if it contains a Latin letter or a sign and all its other letters have
/// a Latin lookalike.
fn in_latin(letters: &str) -> Option<String> {
    if letters.is_ascii()
        || !letters.contains(|sign: char| sign.is_ascii_lowercase() || is_sign(sign))
    {
        return None;
    }
    latin(letters)
}

/// The letters as the Latin ones they look like; `None` if one looks like none.
fn latin(letters: &str) -> Option<String> {
    let latin = |letter: char| {
        let like = LOOKALIKES.iter().find(|(cyrillic, _)| *cyrillic == letter);
        like.map(|(_, latin)| *latin).or_else(|| letter.is_ascii().then_some(letter))
    };
    letters.chars().map(latin).collect()
}

/// The small letters with Cyrillic ones in place of their Latin lookalikes.
pub(super) fn in_cyrillic(letters: &str) -> String {
    let cyrillic = |letter: char| {
        let like = LOOKALIKES.iter().find(|(_, latin)| *latin == letter);
        like.map_or(letter, |(cyrillic, _)| *cyrillic)
    };
    letters.chars().map(cyrillic).collect()
}

fn is_russian(letters: &str) -> bool {
    letters.chars().any(|letter| ('а'..='я').contains(&letter))
}

/// Whether a word may continue with this sign, as C++ and C# do.
fn is_sign(letter: char) -> bool {
    matches!(letter, '+' | '#')
}

/// The normalized form of a text: its words only; a text without words unchanged.
#[must_use]
pub fn normalized(text: &str) -> String {
    joined(text, &words(text))
}

/// The normalized form of a text with these words.
pub(super) fn joined(text: &str, words: &[Word]) -> String {
    let letters = words.iter().map(|word| word.letters.as_str()).collect::<Vec<_>>();
    if letters.is_empty() { text.to_owned() } else { letters.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        words(text).iter().map(Word::stem).collect()
    }

    #[test]
    fn words_are_runs_of_letters_with_the_pluses_that_follow() {
        let text = "C++, C# и CI/CD: Node.js («ёж») — 2х junior++.";
        let words = words(text);
        let letters = words.iter().map(|word| word.letters.as_str()).collect::<Vec<_>>();
        assert_eq!(letters, ["c++", "c#", "и", "ci", "cd", "node", "js", "еж", "2х", "junior++"]);
        let cut = words.iter().map(|word| &text[word.range.clone()]).collect::<Vec<_>>();
        assert_eq!(cut, ["C++", "C#", "и", "CI", "CD", "Node", "js", "ёж", "2х", "junior++"]);
        assert!(super::words(" +#… ").is_empty());
    }

    #[test]
    fn lookalikes_become_latin_only_in_words_that_are_not_russian() {
        let letters = |text: &str| {
            words(text).into_iter().map(|word| word.letters).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(letters("С++, С#, НТМL, К8s, сор и с"), "c++ c# html k8s сор и с");
        assert_eq!(letters("джун+ 1С вебa"), "джун+ 1с вебa");
    }

    #[test]
    fn all_forms_of_a_word_have_the_same_stem() {
        for forms in
            ["тест тесты тестов тестами", "вёрстка верстку вёрстки", "test tests", "статья статьи"]
        {
            let stems = stems(forms);
            assert!(stems.iter().all(|stem| *stem == stems[0]), "{stems:?}");
        }
        assert_eq!(words("tests")[0].russian_stem(), "tests");
    }

    #[test]
    fn everyday_words_are_no_forms_of_names() {
        let stem = |text: &str| words(text)[0].russian_stem();
        for (word, name) in [("Тесто", "тест"), ("тестем", "тесты"), ("реактив", "реакт")]
        {
            assert_ne!(stem(word), stem(name), "{word}");
        }
        assert_eq!(stem("тестов"), stem("тест"));
        assert_eq!(stem("реактом"), stem("реакт"));
    }
}
