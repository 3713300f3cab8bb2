//! Redirects.

use actix_web::HttpResponse;
use actix_web::http::header;

/// The page has this address, and always will.
pub fn permanent(address: &str) -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, address)).finish()
}

/// The address a form makes stands for this one.
pub fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish()
}
