//! Changing the skill dictionary. Every change is a revision that holds the whole skill before and
//! after, so that each can be undone.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::fields::{
    Allowed, InvalidField, MOST_ALIASES, SkillFields, faults, fields_of, insert_aliases, same,
    slug_owner,
};
use super::snapshot::{Recorded, Snapshot};
use crate::audit::service::Actor;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::revisions::RevisionRow;
use crate::graders::models::skills::{NewSkill, RestoredSkill, SkillRow};
use crate::graders::service::ServiceError;
use crate::graders::service::revisions::{self, History, Snapshot as _};
use crate::graders::service::texts::is_slug;

/// How many changes [`recent`] lists.
const RECENT: i64 = 20;

/// How many of the latest deletions are searched for what can come back.
const MOST_DELETIONS: i64 = 1_000;

/// A skill as an editor sees it.
#[derive(Clone, Debug)]
pub struct EditableSkill {
    /// What it says of itself.
    pub fields: SkillFields,
    /// Raised by each change.
    pub version: i32,
    /// The login of who changed it last; empty if nobody did.
    pub author: String,
}

/// A change of a skill.
#[derive(Clone, Debug)]
pub enum Change {
    /// New words about it, and why.
    Fields(SkillFields, String),
    /// The words of an earlier version.
    Restore(i32),
    /// All its names to another skill, and its end.
    Merge {
        /// The other skill's name in addresses.
        into: String,
        /// The version of the other skill that was read.
        version: i32,
    },
    /// Its end.
    Delete,
}

/// What became of a change.
#[derive(Debug)]
pub enum Changed {
    /// It is stored; the skill, or the one it went into, has this address now.
    Stored {
        /// The name in addresses.
        slug: String,
    },
    /// The same words were stored already, as after a form sent twice.
    Unchanged,
    /// Somebody else changed the skill in between; nothing is stored.
    Conflict,
    /// These words can't be stored.
    Invalid(Vec<InvalidField>),
}

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

/// The skill at an address, for changing.
///
/// # Errors
///
/// [`ServiceError::NoSuchSkill`]; [`ServiceError::Moved`] if it had this address before or went
/// into another skill; if the database does not answer.
pub fn editable(database: &Database, slug: &str) -> Result<EditableSkill, ServiceError> {
    database.read(|connection| {
        let row = find_or_follow(connection, slug)?;
        editable_row(connection, &row)
    })
}

/// Every category there is, in the order of the alphabet.
///
/// # Errors
///
/// If the database does not answer.
pub fn categories(database: &Database) -> Result<Vec<String>, ServiceError> {
    let mut categories = database
        .read(|connection| Ok::<_, ServiceError>(models::skills::categories(connection)?))?;
    categories.sort();
    Ok(categories)
}

