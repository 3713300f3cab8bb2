//! Errors as programs read them: `application/problem+json` (RFC 9457).
//!
//! The comments on [`ProblemBody`] and [`Fault`] are texts of the API's document, so they are in the
//! language of the visitors.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::paths;

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a program's request was refused.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What sort of problem it is.
    pub kind: Kind,
    /// A sentence on this very request.
    pub detail: String,
    /// Everything that is wrong, one by one; may be empty.
    pub faults: Vec<Fault>,
    /// Seconds after which the same request may succeed.
    pub retry_after: Option<u64>,
}

/// A sort of problem. Each has a name that never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The address, a parameter or the text of the body can't be read.
    Malformed,
    /// There is no token, or it is none of ours, or it is over.
    Unauthorized,
    /// The token may only read.
    Forbidden,
    /// A page of another site sent it.
    CrossSite,
    /// Nothing is at this address.
    NotFound,
    /// The address answers other methods only.
    MethodNotAllowed,
    /// What it asks contradicts what is stored.
    Conflict,
    /// It was changed by somebody else since it was read.
    PreconditionFailed,
    /// The body is too long.
    ContentTooLarge,
    /// The address is too long.
    AddressTooLong,
    /// The body is no JSON by its own word.
    UnsupportedMediaType,
    /// The body is JSON, but not as the document describes it.
    Invalid,
    /// The idempotency key named another request before.
    KeyReused,
    /// It does not say which state it changes.
    PreconditionRequired,
    /// Too many attempts.
    TooManyRequests,
    /// A fault of ours.
    Internal,
    /// The database does not answer just now.
    Unavailable,
}

/// Одна ошибка.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// Где в теле: указатель JSON (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("/title"))]
    pub pointer: Option<String>,
    /// В каком параметре адреса.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("limit"))]
    pub parameter: Option<String>,
    /// В каком заголовке.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("If-Match"))]
    pub header: Option<String>,
    /// Что не так.
    #[schema(examples("Самое большее 100 знаков."))]
    pub detail: String,
}

/// Почему запрос отклонён (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// Вид ошибки; не меняется никогда.
    #[serde(rename = "type")]
    #[schema(examples("/api#not-found"))]
    type_: String,
    /// Вид ошибки словами.
    #[schema(examples("Не найдено"))]
    title: &'static str,
    /// Статус ответа.
    #[schema(minimum = 400, maximum = 599, examples(404))]
    status: u16,
    /// Что случилось с этим запросом.
    #[schema(examples("Такой профессии в каталоге нет."))]
    detail: &'a str,
    /// Имя запроса в журнале сервера.
    #[schema(examples("0f3a9c1e"))]
    request_id: String,
    /// Все ошибки по одной.
    errors: &'a [Fault],
}

impl Problem {
    /// A problem with nothing more to tell.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), faults: Vec::new(), retry_after: None }
    }

    /// A problem with everything that is wrong.
    pub fn with(kind: Kind, detail: impl Into<String>, faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(kind, detail) }
    }

    /// What is answered to the request with this id.
    #[must_use]
    pub fn body(&self, request_id: String) -> ProblemBody<'_> {
        ProblemBody {
            type_: paths::api::problem(self.kind.name()),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: &self.detail,
            request_id,
            errors: &self.faults,
        }
    }
}

impl Fault {
    /// In the body.
    pub fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), ..Self::bare(detail) }
    }

    /// In a parameter.
    pub fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { parameter: Some(name.into()), ..Self::bare(detail) }
    }

    /// In a header.
    pub fn header(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { header: Some(name.into()), ..Self::bare(detail) }
    }

    fn bare(detail: impl Into<String>) -> Self {
        Self { pointer: None, parameter: None, header: None, detail: detail.into() }
    }
}

impl Kind {
    /// Every sort of problem, by status.
    pub const ALL: [Self; 17] = [
        Self::Malformed,
        Self::Unauthorized,
        Self::Forbidden,
        Self::CrossSite,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::KeyReused,
        Self::PreconditionFailed,
        Self::ContentTooLarge,
        Self::AddressTooLong,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::PreconditionRequired,
        Self::TooManyRequests,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The name that never changes: the end of a problem's `type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.forms().1
    }

    /// The sort of problem in words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.forms().2
    }

    /// The status of its answers.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.forms().0
    }

    const fn forms(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed", "Запрос не понят"),
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "unauthorized", "Нужен действующий ключ API")
            }
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "Ключ только для чтения"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross-site", "Запрос с другого сайта"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "Не найдено"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Метод не подходит")
            }
            Self::Conflict => {
                (StatusCode::CONFLICT, "conflict", "Противоречит тому, что сохранено")
            }
            Self::PreconditionFailed => (
                StatusCode::PRECONDITION_FAILED,
                "precondition-failed",
                "Изменено с тех пор, как прочитано",
            ),
            Self::ContentTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "content-too-large", "Слишком большой запрос")
            }
            Self::AddressTooLong => {
                (StatusCode::URI_TOO_LONG, "address-too-long", "Слишком длинный адрес")
            }
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Нужен JSON")
            }
            Self::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "В запросе есть ошибки"),
            Self::KeyReused => (StatusCode::CONFLICT, "key-reused", "Ключ повтора уже использован"),
            Self::PreconditionRequired => {
                (StatusCode::PRECONDITION_REQUIRED, "precondition-required", "Нужен If-Match")
            }
            Self::TooManyRequests => {
                (StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Слишком много попыток")
            }
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Ошибка на сервере"),
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Временно недоступно")
            }
        }
    }
}
