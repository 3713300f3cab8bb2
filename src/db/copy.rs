//! Everything from one database into an empty one, of the same kind or the other.
//!
//! Tables and columns are read from the databases themselves, so one that a migration adds is copied too.
//! On the way every value is a text, the same for both databases.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{NaiveDateTime, SubsecRound};
use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use sha2::{Digest as _, Sha256};

use super::backup::{Refused, existing};
use super::connection::{Manager, Mode, Purpose, in_transaction, lift_timeouts};
use super::migrations::{self, Schema};
use super::{DatabaseUrl, DbConnection, Limits};

/// Sessions end with the move, and files sent to be imported are sent again.
const LEFT_BEHIND: [&str; 2] = ["sessions", "uploads"];

/// The one row of this table is made by its migration.
const STATE: &str = "catalogue_state";

/// How much JSON is sent at once, in bytes.
const BATCH: usize = 1 << 20;

/// A table that was copied, read again from its new place and found equal.
#[derive(Debug)]
pub struct CopiedTable {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// A digest of its rows in any order, in hexadecimal digits.
    pub digest: String,
    /// How many characters U+0000 were left out: PostgreSQL keeps none.
    pub nulls: usize,
}

type Row = Vec<Option<String>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Bool,
    Text,
    Time,
    Other,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Tables with their columns, by name.
