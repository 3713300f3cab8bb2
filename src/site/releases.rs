//! `/releases`: named states of the catalogue; `/releases/{name}`: what it held in one;
//! `/releases/{name}/compare`: what differs from another one, or from now.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use askama::Template;
use serde::Deserialize;

use super::shared::{Visit, Visitor};
use crate::error::{AppError, Missing};
use crate::graders::service::past::{self, Difference, State};
use crate::graders::service::professions::{self, ProfessionAddress};
use crate::graders::service::releases::{self, Release};
use crate::graders::service::tracks;
use crate::paths;
use crate::web::{Head, filters};

/// The parameters of a comparison.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    with: Option<String>,
}

#[derive(Template)]
#[template(path = "site/releases/list.html")]
struct ListPage {
    head: Head,
    releases: Vec<Release>,
}

#[derive(Template)]
#[template(path = "site/releases/release.html")]
struct ReleasePage {
    head: Head,
    release: Release,
    tracks: Vec<(String, Vec<ProfessionAddress>)>,
}

#[derive(Template)]
#[template(path = "site/releases/comparison.html")]
struct ComparisonPage {
    head: Head,
    release: Release,
    /// The other one; `None` for the present.
    with: Option<Release>,
    others: Vec<Release>,
    /// From the earlier state to the later one.
    differences: Vec<Difference>,
    /// Whether the release is the later one.
    is_later: bool,
}

/// Answers with every release.
///
/// # Errors
///
/// If the database does not answer.
pub async fn list(visitor: Visitor) -> Result<HttpResponse, AppError> {
    let build = |visit: &Visit| {
        let description = "Названные состояния лестниц: что требовалось в каждом.";
        let head = visit.head_outside_menu(paths::releases(), "Выпуски", description);
        Ok(ListPage { head, releases: releases::all(&visit.database)? })
    };
    visitor.html(paths::releases().into(), build).await
}

/// Answers with a release. Nothing on it depends on what is changed later.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such release; if the database does not answer.
pub async fn show(visitor: Visitor, name: Path<String>) -> Result<HttpResponse, AppError> {
    let name = name.into_inner();
    let build = move |visit: &Visit, name: &str| {
        let release = find(visit, name)?;
        let catalogue = visit.catalogue_in(&release.state)?;
        let mut professions = professions::addresses(catalogue.database())?.into_iter();
        let shelf = |track: tracks::Track| {
            (track.title, professions.by_ref().take(track.professions).collect())
        };
        let tracks = tracks::filled(catalogue.database())?.into_iter().map(shelf).collect();
        let title = format!("Выпуск {}", release.name);
        let head = visit.head_outside_menu(&paths::release(&release.name), title, &*release.note);
        let changed_on = Some(release.created_at.date());
        Ok(ReleasePage { head: Head { changed_on, ..head }, release, tracks })
    };
    let visitor = visitor.looking_back(true);
    visitor.html(paths::release(&name), move |visit| build(visit, &name)).await
}

/// Answers with what differs between a release and another one, or the present.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such release; if the database does not answer.
pub async fn compare(
    visitor: Visitor,
    name: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let name = name.into_inner();
    let with = parameters.into_inner().with.filter(|with| !with.is_empty());
    let with = with.unwrap_or_else(|| paths::NOW.to_owned());
    let address = paths::release_comparison(&name, Some(&with));
    let visitor = visitor.looking_back(true);
    visitor.html(address, move |visit| ComparisonPage::build(visit, &name, &with)).await
}

fn find(visit: &Visit, name: &str) -> Result<Release, AppError> {
    releases::named(&visit.database, name)?.ok_or_else(|| {
        AppError::NotFound(Missing {
            sentence: "Такого выпуска нет.".into(),
            way_on: paths::releases().into(),
            way_on_title: "Все выпуски".into(),
        })
    })
}

impl ComparisonPage {
    fn build(visit: &Visit, name: &str, with: &str) -> Result<Self, AppError> {
        let release = find(visit, name)?;
        // A release may be called as the present is named: then it is that release.
        let with = match releases::named(&visit.database, with)? {
            None if with == paths::NOW => None,
            _ => Some(find(visit, with)?),
        };
        let other = match &with {
            Some(with) => with.state,
            None => State::now(&visit.database)?,
        };
        let is_later = release.state.revision > other.revision;
        let (one, other) = (visit.catalogue_in(&release.state)?, visit.catalogue_in(&other)?);
        let differences = if is_later {
            past::differences(&other, &one)?
        } else {
            past::differences(&one, &other)?
        };
        let mut others = releases::all(&visit.database)?;
        others.retain(|other| other.name != release.name);
        let address = paths::release_comparison(name, None);
        let head = visit.head_outside_menu(
            &address,
            format!("Выпуск {}: что изменилось", release.name),
            "",
        );
        let head = Head { canonical: None, ..head };
        Ok(Self { head, release, with, others, differences, is_later })
    }

    fn is_with(&self, other: &Release) -> bool {
        self.with.as_ref().is_some_and(|with| with.name == other.name)
    }

    /// The earlier and the later state in words.
    fn span(&self) -> (String, String) {
        let other =
            self.with.as_ref().map_or_else(|| "сейчас".to_owned(), |with| with.name.clone());
        let own = self.release.name.clone();
        if self.is_later { (other, own) } else { (own, other) }
    }
}
