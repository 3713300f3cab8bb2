//! The JSON API under `/api/v1/graders`.
//!
//! Each handler is an operation of the API's document. Reading is for everybody and is answered
//! from memory until the catalogue changes; writing takes a token, and a change names the state it
//! was made for.

pub mod changes;
pub mod compare;
pub mod grades;
pub mod levels;
pub mod professions;
mod reader;
pub mod releases;
pub mod requirements;
pub mod scales;
pub mod search;
pub mod skills;
pub mod tracks;

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;
use serde_json::Value;
use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

pub use self::reader::{Json, Reader};
use super::schemas::{List, Text};
use super::service::grades::GradeFields;
use super::service::idempotency::IdempotencyKey;
use super::service::professions::{Conflict, InvalidInclusion, Refusal};
use super::service::texts::{InvalidText, normalise};
use crate::auth::program::RequestKey;
use crate::error::AppError;
use crate::ladder::Level;
use crate::paths;
use crate::problem::{self, Fault, Kind, Problem};
use crate::web::{ACCEPT_PATCH, entity_tag, written};

/// Answers `OPTIONS` with the methods of an address.
#[must_use]
pub fn options(allow: &'static str) -> HttpResponse {
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((header::ALLOW, allow));
    if allow.contains("PATCH") {
        answer.insert_header(ACCEPT_PATCH);
    }
    answer.finish()
}

/// What any request may meet.
struct Reads;

/// What a request for something at an address may meet.
struct Finds;

/// What a request with a token may meet.
struct Authorised;

/// What a request with a body may meet.
struct Sends;

/// What a request to change the catalogue may meet.
struct Contradicts;

/// What a request for a certain state may meet.
struct Conditional;

impl IntoResponses for Reads {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            Kind::Malformed,
            Kind::AddressTooLong,
            Kind::TooManyRequests,
            Kind::Internal,
            Kind::Unavailable,
        ])
    }
}

impl IntoResponses for Finds {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[Kind::NotFound])
    }
}

impl IntoResponses for Authorised {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[Kind::Unauthorized, Kind::Forbidden, Kind::TooManyRequests])
    }
}

impl IntoResponses for Sends {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            Kind::BodyTooSlow,
            Kind::ContentTooLarge,
            Kind::UnsupportedMediaType,
            Kind::Invalid,
        ])
    }
}

impl IntoResponses for Contradicts {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[Kind::Conflict])
    }
}

impl IntoResponses for Conditional {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[Kind::PreconditionFailed, Kind::PreconditionRequired])
    }
}

fn refusals(kinds: &[Kind]) -> BTreeMap<String, RefOr<Response>> {
    let refusal = |kind: &Kind| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response =
            ResponseBuilder::new().description(kind.title()).content(problem::MEDIA_TYPE, content);
        (kind.status().as_str().to_owned(), response.build().into())
    };
    kinds.iter().map(refusal).collect()
}

/// A single thing.
fn alone<T>(body: T) -> Json<T> {
    Json { body, link: None }
}

/// A list in one part.
fn whole<T>(items: Vec<T>) -> Json<List<T>> {
    alone(List { items, next: None })
}

/// A part of a list, with the address of the next one.
fn one_part<T>(address: &str, items: Vec<T>, next: Option<String>) -> Json<List<T>> {
    let link = next.as_deref().map(|next| link_to_next(address, next));
    Json { body: List { items, next }, link }
}

/// The header `Link` of a part that another one follows.
fn link_to_next(address: &str, cursor: &str) -> String {
    format!("<{}>; rel=\"next\"", paths::api::next_part(address, cursor))
}

fn text_of(body: &impl Serialize) -> String {
    written(body).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn changed_to(body: &impl Serialize) -> HttpResponse {
    let body = text_of(body);
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header(header::ETag(entity_tag(body.as_bytes())))
        .content_type("application/json")
        .body(body)
}

/// Answers with what was made; `address` finds its address in the body.
fn created(
    body: String,
    address: impl FnOnce(&Value) -> Option<String>,
) -> Result<HttpResponse, AppError> {
    let made = serde_json::from_str::<Value>(&body);
    let made = made.map_err(|error| AppError::Internal(error.into()))?;
    let address = address(&made)
        .ok_or_else(|| AppError::Internal("what was made does not name itself".into()))?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header(header::ETag(entity_tag(body.as_bytes())))
        .content_type("application/json")
        .body(body))
}

