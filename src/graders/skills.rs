//! The skill dictionary: stored, filled, and kept ready for texts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use super::models::skills::{self as models, NewSkill, SkillRow};
use super::models::{lock_catalogue, raise_revision};
use super::service::{ServiceError, is_slug};
use crate::db::Database;
use crate::ladder::skill::{Dictionary, Skill};
use crate::paths;

/// The starting dictionary, embedded.
const STARTING: &str = include_str!("../../assets/skills.toml");

/// A dictionary as a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "skill")]
    skills: Vec<Entry>,
}

/// A table `[[skill]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    slug: String,
    title: String,
    category: String,
    link: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
}

/// The dictionary, read anew only when it has changed.
#[derive(Default)]
pub struct DictionaryCache(Mutex<Option<(i64, Arc<Dictionary>)>>);

impl DictionaryCache {
    /// The dictionary as it is now, and its revision.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn get(&self, database: &Database) -> Result<(i64, Arc<Dictionary>), ServiceError> {
        let revision = match database.try_read_inline(models::revision) {
            Some(revision) => revision,
            None => {
                database.read(|connection| Ok::<_, ServiceError>(models::revision(connection)?))?
            }
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, dictionary)) = &*kept
            && *of == revision
        {
            return Ok((revision, Arc::clone(dictionary)));
        }
        let (revision, skills) = database.read(|connection| {
            let revision = models::revision(connection)?;
            let mut aliases = HashMap::<i32, Vec<String>>::new();
            for (id, alias) in models::aliases(connection)? {
                aliases.entry(id).or_default().push(alias);
            }
            let skill = |row: SkillRow| Skill {
                aliases: aliases.remove(&row.id).unwrap_or_default(),
                slug: row.slug,
                title: row.title,
                category: row.category,
                link: row.link,
            };
            let skills = models::skills(connection)?.into_iter().map(skill).collect();
            Ok::<_, ServiceError>((revision, skills))
        })?;
        let dictionary = Dictionary::new(skills)?.with_addresses(paths::skill);
        let dictionary = Arc::new(dictionary);
        *kept = Some((revision, Arc::clone(&dictionary)));
        Ok((revision, dictionary))
    }
}

/// Fills a dictionary that never had a skill with the starting one; `false` if it had.
///
/// # Errors
///
/// If an embedded skill is used twice, which a test rules out; if the database does not answer.
pub fn load_starting(database: &Database) -> Result<bool, ServiceError> {
    let file = toml::from_str::<File>(STARTING);
    let file = file.map_err(|error| ServiceError::Snapshot(error.to_string()))?;
    database.write(|connection| {
        lock_catalogue(connection)?;
        if models::any_ever(connection)? {
            return Ok(false);
        }
        for Entry { slug, title, category, link, aliases } in &file.skills {
            let new = NewSkill { slug, title, category, link: link.as_deref() };
            let id = models::insert(connection, &new)?;
            for alias in aliases {
                models::insert_alias(connection, id, alias)?;
            }
        }
        models::raise_revision(connection)?;
        raise_revision(connection)?;
        Ok(true)
    })
}

/// The present address of the skill that had an address before.
///
/// # Errors
///
/// If the database does not answer.
pub fn slug_after(database: &Database, former: &str) -> Result<Option<String>, ServiceError> {
    if !is_slug(former) {
        return Ok(None);
    }
    database.read(|connection| Ok(models::slug_after(connection, former)?))
}
