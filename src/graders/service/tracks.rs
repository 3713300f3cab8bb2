//! Tracks: read, and changed as to their titles, their order, and which there are.

mod snapshot;

use chrono::NaiveDateTime;
use diesel::QueryResult;

pub(super) use self::snapshot::Snapshot;
use super::ServiceError;
use super::order::{self, Direction, Reordered, Wanted};
use super::revisions::{self, History, Snapshot as _};
use super::texts::{LONGEST_TITLE, is_slug, proposed_slug};
use crate::audit::service::Actor;
use crate::clean::is_name;
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
    /// The title of an earlier version.
    Restore(i32),
    /// The end of a track without professions.
    Delete,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is stored.
    Stored,
    /// It would change nothing; nothing is stored.
    Unchanged,
    /// Somebody else changed the track in between, or it is gone; nothing is stored.
    Conflict,
    /// The title has nothing to see, is longer than [`LONGEST_TITLE`], of more than one line, or taken.
    InvalidTitle,
    /// The track has professions.
    NotEmpty,
}

/// A track that was deleted and can come back.
#[derive(Clone, Debug)]
pub struct DeletedTrack {
    /// Its number.
    pub track_id: i32,
    /// The name it had on pages.
    pub title: String,
    /// The login of who deleted it.
    pub author: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
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
        let track = |(row, professions): (TrackRow, usize)| EditableTrack {
            professions,
            slug: row.slug,
            title: row.title,
            version: row.version,
        };
        Ok(models::tracks::counted(connection)?.into_iter().map(track).collect())
    })
}

/// The saved changes of a track.
///
/// # Errors
///
/// [`ServiceError::NoSuchTrack`]; if the database does not answer.
pub fn history(database: &Database, slug: &str) -> Result<History, ServiceError> {
    database.read(|connection| {
        let rows = models::tracks::all(connection)?;
        let row = rows.into_iter().find(|row| row.slug == slug);
        let row = row.ok_or(ServiceError::NoSuchTrack)?;
        let current = Snapshot::from(&row);
        let key = (row.id, row.version);
        revisions::history(connection, key, row.title, Some(&current), Snapshot::read)
    })
}

/// Makes a track, the last one; its address is made of its title.
///
/// # Errors
///
/// If the database does not answer.
pub fn create(database: &Database, title: &str, by: &Actor) -> Result<Changed, ServiceError> {
    database.change_catalogue(|connection| {
        let rows = models::tracks::all(connection)?;
        let slug = proposed_slug(title);
        if is_taken(&rows, &slug, title) || !is_name(title, LONGEST_TITLE) || !is_slug(&slug) {
            return Ok(Changed::InvalidTitle);
        }
        // The number of a deleted track is never given to another.
        let last = models::revisions::last_object(connection, Snapshot::KIND)?.unwrap_or(0);
        let id = rows.iter().map(|row| row.id).fold(last, i32::max) + 1;
        let row = TrackRow {
            id,
            slug,
            title: title.to_owned(),
            position: last_position(&rows) + 1,
            version: 1,
        };
        models::tracks::insert(connection, &row)?;
        record(connection, &row, (None, Some(&row)), "Создано", by)?;
        Ok(Changed::Stored)
    })
}

/// Changes a track, unless somebody else has since it was read or it is gone.
///
/// # Errors
///
/// [`ServiceError::NoSuchRevision`]; if the database does not answer.
pub fn change(
    database: &Database,
    slug: &str,
    read: i32,
    change: &Change,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    database.change_catalogue(|connection| {
        let rows = models::tracks::all(connection)?;
        let Some(index) = rows.iter().position(|row| row.slug == slug) else {
            return Ok(Changed::Conflict);
        };
        let row = &rows[index];
        if matches!(change, Change::Title(title) if *title == row.title) {
            return Ok(Changed::Unchanged);
        }
        if row.version != read {
            return Ok(Changed::Conflict);
        }
        match change {
            Change::Title(title) => rename(connection, &rows, index, title, "Переименовано", by),
            Change::Restore(version) => {
                let was = revisions::snapshot_at::<Snapshot>(connection, row.id, *version)?;
                let title = was.ok_or(ServiceError::NoSuchRevision)?.title;
                let note = format!("Возвращена версия {version}");
                rename(connection, &rows, index, &title, &note, by)
            }
            Change::Move(direction) => place(connection, &rows, index, *direction, by),
            Change::Delete => {
                if models::professions::last_position(connection, slug)?.is_some() {
                    return Ok(Changed::NotEmpty);
                }
                models::tracks::delete(connection, row.id)?;
                let gone = TrackRow { version: row.version + 1, ..row.clone() };
                record(connection, &gone, (Some(row), None), "Удалено", by)?;
                Ok(Changed::Stored)
            }
        }
    })
}

/// Puts all tracks into another order, unless it has changed since it was read.
///
/// # Errors
///
/// If the database does not answer.
pub fn reorder(
    database: &Database,
    wanted: &Wanted,
    by: &Actor,
) -> Result<Reordered, ServiceError> {
    database.change_catalogue(|connection| {
        let rows = models::tracks::all(connection)?;
        if !rows.iter().map(|row| &row.slug).eq(&wanted.shown) {
            return Ok(Reordered::Conflict);
        }
        let positions = rows.iter().map(|row| row.position).collect::<Vec<_>>();
        let changes = wanted.changes(&positions);
        for (index, position) in &changes {
            let after = TrackRow { position: *position, ..rows[*index].clone() };
            store(connection, &rows[*index], after, order::NOTE, by)?;
        }
        Ok(if changes.is_empty() { Reordered::Unchanged } else { Reordered::Stored })
    })
}

