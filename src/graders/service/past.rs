//! The catalogue as it stood: for each thing the state before its first saved change after a moment, or else
//! the present one. Made as a database in memory, so that everything works on a past state as it does on the
//! present one.

mod difference;
mod rows;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDateTime;

pub use self::difference::{Difference, Side, differences};
use super::ServiceError;
use super::catalogue::Catalogue;
use super::parallel::both;
use super::search::PastSkillEntries;
use super::skills::{DictionaryCache, dictionary_of};
use crate::db::{Database, DbConnection, MemoryTables, Origin, ViewRows};
use crate::graders::models;
use crate::graders::models::past::{DICTIONARY_VIEWS, LADDER_TABLES, Place};
use crate::graders::models::revisions::Kind;

/// How many past states are kept in memory, each of the size of the catalogue.
const MOST_STATES: usize = 8;

/// A state of the catalogue: after one saved change and before the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The number of the last saved change it has; 0 before the first.
    pub revision: i32,
    /// When that one was saved, in UTC; `None` before the first.
    pub at: Option<NaiveDateTime>,
}

/// How a state is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// Just before a moment in UTC.
    Before(NaiveDateTime),
    /// After the saved change with a number, or after the last one before it.
    After(i32),
}

/// The latest past states that were asked for.
pub struct PastCatalogues {
    present: Arc<Catalogue>,
    states: Kept<Catalogue>,
    /// The dictionaries by the newest change of a skill that they have.
    dictionaries: Kept<PastDictionary>,
}

/// A skill dictionary that the states between two changes of skills share.
struct PastDictionary {
    /// Of the [`DICTIONARY_VIEWS`].
    rows: [ViewRows; DICTIONARY_VIEWS.len()],
    cache: Arc<DictionaryCache>,
    entries: Arc<PastSkillEntries>,
}

/// A few values by numbers, those used last.
struct Kept<T>(Mutex<Vec<(i32, Slot<T>)>>);

/// Empty until its value is made.
type Slot<T> = Arc<Mutex<Option<Arc<T>>>>;

impl State {
    /// The present state.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn now(database: &Database) -> Result<Self, ServiceError> {
        let newest = database.read(|connection| {
            Ok::<_, ServiceError>(models::past::newest_up_to(connection, i32::MAX)?)
        })?;
        Ok(Self::of(newest))
    }

    /// The state after a saved change with a number, or after the last one before it.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NoSuchRevision`] if there is no such change yet; if the database does not answer.
    pub fn after(database: &Database, revision: i32) -> Result<Self, ServiceError> {
        database.read(|connection| Moment::After(revision).find(connection))
    }

    fn of(newest: Option<(i32, NaiveDateTime)>) -> Self {
        let (revision, at) = newest.unzip();
        Self { revision: revision.unwrap_or_default(), at }
    }
}

impl Moment {
    /// The state, and the name of the newest release that it is.
    ///
    /// # Errors
    ///
    /// As [`State::after`].
    pub fn state(self, database: &Database) -> Result<(State, Option<String>), ServiceError> {
        database.read(|connection| {
            let state = self.find(connection)?;
            Ok((state, models::releases::name_of(connection, state.revision)?))
        })
    }

    fn find(self, connection: &mut DbConnection) -> Result<State, ServiceError> {
        let state = State::of(match self {
            Self::After(revision) => models::past::newest_up_to(connection, revision)?,
            Self::Before(moment) => models::past::newest_before(connection, moment)?,
        });
        match self {
            Self::After(revision) if revision != state.revision => {
                let newest = State::of(models::past::newest_up_to(connection, i32::MAX)?);
                let is_reached = (0..=newest.revision).contains(&revision);
                if is_reached { Ok(state) } else { Err(ServiceError::NoSuchRevision) }
            }
            _ => Ok(state),
        }
    }
}

impl PastCatalogues {
    /// Of a catalogue; makes nothing yet.
    #[must_use]
    pub fn new(present: Arc<Catalogue>) -> Self {
        Self { present, states: Kept::default(), dictionaries: Kept::default() }
    }

