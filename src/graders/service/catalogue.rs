//! The catalogue as a whole: its revision, what is computed from all of it and kept in memory, and what
//! it starts with.

use std::sync::Arc;

use chrono::NaiveDateTime;

use super::ServiceError;
use super::search::{self, Found, PastEntries, PastSkillEntries, Search};
use super::skills::{DictionaryCache, SkillIndex, SkillIndexCache};
use crate::db::{self, Database, DbConnection, Dedicated};
pub use crate::graders::formats::catalogue::{Grade, Profession, Track, TrackFile, starting};
pub use crate::graders::formats::{
    CatalogueFile, Covers, FileError, FileGrade, FileIncludes, FileProfession, FileRules,
    FileScale, FileSkill, FileTrack, Place, RowId,
};
use crate::graders::models;
use crate::graders::models::grades::NewGrade;
use crate::graders::models::professions::NewProfession;
use crate::graders::models::tracks::TrackRow;
use crate::ladder::skill::Dictionary;

/// The dictionary and the skill index of a database, as they are now.
pub struct Catalogue {
    database: Database,
    cached: Arc<Cached>,
}

/// What is computed from a catalogue.
struct Cached {
    dictionary: Arc<DictionaryCache>,
    skill_index: SkillIndexCache,
    past_entries: PastEntries,
}

impl Catalogue {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self::sharing(database, Arc::default(), Arc::default())
    }

    /// The same as everybody may see it: without drafts. The dictionary is one.
    #[must_use]
    pub fn published(&self) -> Self {
        let database = self.database.clone().published();
        Self::sharing(database, Arc::clone(&self.cached.dictionary), Arc::default())
    }

    /// The same as it is at this moment: see [`Database::snapshot`].
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn snapshot(&self) -> Result<Self, ServiceError> {
        let database = self.database.snapshot::<ServiceError>()?;
        Ok(Self { database, cached: Arc::clone(&self.cached) })
    }

    /// The same with a dictionary that several databases have, and what its skills are found by.
    pub(super) fn sharing(
        database: Database,
        dictionary: Arc<DictionaryCache>,
        skills: Arc<PastSkillEntries>,
    ) -> Self {
        let past_entries = PastEntries::with_skills(skills);
        let skill_index = SkillIndexCache::default();
        Self { database, cached: Arc::new(Cached { dictionary, skill_index, past_entries }) }
    }

    /// The database, and what was computed from it.
    pub(super) fn into_parts(self) -> (Database, impl Send) {
        (self.database, self.cached)
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The skill dictionary as it is now.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn dictionary(&self) -> Result<Arc<Dictionary>, ServiceError> {
        Ok(self.revised_dictionary()?.1)
    }

    fn revised_dictionary(&self) -> Result<(i64, Arc<Dictionary>), ServiceError> {
        self.dictionary_in(&self.database)
    }

    /// The skill dictionary of a snapshot of the same database, and its revision.
    pub(super) fn dictionary_in(
        &self,
        database: &Database,
    ) -> Result<(i64, Arc<Dictionary>), ServiceError> {
        self.cached.dictionary.get(database)
    }

    /// Which grades name which skills now.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn skill_index(&self) -> Result<Arc<SkillIndex>, ServiceError> {
        let (revision, dictionary) = self.revised_dictionary()?;
        self.cached.skill_index.get(&self.database, (revision, &dictionary))
    }

    /// Searches it.
    ///
    /// # Errors
    ///
    /// As [`search::search`].
    pub fn search(&self, search: &Search) -> Result<Found, ServiceError> {
        search::search(&self.database, &self.cached.past_entries, &*self.dictionary()?, search)
    }
}

/// The catalogue as everybody may see it.
pub struct Published(pub Arc<Catalogue>);

/// Asks for the revision and the time of the last change on a connection of its own.
pub type LastChanges = Dedicated<(i64, Option<NaiveDateTime>)>;

/// The number that every change a visitor can see raises, and when it was raised last, in UTC, if that is
/// known: what was read under one number is good until the next.
///
/// # Errors
///
/// If the database does not answer.
pub fn last_change(database: &Database) -> Result<(i64, Option<NaiveDateTime>), ServiceError> {
    database.read_committed(|connection| Ok(models::catalogue::last_change(connection)?))
}

/// The same without blocking, where that is possible: see [`Database::try_read_inline`].
#[must_use]
pub fn try_last_change_inline(database: &Database) -> Option<(i64, Option<NaiveDateTime>)> {
    database.try_read_inline(models::catalogue::last_change)
}

/// The same on a connection of its own, where asking costs a round trip: see [`Database::dedicated`].
#[must_use]
pub fn dedicated_last_change(database: &Database) -> Option<LastChanges> {
    database.dedicated(models::catalogue::last_change)
}

/// The number of [`last_change`], read by a connection that has nothing of the database in memory.
///
/// # Errors
///
/// If the database does not answer, or its file was deleted, replaced or damaged.
pub fn revision_afresh(database: &Database) -> Result<i64, ServiceError> {
    database.read_afresh(|connection| Ok(models::catalogue::revision(connection)?))
}

/// Fills a catalogue that was never filled, in one transaction; `false` if it was filled before,
/// even if everything has been deleted since.
///
/// # Errors
///
/// If the database refuses an entry, such as an address used twice, or does not answer.
pub fn load_starting(database: &Database, catalogue: &[TrackFile]) -> Result<bool, ServiceError> {
    let now = db::now();
    database.write(|connection| {
        if !models::catalogue::claim_first_revision(connection)? {
            return Ok(false);
        }
        for (position, file) in (1..).zip(catalogue) {
            load_track(connection, position, file, now)?;
        }
        Ok(true)
    })
}

fn load_track(
    connection: &mut DbConnection,
    position: i32,
    file: &TrackFile,
    now: NaiveDateTime,
) -> Result<(), ServiceError> {
    let (slug, title) = (file.track.slug.clone(), file.track.title.clone());
    models::tracks::insert(
        connection,
        &TrackRow { id: position, slug, title, position, version: 1 },
    )?;
    for (position, profession) in (1..).zip(&file.professions) {
        let profession_id = models::professions::insert(
            connection,
            &NewProfession {
                slug: &profession.slug,
                title: &profession.title,
                summary: &profession.summary,
                track: &file.track.slug,
                position,
                created_at: now,
                updated_at: now,
                includes_id: None,
                includes_up_to: None,
                scale_id: None,
                is_draft: false,
            },
        )?;
        for grade in &profession.grades {
            models::grades::insert(
                connection,
                NewGrade {
                    profession_id,
                    level_name: grade.level,
                    description: grade.description.as_deref().map(str::trim),
                    updated_at: now,
                },
            )?;
        }
    }
    Ok(())
}
