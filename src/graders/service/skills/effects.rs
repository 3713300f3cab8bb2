//! What a change of the dictionary does to the texts, computed before it is made.

use std::collections::{BTreeMap, HashMap};

use super::index::READ_AT_ONCE;
use crate::db::Database;
use crate::graders::models;
use crate::graders::models::professions::ProfessionRow;
use crate::graders::service::{ServiceError, level_names};
use crate::ladder::rewording::{Change, Rewording};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Level, LevelName};

/// How many requirements are shown; the others are counted.
pub const MOST_SHOWN: usize = 100;

/// What a change does to all descriptions.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// How many requirements will name other skills.
    pub count: usize,
    /// For each skill that some of them begin or cease to name: how many do.
    pub skills: Vec<SkillEffect>,
    /// The first of the requirements, in the order of the catalogue.
    pub places: Vec<Place>,
}

/// What a change does to what one skill is named by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillEffect {
    /// The skill's name on pages.
    pub title: String,
    /// How many requirements begin to name it.
    pub gained: usize,
    /// How many no longer name it.
    pub lost: usize,
}

/// A requirement that will name other skills.
#[derive(Clone, Debug)]
pub struct Place {
    /// The profession's name in addresses.
    pub slug: String,
    /// The profession's name on pages.
    pub profession: String,
    /// The grade that asks it.
    pub name: LevelName,
    /// Its words.
    pub text: String,
    /// The titles of the skills it begins to name.
    pub gained: Vec<String>,
    /// The titles of the skills it no longer names.
    pub lost: Vec<String>,
}

/// Reads every description with the dictionary as it is and as it will be, a few at a time.
///
/// # Errors
///
/// If the database does not answer.
pub fn preview(
    database: &Database,
    dictionary: &Dictionary,
    changes: &[Change],
) -> Result<Effects, ServiceError> {
    let Some(rewording) = Rewording::new(dictionary, changes)? else {
        return Ok(Effects::default());
    };
    database.read(|connection| {
        let professions = models::professions::in_order(connection, 0, i64::MAX)?;
        let order = professions.iter().enumerate();
        let order = order.map(|(place, row)| (row.id, place)).collect::<HashMap<_, _>>();
        let rows = models::grades::described(connection)?.into_iter();
        let mut grades = rows
            .filter_map(|(id, _, profession, level)| {
                Some((*order.get(&profession)?, Level::from(level), id))
            })
            .collect::<Vec<_>>();
        grades.sort_unstable();
        let scales = level_names::load(connection)?;
        let mut gathered = Gathered::new(dictionary, &rewording);
        for part in grades.chunks(READ_AT_ONCE) {
            let ids = part.iter().map(|(_, _, id)| *id).collect::<Vec<_>>();
            let rows = models::grades::with_ids(connection, &ids)?.into_iter();
            let mut texts =
                rows.map(|row| (row.grade_id, row.description)).collect::<HashMap<_, _>>();
            for (place, level, id) in part {
                let text = texts.remove(id).flatten().unwrap_or_default();
                let profession = &professions[*place];
                let name = scales.name(profession.scale_id, *level);
                gathered.read(profession, &name, &text);
            }
        }
        Ok(gathered.effects())
    })
}

/// Effects as they are found.
struct Gathered<'a> {
    before: &'a Dictionary,
    rewording: &'a Rewording<'a>,
    count: usize,
    /// By title, how many requirements begin and cease to name the skill.
    skills: BTreeMap<String, (usize, usize)>,
    places: Vec<Place>,
}

impl<'a> Gathered<'a> {
    fn new(before: &'a Dictionary, rewording: &'a Rewording<'a>) -> Self {
        Self { before, rewording, count: 0, skills: BTreeMap::new(), places: Vec::new() }
    }

    fn read(&mut self, profession: &ProfessionRow, name: &LevelName, text: &str) {
        for reworded in self.rewording.of(text) {
            let gained = titles(self.rewording.after(), &reworded.gained);
            let lost = titles(self.before, &reworded.lost);
            self.count += 1;
            for title in &gained {
                self.skills.entry(title.clone()).or_default().0 += 1;
            }
            for title in &lost {
                self.skills.entry(title.clone()).or_default().1 += 1;
            }
            if self.places.len() < MOST_SHOWN {
                self.places.push(Place {
                    slug: profession.slug.clone(),
                    profession: profession.title.clone(),
                    name: name.clone(),
                    text: reworded.text,
                    gained,
                    lost,
                });
            }
        }
    }

    fn effects(self) -> Effects {
        let effect = |(title, (gained, lost))| SkillEffect { title, gained, lost };
        let mut skills = self.skills.into_iter().map(effect).collect::<Vec<_>>();
        skills.sort_by_key(|skill| std::cmp::Reverse(skill.gained + skill.lost));
        Effects { count: self.count, skills, places: self.places }
    }
}

fn titles(dictionary: &Dictionary, slugs: &[String]) -> Vec<String> {
    let found = slugs.iter().filter_map(|slug| dictionary.skill(slug));
    found.map(|skill| skill.title.clone()).collect()
}
