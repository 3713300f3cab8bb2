//! Grades.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use serde_json::Value;

use super::{
    Authorised, Conditional, Contradicts, Finds, Reader, Reads, Sends, alone, changed_to, created,
    fields_of, idempotency_key, normalised, one_part, refused, text_of, whole,
};
use crate::auth::program::{Command, Reading, Writing};
use crate::db;
use crate::error::AppError;
use crate::graders::schemas::{
    Cursor, Grade, GradeOfLadder, GradePatch, GradePath, GradeQuery, GradesQuery, IdempotencyKey,
    IfMatch, List, NewGrade, Note, ProfessionPath, RequirementId, Revision, RevisionsQuery, Slug,
};
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::grades::{self, GradeRecord};
use crate::graders::service::listing::{Filter, Part};
use crate::graders::service::professions::{self, GradeChange, Owner};
use crate::paths;
use crate::web::blocking;
use crate::web::contract::Parameters;

/// Lists the grades of a profession, lowest first.
///
/// # Errors
///
/// As [`super::professions::profession`].
#[utoipa::path(
    get, path = "/professions/{slug}/grades", tag = "Грейды", summary = "Лестница профессии",
    description = "Все грейды сразу, от низшего к высшему.",
    params(ProfessionPath, GradeQuery),
    responses(
        (status = 200, description = "Грейды, от низшего к высшему", body = List<Grade>),
        (status = 308, description = "Профессия переехала",
            headers(("Location" = String, description = "Её текущий адрес в API"))),
        Reads, Finds,
    ),
)]
pub async fn grades_of(
    reader: Reader,
    slug: Path<String>,
    parameters: Parameters<GradeQuery>,
) -> Result<HttpResponse, AppError> {
    let address = format!("{}{}", reader.path(), parameters.canonical);
    reader
        .json(address, move |catalogue| {
            let found = professions::record(catalogue.database(), &slug)?;
            let dictionary = catalogue.dictionary()?;
            Ok(whole(Grade::of_ladder(&found, &dictionary, parameters.values.accumulated)))
        })
        .await
}

/// Makes a grade of the profession at an address.
///
/// # Errors
///
/// [`crate::problem::Kind::Conflict`], [`crate::problem::Kind::KeyReused`], [`AppError::NotFound`]; if the database does not
/// answer.
#[utoipa::path(
    post, path = "/professions/{slug}/grades", tag = "Грейды", summary = "Добавить грейд профессии",
    description = "Если уровень не назван, это `junior`.",
    params(ProfessionPath, IdempotencyKey),
    request_body(content = GradeOfLadder, example = json!({"level_name": "intern", "description": "- Знакомство: HTML и CSS"})),
    responses(
        (status = 201, description = "Создан", body = Grade,
            headers(("Location" = String, description = "Адрес грейда в API"))),
        Reads, Finds, Authorised, Sends, Contradicts,
    ),
    security(("token" = [])),
)]
pub async fn create_grade_of(
    catalogue: Data<Catalogue>,
    slug: Path<String>,
    command: Command<GradeOfLadder>,
) -> Result<HttpResponse, AppError> {
    let Command { writing, body, key } = command;
    let made = blocking(move || {
        let fields = fields_of(body.level_name, body.description, "/description")?;
        let dictionary = catalogue.dictionary()?;
        let write = |made: &GradeRecord| text_of(&Grade::new(made, &dictionary));
        let (database, owner, by) = (catalogue.database(), Owner::Slug(&slug), &writing.by);
        professions::create_grade(
            database,
            owner,
            fields,
            key.map(idempotency_key).as_ref(),
            by,
            write,
        )
        .map_err(refused)
    });
    created(made.await??, address_of)
}

