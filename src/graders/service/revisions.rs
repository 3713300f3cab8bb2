//! The histories of grades, professions, tracks, skills, rules and scales: one engine that records every
//! change with the whole thing before and after, so that each can be compared, restored and undone.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::{ServiceError, reach};
use crate::audit::service::{self as audit, Action, Actor};
use crate::clean;
use crate::db::{self, DbConnection};
use crate::graders::models;
use crate::graders::models::revisions::{Kind, NewRevision, RevisionRow};

/// How many of the latest deletions are searched for what can be brought back.
const MOST_DELETIONS: i64 = 1_000;

/// The saved changes of one thing, as editors read them.
#[derive(Clone, Debug)]
pub struct History {
    /// What it is of: «Фронтенд-разработчик», «Фронтенд-разработчик: Мидл».
    pub title: String,
    /// The present version.
    pub version: i32,
    /// The login of who changed it last; empty if nobody did.
    pub author: String,
    /// The newest first.
    pub revisions: Vec<Revision>,
    /// The thing under each version that is known, in lines; `None` where it was not there.
    states: BTreeMap<i32, Option<String>>,
    kind: Kind,
}

/// One saved change.
#[derive(Clone, Debug)]
pub struct Revision {
    /// Its number among all changes of everything.
    pub id: i32,
    /// The version it made.
    pub version: i32,
    /// The login of who made it.
    pub author: String,
    /// What was done, or why; may be empty.
    pub note: String,
    /// The thing before, a line for each thing it says; empty if it was not there.
    pub before: String,
    /// The same after; empty if it was deleted.
    pub after: String,
    /// What changed, in sentences; empty where only the lines tell, or where all of it is new.
    pub changes: Vec<String>,
    /// When, in UTC.
    pub created_at: NaiveDateTime,
}

/// A thing at one moment, as saved changes hold it.
pub(super) trait Snapshot: Sized {
    /// What it is a snapshot of.
    const KIND: Kind;

    /// Reads what [`Snapshot::write`] wrote, now or in an earlier release.
    fn read(text: &str) -> Result<Self, ServiceError>;

    /// As it is stored.
    fn write(&self) -> Result<String, ServiceError>;

    /// As editors read it, in lines that can be compared.
    fn lines(&self) -> String;

    /// What is different in another one, in sentences.
    fn changes(&self, after: &Self) -> Vec<String>;

    /// The track it is a part of, by its name in addresses, if it says so.
    fn track(&self) -> Option<&str> {
        None
    }

    /// Whether only editors see it.
    fn is_draft(&self) -> bool {
        false
    }

    /// The same without what only editors see; `None` if only they see all of it.
    fn public(self) -> Option<Self> {
        Some(self)
    }
}

/// A change to record.
pub(super) struct Change<'a, S> {
    /// The id of the thing.
    pub id: i32,
    /// The version the change makes.
    pub version: i32,
    /// What the log calls the thing.
    pub object: &'a str,
    pub by: &'a Actor,
    pub note: &'a str,
    /// The thing before, if it was there.
    pub before: Option<&'a S>,
    /// The thing after, if it is there.
    pub after: Option<&'a S>,
    /// The other skill of a merge.
    pub merged_with: Option<i32>,
    /// The profession whose ladder it belongs to.
    pub profession_id: Option<i32>,
    /// Of a grade: whether its profession is for editors alone, if that is known already.
    pub is_of_draft: Option<bool>,
}

/// A thing that was deleted and did not come back.
pub(super) struct Deletion<S> {
    pub id: i32,
    pub last: S,
    pub author: String,
    pub at: NaiveDateTime,
}

impl History {
    /// The versions that are known, the newest first.
    pub fn versions(&self) -> impl Iterator<Item = i32> {
        self.states.keys().rev().copied()
    }

    /// The thing under a version, in lines; empty where it was not there.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NoSuchRevision`].
    pub fn text(&self, version: i32) -> Result<&str, ServiceError> {
        let state = self.states.get(&version).ok_or(ServiceError::NoSuchRevision)?;
        Ok(state.as_deref().unwrap_or_default())
    }

    /// Whether an earlier version can be restored: what was not there then, can't. A grade without a
    /// description is there.
    #[must_use]
    pub fn can_restore(&self, version: i32) -> bool {
        let state = self.states.get(&version);
        let was_there = state.is_some_and(|state| state.is_some() || self.kind == Kind::Grade);
        version != self.version && was_there
    }
}