type Tables = BTreeMap<String, BTreeMap<String, Kind>>;

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        Self(error.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// Copies everything but sessions and uploads into an empty database, which is migrated: one snapshot of the
/// source, one transaction in the target. Ids go on where they were, also of things that were deleted. The
/// search index is to be made anew.
///
/// # Errors
///
/// If a database can't be opened, the source has another schema than this program, or the target holds
/// anything; then the target is as it was.
pub fn copy(from: &DatabaseUrl, to: &DatabaseUrl) -> Result<Vec<CopiedTable>, Refused> {
    if let DatabaseUrl::Sqlite(file) = from {
        existing(file)?;
    }
    let mut source = open(from, Purpose::Read)?;
    in_transaction(&mut source, Mode::Read, |source| {
        lift_timeouts(source)?;
        let tell = |what: &str| Err(Refused(format!("{from} {what}")));
        match migrations::schema(source)? {
            Schema::Foreign => return tell("is no database of this site"),
            Schema::Older => {
                return tell("is of an older version: run `grades migrate` on it first");
            }
            Schema::Newer => return tell("is of a newer version of this program; use that one"),
            Schema::Same => {}
        }
        let mut target = open(to, Purpose::Write)?;
        let copied = in_transaction(&mut target, Mode::Write, |target| {
            prepare(target, to)?;
            fill(source, target)
        })?;
        // Everything is copied, whether or not this can be done.
        if let Err(error) = tidy_up(&mut target) {
            log::warn!(
                "the tables are not analysed yet, so the site may be slow at first: {error}"
            );
        }
        Ok(copied)
    })
}

/// Lets PostgreSQL look at what was copied; otherwise it plans queries for empty tables until it finds time.
fn tidy_up(target: &mut DbConnection) -> QueryResult<()> {
    match target {
        DbConnection::Sqlite(_) => Ok(()),
        DbConnection::Postgres(postgres) => {
            postgres.batch_execute("SET statement_timeout = 0")?;
            postgres.batch_execute("VACUUM ANALYZE")
        }
    }
}

fn open(url: &DatabaseUrl, purpose: Purpose) -> Result<DbConnection, Refused> {
    let manager = Manager::new((url, &Limits::default()), purpose, None);
    r2d2::ManageConnection::connect(&manager).map_err(|error| {
        let reason = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Refused(format!("cannot open {url}: {reason}"))
    })
}

/// Migrates the target, which must be empty.
fn prepare(target: &mut DbConnection, url: &DatabaseUrl) -> Result<(), Refused> {
    let refuse = |what: &str| Err(Refused(format!("{url} {what}; nothing was changed")));
    match migrations::schema(target)? {
        Schema::Foreign if !tables(target)?.is_empty() => {
            return refuse("has tables of something else");
        }
        Schema::Newer => return refuse("is of a newer version of this program"),
        Schema::Foreign | Schema::Older | Schema::Same => {}
    }
    migrations::apply_pending(target)?;
    for table in tables(target)?.keys().filter(|table| *table != STATE) {
        let count = format!("SELECT '' AS name, count(*) AS number FROM \"{table}\"");
        if sql_query(count).get_result::<Number>(target)?.number > 0 {
            return refuse(&format!("is not empty: {table} has rows"));
        }
    }
    Ok(())
}

fn fill(source: &mut DbConnection, target: &mut DbConnection) -> Result<Vec<CopiedTable>, Refused> {
    let tables = {
        let (given, wanted) = (tables(source)?, tables(target)?);
        if given != wanted {
            return Err(Refused("the tables of the two databases differ".into()));
        }
        given
    };
    defer_references(target, true)?;
    target.batch_execute(&format!("DELETE FROM {STATE}"))?;
    let mut copied = Vec::new();
    for (table, columns) in &tables {
        if !LEFT_BEHIND.contains(&table.as_str()) {
            copied.push(copy_table(source, target, table, columns)?);
        }
    }
    defer_references(target, false)?;
    let numbers = last_numbers(source)?;
    set_last_numbers(target, &numbers)?;
    Ok(copied)
}

fn copy_table(
    source: &mut DbConnection,
    target: &mut DbConnection,
    table: &str,
    columns: &BTreeMap<String, Kind>,
) -> Result<CopiedTable, Refused> {
    let insert = insert(target, table, columns);
    let keeps_nulls = matches!(target, DbConnection::Sqlite(_));
    let (mut rows, mut nulls, mut digest) = (0, 0, [0; 32]);
    let mut batch = String::new();
    each_row(source, table, columns, |mut row| {
        if !keeps_nulls {
            for value in row.iter_mut().flatten() {
                nulls += value.matches('\0').count();
                value.retain(|sign| sign != '\0');
            }
        }
        // The index is not copied: the program makes it anew.
        let format = columns.keys().position(|name| table == STATE && name == "search_format");
        if let Some(place) = format {
            row[place] = Some("0".into());
        }
        let row = json(&row)?;
        add(&mut digest, &row);
        rows += 1;
        batch.push(if batch.is_empty() { '[' } else { ',' });
        batch.push_str(&row);
        if batch.len() > BATCH { send(target, &insert, &mut batch) } else { Ok(()) }
    })
    .map_err(|error| Refused(format!("{table}: {error}")))?;
    send(target, &insert, &mut batch).map_err(|error| Refused(format!("{table}: {error}")))?;
    let (mut again, mut written) = (0, [0; 32]);
    each_row(target, table, columns, |row| {
        again += 1;
        add(&mut written, &json(&row)?);
        Ok(())
    })?;
    if (again, written) != (rows, digest) {
        return Err(Refused(format!(
            "{table}: {again} of {rows} rows arrived, or not as they were"
        )));
    }
    Ok(CopiedTable { name: table.to_owned(), rows, digest: hex::encode(digest), nulls })
}

fn json(row: &Row) -> Result<String, Refused> {
    serde_json::to_string(row).map_err(|error| Refused(error.to_string()))
}

/// Adds a row to a digest that does not depend on their order, in which the databases differ. A primary key
/// keeps equal rows from cancelling each other out.
fn add(digest: &mut [u8; 32], row: &str) {
    for (sum, byte) in digest.iter_mut().zip(Sha256::digest(row)) {
        *sum ^= byte;
    }
}

fn send(target: &mut DbConnection, insert: &str, batch: &mut String) -> Result<(), Refused> {
    if !batch.is_empty() {
        batch.push(']');
        sql_query(insert).bind::<Text, _>(std::mem::take(batch)).execute(target)?;
    }
    Ok(())
}

/// The statement that takes rows as a JSON array of arrays of texts.
fn insert(target: &DbConnection, table: &str, columns: &BTreeMap<String, Kind>) -> String {
    let (mut names, mut values) = (String::new(), String::new());
    for (place, (name, kind)) in columns.iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        let value = match (target, kind) {
            (DbConnection::Sqlite(_), Kind::Integer | Kind::Bool) => {
                format!("CAST(json_extract(value, '$[{place}]') AS INTEGER)")
            }
            (DbConnection::Sqlite(_), _) => format!("json_extract(value, '$[{place}]')"),
            (DbConnection::Postgres(_), Kind::Integer) => format!("(value->>{place})::bigint"),
            (DbConnection::Postgres(_), Kind::Bool) => format!("(value->>{place})::boolean"),
            (DbConnection::Postgres(_), Kind::Time) => format!("(value->>{place})::timestamp"),
            (DbConnection::Postgres(_), _) => format!("value->>{place}"),
        };
        // Writing to a String can't fail.
        let _ = write!(names, "{comma}\"{name}\"");
        let _ = write!(values, "{comma}{value}");
    }
    let rows = match target {
        DbConnection::Sqlite(_) => "json_each($1)",
        DbConnection::Postgres(_) => "json_array_elements($1::json) AS sent(value)",
    };
    format!("INSERT INTO \"{table}\" ({names}) SELECT {values} FROM {rows}")
}

