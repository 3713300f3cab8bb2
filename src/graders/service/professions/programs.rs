//! Changes that programs make to professions and grades: each only to the state that the program
//! has seen, and a creation only once under its idempotency key.

use super::editing::{self, Change, Changed};
use super::fields::{InvalidField, ProfessionFields, check, fields_of, find};
use super::inclusion::{Inclusion, InvalidInclusion};
use super::ladder::grade_of;
use super::records::{ProfessionRecord, found_grade, with_grades};
use super::scale;
use crate::audit::service::Actor;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::professions::{ProfessionRow, WholeProfessionRow};
use crate::graders::service::grades::{self, GradeFields, GradeRecord};
use crate::graders::service::idempotency::{IdempotencyKey, KeyReused, idempotently};
use crate::graders::service::{ServiceError, identity};
use crate::ladder::Level;
use crate::ladder::comments::without_comments;

/// A change of a grade; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct GradeChange {
    /// Another level.
    pub level: Option<Level>,
    /// Another description; an empty one takes the description away.
    pub description: Option<String>,
    /// Why.
    pub note: String,
    /// The ids of requirements that new ones replaced.
    pub said_new: Vec<String>,
}

/// A change of a profession; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ProfessionChange {
    /// Another name on pages.
    pub title: Option<String>,
    /// Another name in addresses.
    pub slug: Option<String>,
    /// Another phrase.
    pub summary: Option<String>,
    /// Another track.
    pub track: Option<String>,
    /// Another included ladder, or none.
    pub includes: Option<Option<Inclusion>>,
    /// Another scale; `Some(None)` for the default one.
    pub scale: Option<Option<String>>,
}

/// What of a change contradicts what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Another profession has this address, or had it before.
    SlugTaken,
    /// No track has this name.
    NoSuchTrack,
    /// No scale has this name.
    NoSuchScale,
    /// The scale leaves out levels of the ladder.
    ScaleLacks,
    /// The profession's scale leaves out the level.
    LevelNotInScale,
    /// The new profession's scale leaves out the level of the grade at this index.
    LevelOfLadderNotInScale(usize),
    /// No profession has this number.
    NoSuchProfession,
    /// The ladder has a grade of this level.
    LevelTaken,
    /// The new ladder has the level of the grade at this index twice.
    LevelTwice(usize),
    /// The ladder that is wanted can't be included.
    Inclusion(InvalidInclusion),
    /// The stored description has comments, which programs do not see, and the new one has none.
    HiddenComments,
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It contradicts what is stored.
    #[error("conflicts: {0:?}")]
    Conflicts(Vec<Conflict>),
    /// The fields themselves are not in order.
    #[error("invalid fields: {0:?}")]
    Invalid(Vec<InvalidField>),
    /// It was changed by somebody else since the program has seen it.
    #[error("changed in between")]
    Stale,
    /// The key named another request before.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<r2d2::Error> for Refusal {
    fn from(error: r2d2::Error) -> Self {
        Self::Service(error.into())
    }
}

impl From<diesel::result::Error> for Refusal {
    fn from(error: diesel::result::Error) -> Self {
        Self::Service(error.into())
    }
}

/// Makes a profession, the last of its track, with a ladder. `write` makes of it the body to
/// answer with, which is what the same request gets when it is sent again under its key.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn create_with_ladder(
    database: &Database,
    fields: &ProfessionFields,
    ladder: &[GradeFields],
    key: Option<&IdempotencyKey>,
    by: &Actor,
    write: impl FnOnce(&ProfessionRecord) -> String,
) -> Result<String, Refusal> {
    database.change_catalogue(|connection| {
        idempotently(connection, key, |connection| {
            let mut conflicts = fitting(connection, fields, None)?;
            let is_second = |(index, grade): (usize, &GradeFields)| {
                let is_before = ladder[..index].iter().any(|other| other.level == grade.level);
                is_before.then_some(Conflict::LevelTwice(index))
            };
            conflicts.extend(ladder.iter().enumerate().filter_map(is_second));
            if !conflicts.contains(&Conflict::NoSuchScale) {
                let scale_id = scale::id_of(connection, fields.scale.as_deref())?;
                let levels = ladder.iter().map(|grade| grade.level);
                let lacking = scale::lacking(connection, scale_id, levels)?;
                let is_beyond = |(index, grade): (usize, &GradeFields)| {
                    let beyond = lacking.contains(&grade.level);
                    beyond.then_some(Conflict::LevelOfLadderNotInScale(index))
                };
                conflicts.extend(ladder.iter().enumerate().filter_map(is_beyond));
            }
            if !conflicts.is_empty() {
                return Err(Refusal::Conflicts(conflicts));
            }
            let row = editing::store_new(connection, (fields, false), ladder, by)?;
            Ok(write(&with_grades(connection, row)?))
        })
    })
}

