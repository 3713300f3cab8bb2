//! The public pages: handler, page struct and query parameters side by side.

pub mod across;
pub mod changes;
pub mod check;
pub mod check_pair;
pub mod choice;
pub mod compare;
pub mod defence;
pub mod export;
pub mod grade;
pub mod health;
pub mod home;
pub mod matrix;
pub mod mentoring;
pub mod placeholders;
pub mod plan;
pub mod profession;
pub mod reference;
pub mod releases;
pub mod robots;
pub mod rules;
pub mod salary;
pub mod search;
mod shared;
pub mod skill;
pub mod skills;

use actix_web::{HttpRequest, HttpResponse};

use self::shared::redirect;
use crate::error::{AppError, Missing};
use crate::paths;

/// An address nothing is at. One that only ends in a slash too many leads to the page without it.
///
/// # Errors
///
/// [`AppError::NotFound`] otherwise.
pub async fn unknown_address(request: HttpRequest) -> Result<HttpResponse, AppError> {
    match paths::without_last_slash(request.path(), request.query_string()) {
        Some(address) => Ok(redirect::permanent(&address)),
        None => Err(AppError::NotFound(Missing::new(
            "По этому адресу ничего нет. Возможно, в нём опечатка.",
        ))),
    }
}
