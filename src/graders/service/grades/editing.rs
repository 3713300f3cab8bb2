//! Changing descriptions: every save is a revision, and none overwrites one it has not seen.

use super::text::Text;
use crate::audit::service::Actor;
use crate::db::{self, Database, DbConnection};
use crate::graders::models;
use crate::graders::models::grades::{GradeRow, NewGrade};
use crate::graders::models::professions::ProfessionRow;
use crate::graders::service::inclusions::{self, Including};
use crate::graders::service::revisions::{self, Change, History, Snapshot};
use crate::graders::service::texts::is_slug;
use crate::graders::service::{ServiceError, identity, level_names, search};
use crate::ladder::{Level, LevelName};

/// A grade as an editor sees it.
#[derive(Clone, Debug)]
pub struct EditableGrade {
    /// Its number; it never changes.
    pub grade_id: i32,
    /// The profession's name in addresses.
    pub slug: String,
    /// The profession's name on pages.
    pub profession: String,
    /// The level.
    pub level: Level,
    /// The level as the profession's scale names it.
    pub name: LevelName,
    /// The description in Markdown; empty if nobody wrote one yet.
    pub text: String,
    /// Raised by each save; a save sends the version it has read.
    pub version: i32,
    /// The professions whose ladders include the grade, in the order of the catalogue.
    pub included_in: Vec<Including>,
    /// Whether its profession is for editors alone.
    pub is_draft: bool,
}

/// What a new grade says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeFields {
    /// The level.
    pub level: Level,
    /// The description in Markdown, if there is one yet.
    pub description: Option<String>,
}

/// What an editor wants to save.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The number of the grade that the form was opened for, where it tells: another grade may be at
    /// its address by now.
    pub grade_id: Option<i32>,
    /// The version the editor has read.
    pub version: i32,
    /// The new description; an empty one takes the description away.
    pub text: String,
    /// Why.
    pub note: String,
    /// The ids of requirements that new ones replaced, so that the new ones are not the same in other words.
    pub said_new: Vec<String>,
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
    /// The grade that the form was opened for has this address or level by now; nothing is stored.
    Moved(Box<EditableGrade>),
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
/// [`ServiceError::NoSuchGrade`]; [`ServiceError::Moved`] if its profession has another address now;
/// if the database does not answer.
pub fn editable(
    database: &Database,
    slug: &str,
    level: Level,
) -> Result<EditableGrade, ServiceError> {
    database.read(|connection| find(connection, slug, level)?.editable(connection))
}

/// The grade with a number, for editing: at the address it has now.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`]; if the database does not answer.
pub fn editable_with_id(database: &Database, grade_id: i32) -> Result<EditableGrade, ServiceError> {
    database.read(|connection| editable_row(connection, grade_id))
}

/// The saved changes of the grade at an address.
///
/// # Errors
///
/// As [`editable`].
pub fn history(database: &Database, slug: &str, level: Level) -> Result<History, ServiceError> {
    database.read(|connection| {
        let Found { row, owner, name } = find(connection, slug, level)?;
        let title = format!("{}, {name}", owner.title);
        let current = Text::of(row.description.as_deref());
        let key = (row.grade_id, row.version);
        revisions::history(connection, key, title, current.as_ref(), Text::read)
    })
}

/// Saves a description, unless somebody else has saved since it was read.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`], also if the grade that the form was opened for is gone and another
/// one is at its address; [`ServiceError::Moved`] if the form does not tell its grade and the
/// profession has another address now; if the database does not answer.
pub fn save(
    database: &Database,
    slug: &str,
    level: Level,
    edit: &Edit,
) -> Result<Saved, ServiceError> {
    database.change_catalogue(|connection| save_locked(connection, slug, level, edit))
}

