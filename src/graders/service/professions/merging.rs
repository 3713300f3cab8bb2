//! Two changes of what a profession says of itself, brought together field by field.

use super::fields::{ProfessionFields, fields_of};
use super::inclusion::Inclusion;
use super::snapshot::Snapshot;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::{ServiceError, revisions};

/// What a profession says of itself once `wanted`, which grew from version `read`, is brought together with
/// what was changed since; `None` if both changed one field, each to something else.
pub fn merged(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    read: i32,
    wanted: &ProfessionFields,
) -> Result<Option<ProfessionFields>, ServiceError> {
    let base = match revisions::snapshot_at::<Snapshot>(connection, row.id, read) {
        // A version that never was, from a form tampered with.
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
    let base = ProfessionFields { title, slug, summary, track, includes, scale };
    let now = fields_of(connection, row)?;
    let (Some(title), Some(slug), Some(summary), Some(track), Some(includes), Some(scale)) = (
        one(&base.title, &now.title, &wanted.title),
        one(&base.slug, &now.slug, &wanted.slug),
        one(&base.summary, &now.summary, &wanted.summary),
        one(&base.track, &now.track, &wanted.track),
        one(&base.includes, &now.includes, &wanted.includes),
        one(&base.scale, &now.scale, &wanted.scale),
    ) else {
        return Ok(None);
    };
    Ok(Some(ProfessionFields { title, slug, summary, track, includes, scale }))
}

/// A field that at most one of two changed, or both to the same.
fn one<T: PartialEq + Clone>(base: &T, now: &T, wanted: &T) -> Option<T> {
    if wanted == base || wanted == now {
        Some(now.clone())
    } else if now == base {
        Some(wanted.clone())
    } else {
        None
    }
}
