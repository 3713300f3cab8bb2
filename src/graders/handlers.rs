//! The JSON API under `/api/v1/graders`.
//!
//! Each handler is an operation of the API's document. Reading is for everybody and is answered
//! from memory until the catalogue changes; writing takes a token, and a change names the state it
//! was made for.

mod reader;

use std::collections::BTreeMap;

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::Value;
use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::cached::Catalogue;
use super::editing::{self, InvalidText};
use super::records::IdempotencyKey as ServiceKey;
use super::records::{self, Conflict, Filter, GradeChange, Owner, Part, ProfessionChange, Refusal};
use super::schemas::{
    CompareQuery, Comparison, Cursor, FoundBody, Grade, GradeOfLadder, GradePatch, GradePath,
    GradeQuery, GradesQuery, IdempotencyKey, IfMatch, LevelBody, List, NewGrade, NewProfession,
    Note, Profession, ProfessionInList, ProfessionPatch, ProfessionPath, ProfessionsQuery,
    Question, Revision, RevisionsQuery, SearchQuery, SkillBody, SkillInList, SkillPath, Slug,
    Summary, Text, Title, Track,
};
use super::search::{self, Search};
use super::service::ServiceError;
use super::structure::{GradeFields, ProfessionFields};
use super::tracks;
use crate::auth::program::{Command, Reading, RequestKey, Writing};
use crate::db;
use crate::error::{AppError, Missing};
use crate::ladder::{Level, comparison};
use crate::problem::{self, Fault, Kind, Problem};
use crate::web::contract::{NoParameters, Parameters};
use crate::web::{blocking, entity_tag, written};
use reader::{Json, Reader};

/// Where the API stands.
pub const ROOT: &str = "/api/v1/graders";

/// Lists the levels a grade can have, lowest first.
///
/// # Errors
///
/// If the database does not answer.
#[utoipa::path(
    get, path = "/levels", tag = "Справочники", summary = "Уровни, от низшего к высшему",
    description = "Десять уровней, от стажёра до синьора++. Лестница берёт из них любые.",
    responses((status = 200, description = "Все уровни", body = List<LevelBody>), Reads),
)]
pub async fn levels(reader: Reader, _: Parameters<NoParameters>) -> Result<HttpResponse, AppError> {
    reader
        .json(reader.path(), move |_| {
            Ok(whole(Level::ALL.into_iter().map(LevelBody::from).collect()))
        })
        .await
}

/// Lists the tracks in their order.
///
/// # Errors
///
/// If the database does not answer.
#[utoipa::path(
    get, path = "/tracks", tag = "Справочники", summary = "Направления по порядку",
    description = "Все группы профессий, в том числе пустые.",
    responses((status = 200, description = "Все направления", body = List<Track>), Reads),
)]
pub async fn list_tracks(
    reader: Reader,
    _: Parameters<NoParameters>,
) -> Result<HttpResponse, AppError> {
    reader
        .json(reader.path(), move |catalogue| {
            Ok(whole(tracks::all(catalogue.database())?.into_iter().map(Track::from).collect()))
        })
        .await
}

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
                records::professions(catalogue.database(), &filter, values.sort.into(), &part)?;
            let items = listed.items.into_iter().map(ProfessionInList::from).collect();
            Ok(one_part(&address, items, listed.next))
        })
        .await
}

/// Makes a profession.
///
/// # Errors
///
/// [`Kind::Conflict`], [`Kind::KeyReused`]; if the database does not answer.
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
        let NewProfession { slug, title, summary, track, grades } = body;
        let fields = ProfessionFields {
            title: title.0,
            slug: slug.0,
            summary: summary.map(|Summary(summary)| summary).unwrap_or_default(),
            track: track.0,
        };
        let pointer = |index: usize| format!("/grades/{index}/description");
        let grades = grades.into_iter().enumerate();
        let ladder = grades
            .map(|(index, grade)| fields_of(grade.level_name, grade.description, &pointer(index)))
            .collect::<Result<Vec<_>, _>>()?;
        let dictionary = catalogue.dictionary()?;
        let write =
            |made: &records::Profession| text_of(&Profession::new(made, &dictionary, false));
        let (database, by) = (catalogue.database(), &writing.by);
        records::create_profession(
            database,
            &fields,
            &ladder,
            key.map(idempotency_key).as_ref(),
            by,
            write,
        )
        .map_err(refused)
    });
    created(made.await??, "professions", "slug")
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
            headers(("Location" = String, description = "Её нынешний адрес в API"))),
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
            let found = records::profession(catalogue.database(), &slug)?;
            let dictionary = catalogue.dictionary()?;
            Ok(alone(Profession::new(&found, &dictionary, parameters.values.accumulated)))
        })
        .await
}

