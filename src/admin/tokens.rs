//! `/admin/tokens`: the programs that are let in to the API.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDateTime;
use serde::Deserialize;

use super::account_errors::field_errors;
use crate::auth::{SignedForm, SignedIn};
use crate::db;
use crate::db::Database;
use crate::editors::service::AccountError;
use crate::editors::tokens::{self, LIFETIMES, Scope, Token};
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of `/admin/tokens`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/tokens.html")]
struct TokensPage {
    head: Head,
    token: String,
    tokens: Vec<Token>,
    /// Decides which of them have expired.
    now: NaiveDateTime,
    /// What stands in the fields.
    name: String,
    scope: Scope,
    days: i64,
    /// What the last form did.
    message: Option<&'static str>,
    created: Option<Created>,
    errors: Vec<FieldError>,
}

/// A token that has just been made.
struct Created {
    name: String,
    /// Never to be seen again.
    secret: String,
}

/// Answers with all tokens and a form for another one.
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
    let mut page = TokensPage::new(&database, &session).await?;
    page.message = (parameters.done == Some(Done::Revoked))
        .then_some("Ключ отозван, запросы с ним больше не принимаются.");
    uncached(StatusCode::OK, &page)
}

/// Makes a token or revokes one.
///
/// # Errors
///
/// As [`show`]; [`AppError::BadRequest`] if a field has what the form does not offer;
/// [`AppError::NotFound`] if there is no such token.
pub async fn send(database: Data<Database>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    match fields.get("action") {
        "add" => add(&database, &session, &fields).await,
        "revoke" => revoke(database, &session, fields.get("id")).await,
        _ => {
            let mut page = TokensPage::new(&database, &session).await?;
            fields.get("name").clone_into(&mut page.name);
            page.scope = scope(&fields).unwrap_or(page.scope);
            page.days = days(&fields).unwrap_or(page.days);
            uncached(StatusCode::OK, &page)
        }
    }
}

/// The page that answers is the only one that ever shows the token, so it must be no redirect.
async fn add(
    database: &Data<Database>,
    session: &SignedIn,
    fields: &Fields,
) -> Result<HttpResponse, AppError> {
    let name = fields.get("name").trim().to_owned();
    let scope = scope(fields).ok_or(AppError::BadRequest("В форме нет доступа для ключа."))?;
    let days = days(fields).ok_or(AppError::BadRequest("В форме нет срока для ключа."))?;
    let (shared, wanted, by) = (Data::clone(database), name.clone(), session.actor());
    let made = blocking(move || tokens::create(&shared, &wanted, scope, days, &by));
    match made.await? {
        Ok(secret) => {
            let mut page = TokensPage::new(database, session).await?;
            page.created = Some(Created { name, secret });
            uncached(StatusCode::OK, &page)
        }
        Err(AccountError::Refused(objections)) => {
            let errors = field_errors(&objections);
            let page = TokensPage::new(database, session).await?;
            let page = TokensPage { name, scope, days, ..page };
            uncached(status(&errors), &page.refused(errors))
        }
        Err(error) => Err(error.into()),
    }
}

async fn revoke(
    database: Data<Database>,
    session: &SignedIn,
    id: &str,
) -> Result<HttpResponse, AppError> {
    let id = id.parse().map_err(|_| AppError::BadRequest("В форме нет номера ключа."))?;
    let by = session.actor();
    blocking(move || tokens::revoke(&database, id, &by)).await??;
    Ok(see_other(&done(admin::tokens(), Done::Revoked)))
}

fn scope(fields: &Fields) -> Option<Scope> {
    Scope::from_name(fields.get("scope"))
}

fn days(fields: &Fields) -> Option<i64> {
    let days = fields.get("days").parse().ok()?;
    LIFETIMES.contains(&days).then_some(days)
}

impl TokensPage {
    async fn new(database: &Data<Database>, session: &SignedIn) -> Result<Self, AppError> {
        let database = Data::clone(database);
        let tokens = blocking(move || tokens::all(&database)).await??;
        Ok(Self {
            head: session.head("Ключи API"),
            token: session.form_token(),
            tokens,
            now: db::now(),
            name: String::new(),
            scope: Scope::Read,
            days: 90,
            message: None,
            created: None,
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
