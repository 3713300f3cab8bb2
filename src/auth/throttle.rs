//! Slows down guessing: after repeated failures the next attempt has to wait.

use std::time::{Duration, Instant};

use quick_cache::sync::Cache;

/// Keys remembered; the least used are forgotten first.
const REMEMBERED: usize = 10_000;
/// However many failures there were, nobody waits longer.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// Failures with one login that cost no wait.
pub const FREE_FOR_LOGIN: u32 = 5;

/// Failures by key.
pub struct Throttle(Cache<String, Failures>);

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Default for Throttle {
    fn default() -> Self {
        Self(Cache::new(REMEMBERED))
    }
}

impl Throttle {
    /// How long a key must still wait; `free` failures cost nothing, each further one doubles the
    /// wait.
    #[must_use]
    pub fn wait(&self, key: &str, free: u32, now: Instant) -> Option<Duration> {
        let failures = self.0.get(key)?;
        let further = failures.count.checked_sub(free)?;
        let wait = Duration::from_secs(1_u64.checked_shl(further).unwrap_or(u64::MAX));
        let until = failures.last + wait.min(LONGEST_WAIT);
        until.checked_duration_since(now).filter(|left| !left.is_zero())
    }

    /// Counts a failure.
    pub fn failed(&self, key: &str, now: Instant) {
        let count = self.0.get(key).map_or(0, |failures| failures.count).saturating_add(1);
        self.0.insert(key.to_owned(), Failures { count, last: now });
    }

    /// Forgets the failures of a key.
    pub fn succeeded(&self, key: &str) {
        self.0.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_past_the_free_ones_doubles_the_wait_up_to_five_minutes() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..14 {
            throttle.failed("ann", now);
            waits.push(throttle.wait("ann", 3, now).map_or(0, |wait| wait.as_secs()));
        }
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(throttle.wait("bob", 3, now), None);
        assert_eq!(throttle.wait("ann", 3, now + LONGEST_WAIT), None);
        throttle.succeeded("ann");
        assert_eq!(throttle.wait("ann", 3, now), None);
    }
}
