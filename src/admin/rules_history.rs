//! `/admin/rules/history`: every saved change of the rules, compared and brought back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::rules::{in_lines, save};
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::rules::{Rules, RulesEdit, RulesRevision, StoredRules};
use crate::graders::service::{ServiceError, rules};
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare};
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
    revisions: Vec<RulesRevision>,
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
    let (stored, revisions) = blocking(move || rules::history(&database)).await??;
    let to = parameters.to.unwrap_or(stored.version);
    let from = parameters.from.unwrap_or(stored.version - 1).max(1);
    let lines = |version| {
        let rules = rules_of(&stored, &revisions, version).ok_or(ServiceError::NoSuchRevision);
        rules.map(in_lines)
    };
    let page = HistoryPage {
        head: Head::editing("История: правила", &session.editor.login),
        token: session.form_token(),
        compared: compare(&lines(from)?, &lines(to)?),
        from,
        to,
        stored,
        revisions,
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
    let shared = Data::clone(&database);
    let (stored, revisions) = blocking(move || rules::history(&shared)).await??;
    let rules = rules_of(&stored, &revisions, wanted).ok_or(ServiceError::NoSuchRevision)?;
    let edit = RulesEdit {
        version: read,
        rules: rules.clone(),
        note: format!("Возвращена версия {wanted}"),
        by: session.actor(),
    };
    save(&database, &session, edit, "restored").await
}

/// The rules a version had.
fn rules_of<'a>(
    stored: &'a StoredRules,
    revisions: &'a [RulesRevision],
    version: i32,
) -> Option<&'a Rules> {
    if version == stored.version {
        return Some(&stored.rules);
    }
    // What replaced a version tells what it was.
    let next = revisions.iter().find(|revision| revision.version == version.saturating_add(1));
    next.map(|revision| &revision.before)
}

impl HistoryPage {
    /// Every version there was, the newest first.
    fn versions(&self) -> Vec<i32> {
        (1..=self.stored.version).rev().collect()
    }
}
