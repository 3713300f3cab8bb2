//! Two pieces of work at the same time.

use std::panic::resume_unwind;
use std::thread;

/// What both come to; the first runs on a thread of its own.
///
/// # Panics
///
/// If one of them does.
pub fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| resume_unwind(panic)), other)
    })
}
