//! The skill dictionary: stored, filled, and cached for reading texts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::QueryResult;

use super::fields::{SkillFields, insert_aliases, shown_and_hidden};
use crate::db::{Database, DbConnection};
use crate::graders::formats::FileSkill;
use crate::graders::formats::catalogue::starting_file;
use crate::graders::models;
use crate::graders::models::revisions::Kind;
use crate::graders::models::skills::{AliasRow, SkillRow};
use crate::graders::service::ServiceError;
use crate::graders::service::texts::is_slug;
use crate::ladder::skill::{Dictionary, Skill};
use crate::paths;

/// The starting dictionary, embedded.
const STARTING: &str = include_str!("../../../../assets/skills.toml");

/// The dictionary, read anew only when it has changed.
#[derive(Default)]
pub struct DictionaryCache(Mutex<Option<(i64, Arc<Dictionary>)>>);

impl DictionaryCache {
    /// With a dictionary of a revision.
    pub(in crate::graders::service) fn of(revision: i64, dictionary: Arc<Dictionary>) -> Self {
        Self(Mutex::new(Some((revision, dictionary))))
    }

    /// The dictionary as it is now, and its revision.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn get(&self, database: &Database) -> Result<(i64, Arc<Dictionary>), ServiceError> {
        let revision = match database.try_read_inline(models::skills::revision) {
            Some(revision) => revision,
            None => database.read_committed(|connection| {
                Ok::<_, ServiceError>(models::skills::revision(connection)?)
            })?,
        };
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, dictionary)) = &*cached
            && *of == revision
        {
            return Ok((revision, Arc::clone(dictionary)));
        }
        let (revision, skills, aliases) = database.read(|connection| {
            let revision = models::skills::revision(connection)?;
            let (skills, aliases) = rows(connection)?;
            Ok::<_, ServiceError>((revision, skills, aliases))
        })?;
        let dictionary = dictionary_of(skills, aliases)?;
        *cached = Some((revision, Arc::clone(&dictionary)));
        Ok((revision, dictionary))
    }
}

/// So many letters of a name are the same in all its forms.
const BEGINNING: usize = 3;

/// The skills of the dictionary that a text may name: those of which a name begins like something in it. A
/// small dictionary is made in a fraction of the time that the whole one takes.
pub fn stored_for(connection: &mut DbConnection, text: &str) -> Result<Dictionary, ServiceError> {
    let small = |text: &str| text.to_lowercase().replace('ё', "е");
    let text = small(text);
    let is_begun = |name: &str| {
        let first = name.chars().filter(|letter| letter.is_alphanumeric()).take(BEGINNING);
        text.contains(&small(&first.collect::<String>()))
    };
    let (skills, aliases) = rows(connection)?;
    let mut skills = skills_of(skills, aliases);
    skills.retain(|skill| skill.names().any(is_begun));
    Ok(Dictionary::new(skills)?)
}

/// The dictionary of some rows, in their order.
pub fn dictionary_of(
    skills: Vec<SkillRow>,
    aliases: Vec<AliasRow>,
) -> Result<Arc<Dictionary>, ServiceError> {
    let dictionary = Dictionary::new(skills_of(skills, aliases))?;
    Ok(Arc::new(dictionary.with_addresses(paths::skill)))
}

fn rows(connection: &mut DbConnection) -> QueryResult<(Vec<SkillRow>, Vec<AliasRow>)> {
    let (mut skills, mut aliases) = (Vec::<SkillRow>::new(), Vec::new());
    for (skill, alias) in models::skills::with_aliases(connection)? {
        if skills.last().is_none_or(|last| last.id != skill.id) {
            skills.push(skill);
        }
        aliases.extend(alias);
    }
    Ok((skills, aliases))
}

fn skills_of(skills: Vec<SkillRow>, rows: Vec<AliasRow>) -> Vec<Skill> {
    let mut aliases = HashMap::<i32, Vec<AliasRow>>::new();
    for row in rows {
        aliases.entry(row.skill_id).or_default().push(row);
    }
    let skill = |row: SkillRow| {
        let (aliases, hidden_aliases) =
            shown_and_hidden(aliases.remove(&row.id).unwrap_or_default());
        let SkillRow { slug, title, category, link, .. } = row;
        Skill { slug, title, category, link, aliases, hidden_aliases }
    };
    skills.into_iter().map(skill).collect()
}

/// Reads the starting dictionary.
///
/// # Errors
///
/// If the embedded file is none, which a test rules out.
pub fn starting() -> Result<Vec<SkillFields>, ServiceError> {
    let fields = |entry: FileSkill| SkillFields {
        slug: entry.slug,
        title: entry.title,
        category: entry.category,
        link: entry.link.unwrap_or_default(),
        aliases: entry.aliases,
        hidden_aliases: entry.hidden_aliases,
    };
    let file = starting_file(STARTING);
    let file = file.map_err(|error| ServiceError::Snapshot(error.to_string()))?;
    let skills = file.skills.unwrap_or_default();
    Ok(skills.into_iter().map(fields).collect())
}

/// Fills a dictionary that never had a skill; `false` if it had.
///
/// # Errors
///
/// If an address or an alias is used twice; if the database does not answer.
pub fn load_starting(database: &Database, skills: &[SkillFields]) -> Result<bool, ServiceError> {
    database.change_catalogue(|connection| {
        let was_changed = models::revisions::last_object(connection, Kind::Skill)?.is_some();
        if was_changed || models::skills::any(connection)? {
            return Ok(false);
        }
        for fields in skills {
            let id = models::skills::insert(connection, &fields.row())?;
            insert_aliases(connection, id, &fields.aliases, &fields.hidden_aliases)?;
        }
        models::skills::raise_revision(connection)?;
        models::catalogue::raise_revision(connection)?;
        Ok(true)
    })
}

/// The present address of the skill that had an address before.
///
/// # Errors
///
/// If the database does not answer.
pub fn current_slug(database: &Database, former: &str) -> Result<Option<String>, ServiceError> {
    if !is_slug(former) {
        return Ok(None);
    }
    database.read_committed(|connection| Ok(models::skills::current_slug(connection, former)?))
}
