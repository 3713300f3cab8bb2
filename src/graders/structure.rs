//! Changing professions and which grades their ladders have. Every change is a revision that
//! holds the whole profession before and after, so that each can be undone.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::models::{
    self, FormerGrade, NewGrade, NewProfession, NewProfessionRevision, NewRevision,
};
use super::models::{GradeRow, ProfessionRevisionRow, WholeProfessionRow};
use super::search;
use super::service::{self, ServiceError};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, Database, DbConnection};
use crate::ladder::Level;

/// Characters a title may have.
pub const LONGEST_TITLE: usize = 100;
/// Characters a summary may have.
pub const LONGEST_SUMMARY: usize = 200;

/// How many of the latest changes are searched for what can come back.
const REMEMBERED: i64 = 1_000;

/// What a profession says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfessionFields {
    /// The name on pages.
    pub title: String,
    /// The name in addresses.
    pub slug: String,
    /// One phrase on what the profession works with.
    pub summary: String,
    /// The name of its track in addresses.
    pub track: String,
}

/// A profession as an editor sees it.
#[derive(Clone, Debug)]
pub struct EditableProfession {
    /// What it says of itself.
    pub fields: ProfessionFields,
    /// Raised by each change of the profession or of which grades it has.
    pub version: i32,
    /// The grades it has, lowest first, and whether each is described.
    pub grades: Vec<(Level, bool)>,
    /// The login of who changed it last; empty if nobody did.
    pub author: String,
}

/// A change of a profession.
#[derive(Clone, Debug)]
pub enum Change {
    /// New words about it, or another track.
    Fields(ProfessionFields),
    /// One place up or down within its track.
    Move(Direction),
    /// One more grade.
    AddGrade(GradeFields),
    /// The grades of the profession at another address that this one does not have, as they are
    /// described there.
    CopyLadder(String),
    /// Another level for a grade, with its description and its history.
    ChangeLevel {
        /// The level it has.
        from: Level,
        /// A level the ladder leaves out.
        to: Level,
    },
    /// One grade less.
    RemoveGrade(Level),
    /// The words and the track of an earlier version, and the grades it had that are gone since.
    Restore(i32),
    /// The end of the profession and its ladder.
    Delete,
}

/// What a new grade says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeFields {
    /// The level.
    pub level: Level,
    /// The description in Markdown, if there is one yet.
    pub description: Option<String>,
}

/// Which way to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

/// What became of a change.
#[derive(Debug)]
pub enum Changed {
    /// It is stored; the profession has this address now.
    Stored {
        /// The name in addresses.
        slug: String,
    },
    /// Somebody else changed the profession in between; nothing is stored.
    Conflict(EditableProfession),
    /// These words can't be stored.
    Invalid(Vec<InvalidField>),
}

/// What is wrong with one of the [`ProfessionFields`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidField {
    /// Empty, longer than [`LONGEST_TITLE`], or of more than one line.
    Title,
    /// Not 1 to 100 small Latin letters, digits and hyphens.
    Slug,
    /// Another profession has this address, or had it before.
    SlugTaken,
    /// Longer than [`LONGEST_SUMMARY`], or of more than one line.
    Summary,
    /// No track has this name.
    Track,
    /// No other profession has this address, or it has no ladder.
    Source,
}

/// One saved change of a profession.
#[derive(Clone, Debug)]
pub struct ProfessionRevision {
    /// The version it made.
    pub version: i32,
    /// The login of who made it.
    pub author: String,
    /// What was done.
    pub note: String,
    /// The profession with its ladder before, in TOML; empty if there was none.
    pub before: String,
    /// The same after; empty if the profession was taken away.
    pub after: String,
    /// When, in UTC.
    pub created_at: NaiveDateTime,
}

/// What was taken away and can come back.
#[derive(Clone, Debug)]
pub struct Deleted {
    /// Names the profession.
    pub profession_id: i32,
    /// The profession's name on pages.
    pub profession: String,
    /// The grade that was taken away alone; `None` if the whole profession was.
    pub grade: Option<Level>,
    /// The login of who took it away.
    pub author: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
}

