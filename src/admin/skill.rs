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
use crate::russian;
use crate::web::{Head, blocking, filters, person, see_other, uncached};

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
    /// Whether the former title becomes an alias when it changes.
    keeps_title: bool,
    /// What the typed words do to the texts, if that was asked or takes skills from requirements.
    effects: Option<Effects>,
}

/// What a form says of a skill.
#[derive(Clone)]
struct Typed {
    fields: SkillFields,
    note: String,
    keeps_title: bool,
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
    let mut typed = Typed::read(&fields, None);
    if typed.fields.slug.is_empty() {
        typed.fields.slug = texts::proposed_slug(&typed.fields.title);
    }
    let errors = Vec::from_iter(note_error(&typed.note));
    if fields.get("action") != "save" || !errors.is_empty() {
        let wants_preview = fields.get("action") == "preview";
        let page =
            SkillPage::typed(&catalogue, &session, None, typed, errors, wants_preview).await?;
        return page.respond();
    }
    let (shared, by) = (Data::clone(&catalogue), session.actor());
    let wanted = typed.clone();
    let made =
        blocking(move || skills::create(shared.database(), &wanted.fields, &wanted.note, &by));
    match made.await?? {
        Changed::Stored { slug } => Ok(see_other(&done(&admin::skill(&slug), Done::Made))),
        Changed::Invalid(invalid) => {
            let errors = invalid.into_iter().map(describe).collect();
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
    let (shared, read) = (Data::clone(&catalogue), slug.clone());
    let stored = match blocking(move || skills::editable(shared.database(), &read)).await? {
        Ok(stored) => Some(stored.fields),
        Err(ServiceError::NoSuchSkill | ServiceError::Moved(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let typed = Typed::read(&fields, stored);
    let errors = Vec::from_iter(note_error(&typed.note));
    let outcome = if fields.get("action") != "save" || !errors.is_empty() {
        let wants_preview = fields.get("action") == "preview";
        let typed = typed.clone();
        SkillPage::typed(&catalogue, &session, Some(&slug), typed, errors, wants_preview).await
    } else {
        save(&catalogue, &session, &slug, &fields, typed.clone()).await
    };
    match outcome {
        // What was typed for a skill that is gone can become a new one.
        Err(AppError::NotFound(_) | AppError::Moved(_)) => {
            let mut page = SkillPage::new(&catalogue, &session, None).await?;
            page.show(typed);
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

/// Saves what was typed, unless requirements would lose a skill and that was not shown yet.
async fn save(
    catalogue: &Data<Catalogue>,
    session: &SignedIn,
    slug: &str,
    fields: &Fields,
    typed: Typed,
) -> Result<Outcome<SkillPage>, AppError> {
    let previewed =
        SkillPage::typed(catalogue, session, Some(slug), typed.clone(), Vec::new(), true).await?;
    if let Outcome::Shown(mut page) = previewed
        && page.is_at(fields.get("version"))
        && page.losses() > 0
        && fields.get("losses") != page.losses().to_string()
    {
        let count = page.losses();
        let noun = russian::plural(count, "требования", "требований", "требований");
        page.failure = Some(format!(
            "Навык уйдёт из {count} {noun}: они ниже. Если так и нужно, сохраните ещё раз."
        ));
        return Ok(Outcome::Invalid(page));
    }
    let wanted = Change::Fields(typed.fields.clone(), typed.note.clone());
    Ok(match change_skill(catalogue.database(), session, slug, fields, wanted).await? {
        Changed::Stored { slug } => Outcome::Stored(done(&admin::skill(&slug), Done::Saved)),
        Changed::Unchanged => Outcome::Stored(done(&admin::skill(slug), Done::Unchanged)),
        Changed::Invalid(invalid) => {
            let errors = invalid.into_iter().map(describe).collect();
            SkillPage::typed(catalogue, session, Some(slug), typed, errors, false).await?
        }
        Changed::Conflict => {
            let mut page = SkillPage::new(catalogue, session, Some(slug)).await?;
            page.show(typed);
            page.tell_conflict();
            Outcome::Conflict(page)
        }
    })
}

impl Typed {
    /// What was typed about a skill; a field that was not sent stays as it is stored.
    fn read(fields: &Fields, stored: Option<SkillFields>) -> Self {
        let former_title = stored.as_ref().map(|stored| stored.title.clone());
        let keeps_title = fields.get("keep-title") == "yes";
        let stored = stored.unwrap_or_default();
        let field =
            |name, stored| fields.sent(name).map_or(stored, |typed| typed.trim().to_owned());
        let title = field("title", stored.title);
        let known = [&*stored.aliases, &*stored.hidden_aliases].concat();
        let names = |name, stored| match fields.sent(name) {
            Some(typed) => names(typed, &known),
            None => stored,
        };
        let mut aliases = names("aliases", stored.aliases);
        let mut hidden_aliases = names("hidden-aliases", stored.hidden_aliases);
        aliases.extend(former_title.filter(|former| keeps_title && !aliases.contains(former)));
        aliases.retain(|name| *name != title);
        hidden_aliases.retain(|name| *name != title && !aliases.contains(name));
        let category = match fields.get("new-category").trim() {
            "" => field("category", stored.category),
            new => new.to_owned(),
        };
        let (slug, link) = (field("slug", stored.slug), field("link", stored.link));
        let fields_typed = SkillFields { title, slug, category, link, aliases, hidden_aliases };
        Self { fields: fields_typed, note: field("note", String::new()), keeps_title }
    }
}

/// The names in some lines, each once. Several may stand in a line with commas between them; one that has
/// a comma itself stands in quotation marks, unless it is known.
fn names(lines: &str, known: &[String]) -> Vec<String> {
    let mut names = Vec::<String>::new();
    let mut add = |name: &str| {
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    for line in lines.split(['\n', '\r']).map(str::trim) {
        let quoted = [('«', '»'), ('"', '"')]
            .into_iter()
            .find_map(|(open, close)| line.strip_prefix(open)?.strip_suffix(close));
        match quoted {
            _ if known.iter().any(|name| name == line) => add(line),
            Some(name) => add(name.trim()),
            None => line.split(',').map(str::trim).for_each(&mut add),
        }
    }
    names
}

impl SkillPage {
    /// The form again, with what was typed and what is wrong with it.
    async fn typed(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        slug: Option<&str>,
        typed: Typed,
        mut errors: Vec<FieldError>,
        wants_preview: bool,
    ) -> Result<Outcome<Self>, AppError> {
        let mut page = Self::new(catalogue, session, slug).await?;
        if wants_preview {
            let (shared, slug) = (Data::clone(catalogue), slug.map(str::to_owned));
            let (wanted, stored) = (typed.fields.clone(), page.stored.clone());
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
        page.show(typed);
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
            head: session.head(title),
            token: session.form_token(),
            typed: stored.as_ref().map(|stored| stored.fields.clone()).unwrap_or_default(),
            stored,
            note: String::new(),
            categories,
            message: None,
            failure: None,
            errors: Vec::new(),
            keeps_title: true,
            effects: None,
        })
    }

    /// Puts what was typed into the fields again.
    fn show(&mut self, typed: Typed) {
        (self.typed, self.note, self.keeps_title) = (typed.fields, typed.note, typed.keeps_title);
    }

    /// Whether the skill still has the version that was read.
    fn is_at(&self, version: &str) -> bool {
        self.stored.as_ref().is_some_and(|stored| stored.version.to_string() == version)
    }

    /// How many requirements cease to name a skill, as far as the effects are known.
    fn losses(&self) -> usize {
        let effects = self.effects.iter().flat_map(|effects| &effects.skills);
        effects.map(|effect| effect.lost).sum()
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
            "Пока вы правили, навык изменили: {}. Сейчас сохранено: «{title}», адрес {slug}, \
             категория «{category}», ссылка: {link}, другие имена: {aliases}, скрытые имена: \
             {hidden}. Проверьте поля и повторите.",
            person(&stored.author),
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
