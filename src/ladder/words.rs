//! Splitting texts into words and normalizing them: case, «ё» and «е», Latin lookalikes, stems.

use std::ops::Range;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

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
    /// The stem of a Russian word; any other word unchanged.
    #[must_use]
    pub fn russian_stem(&self) -> String {
        if self.is_russian() {
            RUSSIAN.stem(&self.letters).into_owned()
        } else {
            self.letters.clone()
        }
    }

    /// The stem of a Russian or English word.
    #[must_use]
    pub fn stem(&self) -> String {
        if self.is_russian() {
            RUSSIAN.stem(&self.letters).into_owned()
        } else {
            ENGLISH.stem(&self.letters).into_owned()
        }
    }

    fn is_russian(&self) -> bool {
        self.letters.chars().any(|letter| ('а'..='я').contains(&letter))
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
        let belongs = letter.is_alphanumeric() || (open && is_sign(letter));
        if belongs && !open {
            words.push(Word { range: start..end, letters: String::new() });
        }
        if let Some(word) = words.last_mut().filter(|_| belongs) {
            word.range.end = end;
            let small = letter.to_lowercase();
            word.letters.extend(small.map(|letter| if letter == 'ё' { 'е' } else { letter }));
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
    let latin = |letter: char| {
        let like = LOOKALIKES.iter().find(|(cyrillic, _)| *cyrillic == letter);
        like.map(|(_, latin)| *latin).or_else(|| letter.is_ascii().then_some(letter))
    };
    letters.chars().map(latin).collect()
}

/// Whether a word may continue with this sign, as C++ and C# do.
fn is_sign(letter: char) -> bool {
    matches!(letter, '+' | '#')
}

/// The normalized form of a text: its words only; a text without words unchanged.
#[must_use]
pub fn normalized(text: &str) -> String {
    let words = words(text);
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
}
