//! What is noted of ids that left a ladder, and following the notes.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt::Display;

use chrono::NaiveDateTime;

use super::Words;
use crate::ladder::{Ladder, Level};

/// The note on one id that left a ladder. Whoever leaves again is noted anew in its place, so the times rise
/// along the notes and none leads back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The id.
    pub former_id: String,
    /// The id that took its place, which may have left since; `None` if none did.
    pub present_id: Option<String>,
    /// The words it had.
    pub words: Words,
    /// The lowest level that asked for it, if that is known.
    pub level: Option<Level>,
    /// When it left, or when its place was taken, in UTC.
    pub changed_at: NaiveDateTime,
}

/// The notes on the ids of some ladders.
#[derive(Clone, Debug, Default)]
pub struct Aliases(HashMap<String, Vec<Alias>>);

/// What became of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate<'a> {
    /// It is the id of a requirement that is there.
    Present,
    /// The requirement has other words and this id now.
    Reworded(&'a str, &'a Words),
    /// The requirement was removed.
    Removed(&'a Words),
    /// Nobody knows it.
    Unknown,
}

impl Aliases {
    /// The notes on one ladder, or on several, those of the first ladder first.
    #[must_use]
    pub fn new(notes: impl IntoIterator<Item = Alias>) -> Self {
        let mut aliases = HashMap::<_, Vec<_>>::new();
        for alias in notes {
            aliases.entry(alias.former_id.clone()).or_default().push(alias);
        }
        Self(aliases)
    }

    /// Notes what became of an id in place of what was noted of it.
    pub fn note(&mut self, alias: Alias) {
        self.0.insert(alias.former_id.clone(), vec![alias]);
    }

    /// What became of an id where `is_present` knows which are there.
    #[must_use]
    pub fn follow(&self, id: &str, is_present: impl Fn(&str) -> bool) -> Fate<'_> {
        if is_present(id) {
            return Fate::Present;
        }
        let Some(notes) = self.0.get(id) else { return Fate::Unknown };
        let Some(first) = notes.iter().find(|note| note.words.are_known()).or(notes.first()) else {
            return Fate::Unknown;
        };
        let (mut seen, mut next) = (BTreeSet::from([id]), notes.iter().collect::<VecDeque<_>>());
        while let Some(note) = next.pop_front() {
            let Some(id) = note.present_id.as_deref().filter(|id| seen.insert(id)) else {
                continue;
            };
            if is_present(id) {
                return Fate::Reworded(id, &first.words);
            }
            next.extend(self.0.get(id).into_iter().flatten());
        }
        if first.words.are_known() { Fate::Removed(&first.words) } else { Fate::Unknown }
    }

    /// The former ids of what is there, with the level that asked for each, by present ids.
    fn former_ids(&self, present: &BTreeSet<String>) -> BTreeMap<String, Vec<(Level, String)>> {
        let mut found = BTreeMap::<_, Vec<_>>::new();
        for (former_id, notes) in &self.0 {
            let Some(level) = notes.iter().find_map(|note| note.level) else { continue };
            if let Fate::Reworded(id, _) = self.follow(former_id, |id| present.contains(id)) {
                found.entry(id.to_owned()).or_default().push((level, former_id.clone()));
            }
        }
        for ids in found.values_mut() {
            ids.sort_unstable();
        }
        found
    }

    /// What is noted of an id in any of the ladders.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// What was removed since a moment, by id.
    #[must_use]
    pub fn removed_since(&self, since: NaiveDateTime) -> Vec<&Alias> {
        let notes = self.0.values().flatten();
        let removed = notes.filter(|note| note.present_id.is_none() && note.changed_at >= since);
        let mut removed = removed.collect::<Vec<_>>();
        removed.sort_unstable_by_key(|note| &note.former_id);
        removed
    }
}

/// The former places of the requirements of a ladder on its pages (`junior-t3k9ma`), each where the ladder asks
/// for the requirement first.
#[derive(Clone, Debug, Default)]
pub struct FormerIds(HashMap<String, Vec<String>>);

impl FormerIds {
    /// Those that are noted.
    #[must_use]
    pub fn new(aliases: &Aliases, ladder: &Ladder) -> Self {
        if aliases.0.is_empty() {
            return Self::default();
        }
        let mut former = aliases.former_ids(&present_ids(ladder));
        let mut places = HashMap::new();
        for asked in ladder.accumulated(Level::SeniorPlusPlus) {
            let id = &asked.requirement.id;
            if let Some(ids) = former.remove(id) {
                let ids = ids.into_iter().map(|(level, id)| place(ladder.name(level).slug(), &id));
                places.insert(place(&asked.grade_anchor(), id), ids.collect());
            }
        }
        Self(places)
    }

    /// The former places of a requirement; `anchor` is the place of its grade.
    #[must_use]
    pub fn at(&self, anchor: &impl Display, id: &str) -> &[String] {
        // A ladder without any, which most are, takes no time.
        if self.0.is_empty() {
            return &[];
        }
        self.0.get(&place(anchor, id)).map_or(&[], Vec::as_slice)
    }
}

fn place(anchor: &(impl Display + ?Sized), id: &str) -> String {
    format!("{anchor}-{id}")
}

/// The ids of the requirements of a ladder, with what it includes.
pub(super) fn present_ids(ladder: &Ladder) -> BTreeSet<String> {
    let asked = ladder.accumulated(Level::SeniorPlusPlus).into_iter();
    asked.map(|asked| asked.requirement.id).collect()
}
