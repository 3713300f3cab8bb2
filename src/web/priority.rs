//! Threads that work for one request give way to those that send answers which are kept already: however much
//! is asked that nobody asked before, a page that is kept comes at once.

/// By how much the nice value of such a thread is raised: beside a thread that wants the processor as well it
/// gets about a tenth of it (`sched(7)`). Alone it is as quick as any.
#[cfg(target_os = "linux")]
const RAISED_BY: i32 = 10;

/// Lets the present thread give way from now on. Threads that it starts do as well.
#[cfg(target_os = "linux")]
pub(super) fn give_way() {
    use std::cell::Cell;

    thread_local! {
        static GIVES_WAY: Cell<bool> = const { Cell::new(false) };
    }

    if GIVES_WAY.replace(true) {
        return;
    }
    // On Linux this is said of a thread, elsewhere of the whole program. Where it is forbidden, all threads
    // are alike.
    if let Err(error) = rustix::process::nice(RAISED_BY) {
        log::debug!("a thread can't give way to others: {error}");
    }
}

/// Elsewhere all threads are alike.
#[cfg(not(target_os = "linux"))]
pub(super) fn give_way() {}
