//! Rows of releases and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::releases;

/// A named state of the catalogue.
#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = releases)]
pub struct ReleaseRow {
    pub name: String,
    pub note: String,
    /// The last saved change it has.
    pub revision_id: i32,
    pub author: String,
    pub created_at: NaiveDateTime,
}

/// A release to store.
#[derive(Insertable)]
#[diesel(table_name = releases)]
pub struct NewRelease<'a> {
    pub name: &'a str,
    pub note: &'a str,
    pub revision_id: i32,
    pub author: &'a str,
    pub created_at: NaiveDateTime,
}

/// Stores a release.
pub fn insert(connection: &mut DbConnection, new: &NewRelease<'_>) -> QueryResult<()> {
    diesel::insert_into(releases::table).values(new).execute(connection).map(drop)
}

/// Every release, the newest first.
pub fn all(connection: &mut DbConnection) -> QueryResult<Vec<ReleaseRow>> {
    ReleaseRow::query().order(releases::id.desc()).load(connection)
}

/// The release with a name.
pub fn named(connection: &mut DbConnection, name: &str) -> QueryResult<Option<ReleaseRow>> {
    ReleaseRow::query().filter(releases::name.eq(name)).get_result(connection).optional()
}

/// The name of the newest release that is the state after a saved change.
pub fn name_of(connection: &mut DbConnection, revision: i32) -> QueryResult<Option<String>> {
    let of_state = releases::table.filter(releases::revision_id.eq(revision));
    let names = of_state.order(releases::id.desc()).select(releases::name).limit(1);
    Ok(names.load(connection)?.into_iter().next())
}
