//! What becomes of the ids of requirements that a ladder included and does not any more.

use std::collections::BTreeSet;

use super::records::{ProfessionRecord, with_grades};
use crate::db::{self, DbConnection};
use crate::graders::models;
use crate::graders::models::identity::AliasRow;
use crate::graders::service::{ServiceError, identity, inclusions};
use crate::ladder::identity::{Alias, Fate, Words};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Asked, Level};

/// Changes professions and notes what their ladders, and the ladders that include them, no longer include, so
/// that answers to it are told to be to something that was removed. What was noted of the ids of ladders that
/// are no longer included stays known too.
pub fn noting<T>(
    connection: &mut DbConnection,
    changed: &[i32],
    change: impl FnOnce(&mut DbConnection) -> Result<T, ServiceError>,
) -> Result<T, ServiceError> {
    let including = inclusions::including_any(connection, changed)?.into_values().flatten();
    let including = including.map(|other| other.id).collect::<Vec<_>>();
    let ids = changed.iter().copied().chain(including).collect::<BTreeSet<_>>();
    let mut before = Vec::new();
    for id in ids {
        let row = models::professions::whole_by_id(connection, id)?;
        if let Some(row) = row.filter(|row| row.includes_id.is_some()) {
            let record = with_grades(connection, row)?;
            let notes = models::identity::of(connection, &record.lineage())?;
            before.push((record, notes));
        }
    }
    let result = change(connection)?;
    for (was, notes) in before {
        note(connection, &was, notes)?;
    }
    Ok(result)
}

fn note(
    connection: &mut DbConnection,
    was: &ProfessionRecord,
    notes: Vec<AliasRow>,
) -> Result<(), ServiceError> {
    let Some(row) = models::professions::whole_by_id(connection, was.id)? else { return Ok(()) };
    let is = with_grades(connection, row)?;
    let lineage = is.lineage();
    let present = asked(&is).into_iter().map(|asked| asked.requirement.id);
    let present = present.collect::<BTreeSet<_>>();
    let known = identity::aliases_of(connection, &lineage)?;
    let is_unknown = |id: &str| known.follow(id, |id| present.contains(id)) == Fate::Unknown;
    let left = asked(was).into_iter().filter(|asked| is_unknown(&asked.requirement.id));
    let left = left.map(|asked| Alias {
        words: Words::of(&asked.requirement),
        former_id: asked.requirement.id,
        present_id: None,
        level: Some(asked.level),
        changed_at: db::now(),
    });
    let left = left.map(|note| identity::row_of(is.id, note));
    let notes = notes.into_iter().filter(|note| !lineage.contains(&note.profession_id));
    let notes = notes.filter(|note| is_unknown(&note.former_id));
    let notes = notes.map(|note| AliasRow { profession_id: is.id, ..note });
    for row in notes.chain(left).collect::<Vec<_>>() {
        models::identity::replace(connection, &row)?;
    }
    Ok(())
}

fn asked(record: &ProfessionRecord) -> Vec<Asked> {
    record.ladder(&Dictionary::default()).accumulated(Level::SeniorPlusPlus)
}
