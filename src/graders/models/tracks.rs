//! Rows of tracks and the queries over them.

use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::tracks;

/// A group of professions.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = tracks)]
pub struct TrackRow {
    pub slug: String,
    pub title: String,
    pub position: i32,
    pub version: i32,
}

/// Every track in order.
pub fn all(connection: &mut DbConnection) -> QueryResult<Vec<TrackRow>> {
    tracks::table
        .order((tracks::position, tracks::slug))
        .select(TrackRow::as_select())
        .load(connection)
}

/// Stores a track.
pub fn insert(connection: &mut DbConnection, track: &TrackRow) -> QueryResult<()> {
    diesel::insert_into(tracks::table).values(track).execute(connection).map(drop)
}

/// Changes the title and the place of a track and raises its version.
pub fn update(
    connection: &mut DbConnection,
    slug: &str,
    title: &str,
    position: i32,
) -> QueryResult<()> {
    diesel::update(tracks::table.find(slug))
        .set((
            tracks::title.eq(title),
            tracks::position.eq(position),
            tracks::version.eq(tracks::version + 1),
        ))
        .execute(connection)
        .map(drop)
}

/// Takes a track away.
pub fn delete(connection: &mut DbConnection, slug: &str) -> QueryResult<()> {
    diesel::delete(tracks::table.find(slug)).execute(connection).map(drop)
}
