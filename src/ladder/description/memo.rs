//! Descriptions that were read before: a page of a large ladder reads only the texts that changed since.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use super::Description;

/// Bytes of the texts that are kept at most; what was read takes about ten times as many.
const MOST_BYTES: usize = 2 << 20;

/// So many dictionaries are in use at a time: the present one, and those of past states.
const MOST_DICTIONARIES: usize = 4;

/// By dictionary, the one used last first.
static MEMOS: LazyLock<Mutex<Vec<Memo>>> = LazyLock::new(Mutex::default);

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
    let known = used(&mut lock(), dictionary).descriptions.get(markdown).cloned();
    if let Some(known) = known {
        return Description::clone(&known);
    }
    let description = read();
    if markdown.len() > MOST_BYTES {
        return description;
    }
    let mut memos = lock();
    used(&mut memos, dictionary);
    while memos.iter().map(|memo| memo.bytes).sum::<usize>() + markdown.len() > MOST_BYTES {
        memos.pop();
    }
    let memo = used(&mut memos, dictionary);
    if memo.descriptions.insert(markdown.to_owned(), Arc::new(description.clone())).is_none() {
        memo.bytes += markdown.len();
    }
    description
}

/// What was read with a dictionary, which then stands first.
fn used(memos: &mut Vec<Memo>, dictionary: u64) -> &mut Memo {
    let place = memos.iter().position(|memo| memo.dictionary == dictionary);
    let memo = match place {
        Some(0) => None,
        Some(place) => Some(memos.remove(place)),
        None => Some(Memo { dictionary, ..Memo::default() }),
    };
    if let Some(memo) = memo {
        memos.insert(0, memo);
        memos.truncate(MOST_DICTIONARIES);
    }
    &mut memos[0]
}

fn lock() -> MutexGuard<'static, Vec<Memo>> {
    MEMOS.lock().unwrap_or_else(PoisonError::into_inner)
}
