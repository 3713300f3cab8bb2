//! `/admin/tracks/{slug}`: the professions of a track, in their order.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{OrderForm, Outcome};
use crate::auth::{SignedForm, SignedIn};
use crate::db::Database;
use crate::error::AppError;
use crate::graders::service::order::Reordered;
use crate::graders::service::professions;
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
    /// The names in addresses of professions that have moved, with commas between them.
    moved: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/track.html")]
struct TrackPage {
    head: Head,
    token: String,
    slug: String,
    title: String,
    order: OrderForm,
    message: Option<String>,
}

/// Answers with the professions.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such track.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let mut page = TrackPage::new(&database, &session, &slug).await?;
    page.message = match (&parameters.moved, parameters.done) {
        (Some(moved), _) => page.order.places(moved),
        (None, Some(Done::Unchanged)) => Some("Порядок и так такой.".to_owned()),
        (None, _) => None,
    };
    uncached(StatusCode::OK, &page)
}

/// Puts the professions into another order.
///
/// # Errors
///
/// As [`show`].
pub async fn send(
    database: Data<Database>,
    form: SignedForm,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let page = TrackPage::new(&database, &session, &slug).await?;
    let refused = |failure| {
        let order = page.order.refused(&fields, failure);
        TrackPage { order, ..page }
    };
    let Some(wanted) = OrderForm::read(&fields) else {
        return Outcome::Invalid(refused("Место — целое число от 1.")).respond();
    };
    let (shared, track, by) = (Data::clone(&database), slug.clone(), session.actor());
    let order = wanted.clone();
    let stored = blocking(move || professions::reorder(&shared, &track, &order, &by)).await??;
    let address = admin::track(&slug);
    let outcome = match stored {
        Reordered::Stored => Outcome::Stored(admin::moved(&address, wanted.moved())),
        Reordered::Unchanged => Outcome::Stored(done(&address, Done::Unchanged)),
        Reordered::Conflict => Outcome::Conflict(refused(
            "Пока вы правили, порядок или состав изменились. Ниже он как сейчас: проверьте места.",
        )),
    };
    outcome.respond()
}

impl TrackPage {
    async fn new(
        database: &Data<Database>,
        session: &SignedIn,
        slug: &str,
    ) -> Result<Self, AppError> {
        let (database, track) = (Data::clone(database), slug.to_owned());
        let (title, placed) = blocking(move || professions::of_track(&database, &track)).await??;
        let things = placed.into_iter().map(|placed| (placed.slug, placed.title));
        Ok(Self {
            head: session.head(format!("Порядок профессий: {title}")),
            token: session.form_token(),
            slug: slug.to_owned(),
            title,
            order: OrderForm::new(things),
            message: None,
        })
    }
}
