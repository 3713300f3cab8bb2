//! `/admin/check`: what an editor should look at, ladder by ladder.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::error::AppError;
use crate::graders::service::professions::{self, Profession};
use crate::ladder::check::{Finding, check};
use crate::web::{Head, SignedIn, State, filters, uncached};

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
    state: Data<State>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let number = parameters.page.unwrap_or(1);
    let read = web::block(move || {
        let dictionary = state.dictionary()?;
        let catalogue = professions::page(&state.database, &dictionary, None, number)?;
        Ok::<_, AppError>((dictionary, catalogue))
    });
    let (dictionary, catalogue) = read.await??;
    let checked = catalogue.professions.into_iter().map(|profession| {
        let findings = check(&profession.ladder, &dictionary);
        (profession, findings)
    });
    let page = CheckPage {
        head: Head::editing("Проверка лестниц", &session.editor),
        number,
        count: catalogue.count,
        found: checked.filter(|(_, findings)| !findings.is_empty()).collect(),
    };
    uncached(StatusCode::OK, &page)
}

/// The address of a page.
fn address(number: usize) -> String {
    format!("/admin/check?page={number}")
}
