//! Rows of the catalogue and the queries over them.
//!
//! Every function takes a connection and returns a [`QueryResult`]; what a result means is for
//! the service to say.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{deserialize, serialize};

use crate::db::DbConnection;
use crate::db::schema::{catalogue_state, grades, profession, revisions, tracks};
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

/// A grade with what saving it needs.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = grades)]
pub(super) struct VersionedGradeRow {
    pub(super) grade_id: i32,
    #[diesel(deserialize_as = LevelName)]
    pub(super) level_name: Level,
    pub(super) description: Option<String>,
    pub(super) version: i32,
}

/// One saved change of a grade.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = revisions)]
pub(super) struct RevisionRow {
    pub(super) version: i32,
    pub(super) author: String,
    pub(super) note: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) created_at: NaiveDateTime,
}

/// A saved change to store.
#[derive(Insertable)]
#[diesel(table_name = revisions)]
pub(super) struct NewRevision<'a> {
    pub(super) grade_id: i32,
    pub(super) version: i32,
    pub(super) author: &'a str,
    pub(super) note: &'a str,
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
    pub(super) created_at: NaiveDateTime,
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

/// Raises the revision, in the transaction of a change a visitor can see.
pub(super) fn raise_revision(connection: &mut DbConnection) -> QueryResult<()> {
    diesel::update(catalogue_state::table)
        .set(catalogue_state::revision.eq(catalogue_state::revision + 1))
        .execute(connection)
        .map(drop)
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

/// The grade at an address, and its profession's title.
pub(super) fn versioned_grade(
    connection: &mut DbConnection,
    slug: &str,
    level: Level,
) -> QueryResult<Option<(VersionedGradeRow, String)>> {
    grades::table
        .inner_join(profession::table)
        .filter(profession::slug.eq(slug).and(grades::level_name.eq(level.name())))
        .select((VersionedGradeRow::as_select(), profession::title))
        .first(connection)
        .optional()
}

/// Replaces the description of a grade that still has the version `read`; `false` if it has
/// another one by now.
pub(super) fn update_description(
    connection: &mut DbConnection,
    grade_id: i32,
    read: i32,
    description: Option<&str>,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    let unchanged = grades::grade_id.eq(grade_id).and(grades::version.eq(read));
    let updated = diesel::update(grades::table.filter(unchanged))
        .set((
            grades::description.eq(description),
            grades::version.eq(read + 1),
            grades::updated_at.eq(now),
        ))
        .execute(connection)?;
    Ok(updated == 1)
}

/// Stores a saved change.
pub(super) fn insert_revision(
    connection: &mut DbConnection,
    new: &NewRevision<'_>,
) -> QueryResult<()> {
    diesel::insert_into(revisions::table).values(new).execute(connection).map(drop)
}

/// The saved changes of a grade, the newest first.
pub(super) fn revisions_of(
    connection: &mut DbConnection,
    grade_id: i32,
) -> QueryResult<Vec<RevisionRow>> {
    revisions::table
        .filter(revisions::grade_id.eq(grade_id))
        .order(revisions::version.desc())
        .select(RevisionRow::as_select())
        .load(connection)
}

/// The latest saved changes of grades that are still there, with level, address and title.
pub(super) fn recent_revisions(
    connection: &mut DbConnection,
    limit: i64,
) -> QueryResult<Vec<(RevisionRow, LevelName, String, String)>> {
    revisions::table
        .inner_join(grades::table.on(grades::grade_id.eq(revisions::grade_id)))
        .inner_join(profession::table.on(profession::id.eq(grades::profession_id)))
        .order(revisions::revision_id.desc())
        .limit(limit)
        .select((RevisionRow::as_select(), grades::level_name, profession::slug, profession::title))
        .load(connection)
}
