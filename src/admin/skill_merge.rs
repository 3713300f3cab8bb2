//! `/admin/skills/{slug}/merge`: one skill goes into another, with all its names.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{self, Outcome, change_skill};
use super::skill_errors;
use crate::auth::{SignedForm, SignedIn};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::skills::{self, Change, Changed, EditableSkill, Effects, SkillFields};
use crate::ladder::rewording;
use crate::ladder::skill::Dictionary;
use crate::paths::admin::{self, Done, done};
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    #[serde(default)]
    into: String,
}

#[derive(Template)]
#[template(path = "admin/skill_merge.html")]
struct SkillMergePage {
    head: Head,
    token: String,
    skill: EditableSkill,
    /// What was typed for the other skill.
    into: String,
    /// The titles of all other skills.
    titles: Vec<String>,
    /// The other skill and what merging does, once it is chosen.
    chosen: Option<Chosen>,
    errors: Vec<FieldError>,
    /// Why the last form did nothing.
    failure: Option<String>,
}

/// The skill another one goes into.
struct Chosen {
    skill: EditableSkill,
    /// The names it gets.
    names: Vec<String>,
    effects: Effects,
}

/// Asks which skill this one goes into, and tells what that does to the texts.
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
    let into = parameters.into.trim().to_owned();
    let page = SkillMergePage::new(&catalogue, &session, slug.into_inner(), into).await?;
    uncached(status(&page.errors), &page)
}

/// Merges the skill into another.
///
/// # Errors
///
/// [`AppError::NotFound`] if one of them is gone.
pub async fn send(
    catalogue: Data<Catalogue>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let into = fields.get("into").trim().to_owned();
    if fields.get("action") != "merge" {
        let page = SkillMergePage::new(&catalogue, &session, slug.into_inner(), into).await?;
        return Outcome::checked(page, |page| page.errors.is_empty()).respond();
    }
    let version = edit::version(&fields, "into-version")?;
    let wanted = Change::Merge { into: into.clone(), version };
    let merged = change_skill(catalogue.database(), &session, &slug, &fields, wanted).await;
    if matches!(merged, Err(AppError::NotFound(_))) {
        // If it is the other skill that is gone, the page says so beside its name.
        let page = SkillMergePage::new(&catalogue, &session, slug.into_inner(), into).await?;
        return Outcome::checked(page, |page| page.errors.is_empty()).respond();
    }
    let page = async |failure: String| {
        let page = SkillMergePage::new(&catalogue, &session, slug.into_inner(), into).await?;
        Ok::<_, AppError>(SkillMergePage { failure: Some(failure), ..page })
    };
    let outcome = match merged? {
        Changed::Stored { slug } => Outcome::Stored(done(&admin::skill(&slug), Done::Merged)),
        Changed::Unchanged => Outcome::Stored(admin::skills().to_owned()),
        Changed::Conflict => {
            let failure =
                "Только что один из навыков изменили. Проверьте, что получится, и повторите.";
            Outcome::Conflict(page(failure.to_owned()).await?)
        }
        Changed::Invalid(invalid) => {
            let why = skill_errors::describe_all(invalid);
            Outcome::Invalid(page(format!("Объединить не получится. {why}")).await?)
        }
    };
    outcome.respond()
}

impl SkillMergePage {
    async fn new(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        slug: String,
        into: String,
    ) -> Result<Self, AppError> {
        let (catalogue, wanted) = (Data::clone(catalogue), into.clone());
        let read = blocking(move || {
            let skill = skills::editable(catalogue.database(), &slug)?;
            let dictionary = catalogue.dictionary()?;
            let others = dictionary.skills().iter().filter(|other| other.slug != skill.fields.slug);
            let titles = others.map(|other| other.title.clone()).collect::<Vec<_>>();
            let chosen = Chosen::find(&catalogue, &dictionary, &skill, &wanted)?;
            Ok::<_, AppError>((skill, titles, chosen))
        });
        let (skill, titles, chosen) = read.await??;
        let (chosen, errors) = match chosen {
            Ok(chosen) => (chosen, Vec::new()),
            Err(message) => (None, vec![FieldError { field: "into", message }]),
        };
        let title = title(&format!("Объединение: {}", skill.fields.title), &errors);
        Ok(Self {
            head: session.head(title),
            token: session.form_token(),
            skill,
            into,
            titles,
            chosen,
            errors,
            failure: None,
        })
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}

impl Chosen {
    /// The skill with a name or an address, if one was typed; a sentence if it can't be that one.
    fn find(
        catalogue: &Catalogue,
        dictionary: &Dictionary,
        skill: &EditableSkill,
        typed: &str,
    ) -> Result<Result<Option<Self>, String>, AppError> {
        if typed.is_empty() {
            return Ok(Ok(None));
        }
        let Some(found) = dictionary.skill(typed).or_else(|| dictionary.find_by_name(typed)) else {
            return Ok(Err(skill_errors::no_such_skill(typed, dictionary)));
        };
        if found.slug == skill.fields.slug {
            return Ok(Err("Это тот же самый навык. Выберите другой.".to_owned()));
        }
        let target = skills::editable(catalogue.database(), &found.slug)?;
        let whole = target.fields.with_names_of(&skill.fields);
        let SkillFields { aliases, hidden_aliases, .. } = &target.fields;
        let is_new = |name: &&String| !aliases.contains(name) && !hidden_aliases.contains(name);
        let names = whole.aliases.iter().chain(&whole.hidden_aliases);
        let names = names.filter(is_new).cloned().collect();
        let changes = [
            rewording::Change { before: Some(skill.fields.skill()), after: None },
            rewording::Change { before: Some(target.fields.skill()), after: Some(whole.skill()) },
        ];
        let effects = skills::preview(catalogue.database(), dictionary, &changes)?;
        Ok(Ok(Some(Self { skill: target, names, effects })))
    }
}
