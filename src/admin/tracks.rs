//! `/admin/tracks`: the tracks, in their order.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::{OrderForm, Outcome, version};
use super::profession_errors::TITLE_LINES;
use crate::auth::{SignedForm, SignedIn};
use crate::clean::folded;
use crate::db::Database;
use crate::error::AppError;
use crate::fields::Fields;
use crate::graders::service::order::{Direction, Reordered};
use crate::graders::service::tracks::{self, Change, Changed, EditableTrack};
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, filters, see_other, uncached};

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    done: Option<Done>,
    /// The names in addresses of tracks that have moved, with commas between them.
    moved: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/tracks.html")]
struct TracksPage {
    head: Head,
    token: String,
    tracks: Vec<EditableTrack>,
    order: OrderForm,
    message: Option<String>,
    /// Whether the message is about something in the trash.
    leads_to_trash: bool,
    failure: Option<&'static str>,
    /// The track whose form was refused, and what was typed there; empty for a new one.
    typed: Option<(String, String)>,
}

/// Asks once more before a track is taken away.
#[derive(Template)]
#[template(path = "admin/track_removal.html")]
struct RemovalPage {
    head: Head,
    token: String,
    track: EditableTrack,
}

/// Answers with the tracks.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let mut page = TracksPage::new(&database, &session).await?;
    page.message = match (&parameters.moved, parameters.done) {
        (Some(moved), _) => page.order.places(moved),
        (None, Some(Done::Restored)) => Some("Прежняя версия возвращена.".to_owned()),
        (None, Some(Done::Unchanged)) => Some("Всё это уже сохранено, менять нечего.".to_owned()),
        (None, Some(Done::Removed)) => Some("Направление удалено, оно в корзине.".to_owned()),
        (None, done) => done.map(|_| "Сохранено.".to_owned()),
    };
    page.leads_to_trash = parameters.done == Some(Done::Removed);
    uncached(StatusCode::OK, &page)
}

/// Makes, renames, moves or takes away a track.
///
/// # Errors
///
/// If the database does not answer.
pub async fn send(database: Data<Database>, form: SignedForm) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    if fields.get("action") == "order" {
        return reorder(&database, &session, &fields).await;
    }
    let wanted = wanted(&fields)?;
    let is_move = matches!(wanted, Some((_, Change::Move(_))));
    let is_removal = matches!(wanted, Some((_, Change::Delete)));
    if matches!(wanted, Some((_, Change::Delete))) && fields.get("confirmed").is_empty() {
        return ask(&database, &session, fields.get("track")).await;
    }
    let (shared, track) = (Data::clone(&database), fields.get("track").to_owned());
    let (title, by) = (folded(fields.get("title")), session.actor());
    let changed = blocking(move || match wanted {
        Some((read, wanted)) => tracks::change(&shared, &track, read, &wanted, &by),
        None => tracks::create(&shared, &title, &by),
    });
    let changed = changed.await??;
    let page = async |failure| {
        let page = TracksPage::new(&database, &session).await?;
        let typed = Some((fields.get("track").to_owned(), fields.get("title").to_owned()));
        Ok::<_, AppError>(TracksPage { failure: Some(failure), typed, ..page })
    };
    let outcome = match changed {
        Changed::Stored if is_move => {
            Outcome::Stored(admin::moved(admin::tracks(), [fields.get("track")].into_iter()))
        }
        Changed::Stored if is_removal => Outcome::Stored(done(admin::tracks(), Done::Removed)),
        Changed::Stored => Outcome::Stored(done(admin::tracks(), Done::Saved)),
        Changed::Unchanged => Outcome::Stored(done(admin::tracks(), Done::Unchanged)),
        Changed::Conflict => {
            let failure =
                "Пока вы правили, это направление изменили или удалили. Проверьте и повторите.";
            Outcome::Conflict(page(failure).await?)
        }
        Changed::InvalidTitle if fields.get("title").trim().contains('\n') => {
            Outcome::Invalid(page(TITLE_LINES).await?)
        }
        Changed::InvalidTitle => {
            let failure =
                "Нужно название не длиннее 100 знаков, не такое, как у другого направления.";
            Outcome::Invalid(page(failure).await?)
        }
        Changed::NotEmpty => {
            let failure = "В направлении есть профессии. Сначала перенесите или удалите их.";
            Outcome::Invalid(page(failure).await?)
        }
    };
    outcome.respond()
}

/// Puts the tracks into another order.
async fn reorder(
    database: &Data<Database>,
    session: &SignedIn,
    fields: &Fields,
) -> Result<HttpResponse, AppError> {
    let page = TracksPage::new(database, session).await?;
    let refused = |failure| {
        let order = page.order.refused(fields, failure);
        TracksPage { order, ..page }
    };
    let Some(wanted) = OrderForm::read(fields) else {
        return Outcome::Invalid(refused("Место — целое число от 1.")).respond();
    };
    let (shared, order, by) = (Data::clone(database), wanted.clone(), session.actor());
    let outcome = match blocking(move || tracks::reorder(&shared, &order, &by)).await?? {
        Reordered::Stored => Outcome::Stored(admin::moved(admin::tracks(), wanted.moved())),
        Reordered::Unchanged => Outcome::Stored(done(admin::tracks(), Done::Unchanged)),
        Reordered::Conflict => Outcome::Conflict(refused(
            "Пока вы правили, порядок или состав изменились. Ниже он как сейчас: проверьте места.",
        )),
    };
    outcome.respond()
}

async fn ask(
    database: &Data<Database>,
    session: &SignedIn,
    slug: &str,
) -> Result<HttpResponse, AppError> {
    let page = TracksPage::new(database, session).await?;
    let Some(track) = page.tracks.into_iter().find(|track| track.slug == slug) else {
        return Ok(see_other(admin::tracks()));
    };
    let head = session.head("Удаление");
    uncached(StatusCode::OK, &RemovalPage { head, token: page.token, track })
}

/// The change a form asks for, with the version it was read of; `None` for a new track.
fn wanted(fields: &Fields) -> Result<Option<(i32, Change)>, AppError> {
    let wanted = match fields.get("action") {
        "rename" => Change::Title(folded(fields.get("title"))),
        "up" => Change::Move(Direction::Up),
        "down" => Change::Move(Direction::Down),
        "delete" => Change::Delete,
        _ => return Ok(None),
    };
    Ok(Some((version(fields, "version")?, wanted)))
}

impl TracksPage {
    async fn new(database: &Data<Database>, session: &SignedIn) -> Result<Self, AppError> {
        let database = Data::clone(database);
        let tracks = blocking(move || tracks::all(&database)).await??;
        Ok(Self {
            head: session.head("Направления"),
            token: session.form_token(),
            order: OrderForm::new(
                tracks.iter().map(|track| (track.slug.clone(), track.title.clone())),
            ),
            tracks,
            message: None,
            leads_to_trash: false,
            failure: None,
            typed: None,
        })
    }

    /// What stands in the field of a new track: what was typed there, or for a track that is gone.
    fn new_title(&self) -> &str {
        let is_there = |slug: &str| self.tracks.iter().any(|track| track.slug == slug);
        match &self.typed {
            Some((track, typed)) if !is_there(track) => typed,
            _ => "",
        }
    }

    /// What stands in the field of a track.
    fn value<'a>(&'a self, slug: &str, title: &'a str) -> &'a str {
        match &self.typed {
            Some((track, typed)) if track == slug => typed,
            _ => title,
        }
    }
}
