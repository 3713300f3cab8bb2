//! Hashing passwords, as many at once as there are cores: each takes 19 MiB and a core for as long as it
//! lasts.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::error::AppError;
use crate::web::blocking;

/// How long somebody waits for their turn.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How many strangers may wait for each core. So a few hundredths of a second later it is the turn of
/// somebody who is known, however many strangers knock.
const STRANGERS_PER_CORE: usize = 8;

/// Who may hash a password just now.
pub struct Hashing {
    turns: Arc<Semaphore>,
    strangers: Semaphore,
}

impl Default for Hashing {
    fn default() -> Self {
        Self::with_turns(thread::available_parallelism().map_or(1, usize::from))
    }
}

impl Hashing {
    fn with_turns(turns: usize) -> Self {
        let strangers = Semaphore::new(turns.saturating_mul(STRANGERS_PER_CORE));
        Self { turns: Arc::new(Semaphore::new(turns)), strangers }
    }

    /// Does work that hashes passwords, for a browser that is signed in or was before.
    ///
    /// # Errors
    ///
    /// [`AppError::Busy`] if its turn did not come in time.
    pub async fn for_known<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let turn = timeout(LONGEST_WAIT, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(AppError::Busy) };
        // The turn lasts as long as the work, also when nobody waits for it any more.
        let done = blocking(move || {
            let _turn = turn;
            work()
        });
        Ok(done.await?)
    }

    /// The same for anybody else.
    ///
    /// # Errors
    ///
    /// [`AppError::Busy`] if too many wait already, or its turn did not come in time.
    pub async fn for_stranger<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let _place = self.strangers.try_acquire().map_err(|_| AppError::Busy)?;
        self.for_known(work).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use actix_web::rt;

    use super::*;

    #[actix_web::test]
    async fn work_beyond_the_turns_waits_and_beyond_the_places_is_refused() {
        let hashing = Arc::new(Hashing::with_turns(2));
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let jobs = (0..40).map(|_| {
            let (hashing, running, most) = (hashing.clone(), running.clone(), most.clone());
            rt::spawn(async move {
                let work = move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(5));
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                hashing.for_stranger(work).await.is_ok()
            })
        });
        let mut done = 0;
        for job in jobs.collect::<Vec<_>>() {
            done += usize::from(job.await.unwrap());
        }
        assert_eq!(done, 2 * STRANGERS_PER_CORE);
        assert_eq!(most.load(Ordering::SeqCst), 2);
        assert!(hashing.for_known(|| ()).await.is_ok());
    }

    #[actix_web::test]
    async fn a_turn_lasts_as_long_as_the_work() {
        let hashing = Arc::new(Hashing::with_turns(1));
        let (begun, has_begun) = std::sync::mpsc::channel();
        let (end, may_end) = std::sync::mpsc::channel::<()>();
        let shared = hashing.clone();
        let asking = rt::spawn(async move {
            let work = move || {
                begun.send(()).unwrap();
                may_end.recv().unwrap();
            };
            shared.for_known(work).await.unwrap();
        });
        blocking(move || has_begun.recv().unwrap()).await.unwrap();
        asking.abort();
        rt::task::yield_now().await;
        assert_eq!(hashing.turns.available_permits(), 0, "given back while the work goes on");
        end.send(()).unwrap();
        assert!(hashing.for_known(|| ()).await.is_ok());
    }
}
