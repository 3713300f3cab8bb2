//! `/admin/skills/{slug}/delete`: asks once more before a skill is taken away, and tells what that
//! does to the texts.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::edit::{Outcome, change_skill};
use crate::auth::{SignedForm, SignedIn};
use crate::error::AppError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::skills::{self, Change, Changed, EditableSkill, Effects};
use crate::ladder::rewording;
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters};

#[derive(Template)]
#[template(path = "admin/skill_removal.html")]
struct SkillRemovalPage {
    head: Head,
    token: String,
    skill: EditableSkill,
    /// All its names besides the title.
    names: Vec<String>,
    effects: Effects,
    /// Whether somebody changed the skill since the question was asked.
    is_stale: bool,
}

/// Asks before a skill is taken away.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such skill.
pub async fn ask(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    question(&catalogue, &session, slug.into_inner(), false).await?.respond()
}

/// Takes a skill away.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such skill.
pub async fn remove(
    catalogue: Data<Catalogue>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    if fields.get("action") != "delete" {
        return question(&catalogue, &session, slug.into_inner(), false).await?.respond();
    }
    let deleted = change_skill(catalogue.database(), &session, &slug, &fields, Change::Delete);
    let outcome = match deleted.await? {
        Changed::Conflict => question(&catalogue, &session, slug.into_inner(), true).await?,
        Changed::Stored { .. } | Changed::Unchanged | Changed::Invalid(_) => {
            Outcome::Stored(done(admin::skills(), Done::Removed))
        }
    };
    outcome.respond()
}

async fn question(
    catalogue: &Data<Catalogue>,
    session: &SignedIn,
    slug: String,
    is_stale: bool,
) -> Result<Outcome<SkillRemovalPage>, AppError> {
    let catalogue = Data::clone(catalogue);
    let read = blocking(move || {
        let skill = skills::editable(catalogue.database(), &slug)?;
        let change = rewording::Change { before: Some(skill.fields.skill()), after: None };
        let dictionary = catalogue.dictionary()?;
        let effects = skills::preview(catalogue.database(), &dictionary, &[change])?;
        Ok::<_, AppError>((skill, effects))
    });
    let (skill, effects) = read.await??;
    let names = [skill.fields.aliases.as_slice(), &skill.fields.hidden_aliases].concat();
    let page = SkillRemovalPage {
        head: session.head("Удаление"),
        token: session.form_token(),
        skill,
        names,
        effects,
        is_stale,
    };
    Ok(if is_stale { Outcome::Conflict(page) } else { Outcome::Shown(page) })
}
