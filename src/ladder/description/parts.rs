//! A description in the order of its text.

use super::{Block, Description, Note, Requirement};

/// Requirements that stand together, and the notes after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The block that begins with it; `None` if it goes on with one or stands before any.
    pub opens: Option<&'a Block>,
    /// May be empty.
    pub requirements: &'a [Requirement],
    /// May be empty.
    pub notes: &'a [Note],
}

impl Description {
    /// All but the summary, in the order of the text.
    #[must_use]
    pub fn parts(&self) -> Vec<Part<'_>> {
        let (mut parts, mut requirements, mut notes) =
            (Vec::new(), &self.requirements[..], &self.notes[..]);
        for number in 0..=self.blocks.len() {
            let block = number.checked_sub(1).and_then(|place| self.blocks.get(place));
            let in_block = |asked: &Requirement| match (&asked.block, block) {
                (Some(one), Some(other)) => std::sync::Arc::ptr_eq(one, other),
                (one, other) => one.is_none() && other.is_none(),
            };
            let mut opens = block.map(|block| &**block);
            loop {
                let start = self.requirements.len() - requirements.len();
                let note = notes.first().filter(|note| note.place.0 == number);
                let count = match note {
                    Some(note) => note.place.1 - start,
                    None => requirements.iter().take_while(|asked| in_block(asked)).count(),
                };
                let (listed, others) = requirements.split_at(count);
                let same_place = |other: &&Note| note.is_some_and(|note| note.place == other.place);
                let (after, later) = notes.split_at(notes.iter().take_while(same_place).count());
                (requirements, notes) = (others, later);
                if opens.is_none() && listed.is_empty() && after.is_empty() {
                    break;
                }
                parts.push(Part { opens: opens.take(), requirements: listed, notes: after });
            }
        }
        parts
    }

    /// The summary and the notes, in the order of the text.
    pub fn paragraphs(&self) -> impl Iterator<Item = &Note> {
        self.summary.iter().chain(&self.notes)
    }
}
