//! The log of queries that take long.

use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// What Diesel writes between a query and its values.
const VALUES: &str = " -- binds: ";

/// Logs the queries of a connection that take longer than a threshold, without their values: those may be
/// anybody's words.
pub(super) struct SlowQueries {
    threshold: Duration,
    started: Option<Instant>,
}

impl SlowQueries {
    pub(super) fn new(threshold: Duration) -> Self {
        Self { threshold, started: None }
    }
}

impl Instrumentation for SlowQueries {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.started = Some(Instant::now()),
            InstrumentationEvent::FinishQuery { query, .. } => {
                let Some(taken) = self.started.take().map(|started| started.elapsed()) else {
                    return;
                };
                if taken > self.threshold {
                    let text = query.to_string();
                    let text = text.split(VALUES).next().unwrap_or_default();
                    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    log::warn!("a query took {} ms: {words}", taken.as_millis());
                }
            }
            _ => {}
        }
    }
}
