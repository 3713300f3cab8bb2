//! Which requirement of a corrected description took the place of which former one.

use std::collections::BTreeSet;

use super::description::NamedSkill;
use super::skill::Dictionary;
use super::words::{Word, words};
use super::{Description, Requirement};

/// The part of the words of the longer of two texts that both must have for them to be alike.
const ALIKE: f64 = 0.5;

/// The ids of requirements that are in the first text only, each with the id of the requirement of the
/// second text that clearly is the same item: the only one of its kind that names the same skills, or the
/// one in its place between the same neighbours that says much the same. Whatever is not clear is left out.
#[must_use]
pub fn successors(former: &str, new: &str, dictionary: &Dictionary) -> Vec<(String, String)> {
    let former = Description::read(former, dictionary).requirements;
    let new = Description::read(new, dictionary).requirements;
    let mut gone = unmatched(&former, &new);
    let mut added = unmatched(&new, &former);
    let mut found = Vec::new();
    gone.retain(|&(place, old)| {
        let same = |other: &Requirement| {
            other.kind == old.kind && ask_for_the_same(&other.skills, &old.skills)
        };
        let is_only = former.iter().filter(|other| same(other)).count() == 1;
        let mut candidates = new.iter().filter(|other| same(other));
        let (Some(candidate), None) = (candidates.next(), candidates.next()) else { return true };
        let index = added.iter().position(|(_, other)| other.id == candidate.id);
        let Some(index) = index.filter(|_| is_only) else { return true };
        found.push((place, old.id.clone(), added.remove(index).1.id.clone()));
        false
    });
    // What stands between two requirements that stayed, or were found, is compared in its order.
    let mut start = (0, 0);
    for (old_end, new_end) in anchors(&former, &new, &found) {
        let old = gone.iter().filter(|(place, _)| (start.0..old_end).contains(place));
        let added = added.iter().filter(|(place, _)| (start.1..new_end).contains(place));
        let (old, added) = (old.collect::<Vec<_>>(), added.collect::<Vec<_>>());
        if old.len() == added.len() {
            for ((place, old), (_, new)) in old.into_iter().zip(added) {
                let is_same_kind = old.kind == new.kind || old.kind.is_none() || new.kind.is_none();
                if is_same_kind && are_alike(&old.text, &new.text) {
                    found.push((*place, old.id.clone(), new.id.clone()));
                }
            }
        }
        start = (old_end + 1, new_end + 1);
    }
    found.sort();
    found.into_iter().map(|(_, old, new)| (old, new)).collect()
}

/// The requirements whose ids another list does not have, with their places.
fn unmatched<'a>(own: &'a [Requirement], other: &[Requirement]) -> Vec<(usize, &'a Requirement)> {
    let is_there = |id: &str| other.iter().any(|requirement| requirement.id == id);
    own.iter().enumerate().filter(|(_, requirement)| !is_there(&requirement.id)).collect()
}

/// The places of requirements that are in both lists, as far as their order is the same, and the ends.
fn anchors(
    former: &[Requirement],
    new: &[Requirement],
    found: &[(usize, String, String)],
) -> Vec<(usize, usize)> {
    let mut anchors = Vec::new();
    let mut next = 0;
    for (old_place, old) in former.iter().enumerate() {
        let successor = found.iter().find(|(_, former, _)| *former == old.id);
        let id = successor.map_or(&old.id, |(_, _, id)| id);
        let place = new.iter().skip(next).position(|requirement| requirement.id == *id);
        if let Some(place) = place.map(|place| place + next) {
            anchors.push((old_place, place));
            next = place + 1;
        }
    }
    anchors.push((former.len(), new.len()));
    anchors
}

/// Whether two requirements ask for the same skills, if any, and state no different depths.
fn ask_for_the_same(one: &[NamedSkill], other: &[NamedSkill]) -> bool {
    let has_like = |named: &NamedSkill| {
        let like = other.iter().find(|like| like.slug == named.slug);
        like.is_some_and(|like| {
            like.depth == named.depth || like.depth.is_none() || named.depth.is_none()
        })
    };
    !one.is_empty() && one.len() == other.len() && one.iter().all(has_like)
}

fn are_alike(one: &str, other: &str) -> bool {
    let stems = |text: &str| words(text).iter().map(Word::stem).collect::<BTreeSet<_>>();
    let (one, other) = (stems(one), stems(other));
    let (shared, longest) = (one.intersection(&other).count(), one.len().max(other.len()));
    #[expect(clippy::cast_precision_loss, reason = "a description has few words")]
    let part = shared as f64 / longest as f64;
    longest > 0 && part >= ALIKE
}

#[cfg(test)]
mod tests {
    use super::super::skill::Skill;
    use super::*;

    fn dictionary() -> Dictionary {
        let skill = |title: &str| Skill {
            slug: title.to_lowercase(),
            title: title.to_owned(),
            category: "Навыки".to_owned(),
            link: None,
            aliases: Vec::new(),
            hidden_aliases: Vec::new(),
        };
        Dictionary::new(["Docker", "Redis", "Git"].map(skill).to_vec()).unwrap()
    }

    /// Each former text of a requirement with the new one.
    fn found(former: &str, new: &str) -> Vec<(String, String)> {
        let dictionary = dictionary();
        let text = |markdown: &str, id: &str| {
            let requirements = Description::read(markdown, &dictionary).requirements.into_iter();
            requirements.into_iter().find(|asked| asked.id == id).unwrap().text
        };
        let pairs = successors(former, new, &dictionary).into_iter();
        pairs.map(|(old, successor)| (text(former, &old), text(new, &successor))).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect()
    }

    #[test]
    fn the_only_item_with_the_same_skills_and_kind_is_the_same_wherever_it_stands() {
        let former = "- Знает основы Docker\n- Сильная экспертиза: Redis\n- Печёт хлеб";
        let new = "- Печёт хлеб\n- Владеет азами Docker\n- Знакомство: Redis";
        assert_eq!(found(former, new), pairs(&[("Знает основы Docker", "Владеет азами Docker")]));
        let twice = "- Запускает Docker\n- Собирает образы Docker";
        assert!(found(twice, "- Разворачивает Docker").is_empty());
    }

    #[test]
    fn an_item_in_the_same_place_that_says_much_the_same_is_the_same() {
        let former = "- Git\n- Ориентируется в основном проекте\n- Ведёт учеников\n- Redis";
        let new = "- Git\n- Разбирается в основном проекте\n- Печёт хлеб\n- Redis";
        assert_eq!(
            found(former, new),
            pairs(&[("Ориентируется в основном проекте", "Разбирается в основном проекте")])
        );
        let moved = "- Redis\n- Разбирается в основном проекте\n- Ведёт учеников\n- Git";
        assert!(found(former, moved).is_empty());
        let fewer = "- Git\n- Разбирается в основном проекте\n- Redis";
        assert!(found(former, fewer).is_empty());
    }

    #[test]
    fn an_item_of_another_depth_is_another_item() {
        assert!(found("- Знакомство: печёт хлеб", "- Сильная экспертиза: печёт хлеб").is_empty());
        assert_eq!(
            found("- Публикация: пишет статьи", "- Пишет статьи о хлебе"),
            pairs(&[("пишет статьи", "Пишет статьи о хлебе")])
        );
    }
}
