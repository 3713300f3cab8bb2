//! Lists that programs read a page at a time: which part is asked for, and where the next begins.

use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime};

use super::ServiceError;
use crate::graders::models::listing::{Moment, Narrowing};
use crate::ladder::Level;

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next part begins, if there is one.
    pub next: Option<String>,
}

/// What a list is narrowed to; what is `None` does not narrow it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of the profession with this name in addresses; for grades only.
    pub profession: Option<String>,
    /// Of the track with this name in addresses.
    pub track: Option<String>,
    /// Of this level; of professions, those whose ladder has it.
    pub level: Option<Level>,
    /// Changed at this time or later, in UTC.
    pub changed_since: Option<NaiveDateTime>,
}

/// Which part of a list is asked for.
#[derive(Clone, Debug)]
pub struct Part {
    /// The most items it may have.
    pub limit: usize,
    /// Where it begins: [`Listed::next`] of the part before.
    pub cursor: Option<String>,
}

impl Filter {
    pub(super) fn narrowing(&self) -> Narrowing<'_> {
        Narrowing {
            profession: self.profession.as_deref(),
            track: self.track.as_deref(),
            level: self.level,
            since: self.changed_since,
        }
    }
}

impl Part {
    /// One more than wanted tells whether there is a next part.
    pub(super) fn one_more(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    pub(super) fn cut<T>(&self, mut rows: Vec<T>, cursor: impl FnOnce(&T) -> String) -> Listed<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| has_more).map(cursor);
        Listed { items: rows, next }
    }
}

pub(super) fn moment_cursor(at: NaiveDateTime, id: i32) -> String {
    format!("{}.{id}", at.and_utc().timestamp_micros())
}

pub(super) fn moment(cursor: &str) -> Result<Moment, ServiceError> {
    let (micros, id) = cursor.split_once('.').ok_or(ServiceError::InvalidCursor)?;
    let at = DateTime::from_timestamp_micros(parsed(micros)?).ok_or(ServiceError::InvalidCursor)?;
    // Later and earlier years have another number of digits, which databases sort otherwise.
    if !(0..=9999).contains(&chrono::Datelike::year(&at)) {
        return Err(ServiceError::InvalidCursor);
    }
    Ok((at.naive_utc(), parsed(id)?))
}

pub(super) fn parsed<T: FromStr>(text: &str) -> Result<T, ServiceError> {
    text.parse().map_err(|_| ServiceError::InvalidCursor)
}
