//! Named states of the catalogue. A release never changes: it is a name for everything up to one saved change.

use chrono::NaiveDateTime;

use super::ServiceError;
use super::past::State;
use super::texts::LONGEST_NOTE;
use crate::audit::service::{self as audit, Action, Actor};
use crate::clean::{is_line, is_name};
use crate::db::{self, Database};
use crate::graders::models;
use crate::graders::models::releases::{NewRelease, ReleaseRow};

/// Characters the name of a release may have.
pub const LONGEST_NAME: usize = 40;

/// A named state of the catalogue.
#[derive(Clone, Debug)]
pub struct Release {
    /// The name, in addresses too: «2026.1».
    pub name: String,
    /// What is to be said of it; may be empty.
    pub note: String,
    /// The state.
    pub state: State,
    /// The login of who named it.
    pub author: String,
    /// When it was named, in UTC.
    pub created_at: NaiveDateTime,
}

/// What is wrong with a new release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidField {
    /// Nothing to see, longer than [`LONGEST_NAME`], of more than one line, or with what no part of an
    /// address can have.
    Name,
    /// Another release has the name.
    NameTaken,
    /// A note longer than [`LONGEST_NOTE`] or of more than one line.
    Note,
}

/// Names the present state; what is wrong, if it can't be named so.
///
/// # Errors
///
/// If the database does not answer.
pub fn create(
    database: &Database,
    (name, note): (&str, &str),
    by: &Actor,
) -> Result<Vec<InvalidField>, ServiceError> {
    database.change_catalogue(|connection| {
        let mut invalid = Vec::new();
        // A slash would end the part of the address, and two dots lead out of it.
        if !is_name(name, LONGEST_NAME) || name.contains(['/', '\\']) || [".", ".."].contains(&name)
        {
            invalid.push(InvalidField::Name);
        } else if models::releases::named(connection, name)?.is_some() {
            invalid.push(InvalidField::NameTaken);
        }
        if !is_line(note, LONGEST_NOTE) {
            invalid.push(InvalidField::Note);
        }
        if !invalid.is_empty() {
            return Ok(invalid);
        }
        let newest = models::past::newest_up_to(connection, i32::MAX)?;
        let revision_id = newest.map_or(0, |(newest, _)| newest);
        let (author, created_at) = (by.login.as_str(), db::now());
        let new = NewRelease { name, note, revision_id, author, created_at };
        models::releases::insert(connection, &new)?;
        // Pages that list releases are made anew; nothing in the catalogue changed.
        let revision = models::catalogue::revision(connection)?;
        models::catalogue::set_revision(connection, revision + 1)?;
        audit::record(connection, by, Action::NameRelease, name, note)?;
        Ok(Vec::new())
    })
}

/// Every release, the newest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn all(database: &Database) -> Result<Vec<Release>, ServiceError> {
    database.read(|connection| {
        let rows = models::releases::all(connection)?.into_iter();
        Ok(rows.map(Release::from).collect())
    })
}

/// The release with a name, if there is one.
///
/// # Errors
///
/// If the database does not answer.
pub fn named(database: &Database, name: &str) -> Result<Option<Release>, ServiceError> {
    let row = database
        .read(|connection| Ok::<_, ServiceError>(models::releases::named(connection, name)?))?;
    Ok(row.map(Release::from))
}

impl From<ReleaseRow> for Release {
    fn from(row: ReleaseRow) -> Self {
        let ReleaseRow { name, note, revision_id, author, created_at } = row;
        let state = State { revision: revision_id, at: (revision_id > 0).then_some(created_at) };
        Self { name, note, state, author, created_at }
    }
}
