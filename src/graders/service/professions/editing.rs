//! Changing professions and which grades their ladders have. Every change is a revision that
//! holds the whole profession before and after, so that each can be undone.

use chrono::NaiveDateTime;

use super::snapshot::{self, Revision, insert_former, last_seen, snapshot_of};
use crate::audit::service::Actor;
use crate::db::{self, Database, DbConnection};
use crate::graders::models;
use crate::graders::models::professions::{NewProfession, WholeProfessionRow};
use crate::graders::models::revisions::ProfessionRevisionRow;
use crate::graders::service::ServiceError;
use crate::graders::service::grades::{self, GradeFields};
use crate::graders::service::order::Direction;
use crate::graders::service::texts::{LONGEST_SUMMARY, LONGEST_TITLE, is_slug};
use crate::ladder::Level;

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

/// The profession at an address, for changing.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; if the database does not answer.
pub fn editable(database: &Database, slug: &str) -> Result<EditableProfession, ServiceError> {
    database.read(|connection| {
        let row = find(connection, slug)?;
        editable_row(connection, row)
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
        let revisions = models::revisions::of_profession(connection, row.id)?;
        let revision = |row: ProfessionRevisionRow| ProfessionRevision {
            version: row.version,
            author: row.author,
            note: row.note,
            before: row.before.unwrap_or_default(),
            after: row.after.unwrap_or_default(),
            created_at: row.created_at,
        };
        Ok((editable_row(connection, row)?, revisions.into_iter().map(revision).collect()))
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
        models::catalogue::lock(connection)?;
        let invalid = check(connection, fields, None)?;
        if !invalid.is_empty() {
            return Ok(Changed::Invalid(invalid));
        }
        store_new(connection, fields, &[], by)?;
        Ok(Changed::Stored { slug: fields.slug.clone() })
    })
}

/// Stores a profession whose fields are in order, with a ladder of no level twice.
pub fn store_new(
    connection: &mut DbConnection,
    fields: &ProfessionFields,
    ladder: &[GradeFields],
    by: &Actor,
) -> Result<WholeProfessionRow, ServiceError> {
    let now = db::now();
    let position = models::professions::ids_of_track(connection, &fields.track)?.len();
    let id = models::professions::insert(
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
        grades::insert(connection, id, grade, by, now)?;
    }
    let row = find(connection, &fields.slug)?;
    let after = snapshot::take(connection, &row)?;
    let revision =
        Revision { profession_id: id, slug: &fields.slug, version: 1, by, note: "Создана" };
    revision.store(connection, None, Some(&after), now)?;
    Ok(row)
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
        models::catalogue::lock(connection)?;
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
            return editable_row(connection, row).map(Changed::Conflict);
        }
        Ok(Changed::Stored { slug: store(connection, row, change, by)? })
    })
}

