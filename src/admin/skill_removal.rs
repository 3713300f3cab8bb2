//! `/admin/skills/{slug}/delete`: asks once more before a skill is taken away, and tells what that
//! does to the texts.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use askama::Template;

use super::{see_other, skill};
use crate::error::AppError;
use crate::graders::service::skills::{self, Change, Changed, EditableSkill, Effects};
use crate::ladder::rewording;
use crate::web::{Head, SignedForm, SignedIn, State, filters, uncached};

#[derive(Template)]
#[template(path = "admin/skill_removal.html")]
struct SkillRemovalPage {
    head: Head,
    token: String,
    skill: EditableSkill,
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
    state: Data<State>,
    session: SignedIn,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    question(&state, &session, slug.into_inner(), false).await
}

/// Takes a skill away.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such skill.
pub async fn remove(
    state: Data<State>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    if fields.get("action") != "delete" {
        return question(&state, &session, slug.into_inner(), false).await;
    }
    match skill::change(&state, &session, &slug, &fields, Change::Delete).await? {
        Changed::Conflict => question(&state, &session, slug.into_inner(), true).await,
        Changed::Stored { .. } | Changed::Unchanged | Changed::Invalid(_) => {
            Ok(see_other("/admin/skills?done=removed"))
        }
    }
}

async fn question(
    state: &Data<State>,
    session: &SignedIn,
    slug: String,
    is_stale: bool,
) -> Result<HttpResponse, AppError> {
    let state = Data::clone(state);
    let read = web::block(move || {
        let skill = skills::editable(&state.database, &slug)?;
        let change = rewording::Change { before: Some(skill.fields.skill()), after: None };
        let dictionary = state.dictionary()?;
        let effects = skills::preview(&state.database, &dictionary, &[change])?;
        Ok::<_, AppError>((skill, effects))
    });
    let (skill, effects) = read.await??;
    let page = SkillRemovalPage {
        head: Head::editing("Удаление", &session.editor),
        token: session.form_token(),
        skill,
        effects,
        is_stale,
    };
    uncached(if is_stale { StatusCode::CONFLICT } else { StatusCode::OK }, &page)
}
