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
mod dedicated;
mod file;
mod limits;
mod memory;
mod migrations;
mod pool;
mod present;
mod published;
pub(crate) mod schema;
mod slow_query;
mod transient;
mod url;

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, MutexGuard};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeZone, Utc};
use diesel::QueryResult;
use diesel::result::DatabaseErrorKind;
use r2d2::PooledConnection;

pub use self::backup::{Refused, backup, restore};
pub use self::connection::DbConnection;
use self::connection::{
    Manager, Mode, Purpose, in_begun, in_transaction, is_broken, lift_timeouts,
};
pub use self::copy::{CopiedTable, copy};
pub use self::dedicated::{Dedicated, Unread};
use self::file::{OpenedFile, Replaced};
pub use self::limits::Limits;
use self::memory::Memory;
pub use self::memory::{MemoryTables, Origin, View, ViewRows};
use self::pool::ConnectionPool;
pub use self::pool::PoolState;
pub use self::transient::is_transient;
pub use self::url::{DatabaseUrl, InvalidDatabaseUrl};

/// An open database.
#[derive(Clone)]
pub struct Database(Source);

#[derive(Clone)]
enum Source {
    Pools(Pools),
    Memory(Arc<Memory>),
}

/// A connection for one transaction.
enum Borrowed<'a> {
    Pooled(PooledConnection<Manager>),
    Shared(MutexGuard<'a, DbConnection>),
}

#[derive(Clone)]
struct Pools {
    readers: ConnectionPool,
    /// For what everybody may see; only for SQLite.
    published_readers: Option<ConnectionPool>,
    writers: ConnectionPool,
    /// Only for SQLite, whose queries need no round trip to a server.
    inline_readers: Option<ConnectionPool>,
    /// Only for SQLite.
    file: Option<Arc<OpenedFile>>,
    /// For connections outside the pools.
    manager: Manager,
    is_unhurried: bool,
    is_published: bool,
}

impl Deref for Borrowed<'_> {
    type Target = DbConnection;

    fn deref(&self) -> &DbConnection {
        match self {
            Self::Pooled(connection) => connection,
            Self::Shared(connection) => connection,
        }
    }
}

