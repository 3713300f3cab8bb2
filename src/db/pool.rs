//! Pools of connections that keep nobody waiting for a database that can't be reached, and count how long is
//! waited.

use std::sync::atomic::{AtomicU64, Ordering};
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
    waits: Waits,
}

/// What is counted of a pool since it was made.
#[derive(Default)]
struct Waits {
    checkouts: AtomicU64,
    nanoseconds: AtomicU64,
    timeouts: AtomicU64,
}

/// How a pool of connections does.
#[derive(Clone, Debug)]
pub struct PoolState {
    /// Its name.
    pub name: &'static str,
    /// Connections that are open.
    pub connections: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
    /// The most that may be open.
    pub size: u32,
    /// How often a connection was taken since the start.
    pub checkouts: u64,
    /// How long was waited for them, together.
    pub waited: Duration,
    /// How often none came in time.
    pub timeouts: u64,
}

/// When connecting failed last.
#[derive(Clone, Debug, Default)]
struct Failures(Arc<Mutex<Option<Instant>>>);

impl ConnectionPool {
    /// A pool with one connection so far. What it gives away may have been closed by the server.
    pub(super) fn build(manager: Manager, size: u32, limits: &Limits) -> Result<Self, Error> {
        let failures = Failures::default();
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(PAUSE * 2)
            .test_on_check_out(false)
            .error_handler(Box::new(failures.clone()))
            .build_unchecked(manager);
        let pool = Self(Arc::new(Shared {
            pool,
            wait: limits.connection,
            failures,
            waits: Waits::default(),
        }));
        drop(pool.get()?);
        Ok(pool)
    }

    /// A connection, as soon as one is free. Fails when none is in time, and already when there is none at all
    /// and another one could not be opened.
    pub(super) fn get(&self) -> Result<PooledConnection<Manager>, Error> {
        let begun = Instant::now();
        let connection = loop {
            let left = self.0.wait.saturating_sub(begun.elapsed());
            match self.0.pool.get_timeout(left.min(LOOK)) {
                Err(error) if left <= LOOK || self.is_unreachable(begun) => break Err(error),
                Err(_) => {}
                Ok(connection) => break Ok(connection),
            }
        };
        self.0.waits.add(begun.elapsed(), connection.is_ok());
        connection
    }

    /// How it does.
    pub(super) fn state(&self, name: &'static str) -> PoolState {
        let Shared { pool, waits, .. } = &*self.0;
        let state = pool.state();
        PoolState {
            name,
            connections: state.connections,
            idle: state.idle_connections,
            size: pool.max_size(),
            checkouts: waits.checkouts.load(Ordering::Relaxed),
            waited: Duration::from_nanos(waits.nanoseconds.load(Ordering::Relaxed)),
            timeouts: waits.timeouts.load(Ordering::Relaxed),
        }
    }

    /// A connection, if one is free.
    pub(super) fn try_get(&self) -> Option<PooledConnection<Manager>> {
        self.0.pool.try_get()
    }

    /// Whether no connection is open.
    pub(super) fn is_empty(&self) -> bool {
        self.0.pool.state().connections == 0
    }

    fn is_unreachable(&self, since: Instant) -> bool {
        self.is_empty() && self.0.failures.last().is_some_and(|last| last > since)
    }
}

impl Waits {
    fn add(&self, waited: Duration, is_given: bool) {
        let count = if is_given { &self.checkouts } else { &self.timeouts };
        count.fetch_add(1, Ordering::Relaxed);
        let nanoseconds = u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
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
