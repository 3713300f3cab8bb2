//! Rows of accounts and sessions and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::{editors, sessions};

/// An account.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = editors)]
pub(super) struct EditorRow {
    pub(super) id: i32,
    pub(super) login: String,
    pub(super) password_hash: String,
    pub(super) role: String,
}

/// An account to store.
#[derive(Insertable)]
#[diesel(table_name = editors)]
pub(super) struct NewEditor<'a> {
    pub(super) login: &'a str,
    pub(super) password_hash: &'a str,
    pub(super) role: &'a str,
    pub(super) created_at: NaiveDateTime,
}

/// A browser that is signed in.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub(super) struct SessionRow {
    pub(super) token_hash: String,
    pub(super) editor_id: i32,
    pub(super) created_at: NaiveDateTime,
    pub(super) seen_at: NaiveDateTime,
}

/// Whether there is any account.
pub(super) fn any_editor(connection: &mut DbConnection) -> QueryResult<bool> {
    editors::table.select(editors::id).first::<i32>(connection).optional().map(|id| id.is_some())
}

/// The account with a login.
pub(super) fn editor(connection: &mut DbConnection, login: &str) -> QueryResult<Option<EditorRow>> {
    editors::table
        .filter(editors::login.eq(login))
        .select(EditorRow::as_select())
        .first(connection)
        .optional()
}

/// Stores an account.
pub(super) fn insert_editor(connection: &mut DbConnection, new: &NewEditor<'_>) -> QueryResult<()> {
    diesel::insert_into(editors::table).values(new).execute(connection).map(drop)
}

/// The session with a token, and whose it is.
pub(super) fn session(
    connection: &mut DbConnection,
    token_hash: &str,
) -> QueryResult<Option<(SessionRow, EditorRow)>> {
    sessions::table
        .inner_join(editors::table)
        .filter(sessions::token_hash.eq(token_hash))
        .select((SessionRow::as_select(), EditorRow::as_select()))
        .first(connection)
        .optional()
}

/// Stores a session.
pub(super) fn insert_session(connection: &mut DbConnection, new: &SessionRow) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(new).execute(connection).map(drop)
}

/// Notes when a session was last used.
pub(super) fn touch_session(
    connection: &mut DbConnection,
    token_hash: &str,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(sessions::table.find(token_hash))
        .set(sessions::seen_at.eq(now))
        .execute(connection)
        .map(drop)
}

/// Ends a session.
pub(super) fn delete_session(connection: &mut DbConnection, token_hash: &str) -> QueryResult<()> {
    diesel::delete(sessions::table.find(token_hash)).execute(connection).map(drop)
}

/// Ends the sessions begun or last used before a time.
pub(super) fn delete_old_sessions(
    connection: &mut DbConnection,
    begun_before: NaiveDateTime,
    used_before: NaiveDateTime,
) -> QueryResult<()> {
    let old = sessions::created_at.lt(begun_before).or(sessions::seen_at.lt(used_before));
    diesel::delete(sessions::table.filter(old)).execute(connection).map(drop)
}
