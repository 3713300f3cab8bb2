//! `/mentoring`: which grades require raising whom, and who may need whom.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::{Visit, Visitor, page_number};
use crate::error::AppError;
use crate::graders::service::inclusions::Including;
use crate::graders::service::professions;
use crate::ladder::mentoring::Raising;
use crate::ladder::{Asked, Ladder, Level};
use crate::paths;
use crate::russian;
use crate::web::{Head, Section, filters};

/// The parameters of `/mentoring`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "site/mentoring.html")]
struct MentoringPage {
    head: Head,
    number: usize,
    count: usize,
    /// In the order of the catalogue, lowest grade first.
    needs: Vec<Need>,
}

/// What a candidate for a grade must have taught.
struct Need {
    slug: String,
    profession: String,
    asked: Asked,
    raising: Raising,
    /// The levels at which the mentee can be, lowest first. Of which profession the mentee is, no
    /// requirement says; grades to rise by are counted in the candidate's own ladder.
    begins_at: Vec<Level>,
    /// The ladders that inherit the requirement.
    also: Vec<Including>,
}

/// Answers with what the ladders ask of teachers.
///
/// # Errors
///
/// [`AppError::BadRequest`] if `page` is no number; [`AppError::NotFound`] past the last page.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let number = page_number(parameters.page.as_deref())?;
    visitor.html(paths::mentoring(number), move |visit| MentoringPage::build(visit, number)).await
}

impl MentoringPage {
    fn build(visit: &Visit, number: usize) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let catalogue = professions::page(&visit.database, &dictionary, None, number)?;
        let mut needs = Vec::new();
        for profession in catalogue.professions {
            for asked in own(&profession.ladder) {
                if let Some(raising) = Raising::of(&asked.requirement) {
                    let begins_at = begins_at(&raising, &profession.ladder);
                    let counts = |other: &&Including| other.counts(asked.level);
                    let also = profession.included_in.iter().filter(counts).cloned().collect();
                    let (slug, profession) = (profession.slug.clone(), profession.title.clone());
                    needs.push(Need { slug, profession, asked, raising, begins_at, also });
                }
            }
        }
        let title = match number {
            1 => "Наставничество".to_owned(),
            _ => format!("Наставничество, страница {number}"),
        };
        let description = "Для каких грейдов нужно вырастить ученика, с какого уровня до какого, и \
                           каким кандидатам нужен ученик вашего уровня.";
        let head = visit.head(&paths::mentoring(number), Section::Rules, title, description);
        Ok(Self { head, number, count: catalogue.count, needs })
    }

    /// For each level, lowest first, who needs somebody that is there now.
    fn by_pupil(&self) -> Vec<(Level, Vec<&Need>)> {
        let needs = |level| {
            let needs = self.needs.iter().filter(|need| need.begins_at.contains(&level));
            needs.collect::<Vec<_>>()
        };
        let levels = Level::ALL.into_iter().map(|level| (level, needs(level)));
        levels.filter(|(_, needs)| !needs.is_empty()).collect()
    }

    /// Who needs somebody, wherever they stand: the requirement names no level.
    fn of_any_level(&self) -> Vec<&Need> {
        self.needs.iter().filter(|need| need.raising == Raising::Other).collect()
    }
}

/// What a ladder asks itself: what it inherits, the ladder it comes from tells.
fn own(ladder: &Ladder) -> impl Iterator<Item = Asked> {
    ladder.all().into_iter().filter(|asked| asked.origin.is_none())
}

fn begins_at(raising: &Raising, ladder: &Ladder) -> Vec<Level> {
    Level::ALL.into_iter().filter(|level| raising.can_begin_at(*level, ladder)).collect()
}

impl Need {
    fn title(&self) -> String {
        format!("{}: {}", self.profession, self.asked.name)
    }

    fn address(&self) -> String {
        paths::grade(&self.slug, &self.asked.name)
    }

    fn place(&self) -> String {
        paths::requirement(&self.slug, &self.asked.name, &self.asked.requirement.id)
    }

    /// How far the mentee must grow.
    fn growth(&self) -> Option<String> {
        match self.raising {
            Raising::Between(_, to) | Raising::UpTo(to) => Some(format!("до {}", to.genitive())),
            Raising::By(steps) => {
                let noun = russian::plural(steps, "грейд", "грейда", "грейдов");
                Some(format!("на {steps} {noun}"))
            }
            Raising::Other => None,
        }
    }
}
