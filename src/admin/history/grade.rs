//! `/admin/professions/{slug}/{level}/history`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};

use super::{HistoryPage, Parameters, Refused, Thing, answer, versions};
use crate::admin::edit::{Outcome, grade_at, must_publish};
use crate::auth::{Publishing, SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::grades::{self, Saved};
use crate::ladder::LevelName;
use crate::paths::admin::{self, Done, done};
use crate::web::blocking;

/// Answers with the history of a grade's description.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade or version.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    path: Path<(String, String)>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let (slug, name) = grade_at(&database, &path, admin::grade_history).await?;
    Outcome::Shown(page(&database, &session, (&slug, &name), &parameters).await?).respond()
}

/// Saves the text of an earlier version anew.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade or version; [`AppError::ReviewNeeded`].
pub async fn restore(
    database: Data<Database>,
    publishing: Data<Publishing>,
    form: SignedForm,
    path: Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (slug, name) = grade_at(&database, &path, admin::grade_history).await?;
    let SignedForm { session, fields } = form;
    must_publish(&database, **publishing, &session, &slug).await?;
    let (shared, of, by) = (Data::clone(&database), slug.clone(), session.actor());
    let (versions, level) = (versions(&fields)?, name.level());
    let restored = blocking(move || grades::restore(&shared, &of, level, versions, &by));
    let address = admin::grade(&slug, &name);
    let restored = match restored.await??.0 {
        Saved::Stored => Ok(done(&address, Done::Restored)),
        Saved::Unchanged => Ok(done(&address, Done::Unchanged)),
        Saved::Conflict(_) => Err(Refused::Conflict),
        Saved::Moved(grade) => {
            return Err(AppError::MovedTo(admin::grade_history(&grade.slug, &grade.name)));
        }
    };
    answer(restored, async || {
        page(&database, &session, (&slug, &name), &Parameters::default()).await
    })
    .await
}

async fn page(
    database: &Data<Database>,
    session: &SignedIn,
    (slug, name): (&str, &LevelName),
    parameters: &Parameters,
) -> Result<HistoryPage, AppError> {
    let address = admin::grade_history(slug, name);
    let form = admin::grade(slug, name);
    let (database, slug, level) = (Data::clone(database), slug.to_owned(), name.level());
    let history = blocking(move || grades::history(&database, &slug, level)).await??;
    let thing = Thing {
        address,
        trail: vec![
            (admin::overview().to_owned(), "Управление".to_owned()),
            (form.clone(), history.title.clone()),
        ],
        unchanged: "Описание ещё не меняли.",
        form: Some((form, "Править описание")),
        empty: "В обеих версиях описания нет.",
    };
    HistoryPage::new(session, (thing, history), parameters)
}
