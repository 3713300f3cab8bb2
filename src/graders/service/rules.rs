//! How people move between grades: stored, filled, and changed by owners. Every save is a revision,
//! and none overwrites one it has not seen.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::ServiceError;
use super::revisions::{self, Change, History, Snapshot, from_toml, to_toml};
use crate::audit::service::Actor;
use crate::db::{self, Database, DbConnection};
use crate::graders::formats::FileRules;
use crate::graders::formats::catalogue::starting_file;
use crate::graders::models;
use crate::graders::models::revisions::Kind;
use crate::graders::models::rules::RulesRow;
use crate::ladder::comments::without_comments;
use crate::ladder::promotion::Intervals;
use crate::ladder::salary::Weights;
use crate::russian;

/// The starting rules, embedded.
const STARTING: &str = include_str!("../../../assets/rules.toml");

/// There is one row of rules.
pub(super) const ID: i32 = 1;

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
    let none = || ServiceError::Snapshot("no rules in their file".to_owned());
    let file = starting_file(STARTING);
    let file = file.map_err(|error| ServiceError::Snapshot(error.to_string()))?;
    let FileRules { text, intervals, weights, .. } = file.rules.ok_or_else(none)?;
    Ok(Rules { text, intervals, weights })
}

/// Stores the rules that a site starts with where there are none yet; `false` where there are.
///
/// # Errors
///
/// If the database does not answer.
pub fn load_starting(database: &Database, rules: &Rules) -> Result<bool, ServiceError> {
    database.change_catalogue(|connection| {
        if models::rules::rules(connection)?.is_some() {
            return Ok(false);
        }
        models::rules::insert(connection, row(rules, 1)?)?;
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

/// The saved changes of the rules.
///
/// # Errors
///
/// If the database does not answer.
pub fn history(database: &Database) -> Result<History, ServiceError> {
    database.read(|connection| {
        let StoredRules { rules, version, .. } = stored(connection)?;
        let key = (ID, version);
        revisions::history(connection, key, "Правила".to_owned(), Some(&rules), Rules::read)
    })
}

/// Saves the rules, unless somebody else has saved since they were read.
///
/// # Errors
///
/// If the database does not answer.
pub fn save(database: &Database, edit: &RulesEdit) -> Result<SavedRules, ServiceError> {
    database.change_catalogue(|connection| save_locked(connection, edit))
}

/// Saves the rules of an earlier version anew; returns them as well.
///
/// # Errors
///
/// [`ServiceError::NoSuchRevision`]; if the database does not answer.
pub fn restore(
    database: &Database,
    (read, wanted): (i32, i32),
    by: &Actor,
) -> Result<(SavedRules, Rules), ServiceError> {
    database.change_catalogue(|connection| {
        let stored = stored(connection)?;
        let rules = if wanted == stored.version {
            stored.rules
        } else {
            let was = revisions::snapshot_at::<Rules>(connection, ID, wanted)?;
            was.ok_or(ServiceError::NoSuchRevision)?
        };
        let note = format!("Возвращена версия {wanted}");
        let edit = RulesEdit { version: read, rules, note, by: by.clone() };
        Ok((save_locked(connection, &edit)?, edit.rules))
    })
}

/// Saves the rules in the transaction that holds the lock of the catalogue.
pub(super) fn save_locked(
    connection: &mut DbConnection,
    edit: &RulesEdit,
) -> Result<SavedRules, ServiceError> {
    let stored = stored(connection)?;
    if stored.rules == edit.rules {
        return Ok(SavedRules::Unchanged);
    }
    if stored.version == edit.version {
        store(connection, &stored, edit)?;
        return Ok(SavedRules::Stored);
    }
    let base = match revisions::snapshot_at::<Rules>(connection, ID, edit.version) {
        Err(ServiceError::NoSuchRevision) => None,
        base => base?,
    };
    Ok(SavedRules::Conflict(Box::new(RulesConflict {
        base: base.unwrap_or_else(|| stored.rules.clone()),
        author: revisions::last_author::<Rules>(connection, ID)?,
        stored,
    })))
}

fn store(
    connection: &mut DbConnection,
    stored: &StoredRules,
    edit: &RulesEdit,
) -> Result<(), ServiceError> {
    let row = row(&edit.rules, stored.version + 1)?;
    let version = row.version;
    models::rules::update(connection, row)?;
    let change = Change {
        id: ID,
        version,
        object: "rules",
        by: &edit.by,
        note: &edit.note,
        before: Some(&stored.rules),
        after: Some(&edit.rules),
        merged_with: None,
        profession_id: None,
        is_of_draft: None,
    };
    revisions::record(connection, &change)
}

/// The rules as they are now.
pub(super) fn stored(connection: &mut DbConnection) -> Result<StoredRules, ServiceError> {
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

/// The row that stores rules as a version.
pub(super) fn row(rules: &Rules, version: i32) -> Result<RulesRow, ServiceError> {
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

impl Rules {
    /// The rules in lines, to be compared.
    #[must_use]
    pub fn lines(&self) -> String {
        let Self { text, intervals, weights } = self;
        let lines = [
            ("До следующего грейда", russian::months(intervals.months)),
            ("До верхних грейдов", russian::months(intervals.top_months)),
            ("Верхние грейды — этот и выше", intervals.top_level.title().to_owned()),
            ("После неудачной защиты", russian::months(intervals.retry_months)),
            ("Шаг внутри джуна", weights.junior.to_string()),
            ("Шаг внутри мидла", weights.middle.to_string()),
            ("Шаг внутри синьора", weights.senior.to_string()),
            ("Шаг на новый основной уровень", weights.base.to_string()),
        ];
        let lines = lines.map(|(name, value)| format!("{name}: {value}\n"));
        format!("{}\n{text}", lines.concat())
    }
}

impl Snapshot for Rules {
    const KIND: Kind = Kind::Rules;

    fn read(text: &str) -> Result<Self, ServiceError> {
        from_toml(text)
    }

    fn write(&self) -> Result<String, ServiceError> {
        to_toml(self)
    }

    fn lines(&self) -> String {
        self.lines()
    }

    fn changes(&self, after: &Self) -> Vec<String> {
        let changed = [
            ("Изменены сроки", self.intervals != after.intervals),
            ("Изменены веса шагов оплаты", self.weights != after.weights),
            ("Изменён текст", self.text != after.text),
        ];
        let changed = changed.into_iter().filter(|(_, is_changed)| *is_changed);
        changed.map(|(sentence, _)| sentence.to_owned()).collect()
    }

    fn public(self) -> Option<Self> {
        Some(Self { text: without_comments(&self.text).into_owned(), ..self })
    }
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
        assert_eq!(Rules::read(&rules.write().unwrap()).unwrap(), rules);
    }
}
