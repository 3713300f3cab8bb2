//! `/admin/editors/{id}`: what an owner may change about an editor.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::account_errors::field_errors;
use crate::auth::{Hashing, SignedForm, SignedIn};
use crate::db::Database;
use crate::editors::service::{self, Account, AccountError, Role};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::paths::admin::{self, Done};
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of an editor's page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/editor.html")]
struct EditorPage {
    head: Head,
    token: String,
    account: Account,
    /// Whether the account is the visitor's own.
    is_own: bool,
    /// The role that is chosen.
    role: Role,
    /// What the last form did.
    message: Option<&'static str>,
    errors: Vec<FieldError>,
}

/// Answers with the forms.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; [`AppError::NotFound`] if there is no such editor.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    id: Path<i32>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let account = blocking(move || service::account(&database, *id)).await??;
    let mut page = EditorPage::new(&session, account);
    page.message = match parameters.done {
        Some(Done::Role) => Some("Роль сменена."),
        Some(Done::Password) => Some("Новый пароль задан, прежние сеансы завершены."),
        Some(Done::Disabled) => Some("Редактор отключён, его сеансы завершены."),
        Some(Done::Enabled) => Some("Редактор снова может войти."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Changes the role, sets a password, disables or enables.
///
/// # Errors
///
/// As [`show`].
pub async fn send(
    (database, hashing): (Data<Database>, Data<Hashing>),
    form: SignedForm,
    id: Path<i32>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let (shared, id) = (Data::clone(&database), *id);
    let account = blocking(move || service::account(&shared, id)).await??;
    let action = fields.get("action").to_owned();
    let role = match Role::from_name(fields.get("role")) {
        Some(role) => role,
        None if action == "role" => return Err(AppError::BadRequest("В форме нет роли.")),
        None => account.role,
    };
    let is_own = account.login == session.editor.login;
    if is_own && action == "password" {
        // One's own is changed where the present one is asked for.
        return Ok(see_other(admin::account()));
    }
    let (shared, by, chosen) = (Data::clone(&database), session.actor(), action.clone());
    let password = fields.get("password").to_owned();
    let changed = hashing.for_known(move || {
        let database = &shared;
        let done = match chosen.as_str() {
            "role" => service::change_role(database, id, role, &by).map(|()| Done::Role),
            "password" => {
                service::set_password(database, id, &password, &by).map(|()| Done::Password)
            }
            "disable" => service::disable(database, id, &by).map(|()| Done::Disabled),
            "enable" => service::enable(database, id, &by).map(|()| Done::Enabled),
            _ => return Ok(None),
        };
        done.map(Some)
    });
    let mut errors = match changed.await? {
        // Whoever is no owner any more can't see this page.
        Ok(Some(_)) if is_own => return Ok(see_other(admin::overview())),
        Ok(Some(done)) => return Ok(see_other(&admin::done(&admin::editor(id), done))),
        Ok(None) => Vec::new(),
        Err(AccountError::Refused(objections)) => field_errors(&objections),
        Err(error) => return Err(error.into()),
    };
    if action == "disable" {
        for error in &mut errors {
            error.field = "disable";
        }
    }
    let page = EditorPage { role, ..EditorPage::new(&session, account) };
    uncached(status(&errors), &page.refused(errors))
}

impl EditorPage {
    fn new(session: &SignedIn, account: Account) -> Self {
        Self {
            head: session.head(format!("Редактор {}", account.login)),
            token: session.form_token(),
            is_own: account.login == session.editor.login,
            role: account.role,
            account,
            message: None,
            errors: Vec::new(),
        }
    }

    fn refused(mut self, errors: Vec<FieldError>) -> Self {
        self.head.title = title(&self.head.title, &errors);
        Self { errors, ..self }
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