impl DerefMut for Borrowed<'_> {
    fn deref_mut(&mut self) -> &mut DbConnection {
        match self {
            Self::Pooled(connection) => connection,
            Self::Shared(connection) => connection,
        }
    }
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
    /// Opens the database for a command, as [`Self::unhurried`] says.
    ///
    /// # Errors
    ///
    /// As [`Self::open_within`].
    pub fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        Ok(Self::open_within(url, &Limits::default())?.unhurried())
    }

    /// Opens the database within limits, creating the file of a new SQLite one. Migrates nothing.
    ///
    /// # Errors
    ///
    /// If the server does not answer, refuses the account, or the file can't be opened.
    pub fn open_within(url: &DatabaseUrl, limits: &Limits) -> Result<Self, OpenError> {
        // A pool retries silently until its timeout; a plain connection fails immediately and
        // with the reason.
        let first = Manager::new((url, limits), Purpose::Write, None);
        r2d2::ManageConnection::connect(&first)
            .map_err(|error| OpenError::new("open", url, &error))?;
        let file = match url {
            DatabaseUrl::Sqlite(path) => Some(Arc::new(
                OpenedFile::at(path).map_err(|error| OpenError::new("open", url, &error))?,
            )),
            DatabaseUrl::Postgres(_) => None,
        };
        let manager = |purpose| Manager::new((url, limits), purpose, file.clone());
        let pool = |size, purpose| {
            ConnectionPool::build(manager(purpose), size, limits)
                .map_err(|error| OpenError::new("open", url, &error))
        };
        Ok(Self(Source::Pools(match url {
            // One writer: SQLite has one write lock, and waiting in the pool is fairer and
            // cheaper than waiting for that lock.
            DatabaseUrl::Sqlite(_) => Pools {
                readers: pool(limits.pool_size, Purpose::Read)?,
                published_readers: Some(pool(limits.pool_size, Purpose::ReadPublished)?),
                writers: pool(1, Purpose::Write)?,
                inline_readers: Some(pool(limits.pool_size, Purpose::ReadInline)?),
                manager: manager(Purpose::Read),
                file: file.clone(),
                is_unhurried: false,
                is_published: false,
            },
            // Saves that wait for a lock leave readers theirs.
            DatabaseUrl::Postgres(_) => Pools {
                readers: pool(limits.pool_size, Purpose::Read)?,
                published_readers: None,
                writers: pool(limits.saving_pool_size, Purpose::Write)?,
                inline_readers: None,
                manager: manager(Purpose::Read),
                file: None,
                is_unhurried: false,
                is_published: false,
            },
        })))
    }

    /// The same database for work that no page waits for: on PostgreSQL, statements and waits for locks take as
    /// long as they need.
    #[must_use]
    pub fn unhurried(mut self) -> Self {
        if let Source::Pools(pools) = &mut self.0 {
            pools.is_unhurried = true;
        }
        self
    }

    /// The same database as everybody may see it: what [`Self::read`] reads has no drafts.
    #[must_use]
    pub fn published(mut self) -> Self {
        if let Source::Pools(pools) = &mut self.0 {
            pools.is_published = true;
        }
        self
    }

    /// A SQLite database in memory. It is gone with its last clone.
    #[must_use]
    pub fn in_memory(origin: Origin, tables: MemoryTables) -> Self {
        Self(Source::Memory(Arc::new(Memory::new(origin, tables))))
    }

    /// How its pools of connections do; none of a database in memory.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolState> {
        match &self.0 {
            Source::Pools(Pools { readers, published_readers, writers, .. }) => {
                // Of those of SQLite visitors wait for one.
                let readers = published_readers.as_ref().unwrap_or(readers);
                vec![readers.state("reading"), writers.state("writing")]
            }
            Source::Memory(_) => Vec::new(),
        }
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
    /// What `work` returns; also if no connection is free in time or the transaction can't be begun or
    /// committed.
    pub fn read<T, E>(&self, work: impl FnOnce(&mut DbConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        let mode = match &self.0 {
            Source::Pools(Pools { is_published: true, .. }) => Mode::ReadPublished,
            Source::Pools(_) | Source::Memory(_) => Mode::Read,
        };
        in_begun(&mut *self.begin::<E>(mode)?, |connection| {
            self.prepare(connection)?;
            work(connection)
        })
    }

    /// Runs one short query of what everybody may see, without blocking, so that an async task can call it directly: on
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

    /// A connection of its own for one query. `None` on SQLite, where [`Self::try_read_inline`] costs less.
    #[must_use]
    pub fn dedicated<T: Clone>(
        &self,
        query: fn(&mut DbConnection) -> QueryResult<T>,
    ) -> Option<Dedicated<T>> {
        match &self.0 {
            Source::Pools(Pools { inline_readers: None, manager, .. }) => {
                Some(Dedicated::new(manager.clone(), query))
            }
            Source::Pools(_) | Source::Memory(_) => None,
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
        in_begun(&mut *self.begin::<E>(Mode::Write)?, |connection| {
            self.prepare(connection)?;
            let done = work(connection)?;
            self.check_file()?;
            Ok(done)
        })
    }

    /// A connection on which a transaction has begun. That the server has closed one while nobody used it
    /// shows when a transaction is to begin; asking before costs a round trip each time. All that a pool has
    /// may be closed, and the next one is new.
    fn begin<E>(&self, mode: Mode) -> Result<Borrowed<'_>, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        let mut closed = 0;
        loop {
            let mut borrowed = self.borrow(mode)?;
            match connection::begin(&mut borrowed, mode) {
                Ok(()) => return Ok(borrowed),
                Err(_) if is_broken(&mut borrowed) && closed < self.most_connections() => {
                    closed += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn most_connections(&self) -> u32 {
        self.pools().iter().map(|pool| pool.size).sum()
    }

    fn borrow(&self, mode: Mode) -> Result<Borrowed<'_>, r2d2::Error> {
        match &self.0 {
            Source::Pools(Pools { readers, published_readers, writers, file, .. }) => {
                let (own, other) = match mode {
                    Mode::Read => (readers, writers),
                    Mode::ReadPublished => (published_readers.as_ref().unwrap_or(readers), writers),
                    Mode::Write => (writers, readers),
                };
                Ok(Borrowed::Pooled(match own.get() {
                    // A server may allow so few connections that the other pool has all of them.
                    Err(_) if file.is_none() && own.is_empty() => other.get()?,
                    connection => connection?,
                }))
            }
            Source::Memory(memory) => Ok(Borrowed::Shared(memory.lock())),
        }
    }

    /// What comes first in every transaction.
    fn prepare(&self, connection: &mut DbConnection) -> QueryResult<()> {
        match &self.0 {
            Source::Pools(Pools { is_unhurried: true, .. }) => lift_timeouts(connection),
            Source::Pools(_) | Source::Memory(_) => Ok(()),
        }
    }

    /// What comes last in every transaction that writes, as late as can be: what is written to a file that is
    /// not there any more is lost.
    fn check_file(&self) -> QueryResult<()> {
        let Source::Pools(Pools { file: Some(file), .. }) = &self.0 else { return Ok(()) };
        file.check().or_else(Replaced::query_error)
    }

    /// Runs `query`, which must not change anything, as somebody would who has just come: of SQLite's file
    /// nothing is in memory.
    ///
    /// # Errors
    ///
    /// What `query` returns; also if the file was deleted or replaced, or is damaged.
    pub fn read_afresh<T, E>(
        &self,
        query: impl FnOnce(&mut DbConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        match &self.0 {
            Source::Pools(Pools { file: Some(_), manager, .. }) => {
                let connection = r2d2::ManageConnection::connect(manager);
                let mut connection = connection.map_err(|error| {
                    let kind = DatabaseErrorKind::UnableToSendCommand;
                    diesel::result::Error::DatabaseError(kind, Box::new(error.to_string()))
                })?;
                in_transaction(&mut connection, Mode::Read, query)
            }
            Source::Pools(_) | Source::Memory(_) => self.read(query),
        }
    }
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
/// If the database can't be opened, its schema is newer than this program, or a migration fails.
pub fn migrate(url: &DatabaseUrl) -> Result<usize, OpenError> {
    change_schema(url, migrations::apply_pending)
}

/// Reverts the newest migration, deleting the data it holds; returns its name, if there was one.
///
/// # Errors
///
/// If the database can't be opened, its schema is newer than this program, or the migration can't be
/// reverted.
pub fn revert_migration(url: &DatabaseUrl) -> Result<Option<String>, OpenError> {
    change_schema(url, migrations::revert_newest)
}

fn change_schema<T>(
    url: &DatabaseUrl,
    change: impl FnOnce(&mut DbConnection) -> QueryResult<T>,
) -> Result<T, OpenError> {
    let limits = Limits::default();
    let mut connection =
        r2d2::ManageConnection::connect(&Manager::new((url, &limits), Purpose::Write, None))
            .map_err(|error| OpenError::new("open", url, &error))?;
    in_transaction(&mut connection, Mode::Write, change)
        .map_err(|error| OpenError::new("migrate", url, &error))
}
