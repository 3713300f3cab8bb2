//! `/admin/professions/{slug}/{level}/history`: every saved change, compared and brought back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::grade::{address, save};
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::grades::{Edit, EditableGrade, Revision};
use crate::graders::service::{ServiceError, grades};
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare};
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
    let history = blocking(move || grades::history(&database, &slug, level));
    let (grade, revisions) = history.await??;
    let first = revisions.last().map_or(grade.version, |oldest| oldest.version - 1);
    let to = parameters.to.unwrap_or(grade.version);
    let from = parameters.from.unwrap_or(grade.version - 1).max(first);
    let text = |version| text_of(&grade, &revisions, version).ok_or(ServiceError::NoSuchRevision);
    let page = HistoryPage {
        head: Head::editing(
            format!("История: {}: {}", grade.profession, grade.level),
            &session.editor.login,
        ),
        token: session.form_token(),
        compared: compare(text(from)?, text(to)?),
        first,
        from,
        to,
        grade,
        revisions,
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
    let (shared, name) = (Data::clone(&database), slug.clone());
    let history = blocking(move || grades::history(&shared, &name, level));
    let (grade, revisions) = history.await??;
    let text = text_of(&grade, &revisions, wanted).ok_or(ServiceError::NoSuchRevision)?;
    let edit = Edit {
        version: read,
        text: text.to_owned(),
        note: format!("Возвращена версия {wanted}"),
        by: session.actor(),
    };
    save(&database, &session, &slug, level, edit, "restored").await
}

/// The text a version had.
fn text_of<'a>(
    grade: &'a EditableGrade,
    revisions: &'a [Revision],
    version: i32,
) -> Option<&'a str> {
    if version == grade.version {
        return Some(&grade.text);
    }
    // The newest first: what replaced a version tells what it was.
    let next = revisions.iter().find(|revision| revision.version == version.saturating_add(1));
    next.map(|revision| revision.before.as_str())
}

impl HistoryPage {
    /// Every version there was, the newest first.
    fn versions(&self) -> Vec<i32> {
        (self.first..=self.grade.version).rev().collect()
    }
}
