//! `/admin/account`: one's own name, password and sessions.

use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::account_errors::field_errors;
use crate::auth::throttle::FREE_FOR_LOGIN;
use crate::auth::{Hashing, Publishing, SignedForm, SignedIn, Throttle, signing_in};
use crate::db::Database;
use crate::editors::reach::Reach;
use crate::editors::service::{self, AccountError, Objection, Role, Session};
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, status, title};
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
    publishing: Publishing,
    /// Whether the editor is limited to tracks.
    is_limited: bool,
    sessions: Vec<Session>,
    /// What stands in the field of the name.
    name: String,
    /// What the last form did.
    message: Option<&'static str>,
    errors: Vec<FieldError>,
}

/// Answers with forms for name and password, and the sessions.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(
    (database, publishing): (Data<Database>, Data<Publishing>),
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let mut page = AccountPage::new(&database, &session, **publishing).await?;
    page.message = match parameters.done {
        Some(Done::Named) => Some("Имя сохранено."),
        Some(Done::Password) => Some("Пароль сменён, другие сеансы завершены."),
        Some(Done::Ended) => Some("Сеанс завершён."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Changes the name or the password, or ends a session or all of them.
///
/// # Errors
///
/// If the database does not answer.
pub async fn send(
    (database, site, publishing): (Data<Database>, Data<Site>, Data<Publishing>),
    (throttle, hashing): (Data<Throttle>, Data<Hashing>),
    form: SignedForm,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let errors = match fields.get("action") {
        "name" => match rename(&database, &session, fields.get("display-name")).await? {
            Ok(answer) => return Ok(answer),
            Err(errors) => errors,
        },
        "password" => {
            let guarded = (&**throttle, &**hashing);
            match change_password((&database, &site), guarded, &session, &fields).await? {
                Ok(answer) => return Ok(answer),
                Err(Refusal::Invalid(errors)) => errors,
                Err(Refusal::TooMany { seconds, error }) => {
                    let page = AccountPage::new(&database, &session, **publishing).await?;
                    let page = page.refused(vec![error]);
                    let mut refusal = uncached(StatusCode::TOO_MANY_REQUESTS, &page)?;
                    refusal.headers_mut().insert(header::RETRY_AFTER, seconds.into());
                    return Ok(refusal);
                }
            }
        }
        "end" => return end((database, site), session, fields.get("session")).await,
        "end-all" => return end_all((database, site), session).await,
        _ => Vec::new(),
    };
    let mut page = AccountPage::new(&database, &session, **publishing).await?;
    if let Some(name) = fields.sent("display-name") {
        name.clone_into(&mut page.name);
    }
    uncached(status(&errors), &page.refused(errors))
}

async fn rename(
    database: &Data<Database>,
    session: &SignedIn,
    name: &str,
) -> Result<Result<HttpResponse, Vec<FieldError>>, AppError> {
    let (database, by, name) = (Data::clone(database), session.actor(), name.to_owned());
    match blocking(move || service::rename_self(&database, &name, &by)).await? {
        Ok(()) => Ok(Ok(see_other(&done(admin::account(), Done::Named)))),
        Err(AccountError::Refused(objections)) => Ok(Err(field_errors(&objections))),
        Err(error) => Err(error.into()),
    }
}

/// Why a password was not changed.
enum Refusal {
    Invalid(Vec<FieldError>),
    /// So many seconds are to be waited before another attempt.
    TooMany {
        seconds: usize,
        error: FieldError,
    },
}

async fn change_password(
    (database, site): (&Data<Database>, &Site),
    (throttle, hashing): (&Throttle, &Hashing),
    session: &SignedIn,
    fields: &Fields,
) -> Result<Result<HttpResponse, Refusal>, AppError> {
    // A browser left alone is no place to guess the password at either.
    let key = format!("password of {}", session.editor.login);
    let attempt = match throttle.attempt(key, FREE_FOR_LOGIN, Instant::now()) {
        Ok(attempt) => attempt,
        Err(wait) => {
            let (seconds, message) = signing_in::too_many_attempts(wait);
            let error = FieldError { field: "present-password", message };
            return Ok(Err(Refusal::TooMany { seconds, error }));
        }
    };
    let (present, wanted) =
        (fields.get("present-password").to_owned(), fields.get("password").to_owned());
    let (shared, asking) = (Data::clone(database), session.clone());
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
            signing_in::give(&mut answer, site, &renewed.token, &renewed.device)?;
            Ok(Ok(answer))
        }
        Err(AccountError::Refused(objections)) => {
            Ok(Err(Refusal::Invalid(field_errors(&objections))))
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

async fn end_all(
    (database, site): (Data<Database>, Data<Site>),
    session: SignedIn,
) -> Result<HttpResponse, AppError> {
    let ended =
        blocking(move || service::end_all_sessions(&database, session.token(), &session.actor()));
    ended.await??;
    signing_in::end(&site)
}

impl AccountPage {
    async fn new(
        database: &Data<Database>,
        session: &SignedIn,
        publishing: Publishing,
    ) -> Result<Self, AppError> {
        let (database, token) = (Data::clone(database), session.token().to_owned());
        let sessions = blocking(move || service::sessions(&database, &token)).await??;
        let editor = session.editor.clone();
        Ok(Self {
            head: Head::editing("Учётная запись", &editor.login),
            token: session.form_token(),
            login: editor.login,
            role: editor.role,
            publishing,
            is_limited: session.reach != Reach::Everything,
            sessions,
            name: editor.name,
            message: None,
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
