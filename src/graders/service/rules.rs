//! How people move between grades: stored, filled, and changed by owners. Every save is a revision,
//! and none overwrites one it has not seen.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::ServiceError;
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, Database, DbConnection};
use crate::graders::models;
use crate::graders::models::rules::{RulesRevisionRow, RulesRow};
use crate::ladder::promotion::Intervals;
use crate::ladder::salary::Weights;

/// The starting rules, embedded.
const STARTING: &str = include_str!("../../../assets/rules.toml");

/// The rules, as their file has them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// What is to be said in words, in Markdown with headings.
    pub text: String,
    /// Months between defences, each within [`Intervals::MONTHS`].
    pub intervals: Intervals,
    /// Weights of the steps of pay, rising and each within [`Weights::RANGE`].
    pub weights: Weights,
}

/// The rules as they are now.
#[derive(Clone, Debug)]
pub struct StoredRules {
    /// What they say.
    pub rules: Rules,
    /// Raised by each save; a save sends the version it has read.
    pub version: i32,
    /// When they were last saved, in UTC.
    pub updated_at: NaiveDateTime,
}

/// One saved change of the rules.
#[derive(Clone, Debug)]
pub struct RulesRevision {
    /// The version it made.
    pub version: i32,
    /// The login of who saved it.
    pub author: String,
    /// Why; may be empty.
    pub note: String,
    /// The rules it replaced.
    pub before: Rules,
    /// When, in UTC.
    pub created_at: NaiveDateTime,
}

/// What an owner wants to save.
#[derive(Clone, Debug)]
pub struct RulesEdit {
    /// The version the owner has read.
    pub version: i32,
    /// The new rules.
    pub rules: Rules,
    /// Why.
    pub note: String,
    /// Who saves them.
    pub by: Actor,
}

/// What became of a save.
#[derive(Debug)]
pub enum SavedRules {
    /// The rules are stored.
    Stored,
    /// The same rules were stored already, as after a form sent twice.
    Unchanged,
    /// Somebody else saved in between; nothing is stored.
    Conflict(Box<RulesConflict>),
}

/// Two changes of the same rules.
#[derive(Debug)]
pub struct RulesConflict {
    /// The rules both started from; the stored ones if there never was such a version.
    pub base: Rules,
    /// The rules as they are now.
    pub stored: StoredRules,
    /// The login of who saved last.
    pub author: String,
}

/// Reads the starting rules.
///
/// # Errors
///
/// If the embedded file has none, which a test rules out.
pub fn starting() -> Result<Rules, ServiceError> {
    let rules = read(STARTING)?;
    Ok(Rules { text: rules.text.trim().to_owned(), ..rules })
}

/// Stores the starting rules where there are none yet; `false` where there are.
///
/// # Errors
///
/// If the database does not answer.
pub fn load_starting(database: &Database) -> Result<bool, ServiceError> {
    let rules = starting()?;
    database.write(|connection| {
        models::catalogue::lock(connection)?;
        if models::rules::rules(connection)?.is_some() {
            return Ok(false);
        }
        models::rules::insert(connection, row(&rules, 1)?)?;
        models::catalogue::raise_revision(connection)?;
        Ok(true)
    })
}

/// The rules as they are now.
///
/// # Errors
///
/// If the database does not answer.
pub fn current(database: &Database) -> Result<StoredRules, ServiceError> {
    database.read(stored)
}

/// The rules as they are now with their saved changes, the newest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn history(database: &Database) -> Result<(StoredRules, Vec<RulesRevision>), ServiceError> {
    database.read(|connection| {
        let revisions = models::rules::revisions(connection)?.into_iter().map(revision);
        Ok((stored(connection)?, revisions.collect::<Result<_, _>>()?))
    })
}

