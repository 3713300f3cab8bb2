//! `/admin/scales/{slug}/history`; for owners.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};

use super::{HistoryPage, Parameters, Refused, Thing, answer, versions};
use crate::admin::edit::Outcome;
use crate::admin::scale_errors;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::scales::{self, Change, Changed};
use crate::paths::admin::{self, Done, done};
use crate::web::blocking;

/// Answers with the history of a scale.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; [`AppError::NotFound`] if there is no such scale or version.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    Outcome::Shown(page(&database, &session, &slug, &parameters).await?).respond()
}

/// Restores the names of an earlier version.
///
/// # Errors
///
/// As [`show`].
pub async fn restore(
    database: Data<Database>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let (read, wanted) = versions(&fields)?;
    let (shared, name, by) = (Data::clone(&database), slug.clone(), session.actor());
    let change = Change::Restore(wanted);
    let restored = blocking(move || scales::change(&shared, &name, read, &change, &by));
    let restored = match restored.await?? {
        Changed::Stored { slug } => Ok(done(&admin::scale(&slug), Done::Restored)),
        Changed::Unchanged | Changed::Used(_) => Ok(done(&admin::scale(&slug), Done::Unchanged)),
        Changed::Conflict(_) => Err(Refused::Conflict),
        Changed::Invalid(invalid) => Err(Refused::Invalid(scale_errors::describe_all(invalid))),
    };
    answer(restored, async || page(&database, &session, &slug, &Parameters::default()).await).await
}

async fn page(
    database: &Data<Database>,
    session: &SignedIn,
    slug: &str,
    parameters: &Parameters,
) -> Result<HistoryPage, AppError> {
    let (address, form) = (admin::scale_history(slug), admin::scale(slug));
    let (database, slug) = (Data::clone(database), slug.to_owned());
    let history = blocking(move || scales::history(&database, &slug)).await??;
    let thing = Thing {
        address,
        trail: vec![
            (admin::overview().to_owned(), "Управление".to_owned()),
            (admin::scales().to_owned(), "Шкалы уровней".to_owned()),
            (form, history.title.clone()),
        ],
        unchanged: "Шкалу ещё не меняли.",
        form: None,
        empty: "В обеих версиях шкалы нет.",
    };
    HistoryPage::new(session, (thing, history), parameters)
}
