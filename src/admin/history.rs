//! `/admin/professions/{slug}/{level}/history`: every saved change, compared and brought back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::grade::{address, outcome};
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::grades::{self, Edit, EditableGrade};
use crate::graders::service::revisions::Revision;
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare};
use crate::paths::admin::{self, Done};
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of a history: the versions to compare.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    from: Option<i32>,
    to: Option<i32>,
}

#[derive(Template)]
#[template(path = "admin/history.html")]
struct HistoryPage {
    head: Head,
    token: String,
    grade: EditableGrade,
    /// The newest first.
    revisions: Vec<Revision>,
    /// The version before the first revision.
    first: i32,
    from: i32,
    to: i32,
    /// From one version to the other.
    compared: Vec<ChangedLine>,
}

/// Answers with the history, and two versions compared: the last change unless others are named.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade or version.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    path: Path<(String, String)>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let (slug, level) = address(&path)?;
    let read = blocking(move || {
        let history = grades::history(&database, &slug, level)?;
        Ok::<_, AppError>((grades::editable(&database, &slug, level)?, history))
    });
    let (grade, history) = read.await??;
    let first = history.versions().last().unwrap_or(grade.version);
    let to = parameters.to.unwrap_or(grade.version);
    let from = parameters.from.unwrap_or(grade.version - 1).max(first);
    let page = HistoryPage {
        head: Head::editing(
            format!("История: {}: {}", grade.profession, grade.level),
            &session.editor.login,
        ),
        token: session.form_token(),
        compared: compare(history.text(from)?, history.text(to)?),
        first,
        from,
        to,
        grade,
        revisions: history.revisions,
    };
    uncached(StatusCode::OK, &page)
}

/// Saves the text of an earlier version anew.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade or version.
pub async fn restore(
    database: Data<Database>,
    form: SignedForm,
    path: Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (slug, level) = address(&path)?;
    let SignedForm { session, fields } = form;
    let number = |name| {
        let number = fields.get(name).parse::<i32>();
        number.map_err(|_| AppError::BadRequest("В форме не хватает номера версии."))
    };
    let (read, wanted) = (number("version")?, number("restore")?);
    let (by, edit_address) = (session.actor(), admin::grade(&slug, level));
    let restored = blocking(move || {
        let (restored, text) = grades::restore(&database, &slug, level, (read, wanted), &by)?;
        let note = format!("Возвращена версия {wanted}");
        Ok::<_, AppError>((restored, Edit { grade_id: None, version: read, text, note, by }))
    });
    let (restored, edit) = restored.await??;
    outcome(&session, &edit_address, restored, edit, Done::Restored)
}

impl HistoryPage {
    /// Every version there was, the newest first.
    fn versions(&self) -> Vec<i32> {
        (self.first..=self.grade.version).rev().collect()
    }
}
