//! The page an error becomes, in the site's own dress; for programs, a problem.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use secrecy::{ExposeSecret as _, SecretString};

use super::problem_page::{self, BUSY_PAUSE, PAUSE, RATE_PAUSE};
use super::{Head, RequestId, filters, redacted};
use crate::error::{AppError, Missing};
use crate::fields::Fields;
use crate::paths;

/// Turns every refusal, ours and the framework's, into a page in the site's own dress, and under
/// `/api/` into a problem.
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
    let error = answer.response().error().and_then(Error::as_error::<AppError>);
    if let Some(AppError::LeadsTo(address)) = error {
        let chosen = super::respond::see_other(address);
        return Ok(ServiceResponse::new(answer.into_parts().0, chosen));
    }
    if let Some(address) = error.and_then(|error| moved_address(answer.request(), error)) {
        let (request, _) = answer.into_parts();
        let moved = HttpResponse::PermanentRedirect()
            .insert_header((header::LOCATION, address))
            // A profession may go back to its old address; a browser that never asks again
            // would then be sent in circles.
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .finish();
        return Ok(ServiceResponse::new(request, moved));
    }
    let is_refusal = status.is_client_error() || status.is_server_error();
    // A form that comes back with its errors has a page of its own already.
    let has_page = answer.response().error().is_none()
        && !matches!(answer.response().body().size(), BodySize::None | BodySize::Sized(0));
    if !is_refusal || has_page {
        return Ok(answer.map_into_boxed_body());
    }
    let (request, response) = answer.into_parts();
    let id = RequestId::current();
    let error = response.error().and_then(|error| error.as_error::<AppError>());
    if status.is_server_error() {
        match response.error() {
            // Whoever asks for much must not fill the log besides.
            Some(_) if matches!(error, Some(AppError::Busy)) => {}
            Some(cause) => {
                log::error!("{} {}: {cause}", request.method(), redacted(request.path()));
            }
            None => log::error!("{} {}: {status}", request.method(), redacted(request.path())),
        }
    }
    let rendered = match error {
        _ if paths::api::contains(request.path()) => {
            problem_page::respond(request.method(), status, error, id)
        }
        _ => ErrorPage::new(status, error, id).with_retry(&request).into_response(),
    };
    Ok(ServiceResponse::new(request, rendered))
}

/// The page of a request that the HTTP layer could not read.
pub(super) fn unread(status: StatusCode) -> String {
    let sentence = match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            "Заголовки запроса слишком длинные, или их слишком много."
        }
        StatusCode::REQUEST_TIMEOUT => "Запрос приходил слишком долго.",
        _ => {
            "Запрос записан не по правилам HTTP: проверьте первую строку, заголовки и длину тела. \
             Пробелы в адресе записывают как «%20»."
        }
    };
    let error = AppError::BadRequest(sentence);
    let page = ErrorPage::new(status, Some(&error), None);
    page.render().unwrap_or(page.sentence)
}

/// Where something is now that has moved; `None` for any other error.
#[must_use]
pub fn moved_address(request: &HttpRequest, error: &AppError) -> Option<String> {
    match error {
        AppError::Moved(slug) => Some(with_slug(request, slug)),
        AppError::MovedTo(address) => Some(address.clone()),
        _ => None,
    }
}

/// The address of a request with another slug of the profession, in the path or else in the parameter
/// that names it; every other segment and parameter stays as it was sent.
fn with_slug(request: &HttpRequest, slug: &str) -> String {
    let pattern = request.match_pattern().unwrap_or_default();
    paths::moved(&pattern, request.path(), request.query_string(), slug)
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
    request_id: Option<RequestId>,
    status: StatusCode,
    allow: Option<&'static str>,
    /// Seconds until the same request may be answered.
    retry_after: Option<u64>,
    /// The form that met a fault of ours, to be sent again.
    retry: Option<Retry>,
}

/// A form as it was sent, to be sent again should the request fail. Whoever reads the form puts it into
/// the extensions of the request.
#[derive(Clone, Debug)]
pub struct Retry {
    /// Where it was sent.
    pub to: String,
    /// The form token of the session.
    pub token: SecretString,
    /// What was typed.
    pub typed: Fields,
}

impl ErrorPage {
    fn new(status: StatusCode, error: Option<&AppError>, id: Option<RequestId>) -> Self {
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
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("Слишком большой запрос", "Столько текста за один раз сайт не принимает.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("Запрос не понят", "Тело запроса читается только несжатым, без Content-Encoding.")
            }
            StatusCode::REQUEST_TIMEOUT => (
                "Форма не пришла целиком",
                "Связь слишком медленная или прервалась. Вернитесь к форме и отправьте её ещё раз.",
            ),
            StatusCode::FORBIDDEN => (
                "Форма пришла с другого сайта",
                "Ничего не изменено. Откройте страницу на этом сайте и отправьте форму с неё.",
            ),
            StatusCode::TOO_MANY_REQUESTS => (
                "Слишком много запросов",
                "С вашего адреса пришло слишком много запросов подряд. Попробуйте ещё раз через несколько \
                 секунд.",
            ),
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
            request_id: id.filter(|_| status.is_server_error()),
            status,
            allow: None,
            retry_after: match status {
                StatusCode::SERVICE_UNAVAILABLE => Some(PAUSE),
                StatusCode::TOO_MANY_REQUESTS => Some(RATE_PAUSE),
                _ => None,
            },
            retry: None,
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
            Some(AppError::OwnersOnly) => {
                page.heading = "Только для владельцев";
                page.head = Head::unlisted(page.heading);
                "Редакторами и журналом занимаются владельцы.".clone_into(&mut page.sentence);
                paths::admin::overview().clone_into(&mut page.way_on);
                "К правке".clone_into(&mut page.way_on_title);
            }
            Some(AppError::ReviewNeeded) => {
                page.heading = "Нужна проверка";
                page.head = Head::unlisted(page.heading);
                AppError::REVIEW.clone_into(&mut page.sentence);
                paths::admin::overview().clone_into(&mut page.way_on);
                "Управление".clone_into(&mut page.way_on_title);
            }
            Some(AppError::OutsideTracks) => {
                page.heading = "Не ваше направление";
                page.head = Head::unlisted(page.heading);
                AppError::OUTSIDE.clone_into(&mut page.sentence);
                paths::admin::overview().clone_into(&mut page.way_on);
                "Управление".clone_into(&mut page.way_on_title);
            }
            Some(AppError::MethodNotAllowed { allow }) => page.allow = Some(allow),
            Some(AppError::Busy) => {
                page.heading = "Сайт занят";
                page.head = Head::unlisted(page.heading);
                "Сейчас слишком много запросов. Попробуйте ещё раз через несколько секунд."
                    .clone_into(&mut page.sentence);
                page.retry_after = Some(BUSY_PAUSE);
            }
            _ => {}
        }
        page
    }

    /// Offers to send the form again, where it was not for the form that nothing was done.
    fn with_retry(mut self, request: &HttpRequest) -> Self {
        if self.status.is_server_error() {
            self.retry = request.extensions().get::<Retry>().cloned();
        }
        self
    }

    fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(allow) = self.allow {
            response.insert_header((header::ALLOW, allow));
        }
        if self.status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            response.insert_header(problem_page::ACCEPT_ENCODING);
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
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
