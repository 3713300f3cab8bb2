//! A consistent copy of a SQLite database that may be in use, and a copy in the place of a database that
//! is not.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;

use super::migrations::{self, Schema};
use super::transient::{is_damaged, is_locked};

/// Why a whole database was not copied, in one sentence without passwords.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub(super) String);

/// Files that SQLite keeps beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// A file under a name of its own until it is whole; deleted with the value.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        for name in [self.0.clone(), with_ending(&self.0, "-journal")] {
            // The usual case is that it was renamed, or never made.
            let _ = fs::remove_file(name);
        }
    }
}

/// Copies a SQLite database into a new file that only its owner may read: it holds hashes of passwords and
/// keys. Everything saved before the call is in it, and saves go on meanwhile.
///
/// # Errors
///
/// If the database is not there or not one of this program, if the file is there already, or can't be
/// written; then there is no new file.
pub fn backup(database: &Path, file: &Path) -> Result<(), Refused> {
    let source = existing(database)?;
    let file = place(file)?;
    if fs::symlink_metadata(&file).is_ok() {
        return Err(Refused(format!("{} is there already and is left alone", file.display())));
    }
    let mut connection = open(&source)?;
    look(&mut connection, &source)?;
    let partial = copy(&mut connection, &source, &file)?;
    // A link never takes the place of a file that somebody else made meanwhile.
    fs::hard_link(&partial.0, &file).map_err(|error| failed("write", &file, &error))?;
    sync_folder(&file)
}

/// Puts a backup in the place of a database that nobody uses, or where there is none. The former database is
/// kept beside it; its new name is returned. At every moment either the former or the new one is in place.
///
/// # Errors
///
/// If the file is no sound database of this program or is of a newer one, or if the database is in use; then
/// nothing has changed.
pub fn restore(file: &Path, database: &Path) -> Result<Option<PathBuf>, Refused> {
    let source = existing(file)?;
    let target = place(database)?;
    if source == target {
        return Err(Refused(format!("{} is the database itself", file.display())));
    }
    let mut backup = open(&source)?;
    look(&mut backup, &source)?;
    check(&mut backup, &source)?;
    let there = target.exists();
    // Held until the end, so that no server begins with the former file.
    let lock = if there { lock(&target)? } else { None };
    let partial = copy(&mut backup, &source, &target)?;
    if there {
        same_owner(&target, &partial.0).map_err(|error| failed("write", &partial.0, &error))?;
    }
    let kept = with_ending(
        &target,
        &format!(".before-restore-{}", Utc::now().format("%Y%m%dT%H%M%S%3fZ")),
    );
    if there {
        fs::hard_link(&target, &kept).map_err(|error| failed("keep", &target, &error))?;
    }
    // Only a damaged or absent database has them still. A log of another database would ruin the new one.
    for ending in BESIDE {
        let beside = with_ending(&target, ending);
        if beside.exists() {
            fs::rename(&beside, with_ending(&kept, ending))
                .map_err(|error| failed("keep", &beside, &error))?;
        }
    }
    sync_folder(&target)?;
    fs::rename(&partial.0, &target).map_err(|error| failed("replace", &target, &error))?;
    sync_folder(&target)?;
    drop(lock);
    Ok(there.then_some(kept))
}

/// Takes a database for this process alone, with everything in its file and nothing beside it. `None` if
/// SQLite can't read it: nobody can serve it either.
fn lock(database: &Path) -> Result<Option<SqliteConnection>, Refused> {
    let mut connection = open(database)?;
    let in_use = || Refused(format!("{} is in use: stop the server first", database.display()));
    // Leaving write-ahead logging needs every other connection gone, idle ones too.
    let taken =
        connection.batch_execute("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE").and_then(|()| {
            lines(&mut connection, "SELECT journal_mode AS line FROM pragma_journal_mode")
        });
    match taken {
        Ok(mode) if mode == ["delete"] => Ok(Some(connection)),
        // A server began between the two statements.
        Ok(_) => Err(in_use()),
        Err(error) if is_locked(&error) => Err(in_use()),
        Err(error) if is_damaged(&error) => Ok(None),
        Err(error) => Err(failed("lock", database, &error)),
    }
}

