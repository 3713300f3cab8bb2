//! `/admin/sign-in`, `/admin/sign-out`.

use std::time::{Duration, Instant};

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::see_other;
use crate::auth::session::{browser, cookie, no_cookie};
use crate::auth::{SignInPage, SignedForm, SignedIn, Throttle};
use crate::db::Database;
use crate::editors::service::{self, AccountError, Editor, NewSession};
use crate::error::AppError;
use crate::fields::Fields;
use crate::russian;
use crate::web::{Head, Site, blocking, uncached};

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
        let (seconds, error) = too_many_attempts(wait);
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
            begin(&site, session, page.to(), typed)
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
    forgotten(&site)
}

/// Makes the browser forget its session and leads to the public pages.
pub(super) fn forgotten(site: &Site) -> Result<HttpResponse, AppError> {
    let mut answer = see_other("/");
    answer.add_cookie(&no_cookie(site)).map_err(|error| AppError::Internal(error.into()))?;
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
    site: &Site,
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
    let cookie = cookie(site, token);
    answer.add_cookie(&cookie).map_err(|error| AppError::Internal(error.into()))?;
    Ok(answer)
}

fn resume_head(editor: &Editor) -> Head {
    Head::editing("Вы снова вошли", &editor.login)
}