/// Records a change in the transaction that makes it: stores the revision, raises the revision of
/// the catalogue and writes the log.
pub(super) fn record<S: Snapshot>(
    connection: &mut DbConnection,
    change: &Change<'_, S>,
) -> Result<(), ServiceError> {
    if store(connection, change)? {
        // What is kept of drafts is outdated, but nothing that visitors see has changed.
        models::catalogue::raise_revision_unseen(connection)?;
    } else {
        models::catalogue::raise_revision(connection)?;
    }
    let action = action(S::KIND, change.before.is_some(), change.after.is_some());
    Ok(audit::record(connection, change.by, action, change.object, change.note)?)
}

/// What a change of a thing that was there before, or is there after, is called in the log.
fn action(kind: Kind, was_there: bool, is_there: bool) -> Action {
    let [added, changed, removed] = match kind {
        Kind::Grade => [Action::Save, Action::Save, Action::ClearDescription],
        Kind::Profession => {
            [Action::AddProfession, Action::ChangeProfession, Action::RemoveProfession]
        }
        Kind::Track => [Action::AddTrack, Action::ChangeTrack, Action::RemoveTrack],
        Kind::Skill => [Action::AddSkill, Action::ChangeSkill, Action::RemoveSkill],
        Kind::Rules => [Action::ChangeRules; 3],
        Kind::Scale => [Action::AddScale, Action::ChangeScale, Action::RemoveScale],
    };
    match (was_there, is_there) {
        (false, true) => added,
        (true, false) => removed,
        _ => changed,
    }
}

/// Stores the revision alone, for a change that is part of another one; tells whether it is for editors alone.
/// Whoever may not make the change is refused here.
pub(super) fn store<S: Snapshot>(
    connection: &mut DbConnection,
    change: &Change<'_, S>,
) -> Result<bool, ServiceError> {
    if S::KIND == Kind::Grade {
        reach::must_have_profession(connection, change.by, change.profession_id)?;
    } else {
        let states = change.before.into_iter().chain(change.after);
        let tracks = states.map(S::track).collect::<Vec<_>>();
        reach::must_have(connection, change.by, &tracks)?;
    }
    let before = change.before.map(S::write).transpose()?;
    let after = change.after.map(S::write).transpose()?;
    let is_draft = is_of_draft(connection, change)?;
    models::revisions::insert(
        connection,
        &NewRevision {
            kind: S::KIND.name(),
            object_id: change.id,
            version: change.version,
            author: &change.by.login,
            note: change.note,
            before: before.as_deref(),
            after: after.as_deref(),
            created_at: db::now(),
            merged_with: change.merged_with,
            profession_id: change.profession_id,
            is_draft,
        },
    )?;
    Ok(is_draft)
}

/// Whether a change is for editors alone: of a profession that is a draft before and after, or of a grade of one.
fn is_of_draft<S: Snapshot>(
    connection: &mut DbConnection,
    change: &Change<'_, S>,
) -> Result<bool, ServiceError> {
    Ok(match (S::KIND, change.profession_id) {
        (Kind::Grade, Some(id)) => match change.is_of_draft {
            Some(is_draft) => is_draft,
            None => models::professions::is_draft(connection, id)?,
        },
        _ => change.before.into_iter().chain(change.after).all(S::is_draft),
    })
}

/// The history of a thing as it is now, under its present version.
pub(super) fn history<S: Snapshot>(
    connection: &mut DbConnection,
    (id, version): (i32, i32),
    title: String,
    current: Option<&S>,
    read: impl Fn(&str) -> Result<S, ServiceError>,
) -> Result<History, ServiceError> {
    let rows = models::revisions::of(connection, S::KIND, id)?;
    let author = rows.first().map(|newest| newest.author.clone()).unwrap_or_default();
    let mut states = BTreeMap::from([(version, current.map(S::lines))]);
    let mut revisions = Vec::with_capacity(rows.len());
    for row in rows {
        let version = row.version;
        let (revision, before, after) = described(row, &read)?;
        revisions.push(revision);
        states.entry(version).or_insert(after);
        states.entry(version - 1).or_insert(before);
    }
    Ok(History { title, version, author, revisions, states, kind: S::KIND })
}

/// A saved change as editors read it.
pub(super) fn revision<S: Snapshot>(row: RevisionRow) -> Result<Revision, ServiceError> {
    Ok(described(row, S::read)?.0)
}

