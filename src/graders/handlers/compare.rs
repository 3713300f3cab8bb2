//! Comparison.

use actix_web::HttpResponse;

use super::{Finds, Reader, Reads, alone};
use crate::error::AppError;
use crate::graders::schemas::{CompareQuery, Comparison, GradeName};
use crate::graders::service::{ServiceError, professions};
use crate::ladder::comparison;
use crate::web::contract::Parameters;

/// Compares two grades.
///
/// # Errors
///
/// [`AppError::NotFound`]; if the database does not answer.
#[utoipa::path(
    get, path = "/compare", tag = "Грейды", summary = "Сравнить два грейда",
    description = "Какие навыки новые, какие нужны глубже, какие те же, какие не нужны, и то же о делах: внутри лестницы или между профессиями.",
    params(CompareQuery),
    responses((status = 200, description = "Сравнение", body = Comparison), Reads, Finds),
)]
pub async fn compare(
    reader: Reader,
    parameters: Parameters<CompareQuery>,
) -> Result<HttpResponse, AppError> {
    let address = format!("{}{}", reader.path(), parameters.canonical);
    reader
        .json(address, move |catalogue| {
            let dictionary = catalogue.dictionary()?;
            let side = |name: GradeName| {
                let database = catalogue.database();
                let (profession, level, typed) = match name {
                    GradeName::Id(id) => {
                        // No grade has a greater number.
                        let id = i32::try_from(id).map_err(|_| ServiceError::NoSuchGrade)?;
                        let (grade, profession) = professions::grade_record(database, id)?;
                        (profession, Some(grade.level), String::new())
                    }
                    GradeName::Of(slug, level) => {
                        let profession = match professions::record(database, &slug) {
                            Err(ServiceError::Moved(slug)) => professions::record(database, &slug),
                            found => found,
                        };
                        (profession?, None, level)
                    }
                };
                let ladder = profession.ladder(&dictionary);
                let level = level.or_else(|| ladder.scale().find(&typed));
                let level = level.filter(|level| ladder.grade(*level).is_some());
                let level = level.ok_or(ServiceError::NoSuchGrade)?;
                Ok::<_, AppError>((ladder, level, profession.slug))
            };
            let (from, to) = (side(parameters.values.from)?, side(parameters.values.to)?);
            let compared = comparison::Comparison::new((&from.0, from.1), (&to.0, to.1));
            let professions = (from.2.as_str(), to.2.as_str());
            Ok(alone(Comparison::new(compared, professions, &dictionary)))
        })
        .await
}
