//! `/admin/setup/{token}`: where the first owner is made.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Path};
use askama::Template;

use super::{FieldError, sign_in};
use crate::editors::service::{self, AccountError, WeakPassword};
use crate::error::{AppError, Missing};
use crate::fields::Fields;
use crate::web::{Head, State, filters, uncached};

#[derive(Template)]
#[template(path = "admin/setup.html")]
struct SetupPage {
    head: Head,
    login: String,
    errors: Vec<FieldError>,
}

impl SetupPage {
    fn new(login: &str, errors: Vec<FieldError>) -> Self {
        let title = if errors.is_empty() {
            "Первый владелец"
        } else {
            "Ошибка. Первый владелец"
        };
        Self { head: Head::unlisted(title), login: login.to_owned(), errors }
    }
}

/// Answers with the form while there is no editor.
///
/// # Errors
///
/// [`AppError::NotFound`] if the address is not the one printed at the start, or is used up.
pub async fn show(state: Data<State>, token: Path<String>) -> Result<HttpResponse, AppError> {
    check(&state, &token).await?;
    uncached(StatusCode::OK, &SetupPage::new("", Vec::new()))
}

/// Makes the first owner and signs in.
///
/// # Errors
///
/// As [`show`].
pub async fn send(
    state: Data<State>,
    token: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, AppError> {
    check(&state, &token).await?;
    let form = Fields::read(&body);
    let (login, password) = (form.get("login").trim().to_owned(), form.get("password").to_owned());
    let (database, name) = (state.database.clone(), login.clone());
    let made = web::block(move || {
        service::create_first(&database, &name, &password)?;
        service::sign_in(&database, &name, &password)
    });
    let error = match made.await? {
        Ok(session) => return sign_in::begin(&state, session, "/admin", Fields::default()),
        Err(error) => error,
    };
    let (field, message) = match error {
        AccountError::InvalidLogin => {
            ("login", "В логине от 2 до 40 знаков: буквы, цифры, точка, дефис, подчёркивание.")
        }
        AccountError::WeakPassword(WeakPassword::TooShort) => {
            ("password", "В пароле должно быть не меньше 15 знаков.")
        }
        AccountError::WeakPassword(WeakPassword::TooLong) => {
            ("password", "В пароле может быть не больше 256 знаков.")
        }
        AccountError::WeakPassword(WeakPassword::TooCommon) => {
            ("password", "Такой пароль легко угадать. Придумайте другой.")
        }
        AccountError::NotFirst => return Err(gone()),
        other => return Err(other.into()),
    };
    let errors = vec![FieldError { field, message: message.to_owned() }];
    uncached(StatusCode::UNPROCESSABLE_ENTITY, &SetupPage::new(&login, errors))
}

async fn check(state: &Data<State>, token: &str) -> Result<(), AppError> {
    if state.setup_token.as_deref() != Some(token) {
        return Err(gone());
    }
    let database = state.database.clone();
    let is_used_up = web::block(move || service::any_exists(&database)).await??;
    if is_used_up { Err(gone()) } else { Ok(()) }
}

fn gone() -> AppError {
    AppError::NotFound(Missing::new("Этот адрес работает один раз, пока нет ни одного редактора."))
}
