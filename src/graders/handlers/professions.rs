//! Professions.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::{
    Authorised, Conditional, Contradicts, Finds, Reader, Reads, Sends, alone, changed_to, created,
    fields_of, idempotency_key, one_part, refused, text_of,
};
use crate::auth::program::{Command, Writing};
use crate::db;
use crate::error::AppError;
use crate::graders::schemas::{
    Cursor, GradeQuery, IdempotencyKey, IfMatch, List, NewProfession, Profession, ProfessionInList,
    ProfessionPatch, ProfessionPath, ProfessionsQuery, Slug, Summary, Title,
};
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::listing::{Filter, Part};
use crate::graders::service::professions::{
    self, Inclusion, ProfessionChange, ProfessionFields, ProfessionRecord,
};
use crate::paths;
use crate::web::blocking;
use crate::web::contract::Parameters;

/// Lists professions.
///
/// # Errors
///
/// [`AppError::NotFound`] if no part of the list begins at the cursor; if the database does not
/// answer.
#[utoipa::path(
    get, path = "/professions", tag = "Профессии", summary = "Список профессий",
    description = "Без текстов грейдов. Чтобы получить только новое, назовите `changed_since`.",
    params(ProfessionsQuery),
    responses(
        (status = 200, description = "Часть списка", body = List<ProfessionInList>,
            headers(("Link" = String, description = "Адрес следующей части, если она есть (RFC 8288)"))),
        Reads, Finds,
    ),
)]
pub async fn list_professions(
    reader: Reader,
    parameters: Parameters<ProfessionsQuery>,
) -> Result<HttpResponse, AppError> {
    let Parameters { values, canonical } = parameters;
    let address = format!("{}{canonical}", reader.path());
    reader
        .json(address.clone(), move |catalogue| {
            let filter = Filter {
                profession: None,
                track: values.track.map(|Slug(track)| track),
                level: values.level,
                changed_since: values.changed_since.as_ref().map(db::comparable),
            };
            let part = Part {
                limit: values.limit.into(),
                cursor: values.cursor.map(|Cursor(cursor)| cursor),
            };
            let listed =
                professions::records(catalogue.database(), &filter, values.sort.into(), &part)?;
            let items = listed.items.into_iter().map(ProfessionInList::from).collect();
            Ok(one_part(&address, items, listed.next))
        })
        .await
}

/// Makes a profession.
///
/// # Errors
///
/// [`crate::problem::Kind::Conflict`], [`crate::problem::Kind::KeyReused`]; if the database does not answer.
#[utoipa::path(
    post, path = "/professions", tag = "Профессии", summary = "Создать профессию",
    description = "Профессия становится последней в направлении. Вместе с ней можно создать лестницу.",
    params(IdempotencyKey),
    request_body(content = NewProfession, example = json!({"slug": "release-engineer", "title": "Релиз-инженер", "track": "web", "grades": [
        {"level_name": "junior", "description": "- Знакомство: Git"}, {"level_name": "middle"}]})),
    responses(
        (status = 201, description = "Создана", body = Profession,
            headers(("Location" = String, description = "Адрес профессии в API"))),
        Reads, Authorised, Sends, Contradicts,
    ),
    security(("token" = [])),
)]
pub async fn create_profession(
    catalogue: Data<Catalogue>,
    command: Command<NewProfession>,
) -> Result<HttpResponse, AppError> {
    let Command { writing, body, key } = command;
    let made = blocking(move || {
        let NewProfession { slug, title, summary, track, includes, scale, grades } = body;
        let fields = ProfessionFields {
            title: title.0.trim().to_owned(),
            slug: slug.0,
            summary: summary.map(|Summary(summary)| summary).unwrap_or_default(),
            track: track.0,
            includes: includes.map(Inclusion::from),
            scale: scale.map(|Slug(scale)| scale),
        };
        let pointer = |index: usize| format!("/grades/{index}/description");
        let grades = grades.into_iter().enumerate();
        let ladder = grades
            .map(|(index, grade)| fields_of(grade.level_name, grade.description, &pointer(index)))
            .collect::<Result<Vec<_>, _>>()?;
        let dictionary = catalogue.dictionary()?;
        let write = |made: &ProfessionRecord| text_of(&Profession::new(made, &dictionary, false));
        let (database, by) = (catalogue.database(), &writing.by);
        professions::create_with_ladder(
            database,
            &fields,
            &ladder,
            key.map(idempotency_key).as_ref(),
            by,
            write,
        )
        .map_err(refused)
    });
    created(made.await??, |made| made["slug"].as_str().map(paths::api::profession))
}

