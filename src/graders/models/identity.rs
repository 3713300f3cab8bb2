//! What became of the ids of requirements.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::requirement_aliases;

/// What became of an id that left the ladder of a profession.
#[derive(Clone, Debug, HasQuery, Insertable)]
#[diesel(table_name = requirement_aliases)]
pub struct AliasRow {
    pub profession_id: i32,
    pub former_id: String,
    pub requirement_id: Option<String>,
    pub former_label: String,
    pub former_text: String,
    pub level_name: String,
    pub changed_at: NaiveDateTime,
}

/// What became of the ids of some professions, in no order.
pub fn of(connection: &mut DbConnection, profession_ids: &[i32]) -> QueryResult<Vec<AliasRow>> {
    let of_these = requirement_aliases::profession_id.eq_any(profession_ids);
    AliasRow::query().filter(of_these).load(connection)
}

/// Forgets what became of the ids of a profession.
pub fn forget(connection: &mut DbConnection, profession_id: i32) -> QueryResult<()> {
    let of_this = requirement_aliases::profession_id.eq(profession_id);
    diesel::delete(requirement_aliases::table.filter(of_this)).execute(connection).map(drop)
}

/// Notes what became of an id, in place of what was noted of it.
pub fn replace(connection: &mut DbConnection, row: &AliasRow) -> QueryResult<()> {
    let key = (row.profession_id, row.former_id.as_str());
    diesel::delete(requirement_aliases::table.find(key)).execute(connection)?;
    diesel::insert_into(requirement_aliases::table).values(row).execute(connection).map(drop)
}
