//! Work at the same time.

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

/// What is made of each of some items, in their order; of several, by two threads.
///
/// # Panics
///
/// If making one does.
pub fn each<T: Sync, R: Send>(items: &[T], make: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let all = |items: &[T]| items.iter().map(&make).collect::<Vec<_>>();
    let (first, second) = items.split_at(items.len() / 2);
    if first.is_empty() {
        return all(second);
    }
    let (mut all_made, of_second) = both(|| all(first), || all(second));
    all_made.extend(of_second);
    all_made
}
