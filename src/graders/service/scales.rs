//! Scales: own names for the ten ranks, read and changed. Every change is a revision that holds the
//! whole scale before and after, so that each can be undone.

mod editing;
mod fields;
mod snapshot;

pub use self::editing::{Change, Changed, bring_back, change, create};
pub(super) use self::editing::{put, put_levels};
pub use self::fields::{InvalidField, LONGEST_LEVEL, LevelFields, ScaleFields};
pub(super) use self::fields::{own_faults, same};
pub(super) use self::snapshot::Snapshot;

use chrono::NaiveDateTime;
use diesel::QueryResult;

use super::ServiceError;
use super::revisions::{self, History, Snapshot as _};
use super::texts::is_slug;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::scales::{LevelRow, ScaleRow};

/// A scale as an owner sees it.
#[derive(Clone, Debug)]
pub struct EditableScale {
    /// The name in addresses; it never changes.
    pub slug: String,
    /// What it says of itself.
    pub fields: ScaleFields,
    /// Raised by each change.
    pub version: i32,
    /// The professions that use it: name in addresses, name on pages.
    pub professions: Vec<(String, String)>,
    /// The login of who changed it last; empty if nobody did.
    pub author: String,
}

/// A scale in a list.
#[derive(Clone, Debug)]
pub struct ListedScale {
    /// The name in addresses; it never changes.
    pub slug: String,
    /// What it says of itself.
    pub fields: ScaleFields,
    /// How many professions use it.
    pub professions: usize,
}

/// A scale that was deleted and can come back.
#[derive(Clone, Debug)]
pub struct DeletedScale {
    /// Its number.
    pub scale_id: i32,
    /// The name it had.
    pub title: String,
    /// The login of who deleted it.
    pub author: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
}

/// Every scale but the default one, by title.
///
/// # Errors
///
/// If the database does not answer.
pub fn all(database: &Database) -> Result<Vec<ListedScale>, ServiceError> {
    database.read(|connection| {
        let counts = models::scales::count_professions(connection)?;
        let mut levels = models::scales::levels(connection)?;
        levels.sort_by_key(|level| level.level_name);
        let listed = |row: ScaleRow| {
            let own = levels.iter().filter(|level| level.scale_id == row.id);
            let count = counts.iter().find(|(scale, _)| *scale == Some(row.id));
            ListedScale {
                fields: ScaleFields {
                    title: row.title,
                    levels: own.cloned().map(LevelFields::from).collect(),
                },
                slug: row.slug,
                professions: count.map_or(0, |(_, count)| usize::try_from(*count).unwrap_or(0)),
            }
        };
        Ok(models::scales::all(connection)?.into_iter().map(listed).collect())
    })
}

/// The scale at an address, for changing.
///
/// # Errors
///
/// [`ServiceError::NoSuchScale`]; if the database does not answer.
pub fn editable(database: &Database, slug: &str) -> Result<EditableScale, ServiceError> {
    database.read(|connection| {
        let row = find(connection, slug)?;
        editable_row(connection, row)
    })
}

/// The saved changes of a scale.
///
/// # Errors
///
/// As [`editable`].
pub fn history(database: &Database, slug: &str) -> Result<History, ServiceError> {
    database.read(|connection| {
        let row = find(connection, slug)?;
        let current = Snapshot::take(connection, &row)?;
        let key = (row.id, row.version);
        revisions::history(connection, key, row.title, Some(&current), Snapshot::read)
    })
}

/// What is wrong with a new scale, or with the one at an address.
///
/// # Errors
///
/// As [`editable`].
pub fn check(
    database: &Database,
    slug: Option<&str>,
    fields: &ScaleFields,
) -> Result<Vec<InvalidField>, ServiceError> {
    database.read(|connection| {
        let present = slug.map(|slug| find(connection, slug)).transpose()?;
        fields::faults(connection, fields, present.map(|row| row.id))
    })
}

/// The scales that were deleted and did not come back, the latest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn deleted(database: &Database) -> Result<Vec<DeletedScale>, ServiceError> {
    database.read(|connection| {
        let deletions = revisions::deletions::<Snapshot>(connection, models::scales::existing)?;
        let deleted = deletions.into_iter().map(|deletion| DeletedScale {
            scale_id: deletion.id,
            title: deletion.last.title,
            author: deletion.author,
            at: deletion.at,
        });
        Ok(deleted.collect())
    })
}

/// The scale at an address.
pub(super) fn find(connection: &mut DbConnection, slug: &str) -> Result<ScaleRow, ServiceError> {
    let found = if is_slug(slug) { models::scales::at(connection, slug)? } else { None };
    found.ok_or(ServiceError::NoSuchScale)
}

/// What a scale says of itself.
fn fields_of(connection: &mut DbConnection, row: &ScaleRow) -> QueryResult<ScaleFields> {
    let mut levels = models::scales::levels_of(connection, row.id)?;
    levels.sort_by_key(|level| level.level_name);
    let levels = levels.into_iter().map(LevelFields::from).collect();
    Ok(ScaleFields { title: row.title.clone(), levels })
}

fn editable_row(
    connection: &mut DbConnection,
    row: ScaleRow,
) -> Result<EditableScale, ServiceError> {
    let professions = models::scales::professions_of(connection, row.id)?;
    Ok(EditableScale {
        fields: fields_of(connection, &row)?,
        version: row.version,
        professions: professions.into_iter().map(|(_, slug, title)| (slug, title)).collect(),
        author: revisions::last_author::<Snapshot>(connection, row.id)?,
        slug: row.slug,
    })
}

impl From<LevelRow> for LevelFields {
    fn from(row: LevelRow) -> Self {
        let LevelRow { level_name: level, title, slug, is_base, .. } = row;
        Self { level, title, slug, is_base }
    }
}
