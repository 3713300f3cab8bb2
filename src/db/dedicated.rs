//! A connection of its own for one query that many wait for.

use std::iter::once;
use std::sync::{Arc, mpsc};
use std::{io, thread};

use diesel::QueryResult;
use tokio::sync::oneshot;

use super::DbConnection;
use super::connection::Manager;

/// A thread with a connection that runs one query for all who ask. Each gets what was read after it asked;
/// those who ask while the query runs share its next run, so that it never runs twice at once.
pub struct Dedicated<T>(mpsc::Sender<oneshot::Sender<Result<T, Unread>>>);

/// Why nothing was read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unread(Arc<str>);

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
        let gone = || Unread("the thread that asks the database is gone".into());
        let (answer, answered) = oneshot::channel();
        self.0.send(answer).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
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
    let mut open = r2d2::ManageConnection::connect(manager).map_err(|error| unread(&error))?;
    let read = query(&mut open).map_err(|error| unread(&error))?;
    *connection = Some(open);
    Ok(read)
}

fn unread(error: &dyn std::error::Error) -> Unread {
    // libpq breaks its messages into lines; a log wants one.
    Unread(error.to_string().split_whitespace().collect::<Vec<_>>().join(" ").into())
}
