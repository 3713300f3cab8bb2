//! Releases.

use actix_web::HttpResponse;

use super::{Reader, Reads, whole};
use crate::error::AppError;
use crate::graders::schemas::{List, Release};
use crate::graders::service::releases;
use crate::web::contract::{NoParameters, Parameters};

/// Lists the releases, the newest first.
///
/// # Errors
///
/// If the database does not answer.
#[utoipa::path(
    get, path = "/releases", tag = "Справочники", summary = "Выпуски: названные состояния каталога",
    description = "Сначала новые. Что изменилось после выпуска, отвечает `/changes`, если передать ему `revision` \
        выпуска как `since`.",
    responses((status = 200, description = "Все выпуски", body = List<Release>), Reads),
)]
pub async fn list_releases(
    reader: Reader,
    _: Parameters<NoParameters>,
) -> Result<HttpResponse, AppError> {
    reader
        .json(reader.path(), move |catalogue| {
            Ok(whole(releases::all(catalogue.database())?.into_iter().map(Release::from).collect()))
        })
        .await
}
