//! Requirements.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::{Finds, Reader, Reads, alone};
use crate::error::{AppError, Missing};
use crate::graders::schemas::{FoundRequirement, RequirementPath};
use crate::graders::service::{identity, professions};
use crate::web::contract::{NoParameters, Parameters};

/// What became of a requirement of a ladder.
///
/// # Errors
///
/// [`AppError::NotFound`] if the ladder never had it; [`AppError::Moved`] if the profession has another
/// address now; if the database does not answer.
#[utoipa::path(
    get, path = "/professions/{slug}/requirements/{requirement_id}", tag = "Грейды",
    summary = "Требование под нынешним или прежним именем",
    description = "Когда слова требования меняют, у него появляется другое имя; прежнее продолжает вести к нему. \
        Об убранном требовании остаются его последние слова.",
    params(RequirementPath),
    responses(
        (status = 200, description = "Требование, каким оно стало", body = FoundRequirement),
        (status = 308, description = "Профессия переехала",
            headers(("Location" = String, description = "Адрес требования с её текущим именем"))),
        Reads, Finds,
    ),
)]
pub async fn requirement(
    reader: Reader,
    path: Path<(String, String)>,
    parameters: Parameters<NoParameters>,
) -> Result<HttpResponse, AppError> {
    let address = format!("{}{}", reader.path(), parameters.canonical);
    reader
        .json(address, move |catalogue| {
            let (slug, id) = path.into_inner();
            let dictionary = catalogue.dictionary()?;
            let found = professions::profession(catalogue.database(), &dictionary, &slug)?;
            let aliases = identity::aliases(catalogue.database(), &found.lineage)?;
            let requirement = FoundRequirement::new(&found.slug, &found.ladder, &aliases, &id);
            let missing = || Missing::new("Такого требования в лестнице нет и не было.");
            requirement.map(alone).ok_or_else(|| AppError::NotFound(missing()))
        })
        .await
}