/// Saves the rules, unless somebody else has saved since they were read.
///
/// # Errors
///
/// If the database does not answer.
pub fn save(database: &Database, edit: &RulesEdit) -> Result<SavedRules, ServiceError> {
    database.write(|connection| {
        models::catalogue::lock(connection)?;
        let stored = stored(connection)?;
        if stored.rules == edit.rules {
            return Ok(SavedRules::Unchanged);
        }
        if stored.version == edit.version {
            store(connection, &stored, edit)?;
            return Ok(SavedRules::Stored);
        }
        let revisions = models::rules::revisions(connection)?;
        let author = revisions.first().map(|revision| revision.author.clone());
        // What replaced the version the owner read tells what that version was.
        let next = revisions
            .into_iter()
            .find(|revision| revision.version == edit.version.saturating_add(1));
        let base = next.map(|revision| read(&revision.before)).transpose()?;
        Ok(SavedRules::Conflict(Box::new(RulesConflict {
            base: base.unwrap_or_else(|| stored.rules.clone()),
            stored,
            author: author.unwrap_or_default(),
        })))
    })
}

fn store(
    connection: &mut DbConnection,
    stored: &StoredRules,
    edit: &RulesEdit,
) -> Result<(), ServiceError> {
    let row = row(&edit.rules, stored.version + 1)?;
    models::rules::insert_revision(
        connection,
        &RulesRevisionRow {
            version: row.version,
            author: edit.by.login.clone(),
            note: edit.note.clone(),
            before: written(&stored.rules)?,
            after: written(&edit.rules)?,
            created_at: row.updated_at,
        },
    )?;
    models::rules::update(connection, row)?;
    models::catalogue::raise_revision(connection)?;
    Ok(audit::record(connection, &edit.by, Action::ChangeRules, "rules", &edit.note)?)
}

fn stored(connection: &mut DbConnection) -> Result<StoredRules, ServiceError> {
    let row = models::rules::rules(connection)?.ok_or(diesel::NotFound)?;
    Ok(StoredRules {
        rules: Rules {
            text: row.text,
            intervals: Intervals {
                months: whole(row.months)?,
                top_months: whole(row.top_months)?,
                top_level: row.top_level,
                retry_months: whole(row.retry_months)?,
            },
            weights: Weights {
                junior: whole(row.junior_weight)?,
                middle: whole(row.middle_weight)?,
                senior: whole(row.senior_weight)?,
                base: whole(row.base_weight)?,
            },
        },
        version: row.version,
        updated_at: row.updated_at,
    })
}

fn row(rules: &Rules, version: i32) -> Result<RulesRow, ServiceError> {
    let Rules { text, intervals, weights } = rules;
    Ok(RulesRow {
        text: text.clone(),
        months: whole(intervals.months)?,
        top_months: whole(intervals.top_months)?,
        top_level: intervals.top_level,
        retry_months: whole(intervals.retry_months)?,
        junior_weight: whole(weights.junior)?,
        middle_weight: whole(weights.middle)?,
        senior_weight: whole(weights.senior)?,
        base_weight: whole(weights.base)?,
        version,
        updated_at: db::now(),
    })
}

/// A number as the other side of the database has it.
fn whole<From, To: TryFrom<From>>(number: From) -> Result<To, ServiceError>
where
    To::Error: std::fmt::Display,
{
    To::try_from(number).map_err(|error| ServiceError::Snapshot(error.to_string()))
}

fn revision(row: RulesRevisionRow) -> Result<RulesRevision, ServiceError> {
    Ok(RulesRevision {
        version: row.version,
        author: row.author,
        note: row.note,
        before: read(&row.before)?,
        created_at: row.created_at,
    })
}

fn read(file: &str) -> Result<Rules, ServiceError> {
    toml::from_str(file).map_err(|error| ServiceError::Snapshot(error.to_string()))
}

fn written(rules: &Rules) -> Result<String, ServiceError> {
    toml::to_string(rules).map_err(|error| ServiceError::Snapshot(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starting_rules_are_within_their_bounds_and_are_read_as_they_are_written() {
        let rules = starting().unwrap();
        let Intervals { months, top_months, retry_months, .. } = rules.intervals;
        assert_eq!((months, top_months, retry_months), (6, 12, 3));
        assert!(rules.weights.are_rising());
        assert_eq!(read(&written(&rules).unwrap()).unwrap(), rules);
    }
}