/// Changes a profession.
///
/// # Errors
///
/// [`Kind::PreconditionRequired`], [`Kind::PreconditionFailed`], [`Kind::Conflict`],
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
            title: body.title.map(|Title(title)| title),
            slug: body.slug.map(|Slug(slug)| slug),
            summary: body.summary.map(|Summary(summary)| summary),
            track: body.track.map(|Slug(track)| track),
        };
        let dictionary = catalogue.dictionary()?;
        let is_seen = |present: &records::Profession| {
            condition.holds(&Profession::new(present, &dictionary, false))
        };
        records::change_profession(catalogue.database(), &slug, change, &writing.by, is_seen)
            .map(|changed| Profession::new(&changed, &dictionary, false))
            .map_err(refused)
    });
    Ok(changed_to(&changed.await??))
}

/// Takes a profession away.
///
/// # Errors
///
/// [`Kind::PreconditionRequired`], [`Kind::PreconditionFailed`], [`AppError::NotFound`]; if the
/// database does not answer.
#[utoipa::path(
    delete, path = "/professions/{slug}", tag = "Профессии", summary = "Удалить профессию",
    description = "Вместе с лестницей. Редактор может вернуть её из удалённого.",
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
        let is_seen = |present: &records::Profession| {
            condition.holds(&Profession::new(present, &dictionary, false))
        };
        records::delete_profession(catalogue.database(), &slug, &writing.by, is_seen)
            .map_err(refused)
    });
    deleted.await??;
    Ok(HttpResponse::NoContent().finish())
}

/// Lists the grades of a profession, lowest first.
///
/// # Errors
///
/// As [`profession`].
#[utoipa::path(
    get, path = "/professions/{slug}/grades", tag = "Грейды", summary = "Лестница профессии",
    description = "Все грейды сразу, от низшего к высшему.",
    params(ProfessionPath, GradeQuery),
    responses(
        (status = 200, description = "Грейды, от низшего к высшему", body = List<Grade>),
        (status = 308, description = "Профессия переехала",
            headers(("Location" = String, description = "Её нынешний адрес в API"))),
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
            let found = records::profession(catalogue.database(), &slug)?;
            let dictionary = catalogue.dictionary()?;
            Ok(whole(Grade::of_ladder(&found, &dictionary, parameters.values.accumulated)))
        })
        .await
}

/// Makes a grade of the profession at an address.
///
/// # Errors
///
/// [`Kind::Conflict`], [`Kind::KeyReused`], [`AppError::NotFound`]; if the database does not
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
        let write = |made: &records::GradeRecord| text_of(&Grade::new(made, &dictionary));
        let (database, owner, by) = (catalogue.database(), Owner::Slug(&slug), &writing.by);
        records::create_grade(database, owner, fields, key.map(idempotency_key).as_ref(), by, write)
            .map_err(refused)
    });
    created(made.await??, "grades", "grade_id")
}

/// Lists grades of all professions.
///
/// # Errors
///
/// As [`list_professions`].
#[utoipa::path(
    get, path = "/grades", tag = "Грейды", summary = "Список грейдов",
    description = "Грейды всех профессий по частям.",
    params(GradesQuery),
    responses((status = 200, description = "Часть списка", body = List<Grade>,
            headers(("Link" = String, description = "Адрес следующей части, если она есть (RFC 8288)"))), Reads, Finds),
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
            let listed = records::grades(catalogue.database(), &filter, values.sort.into(), &part)?;
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
/// [`Kind::Conflict`], [`Kind::KeyReused`]; if the database does not answer.
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
        let write = |made: &records::GradeRecord| text_of(&Grade::new(made, &dictionary));
        let (database, owner) = (catalogue.database(), Owner::Id(body.profession_id));
        records::create_grade(
            database,
            owner,
            fields,
            key.map(idempotency_key).as_ref(),
            &writing.by,
            write,
        )
        .map_err(refused)
    });
    created(made.await??, "grades", "grade_id")
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
            let (found, profession) = records::grade(catalogue.database(), *grade_id)?;
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
/// [`Kind::PreconditionRequired`], [`Kind::PreconditionFailed`], [`Kind::Conflict`],
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
        let text = body.description.map(|text| normalised(text, "/description"));
        let change = GradeChange {
            level: body.level_name,
            description: text.transpose()?,
            note: body.note.map(|Note(note)| note).unwrap_or_default(),
        };
        let dictionary = catalogue.dictionary()?;
        let is_seen =
            |present: &records::GradeRecord| condition.holds(&Grade::new(present, &dictionary));
        records::change_grade(catalogue.database(), *grade_id, &change, &writing.by, is_seen)
            .map(|changed| Grade::new(&changed, &dictionary))
            .map_err(refused)
    });
    Ok(changed_to(&changed.await??))
}

