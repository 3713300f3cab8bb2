//! Starting texts that a later release of the site corrects, and whether they are untouched.

mod known;

use std::collections::{BTreeMap, BTreeSet};

pub use self::known::{Known, digest_of};
use super::ServiceError;
use super::revisions::Snapshot;
use crate::clean;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::revisions::{Kind, RevisionRow};

/// What histories say of a correction.
pub(super) const NOTE: &str = "Исправлен начальный текст";

/// What histories name as the author. No login has a space, and names of programs begin with «API: ».
pub(super) const AUTHOR: &str = "обновление сайта";

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
pub(super) fn comparable(text: &str) -> String {
    clean::text(text).trim().to_owned()
}
