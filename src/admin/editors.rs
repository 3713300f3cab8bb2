//! `/admin/editors`: everybody who may change the catalogue, and somebody new.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::account_errors::field_errors;
use crate::auth::{Hashing, SignedForm, SignedIn};
use crate::db::Database;
use crate::editors::service::{self, Account, AccountError, Role};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of `/admin/editors`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/editors.html")]
struct EditorsPage {
    head: Head,
    token: String,
    accounts: Vec<Account>,
    /// What stands in the fields.
    login: String,
    role: Role,
    /// What the last form did.
    message: Option<&'static str>,
    errors: Vec<FieldError>,
}

/// Answers with all accounts and a form for another one.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; if the database does not answer.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let accounts = blocking(move || service::accounts(&database)).await??;
    let mut page = EditorsPage::new(&session, accounts);
    page.message = (parameters.done == Some(Done::Added)).then_some("Редактор добавлен.");
    uncached(StatusCode::OK, &page)
}

/// Adds an editor.
///
/// # Errors
///
/// As [`show`].
pub async fn send(
    (database, hashing): (Data<Database>, Data<Hashing>),
    form: SignedForm,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let login = fields.get("login").trim().to_owned();
    let role = Role::from_name(fields.get("role"));
    let mut errors = Vec::new();
    if fields.get("action") == "add" {
        let role = role.ok_or(AppError::BadRequest("В форме нет роли."))?;
        let (shared, name, by) = (Data::clone(&database), login.clone(), session.actor());
        let password = fields.get("password").to_owned();
        let added = hashing.for_known(move || service::add(&shared, &name, &password, role, &by));
        match added.await? {
            Ok(()) => return Ok(see_other(&done(admin::editors(), Done::Added))),
            Err(AccountError::Refused(objections)) => errors = field_errors(&objections),
            Err(error) => return Err(error.into()),
        }
    }
    let accounts = blocking(move || service::accounts(&database)).await??;
    let role = role.unwrap_or(Role::Editor);
    let page = EditorsPage { login, role, ..EditorsPage::new(&session, accounts) };
    uncached(status(&errors), &page.refused(errors))
}

impl EditorsPage {
    fn new(session: &SignedIn, accounts: Vec<Account>) -> Self {
        Self {
            head: session.head("Редакторы"),
            token: session.form_token(),
            accounts,
            login: String::new(),
            role: Role::Editor,
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
