//! `/admin/new-skill`, `/admin/skills/{slug}`: a skill, what it is called, and what that does to the
//! texts.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{Outcome, change_skill, note_error};
use super::skill_errors::describe;
use crate::auth::{SignedForm, SignedIn};
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::skills::{Change, Changed, EditableSkill, Effects, SkillFields};
use crate::graders::service::{ServiceError, skills, texts};
use crate::web::field_errors::{message, title};

use crate::ladder::rewording;
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of the form of a new skill.
#[derive(Debug, Deserialize)]
pub struct NewParameters {
    #[serde(default)]
    title: String,
}

/// The parameters of a skill's editing page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/skill.html")]
struct SkillPage {
    head: Head,
    token: String,
    /// The skill as it is stored; `None` for a new one.
    stored: Option<EditableSkill>,
    /// What stands in the fields.
    typed: SkillFields,
    note: String,
    categories: Vec<String>,
    message: Option<&'static str>,
    failure: Option<String>,
    errors: Vec<FieldError>,
    /// What the typed words do to the texts, if that was asked.
    effects: Option<Effects>,
}

/// Answers with the form of a new skill.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show_new(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    parameters: Query<NewParameters>,
) -> Result<HttpResponse, AppError> {
    let mut page = SkillPage::new(&catalogue, &session, None).await?;
    parameters.title.trim().clone_into(&mut page.typed.title);
    uncached(StatusCode::OK, &page)
}

/// Makes a skill, or shows what that would do.
///
/// # Errors
///
/// If the database does not answer.
pub async fn create(
    catalogue: Data<Catalogue>,
    form: SignedForm,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let (mut typed, note) = read(&fields, SkillFields::default());
    if typed.slug.is_empty() {
        typed.slug = texts::proposed_slug(&typed.title);
    }
    let errors = Vec::from_iter(note_error(&note));
    if fields.get("action") != "save" || !errors.is_empty() {
        let wants_preview = fields.get("action") == "preview";
        let typed = (typed, note);
        let page =
            SkillPage::typed(&catalogue, &session, None, typed, errors, wants_preview).await?;
        return page.respond();
    }
    let (shared, by) = (Data::clone(&catalogue), session.actor());
    let (wanted, why) = (typed.clone(), note.clone());
    let made = blocking(move || skills::create(shared.database(), &wanted, &why, &by));
    match made.await?? {
        Changed::Stored { slug } => Ok(see_other(&done(&admin::skill(&slug), Done::Made))),
        Changed::Invalid(invalid) => {
            let errors = invalid.into_iter().map(describe).collect();
            let typed = (typed, note);
            let page = SkillPage::typed(&catalogue, &session, None, typed, errors, false).await?;
            page.respond()
        }
        // A skill that was not there before has nobody else's changes.
        Changed::Unchanged | Changed::Conflict => Ok(see_other(admin::skills())),
    }
}

