//! `/admin/scales/{slug}/delete`: asks once more before a scale is taken away.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::edit::{Outcome, version};
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::scales::{self, Change, Changed, EditableScale};
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters};

#[derive(Template)]
#[template(path = "admin/scale_removal.html")]
struct ScaleRemovalPage {
    head: Head,
    token: String,
    scale: EditableScale,
    /// Whether somebody changed the scale since the question was asked.
    is_stale: bool,
}

/// Asks before a scale is taken away.
///
/// # Errors
///
/// [`AppError::OwnersOnly`]; [`AppError::NotFound`] if there is no such scale.
pub async fn ask(
    database: Data<Database>,
    session: SignedIn,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    session.must_be_owner()?;
    Outcome::Shown(question(&database, &session, &slug).await?).respond()
}

/// Takes a scale away.
///
/// # Errors
///
/// As [`ask`].
pub async fn remove(
    database: Data<Database>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    session.must_be_owner()?;
    if fields.get("action") != "delete" {
        return Outcome::Shown(question(&database, &session, &slug).await?).respond();
    }
    let read = version(&fields, "version")?;
    let (shared, name, by) = (Data::clone(&database), slug.clone(), session.actor());
    let changed = blocking(move || scales::change(&shared, &name, read, &Change::Delete, &by));
    let outcome = match changed.await?? {
        Changed::Stored { .. } | Changed::Unchanged | Changed::Invalid(_) => {
            Outcome::Stored(done(admin::scales(), Done::Removed))
        }
        Changed::Conflict(_) => {
            let page = question(&database, &session, &slug).await?;
            Outcome::Conflict(ScaleRemovalPage { is_stale: true, ..page })
        }
        // The question says which professions these are.
        Changed::Used(_) => Outcome::Invalid(question(&database, &session, &slug).await?),
    };
    outcome.respond()
}

async fn question(
    database: &Data<Database>,
    session: &SignedIn,
    slug: &str,
) -> Result<ScaleRemovalPage, AppError> {
    let (database, slug) = (Data::clone(database), slug.to_owned());
    let scale = blocking(move || scales::editable(&database, &slug)).await??;
    Ok(ScaleRemovalPage {
        head: session.head("Удаление"),
        token: session.form_token(),
        scale,
        is_stale: false,
    })
}
