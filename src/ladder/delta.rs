//! What differs between two states of a ladder, by requirement.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use chrono::NaiveDateTime;

use super::Level;
use super::identity::{Aliases, Change, Fate, Listed, Moment, Rewording, Words};
use super::skill::Dictionary;

/// What differs between an earlier and a later state of a ladder's own requirements. Each list is in the
/// order of levels, and of the text within one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Requirements that only the later state has.
    pub added: Vec<Item>,
    /// Requirements that only the earlier state has.
    pub removed: Vec<Item>,
    /// Requirements in other words, some at another level too.
    pub reworded: Vec<Reworded>,
    /// Requirements in the same words at another level.
    pub moved: Vec<Moved>,
}

/// A requirement at its level: the lowest one that asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id in the ladder.
    pub id: String,
    /// The level.
    pub level: Level,
    /// Its label without the colon; empty if it has none.
    pub label: String,
    /// Its plain text.
    pub text: String,
}

/// A requirement in its former and its present words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reworded {
    /// As it was.
    pub was: Item,
    /// As it is.
    pub now: Item,
}

/// A requirement at another level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The level it was at.
    pub from: Level,
    /// As it is.
    pub now: Item,
}

impl Item {
    fn of(listed: &Listed) -> Self {
        let Words { label, text } = Words::of(&listed.requirement);
        Self { id: listed.requirement.id.clone(), level: listed.level, label, text }
    }

    /// Its words.
    #[must_use]
    pub fn words(&self) -> Words {
        Words { label: self.label.clone(), text: self.text.clone() }
    }
}

impl Reworded {
    /// Both wordings.
    #[must_use]
    pub fn words(&self) -> Rewording {
        Rewording { was: self.was.words(), now: self.now.words() }
    }
}

