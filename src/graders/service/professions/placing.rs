//! The places of professions in their tracks.

use std::collections::{BTreeSet, HashMap};

use super::snapshot::{Snapshot, record};
use crate::audit::service::Actor;
use crate::db::{self, Database, DbConnection};
use crate::graders::models;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::ServiceError;
use crate::graders::service::order::{self, Direction, Reordered, Wanted};
use crate::ladder::Level;

/// A profession in its place.
#[derive(Clone, Debug)]
pub struct PlacedProfession {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
}

/// The title of a track and its professions in their order.
///
/// # Errors
///
/// [`ServiceError::NoSuchTrack`]; if the database does not answer.
pub fn of_track(
    database: &Database,
    track: &str,
) -> Result<(String, Vec<PlacedProfession>), ServiceError> {
    database.read(|connection| {
        let tracks = models::tracks::all(connection)?;
        let found = tracks.into_iter().find(|row| row.slug == track);
        let found = found.ok_or(ServiceError::NoSuchTrack)?;
        let rows = models::professions::of_track(connection, track)?.into_iter();
        let placed = rows.map(|row| PlacedProfession { slug: row.slug, title: row.title });
        Ok((found.title, placed.collect()))
    })
}

/// The levels that ladders of each track have, by the track's name in addresses.
///
/// # Errors
///
/// If the database does not answer.
pub fn track_levels(database: &Database) -> Result<HashMap<String, BTreeSet<Level>>, ServiceError> {
    database.read(|connection| {
        let rows = models::professions::in_order(connection, 0, i64::MAX)?;
        let tracks = rows.into_iter().map(|row| (row.id, row.track)).collect::<HashMap<_, _>>();
        let mut levels = HashMap::<String, BTreeSet<Level>>::new();
        for (id, level, _) in models::grades::levels(connection)? {
            if let Some(track) = tracks.get(&id) {
                levels.entry(track.clone()).or_default().insert(level.into());
            }
        }
        Ok(levels)
    })
}

/// Puts the professions of a track into another order, unless it has changed since it was read. Each that gets
/// another place gets a revision.
///
/// # Errors
///
/// If the database does not answer.
pub fn reorder(
    database: &Database,
    track: &str,
    wanted: &Wanted,
    by: &Actor,
) -> Result<Reordered, ServiceError> {
    database.change_catalogue(|connection| {
        let rows = models::professions::of_track(connection, track)?;
        if !rows.iter().map(|row| &row.slug).eq(&wanted.shown) {
            return Ok(Reordered::Conflict);
        }
        let positions = rows.iter().map(|row| row.position).collect::<Vec<_>>();
        let changes = wanted.changes(&positions);
        for (index, position) in &changes {
            put(connection, &rows[*index], *position, order::NOTE, by)?;
        }
        Ok(if changes.is_empty() { Reordered::Unchanged } else { Reordered::Stored })
    })
}

/// Gives a profession another position.
fn put(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    position: i32,
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    let before = Snapshot::take(connection, row)?;
    let after = Snapshot { position, ..before.clone() };
    let (version, updated_at) = (row.version + 1, db::now());
    let placed = WholeProfessionRow { position, version, updated_at, ..row.clone() };
    models::professions::update(connection, &placed)?;
    record(connection, &placed, (Some(&before), Some(&after)), note, by)
}

/// Moves a profession one place within its track; `true` if another one had to move for it. Each of
/// those gets a revision of its own.
pub fn place(
    connection: &mut DbConnection,
    row: &mut WholeProfessionRow,
    direction: Direction,
    by: &Actor,
) -> Result<bool, ServiceError> {
    let all = models::professions::of_track(connection, &row.track)?;
    let index = all.iter().position(|other| other.id == row.id).unwrap_or_default();
    let positions = all.iter().map(|other| other.position).collect::<Vec<_>>();
    let mut moves_others = false;
    for (other, position) in order::moved(&positions, index, direction) {
        if other == index {
            row.position = position;
            continue;
        }
        moves_others = true;
        let note = format!("Сдвинута: перемещена «{}»", row.title);
        put(connection, &all[other], position, &note, by)?;
    }
    Ok(moves_others)
}

/// Puts a profession into a track, where it becomes the last one unless it is there already.
pub fn set_track(
    connection: &mut DbConnection,
    row: &mut WholeProfessionRow,
    track: String,
) -> Result<(), ServiceError> {
    if row.track != track {
        row.position = next_position(connection, &track)?;
        row.track = track;
    }
    Ok(())
}

/// The position behind the last profession of a track.
pub fn next_position(connection: &mut DbConnection, track: &str) -> Result<i32, ServiceError> {
    Ok(models::professions::last_position(connection, track)?.unwrap_or(0).saturating_add(1))
}
