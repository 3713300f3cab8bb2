//! Skills.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::{Finds, Reader, Reads, alone, whole};
use crate::error::AppError;
use crate::error::Missing;
use crate::graders::schemas::{List, SkillBody, SkillInList, SkillPath};
use crate::web::contract::{NoParameters, Parameters};

/// Lists the skills of the dictionary.
///
/// # Errors
///
/// If the database does not answer.
#[utoipa::path(
    get, path = "/skills", tag = "Навыки", summary = "Словарь навыков",
    description = "Все навыки, которые находятся в описаниях.",
    responses((status = 200, description = "Все навыки", body = List<SkillInList>), Reads),
)]
pub async fn list_skills(
    reader: Reader,
    _: Parameters<NoParameters>,
) -> Result<HttpResponse, AppError> {
    reader
        .json(reader.path(), move |catalogue| {
            let dictionary = catalogue.dictionary()?;
            let mut skills = dictionary.skills().iter().collect::<Vec<_>>();
            skills.sort_by_key(|skill| &skill.slug);
            Ok(whole(skills.into_iter().map(SkillInList::from).collect()))
        })
        .await
}

/// One skill, and where it appears.
///
/// # Errors
///
/// [`AppError::NotFound`]; if the database does not answer.
#[utoipa::path(
    get, path = "/skills/{slug}", tag = "Навыки", summary = "Навык",
    description = "На каких грейдах он появляется и как углубляется.",
    params(SkillPath),
    responses((status = 200, description = "Навык", body = SkillBody), Reads, Finds),
)]
pub async fn skill(
    reader: Reader,
    slug: Path<String>,
    _: Parameters<NoParameters>,
) -> Result<HttpResponse, AppError> {
    reader
        .json(reader.path(), move |catalogue| {
            let (dictionary, index) = (catalogue.dictionary()?, catalogue.skill_index()?);
            let missing = || AppError::NotFound(Missing::new("Такого навыка в словаре нет."));
            let skill = dictionary.skill(&slug).ok_or_else(missing)?;
            Ok(alone(SkillBody::new(skill, index.appearances(&skill.slug))))
        })
        .await
}
