//! One connection type over both databases, and how it is opened and used.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::pg::PgConnection;
use diesel::result::Error;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, ConnectionError, ConnectionResult, QueryResult};

use super::file::OpenedFile;
use super::published;
use super::slow_query::SlowQueries;
use super::transient::is_locked;
use super::{DatabaseUrl, Limits};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    /// To a SQLite file.
    Sqlite(SqliteConnection),
    /// To a PostgreSQL server.
    Postgres(PgConnection),
}

/// Locks the one row of the catalogue's state until the transaction ends.
const LOCK_CATALOGUE: &str = "SELECT id FROM catalogue_state FOR UPDATE";

/// Whether a transaction writes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    Read,
    /// Reads only what everybody may see; on SQLite the connection knows what that is.
    ReadPublished,
    Write,
    /// Writes as the only one that changes the catalogue meanwhile.
    ChangeCatalogue,
}

/// Which pool a connection belongs to: SQLite is configured differently in each.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Read,
    /// Of what everybody may see.
    ReadPublished,
    /// Single queries on the request's own thread: never waits for a lock. Of what everybody may see too.
    ReadInline,
    Write,
}

/// Opens connections for a pool, choosing the database by the address alone. (The `establish` of
/// [`diesel::MultiConnection`] tries one database after the other and hides the first error.)
#[derive(Clone, Debug)]
pub(super) struct Manager {
    url: DatabaseUrl,
    purpose: Purpose,
    limits: Limits,
    /// The file that other connections have open, which is the only one to be opened.
    file: Option<Arc<OpenedFile>>,
}

impl Manager {
    pub(super) fn new(
        (url, limits): (&DatabaseUrl, &Limits),
        purpose: Purpose,
        file: Option<Arc<OpenedFile>>,
    ) -> Self {
        Self { url: url.clone(), purpose, limits: limits.clone(), file }
    }

    fn establish(&self) -> ConnectionResult<DbConnection> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let path = path.to_str().ok_or_else(|| {
                    ConnectionError::BadConnection("the path is not valid UTF-8".into())
                })?;
                // SQLite would make the file anew.
                if let Some(Err(replaced)) = self.file.as_ref().map(|file| file.check()) {
                    return Err(ConnectionError::BadConnection(replaced.to_string()));
                }
                let mut connection = SqliteConnection::establish(path)?;
                configure_sqlite(&mut connection, self.purpose, self.limits.lock)
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(DbConnection::Sqlite(connection))
            }
            DatabaseUrl::Postgres(address) => {
                let address = self.limits.watch(address);
                let mut connection = PgConnection::establish(&address).map_err(name_tls_feature)?;
                connection
                    .batch_execute(&self.limits.of_session())
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(DbConnection::Postgres(connection))
            }
        }
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = DbConnection;
    type Error = ConnectionError;

    fn connect(&self) -> ConnectionResult<DbConnection> {
        let mut connection = self.establish()?;
        if let Some(threshold) = self.limits.slow_query {
            connection.set_instrumentation(SlowQueries::new(threshold));
        }
        Ok(connection)
    }

    fn is_valid(&self, connection: &mut DbConnection) -> ConnectionResult<()> {
        connection.batch_execute("SELECT 1").map_err(ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, connection: &mut DbConnection) -> bool {
        // A panic inside a transaction leaves it open; such a connection must not be used again.
        thread::panicking() || is_broken(connection)
    }
}

/// Whether a connection can't be used again, as one that the server has closed and whose last query said so.
pub(super) fn is_broken(connection: &mut DbConnection) -> bool {
    type Manager = <DbConnection as diesel::Connection>::TransactionManager;

    Manager::is_broken_transaction_manager(connection)
}

fn configure_sqlite(
    connection: &mut SqliteConnection,
    purpose: Purpose,
    lock_timeout: Duration,
) -> QueryResult<()> {
    // The timeout comes first, so that the other pragmas wait for a lock too.
    let timeout = match purpose {
        Purpose::Read | Purpose::ReadPublished | Purpose::Write => lock_timeout,
        Purpose::ReadInline => Duration::ZERO,
    };
    connection.batch_execute(&format!("PRAGMA busy_timeout = {}", timeout.as_millis()))?;
    match purpose {
        Purpose::Write => use_wal(connection, lock_timeout)?,
        Purpose::Read => connection.batch_execute("PRAGMA query_only = ON")?,
        Purpose::ReadPublished | Purpose::ReadInline => {
            published::narrow(connection)?;
            connection.batch_execute("PRAGMA query_only = ON")?;
        }
    }
    // An answered save must survive a power cut.
    connection.batch_execute("PRAGMA synchronous = FULL")?;
    connection.batch_execute("PRAGMA foreign_keys = ON")
}

