//! The formats.

use std::path::Path;

use strum::VariantArray;

use super::{CatalogueFile, FileError, csv, json, markdown, matrix, toml};
use crate::variants;

/// A file format of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
pub enum Format {
    /// The format of the starting catalogue; carries everything.
    Toml,
    /// The names of the API; carries everything.
    Json,
    /// A document for each ladder.
    Markdown,
    /// A row for each requirement.
    Csv,
    /// Competencies down and grades across.
    MatrixCsv,
    /// The same as a workbook, with a sheet for each profession.
    Xlsx,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The name in addresses and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Toml => "toml",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
            Self::MatrixCsv => "matrix-csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format with a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What pages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Toml => "TOML",
            Self::Json => "JSON",
            Self::Markdown => "Markdown",
            Self::Csv => "CSV",
            Self::MatrixCsv => "CSV\u{a0}по\u{a0}грейдам",
            Self::Xlsx => "XLSX",
        }
    }

    /// What names of files end in, without the point.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Toml => "toml",
            Self::Json => "json",
            Self::Markdown => "md",
            Self::Csv | Self::MatrixCsv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Toml => "application/toml; charset=utf-8",
            Self::Json => "application/json",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Csv | Self::MatrixCsv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The format that the name of a file ends in: of the two with the same ending the first.
    #[must_use]
    pub fn of_file(name: &Path) -> Option<Self> {
        let ending = name.extension()?.to_str()?.to_lowercase();
        let ending = if ending == "markdown" { "md" } else { ending.as_str() };
        Self::ALL.into_iter().find(|format| format.ending() == ending)
    }

    /// Whether files of it are no text.
    #[must_use]
    pub const fn is_binary(self) -> bool {
        matches!(self, Self::Xlsx)
    }
}

/// Whether [`read`] is for a file, and not the guess at tables and documents of whatever shape ([`super::sheet`]).
#[must_use]
pub fn is_own(format: Format, bytes: &[u8]) -> bool {
    match format {
        Format::Toml | Format::Json => true,
        Format::Csv => csv::is_own(bytes),
        Format::Markdown => text(bytes).is_ok_and(markdown::is_own),
        Format::MatrixCsv | Format::Xlsx => false,
    }
}

/// Reads a file that [`write`] could have written, or people.
///
/// # Errors
///
/// Everything that is wrong with it, in the order of the file.
pub fn read(format: Format, bytes: &[u8]) -> Result<CatalogueFile, Vec<FileError>> {
    let text = text(bytes).map_err(|error| vec![error])?;
    match format {
        Format::Toml => toml::read(text),
        Format::Json => json::read(text),
        Format::Markdown => markdown::read(text),
        Format::Csv => csv::read(text),
        Format::MatrixCsv | Format::Xlsx => {
            let message = "Эта таблица читается по столбцам, а не как каталог.".into();
            Err(vec![FileError { place: None, message }])
        }
    }
}

/// Writes a file.
///
/// # Errors
///
/// If it can't be written, which no catalogue causes.
pub fn write(format: Format, file: &CatalogueFile) -> Result<Vec<u8>, String> {
    match format {
        Format::Toml => Ok(toml::write(file).into_bytes()),
        Format::Json => json::write(file),
        Format::Markdown => Ok(markdown::write(file).into_bytes()),
        Format::Csv => csv::write(file),
        Format::MatrixCsv => matrix::write_csv(file),
        Format::Xlsx => matrix::write_xlsx(file),
    }
}

fn text(bytes: &[u8]) -> Result<&str, FileError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let before = String::from_utf8_lossy(before);
        let place = super::tree::Faults::new(&before).place(before.len());
        let message = "Файл не в UTF-8: здесь байт, которого в этой кодировке не бывает.".into();
        FileError { place: Some(place), message }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
