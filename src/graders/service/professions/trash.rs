//! Professions and grades that were deleted, and bringing them back.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;

use super::editing::noted;
use super::fields::{find, slug_taken_by};
use super::inclusion;
use super::ladder::{grade_of, insert_restored, last_seen};
use super::scale;
use super::snapshot::{GradeSnapshot, Snapshot, record};
use crate::audit::service::Actor;
use crate::db::{self, Database, DbConnection};
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::revisions::{self, Snapshot as _};
use crate::graders::service::{ServiceError, identity, level_names, search};
use crate::ladder::{Level, LevelName};

/// How many of the latest changes are searched for deleted grades.
const MOST_CHANGES: i64 = 1_000;

/// What was deleted and can come back.
#[derive(Clone, Debug)]
pub struct Deleted {
    /// The number of the profession.
    pub profession_id: i32,
    /// The profession's name on pages.
    pub profession: String,
    /// The profession's name in addresses: the present one, or the last one it had.
    pub slug: String,
    /// The name of its track in addresses: the present one, or the last one it had.
    pub track: String,
    /// The grade that was deleted alone; `None` if the whole profession was.
    pub grade: Option<DeletedGrade>,
    /// The login of who deleted it.
    pub author: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
}

/// A grade that was deleted from a ladder that is there.
#[derive(Clone, Debug)]
pub struct DeletedGrade {
    /// Its number; it never changes.
    pub grade_id: i32,
    /// The level it had, as the profession's scale names it now.
    pub name: LevelName,
    /// Its description; empty if nobody wrote one.
    pub text: String,
    /// The grade that has the level now.
    pub taken_by: Option<PresentGrade>,
    /// The levels of the scale that the ladder leaves out now, lowest first.
    pub free_levels: Vec<LevelName>,
}

/// The grade that the text of a deleted one can go into.
#[derive(Clone, Copy, Debug)]
pub struct PresentGrade {
    /// Its number.
    pub grade_id: i32,
    /// The version of its description.
    pub version: i32,
}

/// What became of bringing something back.
#[derive(Debug)]
pub enum BroughtBack {
    /// It is back; the profession has this address.
    Stored {
        /// The name in addresses.
        slug: String,
        /// Whether all of it is; what could not come back, its history tells.
        is_whole: bool,
    },
    /// Another profession has the address of the deleted one, or had it before.
    SlugTaken {
        /// The name in addresses.
        slug: String,
        /// The other profession's name on pages.
        by: String,
    },
    /// The ladder has another grade of the level: the deleted one can come back to a free level, or
    /// its text can go into the present grade.
    LevelTaken(DeletedGrade),
    /// The scale that the profession has now leaves out the level: the deleted grade can come back to
    /// another one.
    LevelNotInScale(DeletedGrade),
    /// The scale of the deleted profession has other levels now than its ladder, these of which it
    /// leaves out.
    ScaleLacks(Vec<Level>),
}

impl DeletedGrade {
    /// How the scale names the level it was to come back to, or else the one it had.
    #[must_use]
    pub fn named(&self, to: Option<Level>) -> LevelName {
        to.map_or_else(|| self.name.clone(), |level| self.name.beside(level))
    }

    /// Whether it can come back to the level it had.
    #[must_use]
    pub fn is_level_free(&self) -> bool {
        self.free_levels.contains(&self.name)
    }
}

impl DeletedGrade {
    fn new(
        connection: &mut DbConnection,
        id: i32,
        last: GradeSnapshot,
    ) -> diesel::QueryResult<Self> {
        let present = models::grades::by_age(connection, id)?;
        let present_grade =
            |grade: &GradeRow| PresentGrade { grade_id: grade.grade_id, version: grade.version };
        let taken_by = present.iter().find(|grade| grade.level_name == last.level);
        let is_free = |level: &Level| !present.iter().any(|grade| grade.level_name == *level);
        let scale_id =
            models::professions::whole_by_id(connection, id)?.and_then(|row| row.scale_id);
        let names = level_names::of(connection, scale_id)?;
        let offered = names.levels().iter().map(|named| named.level).filter(is_free);
        let free = offered.map(|level| LevelName::new(&names, level)).collect();
        Ok(Self {
            grade_id: last.id,
            name: LevelName::new(&names, last.level),
            text: last.description.unwrap_or_default(),
            taken_by: taken_by.map(present_grade),
            free_levels: free,
        })
    }
}

