//! Which requirements are the same thought in other words.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::super::depth::Depth;
use super::super::likeness::{ALIKE, Stems, likeness};
use super::super::skill::Dictionary;
use super::super::words::words;
use super::super::{Kind, NamedSkill, Requirement};
use super::Words;

/// So much of all words must be the same, of 100, where names of skills are most of them: such a name may be
/// a whole sentence.
const ALIKE_WITH_NAMES: usize = 70;

/// A requirement with the words by which it is compared.
struct Compared<'a> {
    requirement: &'a Requirement,
    /// All its words, those of its label too.
    all: Stems,
    /// Its words without the names of skills, which are compared as skills.
    rest: Stems,
}

impl<'a> Compared<'a> {
    fn new(requirement: &'a Requirement, dictionary: &Dictionary) -> Self {
        let words = words(&requirement.text);
        let names = dictionary.mentions(&requirement.text);
        let is_name = |place: usize| names.iter().any(|name| name.range.contains(&place));
        let rest = words.iter().filter(|word| !is_name(word.range.start));
        let all = Stems::of(&Words::of(requirement).line());
        Self { requirement, all, rest: Stems::of_words(rest) }
    }
}

/// Pairs requirements that left with those that came: each id with the one that took its place. The most
/// alike come first and each stands in one pair, whatever the order of the lists.
///
/// Two are the same thought if they have the same kind, name the same skills at depths that do not
/// contradict each other, and have most of their other words in common, or most of all; or if they say nothing
/// but those skills and depths. Only where all words are the same, but for endings and misspelt letters, may the skills
/// differ: a misspelt name was none.
pub(in crate::ladder) fn pairs(
    left: &[&Requirement],
    came: &[&Requirement],
    dictionary: &Dictionary,
) -> BTreeMap<String, String> {
    most_alike(left, came, dictionary, sameness)
}

/// Pairs requirements that left with those that came and ask the same more or less deeply, or of more or
/// fewer skills: each id with the other. It is a guess, as [`pairs`] is.
pub(in crate::ladder) fn asked_otherwise(
    left: &[&Requirement],
    came: &[&Requirement],
    dictionary: &Dictionary,
) -> BTreeMap<String, String> {
    most_alike(left, came, dictionary, relation)
}

/// The pairs that are the most alike, each id in one pair.
fn most_alike(
    left: &[&Requirement],
    came: &[&Requirement],
    dictionary: &Dictionary,
    alike_by: fn(&Compared<'_>, &Compared<'_>) -> Option<(usize, usize)>,
) -> BTreeMap<String, String> {
    if left.is_empty() || came.is_empty() {
        return BTreeMap::new();
    }
    let left = left.iter().map(|one| Compared::new(one, dictionary)).collect::<Vec<_>>();
    let came = came.iter().map(|one| Compared::new(one, dictionary)).collect::<Vec<_>>();
    let mut alike = Vec::new();
    for old in &left {
        for new in &came {
            if let Some((likeness, of_all)) = alike_by(old, new) {
                let ids = (&old.requirement.id, &new.requirement.id);
                alike.push((Reverse((likeness, of_all)), ids));
            }
        }
    }
    alike.sort_unstable();
    let (mut pairs, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for (_, (old, new)) in alike {
        if !pairs.contains_key(old) && taken.insert(new) {
            pairs.insert(old.clone(), new.clone());
        }
    }
    pairs
}

/// How much two requirements are the same thought, of 100, and how alike all their words are; `None` if they
/// are not.
fn sameness(old: &Compared<'_>, new: &Compared<'_>) -> Option<(usize, usize)> {
    let (one, other) = (old.requirement, new.requirement);
    if !kinds_agree(one.kind, other.kind) {
        return None;
    }
    let of_all = likeness(&old.all, &new.all);
    let of_rest = match (old.rest.is_empty(), new.rest.is_empty()) {
        (true, true) if !one.skills.is_empty() => 100,
        (true, _) | (_, true) => of_all,
        (false, false) => likeness(&old.rest, &new.rest),
    };
    let says_only_skills = !one.skills.is_empty() && !one.says_more && !other.says_more;
    let found = match skills_agree(&one.skills, &other.skills) {
        Agreement::Same if says_only_skills => of_rest.max(of_all).max(ALIKE),
        Agreement::Same if of_all >= ALIKE_WITH_NAMES => of_rest.max(of_all),
        Agreement::Same => of_rest,
        Agreement::Other if of_all == 100 => of_all,
        Agreement::Other | Agreement::Contradict => 0,
    };
    (found >= ALIKE).then_some((found, of_all))
}

/// How much two requirements ask the same, of 100, but for how deeply or of how many skills, and how alike
/// all their words are; `None` if they do not.
fn relation(old: &Compared<'_>, new: &Compared<'_>) -> Option<(usize, usize)> {
    let (one, other) = (old.requirement, new.requirement);
    let besides_depth = |kind: Option<Kind>| kind.filter(|_| Depth::of_label(kind).is_none());
    let has_all = |one: &Requirement, other: &Requirement| {
        one.slugs().all(|slug| other.named(slug).is_some())
    };
    if besides_depth(one.kind) != besides_depth(other.kind)
        || one.skills.is_empty()
        || other.skills.is_empty()
        || !(has_all(one, other) || has_all(other, one))
    {
        return None;
    }
    let of_all = likeness(&old.all, &new.all);
    let found = if one.says_more || other.says_more {
        match (old.rest.is_empty(), new.rest.is_empty()) {
            (false, false) => likeness(&old.rest, &new.rest),
            (true, true) => 100,
            _ => 0,
        }
    } else {
        100
    };
    (found >= ALIKE).then_some((found, of_all))
}

/// Whether two kinds are the same, or one of them is none and the other states no depth.
fn kinds_agree(one: Option<Kind>, other: Option<Kind>) -> bool {
    let states_depth = |kind| Depth::of_label(kind).is_some();
    one == other
        || (one.is_none() && !states_depth(other))
        || (other.is_none() && !states_depth(one))
}

enum Agreement {
    /// The same skills.
    Same,
    /// Other skills.
    Other,
    /// The same skills, of which one is asked at two depths.
    Contradict,
}

fn skills_agree(one: &[NamedSkill], other: &[NamedSkill]) -> Agreement {
    let like = |named: &NamedSkill| other.iter().find(|like| like.slug == named.slug);
    if one.len() != other.len() || !one.iter().all(|named| like(named).is_some()) {
        return Agreement::Other;
    }
    let contradicts = |named: &NamedSkill| {
        like(named).is_some_and(|like| {
            like.depth != named.depth && like.depth.is_some() && named.depth.is_some()
        })
    };
    if one.iter().any(contradicts) { Agreement::Contradict } else { Agreement::Same }
}
