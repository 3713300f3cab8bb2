//! The database: SQLite or PostgreSQL, chosen by the scheme of `DATABASE_URL`.
//!
//! [`Database::read`] and [`Database::write`] are the only ways to a connection. Each runs its
//! closure in one transaction: a read sees one moment of the data, a write is kept whole or not
//! at all.

mod connection;
mod migrations;
pub(crate) mod schema;
mod url;

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeZone, Utc};
use diesel::QueryResult;
use r2d2::Pool;

pub use self::connection::DbConnection;
use self::connection::Manager;
pub use self::url::{DatabaseUrl, InvalidDatabaseUrl};

/// How long a request waits for a free connection before it is told to come back later.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections for reading on SQLite, for everything on PostgreSQL.
const POOL_SIZE: u32 = 8;

/// An open database.
#[derive(Clone)]
pub struct Database {
    readers: Pool<Manager>,
    writers: Pool<Manager>,
    /// To a SQLite file, which is read without any other process's help.
    glancers: Option<Pool<Manager>>,
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
        let writer = Manager::for_writing(url.clone());
        // A pool retries silently until its timeout; one plain connection tells at once what is
        // wrong.
        r2d2::ManageConnection::connect(&writer)
            .map_err(|error| OpenError::new("open", url, &error))?;
        let pool = |manager, size, test| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(CONNECTION_TIMEOUT)
                .test_on_check_out(test)
                .build(manager)
                .map_err(|error| OpenError::new("open", url, &error))
        };
        Ok(match url {
            // One writer: SQLite has one write lock, and waiting in the pool is fairer and
            // cheaper than waiting for that lock.
            DatabaseUrl::Sqlite(_) => Self {
                readers: pool(Manager::for_reading(url.clone()), POOL_SIZE, false)?,
                writers: pool(writer, 1, false)?,
                glancers: Some(pool(Manager::for_glancing(url.clone()), POOL_SIZE, false)?),
            },
            DatabaseUrl::Postgres(_) => {
                let pool = pool(writer, POOL_SIZE, true)?;
                Self { readers: pool.clone(), writers: pool, glancers: None }
            }
        })
    }

    /// Runs `work` in a read-only transaction that sees one moment of the data.
    ///
    /// # Errors
    ///
    /// What `work` returns; besides, if no connection comes free in five seconds or the
    /// transaction can't be begun or ended.
    pub fn read<T, E>(&self, work: impl FnOnce(&mut DbConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        let mut connection = self.readers.get()?;
        connection::in_transaction(&mut connection, connection::Access::Read, work)
    }

    /// Runs one short query on the calling thread, where that takes less than handing it to
    /// another one: on a SQLite file that nothing locks. `None` where it would have to wait or
    /// failed; then [`Database::read`] does, and tells why.
    pub fn glance<T>(&self, query: impl FnOnce(&mut DbConnection) -> QueryResult<T>) -> Option<T> {
        let mut connection = self.glancers.as_ref()?.try_get()?;
        query(&mut connection).ok()
    }

    /// Runs `work` in a transaction that is committed if `work` succeeds and taken back if not.
    ///
    /// # Errors
    ///
    /// As [`Database::read`].
    pub fn write<T, E>(&self, work: impl FnOnce(&mut DbConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        let mut connection = self.writers.get()?;
        connection::in_transaction(&mut connection, connection::Access::Write, work)
    }
}

/// Whether the database refused for a reason that passes: a lost connection, a lock, a
/// full disk.
#[must_use]
pub fn is_passing(error: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind::{
        ClosedConnection, SerializationFailure, UnableToSendCommand,
    };
    use diesel::result::Error::DatabaseError;

    connection::is_held_up(error)
        || matches!(
            error,
            DatabaseError(ClosedConnection | SerializationFailure | UnableToSendCommand, _)
        )
}

/// Now in UTC, in the microseconds both databases keep.
#[must_use]
pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(6)
}

/// A moment in UTC, as both databases can compare it: years have four digits.
#[must_use]
pub fn comparable<Zone: TimeZone>(moment: &DateTime<Zone>) -> NaiveDateTime {
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
    moment.naive_utc().trunc_subsecs(6).min(last.and_time(NaiveTime::MIN))
}

/// Applies every migration the database has not had yet, in one transaction; returns how many.
///
/// # Errors
///
/// If the database can't be opened or a migration fails.
pub fn migrate(url: &DatabaseUrl) -> Result<usize, OpenError> {
    change_schema(url, migrations::apply_pending)
}

/// Takes back the newest migration with the data it holds; returns its name, if there was one.
///
/// # Errors
///
/// If the database can't be opened or the migration can't be taken back.
pub fn revert_migration(url: &DatabaseUrl) -> Result<Option<String>, OpenError> {
    change_schema(url, migrations::revert_newest)
}

fn change_schema<T>(
    url: &DatabaseUrl,
    change: impl FnOnce(&mut DbConnection) -> QueryResult<T>,
) -> Result<T, OpenError> {
    let mut connection = r2d2::ManageConnection::connect(&Manager::for_writing(url.clone()))
        .map_err(|error| OpenError::new("open", url, &error))?;
    connection::in_transaction(&mut connection, connection::Access::Write, change)
        .map_err(|error| OpenError::new("migrate", url, &error))
}
