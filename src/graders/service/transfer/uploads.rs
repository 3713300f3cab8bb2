//! Files that an editor sent to be imported, kept until that is decided or a day has passed.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::db::{self, Database};
use crate::graders::models;
use crate::graders::models::uploads::UploadRow;
use crate::graders::service::ServiceError;

/// How long they are kept.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

/// Uploads of one editor that are kept; older ones make room.
const MOST: usize = 5;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedFile {
    /// Its name, without folders.
    pub name: String,
    /// What it holds.
    pub content: Vec<u8>,
}

/// What an editor sent at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The files in their order.
    pub files: Vec<UploadedFile>,
    /// How the tables in them are read, as [`set_mapping`] got it; empty if nobody has said.
    pub mapping: String,
}

/// Keeps files; returns the secret by which their sender finds them again.
///
/// # Errors
///
/// If the database does not answer.
pub fn keep(
    database: &Database,
    login: &str,
    files: Vec<UploadedFile>,
) -> Result<String, ServiceError> {
    let (token, now) = (Uuid::new_v4().simple().to_string(), db::now());
    database.write(|connection| {
        models::uploads::delete_before(connection, now - KEPT_FOR)?;
        let tokens = models::uploads::tokens_of(connection, login)?;
        let oldest = tokens.into_iter().skip(MOST - 1).collect::<Vec<_>>();
        models::uploads::delete(connection, &oldest)?;
        for (place, file) in (1..).zip(files) {
            let row = UploadRow {
                token: token.clone(),
                place,
                login: login.to_owned(),
                file_name: file.name,
                content: file.content,
                created_at: now,
            };
            models::uploads::insert(connection, &row)?;
        }
        Ok(token)
    })
}

/// What an editor sent under a token.
///
/// # Errors
///
/// [`ServiceError::NoSuchUpload`] if it is somebody else's, too old, or was imported; if the database does
/// not answer.
pub fn load(database: &Database, login: &str, token: &str) -> Result<Upload, ServiceError> {
    let rows = database
        .read(|connection| Ok::<_, ServiceError>(models::uploads::of(connection, token, login)?))?;
    let oldest = db::now() - KEPT_FOR;
    let (mut files, mut mapping) = (Vec::new(), String::new());
    for row in rows.into_iter().filter(|row| row.created_at >= oldest) {
        if row.place == 0 {
            mapping = String::from_utf8_lossy(&row.content).into_owned();
        } else {
            files.push(UploadedFile { name: row.file_name, content: row.content });
        }
    }
    if files.is_empty() {
        return Err(ServiceError::NoSuchUpload);
    }
    Ok(Upload { files, mapping })
}

/// Notes how the tables in an upload are to be read, in place of what was noted before.
///
/// # Errors
///
/// As [`load`].
pub fn set_mapping(
    database: &Database,
    login: &str,
    token: &str,
    mapping: &str,
) -> Result<(), ServiceError> {
    database.write(|connection| {
        let rows = models::uploads::of(connection, token, login)?;
        let first = rows.into_iter().next().ok_or(ServiceError::NoSuchUpload)?;
        models::uploads::delete_row(connection, token, 0)?;
        let (file_name, content) = (String::new(), mapping.as_bytes().to_vec());
        models::uploads::insert(connection, &UploadRow { place: 0, file_name, content, ..first })?;
        Ok(())
    })
}

/// Forgets what an editor sent under a token.
///
/// # Errors
///
/// If the database does not answer.
pub fn forget(database: &Database, login: &str, token: &str) -> Result<(), ServiceError> {
    database.write(|connection| {
        if !models::uploads::of(connection, token, login)?.is_empty() {
            models::uploads::delete(connection, &[token.to_owned()])?;
        }
        Ok(())
    })
}