/// Changes a profession, if `is_seen` knows it as it is now.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn patch(
    database: &Database,
    slug: &str,
    change: ProfessionChange,
    by: &Actor,
    is_seen: impl FnOnce(&ProfessionRecord) -> bool,
) -> Result<ProfessionRecord, Refusal> {
    database.change_catalogue(|connection| {
        let row = published(connection, slug)?;
        let before = fields_of(connection, &row)?;
        let fields = ProfessionFields {
            title: change.title.unwrap_or_else(|| before.title.clone()),
            slug: change.slug.unwrap_or_else(|| before.slug.clone()),
            summary: change.summary.unwrap_or_else(|| before.summary.clone()),
            track: change.track.unwrap_or_else(|| before.track.clone()),
            includes: change.includes.unwrap_or_else(|| before.includes.clone()),
            scale: change.scale.unwrap_or_else(|| before.scale.clone()),
        };
        let conflicts = fitting(connection, &fields, Some(row.id))?;
        if !conflicts.is_empty() {
            return Err(Refusal::Conflicts(conflicts));
        }
        let present = with_grades(connection, row.clone())?;
        if !is_seen(&present) {
            return Err(Refusal::Stale);
        }
        if fields == before {
            return Ok(present);
        }
        let slug = store(connection, row, &Change::Fields(fields), by)?;
        let row = find(connection, &slug)?;
        Ok(with_grades(connection, row)?)
    })
}

/// Takes a profession and its ladder away, if `is_seen` knows it as it is now. It can be brought
/// back by an editor.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn delete(
    database: &Database,
    slug: &str,
    by: &Actor,
    is_seen: impl FnOnce(&ProfessionRecord) -> bool,
) -> Result<(), Refusal> {
    database.change_catalogue(|connection| {
        let row = published(connection, slug)?;
        if !is_seen(&with_grades(connection, row.clone())?) {
            return Err(Refusal::Stale);
        }
        store(connection, row, &Change::Delete, by)?;
        Ok(())
    })
}

/// Which profession a grade is made for.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    /// By its name in addresses.
    Slug(&'a str),
    /// By its number.
    Id(i32),
}

/// Makes a grade. `write` makes of it the body to answer with, which is what the same request
/// gets when it is sent again under its key.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn create_grade(
    database: &Database,
    owner: Owner<'_>,
    fields: GradeFields,
    key: Option<&IdempotencyKey>,
    by: &Actor,
    write: impl FnOnce(&GradeRecord) -> String,
) -> Result<String, Refusal> {
    database.change_catalogue(|connection| {
        idempotently(connection, key, |connection| {
            let row = match owner {
                Owner::Slug(slug) => published(connection, slug)?,
                Owner::Id(id) => models::professions::whole_by_id(connection, id)?
                    .filter(|row| !row.is_draft)
                    .ok_or_else(|| Refusal::Conflicts(vec![Conflict::NoSuchProfession]))?,
            };
            let level = fields.level;
            if grade_of(connection, row.id, level)?.is_some() {
                return Err(Refusal::Conflicts(vec![Conflict::LevelTaken]));
            }
            if !scale::lacking(connection, row.scale_id, [level])?.is_empty() {
                return Err(Refusal::Conflicts(vec![Conflict::LevelNotInScale]));
            }
            let id = row.id;
            store(connection, row, &Change::AddGrades(vec![fields]), by)?;
            let made = grade_of(connection, id, level)?.ok_or(diesel::NotFound)?;
            Ok(write(&found_grade(connection, made.grade_id)?.0))
        })
    })
}

