//! `/admin/skills/{slug}/history`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};

use super::{HistoryPage, Parameters, Refused, Thing, answer};
use crate::admin::edit::{Outcome, change_skill, version};
use crate::admin::skill_errors;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::skills::{self, Change, Changed};
use crate::paths::admin::{self, Done, done};
use crate::web::blocking;

/// Answers with the history of a skill.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such skill or version.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    Outcome::Shown(page(&database, &session, &slug, &parameters).await?).respond()
}

/// Restores the words of an earlier version.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such skill or version.
pub async fn restore(
    database: Data<Database>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let wanted = Change::Restore(version(&fields, "restore")?);
    let restored = match change_skill(&database, &session, &slug, &fields, wanted).await? {
        Changed::Stored { slug } => Ok(done(&admin::skill(&slug), Done::Restored)),
        Changed::Unchanged => Ok(done(&admin::skill(&slug), Done::Unchanged)),
        Changed::Conflict => Err(Refused::Conflict),
        Changed::Invalid(invalid) => Err(Refused::Invalid(skill_errors::describe_all(invalid))),
    };
    answer(restored, async || page(&database, &session, &slug, &Parameters::default()).await).await
}

async fn page(
    database: &Data<Database>,
    session: &SignedIn,
    slug: &str,
    parameters: &Parameters,
) -> Result<HistoryPage, AppError> {
    let (address, form) = (admin::skill_history(slug), admin::skill(slug));
    let (database, slug) = (Data::clone(database), slug.to_owned());
    let history = blocking(move || skills::history(&database, &slug)).await??;
    let thing = Thing {
        address,
        trail: vec![
            (admin::overview().to_owned(), "Управление".to_owned()),
            (admin::skills().to_owned(), "Навыки".to_owned()),
            (form, history.title.clone()),
        ],
        unchanged: "Навык ещё не меняли.",
        form: None,
        empty: "В обеих версиях навыка нет.",
    };
    HistoryPage::new(session, (thing, history), parameters)
}