/// Saves the description of an earlier version anew; returns it as well.
///
/// # Errors
///
/// As [`save`]; [`ServiceError::NoSuchRevision`].
pub fn restore(
    database: &Database,
    slug: &str,
    level: Level,
    (read, wanted): (i32, i32),
    by: &Actor,
) -> Result<(Saved, String), ServiceError> {
    database.change_catalogue(|connection| {
        let Found { row, .. } = find(connection, slug, level)?;
        let was = if wanted == row.version {
            Text::of(row.description.as_deref())
        } else {
            revisions::snapshot_at::<Text>(connection, row.grade_id, wanted)?
        };
        let edit = Edit {
            grade_id: Some(row.grade_id),
            version: read,
            text: was.map(|Text(text)| text).unwrap_or_default(),
            note: format!("Возвращена версия {wanted}"),
            said_new: Vec::new(),
            by: by.clone(),
        };
        Ok((save_locked(connection, slug, level, &edit)?, edit.text))
    })
}

/// What stood in two versions of a grade, and who saved last: the texts are empty where nobody knows them.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`]; if the database does not answer.
pub fn texts_of(
    database: &Database,
    grade_id: i32,
    (one, other): (i32, i32),
) -> Result<(String, String, String), ServiceError> {
    database.read(|connection| {
        let Found { row, .. } = with_id(connection, grade_id)?;
        let mut text = |version| {
            if version == row.version {
                return Ok::<_, ServiceError>(row.description.clone().unwrap_or_default());
            }
            match revisions::snapshot_at::<Text>(connection, grade_id, version) {
                Err(ServiceError::NoSuchRevision) => Ok(String::new()),
                was => Ok(was?.map(|Text(text)| text).unwrap_or_default()),
            }
        };
        let (one, other) = (text(one)?, text(other)?);
        Ok::<_, ServiceError>((one, other, revisions::last_author::<Text>(connection, grade_id)?))
    })
}

/// The grade with a number, if one is named, or else the one at an address.
pub fn found(
    connection: &mut DbConnection,
    (slug, level): (&str, Level),
    grade_id: Option<i32>,
) -> Result<EditableGrade, ServiceError> {
    match grade_id {
        Some(grade_id) => editable_row(connection, grade_id),
        None => find(connection, slug, level)?.editable(connection),
    }
}

/// The grade with a number.
pub fn editable_row(
    connection: &mut DbConnection,
    grade_id: i32,
) -> Result<EditableGrade, ServiceError> {
    with_id(connection, grade_id)?.editable(connection)
}

/// As [`save`], in a transaction that has locked the catalogue.
pub fn save_locked(
    connection: &mut DbConnection,
    slug: &str,
    level: Level,
    edit: &Edit,
) -> Result<Saved, ServiceError> {
    let found = match edit.grade_id {
        Some(grade_id) => with_id(connection, grade_id)?,
        None => find(connection, slug, level)?,
    };
    if found.owner.slug != slug || found.row.level_name != level {
        return Ok(Saved::Moved(Box::new(found.editable(connection)?)));
    }
    let row = &found.row;
    if row.description.as_deref().unwrap_or_default() == edit.text {
        return Ok(Saved::Unchanged);
    }
    if row.version == edit.version {
        identity::keeping_described(connection, row, &edit.text, &edit.said_new, |connection| {
            store(connection, &found.owner, row, &edit.text, &edit.note, &edit.by)
        })?;
        return Ok(Saved::Stored);
    }
    // A version that never was, from a form tampered with, has nothing in common with the stored
    // text.
    let base = match revisions::snapshot_at::<Text>(connection, row.grade_id, edit.version) {
        Err(ServiceError::NoSuchRevision) => None,
        base => base?,
    };
    Ok(Saved::Conflict(Box::new(Conflict {
        base: base.map(|Text(text)| text).unwrap_or_default(),
        author: revisions::last_author::<Text>(connection, row.grade_id)?,
        stored: found.editable(connection)?,
    })))
}

