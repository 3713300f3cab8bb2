//! What differs between two texts, word by word, with a line around it: short enough to stand in a list.
//! The time it takes is bounded whatever the texts are.

use std::collections::HashMap;

use similar::{ChangeTag, DiffOp, TextDiff};

/// Kept lines before and after each change.
const AROUND: usize = 1;
/// Texts are aligned up to this product of the numbers of their lines that differ; longer ones are told as
/// replaced.
const MOST_ALIGNED: usize = 90_000;
/// Lines that replace others are paired with them up to this product of their numbers.
const MOST_PAIRED: usize = 900;
/// Two lines are compared by words if both have at most this many.
const MOST_WORDS: usize = 300;
/// So many of 100 words must be the same for one line to be shown as another one reworded.
const ALIKE: usize = 50;

/// What differs between two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The lines that differ, and those around them.
    pub lines: Vec<Line>,
    /// How many more lines were left out.
    pub left_out: usize,
}

/// A line of one or both texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its parts in order, none of them empty.
    pub pieces: Vec<Piece>,
    /// Whether lines that are the same in both texts were left out before it.
    pub is_after_gap: bool,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// In which of the texts it stands.
    pub place: Place,
    /// The text.
    pub text: String,
}

/// In which of two texts something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In both.
    Both,
    /// In the older one only.
    Older,
    /// In the newer one only.
    Newer,
}

impl Excerpt {
    /// Compares two texts; shows at most `most` lines.
    #[must_use]
    pub fn new(older: &str, newer: &str, most: usize) -> Self {
        let (older, newer) = (lines_of(older), lines_of(newer));
        let same = older.iter().zip(&newer).take_while(|(one, other)| one == other).count();
        let rests = older[same..].iter().rev().zip(newer[same..].iter().rev());
        let ending = rests.take_while(|(one, other)| one == other).count();
        let differing = (older.len() - same - ending) * (newer.len() - same - ending);
        let mut shown = Shown { most, ..Shown::default() };
        if differing > MOST_ALIGNED {
            let of = |lines: &[&str], place| {
                let lines = lines[same..lines.len() - ending].iter();
                lines.map(move |line| whole(line, place)).collect::<Vec<_>>()
            };
            shown.is_gap = same > 0;
            for line in of(&older, Place::Older).into_iter().chain(of(&newer, Place::Newer)) {
                shown.add(line);
            }
            return shown.excerpt;
        }
        let diff = TextDiff::from_slices(&older, &newer);
        let mut end = 0;
        for group in diff.grouped_ops(AROUND) {
            let start = group.first().map_or(0, |op| op.old_range().start);
            shown.is_gap = start > end;
            end = group.last().map_or(end, |op| op.old_range().end);
            for op in group {
                shown.add_op(op, &older, &newer);
            }
        }
        shown.excerpt
    }

    /// Whether the texts are the same.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// An excerpt in the making.
#[derive(Default)]
struct Shown {
    most: usize,
    excerpt: Excerpt,
    /// Whether the next line does not follow the one before.
    is_gap: bool,
}

impl Shown {
    fn add(&mut self, pieces: Vec<Piece>) {
        if self.excerpt.lines.len() >= self.most {
            self.excerpt.left_out += 1;
            return;
        }
        self.excerpt.lines.push(Line { pieces, is_after_gap: self.is_gap });
        self.is_gap = false;
    }

    fn add_op(&mut self, op: DiffOp, older: &[&str], newer: &[&str]) {
        let (old, new) = (&older[op.old_range()], &newer[op.new_range()]);
        match op {
            DiffOp::Equal { .. } => {
                for line in new {
                    self.add(whole(line, Place::Both));
                }
            }
            DiffOp::Delete { .. } => {
                for line in old {
                    self.add(whole(line, Place::Older));
                }
            }
            DiffOp::Insert { .. } => {
                for line in new {
                    self.add(whole(line, Place::Newer));
                }
            }
            DiffOp::Replace { .. } => self.add_replaced(old, new),
        }
    }