/// A profession with its ladder at one moment, in TOML.
#[derive(Deserialize, Serialize)]
struct Snapshot {
    slug: String,
    title: String,
    summary: String,
    track: String,
    position: i32,
    created_at: String,
    #[serde(default, rename = "grade")]
    grades: Vec<GradeSnapshot>,
}

#[derive(Deserialize, Serialize)]
struct GradeSnapshot {
    level: Level,
    id: i32,
    version: i32,
    description: Option<String>,
}

/// The profession at an address, for changing.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; if the database does not answer.
pub fn profession(database: &Database, slug: &str) -> Result<EditableProfession, ServiceError> {
    database.read(|connection| {
        let row = find(connection, slug)?;
        editable(connection, row)
    })
}

/// The saved changes of a profession, the newest first.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; if the database does not answer.
pub fn history(
    database: &Database,
    slug: &str,
) -> Result<(EditableProfession, Vec<ProfessionRevision>), ServiceError> {
    database.read(|connection| {
        let row = find(connection, slug)?;
        let revisions = models::profession_revisions_of(connection, row.id)?;
        let revision = |row: ProfessionRevisionRow| ProfessionRevision {
            version: row.version,
            author: row.author,
            note: row.note,
            before: row.before.unwrap_or_default(),
            after: row.after.unwrap_or_default(),
            created_at: row.created_at,
        };
        Ok((editable(connection, row)?, revisions.into_iter().map(revision).collect()))
    })
}

/// Makes a profession without a ladder, the last of its track.
///
/// # Errors
///
/// If the database does not answer.
pub fn create(
    database: &Database,
    fields: &ProfessionFields,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    database.write(|connection| {
        models::lock_catalogue(connection)?;
        let invalid = check(connection, fields, None)?;
        if !invalid.is_empty() {
            return Ok(Changed::Invalid(invalid));
        }
        store_new(connection, fields, &[], by)?;
        Ok(Changed::Stored { slug: fields.slug.clone() })
    })
}

/// Stores a profession whose fields are in order, with a ladder of no level twice.
pub(super) fn store_new(
    connection: &mut DbConnection,
    fields: &ProfessionFields,
    ladder: &[GradeFields],
    by: &Actor,
) -> Result<WholeProfessionRow, ServiceError> {
    let now = db::now();
    let position = models::profession_ids_of(connection, &fields.track)?.len();
    let id = models::insert_profession(
        connection,
        &NewProfession {
            slug: &fields.slug,
            title: &fields.title,
            summary: &fields.summary,
            track: &fields.track,
            position: i32::try_from(position).unwrap_or(i32::MAX).saturating_add(1),
            created_at: now,
            updated_at: now,
        },
    )?;
    for grade in ladder {
        insert_grade(connection, id, grade, by, now)?;
    }
    let row = find(connection, &fields.slug)?;
    let after = snapshot(connection, &row)?;
    let revision =
        Revision { profession_id: id, slug: &fields.slug, version: 1, by, note: "Создана" };
    revision.store(connection, None, Some(&after), now)?;
    Ok(row)
}

/// Stores a grade; a description it brings along is its first revision.
fn insert_grade(
    connection: &mut DbConnection,
    profession_id: i32,
    fields: &GradeFields,
    by: &Actor,
    now: NaiveDateTime,
) -> Result<(), ServiceError> {
    let description = fields.description.as_deref();
    let grade_id = models::insert_grade(
        connection,
        NewGrade { profession_id, level_name: fields.level, description, updated_at: now },
    )?;
    if description.is_some() {
        models::insert_revision(
            connection,
            &NewRevision {
                grade_id,
                version: 1,
                author: &by.login,
                note: "",
                before: None,
                after: description,
                created_at: now,
            },
        )?;
    }
    Ok(())
}

/// Changes a profession, unless somebody else has since it was read.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; [`ServiceError::NoSuchGrade`] if a grade to be removed is
/// not there; if the database does not answer.
pub fn change(
    database: &Database,
    slug: &str,
    read: i32,
    change: &Change,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    database.write(|connection| {
        models::lock_catalogue(connection)?;
        let row = find(connection, slug)?;
        if let Change::Fields(fields) = change {
            let invalid = check(connection, fields, Some(row.id))?;
            if !invalid.is_empty() {
                return Ok(Changed::Invalid(invalid));
            }
        }
        if let Change::CopyLadder(from) = change
            && !has_ladder(connection, from, row.id)?
        {
            return Ok(Changed::Invalid(vec![InvalidField::Source]));
        }
        if row.version != read {
            return editable(connection, row).map(Changed::Conflict);
        }
        Ok(Changed::Stored { slug: store(connection, row, change, by)? })
    })
}

