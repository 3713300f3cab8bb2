//! `/admin/rules/history`: every saved change of the rules, compared and brought back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::rules::outcome;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::revisions::Revision;
use crate::graders::service::rules::{self, RulesEdit, StoredRules};
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare};
use crate::paths::admin::Done;
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of the history: the versions to compare.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    from: Option<i32>,
    to: Option<i32>,
}

#[derive(Template)]
#[template(path = "admin/rules_history.html")]
struct HistoryPage {
    head: Head,
    token: String,
    stored: StoredRules,
    /// The newest first.
    revisions: Vec<Revision>,
    from: i32,
    to: i32,
    /// From one version to the other.
    compared: Vec<ChangedLine>,
}

/// Answers with the history, and two versions compared: the last change unless others are named.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; [`AppError::NotFound`] if there is no such version.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let read = blocking(move || {
        Ok::<_, AppError>((rules::current(&database)?, rules::history(&database)?))
    });
    let (stored, history) = read.await??;
    let to = parameters.to.unwrap_or(stored.version);
    let from = parameters.from.unwrap_or(stored.version - 1).max(1);
    let page = HistoryPage {
        head: Head::editing("История: правила", &session.editor.login),
        token: session.form_token(),
        compared: compare(history.text(from)?, history.text(to)?),
        from,
        to,
        stored,
        revisions: history.revisions,
    };
    uncached(StatusCode::OK, &page)
}

/// Saves the rules of an earlier version anew.
///
/// # Errors
///
/// As [`show`].
pub async fn restore(database: Data<Database>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let number = |name| {
        let number = fields.get(name).parse::<i32>();
        number.map_err(|_| AppError::BadRequest("В форме не хватает номера версии."))
    };
    let (read, wanted) = (number("version")?, number("restore")?);
    let by = session.actor();
    let restored = blocking(move || {
        let (saved, rules) = rules::restore(&database, (read, wanted), &by)?;
        let note = format!("Возвращена версия {wanted}");
        Ok::<_, AppError>((saved, RulesEdit { version: read, rules, note, by }))
    });
    let (saved, edit) = restored.await??;
    outcome(&session, saved, edit, Done::Restored)
}

impl HistoryPage {
    /// Every version there was, the newest first.
    fn versions(&self) -> Vec<i32> {
        (1..=self.stored.version).rev().collect()
    }
}
