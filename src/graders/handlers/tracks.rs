//! Tracks.

use actix_web::HttpResponse;

use super::{Reader, Reads, whole};
use crate::error::AppError;
use crate::graders::schemas::{List, Track};
use crate::graders::service::tracks;
use crate::web::contract::{NoParameters, Parameters};

/// Lists the tracks in their order.
///
/// # Errors
///
/// If the database does not answer.
#[utoipa::path(
    get, path = "/tracks", tag = "Справочники", summary = "Направления по порядку",
    description = "Все группы профессий, в том числе пустые.",
    responses((status = 200, description = "Все направления", body = List<Track>), Reads),
)]
pub async fn list_tracks(
    reader: Reader,
    _: Parameters<NoParameters>,
) -> Result<HttpResponse, AppError> {
    reader
        .json(reader.path(), move |catalogue| {
            Ok(whole(tracks::all(catalogue.database())?.into_iter().map(Track::from).collect()))
        })
        .await
}
