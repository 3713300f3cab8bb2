//! Changing the skill dictionary. Every change is a revision that holds the whole skill before and
//! after, so that each can be undone.

use super::fields::{Allowed, InvalidField, SkillFields, faults, fields_of, insert_aliases, same};
use super::snapshot::{Recorded, Snapshot};
use crate::audit::service::Actor;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::skills::SkillRow;
use crate::graders::service::ServiceError;
use crate::graders::service::revisions::{self, History, Snapshot as _};
use crate::graders::service::texts::is_slug;

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
    let mut categories = database.read_committed(|connection| {
        Ok::<_, ServiceError>(models::skills::categories(connection)?)
    })?;
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
    database.change_catalogue(|connection| {
        let invalid = faults(connection, fields, Allowed::default())?;
        if !invalid.is_empty() {
            return Ok(Changed::Invalid(invalid));
        }
        let note = Some(note).filter(|note| !note.is_empty()).unwrap_or("Создан");
        store_new(connection, fields, note, by)?;
        Ok(Changed::Stored { slug: fields.slug.clone() })
    })
}

/// Stores a skill whose words have no faults.
pub fn store_new(
    connection: &mut DbConnection,
    fields: &SkillFields,
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    let skill_id = models::skills::insert(connection, &fields.row())?;
    insert_aliases(connection, skill_id, &fields.aliases, &fields.hidden_aliases)?;
    let merged_with = None;
    let change = Recorded { skill_id, slug: &fields.slug, version: 1, by, note, merged_with };
    change.store(connection, None, Some(fields))
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
    database.change_catalogue(|connection| {
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

/// Stores other words about a skill that has the version `read`.
pub fn save(
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
pub fn store(
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
    insert_aliases(connection, row.id, &fields.aliases, &fields.hidden_aliases)?;
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
    let too_long = whole.too_long().collect::<Vec<_>>();
    if !too_long.is_empty() {
        return Ok(Changed::Invalid(too_long));
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

fn editable_row(
    connection: &mut DbConnection,
    row: &SkillRow,
) -> Result<EditableSkill, ServiceError> {
    let author = revisions::last_author::<Snapshot>(connection, row.id)?;
    Ok(EditableSkill { fields: fields_of(connection, row)?, version: row.version, author })
}
