//! `/admin/releases`: owners name the present state of the catalogue.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::Outcome;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::releases::{self, InvalidField, LONGEST_NAME, Release};
use crate::graders::service::texts::LONGEST_NOTE;
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, title};
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/releases.html")]
struct ReleasesPage {
    head: Head,
    token: String,
    releases: Vec<Release>,
    is_saved: bool,
    name: String,
    note: String,
    errors: Vec<FieldError>,
}

/// Answers with the releases and a form for another one.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; if the database does not answer.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    let mut page = ReleasesPage::new(database, &session).await?;
    page.is_saved = parameters.done == Some(Done::Saved);
    uncached(StatusCode::OK, &page)
}

/// Names the present state.
///
/// # Errors
///
/// As [`show`].
pub async fn send(database: Data<Database>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let (name, note) = (fields.get("name").trim().to_owned(), fields.get("note").trim().to_owned());
    let (shared, by) = (Data::clone(&database), session.actor());
    let typed = (name.clone(), note.clone());
    let invalid = blocking(move || releases::create(&shared, (&typed.0, &typed.1), &by)).await??;
    let outcome = if invalid.is_empty() {
        Outcome::Stored(done(admin::releases(), Done::Saved))
    } else {
        let page = ReleasesPage::new(database, &session).await?;
        let errors = invalid.into_iter().map(error).collect::<Vec<_>>();
        let head = Head { title: title(&page.head.title, &errors), ..page.head };
        Outcome::Invalid(ReleasesPage { head, name, note, errors, ..page })
    };
    outcome.respond()
}

fn error(invalid: InvalidField) -> FieldError {
    let (field, message) = match invalid {
        InvalidField::Name => {
            let message = format!("Нужно имя не длиннее {LONGEST_NAME} знаков, без «/» и «\\».");
            ("name", message)
        }
        InvalidField::NameTaken => ("name", "Такой выпуск уже есть. Выберите другое имя.".into()),
        InvalidField::Note => (
            "note",
            format!("В пояснении может быть не больше {LONGEST_NOTE} знаков в одной строке."),
        ),
    };
    FieldError { field, message }
}

impl ReleasesPage {
    async fn new(database: Data<Database>, session: &SignedIn) -> Result<Self, AppError> {
        Ok(Self {
            head: session.head("Выпуски"),
            token: session.form_token(),
            releases: blocking(move || releases::all(&database)).await??,
            is_saved: false,
            name: String::new(),
            note: String::new(),
            errors: Vec::new(),
        })
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