/// Changes a grade, if `is_seen` knows it as it is now.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn patch_grade(
    database: &Database,
    id: i32,
    change: &GradeChange,
    by: &Actor,
    is_seen: impl FnOnce(&GradeRecord) -> bool,
) -> Result<GradeRecord, Refusal> {
    database.change_catalogue(|connection| {
        let (grade, profession) = published_grade(connection, id)?;
        let level = change.level.filter(|level| *level != grade.level);
        if level.is_some_and(|level| profession.grades.iter().any(|other| other.level == level)) {
            return Err(Refusal::Conflicts(vec![Conflict::LevelTaken]));
        }
        let row = find(connection, &profession.slug)?;
        if !scale::lacking(connection, row.scale_id, level)?.is_empty() {
            return Err(Refusal::Conflicts(vec![Conflict::LevelNotInScale]));
        }
        if !is_seen(&grade) {
            return Err(Refusal::Stale);
        }
        let owner = ProfessionRow::from(&row);
        if let Some(to) = level {
            let change = Change::ChangeLevel { from: grade.level, to };
            store(connection, row, &change, by)?;
        }
        let row = models::grades::by_id(connection, id)?.ok_or(diesel::NotFound)?;
        let stored = row.description.as_deref().unwrap_or_default();
        if let Some(text) = &change.description
            && stored != text
            && without_comments(stored) != *text
        {
            if without_comments(stored) != stored && without_comments(text) == *text {
                return Err(Refusal::Conflicts(vec![Conflict::HiddenComments]));
            }
            identity::keeping_described(connection, &row, text, &change.said_new, |connection| {
                grades::store(connection, &owner, &row, text, &change.note, by)
            })?;
        }
        Ok(found_grade(connection, id)?.0)
    })
}

/// Takes a grade away, if `is_seen` knows it as it is now. It can be brought back by an editor.
///
/// # Errors
///
/// [`Refusal`]; if the database does not answer.
pub fn delete_grade(
    database: &Database,
    id: i32,
    by: &Actor,
    is_seen: impl FnOnce(&GradeRecord) -> bool,
) -> Result<(), Refusal> {
    database.change_catalogue(|connection| {
        let (grade, profession) = published_grade(connection, id)?;
        if !is_seen(&grade) {
            return Err(Refusal::Stale);
        }
        let row = find(connection, &profession.slug)?;
        store(connection, row, &Change::RemoveGrade(grade.level), by)?;
        Ok(())
    })
}

/// The profession at an address. Programs know no drafts.
fn published(
    connection: &mut DbConnection,
    slug: &str,
) -> Result<WholeProfessionRow, ServiceError> {
    let row = find(connection, slug)?;
    if row.is_draft { Err(ServiceError::NoSuchProfession) } else { Ok(row) }
}

/// A grade of no draft, and its profession.
fn published_grade(
    connection: &mut DbConnection,
    id: i32,
) -> Result<(GradeRecord, ProfessionRecord), ServiceError> {
    let (grade, profession) = found_grade(connection, id)?;
    if models::professions::is_draft(connection, profession.id)? {
        return Err(ServiceError::NoSuchGrade);
    }
    Ok((grade, profession))
}

/// Stores a change that was found valid; returns the address of the profession after it.
fn store(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
    change: &Change,
    by: &Actor,
) -> Result<String, Refusal> {
    let slug = row.slug.clone();
    match editing::store(connection, row, change, by)? {
        Changed::Stored { slug, .. } => Ok(slug),
        Changed::Invalid(invalid) => Err(Refusal::Invalid(invalid)),
        Changed::Unchanged | Changed::Conflict(_) => Ok(slug),
    }
}

/// What of some fields contradicts what is stored, if the fields themselves are in order.
fn fitting(
    connection: &mut DbConnection,
    fields: &ProfessionFields,
    id: Option<i32>,
) -> Result<Vec<Conflict>, Refusal> {
    let (mut conflicts, mut invalid) = (Vec::new(), Vec::new());
    for field in check(connection, fields, (id, false))? {
        match field {
            InvalidField::SlugTaken(_) => conflicts.push(Conflict::SlugTaken),
            InvalidField::Track => conflicts.push(Conflict::NoSuchTrack),
            InvalidField::Inclusion(why) => conflicts.push(Conflict::Inclusion(why)),
            InvalidField::Scale => conflicts.push(Conflict::NoSuchScale),
            InvalidField::ScaleLacks(_) => conflicts.push(Conflict::ScaleLacks),
            other => invalid.push(other),
        }
    }
    if invalid.is_empty() { Ok(conflicts) } else { Err(Refusal::Invalid(invalid)) }
}
