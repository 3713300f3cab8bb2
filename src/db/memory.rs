//! Databases in memory with tables of the real one: states of the catalogue that are past.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDateTime;
use diesel::connection::{Connection as _, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;

use super::connection::{Mode, in_transaction};
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

/// Tables that several databases in memory read. They are gone with the last of these.
pub struct SharedTables {
    /// As SQLite names the database that has them.
    address: String,
    /// Keeps them there while no database reads them.
    _keeper: Mutex<SqliteConnection>,
}

/// Tables that one database in memory has for itself.
pub struct OwnTables(SqliteConnection);

/// One connection that all share: the database is its own.
pub(super) struct Memory {
    connection: Mutex<DbConnection>,
    pub(super) origin: Origin,
}

/// What makes a table or one of its indexes, as the migrations leave it.
#[derive(QueryableByName)]
struct Statement {
    #[diesel(sql_type = Text)]
    tbl_name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

static SCHEMA: LazyLock<Result<Vec<Statement>, String>> =
    LazyLock::new(|| schema().map_err(|error| error.to_string()));

impl SharedTables {
    /// Tables with the rows that `fill` puts in.
    ///
    /// # Errors
    ///
    /// What `fill` returns; if there is no memory.
    pub fn new(
        tables: &[&str],
        fill: impl FnOnce(&mut SqliteConnection) -> QueryResult<()>,
    ) -> QueryResult<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);

        let number = MADE.fetch_add(1, Ordering::Relaxed);
        // The VFS `memdb` shares names that begin with a slash between the connections of a process.
        let address = format!("file:/grades-{number}?vfs=memdb");
        let mut connection = SqliteConnection::establish(&address).map_err(broken)?;
        make(&mut connection, tables, fill)?;
        Ok(Self { address, _keeper: Mutex::new(connection) })
    }
}

impl OwnTables {
    /// Tables with the rows that `fill` puts in.
    ///
    /// # Errors
    ///
    /// What `fill` returns; if there is no memory.
    pub fn new(
        tables: &[&str],
        fill: impl FnOnce(&mut SqliteConnection) -> QueryResult<()>,
    ) -> QueryResult<Self> {
        let mut connection = open()?;
        make(&mut connection, tables, fill)?;
        Ok(Self(connection))
    }
}

impl Memory {
    /// A database with its own tables, beside shared ones of other names.
    pub(super) fn new(
        origin: Origin,
        OwnTables(mut connection): OwnTables,
        shared: &SharedTables,
    ) -> QueryResult<Self> {
        connection.batch_execute(&format!("ATTACH '{}' AS shared", shared.address))?;
        let connection = Mutex::new(DbConnection::Sqlite(connection));
        Ok(Self { connection, origin })
    }

    pub(super) fn transaction<T, E: From<Error>>(
        &self,
        mode: Mode,
        work: impl FnOnce(&mut DbConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        in_transaction(&mut self.lock(), mode, work)
    }

    pub(super) fn query<T>(
        &self,
        query: impl FnOnce(&mut DbConnection) -> QueryResult<T>,
    ) -> Option<T> {
        query(&mut self.lock()).ok()
    }

    fn lock(&self) -> MutexGuard<'_, DbConnection> {
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

/// Makes tables, and lets `fill` put rows in, in one transaction.
fn make(
    connection: &mut SqliteConnection,
    tables: &[&str],
    fill: impl FnOnce(&mut SqliteConnection) -> QueryResult<()>,
) -> QueryResult<()> {
    let schema = SCHEMA.as_ref().map_err(|error| broken(error.as_str()))?;
    let of_tables = schema.iter().filter(|statement| tables.contains(&&*statement.tbl_name));
    let statements = of_tables.map(|statement| format!("{};", statement.sql));
    connection.batch_execute(&format!("BEGIN; {}", statements.collect::<String>()))?;
    fill(connection)?;
    connection.batch_execute("COMMIT")
}

fn schema() -> QueryResult<Vec<Statement>> {
    let mut migrated = DbConnection::Sqlite(open()?);
    migrations::apply_pending(&mut migrated)?;
    let statements = "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid";
    diesel::sql_query(statements).load::<Statement>(&mut migrated)
}
