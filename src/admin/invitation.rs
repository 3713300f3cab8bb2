//! `/admin/invitation/{token}`: where an editor sets a password, signed out, by a link an owner made.

use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::account_errors::field_errors;
use crate::auth::session::browser;
use crate::auth::{Hashing, Publishing, Throttle, signing_in};
use crate::db::Database;
use crate::editors::service::{self, AccountError, Invited};
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::paths::admin;
use crate::web::body::{self, Allowance};
use crate::web::field_errors::{message, title};
use crate::web::{Head, Site, blocking, filters, uncached};

/// Links that nobody was given, from one network, that cost no wait.
const FREE_FOR_NETWORK: u32 = 50;

#[derive(Template)]
#[template(path = "admin/invitation.html")]
struct InvitationPage {
    head: Head,
    invited: Invited,
    publishing: Publishing,
    errors: Vec<FieldError>,
}

impl InvitationPage {
    fn new(invited: Invited, publishing: Publishing, errors: Vec<FieldError>) -> Self {
        let title = title("Пароль для входа", &errors);
        Self { head: Head::unlisted(title), invited, publishing, errors }
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}

/// Answers with the form for a password. Looking at it uses nothing up: messengers open links too.
///
/// # Errors
///
/// [`AppError::NotFound`] if the link was never made, or does not work any more;
/// [`AppError::TooManyRequests`] after many such links.
pub async fn show(
    request: HttpRequest,
    (database, publishing): (Data<Database>, Data<Publishing>),
    throttle: Data<Throttle>,
    token: Path<String>,
) -> Result<HttpResponse, AppError> {
    let invited = find(&request, &database, &throttle, &token).await?;
    uncached(StatusCode::OK, &InvitationPage::new(invited, **publishing, Vec::new()))
}

/// Sets the password and signs in.
///
/// # Errors
///
/// As [`show`].
pub async fn send(
    request: HttpRequest,
    (database, site): (Data<Database>, Data<Site>),
    (throttle, hashing, publishing): (Data<Throttle>, Data<Hashing>, Data<Publishing>),
    token: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, AppError> {
    let invited = find(&request, &database, &throttle, &token).await?;
    let form =
        Fields::read(&body::read(&request, &mut payload.into_inner(), Allowance::LINES).await?);
    let passwords = (form.get("password").to_owned(), form.get("repeated-password").to_owned());
    let (database, browser) = (Data::clone(&database), browser(&request));
    let accepted = hashing.for_known(move || {
        let (password, repeated) = (&*passwords.0, &*passwords.1);
        service::accept_invitation(&database, &token, (password, repeated), &browser)
    });
    match accepted.await? {
        Ok(session) => signing_in::begin(&site, session, admin::overview(), Fields::default()),
        Err(AccountError::Refused(objections)) => {
            let page = InvitationPage::new(invited, **publishing, field_errors(&objections));
            uncached(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whose link it is. Links that nobody was given are counted for the network they are tried from.
async fn find(
    request: &HttpRequest,
    database: &Data<Database>,
    throttle: &Throttle,
    token: &Path<String>,
) -> Result<Invited, AppError> {
    let (database, token) = (Data::clone(database), token.to_string());
    let found = blocking(move || service::invited(&database, &token)).await?;
    if matches!(found, Err(AccountError::NoSuchInvitation)) {
        let key = format!("invitation from {}", browser(request).network);
        // A link can't be guessed, so the right one is never made to wait.
        if throttle.attempt(key, FREE_FOR_NETWORK, Instant::now()).is_err() {
            return Err(AppError::TooManyRequests);
        }
    }
    Ok(found?)
}
