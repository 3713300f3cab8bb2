//! Errors as programs read them: `application/problem+json` (RFC 9457).
//!
//! The comments on [`ProblemBody`] and [`Fault`] are published in the `OpenAPI` document, so they
//! are in Russian.

use actix_web::http::StatusCode;
use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use crate::paths;
use crate::variants;

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a program's request was refused.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Its type.
    pub kind: Kind,
    /// A sentence about this request.
    pub detail: String,
    /// The single errors; may be empty.
    pub faults: Vec<Fault>,
    /// Seconds after which the same request may succeed.
    pub retry_after: Option<u64>,
}

/// The type of a problem, in the order of statuses. The names are part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Kind {
    /// The address, a parameter or the body can't be parsed.
    Malformed,
    /// The token is missing, unknown, revoked or expired.
    Unauthorized,
    /// The token may only read, or only change other tracks.
    Forbidden,
    /// A page of another site sent the request.
    CrossSite,
    /// Nothing is at this address.
    NotFound,
    /// The address has no such method.
    MethodNotAllowed,
    /// The body was not there in time.
    BodyTooSlow,
    /// The request contradicts the stored state.
    Conflict,
    /// The idempotency key was used for another request before.
    KeyReused,
    /// The resource was changed after it was read.
    PreconditionFailed,
    /// The body is too long.
    ContentTooLarge,
    /// The address is too long.
    AddressTooLong,
    /// The `Content-Type` is not JSON.
    UnsupportedMediaType,
    /// The `Content-Encoding` is none that is read.
    UnsupportedEncoding,
    /// The body is JSON, but does not match the schema.
    Invalid,
    /// The header `If-Match` is missing.
    PreconditionRequired,
    /// Too many attempts, or too many requests of one network.
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
    #[schema(examples("Не больше 100 знаков."))]
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
    /// Номер запроса в журнале сервера.
    #[schema(examples("0f3a9c1e"))]
    request_id: String,
    /// Все ошибки по одной.
    errors: &'a [Fault],
}

impl Problem {
    /// A problem without single errors.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), faults: Vec::new(), retry_after: None }
    }

    /// A problem with its single errors.
    pub fn with(kind: Kind, detail: impl Into<String>, faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(kind, detail) }
    }

    /// The body of the answer to the request with this id.
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
    /// An error in the body.
    pub fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), ..Self::bare(detail) }
    }

    /// An error in a parameter of the address.
    pub fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { parameter: Some(name.into()), ..Self::bare(detail) }
    }

    /// An error in a header.
    pub fn header(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { header: Some(name.into()), ..Self::bare(detail) }
    }

    fn bare(detail: impl Into<String>) -> Self {
        Self { pointer: None, parameter: None, header: None, detail: detail.into() }
    }
}

impl Kind {
    /// All types, by status.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The stable name, the fragment of the `type` address.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The title on pages and in the API.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Malformed => "Запрос не понят",
            Self::Unauthorized => "Нужен действующий ключ API",
            Self::Forbidden => "Ключ только для чтения",
            Self::CrossSite => "Запрос с другого сайта",
            Self::NotFound => "Не найдено",
            Self::MethodNotAllowed => "Метод не подходит",
            Self::BodyTooSlow => "Слишком медленный запрос",
            Self::Conflict => "Противоречит тому, что сохранено",
            Self::PreconditionFailed => "Изменено с тех пор, как прочитано",
            Self::ContentTooLarge => "Слишком большой запрос",
            Self::AddressTooLong => "Слишком длинный адрес",
            Self::UnsupportedMediaType => "Нужен JSON",
            Self::UnsupportedEncoding => "Тело запроса сжато",
            Self::Invalid => "В запросе есть ошибки",
            Self::KeyReused => "Ключ повтора уже использован",
            Self::PreconditionRequired => "Нужен If-Match",
            Self::TooManyRequests => "Слишком много запросов",
            Self::Internal => "Ошибка на сервере",
            Self::Unavailable => "Временно недоступно",
        }
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict | Self::KeyReused => StatusCode::CONFLICT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::ContentTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::UnsupportedMediaType | Self::UnsupportedEncoding => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
