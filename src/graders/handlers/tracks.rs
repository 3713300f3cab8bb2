//! Tracks.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{Reads, whole};
use crate::error::AppError;
use crate::graders::schemas::{List, Track};
use crate::graders::service::tracks;
use crate::web::contract::{NoParameters, Parameters};
use crate::web::{State, json};

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
    request: HttpRequest,
    state: Data<State>,
    _: Parameters<NoParameters>,
) -> Result<HttpResponse, AppError> {
    json(&request, &state, request.path().to_owned(), move |state| {
        Ok(whole(tracks::all(&state.database)?.into_iter().map(Track::from).collect()))
    })
    .await
}
