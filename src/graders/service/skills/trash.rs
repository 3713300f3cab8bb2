//! The latest changes of skills, and bringing back what they changed or deleted.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::editing::{Changed, save, store};
use super::fields::{Allowed, SkillFields, faults, fields_of, insert_aliases, slug_owner};
use super::snapshot::{Recorded, Snapshot};
use crate::audit::service::Actor;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::revisions::RevisionRow;
use crate::graders::models::skills::{NewSkill, RestoredSkill};
use crate::graders::service::ServiceError;
use crate::graders::service::revisions::Snapshot as _;

/// How many changes [`recent`] lists.
const RECENT: i64 = 20;

/// How many of the latest deletions are searched for what can come back.
const MOST_DELETIONS: i64 = 1_000;

/// A saved change among those of other skills.
#[derive(Clone, Debug)]
pub struct RecentChange {
    /// Its number.
    pub revision_id: i32,
    /// The skill's name in addresses, if it is there.
    pub slug: Option<String>,
    /// The name on pages that the change gave it or took away.
    pub title: String,
    /// What was done, or why.
    pub note: String,
    /// The login of who made it.
    pub author: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// Whether it can be undone at once: nothing was changed after it.
    pub is_last: bool,
}

/// The latest saved changes of all skills, the newest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn recent(database: &Database) -> Result<Vec<RecentChange>, ServiceError> {
    database.read(|connection| {
        let rows = models::revisions::recent(connection, Snapshot::KIND, false, RECENT)?;
        // Of the two revisions of a merge one is enough.
        let is_shown = |row: &RevisionRow| row.merged_with.is_none() || row.after.is_none();
        changes(connection, rows.into_iter().filter(is_shown).collect())
    })
}

/// The skills that were deleted, alone or into others, and can come back; the latest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn deleted(database: &Database) -> Result<Vec<RecentChange>, ServiceError> {
    database.read(|connection| {
        let rows = models::revisions::recent(connection, Snapshot::KIND, true, MOST_DELETIONS)?;
        let changes = changes(connection, rows)?.into_iter();
        Ok(changes.filter(|change| change.slug.is_none() && change.is_last).collect())
    })
}

/// Undoes a saved change if none came after it: a skill gets the words it had before, one that was
/// deleted or merged comes back, with its names.
///
/// # Errors
///
/// [`ServiceError::NoSuchRevision`] if there is none, or if it made the skill; if the database
/// does not answer.
pub fn undo(database: &Database, revision_id: i32, by: &Actor) -> Result<Changed, ServiceError> {
    database.change_catalogue(|connection| {
        let revision = models::revisions::by_id(connection, Snapshot::KIND, revision_id)?;
        let revision = revision.ok_or(ServiceError::NoSuchRevision)?;
        let present =
            models::skills::skills_by_id(connection, &[revision.object_id])?.into_iter().next();
        match (&revision.before, &revision.after, present) {
            (Some(before), Some(_), Some(row)) if revision.merged_with.is_none() => {
                let was = Snapshot::read(before)?.into();
                save(connection, &row, revision.version, &was, "Правка отменена", by)
            }
            (Some(before), None, None) => bring_back(connection, &revision, before, by),
            (None, ..) => Err(ServiceError::NoSuchRevision),
            _ => Ok(Changed::Conflict),
        }
    })
}

