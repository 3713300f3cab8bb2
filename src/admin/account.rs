//! `/admin/account`: one's own password and sessions.

use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::account_errors::field_errors;
use crate::auth::throttle::FREE_FOR_LOGIN;
use crate::auth::{Hashing, SignedForm, SignedIn, Throttle, signing_in};
use crate::db::Database;
use crate::editors::service::{self, AccountError, Objection, Role, Session};
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, title};
use crate::web::{Head, Site, blocking, filters, see_other, uncached};

/// The parameters of `/admin/account`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    head: Head,
    token: String,
    login: String,
    role: Role,
    sessions: Vec<Session>,
    /// What the last form did.
    message: Option<&'static str>,
    errors: Vec<FieldError>,
}

/// Answers with a form for another password, and the sessions.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let message = match parameters.done {
        Some(Done::Password) => Some("Пароль сменён, другие сеансы завершены."),
        Some(Done::Ended) => Some("Сеанс завершён."),
        _ => None,
    };
    answer(database, session, message, StatusCode::OK, Vec::new()).await
}

/// Changes the password, or ends a session.
///
/// # Errors
///
/// If the database does not answer.
pub async fn send(
    (database, site): (Data<Database>, Data<Site>),
    (throttle, hashing): (Data<Throttle>, Data<Hashing>),
    form: SignedForm,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    match fields.get("action") {
        "password" => {
            change_password((database, site), (&throttle, &hashing), session, &fields).await
        }
        "end" => end((database, site), session, fields.get("session")).await,
        _ => answer(database, session, None, StatusCode::OK, Vec::new()).await,
    }
}

async fn change_password(
    (database, site): (Data<Database>, Data<Site>),
    (throttle, hashing): (&Throttle, &Hashing),
    session: SignedIn,
    fields: &Fields,
) -> Result<HttpResponse, AppError> {
    // A browser left alone is no place to guess the password at either.
    let key = format!("password of {}", session.editor.login);
    let attempt = match throttle.attempt(key, FREE_FOR_LOGIN, Instant::now()) {
        Ok(attempt) => attempt,
        Err(wait) => {
            let (seconds, message) = signing_in::too_many_attempts(wait);
            let errors = vec![FieldError { field: "present-password", message }];
            let status = StatusCode::TOO_MANY_REQUESTS;
            let mut refusal = answer(database, session, None, status, errors).await?;
            refusal.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            return Ok(refusal);
        }
    };
    let (present, wanted) =
        (fields.get("present-password").to_owned(), fields.get("password").to_owned());
    let (shared, asking) = (Data::clone(&database), session.clone());
    let changed = hashing.for_known(move || {
        let (token, browser) = (asking.token(), &asking.browser);
        service::change_own_password(&shared, token, &present, &wanted, browser)
    });
    let changed = changed.await;
    let has_guessed = |refused: &AccountError| matches!(refused, AccountError::Refused(all) if all.contains(&Objection::WrongPassword));
    if !matches!(&changed, Ok(Err(refused)) if has_guessed(refused)) {
        throttle.take_back(attempt);
    }
    match changed? {
        Ok(renewed) => {
            let mut answer = see_other(&done(admin::account(), Done::Password));
            signing_in::give(&mut answer, &site, &renewed.token, &renewed.device)?;
            Ok(answer)
        }
        Err(AccountError::Refused(objections)) => {
            let errors = field_errors(&objections);
            answer(database, session, None, StatusCode::UNPROCESSABLE_ENTITY, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn end(
    (database, site): (Data<Database>, Data<Site>),
    session: SignedIn,
    name: &str,
) -> Result<HttpResponse, AppError> {
    let name = name.to_owned();
    let ended =
        blocking(move || service::end_session(&database, session.token(), &name, &session.actor()));
    let was_this = ended.await??;
    if was_this {
        signing_in::end(&site)
    } else {
        Ok(see_other(&done(admin::account(), Done::Ended)))
    }
}

async fn answer(
    database: Data<Database>,
    session: SignedIn,
    message: Option<&'static str>,
    status: StatusCode,
    errors: Vec<FieldError>,
) -> Result<HttpResponse, AppError> {
    let token = session.token().to_owned();
    let sessions = blocking(move || service::sessions(&database, &token)).await??;
    let page = AccountPage {
        head: session.head(title("Учётная запись", &errors)),
        token: session.form_token(),
        login: session.editor.login,
        role: session.editor.role,
        sessions,
        message,
        errors,
    };
    uncached(status, &page)
}

impl AccountPage {
    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
