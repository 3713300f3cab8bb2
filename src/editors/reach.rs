//! What of the catalogue somebody may change: all of it, or the professions of some tracks.

use std::collections::BTreeSet;

use diesel::QueryResult;

use super::models;
use crate::db::DbConnection;

/// What the names of programs begin with in revisions and in the log; no login contains a colon.
pub(super) const PROGRAM: &str = "API: ";

/// What of the catalogue somebody may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of it.
    Everything,
    /// The professions and grades of these tracks, by their names in addresses. Of tracks that lie in the trash
    /// there are none, so this may be empty.
    Tracks(BTreeSet<String>),
}

impl Reach {
    /// Whether the professions of a track are within it.
    #[must_use]
    pub fn has(&self, track: &str) -> bool {
        self.has_part(Some(track))
    }

    /// Whether something is within it that is part of a track, or with `None` of the whole catalogue, as the
    /// dictionary.
    #[must_use]
    pub fn has_part(&self, track: Option<&str>) -> bool {
        match self {
            Self::Everything => true,
            Self::Tracks(tracks) => track.is_some_and(|track| tracks.contains(track)),
        }
    }
}

/// What the author of a change may change, named as revisions name authors. A program may change what whoever
/// made its token may; the command line and owners may change everything.
///
/// # Errors
///
/// If the database refuses.
pub fn of(connection: &mut DbConnection, author: &str) -> QueryResult<Reach> {
    let login = match author.strip_prefix(PROGRAM) {
        Some(name) => models::maker_of_token(connection, name)?.unwrap_or_default(),
        None => author.to_owned(),
    };
    of_editor(connection, &login)
}

/// What the editor with a login may change.
///
/// # Errors
///
/// If the database refuses.
pub(super) fn of_editor(connection: &mut DbConnection, login: &str) -> QueryResult<Reach> {
    let limits = models::limits_of(connection, login)?;
    if limits.is_empty() {
        return Ok(Reach::Everything);
    }
    Ok(Reach::Tracks(limits.into_iter().flatten().collect()))
}