/// Calls `take` with every row, its columns in the order of their names.
fn each_row(
    connection: &mut DbConnection,
    table: &str,
    columns: &BTreeMap<String, Kind>,
    mut take: impl FnMut(Row) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let value = |(name, kind): (&String, &Kind)| match (&*connection, kind) {
        (_, Kind::Other) => Err(Refused(format!("{table}.{name} is of a type that is not copied"))),
        (DbConnection::Sqlite(_), _) => Ok(format!("CAST(\"{name}\" AS TEXT)")),
        (DbConnection::Postgres(_), Kind::Bool) => Ok(format!("\"{name}\"::integer::text")),
        (DbConnection::Postgres(_), _) => Ok(format!("\"{name}\"::text")),
    };
    let values = columns.iter().map(value).collect::<Result<Vec<_>, _>>()?.join(", ");
    let kinds = columns.values().copied().collect::<Vec<_>>();
    let mut read = |line: Line| take(canonical(&line.line, &kinds)?);
    match connection {
        DbConnection::Sqlite(sqlite) => {
            let query = sql_query(format!("SELECT json_array({values}) AS line FROM \"{table}\""));
            for line in query.load_iter::<Line, DefaultLoadingMode>(sqlite)? {
                read(line?)?;
            }
        }
        DbConnection::Postgres(postgres) => {
            let array = format!("json_build_array({values})::text");
            let query = sql_query(format!("SELECT {array} AS line FROM \"{table}\""));
            for line in query.load_iter::<Line, PgRowByRowLoadingMode>(postgres)? {
                read(line?)?;
            }
        }
    }
    Ok(())
}

/// A row as both databases have it. Times are written as Diesel does on SQLite, where they are compared as
/// texts, in microseconds, which is how exact PostgreSQL is.
fn canonical(line: &str, kinds: &[Kind]) -> Result<Row, Refused> {
    let mut row = serde_json::from_str::<Row>(line).map_err(|error| Refused(error.to_string()))?;
    for (value, kind) in row.iter_mut().zip(kinds) {
        if let (Kind::Time, Some(time)) = (kind, &value) {
            let read = NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M:%S%.f")
                .map_err(|error| Refused(format!("«{time}» is no time: {error}")))?;
            *value = Some(read.trunc_subsecs(6).format("%F %T%.f").to_string());
        }
    }
    Ok(row)
}

/// All tables but the search index and the list of migrations.
fn tables(connection: &mut DbConnection) -> QueryResult<Tables> {
    let query = match connection {
        DbConnection::Sqlite(_) => {
            "SELECT l.name AS table_name, c.name AS name, lower(c.type) AS kind \
             FROM pragma_table_list l, pragma_table_info(l.name) c \
             WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
             AND l.name <> '__diesel_schema_migrations'"
        }
        DbConnection::Postgres(_) => {
            "SELECT c.table_name::text, c.column_name::text AS name, c.data_type::text AS kind \
             FROM information_schema.columns c JOIN information_schema.tables t \
             USING (table_schema, table_name) \
             WHERE table_schema = current_schema() AND t.table_type = 'BASE TABLE' \
             AND c.table_name NOT IN ('__diesel_schema_migrations', 'search_entries')"
        }
    };
    let mut tables = Tables::new();
    for column in sql_query(query).load::<Column>(connection)? {
        let kind = match column.kind.as_str() {
            "integer" | "bigint" => Kind::Integer,
            "boolean" => Kind::Bool,
            "text" => Kind::Text,
            "timestamp" | "timestamp without time zone" => Kind::Time,
            _ => Kind::Other,
        };
        tables.entry(column.table_name).or_default().insert(column.name, kind);
    }
    Ok(tables)
}