/// Refuses what is no database of this program, or one of a newer program.
fn look(connection: &mut SqliteConnection, file: &Path) -> Result<(), Refused> {
    let unreadable = |error: diesel::result::Error| failed("read", file, &error);
    let table = lines(
        connection,
        "SELECT name AS line FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
    );
    let applied = if table.map_err(unreadable)?.is_empty() {
        Vec::new()
    } else {
        lines(connection, "SELECT version AS line FROM __diesel_schema_migrations")
            .map_err(unreadable)?
    };
    match migrations::compare(&applied).map_err(unreadable)? {
        Schema::Foreign => Err(Refused(format!("{} is no database of this site", file.display()))),
        Schema::Newer => Err(Refused(format!(
            "{} was written by a newer version of this program; use that one",
            file.display()
        ))),
        Schema::Same | Schema::Older => Ok(()),
    }
}

fn check(connection: &mut SqliteConnection, file: &Path) -> Result<(), Refused> {
    let unreadable = |error: diesel::result::Error| failed("read", file, &error);
    let sound = lines(connection, "SELECT integrity_check AS line FROM pragma_integrity_check")
        .map_err(unreadable)?;
    if sound != ["ok"] {
        let first = sound.first().map(String::as_str).unwrap_or_default();
        return Err(Refused(format!("{} is damaged: {first}", file.display())));
    }
    let broken =
        lines(connection, "SELECT \"table\" AS line FROM pragma_foreign_key_check LIMIT 1");
    match broken.map_err(unreadable)?.first() {
        Some(table) => {
            Err(Refused(format!("{} is damaged: {table} names what is not there", file.display())))
        }
        None => Ok(()),
    }
}

/// A checked copy beside `file`, on the disk.
fn copy(connection: &mut SqliteConnection, source: &Path, file: &Path) -> Result<Partial, Refused> {
    let path = with_ending(file, &format!(".{}.partial", std::process::id()));
    let write = |error: io::Error| failed("write", &path, &error);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).map_err(write)?;
    let partial = Partial(path.clone());
    sql_query("VACUUM INTO ?")
        .bind::<Text, _>(text(&path)?)
        .execute(connection)
        .map_err(|error| failed("copy", source, &error))?;
    check(&mut open(&path)?, &path)?;
    File::open(&path).and_then(|file| file.sync_all()).map_err(write)?;
    Ok(partial)
}

/// Gives a file the owner and the permissions of another one, so that who could use that one can use it.
#[cfg(unix)]
fn same_owner(of: &Path, file: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};

    let (wanted, given) = (fs::metadata(of)?, fs::metadata(file)?);
    if (wanted.uid(), wanted.gid()) != (given.uid(), given.gid()) {
        chown(file, Some(wanted.uid()), Some(wanted.gid()))?;
    }
    fs::set_permissions(file, wanted.permissions())
}

#[cfg(not(unix))]
fn same_owner(_of: &Path, _file: &Path) -> io::Result<()> {
    Ok(())
}

/// A file that must be there, by its absolute path: SQLite takes some relative ones for addresses, and makes
/// a file that is missing.
pub(super) fn existing(file: &Path) -> Result<PathBuf, Refused> {
    match file.canonicalize() {
        Ok(path) if path.is_file() => Ok(path),
        Ok(_) => Err(Refused(format!("{} is no file", file.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Refused(format!("there is no file {}", file.display())))
        }
        Err(error) => Err(failed("open", file, &error)),
    }
}

/// The absolute path of a file that may not be there yet, in a folder that is.
fn place(file: &Path) -> Result<PathBuf, Refused> {
    if let Ok(path) = file.canonicalize() {
        return Ok(path);
    }
    let name = file.file_name().ok_or_else(|| Refused(format!("{} is no file", file.display())))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let found = folder.canonicalize().map_err(|error| failed("open", folder, &error))?;
    Ok(found.join(name))
}

fn open(file: &Path) -> Result<SqliteConnection, Refused> {
    let mut connection =
        SqliteConnection::establish(text(file)?).map_err(|error| failed("open", file, &error))?;
    connection
        .batch_execute("PRAGMA busy_timeout = 2000")
        .map_err(|error| failed("open", file, &error))?;
    Ok(connection)
}

fn lines(connection: &mut SqliteConnection, query: &str) -> QueryResult<Vec<String>> {
    let found = sql_query(query).load::<Line>(connection)?;
    Ok(found.into_iter().map(|found| found.line).collect())
}

fn text(path: &Path) -> Result<&str, Refused> {
    path.to_str().ok_or_else(|| Refused(format!("{} is not valid UTF-8", path.display())))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

fn sync_folder(file: &Path) -> Result<(), Refused> {
    let folder = file.parent().unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| failed("write", folder, &error))
}

fn failed(action: &str, file: &Path, reason: &dyn std::fmt::Display) -> Refused {
    Refused(format!("cannot {action} {}: {reason}", file.display()))
}
