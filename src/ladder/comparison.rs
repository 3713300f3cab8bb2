//! Comparing two grades of the same ladder or of different ones: by skill, by deed and by wording.

mod deeds;

use std::collections::HashMap;

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

pub use self::deeds::ComparedDeed;
use super::words::normalized;
use super::{Asked, Depth, Kind, Ladder, Level, LevelName, Requirement, Step};
use crate::variants;

/// The differences between two grades. Grades accumulate, so each includes all grades below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// All that the start asks for, lowest level first.
    pub from: Vec<Asked>,
    /// All that the target asks for, lowest level first.
    pub to: Vec<Asked>,
    /// Each skill of either grade once: those of the target in the order they appear, then the rest.
    pub skills: Vec<ComparedSkill>,
    /// The requirements that ask for something done, by what becomes of them, lowest level first.
    pub deeds: Vec<ComparedDeed>,
    /// Requirements of the target that the start does not word in the same way, lowest level first.
    pub added: Vec<Added>,
    /// Requirements of both, as the target words them, lowest level first.
    pub carried_over: Vec<Asked>,
    /// Requirements of the start that the target does not word in the same way, lowest level first.
    pub dropped: Vec<Asked>,
}

/// What becomes of a skill between two grades.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, IntoStaticStr, VariantArray,
)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "snake_case")]
pub enum Change {
    /// Only the target asks for it.
    New,
    /// The target asks for it more deeply, or says how deeply where the start does not.
    Deeper,
    /// The target asks for it no more deeply.
    Same,
    /// Only the start asks for it.
    NotNeeded,
}

/// A skill of one or both of two grades.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedSkill {
    /// Its slug.
    pub slug: String,
    /// What becomes of it.
    pub change: Change,
    /// How the start asks for it; `None` if it does not.
    pub from: Option<AskedSkill>,
    /// How the target asks for it; `None` if it does not.
    pub to: Option<AskedSkill>,
}

/// How a grade, with all below it, asks for a skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedSkill {
    /// The greatest depth; `None` if none is stated.
    pub depth: Option<Depth>,
    /// The requirements that name it, as indices in what the grade asks for: first the one that states
    /// the depth, then the others, lowest level first.
    pub requirements: Vec<usize>,
}

/// A requirement of the target grade that the start grade does not word in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The requirement and its level.
    pub asked: Asked,
    /// Slugs of its skills that the start asks for less deeply.
    pub deepened: Vec<String>,
    /// Slugs of its skills that the start already asks for as deeply.
    pub known: Vec<String>,
}

/// A skill that a grade asks for more deeply than the grades below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deepened {
    /// Its slug.
    pub slug: String,
    /// The greatest depth below; `None` if none was stated.
    pub from: Option<Depth>,
    /// The level that asked for it, as its ladder names it.
    pub name: LevelName,
}

/// Two requirements with the same kind and the same normalized text are equal.
type Key = (Option<Kind>, String);

impl Change {
    /// All changes, in the order of their importance.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The place in the order of importance, from 1.
    #[must_use]
    pub const fn place(self) -> u8 {
        self as u8 + 1
    }
}

impl Comparison {
    /// Compares a grade of one ladder with a grade of the same or another one.
    #[must_use]
    pub fn new((from, start): (&Ladder, Level), (to, target): (&Ladder, Level)) -> Self {
        let (from, to) = (from.accumulated_once(start), to.accumulated_once(target));
        let skills = compared_skills(&from, &to);
        let deeds = deeds::compared(&from, &to);
        let (added, carried_over, dropped) = by_wording(&from, &to);
        Self { from, to, skills, deeds, added, carried_over, dropped }
    }

    /// The skills with this change.
    #[must_use]
    pub fn skills_with(&self, change: Change) -> Vec<&ComparedSkill> {
        self.skills.iter().filter(|skill| skill.change == change).collect()
    }

    /// The requirements of the target that neither ask for a new skill nor deepen one, but say more about
    /// known skills than the start does.
    #[must_use]
    pub fn more_about_known(&self) -> Vec<&Added> {
        let about_known = |added: &&Added| {
            let requirement = &added.asked.requirement;
            !requirement.is_deed()
                && requirement.says_more
                && added.known.len() == requirement.skills.len()
        };
        self.added.iter().filter(about_known).collect()
    }
}

impl ComparedSkill {
    /// Whether the target states a depth where the start states none.
    #[must_use]
    pub fn is_specified(&self) -> bool {
        self.change == Change::Deeper && self.from.as_ref().is_some_and(|from| from.depth.is_none())
    }
}

impl Added {
    fn new(asked: Asked, depths: &HashMap<String, Option<Depth>>) -> Self {
        let (mut deepened, mut known) = (Vec::new(), Vec::new());
        for skill in &asked.requirement.skills {
            match depths.get(&skill.slug) {
                Some(depth) if *depth < skill.depth => deepened.push(skill.slug.clone()),
                Some(_) => known.push(skill.slug.clone()),
                None => {}
            }
        }
        Self { asked, deepened, known }
    }
}

