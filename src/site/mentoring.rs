//! `/mentoring`: which grades require raising whom, and who may need whom.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::{Visit, Visitor, page_number};
use crate::error::AppError;
use crate::graders::service::professions;
use crate::ladder::Level;
use crate::ladder::comparison::Asked;
use crate::ladder::mentoring::Raising;
use crate::paths;
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

/// A grade that requires to teach.
struct Need {
    slug: String,
    profession: String,
    asked: Asked,
    raising: Raising,
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
            for asked in profession.ladder.accumulated(Level::SeniorPlusPlus) {
                if let Some(raising) = Raising::of(&asked.requirement) {
                    let (slug, profession) = (profession.slug.clone(), profession.title.clone());
                    needs.push(Need { slug, profession, asked, raising });
                }
            }
        }
        let title = match number {
            1 => "Наставничество".to_owned(),
            _ => format!("Наставничество, страница {number}"),
        };
        let description = "Какие грейды требуют вырастить ученика, с какого уровня до какого, и \
                           кому нужен ученик вашего уровня.";
        let head = visit.head(&paths::mentoring(number), Section::Rules, title, description);
        Ok(Self { head, number, count: catalogue.count, needs })
    }

    /// For each level, lowest first, who needs somebody that is there now.
    fn by_pupil(&self) -> Vec<(Level, Vec<&Need>)> {
        let needs = |level| {
            let named = self.needs.iter().filter(|need| !matches!(need.raising, Raising::By(_)));
            named.filter(|need| need.raising.can_begin_at(level)).collect::<Vec<_>>()
        };
        let levels = Level::ALL.into_iter().map(|level| (level, needs(level)));
        levels.filter(|(_, needs)| !needs.is_empty()).collect()
    }

    /// Who needs somebody wherever they stand.
    fn of_any_level(&self) -> Vec<(&Need, usize)> {
        let needs = self.needs.iter().filter_map(|need| match need.raising {
            Raising::By(steps) => Some((need, steps)),
            _ => None,
        });
        needs.collect()
    }
}

impl Need {
    fn title(&self) -> String {
        format!("{}: {}", self.profession, self.asked.level)
    }

    fn address(&self) -> String {
        paths::grade(&self.slug, self.asked.level)
    }

    fn place(&self) -> String {
        paths::requirement(&self.slug, self.asked.level, &self.asked.requirement.id)
    }

    /// The level to grow to.
    fn target(&self) -> Option<Level> {
        match self.raising {
            Raising::Between(_, to) | Raising::UpTo(to) => Some(to),
            Raising::By(_) | Raising::Other => None,
        }
    }
}