/// Stores a change of a profession as it is now; returns its address after the change.
pub(super) fn store(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
    change: &Change,
    by: &Actor,
) -> Result<String, ServiceError> {
    let now = db::now();
    let before = snapshot(connection, &row)?;
    models::raise_profession_version(connection, row.id, now)?;
    let note = apply(connection, &row, change, by, now)?;
    let slug = match change {
        Change::Fields(fields) => fields.slug.clone(),
        _ => row.slug,
    };
    let after = if matches!(change, Change::Delete) {
        None
    } else {
        let row = find(connection, &slug)?;
        Some(snapshot(connection, &row)?)
    };
    let version = row.version + 1;
    let revision = Revision { profession_id: row.id, slug: &slug, version, by, note: &note };
    revision.store(connection, Some(&before), after.as_deref(), now)?;
    Ok(slug)
}

/// What was taken away by the latest thousand changes and did not come back, the newest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn deleted(database: &Database) -> Result<Vec<Deleted>, ServiceError> {
    database.read(|connection| {
        let mut deleted = Vec::<Deleted>::new();
        for revision in models::recent_profession_revisions(connection, REMEMBERED)? {
            let (Some(before), after) = (revision.before.as_deref(), revision.after.as_deref())
            else {
                continue;
            };
            let was = parse(before)?;
            let id = revision.profession_id;
            let is_there = !models::existing_professions(connection, &[id])?.is_empty();
            let gone = match after {
                None if is_there => Vec::new(),
                None => vec![None],
                // A grade comes back to its profession only.
                Some(_) if !is_there => Vec::new(),
                Some(after) => {
                    let left = parse(after)?.grades;
                    let present = models::grades_by_age(connection, id)?;
                    was.grades
                        .iter()
                        .filter(|grade| !left.iter().any(|kept| kept.id == grade.id))
                        .filter(|grade| !present.iter().any(|found| found.grade_id == grade.id))
                        .map(|grade| grade.level)
                        .filter(|level| !left.iter().any(|grade| grade.level == *level))
                        .filter(|level| !present.iter().any(|grade| grade.level_name == *level))
                        .map(Some)
                        .collect()
                }
            };
            for grade in gone {
                let is_known =
                    deleted.iter().any(|known| known.profession_id == id && known.grade == grade);
                if !is_known {
                    deleted.push(Deleted {
                        profession_id: id,
                        profession: was.title.clone(),
                        grade,
                        author: revision.author.clone(),
                        at: revision.created_at,
                    });
                }
            }
        }
        Ok(deleted)
    })
}

/// Brings back a grade that was taken away, with its description and its history.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`] and [`ServiceError::NoSuchGrade`] if there is nothing to
/// bring back, or if it is back already; if the database does not answer.
pub fn bring_back_grade(
    database: &Database,
    id: i32,
    level: Level,
    by: &Actor,
) -> Result<String, ServiceError> {
    database.write(|connection| {
        models::lock_catalogue(connection)?;
        let row = models::profession_by_id(connection, id)?;
        let row = row.ok_or(ServiceError::NoSuchProfession)?;
        if grade_of(connection, id, level)?.is_some() {
            return Err(ServiceError::NoSuchGrade);
        }
        let revisions = models::profession_revisions_of(connection, id)?;
        let present = models::grades_by_age(connection, id)?;
        let is_gone = |grade: &GradeSnapshot| !present.iter().any(|row| row.grade_id == grade.id);
        let last = last_seen(&revisions, |grade| grade.level == level && is_gone(grade))?;
        let grade = last.ok_or(ServiceError::NoSuchGrade)?;
        let now = db::now();
        let before = snapshot(connection, &row)?;
        models::raise_profession_version(connection, id, now)?;
        insert_former(connection, id, &grade, now)?;
        let after = snapshot(connection, &row)?;
        let note = format!("Возвращён грейд {level}");
        let version = row.version + 1;
        let revision = Revision { profession_id: id, slug: &row.slug, version, by, note: &note };
        revision.store(connection, Some(&before), Some(&after), now)?;
        Ok(row.slug)
    })
}

