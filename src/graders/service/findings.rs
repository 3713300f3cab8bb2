//! Probable mistakes in the ladders, for editors, who mend or dismiss them.

use std::collections::HashSet;

use super::ServiceError;
use super::catalogue::Catalogue;
use super::professions::{self, Profession};
use super::reach;
use crate::audit::service::{self as audit, Action, Actor};
use crate::db;
use crate::graders::models;
use crate::graders::models::findings::DismissedRow;
use crate::ladder::check::{Finding, check, within_track};
use crate::ladder::skill::Dictionary;

/// Characters that what names a finding may have: a requirement and some words.
const LONGEST_KEY: usize = 10_000;

/// A page of the catalogue, checked.
pub struct CheckedPage {
    /// How many pages there are, at least 1.
    pub count: usize,
    /// The professions of this page with a finding, in the order of the catalogue.
    pub professions: Vec<CheckedProfession>,
}

/// A profession with findings.
pub struct CheckedProfession {
    /// The profession.
    pub profession: Profession,
    /// What is to be looked at.
    pub findings: Vec<Finding>,
    /// What an editor has looked at and left.
    pub dismissed: Vec<Finding>,
}

/// The findings in one page of the catalogue.
///
/// # Errors
///
/// [`ServiceError::NoSuchPage`]; if the database does not answer.
pub fn page(catalogue: &Catalogue, number: usize) -> Result<CheckedPage, ServiceError> {
    let dictionary = catalogue.dictionary()?;
    let page = professions::page(catalogue.database(), &dictionary, None, number)?;
    let professions = checked(catalogue, &dictionary, page.professions)?;
    Ok(CheckedPage { count: page.count, professions })
}

/// The findings in the ladder of the profession at an address; `None` if there are none.
///
/// # Errors
///
/// As [`professions::profession`].
pub fn of(catalogue: &Catalogue, slug: &str) -> Result<Option<CheckedProfession>, ServiceError> {
    let dictionary = catalogue.dictionary()?;
    let profession = professions::profession(catalogue.database(), &dictionary, slug)?;
    Ok(checked(catalogue, &dictionary, vec![profession])?.into_iter().next())
}

/// Those of some professions that have a finding.
fn checked(
    catalogue: &Catalogue,
    dictionary: &Dictionary,
    professions: Vec<Profession>,
) -> Result<Vec<CheckedProfession>, ServiceError> {
    let levels = professions::track_levels(catalogue.database())?;
    let ids = professions.iter().map(|profession| profession.id).collect::<Vec<_>>();
    let dismissed = catalogue
        .database()
        .read(|connection| Ok::<_, ServiceError>(models::findings::dismissed(connection, &ids)?))?;
    let dismissed = dismissed.into_iter().collect::<HashSet<_>>();
    let checked = professions.into_iter().map(|profession| {
        let mut findings = check(&profession.ladder, dictionary);
        if let Some(levels) = levels.get(&profession.track.slug) {
            findings = within_track(findings, levels);
        }
        let is_dismissed = |finding: &Finding| dismissed.contains(&(profession.id, finding.key()));
        let (dismissed, findings) = findings.into_iter().partition(is_dismissed);
        CheckedProfession { profession, findings, dismissed }
    });
    let has_any = |checked: &CheckedProfession| {
        !(checked.findings.is_empty() && checked.dismissed.is_empty())
    };
    Ok(checked.filter(has_any).collect())
}

/// Dismisses a finding, named by its [`Finding::key`], or returns it to the list. When what it is about
/// changes, it is another finding.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; if the database does not answer.
pub fn dismiss(
    catalogue: &Catalogue,
    slug: &str,
    (key, is_dismissed): (&str, bool),
    by: &Actor,
) -> Result<(), ServiceError> {
    let profession = professions::profession(catalogue.database(), &Dictionary::default(), slug)?;
    if key.len() > LONGEST_KEY || key.contains('\0') {
        return Ok(());
    }
    catalogue.database().change_catalogue(|connection| {
        reach::must_have_profession(connection, by, Some(profession.id))?;
        let profession_id = profession.id;
        let dismissed = models::findings::dismissed(connection, &[profession_id])?;
        if dismissed.iter().any(|(_, known)| known == key) == is_dismissed {
            return Ok(());
        }
        let action = if is_dismissed {
            let (dismissed_by, dismissed_at) = (&*by.login, db::now());
            let row = DismissedRow { profession_id, finding: key, dismissed_by, dismissed_at };
            models::findings::dismiss(connection, &row)?;
            Action::DismissFinding
        } else {
            models::findings::take_back(connection, profession_id, key)?;
            Action::ReturnFinding
        };
        Ok(audit::record(connection, by, action, &profession.slug, "")?)
    })
}
