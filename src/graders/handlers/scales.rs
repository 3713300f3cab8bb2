//! Scales.

use actix_web::HttpResponse;

use super::{Reader, Reads, whole};
use crate::error::AppError;
use crate::graders::schemas::{List, Scale};
use crate::graders::service::scales;
use crate::web::contract::{NoParameters, Parameters};

/// Lists the scales but the default one.
///
/// # Errors
///
/// If the database does not answer.
#[utoipa::path(
    get, path = "/scales", tag = "Справочники", summary = "Шкалы: свои названия уровней",
    description = "По названию. Обычные названия уровней — в `/levels`.",
    responses((status = 200, description = "Все шкалы", body = List<Scale>), Reads),
)]
pub async fn list_scales(
    reader: Reader,
    _: Parameters<NoParameters>,
) -> Result<HttpResponse, AppError> {
    reader
        .json(reader.path(), move |catalogue| {
            Ok(whole(scales::all(catalogue.database())?.into_iter().map(Scale::from).collect()))
        })
        .await
}
