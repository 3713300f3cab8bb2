//! The names that the levels of each profession have: its scale, as ladders take them from it. Below
//! everything that names levels.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::QueryResult;

use crate::db::DbConnection;
use crate::graders::models;
use crate::ladder::scale::{Scale, ScaleLevel};
use crate::ladder::{Level, LevelName};

/// Every scale but the default one, by its number.
pub(super) struct Scales(HashMap<i32, (String, Arc<Scale>)>);

/// The scale with a number; the default one without, which no database has.
pub(super) fn of(connection: &mut DbConnection, id: Option<i32>) -> QueryResult<Arc<Scale>> {
    Ok(load_for(connection, [id])?.of(id))
}

/// How the scale with a number names a level.
pub(super) fn name(
    connection: &mut DbConnection,
    id: Option<i32>,
    level: Level,
) -> QueryResult<LevelName> {
    Ok(LevelName::new(&of(connection, id)?, level))
}

/// Reads every scale, if some have other than the default one.
pub(super) fn load_for(
    connection: &mut DbConnection,
    ids: impl IntoIterator<Item = Option<i32>>,
) -> QueryResult<Scales> {
    if ids.into_iter().flatten().next().is_none() {
        return Ok(Scales(HashMap::new()));
    }
    load(connection)
}

/// Reads every scale.
pub(super) fn load(connection: &mut DbConnection) -> QueryResult<Scales> {
    let rows = models::scales::all(connection)?;
    if rows.is_empty() {
        return Ok(Scales(HashMap::new()));
    }
    let mut levels = HashMap::<i32, Vec<ScaleLevel>>::new();
    for row in models::scales::levels(connection)? {
        let level = ScaleLevel {
            level: row.level_name,
            title: row.title,
            slug: row.slug,
            is_base: row.is_base,
        };
        levels.entry(row.scale_id).or_default().push(level);
    }
    let mut former = HashMap::<i32, Vec<(String, Level)>>::new();
    for row in models::scales::former_slugs(connection)? {
        former.entry(row.scale_id).or_default().push((row.slug, row.level_name));
    }
    let scales = rows.into_iter().map(|row| {
        let levels = levels.remove(&row.id).unwrap_or_default();
        let former = former.remove(&row.id).unwrap_or_default();
        (row.id, (row.slug, Arc::new(Scale::new(row.title, levels).with_former(former))))
    });
    Ok(Scales(scales.collect()))
}

impl Scales {
    /// The scale with a number; the default one without.
    pub fn of(&self, id: Option<i32>) -> Arc<Scale> {
        let found = id.and_then(|id| self.0.get(&id));
        found.map_or_else(Scale::standard, |(_, scale)| Arc::clone(scale))
    }

    /// The name in addresses of the scale with a number.
    pub fn slug(&self, id: Option<i32>) -> Option<&str> {
        Some(&self.0.get(&id?)?.0)
    }

    /// The scale with a name in addresses; the default one if there is none, or none any more.
    pub fn at(&self, slug: Option<&str>) -> Arc<Scale> {
        let found = self.0.values().find(|(found, _)| Some(found.as_str()) == slug);
        found.map_or_else(Scale::standard, |(_, scale)| Arc::clone(scale))
    }

    /// How the scale with a number names a level.
    pub fn name(&self, id: Option<i32>, level: Level) -> LevelName {
        LevelName::new(&self.of(id), level)
    }
}
