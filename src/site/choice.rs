//! `/choose`: from a profession and a level that were chosen to their grade.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::choices::{self, LevelGroup, Offer};
use super::shared::grade_choice::ChosenGrade;
use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::paths;
use crate::web::field_errors::{message, title};
use crate::web::{Head, Section, filters};

/// The parameters of `/choose`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    profession: Option<String>,
    grade: Option<String>,
}

#[derive(Template)]
#[template(path = "site/choice.html")]
struct ChoicePage {
    head: Head,
    offer: Offer,
    profession: String,
    level: String,
    errors: Vec<FieldError>,
}

/// Leads to the grade, or answers with the form and what is wrong with it.
///
/// # Errors
///
/// [`AppError::NotFound`] for a profession there is not; if the database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let Parameters { profession, grade } = parameters.into_inner();
    let (profession, level) =
        (choices::cleaned(profession.as_deref()), choices::cleaned(grade.as_deref()));
    let address = paths::choice(&profession, &level);
    visitor.form(address, move |visit| ChoicePage::build(visit, profession, level)).await
}

impl ChoicePage {
    fn build(
        visit: &Visit,
        profession: String,
        level: String,
    ) -> Result<(StatusCode, Self), AppError> {
        let dictionary = visit.dictionary()?;
        let fields = [("profession", profession.as_str()), ("grade", level.as_str())];
        let errors = match ChosenGrade::choose(visit, &dictionary, fields, &paths::home(1))? {
            Ok(chosen) => return Err(AppError::LeadsTo(chosen.address())),
            Err(errors) => errors.0,
        };
        let address = paths::choice(&profession, &level);
        let head = visit.head(&address, Section::Professions, title("Выбор грейда", &errors), "");
        let head = Head { canonical: None, ..head };
        let offer = Offer::read(&visit.database)?;
        let page = Self { head, offer, profession, level, errors };
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page))
    }

    fn levels(&self) -> Vec<LevelGroup> {
        self.offer.levels(&self.profession, &self.level)
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}
