//! What a site starts with, and how corrections of it reach databases that were filled earlier.
//!
//! A starting text is replaced only while it is untouched (`super::outdated`), so what editors decided
//! stays: their words, what they restored, what they deleted. Of new things only skills are added; which
//! professions and grades there are is for editors to decide.

mod catalogue;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::ServiceError;
use super::catalogue::{TrackFile, starting};
pub use super::outdated::Known;
use super::outdated::{AUTHOR, Fields, digest_of};
use super::rules::{self, Rules};
use super::skills::{self, SkillFields};
use crate::audit::service::Actor;
use crate::db::{Database, DbConnection};
use crate::graders::models;

/// What a site starts with.
#[derive(Debug)]
pub struct Content {
    /// The tracks in their order.
    pub catalogue: Vec<TrackFile>,
    /// The skill dictionary.
    pub skills: Vec<SkillFields>,
    /// How people move between grades.
    pub rules: Rules,
}

impl Content {
    /// The content of this release.
    ///
    /// # Errors
    ///
    /// If an embedded file is invalid, which a test rules out.
    pub fn embedded() -> Result<Self, ServiceError> {
        let catalogue = starting().map_err(|error| ServiceError::Snapshot(error.to_string()))?;
        Ok(Self { catalogue, skills: skills::starting()?, rules: rules::starting()? })
    }

    /// Every text by its name, such as `profession/front-end/title`.
    ///
    /// # Errors
    ///
    /// If the rules can't be written as TOML.
    pub fn texts(&self) -> Result<BTreeMap<String, String>, ServiceError> {
        let mut things = catalogue::things(&self.catalogue);
        let skills = self.skills.iter();
        things.extend(skills.map(|skill| (format!("skill/{}", skill.slug), skills::texts(skill))));
        things.push(("rules".to_owned(), catalogue::rules_fields(&self.rules)?));
        let named = |(thing, fields): (String, Fields)| {
            fields.into_iter().map(move |(field, text)| (format!("{thing}/{field}"), text))
        };
        Ok(things.into_iter().flat_map(named).collect())
    }
}

/// Corrects the untouched starting texts of a database and adds new starting skills, once for each state
/// of the content; returns how many things changed. Each correction is a revision; the revision of the
/// catalogue rises by one.
///
/// # Errors
///
/// If the database does not answer.
pub fn bring_up_to_date(
    database: &Database,
    content: &Content,
    known: &Known,
) -> Result<usize, ServiceError> {
    let state = state(content, known)?;
    // Of several instances that start at once, one corrects and the others then find it done.
    database.change_catalogue(|connection| {
        if models::catalogue::starting_content(connection)? == state {
            return Ok(0);
        }
        let revision = models::catalogue::revision(connection)?;
        let by = Actor { login: AUTHOR.to_owned(), address: String::new() };
        // Requirements that are reworded are recognised by the skills they name.
        let changed = skills::correct(connection, &content.skills, known, &by)?
            + catalogue::correct(connection, &content.catalogue, known, &by)?
            + catalogue::correct_rules(connection, &content.rules, known, &by)?;
        if changed > 0 {
            models::catalogue::set_revision(connection, revision + 1)?;
        }
        models::catalogue::set_starting_content(connection, &state)?;
        Ok(changed)
    })
}

/// Notes that a database has no starting content that this release would correct.
pub(super) fn mark_up_to_date(connection: &mut DbConnection) -> Result<(), ServiceError> {
    let state = state(&Content::embedded()?, &Known::embedded())?;
    Ok(models::catalogue::set_starting_content(connection, &state)?)
}

/// A digest of the content and of what is known of earlier content.
fn state(content: &Content, known: &Known) -> Result<String, ServiceError> {
    let mut digest = Sha256::new();
    for (name, text) in content.texts()? {
        digest.update(format!("{name} {}\n", digest_of(&text)));
    }
    for line in known.lines() {
        digest.update(format!("{line}\n"));
    }
    Ok(hex::encode(digest.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_starting_text_of_this_release_is_in_the_list() {
        let (known, mut present) = (Known::embedded(), Known::default());
        present.add(&Content::embedded().unwrap().texts().unwrap());
        let missing = present.missing_in(&known).collect::<Vec<_>>();
        assert!(
            missing.is_empty(),
            "append these lines to assets/starting_texts.txt and remove none:\n{}",
            missing.join("\n")
        );
    }
}
