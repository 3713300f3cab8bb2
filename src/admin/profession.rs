//! `/admin/professions/{slug}`: a profession and which grades it has.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{Outcome, change_profession, must_publish, version};
use super::profession_fields::{ProfessionForm, read};
use crate::auth::{Publishing, SignedForm, SignedIn};
use crate::error::AppError;
use crate::fields::Fields;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::grades::GradeFields;
use crate::graders::service::inclusions::{self, Including};
use crate::graders::service::order::Direction;
use crate::graders::service::professions::{
    Change, Changed, Deleted, EditableProfession, Field, Includable, Inclusion, InclusionEffect,
    InvalidField, LadderEffect, Merge, Planned, ProfessionAddress, ProfessionFields,
};
use crate::graders::service::scales::{self, ListedScale};
use crate::graders::service::tracks::EditableTrack;
use crate::graders::service::{findings, professions, tracks};
use crate::ladder::check::Finding;
use crate::ladder::{Level, LevelName};
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::title;
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
    stored: EditableProfession,
    form: ProfessionForm,
    /// The other professions that have ladders, to take one from.
    others: Vec<ProfessionAddress>,
    /// The ladders that include this one.
    touched: Vec<Including>,
    /// What the fields would do to ladders, once that was asked.
    effects: Option<Vec<LadderEffect>>,
    /// A change of a grade's level to be confirmed, with what it does to other ladders.
    relevel: Option<(Level, Level, Vec<LadderEffect>)>,
    findings: Vec<Finding>,
    /// A grade of the level that is to be added, which lies in the trash.
    in_trash: Option<Deleted>,
    /// After a conflict, the fields that somebody else changed to something else.
    conflicts: Option<Vec<Field>>,
    message: Option<&'static str>,
    /// Whether the message is about something in the trash.
    leads_to_trash: bool,
}

