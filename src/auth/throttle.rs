//! Slows down guessing: after repeated failures the next attempt has to wait.
//!
//! An attempt is counted in the step that allows it, before it is known whether it fails, so that attempts
//! made at once are counted as those made one after the other; it is taken back if it does not fail.
//!
//! A guess at a password is counted for its login and for the network it comes from (RFC 6177: of IPv6
//! the first 64 bits), or, in a browser that signed in before, for that browser alone. How long somebody
//! waits follows from the failures of their own browser or network only, so nobody can keep an owner out
//! by guessing elsewhere. Failures elsewhere use up the free ones: a login that was guessed at more than
//! [`FREE_FOR_LOGIN`] times leaves each network one free failure with it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use quick_cache::unsync::Cache;

/// Keys remembered of each kind; the least used are forgotten first.
const REMEMBERED: usize = 20_000;
/// However many failures there were, nobody waits longer.
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// Failures are forgotten after as long without another one.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(1);
/// Characters of a login by which it is known here; one that exists has no more.
const LONGEST_LOGIN: usize = 64;

/// Failures of one key, such as those with one login, that cost no wait.
pub const FREE_FOR_LOGIN: u32 = 5;
/// Failures of one network that cost no wait; an office may share one.
const FREE_FOR_NETWORK: u32 = 20;

/// Failures by login, network, and other keys.
pub struct Throttle(Mutex<Counts>);

struct Counts {
    logins: Cache<String, Failures>,
    networks: Cache<String, Failures>,
    others: Cache<String, Failures>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

/// An attempt that was counted.
#[derive(Debug)]
#[must_use = "an attempt that did not fail is taken back"]
pub struct Attempt(Vec<Counted>);

#[derive(Debug)]
struct Counted {
    kind: Kind,
    key: String,
    at: Instant,
    /// When the failure before was.
    before: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Login,
    Network,
    Other,
}

impl Default for Throttle {
    fn default() -> Self {
        let cache = || Cache::new(REMEMBERED);
        Self(Mutex::new(Counts { logins: cache(), networks: cache(), others: cache() }))
    }
}

impl Throttle {
    /// Counts a guess at the password of `login` from `network` in a browser that did not sign in to it
    /// before.
    ///
    /// # Errors
    ///
    /// How long to wait before; the attempt is not counted then.
    pub fn guess(&self, login: &str, network: &str, now: Instant) -> Result<Attempt, Duration> {
        let mut counts = self.counts();
        let login = login.to_lowercase().chars().take(LONGEST_LOGIN).collect::<String>();
        let for_login = counts.failures(Kind::Login, &login, now).map_or(0, |found| found.count);
        let of_network = counts.failures(Kind::Network, network, now);
        if let Some(failures) = of_network {
            let further = failures.count.checked_sub(FREE_FOR_NETWORK);
            let with_login = for_login.checked_sub(FREE_FOR_LOGIN);
            let with_login =
                with_login.map(|further| further.min(failures.count.saturating_sub(1)));
            failures.wait(further.max(with_login), now)?;
        }
        let login = counts.count(Kind::Login, login, now);
        Ok(Attempt(vec![login, counts.count(Kind::Network, network.to_owned(), now)]))
    }

    /// Counts an attempt under a key of its own; `free` failures cost nothing, each further one doubles
    /// the wait.
    ///
    /// # Errors
    ///
    /// As [`Self::guess`].
    pub fn attempt(&self, key: String, free: u32, now: Instant) -> Result<Attempt, Duration> {
        let mut counts = self.counts();
        if let Some(failures) = counts.failures(Kind::Other, &key, now) {
            failures.wait(failures.count.checked_sub(free), now)?;
        }
        Ok(Attempt(vec![counts.count(Kind::Other, key, now)]))
    }

