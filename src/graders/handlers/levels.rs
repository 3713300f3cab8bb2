//! Levels.

use actix_web::HttpResponse;

use super::{Reader, Reads, whole};
use crate::error::AppError;
use crate::graders::schemas::{LevelBody, List};
use crate::ladder::Level;
use crate::web::contract::{NoParameters, Parameters};

/// Lists the levels a grade can have, lowest first.
///
/// # Errors
///
/// If the database does not answer.
#[utoipa::path(
    get, path = "/levels", tag = "Справочники", summary = "Уровни, от низшего к высшему",
    description = "Десять уровней, от стажёра до синьора++. Лестница берёт из них любые.",
    responses((status = 200, description = "Все уровни", body = List<LevelBody>), Reads),
)]
pub async fn levels(reader: Reader, _: Parameters<NoParameters>) -> Result<HttpResponse, AppError> {
    reader
        .json(reader.path(), move |_| {
            Ok(whole(Level::ALL.into_iter().map(LevelBody::from).collect()))
        })
        .await
}
