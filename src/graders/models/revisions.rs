//! Rows of saved changes and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::LevelName;
use crate::db::DbConnection;
use crate::db::schema::{grades, profession, profession_revisions, revisions};

/// One saved change of a grade.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = revisions)]
pub struct RevisionRow {
    pub version: i32,
    pub author: String,
    pub note: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub created_at: NaiveDateTime,
}

/// A saved change to store.
#[derive(Insertable)]
#[diesel(table_name = revisions)]
pub struct NewRevision<'a> {
    pub grade_id: i32,
    pub version: i32,
    pub author: &'a str,
    pub note: &'a str,
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
    pub created_at: NaiveDateTime,
}

/// One saved change of a profession or its ladder.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = profession_revisions)]
pub struct ProfessionRevisionRow {
    pub profession_id: i32,
    pub version: i32,
    pub author: String,
    pub note: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub created_at: NaiveDateTime,
}

/// A saved change of a profession to store.
#[derive(Insertable)]
#[diesel(table_name = profession_revisions)]
pub struct NewProfessionRevision<'a> {
    pub profession_id: i32,
    pub version: i32,
    pub author: &'a str,
    pub note: &'a str,
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
    pub created_at: NaiveDateTime,
}

/// Stores a saved change.
pub fn insert(connection: &mut DbConnection, new: &NewRevision<'_>) -> QueryResult<()> {
    diesel::insert_into(revisions::table).values(new).execute(connection).map(drop)
}

/// The saved changes of a grade, the newest first.
pub fn of_grade(connection: &mut DbConnection, grade_id: i32) -> QueryResult<Vec<RevisionRow>> {
    revisions::table
        .filter(revisions::grade_id.eq(grade_id))
        .order(revisions::version.desc())
        .select(RevisionRow::as_select())
        .load(connection)
}

/// Some saved changes of a grade, the newest first, from before a version.
pub fn of_grade_before(
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
pub fn recent(
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

/// Stores a saved change of a profession.
pub fn insert_of_profession(
    connection: &mut DbConnection,
    new: &NewProfessionRevision<'_>,
) -> QueryResult<()> {
    diesel::insert_into(profession_revisions::table).values(new).execute(connection).map(drop)
}

/// The saved changes of a profession, the newest first.
pub fn of_profession(
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
pub fn recent_of_professions(
    connection: &mut DbConnection,
    limit: i64,
) -> QueryResult<Vec<ProfessionRevisionRow>> {
    profession_revisions::table
        .order(profession_revisions::revision_id.desc())
        .limit(limit)
        .select(ProfessionRevisionRow::as_select())
        .load(connection)
}