/// Lets rows come before those they refer to until the end of the transaction; then checks them all.
fn defer_references(target: &mut DbConnection, deferred: bool) -> QueryResult<()> {
    match target {
        // Is over with the transaction, which is not committed while a reference leads nowhere.
        DbConnection::Sqlite(sqlite) => {
            sqlite.batch_execute(&format!("PRAGMA defer_foreign_keys = {deferred}"))
        }
        DbConnection::Postgres(postgres) => {
            if !deferred {
                postgres.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")?;
            }
            let how = if deferred { "DEFERRABLE INITIALLY DEFERRED" } else { "NOT DEFERRABLE" };
            let alter = format!(
                "SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I {how}', conrelid::regclass, conname) \
                 AS line FROM pg_constraint \
                 WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
            );
            for statement in sql_query(alter).load::<Line>(postgres)? {
                postgres.batch_execute(&statement.line)?;
            }
            Ok(())
        }
    }
}

/// The last id that was given in each table that counts its ids.
fn last_numbers(connection: &mut DbConnection) -> QueryResult<Vec<Number>> {
    match connection {
        DbConnection::Sqlite(sqlite) => {
            sql_query("SELECT name, seq AS number FROM sqlite_sequence").load(sqlite)
        }
        DbConnection::Postgres(postgres) => {
            let mut numbers = Vec::new();
            for (table, column) in identities(postgres)? {
                let sequence = sql_query("SELECT pg_get_serial_sequence($1, $2) AS line")
                    .bind::<Text, _>(&table)
                    .bind::<Text, _>(&column)
                    .get_result::<Line>(postgres)?
                    .line;
                numbers.push(
                    sql_query(format!(
                        "SELECT $1 AS name, CASE WHEN is_called THEN last_value ELSE last_value - 1 END \
                         AS number FROM {sequence}"
                    ))
                    .bind::<Text, _>(&table)
                    .get_result(postgres)?,
                );
            }
            Ok(numbers)
        }
    }
}

fn identities(postgres: &mut PgConnection) -> QueryResult<Vec<(String, String)>> {
    let columns = sql_query(
        "SELECT table_name::text, column_name::text AS name, '' AS kind \
         FROM information_schema.columns \
         WHERE table_schema = current_schema() AND is_identity = 'YES'",
    );
    let columns = columns.load::<Column>(postgres)?.into_iter();
    Ok(columns.map(|column| (column.table_name, column.name)).collect())
}

/// Sets what [`last_numbers`] reads; never below the greatest id that is there.
fn set_last_numbers(target: &mut DbConnection, numbers: &[Number]) -> QueryResult<()> {
    match target {
        DbConnection::Sqlite(sqlite) => {
            for Number { name, number } in numbers {
                let made = sql_query(
                    "INSERT INTO sqlite_sequence (name, seq) SELECT $1, 0 \
                     WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $1)",
                );
                made.bind::<Text, _>(name).execute(sqlite)?;
                // SQLite counts parameters that begin with a dollar in the order they appear in.
                sql_query("UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1")
                    .bind::<Text, _>(name)
                    .bind::<BigInt, _>(number)
                    .execute(sqlite)?;
            }
        }
        DbConnection::Postgres(postgres) => {
            for (table, column) in identities(postgres)? {
                let greatest = format!(
                    "SELECT '' AS name, coalesce(max(\"{column}\"), 0)::bigint AS number FROM \"{table}\""
                );
                let greatest = sql_query(greatest).get_result::<Number>(postgres)?.number;
                let given = numbers.iter().find(|given| given.name == table);
                let next = given.map_or(0, |given| given.number).max(greatest) + 1;
                // Unlike setval it is undone with the transaction.
                postgres.batch_execute(&format!(
                    "ALTER TABLE \"{table}\" ALTER COLUMN \"{column}\" RESTART WITH {next}"
                ))?;
            }
        }
    }
    Ok(())
}
