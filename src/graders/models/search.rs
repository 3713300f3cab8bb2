//! The index of search: its entries and the queries over them. Each database searches texts in its
//! own way; both find the same.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};
use memchr::memmem::Finder;

use super::grades::GradeRow;
use super::professions::ProfessionRow;
use crate::db::DbConnection;
use crate::db::schema::{catalogue_state, grades, profession, skills};
use crate::ladder::search::{Part, Phrase};

/// What one thing is found by.
pub struct Entry {
    /// Which thing it is.
    pub key: i64,
    /// Each between spaces.
    terms: String,
}

/// What to find.
pub struct Condition<'a> {
    /// What is asked.
    pub parts: &'a [Part],
    /// How much of it a thing is to have.
    pub breadth: Breadth,
    /// The marks it is to have besides.
    pub marks: &'a [String],
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

/// Begins the terms of a context, so that whoever asks for what a thing says itself never meets them.
const IN_CONTEXT: &str = "~";

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    key: i64,
}

impl Entry {
    /// Terms are given in order, with spaces between them: those of what the thing says itself, those of
    /// what it belongs to or holds, and marks, which no text has.
    pub fn new(key: i64, own: &str, context: &[&str], marks: &str) -> Self {
        // A term in a context takes one sign more, and few have only one letter.
        let context_length = context.iter().map(|terms| terms.len() * 3 / 2).sum::<usize>();
        let mut terms = String::with_capacity(own.len() + context_length + marks.len() + 3);
        terms.push(' ');
        let mut add = |beginning: &str, some: &str| {
            for term in some.split_ascii_whitespace() {
                terms.extend([beginning, term, " "]);
            }
        };
        add("", own);
        for context in context {
            add(IN_CONTEXT, context);
        }
        add("", marks);
        Self { key, terms }
    }
}

/// The way of making terms that the entries were made in.
pub fn format(connection: &mut DbConnection) -> QueryResult<i32> {
    catalogue_state::table.select(catalogue_state::search_format).get_result(connection)
}

/// Notes the way of making terms.
pub fn set_format(connection: &mut DbConnection, format: i32) -> QueryResult<()> {
    diesel::update(catalogue_state::table)
        .set(catalogue_state::search_format.eq(format))
        .execute(connection)
        .map(drop)
}

/// Puts entries in place of all whose keys lie in some ranges.
pub fn replace(
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
            let rows = entries.iter().map(|entry| (entry.key, &entry.terms));
            let rows = serde_json::to_string(&rows.collect::<Vec<_>>());
            let rows = rows.map_err(|error| Error::SerializationError(error.into()))?;
            sql_query(
                "INSERT INTO search_entries (rowid, terms)
                 SELECT value ->> 0, value ->> 1 FROM json_each($1)",
            )
            .bind::<Text, _>(rows)
            .execute(sqlite)?;
        }
        DbConnection::Postgres(postgres) => {
            let starts = ranges.iter().map(|range| *range.start()).collect::<Vec<_>>();
            let ends = ranges.iter().map(|range| *range.end()).collect::<Vec<_>>();
            let keys = entries.iter().map(|entry| entry.key).collect::<Vec<_>>();
            let vectors = entries.iter().map(vector).collect::<Vec<_>>();
            sql_query(
                // What is deleted is still there for what is inserted, so that it takes its place.
                "WITH entry AS (SELECT * FROM unnest($1, $2) AS entry (id, terms)), gone AS (
                     DELETE FROM search_entries
                     USING unnest($3, $4) AS span (low, high)
                     WHERE search_entries.id BETWEEN low AND high
                     AND search_entries.id NOT IN (SELECT id FROM entry)
                 )
                 INSERT INTO search_entries (id, terms) SELECT id, terms::tsvector FROM entry
                 ON CONFLICT (id) DO UPDATE SET terms = EXCLUDED.terms",
            )
            .bind::<Array<BigInt>, _>(keys)
            .bind::<Array<Text>, _>(vectors)
            .bind::<Array<BigInt>, _>(starts)
            .bind::<Array<BigInt>, _>(ends)
            .execute(postgres)?;
        }
    }
    Ok(())
}