    /// Adds lines that took the place of others: those that are alike as one.
    fn add_replaced(&mut self, old: &[&str], new: &[&str]) {
        let (mut left, mut right) = (0, 0);
        for (one, other) in paired(old, new).into_iter().chain([(old.len(), new.len())]) {
            old[left..one].iter().for_each(|line| self.add(whole(line, Place::Older)));
            new[right..other].iter().for_each(|line| self.add(whole(line, Place::Newer)));
            if let Some((one, other)) = old.get(one).zip(new.get(other)) {
                self.add(by_words(one, other));
            }
            (left, right) = (one + 1, other + 1);
        }
    }
}

fn lines_of(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect()
}

/// A line that stands in one place.
fn whole(line: &str, place: Place) -> Vec<Piece> {
    vec![Piece { place, text: line.to_owned() }]
}

/// The places of lines that are alike, in the order of both lists, so that the most words are the same.
fn paired(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    if old.len() * new.len() > MOST_PAIRED {
        return Vec::new();
    }
    let (old, new) = (counted(old), counted(new));
    // The most common words of the rests of both lists.
    let mut best = vec![vec![0; new.len() + 1]; old.len() + 1];
    let alike = |one: usize, other: usize| old[one].common(&new[other]);
    for one in (0..old.len()).rev() {
        for other in (0..new.len()).rev() {
            let together = alike(one, other).map_or(0, |words| words + best[one + 1][other + 1]);
            best[one][other] = together.max(best[one + 1][other]).max(best[one][other + 1]);
        }
    }
    let (mut pairs, mut one, mut other) = (Vec::new(), 0, 0);
    while one < old.len() && other < new.len() {
        if best[one][other] == best[one + 1][other] {
            one += 1;
        } else if best[one][other] == best[one][other + 1] {
            other += 1;
        } else {
            pairs.push((one, other));
            (one, other) = (one + 1, other + 1);
        }
    }
    pairs
}

fn counted<'a>(lines: &[&'a str]) -> Vec<Words<'a>> {
    lines.iter().map(|line| Words::of(line)).collect()
}

/// The words of a line, each with how often it is there.
struct Words<'a> {
    counts: HashMap<&'a str, usize>,
    total: usize,
}

impl<'a> Words<'a> {
    fn of(line: &'a str) -> Self {
        let mut counts = HashMap::new();
        let words = line.split(|letter: char| !letter.is_alphanumeric());
        for word in words.filter(|word| !word.is_empty()) {
            *counts.entry(word).or_default() += 1;
        }
        Self { total: counts.values().sum(), counts }
    }

    /// How many words two lines have in common, if they are alike.
    fn common(&self, other: &Self) -> Option<usize> {
        let common = self
            .counts
            .iter()
            .map(|(word, count)| other.counts.get(word).map_or(0, |other| *count.min(other)));
        let (common, all) = (common.sum::<usize>(), self.total + other.total);
        let is_comparable = self.total.max(other.total) <= MOST_WORDS;
        (is_comparable && common > 0 && 200 * common >= ALIKE * all).then_some(common)
    }
}

/// Two lines as one, word by word.
fn by_words(older: &str, newer: &str) -> Vec<Piece> {
    let diff = TextDiff::from_words(older, newer);
    let mut pieces = Vec::<Piece>::new();
    let (mut removed, mut added) = (String::new(), String::new());
    for change in diff.iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Delete => removed.push_str(text),
            ChangeTag::Insert => added.push_str(text),
            // A space between two changed words belongs to the change.
            ChangeTag::Equal
                if text.trim().is_empty() && !(removed.is_empty() && added.is_empty()) =>
            {
                removed.push_str(text);
                added.push_str(text);
            }
            ChangeTag::Equal => {
                flush(&mut pieces, &mut removed, &mut added);
                push(&mut pieces, Place::Both, text);
            }
        }
    }
    flush(&mut pieces, &mut removed, &mut added);
    pieces
}

