//! `/admin/sign-in`, `/admin/sign-out`.

use std::time::Instant;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::auth::session::browser;
use crate::auth::throttle::FREE_FOR_LOGIN;
use crate::auth::{SignInPage, SignedForm, SignedIn, Throttle, signing_in};
use crate::db::Database;
use crate::editors::service::{self, AccountError};
use crate::error::AppError;
use crate::fields::Fields;
use crate::web::{Site, blocking, see_other, uncached};

/// Failures from one address that cost no wait; an office may share one.
const FREE_FOR_ADDRESS: u32 = 20;

/// The parameters of `/admin/sign-in`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    #[serde(default)]
    to: String,
}

/// Answers with the form, or leads on whoever is signed in.
///
/// # Errors
///
/// If the page can't be rendered.
pub async fn show(
    session: Option<SignedIn>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let page = SignInPage::new(&parameters.to, &Fields::default());
    match session {
        Some(_) => Ok(see_other(page.to())),
        None => uncached(StatusCode::OK, &page),
    }
}

/// Signs in and leads on, with what was typed before the session ended.
///
/// # Errors
///
/// If the database does not answer.
pub async fn send(
    request: HttpRequest,
    (database, site): (Data<Database>, Data<Site>),
    throttle: Data<Throttle>,
    body: Bytes,
) -> Result<HttpResponse, AppError> {
    let form = Fields::read(&body);
    let typed = Fields::read(form.get("typed").as_bytes());
    let login = form.get("login").trim().to_owned();
    let page = SignInPage::new(form.get("to"), &typed);

    let browser = browser(&request);
    let keys = [
        // However long a login is typed, little of it is remembered.
        (format!("login {}", login.chars().take(64).collect::<String>()), FREE_FOR_LOGIN),
        (format!("address {}", browser.address), FREE_FOR_ADDRESS),
    ];
    let now = Instant::now();
    let wait = keys.iter().filter_map(|(key, free)| throttle.wait(key, *free, now)).max();
    if let Some(wait) = wait {
        let (seconds, error) = signing_in::too_many_attempts(wait);
        let mut refusal = uncached(StatusCode::TOO_MANY_REQUESTS, &page.refused(&login, error))?;
        refusal.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        return Ok(refusal);
    }

    let password = form.get("password").to_owned();
    let (database, name) = (database.clone(), login.clone());
    let signed_in = blocking(move || service::sign_in(&database, &name, &password, &browser));
    let signed_in = signed_in.await?;
    match signed_in {
        Ok(session) => {
            for (key, _) in &keys {
                throttle.succeeded(key);
            }
            signing_in::begin(&site, session, page.to(), typed)
        }
        Err(AccountError::WrongCredentials) => {
            for (key, _) in &keys {
                throttle.failed(key, now);
            }
            let error = "Логин или пароль не подошли.";
            uncached(StatusCode::UNAUTHORIZED, &page.refused(&login, error))
        }
        Err(error) => Err(error.into()),
    }
}

/// Signs out.
///
/// # Errors
///
/// If the database does not answer.
pub async fn sign_out(
    (database, site): (Data<Database>, Data<Site>),
    form: SignedForm,
) -> Result<HttpResponse, AppError> {
    let session = form.session;
    let signed_out =
        blocking(move || service::sign_out(&database, session.token(), &session.actor()));
    signed_out.await??;
    signing_in::end(&site)
}
