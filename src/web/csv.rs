//! Tables as files for spreadsheets (RFC 4180).

use super::File;
use crate::error::AppError;

/// Tells a spreadsheet that the letters after it are UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table that is saved as a file.
#[derive(Debug)]
pub struct Sheet {
    /// The name of the file, without its ending.
    pub name: String,
    /// The rows, the headings first.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// The table as a file that browsers save.
    ///
    /// # Errors
    ///
    /// If the rows are not equally long.
    pub fn file(&self) -> Result<File, AppError> {
        let name = format!("{}.csv", self.name);
        Ok(File::attachment("text/csv; charset=utf-8", &name, self.written()?))
    }

    /// The bytes of the file. A cell that a spreadsheet would compute opens with an apostrophe,
    /// which makes it words.
    ///
    /// # Errors
    ///
    /// If the rows are not equally long.
    fn written(&self) -> Result<Vec<u8>, AppError> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
        for row in &self.rows {
            let row = row.iter().map(|cell| as_words(cell));
            writer.write_record(row).map_err(|error| AppError::Internal(error.into()))?;
        }
        writer.into_inner().map_err(|error| AppError::Internal(error.into_error().into()))
    }
}

fn as_words(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(rows: &[&[&str]]) -> String {
        let row = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        let sheet = Sheet { name: "x".into(), rows: rows.iter().map(row).collect() };
        String::from_utf8(sheet.written().unwrap()).unwrap()
    }

    #[test]
    fn lines_end_and_quotes_stand_as_the_format_asks() {
        assert_eq!(
            file(&[&["Навык", "Джун"], &["«C», \"си\"", ""]]),
            "\u{feff}Навык,Джун\r\n\"«C», \"\"си\"\"\",\r\n"
        );
        assert_eq!(file(&[]), "\u{feff}");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let file = file(&[&[cell, "b"]]);
            let cells = file.trim_start_matches('\u{feff}').trim_start_matches('"');
            assert!(cells.starts_with(&format!("'{cell}")), "{file:?}");
        }
        assert_eq!(file(&[&["a=1", "1-2"]]), "\u{feff}a=1,1-2\r\n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec(prop::array::uniform3(".{0,9}"), 1..5)) {
            let rows = rows.into_iter().map(Vec::from).collect::<Vec<_>>();
            let sheet = Sheet { name: "x".into(), rows: rows.clone() };
            let file = sheet.written().unwrap();
            // It takes the mark for what it is.
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_slice());
            let read = reader.records().map(|record| {
                record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()
            });
            let words = rows.iter().map(|row| row.iter().map(|cell| as_words(cell)).collect());
            prop_assert_eq!(read.collect::<Vec<Vec<_>>>(), words.collect::<Vec<Vec<_>>>());
        }
    }
}
