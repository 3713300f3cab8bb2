//! Ids that requirements had before descriptions had blocks, examples and what is desirable.

use super::Words;
use crate::ladder::Description;
use crate::ladder::description::earlier_requirements;

/// An id that a text gave under the earlier grammar, with the words it had and the id it leads to now; `None`
/// if the words are no requirement any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierId {
    /// The id.
    pub former_id: String,
    /// The present one.
    pub present_id: Option<String>,
    /// The words.
    pub words: Words,
}

/// The ids that a description gave when an unknown label was a requirement of its own, any nested item was one
/// too and «Желательно:» was plain text, where they differ from those it gives now.
#[must_use]
pub fn earlier_ids(text: &str) -> Vec<EarlierId> {
    let present = Description::parse(text).requirements;
    // Both in the order of the text; what only gives its label to others now is missing here.
    let items = present.iter().flat_map(|requirement| {
        let examples = requirement.examples.iter().map(|example| (&example.text, None));
        [(&requirement.text, Some(requirement))].into_iter().chain(examples)
    });
    let mut items = items.peekable();
    let mut earlier = Vec::<EarlierId>::new();
    for former in earlier_requirements(text) {
        // The label of an example is a part of it, as «Желательно:» was of a requirement.
        let is_former = |text: &str| text.ends_with(&former.text) || former.text.ends_with(text);
        let found = items.next_if(|(text, _)| is_former(text)).and_then(|(_, found)| found);
        let words = Words::of(found.filter(|found| found.is_optional).unwrap_or(&former));
        let present_id = found.map(|found| found.id.clone());
        if present_id.as_ref() != Some(&former.id) {
            earlier.push(EarlierId { former_id: former.id, present_id, words });
        }
    }
    earlier
}
