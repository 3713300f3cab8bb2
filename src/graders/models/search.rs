//! The index of search: its entries and the queries over them. Each database searches texts in its
//! own way; both find the same.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};

use super::{GradeRow, ProfessionRow};
use crate::db::DbConnection;
use crate::db::schema::{catalogue_state, grades, profession, skills};
use crate::ladder::search::{Part, Phrase};

/// What one thing is found by.
pub(in crate::graders) struct Entry {
    /// Which thing it is.
    pub(in crate::graders) key: i64,
    /// The terms of what it says itself, in order.
    pub(in crate::graders) own: Vec<String>,
    /// The terms of what it belongs to or holds, in order.
    pub(in crate::graders) context: Vec<String>,
}

/// What to find.
pub(in crate::graders) struct Condition<'a> {
    /// What is asked.
    pub(in crate::graders) parts: &'a [Part],
    /// How much of it a thing is to have.
    pub(in crate::graders) breadth: Breadth,
    /// Terms that the context is to have besides.
    pub(in crate::graders) marks: &'a [String],
    /// The keys it is searched among.
    pub(in crate::graders) keys: RangeInclusive<i64>,
    /// One that is known already.
    pub(in crate::graders) except: Option<i64>,
}

/// How much of a question a thing is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// Every part, one of them in what it says itself.
    Own,
    /// Every part, itself or in its context.
    Context,
    /// Any part, in what it says itself.
    Any,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    key: i64,
}

/// The way of making terms that the entries were made in.
pub(in crate::graders) fn format(connection: &mut DbConnection) -> QueryResult<i32> {
    catalogue_state::table.select(catalogue_state::search_format).first(connection)
}

/// Notes the way of making terms.
pub(in crate::graders) fn set_format(
    connection: &mut DbConnection,
    format: i32,
) -> QueryResult<()> {
    diesel::update(catalogue_state::table)
        .set(catalogue_state::search_format.eq(format))
        .execute(connection)
        .map(drop)
}

/// Puts entries in place of all whose keys lie in some ranges.
pub(in crate::graders) fn replace(
    connection: &mut DbConnection,
    ranges: &[RangeInclusive<i64>],
    entries: &[Entry],
) -> QueryResult<()> {
    match connection {
        DbConnection::Sqlite(sqlite) => {
            for range in ranges {
                sql_query("DELETE FROM search_entries WHERE rowid BETWEEN $1 AND $2")
                    .bind::<BigInt, _>(range.start())
                    .bind::<BigInt, _>(range.end())
                    .execute(sqlite)?;
            }
            for entry in entries {
                sql_query("INSERT INTO search_entries (rowid, own, context) VALUES ($1, $2, $3)")
                    .bind::<BigInt, _>(entry.key)
                    .bind::<Text, _>(entry.own.join(" "))
                    .bind::<Text, _>(entry.context.join(" "))
                    .execute(sqlite)?;
            }
        }
        DbConnection::Postgres(postgres) => {
            for range in ranges {
                sql_query("DELETE FROM search_entries WHERE id BETWEEN $1 AND $2")
                    .bind::<BigInt, _>(range.start())
                    .bind::<BigInt, _>(range.end())
                    .execute(postgres)?;
            }
            let keys = entries.iter().map(|entry| entry.key).collect::<Vec<_>>();
            let vectors = entries.iter().map(vector).collect::<Vec<_>>();
            sql_query(
                "INSERT INTO search_entries (id, terms)
                 SELECT id, terms::tsvector FROM unnest($1, $2) AS entry (id, terms)",
            )
            .bind::<Array<BigInt>, _>(keys)
            .bind::<Array<Text>, _>(vectors)
            .execute(postgres)?;
        }
    }
    Ok(())
}

/// The keys that a condition is true of, lowest first.
pub(in crate::graders) fn find(
    connection: &mut DbConnection,
    condition: &Condition<'_>,
    (offset, limit): (i64, i64),
) -> QueryResult<Vec<i64>> {
    let found = match connection {
        DbConnection::Sqlite(sqlite) => sql_query(
            "SELECT rowid AS key FROM search_entries
             WHERE search_entries MATCH $1 AND rowid BETWEEN $2 AND $3 AND rowid <> $4
             ORDER BY rowid LIMIT $5 OFFSET $6",
        )
        .bind::<Text, _>(fts5(condition))
        .bind::<BigInt, _>(condition.keys.start())
        .bind::<BigInt, _>(condition.keys.end())
        .bind::<BigInt, _>(condition.except.unwrap_or_default())
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(offset)
        .load::<Found>(sqlite)?,
        DbConnection::Postgres(postgres) => sql_query(
            "SELECT id AS key FROM search_entries
             WHERE terms @@ $1::tsquery AND id BETWEEN $2 AND $3 AND id <> $4
             ORDER BY id LIMIT $5 OFFSET $6",
        )
        .bind::<Text, _>(tsquery(condition))
        .bind::<BigInt, _>(condition.keys.start())
        .bind::<BigInt, _>(condition.keys.end())
        .bind::<BigInt, _>(condition.except.unwrap_or_default())
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(offset)
        .load::<Found>(postgres)?,
    };
    Ok(found.into_iter().map(|found| found.key).collect())
}

