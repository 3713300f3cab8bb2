//! `/professions/{slug}`: one ladder, every grade in full.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::shared::choices::Offer;
use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::graders::service::identity;
use crate::graders::service::inclusions::Including;
use crate::graders::service::professions::{self, Profession};
use crate::ladder::identity::FormerIds;
use crate::ladder::{Grade, Level};
use crate::paths;
use crate::russian;
use crate::web::{Head, Section, filters};

#[derive(Template)]
#[template(path = "site/profession.html")]
struct ProfessionPage {
    head: Head,
    profession: Profession,
    /// How many requirements are in force at each level.
    in_force: Vec<(Level, usize)>,
    /// Where links to former ids of requirements lead.
    former_ids: FormerIds,
    /// Where nothing of the ladder is described, ladders that are: names in addresses and titles.
    described: Vec<(String, String)>,
}

/// So many other ladders are named.
const MOST_DESCRIBED: usize = 6;

/// Answers with a ladder.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such profession.
pub async fn show(visitor: Visitor, slug: Path<String>) -> Result<HttpResponse, AppError> {
    let slug = slug.into_inner();
    visitor.html(paths::profession(&slug), move |visit| ProfessionPage::build(visit, &slug)).await
}

impl ProfessionPage {
    /// Whether a grade of the ladder has a summary.
    fn has_summaries(&self) -> bool {
        self.profession.ladder.grades().iter().any(|grade| grade.summary().is_some())
    }

    fn build(visit: &Visit, slug: &str) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let profession = professions::profession(&visit.database, &dictionary, slug)?;
        let title = format!("{}: лестница грейдов", profession.title);
        let asked = match profession.ladder.grades() {
            [] => "Лестница грейдов ещё не описана.".to_owned(),
            grades if grades.iter().all(|grade| !grade.is_described()) => {
                "Грейды этой лестницы ещё не описаны.".to_owned()
            }
            [only] => format!("Требования грейда {}.", only.name.word()),
            [lowest, .., highest] => format!(
                "Что требуется на каждом грейде, от {} до {}.",
                lowest.name.genitive(),
                highest.name.genitive(),
            ),
        };
        let about = russian::sentence(&profession.title, &profession.summary);
        let description = about.into_iter().chain([asked]).collect::<Vec<_>>().join(" ");
        let head = visit.head(&paths::profession(slug), Section::Professions, title, description);
        let aliases = identity::aliases(&visit.database, &profession.lineage)?;
        let former_ids = FormerIds::new(&aliases, &profession.ladder);
        let ladder = &profession.ladder;
        let levels = ladder.grades().iter().map(|grade| grade.level);
        let in_force = levels.map(|level| (level, ladder.in_force_count(level))).collect();
        let described = if ladder.grades().iter().any(Grade::is_described) {
            Vec::new()
        } else {
            let offer = Offer::read(&visit.database)?;
            let described =
                offer.described(&profession.track.slug).into_iter().take(MOST_DESCRIBED);
            described.map(|other| (other.slug.clone(), other.title.clone())).collect()
        };
        Ok(Self { head, profession, in_force, former_ids, described })
    }

    fn in_force_count(&self, level: Level) -> usize {
        let counted = self.in_force.iter().find(|(counted, _)| *counted == level);
        counted.map_or(0, |(_, count)| *count)
    }

    /// The ladders that include this one, but for those that go on from one of its levels.
    fn base_of(&self) -> Vec<&Including> {
        let all = self.profession.included_in.iter();
        all.filter(|other| other.goes_on_from.is_none()).collect()
    }
}
