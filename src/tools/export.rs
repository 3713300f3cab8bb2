//! `grades export`.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::format_of;
use crate::config::FileFormat;
use crate::db::{Database, DatabaseUrl};
use crate::graders::service::ServiceError;
use crate::graders::service::catalogue::CatalogueFile;
use crate::graders::service::transfer::{self, Format, Scope};

/// What stands for standard output.
const STANDARD_OUTPUT: &str = "-";

pub(super) fn run(
    url: &DatabaseUrl,
    format: Option<FileFormat>,
    (track, profession): (Option<&str>, Option<&str>),
    file: &Path,
) -> Result<(), Box<dyn Error>> {
    let is_output = file == Path::new(STANDARD_OUTPUT);
    let format = format.map(format_of).or_else(|| Format::of_file(file)).unwrap_or(Format::Toml);
    if is_output && format.is_binary() && io::stdout().is_terminal() {
        return Err("a workbook is no text for a terminal; name a file, as grades.xlsx".into());
    }
    let scope = match (track, profession) {
        (_, Some(slug)) => Scope::Profession(slug.to_owned()),
        (Some(slug), None) => Scope::Track(slug.to_owned()),
        (None, None) => Scope::Everything,
    };
    let catalogue = catalogue(&Database::open_present(url)?, &scope)?;
    let bytes = transfer::write(format, &catalogue)?;
    if is_output {
        let mut output = io::stdout().lock();
        let written = output.write_all(&bytes).and_then(|()| output.flush());
        return written.map_err(|error| format!("standard output: {error}").into());
    }
    replace(file, &bytes).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// What is to be written; a profession is found under the names that it had before, too.
fn catalogue(database: &Database, scope: &Scope) -> Result<CatalogueFile, Box<dyn Error>> {
    let found = match transfer::export(database, scope) {
        Err(ServiceError::Moved(slug)) => transfer::export(database, &Scope::Profession(slug)),
        found => found,
    };
    found.map_err(|error| match (&error, scope) {
        (ServiceError::NoSuchTrack, Scope::Track(slug)) => {
            format!("--track: there is no track {slug:?}").into()
        }
        (ServiceError::NoSuchProfession, Scope::Profession(slug)) => {
            format!("--profession: there is no profession {slug:?}").into()
        }
        _ => error.into(),
    })
}

/// Writes a file whole or not at all: under another name, which it then takes.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    // What a link leads to is replaced, not the link.
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    if fs::metadata(&file).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return fs::write(&file, bytes);
    }
    if file.is_dir() || file.file_name().is_none() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder"));
    }
    let partial = Partial::beside(&file);
    let mut written = File::create_new(&partial.0)?;
    written.write_all(bytes)?;
    written.sync_all()?;
    if let Ok(found) = fs::metadata(&file) {
        fs::set_permissions(&partial.0, found.permissions())?;
    }
    fs::rename(&partial.0, &file)
}

/// A file that is gone when the value is, unless it was renamed.
struct Partial(PathBuf);

impl Partial {
    fn beside(file: &Path) -> Self {
        Self(file.with_file_name(format!(".grades-{}", Uuid::new_v4().simple())))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Usually it has its own name by now.
        let _ = fs::remove_file(&self.0);
    }
}
