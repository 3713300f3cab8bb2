//! `/admin/sign-in`, `/admin/sign-out`.

use std::time::Instant;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::auth::session::browser;
use crate::auth::throttle::FREE_FOR_LOGIN;
use crate::auth::{Hashing, SignInPage, SignedForm, SignedIn, Throttle, cookies, signing_in};
use crate::db::Database;
use crate::editors::service::{self, AccountError, CookieKey};
use crate::error::AppError;
use crate::fields::Fields;
use crate::web::body::{self, Allowance};
use crate::web::{Site, blocking, see_other, uncached};

/// Seconds after which it may be one's turn.
const BUSY_PAUSE: usize = 5;

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
    let page = SignInPage::new(&parameters.to);
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
    (throttle, hashing, key): (Data<Throttle>, Data<Hashing>, Data<CookieKey>),
    payload: Payload,
) -> Result<HttpResponse, AppError> {
    let body = body::read(&request, &mut payload.into_inner(), Allowance::FORM_IN_FORM).await?;
    let form = Fields::read(&body);
    let sent = form.get("typed");
    // Whoever had no session can have typed nothing in it.
    let typed = key.unseal(sent).or_else(|| cookies::had_session(&request).then_some(sent));
    let typed = Fields::read(typed.unwrap_or_default().as_bytes());
    let login = form.get("login").trim().to_owned();
    let page = SignInPage::new(form.get("to")).with_typed(&typed, &key);

    let (browser, now) = (browser(&request), Instant::now());
    let device = cookies::device(&request).filter(|device| device.login == login);
    let counted = match &device {
        Some(device) => throttle.attempt(format!("device {}", device.id), FREE_FOR_LOGIN, now),
        None => throttle.guess(&login, &browser.network, now),
    };
    let attempt = match counted {
        Ok(attempt) => attempt,
        Err(wait) => {
            let (seconds, error) = signing_in::too_many_attempts(wait);
            return put_off(&page.refused(&login, error), StatusCode::TOO_MANY_REQUESTS, seconds);
        }
    };

    let password = form.get("password").to_owned();
    let (database, name) = (database.clone(), login.clone());
    let work = move || service::sign_in(&database, &name, &password, &browser);
    let signed_in = match device {
        Some(_) => hashing.for_known(work).await,
        None => hashing.for_stranger(work).await,
    };
    match signed_in {
        Ok(Ok(session)) => {
            throttle.take_back(attempt);
            signing_in::begin(&site, session, page.to(), typed)
        }
        Ok(Err(AccountError::WrongCredentials)) => {
            let error = "Логин или пароль не подошли.";
            uncached(StatusCode::UNAUTHORIZED, &page.refused(&login, error))
        }
        Ok(Err(error)) => {
            throttle.take_back(attempt);
            Err(error.into())
        }
        Err(AppError::Busy) => {
            // Nothing was guessed.
            throttle.take_back(attempt);
            let error = "Сейчас входит слишком много людей. Попробуйте через несколько секунд.";
            let status = StatusCode::SERVICE_UNAVAILABLE;
            put_off(&page.refused(&login, error), status, BUSY_PAUSE)
        }
        Err(error) => Err(error),
    }
}

/// The page again, to be sent in so many seconds.
fn put_off(
    page: &SignInPage,
    status: StatusCode,
    seconds: usize,
) -> Result<HttpResponse, AppError> {
    let mut answer = uncached(status, page)?;
    answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    Ok(answer)
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
