//! `/admin/professions/{slug}/history`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};

use super::{HistoryPage, Parameters, Refused, Thing, answer};
use crate::admin::edit::{Outcome, change_profession, version};
use crate::admin::profession_errors;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::professions::{self, Change, Changed};
use crate::paths::admin::{self, Done, done};
use crate::web::blocking;

/// Answers with the history of a profession and of which grades it has.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession or version.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    Outcome::Shown(page(&database, &session, &slug, &parameters).await?).respond()
}

/// Restores the words of an earlier version, and the grades it had that are gone since.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession or version.
pub async fn restore(
    database: Data<Database>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let wanted = Change::Restore(version(&fields, "restore")?);
    let restored = match change_profession(&database, &session, &slug, &fields, wanted).await? {
        Changed::Stored { slug, is_whole } => {
            let how = if is_whole { Done::Restored } else { Done::RestoredInPart };
            Ok(done(&admin::profession(&slug), how))
        }
        Changed::Unchanged => Ok(done(&admin::profession(&slug), Done::Unchanged)),
        Changed::Conflict(_) => Err(Refused::Conflict),
        Changed::Invalid(invalid) => {
            Err(Refused::Invalid(profession_errors::describe_all(invalid)))
        }
    };
    answer(restored, async || page(&database, &session, &slug, &Parameters::default()).await).await
}

async fn page(
    database: &Data<Database>,
    session: &SignedIn,
    slug: &str,
    parameters: &Parameters,
) -> Result<HistoryPage, AppError> {
    let (address, form) = (admin::profession_history(slug), admin::profession(slug));
    let (database, slug) = (Data::clone(database), slug.to_owned());
    let history = blocking(move || professions::history(&database, &slug)).await??;
    let thing = Thing {
        address,
        trail: vec![
            (admin::overview().to_owned(), "Управление".to_owned()),
            (form, history.title.clone()),
        ],
        unchanged: "Профессию и состав грейдов ещё не меняли.",
        form: None,
        empty: "В обеих версиях профессии нет.",
    };
    HistoryPage::new(session, (thing, history), parameters)
}
