//! Pools of connections that keep nobody waiting for a database that can't be reached.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::ConnectionError;
use r2d2::{Error, HandleError, Pool, PooledConnection};

use super::Limits;
use super::connection::Manager;

/// How long a pool waits after it could not connect, before it tries again: good answers begin so long after
/// the database is back. r2d2 takes half of its own timeout for that.
const PAUSE: Duration = Duration::from_millis(200);

/// How often whoever waits looks whether there is any hope.
const LOOK: Duration = Duration::from_millis(50);

/// Seldom enough for the log.
const SILENCE: Duration = Duration::from_secs(1);

/// A pool of connections.
#[derive(Clone)]
pub(super) struct ConnectionPool(Arc<Shared>);

struct Shared {
    pool: Pool<Manager>,
    /// For a free connection.
    wait: Duration,
    failures: Failures,
}

/// When connecting failed last.
#[derive(Clone, Debug, Default)]
struct Failures(Arc<Mutex<Option<Instant>>>);

impl ConnectionPool {
    /// A pool with one connection so far; `tests` says whether one is tried before it is given away.
    pub(super) fn build(
        manager: Manager,
        size: u32,
        limits: &Limits,
        tests: bool,
    ) -> Result<Self, Error> {
        let failures = Failures::default();
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(PAUSE * 2)
            .test_on_check_out(tests)
            .error_handler(Box::new(failures.clone()))
            .build_unchecked(manager);
        let pool = Self(Arc::new(Shared { pool, wait: limits.connection, failures }));
        drop(pool.get()?);
        Ok(pool)
    }

    /// A connection, as soon as one is free. Fails when none is in time, and already when there is none at all
    /// and another one could not be opened.
    pub(super) fn get(&self) -> Result<PooledConnection<Manager>, Error> {
        let begun = Instant::now();
        loop {
            let left = self.0.wait.saturating_sub(begun.elapsed());
            match self.0.pool.get_timeout(left.min(LOOK)) {
                Err(error) if left <= LOOK || self.is_unreachable(begun) => return Err(error),
                Err(_) => {}
                Ok(connection) => return Ok(connection),
            }
        }
    }

    /// A connection, if one is free.
    pub(super) fn try_get(&self) -> Option<PooledConnection<Manager>> {
        self.0.pool.try_get()
    }

    fn is_unreachable(&self, since: Instant) -> bool {
        let Shared { pool, failures, .. } = &*self.0;
        pool.state().connections == 0 && failures.last().is_some_and(|last| last > since)
    }
}

impl Failures {
    fn last(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HandleError<ConnectionError> for Failures {
    fn handle_error(&self, error: ConnectionError) {
        // Of a connection that broke nothing follows for the next one.
        if !matches!(error, ConnectionError::BadConnection(_)) {
            return;
        }
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(Instant::now());
        if last.is_none_or(|last| last.elapsed() > SILENCE) {
            log::error!("cannot connect to the database: {error}");
        }
    }
}
