//! Lines that were read before: of a text that changed, most lines are the same.

use std::convert::Infallible;
use std::sync::LazyLock;

use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use super::NamedSkill;
use super::html::InlineHtml;

/// A run of inline text, read.
#[derive(Clone)]
pub(super) struct Finished {
    pub text: String,
    pub html: InlineHtml,
    pub skills: Vec<NamedSkill>,
    pub says_more: bool,
}

impl Finished {
    /// What its texts take in memory.
    pub(super) fn bytes(&self) -> usize {
        let skills = self.skills.iter().map(|named| named.slug.len() + size_of::<NamedSkill>());
        self.text.len() + self.html.len() + skills.sum::<usize>()
    }
}

/// Bytes that lines may take with what was read of them.
const MOST_BYTES_OF_LINES: u64 = 4 << 20;
/// Lines expected in that space.
const EXPECTED_LINES: usize = 5_000;
/// Bytes that a line needs in the cache beside its text, about.
const BYTES_OF_ENTRY: usize = 256;

static LINES: LazyLock<Cache<Line, Finished, LineWeight>> =
    LazyLock::new(|| Cache::with_weighter(EXPECTED_LINES, MOST_BYTES_OF_LINES, LineWeight));

/// A line, and the dictionary that it was read with.
#[derive(PartialEq, Eq, Hash)]
struct Line {
    dictionary: u64,
    text: String,
}

/// The same, borrowed.
#[derive(Hash)]
struct LineRef<'a> {
    dictionary: u64,
    text: &'a str,
}

impl Equivalent<Line> for LineRef<'_> {
    fn equivalent(&self, line: &Line) -> bool {
        self.dictionary == line.dictionary && self.text == line.text
    }
}

#[derive(Clone)]
struct LineWeight;

impl Weighter<Line, Finished> for LineWeight {
    fn weight(&self, line: &Line, read: &Finished) -> u64 {
        (line.text.len() + read.bytes() + BYTES_OF_ENTRY) as u64
    }
}

/// What `read` makes of a line with a dictionary.
pub(super) fn remembered_line(
    dictionary: u64,
    text: &str,
    read: impl FnOnce() -> Finished,
) -> Finished {
    let line = LineRef { dictionary, text };
    if let Some(known) = LINES.get(&line) {
        return known;
    }
    let read = read();
    LINES.insert(Line { dictionary, text: text.to_owned() }, read.clone());
    read
}

/// Ids that are remembered, each with what it is the id of.
const MOST_IDS: usize = 10_000;
/// Bytes of what an id is remembered of at most; few requirements are longer.
const LONGEST_SAID: usize = 1_024;

/// The id that `make` makes of what a requirement says.
pub(super) fn remembered_id(said: &str, make: impl FnOnce() -> String) -> String {
    static IDS: LazyLock<Cache<String, String>> = LazyLock::new(|| Cache::new(MOST_IDS));

    if said.len() > LONGEST_SAID {
        return make();
    }
    let Ok(id) = IDS.get_or_insert_with(said, || Ok::<_, Infallible>(make()));
    id
}