/// Brings back a skill that a revision took away. If it went into another one, that one gives its
/// names and addresses back.
fn bring_back(
    connection: &mut DbConnection,
    deletion: &RevisionRow,
    before: &str,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    let id = deletion.object_id;
    let newest = models::revisions::newest(connection, Snapshot::KIND, id)?;
    if newest.is_none_or(|newest| newest.revision_id != deletion.revision_id) {
        return Ok(Changed::Conflict);
    }
    let was = Snapshot::read(before)?;
    let former_slugs = was.former_slugs.clone();
    let fields = SkillFields::from(was);
    let target = match deletion.merged_with {
        Some(target) => models::skills::skills_by_id(connection, &[target])?.into_iter().next(),
        None => None,
    };
    let given = match &target {
        Some(target) => names_given(connection, target.id, id)?,
        None => Vec::new(),
    };
    let freed = target.as_ref().map(|target| (target.id, given.as_slice()));
    let invalid =
        faults(connection, &fields, Allowed { freed, comes_back: true, ..Allowed::default() })?;
    if !invalid.is_empty() {
        return Ok(Changed::Invalid(invalid));
    }
    if let Some(target) = &target {
        let mut rest = fields_of(connection, target)?;
        let before = rest.clone();
        rest.aliases.retain(|alias| !given.contains(alias));
        rest.hidden_aliases.retain(|alias| !given.contains(alias));
        if rest != before {
            let note = format!("Отменено объединение с «{}»", fields.title);
            store(connection, target, &rest, None, &note, by)?;
        }
    }
    let version = deletion.version + 1;
    let NewSkill { slug, title, category, link } = fields.row();
    models::skills::insert_restored(
        connection,
        &RestoredSkill { id, slug, title, category, link, version },
    )?;
    insert_aliases(connection, id, &fields.aliases, &fields.hidden_aliases)?;
    models::skills::delete_former_slug(connection, slug)?;
    for former in former_slugs {
        // What another skill took meanwhile stays with it.
        let owner = slug_owner(connection, &former)?.map(|owner| owner.id);
        if owner.is_none() || owner == target.as_ref().map(|target| target.id) {
            models::skills::insert_former_slug(connection, &former, id)?;
        }
    }
    let (note, merged_with) = ("Возвращён", None);
    let change = Recorded { skill_id: id, slug, version, by, note, merged_with };
    change.store(connection, None, Some(&fields))?;
    Ok(Changed::Stored { slug: fields.slug.clone() })
}

/// The aliases, hidden ones too, that a skill got when another one went into it.
fn names_given(
    connection: &mut DbConnection,
    target: i32,
    from: i32,
) -> Result<Vec<String>, ServiceError> {
    let mut revisions = models::revisions::of(connection, Snapshot::KIND, target)?.into_iter();
    let merge = revisions.find(|revision| revision.merged_with == Some(from));
    let Some(RevisionRow { before: Some(before), after: Some(after), .. }) = merge else {
        return Ok(Vec::new());
    };
    let names = |text: &str| {
        let Snapshot { aliases, hidden_aliases, .. } = Snapshot::read(text)?;
        Ok::<_, ServiceError>(aliases.into_iter().chain(hidden_aliases).collect::<Vec<_>>())
    };
    let known = names(&before)?;
    let given = names(&after)?.into_iter();
    Ok(given.filter(|alias| !known.contains(alias)).collect())
}

/// Tells of each revision which skill it is of, and whether another one came after it.
fn changes(
    connection: &mut DbConnection,
    rows: Vec<RevisionRow>,
) -> Result<Vec<RecentChange>, ServiceError> {
    let ids = rows.iter().map(|row| row.object_id).collect::<Vec<_>>();
    let present = models::skills::skills_by_id(connection, &ids)?;
    let present = present.into_iter().map(|row| (row.id, row)).collect::<HashMap<_, _>>();
    let mut newest = HashMap::<i32, i32>::new();
    for row in &rows {
        let version = newest.entry(row.object_id).or_insert(row.version);
        *version = row.version.max(*version);
    }
    let change = |row: RevisionRow| {
        let words = row.after.as_deref().or(row.before.as_deref());
        let title = words.map(Snapshot::read).transpose()?.map(|words| words.title);
        let skill = present.get(&row.object_id);
        // A skill that came back has a newer version than the revision that took it away.
        let last = skill.map_or(newest[&row.object_id], |skill| skill.version);
        Ok(RecentChange {
            revision_id: row.revision_id,
            slug: skill.map(|skill| skill.slug.clone()),
            title: title.unwrap_or_default(),
            is_last: row.version == last && row.before.is_some(),
            note: row.note,
            author: row.author,
            at: row.created_at,
        })
    };
    rows.into_iter().map(change).collect()
}
