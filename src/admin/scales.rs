//! `/admin/scales`: the scales, to be changed by owners.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::auth::SignedIn;
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::scales::{self, ListedScale};
use crate::paths::admin::Done;
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/scales.html")]
struct ScalesPage {
    head: Head,
    scales: Vec<ListedScale>,
    message: Option<&'static str>,
}

/// Answers with the scales.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; if the database does not answer.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let scales = blocking(move || scales::all(&database)).await??;
    let message = match parameters.done {
        Some(Done::Removed) => Some("Шкала удалена. Её можно вернуть из корзины."),
        _ => None,
    };
    let head = session.head("Шкалы уровней");
    uncached(StatusCode::OK, &ScalesPage { head, scales, message })
}
