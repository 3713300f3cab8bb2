//! Rows of tracks and the queries over them.

use diesel::dsl::sum;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::{profession, tracks};

/// A group of professions.
#[derive(Clone, Debug, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = tracks)]
pub struct TrackRow {
    pub id: i32,
    pub slug: String,
    pub title: String,
    pub position: i32,
    pub version: i32,
}

/// Every track in order.
pub fn all(connection: &mut DbConnection) -> QueryResult<Vec<TrackRow>> {
    TrackRow::query().order((tracks::position, tracks::slug)).load(connection)
}

/// Every track in order, with the number of its professions: of those that everybody may see, which triggers
/// count, and of the drafts that can be seen.
pub fn counted(connection: &mut DbConnection) -> QueryResult<Vec<(TrackRow, usize)>> {
    let drafts = profession::table.filter(profession::track.eq(tracks::slug));
    let drafts = drafts.filter(profession::is_draft).count().single_value().assume_not_null();
    let rows = tracks::table
        .order((tracks::position, tracks::slug))
        .select((TrackRow::as_select(), tracks::professions, drafts))
        .load::<(TrackRow, i32, i64)>(connection)?;
    let count = |published: i32, drafts: i64| {
        usize::try_from(i64::from(published) + drafts).unwrap_or_default()
    };
    Ok(rows.into_iter().map(|(row, published, drafts)| (row, count(published, drafts))).collect())
}

/// A track, how many of its professions everybody may see, and how many of those of the tracks before it.
pub fn placed(
    connection: &mut DbConnection,
    slug: &str,
) -> QueryResult<Option<(TrackRow, i32, Option<i64>)>> {
    let earlier = diesel::alias!(tracks as earlier);
    let position = earlier.field(tracks::position);
    let is_before = position
        .lt(tracks::position)
        .or(position.eq(tracks::position).and(earlier.field(tracks::slug).lt(tracks::slug)));
    let before = earlier.filter(is_before).select(sum(earlier.field(tracks::professions)));
    tracks::table
        .filter(tracks::slug.eq(slug))
        .select((TrackRow::as_select(), tracks::professions, before.single_value()))
        .get_result(connection)
        .optional()
}

/// Stores a track.
pub fn insert(connection: &mut DbConnection, track: &TrackRow) -> QueryResult<()> {
    diesel::insert_into(tracks::table).values(track).execute(connection).map(drop)
}

/// Replaces the title, the place and the version of a track.
pub fn update(connection: &mut DbConnection, row: &TrackRow) -> QueryResult<()> {
    diesel::update(tracks::table.filter(tracks::id.eq(row.id)))
        .set((
            tracks::title.eq(&row.title),
            tracks::position.eq(row.position),
            tracks::version.eq(row.version),
        ))
        .execute(connection)
        .map(drop)
}

/// Deletes a track.
pub fn delete(connection: &mut DbConnection, id: i32) -> QueryResult<()> {
    diesel::delete(tracks::table.filter(tracks::id.eq(id))).execute(connection).map(drop)
}

/// Which of some tracks are there.
pub fn existing(connection: &mut DbConnection, ids: &[i32]) -> QueryResult<Vec<i32>> {
    tracks::table.filter(tracks::id.eq_any(ids)).select(tracks::id).load(connection)
}
