//! What an editor says that a change does to the demands, instead of what is computed from its texts.

use super::{PublicChange, public, row};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::Database;
use crate::graders::models;
use crate::graders::service::{ServiceError, reach};
use crate::ladder::Effect;
use crate::ladder::skill::Dictionary;

/// A change whose effect can be corrected.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The change, whole.
    pub change: PublicChange,
    /// What an editor says; `None` if nobody said anything.
    pub said: Option<Effect>,
    /// What its texts tell; `None` if that can't be told.
    pub computed: Option<Effect>,
    /// The name in addresses of the track whose profession it concerns, if it is one that is there.
    pub track: Option<String>,
}

/// What became of a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrected {
    /// It is stored.
    Stored,
    /// The same was said already; nothing is stored.
    Unchanged,
    /// Somebody else said something different in between; nothing is stored.
    Conflict,
}

/// A change with what is said of its effect.
///
/// # Errors
///
/// [`ServiceError::NoSuchRevision`]; if the database does not answer.
pub fn correctable(
    database: &Database,
    dictionary: &Dictionary,
    id: i32,
) -> Result<Correction, ServiceError> {
    database.read(|connection| {
        let row = row(connection, id)?;
        let said = public::corrected(&row);
        let profession = match row.profession_id {
            Some(id) => models::professions::whole_by_id(connection, id)?,
            None => None,
        };
        let (change, computed) = public::whole(connection, dictionary, row)?;
        Ok(Correction { change, said, computed, track: profession.map(|row| row.track) })
    })
}

/// Says what a change does; `None` leaves it to its texts. `read` is what was said when the editor read it.
///
/// # Errors
///
/// As [`correctable`].
pub fn correct(
    database: &Database,
    dictionary: &Dictionary,
    id: i32,
    (read, wanted): (Option<Effect>, Option<Effect>),
    by: &Actor,
) -> Result<Corrected, ServiceError> {
    database.change_catalogue(|connection| {
        let row = row(connection, id)?;
        reach::must_have_profession(connection, by, row.profession_id)?;
        let said = public::corrected(&row);
        if said == wanted {
            return Ok(Corrected::Unchanged);
        }
        if said != read {
            return Ok(Corrected::Conflict);
        }
        let (change, computed) = public::whole(connection, dictionary, row)?;
        models::changes::set_effect(connection, id, wanted.map(Effect::name))?;
        models::catalogue::raise_revision(connection)?;
        let named = |effect: Option<Effect>| {
            let label = |effect: Option<Effect>| {
                effect
                    .map_or_else(|| "неизвестно".to_owned(), |effect| effect.label().to_lowercase())
            };
            match effect {
                Some(_) => label(effect),
                None => format!("вычислено, {}", label(computed)),
            }
        };
        let detail = format!("{}: {} → {}", change.subject.title, named(said), named(wanted));
        audit::record(connection, by, Action::CorrectEffect, &id.to_string(), &detail)?;
        Ok(Corrected::Stored)
    })
}
