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

/// Whether a transaction writes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    Read,
    Write,
}

/// Which pool a connection belongs to: SQLite is configured differently in each.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Read,
    /// Single queries on the request's own thread: never waits for a lock.
    ReadInline,
    Write,
}

/// Opens connections for a pool, choosing the database by the address alone. (The `establish` of
/// [`diesel::MultiConnection`] tries one database after the other and hides the first error.)
#[derive(Debug)]
pub(super) struct Manager {
    url: DatabaseUrl,
    purpose: Purpose,
}

impl Manager {
    pub(super) fn new(url: DatabaseUrl, purpose: Purpose) -> Self {
        Self { url, purpose }
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
                configure_sqlite(&mut connection, self.purpose)
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

fn configure_sqlite(connection: &mut SqliteConnection, purpose: Purpose) -> QueryResult<()> {
    // The timeout comes first, so that the other pragmas wait for a lock too.
    let timeout = match purpose {
        Purpose::Read | Purpose::Write => SQLITE_BUSY_TIMEOUT,
        Purpose::ReadInline => Duration::ZERO,
    };
    connection.batch_execute(&format!("PRAGMA busy_timeout = {}", timeout.as_millis()))?;
    match purpose {
        Purpose::Write => use_wal(connection)?,
        Purpose::Read | Purpose::ReadInline => {
            connection.batch_execute("PRAGMA query_only = ON")?;
        }
    }
    // An answered save must survive a power cut.
    connection.batch_execute("PRAGMA synchronous = FULL")?;
    connection.batch_execute("PRAGMA foreign_keys = ON")
}

/// Switches to write-ahead logging. The busy timeout does not apply when another process is
/// switching the same new file, so this function retries.
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

/// Whether SQLite gave up waiting for a lock. Diesel has no error kind for that, only the message.
pub(super) fn is_locked(error: &Error) -> bool {
    has_message(error, &["database is locked"])
}

/// Whether SQLite failed for a temporary reason: a lock or a full disk.
pub(super) fn is_transient(error: &Error) -> bool {
    let full = ["database or disk is full", "disk I/O error"];
    is_locked(error) || has_message(error, &full)
}

fn has_message(error: &Error, messages: &[&str]) -> bool {
    matches!(error, Error::DatabaseError(_, info) if messages.contains(&info.message()))
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

/// Runs `work` in one transaction on `connection`: committed on success, rolled back on error.
pub(super) fn in_transaction<T, E: From<Error>>(
    connection: &mut DbConnection,
    mode: Mode,
    work: impl FnOnce(&mut DbConnection) -> Result<T, E>,
) -> Result<T, E> {
    type Manager = <DbConnection as diesel::Connection>::TransactionManager;

    begin(connection, mode)?;
    match work(connection) {
        Ok(value) => {
            Manager::commit_transaction(connection)?;
            Ok(value)
        }
        Err(error) => {
            // The caller needs the error of `work`; the pool discards a connection whose
            // rollback failed.
            if let Err(rollback) = Manager::rollback_transaction(connection) {
                log::warn!("a transaction could not be rolled back: {rollback}");
            }
            Err(error)
        }
    }
}

fn begin(connection: &mut DbConnection, mode: Mode) -> QueryResult<()> {
    match (connection, mode) {
        (DbConnection::Sqlite(sqlite), Mode::Read) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN")
        }
        // A deferred transaction that reads first and writes later fails immediately if another
        // one wrote in between; an immediate one waits for the write lock.
        (DbConnection::Sqlite(sqlite), Mode::Write) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
        }
        (DbConnection::Postgres(postgres), Mode::Read) => {
            AnsiTransactionManager::begin_transaction_sql(
                postgres,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            )
        }
        (DbConnection::Postgres(postgres), Mode::Write) => {
            AnsiTransactionManager::begin_transaction_sql(postgres, "BEGIN")
        }
    }
}
