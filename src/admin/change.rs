//! `/admin/changes/{id}`: what a saved change does to the demands, where an editor knows better than its
//! texts tell.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::Outcome;
use crate::auth::{SignedForm, SignedIn};
use crate::error::AppError;
use crate::fields::Fields;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::changes::{self, Corrected, Correction};
use crate::ladder::Effect;
use crate::ladder::excerpt::Place;
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters};

/// What is said above the form.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "admin/change.html")]
struct CorrectionPage {
    head: Head,
    token: String,
    correction: Correction,
    /// What is chosen; `None` for what the texts tell.
    chosen: Option<Effect>,
    message: Option<&'static str>,
    failure: Option<&'static str>,
}

/// Answers with a change and what is said of it.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such change.
pub async fn show(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    id: Path<i32>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let page = CorrectionPage::new(&catalogue, &session, *id).await?;
    let message = match parameters.done {
        Some(Done::Saved) => Some("Сохранено. Так теперь написано на\u{a0}странице изменений."),
        Some(Done::Unchanged) => Some("Так уже и\u{a0}было, менять нечего."),
        _ => None,
    };
    Outcome::Shown(CorrectionPage { message, ..page }).respond()
}

/// Stores what an editor says.
///
/// # Errors
///
/// As [`show`]; [`AppError::BadRequest`] if the form says nothing that there is.
pub async fn send(
    catalogue: Data<Catalogue>,
    form: SignedForm,
    id: Path<i32>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let (read, wanted) = (effect(&fields, "said")?, effect(&fields, "effect")?);
    let (shared, by, id) = (Data::clone(&catalogue), session.actor(), *id);
    let corrected = blocking(move || {
        let dictionary = shared.dictionary()?;
        changes::correct(shared.database(), &dictionary, id, (read, wanted), &by)
    });
    let address = admin::change(id);
    let outcome = match corrected.await?? {
        Corrected::Stored => Outcome::Stored(done(&address, Done::Saved)),
        Corrected::Unchanged => Outcome::Stored(done(&address, Done::Unchanged)),
        Corrected::Conflict => {
            let page = CorrectionPage::new(&catalogue, &session, id).await?;
            let failure = "Только что другой редактор оценил эту правку иначе. Ваш выбор отмечен ниже: \
                           сохраните его или откажитесь.";
            Outcome::Conflict(CorrectionPage { chosen: wanted, failure: Some(failure), ..page })
        }
    };
    outcome.respond()
}

/// The effect that a field names; none if it is empty.
fn effect(fields: &Fields, name: &str) -> Result<Option<Effect>, AppError> {
    match fields.sent(name) {
        Some("") => Ok(None),
        Some(typed) => {
            let effect = typed.parse::<Effect>();
            effect.map(Some).map_err(|_| AppError::BadRequest("Такой оценки правки нет."))
        }
        None => Err(AppError::BadRequest("В форме не хватает оценки.")),
    }
}

impl CorrectionPage {
    async fn new(
        catalogue: &Data<Catalogue>,
        session: &SignedIn,
        id: i32,
    ) -> Result<Self, AppError> {
        let catalogue = Data::clone(catalogue);
        let read = move || {
            let dictionary = catalogue.dictionary()?;
            changes::correctable(catalogue.database(), &dictionary, id)
        };
        let correction = blocking(read).await??;
        if !session.reach.has_part(correction.track.as_deref()) {
            return Err(AppError::OutsideTracks);
        }
        let title = format!("Оценка правки: {}", correction.change.subject.title);
        Ok(Self {
            head: session.head(title),
            token: session.form_token(),
            chosen: correction.said,
            correction,
            message: None,
            failure: None,
        })
    }

    /// The name of an effect in the form.
    fn name(effect: Option<Effect>) -> &'static str {
        effect.map_or("", Effect::name)
    }
}
