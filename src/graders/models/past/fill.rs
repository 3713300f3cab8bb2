//! Putting the rows of a catalogue into an empty database in memory.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};
use diesel::sqlite::SqliteConnection;
use serde::Serialize;

use super::{DictionaryRows, LadderRows};
use crate::db::{View, ViewRows};
use crate::ladder::Level;

/// The tables that [`fill_ladders`] puts rows into.
pub const LADDER_TABLES: [&str; 9] = [
    "tracks",
    "scales",
    "scale_levels",
    "former_level_slugs",
    "profession",
    "former_slugs",
    "grades",
    "rules",
    "catalogue_state",
];

/// What stands for the tables of a dictionary.
pub const DICTIONARY_VIEWS: [View; 3] = [
    View { name: "skills", columns: &["id", "slug", "title", "category", "link", "version"] },
    View { name: "skill_aliases", columns: &["skill_id", "alias", "hidden"] },
    View { name: "former_skill_slugs", columns: &["slug", "skill_id"] },
];

/// The rows of [`DICTIONARY_VIEWS`], as they want them.
pub fn dictionary_rows(rows: &DictionaryRows) -> QueryResult<[ViewRows; DICTIONARY_VIEWS.len()]> {
    let DictionaryRows { skills, aliases, former_slugs } = rows;
    let skills = skills
        .iter()
        .map(|row| (row.id, &row.slug, &row.title, &row.category, &row.link, row.version));
    let aliases = aliases.iter().map(|row| (row.skill_id, &row.alias, row.hidden));
    let [skills, aliases, former] = [json(skills)?, json(aliases)?, json(former_slugs.iter())?]
        .map(|rows| ViewRows::from_json(&rows));
    Ok([skills?, aliases?, former?])
}

/// Puts all rows but those of the dictionary into empty tables. The revision of the catalogue is 1: a past
/// state never changes.
pub fn fill_ladders(connection: &mut SqliteConnection, rows: &LadderRows) -> QueryResult<()> {
    let LadderRows { tracks, professions, grades, scales, levels, .. } = rows;
    let mut counts = HashMap::<&str, usize>::new();
    for row in professions {
        *counts.entry(&row.track).or_default() += 1;
    }
    let table = "tracks (id, slug, title, position, version, professions)";
    let tracks = tracks.iter().map(|row| {
        let count = counts.get(&*row.slug).copied().unwrap_or_default();
        (row.id, &row.slug, &row.title, row.position, row.version, count)
    });
    insert(connection, table, 6, tracks)?;
    let table = "scales (id, slug, title, version)";
    let scales = scales.iter().map(|row| (row.id, &row.slug, &row.title, row.version));
    insert(connection, table, 4, scales)?;
    let table = "scale_levels (scale_id, level_name, title, slug, is_base)";
    let levels = levels
        .iter()
        .map(|row| (row.scale_id, row.level_name.name(), &row.title, &row.slug, row.is_base));
    insert(connection, table, 5, levels)?;
    let table = "former_level_slugs (scale_id, slug, level_name)";
    let former = rows.former_levels.iter();
    let former = former.map(|row| (row.scale_id, &row.slug, row.level_name.name()));
    insert(connection, table, 3, former)?;
    let table = "profession (id, slug, title, summary, track, position, version, created_at, \
                 updated_at, scale_id, includes_id, includes_up_to)";
    let professions = professions.iter().map(|row| {
        let times = (time(row.created_at), time(row.updated_at));
        let up_to = row.includes_up_to().map(Level::name);
        (
            row.id,
            &row.slug,
            &row.title,
            &row.summary,
            &row.track,
            row.position,
            row.version,
            times.0,
            times.1,
            row.scale_id,
            row.includes_id,
            up_to,
        )
    });
    insert(connection, table, 12, professions)?;
    insert(connection, "former_slugs (slug, profession_id)", 2, rows.former_slugs.iter())?;
    let table = "grades (grade_id, profession_id, level_name, description, version, updated_at)";
    let grades = grades.iter().map(|row| {
        let (level, at) = (row.level_name.name(), time(row.updated_at));
        (row.grade_id, row.profession_id, level, &row.description, row.version, at)
    });
    insert(connection, table, 6, grades)?;
    let table = "rules (text, months, top_months, top_level, retry_months, junior_weight, \
                 middle_weight, senior_weight, base_weight, version, updated_at, id)";
    let rules = rows.rules.iter().map(|row| {
        (
            &row.text,
            row.months,
            row.top_months,
            row.top_level.name(),
            row.retry_months,
            row.junior_weight,
            row.middle_weight,
            row.senior_weight,
            row.base_weight,
            row.version,
            time(row.updated_at),
            1,
        )
    });
    insert(connection, table, 12, rules)?;
    diesel::sql_query(
        "INSERT INTO catalogue_state (id, revision, skills_revision, changed_at) VALUES (1, 1, $1, $2)",
    )
    .bind::<BigInt, _>(rows.skills_revision)
    .bind::<Nullable<Timestamp>, _>(rows.changed_at)
    .execute(connection)
    .map(drop)
}

/// Stores rows in one statement, whatever their number; none if there are no rows.
fn insert<Row: Serialize>(
    connection: &mut SqliteConnection,
    table: &str,
    columns: usize,
    rows: impl Iterator<Item = Row>,
) -> QueryResult<()> {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    let columns = (0..columns).map(|column| format!("value ->> {column}")).collect::<Vec<_>>();
    let columns = columns.join(", ");
    diesel::sql_query(format!("INSERT INTO {table} SELECT {columns} FROM jsonb_each($1)"))
        .bind::<Text, _>(json(rows)?)
        .execute(connection)
        .map(drop)
}

fn json<Row: Serialize>(rows: impl Iterator<Item = Row>) -> QueryResult<String> {
    let rows = serde_json::to_string(&rows.collect::<Vec<_>>());
    rows.map_err(|error| Error::SerializationError(error.into()))
}

/// A moment as Diesel writes it on SQLite.
fn time(moment: NaiveDateTime) -> String {
    moment.format("%F %T%.f").to_string()
}
