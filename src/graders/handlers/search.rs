//! Search.

use actix_web::HttpResponse;

use super::{Finds, Json, Reader, Reads, link_to_next};
use crate::error::AppError;
use crate::graders::schemas::{Cursor, FoundBody, Question, SearchQuery, Slug};
use crate::graders::service::ServiceError;
use crate::graders::service::search::Search;
use crate::web::contract::Parameters;

/// Searches skills, professions, grades and requirements.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such track, or no part begins at the cursor; if the database
/// does not answer.
#[utoipa::path(
    get, path = "/search", tag = "Поиск", summary = "Найти",
    description = "Навыки, профессии, грейды и требования, в которых есть всё, о чём спрашивают.",
    params(SearchQuery),
    responses(
        (status = 200, description = "Часть найденного", body = FoundBody,
            headers(("Link" = String, description = "Адрес следующей части, если она есть (RFC 8288)"))),
        Reads, Finds,
    ),
)]
pub async fn search(
    reader: Reader,
    parameters: Parameters<SearchQuery>,
) -> Result<HttpResponse, AppError> {
    let Parameters { values, canonical } = parameters;
    let address = format!("{}{canonical}", reader.path());
    reader
        .json(address.clone(), move |catalogue| {
            let page = match values.cursor {
                None => 1,
                Some(Cursor(page)) => page.parse().map_err(|_| ServiceError::InvalidCursor)?,
            };
            let Question(question) = values.q;
            let search = Search {
                question,
                track: values.track.map(|Slug(track)| track),
                level: values.level,
                kind: values.kind.map(Into::into),
                page,
            };
            let found = catalogue.search(&search)?;
            let next = (page < found.pages).then(|| (page + 1).to_string());
            let link = next.as_deref().map(|next| link_to_next(&address, next));
            Ok(Json { body: FoundBody::new(found, next), link })
        })
        .await
}
