//! `/changes`: every saved change, the newest first; `/changes/{id}`: one of them, whole;
//! `/changes.atom`: the newest for feed readers.

mod feed;

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use askama::Template;
use serde::Deserialize;

use super::shared::{Visit, Visitor};
use crate::error::{AppError, Missing};
use crate::graders::service::ServiceError;
use crate::graders::service::changes::{self, Owner, PublicChange};
use crate::ladder::excerpt::Place;
use crate::paths;
use crate::russian;
use crate::web::{Head, filters};

/// The parameters of `/changes` and `/changes.atom`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    profession: Option<String>,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "site/changes/list.html")]
struct ChangesPage {
    head: Head,
    profession: Option<Owner>,
    changes: Vec<PublicChange>,
    /// The address of the newest changes, if these are earlier ones.
    newest: Option<String>,
    /// The address of earlier ones, if there are any.
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "site/changes/one.html")]
struct ChangePage {
    head: Head,
    change: PublicChange,
}

/// Answers with a part of the changes.
///
/// # Errors
///
/// [`AppError::BadRequest`] if `before` is no number of a change; [`AppError::NotFound`] if there is no
/// such profession; [`AppError::Moved`] if it has another address now.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let (profession, before) = parameters.into_inner().read()?;
    let address = paths::changes(profession.as_deref(), before);
    visitor
        .html(address, move |visit| ChangesPage::build(visit, profession.as_deref(), before))
        .await
}

/// Answers with one change.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such change.
pub async fn show_one(visitor: Visitor, id: Path<String>) -> Result<HttpResponse, AppError> {
    // Written in one way only, so that the page has one address.
    let number = id.parse::<i32>().ok().filter(|number| number.to_string() == *id);
    let number = number.ok_or_else(no_change)?;
    visitor.html(paths::change(number), move |visit| ChangePage::build(visit, number)).await
}

/// Answers with a feed of the newest changes.
///
/// # Errors
///
/// As [`show`]; [`AppError::NotFound`] if it is not known where visitors find the site.
pub async fn feed(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let profession = parameters.into_inner().profession.filter(|slug| !slug.is_empty());
    let address = paths::changes_atom(profession.as_deref());
    visitor.file(address, move |visit| feed::file(visit, profession.as_deref())).await
}

fn no_change() -> AppError {
    AppError::NotFound(Missing {
        sentence: "Такого изменения нет.".into(),
        way_on: paths::changes(None, None),
        way_on_title: "Все изменения".into(),
    })
}

impl Parameters {
    /// The name of a profession in addresses, and the number that the changes are before.
    fn read(self) -> Result<(Option<String>, Option<i32>), AppError> {
        let before = self.before.as_deref().map(str::parse::<i32>).transpose();
        let before = before.ok().filter(|before| before.is_none_or(|before| before > 0));
        let before = before.ok_or(AppError::BadRequest(
            "Место в списке изменений записывается числом больше нуля.",
        ))?;
        Ok((self.profession.filter(|slug| !slug.is_empty()), before))
    }
}

impl ChangesPage {
    fn build(visit: &Visit, slug: Option<&str>, before: Option<i32>) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let found = changes::list(&visit.database, &dictionary, slug, before)?;
        let (title, description) = match &found.profession {
            Some(owner) => (
                format!("{}: изменения", owner.title),
                format!("Что и зачем изменено в лестнице «{}», сначала новое.", owner.title),
            ),
            None => (
                "Изменения".to_owned(),
                "Что и зачем изменено в лестницах, правилах и навыках, сначала новое.".to_owned(),
            ),
        };
        let head = visit.head_outside_menu(&paths::changes(slug, None), title, description);
        // Earlier parts move with each new change, so search engines keep the newest alone.
        let canonical = head.canonical.clone().filter(|_| before.is_none());
        Ok(Self {
            head: Head { canonical, ..head },
            newest: before.map(|_| paths::changes(slug, None)),
            older: found.older.map(|older| paths::changes(slug, Some(older))),
            profession: found.profession,
            changes: found.items,
        })
    }

    fn slug(&self) -> Option<&str> {
        self.profession.as_ref().map(|owner| owner.slug.as_str())
    }
}

impl ChangePage {
    fn build(visit: &Visit, id: i32) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let change = match changes::one(&visit.database, &dictionary, id) {
            Err(ServiceError::NoSuchRevision) => return Err(no_change()),
            change => change?,
        };
        let title = format!("{}, {}", change.subject.title, russian::day(change.at.date()));
        let head = visit.head_outside_menu(&paths::change(id), title, "");
        Ok(Self { head: Head { canonical: None, ..head }, change })
    }
}
