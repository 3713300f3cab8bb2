//! Ladders in spreadsheets and documents as people keep them: what the parts of a table mean is guessed, asked
//! about, and told line by line.
//!
//! A file is read into [`Table`]s; [`guess`] says how they lie; [`apply`] makes a catalogue of them by that, and
//! an [`Account`] of what became of every cell.

mod account;
mod apply;
mod archive;
mod document;
mod encoding;
mod guess;
mod lines;
mod mapping;
mod marks;
mod names;
mod separated;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod workbook;

pub use self::account::{Account, Became, TableAccount, Told, Why};
pub use self::apply::apply;
pub use self::guess::{guess, guess_again, lying};
pub use self::mapping::{Documents, Layout, LevelChoice, Mapping, Numbers, Role, TableMapping};
use self::names::compared;
pub use self::table::{Cell, Kind, Row, Table};
use self::table::{Limits, MOST_TABLES};
pub use self::template::{empty_csv, empty_workbook};
use super::CatalogueFile;
pub use super::FileError;
use crate::ladder::Level;

/// The rank that a name in any usual spelling stands for.
#[must_use]
pub fn rank_named(name: &str) -> Option<Level> {
    let usual = || match names::read(name) {
        Some(names::Name::Rank(level)) => Some(level),
        _ => None,
    };
    name.parse().ok().or_else(usual)
}

/// What was read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The catalogue.
    pub file: CatalogueFile,
    /// How each cell was read.
    pub account: Account,
}

/// What a person says of some tables beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// The name of the profession in addresses.
    pub profession: Option<String>,
    /// The title of the profession.
    pub title: Option<String>,
    /// The track, by its name in addresses.
    pub track: Option<String>,
    /// The title of a track to make.
    pub new_track: Option<String>,
    /// What names of levels mean; `None` leaves out what is asked there.
    pub levels: Vec<(String, Option<Level>)>,
}

/// The tables of some files; the content of each stands beside its name.
///
/// # Errors
///
/// What is wrong with each of the files that can't be read.
pub fn read_tables(files: &[(String, Vec<u8>)]) -> Result<Vec<Table>, Vec<FileError>> {
    let (mut tables, mut errors, mut limits) = (Vec::new(), Vec::new(), Limits::default());
    for (name, bytes) in files {
        match of_file(name, bytes, &mut limits) {
            Ok(read) => tables.extend(read),
            Err(error) if files.len() > 1 => {
                let message = format!("{name}: {}", error.message);
                errors.push(FileError { message, ..error });
            }
            Err(error) => errors.push(error),
        }
    }
    tables.retain(|table| !table.rows.iter().all(|row| row.filled().next().is_none()));
    if tables.len() > MOST_TABLES {
        let message = format!("Больше {MOST_TABLES} таблиц за раз не читается. Разделите файлы.");
        errors.push(FileError { place: None, message });
    }
    if tables.is_empty() && errors.is_empty() {
        let message = "Читать нечего: таблица пуста.".to_owned();
        errors.push(FileError { place: None, message });
    }
    if errors.is_empty() { Ok(tables) } else { Err(errors) }
}

fn of_file(name: &str, bytes: &[u8], limits: &mut Limits) -> Result<Vec<Table>, FileError> {
    if workbook::is_workbook(bytes) {
        return workbook::tables(name, bytes, limits);
    }
    let ending = name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_lowercase());
    if ["xlsx", "xlsm", "xls", "ods", "xlsb"].contains(&ending.as_str()) && !bytes.is_empty() {
        let message = format!("Файл называется .{ending}, но это не книга с таблицами.");
        return Err(FileError { place: None, message });
    }
    let (text, encoding) = encoding::decoded(bytes)?;
    let mut tables = if ["md", "markdown", "mdown"].contains(&ending.as_str()) {
        document::tables(name, &text, limits)?
    } else {
        vec![separated::table(name, &text, limits)?]
    };
    if let (Some(encoding), Some(first)) = (encoding, tables.first_mut()) {
        first.remarks.push(format!("Кодировка: {encoding}."));
    }
    Ok(tables)
}

/// What files hold, read as it is guessed and as the answers say.
///
/// # Errors
///
/// What is wrong with the files, or the questions that the answers leave open.
pub fn read_files(
    files: &[(String, Vec<u8>)],
    answers: &Answers,
) -> Result<Reading, Vec<FileError>> {
    let tables = read_tables(files)?;
    let mut mapping = guess(&tables);
    let mut errors = Vec::new();
    let mut refuse = |message: String| errors.push(FileError { place: None, message });
    for (name, level) in &answers.levels {
        let name = compared(name);
        if let Some(choice) =
            mapping.levels.iter_mut().find(|choice| compared(&choice.name) == name)
        {
            (choice.level, choice.is_sure) = (*level, true);
        } else {
            let names = mapping.levels.iter().map(|choice| format!("«{}»", choice.name));
            let names = names.collect::<Vec<_>>().join(", ");
            refuse(format!("Уровня «{name}» в файле нет. Есть: {names}."));
        }
    }
    for choice in mapping.levels.iter().filter(|choice| !choice.is_sure) {
        let name = &choice.name;
        let guessed = choice.level.map_or("-", Level::name);
        refuse(format!("Что значит уровень «{name}»? Ответьте: --level '{name}={guessed}'"));
    }
    if let Some(title) = &answers.title {
        mapping.title.clone_from(title);
    }
    if let Some(slug) = &answers.profession {
        mapping.slug.clone_from(slug);
    }
    if let Some(track) = &answers.track {
        mapping.track.clone_from(track);
    }
    if let Some(track) = &answers.new_track {
        mapping.new_track.clone_from(track);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    read_as(&tables, &mapping).map_err(|errors| {
        let asked = |mut error: FileError| {
            if error.message == apply::UNTITLED {
                error.message.push_str(" Ответьте: --title 'Название'");
            }
            error
        };
        errors.into_iter().map(asked).collect()
    })
}

/// What files hold, read by the fields that [`Mapping::to_fields`] made, in the format of forms.
///
/// # Errors
///
/// What is wrong with the files, or with the mapping.
pub fn read_mapped(files: &[(String, Vec<u8>)], fields: &str) -> Result<Reading, Vec<FileError>> {
    read_as(&read_tables(files)?, &Mapping::from_query(fields))
}

fn read_as(tables: &[Table], mapping: &Mapping) -> Result<Reading, Vec<FileError>> {
    let (file, account) = apply(tables, mapping)?;
    Ok(Reading { file, account })
}
