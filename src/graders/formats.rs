//! File formats of the catalogue: a file is read into a [`CatalogueFile`] and written from one.

pub mod catalogue;
mod file;
pub mod sheet;

pub use self::file::{
    CatalogueFile, Covers, FileError, FileGrade, FileIncludes, FileProfession, FileRules,
    FileScale, FileSkill, FileTrack, Place, RowId,
};
