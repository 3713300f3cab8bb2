//! Signing in and editing: handler, page struct and form fields side by side.

pub mod grade;
pub mod history;
pub mod overview;
pub mod profession;
pub mod removal;
pub mod setup;
pub mod sign_in;
pub mod tracks;
pub mod trash;

use actix_web::HttpResponse;
use actix_web::http::header;

/// What is wrong with a field.
struct FieldError {
    /// The id of the field.
    field: &'static str,
    message: String,
}

/// After a form that did what was asked: the answer a browser may load again without harm.
fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
