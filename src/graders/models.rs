//! Rows of the catalogue and the queries over them.
//!
//! Every function takes a connection and returns a [`QueryResult`]; what a result means is for
//! the service to say.

pub(super) mod listing;
pub(super) mod repeats;
pub(super) mod rules;
pub(super) mod search;
pub(super) mod skills;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{deserialize, serialize};

use crate::db::schema::{
    catalogue_state, former_slugs, grades, profession, profession_revisions, revisions, tracks,
};
use crate::db::{self, DbConnection};
use crate::ladder::Level;

/// A group of professions.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = tracks)]
pub(super) struct TrackRow {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) position: i32,
    pub(super) version: i32,
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
    pub(super) grade_id: i32,
    pub(super) profession_id: i32,
    #[diesel(deserialize_as = LevelName)]
    pub(super) level_name: Level,
    pub(super) description: Option<String>,
    pub(super) version: i32,
    pub(super) updated_at: NaiveDateTime,
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

/// The same, and when it was raised last.
pub(super) fn last_change(
    connection: &mut DbConnection,
) -> QueryResult<(i64, Option<NaiveDateTime>)> {
    catalogue_state::table
        .select((catalogue_state::revision, catalogue_state::changed_at))
        .first(connection)
}

/// Raises the revision of a catalogue that never had one; `false` if it had.
pub(super) fn claim_first_revision(connection: &mut DbConnection) -> QueryResult<bool> {
    let raised = diesel::update(catalogue_state::table.filter(catalogue_state::revision.eq(0)))
        .set((catalogue_state::revision.eq(1), catalogue_state::changed_at.eq(db::now())))
        .execute(connection)?;
    Ok(raised == 1)
}

/// Lets one transaction at a time change the catalogue, so that what it reads stays true until it
/// ends and no two wait for each other. SQLite does so by itself.
pub(super) fn lock_catalogue(connection: &mut DbConnection) -> QueryResult<()> {
    match connection {
        DbConnection::Sqlite(_) => Ok(()),
        DbConnection::Postgres(postgres) => catalogue_state::table
            .select(catalogue_state::id)
            .for_update()
            .first::<i32>(postgres)
            .map(drop),
    }
}

/// Raises the revision, in the transaction of a change a visitor can see.
pub(super) fn raise_revision(connection: &mut DbConnection) -> QueryResult<()> {
    diesel::update(catalogue_state::table)
        .set((
            catalogue_state::revision.eq(catalogue_state::revision + 1),
            catalogue_state::changed_at.eq(db::now()),
        ))
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

/// The levels of every profession, and whether each is described, in no order.
pub(super) fn levels(connection: &mut DbConnection) -> QueryResult<Vec<(i32, LevelName, bool)>> {
    grades::table
        .select((grades::profession_id, grades::level_name, grades::description.is_not_null()))
        .load(connection)
}

/// Every described grade: its id, version, profession and level, in no order.
pub(super) fn described_grades(
    connection: &mut DbConnection,
) -> QueryResult<Vec<(i32, i32, i32, LevelName)>> {
    grades::table
        .filter(grades::description.is_not_null())
        .select((grades::grade_id, grades::version, grades::profession_id, grades::level_name))
        .load(connection)
}

/// The grades with some ids, in no order.
pub(super) fn grades_by_id(
    connection: &mut DbConnection,
    ids: &[i32],
) -> QueryResult<Vec<GradeRow>> {
    grades::table
        .filter(grades::grade_id.eq_any(ids))
        .select(GradeRow::as_select())
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

/// Stores a grade; returns its id.
pub(super) fn insert_grade(connection: &mut DbConnection, new: NewGrade<'_>) -> QueryResult<i32> {
    diesel::insert_into(grades::table)
        .values(new)
        .returning(grades::grade_id)
        .get_result(connection)
}

/// The grade with an id.
pub(super) fn grade_by_id(
    connection: &mut DbConnection,
    grade_id: i32,
) -> QueryResult<Option<GradeRow>> {
    grades::table.find(grade_id).select(GradeRow::as_select()).first(connection).optional()
}

/// The grade at an address, and its profession's title.
pub(super) fn grade_at(
    connection: &mut DbConnection,
    slug: &str,
    level: Level,
) -> QueryResult<Option<(GradeRow, String)>> {
    grades::table
        .inner_join(profession::table)
        .filter(profession::slug.eq(slug).and(grades::level_name.eq(level.name())))
        .select((GradeRow::as_select(), profession::title))
        .first(connection)
        .optional()
}

/// Replaces the description of a grade that has the version `read`. If it has another one by now,
/// there is no such row.
pub(super) fn update_description(
    connection: &mut DbConnection,
    grade_id: i32,
    read: i32,
    description: Option<&str>,
    now: NaiveDateTime,
) -> QueryResult<()> {
    let unchanged = grades::grade_id.eq(grade_id).and(grades::version.eq(read));
    let updated = diesel::update(grades::table.filter(unchanged))
        .set((
            grades::description.eq(description),
            grades::version.eq(read + 1),
            grades::updated_at.eq(now),
        ))
        .execute(connection)?;
    if updated == 1 { Ok(()) } else { Err(diesel::NotFound) }
}

/// Notes when a profession or its ladder was last changed.
pub(super) fn touch_profession(
    connection: &mut DbConnection,
    id: i32,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(profession::table.find(id))
        .set(profession::updated_at.eq(now))
        .execute(connection)
        .map(drop)
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

/// Some saved changes of a grade, the newest first, from before a version.
pub(super) fn revisions_before(
    connection: &mut DbConnection,
    grade_id: i32,
    version: Option<i32>,
    limit: i64,
) -> QueryResult<Vec<RevisionRow>> {
    revisions::table
        .filter(revisions::grade_id.eq(grade_id))
        .filter(revisions::version.lt(version.unwrap_or(i32::MAX)))
        .order(revisions::version.desc())
        .limit(limit)
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

/// A profession with what changing it needs.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = profession)]
pub(super) struct WholeProfessionRow {
    pub(super) id: i32,
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) track: String,
    pub(super) position: i32,
    pub(super) version: i32,
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
}

/// A grade to store under an id it had before.
#[derive(Insertable)]
#[diesel(table_name = grades)]
pub(super) struct FormerGrade<'a> {
    pub(super) grade_id: i32,
    pub(super) profession_id: i32,
    pub(super) level_name: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) version: i32,
    pub(super) updated_at: NaiveDateTime,
}

/// One saved change of a profession or its ladder.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = profession_revisions)]
pub(super) struct ProfessionRevisionRow {
    pub(super) profession_id: i32,
    pub(super) version: i32,
    pub(super) author: String,
    pub(super) note: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) created_at: NaiveDateTime,
}

