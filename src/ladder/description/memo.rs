//! Descriptions that were read before: a page of a large ladder reads only the texts that changed since.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use super::Description;

/// Bytes of the texts that are kept at most; what was read takes about ten times as many.
const MOST_BYTES: usize = 2 << 20;

static MEMO: LazyLock<Mutex<Memo>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Memo {
    /// The dictionary that they were read with ([`Dictionary::shared`](super::Dictionary::shared)).
    dictionary: u64,
    descriptions: HashMap<String, Arc<Description>>,
    bytes: usize,
}

/// The description that `read` makes of a text with a dictionary.
pub(super) fn remembered(
    dictionary: u64,
    markdown: &str,
    read: impl FnOnce() -> Description,
) -> Description {
    let memo = lock();
    let known = memo.descriptions.get(markdown).filter(|_| memo.dictionary == dictionary).cloned();
    drop(memo);
    if let Some(known) = known {
        return Description::clone(&known);
    }
    let description = read();
    let mut memo = lock();
    if memo.dictionary > dictionary || markdown.len() > MOST_BYTES {
        return description;
    }
    if memo.dictionary < dictionary || memo.bytes + markdown.len() > MOST_BYTES {
        *memo = Memo { dictionary, ..Memo::default() };
    }
    if memo.descriptions.insert(markdown.to_owned(), Arc::new(description.clone())).is_none() {
        memo.bytes += markdown.len();
    }
    description
}

fn lock() -> MutexGuard<'static, Memo> {
    MEMO.lock().unwrap_or_else(PoisonError::into_inner)
}
