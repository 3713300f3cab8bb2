//! The effect of changes of the skill dictionary on what requirements mention.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::BuildError;

use super::Description;
use super::skill::{Dictionary, Skill, normalized_name};

/// Characters of `CommonMark` that may stand inside a word or hide words.
const MARKUP: [char; 10] = ['*', '_', '~', '`', '[', ']', '<', '>', '&', '\\'];

/// A change of one skill.
#[derive(Clone, Debug)]
pub struct Change {
    /// The skill before; `None` for a new one.
    pub before: Option<Skill>,
    /// The skill after; `None` if it is deleted.
    pub after: Option<Skill>,
}

/// The effect on one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reworded {
    /// The text of the requirement.
    pub text: String,
    /// The skills it will newly mention, by their new slugs.
    pub gained: Vec<String>,
    /// The skills it will no longer mention, by their old slugs.
    pub lost: Vec<String>,
}

/// A dictionary before and after some changes.
pub struct Rewording<'a> {
    before: &'a Dictionary,
    after: Dictionary,
    /// The names that are added, removed or move to another skill. A text without any of them is not
    /// affected, and most texts are not.
    affected_names: Dictionary,
    /// New slugs by old slugs, of the skills that stay.
    new_slugs: HashMap<String, String>,
}

impl<'a> Rewording<'a> {
    /// Applies changes to a dictionary; `None` if they can't affect any text.
    ///
    /// # Errors
    ///
    /// As [`Dictionary::new`].
    pub fn new(before: &'a Dictionary, changes: &[Change]) -> Result<Option<Self>, BuildError> {
        let affected = affected_names(changes);
        if affected.is_empty() {
            return Ok(None);
        }
        let affected = Skill {
            slug: String::new(),
            title: String::new(),
            category: String::new(),
            link: None,
            aliases: affected,
            hidden_aliases: Vec::new(),
        };
        let moves = changes.iter().filter_map(|change| {
            let (before, after) = (change.before.as_ref()?, change.after.as_ref()?);
            Some((before.slug.clone(), after.slug.clone()))
        });
        Ok(Some(Self {
            before,
            after: Dictionary::new(apply(before.skills(), changes))?,
            affected_names: Dictionary::new(vec![affected])?.in_compounds(),
            new_slugs: moves.collect(),
        }))
    }

    /// The dictionary after the changes.
    #[must_use]
    pub fn after(&self) -> &Dictionary {
        &self.after
    }

    /// Whether a text contains one of the affected names. Without markup that can stand inside a word
    /// the text need not be parsed to find out.
    fn may_affect(&self, markdown: &str) -> bool {
        if !markdown.contains(MARKUP) {
            return !self.affected_names.mentions(markdown).is_empty();
        }
        let requirements = Description::read(markdown, &self.affected_names).requirements;
        requirements.iter().any(|requirement| !requirement.skills.is_empty())
    }

    /// The requirements of a description that will mention other skills, in order.
    #[must_use]
    pub fn of(&self, markdown: &str) -> Vec<Reworded> {
        if !self.may_affect(markdown) {
            return Vec::new();
        }
        let before = Description::read(markdown, self.before).requirements;
        let after = Description::read(markdown, &self.after).requirements;
        let pairs = before.into_iter().zip(after);
        let reworded = pairs.map(|(before, after)| {
            let new_slug =
                |slug: &str| self.new_slugs.get(slug).map_or(slug, String::as_str).to_owned();
            let kept = before.slugs().map(new_slug).collect::<Vec<_>>();
            let lost = before.slugs().zip(&kept);
            let lost = lost.filter(|(_, present)| after.named(present).is_none());
            let lost = lost.map(|(slug, _)| slug.to_owned()).collect();
            let gained = after.slugs().map(str::to_owned).filter(|slug| !kept.contains(slug));
            Reworded { lost, gained: gained.collect(), text: before.text }
        });
        reworded.filter(|item| !item.gained.is_empty() || !item.lost.is_empty()).collect()
    }
}

/// The names that are added, removed or move to another skill.
fn affected_names(changes: &[Change]) -> Vec<String> {
    let mut owners = BTreeMap::<String, (Option<usize>, Option<usize>, &str)>::new();
    for (index, change) in changes.iter().enumerate() {
        for name in change.before.iter().flat_map(Skill::names) {
            let Some(compared) = normalized_name(name) else { continue };
            owners.entry(compared).or_insert((None, None, name)).0.get_or_insert(index);
        }
        for name in change.after.iter().flat_map(Skill::names) {
            let Some(compared) = normalized_name(name) else { continue };
            owners.entry(compared).or_insert((None, None, name)).1.get_or_insert(index);
        }
    }
    let affected = owners.into_values().filter(|(before, after, _)| before != after);
    affected.map(|(_, _, name)| name.to_owned()).collect()
}

