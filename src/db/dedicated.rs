//! A connection of its own for one query that many wait for.

use std::iter::once;
use std::sync::{Arc, mpsc};
use std::{io, thread};

use diesel::result::Error;
use diesel::{ConnectionError, QueryResult};
use tokio::sync::oneshot;

use super::connection::Manager;
use super::{DbConnection, is_transient};

/// A thread with a connection that runs one query for all who ask. Each gets what was read after it asked;
/// those who ask while the query runs share its next run, so that it never runs twice at once.
pub struct Dedicated<T>(mpsc::Sender<oneshot::Sender<Result<T, Unread>>>);

/// Why nothing was read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unread {
    /// There is no connection.
    #[error("no connection to the database: {0}")]
    Unconnected(Arc<ConnectionError>),
    /// The query failed.
    #[error("query failed: {0}")]
    Query(Arc<Error>),
    /// The thread has ended.
    #[error("the thread that asks the database is gone")]
    Gone,
}

impl Unread {
    /// Whether that is no fault of the query.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unconnected(_) => true,
            Self::Query(error) => is_transient(error),
            Self::Gone => false,
        }
    }
}

impl<T: Clone + Send + 'static> Dedicated<T> {
    /// Starts the thread, which ends with this value. It connects when somebody asks.
    pub(super) fn start(
        manager: Manager,
        query: fn(&mut DbConnection) -> QueryResult<T>,
    ) -> io::Result<Self> {
        let (asking, asked) = mpsc::channel::<oneshot::Sender<Result<T, Unread>>>();
        let answer_all = move || {
            let mut connection = None;
            while let Ok(first) = asked.recv() {
                // Whoever asks from here on waits for the next run.
                let waiting = once(first).chain(asked.try_iter()).collect::<Vec<_>>();
                let read = read(&manager, query, &mut connection);
                for answer in waiting {
                    // Some have gone meanwhile.
                    let _ = answer.send(read.clone());
                }
            }
        };
        thread::Builder::new().name("dedicated".into()).spawn(answer_all)?;
        Ok(Self(asking))
    }

    /// What the query reads now.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub async fn ask(&self) -> Result<T, Unread> {
        let (answer, answered) = oneshot::channel();
        self.0.send(answer).map_err(|_| Unread::Gone)?;
        answered.await.map_err(|_| Unread::Gone)?
    }
}

fn read<T>(
    manager: &Manager,
    query: fn(&mut DbConnection) -> QueryResult<T>,
    connection: &mut Option<DbConnection>,
) -> Result<T, Unread> {
    if let Some(mut open) = connection.take()
        && let Ok(read) = query(&mut open)
    {
        *connection = Some(open);
        return Ok(read);
    }
    // There was none, or it broke while nobody asked.
    let open = r2d2::ManageConnection::connect(manager);
    let mut open = open.map_err(|error| Unread::Unconnected(Arc::new(error)))?;
    let read = query(&mut open).map_err(|error| Unread::Query(Arc::new(error)))?;
    *connection = Some(open);
    Ok(read)
}
