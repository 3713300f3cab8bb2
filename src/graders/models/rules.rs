//! Rows of the rules and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::LevelName;
use crate::db::DbConnection;
use crate::db::schema::{rules, rules_revisions};
use crate::ladder::Level;

/// The one row of the rules, but for its id.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rules)]
pub(in crate::graders) struct RulesRow {
    pub(in crate::graders) text: String,
    pub(in crate::graders) months: i32,
    pub(in crate::graders) top_months: i32,
    #[diesel(serialize_as = LevelName, deserialize_as = LevelName)]
    pub(in crate::graders) top_level: Level,
    pub(in crate::graders) retry_months: i32,
    pub(in crate::graders) junior_weight: i32,
    pub(in crate::graders) middle_weight: i32,
    pub(in crate::graders) senior_weight: i32,
    pub(in crate::graders) base_weight: i32,
    pub(in crate::graders) version: i32,
    pub(in crate::graders) updated_at: NaiveDateTime,
}

/// One saved change of the rules.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = rules_revisions)]
pub(in crate::graders) struct RulesRevisionRow {
    pub(in crate::graders) version: i32,
    pub(in crate::graders) author: String,
    pub(in crate::graders) note: String,
    pub(in crate::graders) before: String,
    pub(in crate::graders) after: String,
    pub(in crate::graders) created_at: NaiveDateTime,
}

/// The rules, if they were ever stored.
pub(in crate::graders) fn rules(connection: &mut DbConnection) -> QueryResult<Option<RulesRow>> {
    rules::table.select(RulesRow::as_select()).first(connection).optional()
}

/// Stores the first rules.
pub(in crate::graders) fn insert(connection: &mut DbConnection, row: RulesRow) -> QueryResult<()> {
    diesel::insert_into(rules::table).values((rules::id.eq(1), row)).execute(connection).map(drop)
}

/// Replaces the rules that have the version before this row's. If they have another one by now,
/// there is no such row.
pub(in crate::graders) fn update(connection: &mut DbConnection, row: RulesRow) -> QueryResult<()> {
    let unchanged = rules::table.filter(rules::version.eq(row.version - 1));
    let updated = diesel::update(unchanged).set(row).execute(connection)?;
    if updated == 1 { Ok(()) } else { Err(diesel::NotFound) }
}

/// The saved changes, the newest first.
pub(in crate::graders) fn revisions(
    connection: &mut DbConnection,
) -> QueryResult<Vec<RulesRevisionRow>> {
    rules_revisions::table
        .order(rules_revisions::version.desc())
        .select(RulesRevisionRow::as_select())
        .load(connection)
}

/// Stores a saved change.
pub(in crate::graders) fn insert_revision(
    connection: &mut DbConnection,
    row: &RulesRevisionRow,
) -> QueryResult<()> {
    diesel::insert_into(rules_revisions::table).values(row).execute(connection).map(drop)
}
