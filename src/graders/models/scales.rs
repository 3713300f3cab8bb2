//! Rows of scales, of their levels and of the addresses that levels had, and the queries over them.

use diesel::prelude::*;

use super::LevelName;
use crate::db::DbConnection;
use crate::db::schema::{former_level_slugs, grades, profession, scale_levels, scales};
use crate::ladder::Level;

/// Own names for the ten ranks.
#[derive(Clone, Debug, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = scales)]
pub struct ScaleRow {
    pub id: i32,
    pub slug: String,
    pub title: String,
    pub version: i32,
}

/// One level of a scale.
#[derive(Clone, Debug, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = scale_levels)]
pub struct LevelRow {
    pub scale_id: i32,
    #[diesel(serialize_as = LevelName, deserialize_as = LevelName)]
    pub level_name: Level,
    pub title: String,
    pub slug: String,
    pub is_base: bool,
}

/// An address that a level of a scale had before.
#[derive(Clone, Debug, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = former_level_slugs)]
pub struct FormerSlugRow {
    pub scale_id: i32,
    pub slug: String,
    #[diesel(serialize_as = LevelName, deserialize_as = LevelName)]
    pub level_name: Level,
}

/// Every scale, by title.
pub fn all(connection: &mut DbConnection) -> QueryResult<Vec<ScaleRow>> {
    ScaleRow::query().order((scales::title, scales::id)).load(connection)
}

/// The scale at an address.
pub fn at(connection: &mut DbConnection, slug: &str) -> QueryResult<Option<ScaleRow>> {
    ScaleRow::query().filter(scales::slug.eq(slug)).get_result(connection).optional()
}

/// The scale with an id.
pub fn by_id(connection: &mut DbConnection, id: i32) -> QueryResult<Option<ScaleRow>> {
    ScaleRow::query().find(id).get_result(connection).optional()
}

/// The levels of every scale, in no order.
pub fn levels(connection: &mut DbConnection) -> QueryResult<Vec<LevelRow>> {
    LevelRow::query().load(connection)
}

/// The levels of one scale, in no order.
pub fn levels_of(connection: &mut DbConnection, scale_id: i32) -> QueryResult<Vec<LevelRow>> {
    LevelRow::query().filter(scale_levels::scale_id.eq(scale_id)).load(connection)
}

/// The addresses that levels of every scale had before, in their order.
pub fn former_slugs(connection: &mut DbConnection) -> QueryResult<Vec<FormerSlugRow>> {
    FormerSlugRow::query().order(former_level_slugs::slug).load(connection)
}

/// The addresses that levels of one scale had before, in their order.
pub fn former_slugs_of(
    connection: &mut DbConnection,
    scale_id: i32,
) -> QueryResult<Vec<FormerSlugRow>> {
    FormerSlugRow::query()
        .filter(former_level_slugs::scale_id.eq(scale_id))
        .order(former_level_slugs::slug)
        .load(connection)
}

/// The professions that use a scale: id, name in addresses, name on pages, in the order of their names.
pub fn professions_of(
    connection: &mut DbConnection,
    scale_id: i32,
) -> QueryResult<Vec<(i32, String, String)>> {
    profession::table
        .filter(profession::scale_id.eq(scale_id))
        .order((profession::title, profession::id))
        .select((profession::id, profession::slug, profession::title))
        .load(connection)
}

/// How many professions use each scale; scales without any are left out.
pub fn count_professions(connection: &mut DbConnection) -> QueryResult<Vec<(Option<i32>, i64)>> {
    profession::table
        .filter(profession::scale_id.is_not_null())
        .group_by(profession::scale_id)
        .select((profession::scale_id, diesel::dsl::count_star()))
        .load(connection)
}

/// The levels of the ladders of the professions that use a scale, each with the profession's name on
/// pages.
pub fn used_levels(
    connection: &mut DbConnection,
    scale_id: i32,
) -> QueryResult<Vec<(LevelName, String)>> {
    grades::table
        .inner_join(profession::table)
        .filter(profession::scale_id.eq(scale_id))
        .order((profession::title, profession::id))
        .select((grades::level_name, profession::title))
        .load(connection)
}

/// Stores a scale.
pub fn insert(connection: &mut DbConnection, row: &ScaleRow) -> QueryResult<()> {
    diesel::insert_into(scales::table).values(row).execute(connection).map(drop)
}

/// Replaces the title and the version of a scale.
pub fn update(connection: &mut DbConnection, row: &ScaleRow) -> QueryResult<()> {
    diesel::update(scales::table.find(row.id))
        .set((scales::title.eq(&row.title), scales::version.eq(row.version)))
        .execute(connection)
        .map(drop)
}

/// Replaces the levels of a scale and the addresses they had before.
pub fn replace_levels(
    connection: &mut DbConnection,
    scale_id: i32,
    levels: Vec<LevelRow>,
    former: Vec<FormerSlugRow>,
) -> QueryResult<()> {
    delete_levels(connection, scale_id)?;
    for level in levels {
        diesel::insert_into(scale_levels::table).values(level).execute(connection)?;
    }
    for slug in former {
        diesel::insert_into(former_level_slugs::table).values(slug).execute(connection)?;
    }
    Ok(())
}

/// Deletes a scale with its levels and their former addresses.
pub fn delete(connection: &mut DbConnection, id: i32) -> QueryResult<()> {
    delete_levels(connection, id)?;
    diesel::delete(scales::table.find(id)).execute(connection).map(drop)
}

/// Which of some scales are there.
pub fn existing(connection: &mut DbConnection, ids: &[i32]) -> QueryResult<Vec<i32>> {
    scales::table.filter(scales::id.eq_any(ids)).select(scales::id).load(connection)
}

fn delete_levels(connection: &mut DbConnection, scale_id: i32) -> QueryResult<()> {
    let former = former_level_slugs::table.filter(former_level_slugs::scale_id.eq(scale_id));
    diesel::delete(former).execute(connection)?;
    let levels = scale_levels::table.filter(scale_levels::scale_id.eq(scale_id));
    diesel::delete(levels).execute(connection).map(drop)
}
