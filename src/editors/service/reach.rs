//! Limiting editors to tracks.

use std::collections::BTreeSet;

use super::accounts::{find, lock_as_owner};
use super::{AccountError, Role};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::Database;
use crate::editors::models;
use crate::editors::reach::{self, Reach};

/// A track that an editor may be limited to.
#[derive(Clone, Debug)]
pub struct TrackChoice {
    /// Its number.
    pub id: i32,
    /// Its name on pages; `None` while it lies in the trash.
    pub title: Option<String>,
    /// Whether the editor is limited to it, and perhaps to others.
    pub is_chosen: bool,
}

/// What an editor may change.
///
/// # Errors
///
/// If the database does not answer.
pub fn reach(database: &Database, login: &str) -> Result<Reach, AccountError> {
    database.read_committed(|connection| Ok(reach::of_editor(connection, login)?))
}

/// Whether a profession at an address, be it a former one, is within somebody's reach. One that is not there is:
/// nothing of it can be changed.
///
/// # Errors
///
/// If the database does not answer.
pub fn reaches_profession(
    database: &Database,
    reach: &Reach,
    slug: &str,
) -> Result<bool, AccountError> {
    if *reach == Reach::Everything {
        return Ok(true);
    }
    let track = database.read_committed(|connection| {
        Ok::<_, AccountError>(models::track_of_profession(connection, slug)?)
    })?;
    Ok(track.is_none_or(|track| reach.has(&track)))
}

/// The tracks that an editor may be limited to, in order, and those in the trash that the editor is limited to.
///
/// # Errors
///
/// [`AccountError::NoSuchEditor`]; if the database does not answer.
pub fn track_choices(database: &Database, id: i32) -> Result<Vec<TrackChoice>, AccountError> {
    database.read(|connection| {
        let row = find(connection, id)?;
        let chosen = models::chosen_tracks(connection, row.id)?;
        let tracks = models::track_titles(connection)?;
        let gone = chosen.iter().filter(|id| tracks.iter().all(|(there, _)| there != *id));
        let gone = gone.map(|id| TrackChoice { id: *id, title: None, is_chosen: true });
        let there = tracks.iter().map(|(id, title)| TrackChoice {
            id: *id,
            title: Some(title.clone()),
            is_chosen: chosen.contains(id),
        });
        Ok(there.chain(gone).collect())
    })
}

/// Limits an editor to the professions of some tracks; with none chosen, the limit is lifted. Numbers of neither a track nor a former choice
/// are left out.
///
/// # Errors
///
/// [`AccountError::NotOwner`], [`AccountError::NoSuchEditor`]; if the database does not answer.
pub fn limit(database: &Database, id: i32, wanted: &[i32], by: &Actor) -> Result<(), AccountError> {
    database.write(|connection| {
        lock_as_owner(connection, by)?;
        let row = find(connection, id)?;
        let before = models::chosen_tracks(connection, id)?.into_iter().collect::<BTreeSet<_>>();
        let tracks = models::track_titles(connection)?;
        let is_known =
            |id: &i32| before.contains(id) || tracks.iter().any(|(there, _)| there == id);
        let after = wanted.iter().copied().filter(is_known).collect::<BTreeSet<_>>();
        if before == after || Role::of(&row) == Role::Owner {
            return Ok(());
        }
        models::choose_tracks(connection, id, &after)?;
        let named = |ids: &BTreeSet<i32>| {
            let title = |id: &i32| {
                let found = tracks.iter().find(|(there, _)| there == id);
                found.map_or_else(|| "направление в корзине".to_owned(), |(_, title)| title.clone())
            };
            match ids.iter().map(title).collect::<Vec<_>>() {
                titles if titles.is_empty() => "все".to_owned(),
                titles => titles.join(", "),
            }
        };
        let detail = format!("{} → {}", named(&before), named(&after));
        Ok(audit::record(connection, by, Action::LimitEditor, &row.login, &detail)?)
    })
}
