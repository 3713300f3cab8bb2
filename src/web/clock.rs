//! What day it is.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// Tells the day in the time zone of the visitors.
#[derive(Clone)]
pub struct Clock {
    zone: Tz,
    now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system(zone: Tz) -> Self {
        Self::new(zone, Utc::now)
    }

    /// A clock that takes the time from `now`.
    pub fn new(zone: Tz, now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self { zone, now: Arc::new(now) }
    }

    /// The time it is now, in UTC.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// The day it is now.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now().with_timezone(&self.zone).date_naive()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("zone", &self.zone).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_that_of_the_time_zone() {
        let today = |zone: Tz, now: &str| {
            let now = now.parse().unwrap();
            Clock::new(zone, move || now).today().to_string()
        };
        assert_eq!(today(Tz::UTC, "2026-11-25T23:59:59Z"), "2026-11-25");
        assert_eq!(today(Tz::Europe__Moscow, "2026-11-25T20:59:59Z"), "2026-11-25");
        assert_eq!(today(Tz::Europe__Moscow, "2026-11-25T21:00:00Z"), "2026-11-26");
        assert_eq!(today(Tz::America__New_York, "2028-03-01T04:59:59Z"), "2028-02-29");
    }
}