/// Bytes that the index of SQLite gathers before it writes: usually, and for many entries.
const USUALLY: i64 = 1024 * 1024;
const OF_MANY: i64 = 32 * 1024 * 1024;

/// Lets the index gather much before it writes, or as much as usual.
pub fn gather(connection: &mut DbConnection, much: bool) -> QueryResult<()> {
    match connection {
        DbConnection::Sqlite(sqlite) => {
            sql_query("INSERT INTO search_entries (search_entries, rank) VALUES ('hashsize', $1)")
                .bind::<BigInt, _>(if much { OF_MANY } else { USUALLY })
                .execute(sqlite)
                .map(drop)
        }
        DbConnection::Postgres(_) => Ok(()),
    }
}

impl Condition<'_> {
    /// What it says: of each of these, any.
    fn clauses(&self) -> Vec<Vec<Phrase>> {
        let own = |part: &Part| begun(part, &[""]);
        let anywhere = |part: &Part| begun(part, &["", IN_CONTEXT]);
        let mut all = match (self.breadth, self.parts) {
            (Breadth::Own, [part]) => vec![own(part)],
            (Breadth::Own, parts) => {
                let any = parts.iter().flat_map(own).collect();
                parts.iter().map(anywhere).chain([any]).collect()
            }
            (Breadth::Context, parts) => parts.iter().map(anywhere).collect(),
            (Breadth::Any, parts) => vec![parts.iter().flat_map(own).collect()],
        };
        let mark = |mark: &String| vec![Phrase { terms: vec![mark.clone()], is_prefix: false }];
        all.extend(self.marks.iter().map(mark));
        all
    }
}

/// The phrases of a part whose terms begin with any of some signs.
fn begun(part: &Part, beginnings: &[&str]) -> Vec<Phrase> {
    let phrases = beginnings.iter().flat_map(|beginning| {
        part.phrases.iter().map(move |Phrase { terms, is_prefix }| Phrase {
            terms: terms.iter().map(|term| format!("{beginning}{term}")).collect(),
            is_prefix: *is_prefix,
        })
    });
    phrases.collect()
}

/// A condition to hold entries against that no database has.
pub struct Matcher(Vec<Vec<Finder<'static>>>);

impl Matcher {
    /// Of a condition.
    pub fn new(condition: &Condition<'_>) -> Self {
        let words = |Phrase { terms, is_prefix }: &Phrase| {
            format!(" {}{}", terms.join(" "), if *is_prefix { "" } else { " " })
        };
        let finder = |phrase: &Phrase| Finder::new(&words(phrase)).into_owned();
        let clauses = condition.clauses();
        Self(clauses.iter().map(|any| any.iter().map(finder).collect()).collect())
    }

    /// The keys in a range of the entries that the condition is true of, in the order of the entries.
    pub fn find(&self, entries: &[Entry], keys: &RangeInclusive<i64>) -> Vec<i64> {
        let is_met = |entry: &&Entry| {
            let terms = entry.terms.as_bytes();
            self.0.iter().all(|any| any.iter().any(|words| words.find(terms).is_some()))
        };
        let found = entries.iter().filter(|entry| keys.contains(&entry.key)).filter(is_met);
        found.map(|entry| entry.key).collect()
    }
}

/// The first keys in a range that a condition is true of, lowest first.
pub fn find(
    connection: &mut DbConnection,
    condition: &Condition<'_>,
    keys: &RangeInclusive<i64>,
    limit: usize,
) -> QueryResult<Vec<i64>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = match connection {
        DbConnection::Sqlite(sqlite) => sql_query(
            "SELECT rowid AS key FROM search_entries
             WHERE search_entries MATCH $1 AND rowid BETWEEN $2 AND $3 ORDER BY rowid LIMIT $4",
        )
        .bind::<Text, _>(Language::Fts5.write(condition))
        .bind::<BigInt, _>(keys.start())
        .bind::<BigInt, _>(keys.end())
        .bind::<BigInt, _>(limit)
        .load::<Found>(sqlite)?,
        DbConnection::Postgres(postgres) => sql_query(
            "SELECT id AS key FROM search_entries
             WHERE terms @@ $1::tsquery AND id BETWEEN $2 AND $3 ORDER BY id LIMIT $4",
        )
        .bind::<Text, _>(Language::Tsquery.write(condition))
        .bind::<BigInt, _>(keys.start())
        .bind::<BigInt, _>(keys.end())
        .bind::<BigInt, _>(limit)
        .load::<Found>(postgres)?,
    };
    Ok(found.into_iter().map(|found| found.key).collect())
}

