//! Rows of the rules and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::LevelName;
use crate::db::DbConnection;
use crate::db::schema::rules;
use crate::ladder::Level;

/// The one row of the rules, but for its id.
#[derive(Clone, Debug, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = rules)]
pub struct RulesRow {
    pub text: String,
    pub months: i32,
    pub top_months: i32,
    #[diesel(serialize_as = LevelName, deserialize_as = LevelName)]
    pub top_level: Level,
    pub retry_months: i32,
    pub junior_weight: i32,
    pub middle_weight: i32,
    pub senior_weight: i32,
    pub base_weight: i32,
    pub version: i32,
    pub updated_at: NaiveDateTime,
}

/// The rules, if they were ever stored.
pub fn rules(connection: &mut DbConnection) -> QueryResult<Option<RulesRow>> {
    RulesRow::query().get_result(connection).optional()
}

/// Stores the first rules.
pub fn insert(connection: &mut DbConnection, row: RulesRow) -> QueryResult<()> {
    diesel::insert_into(rules::table).values((rules::id.eq(1), row)).execute(connection).map(drop)
}

/// Replaces the rules that have the version before this row's. If they have another one by now,
/// there is no such row.
pub fn update(connection: &mut DbConnection, row: RulesRow) -> QueryResult<()> {
    let unchanged = rules::table.filter(rules::version.eq(row.version - 1));
    let updated = diesel::update(unchanged).set(row).execute(connection)?;
    if updated == 1 { Ok(()) } else { Err(diesel::NotFound) }
}
