//! Reading files, each in the format that it is in.

use std::path::Path;

use super::files::{ImportError, Source};
use super::uploads::UploadedFile;
use crate::graders::formats::sheet::{self, Account, Answers};
use crate::graders::formats::{self, Format};

/// What was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// What each file holds; tables of several files are one.
    pub sources: Vec<Source>,
    /// How the tables were read, if there are some.
    pub account: Option<Account>,
}

/// How tables are to be read.
#[derive(Clone, Copy, Debug)]
pub enum Tables<'a> {
    /// As they seem to be, and as somebody answers beforehand.
    Guessed(&'a Answers),
    /// As an editor said, in the fields of the form; empty if nobody has yet.
    Mapped(&'a str),
}

/// Reads files, in a format or in those that their names end in.
///
/// # Errors
///
/// Everything that is wrong with the files.
pub fn read(
    files: Vec<UploadedFile>,
    format: Option<Format>,
    tables: Tables<'_>,
) -> Result<Reading, Vec<ImportError>> {
    let (mut reading, mut errors, mut sheets) = (Reading::default(), Vec::new(), Vec::new());
    for file in files {
        let format = format.or_else(|| Format::of_file(Path::new(&file.name)));
        let name = file.name.clone();
        let read = match format {
            Some(own) if formats::is_own(own, &file.content) => formats::read(own, &file.content),
            _ => {
                sheets.push((file.name, file.content));
                continue;
            }
        };
        match read {
            Ok(catalogue) => reading.sources.push(Source { name, catalogue }),
            Err(found) => {
                let error = |error| ImportError { file: name.clone(), error };
                errors.extend(found.into_iter().map(error));
            }
        }
    }
    if !sheets.is_empty() {
        let names = sheets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        let read = match tables {
            Tables::Guessed(answers) => sheet::read_files(&sheets, answers),
            Tables::Mapped("") => sheet::read_files(&sheets, &Answers::default()),
            Tables::Mapped(fields) => sheet::read_mapped(&sheets, fields),
        };
        match read {
            Ok(sheet::Reading { file: catalogue, account }) => {
                reading.sources.push(Source { name: names, catalogue });
                reading.account = Some(account);
            }
            Err(found) => {
                let error = |error| ImportError { file: names.clone(), error };
                errors.extend(found.into_iter().map(error));
            }
        }
    }
    if errors.is_empty() { Ok(reading) } else { Err(errors) }
}

/// Whether a file is a table or a document of whatever shape.
#[must_use]
pub fn has_tables(file: &UploadedFile) -> bool {
    let format = Format::of_file(Path::new(&file.name));
    !format.is_some_and(|own| formats::is_own(own, &file.content))
}

/// Whether a file with this name may be a table or a document of whatever shape.
#[must_use]
pub fn is_table(name: &str) -> bool {
    !matches!(Format::of_file(Path::new(name)), Some(Format::Toml | Format::Json))
}