/// A saved change as editors read it, with the lines before and after where there are any.
fn described<S: Snapshot>(
    row: RevisionRow,
    read: impl Fn(&str) -> Result<S, ServiceError>,
) -> Result<(Revision, Option<String>, Option<String>), ServiceError> {
    let before = row.before.as_deref().map(&read).transpose()?;
    let after = row.after.as_deref().map(&read).transpose()?;
    let both = before.as_ref().zip(after.as_ref());
    let changes = both.map(|(before, after)| before.changes(after)).unwrap_or_default();
    let (before, after) = (before.as_ref().map(S::lines), after.as_ref().map(S::lines));
    let revision = Revision {
        id: row.revision_id,
        version: row.version,
        author: row.author,
        note: row.note,
        before: before.clone().unwrap_or_default(),
        after: after.clone().unwrap_or_default(),
        changes,
        created_at: row.created_at,
    };
    Ok((revision, before, after))
}

/// The login of who changed a thing last; empty if nobody did.
pub(super) fn last_author<S: Snapshot>(
    connection: &mut DbConnection,
    id: i32,
) -> Result<String, ServiceError> {
    let newest = models::revisions::newest(connection, S::KIND, id)?;
    Ok(newest.map(|newest| newest.author).unwrap_or_default())
}

/// A thing as a version of it was; `None` if it was not there then.
///
/// # Errors
///
/// [`ServiceError::NoSuchRevision`].
pub(super) fn snapshot_at<S: Snapshot>(
    connection: &mut DbConnection,
    id: i32,
    version: i32,
) -> Result<Option<S>, ServiceError> {
    // What made the version tells, or what replaced it.
    let end = Some(version.saturating_add(2));
    let rows = models::revisions::before(connection, S::KIND, id, end, 2)?;
    let of = |version: i32| rows.iter().find(|row| row.version == version);
    let state = match (of(version), of(version.saturating_add(1))) {
        (Some(made), _) => made.after.as_deref(),
        (None, Some(replaced)) => replaced.before.as_deref(),
        (None, None) => return Err(ServiceError::NoSuchRevision),
    };
    state.map(S::read).transpose()
}

/// The things of a kind that the latest deletions took away and that are not there, the latest first.
/// `existing` tells which of some ids are there.
pub(super) fn deletions<S: Snapshot>(
    connection: &mut DbConnection,
    existing: impl FnOnce(&mut DbConnection, &[i32]) -> diesel::QueryResult<Vec<i32>>,
) -> Result<Vec<Deletion<S>>, ServiceError> {
    let mut rows = models::revisions::recent(connection, S::KIND, true, MOST_DELETIONS)?;
    let mut seen = Vec::new();
    rows.retain(|row| {
        let is_latest = !seen.contains(&row.object_id);
        seen.push(row.object_id);
        is_latest
    });
    let present = existing(connection, &seen)?;
    let gone = rows.into_iter().filter(|row| !present.contains(&row.object_id));
    gone.filter_map(|row| {
        let RevisionRow { object_id: id, before, author, created_at: at, .. } = row;
        let last = before.as_deref().map(S::read)?;
        Some(last.map(|last| Deletion { id, last, author, at }))
    })
    .collect()
}

/// A thing as it was before it was deleted, and the version its return makes; `None` if it was not
/// deleted last.
pub(super) fn deleted<S: Snapshot>(
    connection: &mut DbConnection,
    id: i32,
) -> Result<Option<(S, i32)>, ServiceError> {
    let newest = models::revisions::newest(connection, S::KIND, id)?;
    let Some(newest) = newest.filter(|newest| newest.after.is_none()) else { return Ok(None) };
    let last = newest.before.as_deref().map(S::read).transpose()?;
    Ok(last.map(|last| (last, newest.version + 1)))
}

/// A snapshot in TOML.
pub(super) fn to_toml(snapshot: &impl serde::Serialize) -> Result<String, ServiceError> {
    toml::to_string_pretty(snapshot).map_err(|error| ServiceError::Snapshot(error.to_string()))
}

/// The same, read, with its texts cleaned: they may be older than cleaning.
pub(super) fn from_toml<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ServiceError> {
    let table = toml::from_str(text).map(|table| cleaned(toml::Value::Table(table)));
    let read = table.and_then(toml::Value::try_into);
    read.map_err(|error| ServiceError::Snapshot(error.to_string()))
}

fn cleaned(value: toml::Value) -> toml::Value {
    use toml::Value;

    match value {
        Value::String(text) => Value::String(clean::text(&text).into_owned()),
        Value::Array(items) => Value::Array(items.into_iter().map(cleaned).collect()),
        Value::Table(fields) => {
            Value::Table(fields.into_iter().map(|(name, value)| (name, cleaned(value))).collect())
        }
        other => other,
    }
}
