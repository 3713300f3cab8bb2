//! `/skills/{slug}`: where one skill appears and how it deepens.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::error::AppError;
use crate::graders::service::skills::Appearance;
use crate::graders::service::{ServiceError, skills};
use crate::ladder::skill::Skill;
use crate::russian;
use crate::web::{Head, Section, State, Visit, filters, html};

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
/// [`AppError::NotFound`] if there is no such skill; if the database does not answer.
pub async fn show(
    request: HttpRequest,
    state: Data<State>,
    slug: Path<String>,
) -> Result<HttpResponse, AppError> {
    let slug = slug.into_inner();
    let shared = Data::clone(&state);
    let found = {
        let slug = slug.clone();
        html(&request, &state, address(&slug), move |visit| SkillPage::build(visit, &slug)).await
    };
    match found {
        Err(AppError::NotFound(missing)) => {
            let present = actix_web::web::block(move || {
                skills::current_slug(&shared.database, &slug).map_err(AppError::from)
            });
            match present.await?? {
                Some(present) => Ok(HttpResponse::PermanentRedirect()
                    .insert_header((header::LOCATION, address(&present)))
                    .insert_header((header::CACHE_CONTROL, "no-cache"))
                    .finish()),
                None => Err(AppError::NotFound(missing)),
            }
        }
        found => found,
    }
}

/// The address of a skill.
pub(super) fn address(slug: &str) -> String {
    format!("/skills/{slug}")
}

impl SkillPage {
    fn build(visit: &Visit<'_>, slug: &str) -> Result<Self, AppError> {
        let (dictionary, index) = (visit.state.dictionary()?, visit.state.skill_index()?);
        let skill = dictionary.skill(slug).cloned().ok_or(ServiceError::NoSuchSkill)?;
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
            Head::new(visit, &address(slug), Section::Skills, skill.title.clone(), description);
        Ok(Self { head, skill, appearances })
    }
}
