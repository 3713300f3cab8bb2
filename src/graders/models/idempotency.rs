//! Rows of idempotency keys, each with what its request made, and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::idempotency_keys;

/// A request that made something.
#[derive(Clone, Debug, HasQuery, Insertable)]
#[diesel(table_name = idempotency_keys)]
pub struct IdempotencyKeyRow {
    pub token_id: i32,
    pub key: String,
    pub request_hash: String,
    pub body: String,
    pub created_at: NaiveDateTime,
}

/// What a token made under a key.
pub fn find(
    connection: &mut DbConnection,
    token_id: i32,
    key: &str,
) -> QueryResult<Option<IdempotencyKeyRow>> {
    IdempotencyKeyRow::query().find((token_id, key)).get_result(connection).optional()
}

/// Stores what was made.
pub fn insert(connection: &mut DbConnection, row: &IdempotencyKeyRow) -> QueryResult<()> {
    diesel::insert_into(idempotency_keys::table).values(row).execute(connection).map(drop)
}

/// Forgets what was made before a time.
pub fn delete_before(connection: &mut DbConnection, time: NaiveDateTime) -> QueryResult<()> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(time)))
        .execute(connection)
        .map(drop)
}
