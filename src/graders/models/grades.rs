//! Rows of grades and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::LevelName;
use super::professions::ProfessionRow;
use crate::db::DbConnection;
use crate::db::schema::{grades, profession};
use crate::ladder::Level;

/// One level of one profession.
#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = grades)]
pub struct GradeRow {
    pub grade_id: i32,
    pub profession_id: i32,
    #[diesel(deserialize_as = LevelName)]
    pub level_name: Level,
    pub description: Option<String>,
    pub version: i32,
    pub updated_at: NaiveDateTime,
}

/// A grade to store.
#[derive(Insertable)]
#[diesel(table_name = grades)]
pub struct NewGrade<'a> {
    pub profession_id: i32,
    #[diesel(serialize_as = LevelName)]
    pub level_name: Level,
    pub description: Option<&'a str>,
    pub updated_at: NaiveDateTime,
}

/// A grade to store under an id it had before.
#[derive(Insertable)]
#[diesel(table_name = grades)]
pub struct RestoredGrade<'a> {
    pub grade_id: i32,
    pub profession_id: i32,
    pub level_name: &'a str,
    pub description: Option<&'a str>,
    pub version: i32,
    pub updated_at: NaiveDateTime,
}

/// The grades of some professions, in no order.
pub fn of(connection: &mut DbConnection, profession_ids: &[i32]) -> QueryResult<Vec<GradeRow>> {
    GradeRow::query().filter(grades::profession_id.eq_any(profession_ids)).load(connection)
}

/// The grades of a profession, in the order they were made.
pub fn by_age(connection: &mut DbConnection, profession_id: i32) -> QueryResult<Vec<GradeRow>> {
    GradeRow::query()
        .filter(grades::profession_id.eq(profession_id))
        .order(grades::grade_id)
        .load(connection)
}

/// The levels of every profession, and whether each is described, in no order.
pub fn levels(connection: &mut DbConnection) -> QueryResult<Vec<(i32, LevelName, bool)>> {
    grades::table
        .select((grades::profession_id, grades::level_name, grades::description.is_not_null()))
        .load(connection)
}

/// The levels of some professions, in no order.
pub fn levels_of(
    connection: &mut DbConnection,
    profession_ids: &[i32],
) -> QueryResult<Vec<(i32, LevelName)>> {
    grades::table
        .filter(grades::profession_id.eq_any(profession_ids))
        .select((grades::profession_id, grades::level_name))
        .load(connection)
}

/// Every described grade: its id, version, profession and level, in no order.
pub fn described(connection: &mut DbConnection) -> QueryResult<Vec<(i32, i32, i32, LevelName)>> {
    grades::table
        .filter(grades::description.is_not_null())
        .select((grades::grade_id, grades::version, grades::profession_id, grades::level_name))
        .load(connection)
}

/// The grades with some ids, in no order.
pub fn with_ids(connection: &mut DbConnection, ids: &[i32]) -> QueryResult<Vec<GradeRow>> {
    GradeRow::query().filter(grades::grade_id.eq_any(ids)).load(connection)
}

/// The grade with an id.
pub fn by_id(connection: &mut DbConnection, grade_id: i32) -> QueryResult<Option<GradeRow>> {
    GradeRow::query().find(grade_id).get_result(connection).optional()
}

/// The grade of a level of the profession at an address, with the profession.
pub fn at(
    connection: &mut DbConnection,
    slug: &str,
    level: Level,
) -> QueryResult<Option<(GradeRow, ProfessionRow)>> {
    grades::table
        .inner_join(profession::table)
        .filter(profession::slug.eq(slug).and(grades::level_name.eq(level.name())))
        .select((GradeRow::as_select(), ProfessionRow::as_select()))
        .get_result(connection)
        .optional()
}

/// The grade with an id, with its profession.
pub fn with_profession(
    connection: &mut DbConnection,
    grade_id: i32,
) -> QueryResult<Option<(GradeRow, ProfessionRow)>> {
    grades::table
        .inner_join(profession::table)
        .filter(grades::grade_id.eq(grade_id))
        .select((GradeRow::as_select(), ProfessionRow::as_select()))
        .get_result(connection)
        .optional()
}

/// Stores a grade; returns its id.
pub fn insert(connection: &mut DbConnection, new: NewGrade<'_>) -> QueryResult<i32> {
    diesel::insert_into(grades::table)
        .values(new)
        .returning(grades::grade_id)
        .get_result(connection)
}

/// Stores the grades of a ladder; returns their ids in the same order.
pub fn insert_all(connection: &mut DbConnection, new: Vec<NewGrade<'_>>) -> QueryResult<Vec<i32>> {
    match connection {
        DbConnection::Sqlite(_) => new.into_iter().map(|new| insert(connection, new)).collect(),
        DbConnection::Postgres(postgres) => {
            let levels = new.iter().map(|new| new.level_name).collect::<Vec<_>>();
            let ids = diesel::insert_into(grades::table)
                .values(new)
                .returning((grades::level_name, grades::grade_id))
                .get_results::<(LevelName, i32)>(postgres)?;
            // No ladder has a level twice, and nothing promises the order of the rows.
            let id_of = |level: Level| ids.iter().find(|(of, _)| Level::from(*of) == level);
            levels
                .into_iter()
                .map(|level| id_of(level).map(|(_, id)| *id).ok_or(diesel::NotFound))
                .collect()
        }
    }
}

/// Stores a grade under the id it had before.
pub fn insert_restored(connection: &mut DbConnection, row: &RestoredGrade<'_>) -> QueryResult<()> {
    diesel::insert_into(grades::table).values(row).execute(connection).map(drop)
}

/// Replaces the description of a grade that has the version `read`. If it has another one by now,
/// there is no such row.
pub fn update_description(
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

/// Gives a grade another level.
pub fn update_level(
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

/// Deletes a grade.
pub fn delete(connection: &mut DbConnection, grade_id: i32) -> QueryResult<()> {
    diesel::delete(grades::table.find(grade_id)).execute(connection).map(drop)
}
