//! `/admin`: where an editor begins.

mod work_list;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use self::work_list::WorkList;
use crate::auth::{Publishing, SignedIn};
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
    work: WorkList,
    recent: Vec<RecentRevision>,
}

/// Answers with what is to be done, and the latest changes.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(
    database: Data<Database>,
    publishing: Data<Publishing>,
    session: SignedIn,
) -> Result<HttpResponse, AppError> {
    let (editor, publishing) = (session.editor.clone(), **publishing);
    let read = blocking(move || {
        let work = WorkList::read(&database, publishing, &editor)?;
        Ok::<_, AppError>((work, grades::recent(&database)?))
    });
    let (work, recent) = read.await??;
    let page = OverviewPage {
        head: Head::editing("Управление", &session.editor.login),
        token: session.form_token(),
        is_owner: session.editor.role == Role::Owner,
        login: session.editor.login,
        work,
        recent,
    };
    uncached(StatusCode::OK, &page)
}
