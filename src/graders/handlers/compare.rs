//! Comparison.

use actix_web::HttpResponse;

use super::{Finds, Reader, Reads, alone};
use crate::error::AppError;
use crate::graders::schemas::{CompareQuery, Comparison};
use crate::graders::service::professions;
use crate::ladder::comparison;
use crate::web::contract::Parameters;

/// Compares two grades.
///
/// # Errors
///
/// [`AppError::NotFound`]; if the database does not answer.
#[utoipa::path(
    get, path = "/compare", tag = "Грейды", summary = "Сравнить два грейда",
    description = "Что добавить, что остаётся и что больше не нужно: внутри лестницы или между профессиями.",
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
            let side = |id: i32| {
                let (grade, profession) = professions::grade_record(catalogue.database(), id)?;
                Ok::<_, AppError>((profession.ladder(&dictionary), grade.level))
            };
            let (from, to) = (side(parameters.values.from)?, side(parameters.values.to)?);
            let compared = comparison::Comparison::new((&from.0, from.1), (&to.0, to.1));
            Ok(alone(Comparison::from(compared)))
        })
        .await
}
