//! Saved changes of everything in the order in which they were made.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::LevelName;
use super::revisions::Kind;
use crate::db::DbConnection;
use crate::db::schema::{grades, revisions};
use crate::ladder::Level;

/// One saved change of anything.
#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = revisions)]
pub struct ChangeRow {
    pub revision_id: i32,
    pub kind: String,
    pub object_id: i32,
    pub version: i32,
    pub author: String,
    pub note: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub created_at: NaiveDateTime,
    pub profession_id: Option<i32>,
    /// What an editor says that it does to the demands.
    pub effect: Option<String>,
    /// The other skill of a merge.
    pub merged_with: Option<i32>,
}

/// Some changes from before one of them, the newest first; of one profession and its grades, if one is
/// named.
pub fn before(
    connection: &mut DbConnection,
    profession_id: Option<i32>,
    before: Option<i32>,
    limit: i64,
) -> QueryResult<Vec<ChangeRow>> {
    let mut query = ChangeRow::query().into_boxed();
    if let Some(id) = profession_id {
        query = query.filter(revisions::profession_id.eq(id));
    }
    if let Some(before) = before {
        query = query.filter(revisions::revision_id.lt(before));
    }
    query.order(revisions::revision_id.desc()).limit(limit).load(connection)
}

/// The change with a number.
pub fn by_id(connection: &mut DbConnection, revision_id: i32) -> QueryResult<Option<ChangeRow>> {
    ChangeRow::query().find(revision_id).get_result(connection).optional()
}

/// The first change of an object after another change.
pub fn next_of(
    connection: &mut DbConnection,
    kind: Kind,
    object_id: i32,
    after: i32,
) -> QueryResult<Option<ChangeRow>> {
    ChangeRow::query()
        .filter(revisions::kind.eq(kind.name()).and(revisions::object_id.eq(object_id)))
        .filter(revisions::revision_id.gt(after))
        .order(revisions::revision_id)
        .limit(1)
        .get_result(connection)
        .optional()
}

/// The professions from a number on that were changed after one change and up to another, in order.
pub fn professions_changed(
    connection: &mut DbConnection,
    (after, until): (i32, i32),
    from: i32,
    limit: i64,
) -> QueryResult<Vec<i32>> {
    let ids = revisions::table
        .filter(revisions::profession_id.ge(from))
        .filter(revisions::revision_id.gt(after).and(revisions::revision_id.le(until)))
        .select(revisions::profession_id)
        .distinct()
        .order(revisions::profession_id)
        .limit(limit)
        .load::<Option<i32>>(connection)?;
    Ok(ids.into_iter().flatten().collect())
}

/// The texts that grades of a profession had before their changes between two changes, or after one: each
/// with the number of its grade, the newest first.
pub fn texts_after(
    connection: &mut DbConnection,
    profession_id: i32,
    after: i32,
    end: Option<i32>,
) -> QueryResult<Vec<(i32, Option<String>)>> {
    revisions::table
        .filter(revisions::profession_id.eq(profession_id))
        .filter(revisions::revision_id.gt(after))
        .filter(revisions::revision_id.lt(end.unwrap_or(i32::MAX)))
        .filter(revisions::kind.eq(Kind::Grade.name()))
        .order(revisions::revision_id.desc())
        .select((revisions::object_id, revisions::before))
        .load(connection)
}

/// When the description of a grade was last changed; `None` if it is as the grade was made with.
pub fn last_of_grade(
    connection: &mut DbConnection,
    profession_id: i32,
    level: Level,
) -> QueryResult<Option<NaiveDateTime>> {
    grades::table
        .inner_join(revisions::table.on(revisions::object_id.eq(grades::grade_id)))
        .filter(grades::profession_id.eq(profession_id))
        .filter(grades::level_name.eq(LevelName::from(level)))
        .filter(revisions::kind.eq(Kind::Grade.name()).and(revisions::version.gt(1)))
        .order(revisions::version.desc())
        .select(revisions::created_at)
        .first(connection)
        .optional()
}

/// When the description of a grade with a number was last changed, by a saved change up to one with a number.
pub fn last_of_grade_up_to(
    connection: &mut DbConnection,
    grade_id: i32,
    revision: i32,
) -> QueryResult<Option<NaiveDateTime>> {
    revisions::table
        .filter(revisions::kind.eq(Kind::Grade.name()).and(revisions::object_id.eq(grade_id)))
        .filter(revisions::version.gt(1).and(revisions::revision_id.le(revision)))
        .order(revisions::revision_id.desc())
        .select(revisions::created_at)
        .limit(1)
        .load(connection)
        .map(|found| found.into_iter().next())
}

/// Sets what a change does to the demands.
pub fn set_effect(
    connection: &mut DbConnection,
    revision_id: i32,
    effect: Option<&str>,
) -> QueryResult<()> {
    diesel::update(revisions::table.find(revision_id))
        .set(revisions::effect.eq(effect))
        .execute(connection)
        .map(drop)
}
