//! What a revision changed, and how two changes of one text come together.

use diffy::{ConflictStyle, MergeOptions};
use similar::{ChangeTag, TextDiff};

/// One line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedLine {
    /// What became of the line.
    pub change: Change,
    /// The line in pieces, without its end.
    pub pieces: Vec<Piece>,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It stayed.
    Kept,
    /// It is in the older text only.
    Removed,
    /// It is in the newer text only.
    Added,
}

/// Some words of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Whether these words are what changed in the line.
    pub is_changed: bool,
}

/// Compares two texts line by line, and changed lines word by word.
#[must_use]
pub fn compare(older: &str, newer: &str) -> Vec<ChangedLine> {
    let (older, newer) = (ended(older), ended(newer));
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

/// Two changes of one text, brought together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The text with both changes; where they overlap, the stored lines before the typed ones.
    pub text: String,
    /// Whether they overlap anywhere.
    pub overlaps: bool,
}

/// Brings together what two people made of `base`, by lines. No line of either is lost.
#[must_use]
pub fn merge(base: &str, stored: &str, typed: &str) -> Merged {
    let (base, stored, typed) = (ended(base), ended(stored), ended(typed));
    // Longer than any line, so that no line of the texts looks like a marker.
    let longest = [&base, &stored, &typed].into_iter().flat_map(|text| text.lines());
    let marker_length = longest.map(str::len).max().unwrap_or_default() + 7;
    let mut options = MergeOptions::new();
    options.set_conflict_marker_length(marker_length).set_conflict_style(ConflictStyle::Merge);
    match options.merge(&base, &stored, &typed) {
        Ok(text) => Merged { text: text.trim_end().to_owned(), overlaps: false },
        Err(marked) => {
            let is_marker = |line: &str| {
                ['<', '=', '>'].iter().any(|sign| {
                    line.chars().take_while(|letter| letter == sign).count() == marker_length
                })
            };
            let lines = marked.lines().filter(|line| !is_marker(line)).collect::<Vec<_>>();
            Merged { text: lines.join("\n").trim_end().to_owned(), overlaps: true }
        }
    }
}

/// The text with an end to its last line, so that lines compare alike wherever they stand.
fn ended(text: &str) -> String {
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
    fn changes_of_different_lines_come_together() {
        let base = "- a\n- b\n- c\n- d\n- e";
        let merged = merge(base, "- A\n- b\n- c\n- d\n- e", "- a\n- b\n- c\n- d\n- E\n- f");
        assert_eq!(merged, Merged { text: "- A\n- b\n- c\n- d\n- E\n- f".into(), overlaps: false });
    }

    #[test]
    fn changes_of_one_line_stand_one_after_the_other() {
        let merged = merge("- a\n- b", "- a\n- stored", "- a\n- typed");
        assert_eq!(merged, Merged { text: "- a\n- stored\n- typed".into(), overlaps: true });
    }

    #[test]
    fn a_line_that_looks_like_a_marker_is_a_line() {
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
        fn a_comparison_holds_both_texts(older in lines(), newer in lines()) {
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
        fn merging_loses_no_line_that_either_added(
            base in lines(), stored in lines(), typed in lines(),
        ) {
            let merged = merge(&text(&base), &text(&stored), &text(&typed));
            for line in stored.iter().chain(&typed).filter(|line| !base.contains(line)) {
                let line = format!("- {line}");
                prop_assert!(merged.text.lines().any(|found| found == line), "{line} {merged:?}");
            }
        }

        #[test]
        fn a_change_by_one_alone_is_the_result(base in lines(), changed in lines()) {
            let (base, changed) = (text(&base), text(&changed));
            let expected = Merged { text: changed.trim_end().into(), overlaps: false };
            prop_assert_eq!(&merge(&base, &changed, &base), &expected);
            prop_assert_eq!(&merge(&base, &base, &changed), &expected);
        }
    }
}
