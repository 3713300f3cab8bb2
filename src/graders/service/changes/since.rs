//! What differs by requirement between the state after a change and a later state.

use super::super::professions::Snapshot;
use super::then::Then;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::service::listing::{Part, parsed};
use crate::graders::service::{ServiceError, identity};
use crate::ladder::Level;
use crate::ladder::delta::{Delta, Item};
use crate::ladder::identity::Listed;
use crate::ladder::skill::Dictionary;

/// How many professions are compared for one part: a part may so be shorter than asked, and even empty,
/// and still not be the last.
const MOST_COMPARED: usize = 100;

/// A part of what differs, in the order of the numbers of professions.
#[derive(Clone, Debug)]
pub struct Since {
    /// The number of the change after which the later state is.
    pub revision: i32,
    /// What differs.
    pub items: Vec<Difference>,
    /// Where the next part begins, if there is one.
    pub next: Option<String>,
}

/// Something that differs in a profession.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The number of the profession; it never changes.
    pub profession_id: i32,
    /// Its name in addresses: the later one, if it is there.
    pub profession: String,
    /// What differs.
    pub what: What,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The profession came.
    ProfessionAdded,
    /// The profession went.
    ProfessionRemoved,
    /// The ladder has a grade of this level that it did not have.
    GradeAdded(Level),
    /// The ladder had a grade of this level.
    GradeRemoved(Level),
    /// The requirement came.
    Added(Item),
    /// The requirement went.
    Removed(Item),
    /// The requirement has other words, and maybe another level.
    Reworded {
        /// As it was.
        was: Item,
        /// As it is.
        now: Item,
    },
    /// The requirement has another level.
    Moved {
        /// The level it had.
        from: Level,
        /// As it is.
        now: Item,
    },
}

/// A place in what differs since a change.
struct Place {
    /// The number of the change after which the later state is.
    until: i32,
    /// The profession to begin with.
    profession_id: i32,
    /// How many of its differences came already.
    seen: usize,
}

/// A part of what differs in ladders between the state after the change `since`, 0 for the first state,
/// and the present one. Whoever goes on with a cursor sees the state that was present for the first part.
///
/// # Errors
///
/// [`ServiceError::NoSuchRevision`] if no change has a number that high; [`ServiceError::InvalidCursor`];
/// if the database does not answer.
pub fn since(
    database: &Database,
    dictionary: &Dictionary,
    since: i32,
    part: &Part,
) -> Result<Since, ServiceError> {
    database.read(|connection| {
        let newest = models::past::newest_up_to(connection, i32::MAX)?;
        let newest = newest.map_or(0, |(newest, _)| newest);
        if newest < since {
            return Err(ServiceError::NoSuchRevision);
        }
        let first = Place { until: newest, profession_id: 0, seen: 0 };
        let place = part.cursor.as_deref().map_or(Ok(first), Place::read)?;
        if place.until > newest || place.until < since {
            return Err(ServiceError::InvalidCursor);
        }
        let Place { until, profession_id, mut seen } = place;
        let limit = i64::try_from(MOST_COMPARED).unwrap_or(i64::MAX) + 1;
        let ids =
            models::changes::professions_changed(connection, (since, until), profession_id, limit)?;
        let compared = ids.iter().take(MOST_COMPARED);
        let mut found = Since { revision: until, items: Vec::new(), next: None };
        for id in compared {
            let all = differences(connection, dictionary, *id, (since, until))?;
            let count = all.len();
            // The profession that the part before ended in.
            let skipped = if *id == profession_id { std::mem::take(&mut seen) } else { 0 };
            let room = part.limit.saturating_sub(found.items.len());
            found.items.extend(all.into_iter().skip(skipped).take(room));
            if count.saturating_sub(skipped) > room {
                let seen = skipped + room;
                found.next = Some(Place { until, profession_id: *id, seen }.written());
                return Ok(found);
            }
        }
        let rest = ids.get(MOST_COMPARED);
        found.next = rest.map(|id| Place { until, profession_id: *id, seen: 0 }.written());
        Ok(found)
    })
}

impl Place {
    fn read(cursor: &str) -> Result<Self, ServiceError> {
        let mut parts = cursor.split('.');
        let mut next = || parts.next().ok_or(ServiceError::InvalidCursor);
        let (until, profession_id) = (parsed(next()?)?, parsed(next()?)?);
        let seen = parsed(next()?)?;
        if parts.next().is_some() {
            return Err(ServiceError::InvalidCursor);
        }
        Ok(Self { until, profession_id, seen })
    }

    fn written(&self) -> String {
        format!("{}.{}.{}", self.until, self.profession_id, self.seen)
    }
}

/// What differs in a profession between the states after two changes.
fn differences(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    id: i32,
    (since, until): (i32, i32),
) -> Result<Vec<Difference>, ServiceError> {
    let mut state = |change| Then { dictionary, change }.state(connection, id);
    let (before, after) = (state(since)?, state(until)?);
    let Some(slug) = after.as_ref().or(before.as_ref()).map(|state| state.slug.clone()) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    match (&before, &after) {
        (None, _) => found.push(What::ProfessionAdded),
        (_, None) => found.push(What::ProfessionRemoved),
        _ => {}
    }
    let levels = |state: &Option<Snapshot>| {
        let grades = state.iter().flat_map(|state| &state.grades);
        grades.map(|grade| grade.level).collect::<Vec<_>>()
    };
    let (had, has) = (levels(&before), levels(&after));
    let came = has.iter().filter(|level| !had.contains(level));
    found.extend(came.map(|level| What::GradeAdded(*level)));
    let left = had.iter().filter(|level| !has.contains(level));
    found.extend(left.map(|level| What::GradeRemoved(*level)));
    let listed = |state: &Option<Snapshot>| {
        let grades = state.iter().flat_map(|state| &state.grades);
        let texts = grades.filter_map(|grade| Some((grade.level, grade.description.as_deref()?)));
        Listed::of(texts, dictionary)
    };
    let aliases = identity::aliases_of(connection, &[id])?;
    let delta = Delta::between(&listed(&before), &listed(&after), &aliases, dictionary);
    found.extend(delta.added.into_iter().map(What::Added));
    found.extend(delta.removed.into_iter().map(What::Removed));
    let reworded = delta.reworded.into_iter();
    found.extend(reworded.map(|pair| What::Reworded { was: pair.was, now: pair.now }));
    let moved = delta.moved.into_iter();
    found.extend(moved.map(|moved| What::Moved { from: moved.from, now: moved.now }));
    let difference = |what| Difference { profession_id: id, profession: slug.clone(), what };
    Ok(found.into_iter().map(difference).collect())
}