/// A saved change of a profession to store.
#[derive(Insertable)]
#[diesel(table_name = profession_revisions)]
pub(super) struct NewProfessionRevision<'a> {
    pub(super) profession_id: i32,
    pub(super) version: i32,
    pub(super) author: &'a str,
    pub(super) note: &'a str,
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
    pub(super) created_at: NaiveDateTime,
}

/// The profession at an address, whole.
pub(super) fn whole_profession(
    connection: &mut DbConnection,
    slug: &str,
) -> QueryResult<Option<WholeProfessionRow>> {
    profession::table
        .filter(profession::slug.eq(slug))
        .select(WholeProfessionRow::as_select())
        .first(connection)
        .optional()
}

/// The profession with an id, whole.
pub(super) fn profession_by_id(
    connection: &mut DbConnection,
    id: i32,
) -> QueryResult<Option<WholeProfessionRow>> {
    profession::table.find(id).select(WholeProfessionRow::as_select()).first(connection).optional()
}

/// The grades of a profession, in the order they were made.
pub(super) fn grades_by_age(
    connection: &mut DbConnection,
    profession_id: i32,
) -> QueryResult<Vec<GradeRow>> {
    grades::table
        .filter(grades::profession_id.eq(profession_id))
        .order(grades::grade_id)
        .select(GradeRow::as_select())
        .load(connection)
}

/// Raises the version of a profession.
pub(super) fn raise_profession_version(
    connection: &mut DbConnection,
    id: i32,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(profession::table.find(id))
        .set((profession::version.eq(profession::version + 1), profession::updated_at.eq(now)))
        .execute(connection)
        .map(drop)
}

/// Changes what a profession says of itself.
pub(super) fn update_profession(
    connection: &mut DbConnection,
    id: i32,
    (slug, title, summary, track): (&str, &str, &str, &str),
) -> QueryResult<()> {
    diesel::update(profession::table.find(id))
        .set((
            profession::slug.eq(slug),
            profession::title.eq(title),
            profession::summary.eq(summary),
            profession::track.eq(track),
        ))
        .execute(connection)
        .map(drop)
}

/// Places a profession among those of its track.
pub(super) fn place_profession(
    connection: &mut DbConnection,
    id: i32,
    position: i32,
) -> QueryResult<()> {
    diesel::update(profession::table.find(id))
        .set(profession::position.eq(position))
        .execute(connection)
        .map(drop)
}

