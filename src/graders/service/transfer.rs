//! Ladders as files: out of the catalogue and into it.
//!
//! An import compares files with the catalogue, which tells every difference and everything that is wrong
//! with the files, and then does all of it in one transaction or nothing. What was compared is compared anew
//! in that transaction, so nothing is stored that nobody has seen.

mod applying;
mod checks;
mod comparison;
mod dictionary;
mod export;
mod files;
mod ladders;
mod levels;
mod plan;
mod present;
mod reading;
mod sentences;
mod small;
mod to_be;
pub mod uploads;

use self::applying::Context;
pub use self::comparison::Detail;
use self::comparison::compare;
pub use self::export::{Scope, export};
use self::files::Wanted;
pub use self::files::{ImportError, Source};
pub use self::plan::{Counts, Fate, GradeItem, Item, Kind, Mode, Plan};
use self::present::Present;
pub use self::reading::{Reading, Tables, has_tables, is_table, read};
use super::{ServiceError, cleaning, reach, search, starting};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{Database, DbConnection};
pub use crate::graders::formats::{Format, read_ladder, sheet, write};
use crate::graders::models;

/// What an import is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Storing professions.
    Storing,
    /// Indexing them for searching.
    Indexing,
}

/// Hears what an import is doing, how many professions are done, and of how many.
pub type Report<'a> = &'a mut dyn FnMut(Step, usize, usize);

/// What became of an import.
#[derive(Debug)]
pub enum Imported {
    /// All of it is stored, or there was nothing to change.
    Stored(Plan),
    /// The catalogue has changed since somebody saw what the import would do; nothing is stored. This is what
    /// it would do now.
    Conflict(Plan),
    /// The files can't be stored; nothing is.
    Invalid(Vec<ImportError>),
}

/// What an import asks for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What may become of things that are there.
    pub mode: Mode,
    /// How much the plan tells.
    pub detail: Detail,
    /// The revision of the catalogue that was seen, if somebody has seen a plan.
    pub seen: Option<i64>,
    /// Who imports.
    pub by: &'a Actor,
    /// What histories say of it.
    pub note: &'a str,
}

/// What an import would do.
///
/// # Errors
///
/// If the database does not answer. Inside, everything that is wrong with the files.
pub fn plan(
    database: &Database,
    sources: Vec<Source>,
    mode: Mode,
    detail: Detail,
) -> Result<Result<Plan, Vec<ImportError>>, ServiceError> {
    let wanted = Wanted::merge(sources);
    database.read(|connection| {
        let present = Present::read(connection)?;
        let (_, plan, faults) = compare(connection, &present, wanted, mode, detail)?;
        Ok(if faults.is_empty() { Ok(plan) } else { Err(faults.into_errors()) })
    })
}

/// Imports all that files hold, or nothing.
///
/// # Errors
///
/// If the database does not answer.
pub fn apply(
    database: &Database,
    sources: Vec<Source>,
    request: Request<'_>,
    report: Report<'_>,
) -> Result<Imported, ServiceError> {
    let wanted = Wanted::merge(sources);
    database.change_catalogue(|connection| {
        let present = Present::read(connection)?;
        let Request { mode, detail, seen, .. } = request;
        let (mut work, plan, faults) = compare(connection, &present, wanted, mode, detail)?;
        if !faults.is_empty() {
            return Ok(Imported::Invalid(faults.into_errors()));
        }
        if seen.is_some_and(|seen| seen != present.revision) {
            return Ok(Imported::Conflict(plan));
        }
        if present.revision == 0 {
            begin(connection)?;
        }
        if !plan.is_empty() {
            store(connection, &present, &mut work, request, report)?;
        }
        Ok(Imported::Stored(plan))
    })
}

/// Claims a catalogue that was never filled: the site then does not fill it either, and neither corrects nor
/// cleans what it never had.
fn begin(connection: &mut DbConnection) -> Result<(), ServiceError> {
    models::catalogue::claim_first_revision(connection)?;
    cleaning::mark_clean(connection)?;
    search::mark_indexed(connection)?;
    starting::mark_up_to_date(connection)
}

fn store(
    connection: &mut DbConnection,
    present: &Present,
    work: &mut comparison::Work,
    request: Request<'_>,
    report: Report<'_>,
) -> Result<(), ServiceError> {
    let Request { by, note, .. } = request;
    // Files may hold anything, also what is stored without a revision.
    reach::must_have(connection, by, &[None])?;
    let context = Context { by, note, now: applying::now() };
    let dictionary = work.dictionary(present)?;
    small::new_tracks(connection, work, context)?;
    let renamed = small::new_scales(connection, work, context)?;
    small::all_skills(connection, work, context)?;
    small::new_rules(connection, work, context)?;
    let touched =
        applying::professions(connection, present, work, &dictionary, context, &mut *report)?;
    small::gone_tracks(connection, work, context)?;
    small::gone_scales(connection, work, context)?;
    let ids = touched.into_iter().chain(renamed).collect();
    search::index_professions(connection, &ids, |done, total| {
        report(Step::Indexing, done, total);
    })?;
    models::catalogue::raise_revision(connection)?;
    Ok(audit::record(connection, by, Action::Import, "", note)?)
}
