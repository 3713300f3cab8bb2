//! Reading files, each in the format that it is in.

use super::files::{ImportError, Source};
use super::uploads::UploadedFile;
use crate::graders::formats::catalogue::TrackFile;
use crate::graders::formats::sheet::{self, Account, Answers};
use crate::graders::service::catalogue::{
    CatalogueFile, Covers, FileError, FileGrade, FileProfession, FileTrack,
};

/// In which format files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The format of the starting catalogue.
    Toml,
    /// The names of the API.
    Json,
    /// Documents or tables of whatever shape.
    Table,
}

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
        let format = format.or_else(|| of_name(&file.name));
        let name = file.name.clone();
        let read = match format {
            Some(Format::Toml) => text(&file).and_then(from_toml),
            Some(Format::Json) => text(&file).and_then(from_json),
            Some(Format::Table) | None => {
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

/// The format that a name ends in.
fn of_name(name: &str) -> Option<Format> {
    let (_, ending) = name.rsplit_once('.')?;
    match ending.to_lowercase().as_str() {
        "toml" => Some(Format::Toml),
        "json" => Some(Format::Json),
        _ => None,
    }
}

fn text(file: &UploadedFile) -> Result<&str, Vec<FileError>> {
    let text = std::str::from_utf8(&file.content).map_err(|error| {
        let read = String::from_utf8_lossy(&file.content[..error.valid_up_to()]);
        let line = read.matches('\n').count() + 1;
        let column = read.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let place = Some(crate::graders::service::catalogue::Place { line, column });
        let message = "Это не UTF-8. Сохраните файл в этой кодировке.".to_owned();
        vec![FileError { place, message }]
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn from_json(_: &str) -> Result<CatalogueFile, Vec<FileError>> {
    Err(vec![FileError { place: None, message: "JSON ещё не читается.".into() }])
}

fn from_toml(text: &str) -> Result<CatalogueFile, Vec<FileError>> {
    let file = toml::from_str::<TrackFile>(text)
        .map_err(|error| vec![FileError { place: None, message: error.to_string() }])?;
    let track = FileTrack { slug: file.track.slug.clone(), title: file.track.title, place: None };
    let professions = file.professions.into_iter().map(|profession| FileProfession {
        slug: profession.slug,
        title: profession.title,
        summary: profession.summary,
        track: Some(file.track.slug.clone()),
        grades: profession
            .grades
            .into_iter()
            .map(|grade| FileGrade {
                level: grade.level,
                description: grade.description,
                row_ids: Vec::new(),
                place: None,
            })
            .collect(),
        ..FileProfession::default()
    });
    Ok(CatalogueFile {
        covers: Covers::Tracks,
        tracks: vec![track],
        professions: professions.collect(),
        ..CatalogueFile::default()
    })
}
