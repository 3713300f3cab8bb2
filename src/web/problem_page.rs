//! The problem an error becomes for programs.

use actix_web::HttpResponse;
use actix_web::http::header::HeaderName;
use actix_web::http::{Method, StatusCode, header};

use super::{RequestId, written};
use crate::error::AppError;
use crate::problem::{Kind, MEDIA_TYPE, Problem};

/// Seconds after which a database that did not answer may do so.
pub(super) const PAUSE: u64 = 60;
/// Seconds after which somebody else's turn is over.
pub(super) const BUSY_PAUSE: u64 = 5;

/// Seconds after which a network that asked for too much may ask for more.
pub(super) const RATE_PAUSE: u64 = 1;

/// What a change of a resource is written in (RFC 5789, section 3.1).
pub const ACCEPT_PATCH: (&str, &str) = ("accept-patch", "application/json");

/// The content codings of requests that are read: none.
pub(super) const ACCEPT_ENCODING: (HeaderName, &str) = (header::ACCEPT_ENCODING, "identity");

/// Answers a program with what its request met.
pub(super) fn respond(
    method: &Method,
    status: StatusCode,
    error: Option<&AppError>,
    id: Option<RequestId>,
) -> HttpResponse {
    let problem = problem(status, error);
    let mut response = HttpResponse::build(problem.kind.status());
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(AppError::MethodNotAllowed { allow }) = error {
        response.insert_header((header::ALLOW, *allow));
    }
    if let Some(seconds) = problem.retry_after {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    match problem.kind {
        // RFC 5789, section 2.2.
        Kind::UnsupportedMediaType if method == Method::PATCH => {
            response.insert_header(ACCEPT_PATCH);
        }
        // RFC 9110, section 15.5.16.
        Kind::UnsupportedEncoding => {
            response.insert_header(ACCEPT_ENCODING);
        }
        _ => {}
    }
    if problem.kind == Kind::Unauthorized {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"api\""));
    }
    match written(&problem.body(id.map(|id| id.to_string()).unwrap_or_default())) {
        Ok(body) => response.content_type(MEDIA_TYPE).body(body),
        Err(error) => {
            log::error!("the problem itself could not be written: {error}");
            response.finish()
        }
    }
}

fn problem(status: StatusCode, error: Option<&AppError>) -> Problem {
    let Some(error) = error else { return of_framework(status) };
    match error {
        AppError::Problem(problem) => problem.clone(),
        AppError::BadRequest(sentence) => Problem::new(Kind::Malformed, *sentence),
        AppError::NotFound(missing) => Problem::new(Kind::NotFound, &missing.sentence),
        AppError::MethodNotAllowed { allow } => {
            Problem::new(Kind::MethodNotAllowed, format!("Этот адрес отвечает на {allow}."))
        }
        AppError::AddressTooLong => {
            Problem::new(Kind::AddressTooLong, "Адрес может быть не длиннее 8000 знаков.")
        }
        AppError::BodyTooLarge => {
            Problem::new(Kind::ContentTooLarge, "Тело запроса может быть не больше 4 МБ.")
        }
        AppError::BodyTooSlow => {
            Problem::new(Kind::BodyTooSlow, "Тело запроса не пришло целиком за отведённое время.")
        }
        AppError::EncodedBody => Problem::new(
            Kind::UnsupportedEncoding,
            "Тело запроса читается только несжатым, без Content-Encoding.",
        ),
        AppError::CrossSite => {
            Problem::new(Kind::CrossSite, "Страницы других сайтов могут только читать.")
        }
        AppError::Unavailable(_) => Problem {
            retry_after: Some(PAUSE),
            ..Problem::new(Kind::Unavailable, "База данных сейчас не отвечает.")
        },
        AppError::Busy => Problem {
            retry_after: Some(BUSY_PAUSE),
            ..Problem::new(Kind::Unavailable, "Сайт сейчас занят.")
        },
        AppError::TooManyRequests => Problem {
            retry_after: Some(RATE_PAUSE),
            ..Problem::new(
                Kind::TooManyRequests,
                "С вашего адреса пришло слишком много запросов подряд.",
            )
        },
        AppError::OutsideTracks => Problem::new(
            Kind::Forbidden,
            "Владелец ключа ограничен отдельными направлениями, а это касается других или всего каталога.",
        ),
        // Nobody signs in to the API, and a move is answered before.
        AppError::Moved(_)
        | AppError::MovedTo(_)
        | AppError::LeadsTo(_)
        | AppError::OwnersOnly
        | AppError::ReviewNeeded
        | AppError::SignedOut { .. }
        | AppError::Internal(_) => {
            Problem::new(Kind::Internal, "Мы записали, что произошло, под номером запроса.")
        }
    }
}

/// What the framework refused before any handler.
fn of_framework(status: StatusCode) -> Problem {
    let known = Kind::ALL.into_iter().find(|kind| kind.status() == status);
    let kind = match known {
        Some(kind) => kind,
        None if status.is_client_error() => Kind::Malformed,
        None => Kind::Internal,
    };
    Problem::new(kind, "Сервер не может выполнить такой запрос.")
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError as _;

    use super::*;

    #[test]
    fn programs_get_the_status_that_browsers_get() {
        for error in [
            AppError::BadRequest("Так нельзя."),
            AppError::MethodNotAllowed { allow: "GET" },
            AppError::AddressTooLong,
            AppError::BodyTooLarge,
            AppError::BodyTooSlow,
            AppError::EncodedBody,
            AppError::CrossSite,
            AppError::Busy,
            AppError::TooManyRequests,
        ] {
            let status = error.status_code();
            assert_eq!(problem(status, Some(&error)).kind.status(), status, "{error}");
        }
    }
}
