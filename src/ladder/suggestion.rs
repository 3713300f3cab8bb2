//! Suggestions for misspelt search queries.

use strsim::osa_distance;

use super::skill::Dictionary;
use super::words::{Word, normalized, words};

/// The letters of the Russian and of the English keyboard layout, in the same order of keys.
const LAYOUTS: (&str, &str) =
    ("йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,.");

/// The query that was probably meant: typed in the wrong keyboard layout, or with a misspelt skill.
#[must_use]
pub fn suggestion(typed: &str, dictionary: &Dictionary) -> Option<String> {
    let typed = typed.trim();
    let in_other_layouts = [
        in_other_layout(typed, LAYOUTS.0, LAYOUTS.1),
        in_other_layout(typed, LAYOUTS.1, LAYOUTS.0),
    ];
    let is_known = |text: &String| !words(text).is_empty() && unknown(text, dictionary).is_empty();
    if let Some(text) = in_other_layouts.into_iter().flatten().find(is_known) {
        return Some(text);
    }
    if let Some(name) = nearest(&normalized(typed), dictionary) {
        return Some(name.to_owned());
    }
    // Otherwise correct the words one by one.
    let mut suggestion = typed.to_owned();
    for word in unknown(typed, dictionary).into_iter().rev() {
        if let Some(name) = nearest(&word.letters, dictionary) {
            suggestion.replace_range(word.range, name);
        }
    }
    (suggestion != typed).then_some(suggestion)
}

/// The words of a text that are not part of a skill's name.
fn unknown(text: &str, dictionary: &Dictionary) -> Vec<Word> {
    let mentions = dictionary.mentions(text);
    let is_unknown =
        |word: &Word| !mentions.iter().any(|mention| mention.range.contains(&word.range.start));
    words(text).into_iter().filter(is_unknown).collect()
}

/// The text that the same keys type in another layout; `None` if a character is not in the layout.
fn in_other_layout(text: &str, from: &str, to: &str) -> Option<String> {
    let other = |letter: char| {
        if letter.is_whitespace() {
            return Some(letter);
        }
        let place = from.chars().position(|key| key == letter)?;
        to.chars().nth(place)
    };
    text.to_lowercase().chars().map(other).collect()
}

/// The name of a skill with the smallest edit distance to `typed`, if it is small enough; of equally
/// near names the first in the dictionary.
fn nearest<'a>(typed: &str, dictionary: &'a Dictionary) -> Option<&'a str> {
    let length = typed.chars().count();
    let limit = match length {
        0..=3 => return None,
        4..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    let letters = letters(typed);
    let near = dictionary.names().iter().filter_map(|name| {
        // Comparing letter sets is cheap and rules out almost all names: one edit changes at most two
        // letters.
        let others = self::letters(&name.normalized) ^ letters;
        if others.count_ones() as usize > 2 * limit {
            return None;
        }
        let distance = osa_distance(&name.normalized, typed);
        (1..=limit).contains(&distance).then_some((distance, name.shown.as_str()))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// The set of letters in a text as bits; some letters share a bit.
fn letters(text: &str) -> u64 {
    text.chars().fold(0, |letters, letter| letters | 1 << (u32::from(letter) % 64))
}

#[cfg(test)]
mod tests {
    use super::super::skill::Skill;
    use super::*;

    #[test]
    fn a_misspelt_skill_or_a_wrong_layout_is_recognised() {
        let skill = |title: &str, aliases: &[&str]| Skill {
            slug: title.to_lowercase(),
            title: title.into(),
            category: "Навыки".into(),
            link: None,
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            hidden_aliases: Vec::new(),
        };
        let dictionary = Dictionary::new(vec![
            skill("Вёрстка по макету", &[]),
            skill("Вёрстка", &["верстальщик"]),
            skill("Docker", &["докер"]),
            skill("Kubernetes", &["кубер"]),
            skill("Go", &[]),
        ])
        .unwrap();
        for (typed, meant) in [
            ("версточка", Some("Вёрстка")),
            (" Dcoker ", Some("Docker")),
            ("kubernetis docker", Some("Kubernetes docker")),
            ("вщслук", Some("docker")),
            ("ljrth", Some("докер")),
            ("верстка", None),
            ("вер", None),
            ("go", None),
            ("ого", None),
            ("совсем другое", None),
            ("", None),
            ("?", None),
        ] {
            assert_eq!(suggestion(typed, &dictionary).as_deref(), meant, "{typed}");
        }
    }
}
