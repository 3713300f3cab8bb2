//! `…/history`: every saved change of a grade, a profession, a track, a skill, a scale or the rules. One page
//! shows them, compares any two versions and restores an earlier one; a module for each kind of thing
//! tells where it is and how it is restored.

pub mod grade;
pub mod profession;
pub mod rules;
pub mod scale;
pub mod skill;
pub mod track;

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::edit::{Outcome, version};
use crate::auth::SignedIn;
use crate::error::AppError;
use crate::fields::Fields;
use crate::graders::service::revisions::{History, Revision};
use crate::ladder::revision::{Change as LineChange, ChangedLine, compare};
use crate::paths::admin;
use crate::web::{Head, filters, person};

/// The parameters of a history: the versions to compare.
#[derive(Debug, Default, Deserialize)]
pub struct Parameters {
    from: Option<i32>,
    to: Option<i32>,
}

#[derive(Template)]
#[template(path = "admin/history.html")]
struct HistoryPage {
    head: Head,
    token: String,
    thing: Thing,
    history: History,
    from: i32,
    to: i32,
    /// From one version to the other.
    compared: Vec<ChangedLine>,
    /// Why the last form did nothing.
    failure: Option<String>,
}

/// What a history is of.
struct Thing {
    /// The address of the history.
    address: String,
    /// The pages above it, each with its address, from the nearest to the editors' overview.
    trail: Vec<(String, String)>,
    /// What is said where nothing was changed yet.
    unchanged: &'static str,
    /// The address of the form where it can be changed first, and what the way there is called.
    form: Option<(String, &'static str)>,
    /// What is said where two versions have no lines.
    empty: &'static str,
}

/// Why an earlier version was not restored.
enum Refused {
    /// Somebody else changed the thing since the form was opened.
    Conflict,
    /// It can't be stored; a sentence says why.
    Invalid(String),
}

impl HistoryPage {
    /// The history with two versions compared: the last change unless others are named.
    fn new(
        session: &SignedIn,
        (thing, history): (Thing, History),
        parameters: &Parameters,
    ) -> Result<Self, AppError> {
        let lowest = history.versions().min().unwrap_or(history.version);
        let to = parameters.to.unwrap_or(history.version);
        let from = parameters.from.unwrap_or_else(|| to.saturating_sub(1).max(lowest));
        let compared = compare(history.text(from)?, history.text(to)?);
        let head = session.head(format!("История: {}", history.title));
        let token = session.form_token();
        Ok(Self { head, token, thing, history, from, to, compared, failure: None })
    }

    /// The same page after an earlier version was not restored.
    fn refused(self, refused: Refused) -> Outcome<Self> {
        match refused {
            Refused::Conflict => {
                let by = Some(self.history.author.as_str()).filter(|author| !author.is_empty());
                let by = by.map(|author| format!(": {}", person(author))).unwrap_or_default();
                let failure = format!(
                    "Только что здесь сохранили другую правку{by}. Посмотрите на неё и повторите."
                );
                Outcome::Conflict(Self { failure: Some(failure), ..self })
            }
            Refused::Invalid(why) => {
                let failure = format!("Вернуть эту версию не получится. {why}");
                Outcome::Invalid(Self { failure: Some(failure), ..self })
            }
        }
    }

    /// The version before the first saved change, if the thing was there.
    fn original(&self) -> Option<i32> {
        let oldest = self.history.revisions.last()?;
        (!oldest.before.is_empty() || self.history.can_restore(oldest.version - 1))
            .then_some(oldest.version - 1)
    }

    /// The address of what a saved change changed.
    fn change(&self, revision: &Revision) -> String {
        admin::versions(&self.thing.address, revision.version - 1, revision.version)
    }

    /// Whether the older of the compared versions can be restored.
    fn can_restore(&self) -> bool {
        self.history.can_restore(self.from)
    }

    /// Every version that can be compared, the newest first.
    fn versions(&self) -> Vec<i32> {
        self.history.versions().collect()
    }
}

/// What a saved change changed, in sentences that its note does not have already.
fn changes(revision: &Revision) -> impl Iterator<Item = &str> {
    let changes = revision.changes.iter().map(String::as_str);
    changes.filter(|change| *change != revision.note)
}

/// The answer to a form that restores a version: where the thing is edited, or the history again.
async fn answer(
    restored: Result<String, Refused>,
    page: impl AsyncFnOnce() -> Result<HistoryPage, AppError>,
) -> Result<HttpResponse, AppError> {
    match restored {
        Ok(address) => Outcome::<HistoryPage>::Stored(address).respond(),
        Err(refused) => page().await?.refused(refused).respond(),
    }
}

/// The version a form was opened for, and the one to restore.
fn versions(fields: &Fields) -> Result<(i32, i32), AppError> {
    Ok((version(fields, "version")?, version(fields, "restore")?))
}
