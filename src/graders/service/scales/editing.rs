//! Changing scales.

use super::fields::{InvalidField, ScaleFields, faults};
use super::snapshot::Snapshot;
use super::{EditableScale, editable_row, fields_of, find};
use crate::audit::service::Actor;
use crate::db::{self, Database, DbConnection};
use crate::graders::models;
use crate::graders::models::scales::{FormerSlugRow, ScaleRow};
use crate::graders::service::ServiceError;
use crate::graders::service::revisions::{self, Snapshot as _};
use crate::graders::service::search;
use crate::graders::service::texts::proposed_slug;

/// A change of a scale.
#[derive(Clone, Debug)]
pub enum Change {
    /// Other names, and why.
    Fields(ScaleFields, String),
    /// The names of an earlier version.
    Restore(i32),
    /// The end of a scale that no profession uses.
    Delete,
}

/// What became of a change.
#[derive(Debug)]
pub enum Changed {
    /// It is stored.
    Stored {
        /// The scale's name in addresses.
        slug: String,
    },
    /// It would change nothing, as a form sent twice; nothing is stored.
    Unchanged,
    /// Somebody else changed the scale in between; nothing is stored.
    Conflict(EditableScale),
    /// It can't be stored.
    Invalid(Vec<InvalidField>),
    /// Professions use the scale: these, by their names on pages.
    Used(Vec<String>),
}

/// Makes a scale; its address is made of its title.
///
/// # Errors
///
/// If the database does not answer.
pub fn create(
    database: &Database,
    fields: &ScaleFields,
    note: &str,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    database.change_catalogue(|connection| {
        let fields = fields.clone().completed();
        let invalid = faults(connection, &fields, None)?;
        if !invalid.is_empty() {
            return Ok(Changed::Invalid(invalid));
        }
        let note = Some(note).filter(|note| !note.is_empty()).unwrap_or("Создана");
        let slug = proposed_slug(&fields.title);
        // The number of a deleted scale is never given to another.
        let last = models::revisions::last_object(connection, Snapshot::KIND)?.unwrap_or(0);
        let rows = models::scales::all(connection)?;
        let id = rows.iter().map(|row| row.id).fold(last, i32::max) + 1;
        let row = ScaleRow { id, slug, title: fields.title.clone(), version: 1 };
        models::scales::insert(connection, &row)?;
        put_levels(connection, id, &fields, Vec::new())?;
        let after = Snapshot::take(connection, &row)?;
        record(connection, &row, (None, Some(&after)), note, by)?;
        Ok(Changed::Stored { slug: row.slug })
    })
}

/// Changes a scale, unless somebody else has since it was read.
///
/// # Errors
///
/// [`ServiceError::NoSuchScale`]; [`ServiceError::NoSuchRevision`]; if the database does not answer.
pub fn change(
    database: &Database,
    slug: &str,
    read: i32,
    change: &Change,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    database.change_catalogue(|connection| {
        let row = find(connection, slug)?;
        match change {
            Change::Fields(fields, note) => {
                let note = Some(note.as_str()).filter(|note| !note.is_empty());
                save(connection, row, read, fields, note.unwrap_or("Изменена"), by)
            }
            Change::Restore(version) => {
                let was = revisions::snapshot_at::<Snapshot>(connection, row.id, *version)?;
                let was = was.ok_or(ServiceError::NoSuchRevision)?;
                let note = format!("Возвращена версия {version}");
                save(connection, row, read, &was.fields(), &note, by)
            }
            Change::Delete => remove(connection, row, read, by),
        }
    })
}

