//! What a name that nothing is called was to be.

use strsim::osa_distance;

use super::skill::Dictionary;
use super::words::{Word, compared, words};

/// The keys of a Russian keyboard, and of an English one in the same places.
const KEYS: (&str, &str) = ("йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,.");

/// The question that was probably meant: typed on another keyboard, or with a skill misspelt.
#[must_use]
pub fn suggestion(typed: &str, dictionary: &Dictionary) -> Option<String> {
    let typed = typed.trim();
    let on_other_keys =
        [in_other_keys(typed, KEYS.0, KEYS.1), in_other_keys(typed, KEYS.1, KEYS.0)];
    let is_known = |text: &String| !words(text).is_empty() && unknown(text, dictionary).is_empty();
    if let Some(text) = on_other_keys.into_iter().flatten().find(is_known) {
        return Some(text);
    }
    if let Some(name) = nearest(&compared(typed), dictionary) {
        return Some(name.to_owned());
    }
    // Each word of its own; there has to be one that is near to a skill.
    let mut suggestion = typed.to_owned();
    for word in unknown(typed, dictionary).into_iter().rev() {
        if let Some(name) = nearest(&word.letters, dictionary) {
            suggestion.replace_range(word.range, name);
        }
    }
    (suggestion != typed).then_some(suggestion)
}

/// The words of a text that belong to no skill's name.
fn unknown(text: &str, dictionary: &Dictionary) -> Vec<Word> {
    let mentions = dictionary.mentions(text);
    let is_unknown =
        |word: &Word| !mentions.iter().any(|mention| mention.range.contains(&word.range.start));
    words(text).into_iter().filter(is_unknown).collect()
}

/// The text as the same keys write it on another keyboard; `None` if a letter is not on them.
fn in_other_keys(text: &str, from: &str, to: &str) -> Option<String> {
    let other = |letter: char| {
        if letter.is_whitespace() {
            return Some(letter);
        }
        let place = from.chars().position(|key| key == letter)?;
        to.chars().nth(place)
    };
    text.to_lowercase().chars().map(other).collect()
}

/// The name of a skill that is nearest to what was typed, if one is near; of several as near the
/// first of the dictionary.
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
        // Counting letters is cheap and rules out almost all: an edit changes at most two of them.
        let others = self::letters(&name.compared) ^ letters;
        if others.count_ones() as usize > 2 * limit {
            return None;
        }
        let distance = osa_distance(&name.compared, typed);
        (1..=limit).contains(&distance).then_some((distance, name.written.as_str()))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Which letters a text has; some share a bit.
fn letters(text: &str) -> u64 {
    text.chars().fold(0, |letters, letter| letters | 1 << (u32::from(letter) % 64))
}

#[cfg(test)]
mod tests {
    use super::super::skill::Skill;
    use super::*;

    #[test]
    fn a_misspelt_skill_or_another_keyboard_is_recognised() {
        let skill = |title: &str, aliases: &[&str]| Skill {
            slug: title.to_lowercase(),
            title: title.into(),
            category: "Навыки".into(),
            link: None,
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
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
