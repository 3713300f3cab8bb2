//! Whether whoever changes something may change it: an editor may be limited to tracks.
//!
//! This is asked where a change is recorded, in its transaction, so that no way to change something is
//! forgotten; and by what changes something without a revision.

use super::ServiceError;
use crate::audit::service::Actor;
use crate::db::DbConnection;
use crate::editors::reach::{self, Reach};
use crate::graders::models;

/// Refuses a change of something that is no part of a track, as the dictionary, or of some of these tracks.
///
/// # Errors
///
/// [`ServiceError::OutsideTracks`].
pub(super) fn must_have(
    connection: &mut DbConnection,
    by: &Actor,
    tracks: &[Option<&str>],
) -> Result<(), ServiceError> {
    let reach = reach::of(connection, &by.login)?;
    within(&reach, tracks)
}

fn within(reach: &Reach, tracks: &[Option<&str>]) -> Result<(), ServiceError> {
    let is_within = tracks.iter().all(|track| reach.has_part(*track));
    if is_within { Ok(()) } else { Err(ServiceError::OutsideTracks) }
}

/// Refuses a change of a profession, of a grade of it, or of what is said of either.
///
/// # Errors
///
/// [`ServiceError::OutsideTracks`].
pub(super) fn must_have_profession(
    connection: &mut DbConnection,
    by: &Actor,
    id: Option<i32>,
) -> Result<(), ServiceError> {
    let reach = reach::of(connection, &by.login)?;
    if reach == Reach::Everything {
        return Ok(());
    }
    let row = match id {
        Some(id) => models::professions::whole_by_id(connection, id)?,
        None => None,
    };
    within(&reach, &[row.as_ref().map(|row| row.track.as_str())])
}