/// Stores a grade; a description it brings along is its first revision.
pub fn insert(
    connection: &mut DbConnection,
    profession_id: i32,
    fields: &GradeFields,
    by: &Actor,
) -> Result<(), ServiceError> {
    let description = fields.description.as_deref();
    let new =
        NewGrade { profession_id, level_name: fields.level, description, updated_at: db::now() };
    let id = models::grades::insert(connection, new)?;
    let Some(after) = Text::of(description) else { return Ok(()) };
    let change = Change {
        id,
        version: 1,
        object: "",
        by,
        note: "",
        before: None,
        after: Some(&after),
        merged_with: None,
        profession_id: Some(profession_id),
        is_of_draft: None,
    };
    // The change of its profession raises the revision of the catalogue and is logged.
    revisions::store(connection, &change).map(drop)
}

/// Whether a grade was never described.
pub fn is_blank(connection: &mut DbConnection, row: &GradeRow) -> Result<bool, ServiceError> {
    let kind = Text::KIND;
    let has_history = models::revisions::newest(connection, kind, row.grade_id)?.is_some();
    Ok(row.description.is_none() && !has_history)
}

/// Stores another text for a grade of `owner` as it is now; an empty one takes the description away. The caller keeps
/// the identity of requirements.
pub fn store(
    connection: &mut DbConnection,
    owner: &ProfessionRow,
    row: &GradeRow,
    text: &str,
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    let name = level_names::name(connection, owner.scale_id, row.level_name)?;
    let now = db::now();
    let after = Some(text).filter(|text| !text.is_empty());
    models::grades::update_description(connection, row.grade_id, row.version, after, now)?;
    models::professions::touch(connection, row.profession_id, now)?;
    let stored = GradeRow { description: after.map(str::to_owned), ..row.clone() };
    search::index_grade(connection, owner, &stored)?;
    let (before, after) = (Text::of(row.description.as_deref()), Text::of(after));
    let change = Change {
        id: row.grade_id,
        version: row.version + 1,
        object: &format!("{}/{}", owner.slug, name.slug()),
        by,
        note,
        before: before.as_ref(),
        after: after.as_ref(),
        merged_with: None,
        profession_id: Some(row.profession_id),
        is_of_draft: Some(owner.is_draft),
    };
    revisions::record(connection, &change)
}

/// A grade at its address.
struct Found {
    row: GradeRow,
    owner: ProfessionRow,
    name: LevelName,
}

impl Found {
    fn new(
        connection: &mut DbConnection,
        (row, owner): (GradeRow, ProfessionRow),
    ) -> Result<Self, ServiceError> {
        let name = level_names::name(connection, owner.scale_id, row.level_name)?;
        Ok(Self { row, owner, name })
    }

    fn editable(self, connection: &mut DbConnection) -> Result<EditableGrade, ServiceError> {
        let (id, level) = (self.row.profession_id, self.row.level_name);
        let mut included_in = inclusions::including(connection, id)?;
        included_in.retain(|other| other.counts(level));
        Ok(EditableGrade {
            grade_id: self.row.grade_id,
            slug: self.owner.slug,
            profession: self.owner.title,
            level: self.row.level_name,
            name: self.name,
            text: self.row.description.unwrap_or_default(),
            version: self.row.version,
            is_draft: self.owner.is_draft,
            included_in,
        })
    }
}

fn find(connection: &mut DbConnection, slug: &str, level: Level) -> Result<Found, ServiceError> {
    if !is_slug(slug) {
        return Err(ServiceError::NoSuchGrade);
    }
    if let Some(found) = models::grades::at(connection, slug, level)? {
        return Found::new(connection, found);
    }
    Err(match models::professions::current_slug(connection, slug)? {
        Some(current) => ServiceError::Moved(current),
        None => ServiceError::NoSuchGrade,
    })
}

fn with_id(connection: &mut DbConnection, grade_id: i32) -> Result<Found, ServiceError> {
    let found = models::grades::with_profession(connection, grade_id)?;
    Found::new(connection, found.ok_or(ServiceError::NoSuchGrade)?)
}
