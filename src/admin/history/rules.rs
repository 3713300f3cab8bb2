//! `/admin/rules/history`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};

use super::{HistoryPage, Parameters, Refused, Thing, answer, versions};
use crate::admin::edit::Outcome;
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::rules::{self, SavedRules};
use crate::paths::admin::{self, Done, done};
use crate::web::blocking;

/// Answers with the history of the rules.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; [`AppError::NotFound`] if there is no such version.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    Outcome::Shown(page(&database, &session, &parameters).await?).respond()
}

/// Saves the rules of an earlier version anew.
///
/// # Errors
///
/// As [`show`].
pub async fn restore(database: Data<Database>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    let (shared, by) = (Data::clone(&database), session.actor());
    let versions = versions(&fields)?;
    let restored = blocking(move || rules::restore(&shared, versions, &by)).await??;
    let restored = match restored.0 {
        SavedRules::Stored => Ok(done(admin::rules(), Done::Restored)),
        SavedRules::Unchanged => Ok(done(admin::rules(), Done::Unchanged)),
        SavedRules::Conflict(_) => Err(Refused::Conflict),
    };
    answer(restored, async || page(&database, &session, &Parameters::default()).await).await
}

async fn page(
    database: &Data<Database>,
    session: &SignedIn,
    parameters: &Parameters,
) -> Result<HistoryPage, AppError> {
    let database = Data::clone(database);
    let history = blocking(move || rules::history(&database)).await??;
    let form = admin::rules().to_owned();
    let thing = Thing {
        address: admin::rules_history().to_owned(),
        trail: vec![
            (admin::overview().to_owned(), "Управление".to_owned()),
            (form.clone(), "Правила".to_owned()),
        ],
        unchanged: "Правила ещё не меняли.",
        form: Some((form, "Править правила")),
        empty: "В обеих версиях правил нет.",
    };
    HistoryPage::new(session, (thing, history), parameters)
}
