//! The connections to one database, and the transactions that begin on them.

use std::sync::Arc;

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error};
use r2d2::PooledConnection;

use super::connection::{
    self, Manager, Mode, Purpose, is_broken, lift_timeouts, lock_catalogue, roll_back,
};
use super::file::{OpenedFile, Replaced};
use super::pool::{ConnectionPool, PoolState};
use super::{DatabaseUrl, DbConnection, Limits};

/// Pools for the different uses of a database.
#[derive(Clone)]
pub(super) struct Pools {
    readers: ConnectionPool,
    /// For what everybody may see; only for SQLite.
    published_readers: Option<ConnectionPool>,
    writers: ConnectionPool,
    /// Only for SQLite, whose queries need no round trip to a server.
    pub(super) inline_readers: Option<ConnectionPool>,
    /// Only for SQLite.
    file: Option<Arc<OpenedFile>>,
    /// For connections outside the pools.
    pub(super) manager: Manager,
    pub(super) is_unhurried: bool,
    pub(super) is_published: bool,
}

impl Pools {
    /// Of a database whose file, if it is one, is open.
    pub(super) fn build(
        (url, limits): (&DatabaseUrl, &Limits),
        file: Option<Arc<OpenedFile>>,
    ) -> Result<Self, r2d2::Error> {
        let manager = |purpose| Manager::new((url, limits), purpose, file.clone());
        let pool = |size, purpose| ConnectionPool::build(manager(purpose), size, limits);
        let readers = pool(limits.pool_size, Purpose::Read)?;
        let (published_readers, writers, inline_readers) = match url {
            // One writer: SQLite has one write lock, and waiting in the pool is fairer and
            // cheaper than waiting for that lock.
            DatabaseUrl::Sqlite(_) => (
                Some(pool(limits.pool_size, Purpose::ReadPublished)?),
                pool(1, Purpose::Write)?,
                Some(pool(limits.pool_size, Purpose::ReadInline)?),
            ),
            // Saves that wait for a lock leave readers theirs.
            DatabaseUrl::Postgres(_) => {
                (None, pool(limits.saving_pool_size, Purpose::Write)?, None)
            }
        };
        Ok(Self {
            readers,
            published_readers,
            writers,
            inline_readers,
            manager: manager(Purpose::Read),
            file,
            is_unhurried: false,
            is_published: false,
        })
    }

    /// How those do that visitors and editors wait for.
    pub(super) fn states(&self) -> Vec<PoolState> {
        // Of those of SQLite visitors wait for one.
        let readers = self.published_readers.as_ref().unwrap_or(&self.readers);
        vec![readers.state("reading"), self.writers.state("writing")]
    }

    /// How transactions that only read begin.
    pub(super) fn reading(&self) -> Mode {
        if self.is_published { Mode::ReadPublished } else { Mode::Read }
    }

    /// A connection on which a transaction has begun.
    pub(super) fn begin<E>(&self, mode: Mode) -> Result<PooledConnection<Manager>, E>
    where
        E: From<r2d2::Error> + From<Error>,
    {
        let begin =
            |connection: &mut DbConnection| Ok::<_, E>(connection::begin(connection, mode)?);
        Ok(self.first(mode, begin)?.0)
    }

    /// The same for writing, prepared: who may wait for a lock as long as need be does so for that on the catalogue.
    pub(super) fn begin_writing<E>(&self, mode: Mode) -> Result<PooledConnection<Manager>, E>
    where
        E: From<r2d2::Error> + From<Error>,
    {
        if !self.is_unhurried {
            return self.begin(mode);
        }
        let mut connection = self.begin::<E>(Mode::Write)?;
        let prepared = lift_timeouts(&mut connection).and_then(|()| match mode {
            Mode::ChangeCatalogue => lock_catalogue(&mut connection),
            Mode::Read | Mode::ReadPublished | Mode::Write => Ok(()),
        });
        if let Err(error) = prepared {
            roll_back(&mut connection);
            return Err(error.into());
        }
        Ok(connection)
    }

    /// A connection, and what the first thing done with it gives. That the server has closed a connection while
    /// nobody used it shows only then; asking before costs a round trip each time. All that a pool has may be
    /// closed, and the next one is new.
    pub(super) fn first<T, E>(
        &self,
        mode: Mode,
        work: impl Fn(&mut DbConnection) -> Result<T, E>,
    ) -> Result<(PooledConnection<Manager>, T), E>
    where
        E: From<r2d2::Error>,
    {
        let mut closed = 0;
        loop {
            let mut connection = self.connection(mode)?;
            match work(&mut connection) {
                Ok(done) => return Ok((connection, done)),
                Err(_) if is_broken(&mut connection) && closed < self.most_connections() => {
                    closed += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The same for reading, if a connection is free now that the server has not closed; never waits for one.
    pub(super) fn try_begin(&self) -> Option<PooledConnection<Manager>> {
        let mode = self.reading();
        let mut connection = self.of(mode).0.try_get()?;
        connection::begin(&mut connection, mode).ok()?;
        Some(connection)
    }

    fn most_connections(&self) -> u32 {
        self.states().iter().map(|pool| pool.size).sum()
    }

    fn connection(&self, mode: Mode) -> Result<PooledConnection<Manager>, r2d2::Error> {
        let (own, other) = self.of(mode);
        match own.get() {
            // A server may allow so few connections that the other pool has all of them.
            Err(_) if self.file.is_none() && own.is_empty() => other.get(),
            connection => connection,
        }
    }

    /// The pool for transactions of a kind, and the other one.
    fn of(&self, mode: Mode) -> (&ConnectionPool, &ConnectionPool) {
        let Self { readers, published_readers, writers, .. } = self;
        match mode {
            Mode::Read => (readers, writers),
            Mode::ReadPublished => (published_readers.as_ref().unwrap_or(readers), writers),
            Mode::Write | Mode::ChangeCatalogue => (writers, readers),
        }
    }

    /// What comes first in every transaction that reads.
    pub(super) fn prepare(&self, connection: &mut DbConnection) -> QueryResult<()> {
        if self.is_unhurried { lift_timeouts(connection) } else { Ok(()) }
    }

    /// What comes last in every transaction that writes, as late as can be: what is written to a file that is
    /// not there any more is lost.
    pub(super) fn check_file(&self) -> QueryResult<()> {
        let Some(file) = &self.file else { return Ok(()) };
        file.check().or_else(Replaced::query_error)
    }

    /// A new connection to a file, which has nothing of it in memory; `None` on PostgreSQL.
    pub(super) fn new_to_file(&self) -> Option<QueryResult<DbConnection>> {
        self.file.as_ref()?;
        let connection = r2d2::ManageConnection::connect(&self.manager);
        Some(connection.map_err(|error| {
            let kind = DatabaseErrorKind::UnableToSendCommand;
            Error::DatabaseError(kind, Box::new(error.to_string()))
        }))
    }
}
