//! `/healthz` and `/readyz`: what operators ask.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::catalogue;
use crate::web::blocking;

/// The process answers.
pub async fn alive() -> HttpResponse {
    fine()
}

/// The process answers and so does its database.
///
/// # Errors
///
/// If the database does not, or its file was deleted, replaced or damaged.
pub async fn ready(database: Data<Database>) -> Result<HttpResponse, AppError> {
    blocking(move || catalogue::revision_afresh(&database)).await??;
    Ok(fine())
}

fn fine() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}
