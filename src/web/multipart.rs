//! Forms with files.

use actix_multipart::{Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use futures_util::StreamExt as _;

use super::body::{self, Allowance};
use crate::clean;
use crate::error::AppError;

/// Files of one form.
const MOST_FILES: usize = 100;

/// Other fields of one form.
const MOST_FIELDS: usize = 20;

/// A form with files, as it was sent.
#[derive(Debug, Default)]
pub struct FileForm {
    /// The fields that are no files, cleaned.
    pub fields: Vec<(String, String)>,
    /// The names and the contents of the files that were chosen, in order.
    pub files: Vec<(String, Vec<u8>)>,
}

impl FileForm {
    /// The value of a field; empty if it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

/// Whether a request brings a form with files.
#[must_use]
pub fn is_sent(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// Reads a form with files part by part, and stops where it is longer than allowed.
///
/// # Errors
///
/// As [`body::read`]; [`AppError::BadRequest`] if it is no such form.
pub async fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    allowance: Allowance,
) -> Result<FileForm, AppError> {
    if !is_sent(request) {
        return Err(AppError::BadRequest("Это не форма с файлами."));
    }
    body::refuse_announced(request, allowance)?;
    let parts = Multipart::new(request.headers(), payload.take());
    body::in_time(request, allowance, read_parts(parts, allowance.bytes())).await
}

async fn read_parts(mut parts: Multipart, most: usize) -> Result<FileForm, AppError> {
    let (mut form, mut left) = (FileForm::default(), most);
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(broken)?;
        let disposition = part.content_disposition();
        let name = part.name().unwrap_or_default().to_owned();
        let file = disposition.and_then(|disposition| disposition.get_filename());
        let file = file.map(file_name);
        let mut content = Vec::new();
        while let Some(piece) = part.next().await {
            let piece = piece.map_err(broken)?;
            left = left.checked_sub(piece.len()).ok_or(AppError::BodyTooLarge)?;
            content.extend_from_slice(&piece);
        }
        match file {
            // No file was chosen.
            Some(file) if file.is_empty() && content.is_empty() => {}
            Some(file) => form.files.push((file, content)),
            None => {
                let value = clean::text(&String::from_utf8_lossy(&content)).into_owned();
                form.fields.push((name, value));
            }
        }
        if form.files.len() > MOST_FILES || form.fields.len() > MOST_FIELDS {
            return Err(AppError::BodyTooLarge);
        }
    }
    Ok(form)
}

/// The name of a file without its folder, which some browsers send along.
fn file_name(sent: &str) -> String {
    let name = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = clean::text(name).replace(|letter: char| letter.is_control(), " ");
    name.trim().chars().take(LONGEST_NAME).collect()
}

/// Characters of a file's name that are kept.
const LONGEST_NAME: usize = 200;

fn broken(_: MultipartError) -> AppError {
    AppError::BadRequest("Форма с файлами оборвалась или записана с ошибкой.")
}