impl Ladder {
    /// For each requirement of a grade that asks for no new skill and deepens some, by its id, what it
    /// deepens.
    #[must_use]
    pub fn deepened_at(&self, level: Level) -> HashMap<String, Vec<Deepened>> {
        let mut known = HashMap::<&str, (Option<Depth>, &LevelName)>::new();
        let is_own = |step: &Step<'_>| step.origin.is_none() && step.grade.level == level;
        for Step { grade, .. } in self.steps(level).into_iter().filter(|step| !is_own(step)) {
            for skill in grade.requirements().iter().flat_map(|asked| &asked.skills) {
                let before = known.entry(&skill.slug).or_insert((skill.depth, &grade.name));
                if skill.depth > before.0 {
                    *before = (skill.depth, &grade.name);
                }
            }
        }
        let mut deepened = HashMap::new();
        let requirements = self.grade(level).map_or(&[][..], |grade| grade.requirements());
        for requirement in requirements.iter().filter(|requirement| !requirement.is_deed()) {
            let before = requirement.skills.iter().map(|skill| {
                let (from, name) = *known.get(skill.slug.as_str())?;
                Some((skill, from, name))
            });
            let Some(before) = before.collect::<Option<Vec<_>>>() else { continue };
            let deeper = before.into_iter().filter(|(skill, from, _)| skill.depth > *from);
            let deeper = deeper.map(|(skill, from, name)| Deepened {
                slug: skill.slug.clone(),
                from,
                name: name.clone(),
            });
            let deeper = deeper.collect::<Vec<_>>();
            if !deeper.is_empty() {
                deepened.insert(requirement.id.clone(), deeper);
            }
        }
        deepened
    }
}

/// For each skill slug the greatest depth it is asked for; `None` if none is stated.
pub(super) fn depths(asked: &[Asked]) -> HashMap<String, Option<Depth>> {
    let mut depths = HashMap::<String, Option<Depth>>::new();
    for skill in asked.iter().flat_map(|asked| &asked.requirement.skills) {
        let known = depths.entry(skill.slug.clone()).or_default();
        *known = skill.depth.max(*known);
    }
    depths
}

/// The skills that a grade asks for, in the order they appear.
fn asked_skills(asked: &[Asked]) -> Vec<(&str, AskedSkill)> {
    let mut skills = Vec::<(&str, AskedSkill)>::new();
    let mut places = HashMap::<&str, usize>::new();
    for (index, asked) in asked.iter().enumerate() {
        for skill in &asked.requirement.skills {
            let place = *places.entry(&skill.slug).or_insert(skills.len());
            match skills.get_mut(place) {
                None => skills.push((
                    &skill.slug,
                    AskedSkill { depth: skill.depth, requirements: vec![index] },
                )),
                Some((_, known)) if skill.depth > known.depth => {
                    known.depth = skill.depth;
                    known.requirements.insert(0, index);
                }
                Some((_, known)) => known.requirements.push(index),
            }
        }
    }
    for (_, skill) in &mut skills {
        skill.requirements[1..].sort_unstable();
    }
    skills
}

fn compared_skills(from: &[Asked], to: &[Asked]) -> Vec<ComparedSkill> {
    let before = asked_skills(from);
    let mut left = before.iter().cloned().collect::<HashMap<_, _>>();
    let mut compared = Vec::new();
    for (slug, to) in asked_skills(to) {
        let from = left.remove(slug);
        let change = match &from {
            None => Change::New,
            Some(from) if to.depth > from.depth => Change::Deeper,
            Some(_) => Change::Same,
        };
        compared.push(ComparedSkill { slug: slug.to_owned(), change, from, to: Some(to) });
    }
    for (slug, _) in before {
        if let Some(from) = left.remove(slug) {
            let slug = slug.to_owned();
            let (change, to) = (Change::NotNeeded, None);
            compared.push(ComparedSkill { slug, change, from: Some(from), to });
        }
    }
    compared
}

/// The requirements of the target only, of both, and of the start only.
fn by_wording(from: &[Asked], to: &[Asked]) -> (Vec<Added>, Vec<Asked>, Vec<Asked>) {
    let depths = depths(from);
    let mut unmatched = HashMap::<Key, usize>::new();
    for asked in from {
        *unmatched.entry(key(&asked.requirement)).or_default() += 1;
    }
    let (mut added, mut carried_over) = (Vec::new(), Vec::new());
    for asked in to {
        match unmatched.get_mut(&key(&asked.requirement)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                carried_over.push(asked.clone());
            }
            _ => added.push(Added::new(asked.clone(), &depths)),
        }
    }
    // What is still unmatched was dropped; of two equal requirements the later one.
    let mut dropped = Vec::new();
    for asked in from.iter().rev() {
        if let Some(left) = unmatched.get_mut(&key(&asked.requirement))
            && *left > 0
        {
            *left -= 1;
            dropped.push(asked.clone());
        }
    }
    dropped.reverse();
    (added, carried_over, dropped)
}

fn key(requirement: &Requirement) -> Key {
    (requirement.kind, normalized(&requirement.text))
}

#[cfg(test)]
mod tests;
