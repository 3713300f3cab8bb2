//! Changing descriptions: every save is a revision, and none overwrites one it has not seen.

use chrono::NaiveDateTime;

use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, Database, DbConnection};
use crate::graders::models::grades::{GradeRow, NewGrade};
use crate::graders::models::revisions::{NewRevision, RevisionRow};
use crate::graders::models::{self, LevelName};
use crate::graders::service::texts::is_slug;
use crate::graders::service::{ServiceError, search};
use crate::ladder::Level;

/// How many changes [`recent`] tells of.
const RECENT: i64 = 20;

/// A grade as an editor sees it.
#[derive(Clone, Debug)]
pub struct EditableGrade {
    /// The profession's name in addresses.
    pub slug: String,
    /// The profession's name on pages.
    pub profession: String,
    /// The level.
    pub level: Level,
    /// The description in Markdown; empty if nobody wrote one yet.
    pub text: String,
    /// Raised by each save; a save sends the version it has read.
    pub version: i32,
}

/// What a new grade says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeFields {
    /// The level.
    pub level: Level,
    /// The description in Markdown, if there is one yet.
    pub description: Option<String>,
}

/// One saved change of a description.
#[derive(Clone, Debug)]
pub struct Revision {
    /// The version it made.
    pub version: i32,
    /// The login of who saved it.
    pub author: String,
    /// Why; may be empty.
    pub note: String,
    /// The description it replaced; empty if there was none.
    pub before: String,
    /// The description it made; empty if it took it away.
    pub after: String,
    /// When, in UTC.
    pub created_at: NaiveDateTime,
}

/// A saved change and the grade it belongs to.
#[derive(Clone, Debug)]
pub struct RecentRevision {
    /// The change.
    pub revision: Revision,
    /// The level.
    pub level: Level,
    /// The profession's name in addresses.
    pub slug: String,
    /// The profession's name on pages.
    pub profession: String,
}

/// What an editor wants to save.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The version the editor has read.
    pub version: i32,
    /// The new description; an empty one takes the description away.
    pub text: String,
    /// Why.
    pub note: String,
    /// Who saves it.
    pub by: Actor,
}

/// What became of a save.
#[derive(Debug)]
pub enum Saved {
    /// The text is stored.
    Stored,
    /// The same text was stored already, as after a form sent twice.
    Unchanged,
    /// Somebody else saved in between; nothing is stored.
    Conflict(Box<Conflict>),
}

/// Two changes of one description.
#[derive(Debug)]
pub struct Conflict {
    /// The text both started from.
    pub base: String,
    /// The grade as it is now.
    pub stored: EditableGrade,
    /// The login of who saved last.
    pub author: String,
}

/// The grade at an address, for editing.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`]; if the database does not answer.
pub fn editable(
    database: &Database,
    slug: &str,
    level: Level,
) -> Result<EditableGrade, ServiceError> {
    database.read(|connection| {
        let (row, title) = find(connection, slug, level)?;
        Ok(editable_row(slug, title, row))
    })
}

/// The grade at an address with its saved changes, the newest first.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`]; if the database does not answer.
pub fn history(
    database: &Database,
    slug: &str,
    level: Level,
) -> Result<(EditableGrade, Vec<Revision>), ServiceError> {
    database.read(|connection| {
        let (row, title) = find(connection, slug, level)?;
        let revisions = models::revisions::of_grade(connection, row.grade_id)?;
        Ok((editable_row(slug, title, row), revisions.into_iter().map(Revision::from).collect()))
    })
}

/// The latest saved changes of the whole catalogue, the newest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn recent(database: &Database) -> Result<Vec<RecentRevision>, ServiceError> {
    let rows = database
        .read(|connection| Ok::<_, ServiceError>(models::revisions::recent(connection, RECENT)?))?;
    let recent = |(row, level, slug, profession): (RevisionRow, LevelName, String, String)| {
        RecentRevision { revision: row.into(), level: level.into(), slug, profession }
    };
    Ok(rows.into_iter().map(recent).collect())
}

