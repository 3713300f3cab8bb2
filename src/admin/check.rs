//! `/admin/check`: what an editor should look at, ladder by ladder.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::auth::SignedIn;
use crate::error::AppError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::professions::{self, Profession};
use crate::ladder::check::{Finding, check, within_track};
use crate::paths::admin;
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "admin/check.html")]
struct CheckPage {
    head: Head,
    number: usize,
    count: usize,
    /// The professions of this page with something to look at.
    found: Vec<(Profession, Vec<Finding>)>,
}

/// Answers with the findings in one page of the catalogue.
///
/// # Errors
///
/// [`AppError::NotFound`] past the last page.
pub async fn show(
    catalogue: Data<Catalogue>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let number = parameters.page.unwrap_or(1);
    let read = blocking(move || {
        let dictionary = catalogue.dictionary()?;
        let page = professions::page(catalogue.database(), &dictionary, None, number)?;
        let levels = professions::track_levels(catalogue.database())?;
        Ok::<_, AppError>((dictionary, page, levels))
    });
    let (dictionary, catalogue, levels) = read.await??;
    let checked = catalogue.professions.into_iter().map(|profession| {
        let mut findings = check(&profession.ladder, &dictionary);
        if let Some(levels) = levels.get(&profession.track.slug) {
            findings = within_track(findings, levels);
        }
        (profession, findings)
    });
    let page = CheckPage {
        head: Head::editing("Проверка лестниц", &session.editor.login),
        number,
        count: catalogue.count,
        found: checked.filter(|(_, findings)| !findings.is_empty()).collect(),
    };
    uncached(StatusCode::OK, &page)
}

/// The address of a page.
fn address(number: usize) -> String {
    admin::check_page(number)
}
