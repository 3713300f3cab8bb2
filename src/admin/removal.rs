//! `…/delete`: asks once more before a profession or a grade is taken away.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::edit::{Outcome, change_profession, grade_at};
use crate::auth::{SignedForm, SignedIn};
use crate::error::{AppError, Missing};
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::professions::{
    self, Change, Changed, EditableProfession, InclusionEffect, LadderEffect, Planned,
};
use crate::ladder::LevelName;
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters};

#[derive(Template)]
#[template(path = "admin/removal.html")]
struct RemovalPage {
    head: Head,
    token: String,
    profession: EditableProfession,
    /// The grade to take away; `None` for the whole profession.
    grade: Option<LevelName>,
    /// What that does to the ladders that include it.
    effects: Vec<LadderEffect>,
    /// Whether somebody changed the profession since the question was asked.
    is_stale: bool,
}

/// Asks before a profession is taken away.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession.
pub async fn ask_profession(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    question(&catalogue, &session, slug.into_inner(), None, false).await?.respond()
}

/// Takes a profession away.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession.
pub async fn remove_profession(
    catalogue: Data<Catalogue>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    remove(&catalogue, form, slug.into_inner(), None).await
}

/// Asks before a grade is taken away.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade.
pub async fn ask_grade(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    path: Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (slug, level) = grade_at(catalogue.database(), &path, admin::grade_removal).await?;
    question(&catalogue, &session, slug, Some(level), false).await?.respond()
}

/// Takes a grade away.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade.
pub async fn remove_grade(
    catalogue: Data<Catalogue>,
    form: SignedForm,
    path: Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (slug, level) = grade_at(catalogue.database(), &path, admin::grade_removal).await?;
    remove(&catalogue, form, slug, Some(level)).await
}

/// The question, asked again if somebody changed the profession since.
async fn question(
    catalogue: &Data<Catalogue>,
    session: &SignedIn,
    slug: String,
    grade: Option<LevelName>,
    is_stale: bool,
) -> Result<Outcome<RemovalPage>, AppError> {
    let catalogue = Data::clone(catalogue);
    let change = grade.as_ref().map_or(Planned::Delete, |name| Planned::RemoveGrade(name.level()));
    let read = blocking(move || {
        let dictionary = catalogue.dictionary()?;
        let found = professions::editable(catalogue.database(), &slug)?;
        let effects = professions::effects(catalogue.database(), &dictionary, &slug, &change)?;
        Ok::<_, AppError>((found, effects))
    });
    let (found, effects) = read.await??;
    if grade.as_ref().is_some_and(|name| !found.grades.iter().any(|(found, _)| found == name)) {
        return Err(AppError::NotFound(Missing::new("Такого грейда в лестнице нет.")));
    }
    let page = RemovalPage {
        head: session.head("Удаление"),
        token: session.form_token(),
        profession: found,
        grade,
        effects,
        is_stale,
    };
    Ok(if is_stale { Outcome::Conflict(page) } else { Outcome::Shown(page) })
}

async fn remove(
    catalogue: &Data<Catalogue>,
    form: SignedForm,
    slug: String,
    grade: Option<LevelName>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    if fields.get("action") != "delete" {
        return question(catalogue, &session, slug, grade, false).await?.respond();
    }
    let wanted = grade.as_ref().map_or(Change::Delete, |name| Change::RemoveGrade(name.level()));
    let outcome = match change_profession(catalogue.database(), &session, &slug, &fields, wanted)
        .await?
    {
        Changed::Conflict(_) => question(catalogue, &session, slug, grade, true).await?,
        Changed::Stored { .. } | Changed::Unchanged | Changed::Invalid(_) if grade.is_none() => {
            Outcome::Stored(done(admin::trash(), Done::Removed))
        }
        Changed::Stored { slug, .. } => {
            Outcome::Stored(done(&admin::profession(&slug), Done::Removed))
        }
        Changed::Unchanged | Changed::Invalid(_) => Outcome::Stored(admin::overview().to_owned()),
    };
    outcome.respond()
}
