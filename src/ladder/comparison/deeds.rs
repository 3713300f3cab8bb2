//! Comparing what two grades ask to have done.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use super::super::Kind;
use super::super::likeness::{ALIKE, Stems, likeness};
use super::{Asked, key};

/// A requirement that asks for something done ([`is_deed`](crate::ladder::Requirement::is_deed)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComparedDeed {
    /// Only the target asks for it.
    New(Asked),
    /// Both grades ask for something alike in other words, which is a guess.
    Similar {
        /// As the start words it.
        from: Asked,
        /// As the target words it.
        to: Asked,
    },
    /// Both grades ask for it in the same words.
    Same {
        /// At the level of the start.
        from: Asked,
        /// At the level of the target.
        to: Asked,
    },
    /// Only the start asks for it.
    NotNeeded(Asked),
}

/// What becomes of the requirements that ask for something done: new ones, those alike, the same, those
/// not needed.
pub(super) fn compared(from: &[Asked], to: &[Asked]) -> Vec<ComparedDeed> {
    let (mut from, to) = (deeds(from), deeds(to));
    let (mut same, mut new) = (Vec::new(), Vec::new());
    for asked in to {
        match from.iter().position(|other| key(&other.requirement) == key(&asked.requirement)) {
            Some(place) => {
                same.push(ComparedDeed::Same { from: from.remove(place), to: asked });
            }
            None => new.push(asked),
        }
    }
    let mut alike = Vec::new();
    let stems = |asked: &[Asked]| {
        asked.iter().map(|asked| Stems::of(&asked.requirement.text)).collect::<Vec<_>>()
    };
    let (from_stems, new_stems) = (stems(&from), stems(&new));
    for (new_place, asked) in new.iter().enumerate() {
        for (from_place, other) in from.iter().enumerate() {
            if asked.requirement.kind == other.requirement.kind {
                let likeness = likeness(&from_stems[from_place], &new_stems[new_place]);
                if likeness >= ALIKE {
                    alike.push((Reverse(likeness), new_place, from_place));
                }
            }
        }
    }
    // The most alike first; each stands in one pair.
    alike.sort_unstable();
    let (mut pairs, mut paired) = (HashMap::new(), BTreeSet::new());
    for (_, new_place, from_place) in alike {
        if !pairs.contains_key(&new_place) && paired.insert(from_place) {
            pairs.insert(new_place, from_place);
        }
    }
    let (mut compared, mut similar) = (Vec::new(), Vec::new());
    for (place, to) in new.into_iter().enumerate() {
        match pairs.get(&place) {
            None => compared.push(ComparedDeed::New(to)),
            Some(other) => {
                similar.push(ComparedDeed::Similar { from: from[*other].clone(), to });
            }
        }
    }
    compared.append(&mut similar);
    compared.append(&mut same);
    let left = from.into_iter().enumerate().filter(|(place, _)| !paired.contains(place));
    compared.extend(left.map(|(_, asked)| ComparedDeed::NotNeeded(asked)));
    compared
}

/// The requirements that ask for something done; of equal ones the first.
fn deeds(asked: &[Asked]) -> Vec<Asked> {
    let mut known = BTreeSet::new();
    let deeds = asked.iter().filter(|asked| asked.requirement.is_deed());
    let deeds = deeds.filter(|asked| {
        let (kind, text) = key(&asked.requirement);
        known.insert((kind.map(Kind::name), text))
    });
    deeds.cloned().collect()
}