/// Switches to write-ahead logging. The busy timeout does not apply when another process is
/// switching the same new file, so this function retries.
fn use_wal(connection: &mut SqliteConnection, lock_timeout: Duration) -> QueryResult<()> {
    let started = Instant::now();
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if is_locked(&error) && started.elapsed() < lock_timeout => {
                thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
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

/// Lets the statements of a transaction take, and wait for locks, as long as they need: nobody waits for a
/// page meanwhile.
pub(super) fn lift_timeouts(connection: &mut DbConnection) -> QueryResult<()> {
    match connection {
        DbConnection::Sqlite(_) => Ok(()),
        DbConnection::Postgres(postgres) => {
            postgres.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
        }
    }
}

/// Lets the transaction be the only one that changes the catalogue.
pub(super) fn lock_catalogue(connection: &mut DbConnection) -> QueryResult<()> {
    match connection {
        DbConnection::Sqlite(_) => Ok(()),
        DbConnection::Postgres(postgres) => postgres.batch_execute(LOCK_CATALOGUE),
    }
}

/// Runs `work` in one transaction on `connection`: committed on success, rolled back on error.
pub(super) fn in_transaction<T, E: From<Error>>(
    connection: &mut DbConnection,
    mode: Mode,
    work: impl FnOnce(&mut DbConnection) -> Result<T, E>,
) -> Result<T, E> {
    begin(connection, mode)?;
    in_begun(connection, work)
}

/// Runs `work` in the transaction that has begun on `connection`, and ends it as [`in_transaction`] does.
pub(super) fn in_begun<T, E: From<Error>>(
    connection: &mut DbConnection,
    work: impl FnOnce(&mut DbConnection) -> Result<T, E>,
) -> Result<T, E> {
    match work(connection) {
        Ok(value) => {
            commit(connection)?;
            Ok(value)
        }
        Err(error) => {
            roll_back(connection);
            Err(error)
        }
    }
}

fn commit(connection: &mut DbConnection) -> QueryResult<()> {
    <DbConnection as diesel::Connection>::TransactionManager::commit_transaction(connection)
}

/// The caller needs the error that made it roll back; the pool discards a connection that failed at it.
pub(super) fn roll_back(connection: &mut DbConnection) {
    type Manager = <DbConnection as diesel::Connection>::TransactionManager;

    if let Err(error) = Manager::rollback_transaction(connection) {
        log::warn!("a transaction could not be rolled back: {error}");
    }
}

/// Begins a transaction.
pub(super) fn begin(connection: &mut DbConnection, mode: Mode) -> QueryResult<()> {
    match (connection, mode) {
        (DbConnection::Sqlite(sqlite), Mode::Read | Mode::ReadPublished) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN")
        }
        // A deferred transaction that reads first and writes later fails immediately if another
        // one wrote in between; an immediate one waits for the write lock.
        (DbConnection::Sqlite(sqlite), Mode::Write | Mode::ChangeCatalogue) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
        }
        (DbConnection::Postgres(postgres), Mode::Read) => {
            AnsiTransactionManager::begin_transaction_sql(
                postgres,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            )
        }
        (DbConnection::Postgres(postgres), Mode::ReadPublished) => {
            AnsiTransactionManager::begin_transaction_sql(postgres, published::BEGIN_ON_POSTGRES)
        }
        (DbConnection::Postgres(postgres), Mode::Write) => {
            AnsiTransactionManager::begin_transaction_sql(postgres, "BEGIN")
        }
        (DbConnection::Postgres(postgres), Mode::ChangeCatalogue) => {
            let begin = format!("BEGIN; {LOCK_CATALOGUE}");
            let outcome = AnsiTransactionManager::begin_transaction_sql(postgres, &begin);
            if outcome.is_err() {
                // Without the lock the server has begun all the same. A connection that fails at this too is closed.
                drop(postgres.batch_execute("ROLLBACK"));
            }
            outcome
        }
    }
}
