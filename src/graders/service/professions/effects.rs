//! What a change does to the ladders that include the changed one, and to its own: computed before it is
//! made.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fields::{InvalidField, ProfessionFields, check, find_or_follow};
use super::inclusion;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::professions::ProfessionRow;
use crate::graders::service::ServiceError;
use crate::graders::service::inclusions::{self, Shelf};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Asked, Ladder, Level, LevelName};

/// A change whose effects are shown before it is made.
#[derive(Clone, Debug)]
pub enum Planned {
    /// Another ladder is included, or none.
    Includes(ProfessionFields),
    /// A grade gets a level that is free.
    ChangeLevel {
        /// The level it has.
        from: Level,
        /// The level it gets.
        to: Level,
    },
    /// A grade is taken away.
    RemoveGrade(Level),
    /// The profession is taken away.
    Delete,
}

/// What a change does to one ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LadderEffect {
    /// The profession's name in addresses.
    pub slug: String,
    /// The profession's name on pages.
    pub title: String,
    /// What becomes of its inclusion; `None` if that stays as it is.
    pub inclusion: Option<InclusionEffect>,
    /// Its grades, lowest first, each with how many requirements are in force before and after.
    pub grades: Vec<(LevelName, usize, usize)>,
}

/// What becomes of an inclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InclusionEffect {
    /// The ladder no longer includes the other one.
    Ends,
    /// The ladder includes the other one up to another level.
    UpTo(Level),
}

/// The effects of new fields of the profession at an address, or what is wrong with them.
///
/// # Errors
///
/// As [`effects`].
pub fn effects_of_fields(
    database: &Database,
    dictionary: &Dictionary,
    slug: &str,
    fields: ProfessionFields,
) -> Result<Result<Vec<LadderEffect>, Vec<InvalidField>>, ServiceError> {
    let invalid = database.read(|connection| {
        let row = find_or_follow(connection, slug)?;
        check(connection, &fields, (Some(row.id), row.is_draft))
    })?;
    if !invalid.is_empty() {
        return Ok(Err(invalid));
    }
    effects(database, dictionary, slug, &Planned::Includes(fields)).map(Ok)
}

/// What a change of the profession at an address does to the ladders that include it, in the order of the
/// catalogue; if it changes what the profession includes, to its own ladder before. Ladders that stay as
/// they are are left out.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; [`ServiceError::Moved`] if it had this address before; if the
/// database does not answer.
pub fn effects(
    database: &Database,
    dictionary: &Dictionary,
    slug: &str,
    change: &Planned,
) -> Result<Vec<LadderEffect>, ServiceError> {
    database.read(|connection| {
        let own = find_or_follow(connection, slug)?.id;
        let mut ids =
            inclusions::including(connection, own)?.iter().map(|row| row.id).collect::<Vec<_>>();
        ids.insert(0, own);
        let before = models::professions::with_ids(connection, &ids)?;
        let mut after = before.clone();
        if let Planned::Includes(fields) = change {
            let stored = inclusion::stored(connection, fields.includes.as_ref())?;
            for row in after.iter_mut().filter(|row| row.id == own) {
                (row.includes_id, row.includes_up_to) = stored;
            }
        }
        let before = Shelf::read(connection, dictionary, &before)?;
        let after = changed(connection, dictionary, (own, &after), change)?;
        if !matches!(change, Planned::Includes(_)) {
            ids.remove(0);
        }
        let rows = (before.rows.clone(), after.rows.clone());
        let ladders = (before.ladders(), after.ladders());
        let effect = |id: &i32| {
            let (was, is) = (rows.0.get(id)?, rows.1.get(id)?);
            effect((was, ladders.0.get(id)?), (is, ladders.1.get(id)?))
        };
        let mut effects = ids.iter().filter_map(effect).collect::<Vec<_>>();
        // What becomes of its own inclusion, whoever changes it knows.
        let is_own = |effect: &&mut LadderEffect| {
            rows.0.get(&own).is_some_and(|row| row.slug == effect.slug)
        };
        if let Some(effect) = effects.iter_mut().find(is_own) {
            effect.inclusion = None;
        }
        Ok(effects)
    })
}

/// The professions as a change leaves them.
fn changed(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    (own, rows): (i32, &[ProfessionRow]),
    change: &Planned,
) -> Result<Shelf, ServiceError> {
    let mut shelf = Shelf::read(connection, dictionary, rows)?;
    let grades = shelf.grades.entry(own).or_default();
    match change {
        Planned::Includes(_) | Planned::Delete => {}
        Planned::ChangeLevel { from, to } => {
            for grade in grades.iter_mut().filter(|grade| grade.level == *from) {
                (grade.level, grade.name) = (*to, LevelName::standard(*to));
            }
        }
        Planned::RemoveGrade(level) => grades.retain(|grade| grade.level != *level),
    }
    let levels = grades.iter().map(|grade| grade.level).collect::<Vec<_>>();
    for row in shelf.rows.values_mut().filter(|row| row.includes_id == Some(own)) {
        let up_to = row.includes_up_to();
        let now = match (change, up_to) {
            (Planned::Delete, _) => None,
            (_, None) => continue,
            (Planned::ChangeLevel { from, to }, Some(level)) if level == *from => Some(*to),
            (_, Some(level)) => inclusion::nearest(level, &levels),
        };
        row.includes_up_to = now.map(Into::into);
        row.includes_id = row.includes_id.filter(|_| now.is_some());
    }
    Ok(shelf)
}

/// What becomes of one ladder, if anything does.
fn effect(
    (was, before): (&ProfessionRow, &Arc<Ladder>),
    (is, after): (&ProfessionRow, &Arc<Ladder>),
) -> Option<LadderEffect> {
    let inclusion = match (was.includes_id, is.includes_id, is.includes_up_to()) {
        (Some(_), None, _) => Some(InclusionEffect::Ends),
        (was_of, is_of, Some(level)) if was_of == is_of && was.includes_up_to() != Some(level) => {
            Some(InclusionEffect::UpTo(level))
        }
        _ => None,
    };
    let asked = |ladder: &Ladder, level| {
        let asked = ladder.accumulated(level).into_iter();
        let named = |asked: Asked| {
            let origin = asked.origin.map(|origin| origin.slug.clone());
            (origin, asked.requirement.id)
        };
        asked.map(named).collect::<BTreeSet<_>>()
    };
    let grades = after.grades().iter();
    let is_changed =
        grades.clone().any(|grade| asked(before, grade.level) != asked(after, grade.level));
    let counts = grades.map(|grade| {
        let level = grade.level;
        (grade.name.clone(), before.in_force_count(level), after.in_force_count(level))
    });
    (inclusion.is_some() || is_changed).then(|| LadderEffect {
        slug: is.slug.clone(),
        title: is.title.clone(),
        inclusion,
        grades: counts.collect(),
    })
}
