//! Rows of findings that editors have dismissed, and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::dismissed_findings;

/// A finding that an editor has looked at and left.
#[derive(Insertable)]
#[diesel(table_name = dismissed_findings)]
pub struct DismissedRow<'a> {
    pub profession_id: i32,
    /// What tells it from the other findings of the profession.
    pub finding: &'a str,
    pub dismissed_by: &'a str,
    pub dismissed_at: NaiveDateTime,
}

/// The dismissed findings of some professions.
pub fn dismissed(
    connection: &mut DbConnection,
    profession_ids: &[i32],
) -> QueryResult<Vec<(i32, String)>> {
    dismissed_findings::table
        .filter(dismissed_findings::profession_id.eq_any(profession_ids))
        .select((dismissed_findings::profession_id, dismissed_findings::finding))
        .load(connection)
}

/// Stores that a finding is dismissed.
pub fn dismiss(connection: &mut DbConnection, row: &DismissedRow<'_>) -> QueryResult<()> {
    diesel::insert_into(dismissed_findings::table).values(row).execute(connection).map(drop)
}

/// Takes a dismissal back.
pub fn take_back(
    connection: &mut DbConnection,
    profession_id: i32,
    finding: &str,
) -> QueryResult<()> {
    let found = dismissed_findings::table.find((profession_id, finding));
    diesel::delete(found).execute(connection).map(drop)
}
