//! Comparison.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{Finds, Reads, alone};
use crate::error::AppError;
use crate::graders::schemas::{CompareQuery, Comparison};
use crate::graders::service::professions;
use crate::ladder::comparison;
use crate::web::contract::Parameters;
use crate::web::{State, json};

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
    request: HttpRequest,
    state: Data<State>,
    parameters: Parameters<CompareQuery>,
) -> Result<HttpResponse, AppError> {
    let address = format!("{}{}", request.path(), parameters.canonical);
    json(&request, &state, address, move |state| {
        let dictionary = state.dictionary()?;
        let side = |id: i32| {
            let (grade, profession) = professions::grade_record(&state.database, id)?;
            Ok::<_, AppError>((profession.ladder(&dictionary), grade.level))
        };
        let (from, to) = (side(parameters.values.from)?, side(parameters.values.to)?);
        let compared = comparison::Comparison::new((&from.0, from.1), (&to.0, to.1));
        Ok(alone(Comparison::from(compared)))
    })
    .await
}
