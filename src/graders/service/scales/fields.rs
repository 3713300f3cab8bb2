//! What a scale says of itself, and what can be wrong with it.

use std::collections::BTreeMap;

use crate::clean::is_name;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::scales::LevelRow;
use crate::graders::service::ServiceError;
use crate::graders::service::texts::{LONGEST_TITLE, is_slug, proposed_slug};
use crate::ladder::Level;

/// Characters the title of a level may have.
pub const LONGEST_LEVEL: usize = 40;

/// What stands in the place of a level's address in addresses of pages beside the page of a grade.
const PAGES_BESIDE: [&str; 4] = ["delete", "history", "ladder", "publication"];

/// What a scale says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScaleFields {
    /// The name that owners and editors call it by.
    pub title: String,
    /// The levels it has, lowest first.
    pub levels: Vec<LevelFields>,
}

/// One level of a scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelFields {
    /// The rank it names.
    pub level: Level,
    /// The name on pages.
    pub title: String,
    /// The name in addresses.
    pub slug: String,
    /// Whether it opens a new base level.
    pub is_base: bool,
}

/// Why a change of a scale can't be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidField {
    /// Nothing to see, longer than [`LONGEST_TITLE`], or of more than one line.
    Title,
    /// Another scale is called so.
    TitleTaken,
    /// Another scale has the address that the title makes, or it makes none.
    TitleSlug,
    /// It has no level.
    NoLevels,
    /// Nothing to see, longer than [`LONGEST_LEVEL`], or of more than one line.
    LevelTitle(Level),
    /// A lower level, the second one, is called the same.
    LevelTitleTwice(Level, Level),
    /// Not 1 to 100 small Latin letters, digits and hyphens.
    LevelSlug(Level),
    /// A lower level, the second one, has the same address.
    LevelSlugTwice(Level, Level),
    /// A page beside that of a grade has this address.
    LevelSlugTaken(Level),
    /// In the default scale this is the address of the second level, so it would name two.
    LevelSlugOfAnother(Level, Level),
    /// It is left out, but the ladders of these professions have it.
    LevelUsed(Level, Vec<String>),
}

impl ScaleFields {
    /// The same in order: levels by rank, addresses made of titles where none was typed, and the
    /// lowest level a base level.
    #[must_use]
    pub fn completed(mut self) -> Self {
        self.levels.sort_by_key(|level| level.level);
        for level in &mut self.levels {
            if level.slug.is_empty() {
                // The sign tells levels apart, as in the default scale: «TL+» is tl-plus.
                level.slug = proposed_slug(&level.title.replace('+', " plus "));
            }
        }
        if let Some(lowest) = self.levels.first_mut() {
            lowest.is_base = true;
        }
        self
    }

    /// Its levels as rows.
    pub(in crate::graders::service) fn rows(&self, scale_id: i32) -> Vec<LevelRow> {
        self.levels.iter().map(|level| level.row(scale_id)).collect()
    }

    /// The level of a rank.
    #[must_use]
    pub fn level(&self, level: Level) -> Option<&LevelFields> {
        self.levels.iter().find(|found| found.level == level)
    }
}

impl LevelFields {
    pub(super) fn row(&self, scale_id: i32) -> LevelRow {
        let Self { level, title, slug, is_base } = self.clone();
        LevelRow { scale_id, level_name: level, title, slug, is_base }
    }
}

/// What is wrong with the fields of a scale, all at once; they are [`ScaleFields::completed`].
pub fn faults(
    connection: &mut DbConnection,
    fields: &ScaleFields,
    id: Option<i32>,
) -> Result<Vec<InvalidField>, ServiceError> {
    let mut faults = own_faults(fields);
    let others = models::scales::all(connection)?;
    let mut others = others.iter().filter(|other| Some(other.id) != id);
    if faults.contains(&InvalidField::Title) {
        // A title that is none is not compared.
    } else if others.clone().any(|other| same(&other.title, &fields.title)) {
        faults.push(InvalidField::TitleTaken);
    } else if id.is_none() {
        let slug = proposed_slug(&fields.title);
        if !is_slug(&slug) || others.any(|other| other.slug == slug) {
            faults.push(InvalidField::TitleSlug);
        }
    }
    if let Some(id) = id {
        let mut used = BTreeMap::<Level, Vec<String>>::new();
        for (level, profession) in models::scales::used_levels(connection, id)? {
            used.entry(level.into()).or_default().push(profession);
        }
        used.retain(|level, _| fields.level(*level).is_none());
        faults.extend(used.into_iter().map(|(level, by)| InvalidField::LevelUsed(level, by)));
    }
    Ok(faults)
}

/// What is wrong with the fields whatever other scales and ladders there are.
pub fn own_faults(fields: &ScaleFields) -> Vec<InvalidField> {
    let mut faults = Vec::new();
    if !is_name(&fields.title, LONGEST_TITLE) {
        faults.push(InvalidField::Title);
    }
    if fields.levels.is_empty() {
        faults.push(InvalidField::NoLevels);
    }
    for (index, level) in fields.levels.iter().enumerate() {
        faults.extend(level_faults(level, &fields.levels[..index]));
    }
    faults
}

/// What is wrong with one level above some others.
fn level_faults(level: &LevelFields, lower: &[LevelFields]) -> Vec<InvalidField> {
    let mut faults = Vec::new();
    if !is_name(&level.title, LONGEST_LEVEL) {
        faults.push(InvalidField::LevelTitle(level.level));
        if level.slug.is_empty() {
            return faults;
        }
    } else if let Some(other) = lower.iter().find(|other| same(&other.title, &level.title)) {
        faults.push(InvalidField::LevelTitleTwice(level.level, other.level));
        // An address made of the title is the same for the same reason.
        if other.slug == level.slug {
            return faults;
        }
    }
    let default = Level::from_slug(&level.slug).filter(|default| *default != level.level);
    if !is_slug(&level.slug) {
        faults.push(InvalidField::LevelSlug(level.level));
    } else if let Some(other) = lower.iter().find(|other| other.slug == level.slug) {
        faults.push(InvalidField::LevelSlugTwice(level.level, other.level));
    } else if PAGES_BESIDE.contains(&level.slug.as_str()) {
        faults.push(InvalidField::LevelSlugTaken(level.level));
    } else if let Some(default) = default {
        faults.push(InvalidField::LevelSlugOfAnother(level.level, default));
    }
    faults
}

/// Whether two names differ in case at most.
pub fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