/// The tracks that were deleted and did not come back, the latest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn deleted(database: &Database) -> Result<Vec<DeletedTrack>, ServiceError> {
    database.read(|connection| {
        let deletions = revisions::deletions::<Snapshot>(connection, models::tracks::existing)?;
        let deleted = deletions.into_iter().map(|deletion| DeletedTrack {
            track_id: deletion.id,
            title: deletion.last.title,
            author: deletion.author,
            at: deletion.at,
        });
        Ok(deleted.collect())
    })
}

/// Brings back a track that was deleted, to the place it had; [`Changed::InvalidTitle`] if another
/// one has its title or its address now.
///
/// # Errors
///
/// [`ServiceError::NoSuchTrack`] if none was deleted under this number; if the database does not
/// answer.
pub fn bring_back(database: &Database, id: i32, by: &Actor) -> Result<Changed, ServiceError> {
    database.change_catalogue(|connection| {
        let deleted = revisions::deleted::<Snapshot>(connection, id)?;
        let (was, version) = deleted.ok_or(ServiceError::NoSuchTrack)?;
        let rows = models::tracks::all(connection)?;
        if is_taken(&rows, &was.slug, &was.title) {
            return Ok(Changed::InvalidTitle);
        }
        let Snapshot { slug, title, position } = was;
        let row = TrackRow { id, slug, title, position, version };
        models::tracks::insert(connection, &row)?;
        record(connection, &row, (None, Some(&row)), "Возвращено", by)?;
        Ok(Changed::Stored)
    })
}

/// A track that is there; drafts do not count.
pub(super) fn placed(connection: &mut DbConnection, slug: &str) -> QueryResult<Track> {
    let (row, professions, before) =
        models::tracks::placed(connection, slug)?.ok_or(diesel::NotFound)?;
    let count = |number: i64| usize::try_from(number).unwrap_or_default();
    Ok(Track {
        slug: row.slug,
        title: row.title,
        professions: count(professions.into()),
        page: count(before.unwrap_or_default()) / PROFESSIONS_PER_PAGE + 1,
    })
}

/// Every track that has professions, in order.
pub(super) fn with_professions(connection: &mut DbConnection) -> QueryResult<Vec<Track>> {
    let mut before = 0;
    let mut tracks = Vec::new();
    for (row, professions) in models::tracks::counted(connection)? {
        if professions > 0 {
            let page = before / PROFESSIONS_PER_PAGE + 1;
            tracks.push(Track { slug: row.slug, title: row.title, professions, page });
        }
        before += professions;
    }
    Ok(tracks)
}

/// Gives the track at an index another title.
pub(super) fn rename(
    connection: &mut DbConnection,
    rows: &[TrackRow],
    index: usize,
    title: &str,
    note: &str,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    let row = &rows[index];
    if row.title == title {
        return Ok(Changed::Unchanged);
    }
    if rows.iter().any(|other| other.title == title) || !is_name(title, LONGEST_TITLE) {
        return Ok(Changed::InvalidTitle);
    }
    let renamed = TrackRow { title: title.to_owned(), ..row.clone() };
    store(connection, row, renamed, note, by)?;
    Ok(Changed::Stored)
}

/// Moves the track at an index one place. Each one whose position changes gets a revision.
fn place(
    connection: &mut DbConnection,
    rows: &[TrackRow],
    index: usize,
    direction: Direction,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    let positions = rows.iter().map(|row| row.position).collect::<Vec<_>>();
    let moved = order::moved(&positions, index, direction);
    if moved.is_empty() {
        return Ok(Changed::Unchanged);
    }
    let title = &rows[index].title;
    for (other, position) in moved {
        let note = match other {
            other if other == index => "Перемещено".to_owned(),
            _ => format!("Сдвинуто: перемещено «{title}»"),
        };
        let after = TrackRow { position, ..rows[other].clone() };
        store(connection, &rows[other], after, &note, by)?;
    }
    Ok(Changed::Stored)
}

fn store(
    connection: &mut DbConnection,
    before: &TrackRow,
    after: TrackRow,
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    let after = TrackRow { version: before.version + 1, ..after };
    models::tracks::update(connection, &after)?;
    record(connection, &after, (Some(before), Some(&after)), note, by)
}

/// Records a change that made a row.
fn record(
    connection: &mut DbConnection,
    row: &TrackRow,
    (before, after): (Option<&TrackRow>, Option<&TrackRow>),
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    let (before, after) = (before.map(Snapshot::from), after.map(Snapshot::from));
    let change = revisions::Change {
        id: row.id,
        version: row.version,
        object: &row.slug,
        by,
        note,
        before: before.as_ref(),
        after: after.as_ref(),
        merged_with: None,
        profession_id: None,
        is_of_draft: None,
    };
    revisions::record(connection, &change)
}

fn last_position(rows: &[TrackRow]) -> i32 {
    rows.iter().map(|row| row.position).max().unwrap_or(0)
}

fn is_taken(rows: &[TrackRow], slug: &str, title: &str) -> bool {
    rows.iter().any(|row| row.slug == slug || row.title == title)
}
