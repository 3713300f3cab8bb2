//! `/admin/setup/{token}`: where the first owner is made.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::account_errors::field_errors;
use crate::auth::session::browser;
use crate::auth::{Hashing, signing_in};
use crate::db::Database;
use crate::editors::service::{self, AccountError};
use crate::error::{AppError, Missing};
use crate::fields::{FieldError, Fields};
use crate::paths::admin;
use crate::web::body::{self, Allowance};
use crate::web::field_errors::{message, title};
use crate::web::{Head, Site, blocking, filters, uncached};

#[derive(Template)]
#[template(path = "admin/setup.html")]
struct SetupPage {
    head: Head,
    login: String,
    errors: Vec<FieldError>,
}

impl SetupPage {
    fn new(login: &str, errors: Vec<FieldError>) -> Self {
        let title = title("Первый владелец", &errors);
        Self { head: Head::unlisted(title), login: login.to_owned(), errors }
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}

/// Answers with the form while there is no editor.
///
/// # Errors
///
/// [`AppError::NotFound`] if the address is not the one printed at the start, or is used up.
pub async fn show(database: Data<Database>, token: Path<String>) -> Result<HttpResponse, AppError> {
    check(&database, token.into_inner()).await?;
    uncached(StatusCode::OK, &SetupPage::new("", Vec::new()))
}

/// Makes the first owner and signs in.
///
/// # Errors
///
/// As [`show`].
pub async fn send(
    request: HttpRequest,
    (database, site): (Data<Database>, Data<Site>),
    hashing: Data<Hashing>,
    token: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, AppError> {
    check(&database, token.into_inner()).await?;
    let form =
        Fields::read(&body::read(&request, &mut payload.into_inner(), Allowance::LINES).await?);
    let (login, password) = (form.get("login").trim().to_owned(), form.get("password").to_owned());
    let (database, name) = (database.clone(), login.clone());
    let browser = browser(&request);
    let made = hashing.for_known(move || {
        service::create_first(&database, &name, &password, &browser)?;
        service::sign_in(&database, &name, &password, &browser)
    });
    let errors = match made.await? {
        Ok(session) => {
            return signing_in::begin(&site, session, admin::overview(), Fields::default());
        }
        Err(AccountError::Refused(objections)) => field_errors(&objections),
        Err(AccountError::NotFirst) => return Err(gone()),
        Err(error) => return Err(error.into()),
    };
    uncached(StatusCode::UNPROCESSABLE_ENTITY, &SetupPage::new(&login, errors))
}

async fn check(database: &Data<Database>, token: String) -> Result<(), AppError> {
    let database = Data::clone(database);
    let is_right = blocking(move || service::is_setup_token(&database, &token)).await??;
    if is_right { Ok(()) } else { Err(gone()) }
}

fn gone() -> AppError {
    AppError::NotFound(Missing::new("Этот адрес работает один раз, пока нет ни одного редактора."))
}
