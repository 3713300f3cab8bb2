//! Tracks: read, and changed as to their titles, their order, and which there are.

use std::collections::HashMap;

use diesel::QueryResult;

use super::ServiceError;
use super::order::Direction;
use super::texts::{LONGEST_TITLE, is_slug, proposed_slug};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::tracks::TrackRow;

/// How many professions one page of the catalogue holds.
pub const PROFESSIONS_PER_PAGE: usize = 48;

/// A group of professions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// How many professions it has.
    pub professions: usize,
    /// The page of the catalogue its first profession stands on, from 1.
    pub page: usize,
}

/// A track as an editor sees it.
#[derive(Clone, Debug)]
pub struct EditableTrack {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// Raised by each change.
    pub version: i32,
    /// How many professions it has.
    pub professions: usize,
}

/// A change of a track.
#[derive(Clone, Debug)]
pub enum Change {
    /// Another title.
    Title(String),
    /// One place up or down.
    Move(Direction),
    /// The end of a track without professions.
    Delete,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is stored.
    Stored,
    /// Somebody else changed the track in between; nothing is stored.
    Conflict,
    /// The title is empty, longer than [`LONGEST_TITLE`], of more than one line, or taken.
    InvalidTitle,
    /// The track has professions.
    NotEmpty,
}

/// Every track that has professions, in order.
///
/// # Errors
///
/// If the database does not answer.
pub fn filled(database: &Database) -> Result<Vec<Track>, ServiceError> {
    database.read(|connection| Ok(with_professions(connection)?))
}

/// Every track in order.
///
/// # Errors
///
/// If the database does not answer.
pub fn all(database: &Database) -> Result<Vec<EditableTrack>, ServiceError> {
    database.read(|connection| {
        let counts = models::professions::count_by_track(connection)?;
        let track = |row: TrackRow| {
            let count = counts.iter().find(|(slug, _)| *slug == row.slug).map(|(_, count)| *count);
            let professions = count.and_then(|count| usize::try_from(count).ok());
            EditableTrack {
                professions: professions.unwrap_or_default(),
                slug: row.slug,
                title: row.title,
                version: row.version,
            }
        };
        Ok(models::tracks::all(connection)?.into_iter().map(track).collect())
    })
}

/// Makes a track, the last one; its address is made of its title.
///
/// # Errors
///
/// If the database does not answer.
pub fn create(database: &Database, title: &str, by: &Actor) -> Result<Changed, ServiceError> {
    database.write(|connection| {
        models::catalogue::lock(connection)?;
        let rows = models::tracks::all(connection)?;
        let slug = proposed_slug(title);
        let is_taken = rows.iter().any(|row| row.slug == slug || row.title == title);
        if is_taken || !is_title(title) || !is_slug(&slug) {
            return Ok(Changed::InvalidTitle);
        }
        let position = rows.last().map_or(0, |last| last.position) + 1;
        let row = TrackRow { slug, title: title.to_owned(), position, version: 1 };
        models::tracks::insert(connection, &row)?;
        models::catalogue::raise_revision(connection)?;
        audit::record(connection, by, Action::ChangeTrack, &row.slug, "Создано")?;
        Ok(Changed::Stored)
    })
}

/// Changes a track, unless somebody else has since it was read or it is gone.
///
/// # Errors
///
/// If the database does not answer.
pub fn change(
    database: &Database,
    slug: &str,
    read: i32,
    change: &Change,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    database.write(|connection| {
        models::catalogue::lock(connection)?;
        let rows = models::tracks::all(connection)?;
        let Some(index) = rows.iter().position(|row| row.slug == slug && row.version == read)
        else {
            return Ok(Changed::Conflict);
        };
        let note = match change {
            Change::Title(title) => {
                let is_taken = rows.iter().any(|row| row.slug != slug && row.title == *title);
                if is_taken || !is_title(title) {
                    return Ok(Changed::InvalidTitle);
                }
                models::tracks::update(connection, slug, title, rows[index].position)?;
                "Переименовано"
            }
            Change::Move(direction) => {
                place(connection, rows, index, *direction)?;
                "Перемещено"
            }
            Change::Delete => {
                let counts = models::professions::count_by_track(connection)?;
                if counts.iter().any(|(track, _)| track == slug) {
                    return Ok(Changed::NotEmpty);
                }
                models::tracks::delete(connection, slug)?;
                "Удалено"
            }
        };
        models::catalogue::raise_revision(connection)?;
        audit::record(connection, by, Action::ChangeTrack, slug, note)?;
        Ok(Changed::Stored)
    })
}

/// Every track that has professions, in order.
pub(super) fn with_professions(connection: &mut DbConnection) -> QueryResult<Vec<Track>> {
    let counts =
        models::professions::count_by_track(connection)?.into_iter().collect::<HashMap<_, _>>();
    let mut before = 0;
    let mut tracks = Vec::new();
    for row in models::tracks::all(connection)? {
        let professions =
            counts.get(&row.slug).map_or(0, |count| usize::try_from(*count).unwrap_or_default());
        if professions > 0 {
            let page = before / PROFESSIONS_PER_PAGE + 1;
            tracks.push(Track { slug: row.slug, title: row.title, professions, page });
        }
        before += professions;
    }
    Ok(tracks)
}

/// Moves the track at an index and numbers all of them anew.
fn place(
    connection: &mut DbConnection,
    mut rows: Vec<TrackRow>,
    index: usize,
    direction: Direction,
) -> Result<(), ServiceError> {
    let to = match direction {
        Direction::Up => index.saturating_sub(1),
        Direction::Down => (index + 1).min(rows.len() - 1),
    };
    rows.swap(index, to);
    for (position, row) in (1..).zip(rows) {
        if row.position != position {
            models::tracks::update(connection, &row.slug, &row.title, position)?;
        }
    }
    Ok(())
}

fn is_title(title: &str) -> bool {
    (1..=LONGEST_TITLE).contains(&title.chars().count()) && !title.contains(char::is_control)
}
