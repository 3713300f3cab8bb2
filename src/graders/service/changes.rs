//! The saved changes as everybody reads them: what each concerns, what differs, and what it does to the
//! demands; and the editors' word on the last.
//!
//! Visitors are not told who made a change, and nothing of what only editors see: comments in texts, hidden names of
//! skills.

mod editing;
mod public;
mod recent;
mod since;
mod subject;
mod then;

use chrono::{NaiveDate, NaiveDateTime};

pub use self::editing::{Corrected, Correction, correct, correctable};
pub use self::public::MOST_LINES;
pub use self::recent::{RecentChange, Undoing, recent};
pub use self::since::{Difference, Since, What, since};
pub use self::subject::Subject;
use super::ServiceError;
use super::texts::is_slug;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::changes::ChangeRow;
use crate::ladder::excerpt::Excerpt;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Effect, Level};

/// How many changes stand on a page.
pub const CHANGES_PER_PAGE: usize = 20;

/// So many pages are searched for a change with something to see.
const MOST_SEARCHED: usize = 10;

/// A saved change.
#[derive(Clone, Debug)]
pub struct PublicChange {
    /// Its number, which rises with every change.
    pub id: i32,
    /// What was changed.
    pub subject: Subject,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// What was done, or why; may be empty.
    pub note: String,
    /// What changed, in sentences that the note does not have already.
    pub sentences: Vec<String>,
    /// What differs in the texts.
    pub difference: Excerpt,
    /// What it does to the demands; `None` if it can't be told.
    pub effect: Option<Effect>,
}

/// A part of the changes, the newest first.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The profession whose changes they are, if one is asked for.
    pub profession: Option<Owner>,
    /// The changes.
    pub items: Vec<PublicChange>,
    /// The number that the next part is before, if there is one.
    pub older: Option<i32>,
}

/// A profession whose changes are asked for.
#[derive(Clone, Debug)]
pub struct Owner {
    /// Its number; it never changes.
    pub id: i32,
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
}

/// A part of the changes from before one of them; of a profession and its grades, if one is named.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; [`ServiceError::Moved`] if it has another address now; if the
/// database does not answer.
pub fn list(
    database: &Database,
    dictionary: &Dictionary,
    slug: Option<&str>,
    before: Option<i32>,
) -> Result<Changes, ServiceError> {
    database.read(|connection| {
        let profession = slug.map(|slug| owner(connection, slug)).transpose()?;
        let mut found = Changes { profession, items: Vec::new(), older: before };
        let id = found.profession.as_ref().map(|owner| owner.id);
        let limit = i64::try_from(CHANGES_PER_PAGE).unwrap_or(i64::MAX) + 1;
        for _ in 0..MOST_SEARCHED {
            let mut rows = models::changes::before(connection, id, found.older, limit)?;
            let has_older = rows.len() > CHANGES_PER_PAGE;
            rows.truncate(CHANGES_PER_PAGE);
            found.older = rows.last().filter(|_| has_older).map(|row| row.revision_id);
            found.items = public::changes(connection, dictionary, rows, MOST_LINES)?;
            if !found.items.is_empty() || found.older.is_none() {
                break;
            }
        }
        Ok(found)
    })
}

/// One change, whole.
///
/// # Errors
///
/// [`ServiceError::NoSuchRevision`], also if there is nothing of it to see; if the database does not
/// answer.
pub fn one(
    database: &Database,
    dictionary: &Dictionary,
    id: i32,
) -> Result<PublicChange, ServiceError> {
    database.read(|connection| {
        let row = row(connection, id)?;
        let found = public::changes(connection, dictionary, vec![row], usize::MAX)?;
        found.into_iter().next().ok_or(ServiceError::NoSuchRevision)
    })
}

/// The day, in UTC, on which the description of a grade was last changed; `None` if it never was since
/// the grade was made.
///
/// # Errors
///
/// If the database does not answer.
pub fn last_of_grade(
    database: &Database,
    profession_id: i32,
    level: Level,
) -> Result<Option<NaiveDate>, ServiceError> {
    let Some(origin) = database.origin() else {
        return database.read(|connection| {
            let at = models::changes::last_of_grade(connection, profession_id, level)?;
            Ok(at.map(|at| at.date()))
        });
    };
    // A past state has no saved changes of its own.
    let grades = database.read(|connection| {
        Ok::<_, ServiceError>(models::grades::by_age(connection, profession_id)?)
    })?;
    let Some(grade) = grades.into_iter().find(|grade| grade.level_name == level) else {
        return Ok(None);
    };
    origin.database.read(|connection| {
        let (id, up_to) = (grade.grade_id, origin.revision);
        let at = models::changes::last_of_grade_up_to(connection, id, up_to)?;
        Ok(at.map(|at| at.date()))
    })
}

fn row(connection: &mut DbConnection, id: i32) -> Result<ChangeRow, ServiceError> {
    models::changes::by_id(connection, id)?.ok_or(ServiceError::NoSuchRevision)
}

fn owner(connection: &mut DbConnection, slug: &str) -> Result<Owner, ServiceError> {
    if !is_slug(slug) {
        return Err(ServiceError::NoSuchProfession);
    }
    if let Some(row) = models::professions::at(connection, slug)? {
        return Ok(Owner { id: row.id, slug: row.slug, title: row.title });
    }
    Err(match models::professions::current_slug(connection, slug)? {
        Some(current) => ServiceError::Moved(current),
        None => ServiceError::NoSuchProfession,
    })
}
