//! Tables as files for spreadsheets (RFC 4180).

use super::File;
use crate::clean::as_words;
use crate::error::AppError;

/// Tells a spreadsheet that the letters after it are UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What separates the cells of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Separator {
    /// As RFC 4180 has it.
    #[default]
    Comma,
    /// As spreadsheets expect it where the decimal sign is a comma, as in Russian.
    Semicolon,
}

/// A table that is saved as a file.
#[derive(Debug)]
pub struct Sheet {
    /// The name of the file, without its ending.
    pub name: String,
    /// The rows, the headings first.
    pub rows: Vec<Vec<String>>,
}

impl Separator {
    /// The separator that a parameter of an address names; the comma if none is named.
    ///
    /// # Errors
    ///
    /// [`AppError::BadRequest`] for any other name.
    pub fn from_parameter(name: Option<&str>) -> Result<Self, AppError> {
        match name {
            None | Some("comma") => Ok(Self::Comma),
            Some("semicolon") => Ok(Self::Semicolon),
            Some(_) => Err(AppError::BadRequest(
                "Разделитель ячеек может быть запятой (separator=comma) или точкой с запятой \
                 (separator=semicolon).",
            )),
        }
    }

    /// The name in addresses; `None` for the one that goes without saying.
    #[must_use]
    pub const fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Comma => None,
            Self::Semicolon => Some("semicolon"),
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
        }
    }
}

impl Sheet {
    /// The table as a file that browsers save.
    ///
    /// # Errors
    ///
    /// If the rows are not equally long.
    pub fn file(&self, separator: Separator) -> Result<File, AppError> {
        let name = format!("{}.csv", self.name);
        Ok(File::attachment("text/csv; charset=utf-8", &name, self.written(separator)?))
    }

    /// The bytes of the file. A cell that a spreadsheet would compute opens with an apostrophe,
    /// which makes it words.
    ///
    /// # Errors
    ///
    /// If the rows are not equally long.
    pub fn written(&self, separator: Separator) -> Result<Vec<u8>, AppError> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(separator.byte())
            .terminator(csv::Terminator::CRLF)
            .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
        for row in &self.rows {
            let row = row.iter().map(|cell| as_words(cell));
            writer.write_record(row).map_err(|error| AppError::Internal(error.into()))?;
        }
        writer.into_inner().map_err(|error| AppError::Internal(error.into_error().into()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clean::FORMULA;

    fn file(rows: &[&[&str]]) -> String {
        let row = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        let sheet = Sheet { name: "x".into(), rows: rows.iter().map(row).collect() };
        String::from_utf8(sheet.written(Separator::Comma).unwrap()).unwrap()
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
        for sign in FORMULA {
            for before in
                ["", " ", "\u{a0}", "\u{feff}", "\u{200b}\u{ad}", "\"", " '", "« ", "\n", "\t"]
            {
                let cell = format!("{before}{sign}1");
                assert_eq!(as_words(&cell), format!("'{cell}"), "{cell:?}");
            }
        }
        for cell in ["\t1", "\r1", "\n1"] {
            assert_eq!(as_words(cell), format!("'{cell}"), "{cell:?}");
        }
        for cell in ["a=1", "1-2", " C++", "«Git»", "(-1)", "", "\u{feff}"] {
            assert_eq!(as_words(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn a_formula_opens_no_cell_whatever_is_before_it(
            before in "[\\s\\p{Cc}\\p{DI}\"'«]{0,6}", sign in prop::sample::select(&FORMULA), rest in ".{0,9}",
        ) {
            let cell = format!("{before}{sign}{rest}");
            prop_assert!(as_words(&cell).starts_with('\''), "{:?}", cell);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            rows in prop::collection::vec(prop::array::uniform3("([;,\"]|.){0,9}"), 1..5),
            separator in prop::sample::select(&[Separator::Comma, Separator::Semicolon]),
        ) {
            let rows = rows.into_iter().map(Vec::from).collect::<Vec<_>>();
            let sheet = Sheet { name: "x".into(), rows: rows.clone() };
            let file = sheet.written(separator).unwrap();
            // It takes the mark for what it is.
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(separator.byte())
                .has_headers(false)
                .from_reader(file.as_slice());
            let read = reader.records().map(|record| {
                record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()
            });
            let words = rows.iter().map(|row| row.iter().map(|cell| as_words(cell)).collect());
            prop_assert_eq!(read.collect::<Vec<Vec<_>>>(), words.collect::<Vec<Vec<_>>>());
        }
    }
}