/// One profession with its ladder.
///
/// # Errors
///
/// [`AppError::NotFound`]; [`AppError::Moved`] if the profession has another address now; if the
/// database does not answer.
#[utoipa::path(
    get, path = "/professions/{slug}", tag = "Профессии", summary = "Профессия с лестницей",
    description = "Все её грейды с описаниями и требованиями.",
    params(ProfessionPath, GradeQuery),
    responses(
        (status = 200, description = "Профессия", body = Profession),
        (status = 308, description = "Профессия переехала",
            headers(("Location" = String, description = "Её текущий адрес в API"))),
        Reads, Finds,
    ),
)]
pub async fn profession(
    reader: Reader,
    slug: Path<String>,
    parameters: Parameters<GradeQuery>,
) -> Result<HttpResponse, AppError> {
    let address = format!("{}{}", reader.path(), parameters.canonical);
    reader
        .json(address, move |catalogue| {
            let found = professions::record(catalogue.database(), &slug)?;
            let dictionary = catalogue.dictionary()?;
            Ok(alone(Profession::new(&found, &dictionary, parameters.values.accumulated)))
        })
        .await
}

/// Changes a profession.
///
/// # Errors
///
/// [`crate::problem::Kind::PreconditionRequired`], [`crate::problem::Kind::PreconditionFailed`], [`crate::problem::Kind::Conflict`],
/// [`AppError::NotFound`]; if the database does not answer.
#[utoipa::path(
    patch, path = "/professions/{slug}", tag = "Профессии", summary = "Изменить профессию",
    description = "Меняется только то, что названо.",
    params(ProfessionPath, IfMatch),
    request_body(content = ProfessionPatch, example = json!({"summary": "Интерфейсы в браузере"})),
    responses(
        (status = 200, description = "Изменена", body = Profession),
        Reads, Finds, Authorised, Sends, Contradicts, Conditional,
    ),
    security(("token" = [])),
)]
pub async fn change_profession(
    catalogue: Data<Catalogue>,
    slug: Path<String>,
    command: Command<ProfessionPatch>,
) -> Result<HttpResponse, AppError> {
    let Command { writing, body, .. } = command;
    let condition = writing.condition()?;
    let changed = blocking(move || {
        let change = ProfessionChange {
            title: body.title.map(|Title(title)| title.trim().to_owned()),
            slug: body.slug.map(|Slug(slug)| slug),
            summary: body.summary.map(|Summary(summary)| summary),
            track: body.track.map(|Slug(track)| track),
            includes: body.includes.map(|includes| includes.map(Inclusion::from)),
            scale: body.scale.map(|scale| scale.map(|Slug(scale)| scale)),
        };
        let dictionary = catalogue.dictionary()?;
        let is_seen = |present: &ProfessionRecord| {
            condition.holds(&Profession::new(present, &dictionary, false))
        };
        professions::patch(catalogue.database(), &slug, change, &writing.by, is_seen)
            .map(|changed| Profession::new(&changed, &dictionary, false))
            .map_err(refused)
    });
    Ok(changed_to(&changed.await??))
}

/// Takes a profession away.
///
/// # Errors
///
/// [`crate::problem::Kind::PreconditionRequired`], [`crate::problem::Kind::PreconditionFailed`], [`AppError::NotFound`]; if the
/// database does not answer.
#[utoipa::path(
    delete, path = "/professions/{slug}", tag = "Профессии", summary = "Удалить профессию",
    description = "Вместе с лестницей. Другие лестницы больше её не включают. Редактор может вернуть её из \
        удалённого.",
    params(ProfessionPath, IfMatch),
    responses((status = 204, description = "Удалена"), Reads, Finds, Authorised, Conditional),
    security(("token" = [])),
)]
pub async fn delete_profession(
    catalogue: Data<Catalogue>,
    slug: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, AppError> {
    let condition = writing.condition()?;
    let deleted = blocking(move || {
        let dictionary = catalogue.dictionary()?;
        let is_seen = |present: &ProfessionRecord| {
            condition.holds(&Profession::new(present, &dictionary, false))
        };
        professions::delete(catalogue.database(), &slug, &writing.by, is_seen).map_err(refused)
    });
    deleted.await??;
    Ok(HttpResponse::NoContent().finish())
}
