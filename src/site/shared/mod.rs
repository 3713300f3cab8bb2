//! What public pages share. A page imports this and no other page.

pub mod choices;
pub mod deepened;
pub mod downloads;
pub mod grade_choice;
pub mod past;
pub mod redirect;
pub mod shelves;
pub mod since;
pub mod steps;
pub mod tools;
pub mod visit;

pub use self::visit::{Visit, Visitor};

use crate::error::AppError;

/// The number of a page in an address.
pub fn page_number(parameter: Option<&str>) -> Result<usize, AppError> {
    match parameter {
        None => Ok(1),
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            // A number too large to read is past the last page as well.
            Ok(digits.parse().unwrap_or(usize::MAX))
        }
        Some(_) => Err(AppError::BadRequest("Номер страницы в адресе записан не цифрами.")),
    }
}
