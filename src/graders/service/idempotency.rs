//! Requests that may be sent again without making anything more.

use chrono::TimeDelta;

use crate::db::{self, DbConnection};
use crate::graders::models;
use crate::graders::models::idempotency::IdempotencyKeyRow;

/// How long a request may be sent again without making anything more.
pub const REPEATABLE_FOR: TimeDelta = TimeDelta::hours(24);

/// Names a request, so that it can be sent again without making anything more.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// Whose request it is.
    pub token_id: i32,
    /// What the program calls it.
    pub key: String,
    /// A digest of what it asks.
    pub request_hash: String,
}

/// The key named another request before.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the idempotency key was used for another request")]
pub struct KeyReused;

/// Makes something once under a key: a request sent again is answered with the same body.
///
/// # Errors
///
/// [`KeyReused`]; what `make` returns; if the database does not answer.
pub(super) fn idempotently<E>(
    connection: &mut DbConnection,
    key: Option<&IdempotencyKey>,
    make: impl FnOnce(&mut DbConnection) -> Result<String, E>,
) -> Result<String, E>
where
    E: From<KeyReused> + From<diesel::result::Error>,
{
    let Some(IdempotencyKey { token_id, key, request_hash }) = key else {
        return make(connection);
    };
    let now = db::now();
    models::idempotency::delete_before(connection, now - REPEATABLE_FOR)?;
    if let Some(before) = models::idempotency::find(connection, *token_id, key)? {
        let is_same = before.request_hash == *request_hash;
        return if is_same { Ok(before.body) } else { Err(KeyReused.into()) };
    }
    let body = make(connection)?;
    let row = IdempotencyKeyRow {
        token_id: *token_id,
        key: key.clone(),
        request_hash: request_hash.clone(),
        body: body.clone(),
        created_at: now,
    };
    models::idempotency::insert(connection, &row)?;
    Ok(body)
}
