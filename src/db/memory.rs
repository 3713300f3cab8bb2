//! Databases in memory with tables of the real one: states of the catalogue that are past.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDateTime;
use diesel::connection::{Connection as _, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::{Binary, Text};
use diesel::sqlite::SqliteConnection;

use super::{Database, DbConnection, migrations};

/// What a database in memory was made of.
pub struct Origin {
    /// The database whose past it is.
    pub database: Database,
    /// The last saved change it has; 0 if it has none.
    pub revision: i32,
    /// When the first change that it does not have was saved, in UTC; `None` if it has all.
    pub until: Option<NaiveDateTime>,
}

/// The tables of a database in memory.
pub struct MemoryTables(SqliteConnection);

/// What stands for a table that is read little: its rows as they are, without an index. It is made in a
/// fraction of the time that the table takes.
pub struct View {
    /// The name of the table.
    pub name: &'static str,
    /// The names of its columns.
    pub columns: &'static [&'static str],
}

/// The rows of a [`View`], for any number of databases.
#[derive(QueryableByName)]
pub struct ViewRows {
    /// As SQLite stores JSON.
    #[diesel(sql_type = Binary)]
    jsonb: Vec<u8>,
}

/// One connection that all share: the database is its own.
pub(super) struct Memory {
    connection: Mutex<DbConnection>,
    pub(super) origin: Origin,
}

/// What makes a table, as the migrations leave it.
#[derive(QueryableByName)]
struct Statement {
    #[diesel(sql_type = Text)]
    tbl_name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

/// The table that has the rows of the views.
const VIEW_ROWS: &str = "view_rows";

static SCHEMA: LazyLock<Result<Vec<Statement>, String>> =
    LazyLock::new(|| schema().map_err(|error| error.to_string()));

impl MemoryTables {
    /// Empty tables, and views that want their rows. Of the indexes there are only those that constraints
    /// need: a past state is read a few times, and the others would cost more than they save.
    ///
    /// # Errors
    ///
    /// If there is no memory.
    pub fn new(tables: &[&str], views: &[View]) -> QueryResult<Self> {
        let schema = SCHEMA.as_ref().map_err(|error| broken(error.as_str()))?;
        let of_tables = schema.iter().filter(|statement| tables.contains(&&*statement.tbl_name));
        let of_tables = of_tables.map(|statement| statement.sql.clone());
        let of_views = views.iter().map(View::statement);
        let rows = format!("CREATE TABLE {VIEW_ROWS} (view TEXT, rows BLOB)");
        let statements = of_tables.chain([rows]).chain(of_views).collect::<Vec<_>>();
        let mut connection = open()?;
        // The rows were held to their references when they were saved.
        let statements = statements.join("; ");
        let statements = format!("PRAGMA foreign_keys = OFF; BEGIN; {statements}; COMMIT");
        connection.batch_execute(&statements)?;
        Ok(Self(connection))
    }

    /// Takes all rows away, those of the views as well. Such tables are ready in a fraction of the time that
    /// new ones take.
    ///
    /// # Errors
    ///
    /// If there is no such table.
    pub fn clear(&mut self, tables: &[&str]) -> QueryResult<()> {
        let tables = tables.iter().chain([&VIEW_ROWS]);
        let statements = tables.map(|name| format!("DELETE FROM {name}")).collect::<Vec<_>>();
        self.0.batch_execute(&format!("BEGIN; {}; COMMIT", statements.join("; ")))
    }

    /// Puts rows into tables.
    ///
    /// # Errors
    ///
    /// What `fill` returns.
    pub fn fill(
        &mut self,
        fill: impl FnOnce(&mut SqliteConnection) -> QueryResult<()>,
    ) -> QueryResult<()> {
        self.0.transaction(fill)
    }

    /// Gives a view its rows.
    ///
    /// # Errors
    ///
    /// If there is no memory.
    pub fn show(&mut self, view: &View, rows: &ViewRows) -> QueryResult<()> {
        diesel::sql_query(format!("INSERT INTO {VIEW_ROWS} VALUES ($1, $2)"))
            .bind::<Text, _>(view.name)
            .bind::<Binary, _>(&rows.jsonb)
            .execute(&mut self.0)
            .map(drop)
    }
}

impl ViewRows {
    /// The rows in an array in JSON of arrays of the values of the columns.
    ///
    /// # Errors
    ///
    /// If it is not JSON; if there is no memory.
    pub fn from_json(rows: &str) -> QueryResult<Self> {
        let rows = diesel::sql_query("SELECT jsonb($1) AS jsonb").bind::<Text, _>(rows);
        rows.get_result(&mut open()?)
    }
}

impl View {
    fn statement(&self) -> String {
        let Self { name, columns } = self;
        let columns = (0..).zip(*columns);
        let columns = columns.map(|(place, column)| format!("value ->> {place} AS {column}"));
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!(
            "CREATE VIEW {name} AS SELECT {columns} FROM {VIEW_ROWS}, jsonb_each(rows) WHERE view = '{name}'"
        )
    }
}

impl Memory {
    pub(super) fn new(origin: Origin, MemoryTables(connection): MemoryTables) -> Self {
        Self { connection: Mutex::new(DbConnection::Sqlite(connection)), origin }
    }

    /// Its tables, unless whoever used it last panicked.
    pub(super) fn into_tables(self) -> Option<MemoryTables> {
        match self.connection.into_inner() {
            Ok(DbConnection::Sqlite(connection)) => Some(MemoryTables(connection)),
            Ok(DbConnection::Postgres(_)) | Err(_) => None,
        }
    }

    pub(super) fn query<T>(
        &self,
        query: impl FnOnce(&mut DbConnection) -> QueryResult<T>,
    ) -> Option<T> {
        query(&mut self.lock()).ok()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, DbConnection> {
        type Manager = <DbConnection as diesel::Connection>::TransactionManager;

        self.connection.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
            // Whoever panicked left a transaction open.
            let mut connection = poisoned.into_inner();
            if let Err(error) = Manager::rollback_transaction(&mut *connection) {
                log::warn!("a past state could not be rolled back: {error}");
            }
            self.connection.clear_poison();
            connection
        })
    }
}

fn open() -> QueryResult<SqliteConnection> {
    SqliteConnection::establish(":memory:").map_err(broken)
}

fn broken(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::QueryBuilderError(why.into())
}

fn schema() -> QueryResult<Vec<Statement>> {
    let mut migrated = DbConnection::Sqlite(open()?);
    migrations::apply_pending(&mut migrated)?;
    let statements = "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid";
    diesel::sql_query(statements).load::<Statement>(&mut migrated)
}
