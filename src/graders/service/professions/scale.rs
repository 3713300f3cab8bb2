//! Which scale names the levels of a profession's ladder.

use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::service::{ServiceError, scales};
use crate::ladder::Level;

/// The id of the scale with a name in addresses; `None` for the default scale.
///
/// # Errors
///
/// [`ServiceError::NoSuchScale`].
pub fn id_of(
    connection: &mut DbConnection,
    slug: Option<&str>,
) -> Result<Option<i32>, ServiceError> {
    slug.map(|slug| Ok(scales::find(connection, slug)?.id)).transpose()
}

/// The name in addresses of the scale with an id; `None` for the default scale.
pub fn slug_of(
    connection: &mut DbConnection,
    id: Option<i32>,
) -> diesel::QueryResult<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    Ok(models::scales::by_id(connection, id)?.map(|row| row.slug))
}

/// Which of some levels a scale leaves out, lowest first; the default one has them all.
pub fn lacking(
    connection: &mut DbConnection,
    id: Option<i32>,
    levels: impl IntoIterator<Item = Level>,
) -> diesel::QueryResult<Vec<Level>> {
    let Some(id) = id else { return Ok(Vec::new()) };
    let has = models::scales::levels_of(connection, id)?;
    let is_missing = |level: &Level| !has.iter().any(|found| found.level_name == *level);
    let mut missing = levels.into_iter().filter(is_missing).collect::<Vec<_>>();
    missing.sort();
    missing.dedup();
    Ok(missing)
}

/// The id of the scale that a profession had, and what to add to the note if the scale is gone, so that
/// the levels are called as usual.
pub fn former(
    connection: &mut DbConnection,
    slug: Option<&str>,
) -> Result<(Option<i32>, &'static str), ServiceError> {
    match id_of(connection, slug) {
        Ok(id) => Ok((id, "")),
        Err(ServiceError::NoSuchScale) => {
            Ok((None, "; прежней шкалы уровней больше нет, названия обычные"))
        }
        Err(error) => Err(error),
    }
}
