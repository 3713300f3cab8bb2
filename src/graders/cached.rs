//! What is computed from the whole catalogue and kept in memory: the skill dictionary and the skill
//! index.

use std::sync::Arc;

use super::service::ServiceError;
use super::skill_index::{SkillIndex, SkillIndexCache};
use super::skills::DictionaryCache;
use crate::db::Database;
use crate::ladder::skill::Dictionary;

/// The dictionary and the skill index of a database, as they are now.
pub struct Catalogue {
    database: Database,
    dictionary: DictionaryCache,
    skill_index: SkillIndexCache,
}

impl Catalogue {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(database: Database) -> Self {
        let (dictionary, skill_index) = (DictionaryCache::default(), SkillIndexCache::default());
        Self { database, dictionary, skill_index }
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
        Ok(self.dictionary.get(&self.database)?.1)
    }

    /// Which grades name which skills now.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn skill_index(&self) -> Result<Arc<SkillIndex>, ServiceError> {
        let (revision, dictionary) = self.dictionary.get(&self.database)?;
        self.skill_index.get(&self.database, (revision, &dictionary))
    }
}
