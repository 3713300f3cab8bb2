//! `/admin/professions/{slug}/{level}/history`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};

use super::{HistoryPage, Parameters, Refused, Thing, answer, versions};
use crate::admin::edit::{Outcome, grade_at};
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::grades::{self, Saved};
use crate::ladder::Level;
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
    let (slug, level) = grade_at(&path)?;
    Outcome::Shown(page(&database, &session, (&slug, level), &parameters).await?).respond()
}

/// Saves the text of an earlier version anew.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such grade or version.
pub async fn restore(
    database: Data<Database>,
    form: SignedForm,
    path: Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (slug, level) = grade_at(&path)?;
    let SignedForm { session, fields } = form;
    let (shared, name, by) = (Data::clone(&database), slug.clone(), session.actor());
    let versions = versions(&fields)?;
    let restored = blocking(move || grades::restore(&shared, &name, level, versions, &by));
    let address = admin::grade(&slug, level);
    let restored = match restored.await??.0 {
        Saved::Stored => Ok(done(&address, Done::Restored)),
        Saved::Unchanged => Ok(done(&address, Done::Unchanged)),
        Saved::Conflict(_) => Err(Refused::Conflict),
        Saved::Moved(grade) => {
            return Err(AppError::MovedTo(admin::grade_history(&grade.slug, grade.level)));
        }
    };
    answer(restored, async || {
        page(&database, &session, (&slug, level), &Parameters::default()).await
    })
    .await
}

async fn page(
    database: &Data<Database>,
    session: &SignedIn,
    (slug, level): (&str, Level),
    parameters: &Parameters,
) -> Result<HistoryPage, AppError> {
    let address = admin::grade_history(slug, level);
    let form = admin::grade(slug, level);
    let (database, slug) = (Data::clone(database), slug.to_owned());
    let history = blocking(move || grades::history(&database, &slug, level)).await??;
    let thing = Thing {
        address,
        trail: vec![
            (admin::overview().to_owned(), "Правка".to_owned()),
            (form.clone(), history.title.clone()),
        ],
        unchanged: "Описание ещё не меняли.",
        form: Some((form, "Править описание")),
        empty: "В обеих версиях описания нет.",
    };
    HistoryPage::new(session, (thing, history), parameters)
}
