//! Indexing many professions at once, after an import.

use std::collections::BTreeSet;

use super::index::{entry_of_profession, grade_entry, is_present, requirement_entries};
use super::key::{Key, Kind};
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::ProfessionRow;
use crate::graders::models::search::Entry;
use crate::graders::service::ServiceError;
use crate::graders::service::level_names::{self, Scales};

/// Professions whose entries are made at once.
const AT_ONCE: usize = 50;

/// From so many professions on, the index is told to gather more before it writes.
const MANY: usize = 100;

/// Indexes professions anew, or takes them out of the index if they are gone. `report` hears how many are
/// done, and of how many.
///
/// Entries come in the order of their keys: the index of SQLite then gathers them and writes them at once, but
/// begins anew with each key that is lower than the one before.
pub fn index_professions(
    connection: &mut DbConnection,
    ids: &BTreeSet<i32>,
    mut report: impl FnMut(usize, usize),
) -> Result<(), ServiceError> {
    // Otherwise everything is indexed anew when the site starts.
    if !is_present(connection)? {
        return Ok(());
    }
    let scales = level_names::load(connection)?;
    let ids = ids.iter().copied().collect::<Vec<_>>();
    let is_many = ids.len() >= MANY;
    if is_many {
        models::search::gather(connection, true)?;
    }
    let kinds = [Kind::Profession, Kind::Grade, Kind::Requirement];
    let total = ids.len() * kinds.len();
    let mut done = 0;
    for kind in kinds {
        for part in ids.chunks(AT_ONCE) {
            let ranges = part.iter().map(|id| Key::all_of(kind, *id)).collect::<Vec<_>>();
            let mut rows = models::search::professions(connection, part)?;
            rows.sort_by_key(|row| row.id);
            let mut grades = match kind {
                Kind::Profession => Vec::new(),
                _ => models::grades::of(connection, part)?,
            };
            grades.sort_by_key(|grade| (grade.profession_id, grade.level_name));
            let entries = entries(kind, &rows, &grades, &scales);
            models::search::replace(connection, &ranges, &entries)?;
            done += part.len();
            report(done / kinds.len(), total / kinds.len());
        }
    }
    if is_many {
        models::search::gather(connection, false)?;
    }
    Ok(())
}

/// The entries of one kind, in the order of their keys.
fn entries(kind: Kind, rows: &[ProfessionRow], grades: &[GradeRow], scales: &Scales) -> Vec<Entry> {
    let mut entries = Vec::new();
    for row in rows {
        if kind == Kind::Profession {
            entries.push(entry_of_profession(row));
            continue;
        }
        let scale = scales.of(row.scale_id);
        for grade in grades.iter().filter(|grade| grade.profession_id == row.id) {
            match kind {
                Kind::Grade => entries.push(grade_entry(row, &scale, grade)),
                _ => entries.extend(requirement_entries(row, &scale, grade)),
            }
        }
    }
    entries
}
