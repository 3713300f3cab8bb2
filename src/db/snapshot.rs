//! One transaction for all that an answer is made of.

use std::sync::{Mutex, MutexGuard, PoisonError};

use r2d2::PooledConnection;

use super::connection::{Manager, roll_back};
use super::{DbConnection, Pools};

/// A connection on which a transaction that only reads has begun; dropping it ends the transaction.
pub(super) struct Snapshot {
    /// Where it was taken from, for what is written meanwhile.
    pub(super) pools: Pools,
    connection: Mutex<PooledConnection<Manager>>,
}

impl Snapshot {
    pub(super) fn new(pools: &Pools, begun: PooledConnection<Manager>) -> Self {
        Self { pools: pools.clone(), connection: Mutex::new(begun) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, PooledConnection<Manager>> {
        // Whoever panicked has changed nothing.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let connection: &mut DbConnection =
            self.connection.get_mut().unwrap_or_else(PoisonError::into_inner);
        roll_back(connection);
    }
}