    /// Takes an attempt back that did not fail.
    pub fn take_back(&self, attempt: Attempt) {
        let mut counts = self.counts();
        for counted in attempt.0 {
            let cache = counts.of(counted.kind);
            let Some(failures) = cache.get(&counted.key).copied() else { continue };
            let count = failures.count.saturating_sub(1);
            // Others may have failed since.
            let last =
                counted.before.filter(|_| failures.last == counted.at).unwrap_or(failures.last);
            if count == 0 {
                cache.remove(&counted.key);
            } else {
                cache.insert(counted.key, Failures { count, last });
            }
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn of(&mut self, kind: Kind) -> &mut Cache<String, Failures> {
        match kind {
            Kind::Login => &mut self.logins,
            Kind::Network => &mut self.networks,
            Kind::Other => &mut self.others,
        }
    }

    fn failures(&mut self, kind: Kind, key: &str, now: Instant) -> Option<Failures> {
        let found = self.of(kind).get(key).copied();
        found.filter(|failures| now.saturating_duration_since(failures.last) < FORGOTTEN_AFTER)
    }

    fn count(&mut self, kind: Kind, key: String, now: Instant) -> Counted {
        let failures = self.failures(kind, &key, now);
        let count = failures.map_or(0, |failures| failures.count).saturating_add(1);
        self.of(kind).insert(key.clone(), Failures { count, last: now });
        Counted { kind, key, at: now, before: failures.map(|failures| failures.last) }
    }
}

impl Failures {
    /// Whether an attempt may be made after so many failures past the free ones.
    fn wait(self, further: Option<u32>, now: Instant) -> Result<(), Duration> {
        let Some(further) = further else { return Ok(()) };
        let wait = Duration::from_secs(1_u64.checked_shl(further).unwrap_or(u64::MAX));
        let until = self.last + wait.min(LONGEST_WAIT);
        match until.saturating_duration_since(now) {
            Duration::ZERO => Ok(()),
            left => Err(left),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use proptest::prelude::*;

    use super::*;

    fn seconds(attempt: Result<Attempt, Duration>) -> u64 {
        attempt.map_or_else(|wait| wait.as_secs(), |_| 0)
    }

    #[test]
    fn each_failure_past_the_free_ones_doubles_the_wait_up_to_five_minutes() {
        let (throttle, mut now) = (Throttle::default(), Instant::now());
        let attempt = |now| seconds(throttle.attempt("ann".into(), 3, now));
        let mut waits = Vec::new();
        for _ in 0..14 {
            let wait = attempt(now);
            waits.push(wait);
            if wait > 0 {
                now += Duration::from_secs(wait);
                assert_eq!(attempt(now), 0);
            }
        }
        assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(attempt(now + FORGOTTEN_AFTER), 0);
        assert_eq!(attempt(now + FORGOTTEN_AFTER), 0, "failures are not forgotten");
    }

    #[test]
    fn simultaneous_guesses_are_counted_before_they_are_made() {
        let (throttle, now, allowed) = (Throttle::default(), Instant::now(), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| {
                    if throttle.guess("ann", "192.0.2.1", now).is_ok() {
                        allowed.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(allowed.into_inner(), FREE_FOR_LOGIN as usize);
    }

    #[test]
    fn a_success_gives_back_only_itself() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for round in 0..FREE_FOR_NETWORK {
            // Signing in to one's own account between guesses wins nothing.
            let own = throttle.guess("eve", "192.0.2.1", now).unwrap();
            throttle.take_back(own);
            let _guess = throttle.guess(&format!("login {round}"), "192.0.2.1", now).unwrap();
        }
        assert_eq!(seconds(throttle.guess("eve", "192.0.2.1", now)), 1);
    }

    #[test]
    fn guesses_from_elsewhere_keep_nobody_out() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let guess = |network: u32| throttle.guess("ann", &format!("network {network}"), now);
        for network in 0..1_000 {
            let _guess = guess(network).unwrap();
        }
        // A network that did not fail goes on at once, and waits briefly after its own failure.
        let _failed = guess(1_000).unwrap();
        assert_eq!(seconds(guess(1_000)), 1);
        assert_eq!(seconds(throttle.guess("bob", "network 1000", now)), 0);
    }

    proptest! {
        #[test]
        fn no_mixture_of_logins_and_networks_gets_more_guesses(
            guesses in prop::collection::vec((0_u32..12, 0_u32..6), 0..600),
        ) {
            let (throttle, now) = (Throttle::default(), Instant::now());
            let allowed = guesses.iter().filter(|(login, network)| {
                throttle.guess(&format!("login {login}"), &format!("network {network}"), now).is_ok()
            });
            // The free ones of every login, and one more for each network.
            prop_assert!(allowed.count() <= 12 * FREE_FOR_LOGIN as usize + 6);
        }
    }
}
