//! `/export/{format}`: the catalogue, a track or a profession as a file.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use serde::Deserialize;

use super::shared::Visitor;
use crate::error::{AppError, Missing};
use crate::graders::service::transfer::{self, Format, Scope};
use crate::paths;
use crate::web::File;

/// The parameters of `/export/{format}`.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    track: Option<String>,
    profession: Option<String>,
}

/// Answers with a file.
///
/// # Errors
///
/// [`AppError::NotFound`] if there is no such format, track or profession.
pub async fn download(
    visitor: Visitor,
    format: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let Some(format) = Format::named(&format) else {
        return Err(AppError::NotFound(Missing::new("Такого формата файлов здесь нет.")));
    };
    let Parameters { track, profession } = parameters.into_inner();
    let (track, profession) = (filled(track), filled(profession));
    let address = paths::export(format.name(), track.as_deref(), profession.as_deref());
    let scope = match (profession, track) {
        (Some(slug), _) => Scope::Profession(slug),
        (None, Some(slug)) => Scope::Track(slug),
        (None, None) => Scope::Everything,
    };
    visitor
        .file(address, move |visit| {
            let catalogue = transfer::export(&visit.database, &scope)?;
            let bytes = transfer::write(format, &catalogue);
            let bytes = bytes.map_err(|error| AppError::Internal(error.into()))?;
            Ok(File::attachment(format.media_type(), &name(format, &scope), bytes))
        })
        .await
}

/// Forms send what is not chosen as well.
fn filled(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.is_empty())
}

/// The name under which browsers save the file: of letters that need no encoding.
fn name(format: Format, scope: &Scope) -> String {
    let what = match scope {
        Scope::Everything => "grades",
        Scope::Track(slug) | Scope::Profession(slug) => slug,
    };
    let table = if format == Format::MatrixCsv { "-matrix" } else { "" };
    format!("{what}{table}.{}", format.ending())
}
