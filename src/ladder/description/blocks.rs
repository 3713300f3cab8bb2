//! A description in the order of its text.

use std::sync::Arc;

use super::{Description, Heading, Note, Requirement};

/// A heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// `None` for what stands before the first heading.
    pub heading: Option<&'a Heading>,
    /// In the order of the text.
    pub parts: Vec<Part<'a>>,
}

/// Requirements that stand together, and the notes after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// May be empty.
    pub requirements: &'a [Requirement],
    /// May be empty.
    pub notes: &'a [Note],
}

impl Description {
    /// All but the summary, in the order of the text. What stands before the first heading is left out
    /// if there is nothing.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block<'_>> {
        let (mut blocks, mut requirements, mut notes) =
            (Vec::new(), self.requirements.as_slice(), self.notes.as_slice());
        for number in 0..=self.headings.len() {
            let heading = number.checked_sub(1).and_then(|place| self.headings.get(place));
            let is_here = |asked: &Requirement| match (&asked.block, heading) {
                (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                (one, other) => one.is_none() && other.is_none(),
            };
            let mut parts = Vec::new();
            loop {
                let start = self.requirements.len() - requirements.len();
                let note = notes.first().filter(|note| note.place.0 == number);
                let count = match note {
                    Some(note) => note.place.1 - start,
                    None => requirements.iter().take_while(|asked| is_here(asked)).count(),
                };
                let (listed, later) = requirements.split_at(count);
                requirements = later;
                let is_beside = |other: &&Note| note.is_some_and(|note| note.place == other.place);
                let (beside, later) = notes.split_at(notes.iter().take_while(is_beside).count());
                notes = later;
                if listed.is_empty() && beside.is_empty() {
                    break;
                }
                parts.push(Part { requirements: listed, notes: beside });
            }
            if heading.is_some() || !parts.is_empty() {
                blocks.push(Block { heading: heading.map(|heading| &**heading), parts });
            }
        }
        blocks
    }

    /// The grade in one sentence, if the text begins with it.
    #[must_use]
    pub const fn summary(&self) -> Option<&Note> {
        self.summary.as_ref()
    }

    /// The summary and the notes, in the order of the text.
    pub fn paragraphs(&self) -> impl Iterator<Item = &Note> {
        self.summary.iter().chain(&self.notes)
    }
}

/// Items by block; equal headings stand once, where the first of them does.
pub fn lined_up<T>(
    items: Vec<T>,
    block: impl Fn(&T) -> Option<Arc<Heading>>,
) -> Vec<(Option<Arc<Heading>>, Vec<T>)> {
    let mut blocks = Vec::<(Option<Arc<Heading>>, Vec<T>)>::new();
    for item in items {
        let own = block(&item);
        let title = |block: &Option<Arc<Heading>>| block.as_ref().map(|one| one.title.clone());
        match blocks.iter_mut().find(|(known, _)| title(known) == title(&own)) {
            Some((_, items)) => items.push(item),
            None => blocks.push((own, vec![item])),
        }
    }
    blocks
}

/// The heading of a block, and items under it.
pub type InBlock<'a, T> = (Option<Arc<Heading>>, &'a [T]);

/// Items that ask for something, cut where the block of their requirement changes.
pub fn by_block<T>(items: &[T], requirement: impl Fn(&T) -> &Requirement) -> Vec<InBlock<'_, T>> {
    let block = |item: &T| requirement(item).block.clone();
    let is_same = |one: &T, next: &T| {
        let title = |item| requirement(item).block.as_ref().map(|heading| heading.title.as_str());
        title(one) == title(next)
    };
    let groups = items.chunk_by(is_same);
    groups.filter_map(|group| Some((block(group.first()?), group))).collect()
}
