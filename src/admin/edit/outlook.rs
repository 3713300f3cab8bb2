//! What a save would do to the requirements of a ladder, as forms ask about it.

use crate::ladder::identity::{Pair, Words};

/// What a save would do to the requirements of a ladder.
pub struct Outlook {
    /// Those in other words, each with whether it is said to be a new one.
    pub pairs: Vec<(Pair, bool)>,
    /// The words of those that leave.
    pub removed: Vec<Words>,
}

impl Outlook {
    /// `alike` are those that are said to be new ones and would have other words otherwise.
    pub fn new(pairs: Vec<Pair>, alike: Vec<Pair>, removed: Vec<Words>) -> Self {
        let pairs = pairs.into_iter().map(|pair| (pair, false));
        let pairs = pairs.chain(alike.into_iter().map(|pair| (pair, true)));
        Self { pairs: pairs.collect(), removed }
    }

    /// Whether it asks about a requirement.
    pub fn has_box(&self, id: &str) -> bool {
        self.pairs.iter().any(|(pair, _)| pair.former_id == id)
    }
}
