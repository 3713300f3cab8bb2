//! Beginning and ending a session: the page for signing in, which is also shown where a session has
//! ended, and what somebody gets who signs in or out.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use secrecy::{ExposeSecret as _, SecretString};

use super::cookies;
use crate::editors::service::{self, CookieKey, NewSession};
use crate::error::AppError;
use crate::fields::Fields;
use crate::web::{Head, Site, filters, see_other, uncached};
use crate::{paths, russian};

/// The page for signing in.
#[derive(Template)]
#[template(path = "auth/sign_in.html")]
pub struct SignInPage {
    head: Head,
    /// Where to go on afterwards.
    to: String,
    /// What was typed there, as a body to send again; empty if nothing was.
    typed: String,
    login: String,
    /// What went wrong before.
    error: Option<String>,
}

impl SignInPage {
    /// The page that leads on to `to`.
    #[must_use]
    pub fn new(to: &str) -> Self {
        Self {
            head: Head::unlisted("Вход для редакторов"),
            to: local(to),
            typed: String::new(),
            login: String::new(),
            error: None,
        }
    }

    /// The same page with what was typed there; signed, since whoever sends it on has no session yet.
    #[must_use]
    pub fn with_typed(self, typed: &Fields, key: &CookieKey) -> Self {
        Self { typed: key.seal(&typed.write()), ..self }
    }

    /// The same page after an attempt that failed.
    #[must_use]
    pub fn refused(self, login: &str, error: impl Into<String>) -> Self {
        let head = Head::unlisted("Ошибка. Вход для редакторов");
        Self { head, login: login.to_owned(), error: Some(error.into()), ..self }
    }

    /// Where to go on afterwards, on this site.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }
}

/// After signing in again: what had been typed, ready to go on with.
#[derive(Template)]
#[template(path = "auth/resume.html")]
struct ResumePage {
    head: Head,
    to: String,
    token: String,
    typed: Fields,
}

/// Gives the browser its session and leads on to `to`, with what was typed there before.
///
/// # Errors
///
/// If the page can't be rendered.
pub fn begin(
    site: &Site,
    session: NewSession,
    to: &str,
    typed: Fields,
) -> Result<HttpResponse, AppError> {
    let NewSession { token, device, editor } = session;
    let mut answer = if typed.is_empty() {
        see_other(to)
    } else {
        let head = Head::editing("Вы снова вошли", &editor.login);
        let token = service::form_token(token.expose_secret());
        uncached(StatusCode::OK, &ResumePage { head, to: to.to_owned(), token, typed })?
    };
    give(&mut answer, site, &token, &device)?;
    Ok(answer)
}

/// Adds the cookies of a session that has begun.
///
/// # Errors
///
/// None that a cookie of ours meets.
pub fn give(
    answer: &mut HttpResponse,
    site: &Site,
    token: &SecretString,
    device: &SecretString,
) -> Result<(), AppError> {
    for cookie in [cookies::of_session(site, token), cookies::of_device(site, device)] {
        answer.add_cookie(&cookie).map_err(|error| AppError::Internal(error.into()))?;
    }
    Ok(())
}

/// Makes the browser forget its session and leads to the public pages.
///
/// # Errors
///
/// None that a cookie of ours meets.
pub fn end(site: &Site) -> Result<HttpResponse, AppError> {
    let mut answer = see_other(&paths::home(1));
    answer
        .add_cookie(&cookies::of_no_session(site))
        .map_err(|error| AppError::Internal(error.into()))?;
    Ok(answer)
}

/// The whole seconds somebody has to wait, and a sentence that says so.
#[must_use]
pub fn too_many_attempts(wait: Duration) -> (usize, String) {
    let seconds = usize::try_from(wait.as_secs()).unwrap_or(usize::MAX).saturating_add(1);
    let noun = russian::plural(seconds, "секунду", "секунды", "секунд");
    (seconds, format!("Слишком много попыток. Попробуйте через {seconds} {noun}."))
}

/// An address of this site, whatever was asked for.
fn local(address: &str) -> String {
    let is_local = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains(|letter: char| letter == '\\' || letter.is_control());
    if is_local { address.to_owned() } else { paths::admin::overview().to_owned() }
}
