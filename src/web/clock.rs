//! What day it is.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
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

    /// The time zone of the visitors.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
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

    /// The day of a moment in UTC.
    #[must_use]
    pub fn day_of(&self, moment: NaiveDateTime) -> NaiveDate {
        moment.and_utc().with_timezone(&self.zone).date_naive()
    }

    /// The moment in UTC at which a day is over.
    #[must_use]
    pub fn end_of(&self, day: NaiveDate) -> NaiveDateTime {
        let Some(next) = day.checked_add_days(Days::new(1)) else { return NaiveDateTime::MAX };
        let midnight = next.and_time(NaiveTime::MIN);
        // Where the clocks are put forward at midnight, the next day begins an hour later.
        let hours = (0..3).map(|hours| midnight + TimeDelta::hours(hours));
        let mut begins = hours.filter_map(|time| self.zone.from_local_datetime(&time).earliest());
        begins.next().map_or(midnight, |begins| begins.naive_utc())
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
        let end = |zone: Tz, day: &str| {
            let clock = Clock::system(zone);
            let end = clock.end_of(day.parse().unwrap());
            assert_eq!(clock.day_of(end - TimeDelta::microseconds(1)).to_string(), day);
            end.to_string()
        };
        assert_eq!(end(Tz::UTC, "2026-11-25"), "2026-11-26 00:00:00");
        assert_eq!(end(Tz::Europe__Moscow, "2026-11-25"), "2026-11-25 21:00:00");
        // There is no 29 March 2026, 00:00 to 01:00 in Beirut.
        assert_eq!(end(Tz::Asia__Beirut, "2026-03-28"), "2026-03-28 22:00:00");
        assert_eq!(today(Tz::Europe__Moscow, "2026-11-25T21:00:00Z"), "2026-11-26");
        assert_eq!(today(Tz::America__New_York, "2028-03-01T04:59:59Z"), "2028-02-29");
    }
}