/// Takes a grade away.
///
/// # Errors
///
/// As [`delete_profession`].
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
        let is_seen =
            |present: &records::GradeRecord| condition.holds(&Grade::new(present, &dictionary));
        records::delete_grade(catalogue.database(), *grade_id, &writing.by, is_seen)
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
/// [`Kind::Unauthorized`], [`AppError::NotFound`]; if the database does not answer.
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
            let listed = records::revisions(catalogue.database(), *grade_id, &part)?;
            let items = listed.items.into_iter().map(Revision::from).collect();
            Ok(one_part(&address, items, listed.next))
        })
        .await?;
    let for_one = header::HeaderValue::from_static("private, no-cache");
    answer.headers_mut().insert(header::CACHE_CONTROL, for_one);
    Ok(answer)
}

/// Lists the skills of the dictionary.
///
/// # Errors
///
/// If the database does not answer.
#[utoipa::path(
    get, path = "/skills", tag = "Навыки", summary = "Словарь навыков",
    description = "Все навыки, которые находятся в описаниях.",
    responses((status = 200, description = "Все навыки", body = List<SkillInList>), Reads),
)]
pub async fn list_skills(
    reader: Reader,
    _: Parameters<NoParameters>,
) -> Result<HttpResponse, AppError> {
    reader
        .json(reader.path(), move |catalogue| {
            let dictionary = catalogue.dictionary()?;
            let mut skills = dictionary.skills().iter().collect::<Vec<_>>();
            skills.sort_by_key(|skill| &skill.slug);
            Ok(whole(skills.into_iter().map(SkillInList::from).collect()))
        })
        .await
}

/// One skill, and where it appears.
///
/// # Errors
///
/// [`AppError::NotFound`]; if the database does not answer.
#[utoipa::path(
    get, path = "/skills/{slug}", tag = "Навыки", summary = "Навык",
    description = "На каких грейдах он появляется и как углубляется.",
    params(SkillPath),
    responses((status = 200, description = "Навык", body = SkillBody), Reads, Finds),
)]
pub async fn skill(
    reader: Reader,
    slug: Path<String>,
    _: Parameters<NoParameters>,
) -> Result<HttpResponse, AppError> {
    reader
        .json(reader.path(), move |catalogue| {
            let (dictionary, index) = (catalogue.dictionary()?, catalogue.skill_index()?);
            let missing = || AppError::NotFound(Missing::new("Такого навыка в словаре нет."));
            let skill = dictionary.skill(&slug).ok_or_else(missing)?;
            Ok(alone(SkillBody::new(skill, index.appearances(&skill.slug))))
        })
        .await
}

