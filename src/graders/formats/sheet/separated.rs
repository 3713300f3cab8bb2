//! Tables in text files: CSV, with any of the usual separators.

use super::FileError;
use super::table::{Limits, Row, Table};
use crate::graders::formats::Place;

/// What may separate cells, in the order in which they are tried.
const SEPARATORS: [u8; 4] = *b";\t,|";

/// How many lines are looked at to find the separator.
const LOOKED_AT: usize = 50;

/// The table of a text.
///
/// # Errors
///
/// If it holds more than can be read.
pub fn table(file: &str, text: &str, limits: &mut Limits) -> Result<Table, FileError> {
    // A line with the separator, as Excel understands it, is no row.
    let told = text.lines().next().and_then(|line| line.trim().strip_prefix("sep="));
    let separator = match told.map(str::as_bytes) {
        Some([separator]) if separator.is_ascii() => *separator,
        _ => separator(text),
    };
    let mut table = Table { file: file.to_owned(), ..Table::default() };
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(separator).has_headers(false).flexible(true);
    for record in reader.from_reader(text.as_bytes()).records() {
        let record = record.map_err(|error| {
            let place = error.position().map(|position| Place {
                line: usize::try_from(position.line()).unwrap_or_default(),
                column: 1,
            });
            FileError {
                place, message: "Не удалось прочитать строку таблицы.".to_owned()
            }
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let line = usize::try_from(line).unwrap_or_default();
        if line == 1 && told.is_some() {
            continue;
        }
        let row = Row::new(line, record.iter());
        limits.row(&row)?;
        table.rows.push(row);
    }
    Ok(table.trimmed())
}

/// The separator with which most rows have as many cells as the first rows, and more than one.
fn separator(text: &str) -> u8 {
    let score = |separator: u8| {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.delimiter(separator).has_headers(false).flexible(true);
        let widths = reader.from_reader(text.as_bytes()).into_records().take(LOOKED_AT);
        let mut widths =
            widths.map_while(Result::ok).map(|record| record.len()).collect::<Vec<_>>();
        widths.sort_unstable();
        let Some(usual) = widths.get(widths.len() / 2).copied() else { return 0.0 };
        let wide = widths.iter().filter(|width| **width > 1).count();
        let same = widths.iter().filter(|width| **width == usual && usual > 1).count();
        let part = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        (part(wide) + 2.0 * part(same)) / part(widths.len())
    };
    let mut best = (SEPARATORS[0], 0.0);
    for separator in SEPARATORS {
        let found = score(separator);
        if found > best.1 {
            best = (separator, found);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let table = table("a.csv", text, &mut Limits::default()).unwrap();
        let texts = |row: &Row| row.cells.iter().map(|cell| cell.text.clone()).collect();
        table.rows.iter().map(texts).collect()
    }

    #[test]
    fn the_separator_is_found() {
        for (text, expected) in [
            ("Навык;Джун\r\nGit, SSH;да\r\n", [["Навык", "Джун"], ["Git, SSH", "да"]]),
            ("Навык,Джун\nGit; SSH,да\n", [["Навык", "Джун"], ["Git; SSH", "да"]]),
            ("Навык\tДжун\nGit, SSH\tда\n", [["Навык", "Джун"], ["Git, SSH", "да"]]),
            ("Навык|Джун\nGit, SSH|да\n", [["Навык", "Джун"], ["Git, SSH", "да"]]),
            ("sep=,\nНавык,Джун\nGit; SSH,да\n", [["Навык", "Джун"], ["Git; SSH", "да"]]),
        ] {
            assert_eq!(rows(text), expected, "{text}");
        }
    }

    #[test]
    fn quoted_cells_hold_line_breaks_and_rows_may_be_ragged() {
        let text = "Навык;Джун;Мидл\n;;\nGit;\"ветки\r\n\"\"слияния\"\"\"\nSQL;;да;;;\n";
        let read = table("a.csv", text, &mut Limits::default()).unwrap();
        assert_eq!(read.rows[1].text(1), "ветки\n\"слияния\"");
        assert_eq!(read.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 3, 5]);
        assert_eq!(read.width(), 3);
    }

    #[test]
    fn too_many_columns_are_refused() {
        let refused = table("a.csv", &";а".repeat(10_000), &mut Limits::default()).unwrap_err();
        assert!(refused.message.contains("256 столбцов"), "{refused}");
    }
}
