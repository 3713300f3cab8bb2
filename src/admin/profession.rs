//! `/admin/new-profession`, `/admin/professions/{slug}`: a profession and which grades it has.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{Outcome, change_profession};
use super::profession_errors::describe;
use crate::auth::{SignedForm, SignedIn};
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::grades::GradeFields;
use crate::graders::service::inclusions::{self, Including};
use crate::graders::service::order::Direction;
use crate::graders::service::professions::{
    Change, Changed, EditableProfession, Includable, Inclusion, InclusionEffect, InvalidField,
    LadderEffect, Planned, ProfessionFields,
};
use crate::graders::service::scales::{self, ListedScale};
use crate::graders::service::tracks::EditableTrack;
use crate::graders::service::{professions, texts, tracks};
use crate::ladder::check::{Finding, check};
use crate::ladder::{Level, LevelName};
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, title};
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of a profession's editing page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/profession.html")]
struct ProfessionPage {
    head: Head,
    token: String,
    /// The profession as it is stored; `None` for a new one.
    stored: Option<EditableProfession>,
    /// What stands in the fields.
    typed: ProfessionFields,
    tracks: Vec<EditableTrack>,
    /// The professions whose ladders it can include.
    includable: Vec<Includable>,
    /// The ladders that include this one.
    touched: Vec<Including>,
    /// What the fields would do to ladders, once that was asked.
    effects: Option<Vec<LadderEffect>>,
    /// A change of a grade's level to be confirmed, with what it does to other ladders.
    relevel: Option<(Level, Level, Vec<LadderEffect>)>,
    scales: Vec<ListedScale>,
    /// The address of the profession whose ladder is to be copied.
    source: String,
    findings: Vec<Finding>,
    message: Option<&'static str>,
    failure: Option<String>,
    errors: Vec<FieldError>,
}

/// What the page needs to know besides what was typed.
struct Known {
    stored: Option<EditableProfession>,
    tracks: Vec<EditableTrack>,
    includable: Vec<Includable>,
    touched: Vec<Including>,
    scales: Vec<ListedScale>,
    findings: Vec<Finding>,
}

/// Answers with the form of a new profession.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show_new(
    catalogue: Data<Catalogue>,
    session: SignedIn,
) -> Result<HttpResponse, AppError> {
    let known = know(&catalogue, None).await?;
    uncached(StatusCode::OK, &ProfessionPage::new(&session, known))
}

/// Makes a profession.
///
/// # Errors
///
/// If the database does not answer.
pub async fn create(
    catalogue: Data<Catalogue>,
    form: SignedForm,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let mut typed = read(&fields, ProfessionFields::default())?;
    if typed.slug.is_empty() {
        typed.slug = texts::proposed_slug(&typed.title);
    }
    if fields.get("action") != "save" {
        return ProfessionPage::typed(&catalogue, &session, None, typed, Vec::new())
            .await?
            .respond();
    }
    let (shared, by) = (Data::clone(&catalogue), session.actor());
    let wanted = typed.clone();
    let made = blocking(move || professions::create(shared.database(), &wanted, &by)).await??;
    let outcome = match made {
        Changed::Stored { slug, .. } => {
            Outcome::Stored(done(&admin::profession(&slug), Done::Made))
        }
        Changed::Invalid(invalid) => {
            ProfessionPage::typed(&catalogue, &session, None, typed, invalid).await?
        }
        // A profession that was not there before has nobody else's changes.
        Changed::Unchanged | Changed::Conflict(_) => Outcome::Stored(admin::overview().to_owned()),
    };
    outcome.respond()
}