    /// The catalogue in a state.
    ///
    /// # Errors
    ///
    /// If the database does not answer, or has a saved change that can't be read.
    pub fn get(&self, state: &State) -> Result<Arc<Catalogue>, ServiceError> {
        self.states.get_or_make(state.revision, |displaced| {
            let parts = displaced.into_iter().map(Catalogue::into_parts);
            let (databases, computed) = parts.unzip::<_, _, Vec<_>, Vec<_>>();
            let tables = databases.into_iter().find_map(Database::into_tables);
            if computed.is_empty() {
                return self.make(state, tables);
            }
            // It takes time to be dropped too.
            both(|| drop(computed), || self.make(state, tables)).1
        })
    }

    /// Makes a state, in tables that another one had if there are any.
    fn make(&self, state: &State, tables: Option<MemoryTables>) -> Result<Catalogue, ServiceError> {
        // With drafts: what was said then may be told by a change that was made while it was one.
        let present = &self.present.database().snapshot::<ServiceError>()?;
        let Place { skills, until } = present.read(|connection| {
            Ok::<_, ServiceError>(models::past::place(connection, state.revision)?)
        })?;
        let skills = skills.unwrap_or_default();
        let dictionary =
            || self.dictionaries.get_or_make(skills, |_| self.make_dictionary(present, skills));
        let ladders = || self.make_ladders(present, tables, state, skills);
        let (dictionary, ladders) = if self.dictionaries.has(skills) {
            (dictionary(), ladders())
        } else {
            both(dictionary, ladders)
        };
        let PastDictionary { rows, cache, entries } = &*dictionary?;
        let mut tables = ladders?;
        for (view, rows) in DICTIONARY_VIEWS.iter().zip(rows) {
            tables.show(view, rows)?;
        }
        let database = self.present.database().clone();
        let origin = Origin { database, revision: state.revision, until };
        let past = Database::in_memory(origin, tables);
        Ok(Catalogue::sharing(past, Arc::clone(cache), Arc::clone(entries)))
    }

    /// The tables of everything, without the rows of the dictionary, of which the newest change is given.
    fn make_ladders(
        &self,
        present: &Database,
        tables: Option<MemoryTables>,
        state: &State,
        skills: i32,
    ) -> Result<MemoryTables, ServiceError> {
        let later = || {
            // Taken later than the present, it sees what that does, and maybe more.
            let beside = self.present.database().try_snapshot();
            let database = beside.as_ref().unwrap_or(present);
            database.read(|connection| rows::later_of_ladders(connection, state))
        };
        let now = || {
            let tables = match tables {
                Some(mut used) => used.clear(&LADDER_TABLES).map(|()| used),
                None => MemoryTables::new(&LADDER_TABLES, &DICTIONARY_VIEWS),
            };
            let read =
                |connection: &mut _| Ok::<_, ServiceError>(models::past::ladders(connection)?);
            (tables, present.read(read))
        };
        let (later, (tables, now)) = both(later, now);
        let (mut tables, mut rows) = (tables?, rows::ladders(now?, later?, state)?);
        rows.skills_revision = skills.into();
        tables.fill(|memory| models::past::fill_ladders(memory, &rows))?;
        Ok(tables)
    }

    /// The dictionary after a change of a skill.
    fn make_dictionary(
        &self,
        present: &Database,
        skills: i32,
    ) -> Result<PastDictionary, ServiceError> {
        let (rows, newest, revision) = present.read(|connection| {
            let rows = rows::dictionary(connection, skills)?;
            let newest = models::past::newest_of(connection, Kind::Skill)?;
            Ok::<_, ServiceError>((rows, newest, models::skills::revision(connection)?))
        })?;
        let shown = models::past::dictionary_rows(&rows)?;
        let now = if newest == skills { Some(self.present.dictionary_in(present)?) } else { None };
        let dictionary = match now {
            Some((now, dictionary)) if now == revision => dictionary,
            // It is another one, or somebody has changed a skill meanwhile.
            _ => dictionary_of(rows.skills, rows.aliases)?,
        };
        Ok(PastDictionary {
            rows: shown,
            cache: Arc::new(DictionaryCache::of(skills.into(), dictionary)),
            entries: Arc::default(),
        })
    }
}

