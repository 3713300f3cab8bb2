//! What a site starts with, and how corrections of it reach databases that were filled earlier.
//!
//! A starting text is replaced only while it is untouched ([`Thing::outdated`]), so what editors decided
//! stays: their words, what they restored, what they deleted. Of new things only skills are added; which
//! professions and grades there are is for editors to decide.

mod catalogue;
mod known;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

pub use self::known::Known;
use super::ServiceError;
use super::catalogue::{TrackFile, starting};
use super::revisions::Snapshot;
use super::rules::{self, Rules};
use super::skills::{self, SkillFields};
use crate::audit::service::Actor;
use crate::clean;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::revisions::{Kind, RevisionRow};

/// What histories say of a correction.
pub(super) const NOTE: &str = "Исправлен начальный текст";

/// What histories name as the author. No login has a space, and names of programs begin with «API: ».
const AUTHOR: &str = "обновление сайта";

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

/// The texts of one thing by the names of its fields, in the form in which they are compared.
pub(super) type Fields = BTreeMap<&'static str, String>;

/// A stored thing that a site starts with.
pub(super) struct Thing<'a> {
    /// What it is and its name in addresses: `skill/docker`.
    pub name: &'a str,
    pub id: i32,
    pub version: i32,
    /// What it says now.
    pub stored: &'a Fields,
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
        things.extend(skills.map(|skill| (format!("skill/{}", skill.slug), skill.texts())));
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
    database.write(|connection| {
        // Of several instances that start at once, one corrects and the others then find it done.
        models::catalogue::lock(connection)?;
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

/// A digest of the content and of what is known of earlier content.
fn state(content: &Content, known: &Known) -> Result<String, ServiceError> {
    let mut digest = Sha256::new();
    for (name, text) in content.texts()? {
        digest.update(format!("{name} {}\n", known::digest(&text)));
    }
    for line in known.lines() {
        digest.update(format!("{line}\n"));
    }
    Ok(hex::encode(digest.finalize()))
}

impl Thing<'_> {
    /// The fields whose text is an untouched starting text other than the new one.
    ///
    /// A text is untouched if it is, character for character, one that a release of this site started
    /// with, and if the history of its thing is whole and tells of no person who changed this field. The
    /// text alone does not suffice: somebody may have restored it. The history alone does not suffice
    /// either: releases before the common history changed tracks without a revision, and what an import
    /// or a restored backup brings has whatever history it brings. Equal texts of both are compared after
    /// cleaning, so it makes no difference whether stored texts were cleaned.
    pub fn outdated<S: Snapshot>(
        &self,
        connection: &mut DbConnection,
        new: &Fields,
        known: &Known,
        fields: impl Fn(&S) -> Result<Fields, ServiceError>,
    ) -> Result<BTreeSet<&'static str>, ServiceError> {
        let is_former = |field: &&'static str| {
            let (stored, new) = (self.stored.get(field), new.get(field));
            let (Some(stored), Some(new)) = (stored, new) else { return false };
            comparable(stored) != comparable(new)
                && known.has(&format!("{}/{field}", self.name), stored)
        };
        let mut outdated = new.keys().copied().filter(is_former).collect::<BTreeSet<_>>();
        if outdated.is_empty() {
            return Ok(outdated);
        }
        let history = models::revisions::of(connection, S::KIND, self.id)?;
        let is_whole = (2..=self.version)
            .all(|version| history.iter().any(|revision| revision.version == version));
        if !is_whole {
            return Ok(BTreeSet::new());
        }
        for revision in history.iter().filter(|revision| revision.author != AUTHOR) {
            match both::<S>(revision)? {
                Some((before, after)) => {
                    let (before, after) = (fields(&before)?, fields(&after)?);
                    outdated.retain(|field| before.get(field) == after.get(field));
                }
                // Somebody made the thing, or wrote a description or took one away.
                None if revision.version == 1 || S::KIND == Kind::Grade => outdated.clear(),
                // A deletion and its undoing leave the texts as they are.
                None => {}
            }
        }
        Ok(outdated)
    }
}

/// The thing before and after a change, if it was there both times.
fn both<S: Snapshot>(revision: &RevisionRow) -> Result<Option<(S, S)>, ServiceError> {
    let read = |text: &Option<String>| text.as_deref().map(S::read).transpose();
    Ok(read(&revision.before)?.zip(read(&revision.after)?))
}

/// A text as it is compared: cleaned, without spaces around it.
fn comparable(text: &str) -> String {
    clean::text(text).trim().to_owned()
}

impl SkillFields {
    /// The texts of a skill. The order of its aliases says nothing; those that are hidden are part of one
    /// text with the others, because a name moves from one list to the other.
    pub(super) fn texts(&self) -> Fields {
        let sorted = |aliases: &[String]| {
            let mut aliases = aliases.to_vec();
            aliases.sort();
            aliases.join("\n")
        };
        let [aliases, hidden] = [&self.aliases, &self.hidden_aliases].map(|list| sorted(list));
        Fields::from([
            ("title", self.title.clone()),
            ("category", self.category.clone()),
            ("link", self.link.clone()),
            ("aliases", format!("{aliases}\n\n{hidden}")),
        ])
    }
}