/// Brings back a scale that was deleted; [`Changed::Invalid`] if another one has its title or its
/// address now.
///
/// # Errors
///
/// [`ServiceError::NoSuchScale`] if none was deleted under this number; if the database does not
/// answer.
pub fn bring_back(database: &Database, id: i32, by: &Actor) -> Result<Changed, ServiceError> {
    database.change_catalogue(|connection| {
        let deleted = revisions::deleted::<Snapshot>(connection, id)?;
        let (was, version) = deleted.ok_or(ServiceError::NoSuchScale)?;
        let rows = models::scales::all(connection)?;
        if rows.iter().any(|row| row.slug == was.slug || row.title == was.title) {
            return Ok(Changed::Invalid(vec![InvalidField::TitleTaken]));
        }
        let row = ScaleRow { id, slug: was.slug.clone(), title: was.title.clone(), version };
        models::scales::insert(connection, &row)?;
        put_levels(connection, id, &was.fields(), was.former_rows(id))?;
        record(connection, &row, (None, Some(&was)), "Возвращена", by)?;
        Ok(Changed::Stored { slug: row.slug })
    })
}

/// Stores other names in a scale that has the version `read`.
fn save(
    connection: &mut DbConnection,
    row: ScaleRow,
    read: i32,
    fields: &ScaleFields,
    note: &str,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    let fields = fields.clone().completed();
    let before = fields_of(connection, &row)?;
    if before == fields {
        return Ok(Changed::Unchanged);
    }
    let invalid = faults(connection, &fields, Some(row.id))?;
    if !invalid.is_empty() {
        return Ok(Changed::Invalid(invalid));
    }
    if row.version != read {
        return editable_row(connection, row).map(Changed::Conflict);
    }
    let was = Snapshot::take(connection, &row)?;
    let id = row.id;
    let renamed = ScaleRow { title: fields.title.clone(), version: row.version + 1, ..row };
    let after = put(connection, &renamed, &was, &fields)?;
    record(connection, &renamed, (Some(&was), Some(&after)), note, by)?;
    for (profession, ..) in models::scales::professions_of(connection, id)? {
        models::professions::touch(connection, profession, db::now())?;
        search::index_profession(connection, profession)?;
    }
    Ok(Changed::Stored { slug: renamed.slug })
}

fn remove(
    connection: &mut DbConnection,
    row: ScaleRow,
    read: i32,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    let used = models::scales::professions_of(connection, row.id)?;
    if !used.is_empty() {
        return Ok(Changed::Used(used.into_iter().map(|(_, _, title)| title).collect()));
    }
    if row.version != read {
        return editable_row(connection, row).map(Changed::Conflict);
    }
    let before = Snapshot::take(connection, &row)?;
    models::scales::delete(connection, row.id)?;
    let gone = ScaleRow { version: row.version + 1, ..row };
    record(connection, &gone, (Some(&before), None), "Удалена", by)?;
    Ok(Changed::Stored { slug: gone.slug })
}

/// Stores a scale under its new names, which have no faults, and keeps the addresses that lead to its levels.
pub fn put(
    connection: &mut DbConnection,
    renamed: &ScaleRow,
    was: &Snapshot,
    fields: &ScaleFields,
) -> Result<Snapshot, ServiceError> {
    let id = renamed.id;
    let mut former = was.former_rows(id);
    former.extend(was.fields().levels.into_iter().map(|level| FormerSlugRow {
        scale_id: id,
        slug: level.slug,
        level_name: level.level,
    }));
    // A present address beats a former one, and what leads nowhere any more is forgotten.
    former.retain(|former| {
        fields.level(former.level_name).is_some()
            && !fields.levels.iter().any(|level| level.slug == former.slug)
    });
    models::scales::update(connection, renamed)?;
    put_levels(connection, id, fields, former)?;
    Snapshot::take(connection, renamed)
}

pub fn put_levels(
    connection: &mut DbConnection,
    id: i32,
    fields: &ScaleFields,
    former: Vec<FormerSlugRow>,
) -> Result<(), ServiceError> {
    let levels = fields.levels.iter().map(|level| level.row(id)).collect();
    Ok(models::scales::replace_levels(connection, id, levels, former)?)
}

/// Records a change that made a row.
fn record(
    connection: &mut DbConnection,
    row: &ScaleRow,
    (before, after): (Option<&Snapshot>, Option<&Snapshot>),
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    let change = revisions::Change {
        id: row.id,
        version: row.version,
        object: &row.slug,
        by,
        note,
        before,
        after,
        merged_with: None,
        profession_id: None,
        is_of_draft: None,
    };
    revisions::record(connection, &change)
}
