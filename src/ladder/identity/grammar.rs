//! Ids that requirements had before descriptions had blocks, examples and what is desirable.

use super::Words;
use crate::ladder::Description;
use crate::ladder::description::id;

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
/// too and «Желательно:» was plain text. Some of them may never have been.
#[must_use]
pub fn earlier_ids(text: &str) -> Vec<EarlierId> {
    let mut earlier = Vec::<EarlierId>::new();
    let mut add = |former_id: String, present_id: Option<&str>, words: Words| {
        if present_id != Some(&*former_id)
            && !earlier.iter().any(|known| known.former_id == former_id)
        {
            earlier.push(EarlierId { former_id, present_id: present_id.map(str::to_owned), words });
        }
    };
    for requirement in Description::parse(text).requirements {
        let (present, words) = (Some(&*requirement.id), Words::of(&requirement));
        let (kind, text) = (requirement.kind, &requirement.text);
        if let Some(group) = &requirement.group {
            let own = kind.map_or_else(String::new, |kind| kind.label().to_owned());
            let parent = group.strip_suffix(&own).unwrap_or(group).trim_end_matches([':', ' ']);
            let parent = Words { label: String::new(), text: format!("{parent}:") };
            add(id(kind, None, text), present, Words { label: own, text: text.clone() });
            add(id(None, None, &parent.text), None, parent);
        }
        if requirement.is_optional {
            let line = format!("Желательно: {}", words.line());
            add(id(None, None, &line), present, words);
        }
        for example in requirement.examples {
            let former = Description::parse(&format!("- {}", example.text)).requirements;
            if let Some(former) = former.first() {
                add(former.id.clone(), None, Words::of(former));
            }
        }
    }
    earlier
}
