//! `/`: every profession with its grades, by track.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::choices::Offer;
use super::shared::shelves::{Shelf, has_own_scale, shelves};
use super::shared::{Visit, Visitor, page_number, redirect};
use crate::error::AppError;
use crate::graders::service::professions::{self, Profession};
use crate::graders::service::tracks::Track;
use crate::ladder::skill::Dictionary;
use crate::paths;
use crate::russian;
use crate::web::{Head, Section, filters};

/// The parameters of `/`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "site/home.html")]
struct HomePage {
    head: Head,
    number: usize,
    count: usize,
    tracks: Vec<Track>,
    shelves: Vec<Shelf>,
    /// What one may be, on the first page.
    offer: Option<Offer>,
}

/// Answers with a page of the catalogue.
///
/// # Errors
///
/// [`AppError::BadRequest`] if `page` is no number; [`AppError::NotFound`] past the last page.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let number = page_number(parameters.page.as_deref())?;
    visitor.html(paths::home(number), move |visit| HomePage::build(visit, number)).await
}

/// `/professions` is the part of a profession's address that people type alone.
pub async fn moved() -> HttpResponse {
    redirect::permanent(&paths::home(1))
}

impl HomePage {
    fn build(visit: &Visit, number: usize) -> Result<Self, AppError> {
        let catalogue = professions::page(&visit.database, &Dictionary::default(), None, number)?;
        let title = match number {
            1 => "Профессии и грейды".to_owned(),
            _ => format!("Профессии и грейды, страница {number}"),
        };
        let description = "Лестницы грейдов для IT-профессий: что нужно знать и уметь на каждой \
                           ступени, от стажёра до синьора.";
        let is_first = number == 1;
        let offer = || Offer::of(catalogue.tracks.clone(), &visit.database);
        let offer = is_first.then(offer).transpose()?;
        Ok(Self {
            offer,
            head: visit.head(&paths::home(number), Section::Professions, title, description),
            number,
            count: catalogue.count,
            tracks: catalogue.tracks,
            shelves: shelves(catalogue.professions),
        })
    }
}

/// How many grades a ladder has, and from which to which.
fn extent(profession: &Profession) -> String {
    let grades = profession.ladder.grades();
    let noun = russian::plural(grades.len(), "грейд", "грейда", "грейдов");
    let count = format!("{}\u{a0}{noun}", grades.len());
    match grades {
        [] => count,
        [only] => format!("{count}, {}", only.name.word()),
        [lowest, .., highest] => {
            format!("{count}, {}\u{a0}— {}", lowest.name.word(), highest.name.word())
        }
    }
}
