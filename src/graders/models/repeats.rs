//! Rows of requests that made something and may be sent again, and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::idempotency_keys;

/// A request that made something.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency_keys)]
pub(in crate::graders) struct RepeatRow {
    pub(in crate::graders) token_id: i32,
    pub(in crate::graders) key: String,
    pub(in crate::graders) request_hash: String,
    pub(in crate::graders) body: String,
    pub(in crate::graders) created_at: NaiveDateTime,
}

/// What a token made under a key.
pub(in crate::graders) fn find(
    connection: &mut DbConnection,
    token_id: i32,
    key: &str,
) -> QueryResult<Option<RepeatRow>> {
    idempotency_keys::table
        .find((token_id, key))
        .select(RepeatRow::as_select())
        .first(connection)
        .optional()
}

/// Stores what was made.
pub(in crate::graders) fn insert(
    connection: &mut DbConnection,
    row: &RepeatRow,
) -> QueryResult<()> {
    diesel::insert_into(idempotency_keys::table).values(row).execute(connection).map(drop)
}

/// Forgets what was made before a time.
pub(in crate::graders) fn delete_before(
    connection: &mut DbConnection,
    time: NaiveDateTime,
) -> QueryResult<()> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(time)))
        .execute(connection)
        .map(drop)
}
