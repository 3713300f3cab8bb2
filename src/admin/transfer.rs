//! `/admin/transfer`: ladders as files.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::auth::{SignedFiles, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::tracks::{self, Track};
use crate::graders::service::transfer::Format;
use crate::graders::service::transfer::uploads::{self, UploadedFile};
use crate::paths;
use crate::paths::admin::{self, Done};
use crate::web::field_errors::{message, title};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of `/admin/transfer`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/transfer.html")]
struct TransferPage {
    head: Head,
    token: String,
    /// What the last form did.
    message: Option<&'static str>,
    errors: Vec<FieldError>,
    tracks: Vec<Track>,
}

/// Answers with the files of the catalogue and the form for sending some.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let mut page = TransferPage::new(&database, &session).await?;
    page.message = match parameters.done {
        Some(Done::Saved) => Some("Загружено. Что изменилось, видно в истории каждой профессии."),
        Some(Done::Unchanged) => Some("Загружать нечего: в каталоге уже всё так."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Keeps files, and leads on to what they would change.
///
/// # Errors
///
/// If the database does not answer.
pub async fn send(database: Data<Database>, sent: SignedFiles) -> Result<HttpResponse, AppError> {
    let SignedFiles { session, form } = sent;
    if form.files.is_empty() {
        let mut page = TransferPage::new(&database, &session).await?;
        let message = "Выберите хотя бы один файл.".to_owned();
        page.errors.push(FieldError { field: "files", message });
        page.head.title = title(&page.head.title, &page.errors);
        return uncached(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let files = form.files.into_iter().map(|(name, content)| UploadedFile { name, content });
    let (files, login) = (files.collect(), session.editor.login);
    let token = blocking(move || uploads::keep(&database, &login, files)).await??;
    Ok(see_other(&admin::upload(&token)))
}

impl TransferPage {
    async fn new(database: &Database, session: &SignedIn) -> Result<Self, AppError> {
        let database = database.clone();
        Ok(Self {
            tracks: blocking(move || tracks::filled(&database)).await??,
            head: session.head("Файлы"),
            token: session.form_token(),
            message: None,
            errors: Vec::new(),
        })
    }

    /// The addresses of the files of the catalogue, or of a track, and their formats.
    fn downloads(track: Option<&str>) -> Vec<(String, &'static str)> {
        Format::ALL.map(|format| (paths::export(format.name(), track, None), format.title())).into()
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
