//! Tables as sheets and Markdown write them.

use std::borrow::Cow;

use super::kind::Kind;
use super::markers::{begins_block, marker};

/// What stands between the cells of a row in one line.
const BETWEEN_CELLS: &str = " — ";

/// More lines than a cell of a sheet has.
const MOST_LINES: usize = 50;

/// Some lines that are rows of a table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// How many they are.
    pub rows: usize,
    /// What stands between cells: a tab or a pipe.
    pub between: char,
}

/// The table that the first of some lines begins.
pub fn table(lines: &[Cow<'_, str>]) -> Option<Table> {
    let (first, second) = (lines.first()?, lines.get(1)?);
    if !first.contains(['|', '\t']) {
        return None;
    }
    let count = |is_row: &dyn Fn(&str) -> bool| lines.iter().take_while(|row| is_row(row)).count();
    let (rows, between) = if is_row_of_pipes(first) {
        (count(&is_row_of_pipes), '|')
    } else if first.contains('|') && is_separator(second) {
        // The pipes at the ends may be left out (GitHub Flavored Markdown 0.29, section 4.10).
        (count(&|row: &str| row.contains('|')), '|')
    } else if first.trim().contains('\t') {
        (count(&is_row_of_sheet), '\t')
    } else {
        let pipes = pipes_between_words(first)?;
        (count(&|row: &str| pipes_between_words(row) == Some(pipes)), '|')
    };
    (rows >= 2).then_some(Table { rows, between })
}

fn is_row_of_sheet(line: &str) -> bool {
    let text = line.trim();
    !text.is_empty() && line.contains('\t') && marker(text).is_none() && !text.starts_with('>')
}

fn is_row_of_pipes(line: &str) -> bool {
    let text = line.trim();
    text.len() > 2 && text.starts_with('|') && text.ends_with('|')
}

/// How many pipes between spaces a line of words has, if it has any.
fn pipes_between_words(line: &str) -> Option<usize> {
    let text = line.trim();
    let is_prose = marker(text).is_none() && !begins_block(text) && !text.starts_with(['>', '|']);
    let count = text.matches(" | ").count();
    (is_prose && count > 0 && !text.contains('`')).then_some(count)
}

/// Whether a row only separates the heading of a table from its body.
pub fn is_separator(row: &str) -> bool {
    row.contains('|')
        && row.contains('-')
        && row.chars().all(|sign| matches!(sign, '|' | '-' | ':') || sign.is_whitespace())
}

/// The cells of a row that have something in them.
pub fn cells(row: &str, between: char) -> Vec<String> {
    let row = row.trim();
    let cells = if between == '|' {
        let row = row.trim_matches('|').replace("\\|", "\u{0}");
        row.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect::<Vec<_>>()
    } else {
        row.split(between).map(|cell| cell.trim().to_owned()).collect()
    };
    cells.into_iter().filter(|cell| !cell.is_empty()).collect()
}

/// A row in one line; a label in its first cell is one.
pub fn joined(cells: &[String]) -> String {
    match cells {
        [label, rest @ ..]
            if !rest.is_empty() && Kind::named(label.trim_end_matches(':')).is_some() =>
        {
            format!("{}: {}", label.trim_end_matches(':'), rest.join(BETWEEN_CELLS))
        }
        cells => cells.join(BETWEEN_CELLS),
    }
}

/// The row that the first of some lines begins, in one line, and how many lines it takes; `None` unless a
/// line break stands in one of its cells. Sheets then write the cell in quotation marks, and those in it
/// twice (RFC 4180, section 2).
pub fn row_of_several_lines(lines: &[&str]) -> Option<(String, usize)> {
    let first = lines.first()?;
    if !first.starts_with('"') && !first.contains("\t\"") {
        return None;
    }
    let text = lines[..lines.len().min(MOST_LINES)].join("\n");
    let (mut row, mut rest, mut taken) = (String::new(), text.as_str(), 1);
    loop {
        let cell = rest.strip_prefix('"').and_then(quoted);
        let (cell, after) = cell.unwrap_or_else(|| {
            let end = rest.find(['\t', '\n']).unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        });
        taken += rest[..rest.len() - after.len()].matches('\n').count();
        row.push_str(&cell.replace('\n', " "));
        match after.strip_prefix('\t') {
            Some(next) => {
                row.push('\t');
                rest = next;
            }
            None => return (taken > 1 && row.contains('\t')).then_some((row, taken)),
        }
    }
}

/// The text of a cell after its first quotation mark, and what follows the cell.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut at = 0;
    loop {
        at += text[at..].find('"')? + 1;
        if !text[at..].starts_with('"') {
            break;
        }
        at += 1;
    }
    let after = &text[at..];
    let is_end = after.is_empty() || after.starts_with(['\t', '\n']);
    is_end.then(|| (text[..at - 1].replace("\"\"", "\""), after))
}

#[cfg(test)]
mod tests {
    use super::super::Description;
    use super::super::examples::seen;

    fn notes(text: &str) -> Vec<String> {
        Description::parse(text).paragraphs().map(|note| note.text.clone()).collect()
    }

    #[test]
    fn rows_of_a_table_are_seen() {
        assert_eq!(
            seen("React\tхорошо\nЗнакомство\tVue\t\n\tGit\t"),
            ["React — хорошо", "acquaintance: Vue", "Git"]
        );
        let pipes = "| Навык | Глубина |\n|---|:-:|\n| React | хорошо |\n| a \\| b | |";
        assert_eq!(seen(pipes), ["React — хорошо", "a | b"]);
        assert_eq!(notes(pipes), ["Навык — Глубина"]);
        assert_eq!(seen("Одна строка\tс табуляцией"), Vec::<String>::new());
    }

    #[test]
    fn tables_without_outer_pipes_and_cells_of_several_lines_are_read() {
        for (text, expected) in [
            (
                "Навык | Глубина\n---|---\nReact | хорошо\nGit | да",
                vec!["React — хорошо", "Git — да"],
            ),
            ("Знакомство | Git\nОпыт | SSH", vec!["acquaintance: Git", "experience: SSH"]),
            (
                "\"Docker\nи Compose\"\tхорошо\nGit\tотлично",
                vec!["Docker и Compose — хорошо", "Git — отлично"],
            ),
            (
                "Git\tотлично\nDocker\t\"строит\n\nобразы \"\"с нуля\"\"\"",
                vec!["Git — отлично", "Docker — строит  образы \"с нуля\""],
            ),
            ("\"Git\" и\tда\n\"Go\tнет", vec!["\"Git\" и — да", "\"Go — нет"]),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
        assert_eq!(notes("Навык | Глубина\n:-|-:\nGit | да"), ["Навык — Глубина"]);
        assert!(seen("Git | Go\nи всё\n\n\"Он сказал\nи ушёл\"").is_empty());
    }
}