/// Answers with the form of a skill.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such skill.
pub async fn show(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let mut page = SkillPage::new(&catalogue, &session, Some(&slug)).await?;
    page.message = match parameters.done {
        Some(Done::Made) => Some("Навык создан."),
        Some(Done::Saved) => Some("Сохранено."),
        Some(Done::Unchanged) => Some("Всё это уже сохранено, менять нечего."),
        Some(Done::Merged) => Some("Навыки объединены: все имена теперь здесь."),
        Some(Done::Undone) => Some("Отменено."),
        Some(Done::Restored) => Some("Прежняя версия возвращена."),
        _ => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Changes a skill, or shows what that would do.
///
/// # Errors
///
/// If the database does not answer.
pub async fn send(
    catalogue: Data<Catalogue>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let names = ["title", "slug", "category", "link", "aliases", "hidden-aliases"];
    let stored = if names.iter().all(|name| fields.sent(name).is_some()) {
        SkillFields::default()
    } else {
        let (shared, slug) = (Data::clone(&catalogue), slug.clone());
        match blocking(move || skills::editable(shared.database(), &slug)).await? {
            Ok(stored) => stored.fields,
            Err(ServiceError::NoSuchSkill | ServiceError::Moved(_)) => SkillFields::default(),
            Err(error) => return Err(error.into()),
        }
    };
    let (typed, note) = read(&fields, stored);
    let errors = Vec::from_iter(note_error(&note));
    let outcome = if fields.get("action") != "save" || !errors.is_empty() {
        let wants_preview = fields.get("action") == "preview";
        let typed = (typed.clone(), note.clone());
        SkillPage::typed(&catalogue, &session, Some(&slug), typed, errors, wants_preview).await
    } else {
        save(&catalogue, &session, &slug, &fields, (typed.clone(), note.clone())).await
    };
    match outcome {
        // What was typed for a skill that is gone can become a new one.
        Err(AppError::NotFound(_) | AppError::Moved(_)) => {
            let mut page = SkillPage::new(&catalogue, &session, None).await?;
            (page.typed, page.note) = (typed, note);
            page.failure = Some(
                "Пока вы правили, навык удалили, объединили с другим или сменили ему адрес. \
                 Набранное сохранилось: из него можно создать новый навык."
                    .to_owned(),
            );
            Outcome::Gone(page).respond()
        }
        outcome => outcome?.respond(),
    }
}

async fn save(
    catalogue: &Data<Catalogue>,
    session: &SignedIn,
    slug: &str,
    fields: &Fields,
    (typed, note): (SkillFields, String),
) -> Result<Outcome<SkillPage>, AppError> {
    let wanted = Change::Fields(typed.clone(), note.clone());
    Ok(match change_skill(catalogue.database(), session, slug, fields, wanted).await? {
        Changed::Stored { slug } => Outcome::Stored(done(&admin::skill(&slug), Done::Saved)),
        Changed::Unchanged => Outcome::Stored(done(&admin::skill(slug), Done::Unchanged)),
        Changed::Invalid(invalid) => {
            let errors = invalid.into_iter().map(describe).collect();
            let typed = (typed, note);
            SkillPage::typed(catalogue, session, Some(slug), typed, errors, false).await?
        }
        Changed::Conflict => {
            let mut page = SkillPage::new(catalogue, session, Some(slug)).await?;
            (page.typed, page.note) = (typed, note);
            page.tell_conflict();
            Outcome::Conflict(page)
        }
    })
}

/// What was typed about a skill, and the note; a field that was not sent stays as it is stored.
fn read(fields: &Fields, stored: SkillFields) -> (SkillFields, String) {
    let field = |name, stored| fields.sent(name).map_or(stored, |typed| typed.trim().to_owned());
    let names = |name, stored| {
        fields.sent(name).map_or(stored, |lines| {
            let mut names = Vec::<String>::new();
            for line in lines.split(['\n', '\r']).map(str::trim) {
                if !line.is_empty() && !names.iter().any(|name| name == line) {
                    names.push(line.to_owned());
                }
            }
            names
        })
    };
    let aliases = names("aliases", stored.aliases);
    let mut hidden_aliases = names("hidden-aliases", stored.hidden_aliases);
    hidden_aliases.retain(|name| !aliases.contains(name));
    let new_category = fields.get("new-category").trim();
    let category = match new_category {
        "" => field("category", stored.category),
        new => new.to_owned(),
    };
    let typed = SkillFields {
        title: field("title", stored.title),
        slug: field("slug", stored.slug),
        category,
        link: field("link", stored.link),
        aliases,
        hidden_aliases,
    };
    (typed, field("note", String::new()))
}

impl SkillPage {
    /// The form again, with what was typed and what is wrong with it.
    async fn typed(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        slug: Option<&str>,
        (typed, note): (SkillFields, String),
        mut errors: Vec<FieldError>,
        wants_preview: bool,
    ) -> Result<Outcome<Self>, AppError> {
        let mut page = Self::new(catalogue, session, slug).await?;
        if wants_preview {
            let (shared, slug) = (Data::clone(catalogue), slug.map(str::to_owned));
            let (wanted, stored) = (typed.clone(), page.stored.clone());
            let checked = blocking(move || {
                let invalid = skills::check(shared.database(), slug.as_deref(), &wanted)?;
                if !invalid.is_empty() {
                    return Ok((invalid, None));
                }
                let before = stored.map(|stored| stored.fields.skill());
                let change = rewording::Change { before, after: Some(wanted.skill()) };
                let dictionary = shared.dictionary()?;
                let effects = skills::preview(shared.database(), &dictionary, &[change])?;
                Ok::<_, AppError>((invalid, Some(effects)))
            });
            let (invalid, effects) = checked.await??;
            errors.extend(invalid.into_iter().map(describe));
            page.effects = effects;
        }
        (page.typed, page.note) = (typed, note);
        page.head.title = title(&page.head.title, &errors);
        page.errors = errors;
        Ok(Outcome::checked(page, |page| page.errors.is_empty()))
    }

    async fn new(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        slug: Option<&str>,
    ) -> Result<Self, AppError> {
        let (catalogue, slug) = (Data::clone(catalogue), slug.map(str::to_owned));
        let known = blocking(move || {
            let stored = slug.map(|slug| skills::editable(catalogue.database(), &slug));
            let categories = skills::categories(catalogue.database())?;
            Ok::<_, ServiceError>((stored.transpose()?, categories))
        });
        let (stored, categories) = known.await??;
        let title = match &stored {
            Some(stored) => format!("Правка: {}", stored.fields.title),
            None => "Новый навык".to_owned(),
        };
        Ok(Self {
            head: Head::editing(title, &session.editor.login),
            token: session.form_token(),
            typed: stored.as_ref().map(|stored| stored.fields.clone()).unwrap_or_default(),
            stored,
            note: String::new(),
            categories,
            message: None,
            failure: None,
            errors: Vec::new(),
            effects: None,
        })
    }

    fn tell_conflict(&mut self) {
        let Some(stored) = &self.stored else { return };
        let SkillFields { title, slug, category, link, aliases, hidden_aliases } = &stored.fields;
        let link = if link.is_empty() { "нет" } else { link };
        let list = |names: &[String]| match names {
            [] => "нет".to_owned(),
            names => names.join(", "),
        };
        let (aliases, hidden) = (list(aliases), list(hidden_aliases));
        self.failure = Some(format!(
            "Пока вы правили, навык изменили ({}). Сейчас сохранено: «{title}», адрес {slug}, \
             категория «{category}», ссылка: {link}, другие имена: {aliases}, скрытые имена: \
             {hidden}. Проверьте поля и повторите.",
            stored.author,
        ));
    }

    /// Where the form goes: a skill that is gone can only be made anew.
    fn address(&self) -> String {
        match &self.stored {
            Some(stored) => admin::skill(&stored.fields.slug),
            None => admin::new_skill().to_owned(),
        }
    }

    /// A category that none of the skills has.
    fn new_category(&self) -> &str {
        if self.categories.contains(&self.typed.category) { "" } else { &self.typed.category }
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
