//! Pages with a form that was filled in wrong.

use actix_web::http::StatusCode;

use crate::fields::FieldError;

/// The status of a page with these errors.
#[must_use]
pub fn status(errors: &[FieldError]) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// The title of a page with these errors: a reader of titles hears of them first.
#[must_use]
pub fn title(title: &str, errors: &[FieldError]) -> String {
    if errors.is_empty() { title.to_owned() } else { format!("Ошибка. {title}") }
}

/// The message beside a field.
#[must_use]
pub fn message<'a>(errors: &'a [FieldError], field: &str) -> Option<&'a str> {
    let found = errors.iter().find(|error| error.field == field);
    found.map(|error| error.message.as_str())
}
