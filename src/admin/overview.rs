//! `/admin`: where an editor begins.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use crate::auth::SignedIn;
use crate::db::Database;
use crate::editors::service::Role;
use crate::error::AppError;
use crate::graders::service::grades::{self, RecentRevision};
use crate::web::{Head, blocking, filters, uncached};

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    head: Head,
    login: String,
    is_owner: bool,
    token: String,
    recent: Vec<RecentRevision>,
}

/// Answers with the latest changes.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(database: Data<Database>, session: SignedIn) -> Result<HttpResponse, AppError> {
    let recent = blocking(move || grades::recent(&database)).await??;
    let page = OverviewPage {
        head: Head::editing("Управление", &session.editor.login),
        token: session.form_token(),
        is_owner: session.editor.role == Role::Owner,
        login: session.editor.login,
        recent,
    };
    uncached(StatusCode::OK, &page)
}
