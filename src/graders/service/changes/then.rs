//! Ladders as they were at a change of a profession, with what they included then.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::professions::{GradeSnapshot, IncludedSnapshot, Snapshot};
use super::super::revisions::Snapshot as _;
use crate::clean;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::changes::ChangeRow;
use crate::graders::models::revisions::Kind;
use crate::graders::service::ServiceError;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Description, Effect, Grade, Included, Ladder, Origin};

/// What a change of a profession does to the demands of its ladder.
pub(super) fn effect(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    row: &ChangeRow,
    (before, after): (Option<&Snapshot>, Option<&Snapshot>),
) -> Result<Option<Effect>, ServiceError> {
    let asks = |state: Option<&Snapshot>| {
        let grades = state
            .map(|state| state.grades.iter().map(|grade| (grade.level, grade.description.clone())));
        let included = state.and_then(|state| state.includes.as_ref());
        let grades = grades.into_iter().flatten().collect::<Vec<_>>();
        (grades, included.map(|included| (included.id, included.up_to)))
    };
    if asks(before) == asks(after) {
        return Ok(Some(Effect::Untouched));
    }
    let mut ladder = |state: Option<&Snapshot>| match state {
        Some(state) => {
            let then = Then { dictionary, change: row.revision_id };
            then.ladder(connection, state, &mut vec![row.object_id])
        }
        None => Ok(Ladder::new(Vec::new())),
    };
    let (before, after) = (ladder(before)?, ladder(after)?);
    Ok(Effect::of_ladders(&before, &after, dictionary))
}

/// The moment of a change.
pub(super) struct Then<'a> {
    pub dictionary: &'a Dictionary,
    /// The number of the change after which it is.
    pub change: i32,
}

impl Then<'_> {
    /// The ladder of a state with what it included; `above` are the professions that include it, so that
    /// whatever is stored, there is an end.
    fn ladder(
        &self,
        connection: &mut DbConnection,
        state: &Snapshot,
        above: &mut Vec<i32>,
    ) -> Result<Ladder, ServiceError> {
        let read = |grade: &GradeSnapshot| {
            let text = grade.description.as_deref();
            let description = text.map(|text| Description::read(text, self.dictionary));
            Grade::new(grade.level, description)
        };
        let ladder = Ladder::new(state.grades.iter().map(read).collect());
        let Some(IncludedSnapshot { id, title, up_to }) = &state.includes else {
            return Ok(ladder);
        };
        if above.contains(id) {
            return Ok(ladder);
        }
        above.push(*id);
        let Some(state) = self.state(connection, *id)? else { return Ok(ladder) };
        let included = self.ladder(connection, &state, above)?;
        let origin = Origin { slug: state.slug, title: title.clone() };
        let (origin, included) = (Arc::new(origin), Arc::new(included));
        Ok(ladder.including(Included { origin, ladder: included, up_to: *up_to }))
    }

    /// A profession as it was at the moment; `None` if it was not there.
    pub fn state(
        &self,
        connection: &mut DbConnection,
        id: i32,
    ) -> Result<Option<Snapshot>, ServiceError> {
        // The next change of the profession knows which grades it had; those of grades know their texts.
        let next = models::changes::next_of(connection, Kind::Profession, id, self.change)?;
        let end = next.as_ref().map(|next| next.revision_id);
        let state = match next {
            Some(next) => {
                let before = next.before.as_deref().map(Snapshot::read).transpose()?;
                before.and_then(Snapshot::public)
            }
            None => match models::professions::whole_by_id(connection, id)? {
                Some(row) => Some(Snapshot::take(connection, &row)?),
                None => None,
            },
        };
        let Some(mut state) = state else { return Ok(None) };
        let texts = models::changes::texts_after(connection, id, self.change, end)?;
        // The newest first, so the one after the moment is left.
        let texts = texts.into_iter().collect::<HashMap<_, _>>();
        for grade in &mut state.grades {
            if let Some(text) = texts.get(&grade.id) {
                let cleaned = text.as_deref().map(|text| clean::text(text).into_owned());
                grade.description = cleaned;
            }
        }
        Ok(Some(state))
    }
}
