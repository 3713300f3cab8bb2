//! `/admin/editors`: everybody who may change the catalogue, and somebody new.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use chrono::NaiveDateTime;

use super::account_errors::field_errors;
use super::link::Link;
use crate::auth::{Publishing, SignedForm, SignedIn};
use crate::db::{self, Database};
use crate::editors::service::{self, Account, AccountError, Role};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, Site, blocking, filters, uncached};

#[derive(Template)]
#[template(path = "admin/editors.html")]
struct EditorsPage {
    head: Head,
    token: String,
    accounts: Vec<Account>,
    publishing: Publishing,
    now: NaiveDateTime,
    /// The link for somebody who was just added.
    link: Option<Link>,
    /// What stands in the fields.
    login: String,
    name: String,
    role: Role,
    errors: Vec<FieldError>,
}

/// Answers with all accounts and a form for another one.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; if the database does not answer.
pub async fn show(
    (database, publishing): (Data<Database>, Data<Publishing>),
    session: SignedIn,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    uncached(StatusCode::OK, &EditorsPage::new(&database, &session, **publishing).await?)
}

/// Adds an editor, and shows the link by which the password is set: the only page that ever does, so it must
/// be no redirect.
///
/// # Errors
///
/// As [`show`].
pub async fn send(
    (database, site, publishing): (Data<Database>, Data<Site>, Data<Publishing>),
    form: SignedForm,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let login = fields.get("login").trim().to_owned();
    let name = fields.get("display-name").to_owned();
    let role = Role::from_name(fields.get("role"));
    let mut errors = Vec::new();
    if fields.get("action") == "add" {
        let role = role.ok_or(AppError::BadRequest("В форме нет роли."))?;
        let (shared, by) = (Data::clone(&database), session.actor());
        let (wanted, called) = (login.clone(), name.clone());
        let made = blocking(move || service::invite(&shared, (&wanted, &called), role, &by));
        match made.await? {
            Ok(invitation) => {
                let mut page = EditorsPage::new(&database, &session, **publishing).await?;
                page.link = Some(Link::new(&site, &invitation));
                return uncached(StatusCode::OK, &page);
            }
            Err(AccountError::Refused(objections)) => errors = field_errors(&objections),
            Err(error) => return Err(error.into()),
        }
    }
    let role = role.unwrap_or(Role::Editor);
    let page = EditorsPage::new(&database, &session, **publishing).await?;
    let page = EditorsPage { login, name, role, ..page };
    uncached(status(&errors), &page.refused(errors))
}

impl EditorsPage {
    async fn new(
        database: &Data<Database>,
        session: &SignedIn,
        publishing: Publishing,
    ) -> Result<Self, AppError> {
        let database = Data::clone(database);
        let accounts = blocking(move || service::accounts(&database)).await??;
        Ok(Self {
            head: session.head("Редакторы"),
            token: session.form_token(),
            accounts,
            publishing,
            now: db::now(),
            link: None,
            login: String::new(),
            name: String::new(),
            role: Role::Editor,
            errors: Vec::new(),
        })
    }

    fn refused(mut self, errors: Vec<FieldError>) -> Self {
        self.head.title = title(&self.head.title, &errors);
        Self { errors, ..self }
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
