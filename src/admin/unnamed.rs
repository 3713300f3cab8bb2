//! `/admin/without-skills`: the requirements that name no skill of the dictionary.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::auth::SignedIn;
use crate::error::AppError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::professions::Profession;
use crate::graders::service::{ServiceError, professions};
use crate::ladder::{Grade, Requirement};
use crate::paths::admin;
use crate::web::{Head, blocking, filters, uncached};

/// How many professions one page holds.
const PROFESSIONS_PER_PAGE: usize = 20;

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "admin/unnamed.html")]
struct UnnamedPage {
    head: Head,
    number: usize,
    count: usize,
    /// How many such requirements there are on all pages.
    total: usize,
    professions: Vec<Profession>,
}

/// Answers with a page of the requirements, by profession and grade.
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
        let (dictionary, index) = (catalogue.dictionary()?, catalogue.skill_index()?);
        let unnamed = index.unnamed();
        let count = unnamed.len().div_ceil(PROFESSIONS_PER_PAGE).max(1);
        if !(1..=count).contains(&number) {
            return Err(ServiceError::NoSuchPage.into());
        }
        let shown = unnamed.iter().skip((number - 1) * PROFESSIONS_PER_PAGE);
        let mut professions = Vec::new();
        for found in shown.take(PROFESSIONS_PER_PAGE) {
            match professions::profession(catalogue.database(), &dictionary, &found.slug) {
                Ok(profession) => professions.push(profession),
                // It went away since the index was made.
                Err(ServiceError::NoSuchProfession | ServiceError::Moved(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let total = unnamed.iter().map(|found| found.requirements).sum::<usize>();
        Ok::<_, AppError>((count, total, professions))
    });
    let (count, total, professions) = read.await??;
    let page = UnnamedPage {
        head: Head::editing("Требования без навыка", &session.editor.login),
        number,
        count,
        total,
        professions,
    };
    uncached(StatusCode::OK, &page)
}

/// The grades of a profession with requirements that name no skill.
fn grades(profession: &Profession) -> impl Iterator<Item = &Grade> {
    let grades = profession.ladder.grades().iter();
    grades.filter(|grade| unnamed(grade).next().is_some())
}

fn unnamed(grade: &Grade) -> impl Iterator<Item = &Requirement> {
    grade.requirements().iter().filter(|requirement| requirement.skills.is_empty())
}

/// The address of a page.
fn address(number: usize) -> String {
    admin::unnamed_page(number)
}
