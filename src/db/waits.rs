//! Pools of connections that count how long is waited for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use r2d2::event::{CheckoutEvent, HandleEvent, TimeoutEvent};
use r2d2::{Builder, Error, Pool, PooledConnection};

use super::connection::Manager;

/// A pool that counts how long is waited for its connections.
#[derive(Clone)]
pub(super) struct CountedPool {
    pool: Pool<Manager>,
    waits: Arc<Waits>,
}

/// What is counted of a pool since it was made.
#[derive(Debug, Default)]
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

impl CountedPool {
    /// Opens the first connection.
    pub(super) fn build(builder: Builder<Manager>, manager: Manager) -> Result<Self, Error> {
        let waits = Arc::<Waits>::default();
        let counting = Box::new(Counting(Arc::clone(&waits)));
        Ok(Self { pool: builder.event_handler(counting).build(manager)?, waits })
    }

    /// A connection, when one is free.
    pub(super) fn get(&self) -> Result<PooledConnection<Manager>, Error> {
        self.pool.get()
    }

    /// How it does.
    pub(super) fn state(&self, name: &'static str) -> PoolState {
        let state = self.pool.state();
        PoolState {
            name,
            connections: state.connections,
            idle: state.idle_connections,
            size: self.pool.max_size(),
            checkouts: self.waits.checkouts.load(Ordering::Relaxed),
            waited: Duration::from_nanos(self.waits.nanoseconds.load(Ordering::Relaxed)),
            timeouts: self.waits.timeouts.load(Ordering::Relaxed),
        }
    }
}

/// Counts for a pool.
#[derive(Debug)]
struct Counting(Arc<Waits>);

impl Counting {
    fn add(&self, count: &AtomicU64, waited: Duration) {
        let nanoseconds = u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX);
        count.fetch_add(1, Ordering::Relaxed);
        self.0.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }
}

impl HandleEvent for Counting {
    fn handle_checkout(&self, event: CheckoutEvent) {
        self.add(&self.0.checkouts, event.duration());
    }

    fn handle_timeout(&self, event: TimeoutEvent) {
        self.add(&self.0.timeouts, event.timeout());
    }
}