/// Searches skills, professions, grades and requirements.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such track, or no part begins at the cursor; if the database
/// does not answer.
#[utoipa::path(
    get, path = "/search", tag = "Поиск", summary = "Найти",
    description = "Навыки, профессии, грейды и требования, в которых есть всё, о чём спрашивают.",
    params(SearchQuery),
    responses(
        (status = 200, description = "Часть найденного", body = FoundBody,
            headers(("Link" = String, description = "Адрес следующей части, если она есть (RFC 8288)"))),
        Reads, Finds,
    ),
)]
pub async fn search(
    reader: Reader,
    parameters: Parameters<SearchQuery>,
) -> Result<HttpResponse, AppError> {
    let Parameters { values, canonical } = parameters;
    let address = format!("{}{canonical}", reader.path());
    reader
        .json(address.clone(), move |catalogue| {
            let page = match values.cursor {
                None => 1,
                Some(Cursor(page)) => page.parse().map_err(|_| ServiceError::NoSuchPart)?,
            };
            let Question(question) = values.q;
            let search = Search {
                question,
                track: values.track.map(|Slug(track)| track),
                level: values.level,
                kind: values.kind.map(Into::into),
                page,
            };
            let found = search::search(catalogue.database(), &*catalogue.dictionary()?, &search)?;
            let next = (page < found.pages).then(|| (page + 1).to_string());
            let link = next.as_deref().map(|next| link_to_next(&address, next));
            Ok(Json { body: FoundBody::new(found, next), link })
        })
        .await
}

/// Compares two grades.
///
/// # Errors
///
/// [`AppError::NotFound`]; if the database does not answer.
#[utoipa::path(
    get, path = "/compare", tag = "Грейды", summary = "Сравнить два грейда",
    description = "Что добавить, что остаётся и что больше не нужно: внутри лестницы или между профессиями.",
    params(CompareQuery),
    responses((status = 200, description = "Сравнение", body = Comparison), Reads, Finds),
)]
pub async fn compare(
    reader: Reader,
    parameters: Parameters<CompareQuery>,
) -> Result<HttpResponse, AppError> {
    let address = format!("{}{}", reader.path(), parameters.canonical);
    reader
        .json(address, move |catalogue| {
            let dictionary = catalogue.dictionary()?;
            let side = |id: i32| {
                let (grade, profession) = records::grade(catalogue.database(), id)?;
                Ok::<_, AppError>((profession.ladder(&dictionary), grade.level))
            };
            let (from, to) = (side(parameters.values.from)?, side(parameters.values.to)?);
            let compared = comparison::Comparison::new((&from.0, from.1), (&to.0, to.1));
            Ok(alone(Comparison::from(compared)))
        })
        .await
}

/// Answers `OPTIONS` with the methods of an address.
#[must_use]
pub fn options(allow: &'static str) -> HttpResponse {
    HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish()
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
        refusals(&[Kind::Malformed, Kind::AddressTooLong, Kind::Internal, Kind::Unavailable])
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
        refusals(&[Kind::ContentTooLarge, Kind::UnsupportedMediaType, Kind::Invalid])
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
fn link_to_next(address: &str, next: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let cursor = format!("cursor={next}");
    let query = pairs.chain([&*cursor]).collect::<Vec<_>>().join("&");
    format!("<{path}?{query}>; rel=\"next\"")
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

/// Answers with what was made; `id` is the field of the body that names it in addresses.
fn created(body: String, collection: &str, id: &str) -> Result<HttpResponse, AppError> {
    let made = serde_json::from_str::<Value>(&body);
    let made = made.map_err(|error| AppError::Internal(error.into()))?;
    let id = made[id].as_str().map_or_else(|| made[id].to_string(), str::to_owned);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("{ROOT}/{collection}/{id}")))
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

/// A text as it is stored.
fn normalised(text: Option<Text>, pointer: &str) -> Result<String, AppError> {
    let text = text.map(|Text(text)| text).unwrap_or_default();
    editing::normalise(&text).map_err(|(invalid, _)| {
        let sentence = match invalid {
            InvalidText::TooLong => "Слишком длинный текст.",
            InvalidText::ControlCharacters => "В тексте есть управляющие знаки.",
        };
        let faults = vec![Fault::at(pointer, sentence)];
        Problem::with(Kind::Invalid, "Такое описание сохранить нельзя.", faults).into()
    })
}

/// The name of a request, for the service.
fn idempotency_key(key: RequestKey) -> ServiceKey {
    let RequestKey { token_id, key, request_hash } = key;
    ServiceKey { token_id, key, request_hash }
}

/// What is told of a change that was not made.
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
        Refusal::KeyReused => {
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
        Conflict::NoSuchProfession => Fault::at("/profession_id", "Такой профессии нет."),
        Conflict::LevelTaken => Fault::at("/level_name", "Грейд этого уровня в лестнице уже есть."),
        Conflict::LevelTwice(index) => {
            Fault::at(format!("/grades/{index}/level_name"), "Этот уровень назван дважды.")
        }
    }
}