/// Lists grades of all professions.
///
/// # Errors
///
/// As [`super::professions::list_professions`].
#[utoipa::path(
    get, path = "/grades", tag = "Грейды", summary = "Список грейдов",
    description = "Грейды всех профессий по частям.",
    params(GradesQuery),
    responses(
        (status = 200, description = "Часть списка", body = List<Grade>,
            headers(("Link" = String, description = "Адрес следующей части, если она есть (RFC 8288)"))),
        (status = 308, description = "Профессия переехала",
            headers(("Location" = String, description = "Адрес этого списка с её текущим именем"))),
        Reads, Finds,
    ),
)]
pub async fn list_grades(
    reader: Reader,
    parameters: Parameters<GradesQuery>,
) -> Result<HttpResponse, AppError> {
    let Parameters { values, canonical } = parameters;
    let address = format!("{}{canonical}", reader.path());
    reader
        .json(address.clone(), move |catalogue| {
            let filter = Filter {
                profession: values.profession.map(|Slug(profession)| profession),
                track: values.track.map(|Slug(track)| track),
                level: values.level,
                changed_since: values.changed_since.as_ref().map(db::comparable),
            };
            let part = Part {
                limit: values.limit.into(),
                cursor: values.cursor.map(|Cursor(cursor)| cursor),
            };
            let listed = grades::records(catalogue.database(), &filter, values.sort.into(), &part)?;
            let dictionary = catalogue.dictionary()?;
            let items = listed.items.iter().map(|found| Grade::new(found, &dictionary)).collect();
            Ok(one_part(&address, items, listed.next))
        })
        .await
}

/// Makes a grade of the profession with a number.
///
/// # Errors
///
/// [`crate::problem::Kind::Conflict`], [`crate::problem::Kind::KeyReused`]; if the database does not answer.
#[utoipa::path(
    post, path = "/grades", tag = "Грейды", summary = "Добавить грейд",
    description = "То же, но профессия названа номером.",
    params(IdempotencyKey),
    request_body(content = NewGrade, example = json!({"profession_id": 1, "level_name": "senior++", "description": "- Выступление: доклад на конференции"})),
    responses(
        (status = 201, description = "Создан", body = Grade,
            headers(("Location" = String, description = "Адрес грейда в API"))),
        Reads, Authorised, Sends, Contradicts,
    ),
    security(("token" = [])),
)]
pub async fn create_grade(
    catalogue: Data<Catalogue>,
    command: Command<NewGrade>,
) -> Result<HttpResponse, AppError> {
    let Command { writing, body, key } = command;
    let made = blocking(move || {
        let fields = fields_of(body.level_name, body.description, "/description")?;
        let dictionary = catalogue.dictionary()?;
        let write = |made: &GradeRecord| text_of(&Grade::new(made, &dictionary));
        let (database, owner) = (catalogue.database(), Owner::Id(body.profession_id));
        professions::create_grade(
            database,
            owner,
            fields,
            key.map(idempotency_key).as_ref(),
            &writing.by,
            write,
        )
        .map_err(refused)
    });
    created(made.await??, address_of)
}

/// One grade.
///
/// # Errors
///
/// [`AppError::NotFound`]; if the database does not answer.
#[utoipa::path(
    get, path = "/grades/{grade_id}", tag = "Грейды", summary = "Грейд",
    description = "Описание и то, что из него вычислено.",
    params(GradePath, GradeQuery),
    responses((status = 200, description = "Грейд", body = Grade), Reads, Finds),
)]
pub async fn grade(
    reader: Reader,
    grade_id: Path<i32>,
    parameters: Parameters<GradeQuery>,
) -> Result<HttpResponse, AppError> {
    let address = format!("{}{}", reader.path(), parameters.canonical);
    reader
        .json(address, move |catalogue| {
            let (found, profession) = professions::grade_record(catalogue.database(), *grade_id)?;
            let dictionary = catalogue.dictionary()?;
            let grade = Grade::new(&found, &dictionary);
            let accumulated = parameters.values.accumulated;
            let ladder = accumulated.then(|| profession.ladder(&dictionary));
            Ok(alone(match ladder {
                Some(ladder) => grade.with_everything_under_it(&ladder),
                None => grade,
            }))
        })
        .await
}

