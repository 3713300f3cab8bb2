//! `/admin/sign-in`, `/admin/sign-out`.

use std::time::{Duration, Instant};

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::see_other;
use crate::editors::service::{self, AccountError, Editor, NewSession};
use crate::error::AppError;
use crate::fields::Fields;
use crate::russian;
use crate::web::session::{browser, cookie, no_cookie};
use crate::web::{Head, SignInPage, SignedForm, SignedIn, State, uncached};

/// Failures with one login that cost no wait.
pub(super) const FREE_FOR_LOGIN: u32 = 5;
/// Failures from one address that cost no wait; an office may share one.
const FREE_FOR_ADDRESS: u32 = 20;

/// The parameters of `/admin/sign-in`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    #[serde(default)]
    to: String,
}

/// After signing in again: what had been typed, ready to go on with.
#[derive(Template)]
#[template(path = "admin/resume.html")]
struct ResumePage {
    head: Head,
    to: String,
    token: String,
    typed: Fields,
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
    state: Data<State>,
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
    let wait = keys.iter().filter_map(|(key, free)| state.attempts.wait(key, *free, now)).max();
    if let Some(wait) = wait {
        let (seconds, error) = too_many_attempts(wait);
        let mut refusal = uncached(StatusCode::TOO_MANY_REQUESTS, &page.refused(&login, error))?;
        refusal.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        return Ok(refusal);
    }

    let password = form.get("password").to_owned();
    let (database, name) = (state.database.clone(), login.clone());
    let signed_in = web::block(move || service::sign_in(&database, &name, &password, &browser));
    let signed_in = signed_in.await?;
    match signed_in {
        Ok(session) => {
            for (key, _) in &keys {
                state.attempts.succeeded(key);
            }
            begin(&state, session, page.to(), typed)
        }
        Err(AccountError::WrongCredentials) => {
            for (key, _) in &keys {
                state.attempts.failed(key, now);
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
pub async fn sign_out(state: Data<State>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let (shared, session) = (Data::clone(&state), form.session);
    let signed_out =
        web::block(move || service::sign_out(&shared.database, session.token(), &session.actor()));
    signed_out.await??;
    forgotten(&state)
}

/// Makes the browser forget its session and leads to the public pages.
pub(super) fn forgotten(state: &State) -> Result<HttpResponse, AppError> {
    let mut answer = see_other("/");
    answer.add_cookie(&no_cookie(state)).map_err(|error| AppError::Internal(error.into()))?;
    Ok(answer)
}

/// The whole seconds somebody has to wait, and a sentence that says so.
pub(super) fn too_many_attempts(wait: Duration) -> (usize, String) {
    let seconds = usize::try_from(wait.as_secs()).unwrap_or(usize::MAX).saturating_add(1);
    let noun = russian::plural(seconds, "секунду", "секунды", "секунд");
    (seconds, format!("Слишком много попыток. Попробуйте через {seconds} {noun}."))
}

/// Gives the browser its session and leads on.
pub(super) fn begin(
    state: &State,
    session: NewSession,
    to: &str,
    typed: Fields,
) -> Result<HttpResponse, AppError> {
    let NewSession { token, editor } = session;
    let mut answer = if typed.is_empty() {
        see_other(to)
    } else {
        let head = resume_head(&editor);
        let token = service::form_token(&token);
        uncached(StatusCode::OK, &ResumePage { head, to: to.to_owned(), token, typed })?
    };
    let cookie = cookie(state, token);
    answer.add_cookie(&cookie).map_err(|error| AppError::Internal(error.into()))?;
    Ok(answer)
}

fn resume_head(editor: &Editor) -> Head {
    Head::editing("Вы снова вошли", editor)
}
