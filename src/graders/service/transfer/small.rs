//! Storing what an import makes of tracks, scales, skills and rules.

use std::iter::once;

use super::applying::{Context, record};
use super::comparison::Work;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::scales::ScaleRow;
use crate::graders::models::skills::SkillRow;
use crate::graders::models::tracks::TrackRow;
use crate::graders::service::revisions::Snapshot as _;
use crate::graders::service::scales::{self, ScaleFields};
use crate::graders::service::skills::{self, SkillFields};
use crate::graders::service::{ServiceError, rules, search, tracks};

pub(super) fn new_tracks(
    connection: &mut DbConnection,
    work: &Work,
    context: Context<'_>,
) -> Result<(), ServiceError> {
    let last = models::revisions::last_object(connection, tracks::Snapshot::KIND)?.unwrap_or(0);
    let rows = models::tracks::all(connection)?;
    let last = rows.iter().map(|row| row.id).fold(last, i32::max);
    for (id, (track, position)) in (last + 1..).zip(&work.new_tracks) {
        let (slug, title) = (track.slug.clone(), track.title.clone());
        let row = TrackRow { id, slug, title, position: *position, version: 1 };
        models::tracks::insert(connection, &row)?;
        record(connection, (id, 1), (None, Some(&tracks::Snapshot::from(&row))), context)?;
    }
    for (before, after) in &work.changed_tracks {
        let after = TrackRow { version: before.version + 1, ..after.clone() };
        models::tracks::update(connection, &after)?;
        let states = (tracks::Snapshot::from(before), tracks::Snapshot::from(&after));
        let key = (after.id, after.version);
        record(connection, key, (Some(&states.0), Some(&states.1)), context)?;
    }
    Ok(())
}

pub(super) fn gone_tracks(
    connection: &mut DbConnection,
    work: &Work,
    context: Context<'_>,
) -> Result<(), ServiceError> {
    for row in &work.gone_tracks {
        models::tracks::delete(connection, row.id)?;
        let before = tracks::Snapshot::from(row);
        record(connection, (row.id, row.version + 1), (Some(&before), None), context)?;
    }
    Ok(())
}

/// Makes and changes scales; returns the professions whose levels are called otherwise from now on.
pub(super) fn new_scales(
    connection: &mut DbConnection,
    work: &Work,
    context: Context<'_>,
) -> Result<Vec<i32>, ServiceError> {
    let mut changing = Vec::new();
    for (row, fields) in &work.changed_scales {
        changing.push((row, fields, scales::Snapshot::take(connection, row)?));
    }
    // Titles are unique, and two scales may change theirs: until then each has one that no scale can have.
    for row in work.changed_scales.iter().map(|(row, _)| row).chain(&work.gone_scales) {
        let title = format!("\u{1f}{}", row.id);
        models::scales::update(connection, &ScaleRow { title, ..row.clone() })?;
    }
    let last = models::revisions::last_object(connection, scales::Snapshot::KIND)?.unwrap_or(0);
    let rows = models::scales::all(connection)?;
    let last = rows.iter().map(|row| row.id).fold(last, i32::max);
    for (id, (slug, fields)) in (last + 1..).zip(&work.new_scales) {
        let ScaleFields { title, .. } = fields.clone();
        let row = ScaleRow { id, slug: slug.clone(), title, version: 1 };
        models::scales::insert(connection, &row)?;
        scales::put_levels(connection, id, fields, Vec::new())?;
        let after = scales::Snapshot::take(connection, &row)?;
        record(connection, (id, 1), (None, Some(&after)), context)?;
    }
    let mut renamed = Vec::new();
    for (row, fields, was) in changing {
        let (title, version) = (fields.title.clone(), row.version + 1);
        let row = ScaleRow { title, version, ..row.clone() };
        let after = scales::put(connection, &row, &was, fields)?;
        record(connection, (row.id, version), (Some(&was), Some(&after)), context)?;
        for (profession, ..) in models::scales::professions_of(connection, row.id)? {
            models::professions::touch(connection, profession, context.now)?;
            renamed.push(profession);
        }
    }
    Ok(renamed)
}

/// Takes away scales that no profession uses any more.
pub(super) fn gone_scales(
    connection: &mut DbConnection,
    work: &Work,
    context: Context<'_>,
) -> Result<(), ServiceError> {
    for row in &work.gone_scales {
        models::scales::update(connection, row)?;
        let before = scales::Snapshot::take(connection, row)?;
        models::scales::delete(connection, row.id)?;
        record(connection, (row.id, row.version + 1), (Some(&before), None), context)?;
    }
    Ok(())
}

/// Takes away, changes and makes skills.
pub(super) fn all_skills(
    connection: &mut DbConnection,
    work: &Work,
    context: Context<'_>,
) -> Result<(), ServiceError> {
    for row in &work.gone_skills {
        let before = skills::Snapshot::take(connection, row)?;
        models::skills::delete(connection, row.id)?;
        search::index_skill(connection, row.id, &[])?;
        record(connection, (row.id, row.version + 1), (Some(&before), None), context)?;
    }
    for (row, fields) in &work.changed_skills {
        let before = skills::Snapshot::take(connection, row)?;
        models::skills::update(connection, (row.id, row.version), &fields.row())?;
        models::skills::delete_aliases(connection, row.id)?;
        put_names(connection, row.id, fields)?;
        let row = SkillRow { version: row.version + 1, ..row.clone() };
        let after = skills::Snapshot::with(fields, before.former_slugs.clone());
        let key = (row.id, row.version);
        record(connection, key, (Some(&before), Some(&after)), context)?;
    }
    for fields in &work.new_skills {
        let id = models::skills::insert(connection, &fields.row())?;
        put_names(connection, id, fields)?;
        let after = skills::Snapshot::with(fields, Vec::new());
        record(connection, (id, 1), (None, Some(&after)), context)?;
    }
    if work.has_skills {
        models::skills::raise_revision(connection)?;
    }
    Ok(())
}

fn put_names(
    connection: &mut DbConnection,
    id: i32,
    fields: &SkillFields,
) -> Result<(), ServiceError> {
    skills::insert_aliases(connection, id, &fields.aliases, &fields.hidden_aliases)?;
    let aliases = fields.alias_lists().into_iter().flat_map(|(_, aliases)| aliases);
    let names = once(&fields.title).chain(aliases).map(String::as_str).collect::<Vec<_>>();
    Ok(search::index_skill(connection, id, &names)?)
}

pub(super) fn new_rules(
    connection: &mut DbConnection,
    work: &Work,
    context: Context<'_>,
) -> Result<(), ServiceError> {
    let Some((before, rules)) = &work.rules else { return Ok(()) };
    let version = before.as_ref().map_or(0, |before| before.version) + 1;
    let row = rules::row(rules, version)?;
    match before {
        Some(_) => models::rules::update(connection, row)?,
        None => models::rules::insert(connection, row)?,
    }
    let before = before.as_ref().map(|before| &before.rules);
    record(connection, (rules::ID, version), (before, Some(rules)), context)
}
