//! The public pages: handler, page struct and query parameters side by side.

mod across;
pub mod check;
mod choices;
pub mod compare;
pub mod defence;
pub mod grade;
mod grade_choice;
pub mod health;
pub mod home;
pub mod matrix;
pub mod mentoring;
pub mod placeholders;
pub mod plan;
pub mod profession;
pub mod reference;
pub mod robots;
pub mod rules;
pub mod salary;
pub mod search;
pub mod skill;
pub mod skills;
mod visit;

use actix_web::{HttpRequest, HttpResponse, http::header};

use crate::error::{AppError, Missing};

/// An address nothing is at. One that only ends in a slash too many leads to the page without it.
///
/// # Errors
///
/// [`AppError::NotFound`] otherwise.
pub async fn unknown_address(request: HttpRequest) -> Result<HttpResponse, AppError> {
    match request.path().strip_suffix('/') {
        Some(path) => Ok(moved_to(&format!("/{}", path.trim_matches('/')))),
        None => Err(AppError::NotFound(Missing::new(
            "По этому адресу ничего нет. Возможно, в нём опечатка.",
        ))),
    }
}

fn moved_to(address: &str) -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, address)).finish()
}

/// Leads from the address a form makes to the one it stands for.
fn led_to(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish()
}