impl Delta {
    /// What became of the requirements `before` where they are `after`, both as [`Listed::of`] makes them.
    /// `aliases` tell which took the place of which; where they tell nothing of an id, requirements that
    /// say the same in other words are paired by their likeness.
    #[must_use]
    pub fn between(
        before: &[Listed],
        after: &[Listed],
        aliases: &Aliases,
        dictionary: &Dictionary,
    ) -> Self {
        let (was, is) = (by_id(before), by_id(after));
        let mut delta = Self::default();
        let left = in_order(before).filter(|listed| !is.contains_key(id(listed)));
        let left = left.collect::<Vec<_>>();
        let came = in_order(after).filter(|listed| !was.contains_key(id(listed)));
        let came = came.map(|listed| (id(listed), listed)).collect::<BTreeMap<_, _>>();
        // Each takes one place, also where several former ones went into it.
        let mut pairs = BTreeMap::<&str, &Listed>::new();
        let mut taken = BTreeSet::new();
        let mut unknown = Vec::new();
        for listed in &left {
            match aliases.follow(id(listed), |id| is.contains_key(id)) {
                Fate::Reworded(present, _) => {
                    if let Some(new) = came.get(present)
                        && taken.insert(id(new))
                    {
                        pairs.insert(id(listed), new);
                    }
                }
                Fate::Unknown => unknown.push((*listed).clone()),
                Fate::Removed(_) | Fate::Present => {}
            }
        }
        let free = came.values().filter(|new| !taken.contains(id(new)));
        let free = free.map(|listed| (*listed).clone()).collect::<Vec<_>>();
        for (former, present) in alike(&unknown, &free, dictionary) {
            if let (Some(old), Some(new)) = (was.get(&*former), came.get(&*present)) {
                taken.insert(id(new));
                pairs.insert(id(old), new);
            }
        }
        for listed in left {
            match pairs.get(id(listed)) {
                Some(new) => {
                    delta.reworded.push(Reworded { was: Item::of(listed), now: Item::of(new) });
                }
                None => delta.removed.push(Item::of(listed)),
            }
        }
        for listed in in_order(after) {
            match was.get(id(listed)) {
                None if taken.contains(id(listed)) => {}
                None => delta.added.push(Item::of(listed)),
                Some(old) if old.level != listed.level => {
                    delta.moved.push(Moved { from: old.level, now: Item::of(listed) });
                }
                Some(_) => {}
            }
        }
        delta
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// How many requirements differ.
    #[must_use]
    pub fn count(&self) -> usize {
        self.added.len() + self.removed.len() + self.reworded.len() + self.moved.len()
    }

    /// The same of the requirements that a level or a lower one asks in either state.
    #[must_use]
    pub fn up_to(mut self, level: Level) -> Self {
        self.added.retain(|item| item.level <= level);
        self.removed.retain(|item| item.level <= level);
        self.reworded.retain(|item| item.was.level.min(item.now.level) <= level);
        self.moved.retain(|item| item.from.min(item.now.level) <= level);
        self
    }
}

fn id(listed: &Listed) -> &str {
    &listed.requirement.id
}

/// Each requirement once, at the lowest level that asks for it.
fn by_id(listed: &[Listed]) -> BTreeMap<&str, &Listed> {
    let mut found = BTreeMap::<&str, &Listed>::new();
    for listed in listed {
        let known = found.entry(id(listed)).or_insert(listed);
        if listed.level < known.level {
            *known = listed;
        }
    }
    found
}

/// The same in the order of the list.
fn in_order(listed: &[Listed]) -> impl Iterator<Item = &Listed> {
    let lowest = by_id(listed);
    listed
        .iter()
        .filter(move |one| lowest.get(id(one)).is_some_and(|lowest| ptr::eq(*lowest, *one)))
}

/// Pairs of ids that say the same in other words.
fn alike(left: &[Listed], came: &[Listed], dictionary: &Dictionary) -> Vec<(String, String)> {
    if left.is_empty() || came.is_empty() {
        return Vec::new();
    }
    let never = Moment { now: NaiveDateTime::default(), since: NaiveDateTime::MAX };
    let (aliases, said_new) = (Aliases::default(), BTreeSet::new());
    let change = Change::new((left, came), &aliases, &said_new, never, dictionary);
    change.pairs.into_iter().map(|pair| (pair.former_id, pair.present_id)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn listed(grades: &[(Level, &str)]) -> Vec<Listed> {
        Listed::of(grades.iter().copied(), &Dictionary::default())
    }

    fn between(before: &[(Level, &str)], after: &[(Level, &str)]) -> Delta {
        let (before, after) = (listed(before), listed(after));
        Delta::between(&before, &after, &Aliases::default(), &Dictionary::default())
    }

    fn texts(items: &[Item]) -> Vec<(Level, &str)> {
        items.iter().map(|item| (item.level, item.text.as_str())).collect()
    }

    #[test]
    fn each_requirement_is_added_removed_reworded_or_moved() {
        let delta = between(
            &[
                (Level::Junior, "- Пишет тесты\n- Знает основы сетей и протоколов\n- Готовит кофе"),
                (Level::Middle, "- Ведёт проект"),
            ],
            &[
                (Level::Junior, "- Знает основы сетей, протоколов\n- Ведёт проект"),
                (Level::Middle, "- Пишет тесты\n- Учит других"),
            ],
        );
        assert_eq!(texts(&delta.added), [(Level::Middle, "Учит других")]);
        assert_eq!(texts(&delta.removed), [(Level::Junior, "Готовит кофе")]);
        let [Reworded { was, now }] = delta.reworded.as_slice() else { panic!("{delta:?}") };
        assert_eq!(was.text, "Знает основы сетей и протоколов");
        assert_eq!(now.text, "Знает основы сетей, протоколов");
        let moved = delta.moved.iter().map(|moved| (moved.from, moved.now.level));
        let expected = [(Level::Middle, Level::Junior), (Level::Junior, Level::Middle)];
        assert_eq!(moved.collect::<Vec<_>>(), expected);
        assert_eq!(delta.count(), 5);
        let junior = delta.up_to(Level::Junior);
        assert!(junior.added.is_empty() && junior.moved.len() == 2);
    }

    #[test]
    fn notes_tell_more_than_likeness() {
        let (before, after) = (
            listed(&[(Level::Junior, "- Пишет тесты")]),
            listed(&[(Level::Junior, "- Проверяет свою работу сам")]),
        );
        let note = super::super::identity::Alias {
            former_id: before[0].requirement.id.clone(),
            present_id: Some(after[0].requirement.id.clone()),
            words: Words::of(&before[0].requirement),
            level: Some(Level::Junior),
            changed_at: NaiveDateTime::default(),
        };
        let dictionary = Dictionary::default();
        let told = Delta::between(&before, &after, &Aliases::new([note]), &dictionary);
        assert!(told.added.is_empty() && told.removed.is_empty() && told.reworded.len() == 1);
        let untold = Delta::between(&before, &after, &Aliases::default(), &dictionary);
        assert_eq!((untold.added.len(), untold.removed.len()), (1, 1));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_counted_twice(
            before in prop::collection::vec((0..10_usize, "[а-д]{1,3} [а-д]{1,3}"), 0..12),
            after in prop::collection::vec((0..10_usize, "[а-д]{1,3} [а-д]{1,3}"), 0..12),
        ) {
            let ladder = |rows: &[(usize, String)]| {
                let rows = rows.iter().map(|(rank, text)| (Level::ALL[*rank], format!("- {text}")));
                let rows = rows.collect::<Vec<_>>();
                let borrowed = rows.iter().map(|(level, text)| (*level, text.as_str()));
                Listed::of(borrowed, &Dictionary::default())
            };
            let (before, after) = (ladder(&before), ladder(&after));
            let (aliases, dictionary) = (Aliases::default(), Dictionary::default());
            let delta = Delta::between(&before, &after, &aliases, &dictionary);
            let ids = |listed: &[Listed]| {
                listed.iter().map(|one| one.requirement.id.clone()).collect::<BTreeSet<_>>()
            };
            let (was, is) = (ids(&before), ids(&after));
            let mut left = delta.removed.iter().map(|item| item.id.clone()).collect::<Vec<_>>();
            left.extend(delta.reworded.iter().map(|item| item.was.id.clone()));
            left.sort();
            prop_assert_eq!(left, was.difference(&is).cloned().collect::<Vec<_>>());
            let mut came = delta.added.iter().map(|item| item.id.clone()).collect::<Vec<_>>();
            came.extend(delta.reworded.iter().map(|item| item.now.id.clone()));
            came.sort();
            prop_assert_eq!(came, is.difference(&was).cloned().collect::<Vec<_>>());
            prop_assert!(Delta::between(&after, &after, &aliases, &dictionary).is_empty());
        }
    }
}
