//! The page an error becomes, in the site's own dress; for programs, a problem.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use url::form_urlencoded;

use super::{
    Head, RequestId, SignInPage, filters, is_for_programs, problem_page, session, uncached,
};
use crate::editors::service;
use crate::error::{AppError, Missing};
use crate::fields::Fields;

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
    if let Some(AppError::Moved(slug)) = answer.response().error().and_then(Error::as_error) {
        let address = with_slug(answer.request(), slug);
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
    let id = RequestId::of(&request);
    let error = response.error().and_then(|error| error.as_error::<AppError>());
    if status.is_server_error() {
        match response.error() {
            Some(cause) => log::error!("{id} {} {}: {cause}", request.method(), request.path()),
            None => log::error!("{id} {} {}: {status}", request.method(), request.path()),
        }
    }
    let rendered = match error {
        _ if is_for_programs(request.path()) => problem_page::respond(status, error, &id),
        Some(AppError::SignedOut { to, typed }) => sign_in(&request, to, typed),
        _ => ErrorPage::new(status, error, &id).with_retry(&request).into_response(),
    };
    Ok(ServiceResponse::new(request, rendered))
}

/// The address of a request with another name of the profession: in the path, or else in the
/// parameter that chooses it.
fn with_slug(request: &HttpRequest, slug: &str) -> String {
    let pattern = request.match_pattern().unwrap_or_default();
    if !pattern.contains("{slug}") {
        return format!("{pattern}?profession={slug}");
    }
    let pattern = pattern.replace("{slug}", slug);
    let parts = request.match_info().iter();
    parts.fold(pattern, |address, (name, part)| address.replace(&format!("{{{name}}}"), part))
}

/// Leads to signing in: by an address from a page that was only to be seen, on the spot where
/// something was typed.
fn sign_in(request: &HttpRequest, to: &str, typed: &Fields) -> HttpResponse {
    if request.method().is_safe() {
        let to = form_urlencoded::byte_serialize(to.as_bytes()).collect::<String>();
        return HttpResponse::SeeOther()
            .insert_header((header::LOCATION, format!("/admin/sign-in?to={to}")))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish();
    }
    uncached(StatusCode::UNAUTHORIZED, &SignInPage::new(to, typed))
        .unwrap_or_else(HttpResponse::from_error)
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
    /// The form that met a fault of ours, to be sent again.
    retry: Option<Retry>,
}

/// A form as it was sent.
struct Retry {
    to: String,
    token: String,
    typed: Fields,
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
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("Слишком большой запрос", "Столько текста за один раз сайт не принимает.")
            }
            StatusCode::FORBIDDEN => (
                "Форма пришла с другого сайта",
                "Ничего не изменено. Откройте страницу на этом сайте и отправьте форму с неё.",
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
            request_id: status.is_server_error().then(|| id.to_string()),
            status,
            allow: None,
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
                "/admin".clone_into(&mut page.way_on);
                "К правке".clone_into(&mut page.way_on_title);
            }
            Some(AppError::MethodNotAllowed { allow }) => page.allow = Some(allow),
            _ => {}
        }
        page
    }

    /// Gives back what was typed, where it was not for the form that nothing was done.
    fn with_retry(mut self, request: &HttpRequest) -> Self {
        if self.status.is_server_error()
            && let Some(typed) = request.extensions().get::<Fields>().cloned()
            && let Some(token) = session::sent_token(request)
        {
            let to = request.path().to_owned();
            self.retry = Some(Retry { to, token: service::form_token(&token), typed });
        }
        self
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
