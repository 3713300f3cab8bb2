//! What differs between two states of the catalogue.

use actix_web::HttpResponse;

use super::{Finds, Json, Reader, Reads, link_to_next};
use crate::error::AppError;
use crate::graders::schemas::{ChangesBody, ChangesQuery, Cursor};
use crate::graders::service::changes;
use crate::graders::service::listing::Part;
use crate::web::contract::Parameters;

/// What differs by requirement since a saved change.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such change yet, or no part begins at the cursor; if the database
/// does not answer.
#[utoipa::path(
    get, path = "/changes", tag = "Грейды", summary = "Что изменилось",
    description = "Чем лестницы отличаются от состояния после правки `since`, по требованиям: добавленные, убранные, \
        записанные другими словами и перенесённые на другой уровень. Чтобы узнавать только новое, передавайте \
        `revision` прошлого ответа.",
    params(ChangesQuery),
    responses(
        (status = 200, description = "Часть изменений", body = ChangesBody,
            headers(("Link" = String, description = "Адрес следующей части, если она есть (RFC 8288)"))),
        Reads, Finds,
    ),
)]
pub async fn list_changes(
    reader: Reader,
    parameters: Parameters<ChangesQuery>,
) -> Result<HttpResponse, AppError> {
    let Parameters { values, canonical } = parameters;
    let address = format!("{}{canonical}", reader.path());
    reader
        .json(address.clone(), move |catalogue| {
            let part = Part {
                limit: values.limit.into(),
                cursor: values.cursor.map(|Cursor(cursor)| cursor),
            };
            let dictionary = catalogue.dictionary()?;
            let found = changes::since(catalogue.database(), &dictionary, values.since, &part)?;
            let link = found.next.as_deref().map(|next| link_to_next(&address, next));
            Ok(Json { body: ChangesBody::from(found), link })
        })
        .await
}
