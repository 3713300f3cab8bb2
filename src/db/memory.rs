//! Databases in memory with the tables of the real one: states of the catalogue that are past.

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

/// One connection that all share: the database is its own.
pub(super) struct Memory {
    connection: Mutex<DbConnection>,
    pub(super) origin: Origin,
}

/// The statements that make the tables, as the migrations leave them.
static SCHEMA: LazyLock<Result<String, String>> =
    LazyLock::new(|| schema().map_err(|error| error.to_string()));

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = Text)]
    sql: String,
}

impl Memory {
    /// A database that `fill` puts the rows into.
    pub(super) fn new(
        origin: Origin,
        fill: impl FnOnce(&mut SqliteConnection) -> QueryResult<()>,
    ) -> QueryResult<Self> {
        let mut connection = open()?;
        let schema = SCHEMA.as_ref().map_err(|error| broken(error.as_str()))?;
        connection.batch_execute("BEGIN")?;
        connection.batch_execute(schema)?;
        fill(&mut connection)?;
        connection.batch_execute("COMMIT")?;
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

fn schema() -> QueryResult<String> {
    let mut migrated = DbConnection::Sqlite(open()?);
    migrations::apply_pending(&mut migrated)?;
    // What belongs to the full-text index is made together with it.
    let made = diesel::sql_query(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND name NOT LIKE 'search\\_entries\\_%' ESCAPE '\\' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' \
         ORDER BY rowid",
    );
    let made = made.load::<Made>(&mut migrated)?;
    Ok(made.into_iter().map(|made| made.sql + ";\n").collect())
}