/// What the latest thousand changes deleted and what did not come back, the newest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn deleted(database: &Database) -> Result<Vec<Deleted>, ServiceError> {
    database.read(|connection| {
        let professions =
            revisions::deletions::<Snapshot>(connection, models::professions::existing)?;
        let mut deleted = professions
            .into_iter()
            .map(|deletion| Deleted {
                profession_id: deletion.id,
                profession: deletion.last.title,
                slug: deletion.last.slug,
                track: deletion.last.track,
                grade: None,
                author: deletion.author,
                at: deletion.at,
            })
            .collect::<Vec<_>>();
        deleted.extend(grades_in_trash(connection)?);
        deleted.sort_by_key(|deleted| std::cmp::Reverse(deleted.at));
        Ok(deleted)
    })
}

/// The grades that were deleted from the ladder at an address and did not come back, the newest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn deleted_grades(database: &Database, slug: &str) -> Result<Vec<Deleted>, ServiceError> {
    let mut deleted = database.read(grades_in_trash)?;
    deleted.retain(|deleted| deleted.slug == slug);
    Ok(deleted)
}

/// Grades that were deleted from ladders that are there, the newest first.
fn grades_in_trash(connection: &mut DbConnection) -> Result<Vec<Deleted>, ServiceError> {
    let mut deleted = Vec::<Deleted>::new();
    let mut seen = BTreeSet::new();
    let changes = models::revisions::recent(connection, Snapshot::KIND, false, MOST_CHANGES)?;
    for change in changes {
        let (Some(before), Some(after)) = (&change.before, &change.after) else { continue };
        let (before, after) = (Snapshot::read(before)?, Snapshot::read(after)?);
        for grade in before.grades {
            let stayed = after.grades.iter().any(|left| left.id == grade.id);
            // The newest first: an earlier change tells of an earlier state of the grade.
            if stayed || !seen.insert(grade.id) {
                continue;
            }
            let is_back = models::grades::by_id(connection, grade.id)?.is_some();
            let owner = models::professions::whole_by_id(connection, change.object_id)?;
            let Some(owner) = owner.filter(|_| !is_back) else { continue };
            deleted.push(Deleted {
                profession_id: owner.id,
                profession: owner.title,
                slug: owner.slug,
                track: owner.track,
                grade: Some(DeletedGrade::new(connection, owner.id, grade)?),
                author: change.author.clone(),
                at: change.created_at,
            });
        }
    }
    Ok(deleted)
}

/// Brings back a grade that was deleted, with its description and its history: to its level, or to
/// another one.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`] and [`ServiceError::NoSuchGrade`] if there is nothing to bring
/// back, or if it is back already; if the database does not answer.
pub fn bring_back_grade(
    database: &Database,
    profession_id: i32,
    grade_id: i32,
    to: Option<Level>,
    by: &Actor,
) -> Result<BroughtBack, ServiceError> {
    database.change_catalogue(|connection| {
        let row = models::professions::whole_by_id(connection, profession_id)?;
        let row = row.ok_or(ServiceError::NoSuchProfession)?;
        if models::grades::by_id(connection, grade_id)?.is_some() {
            return Err(ServiceError::NoSuchGrade);
        }
        let last = last_seen(connection, row.id, grade_id)?.ok_or(ServiceError::NoSuchGrade)?;
        let level = to.unwrap_or(last.level);
        if grade_of(connection, row.id, level)?.is_some() {
            return Ok(BroughtBack::LevelTaken(DeletedGrade::new(connection, row.id, last)?));
        }
        if !scale::lacking(connection, row.scale_id, [level])?.is_empty() {
            return Ok(BroughtBack::LevelNotInScale(DeletedGrade::new(connection, row.id, last)?));
        }
        let before = Snapshot::take(connection, &row)?;
        identity::keeping(connection, row.id, &[], |connection| {
            insert_restored(connection, row.id, &GradeSnapshot { level, ..last })
        })?;
        let after = Snapshot::take(connection, &row)?;
        let (version, updated_at) = (row.version + 1, db::now());
        let row = WholeProfessionRow { version, updated_at, ..row };
        models::professions::update(connection, &row)?;
        let name = level_names::name(connection, row.scale_id, level)?;
        let note = format!("Возвращён грейд {}", name.word());
        record(connection, &row, (Some(&before), Some(&after)), &note, by)?;
        search::index_profession(connection, row.id)?;
        Ok(BroughtBack::Stored { slug: row.slug, is_whole: true })
    })
}