/// Brings back a profession that was taken away, with its ladder and the history of its grades.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`] if none was taken away under this id;
/// [`ServiceError::AddressTaken`] if another profession has its address now; if the database does
/// not answer.
pub fn bring_back(database: &Database, id: i32, by: &Actor) -> Result<String, ServiceError> {
    database.write(|connection| {
        models::lock_catalogue(connection)?;
        if !models::existing_professions(connection, &[id])?.is_empty() {
            return Err(ServiceError::NoSuchProfession);
        }
        let revisions = models::profession_revisions_of(connection, id)?;
        let last = revisions.into_iter().next().ok_or(ServiceError::NoSuchProfession)?;
        let was = parse(last.before.as_deref().ok_or(ServiceError::NoSuchProfession)?)?;
        if slug_is_taken(connection, &was.slug, None)? {
            return Err(ServiceError::AddressTaken(was.slug));
        }
        let now = db::now();
        let version = last.version + 1;
        let tracks = models::tracks(connection)?;
        // Its track may be gone as well; then it comes back in the first one.
        let same = tracks.iter().find(|track| track.slug == was.track);
        let track = same.or(tracks.first()).ok_or(ServiceError::NoSuchProfession)?;
        models::insert_former_profession(
            connection,
            &WholeProfessionRow {
                id,
                slug: was.slug.clone(),
                title: was.title,
                summary: was.summary,
                track: track.slug.clone(),
                position: was.position,
                version,
                created_at: was.created_at.parse().unwrap_or(now),
                updated_at: now,
            },
        )?;
        for grade in &was.grades {
            insert_former(connection, id, grade, now)?;
        }
        let row = find(connection, &was.slug)?;
        let after = snapshot(connection, &row)?;
        let revision =
            Revision {
                profession_id: id, slug: &was.slug, version, by, note: "Возвращена"
            };
        revision.store(connection, None, Some(&after), now)?;
        Ok(was.slug)
    })
}

/// Makes of a title what can stand in an address: «Разработчик игр» → «razrabotchik-igr».
#[must_use]
pub fn proposed_slug(title: &str) -> String {
    slug::slugify(title)
}

struct Revision<'a> {
    profession_id: i32,
    /// The profession's name in addresses.
    slug: &'a str,
    version: i32,
    by: &'a Actor,
    note: &'a str,
}

impl Revision<'_> {
    /// Stores the revision, raises that of the catalogue and writes the log.
    fn store(
        &self,
        connection: &mut DbConnection,
        before: Option<&str>,
        after: Option<&str>,
        now: NaiveDateTime,
    ) -> Result<(), ServiceError> {
        let Self { profession_id, slug, version, by, note } = *self;
        let created_at = now;
        models::insert_profession_revision(
            connection,
            &NewProfessionRevision {
                profession_id,
                version,
                author: &by.login,
                note,
                before,
                after,
                created_at,
            },
        )?;
        search::index_profession(connection, profession_id)?;
        models::raise_revision(connection)?;
        Ok(audit::record(connection, by, Action::ChangeProfession, slug, note)?)
    }
}