/// The ids of a track's professions, in their order.
pub(super) fn profession_ids_of(
    connection: &mut DbConnection,
    track: &str,
) -> QueryResult<Vec<i32>> {
    profession::table
        .filter(profession::track.eq(track))
        .order((profession::position, profession::id))
        .select(profession::id)
        .load(connection)
}

/// Stores a profession under the id it had before.
pub(super) fn insert_former_profession(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
) -> QueryResult<()> {
    diesel::insert_into(profession::table).values(row).execute(connection).map(drop)
}

/// Stores a grade under the id it had before.
pub(super) fn insert_former_grade(
    connection: &mut DbConnection,
    row: &FormerGrade<'_>,
) -> QueryResult<()> {
    diesel::insert_into(grades::table).values(row).execute(connection).map(drop)
}

/// Gives a grade another level.
pub(super) fn update_level(
    connection: &mut DbConnection,
    grade_id: i32,
    level: Level,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(grades::table.find(grade_id))
        .set((grades::level_name.eq(level.name()), grades::updated_at.eq(now)))
        .execute(connection)
        .map(drop)
}

/// Takes a grade away.
pub(super) fn delete_grade(connection: &mut DbConnection, grade_id: i32) -> QueryResult<()> {
    diesel::delete(grades::table.find(grade_id)).execute(connection).map(drop)
}

/// Takes a profession away with its grades and its former addresses.
pub(super) fn delete_profession(connection: &mut DbConnection, id: i32) -> QueryResult<()> {
    diesel::delete(grades::table.filter(grades::profession_id.eq(id))).execute(connection)?;
    diesel::delete(former_slugs::table.filter(former_slugs::profession_id.eq(id)))
        .execute(connection)?;
    diesel::delete(profession::table.find(id)).execute(connection).map(drop)
}

/// Stores a saved change of a profession.
pub(super) fn insert_profession_revision(
    connection: &mut DbConnection,
    new: &NewProfessionRevision<'_>,
) -> QueryResult<()> {
    diesel::insert_into(profession_revisions::table).values(new).execute(connection).map(drop)
}

/// The saved changes of a profession, the newest first.
pub(super) fn profession_revisions_of(
    connection: &mut DbConnection,
    profession_id: i32,
) -> QueryResult<Vec<ProfessionRevisionRow>> {
    profession_revisions::table
        .filter(profession_revisions::profession_id.eq(profession_id))
        .order(profession_revisions::version.desc())
        .select(ProfessionRevisionRow::as_select())
        .load(connection)
}

/// The latest saved changes of all professions, the newest first.
pub(super) fn recent_profession_revisions(
    connection: &mut DbConnection,
    limit: i64,
) -> QueryResult<Vec<ProfessionRevisionRow>> {
    profession_revisions::table
        .order(profession_revisions::revision_id.desc())
        .limit(limit)
        .select(ProfessionRevisionRow::as_select())
        .load(connection)
}

/// Which of some professions are there.
pub(super) fn existing_professions(
    connection: &mut DbConnection,
    ids: &[i32],
) -> QueryResult<Vec<i32>> {
    profession::table.filter(profession::id.eq_any(ids)).select(profession::id).load(connection)
}

/// The present address of the profession that had an address before.
pub(super) fn slug_after(
    connection: &mut DbConnection,
    former: &str,
) -> QueryResult<Option<String>> {
    former_slugs::table
        .inner_join(profession::table)
        .filter(former_slugs::slug.eq(former))
        .select(profession::slug)
        .first(connection)
        .optional()
}

/// Lets a former address lead to a profession.
pub(super) fn insert_former_slug(
    connection: &mut DbConnection,
    slug: &str,
    profession_id: i32,
) -> QueryResult<()> {
    diesel::insert_into(former_slugs::table)
        .values((former_slugs::slug.eq(slug), former_slugs::profession_id.eq(profession_id)))
        .execute(connection)
        .map(drop)
}

/// Ends that an address leads elsewhere.
pub(super) fn delete_former_slug(connection: &mut DbConnection, slug: &str) -> QueryResult<()> {
    diesel::delete(former_slugs::table.find(slug)).execute(connection).map(drop)
}

/// Changes the title and the place of a track and raises its version.
pub(super) fn update_track(
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
pub(super) fn delete_track(connection: &mut DbConnection, slug: &str) -> QueryResult<()> {
    diesel::delete(tracks::table.find(slug)).execute(connection).map(drop)
}
