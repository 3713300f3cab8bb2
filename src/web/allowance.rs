//! How many answers that nothing keeps one network may have made.
//!
//! Of addresses with parameters there are more than any cache holds, so whoever asks for enough of them
//! keeps the site busy. A network may have some at once, and then so many a second. Whoever sits on this
//! machine is not counted: they could do worse, and a proxy on it that the settings do not tell of would
//! make one network of all visitors.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use quick_cache::unsync::Cache;

use super::{Counter, network};

/// Networks remembered; the least used are forgotten first.
const REMEMBERED: usize = 20_000;

/// How many answers one network may have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Each second.
    pub per_second: u32,
    /// At once, after a pause.
    pub burst: u32,
}

/// What networks have used up of their rate.
pub struct Allowances {
    rate: Option<Rate>,
    /// When each network may have its whole burst again.
    whole_at: Mutex<Cache<String, Instant>>,
    refused: Counter,
}

/// A network has used up what it may have; a second later it may have more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UsedUp;

impl Allowances {
    /// Without a rate nobody is refused.
    #[must_use]
    pub fn new(rate: Option<Rate>) -> Self {
        let whole_at = Mutex::new(Cache::new(REMEMBERED));
        Self { rate, whole_at, refused: Counter::default() }
    }

    /// How many answers were refused since the start.
    #[must_use]
    pub const fn refused(&self) -> &Counter {
        &self.refused
    }

    /// Counts an answer to `visitor`.
    ///
    /// # Errors
    ///
    /// If there were too many; it is not counted then.
    pub(super) fn spend(&self, visitor: IpAddr, now: Instant) -> Result<(), UsedUp> {
        let Some(Rate { per_second, burst }) = self.rate else { return Ok(()) };
        if visitor.is_loopback() {
            return Ok(());
        }
        let network = network(visitor);
        let one = Duration::from_secs(1) / per_second;
        let mut whole_at = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        let before = whole_at.get(&network).copied().unwrap_or(now);
        let after = before.max(now) + one;
        if after > now + one * burst {
            self.refused.count();
            return Err(UsedUp);
        }
        whole_at.insert(network, after);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: Rate = Rate { per_second: 4, burst: 10 };

    #[test]
    fn a_burst_is_allowed_and_then_so_many_a_second() {
        let (allowances, begun) = (Allowances::new(Some(RATE)), Instant::now());
        let visitor = "198.51.100.7".parse().unwrap();
        let allowed = |now| (0..50).take_while(|_| allowances.spend(visitor, now).is_ok()).count();
        assert_eq!(allowed(begun), 10);
        assert_eq!(allowances.spend(visitor, begun + Duration::from_millis(249)), Err(UsedUp));
        assert_eq!(allowed(begun + Duration::from_secs(1)), 4);
        assert_eq!(allowed(begun + Duration::from_mins(1)), 10);
        assert_eq!(allowances.refused().get(), 1 + 1 + 1 + 1);
        assert!(allowances.spend("198.51.100.8".parse().unwrap(), begun).is_ok());
    }

    #[test]
    fn a_network_is_counted_whole_and_this_machine_not_at_all() {
        let (allowances, now) = (Allowances::new(Some(RATE)), Instant::now());
        let allowed = |address: &dyn Fn(usize) -> String| {
            let visitors = (0..50).map(|number| address(number).parse().unwrap());
            visitors.filter(|visitor| allowances.spend(*visitor, now).is_ok()).count()
        };
        assert_eq!(allowed(&|number| format!("2001:db8:1:2::{number}")), 10);
        assert_eq!(allowed(&|number| format!("2001:db8:1:{number}::1")), 49);
        assert_eq!(allowed(&|_| "127.0.0.1".into()), 50);
        assert_eq!(allowed(&|_| "::1".into()), 50);
        let allowances = Allowances::new(None);
        assert!((0..50).all(|_| allowances.spend("192.0.2.1".parse().unwrap(), now).is_ok()));
    }

    proptest! {
        #[test]
        fn whoever_waits_a_second_is_let_in(pauses in prop::collection::vec(0_u64..600, 0..200)) {
            let (allowances, mut now) = (Allowances::new(Some(RATE)), Instant::now());
            let visitor = "192.0.2.1".parse().unwrap();
            for pause in pauses {
                now += Duration::from_millis(pause);
                if allowances.spend(visitor, now).is_err() {
                    now += Duration::from_secs(1);
                    prop_assert!(allowances.spend(visitor, now).is_ok());
                }
            }
        }
    }
}
