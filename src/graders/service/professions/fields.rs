//! What a profession says of itself, and what can be wrong with it.

use super::inclusion::{self, Inclusion, InvalidInclusion};
use super::{addresses, scale};
use crate::clean::{is_line, is_name};
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::ServiceError;
use crate::graders::service::texts::{LONGEST_SUMMARY, LONGEST_TITLE, is_slug};
use crate::ladder::{Level, LevelName};

/// What a profession says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfessionFields {
    /// The name on pages.
    pub title: String,
    /// The name in addresses.
    pub slug: String,
    /// One phrase on what the profession works with.
    pub summary: String,
    /// The name of its track in addresses.
    pub track: String,
    /// The ladder it includes, if any.
    pub includes: Option<Inclusion>,
    /// The name of its scale in addresses; `None` for the default one.
    pub scale: Option<String>,
}

/// Why a change of a profession can't be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidField {
    /// Nothing to see, or longer than [`LONGEST_TITLE`].
    Title,
    /// A title of more than one line.
    TitleLines,
    /// Not 1 to 100 small Latin letters, digits and hyphens.
    Slug,
    /// The profession with this title has this address, or had it before.
    SlugTaken(String),
    /// Longer than [`LONGEST_SUMMARY`], or of more than one line.
    Summary,
    /// No track has this name.
    Track,
    /// No other profession has this address, or it has no ladder.
    Source,
    /// The ladder has another grade of this level.
    LevelTaken(LevelName),
    /// No scale has this name.
    Scale,
    /// The scale leaves out these levels, which the ladder has.
    ScaleLacks(Vec<Level>),
    /// The scale leaves out these levels, which the ladder to be copied has.
    SourceBeyondScale(Vec<Level>),
    /// The profession's scale leaves out this level.
    LevelNotInScale(Level),
    /// The ladder that is wanted can't be included.
    Inclusion(InvalidInclusion),
    /// The profession can't become a draft again: the published ladders with these titles include it.
    IncludedBy(Vec<String>),
}

/// What a profession says of itself now.
pub fn fields_of(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
) -> Result<ProfessionFields, ServiceError> {
    Ok(ProfessionFields {
        title: row.title.clone(),
        slug: row.slug.clone(),
        summary: row.summary.clone(),
        track: row.track.clone(),
        includes: inclusion::of(connection, row)?,
        scale: scale::slug_of(connection, row.scale_id)?,
    })
}

/// The profession at an address.
pub fn find(connection: &mut DbConnection, slug: &str) -> Result<WholeProfessionRow, ServiceError> {
    if !is_slug(slug) {
        return Err(ServiceError::NoSuchProfession);
    }
    models::professions::whole_at(connection, slug)?.ok_or(ServiceError::NoSuchProfession)
}

/// The same; [`ServiceError::Moved`] if it had this address before.
pub fn find_or_follow(
    connection: &mut DbConnection,
    slug: &str,
) -> Result<WholeProfessionRow, ServiceError> {
    match find(connection, slug) {
        Err(ServiceError::NoSuchProfession) if is_slug(slug) => {
            Err(match models::professions::current_slug(connection, slug)? {
                Some(current) => ServiceError::Moved(current),
                None => ServiceError::NoSuchProfession,
            })
        }
        found => found,
    }
}

/// What is wrong with the fields of a profession, all at once; `is_draft` tells whether it is one.
pub fn check(
    connection: &mut DbConnection,
    fields: &ProfessionFields,
    (id, is_draft): (Option<i32>, bool),
) -> Result<Vec<InvalidField>, ServiceError> {
    let mut invalid = Vec::new();
    if fields.title.contains('\n') {
        invalid.push(InvalidField::TitleLines);
    } else if !is_name(&fields.title, LONGEST_TITLE) {
        invalid.push(InvalidField::Title);
    }
    if !is_slug(&fields.slug) {
        invalid.push(InvalidField::Slug);
    } else if let Some(owner) = slug_taken_by(connection, &fields.slug, id)? {
        invalid.push(InvalidField::SlugTaken(owner.title));
    }
    if !is_line(&fields.summary, LONGEST_SUMMARY) {
        invalid.push(InvalidField::Summary);
    }
    if !models::tracks::all(connection)?.iter().any(|track| track.slug == fields.track) {
        invalid.push(InvalidField::Track);
    }
    let wanted =
        inclusion::check(connection, fields.includes.as_ref(), (id, &fields.slug, is_draft))?;
    invalid.extend(wanted.map(InvalidField::Inclusion));
    match scale::id_of(connection, fields.scale.as_deref()) {
        Ok(scale) => {
            let grades = id.map(|id| models::grades::by_age(connection, id)).transpose()?;
            let levels = grades.into_iter().flatten().map(|grade| grade.level_name);
            let lacking = scale::lacking(connection, scale, levels)?;
            if !lacking.is_empty() {
                invalid.push(InvalidField::ScaleLacks(lacking));
            }
        }
        Err(ServiceError::NoSuchScale) => invalid.push(InvalidField::Scale),
        Err(error) => return Err(error),
    }
    Ok(invalid)
}

/// The other profession than `id` that has an address, or had it before.
pub fn slug_taken_by(
    connection: &mut DbConnection,
    slug: &str,
    id: Option<i32>,
) -> Result<Option<WholeProfessionRow>, ServiceError> {
    let owner = addresses::owner(connection, slug)?;
    Ok(owner.filter(|owner| Some(owner.id) != id))
}