/// Saves a description, unless somebody else has saved since it was read.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`]; if the database does not answer.
pub fn save(
    database: &Database,
    slug: &str,
    level: Level,
    edit: &Edit,
) -> Result<Saved, ServiceError> {
    database.write(|connection| {
        models::catalogue::lock(connection)?;
        let (row, title) = find(connection, slug, level)?;
        if row.description.as_deref().unwrap_or_default() == edit.text {
            return Ok(Saved::Unchanged);
        }
        if row.version == edit.version {
            store(connection, slug, &row, &edit.text, &edit.note, &edit.by)?;
            return Ok(Saved::Stored);
        }
        let revisions = models::revisions::of_grade(connection, row.grade_id)?;
        let author = revisions.first().map(|revision| revision.author.clone());
        // What replaced the version the editor read tells what that version was. A version that
        // never was, from a form tampered with, has nothing in common with the stored text.
        let next = revisions
            .into_iter()
            .find(|revision| revision.version == edit.version.saturating_add(1));
        Ok(Saved::Conflict(Box::new(Conflict {
            base: next.and_then(|revision| revision.before).unwrap_or_default(),
            author: author.unwrap_or_default(),
            stored: editable_row(slug, title, row),
        })))
    })
}

/// Stores a grade; a description it brings along is its first revision.
pub fn insert(
    connection: &mut DbConnection,
    profession_id: i32,
    fields: &GradeFields,
    by: &Actor,
    now: NaiveDateTime,
) -> Result<(), ServiceError> {
    let description = fields.description.as_deref();
    let grade_id = models::grades::insert(
        connection,
        NewGrade { profession_id, level_name: fields.level, description, updated_at: now },
    )?;
    if description.is_some() {
        models::revisions::insert(
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

/// The grade of a level.
pub fn of_level(
    connection: &mut DbConnection,
    profession_id: i32,
    level: Level,
) -> Result<Option<GradeRow>, ServiceError> {
    let grades = models::grades::by_age(connection, profession_id)?;
    Ok(grades.into_iter().find(|grade| grade.level_name == level))
}

fn find(
    connection: &mut DbConnection,
    slug: &str,
    level: Level,
) -> Result<(GradeRow, String), ServiceError> {
    if !is_slug(slug) {
        return Err(ServiceError::NoSuchGrade);
    }
    models::grades::at(connection, slug, level)?.ok_or(ServiceError::NoSuchGrade)
}

/// Stores another text for a grade as it is now; an empty one takes the description away.
pub fn store(
    connection: &mut DbConnection,
    slug: &str,
    row: &GradeRow,
    text: &str,
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    let now = db::now();
    let after = Some(text).filter(|text| !text.is_empty());
    models::grades::update_description(connection, row.grade_id, row.version, after, now)?;
    models::professions::touch(connection, row.profession_id, now)?;
    models::revisions::insert(
        connection,
        &NewRevision {
            grade_id: row.grade_id,
            version: row.version + 1,
            author: &by.login,
            note,
            before: row.description.as_deref(),
            after,
            created_at: now,
        },
    )?;
    let stored = GradeRow { description: after.map(str::to_owned), ..row.clone() };
    search::index_grade(connection, &stored)?;
    models::catalogue::raise_revision(connection)?;
    let object = format!("{slug}/{}", row.level_name.slug());
    Ok(audit::record(connection, by, Action::Save, &object, note)?)
}

impl From<RevisionRow> for Revision {
    fn from(row: RevisionRow) -> Self {
        Self {
            version: row.version,
            author: row.author,
            note: row.note,
            before: row.before.unwrap_or_default(),
            after: row.after.unwrap_or_default(),
            created_at: row.created_at,
        }
    }
}

fn editable_row(slug: &str, profession: String, row: GradeRow) -> EditableGrade {
    EditableGrade {
        slug: slug.to_owned(),
        profession,
        level: row.level_name,
        text: row.description.unwrap_or_default(),
        version: row.version,
    }
}