/// Answers with the form of a profession.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession.
pub async fn show(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let known = know(&catalogue, Some(&slug)).await?;
    let mut page = ProfessionPage::new(&session, known);
    page.message = match parameters.done {
        Some(Done::Made) => Some("Профессия создана. Теперь добавьте грейды."),
        Some(Done::Saved) => Some("Сохранено."),
        Some(Done::Restored) => Some("Прежняя версия возвращена."),
        Some(Done::Unchanged) => Some("Всё это уже сохранено, менять нечего."),
        Some(Done::Removed) => Some("Грейд убран. Вернуть его можно из корзины."),
        Some(Done::Back) => Some("Возвращено из корзины."),
        Some(Done::RestoredInPart) => Some(
            "Прежняя версия возвращена, но не целиком: лестницу, которую она включала, вернуть так же \
             нельзя. Почему, сказано в истории.",
        ),
        Some(Done::BackInPart) => Some(
            "Возвращено из корзины, но не целиком: лестницу, которая была включена, вернуть так же \
             нельзя. Почему, сказано в истории.",
        ),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Changes a profession.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession.
pub async fn send(
    catalogue: Data<Catalogue>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let is_whole =
        ["title", "slug", "summary", "track"].iter().all(|name| fields.sent(name).is_some());
    let stored = if matches!(fields.get("action"), "save" | "preview") && !is_whole {
        know(&catalogue, Some(&slug)).await?.stored
    } else {
        None
    };
    let typed = read(&fields, stored.map(|stored| stored.fields).unwrap_or_default())?;
    let wanted = match fields.get("action") {
        "save" => Change::Fields(typed.clone()),
        "up" => Change::Move(Direction::Up),
        "down" => Change::Move(Direction::Down),
        "relevel" => {
            let level = |name| Level::from_slug(fields.get(name));
            let (Some(from), Some(to)) = (level("from"), level("to")) else {
                return Err(AppError::BadRequest("В форме не хватает уровня."));
            };
            let effects = if fields.get("confirmed").is_empty() {
                effects(&catalogue, &slug, Planned::ChangeLevel { from, to }).await?
            } else {
                Vec::new()
            };
            if !effects.is_empty() {
                let mut page = ProfessionPage::new(&session, know(&catalogue, Some(&slug)).await?);
                page.relevel = Some((from, to, effects));
                return Outcome::Shown(page).respond();
            }
            Change::ChangeLevel { from, to }
        }
        "copy" => Change::CopyLadder(fields.get("source").trim().to_owned()),
        "add" => match Level::from_slug(fields.get("level")) {
            Some(level) => Change::AddGrade(GradeFields { level, description: None }),
            None => return Err(AppError::BadRequest("В форме не хватает уровня.")),
        },
        "preview" => {
            return ProfessionPage::previewed(&catalogue, &session, &slug, typed).await?.respond();
        }
        _ => {
            let page = ProfessionPage::typed(&catalogue, &session, Some(&slug), typed, Vec::new());
            return page.await?.respond();
        }
    };
    let changes_fields = matches!(wanted, Change::Fields(_));
    let changed = change_profession(catalogue.database(), &session, &slug, &fields, wanted).await?;
    let outcome = match changed {
        Changed::Stored { slug, .. } => {
            Outcome::Stored(done(&admin::profession(&slug), Done::Saved))
        }
        Changed::Unchanged => Outcome::Stored(done(&admin::profession(&slug), Done::Unchanged)),
        Changed::Invalid(invalid) if changes_fields => {
            ProfessionPage::typed(&catalogue, &session, Some(&slug), typed, invalid).await?
        }
        // The other forms have none of these fields to show again.
        Changed::Invalid(invalid) => {
            let known = know(&catalogue, Some(&slug)).await?;
            let mut page = ProfessionPage::new(&session, known);
            page.refuse(invalid);
            fields.get("source").clone_into(&mut page.source);
            Outcome::Invalid(page)
        }
        Changed::Conflict(_) => {
            let known = know(&catalogue, Some(&slug)).await?;
            let mut page = ProfessionPage::new(&session, known);
            if changes_fields {
                page.typed = typed;
            }
            page.describe_conflict();
            Outcome::Conflict(page)
        }
    };
    outcome.respond()
}

async fn know(catalogue: &Data<Catalogue>, slug: Option<&str>) -> Result<Known, AppError> {
    let (catalogue, slug) = (Data::clone(catalogue), slug.map(str::to_owned));
    let known = blocking(move || {
        let tracks = tracks::all(catalogue.database())?;
        let includable = professions::includable(catalogue.database(), slug.as_deref())?;
        let scales = scales::all(catalogue.database())?;
        let (touched, findings) = (Vec::new(), Vec::new());
        let Some(slug) = slug else {
            return Ok(Known { stored: None, tracks, includable, scales, touched, findings });
        };
        let stored = professions::editable(catalogue.database(), &slug)?;
        let dictionary = catalogue.dictionary()?;
        let ladder = professions::profession(catalogue.database(), &dictionary, &slug)?.ladder;
        let findings = check(&ladder, &dictionary);
        let touched = inclusions::touched(catalogue.database(), &slug, None)?;
        let stored = Some(stored);
        Ok::<_, AppError>(Known { stored, tracks, includable, touched, scales, findings })
    });
    known.await?
}

/// What a change does to the ladders that include the one at an address.
async fn effects(
    catalogue: &Data<Catalogue>,
    slug: &str,
    change: Planned,
) -> Result<Vec<LadderEffect>, AppError> {
    let (catalogue, slug) = (Data::clone(catalogue), slug.to_owned());
    let read = blocking(move || {
        let dictionary = catalogue.dictionary()?;
        professions::effects(catalogue.database(), &dictionary, &slug, &change)
    });
    Ok(read.await??)
}

/// What was typed about a profession; a field that was not sent stays as it is stored.
///
/// # Errors
///
/// [`AppError::BadRequest`] if the form names a level that there is not.
fn read(fields: &Fields, stored: ProfessionFields) -> Result<ProfessionFields, AppError> {
    let field = |name, stored| fields.sent(name).map_or(stored, |typed| typed.trim().to_owned());
    let includes = match fields.sent("includes") {
        Some(slug) => included(slug.trim(), fields.get("up-to"))?,
        None => stored.includes,
    };
    Ok(ProfessionFields {
        title: field("title", stored.title),
        slug: field("slug", stored.slug),
        summary: field("summary", stored.summary),
        track: field("track", stored.track),
        includes,
        // Without a scale to choose from, the form has no such field.
        scale: fields.sent("scale").map_or(stored.scale, |typed| {
            Some(typed.trim()).filter(|typed| !typed.is_empty()).map(str::to_owned)
        }),
    })
}

/// The ladder that is to be included; `None` for none, if no level is named either.
fn included(slug: &str, level: &str) -> Result<Option<Inclusion>, AppError> {
    let up_to = match level {
        "" => None,
        level => {
            let level = Level::from_slug(level);
            Some(level.ok_or(AppError::BadRequest("Такого уровня нет."))?)
        }
    };
    let inclusion = Inclusion { slug: slug.to_owned(), up_to };
    Ok(Some(inclusion).filter(|inclusion| !slug.is_empty() || inclusion.up_to.is_some()))
}

impl ProfessionPage {
    fn new(session: &SignedIn, known: Known) -> Self {
        let Known { stored, tracks, includable, scales, touched, findings } = known;
        let title = match &stored {
            Some(stored) => format!("Правка: {}", stored.fields.title),
            None => "Новая профессия".to_owned(),
        };
        Self {
            head: Head::editing(title, &session.editor.login),
            token: session.form_token(),
            typed: stored.as_ref().map(|stored| stored.fields.clone()).unwrap_or_default(),
            stored,
            tracks,
            includable,
            touched,
            effects: None,
            relevel: None,
            scales,
            source: String::new(),
            findings,
            message: None,
            failure: None,
            errors: Vec::new(),
        }
    }

    /// The form again, with what was typed and what is wrong with it.
    async fn typed(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        slug: Option<&str>,
        typed: ProfessionFields,
        invalid: Vec<InvalidField>,
    ) -> Result<Outcome<Self>, AppError> {
        let mut page = Self::new(session, know(catalogue, slug).await?);
        page.typed = typed;
        page.refuse(invalid);
        Ok(Outcome::checked(page, |page| page.errors.is_empty()))
    }

    /// The form again, with what was typed and what that would do to ladders.
    async fn previewed(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        slug: &str,
        typed: ProfessionFields,
    ) -> Result<Outcome<Self>, AppError> {
        let mut page = Self::new(session, know(catalogue, Some(slug)).await?);
        let (catalogue, slug, wanted) = (Data::clone(catalogue), slug.to_owned(), typed.clone());
        page.typed = typed;
        let read = blocking(move || {
            let dictionary = catalogue.dictionary()?;
            professions::effects_of_fields(catalogue.database(), &dictionary, &slug, wanted)
        });
        match read.await?? {
            Ok(effects) => page.effects = Some(effects),
            Err(invalid) => page.refuse(invalid),
        }
        Ok(Outcome::checked(page, |page| page.errors.is_empty()))
    }

    fn refuse(&mut self, invalid: Vec<InvalidField>) {
        self.errors = invalid.into_iter().map(describe).collect();
        self.head.title = title(&self.head.title, &self.errors);
    }

    fn describe_conflict(&mut self) {
        let Some(stored) = &self.stored else { return };
        let ProfessionFields { title, slug, summary, track, includes, scale } = &stored.fields;
        let scale = scale.as_deref().map(|scale| format!(", шкала {scale}")).unwrap_or_default();
        let summary =
            if summary.is_empty() { "нет".to_owned() } else { format!("«{summary}»") };
        let includes = match includes {
            Some(Inclusion { slug, up_to: Some(level) }) => {
                format!(", включает {slug} до {}", level.genitive())
            }
            Some(Inclusion { slug, up_to: None }) => format!(", включает {slug} целиком"),
            None if self.typed.includes.is_some() => ", другую лестницу не включает".to_owned(),
            None => String::new(),
        };
        self.failure = Some(format!(
            "Пока вы правили, профессию изменили ({}). Сейчас сохранено: «{title}», адрес {slug}, \
             направление {track}{scale}, кратко: {summary}{includes}. Проверьте поля и повторите.",
            stored.author,
        ));
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }

    /// The professions whose ladders it can include, by the names of their tracks.
    fn by_track(&self) -> Vec<(&str, Vec<&Includable>)> {
        let mut by_track = Vec::<(&str, Vec<&Includable>)>::new();
        for other in &self.includable {
            match by_track.last_mut() {
                Some((track, professions)) if *track == other.track => professions.push(other),
                _ => by_track.push((&other.track, vec![other])),
            }
        }
        by_track
    }

    /// Whether the ladder at an address is chosen to be included.
    fn includes(&self, slug: &str) -> bool {
        self.typed.includes.as_ref().is_some_and(|included| included.slug == slug)
    }

    /// The last level that is chosen to be included.
    fn up_to(&self) -> Option<Level> {
        self.typed.includes.as_ref().and_then(|included| included.up_to)
    }

    /// The levels that the ladder leaves out and its scale has.
    fn free_levels(&self) -> impl Iterator<Item = LevelName> {
        self.stored.iter().flat_map(|stored| {
            let names = stored.scale.levels().iter();
            let names = names.map(|named| LevelName::new(&stored.scale, named.level));
            names.filter(|name| !stored.grades.iter().any(|(grade, _)| grade == name))
        })
    }
}
