//! All texts of the catalogue that people type, to be cleaned where they lie; no change of theirs is a
//! revision.

use diesel::prelude::*;

use super::grades::GradeRow;
use crate::db::DbConnection;
use crate::db::schema::{
    catalogue_state, grades, profession, rules, skill_aliases, skills, tracks,
};

/// In which way the texts were cleaned; 0 if they were not.
pub fn format(connection: &mut DbConnection) -> QueryResult<i32> {
    catalogue_state::table.select(catalogue_state::text_format).get_result(connection)
}

/// Notes in which way the texts were cleaned.
pub fn set_format(connection: &mut DbConnection, format: i32) -> QueryResult<()> {
    let state = diesel::update(catalogue_state::table);
    state.set(catalogue_state::text_format.eq(format)).execute(connection).map(drop)
}

/// Id, title and summary of every profession.
pub fn professions(connection: &mut DbConnection) -> QueryResult<Vec<(i32, String, String)>> {
    let texts = (profession::id, profession::title, profession::summary);
    profession::table.select(texts).load(connection)
}

/// Gives a profession these texts.
pub fn set_profession(
    connection: &mut DbConnection,
    id: i32,
    (title, summary): (&str, &str),
) -> QueryResult<()> {
    diesel::update(profession::table.find(id))
        .set((profession::title.eq(title), profession::summary.eq(summary)))
        .execute(connection)
        .map(drop)
}

/// Every described grade, in no order.
pub fn described(connection: &mut DbConnection) -> QueryResult<Vec<GradeRow>> {
    GradeRow::query().filter(grades::description.is_not_null()).load(connection)
}

/// Gives a grade this description.
pub fn set_description(connection: &mut DbConnection, id: i32, text: &str) -> QueryResult<()> {
    let grade = diesel::update(grades::table.find(id));
    grade.set(grades::description.eq(text)).execute(connection).map(drop)
}

/// Address and title of every track.
pub fn tracks(connection: &mut DbConnection) -> QueryResult<Vec<(String, String)>> {
    tracks::table.select((tracks::slug, tracks::title)).load(connection)
}

/// Gives a track this title.
pub fn set_track(connection: &mut DbConnection, slug: &str, title: &str) -> QueryResult<()> {
    let track = diesel::update(tracks::table.find(slug));
    track.set(tracks::title.eq(title)).execute(connection).map(drop)
}

/// Id, title and category of every skill.
pub fn skills(connection: &mut DbConnection) -> QueryResult<Vec<(i32, String, String)>> {
    skills::table.select((skills::id, skills::title, skills::category)).load(connection)
}

/// Gives a skill these texts.
pub fn set_skill(
    connection: &mut DbConnection,
    id: i32,
    (title, category): (&str, &str),
) -> QueryResult<()> {
    diesel::update(skills::table.find(id))
        .set((skills::title.eq(title), skills::category.eq(category)))
        .execute(connection)
        .map(drop)
}

/// Takes an alias away from a skill.
pub fn delete_alias(connection: &mut DbConnection, skill_id: i32, alias: &str) -> QueryResult<()> {
    diesel::delete(skill_aliases::table.find((skill_id, alias))).execute(connection).map(drop)
}

/// The text of the rules, if there are any.
pub fn rules(connection: &mut DbConnection) -> QueryResult<Option<String>> {
    rules::table.select(rules::text).get_result(connection).optional()
}

/// Gives the rules this text.
pub fn set_rules(connection: &mut DbConnection, text: &str) -> QueryResult<()> {
    diesel::update(rules::table).set(rules::text.eq(text)).execute(connection).map(drop)
}
