//! `/professions/{slug}/{level}`: one grade, with everything accumulated and what comes next.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::shared::redirect;
use super::shared::{Visit, Visitor};
use crate::error::{AppError, Missing};
use crate::graders::service::professions::{self, Profession};
use crate::ladder::{Grade, Level};
use crate::paths;
use crate::russian;
use crate::web::{Head, Section, filters};

#[derive(Template)]
#[template(path = "site/grade.html")]
struct GradePage {
    head: Head,
    profession: Profession,
    grade: Grade,
    previous: Option<Grade>,
    next: Option<Grade>,
    /// The grades under this one that ask something, the nearest first.
    below: Vec<Grade>,
    /// Requirements of this grade and of all under it.
    accumulated_count: usize,
}

/// Answers with a grade.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession, no such level, or the ladder leaves the
/// level out.
pub async fn show(
    visitor: Visitor,
    path: Path<(String, String)>,
) -> Result<HttpResponse, AppError> {
    let (slug, level) = path.into_inner();
    if let Some(level) = Level::from_slug(&level) {
        let address = paths::grade(&slug, level);
        return visitor.html(address, move |visit| GradePage::build(visit, &slug, level)).await;
    }
    match level.parse() {
        // «junior+», as the level is written everywhere but in addresses.
        Ok(level) => Ok(redirect::permanent(&paths::grade(&slug, level))),
        Err(_) => Err(AppError::NotFound(Missing {
            sentence: "Такого уровня нет.".into(),
            way_on: paths::profession(&slug),
            way_on_title: "Вся лестница".into(),
        })),
    }
}

impl GradePage {
    fn build(visit: &Visit, slug: &str, level: Level) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let profession = professions::profession(&visit.database, &dictionary, slug)?;
        let ladder = &profession.ladder;
        let Some(grade) = ladder.grade(level).cloned() else {
            return Err(AppError::NotFound(Missing {
                sentence: format!(
                    "В лестнице «{}» нет грейда «{}».",
                    profession.title,
                    level.word()
                ),
                way_on: paths::profession(slug),
                way_on_title: "Вся лестница".into(),
            }));
        };
        let accumulated_count = ladder.accumulated_count(level);
        let title = format!("{}: {level}", profession.title);
        let description = description(&profession, &grade, accumulated_count);
        Ok(Self {
            head: visit.head(&paths::grade(slug, level), Section::Professions, title, description),
            previous: ladder.previous(level).cloned(),
            next: ladder.next(level).cloned(),
            below: ladder
                .below(level)
                .filter(|grade| !grade.requirements().is_empty())
                .cloned()
                .collect(),
            accumulated_count,
            grade,
            profession,
        })
    }
}

impl GradePage {
    /// The address of the comparison of this grade with another one of the ladder.
    fn comparison(&self, level: Level) -> String {
        let grade = |level| paths::grade_name(&self.profession.slug, level);
        paths::compare(&grade(self.grade.level), &grade(level))
    }
}

fn description(profession: &Profession, grade: &Grade, accumulated_count: usize) -> String {
    let name = format!("Грейд {} в профессии «{}»", grade.level.word(), profession.title);
    if !grade.is_described() {
        return format!("{name} ещё не описан.");
    }
    let new = match grade.requirements().len() {
        0 => "новых требований нет".to_owned(),
        new => {
            let noun =
                russian::plural(new, "новое требование", "новых требования", "новых требований");
            format!("{new} {noun}")
        }
    };
    if accumulated_count == grade.requirements().len() {
        return format!("{name}: {new}.");
    }
    format!("{name}: {new}, вместе с предыдущими грейдами {accumulated_count}.")
}
