//! The one error type of handlers, and the page it becomes.
//!
//! The models return [`diesel::QueryResult`], the service a [`ServiceError`], handlers an
//! [`AppError`]. [`render`] turns it into a page once, with what is told to the visitor; the cause
//! goes to the log under the same request id.

use std::fmt;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{BlockingError, PathError, QueryPayloadError};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use crate::graders::service::ServiceError;
use crate::web::{Head, RequestId, filters};

/// Why a request was not answered with what it asked for.
#[derive(Debug)]
pub enum AppError {
    /// The address can't be understood; a sentence says why.
    BadRequest(&'static str),
    /// Nothing is at this address.
    NotFound(Missing),
    /// The address answers other methods only.
    MethodNotAllowed {
        /// Those methods, as the header `Allow` names them.
        allow: &'static str,
    },
    /// The address is longer than the site reads.
    AddressTooLong,
    /// The database does not answer just now.
    Unavailable(ServiceError),
    /// A fault of ours.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// What was looked for in vain, and a way on from there.
#[derive(Debug)]
pub struct Missing {
    /// A sentence on what is not there.
    pub sentence: String,
    /// The address to go on to.
    pub way_on: String,
    /// What the way on is called.
    pub way_on_title: String,
}

impl Missing {
    /// Something unknown, with the way to all professions.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(), way_on: "/".into(), way_on_title: "Все профессии".into()
        }
    }
}

impl AppError {
    /// A path that can't be read.
    #[must_use]
    pub fn from_path(_: PathError, _: &HttpRequest) -> Error {
        Self::BadRequest("Адрес записан с ошибкой.").into()
    }

    /// Parameters that can't be read.
    #[must_use]
    pub fn from_query(_: QueryPayloadError, _: &HttpRequest) -> Error {
        Self::BadRequest("Параметры после знака «?» записаны с ошибкой.").into()
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadRequest(sentence) => f.write_str(sentence),
            Self::NotFound(missing) => f.write_str(&missing.sentence),
            Self::MethodNotAllowed { allow } => write!(f, "only {allow} here"),
            Self::AddressTooLong => f.write_str("address too long"),
            Self::Unavailable(error) => error.fmt(f),
            Self::Internal(error) => error.fmt(f),
        }
    }
}

impl From<ServiceError> for AppError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NoSuchProfession => {
                Self::NotFound(Missing::new("Такой профессии в каталоге нет."))
            }
            ServiceError::NoSuchPage => {
                Self::NotFound(Missing::new("Столько страниц в каталоге нет."))
            }
            ServiceError::Unavailable(_) => Self::Unavailable(error),
            ServiceError::Query(ref query) if may_succeed_later(query) => Self::Unavailable(error),
            ServiceError::Query(_) => Self::Internal(error.into()),
        }
    }
}

/// Whether the database refused for a reason that passes: a lost connection, a lock.
fn may_succeed_later(error: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind as Kind;
    match error {
        diesel::result::Error::DatabaseError(kind, information) => {
            // The end of SQLite's busy timeout has a message and no kind.
            matches!(
                kind,
                Kind::ClosedConnection | Kind::UnableToSendCommand | Kind::SerializationFailure
            ) || information.message() == "database is locked"
        }
        _ => false,
    }
}

impl From<BlockingError> for AppError {
    fn from(error: BlockingError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<askama::Error> for AppError {
    fn from(error: askama::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The bare status; [`render`] makes a page of it.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Lets a handler of nothing but an error be a handler.
impl actix_web::Responder for AppError {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::from_error(self)
    }
}

/// Turns every refusal, ours and the framework's, into a page in the site's own dress.
///
/// # Errors
///
/// None of its own.
pub async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?;
    let status = answer.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return Ok(answer.map_into_boxed_body());
    }
    let (request, response) = answer.into_parts();
    let id = RequestId::of(&request);
    let error = response.error().and_then(|error| error.as_error::<AppError>());
    if status.is_server_error() {
        match response.error() {
            Some(cause) => log::error!("{id} {} {}: {cause}", request.method(), request.path()),
            None => log::error!("{id} {} {}: {status}", request.method(), request.path()),
        }
    }
    let rendered = ErrorPage::new(status, error, &id).into_response();
    Ok(ServiceResponse::new(request, rendered))
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    head: Head,
    heading: &'static str,
    sentence: String,
    way_on: String,
    way_on_title: String,
    /// Shown where a person may want to report what happened.
    request_id: Option<String>,
    status: StatusCode,
    allow: Option<&'static str>,
}

impl ErrorPage {
    fn new(status: StatusCode, error: Option<&AppError>, id: &RequestId) -> Self {
        let Missing { way_on, way_on_title, .. } = Missing::new("");
        let (heading, sentence) = match status {
            StatusCode::BAD_REQUEST => ("Запрос не понят", "Сервер не разобрал этот запрос."),
            StatusCode::NOT_FOUND => ("Страница не найдена", "По этому адресу ничего нет."),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("Так сюда обратиться нельзя", "Эту страницу можно только открыть и прочитать.")
            }
            StatusCode::URI_TOO_LONG => {
                ("Слишком длинный адрес", "Сайт читает адреса не длиннее 8000 знаков.")
            }
            StatusCode::SERVICE_UNAVAILABLE => (
                "Сайт временно недоступен",
                "База данных сейчас не отвечает. Попробуйте ещё раз через минуту.",
            ),
            status if status.is_server_error() => (
                "Ошибка на сервере",
                "Мы записали, что произошло. Попробуйте ещё раз или вернитесь к профессиям.",
            ),
            _ => ("Запрос отклонён", "Сервер не может выполнить такой запрос."),
        };
        let mut page = Self {
            head: Head::unlisted(heading),
            heading,
            sentence: sentence.to_owned(),
            way_on,
            way_on_title,
            request_id: status.is_server_error().then(|| id.to_string()),
            status,
            allow: None,
        };
        match error {
            Some(AppError::BadRequest(sentence)) => {
                (*sentence).clone_into(&mut page.sentence);
            }
            Some(AppError::NotFound(missing)) => {
                page.sentence.clone_from(&missing.sentence);
                page.way_on.clone_from(&missing.way_on);
                page.way_on_title.clone_from(&missing.way_on_title);
            }
            Some(AppError::MethodNotAllowed { allow }) => page.allow = Some(allow),
            _ => {}
        }
        page
    }

    fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(allow) = self.allow {
            response.insert_header((header::ALLOW, allow));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, "60"));
        }
        match self.render() {
            Ok(page) => response.content_type("text/html; charset=utf-8").body(page),
            Err(error) => {
                log::error!("the error page itself failed: {error}");
                response.content_type("text/plain; charset=utf-8").body(self.sentence)
            }
        }
    }
}
