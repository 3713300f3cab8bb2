//! Texts as files of Markdown.

/// What means something inside a line of Markdown, or in a cell of a table.
const MEANING: [char; 12] = ['\\', '`', '*', '_', '[', ']', '<', '>', '|', '~', '&', '#'];

/// Words that stay the same words of one line, or of one cell, wherever they stand in it.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if letter.is_control() || letter.is_whitespace() {
            escaped.push(if letter == '\u{a0}' { letter } else { ' ' });
            continue;
        }
        if MEANING.contains(&letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// The cells of a table with one row, as a reader of Markdown sees them; nothing but words may
    /// be in them.
    fn cells(row: &str) -> Vec<String> {
        let table = format!("| a | b |\n|---|---|\n{row}\n");
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let mut cells = Vec::new();
        for event in Parser::new_ext(&table, options) {
            match event {
                Event::Start(Tag::TableCell) => cells.push(String::new()),
                Event::Text(text) => cells.last_mut().unwrap().push_str(&text),
                Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow)
                | Event::End(
                    TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell,
                ) => {}
                other => panic!("{other:?} in {table:?}"),
            }
        }
        cells.split_off(2)
    }

    #[test]
    fn a_line_reads_well() {
        assert_eq!(escaped("CI/CD — C#, a|b\n`x`"), "CI/CD — C\\#, a\\|b \\`x\\`");
    }

    fn texts() -> impl Strategy<Value = String> {
        let pieces = [
            "|",
            "\\",
            "`",
            "``",
            "*",
            "**a**",
            "_b_",
            "[x](y)",
            "![",
            "<b>",
            "<a@b.c>",
            "&lt;",
            "&#124;",
            "~~",
            "# ",
            "- ",
            "1. ",
            "\n",
            "\r\n",
            " ",
            "слово",
            "https://a.b",
            ":-",
            "$",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..12)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text_stays_one_cell_of_the_same_words(text in prop_oneof![texts(), any::<String>()]) {
            let words = |text: &str| text.chars()
                .map(|letter| if letter.is_whitespace() || letter.is_control() { ' ' } else { letter })
                .collect::<String>().trim().to_owned();
            let read = cells(&format!("| {} | x |", escaped(&text)));
            prop_assert_eq!(read.iter().map(|cell| words(cell)).collect::<Vec<_>>(), [words(&text), "x".to_owned()]);
        }
    }
}
