//! `/admin/professions/{slug}/history`: every saved change of a profession and its ladder.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::change_profession;
use super::profession_errors::describe_all;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::professions::{self, Change, Changed, EditableProfession};
use crate::graders::service::revisions::History;
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare};
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of the page: the versions to compare.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    from: Option<i32>,
    to: Option<i32>,
}

#[derive(Template)]
#[template(path = "admin/profession_history.html")]
struct ProfessionHistoryPage {
    head: Head,
    token: String,
    profession: EditableProfession,
    history: History,
    from: i32,
    to: i32,
    compared: Vec<ChangedLine>,
    /// Whether somebody changed the profession since the last form was read.
    is_stale: bool,
    /// Why the version can't be brought back.
    failure: Option<String>,
}

/// Answers with the history, and two versions compared: the last change unless others are named.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession or version.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let page = ProfessionHistoryPage::new(&database, &session, &slug, &parameters).await?;
    uncached(StatusCode::OK, &page)
}

/// Brings back the words of an earlier version, and the grades it had that are gone since.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession or version.
pub async fn restore(
    database: Data<Database>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let wanted = fields.get("restore").parse();
    let wanted = wanted.map_err(|_| AppError::BadRequest("В форме не хватает номера версии."))?;
    match change_profession(&database, &session, &slug, &fields, Change::Restore(wanted)).await? {
        Changed::Conflict(_) => {
            let parameters = Parameters { from: None, to: None };
            let page = ProfessionHistoryPage::new(&database, &session, &slug, &parameters).await?;
            uncached(StatusCode::CONFLICT, &ProfessionHistoryPage { is_stale: true, ..page })
        }
        Changed::Invalid(invalid) => {
            let parameters = Parameters { from: None, to: None };
            let page = ProfessionHistoryPage::new(&database, &session, &slug, &parameters).await?;
            let failure = Some(describe_all(invalid));
            uncached(StatusCode::UNPROCESSABLE_ENTITY, &ProfessionHistoryPage { failure, ..page })
        }
        Changed::Stored { slug } => Ok(see_other(&done(&admin::profession(&slug), Done::Saved))),
        Changed::Unchanged => Ok(see_other(&done(&admin::profession(&slug), Done::Unchanged))),
    }
}

impl ProfessionHistoryPage {
    async fn new(
        database: &Data<Database>,
        session: &SignedIn,
        slug: &str,
        parameters: &Parameters,
    ) -> Result<Self, AppError> {
        let (database, slug) = (Data::clone(database), slug.to_owned());
        let read = blocking(move || {
            let history = professions::history(&database, &slug)?;
            Ok::<_, AppError>((professions::editable(&database, &slug)?, history))
        });
        let (profession, history) = read.await??;
        let to = parameters.to.unwrap_or(profession.version);
        let from = parameters.from.unwrap_or(to.saturating_sub(1));
        let compared = if history.revisions.is_empty() {
            Vec::new()
        } else {
            compare(history.text(from)?, history.text(to)?)
        };
        let title = format!("История: {}", profession.fields.title);
        Ok(Self {
            head: Head::editing(title, &session.editor.login),
            token: session.form_token(),
            profession,
            history,
            from,
            to,
            compared,
            is_stale: false,
            failure: None,
        })
    }

    /// Every version there was, the newest first.
    fn versions(&self) -> Vec<i32> {
        self.history.versions().collect()
    }
}
