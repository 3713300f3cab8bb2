//! Whose an address is.

use diesel::QueryResult;

use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::professions::WholeProfessionRow;

/// The profession that has an address, or had it before.
pub fn owner(connection: &mut DbConnection, slug: &str) -> QueryResult<Option<WholeProfessionRow>> {
    if let Some(present) = models::professions::whole_at(connection, slug)? {
        return Ok(Some(present));
    }
    match models::professions::formerly_at(connection, slug)? {
        Some(id) => models::professions::whole_by_id(connection, id),
        None => Ok(None),
    }
}