/// The saved changes of a skill.
///
/// # Errors
///
/// As [`editable`].
pub fn history(database: &Database, slug: &str) -> Result<History, ServiceError> {
    database.read(|connection| {
        let row = find_or_follow(connection, slug)?;
        let current = Snapshot::take(connection, &row)?;
        let key = (row.id, row.version);
        revisions::history(connection, key, row.title, Some(&current), Snapshot::read)
    })
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

/// The skills that were taken away, alone or into others, and can come back; the latest first.
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

/// What is wrong with the words about a new skill, or about the one at an address.
///
/// # Errors
///
/// As [`editable`].
pub fn check(
    database: &Database,
    slug: Option<&str>,
    fields: &SkillFields,
) -> Result<Vec<InvalidField>, ServiceError> {
    database.read(|connection| {
        let present = slug.map(|slug| find_or_follow(connection, slug)).transpose()?;
        faults(connection, fields, Allowed { id: present.map(|row| row.id), ..Allowed::default() })
    })
}

/// Makes a skill.
///
/// # Errors
///
/// If the database does not answer.
pub fn create(
    database: &Database,
    fields: &SkillFields,
    note: &str,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    database.write(|connection| {
        models::catalogue::lock(connection)?;
        let invalid = faults(connection, fields, Allowed::default())?;
        if !invalid.is_empty() {
            return Ok(Changed::Invalid(invalid));
        }
        let skill_id = models::skills::insert(connection, &fields.row())?;
        insert_aliases(connection, skill_id, fields)?;
        let note = Some(note).filter(|note| !note.is_empty()).unwrap_or("Создан");
        let merged_with = None;
        let change = Recorded { skill_id, slug: &fields.slug, version: 1, by, note, merged_with };
        change.store(connection, None, Some(fields))?;
        Ok(Changed::Stored { slug: fields.slug.clone() })
    })
}

/// Changes a skill, unless somebody else has since it was read.
///
/// # Errors
///
/// As [`editable`]; [`ServiceError::NoSuchSkill`] also if there is none to merge it with;
/// [`ServiceError::NoSuchRevision`].
pub fn change(
    database: &Database,
    slug: &str,
    read: i32,
    change: &Change,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    database.write(|connection| {
        models::catalogue::lock(connection)?;
        let row = find_or_follow(connection, slug)?;
        match change {
            Change::Fields(fields, note) => {
                let note = Some(note.as_str()).filter(|note| !note.is_empty());
                save(connection, &row, read, fields, note.unwrap_or("Изменён"), by)
            }
            Change::Restore(version) => {
                let was = revisions::snapshot_at::<Snapshot>(connection, row.id, *version)?;
                let was = was.ok_or(ServiceError::NoSuchRevision)?;
                let note = format!("Возвращена версия {version}");
                save(connection, &row, read, &was.into(), &note, by)
            }
            Change::Merge { into, version } => {
                let target = find(connection, into)?;
                if row.version != read || target.version != *version || target.id == row.id {
                    return Ok(Changed::Conflict);
                }
                merge(connection, &row, &target, by)
            }
            Change::Delete if row.version != read => Ok(Changed::Conflict),
            Change::Delete => {
                remove(connection, &row, None, "Удалён", by)?;
                Ok(Changed::Stored { slug: row.slug })
            }
        }
    })
}

/// Undoes a saved change if none came after it: a skill gets the words it had before, one that was
/// taken away or merged comes back, with its names.
///
/// # Errors
///
/// [`ServiceError::NoSuchRevision`] if there is none, or if it made the skill; if the database
/// does not answer.
pub fn undo(database: &Database, revision_id: i32, by: &Actor) -> Result<Changed, ServiceError> {
    database.write(|connection| {
        models::catalogue::lock(connection)?;
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

/// Stores other words about a skill that has the version `read`.
fn save(
    connection: &mut DbConnection,
    row: &SkillRow,
    read: i32,
    fields: &SkillFields,
    note: &str,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    let before = fields_of(connection, row)?;
    if same(&before, fields) {
        return Ok(Changed::Unchanged);
    }
    let invalid = faults(connection, fields, Allowed { id: Some(row.id), ..Allowed::default() })?;
    if !invalid.is_empty() {
        return Ok(Changed::Invalid(invalid));
    }
    if row.version != read {
        return Ok(Changed::Conflict);
    }
    store(connection, row, fields, None, note, by)?;
    Ok(Changed::Stored { slug: fields.slug.clone() })
}

/// Stores other words about a skill as it is now.
fn store(
    connection: &mut DbConnection,
    row: &SkillRow,
    fields: &SkillFields,
    merged_with: Option<i32>,
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    let before = Snapshot::take(connection, row)?;
    if fields.slug != row.slug {
        models::skills::delete_former_slug(connection, &fields.slug)?;
        models::skills::insert_former_slug(connection, &row.slug, row.id)?;
    }
    models::skills::update(connection, (row.id, row.version), &fields.row())?;
    models::skills::delete_aliases(connection, row.id)?;
    insert_aliases(connection, row.id, fields)?;
    let (skill_id, version) = (row.id, row.version + 1);
    let change = Recorded { skill_id, slug: &fields.slug, version, by, note, merged_with };
    change.store(connection, Some(&before), Some(fields))
}

fn merge(
    connection: &mut DbConnection,
    row: &SkillRow,
    target: &SkillRow,
    by: &Actor,
) -> Result<Changed, ServiceError> {
    let whole = fields_of(connection, target)?.with_names_of(&fields_of(connection, row)?);
    if whole.aliases.len() > MOST_ALIASES {
        return Ok(Changed::Invalid(vec![InvalidField::TooManyAliases]));
    }
    let slugs = models::skills::former_slugs_of(connection, row.id)?;
    remove(connection, row, Some(target.id), &format!("Объединён с «{}»", target.title), by)?;
    for slug in slugs.iter().chain([&row.slug]) {
        models::skills::insert_former_slug(connection, slug, target.id)?;
    }
    let note = format!("Взял имена навыка «{}»", row.title);
    store(connection, target, &whole, Some(row.id), &note, by)?;
    Ok(Changed::Stored { slug: target.slug.clone() })
}

fn remove(
    connection: &mut DbConnection,
    row: &SkillRow,
    merged_with: Option<i32>,
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    let before = Snapshot::take(connection, row)?;
    models::skills::delete(connection, row.id)?;
    let (skill_id, version) = (row.id, row.version + 1);
    let change = Recorded { skill_id, slug: &row.slug, version, by, note, merged_with };
    change.store(connection, Some(&before), None)
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
        let count = rest.aliases.len();
        rest.aliases.retain(|alias| !given.contains(alias));
        if rest.aliases.len() < count {
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
    insert_aliases(connection, id, &fields)?;
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

/// The aliases a skill got when another one went into it.
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
    let known = Snapshot::read(&before)?.aliases;
    let given = Snapshot::read(&after)?.aliases.into_iter();
    Ok(given.filter(|alias| !known.contains(alias)).collect())
}

fn find(connection: &mut DbConnection, slug: &str) -> Result<SkillRow, ServiceError> {
    let row = if is_slug(slug) { models::skills::skill_at(connection, slug)? } else { None };
    row.ok_or(ServiceError::NoSuchSkill)
}

fn find_or_follow(connection: &mut DbConnection, slug: &str) -> Result<SkillRow, ServiceError> {
    match find(connection, slug) {
        Err(ServiceError::NoSuchSkill) if is_slug(slug) => {
            Err(match models::skills::current_slug(connection, slug)? {
                Some(present) => ServiceError::Moved(present),
                None => ServiceError::NoSuchSkill,
            })
        }
        found => found,
    }
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

fn editable_row(
    connection: &mut DbConnection,
    row: &SkillRow,
) -> Result<EditableSkill, ServiceError> {
    let author = revisions::last_author::<Snapshot>(connection, row.id)?;
    Ok(EditableSkill { fields: fields_of(connection, row)?, version: row.version, author })
}
