//! `/compare`: what separates two grades; one level across professions is in `across`.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::grade_choice::{Choices, ChosenGrade};
use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::graders::service::tracks::{self, Track};
use crate::ladder::comparison::{Asked, Comparison};
use crate::ladder::skill::Dictionary;
use crate::paths;
use crate::web::{Head, filters};

/// The parameters of `/compare`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "site/compare.html")]
struct ComparePage {
    head: Head,
    /// What stands in the fields: a grade as `front-end/middle`; empty if none was chosen.
    from: String,
    to: String,
    /// What there is to choose from; empty where there is too much.
    choices: Vec<Choices>,
    tracks: Vec<Track>,
    /// What was compared, if two grades were chosen.
    compared: Option<Compared>,
}

/// Two grades and what is between them.
struct Compared {
    from: ChosenGrade,
    to: ChosenGrade,
    comparison: Comparison,
    /// For the titles of skills.
    dictionary: std::sync::Arc<Dictionary>,
    /// The same two grades the other way round.
    swapped: String,
}

/// Answers with a form to choose two grades, and with what separates them.
///
/// # Errors
///
/// [`AppError::NotFound`] for a grade there is not; [`AppError::BadRequest`] for one alone; if the
/// database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let Parameters { from, to } = parameters.into_inner();
    visitor.html(paths::compare(&from, &to), move |visit| ComparePage::build(visit, from, to)).await
}

impl ComparePage {
    fn build(visit: &Visit, from: String, to: String) -> Result<Self, AppError> {
        let compared = match (from.is_empty(), to.is_empty()) {
            (true, true) => None,
            (false, false) => Some(Compared::build(visit, &from, &to)?),
            _ => return Err(AppError::BadRequest("Выберите два грейда, чтобы сравнить их.")),
        };
        let (from, to) = match &compared {
            Some(compared) => (compared.from.name(), compared.to.name()),
            None => (from, to),
        };
        let title = compared.as_ref().map_or_else(
            || "Сравнение грейдов".to_owned(),
            |compared| format!("{} и {}", compared.from.title(), compared.to.title()),
        );
        let description = "Что добавляется, углубляется и остаётся между двумя грейдами.";
        let path = paths::compare(&from, &to);
        let head = match compared {
            // Search engines need not know every pair.
            Some(_) => {
                Head { canonical: None, ..visit.head_outside_menu(&path, title, description) }
            }
            None => visit.head_outside_menu(&path, title, description),
        };
        let choices = Choices::all(visit)?;
        let tracks = tracks::filled(&visit.database)?;
        Ok(Self { head, from, to, choices, tracks, compared })
    }
}

impl Compared {
    fn build(visit: &Visit, from: &str, to: &str) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let from = ChosenGrade::find(visit, &dictionary, from, paths::compare_form())?;
        let to = ChosenGrade::find(visit, &dictionary, to, paths::compare_form())?;
        let swapped = paths::compare(&to.name(), &from.name());
        let comparison = Comparison::new(
            (&from.profession.ladder, from.grade.level),
            (&to.profession.ladder, to.grade.level),
        );
        Ok(Self { from, to, comparison, dictionary, swapped })
    }

    /// Whether both grades belong to one ladder.
    fn is_within(&self) -> bool {
        self.from.profession.slug == self.to.profession.slug
    }

    /// What skills are called on pages, in one line.
    fn titles(&self, slugs: &[String]) -> String {
        let titles = slugs.iter().filter_map(|slug| self.dictionary.skill(slug));
        titles.map(|skill| skill.title.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The address of a requirement of the target's ladder.
    fn target(&self, asked: &Asked) -> String {
        paths::requirement(&self.to.profession.slug, asked.level, &asked.requirement.id)
    }

    /// The address of a requirement of the ladder one comes from.
    fn start(&self, asked: &Asked) -> String {
        paths::requirement(&self.from.profession.slug, asked.level, &asked.requirement.id)
    }

    fn new_count(&self) -> usize {
        self.comparison.new_requirements().count()
    }

    fn deepened_count(&self) -> usize {
        self.comparison.deepened().count()
    }
}