/// Brings back a profession that was deleted: with its ladder, the histories of its grades, and the
/// addresses it had before, but for those that others have taken meanwhile, and including the ladder it
/// included, if that is there and makes no circle.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`] if none was deleted under this number; if the database does
/// not answer.
pub fn bring_back(database: &Database, id: i32, by: &Actor) -> Result<BroughtBack, ServiceError> {
    database.change_catalogue(|connection| {
        let deleted = revisions::deleted::<Snapshot>(connection, id)?;
        let (was, version) = deleted.ok_or(ServiceError::NoSuchProfession)?;
        if let Some(other) = slug_taken_by(connection, &was.slug, None)? {
            return Ok(BroughtBack::SlugTaken { slug: was.slug, by: other.title });
        }
        // Its track may be gone as well; then it comes back in the first one.
        let tracks = models::tracks::all(connection)?;
        let same = tracks.iter().find(|track| track.slug == was.track);
        let track = same.or(tracks.first()).ok_or(ServiceError::NoSuchTrack)?;
        let ((includes_id, includes_up_to), left_out) =
            inclusion::restorable(connection, (id, was.is_draft), was.includes.as_ref())?;
        let (scale_id, remark) = scale::former(connection, was.scale.as_deref())?;
        let levels = was.grades.iter().map(|grade| grade.level);
        let lacking = scale::lacking(connection, scale_id, levels)?;
        if !lacking.is_empty() {
            return Ok(BroughtBack::ScaleLacks(lacking));
        }
        let row = WholeProfessionRow {
            id,
            slug: was.slug.clone(),
            title: was.title.clone(),
            summary: was.summary.clone(),
            track: track.slug.clone(),
            position: was.position,
            version,
            created_at: was.created_at,
            updated_at: db::now(),
            includes_id,
            includes_up_to,
            scale_id,
            is_draft: was.is_draft,
        };
        models::professions::insert_restored(connection, &row)?;
        identity::keeping(connection, id, &[], |connection| {
            was.grades.iter().try_for_each(|grade| insert_restored(connection, id, grade))
        })?;
        for former in former_slugs(connection, id, &was)? {
            if slug_taken_by(connection, &former, None)?.is_none() {
                models::professions::insert_former_slug(connection, &former, id)?;
            }
        }
        let row = find(connection, &was.slug)?;
        let after = Snapshot::take(connection, &row)?;
        let is_whole = left_out.is_none();
        let note = noted(format!("Возвращена{remark}"), left_out);
        record(connection, &row, (None, Some(&after)), &note, by)?;
        search::index_profession(connection, id)?;
        Ok(BroughtBack::Stored { slug: was.slug, is_whole })
    })
}

/// The addresses that a deleted profession had before the last one. A snapshot of an earlier release
/// does not hold them; then its history tells.
fn former_slugs(
    connection: &mut DbConnection,
    id: i32,
    was: &Snapshot,
) -> Result<BTreeSet<String>, ServiceError> {
    if let Some(slugs) = &was.former_slugs {
        return Ok(slugs.iter().cloned().collect());
    }
    let mut slugs = BTreeSet::new();
    for revision in models::revisions::of(connection, Snapshot::KIND, id)? {
        if let Some(before) = &revision.before {
            slugs.insert(Snapshot::read(before)?.slug);
        }
    }
    slugs.remove(&was.slug);
    Ok(slugs)
}
