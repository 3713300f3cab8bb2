//! Differences between two texts, and three-way merging.

use diffy::{ConflictStyle, MergeOptions};
use similar::{ChangeTag, TextDiff};

/// One line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedLine {
    /// How the line changed.
    pub change: Change,
    /// The line in pieces, without the line break.
    pub pieces: Vec<Piece>,
}

/// How a line changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is in both texts.
    Kept,
    /// It is in the older text only.
    Removed,
    /// It is in the newer text only.
    Added,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether this part of the line changed.
    pub is_changed: bool,
}

/// Compares two texts by lines, and changed lines by words.
#[must_use]
pub fn compare(older: &str, newer: &str) -> Vec<ChangedLine> {
    let (older, newer) = (with_final_newline(older), with_final_newline(newer));
    let diff = TextDiff::from_lines(older.as_str(), newer.as_str());
    diff.iter_all_inline_changes()
        .map(|line| {
            let change = match line.tag() {
                ChangeTag::Equal => Change::Kept,
                ChangeTag::Delete => Change::Removed,
                ChangeTag::Insert => Change::Added,
            };
            let pieces = line
                .iter_strings_lossy()
                .map(|(is_changed, text)| (is_changed, text.trim_end_matches('\n').to_owned()))
                .filter(|(_, text)| !text.is_empty())
                .map(|(is_changed, text)| Piece { text, is_changed })
                .collect();
            ChangedLine { change, pieces }
        })
        .collect()
}

/// Compares two lines by words: each in pieces.
#[must_use]
pub fn compare_words(older: &str, newer: &str) -> (Vec<Piece>, Vec<Piece>) {
    let diff = TextDiff::from_words(older, newer);
    let pieces = |without: ChangeTag| {
        let changes = diff.iter_all_changes().filter(|change| change.tag() != without);
        let changes = changes.map(|change| (change.value(), change.tag() != ChangeTag::Equal));
        let mut changes = changes.collect::<Vec<_>>();
        // A space between two changed words belongs to the change.
        for place in 1..changes.len().saturating_sub(1) {
            let is_space = changes[place].0.trim().is_empty();
            changes[place].1 |= is_space && changes[place - 1].1 && changes[place + 1].1;
        }
        let mut pieces = Vec::<Piece>::new();
        for (text, is_changed) in changes {
            match pieces.last_mut() {
                Some(last) if last.is_changed == is_changed => last.text.push_str(text),
                _ => pieces.push(Piece { text: text.to_owned(), is_changed }),
            }
        }
        pieces
    };
    (pieces(ChangeTag::Insert), pieces(ChangeTag::Delete))
}

/// The result of a three-way merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The text with both changes; in a conflict the stored lines stand before the typed ones.
    pub text: String,
    /// Whether there are conflicts.
    pub overlaps: bool,
}

/// Merges two edits of `base` by lines. No added line is lost.
#[must_use]
pub fn merge(base: &str, stored: &str, typed: &str) -> Merged {
    let stretches = three_way(base, stored, typed);
    let overlaps = stretches.iter().any(|stretch| matches!(stretch, Stretch::Place { .. }));
    let lines = stretches.iter().flat_map(|stretch| match stretch {
        Stretch::Merged(lines) => lines.iter().collect::<Vec<_>>(),
        Stretch::Place { mine, other } => other.iter().chain(mine).collect(),
    });
    let text = lines.map(String::as_str).collect::<Vec<_>>().join("\n");
    Merged { text: text.trim_end().to_owned(), overlaps }
}

/// Some lines of two edits of one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// Lines that both have, or that only one of them changed: as they are after the change.
    Merged(Vec<String>),
    /// Lines that both changed, each in its own way.
    Place {
        /// As they were typed.
        mine: Vec<String>,
        /// As they were stored meanwhile.
        other: Vec<String>,
    },
}

/// Compares two edits of `base` by lines: all lines of both, in order.
#[must_use]
pub fn three_way(base: &str, stored: &str, typed: &str) -> Vec<Stretch> {
    let (base, stored, typed) =
        (with_final_newline(base), with_final_newline(stored), with_final_newline(typed));
    // Longer than any line, so that no line of the texts can be taken for a conflict marker.
    let longest = [&base, &stored, &typed].into_iter().flat_map(|text| text.lines());
    let marker_length = longest.map(str::len).max().unwrap_or_default() + 7;
    let mut options = MergeOptions::new();
    options.set_conflict_marker_length(marker_length).set_conflict_style(ConflictStyle::Merge);
    let (Ok(merged) | Err(merged)) = options.merge(&base, &stored, &typed);
    let marker = |line: &str| {
        ['<', '=', '>']
            .into_iter()
            .find(|sign| line.chars().take_while(|letter| letter == sign).count() == marker_length)
    };
    let mut stretches = Vec::new();
    let (mut lines, mut other) = (Vec::new(), Vec::new());
    for line in merged.lines() {
        match marker(line) {
            Some('<') if lines.is_empty() => {}
            Some('<') => stretches.push(Stretch::Merged(std::mem::take(&mut lines))),
            Some('=') => other = std::mem::take(&mut lines),
            Some(_) => {
                let (mine, other) = (std::mem::take(&mut lines), std::mem::take(&mut other));
                stretches.push(Stretch::Place { mine, other });
            }
            None => lines.push(line.to_owned()),
        }
    }
    if !lines.is_empty() {
        stretches.push(Stretch::Merged(lines));
    }
    stretches
}

