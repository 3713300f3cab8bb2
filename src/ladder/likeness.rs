//! How alike two texts are by their words.

use super::words::{Word, words};

/// So much of the words of two texts must be the same, of 100, for them to be alike.
pub(super) const ALIKE: usize = 60;

/// Words that join others and say nothing themselves.
const JOINING: [&str; 22] = [
    "а", "в", "во", "для", "до", "и", "из", "или", "к", "ко", "на", "о", "об", "от", "по", "при",
    "с", "со", "у", "a", "and", "the",
];

/// Words that say the same about whatever stands beside them.
const SYNONYMS: [&[&str]; 2] = [
    &[
        "знает",
        "знание",
        "знания",
        "владеет",
        "владение",
        "знаком",
        "ориентируется",
        "понимает",
        "понимание",
        "разбирается",
    ],
    &["основы", "основами", "основам", "основ", "азы", "азами", "азам"],
];

/// What is left of the endings of verbs: «тестирует» has the stem «тестир», «тестировать» «тестирова».
const LEFT_ENDINGS: [&str; 3] = ["ова", "ыва", "ива"];
/// The shortest stems that a misspelt letter leaves recognisable: names of technologies, which are in Latin
/// letters, often differ by one letter.
const SHORTEST_MISSPELT: usize = 5;
const SHORTEST_MISSPELT_NAME: usize = 7;
/// One letter of so many may be misspelt.
const LETTERS_PER_MISTAKE: usize = 5;

/// The stems of the words of a text, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stems(Vec<String>);

impl Stems {
    /// Of the words of a text, without those that only join others if there are any else.
    pub(super) fn of(text: &str) -> Self {
        Self::of_words(words(text).iter())
    }

    /// Of some words.
    pub(super) fn of_words<'a>(words: impl Iterator<Item = &'a Word> + Clone) -> Self {
        let joins = |word: &&Word| JOINING.contains(&word.letters.as_str());
        let stem = |word: &Word| {
            let same = SYNONYMS.iter().find(|same| same.contains(&word.letters.as_str()));
            // No stem is written like this, so nothing but synonyms is taken for it.
            same.and_then(|same| same.first())
                .map_or_else(|| word.stem(), |word| format!("={word}"))
        };
        let mut stems = words.clone().filter(|word| !joins(word)).map(stem).collect::<Vec<_>>();
        if stems.is_empty() {
            stems = words.map(stem).collect();
        }
        stems.sort_unstable();
        Self(stems)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How many of 100 words two texts have in common, each counted once for either text: the same words, also
/// with another ending or misspelt. 0 if neither has any.
pub(super) fn likeness(one: &Stems, other: &Stems) -> usize {
    let (mut left, mut right) = (0, 0);
    let (mut rest, mut other_rest) = (Vec::new(), Vec::new());
    while let (Some(a), Some(b)) = (one.0.get(left), other.0.get(right)) {
        if a < b {
            rest.push(a);
        }
        if b < a {
            other_rest.push(b);
        }
        left += usize::from(a <= b);
        right += usize::from(b <= a);
    }
    rest.extend(&one.0[left..]);
    other_rest.extend(&other.0[right..]);
    let mut common = one.0.len() - rest.len();
    let all = one.0.len() + other.0.len();
    // The most that the words left over can add.
    if 200 * (common + rest.len().min(other_rest.len())) / all.max(1) < ALIKE {
        return 200 * common / all.max(1);
    }
    for stem in rest {
        if let Some(place) = other_rest.iter().position(|other| are_forms(stem, other)) {
            other_rest.remove(place);
            common += 1;
        }
    }
    200 * common / all.max(1)
}

/// Whether two stems are of one word: they differ in the ending that is left, or in a misspelt letter.
fn are_forms(one: &str, other: &str) -> bool {
    if [one, other].into_iter().any(|stem| stem.contains(|letter: char| letter.is_ascii_digit())) {
        return false;
    }
    let (mut short, mut long) = (one, other);
    let (mut length, mut longest) = (short.chars().count(), long.chars().count());
    if length > longest {
        (short, long, length, longest) = (long, short, longest, length);
    }
    if long.strip_prefix(short).is_some_and(|end| LEFT_ENDINGS.contains(&end)) {
        return true;
    }
    let shortest = if long.is_ascii() { SHORTEST_MISSPELT_NAME } else { SHORTEST_MISSPELT };
    let mistakes = longest / LETTERS_PER_MISTAKE;
    longest >= shortest
        && longest - length <= mistakes
        // A cheap test before the costly one: seldom all of the first three letters are misspelt.
        && short.chars().zip(long.chars()).take(3).any(|(a, b)| a == b)
        && strsim::osa_distance(short, long) <= mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(one: &str, other: &str) -> usize {
        likeness(&Stems::of(one), &Stems::of(other))
    }

    #[test]
    fn signs_endings_and_misspelt_letters_make_no_difference() {
        for (one, other) in [
            ("Пишет тесты, ревьюит код", "пишет тесты; ревьюит код."),
            ("Пишет миграции", "Пишет миграциии"),
            ("Проводит собеседования", "Проводит собеседовния"),
            ("Тестирует сам", "Тестировать сам"),
            ("Разворачивает Kubernetes", "Разворачивает Kubernets"),
        ] {
            assert_eq!((of(one, other), of(other, one)), (100, 100), "{one} / {other}");
        }
    }

    #[test]
    fn other_words_numbers_and_names_do() {
        assert_eq!(of("Запускает контейнеры", "Собирает образы"), 0);
        assert_eq!(of("Опыт 2 года", "Опыт 3 года"), 66);
        assert_eq!(of("Jest", "Rest"), 0);
        assert_eq!(of("Java", "Javascript"), 0);
        assert_eq!(of("HTML4", "HTML5"), 0);
        assert_eq!(of("в и на", "в и на с чем"), 0);
        assert_eq!(of("", ""), 0);
    }
}