/// Stores a change of a profession as it is now; returns its address after the change.
pub fn store(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
    change: &Change,
    by: &Actor,
) -> Result<String, ServiceError> {
    let now = db::now();
    let before = snapshot::take(connection, &row)?;
    models::professions::raise_version(connection, row.id, now)?;
    let note = apply(connection, &row, change, by, now)?;
    let slug = match change {
        Change::Fields(fields) => fields.slug.clone(),
        _ => row.slug,
    };
    let after = if matches!(change, Change::Delete) {
        None
    } else {
        let row = find(connection, &slug)?;
        Some(snapshot::take(connection, &row)?)
    };
    let version = row.version + 1;
    let revision = Revision { profession_id: row.id, slug: &slug, version, by, note: &note };
    revision.store(connection, Some(&before), after.as_deref(), now)?;
    Ok(slug)
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
                models::professions::delete_former_slug(connection, &fields.slug)?;
                models::professions::insert_former_slug(connection, &row.slug, row.id)?;
            }
            let ProfessionFields { title, slug, summary, track } = fields;
            models::professions::update(connection, row.id, (slug, title, summary, track))?;
            Ok("Изменена".to_owned())
        }
        Change::Move(direction) => {
            let mut ids = models::professions::ids_of_track(connection, &row.track)?;
            let from = ids.iter().position(|id| *id == row.id).unwrap_or_default();
            let to = match direction {
                Direction::Up => from.saturating_sub(1),
                Direction::Down => (from + 1).min(ids.len().saturating_sub(1)),
            };
            ids.swap(from, to);
            for (position, id) in (1..).zip(ids) {
                models::professions::place(connection, id, position)?;
            }
            Ok("Перемещена".to_owned())
        }
        Change::AddGrade(fields) => {
            if grades::of_level(connection, row.id, fields.level)?.is_none() {
                grades::insert(connection, row.id, fields, by, now)?;
            }
            Ok(format!("Добавлен грейд {}", fields.level))
        }
        Change::CopyLadder(from) => {
            let source = find(connection, from)?;
            for grade in models::grades::by_age(connection, source.id)? {
                let level_name = grade.level_name;
                if grades::of_level(connection, row.id, level_name)?.is_none() {
                    let fields = GradeFields { level: level_name, description: grade.description };
                    grades::insert(connection, row.id, &fields, by, now)?;
                }
            }
            Ok(format!("Взята лестница: {}", source.title))
        }
        Change::ChangeLevel { from, to } => {
            let grade =
                grades::of_level(connection, row.id, *from)?.ok_or(ServiceError::NoSuchGrade)?;
            if grades::of_level(connection, row.id, *to)?.is_none() {
                models::grades::update_level(connection, grade.grade_id, *to, now)?;
            }
            Ok(format!("Грейд {from} стал грейдом {to}"))
        }
        Change::Restore(version) => {
            let revisions = models::revisions::of_profession(connection, row.id)?;
            let was = snapshot_of(&revisions, *version).ok_or(ServiceError::NoSuchRevision)?;
            let was = snapshot::parse(was)?;
            let tracks = models::tracks::all(connection)?;
            let track = tracks.iter().find(|track| track.slug == was.track);
            let track = track.map_or(&row.track, |track| &track.slug);
            let words = (&*row.slug, &*was.title, &*was.summary, track.as_str());
            models::professions::update(connection, row.id, words)?;
            for grade in was.grades {
                if grades::of_level(connection, row.id, grade.level)?.is_some() {
                    continue;
                }
                let present = models::grades::by_age(connection, row.id)?;
                if present.iter().any(|found| found.grade_id == grade.id) {
                    // It is there under another level.
                    models::grades::update_level(connection, grade.id, grade.level, now)?;
                } else {
                    let last = last_seen(&revisions, |found| found.id == grade.id)?;
                    let last = last.unwrap_or(grade);
                    if grades::of_level(connection, row.id, last.level)?.is_none() {
                        insert_former(connection, row.id, &last, now)?;
                    }
                }
            }
            Ok(format!("Возвращена версия {version}"))
        }
        Change::RemoveGrade(level) => {
            let grade =
                grades::of_level(connection, row.id, *level)?.ok_or(ServiceError::NoSuchGrade)?;
            models::grades::delete(connection, grade.grade_id)?;
            Ok(format!("Убран грейд {level}"))
        }
        Change::Delete => {
            models::professions::delete(connection, row.id)?;
            Ok("Удалена".to_owned())
        }
    }
}

pub fn find(connection: &mut DbConnection, slug: &str) -> Result<WholeProfessionRow, ServiceError> {
    if !is_slug(slug) {
        return Err(ServiceError::NoSuchProfession);
    }
    models::professions::whole_at(connection, slug)?.ok_or(ServiceError::NoSuchProfession)
}

/// Whether another profession than `id` is at an address and has grades.
fn has_ladder(connection: &mut DbConnection, slug: &str, id: i32) -> Result<bool, ServiceError> {
    match find(connection, slug) {
        Ok(row) if row.id != id => Ok(!models::grades::by_age(connection, row.id)?.is_empty()),
        Ok(_) | Err(ServiceError::NoSuchProfession) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What is wrong with the fields of a profession, all at once.
pub fn check(
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
    if !is_slug(&fields.slug) {
        invalid.push(InvalidField::Slug);
    } else if slug_is_taken(connection, &fields.slug, id)? {
        invalid.push(InvalidField::SlugTaken);
    }
    if !is_line(&fields.summary, LONGEST_SUMMARY) {
        invalid.push(InvalidField::Summary);
    }
    if !models::tracks::all(connection)?.iter().any(|track| track.slug == fields.track) {
        invalid.push(InvalidField::Track);
    }
    Ok(invalid)
}

/// Whether an address belongs to another profession than `id`, now or before.
pub fn slug_is_taken(
    connection: &mut DbConnection,
    slug: &str,
    id: Option<i32>,
) -> Result<bool, ServiceError> {
    if let Some(present) = models::professions::whole_at(connection, slug)? {
        return Ok(Some(present.id) != id);
    }
    let Some(leads_to) = models::professions::current_slug(connection, slug)? else {
        return Ok(false);
    };
    let leads_to = models::professions::whole_at(connection, &leads_to)?;
    Ok(leads_to.is_some_and(|present| Some(present.id) != id))
}

fn editable_row(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
) -> Result<EditableProfession, ServiceError> {
    let mut grades = models::grades::by_age(connection, row.id)?
        .into_iter()
        .map(|grade| (grade.level_name, grade.description.is_some()))
        .collect::<Vec<_>>();
    grades.sort();
    let revisions = models::revisions::of_profession(connection, row.id)?;
    let author = revisions.into_iter().next().map(|last| last.author).unwrap_or_default();
    let WholeProfessionRow { title, slug, summary, track, version, .. } = row;
    let fields = ProfessionFields { title, slug, summary, track };
    Ok(EditableProfession { fields, version, grades, author })
}
