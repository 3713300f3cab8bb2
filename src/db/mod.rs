//! The database: SQLite or PostgreSQL, chosen by the scheme of `DATABASE_URL`.
//!
//! [`Database::read`] and [`Database::write`] are the usual ways to a connection. Each runs its
//! closure in one transaction: a read sees one snapshot of the data, a write is atomic.
//! [`Database::try_read_inline`] is a shortcut for single queries on SQLite.
//!
//! A query for one row by a unique key ends in `get_result`, not in `first`: the bound `LIMIT` of
//! `first` makes SQLite prepare the statement anew each time, because its planner looks at the value.

mod backup;
mod connection;
mod copy;
mod memory;
mod migrations;
mod present;
pub(crate) mod schema;
mod url;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeZone, Utc};
use diesel::QueryResult;
use diesel::sqlite::SqliteConnection;
use r2d2::Pool;

pub use self::backup::{Refused, backup, restore};
pub use self::connection::DbConnection;
use self::connection::{Manager, Mode, Purpose, in_transaction};
pub use self::copy::{CopiedTable, copy};
use self::memory::Memory;
pub use self::memory::{Origin, SharedTables};
pub use self::url::{DatabaseUrl, InvalidDatabaseUrl};

/// How long a request waits for a free connection before it is answered with 503.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections for reading on SQLite, for everything on PostgreSQL.
const POOL_SIZE: u32 = 8;

/// An open database.
#[derive(Clone)]
pub struct Database(Source);

#[derive(Clone)]
enum Source {
    Pools(Pools),
    Memory(Arc<Memory>),
}

#[derive(Clone)]
struct Pools {
    readers: Pool<Manager>,
    writers: Pool<Manager>,
    /// Only for SQLite, whose queries need no round trip to a server.
    inline_readers: Option<Pool<Manager>>,
}

/// Why a database could not be opened or migrated; one line, without passwords.
#[derive(Debug, thiserror::Error)]
#[error("DATABASE_URL: cannot {action} {url}: {reason}")]
pub struct OpenError {
    action: &'static str,
    url: String,
    reason: String,
}

impl OpenError {
    fn new(action: &'static str, url: &DatabaseUrl, reason: &dyn fmt::Display) -> Self {
        // libpq breaks its messages into lines; a log wants one.
        let reason = reason.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Self { action, url: url.to_string(), reason }
    }
}

