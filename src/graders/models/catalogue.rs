//! The state of the catalogue: its revision, and the lock under which it is changed.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::catalogue_state;
use crate::db::{self, DbConnection};

/// The number every visible change raises.
pub fn revision(connection: &mut DbConnection) -> QueryResult<i64> {
    catalogue_state::table.select(catalogue_state::revision).get_result(connection)
}

/// The same, and when it was raised last.
pub fn last_change(connection: &mut DbConnection) -> QueryResult<(i64, Option<NaiveDateTime>)> {
    catalogue_state::table
        .select((catalogue_state::revision, catalogue_state::changed_at))
        .get_result(connection)
}

/// Raises the revision of a catalogue that never had one; `false` if it had.
pub fn claim_first_revision(connection: &mut DbConnection) -> QueryResult<bool> {
    let raised = diesel::update(catalogue_state::table.filter(catalogue_state::revision.eq(0)))
        .set((catalogue_state::revision.eq(1), catalogue_state::changed_at.eq(db::now())))
        .execute(connection)?;
    Ok(raised == 1)
}

/// Raises the revision, in the transaction of a change a visitor can see.
pub fn raise_revision(connection: &mut DbConnection) -> QueryResult<()> {
    diesel::update(catalogue_state::table)
        .set((
            catalogue_state::revision.eq(catalogue_state::revision + 1),
            catalogue_state::changed_at.eq(db::now()),
        ))
        .execute(connection)
        .map(drop)
}

/// Raises the revision, in the transaction of a change that only editors see.
pub fn raise_revision_unseen(connection: &mut DbConnection) -> QueryResult<()> {
    diesel::update(catalogue_state::table)
        .set(catalogue_state::revision.eq(catalogue_state::revision + 1))
        .execute(connection)
        .map(drop)
}

/// Sets the revision, at the end of a transaction that raised it for each of its changes.
pub fn set_revision(connection: &mut DbConnection, revision: i64) -> QueryResult<()> {
    let state = diesel::update(catalogue_state::table);
    state.set(catalogue_state::revision.eq(revision)).execute(connection).map(drop)
}

/// The digest of the starting content whose corrections the catalogue has; empty if it has none.
pub fn starting_content(connection: &mut DbConnection) -> QueryResult<String> {
    catalogue_state::table.select(catalogue_state::starting_content).get_result(connection)
}

/// Notes the starting content whose corrections the catalogue has.
pub fn set_starting_content(connection: &mut DbConnection, digest: &str) -> QueryResult<()> {
    let state = diesel::update(catalogue_state::table);
    state.set(catalogue_state::starting_content.eq(digest)).execute(connection).map(drop)
}
