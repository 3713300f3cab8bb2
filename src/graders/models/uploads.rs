//! Rows of files that were sent to be imported, and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::uploads;

/// One file of an upload.
#[derive(Clone, Debug, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = uploads)]
pub struct UploadRow {
    pub token: String,
    /// Files count from 1; 0 is how their tables are read.
    pub place: i32,
    pub login: String,
    pub file_name: String,
    pub content: Vec<u8>,
    pub created_at: NaiveDateTime,
}

/// What an editor sent under a token, in order.
pub fn of(connection: &mut DbConnection, token: &str, login: &str) -> QueryResult<Vec<UploadRow>> {
    UploadRow::query()
        .filter(uploads::token.eq(token).and(uploads::login.eq(login)))
        .order(uploads::place)
        .load(connection)
}

/// The tokens of an editor's uploads, the newest first.
pub fn tokens_of(connection: &mut DbConnection, login: &str) -> QueryResult<Vec<String>> {
    let first = uploads::table.filter(uploads::login.eq(login).and(uploads::place.eq(1)));
    first.select(uploads::token).order(uploads::created_at.desc()).load(connection)
}

/// Stores a file.
pub fn insert(connection: &mut DbConnection, row: &UploadRow) -> QueryResult<()> {
    diesel::insert_into(uploads::table).values(row).execute(connection).map(drop)
}

/// Deletes one row of an upload.
pub fn delete_row(connection: &mut DbConnection, token: &str, place: i32) -> QueryResult<()> {
    diesel::delete(uploads::table.find((token, place))).execute(connection).map(drop)
}

/// Deletes uploads with all their rows.
pub fn delete(connection: &mut DbConnection, tokens: &[String]) -> QueryResult<()> {
    let these = uploads::table.filter(uploads::token.eq_any(tokens));
    diesel::delete(these).execute(connection).map(drop)
}

/// Deletes what was sent before a time.
pub fn delete_before(connection: &mut DbConnection, time: NaiveDateTime) -> QueryResult<()> {
    let old = uploads::table.filter(uploads::created_at.lt(time));
    diesel::delete(old).execute(connection).map(drop)
}
