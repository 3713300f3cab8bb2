//! What was typed into a form whose thing is not where the form was sent.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use secrecy::ExposeSecret as _;

use crate::error::AppError;
use crate::web::error_page::{Retry, moved_address};
use crate::web::{Head, filters, uncached};

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
        matches!(self.name, "text" | "aliases" | "hidden-aliases")
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
    fn respond(request: &HttpRequest, error: &AppError, sent: &'a Retry) -> Option<HttpResponse> {
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
                format!("{} Набранное сохранилось: оно ниже, его можно скопировать.", missing.sentence),
                None,
            ),
            AppError::OwnersOnly => (
                StatusCode::FORBIDDEN,
                "Только для владельцев",
                "Пока вы правили, у вас изменилась роль. Набранное сохранилось: оно ниже, его можно скопировать."
                    .to_owned(),
                None,
            ),
            AppError::ReviewNeeded => (
                StatusCode::FORBIDDEN,
                "Нужна проверка",
                format!("{} Набранное сохранилось: оно ниже, его можно скопировать.", AppError::REVIEW),
                None,
            ),
            AppError::OutsideTracks => (
                StatusCode::FORBIDDEN,
                "Не ваше направление",
                format!("{} Набранное сохранилось: оно ниже, его можно скопировать.", AppError::OUTSIDE),
                None,
            ),
            AppError::BadRequest(sentence) => (
                StatusCode::BAD_REQUEST,
                "Форма не понята",
                format!("{sentence} Набранное сохранилось: оно ниже, его можно скопировать."),
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
        let token = sent.token.expose_secret();
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
        "hidden-aliases" => "Скрытые имена",
        "category" | "new-category" => "Категория",
        "link" => "Ссылка",
        "into" => "Объединить с навыком",
        "months" => "До следующего грейда, месяцев",
        "top-months" => "До верхних грейдов, месяцев",
        "retry-months" => "До новой попытки, месяцев",
        "junior" => "Вес шага внутри джуна",
        "middle" => "Вес шага внутри мидла",
        "senior" => "Вес шага внутри синьора",
        "base" => "Вес шага на новый основной уровень",
        "login" => "Логин",
        "name" => "Название ключа",
        level if level.starts_with("title-") => "Название уровня",
        level if level.starts_with("slug-") => "Адрес уровня",
        _ => return None,
    })
}
