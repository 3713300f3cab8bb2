//! `/admin/editors/{id}/disable`: the question before an editor is disabled.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::account_errors::field_errors;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::editors::service::{self, Account, AccountError};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::title;
use crate::web::{Head, blocking, filters, see_other, uncached};

#[derive(Template)]
#[template(path = "admin/editor_disabling.html")]
struct DisablingPage {
    head: Head,
    token: String,
    account: Account,
    /// Whether the account is the visitor's own.
    is_own: bool,
    errors: Vec<FieldError>,
}

/// Asks.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; [`AppError::NotFound`] if there is no such editor.
pub async fn ask(
    database: Data<Database>,
    session: SignedIn,
    id: Path<i32>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let account = blocking(move || service::account(&database, *id)).await??;
    if account.disabled_at.is_some() {
        return Ok(see_other(&admin::editor(account.id)));
    }
    uncached(StatusCode::OK, &DisablingPage::new(&session, account, Vec::new()))
}

/// Disables.
///
/// # Errors
///
/// As [`ask`].
pub async fn send(
    database: Data<Database>,
    form: SignedForm,
    id: Path<i32>,
) -> Result<HttpResponse, AppError> {
    let (session, id) = (form.session, *id);
    session.must_be_owner()?;
    let (shared, by) = (Data::clone(&database), session.actor());
    let asked = blocking(move || {
        let account = service::account(&shared, id)?;
        Ok::<_, AccountError>((service::disable(&shared, id, &by), account))
    });
    let (disabled, account) = asked.await??;
    match disabled {
        // Whoever is disabled can't see the page of editors.
        Ok(()) if account.login == session.editor.login => Ok(see_other(admin::overview())),
        Ok(()) => Ok(see_other(&done(&admin::editor(id), Done::Disabled))),
        Err(AccountError::Refused(objections)) => {
            let mut errors = field_errors(&objections);
            for error in &mut errors {
                error.field = "disable";
            }
            let page = DisablingPage::new(&session, account, errors);
            uncached(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

impl DisablingPage {
    fn new(session: &SignedIn, account: Account, errors: Vec<FieldError>) -> Self {
        let title = title(&format!("Отключить {}?", account.login), &errors);
        Self {
            head: session.head(title),
            token: session.form_token(),
            is_own: account.login == session.editor.login,
            account,
            errors,
        }
    }
}