impl Database {
    /// Opens the database, creating the file of a new SQLite one. Migrates nothing.
    ///
    /// # Errors
    ///
    /// If the server does not answer, refuses the account, or the file can't be opened.
    pub fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let writer = Manager::new(url.clone(), Purpose::Write);
        // A pool retries silently until its timeout; a plain connection fails immediately and
        // with the reason.
        r2d2::ManageConnection::connect(&writer)
            .map_err(|error| OpenError::new("open", url, &error))?;
        let manager = |purpose| Manager::new(url.clone(), purpose);
        let pool = |manager, size, test| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(CONNECTION_TIMEOUT)
                .test_on_check_out(test)
                .build(manager)
                .map_err(|error| OpenError::new("open", url, &error))
        };
        Ok(Self(Source::Pools(match url {
            // One writer: SQLite has one write lock, and waiting in the pool is fairer and
            // cheaper than waiting for that lock.
            DatabaseUrl::Sqlite(_) => Pools {
                readers: pool(manager(Purpose::Read), POOL_SIZE, false)?,
                writers: pool(writer, 1, false)?,
                inline_readers: Some(pool(manager(Purpose::ReadInline), POOL_SIZE, false)?),
            },
            DatabaseUrl::Postgres(_) => {
                let pool = pool(writer, POOL_SIZE, true)?;
                Pools { readers: pool.clone(), writers: pool, inline_readers: None }
            }
        })))
    }

    /// Makes a SQLite database in memory with some of the tables of a real one, rows that `fill` puts in,
    /// and shared tables of other names. It is gone with its last clone.
    ///
    /// # Errors
    ///
    /// What `fill` returns; if there is no memory.
    pub fn in_memory(
        origin: Origin,
        shared: &SharedTables,
        tables: &[&str],
        fill: impl FnOnce(&mut SqliteConnection) -> QueryResult<()>,
    ) -> QueryResult<Self> {
        Ok(Self(Source::Memory(Arc::new(Memory::new(origin, shared, tables, fill)?))))
    }

    /// What a database in memory was made of; `None` for a real one.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        match &self.0 {
            Source::Pools(_) => None,
            Source::Memory(memory) => Some(&memory.origin),
        }
    }

    /// Runs `work` in a read-only transaction that sees one snapshot of the data.
    ///
    /// # Errors
    ///
    /// What `work` returns; also if no connection is free within five seconds or the transaction
    /// can't be begun or committed.
    pub fn read<T, E>(&self, work: impl FnOnce(&mut DbConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        match &self.0 {
            Source::Pools(pools) => in_transaction(&mut *pools.readers.get()?, Mode::Read, work),
            Source::Memory(memory) => memory.transaction(Mode::Read, work),
        }
    }

    /// Runs one short query without blocking, so that an async task can call it directly: on
    /// SQLite that costs less than handing the query to the blocking pool. `None` on PostgreSQL,
    /// when no connection is free, and when the query fails or meets a lock; the caller then
    /// falls back to [`Database::read`], which waits and reports errors.
    pub fn try_read_inline<T>(
        &self,
        query: impl FnOnce(&mut DbConnection) -> QueryResult<T>,
    ) -> Option<T> {
        match &self.0 {
            Source::Pools(pools) => query(&mut *pools.inline_readers.as_ref()?.try_get()?).ok(),
            Source::Memory(memory) => memory.query(query),
        }
    }

    /// Runs `work` in a transaction that is committed if `work` succeeds and rolled back if not.
    ///
    /// # Errors
    ///
    /// As [`Database::read`].
    pub fn write<T, E>(&self, work: impl FnOnce(&mut DbConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        match &self.0 {
            Source::Pools(pools) => in_transaction(&mut *pools.writers.get()?, Mode::Write, work),
            Source::Memory(memory) => memory.transaction(Mode::Write, work),
        }
    }
}

/// Whether an error is temporary: a lost connection, a lock, a full disk.
#[must_use]
pub fn is_transient(error: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind::{
        ClosedConnection, SerializationFailure, UnableToSendCommand,
    };
    use diesel::result::Error::DatabaseError;

    connection::is_transient(error)
        || matches!(
            error,
            DatabaseError(ClosedConnection | SerializationFailure | UnableToSendCommand, _)
        )
}

/// The current time in UTC, truncated to microseconds: the precision of both databases.
#[must_use]
pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(6)
}

/// `moment` in UTC, clamped to a four-digit year so that both databases compare it correctly.
#[must_use]
pub fn comparable<Zone: TimeZone>(moment: &DateTime<Zone>) -> NaiveDateTime {
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
    moment.naive_utc().trunc_subsecs(6).min(last.and_time(NaiveTime::MIN))
}

/// Applies all pending migrations in one transaction; returns their number.
///
/// # Errors
///
/// If the database can't be opened or a migration fails.
pub fn migrate(url: &DatabaseUrl) -> Result<usize, OpenError> {
    change_schema(url, migrations::apply_pending)
}

/// Reverts the newest migration, deleting the data it holds; returns its name, if there was one.
///
/// # Errors
///
/// If the database can't be opened or the migration can't be reverted.
pub fn revert_migration(url: &DatabaseUrl) -> Result<Option<String>, OpenError> {
    change_schema(url, migrations::revert_newest)
}

fn change_schema<T>(
    url: &DatabaseUrl,
    change: impl FnOnce(&mut DbConnection) -> QueryResult<T>,
) -> Result<T, OpenError> {
    let mut connection =
        r2d2::ManageConnection::connect(&Manager::new(url.clone(), Purpose::Write))
            .map_err(|error| OpenError::new("open", url, &error))?;
    in_transaction(&mut connection, Mode::Write, change)
        .map_err(|error| OpenError::new("migrate", url, &error))
}
