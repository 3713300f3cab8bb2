//! Examples for the tests of this folder.

use super::Description;
use super::skill::{Dictionary, Skill};

/// A skill of an example.
pub(super) fn skill(slug: &str, title: &str, aliases: &[&str]) -> Skill {
    Skill {
        slug: slug.into(),
        title: title.into(),
        category: "Навыки".into(),
        link: None,
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        hidden_aliases: Vec::new(),
    }
}

/// A dictionary of skills with these titles, each under its title in lower case.
pub(super) fn dictionary(titles: &[&str]) -> Dictionary {
    let skills = titles.iter().map(|title| skill(&title.to_lowercase(), title, &[]));
    Dictionary::new(skills.collect()).unwrap()
}

/// The requirements of a text, with the names of their kinds.
pub(super) fn seen(text: &str) -> Vec<String> {
    let requirements = Description::parse(text).requirements;
    let seen = requirements.into_iter().map(|asked| match asked.kind {
        Some(kind) => format!("{}: {}", kind.name(), asked.text),
        None => asked.text,
    });
    seen.collect()
}
