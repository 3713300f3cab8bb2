//! `/admin/trash`: what was deleted, to be brought back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::Outcome;
use super::profession_errors;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::editors::reach::Reach;
use crate::error::AppError;
use crate::graders::service::professions::{self, BroughtBack, Deleted};
use crate::graders::service::scales::{self, DeletedScale};
use crate::graders::service::skills::{self, RecentChange};
use crate::graders::service::tracks::{self, DeletedTrack};
use crate::ladder::Level;
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/trash.html")]
struct TrashPage {
    head: Head,
    token: String,
    deleted: Vec<Deleted>,
    tracks: Vec<DeletedTrack>,
    skills: Vec<RecentChange>,
    /// Empty for those who may not bring any back.
    scales: Vec<DeletedScale>,
    message: Option<&'static str>,
    /// Why the last form brought nothing back.
    failure: Option<String>,
}

/// Answers with what can come back.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let message =
        (parameters.done == Some(Done::Removed)).then_some("Профессия удалена. Её можно вернуть.");
    let page = TrashPage::new(&database, &session).await?;
    uncached(StatusCode::OK, &TrashPage { message, ..page })
}

/// Brings something back.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is nothing to bring back, or if it is back already.
pub async fn bring_back(
    database: Data<Database>,
    form: SignedForm,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let number = |name| {
        let number = fields.get(name).parse::<i32>();
        number.map_err(|_| AppError::BadRequest("В форме не хватает номера."))
    };
    let (shared, by) = (Data::clone(&database), session.actor());
    let failure = if !fields.get("scale").is_empty() {
        session.must_be_owner()?;
        let id = number("scale")?;
        match blocking(move || scales::bring_back(&shared, id, &by)).await?? {
            scales::Changed::Stored { slug } => {
                return Ok(see_other(&done(&admin::scale(&slug), Done::Back)));
            }
            _ => "Вернуть некуда: такое название или адрес уже у другой шкалы.".to_owned(),
        }
    } else if fields.get("track").is_empty() {
        let id = number("profession")?;
        let grade_id = Some(fields.get("grade")).filter(|grade| !grade.is_empty());
        let grade_id = grade_id.map(|_| number("grade")).transpose()?;
        let level = Level::from_slug(fields.get("level"));
        let brought = blocking(move || match grade_id {
            Some(grade_id) => professions::bring_back_grade(&shared, id, grade_id, level, &by),
            None => professions::bring_back(&shared, id, &by),
        });
        match brought.await?? {
            BroughtBack::Stored { slug, is_whole } => {
                let how = if is_whole { Done::Back } else { Done::BackInPart };
                return Ok(see_other(&done(&admin::profession(&slug), how)));
            }
            BroughtBack::SlugTaken { slug, by } => format!(
                "Вернуть некуда: адрес «{slug}» есть или был у профессии «{by}». Сначала смените \
                 адрес у неё."
            ),
            BroughtBack::LevelTaken(grade) => format!(
                "Уровень «{}» занят другим грейдом. Выберите свободный уровень или перенесите текст \
                 в текущий грейд.",
                grade.named(level).word()
            ),
            BroughtBack::LevelNotInScale(grade) => format!(
                "Уровня «{}» в шкале профессии больше нет. Выберите свободный уровень.",
                grade.named(level).word()
            ),
            BroughtBack::ScaleLacks(levels) => format!(
                "В шкале этой профессии больше нет уровней её лестницы: {}. Сначала верните их в шкалу.",
                profession_errors::ranks(&levels)
            ),
        }
    } else {
        let id = number("track")?;
        match blocking(move || tracks::bring_back(&shared, id, &by)).await?? {
            tracks::Changed::Stored => return Ok(see_other(&done(admin::tracks(), Done::Saved))),
            _ => "Вернуть некуда: такое название или адрес уже у другого направления.".to_owned(),
        }
    };
    let page = TrashPage::new(&database, &session).await?;
    Outcome::Conflict(TrashPage { failure: Some(failure), ..page }).respond()
}

impl TrashPage {
    async fn new(database: &Data<Database>, session: &SignedIn) -> Result<Self, AppError> {
        let database = Data::clone(database);
        let is_owner = session.must_be_owner().is_ok();
        let reach = session.reach.clone();
        let read = blocking(move || {
            let mut deleted = professions::deleted(&database)?;
            deleted.retain(|deleted| reach.has(&deleted.track));
            if reach != Reach::Everything {
                return Ok((deleted, Vec::new(), Vec::new(), Vec::new()));
            }
            let tracks = tracks::deleted(&database)?;
            let scales = if is_owner { scales::deleted(&database)? } else { Vec::new() };
            Ok::<_, AppError>((deleted, tracks, skills::deleted(&database)?, scales))
        });
        let (deleted, tracks, skills, scales) = read.await??;
        Ok(Self {
            head: session.head("Корзина"),
            token: session.form_token(),
            deleted,
            tracks,
            skills,
            scales,
            message: None,
            failure: None,
        })
    }
}