/// The skills after the changes, in the same order, new ones at the end.
fn apply(skills: &[Skill], changes: &[Change]) -> Vec<Skill> {
    let is_of = |change: &&Change, slug: &str| {
        change.before.as_ref().is_some_and(|before| before.slug == slug)
    };
    let kept = skills.iter().filter_map(|skill| {
        let change = changes.iter().find(|change| is_of(change, &skill.slug));
        change.map_or_else(|| Some(skill.clone()), |change| change.after.clone())
    });
    let new = changes.iter().filter(|change| change.before.is_none());
    kept.chain(new.filter_map(|change| change.after.clone())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Requirement;
    use super::super::examples::skill;
    use super::*;

    fn dictionary() -> Dictionary {
        Dictionary::new(vec![
            skill("rest", "REST", &["рест"]),
            skill("design", "Проектирование", &[]),
            skill("mock", "Моки", &["заглушки"]),
        ])
        .unwrap()
    }

    /// The affected requirements: text, then gained and lost skills.
    fn reworded(changes: &[Change], text: &str) -> Vec<String> {
        let dictionary = dictionary();
        let Some(rewording) = Rewording::new(&dictionary, changes).unwrap() else {
            return vec!["nothing".into()];
        };
        let describe = |item: Reworded| {
            format!("{}: +{} -{}", item.text, item.gained.join(","), item.lost.join(","))
        };
        rewording.of(text).into_iter().map(describe).collect()
    }

    fn edit(before: Option<Skill>, after: Option<Skill>) -> Vec<Change> {
        vec![Change { before, after }]
    }

    #[test]
    fn requirements_gain_and_lose_mentions_of_skills() {
        let rest = || Some(skill("rest", "REST", &["рест"]));
        let text = "- REST\n- рестом\n- graphql\n- заглушки";
        let changes = edit(rest(), Some(skill("rest", "REST", &["GraphQL"])));
        assert_eq!(reworded(&changes, text), ["рестом: + -rest", "graphql: +rest -"]);
        let changes = edit(None, Some(skill("graphql", "GraphQL", &[])));
        assert_eq!(reworded(&changes, text), ["graphql: +graphql -"]);
        assert_eq!(reworded(&edit(rest(), None), text), ["REST: + -rest", "рестом: + -rest"]);
    }

    #[test]
    fn a_longer_name_replaces_the_mention_of_a_shorter_one() {
        let changes = edit(None, Some(skill("api-design", "Проектирование REST", &[])));
        let text = "- Проектирование REST\n- REST";
        assert_eq!(reworded(&changes, text), ["Проектирование REST: +api-design -design,rest"]);
    }

    #[test]
    fn requirements_follow_a_name_that_moves_to_another_skill() {
        let changes = [
            Change { before: Some(skill("mock", "Моки", &["заглушки"])), after: None },
            Change {
                before: Some(skill("rest", "REST", &["рест"])),
                after: Some(skill("rest", "REST", &["рест", "Моки", "заглушки"])),
            },
        ];
        let text = "- Моки\n- Моки и REST\n- REST";
        assert_eq!(reworded(&changes, text), ["Моки: +rest -mock", "Моки и REST: + -mock"]);
    }

    #[test]
    fn a_new_slug_or_spelling_affects_no_requirement() {
        let before = || Some(skill("rest", "REST", &["рест"]));
        let changes = edit(before(), Some(skill("restful", "Rest", &["рест"])));
        assert_eq!(reworded(&changes, "- REST"), ["nothing"]);
        let changes = edit(before(), Some(skill("restful", "Rest", &[])));
        assert_eq!(reworded(&changes, "- REST\n- рест"), ["рест: + -rest"]);
    }

    proptest! {
        #[test]
        fn effects_are_the_difference_between_the_two_dictionaries(
            words in prop::collection::vec(
                "REST|рест|моки|заглушка|проектирование|gRPC|gRPC-REST|REST-Node|и|\\*\\*g\\*\\*RPC|`REST`|RE&#83;T|\\[REST\\]\\(https://a\\.b\\)|\n1\\.|\n- ",
                0..8,
            ),
            aliases in prop::collection::vec("REST gRPC|рест|gRPC|проектирование REST", 0..3),
        ) {
            let dictionary = dictionary();
            let after = skill("rest", "REST", &aliases.iter().map(String::as_str).collect::<Vec<_>>());
            let before = dictionary.skill("rest").cloned();
            let text = format!("- {}", words.join(" "));
            let skills = apply(dictionary.skills(), &edit(before.clone(), Some(after.clone())));
            let read = |dictionary: &Dictionary| {
                let requirements = Description::read(&text, dictionary).requirements.into_iter();
                let slugs = |asked: Requirement| asked.slugs().map(str::to_owned).collect::<Vec<_>>();
                requirements.map(slugs).collect::<Vec<_>>()
            };
            let (old, new) = (read(&dictionary), read(&Dictionary::new(skills).unwrap()));
            let without = |some: &[String], others: &[String]| {
                some.iter().filter(|slug| !others.contains(slug)).cloned().collect::<Vec<_>>()
            };
            let expected = old.iter().zip(&new).map(|(old, new)| (without(new, old), without(old, new)));
            let expected = expected.filter(|(gained, lost)| !gained.is_empty() || !lost.is_empty());
            let rewording = Rewording::new(&dictionary, &edit(before, Some(after))).unwrap();
            let reported = rewording.map(|rewording| rewording.of(&text)).unwrap_or_default();
            let reported = reported.into_iter().map(|item| (item.gained, item.lost));
            prop_assert_eq!(reported.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }
    }
}
