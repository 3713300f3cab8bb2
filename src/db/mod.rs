//! The database: SQLite or PostgreSQL, chosen by the scheme of `DATABASE_URL`.
//!
//! [`Database::read`] and [`Database::write`] are the usual ways to a connection. Each runs its
//! closure in one transaction: a read sees one snapshot of the data, a write is atomic.
//! [`Database::read_committed`] reads what need not be of one moment.
//! [`Database::snapshot`] makes all reads of an answer one transaction.
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
mod pools;
mod present;
mod published;
pub(crate) mod schema;
mod slow_query;
mod snapshot;
mod transient;
mod url;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeZone, Utc};
use diesel::QueryResult;

pub use self::backup::{Refused, backup, restore};
pub use self::connection::DbConnection;
use self::connection::{Manager, Mode, Purpose, in_begun, in_transaction};
pub use self::copy::{CopiedTable, copy};
pub use self::dedicated::{Dedicated, Unread};
use self::file::OpenedFile;
pub use self::limits::Limits;
use self::memory::Memory;
pub use self::memory::{MemoryTables, Origin, View, ViewRows};
pub use self::pool::PoolState;
use self::pools::Pools;
use self::snapshot::Snapshot;
pub use self::transient::is_transient;
pub use self::url::{DatabaseUrl, InvalidDatabaseUrl};

/// An open database.
#[derive(Clone)]
pub struct Database(Source);

#[derive(Clone)]
enum Source {
    Pools(Pools),
    Snapshot(Arc<Snapshot>),
    Memory(Arc<Memory>),
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
        let pools = Pools::build((url, limits), file);
        Ok(Self(Source::Pools(pools.map_err(|error| OpenError::new("open", url, &error))?)))
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

    /// The tables of a database in memory of which this is the last clone.
    #[must_use]
    pub fn into_tables(self) -> Option<MemoryTables> {
        match self.0 {
            Source::Memory(memory) => Arc::into_inner(memory)?.into_tables(),
            Source::Pools(_) | Source::Snapshot(_) => None,
        }
    }

    /// The same database as it is at this moment: all that it reads is read in one transaction on one
    /// connection, which the last clone gives back. Reads of it on several threads take turns.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn snapshot<E>(&self) -> Result<Self, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        let Source::Pools(pools) = &self.0 else { return Ok(self.clone()) };
        let snapshot = Snapshot::new(pools, pools.begin::<E>(pools.reading())?);
        pools.prepare(&mut snapshot.lock())?;
        Ok(Self(Source::Snapshot(Arc::new(snapshot))))
    }

    /// A snapshot to be read beside another one, by another thread. `None` unless a connection is free now.
    #[must_use]
    pub fn try_snapshot(&self) -> Option<Self> {
        let Source::Pools(pools) = &self.0 else { return None };
        let snapshot = Snapshot::new(pools, pools.try_begin()?);
        pools.prepare(&mut snapshot.lock()).ok()?;
        Some(Self(Source::Snapshot(Arc::new(snapshot))))
    }

    /// How its pools of connections do; none of a database in memory.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolState> {
        self.own_pools().map(Pools::states).unwrap_or_default()
    }

    fn own_pools(&self) -> Option<&Pools> {
        match &self.0 {
            Source::Pools(pools) => Some(pools),
            Source::Snapshot(snapshot) => Some(&snapshot.pools),
            Source::Memory(_) => None,
        }
    }

    /// What a database in memory was made of; `None` for a real one.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        match &self.0 {
            Source::Pools(_) | Source::Snapshot(_) => None,
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
        match &self.0 {
            Source::Pools(pools) => {
                in_begun(&mut *pools.begin::<E>(pools.reading())?, |connection| {
                    pools.prepare(connection)?;
                    work(connection)
                })
            }
            Source::Snapshot(snapshot) => work(&mut snapshot.lock()),
            Source::Memory(memory) => in_transaction(&mut memory.lock(), Mode::Read, work),
        }
    }

    /// Runs `work`, which only reads, without a transaction of its own where it can: each statement sees what is
    /// committed when it begins. On PostgreSQL that spares two round trips. `work` runs once more on another
    /// connection if the server has closed the first one.
    ///
    /// # Errors
    ///
    /// As [`Database::read`].
    pub fn read_committed<T, E>(
        &self,
        work: impl Fn(&mut DbConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        match &self.0 {
            // Elsewhere a transaction is where settings of its own hold.
            Source::Pools(pools) if !pools.is_published && !pools.is_unhurried => {
                Ok(pools.first(Mode::Read, work)?.1)
            }
            _ => self.read(work),
        }
    }

    /// Runs one short query of what everybody may see, without blocking, so that an async task can call it directly: on
    /// SQLite that costs less than handing the query to the blocking pool. `None` on PostgreSQL, of a snapshot,
    /// when no connection is free, and when the query fails or meets a lock; the caller then
    /// falls back to [`Database::read`], which waits and reports errors.
    pub fn try_read_inline<T>(
        &self,
        query: impl FnOnce(&mut DbConnection) -> QueryResult<T>,
    ) -> Option<T> {
        match &self.0 {
            Source::Pools(pools) => query(&mut *pools.inline_readers.as_ref()?.try_get()?).ok(),
            Source::Snapshot(_) => None,
            Source::Memory(memory) => memory.query(query),
        }
    }

    /// A connection of its own for one query. `None` on SQLite, where [`Self::try_read_inline`] costs less.
    #[must_use]
    pub fn dedicated<T: Clone>(
        &self,
        query: fn(&mut DbConnection) -> QueryResult<T>,
    ) -> Option<Dedicated<T>> {
        match self.own_pools()? {
            Pools { inline_readers: None, manager, .. } => {
                Some(Dedicated::new(manager.clone(), query))
            }
            _ => None,
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
        self.write_in(Mode::Write, work)
    }

    /// Runs `work` as [`Database::write`] does, in the only transaction that changes the catalogue meanwhile: what
    /// it reads stays true until it ends, and no two wait for each other. SQLite writes so by itself.
    ///
    /// # Errors
    ///
    /// As [`Database::read`].
    pub fn change_catalogue<T, E>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        self.write_in(Mode::ChangeCatalogue, work)
    }

    fn write_in<T, E>(
        &self,
        mode: Mode,
        work: impl FnOnce(&mut DbConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<r2d2::Error> + From<diesel::result::Error>,
    {
        let pools = match &self.0 {
            Source::Pools(pools) => pools,
            Source::Snapshot(snapshot) => &snapshot.pools,
            Source::Memory(memory) => return in_transaction(&mut memory.lock(), mode, work),
        };
        in_begun(&mut *pools.begin_writing::<E>(mode)?, |connection| {
            let done = work(connection)?;
            pools.check_file()?;
            Ok(done)
        })
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
        match self.own_pools().and_then(Pools::new_to_file) {
            Some(connection) => in_transaction(&mut connection?, Mode::Read, query),
            None => self.read(query),
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