/// Adds what was removed and what was added instead; the space both end in is kept.
fn flush(pieces: &mut Vec<Piece>, removed: &mut String, added: &mut String) {
    let (one, other) = (std::mem::take(removed), std::mem::take(added));
    let space = |text: &str| text[text.trim_end().len()..].to_owned();
    let shared = if space(&one) == space(&other) { space(&one) } else { String::new() };
    push(pieces, Place::Older, &one[..one.len() - shared.len()]);
    push(pieces, Place::Newer, &other[..other.len() - shared.len()]);
    push(pieces, Place::Both, &shared);
}

fn push(pieces: &mut Vec<Piece>, place: Place, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.place == place => last.text.push_str(text),
        _ => pieces.push(Piece { place, text: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(older: &str, newer: &str) -> String {
        let line = |line: &Line| {
            let pieces = line.pieces.iter().map(|piece| match piece.place {
                Place::Both => piece.text.clone(),
                Place::Older => format!("[-{}-]", piece.text),
                Place::Newer => format!("{{+{}+}}", piece.text),
            });
            let gap = if line.is_after_gap { "…" } else { "" };
            format!("{gap}{}", pieces.collect::<String>())
        };
        let excerpt = Excerpt::new(older, newer, 100);
        excerpt.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn lines_in_other_words_are_shown_as_one() {
        let older = "- Git\n- Знает основы Docker на практике\n- Redis\n- SSH\n- Linux";
        let newer =
            "- Git\n- Отлично знает Docker на практике\n- Redis\n- SSH\n- Печёт хлеб\n- Linux";
        assert_eq!(
            shown(older, newer),
            "- Git\n- [-Знает основы-]{+Отлично знает+} Docker на практике\n- Redis\n- SSH\n{+- Печёт хлеб+}\n- Linux"
        );
        assert_eq!(shown("- Git\n- SSH", "- Печёт хлеб"), "[-- Git-]\n[-- SSH-]\n{+- Печёт хлеб+}");
        assert_eq!(shown("a\nb\nc\nd", "a\nb\nc\nd\ne"), "…d\n{+e+}");
        assert_eq!(shown("Один", "Один"), "");
    }

    #[test]
    fn a_long_change_is_cut() {
        let text = |start: usize| {
            (start..start + 400)
                .fold(String::new(), |text, number| text + &format!("- слово{number}\n"))
        };
        let excerpt = Excerpt::new(&text(0), &text(400), 10);
        assert_eq!((excerpt.lines.len(), excerpt.left_out), (10, 790));
    }

    fn text() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec!["Git", "знает", "основы", "хлеб", "Docker", "и"]);
        let line = prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "));
        prop::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #[test]
        fn both_texts_can_be_told_from_what_differs(older in text(), newer in text()) {
            let excerpt = Excerpt::new(&older, &newer, usize::MAX);
            prop_assert_eq!(excerpt.is_empty(), without_empty(&older) == without_empty(&newer));
            for (text, place) in [(&older, Place::Older), (&newer, Place::Newer)] {
                let lines = excerpt.lines.iter().map(|line| {
                    let pieces = line.pieces.iter();
                    let own = pieces.filter(|piece| piece.place == place || piece.place == Place::Both);
                    own.map(|piece| piece.text.as_str()).collect::<String>()
                });
                // What is shown of a text is some of its lines, in their order.
                let mut rest = text.lines();
                for line in lines.filter(|line| !line.is_empty()) {
                    prop_assert!(rest.any(|other| other == line), "{line:?} in {text:?}");
                }
            }
        }
    }

    fn without_empty(text: &str) -> Vec<&str> {
        text.lines().filter(|line| !line.is_empty()).collect()
    }
}
