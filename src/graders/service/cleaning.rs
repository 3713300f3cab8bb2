//! Cleaning of texts that were stored before texts were cleaned where they enter.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::clean;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::cleaning as texts;
use crate::graders::models::skills::AliasRow;
use crate::graders::service::{ServiceError, identity};
use crate::ladder::description;

/// The way texts are cleaned. Raised by whoever changes it, so that every database is cleaned anew.
/// 2: the ids are noted that texts gave before they had blocks.
const FORMAT: i32 = 2;

/// Cleans all texts if they were cleaned in another way, or never; `false` if they were not. No
/// version and no history changes; former ids of requirements stay known.
///
/// # Errors
///
/// If the database does not answer.
pub fn bring_up_to_date(database: &Database) -> Result<bool, ServiceError> {
    database.change_catalogue(|connection| {
        if texts::format(connection)? == FORMAT {
            return Ok(false);
        }
        let changed = clean_catalogue(connection)? + clean_skills(connection)?;
        if changed > 0 {
            // The texts are read anew, and so are names of skills in them, and all are indexed.
            models::search::set_format(connection, 0)?;
            models::skills::raise_revision(connection)?;
            models::catalogue::raise_revision(connection)?;
        }
        let described = texts::described(connection)?;
        identity::note_earlier_grammar(connection, &described)?;
        texts::set_format(connection, FORMAT)?;
        Ok(changed > 0)
    })
}

/// Notes that texts which are there were cleaned where they came from.
pub(super) fn mark_clean(connection: &mut DbConnection) -> Result<(), ServiceError> {
    Ok(texts::set_format(connection, FORMAT)?)
}

/// Cleans tracks, professions, descriptions and the rules; returns how many texts changed.
fn clean_catalogue(connection: &mut DbConnection) -> Result<usize, ServiceError> {
    let mut changed = 0;
    for (slug, title) in texts::tracks(connection)? {
        if let Some(title) = cleaned_name(&title) {
            texts::set_track(connection, &slug, &title)?;
            changed += 1;
        }
    }
    for (id, title, summary) in texts::professions(connection)? {
        let new = (cleaned_name(&title), cleaned(&summary));
        if new != (None, None) {
            let new = (new.0.unwrap_or(title), new.1.unwrap_or(summary));
            texts::set_profession(connection, id, (&new.0, &new.1))?;
            changed += 1;
        }
    }
    for grade in texts::described(connection)? {
        let text = grade.description.as_deref().unwrap_or_default();
        let Some(new) = cleaned(text) else { continue };
        let changed_ids = description::ids_changed_by_cleaning(text);
        identity::note_cleaned(connection, &grade, &new, &changed_ids)?;
        texts::set_description(connection, grade.grade_id, &new)?;
        changed += 1;
    }
    if let Some(text) = texts::rules(connection)?.as_deref().and_then(cleaned) {
        texts::set_rules(connection, &text)?;
        changed += 1;
    }
    Ok(changed)
}

/// Cleans the skill dictionary; returns how many texts changed.
fn clean_skills(connection: &mut DbConnection) -> Result<usize, ServiceError> {
    let mut changed = 0;
    for (id, title, category) in texts::skills(connection)? {
        let new = (cleaned_name(&title), cleaned_name(&category));
        if new != (None, None) {
            let new = (new.0.unwrap_or(title), new.1.unwrap_or(category));
            texts::set_skill(connection, id, (&new.0, &new.1))?;
            changed += 1;
        }
    }
    let aliases = models::skills::aliases(connection)?;
    let known = aliases.iter().map(|row| (row.skill_id, row.alias.clone()));
    let mut known = known.collect::<HashSet<_>>();
    for row in aliases {
        let Some(new) = cleaned_name(&row.alias) else { continue };
        texts::delete_alias(connection, row.skill_id, &row.alias)?;
        // Several may become one.
        if known.insert((row.skill_id, new.clone())) {
            models::skills::insert_alias(connection, &AliasRow { alias: new, ..row })?;
        }
        changed += 1;
    }
    Ok(changed)
}

/// The cleaned text; `None` if it was clean.
fn cleaned(text: &str) -> Option<String> {
    match clean::text(text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(cleaned) => Some(cleaned),
    }
}

/// The cleaned name in one line; `None` if it was clean, or nothing would be left to see.
fn cleaned_name(name: &str) -> Option<String> {
    let cleaned = cleaned(name)?.replace('\n', " ").trim().to_owned();
    clean::is_visible(&cleaned).then_some(cleaned)
}
