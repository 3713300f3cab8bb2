//! Rows of the catalogue and the queries over them.
//!
//! Every function takes a connection and returns a [`QueryResult`]; what a result means is for
//! the service to say.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{deserialize, serialize};

use crate::db::DbConnection;
use crate::db::schema::{catalogue_state, grades, profession, tracks};
use crate::ladder::Level;

/// A group of professions.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = tracks)]
pub(super) struct TrackRow {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) position: i32,
}

/// A profession without its grades.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = profession)]
pub(super) struct ProfessionRow {
    pub(super) id: i32,
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) track: String,
}

/// A profession to store.
#[derive(Insertable)]
#[diesel(table_name = profession)]
pub(super) struct NewProfession<'a> {
    pub(super) slug: &'a str,
    pub(super) title: &'a str,
    pub(super) summary: &'a str,
    pub(super) track: &'a str,
    pub(super) position: i32,
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
}

/// One level of one profession.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = grades)]
pub(super) struct GradeRow {
    pub(super) profession_id: i32,
    #[diesel(deserialize_as = LevelName)]
    pub(super) level_name: Level,
    pub(super) description: Option<String>,
}

/// A grade to store.
#[derive(Insertable)]
#[diesel(table_name = grades)]
pub(super) struct NewGrade<'a> {
    pub(super) profession_id: i32,
    #[diesel(serialize_as = LevelName)]
    pub(super) level_name: Level,
    pub(super) description: Option<&'a str>,
    pub(super) updated_at: NaiveDateTime,
}

/// A level as the column `level_name` holds it.
#[derive(Clone, Copy, Debug, diesel::deserialize::FromSqlRow, diesel::expression::AsExpression)]
#[diesel(sql_type = Text)]
pub(super) struct LevelName(Level);

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        name.0
    }
}

impl From<Level> for LevelName {
    fn from(level: Level) -> Self {
        Self(level)
    }
}

impl<DB> serialize::ToSql<Text, DB> for LevelName
where
    DB: diesel::backend::Backend,
    str: serialize::ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, DB>) -> serialize::Result {
        self.0.name().to_sql(out)
    }
}

impl<DB> deserialize::FromSql<Text, DB> for LevelName
where
    DB: diesel::backend::Backend,
    String: deserialize::FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(String::from_sql(bytes)?.parse()?))
    }
}

/// The number every visible change raises.
pub(super) fn revision(connection: &mut DbConnection) -> QueryResult<i64> {
    catalogue_state::table.select(catalogue_state::revision).first(connection)
}

/// Raises the revision of a catalogue that never had one; `false` if it had.
pub(super) fn claim_first_revision(connection: &mut DbConnection) -> QueryResult<bool> {
    let raised = diesel::update(catalogue_state::table.filter(catalogue_state::revision.eq(0)))
        .set(catalogue_state::revision.eq(1))
        .execute(connection)?;
    Ok(raised == 1)
}

/// Every track in order.
pub(super) fn tracks(connection: &mut DbConnection) -> QueryResult<Vec<TrackRow>> {
    tracks::table
        .order((tracks::position, tracks::slug))
        .select(TrackRow::as_select())
        .load(connection)
}

/// How many professions each track has; tracks without any are left out.
pub(super) fn professions_by_track(
    connection: &mut DbConnection,
) -> QueryResult<Vec<(String, i64)>> {
    profession::table
        .group_by(profession::track)
        .select((profession::track, diesel::dsl::count_star()))
        .load(connection)
}

/// A stretch of all professions, ordered by track and by position within it.
pub(super) fn professions(
    connection: &mut DbConnection,
    offset: i64,
    limit: i64,
) -> QueryResult<Vec<ProfessionRow>> {
    profession::table
        .inner_join(tracks::table)
        .order((tracks::position, tracks::slug, profession::position, profession::id))
        .select(ProfessionRow::as_select())
        .offset(offset)
        .limit(limit)
        .load(connection)
}

/// The profession at an address.
pub(super) fn profession(
    connection: &mut DbConnection,
    slug: &str,
) -> QueryResult<Option<ProfessionRow>> {
    profession::table
        .filter(profession::slug.eq(slug))
        .select(ProfessionRow::as_select())
        .first(connection)
        .optional()
}

/// The grades of some professions, in no order.
pub(super) fn grades_of(
    connection: &mut DbConnection,
    profession_ids: &[i32],
) -> QueryResult<Vec<GradeRow>> {
    grades::table
        .filter(grades::profession_id.eq_any(profession_ids))
        .select(GradeRow::as_select())
        .load(connection)
}

/// The described levels of every profession, in no order.
pub(super) fn described_levels(
    connection: &mut DbConnection,
) -> QueryResult<Vec<(i32, LevelName)>> {
    grades::table
        .filter(grades::description.is_not_null())
        .select((grades::profession_id, grades::level_name))
        .load(connection)
}

/// Stores a track.
pub(super) fn insert_track(connection: &mut DbConnection, track: &TrackRow) -> QueryResult<()> {
    diesel::insert_into(tracks::table).values(track).execute(connection).map(drop)
}

/// Stores a profession; returns its id.
pub(super) fn insert_profession(
    connection: &mut DbConnection,
    new: &NewProfession<'_>,
) -> QueryResult<i32> {
    diesel::insert_into(profession::table)
        .values(new)
        .returning(profession::id)
        .get_result(connection)
}

/// Stores a grade.
pub(super) fn insert_grade(connection: &mut DbConnection, new: NewGrade<'_>) -> QueryResult<()> {
    diesel::insert_into(grades::table).values(new).execute(connection).map(drop)
}
