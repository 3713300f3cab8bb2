//! File formats of the catalogue: a file is read into a [`CatalogueFile`] and written from one.

pub mod catalogue;
mod csv;
mod file;
mod format;
mod json;
mod markdown;
mod matrix;
mod reading;
mod rows;
pub mod sheet;
#[cfg(test)]
mod tests;
mod toml;
mod tree;

pub use self::file::{
    CatalogueFile, Covers, FileError, FileGrade, FileIncludes, FileProfession, FileRules,
    FileScale, FileSkill, FileTrack, Place, RowId,
};
pub use self::format::{Format, is_own, read, write};
pub use self::markdown::{as_read_back, read_grades, read_ladder, write_grades};
