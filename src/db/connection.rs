//! One connection type over both databases, and how it is opened and used.

use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::pg::PgConnection;
use diesel::result::Error;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, ConnectionError, ConnectionResult, QueryResult};

use super::DatabaseUrl;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    /// To a SQLite file.
    Sqlite(SqliteConnection),
    /// To a PostgreSQL server.
    Postgres(PgConnection),
}

/// How long SQLite waits for another process's lock.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What a transaction, or a SQLite connection, is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
    /// To read without waiting for anything.
    Glance,
}

/// Opens connections for a pool, choosing the database by the address alone. (The `establish` of
/// [`diesel::MultiConnection`] tries one database after the other and hides the first error.)
#[derive(Debug)]
pub(super) struct Manager {
    url: DatabaseUrl,
    access: Access,
}

impl Manager {
    pub(super) fn for_reading(url: DatabaseUrl) -> Self {
        Self { url, access: Access::Read }
    }

    pub(super) fn for_glancing(url: DatabaseUrl) -> Self {
        Self { url, access: Access::Glance }
    }

    pub(super) fn for_writing(url: DatabaseUrl) -> Self {
        Self { url, access: Access::Write }
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = DbConnection;
    type Error = ConnectionError;

    fn connect(&self) -> ConnectionResult<DbConnection> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let path = path.to_str().ok_or_else(|| {
                    ConnectionError::BadConnection("the path is not valid UTF-8".into())
                })?;
                let mut connection = SqliteConnection::establish(path)?;
                configure_sqlite(&mut connection, self.access)
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(DbConnection::Sqlite(connection))
            }
            DatabaseUrl::Postgres(address) => PgConnection::establish(address)
                .map(DbConnection::Postgres)
                .map_err(name_tls_feature),
        }
    }

    fn is_valid(&self, connection: &mut DbConnection) -> ConnectionResult<()> {
        connection.batch_execute("SELECT 1").map_err(ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, connection: &mut DbConnection) -> bool {
        // A panic inside a transaction leaves it open; such a connection must not be used again.
        std::thread::panicking()
            || <DbConnection as diesel::Connection>::TransactionManager::is_broken_transaction_manager(
                connection,
            )
    }
}

fn configure_sqlite(connection: &mut SqliteConnection, access: Access) -> QueryResult<()> {
    // The timeout comes first, so that the others wait for a lock too.
    let timeout = match access {
        Access::Read | Access::Write => SQLITE_BUSY_TIMEOUT,
        Access::Glance => Duration::ZERO,
    };
    connection.batch_execute(&format!("PRAGMA busy_timeout = {}", timeout.as_millis()))?;
    match access {
        Access::Write => use_wal(connection)?,
        Access::Read | Access::Glance => connection.batch_execute("PRAGMA query_only = ON")?,
    }
    // An answered save must survive a power cut.
    connection.batch_execute("PRAGMA synchronous = FULL")?;
    connection.batch_execute("PRAGMA foreign_keys = ON")
}

/// Switches to write-ahead logging. SQLite does not wait here when another process is switching
/// the same new file, so the waiting is ours.
fn use_wal(connection: &mut SqliteConnection) -> QueryResult<()> {
    let started = Instant::now();
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if is_locked(&error) && started.elapsed() < SQLITE_BUSY_TIMEOUT => {
                thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
}

/// Whether SQLite gave up waiting for a lock: its error has a message and no kind of its own.
fn is_locked(error: &Error) -> bool {
    has_message(error, &["database is locked"])
}

/// Whether SQLite could not write for a reason that passes: a lock, or a disk that is full just
/// now.
pub(super) fn is_held_up(error: &Error) -> bool {
    let full = ["database or disk is full", "disk I/O error"];
    is_locked(error) || has_message(error, &full)
}

fn has_message(error: &Error, messages: &[&str]) -> bool {
    matches!(error, Error::DatabaseError(_, told) if messages.contains(&told.message()))
}

/// libpq built without OpenSSL says that SSL is missing, but not how to get it.
fn name_tls_feature(error: ConnectionError) -> ConnectionError {
    match error {
        ConnectionError::BadConnection(reason)
            if reason.contains("SSL support is not compiled in") =>
        {
            ConnectionError::BadConnection(format!(
                "{}; build with `--features postgres-tls` for encrypted connections",
                reason.trim_end()
            ))
        }
        other => other,
    }
}

/// Runs `work` in one transaction on `connection`: committed on success, taken back on error.
pub(super) fn in_transaction<T, E: From<Error>>(
    connection: &mut DbConnection,
    access: Access,
    work: impl FnOnce(&mut DbConnection) -> Result<T, E>,
) -> Result<T, E> {
    type Manager = <DbConnection as diesel::Connection>::TransactionManager;

    begin(connection, access)?;
    match work(connection) {
        Ok(value) => {
            Manager::commit_transaction(connection)?;
            Ok(value)
        }
        Err(error) => {
            // The error of `work` is the one to tell; a connection whose rollback failed is
            // thrown away by the pool.
            if let Err(rollback) = Manager::rollback_transaction(connection) {
                log::warn!("a transaction could not be taken back: {rollback}");
            }
            Err(error)
        }
    }
}

fn begin(connection: &mut DbConnection, access: Access) -> QueryResult<()> {
    match (connection, access) {
        (DbConnection::Sqlite(sqlite), Access::Read | Access::Glance) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN")
        }
        // A transaction that starts by reading and then writes fails at once when another one
        // wrote in between; one that takes the write lock first waits its turn.
        (DbConnection::Sqlite(sqlite), Access::Write) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
        }
        (DbConnection::Postgres(postgres), Access::Read | Access::Glance) => {
            AnsiTransactionManager::begin_transaction_sql(
                postgres,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            )
        }
        (DbConnection::Postgres(postgres), Access::Write) => {
            AnsiTransactionManager::begin_transaction_sql(postgres, "BEGIN")
        }
    }
}
