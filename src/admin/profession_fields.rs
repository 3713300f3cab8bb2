//! The fields of a profession, as the pages of a new one and of one that is there show them.

use super::profession_errors::describe;
use crate::clean::folded;
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::graders::service::professions::{Includable, Inclusion, InvalidField, ProfessionFields};
use crate::graders::service::scales::ListedScale;
use crate::graders::service::tracks::EditableTrack;
use crate::ladder::Level;
use crate::web::field_errors::message;

/// What stands in the fields, what there is to choose from, and what is wrong.
pub(super) struct ProfessionForm {
    pub typed: ProfessionFields,
    pub tracks: Vec<EditableTrack>,
    /// The professions whose ladders it can include.
    pub includable: Vec<Includable>,
    pub scales: Vec<ListedScale>,
    pub errors: Vec<FieldError>,
    /// Whether the profession is only to be made.
    pub is_new: bool,
}

/// What was typed about a profession; a field that was not sent stays as it is stored.
///
/// # Errors
///
/// [`AppError::BadRequest`] if the form names a level that there is not.
pub(super) fn read(
    fields: &Fields,
    stored: ProfessionFields,
) -> Result<ProfessionFields, AppError> {
    let field = |name, stored| fields.sent(name).map_or(stored, folded);
    let includes = match fields.sent("includes") {
        Some(slug) => included(slug.trim(), fields.get("up-to"))?,
        None => stored.includes,
    };
    Ok(ProfessionFields {
        title: field("title", stored.title),
        slug: field("slug", stored.slug),
        summary: field("summary", stored.summary),
        track: field("track", stored.track),
        includes,
        // Without a scale to choose from, the form has no such field.
        scale: fields.sent("scale").map_or(stored.scale, |typed| {
            Some(typed.trim()).filter(|typed| !typed.is_empty()).map(str::to_owned)
        }),
    })
}

/// The ladder that is to be included; `None` for none, if no level is named either.
fn included(slug: &str, level: &str) -> Result<Option<Inclusion>, AppError> {
    let up_to = match level {
        "" => None,
        level => {
            let level = Level::from_slug(level);
            Some(level.ok_or(AppError::BadRequest("Такого уровня нет."))?)
        }
    };
    let inclusion = Inclusion { slug: slug.to_owned(), up_to };
    Ok(Some(inclusion).filter(|inclusion| !slug.is_empty() || inclusion.up_to.is_some()))
}

impl ProfessionForm {
    pub fn refuse(&mut self, invalid: Vec<InvalidField>) {
        self.errors.extend(invalid.into_iter().map(describe));
    }

    pub fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }

    /// The professions whose ladders it can include, by the names of their tracks.
    pub fn by_track(&self) -> Vec<(&str, Vec<&Includable>)> {
        let mut by_track = Vec::<(&str, Vec<&Includable>)>::new();
        for other in &self.includable {
            match by_track.last_mut() {
                Some((track, professions)) if *track == other.track => professions.push(other),
                _ => by_track.push((&other.track, vec![other])),
            }
        }
        by_track
    }

    /// Whether the ladder at an address is chosen to be included.
    pub fn includes(&self, slug: &str) -> bool {
        self.typed.includes.as_ref().is_some_and(|included| included.slug == slug)
    }

    /// The last level that is chosen to be included.
    pub fn up_to(&self) -> Option<Level> {
        self.typed.includes.as_ref().and_then(|included| included.up_to)
    }

    /// Whether something is chosen, or wrong, of what most professions leave as it is.
    pub fn has_more(&self) -> bool {
        let chosen = self.typed.includes.is_some() || self.typed.scale.is_some();
        chosen
            || ["slug", "scale", "includes", "up-to"].iter().any(|name| self.error(name).is_some())
    }
}