/// Makes a change; returns what to note of it.
fn apply(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    change: &Change,
    by: &Actor,
    now: NaiveDateTime,
) -> Result<String, ServiceError> {
    match change {
        Change::Fields(fields) => {
            if fields.slug != row.slug {
                models::delete_former_slug(connection, &fields.slug)?;
                models::insert_former_slug(connection, &row.slug, row.id)?;
            }
            let ProfessionFields { title, slug, summary, track } = fields;
            models::update_profession(connection, row.id, (slug, title, summary, track))?;
            Ok("Изменена".to_owned())
        }
        Change::Move(direction) => {
            let mut ids = models::profession_ids_of(connection, &row.track)?;
            let from = ids.iter().position(|id| *id == row.id).unwrap_or_default();
            let to = match direction {
                Direction::Up => from.saturating_sub(1),
                Direction::Down => (from + 1).min(ids.len().saturating_sub(1)),
            };
            ids.swap(from, to);
            for (position, id) in (1..).zip(ids) {
                models::place_profession(connection, id, position)?;
            }
            Ok("Перемещена".to_owned())
        }
        Change::AddGrade(fields) => {
            if grade_of(connection, row.id, fields.level)?.is_none() {
                insert_grade(connection, row.id, fields, by, now)?;
            }
            Ok(format!("Добавлен грейд {}", fields.level))
        }
        Change::CopyLadder(from) => {
            let source = find(connection, from)?;
            for grade in models::grades_by_age(connection, source.id)? {
                let level_name = grade.level_name;
                if grade_of(connection, row.id, level_name)?.is_none() {
                    let fields = GradeFields { level: level_name, description: grade.description };
                    insert_grade(connection, row.id, &fields, by, now)?;
                }
            }
            Ok(format!("Взята лестница: {}", source.title))
        }
        Change::ChangeLevel { from, to } => {
            let grade = grade_of(connection, row.id, *from)?.ok_or(ServiceError::NoSuchGrade)?;
            if grade_of(connection, row.id, *to)?.is_none() {
                models::update_level(connection, grade.grade_id, *to, now)?;
            }
            Ok(format!("Грейд {from} стал грейдом {to}"))
        }
        Change::Restore(version) => {
            let revisions = models::profession_revisions_of(connection, row.id)?;
            let was = snapshot_of(&revisions, *version).ok_or(ServiceError::NoSuchRevision)?;
            let was = parse(was)?;
            let tracks = models::tracks(connection)?;
            let track = tracks.iter().find(|track| track.slug == was.track);
            let track = track.map_or(&row.track, |track| &track.slug);
            let words = (&*row.slug, &*was.title, &*was.summary, track.as_str());
            models::update_profession(connection, row.id, words)?;
            for grade in was.grades {
                if grade_of(connection, row.id, grade.level)?.is_some() {
                    continue;
                }
                let present = models::grades_by_age(connection, row.id)?;
                if present.iter().any(|found| found.grade_id == grade.id) {
                    // It is there under another level.
                    models::update_level(connection, grade.id, grade.level, now)?;
                } else {
                    let last = last_seen(&revisions, |found| found.id == grade.id)?;
                    let last = last.unwrap_or(grade);
                    if grade_of(connection, row.id, last.level)?.is_none() {
                        insert_former(connection, row.id, &last, now)?;
                    }
                }
            }
            Ok(format!("Возвращена версия {version}"))
        }
        Change::RemoveGrade(level) => {
            let grade = grade_of(connection, row.id, *level)?.ok_or(ServiceError::NoSuchGrade)?;
            models::delete_grade(connection, grade.grade_id)?;
            Ok(format!("Убран грейд {level}"))
        }
        Change::Delete => {
            models::delete_profession(connection, row.id)?;
            Ok("Удалена".to_owned())
        }
    }
}

pub(super) fn find(
    connection: &mut DbConnection,
    slug: &str,
) -> Result<WholeProfessionRow, ServiceError> {
    if !service::is_slug(slug) {
        return Err(ServiceError::NoSuchProfession);
    }
    models::whole_profession(connection, slug)?.ok_or(ServiceError::NoSuchProfession)
}

fn editable(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
) -> Result<EditableProfession, ServiceError> {
    let mut grades = models::grades_by_age(connection, row.id)?
        .into_iter()
        .map(|grade| (grade.level_name, grade.description.is_some()))
        .collect::<Vec<_>>();
    grades.sort();
    let revisions = models::profession_revisions_of(connection, row.id)?;
    let author = revisions.into_iter().next().map(|last| last.author).unwrap_or_default();
    let WholeProfessionRow { title, slug, summary, track, version, .. } = row;
    let fields = ProfessionFields { title, slug, summary, track };
    Ok(EditableProfession { fields, version, grades, author })
}

