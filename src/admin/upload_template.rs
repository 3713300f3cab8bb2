//! `/admin/transfer/template.csv` and `.xlsx`: an empty table to fill in.

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::auth::SignedIn;
use crate::error::AppError;
use crate::graders::service::transfer::sheet;

/// Answers with the table as CSV.
pub async fn csv(_: SignedIn) -> HttpResponse {
    file("text/csv; charset=utf-8", "ladder.csv", sheet::empty_csv().into_bytes())
}

/// Answers with the table as a workbook.
///
/// # Errors
///
/// If it can't be written.
pub async fn xlsx(_: SignedIn) -> Result<HttpResponse, AppError> {
    let book = sheet::empty_workbook().map_err(|error| AppError::Internal(error.into()))?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(kind, "ladder.xlsx", book))
}

fn file(kind: &'static str, name: &str, body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}
