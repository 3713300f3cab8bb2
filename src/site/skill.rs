//! `/skills/{slug}`: where one skill appears and how it deepens.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::graders::service::skills::Appearance;
use crate::graders::service::{ServiceError, skills};
use crate::ladder::skill::Skill;
use crate::paths;
use crate::russian;
use crate::web::{Head, Section, filters};

#[derive(Template)]
#[template(path = "site/skill.html")]
struct SkillPage {
    head: Head,
    skill: Skill,
    appearances: Vec<Appearance>,
}

/// Answers with a skill.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such skill; [`AppError::Moved`] if it has another address
/// now; if the database does not answer.
pub async fn show(visitor: Visitor, slug: Path<String>) -> Result<HttpResponse, AppError> {
    let slug = slug.into_inner();
    visitor.html(paths::skill(&slug), move |visit| SkillPage::build(visit, &slug)).await
}

impl SkillPage {
    fn build(visit: &Visit, slug: &str) -> Result<Self, AppError> {
        let (dictionary, index) = (visit.dictionary()?, visit.skill_index()?);
        let Some(skill) = dictionary.skill(slug).cloned() else {
            return Err(match skills::current_slug(&visit.database, slug)? {
                Some(present) => ServiceError::Moved(present).into(),
                None => ServiceError::NoSuchSkill.into(),
            });
        };
        let appearances = index.appearances(slug).to_vec();
        let count = appearances.len();
        let description = match count {
            0 => format!("{}: пока ни одна лестница этого не требует.", skill.title),
            _ => format!(
                "{}: на каком грейде появляется и как углубляется в {count} {}.",
                skill.title,
                russian::plural(count, "профессии", "профессиях", "профессиях"),
            ),
        };
        let head =
            visit.head(&paths::skill(slug), Section::Skills, skill.title.clone(), description);
        Ok(Self { head, skill, appearances })
    }
}
