//! Whether what is cached is still what the database has: asked once for all requests that wait.

use std::cell::RefCell;
use std::mem::{replace, take};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest, rt};
use chrono::NaiveDateTime;
use futures_util::future::LocalBoxFuture;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::request_id::{Unanswered, in_time};
use crate::error::AppError;

/// The state of what pages are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastChange {
    /// Raised by every change a visitor can see.
    pub revision: i64,
    /// When it was raised last, in UTC, if that is known.
    pub at: Option<NaiveDateTime>,
}

/// Reads the last change for the requests of one thread. Each gets what was read after it asked; those that
/// come while it is being read share the next reading, so that a thread never reads twice at once.
pub struct Revalidation {
    read: Rc<Read>,
    limit: Duration,
    queue: Rc<RefCell<Queue>>,
}

type Read = dyn Fn() -> LocalBoxFuture<'static, Result<LastChange, AppError>>;

#[derive(Default)]
struct Queue {
    waiting: Vec<oneshot::Sender<Result<LastChange, Unread>>>,
    is_being_read: bool,
}

/// Why all who waited got no answer.
#[derive(Clone, Debug, thiserror::Error)]
enum Unread {
    #[error("{0}")]
    Failed(Arc<AppError>),
    #[error("reading the last change was broken off")]
    BrokenOff,
}

impl Revalidation {
    /// For requests of the present thread; `read` reads the last change, and is given up after `limit`.
    pub fn new(
        limit: Duration,
        read: impl Fn() -> LocalBoxFuture<'static, Result<LastChange, AppError>> + 'static,
    ) -> Self {
        Self { read: Rc::new(read), limit, queue: Rc::default() }
    }

    /// The last change, read after a request came.
    ///
    /// # Errors
    ///
    /// As [`Self::last_change`].
    pub async fn last_change_for(&self, request: &HttpRequest) -> Result<LastChange, AppError> {
        let read = request.extensions().get::<LastChange>().copied();
        match read {
            Some(last_change) => Ok(last_change),
            None => self.last_change().await,
        }
    }

    /// The last change, read after this call.
    ///
    /// # Errors
    ///
    /// [`AppError::Unavailable`] if the database does not answer in time, [`AppError::Internal`] otherwise.
    pub async fn last_change(&self) -> Result<LastChange, AppError> {
        let (answer, answered) = oneshot::channel();
        let starts = {
            let mut queue = self.queue.borrow_mut();
            queue.waiting.push(answer);
            !replace(&mut queue.is_being_read, true)
        };
        if starts {
            // It begins behind the requests that can be read by now, so that these are answered too.
            let reading = Reading(Rc::clone(&self.queue));
            rt::spawn(read_for_all(Rc::clone(&self.read), self.limit, reading));
        }
        let answer = in_time(answered).await?.unwrap_or(Err(Unread::BrokenOff));
        answer.map_err(|unread| match &unread {
            Unread::Failed(error) if matches!(**error, AppError::Unavailable(_)) => {
                AppError::Unavailable(unread.into())
            }
            Unread::Failed(_) | Unread::BrokenOff => AppError::Internal(unread.into()),
        })
    }
}

/// That the last change is being read; whoever waits is let go when that is broken off.
struct Reading(Rc<RefCell<Queue>>);

impl Drop for Reading {
    fn drop(&mut self) {
        *self.0.borrow_mut() = Queue::default();
    }
}

async fn read_for_all(read: Rc<Read>, limit: Duration, reading: Reading) {
    loop {
        let waiting = take(&mut reading.0.borrow_mut().waiting);
        if waiting.is_empty() {
            return;
        }
        let read = timeout(limit, read()).await.unwrap_or_else(|_| Err(Unanswered::TooLong.into()));
        let read = read.map_err(|error| Unread::Failed(Arc::new(error)));
        for answer in waiting {
            // Some have gone meanwhile.
            let _ = answer.send(read.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::pending;

    use futures_util::FutureExt as _;
    use futures_util::future::{join, join_all};
    use tokio::time::sleep;

    use super::*;

    const LIMIT: Duration = Duration::from_mins(1);

    fn change(revision: i64) -> LastChange {
        LastChange { revision, at: None }
    }

    /// Counts how often the last change is read; each reading takes a moment and gives its number.
    fn counting(count: &Rc<Cell<i64>>) -> Revalidation {
        let count = Rc::clone(count);
        Revalidation::new(LIMIT, move || {
            count.set(count.get() + 1);
            let read = change(count.get());
            sleep(Duration::from_millis(20)).map(move |()| Ok(read)).boxed_local()
        })
    }

    #[actix_web::test]
    async fn those_who_ask_before_a_reading_share_it_and_those_after_share_the_next() {
        let count = Rc::new(Cell::new(0));
        let revalidation = counting(&count);
        let first = join_all((0..50).map(|_| revalidation.last_change()));
        let later = async {
            sleep(Duration::from_millis(10)).await;
            join_all((0..50).map(|_| revalidation.last_change())).await
        };
        let (first, later) = join(first, later).await;
        assert!(first.into_iter().all(|read| read.unwrap() == change(1)));
        assert!(later.into_iter().all(|read| read.unwrap() == change(2)));
        assert_eq!(count.get(), 2);
    }

    #[actix_web::test]
    async fn an_error_is_told_to_all_and_the_next_reading_begins_anew() {
        let count = Rc::new(Cell::new(0));
        let counted = Rc::clone(&count);
        let revalidation = Revalidation::new(LIMIT, move || {
            counted.set(counted.get() + 1);
            let read = match counted.get() {
                1 => Err(AppError::Unavailable("away".into())),
                number => Ok(change(number)),
            };
            async move { read }.boxed_local()
        });
        let failed = join_all((0..3).map(|_| revalidation.last_change())).await;
        assert!(failed.iter().all(|read| matches!(read, Err(AppError::Unavailable(_)))));
        assert_eq!(revalidation.last_change().await.unwrap(), change(2));
    }

    #[actix_web::test]
    async fn a_reading_without_an_end_is_given_up() {
        let revalidation = Revalidation::new(Duration::from_millis(20), || pending().boxed_local());
        for _ in 0..2 {
            let read = revalidation.last_change().await;
            assert!(matches!(read, Err(AppError::Unavailable(_))));
        }
    }

    #[actix_web::test]
    async fn a_reading_that_panics_does_not_stop_the_next() {
        let count = Rc::new(Cell::new(0));
        let counted = Rc::clone(&count);
        let revalidation = Revalidation::new(LIMIT, move || {
            counted.set(counted.get() + 1);
            let number = counted.get();
            async move {
                assert!(number > 1, "the first reading panics");
                Ok(change(number))
            }
            .boxed_local()
        });
        assert!(revalidation.last_change().await.is_err());
        assert_eq!(revalidation.last_change().await.unwrap(), change(2));
    }
}