/// What the page needs to know besides what was typed.
struct Known {
    stored: EditableProfession,
    tracks: Vec<EditableTrack>,
    includable: Vec<Includable>,
    others: Vec<ProfessionAddress>,
    touched: Vec<Including>,
    scales: Vec<ListedScale>,
    findings: Vec<Finding>,
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
    let known = know(&catalogue, &slug).await?;
    let mut page = ProfessionPage::new(&session, known);
    page.message = match parameters.done {
        Some(Done::Made) if page.stored.grades.is_empty() => {
            Some("Профессия создана. Теперь добавьте грейды.")
        }
        Some(Done::Made) => Some("Профессия создана."),
        Some(Done::Saved) => Some("Сохранено."),
        Some(Done::Published) => Some("Опубликовано: профессию видят все."),
        Some(Done::TakenBack) => Some("Профессия снова черновик."),
        Some(Done::Restored) => Some("Прежняя версия возвращена."),
        Some(Done::Unchanged) => Some("Всё это уже сохранено, менять нечего."),
        Some(Done::Removed) => Some("Грейд убран, он в\u{a0}корзине."),
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
    page.leads_to_trash = parameters.done == Some(Done::Removed);
    uncached(StatusCode::OK, &page)
}

/// Changes a profession.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession.
pub async fn send(
    catalogue: Data<Catalogue>,
    publishing: Data<Publishing>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let stored = know(&catalogue, &slug).await?.stored.fields;
    // What a whole form leaves out is none; of a part of one it stays as it is.
    let is_whole =
        ["title", "slug", "summary", "track"].iter().all(|name| fields.sent(name).is_some());
    let absent = if is_whole { ProfessionFields::default() } else { stored.clone() };
    let mut typed = read(&fields, absent)?;
    for field in Field::ALL {
        if fields.get(&choice_name(field)) == "other" {
            field.copy(&stored, &mut typed);
        }
    }
    let Some(wanted) = wanted(&fields, &typed)? else {
        return ProfessionPage::typed(&catalogue, &session, &slug, typed, Vec::new())
            .await?
            .respond();
    };
    if let Change::ChangeLevel { from, to } = wanted
        && fields.get("confirmed").is_empty()
    {
        let effects = effects(&catalogue, &slug, Planned::ChangeLevel { from, to }).await?;
        if !effects.is_empty() {
            let mut page = ProfessionPage::new(&session, know(&catalogue, &slug).await?);
            page.form.typed = typed;
            page.relevel = Some((from, to, effects));
            return Outcome::Shown(page).respond();
        }
    }
    if let Change::AddGrades(added) = &wanted
        && fields.get("empty").is_empty()
    {
        let mut page = ProfessionPage::new(&session, know(&catalogue, &slug).await?);
        page.in_trash = in_trash(&catalogue, &slug, added).await?;
        if page.in_trash.is_some() {
            page.form.typed = typed;
            return Outcome::Shown(page).respond();
        }
    }
    if fields.get("action") == "preview" {
        return ProfessionPage::previewed(&catalogue, &session, &slug, typed).await?.respond();
    }
    if matches!(wanted, Change::CopyLadder(_)) {
        must_publish(catalogue.database(), **publishing, &session, &slug).await?;
    }
    let changes_fields = matches!(wanted, Change::Fields(_));
    let is_move = matches!(wanted, Change::Move(_));
    let changed = change_profession(catalogue.database(), &session, &slug, &fields, wanted).await?;
    let has_unsaved = !changes_fields && typed != stored;
    let outcome = match changed {
        // What was typed into the fields is still there, and still not saved.
        Changed::Stored { .. } | Changed::Unchanged if has_unsaved => {
            let page =
                ProfessionPage::typed(&catalogue, &session, &slug, typed, Vec::new()).await?;
            page.told("Сделано. Набранное в\u{a0}полях ещё не\u{a0}сохранено.")
        }
        Changed::Stored { slug, .. } if is_move => {
            Outcome::Stored(admin::moved(&admin::track(&stored.track), [&*slug].into_iter()))
        }
        Changed::Stored { slug, .. } => {
            Outcome::Stored(done(&admin::profession(&slug), Done::Saved))
        }
        Changed::Unchanged => Outcome::Stored(done(&admin::profession(&slug), Done::Unchanged)),
        Changed::Invalid(invalid) => {
            ProfessionPage::typed(&catalogue, &session, &slug, typed, invalid).await?
        }
        Changed::Conflict(_) => {
            let read = version(&fields, "version")?;
            let mut page = ProfessionPage::new(&session, know(&catalogue, &slug).await?);
            let Merge { fields, conflicts } = blocking(move || {
                professions::brought_together(catalogue.database(), &slug, read, &typed)
            })
            .await??;
            (page.form.typed, page.conflicts) = (fields, Some(conflicts));
            Outcome::Conflict(page)
        }
    };
    outcome.respond()
}

/// The change that a form asks for; `None` if it asks for none.
fn wanted(fields: &Fields, typed: &ProfessionFields) -> Result<Option<Change>, AppError> {
    let level = |name| {
        let level = Level::from_slug(fields.get(name));
        level.ok_or(AppError::BadRequest("В форме не хватает уровня."))
    };
    Ok(Some(match fields.get("action") {
        "save" | "preview" => Change::Fields(typed.clone()),
        "up" => Change::Move(Direction::Up),
        "down" => Change::Move(Direction::Down),
        "relevel" => Change::ChangeLevel { from: level("from")?, to: level("to")? },
        "copy" => Change::CopyLadder(fields.get("source").trim().to_owned()),
        "add" => {
            let grade = GradeFields { level: level("level")?, description: None };
            Change::AddGrades(vec![grade])
        }
        _ => return Ok(None),
    }))
}

/// The latest grade in the trash that had the level of one that is to be added, and a description.
async fn in_trash(
    catalogue: &Data<Catalogue>,
    slug: &str,
    added: &[GradeFields],
) -> Result<Option<Deleted>, AppError> {
    let (catalogue, slug) = (Data::clone(catalogue), slug.to_owned());
    let levels = added.iter().map(|grade| grade.level).collect::<Vec<_>>();
    let deleted = blocking(move || professions::deleted_grades(catalogue.database(), &slug));
    let is_it = |deleted: &Deleted| {
        deleted.grade.as_ref().is_some_and(|grade| {
            levels.contains(&grade.name.level()) && !grade.text.is_empty() && grade.is_level_free()
        })
    };
    Ok(deleted.await??.into_iter().find(is_it))
}

async fn know(catalogue: &Data<Catalogue>, slug: &str) -> Result<Known, AppError> {
    let (catalogue, slug) = (Data::clone(catalogue), slug.to_owned());
    let known = blocking(move || {
        let database = catalogue.database();
        let stored = professions::editable(database, &slug)?;
        let tracks = tracks::all(database)?;
        let includable = professions::includable(database, Some(&slug))?;
        let scales = scales::all(database)?;
        let checked = findings::of(&catalogue, &slug)?;
        let findings = checked.map(|checked| checked.findings).unwrap_or_default();
        let touched = inclusions::touched(database, &slug, None)?;
        let mut others = Vec::new();
        if stored.grades.is_empty() {
            others = professions::addresses(database)?;
            others.retain(|other| {
                let is_fit = stored.is_draft || !other.is_draft;
                is_fit && other.slug != slug && !other.levels.is_empty()
            });
        }
        Ok::<_, AppError>(Known { stored, tracks, includable, others, touched, scales, findings })
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

impl ProfessionPage {
    fn new(session: &SignedIn, known: Known) -> Self {
        let Known { stored, mut tracks, includable, others, touched, scales, findings } = known;
        tracks.retain(|track| session.reach.has(&track.slug));
        let form = ProfessionForm {
            typed: stored.fields.clone(),
            tracks,
            includable,
            scales,
            errors: Vec::new(),
            is_new: false,
        };
        Self {
            head: session.head(format!("Правка: {}", stored.fields.title)),
            token: session.form_token(),
            stored,
            form,
            others,
            touched,
            effects: None,
            relevel: None,
            findings,
            in_trash: None,
            conflicts: None,
            message: None,
            leads_to_trash: false,
        }
    }

    /// The form again, with what was typed and what is wrong with it.
    async fn typed(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        slug: &str,
        typed: ProfessionFields,
        invalid: Vec<InvalidField>,
    ) -> Result<Outcome<Self>, AppError> {
        let mut page = Self::new(session, know(catalogue, slug).await?);
        page.form.typed = typed;
        page.refuse(invalid);
        Ok(Outcome::checked(page, |page| page.form.errors.is_empty()))
    }

    /// The form again, with what was typed and what that would do to ladders.
    async fn previewed(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        slug: &str,
        typed: ProfessionFields,
    ) -> Result<Outcome<Self>, AppError> {
        let mut page = Self::new(session, know(catalogue, slug).await?);
        let (catalogue, slug, wanted) = (Data::clone(catalogue), slug.to_owned(), typed.clone());
        page.form.typed = typed;
        let read = blocking(move || {
            let dictionary = catalogue.dictionary()?;
            professions::effects_of_fields(catalogue.database(), &dictionary, &slug, wanted)
        });
        match read.await?? {
            Ok(effects) => page.effects = Some(effects),
            Err(invalid) => page.refuse(invalid),
        }
        Ok(Outcome::checked(page, |page| page.form.errors.is_empty()))
    }

    fn refuse(&mut self, invalid: Vec<InvalidField>) {
        self.form.refuse(invalid);
        self.head.title = title(&self.head.title, &self.form.errors);
    }

    /// A field in words, of what is stored or was typed.
    fn words(&self, field: Field, fields: &ProfessionFields) -> String {
        let title = |titles: Vec<(&str, &str)>, slug: &str| {
            let found = titles.into_iter().find(|(known, _)| *known == slug);
            found.map_or(slug, |(_, title)| title).to_owned()
        };
        let words = match field {
            Field::Title => fields.title.clone(),
            Field::Summary => fields.summary.clone(),
            Field::Slug => fields.slug.clone(),
            Field::Track => {
                let tracks = self.form.tracks.iter();
                title(tracks.map(|track| (&*track.slug, &*track.title)).collect(), &fields.track)
            }
            Field::Scale => fields.scale.as_deref().map_or_else(
                || "Обычная".to_owned(),
                |slug| {
                    let scales = self.form.scales.iter();
                    let scales = scales.map(|scale| (&*scale.slug, &*scale.fields.title));
                    title(scales.collect(), slug)
                },
            ),
            Field::Includes => match &fields.includes {
                Some(Inclusion { slug, up_to }) => {
                    let others = self.form.includable.iter();
                    let others = others.map(|other| (&*other.slug, &*other.title)).collect();
                    let up_to = up_to.map(|level| format!(" до {}", level.genitive()));
                    format!("{}{}", title(others, slug), up_to.as_deref().unwrap_or(" целиком"))
                }
                None => "не включает".to_owned(),
            },
        };
        if words.is_empty() { "пусто".to_owned() } else { words }
    }

    /// The levels that the ladder leaves out and its scale has.
    fn free_levels(&self) -> impl Iterator<Item = LevelName> {
        let stored = &self.stored;
        let names = stored.scale.levels().iter();
        let names = names.map(|named| LevelName::new(&stored.scale, named.level));
        names.filter(|name| !stored.grades.iter().any(|(grade, _)| grade == name))
    }
}

/// The radio buttons of a field in conflict.
fn choice_name(field: Field) -> String {
    let name = match field {
        Field::Title => "title",
        Field::Summary => "summary",
        Field::Track => "track",
        Field::Slug => "slug",
        Field::Scale => "scale",
        Field::Includes => "includes",
    };
    format!("keep-{name}")
}

/// What the form calls a field.
const fn label(field: Field) -> &'static str {
    match field {
        Field::Title => "Название",
        Field::Summary => "Кратко",
        Field::Track => "Направление",
        Field::Slug => "Адрес",
        Field::Scale => "Шкала уровней",
        Field::Includes => "Включает лестницу",
    }
}

impl Outcome<ProfessionPage> {
    /// The same page with a sentence on what was done.
    fn told(mut self, message: &'static str) -> Self {
        if let Self::Shown(page) = &mut self {
            page.message = Some(message);
        }
        self
    }
}
