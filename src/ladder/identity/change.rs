//! What a change of descriptions does to the requirements of a ladder.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;

use super::pairing::pairs;
use super::{Alias, Aliases, Rewording, Words};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Description, Level, Requirement};

/// A requirement of a ladder's own, at its level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The level.
    pub level: Level,
    /// The requirement.
    pub requirement: Requirement,
}

/// A requirement that took the place of one that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The id that left.
    pub former_id: String,
    /// The id that took its place.
    pub present_id: String,
    /// The words of both.
    pub words: Rewording,
}

/// What becomes of ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The requirements in other words: those that leave now, in order, and then those that left before and
    /// come back in other words.
    pub pairs: Vec<Pair>,
    /// The words of requirements that leave the ladder, in order.
    pub removed: Vec<Words>,
    /// What to note of each id.
    pub notes: Vec<Alias>,
}

/// The time of a change, and since when what was removed may come back in other words.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The time of the change, in UTC.
    pub now: NaiveDateTime,
    /// What left since then may come back.
    pub since: NaiveDateTime,
}

/// What somebody said of requirements that leave.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Those with these ids were replaced by others.
    pub new: &'a BTreeSet<String>,
    /// Those with these ids say the same as these others, however much the words differ.
    pub same: &'a BTreeMap<String, String>,
}

impl Listed {
    /// The requirements of descriptions, each with its level.
    #[must_use]
    pub fn of<'a>(
        descriptions: impl IntoIterator<Item = (Level, &'a str)>,
        dictionary: &Dictionary,
    ) -> Vec<Self> {
        let descriptions = descriptions.into_iter().flat_map(|(level, text)| {
            let requirements = Description::read(text, dictionary).requirements.into_iter();
            requirements.map(move |requirement| Self { level, requirement })
        });
        let mut listed = descriptions.collect::<Vec<_>>();
        listed.sort_by_key(|listed| listed.level);
        listed
    }

    fn id(&self) -> &str {
        &self.requirement.id
    }
}

impl Change {
    /// What becomes of the ids of a ladder whose requirements were `before` and are `after`; `aliases` tells
    /// of those that left earlier. The requirements with the ids `said_new` were replaced by others.
    #[must_use]
    pub fn new(
        (before, after): (&[Listed], &[Listed]),
        aliases: &Aliases,
        said_new: &BTreeSet<String>,
        moment: Moment,
        dictionary: &Dictionary,
    ) -> Self {
        let said = Said { new: said_new, same: &BTreeMap::new() };
        Self::as_said((before, after), aliases, said, moment, dictionary)
    }

    /// The same where somebody said more of the requirements.
    #[must_use]
    pub fn as_said(
        (before, after): (&[Listed], &[Listed]),
        aliases: &Aliases,
        said: Said<'_>,
        moment: Moment,
        dictionary: &Dictionary,
    ) -> Self {
        let said_new = said.new;
        let left = without(before, after);
        let came = without(after, before);
        let is_left = |id: &str| left.iter().any(|listed| listed.id() == id);
        let is_there = |id: &str| after.iter().any(|listed| listed.id() == id);
        let same = said.same.iter().filter(|(former, now)| is_left(former) && is_there(now));
        let same = same.map(|(former, now)| (former.clone(), now.clone()));
        let same = same.collect::<BTreeMap<_, _>>();
        let has = |listed: &[Listed], id: &str| listed.iter().any(|listed| listed.id() == id);
        // One of several that say the same: another one of them stays.
        let again = |id: &str| {
            let same = id.split_once('-')?.0;
            has(after, same).then(|| same.to_owned())
        };
        let may_pair = left.iter().filter(|listed| {
            let id = listed.id();
            again(id).is_none() && !said_new.contains(id) && !same.contains_key(id)
        });
        let may_pair = may_pair.map(|listed| &listed.requirement).collect::<Vec<_>>();
        let said_same = same.values().collect::<BTreeSet<_>>();
        let may_be_new = came.iter().filter(|listed| !said_same.contains(&listed.requirement.id));
        let may_be_new = may_be_new.map(|listed| &listed.requirement).collect::<Vec<_>>();
        let mut found = pairs(&may_pair, &may_be_new, dictionary);
        found.extend(same);
        let mut change = Self::default();
        for listed in &left {
            let id = listed.id();
            let pair = found.get(id);
            let words = Words::of(&listed.requirement);
            if let Some(new) = pair.and_then(|new| after.iter().find(|there| there.id() == new)) {
                change.pairs.push(Pair {
                    former_id: id.to_owned(),
                    present_id: new.id().to_owned(),
                    words: Rewording { was: words.clone(), now: Words::of(&new.requirement) },
                });
            }
            let present_id = pair.cloned().or_else(|| again(id));
            if present_id.is_none() {
                change.removed.push(words.clone());
            }
            change.notes.push(Alias {
                former_id: id.to_owned(),
                present_id,
                words,
                level: Some(listed.level),
                changed_at: moment.now,
            });
        }
        let taken = found.into_values().collect::<BTreeSet<_>>();
        let alone = came.into_iter().filter(|came| !taken.contains(came.id()));
        // What comes back under an id it had needs nothing.
        let alone = alone.filter(|came| !aliases.knows(came.id())).collect::<Vec<_>>();
        let gone = aliases.removed_since(moment.since).into_iter();
        let gone = gone.filter(|gone| {
            let id = gone.former_id.as_str();
            !has(before, id) && !has(after, id) && !said_new.contains(id)
        });
        change.bring_back(&gone.collect::<Vec<_>>(), &alone, moment.now, dictionary);
        change
    }

    /// Pairs what left earlier with what comes now.
    fn bring_back(
        &mut self,
        gone: &[&Alias],
        came: &[&Listed],
        now: NaiveDateTime,
        dictionary: &Dictionary,
    ) {
        if gone.is_empty() || came.is_empty() {
            return;
        }
        let read = gone.iter().filter_map(|gone| {
            let read = gone.words.read(dictionary)?;
            Some(Requirement { id: gone.former_id.clone(), ..read })
        });
        let read = read.collect::<Vec<_>>();
        let came_alone = came.iter().map(|came| &came.requirement).collect::<Vec<_>>();
        let found = pairs(&read.iter().collect::<Vec<_>>(), &came_alone, dictionary);
        for gone in gone {
            let new = found.get(&gone.former_id);
            let Some(new) = new.and_then(|id| came.iter().find(|came| came.id() == id)) else {
                continue;
            };
            self.pairs.push(Pair {
                former_id: gone.former_id.clone(),
                present_id: new.id().to_owned(),
                words: Rewording { was: gone.words.clone(), now: Words::of(&new.requirement) },
            });
            let present_id = Some(new.id().to_owned());
            self.notes.push(Alias { present_id, changed_at: now, ..(*gone).clone() });
        }
    }
}

/// The requirements of a list whose ids another one does not have, each id once.
fn without<'a>(listed: &'a [Listed], other: &[Listed]) -> Vec<&'a Listed> {
    let mut seen = other.iter().map(Listed::id).collect::<BTreeSet<_>>();
    listed.iter().filter(|listed| seen.insert(listed.id())).collect()
}