/// Changes a grade.
///
/// # Errors
///
/// [`crate::problem::Kind::PreconditionRequired`], [`crate::problem::Kind::PreconditionFailed`], [`crate::problem::Kind::Conflict`],
/// [`AppError::NotFound`]; if the database does not answer.
#[utoipa::path(
    patch, path = "/grades/{grade_id}", tag = "Грейды", summary = "Изменить грейд",
    description = "Меняется только то, что названо. Каждая правка остаётся в истории.",
    params(GradePath, IfMatch),
    request_body(content = GradePatch, example = json!({"description": "- Знакомство: SQL\n- Знакомство: psql", "note": "Первое описание"})),
    responses(
        (status = 200, description = "Изменён", body = Grade),
        Reads, Finds, Authorised, Sends, Contradicts, Conditional,
    ),
    security(("token" = [])),
)]
pub async fn change_grade(
    catalogue: Data<Catalogue>,
    grade_id: Path<i32>,
    command: Command<GradePatch>,
) -> Result<HttpResponse, AppError> {
    let Command { writing, body, .. } = command;
    let condition = writing.condition()?;
    let changed = blocking(move || {
        let GradePatch(body) = body;
        let text = body.description.map(|text| normalised(text, "/description"));
        let change = GradeChange {
            level: body.level_name,
            description: text.transpose()?,
            note: body.note.map(|Note(note)| note).unwrap_or_default(),
            said_new: body.new_requirements.into_iter().map(|RequirementId(id)| id).collect(),
        };
        let dictionary = catalogue.dictionary()?;
        let is_seen = |present: &GradeRecord| condition.holds(&Grade::new(present, &dictionary));
        professions::patch_grade(catalogue.database(), *grade_id, &change, &writing.by, is_seen)
            .map(|changed| Grade::new(&changed, &dictionary))
            .map_err(refused)
    });
    Ok(changed_to(&changed.await??))
}

/// Takes a grade away.
///
/// # Errors
///
/// As [`super::professions::delete_profession`].
#[utoipa::path(
    delete, path = "/grades/{grade_id}", tag = "Грейды", summary = "Удалить грейд",
    description = "Редактор может вернуть его из удалённого.",
    params(GradePath, IfMatch),
    responses((status = 204, description = "Удалён"), Reads, Finds, Authorised, Conditional),
    security(("token" = [])),
)]
pub async fn delete_grade(
    catalogue: Data<Catalogue>,
    grade_id: Path<i32>,
    writing: Writing,
) -> Result<HttpResponse, AppError> {
    let condition = writing.condition()?;
    let deleted = blocking(move || {
        let dictionary = catalogue.dictionary()?;
        let is_seen = |present: &GradeRecord| condition.holds(&Grade::new(present, &dictionary));
        professions::delete_grade(catalogue.database(), *grade_id, &writing.by, is_seen)
            .map_err(refused)
    });
    deleted.await??;
    Ok(HttpResponse::NoContent().finish())
}

/// Lists the saved changes of a grade's description, the newest first. They name who made them,
/// so they are not for everybody.
///
/// # Errors
///
/// [`crate::problem::Kind::Unauthorized`], [`AppError::NotFound`]; if the database does not answer.
#[utoipa::path(
    get, path = "/grades/{grade_id}/revisions", tag = "Грейды", summary = "История описания",
    description = "Сначала новые правки. Нужен ключ: в правках названы авторы.",
    params(GradePath, RevisionsQuery),
    responses(
        (status = 200, description = "Часть списка", body = List<Revision>,
            headers(("Link" = String, description = "Адрес следующей части, если она есть (RFC 8288)"))),
        Reads, Finds, Authorised,
    ),
    security(("token" = [])),
)]
pub async fn revisions(
    reader: Reader,
    grade_id: Path<i32>,
    _: Reading,
    parameters: Parameters<RevisionsQuery>,
) -> Result<HttpResponse, AppError> {
    let Parameters { values, canonical } = parameters;
    let address = format!("{}{canonical}", reader.path());
    let mut answer = reader
        .json(address.clone(), move |catalogue| {
            let part = Part {
                limit: values.limit.into(),
                cursor: values.cursor.map(|Cursor(cursor)| cursor),
            };
            let listed = grades::revisions(catalogue.database(), *grade_id, &part)?;
            let items = listed.items.into_iter().map(Revision::from).collect();
            Ok(one_part(&address, items, listed.next))
        })
        .await?;
    let for_one = header::HeaderValue::from_static("private, no-cache");
    answer.headers_mut().insert(header::CACHE_CONTROL, for_one);
    Ok(answer)
}

/// The address of a grade that was made.
fn address_of(made: &Value) -> Option<String> {
    Some(paths::api::grade(made["grade_id"].as_i64()?.try_into().ok()?))
}