/// The text with a line break at its end, so that equal lines compare equal in any position.
fn with_final_newline(text: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn signs(older: &str, newer: &str) -> String {
        let line = |line: ChangedLine| {
            let sign = match line.change {
                Change::Kept => ' ',
                Change::Removed => '-',
                Change::Added => '+',
            };
            let pieces = line.pieces.into_iter().map(|piece| {
                if piece.is_changed { format!("[{}]", piece.text) } else { piece.text }
            });
            format!("{sign}{}\n", pieces.collect::<String>())
        };
        compare(older, newer).into_iter().map(line).collect()
    }

    #[test]
    fn changed_words_of_two_lines_are_marked() {
        let marked = |pieces: Vec<Piece>| {
            let pieces = pieces.into_iter();
            let piece = |piece: Piece| {
                if piece.is_changed { format!("[{}]", piece.text) } else { piece.text }
            };
            pieces.map(piece).collect::<String>()
        };
        let (older, newer) =
            compare_words("знает фронтенд ещё одного проекта", "знает ещё один проект");
        assert_eq!(marked(older), "знает [фронтенд ]ещё [одного проекта]");
        assert_eq!(marked(newer), "знает ещё [один проект]");
    }

    #[test]
    fn changed_words_are_marked_in_changed_lines() {
        assert_eq!(
            signs("- Git\n- Знает основы SQL\n- SSH", "- Git\n- Знает тонкости SQL\n- SSH\n"),
            " - Git\n-- Знает [основы] SQL\n+- Знает [тонкости] SQL\n - SSH\n"
        );
        assert_eq!(signs("", "- Git"), "+- Git\n");
        assert_eq!(signs("- Git", ""), "-- Git\n");
        assert_eq!(signs("- Git", "- Git\n"), " - Git\n");
    }

    #[test]
    fn edits_of_different_lines_are_merged() {
        let base = "- a\n- b\n- c\n- d\n- e";
        let merged = merge(base, "- A\n- b\n- c\n- d\n- e", "- a\n- b\n- c\n- d\n- E\n- f");
        assert_eq!(merged, Merged { text: "- A\n- b\n- c\n- d\n- E\n- f".into(), overlaps: false });
    }

    #[test]
    fn conflicting_edits_stand_one_after_the_other() {
        let merged = merge("- a\n- b", "- a\n- stored", "- a\n- typed");
        assert_eq!(merged, Merged { text: "- a\n- stored\n- typed".into(), overlaps: true });
    }

    #[test]
    fn a_line_that_looks_like_a_conflict_marker_stays() {
        let merged = merge("a", "<<<<<<< ours\n=======", ">>>>>>> theirs\n=======");
        for line in ["<<<<<<< ours", "=======", ">>>>>>> theirs"] {
            assert!(merged.text.lines().any(|found| found == line), "{merged:?}");
        }
    }

    fn lines() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(0_u8..30, 0..12)
    }

    fn text(lines: &[u8]) -> String {
        lines.iter().map(|line| format!("- {line}\n")).collect::<Vec<_>>().concat()
    }

    proptest! {
        #[test]
        fn both_texts_can_be_restored_from_a_comparison(older in lines(), newer in lines()) {
            let compared = compare(&text(&older), &text(&newer));
            let side = |other: Change| -> String {
                let lines = compared.iter().filter(|line| line.change != other);
                let joined = lines.map(|line| {
                    line.pieces.iter().map(|piece| piece.text.as_str()).collect::<String>() + "\n"
                });
                joined.collect()
            };
            prop_assert_eq!(side(Change::Added), text(&older));
            prop_assert_eq!(side(Change::Removed), text(&newer));
        }

        #[test]
        fn merging_loses_no_added_line(
            base in lines(), stored in lines(), typed in lines(),
        ) {
            let merged = merge(&text(&base), &text(&stored), &text(&typed));
            for line in stored.iter().chain(&typed).filter(|line| !base.contains(line)) {
                let line = format!("- {line}");
                prop_assert!(merged.text.lines().any(|found| found == line), "{line} {merged:?}");
            }
        }

        #[test]
        fn a_single_edit_is_the_result_of_the_merge(base in lines(), changed in lines()) {
            let (base, changed) = (text(&base), text(&changed));
            let expected = Merged { text: changed.trim_end().into(), overlaps: false };
            prop_assert_eq!(&merge(&base, &changed, &base), &expected);
            prop_assert_eq!(&merge(&base, &base, &changed), &expected);
        }
    }

    #[test]
    fn only_places_that_both_changed_are_to_be_chosen() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let found = three_way("a\nb\nc\nd", "a\nB\nc\nd\ne", "a\nβ\nc\nD");
        assert_eq!(
            found,
            [
                Stretch::Merged(lines("a")),
                Stretch::Place { mine: lines("β"), other: lines("B") },
                Stretch::Merged(lines("c")),
                Stretch::Place { mine: lines("D"), other: lines("d\ne") },
            ]
        );
        assert_eq!(three_way("a\nb", "A\nb", "a\nb"), [Stretch::Merged(lines("A\nb"))]);
    }
}