/// A profession by its id.
pub fn profession(connection: &mut DbConnection, id: i32) -> QueryResult<Option<ProfessionRow>> {
    ProfessionRow::query().find(id).get_result(connection).optional()
}

/// Professions by their ids, in no order.
pub fn professions(connection: &mut DbConnection, ids: &[i32]) -> QueryResult<Vec<ProfessionRow>> {
    ProfessionRow::query().filter(profession::id.eq_any(ids)).load(connection)
}

/// The ids of all professions.
pub fn profession_ids(connection: &mut DbConnection) -> QueryResult<Vec<i32>> {
    profession::table.order(profession::id).select(profession::id).load(connection)
}

/// The grades that some professions have of some levels, in no order.
pub fn grades(
    connection: &mut DbConnection,
    professions: &[i32],
    levels: &[&str],
) -> QueryResult<Vec<GradeRow>> {
    GradeRow::query()
        .filter(grades::profession_id.eq_any(professions))
        .filter(grades::level_name.eq_any(levels))
        .load(connection)
}

/// The names that some skills have in addresses, in no order.
pub fn skill_slugs(connection: &mut DbConnection, ids: &[i32]) -> QueryResult<Vec<(i32, String)>> {
    skills::table.filter(skills::id.eq_any(ids)).select((skills::id, skills::slug)).load(connection)
}

/// The id of a skill.
pub fn skill_id(connection: &mut DbConnection, slug: &str) -> QueryResult<Option<i32>> {
    skills::table.filter(skills::slug.eq(slug)).select(skills::id).get_result(connection).optional()
}

/// An entry as PostgreSQL writes a `tsvector`.
fn vector(entry: &Entry) -> String {
    let mut vector = String::new();
    for (place, term) in (1_usize..).zip(entry.terms.split_ascii_whitespace()) {
        // Writing into a string does not fail.
        let _ = write!(vector, "'{term}':{place} ");
    }
    vector
}

/// How a database is asked.
#[derive(Clone, Copy)]
enum Language {
    Fts5,
    Tsquery,
}

impl Language {
    fn write(self, condition: &Condition<'_>) -> String {
        let (and, or) = match self {
            Self::Fts5 => (" AND ", " OR "),
            Self::Tsquery => (" & ", " | "),
        };
        let any = |phrases: &Vec<Phrase>| {
            let phrases = phrases.iter().map(|phrase| self.phrase(phrase)).collect::<Vec<_>>();
            format!("({})", phrases.join(or))
        };
        condition.clauses().iter().map(any).collect::<Vec<_>>().join(and)
    }

    fn phrase(self, Phrase { terms, is_prefix }: &Phrase) -> String {
        match self {
            Self::Fts5 => format!("\"{}\"{}", terms.join(" "), if *is_prefix { "*" } else { "" }),
            Self::Tsquery => {
                let terms = terms.iter().map(|term| format!("'{term}'")).collect::<Vec<_>>();
                let phrase = terms.join(" <-> ");
                // Only the last term is open, and stands last.
                if *is_prefix { format!("{phrase}:*") } else { phrase }
            }
        }
    }
}