fn fields_of(
    level: Level,
    description: Option<Text>,
    pointer: &str,
) -> Result<GradeFields, AppError> {
    let text = normalised(description, pointer)?;
    Ok(GradeFields { level, description: Some(text).filter(|text| !text.is_empty()) })
}

/// The name of a request, as the service knows it.
fn idempotency_key(key: RequestKey) -> IdempotencyKey {
    let RequestKey { token_id, key, request_hash } = key;
    IdempotencyKey { token_id, key, request_hash }
}

/// A text as it is stored.
fn normalised(text: Option<Text>, pointer: &str) -> Result<String, AppError> {
    let text = text.map(|Text(text)| text).unwrap_or_default();
    normalise(&text).map_err(|(invalid, _)| {
        let sentence = match invalid {
            InvalidText::TooLong => "Слишком длинный текст.",
            InvalidText::ControlCharacters => "В тексте есть управляющие знаки.",
        };
        let faults = vec![Fault::at(pointer, sentence)];
        Problem::with(Kind::Invalid, "Такое описание сохранить нельзя.", faults).into()
    })
}

/// The answer to a change that was refused.
fn refused(refusal: Refusal) -> AppError {
    match refusal {
        Refusal::Conflicts(conflicts) => {
            let faults = conflicts.into_iter().map(conflict).collect();
            let detail = "Запрос противоречит тому, что сохранено.";
            Problem::with(Kind::Conflict, detail, faults).into()
        }
        Refusal::Invalid(_) => Problem::new(Kind::Invalid, "Такие поля сохранить нельзя.").into(),
        Refusal::Stale => {
            let detail = "Это изменили с тех пор, как вы прочитали. Прочитайте снова и повторите.";
            Problem::new(Kind::PreconditionFailed, detail).into()
        }
        Refusal::KeyReused(_) => {
            let detail = "С этим Idempotency-Key уже был другой запрос.";
            let faults =
                vec![Fault::header("Idempotency-Key", "Для нового запроса нужен новый ключ.")];
            Problem::with(Kind::KeyReused, detail, faults).into()
        }
        Refusal::Service(error) => error.into(),
    }
}

fn conflict(conflict: Conflict) -> Fault {
    match conflict {
        Conflict::SlugTaken => Fault::at("/slug", "Этот адрес есть или был у другой профессии."),
        Conflict::NoSuchTrack => Fault::at("/track", "Такого направления нет."),
        Conflict::NoSuchScale => Fault::at("/scale", "Такой шкалы уровней нет."),
        Conflict::ScaleLacks => Fault::at("/scale", "В этой шкале нет некоторых уровней лестницы."),
        Conflict::LevelNotInScale => {
            Fault::at("/level_name", "В шкале этой профессии такого уровня нет.")
        }
        Conflict::LevelOfLadderNotInScale(index) => {
            Fault::at(format!("/grades/{index}/level_name"), "В этой шкале такого уровня нет.")
        }
        Conflict::NoSuchProfession => Fault::at("/profession_id", "Такой профессии нет."),
        Conflict::LevelTaken => Fault::at("/level_name", "Грейд этого уровня в лестнице уже есть."),
        Conflict::Inclusion(why) => inclusion(why),
        Conflict::HiddenComments => Fault::at(
            "/description",
            "В описании есть комментарии редакторов, которых в API нет: правьте его на сайте.",
        ),
        Conflict::LevelTwice(index) => {
            Fault::at(format!("/grades/{index}/level_name"), "Этот уровень назван дважды.")
        }
    }
}

fn inclusion(why: InvalidInclusion) -> Fault {
    let (pointer, sentence) = match why {
        // Programs know no drafts.
        InvalidInclusion::NoSuchProfession | InvalidInclusion::Draft => {
            ("/includes/slug", "Такой профессии нет.")
        }
        InvalidInclusion::Itself => ("/includes/slug", "Лестница не может включать сама себя."),
        InvalidInclusion::Circle => (
            "/includes/slug",
            "Вышел бы круг: та лестница сама включает эту, напрямую или через другие.",
        ),
        InvalidInclusion::NoSuchLevel | InvalidInclusion::LevelAlone => {
            ("/includes/up_to", "Грейда этого уровня во включаемой лестнице нет.")
        }
    };
    Fault::at(pointer, sentence)
}
