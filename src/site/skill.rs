//! `/skills/{slug}`: where one skill appears and how it deepens.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use askama::Template;
use serde::Deserialize;

use super::shared::{Visit, Visitor, page_number};
use crate::error::AppError;
use crate::graders::service::inclusions::Including;
use crate::graders::service::{ServiceError, professions, skills};
use crate::ladder::skill::Skill;
use crate::ladder::{Asked, Depth, InlineHtml};
use crate::paths;
use crate::russian;
use crate::web::{Head, Section, filters};

/// How many professions stand on a page: the texts of their ladders are read for it.
const PROFESSIONS_PER_PAGE: usize = 30;

/// The parameters of `/skills/{slug}`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "site/skill.html")]
struct SkillPage {
    head: Head,
    skill: Skill,
    professions: Vec<Asking>,
    number: usize,
    count: usize,
}

/// A profession that asks for the skill.
struct Asking {
    slug: String,
    title: String,
    requirements: Vec<Mention>,
}

/// A requirement that names the skill.
struct Mention {
    asked: Asked,
    /// With the skill in bold.
    html: InlineHtml,
    depth: Option<Depth>,
    place: String,
    /// The ladders that inherit it.
    also: Vec<Including>,
}

/// Answers with a skill.
///
/// # Errors
///
/// [`AppError::BadRequest`] if `page` is no number; [`AppError::NotFound`] if there is no such skill, and
/// past the last page; [`AppError::Moved`] if it has another address now; if the database does not answer.
pub async fn show(
    visitor: Visitor,
    slug: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let slug = slug.into_inner();
    let number = page_number(parameters.page.as_deref())?;
    let address = paths::skill_page(&slug, number);
    visitor.html(address, move |visit| SkillPage::build(visit, &slug, number)).await
}

impl SkillPage {
    fn build(visit: &Visit, slug: &str, number: usize) -> Result<Self, AppError> {
        let (dictionary, index) = (visit.dictionary()?, visit.skill_index()?);
        let Some(skill) = dictionary.skill(slug).cloned() else {
            return Err(match skills::current_slug(&visit.database, slug)? {
                Some(present) => ServiceError::Moved(present).into(),
                None => ServiceError::NoSuchSkill.into(),
            });
        };
        let appearances = index.appearances(slug);
        let own = appearances.iter().filter(|found| found.is_own).collect::<Vec<_>>();
        let pages = own.chunks(PROFESSIONS_PER_PAGE);
        let count = pages.len().max(1);
        if !(1..=count).contains(&number) {
            return Err(ServiceError::NoSuchPage.into());
        }
        let shown = own.chunks(PROFESSIONS_PER_PAGE).nth(number - 1).unwrap_or_default();
        let mut asking = Vec::new();
        for found in shown {
            match professions::profession(&visit.database, &dictionary, &found.slug) {
                Ok(profession) => asking.push(Asking::new(profession, slug)),
                // Deleted or renamed since the index was read; the page is made anew then.
                Err(ServiceError::NoSuchProfession | ServiceError::Moved(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let description = match appearances.len() {
            0 => format!("{}: пока ни одна лестница этого не требует.", skill.title),
            total => format!(
                "{}: на каком грейде появляется и как углубляется в {total} {}.",
                skill.title,
                russian::plural(total, "профессии", "профессиях", "профессиях"),
            ),
        };
        let title = match number {
            1 => skill.title.clone(),
            _ => format!("{}, страница {number}", skill.title),
        };
        let head =
            visit.head(&paths::skill_page(slug, number), Section::Skills, title, description);
        Ok(Self { head, skill, professions: asking, number, count })
    }
}

impl Asking {
    fn new(profession: professions::Profession, skill: &str) -> Self {
        let (slug, title) = (profession.slug, profession.title);
        // What a ladder inherits stands at the one it comes from.
        let own = profession.ladder.all().into_iter().filter(|asked| asked.origin.is_none());
        let requirements = own.filter_map(|asked| {
            let counts = |other: &&Including| other.counts(asked.level);
            Some(Mention {
                html: asked.requirement.html.with_marked(&paths::skill(skill)),
                depth: asked.requirement.named(skill)?.depth,
                place: paths::requirement(&slug, &asked.name, &asked.requirement.id),
                also: profession.included_in.iter().filter(counts).cloned().collect(),
                asked,
            })
        });
        Self { requirements: requirements.collect(), slug, title }
    }
}