/// A grade as it was before the latest of these changes that knew it.
fn last_seen(
    revisions: &[ProfessionRevisionRow],
    is_wanted: impl Fn(&GradeSnapshot) -> bool,
) -> Result<Option<GradeSnapshot>, ServiceError> {
    for before in revisions.iter().filter_map(|revision| revision.before.as_deref()) {
        let found = parse(before)?.grades.into_iter().find(&is_wanted);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The profession as a version of it was: what made the version, or what replaced it, tells.
fn snapshot_of(revisions: &[ProfessionRevisionRow], version: i32) -> Option<&str> {
    let made = revisions.iter().find(|revision| revision.version == version);
    let replaced = revisions.iter().find(|revision| revision.version == version.saturating_add(1));
    let made = made.and_then(|revision| revision.after.as_deref());
    made.or_else(|| replaced.and_then(|revision| revision.before.as_deref()))
}

/// Whether another profession than `id` is at an address and has grades.
fn has_ladder(connection: &mut DbConnection, slug: &str, id: i32) -> Result<bool, ServiceError> {
    match find(connection, slug) {
        Ok(row) if row.id != id => Ok(!models::grades_by_age(connection, row.id)?.is_empty()),
        Ok(_) | Err(ServiceError::NoSuchProfession) => Ok(false),
        Err(error) => Err(error),
    }
}

fn insert_former(
    connection: &mut DbConnection,
    profession_id: i32,
    grade: &GradeSnapshot,
    now: NaiveDateTime,
) -> Result<(), ServiceError> {
    let former = FormerGrade {
        grade_id: grade.id,
        profession_id,
        level_name: grade.level.name(),
        description: grade.description.as_deref(),
        version: grade.version,
        updated_at: now,
    };
    Ok(models::insert_former_grade(connection, &former)?)
}

pub(super) fn grade_of(
    connection: &mut DbConnection,
    profession_id: i32,
    level: Level,
) -> Result<Option<GradeRow>, ServiceError> {
    let grades = models::grades_by_age(connection, profession_id)?;
    Ok(grades.into_iter().find(|grade| grade.level_name == level))
}

/// What is wrong with the fields of a profession, all at once.
pub(super) fn check(
    connection: &mut DbConnection,
    fields: &ProfessionFields,
    id: Option<i32>,
) -> Result<Vec<InvalidField>, ServiceError> {
    let is_line = |text: &str, longest: usize| {
        text.chars().count() <= longest && !text.contains(char::is_control)
    };
    let mut invalid = Vec::new();
    if fields.title.is_empty() || !is_line(&fields.title, LONGEST_TITLE) {
        invalid.push(InvalidField::Title);
    }
    if !service::is_slug(&fields.slug) {
        invalid.push(InvalidField::Slug);
    } else if slug_is_taken(connection, &fields.slug, id)? {
        invalid.push(InvalidField::SlugTaken);
    }
    if !is_line(&fields.summary, LONGEST_SUMMARY) {
        invalid.push(InvalidField::Summary);
    }
    if !models::tracks(connection)?.iter().any(|track| track.slug == fields.track) {
        invalid.push(InvalidField::Track);
    }
    Ok(invalid)
}

/// Whether an address belongs to another profession than `id`, now or before.
fn slug_is_taken(
    connection: &mut DbConnection,
    slug: &str,
    id: Option<i32>,
) -> Result<bool, ServiceError> {
    if let Some(present) = models::whole_profession(connection, slug)? {
        return Ok(Some(present.id) != id);
    }
    let Some(leads_to) = models::slug_after(connection, slug)? else { return Ok(false) };
    let leads_to = models::whole_profession(connection, &leads_to)?;
    Ok(leads_to.is_some_and(|present| Some(present.id) != id))
}

fn snapshot(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
) -> Result<String, ServiceError> {
    let mut grades = models::grades_by_age(connection, row.id)?;
    grades.sort_by_key(|grade| grade.level_name);
    let grades = grades.into_iter().map(|grade| GradeSnapshot {
        level: grade.level_name,
        id: grade.grade_id,
        version: grade.version,
        description: grade.description,
    });
    let snapshot = Snapshot {
        slug: row.slug.clone(),
        title: row.title.clone(),
        summary: row.summary.clone(),
        track: row.track.clone(),
        position: row.position,
        created_at: row.created_at.to_string(),
        grades: grades.collect(),
    };
    toml::to_string_pretty(&snapshot).map_err(|error| ServiceError::Snapshot(error.to_string()))
}

fn parse(snapshot: &str) -> Result<Snapshot, ServiceError> {
    toml::from_str(snapshot).map_err(|error| ServiceError::Snapshot(error.to_string()))
}
