//! Two changes of one description, place by place: which of them is to stay.

use crate::fields::Fields;
use crate::ladder::revision::{Stretch, three_way};

/// What is to stay of a place that both changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// What this editor typed.
    Mine,
    /// What the other one saved.
    Other,
    /// Both, the other one first.
    Both,
}

/// Two changes of one description.
pub(super) struct ConflictView {
    /// Who saved last.
    pub author: String,
    pub stretches: Vec<Stretch>,
    /// For each place that both changed.
    pub choices: Vec<Choice>,
    /// The text as it was typed, and the version it grew from.
    pub mine: String,
    pub mine_version: i32,
}

impl Choice {
    pub const ALL: [Self; 3] = [Self::Mine, Self::Other, Self::Both];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Other => "other",
            Self::Both => "both",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Mine => "Моё",
            Self::Other => "Другое",
            Self::Both => "Оба",
        }
    }

    /// The lines that stay.
    pub fn lines<'a>(self, mine: &'a [String], other: &'a [String]) -> Vec<&'a str> {
        let (mine, other) = match self {
            Self::Mine => (mine, &[][..]),
            Self::Other => (&[][..], other),
            Self::Both => (mine, other),
        };
        other.iter().chain(mine).map(String::as_str).collect()
    }
}

impl ConflictView {
    /// Two changes, of which both stay until somebody chooses.
    pub fn new(
        author: String,
        (base, other): (&str, &str),
        (mine, mine_version): (&str, i32),
    ) -> Self {
        let stretches = three_way(base, other, mine);
        let places = stretches.iter().filter(|stretch| matches!(stretch, Stretch::Place { .. }));
        let choices = places.map(|_| Choice::Both).collect();
        Self { author, stretches, choices, mine: mine.to_owned(), mine_version }
    }

    /// The same with what a form chooses.
    pub fn chosen(mut self, fields: &Fields) -> Self {
        for (index, choice) in self.choices.iter_mut().enumerate() {
            let sent = fields.get(&format!("place-{index}"));
            let found = Choice::ALL.into_iter().find(|choice| choice.name() == sent);
            *choice = found.unwrap_or(*choice);
        }
        self
    }

    /// The text with what was chosen.
    pub fn text(&self) -> String {
        let mut choices = self.choices.iter();
        let lines = self.stretches.iter().flat_map(|stretch| match stretch {
            Stretch::Merged(lines) => lines.iter().map(String::as_str).collect(),
            Stretch::Place { mine, other } => {
                choices.next().unwrap_or(&Choice::Both).lines(mine, other)
            }
        });
        lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    /// How many places both changed.
    pub fn count(&self) -> usize {
        self.choices.len()
    }

    /// Each stretch, and of a place its number from 0 and what was chosen.
    pub fn numbered(&self) -> Vec<(&Stretch, usize, Choice)> {
        let mut at = 0;
        let numbered = self.stretches.iter().map(|stretch| {
            let index = at;
            at += usize::from(matches!(stretch, Stretch::Place { .. }));
            (stretch, index, self.choices.get(index).copied().unwrap_or(Choice::Both))
        });
        numbered.collect()
    }
}
