//! Two changes of what a profession says of itself, brought together field by field.

use super::fields::{ProfessionFields, fields_of};
use super::inclusion::Inclusion;
use super::snapshot::Snapshot;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::{ServiceError, revisions};

/// A field of a profession that two changes may disagree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The name on pages.
    Title,
    /// One phrase on what the profession works with.
    Summary,
    /// The track.
    Track,
    /// The name in addresses.
    Slug,
    /// The scale of its levels.
    Scale,
    /// The ladder it includes, and up to which level.
    Includes,
}

/// Two changes brought together.
#[derive(Clone, Debug)]
pub struct Merge {
    /// What the profession says of itself then; where the changes disagree, what the later one wants.
    pub fields: ProfessionFields,
    /// Where both changed one field, each to something else.
    pub conflicts: Vec<Field>,
}

impl Field {
    /// All, in the order of the form.
    pub const ALL: [Self; 6] =
        [Self::Title, Self::Track, Self::Summary, Self::Slug, Self::Scale, Self::Includes];

    /// Makes the field of one profession that of another.
    pub fn copy(self, from: &ProfessionFields, to: &mut ProfessionFields) {
        match self {
            Self::Title => to.title.clone_from(&from.title),
            Self::Summary => to.summary.clone_from(&from.summary),
            Self::Track => to.track.clone_from(&from.track),
            Self::Slug => to.slug.clone_from(&from.slug),
            Self::Scale => to.scale.clone_from(&from.scale),
            Self::Includes => to.includes.clone_from(&from.includes),
        }
    }

    fn is_same(self, one: &ProfessionFields, other: &ProfessionFields) -> bool {
        match self {
            Self::Title => one.title == other.title,
            Self::Summary => one.summary == other.summary,
            Self::Track => one.track == other.track,
            Self::Slug => one.slug == other.slug,
            Self::Scale => one.scale == other.scale,
            Self::Includes => one.includes == other.includes,
        }
    }
}

/// Brings `wanted`, which grew from version `read`, together with what was changed since.
pub fn merge(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    read: i32,
    wanted: &ProfessionFields,
) -> Result<Merge, ServiceError> {
    let base = base(connection, row, read)?;
    let mut fields = fields_of(connection, row)?;
    let now = fields.clone();
    let mut conflicts = Vec::new();
    for field in Field::ALL {
        let is_untouched = base.as_ref().is_some_and(|base| field.is_same(wanted, base));
        if is_untouched || field.is_same(wanted, &now) {
            continue;
        }
        field.copy(wanted, &mut fields);
        if !base.as_ref().is_some_and(|base| field.is_same(&now, base)) {
            conflicts.push(field);
        }
    }
    Ok(Merge { fields, conflicts })
}

/// What the profession said of itself in a version; `None` for one that never was, from a form tampered with.
fn base(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    read: i32,
) -> Result<Option<ProfessionFields>, ServiceError> {
    let base = match revisions::snapshot_at::<Snapshot>(connection, row.id, read) {
        Err(ServiceError::NoSuchRevision) => None,
        base => base?,
    };
    let Some(base) = base else { return Ok(None) };
    let includes = match base.includes {
        Some(included) => {
            let found = models::professions::whole_by_id(connection, included.id)?;
            found.map(|found| Inclusion { slug: found.slug, up_to: included.up_to })
        }
        None => None,
    };
    let Snapshot { slug, title, summary, track, scale, .. } = base;
    Ok(Some(ProfessionFields { title, slug, summary, track, includes, scale }))
}
