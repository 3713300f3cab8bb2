//! The file of a SQLite database: whether the one that was opened is still at its place.

use std::fmt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error};

/// The file that was opened, wherever it is now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OpenedFile {
    path: PathBuf,
    id: Id,
}

/// Device and inode.
#[cfg(unix)]
type Id = (u64, u64);
/// Other systems let nobody delete a file that is in use.
#[cfg(not(unix))]
type Id = ();

/// That another file, or none, is where the opened one was. What is written to that one now is gone with
/// the process.
#[derive(Debug)]
pub(super) struct Replaced(PathBuf);

impl OpenedFile {
    /// The file at `path`, where one has just been opened.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), id: id(path)? })
    }

    /// Finds out whether it still is where it was: one system call, and nothing is opened. (Who closes a
    /// file takes the locks of SQLite on it from the whole process.)
    pub(super) fn check(&self) -> Result<(), Replaced> {
        match id(&self.path) {
            Ok(id) if id == self.id => Ok(()),
            _ => Err(Replaced(self.path.clone())),
        }
    }
}

impl fmt::Display for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = Path::display(&self.0);
        write!(f, "{path} was deleted or replaced while it was in use; start the program anew")
    }
}

impl Replaced {
    /// As the error of a query that could not be sent.
    pub(super) fn query_error<T>(self) -> QueryResult<T> {
        let kind = DatabaseErrorKind::UnableToSendCommand;
        Err(Error::DatabaseError(kind, Box::new(self.to_string())))
    }
}

#[cfg(unix)]
fn id(path: &Path) -> io::Result<Id> {
    use std::os::unix::fs::MetadataExt as _;

    let metadata = fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn id(path: &Path) -> io::Result<Id> {
    fs::metadata(path).map(drop)
}
