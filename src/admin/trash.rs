//! `/admin/trash`: what was taken away, to be brought back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::professions::Deleted;
use crate::graders::service::skills::RecentChange;
use crate::graders::service::{professions, skills};
use crate::ladder::Level;
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/trash.html")]
struct TrashPage {
    head: Head,
    token: String,
    deleted: Vec<Deleted>,
    skills: Vec<RecentChange>,
    message: Option<&'static str>,
}

/// Answers with what can come back.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let read = blocking(move || {
        let deleted = professions::deleted(&database)?;
        Ok::<_, AppError>((deleted, skills::deleted(&database)?))
    });
    let (deleted, skills) = read.await??;
    let page = TrashPage {
        head: Head::editing("Корзина", &session.editor.login),
        token: session.form_token(),
        deleted,
        skills,
        message: (parameters.done == Some(Done::Removed))
            .then_some("Профессия удалена. Её можно вернуть."),
    };
    uncached(StatusCode::OK, &page)
}

/// Brings something back.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is nothing to bring back, or if it is back already.
pub async fn bring_back(
    database: Data<Database>,
    form: SignedForm,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let id = fields.get("profession").parse::<i32>();
    let id = id.map_err(|_| AppError::BadRequest("В форме не хватает номера профессии."))?;
    let level = Level::from_slug(fields.get("grade"));
    let by = session.actor();
    let slug = blocking(move || match level {
        Some(level) => professions::bring_back_grade(&database, id, level, &by),
        None => professions::bring_back(&database, id, &by),
    });
    Ok(see_other(&done(&admin::profession(&slug.await??), Done::Back)))
}
