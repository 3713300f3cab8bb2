//! The one error type of handlers.
//!
//! The models return [`diesel::QueryResult`], the service a `ServiceError`, handlers an [`AppError`].
//! [`crate::web::error_page`] turns it once into a page, or for programs into a problem, with a sentence
//! for the visitor; the cause goes to the log under the same request id.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::error::{PathError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError};

use crate::fields::Fields;
use crate::paths;
use crate::problem::Problem;

/// Why a request was not answered with what it asked for.
#[derive(Debug)]
pub enum AppError {
    /// The address can't be understood; a sentence says why.
    BadRequest(&'static str),
    /// Nothing is at this address.
    NotFound(Missing),
    /// What was at this address has another slug now.
    Moved(String),
    /// What was at this address has another one now.
    MovedTo(String),
    /// What was chosen in a form stands at this address.
    LeadsTo(String),
    /// The address answers other methods only.
    MethodNotAllowed {
        /// Those methods, as the header `Allow` names them.
        allow: &'static str,
    },
    /// The address is longer than the site reads.
    AddressTooLong,
    /// The body is longer than the site reads.
    BodyTooLarge,
    /// The body is in a content coding that the site does not read.
    EncodedBody,
    /// The body is not there in time.
    BodyTooSlow,
    /// A form that a page of another site sent.
    CrossSite,
    /// Only an owner may do this.
    OwnersOnly,
    /// Somebody else is to look at this before it is published.
    ReviewNeeded,
    /// An editor is limited to tracks, and this is about others or about all of them.
    OutsideTracks,
    /// Only somebody who is signed in may do this, in a form of the present session.
    SignedOut {
        /// Where to go on after signing in.
        to: String,
        /// What was typed there.
        typed: Fields,
    },
    /// A program's request that was refused.
    Problem(Problem),
    /// Too many ask for something costly at once.
    Busy,
    /// One network asks for too much at once.
    TooManyRequests,
    /// The database does not answer just now.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
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
            sentence: sentence.into(),
            way_on: paths::home(1),
            way_on_title: "Все профессии".into(),
        }
    }
}

impl AppError {
    /// What is said where somebody else is to look at a change before.
    pub const REVIEW: &str = "Правку грейда публикует владелец или другой редактор. Откройте грейд и нажмите \
                              «Предложить».";

    /// What is said to whoever is limited to tracks.
    pub const OUTSIDE: &str = "Владелец открыл вам отдельные направления, а это касается других направлений или \
                               всего каталога.";

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
            Self::Moved(place) | Self::MovedTo(place) | Self::LeadsTo(place) => {
                write!(f, "at {place}")
            }
            Self::MethodNotAllowed { allow } => write!(f, "only {allow} here"),
            Self::AddressTooLong => f.write_str("address too long"),
            Self::BodyTooLarge => f.write_str("body too large"),
            Self::EncodedBody => f.write_str("unknown content coding"),
            Self::BodyTooSlow => f.write_str("body too slow"),
            Self::CrossSite => f.write_str("sent by another site"),
            Self::OwnersOnly => f.write_str("for owners only"),
            Self::ReviewNeeded => f.write_str("to be looked at before"),
            Self::OutsideTracks => f.write_str("outside of the editor's tracks"),
            Self::SignedOut { .. } => f.write_str("not signed in"),
            Self::Problem(problem) => f.write_str(&problem.detail),
            Self::Busy => f.write_str("too many at once"),
            Self::TooManyRequests => f.write_str("too many of one network"),
            Self::Unavailable(error) | Self::Internal(error) => error.fmt(f),
        }
    }
}

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
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
            Self::Moved(_) | Self::MovedTo(_) => StatusCode::PERMANENT_REDIRECT,
            Self::LeadsTo(_) => StatusCode::SEE_OTHER,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::EncodedBody => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::CrossSite | Self::OwnersOnly | Self::ReviewNeeded | Self::OutsideTracks => {
                StatusCode::FORBIDDEN
            }
            Self::SignedOut { .. } => StatusCode::UNAUTHORIZED,
            Self::Problem(problem) => problem.kind.status(),
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The bare status; [`crate::web::error_page`] makes a page of it.
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
