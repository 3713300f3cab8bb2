//! How much of what takes a thread may be done at once.
//!
//! Work waits for its turn before it takes a thread, and is refused at once if too much waits already.
//! Readers, the pages of editors, and whatever changes something have turns of their own, so that none of
//! them takes those of the others; so has the question whether the site is ready, which a busy site is. An
//! answer that is kept needs no turn.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use strum::{IntoStaticStr, VariantArray};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Counter;
use crate::{paths, variants};

/// What work is done for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Work {
    /// Anybody's page, and what programs read.
    Reading,
    /// A page of editors.
    Editing,
    /// A change, or the attempt to sign in.
    Changing,
    /// The question whether the site is ready.
    Checking,
}

/// Whose turn it is, for each sort of work.
pub struct Turns([Arc<Line>; Work::ALL.len()]);

/// Who waits for a turn at one sort of work.
pub struct Line {
    turns: Arc<Semaphore>,
    most_running: usize,
    /// For what runs and what waits.
    places: Arc<Semaphore>,
    most_waiting: usize,
    longest_wait: Duration,
    refused: Counter,
}

/// How busy one sort of work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busyness {
    /// How much is being done.
    pub running: usize,
    /// How much waits.
    pub waiting: usize,
    /// How much was refused since the start.
    pub refused: u64,
}

/// Too much waits already, or the turn did not come in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many wait for their turn")]
pub struct Full;

impl Work {
    /// All sorts of work.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    fn of(method: &Method, path: &str) -> Self {
        if !method.is_safe() {
            Self::Changing
        } else if path == paths::readiness() {
            Self::Checking
        } else if paths::admin::contains(path) {
            Self::Editing
        } else {
            Self::Reading
        }
    }
}

impl Turns {
    /// So much of each sort may be done at once, and so much may wait for so long.
    #[must_use]
    pub fn new(running: usize, waiting: usize, longest_wait: Duration) -> Self {
        Self(Work::ALL.map(|work| {
            let running = if work == Work::Checking { 1 } else { running };
            Arc::new(Line::new(running, waiting, longest_wait))
        }))
    }

    /// How many threads all turns take.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.0.iter().map(|line| line.most_running).sum()
    }

    /// How busy a sort of work is.
    #[must_use]
    pub fn busyness(&self, work: Work) -> Busyness {
        let line = &self.0[work as usize];
        let running = line.most_running - line.turns.available_permits();
        let all = line.most_running + line.most_waiting - line.places.available_permits();
        Busyness { running, waiting: all.saturating_sub(running), refused: line.refused.get() }
    }

    /// Where a request waits for its turn.
    pub(super) fn line(&self, method: &Method, path: &str) -> Arc<Line> {
        Arc::clone(&self.0[Work::of(method, path) as usize])
    }
}

impl Line {
    fn new(running: usize, waiting: usize, longest_wait: Duration) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(running)),
            most_running: running,
            places: Arc::new(Semaphore::new(running + waiting)),
            most_waiting: waiting,
            longest_wait,
            refused: Counter::default(),
        }
    }

    /// A turn, which lasts until what is returned is dropped.
    ///
    /// # Errors
    ///
    /// At once, if no more may wait; if it is not its turn in time.
    pub(super) async fn turn(&self) -> Result<[OwnedSemaphorePermit; 2], Full> {
        // A place is kept with the turn: whoever was given one and has not begun yet takes nobody else's.
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned()
            && let acquired = Arc::clone(&self.turns).acquire_owned()
            && let Ok(Ok(turn)) = timeout(self.longest_wait, acquired).await
        {
            return Ok([turn, place]);
        }
        self.refused.count();
        Err(Full)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn a_request_waits_among_its_own_kind() {
        for (method, path, work) in [
            (Method::GET, "/", Work::Reading),
            (Method::HEAD, "/search", Work::Reading),
            (Method::GET, "/api/v1/graders/grades", Work::Reading),
            (Method::GET, "/administration", Work::Reading),
            (Method::GET, "/admin", Work::Editing),
            (Method::GET, "/admin/professions/front-end", Work::Editing),
            (Method::POST, "/admin/professions/front-end", Work::Changing),
            (Method::PATCH, "/api/v1/graders/grades/1", Work::Changing),
            (Method::GET, "/readyz", Work::Checking),
        ] {
            assert_eq!(Work::of(&method, path), work, "{method} {path}");
        }
    }

    #[actix_web::test]
    async fn work_beyond_the_turns_waits_and_beyond_the_places_is_refused_at_once() {
        let turns = Turns::new(2, 3, Duration::from_mins(1));
        let line = turns.line(&Method::GET, "/");
        let busyness = || {
            let Busyness { running, waiting, refused } = turns.busyness(Work::Reading);
            (running, waiting, refused)
        };
        let first = line.turn().await.unwrap();
        let second = line.turn().await.unwrap();
        let mut waiting = (0..3).map(|_| Box::pin(line.turn())).collect::<Vec<_>>();
        for turn in &mut waiting {
            assert!(turn.now_or_never().is_none());
        }
        assert_eq!(busyness(), (2, 3, 0));
        assert!(matches!(line.turn().now_or_never(), Some(Err(Full))));
        assert_eq!(busyness(), (2, 3, 1));
        // Another sort of work does not wait for this one.
        let other = turns.line(&Method::POST, "/");
        assert!(matches!(other.turn().now_or_never(), Some(Ok(_))));
        // Whoever gives up leaves the place to somebody else.
        waiting.pop();
        assert_eq!(busyness(), (2, 2, 1));
        drop(first);
        let third = waiting.remove(0).now_or_never().unwrap();
        assert!(third.is_ok());
        drop((second, third));
        drop(waiting.remove(0).now_or_never().unwrap());
        assert_eq!(busyness(), (0, 0, 1));
    }

    #[actix_web::test]
    async fn a_turn_that_does_not_come_in_time_is_refused() {
        let turns = Turns::new(1, 1, Duration::from_millis(10));
        let line = turns.line(&Method::GET, "/");
        let _first = line.turn().await.unwrap();
        assert_eq!(line.turn().await.unwrap_err(), Full);
        let Busyness { waiting, refused, .. } = turns.busyness(Work::Reading);
        assert_eq!((waiting, refused), (0, 1));
    }
}