/// A profession by its id.
pub(in crate::graders) fn profession(
    connection: &mut DbConnection,
    id: i32,
) -> QueryResult<Option<ProfessionRow>> {
    profession::table.find(id).select(ProfessionRow::as_select()).first(connection).optional()
}

/// Professions by their ids, in no order.
pub(in crate::graders) fn professions(
    connection: &mut DbConnection,
    ids: &[i32],
) -> QueryResult<Vec<ProfessionRow>> {
    profession::table
        .filter(profession::id.eq_any(ids))
        .select(ProfessionRow::as_select())
        .load(connection)
}

/// The ids of all professions.
pub(in crate::graders) fn profession_ids(connection: &mut DbConnection) -> QueryResult<Vec<i32>> {
    profession::table.order(profession::id).select(profession::id).load(connection)
}

/// The grades that some professions have of some levels, in no order.
pub(in crate::graders) fn grades(
    connection: &mut DbConnection,
    professions: &[i32],
    levels: &[&str],
) -> QueryResult<Vec<GradeRow>> {
    grades::table
        .filter(grades::profession_id.eq_any(professions))
        .filter(grades::level_name.eq_any(levels))
        .select(GradeRow::as_select())
        .load(connection)
}

/// The names that some skills have in addresses, in no order.
pub(in crate::graders) fn skill_slugs(
    connection: &mut DbConnection,
    ids: &[i32],
) -> QueryResult<Vec<(i32, String)>> {
    skills::table.filter(skills::id.eq_any(ids)).select((skills::id, skills::slug)).load(connection)
}

/// The id of a skill.
pub(in crate::graders) fn skill_id(
    connection: &mut DbConnection,
    slug: &str,
) -> QueryResult<Option<i32>> {
    skills::table.filter(skills::slug.eq(slug)).select(skills::id).first(connection).optional()
}

/// An entry as PostgreSQL writes a `tsvector`. No phrase goes from what a thing says on to its
/// context, for there is a gap between them.
fn vector(entry: &Entry) -> String {
    let own = (1..).zip(&entry.own).map(|(place, term)| (place, term, "A"));
    let gap = entry.own.len() + 2;
    let context = (gap..).zip(&entry.context).map(|(place, term)| (place, term, ""));
    let mut vector = String::new();
    for (place, term, weight) in own.chain(context) {
        // Writing into a string does not fail.
        let _ = write!(vector, "'{term}':{place}{weight} ");
    }
    vector
}

/// A condition in the language of FTS5.
fn fts5(condition: &Condition<'_>) -> String {
    let phrase = |phrase: &Phrase| {
        let open = if phrase.is_open { "*" } else { "" };
        format!("\"{}\"{open}", phrase.terms.join(" "))
    };
    let part = |part: &Part| {
        let phrases = part.phrases.iter().map(phrase).collect::<Vec<_>>();
        format!("({})", phrases.join(" OR "))
    };
    let parts = condition.parts.iter().map(part).collect::<Vec<_>>();
    let own = format!("own : ({})", parts.join(" OR "));
    let mut all = match condition.breadth {
        Breadth::Own => [parts, vec![own]].concat(),
        Breadth::Context => parts,
        Breadth::Any => vec![own],
    };
    all.extend(condition.marks.iter().map(|mark| format!("context : \"{mark}\"")));
    all.join(" AND ")
}

/// A condition in the language of `tsquery`.
fn tsquery(condition: &Condition<'_>) -> String {
    let phrase = |phrase: &Phrase, weight: &str| {
        let last = phrase.terms.len().saturating_sub(1);
        let term = |(index, term): (usize, &String)| {
            let open = if phrase.is_open && index == last { "*" } else { "" };
            format!("'{term}':{open}{weight}")
        };
        phrase.terms.iter().enumerate().map(term).collect::<Vec<_>>().join(" <-> ")
    };
    let parts = |weight: &str| {
        let part = |part: &Part| {
            let phrases = part.phrases.iter().map(|each| phrase(each, weight)).collect::<Vec<_>>();
            format!("({})", phrases.join(" | "))
        };
        condition.parts.iter().map(part).collect::<Vec<_>>()
    };
    let own = format!("({})", parts("A").join(" | "));
    let mut all = match condition.breadth {
        Breadth::Own => [parts(""), vec![own]].concat(),
        Breadth::Context => parts(""),
        Breadth::Any => vec![own],
    };
    all.extend(condition.marks.iter().map(|mark| format!("'{mark}'")));
    all.join(" & ")
}
