//! `/admin/tracks/{slug}/history`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};

use super::{HistoryPage, Parameters, Refused, Thing, answer, versions};
use crate::admin::edit::Outcome;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::tracks::{self, Change, Changed};
use crate::paths::admin::{self, Done, done};
use crate::web::blocking;

/// Answers with the history of a track.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such track or version.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    Outcome::Shown(page(&database, &session, &slug, &parameters).await?).respond()
}

/// Restores the title of an earlier version.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such track or version.
pub async fn restore(
    database: Data<Database>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let (read, wanted) = versions(&fields)?;
    let (shared, name, by) = (Data::clone(&database), slug.clone(), session.actor());
    let change = Change::Restore(wanted);
    let restored = blocking(move || tracks::change(&shared, &name, read, &change, &by));
    let restored = match restored.await?? {
        Changed::Stored => Ok(done(admin::tracks(), Done::Restored)),
        Changed::Unchanged => Ok(done(admin::tracks(), Done::Unchanged)),
        Changed::Conflict => Err(Refused::Conflict),
        Changed::InvalidTitle | Changed::NotEmpty => {
            Err(Refused::Invalid("Такое название уже у другого направления.".to_owned()))
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
    let address = admin::track_history(slug);
    let (database, slug) = (Data::clone(database), slug.to_owned());
    let history = blocking(move || tracks::history(&database, &slug)).await??;
    let thing = Thing {
        address,
        trail: vec![
            (admin::overview().to_owned(), "Управление".to_owned()),
            (admin::tracks().to_owned(), "Направления".to_owned()),
        ],
        unchanged: "Направление ещё не меняли.",
        form: None,
        empty: "В обеих версиях направления нет.",
    };
    HistoryPage::new(session, (thing, history), parameters)
}
