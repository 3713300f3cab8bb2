//! `/`: every profession with its grades, by track.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::visit::{Visit, Visitor};
use crate::error::AppError;
use crate::graders::service::professions::{self, Profession};
use crate::graders::service::tracks::Track;
use crate::ladder::skill::Dictionary;
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
}

/// The professions of one track that stand on a page.
pub(super) struct Shelf {
    pub(super) track: Track,
    pub(super) professions: Vec<Profession>,
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
    visitor.html(address(number), move |visit| HomePage::build(visit, number)).await
}

/// `/professions` is the part of a profession's address that people type alone.
pub async fn moved() -> HttpResponse {
    super::moved_to("/")
}

/// The number of a page in an address.
pub(super) fn page_number(parameter: Option<&str>) -> Result<usize, AppError> {
    match parameter {
        None => Ok(1),
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            // A number too large to read is past the last page as well.
            Ok(digits.parse().unwrap_or(usize::MAX))
        }
        Some(_) => Err(AppError::BadRequest("Номер страницы в адресе записан не цифрами.")),
    }
}

/// The address of a page of the catalogue.
fn address(number: usize) -> String {
    if number == 1 { "/".to_owned() } else { format!("/?page={number}") }
}

/// The address of a track's first profession.
pub(super) fn track_address(track: &Track) -> String {
    format!("{}#{}", address(track.page), track.slug)
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
        Ok(Self {
            head: visit.head(&address(number), Section::Professions, title, description),
            number,
            count: catalogue.count,
            tracks: catalogue.tracks,
            shelves: shelves(catalogue.professions),
        })
    }
}

/// Professions by track.
pub(super) fn shelves(professions: Vec<Profession>) -> Vec<Shelf> {
    let mut shelves = Vec::<Shelf>::new();
    for profession in professions {
        match shelves.last_mut() {
            Some(shelf) if shelf.track == profession.track => shelf.professions.push(profession),
            _ => shelves
                .push(Shelf { track: profession.track.clone(), professions: vec![profession] }),
        }
    }
    shelves
}