impl<T: Send + Sync> Kept<T> {
    /// Whether there is a value with a number, made or being made.
    fn has(&self, number: i32) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().any(|(known, _)| *known == number)
    }

    /// The value with a number. Of those who ask for one at the same time one makes it; `make` gets those that are
    /// no longer kept and that nobody uses.
    fn get_or_make(
        &self,
        number: i32,
        make: impl FnOnce(Vec<T>) -> Result<T, ServiceError>,
    ) -> Result<Arc<T>, ServiceError> {
        let (slot, displaced) = self.slot(number);
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*slot {
            return Ok(Arc::clone(made));
        }
        let value = Arc::new(make(displaced)?);
        *slot = Some(Arc::clone(&value));
        Ok(value)
    }

    /// The slot of a number, and the values that are no longer kept, without those that somebody uses.
    fn slot(&self, number: i32) -> (Slot<T>, Vec<T>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().position(|(known, _)| *known == number);
        let found = match found {
            Some(place) => kept.remove(place),
            None => (number, Slot::default()),
        };
        let slot = Arc::clone(&found.1);
        kept.insert(0, found);
        let most = kept.len().min(MOST_STATES);
        let displaced = kept.split_off(most);
        drop(kept);
        let value =
            |(_, slot): (i32, Slot<T>)| Arc::into_inner(Arc::into_inner(slot)?.into_inner().ok()??);
        (slot, displaced.into_iter().filter_map(value).collect())
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// The address that a profession had in a past state; `slug` is one that it has or had. `None` if that is
/// the same, or if it was not there.
///
/// # Errors
///
/// If the database does not answer.
pub fn slug_then(
    present: &Database,
    past: &Database,
    slug: &str,
) -> Result<Option<String>, ServiceError> {
    let id = present.read(|connection| {
        Ok::<_, ServiceError>(match models::professions::whole_at(connection, slug)? {
            Some(row) => Some(row.id),
            None => models::professions::formerly_at(connection, slug)?,
        })
    })?;
    let Some(id) = id else { return Ok(None) };
    let then = past.read(|connection| {
        Ok::<_, ServiceError>(models::professions::whole_by_id(connection, id)?)
    })?;
    Ok(then.map(|row| row.slug).filter(|then| then != slug))
}

/// The same of a skill.
///
/// # Errors
///
/// If the database does not answer.
pub fn skill_slug_then(
    present: &Database,
    past: &Database,
    slug: &str,
) -> Result<Option<String>, ServiceError> {
    let row = present.read(|connection| {
        Ok::<_, ServiceError>(match models::skills::skill_at(connection, slug)? {
            Some(row) => Some(row),
            None => models::skills::skill_formerly_at(connection, slug)?,
        })
    })?;
    let Some(row) = row else { return Ok(None) };
    let then = past.read(|connection| {
        Ok::<_, ServiceError>(models::skills::skills_by_id(connection, &[row.id])?)
    })?;
    Ok(then.into_iter().next().map(|row| row.slug).filter(|then| then != slug))
}

/// The address of the profession with a number; `None` if it is not there.
///
/// # Errors
///
/// If the database does not answer.
pub fn slug_of(database: &Database, id: i32) -> Result<Option<String>, ServiceError> {
    let row = database.read(|connection| {
        Ok::<_, ServiceError>(models::professions::whole_by_id(connection, id)?)
    })?;
    Ok(row.map(|row| row.slug))
}

/// What was changed after a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedSince {
    /// One of the ladders.
    pub ladders: bool,
    /// The rules.
    pub rules: bool,
}

/// Whether the ladders of some professions, or the rules, were changed after a revision.
///
/// # Errors
///
/// If the database does not answer.
pub fn changed_since(
    database: &Database,
    profession_ids: &[i32],
    revision: i32,
) -> Result<ChangedSince, ServiceError> {
    database.read(|connection| {
        let ladders = models::past::newest_of_ladders(connection, profession_ids)? > revision;
        let rules = models::past::newest_of(connection, Kind::Rules)? > revision;
        Ok(ChangedSince { ladders, rules })
    })
}
