//! What becomes of a form: it is stored and leads on, or it comes back with everything that was
//! typed.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse};
use askama::Template;

use crate::error::AppError;
use crate::fields::Fields;
use crate::web::error_page::{Retry, moved_address};
use crate::web::{Head, filters, uncached};

/// What became of a form whose page is `Page`.
#[derive(Debug)]
pub(super) enum Outcome<Page> {
    /// Done: the browser goes on to this address, which it may load again without harm.
    Stored(String),
    /// Not sent to be stored, as for a preview.
    Shown(Page),
    /// Somebody else changed the same thing since the form was opened; nothing is stored.
    Conflict(Page),
    /// Some fields can't be stored; nothing is.
    Invalid(Page),
    /// The database can't store anything just now.
    Unavailable(Page),
    /// The thing is gone; the page offers another use of what was typed.
    Gone(Page),
}

impl<Page: Template> Outcome<Page> {
    /// The answer to the form.
    ///
    /// # Errors
    ///
    /// If the page can't be rendered.
    pub(super) fn respond(self) -> Result<HttpResponse, AppError> {
        let (status, page) = match self {
            Self::Stored(address) => return Ok(see_other(&address)),
            Self::Shown(page) => (StatusCode::OK, page),
            Self::Conflict(page) => (StatusCode::CONFLICT, page),
            Self::Invalid(page) => (StatusCode::UNPROCESSABLE_ENTITY, page),
            Self::Unavailable(page) => (StatusCode::SERVICE_UNAVAILABLE, page),
            Self::Gone(page) => (StatusCode::NOT_FOUND, page),
        };
        uncached(status, &page)
    }
}

/// Leads the browser on after a form that did what was asked.
pub(super) fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// The version of a thing that a form was opened for, or another number the form carries along.
///
/// # Errors
///
/// [`AppError::BadRequest`] if the form has no such number, as after somebody tampered with it.
pub(super) fn version(fields: &Fields, name: &str) -> Result<i32, AppError> {
    let version = fields.get(name).parse::<i32>();
    version.map_err(|_| AppError::BadRequest("В форме не хватает номера версии."))
}

/// What was typed into a form whose thing is gone, has moved, or may no longer be changed by whoever
/// sent it.
#[derive(Template)]
#[template(path = "admin/typed.html")]
struct TypedPage<'a> {
    head: Head,
    heading: &'static str,
    sentence: String,
    token: &'a str,
    /// Where the form is now, if it is anywhere.
    to: Option<String>,
    /// What was typed by hand.
    shown: Vec<Typed<'a>>,
    /// What the form carries along besides.
    hidden: Vec<(&'a str, &'a str)>,
}

/// A field somebody has typed into.
struct Typed<'a> {
    name: &'a str,
    label: &'static str,
    value: &'a str,
}

impl Typed<'_> {
    fn has_lines(&self) -> bool {
        matches!(self.name, "text" | "aliases")
    }
}

/// Keeps what was typed into a form whose thing is not found where the form was sent: the answer
/// shows the fields, and leads on to where the thing is now.
///
/// # Errors
///
/// None of its own.
pub async fn keep_typed(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?;
    let error = answer.response().error().and_then(Error::as_error::<AppError>);
    let sent = answer.request().extensions().get::<Retry>().cloned();
    let page = match (error, &sent) {
        (Some(error), Some(sent)) => TypedPage::respond(answer.request(), error, sent),
        _ => None,
    };
    match page {
        Some(page) => Ok(ServiceResponse::new(answer.into_parts().0, page)),
        None => Ok(answer.map_into_boxed_body()),
    }
}

impl<'a> TypedPage<'a> {
    /// The answer, if something was typed by hand and the error is about where it was sent.
    fn respond(
        request: &actix_web::HttpRequest,
        error: &AppError,
        sent: &'a Retry,
    ) -> Option<HttpResponse> {
        let (status, heading, sentence, to) = match error {
            AppError::Moved(_) | AppError::MovedTo(_) => (
                StatusCode::CONFLICT,
                "Это теперь по\u{a0}другому адресу",
                "Пока вы правили, кто-то сменил адрес. Проверьте набранное и продолжите правку там."
                    .to_owned(),
                moved_address(request, error),
            ),
            AppError::NotFound(missing) => (
                StatusCode::NOT_FOUND,
                "Этого больше нет",
                format!("{} Набранное — ниже, его можно скопировать.", missing.sentence),
                None,
            ),
            AppError::OwnersOnly => (
                StatusCode::FORBIDDEN,
                "Только для владельцев",
                "Пока вы правили, у вас изменилась роль. Набранное — ниже, его можно скопировать."
                    .to_owned(),
                None,
            ),
            AppError::BadRequest(sentence) => (
                StatusCode::BAD_REQUEST,
                "Форма не понята",
                format!("{sentence} Набранное — ниже, его можно скопировать."),
                None,
            ),
            _ => return None,
        };
        let (mut shown, mut hidden) = (Vec::new(), Vec::new());
        for (name, value) in sent.typed.iter().filter(|(name, _)| *name != "action") {
            match label(name).filter(|_| !value.trim().is_empty()) {
                Some(label) => shown.push(Typed { name, label, value }),
                None => hidden.push((name, value)),
            }
        }
        if shown.is_empty() {
            return None;
        }
        let head = Head::unlisted(heading);
        let token = &sent.token;
        let page = Self { head, heading, sentence, token, to, shown, hidden };
        Some(uncached(status, &page).unwrap_or_else(HttpResponse::from_error))
    }
}

/// What a field is called that is typed into by hand; `None` for what a form only carries along.
fn label(field: &str) -> Option<&'static str> {
    Some(match field {
        "text" => "Текст",
        "note" => "Что и почему изменено",
        "title" => "Название",
        "slug" => "Адрес",
        "summary" => "Кратко",
        "source" => "Взять лестницу",
        "aliases" => "Другие имена",
        "category" | "new-category" => "Категория",
        "link" => "Ссылка",
        "into" => "Объединить с навыком",
        "months" => "До следующего грейда, месяцев",
        "top-months" => "До следующего грейда наверху, месяцев",
        "retry-months" => "До новой попытки, месяцев",
        "junior" => "Вес шага внутри джуна",
        "middle" => "Вес шага внутри мидла",
        "senior" => "Вес шага внутри синьора",
        "base" => "Вес шага на новый основной уровень",
        "login" => "Логин",
        "name" => "Название ключа",
        _ => return None,
    })
}
