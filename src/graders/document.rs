//! The API's document: `OpenAPI` 3.1, made of the handlers and the schemas they are written in.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, HeaderBuilder, ObjectBuilder, OpenApi as Document, RefOr, ResponseBuilder, Type,
};
use utoipa::{Modify, OpenApi};

use super::handlers;
use crate::problem::{Fault, ProblemBody};
use crate::web::Compressed;

/// The document is compressed once.
const BROTLI_QUALITY: i32 = 9;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "API «Грейды»",
        version = "1",
        description = "Профессии, их лестницы и грейды. Читать может кто угодно, для записи нужен ключ. \
            Адреса отвечают и на HEAD, и на OPTIONS.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/", description = "Этот сайт")),
    tags((name = "Профессии"), (name = "Грейды"), (name = "Навыки"), (name = "Поиск"), (name = "Справочники")),
    nest((path = "/api/v1/graders", api = Graders)),
    components(schemas(ProblemBody<'_>, Fault)),
    modifiers(&Everywhere),
)]
struct Api;

#[derive(OpenApi)]
#[openapi(paths(
    handlers::levels::levels,
    handlers::tracks::list_tracks,
    handlers::scales::list_scales,
    handlers::releases::list_releases,
    handlers::professions::list_professions,
    handlers::professions::create_profession,
    handlers::professions::profession,
    handlers::professions::change_profession,
    handlers::professions::delete_profession,
    handlers::grades::grades_of,
    handlers::grades::create_grade_of,
    handlers::grades::list_grades,
    handlers::grades::create_grade,
    handlers::grades::grade,
    handlers::grades::change_grade,
    handlers::grades::delete_grade,
    handlers::grades::revisions,
    handlers::requirements::requirement,
    handlers::compare::compare,
    handlers::skills::list_skills,
    handlers::skills::skill,
    handlers::search::search,
    handlers::changes::list_changes,
))]
struct Graders;

/// What every operation has, so that no handler repeats it.
struct Everywhere;

/// The document.
pub static DOCUMENT: LazyLock<Document> = LazyLock::new(Api::openapi);

static SERVED: LazyLock<Compressed> = LazyLock::new(|| {
    let text = DOCUMENT.to_json().expect("a test writes the document");
    Compressed::new("application/json", text.into(), BROTLI_QUALITY)
});

/// Serves the document.
pub async fn show(request: HttpRequest) -> HttpResponse {
    SERVED.respond(&request, "no-cache", "Accept-Encoding")
}

impl Modify for Everywhere {
    fn modify(&self, document: &mut Document) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("Ключ API, который создаёт владелец в разделе «Правка»."))
            .build();
        let components = document.components.get_or_insert_with(Components::default);
        components.add_security_scheme("token", SecurityScheme::Http(token));
        for item in document.paths.paths.values_mut() {
            if let Some(read) = &mut item.get {
                let unchanged = ResponseBuilder::new().description("Не изменилось").build();
                read.responses.responses.insert("304".into(), unchanged.into());
            }
            let methods = [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete];
            for operation in methods.into_iter().flatten() {
                add_headers(operation);
                add_links(operation);
            }
        }
    }
}

/// Tells where what was made can be read, changed and taken away.
fn add_links(operation: &mut Operation) {
    let (parameter, follow_ups) = match operation.operation_id.as_deref() {
        Some("create_profession") => {
            ("slug", ["profession", "change_profession", "delete_profession"])
        }
        Some("create_grade" | "create_grade_of") => {
            ("grade_id", ["grade", "change_grade", "delete_grade"])
        }
        _ => return,
    };
    let Some(RefOr::T(made)) = operation.responses.responses.get_mut("201") else { return };
    for id in follow_ups {
        let link = LinkBuilder::new()
            .operation_id(id)
            .parameter(parameter, format!("$response.body#/{parameter}"));
        let reads = !id.contains('_');
        let link = if reads { link } else { link.parameter("If-Match", "$response.header.ETag") };
        made.links.insert(id.to_owned(), link.build().into());
    }
}

fn add_headers(operation: &mut Operation) {
    let is_change = operation.operation_id.as_deref().is_some_and(|id| id.starts_with("change_"));
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let mut add = |name: &str, kind: Type, description: &str| {
            let header = HeaderBuilder::new()
                .schema(Some(ObjectBuilder::new().schema_type(kind).build()))
                .description(Some(description))
                .build();
            response.headers.insert(name.to_owned(), header.into());
        };
        add("X-Request-Id", Type::String, "Номер запроса в журнале сервера");
        match status.as_str() {
            "200" | "201" | "304" => {
                add("ETag", Type::String, "Метка состояния: для If-None-Match и If-Match");
                add("Cache-Control", Type::String, "Хранить ли ответ и когда спрашивать снова");
            }
            "401" => add("WWW-Authenticate", Type::String, "Каким ключом подписать запрос"),
            "415" => {
                add("Accept-Encoding", Type::String, "Каким может быть Content-Encoding");
                if is_change {
                    add("Accept-Patch", Type::String, "Каким может быть Content-Type");
                }
            }
            "429" | "503" => add("Retry-After", Type::Integer, "Через сколько секунд повторить"),
            _ => {}
        }
    }
}
