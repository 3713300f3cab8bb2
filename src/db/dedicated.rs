//! A connection of its own for one query that many wait for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use diesel::result::Error;
use diesel::{ConnectionError, QueryResult};

use super::connection::Manager;
use super::{DbConnection, is_transient};

/// A connection that runs one query for all who ask. Each gets what was read after it asked; those who ask
/// while the query runs share its next run, so that it never runs twice at once.
pub struct Dedicated<T> {
    manager: Manager,
    query: fn(&mut DbConnection) -> QueryResult<T>,
    state: Mutex<State<T>>,
}

struct State<T> {
    connection: Option<DbConnection>,
    /// What was read last, and when reading it began.
    last: Option<(Instant, Result<T, Unread>)>,
}

/// Why nothing was read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unread {
    /// There is no connection.
    #[error("no connection to the database: {0}")]
    Unconnected(Arc<ConnectionError>),
    /// The query failed.
    #[error("query failed: {0}")]
    Query(Arc<Error>),
}

impl Unread {
    /// Whether that is no fault of the query.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unconnected(_) => true,
            Self::Query(error) => is_transient(error),
        }
    }
}

impl<T: Clone> Dedicated<T> {
    /// Connects when somebody asks.
    pub(super) fn new(manager: Manager, query: fn(&mut DbConnection) -> QueryResult<T>) -> Self {
        Self { manager, query, state: Mutex::new(State { connection: None, last: None }) }
    }

    /// What the query reads now. Blocks.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn ask(&self) -> Result<T, Unread> {
        let asked = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((begun, read)) = &state.last
            && *begun > asked
        {
            return read.clone();
        }
        let begun = Instant::now();
        let read = self.read(&mut state.connection);
        state.last = Some((begun, read.clone()));
        read
    }

    fn read(&self, connection: &mut Option<DbConnection>) -> Result<T, Unread> {
        if let Some(mut open) = connection.take()
            && let Ok(read) = (self.query)(&mut open)
        {
            *connection = Some(open);
            return Ok(read);
        }
        // There was none, or it broke while nobody asked.
        let open = r2d2::ManageConnection::connect(&self.manager);
        let mut open = open.map_err(|error| Unread::Unconnected(Arc::new(error)))?;
        let read = (self.query)(&mut open).map_err(|error| Unread::Query(Arc::new(error)))?;
        *connection = Some(open);
        Ok(read)
    }
}
