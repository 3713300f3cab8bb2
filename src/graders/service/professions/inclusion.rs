//! Which ladder a profession includes. Stored by number, so that an inclusion follows a profession that
//! is renamed; circles are prevented here, by whatever way an inclusion is stored.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::addresses;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::professions::{ProfessionRow, WholeProfessionRow};
use crate::graders::service::texts::is_slug;
use crate::graders::service::{ServiceError, inclusions};
use crate::ladder::Level;

/// The ladder that a profession includes, as forms and programs name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// The name in addresses of the profession whose ladder it is.
    pub slug: String,
    /// The last level that is included; `None` for the whole ladder.
    pub up_to: Option<Level>,
}

/// Why a ladder can't be included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidInclusion {
    /// No profession has this address.
    NoSuchProfession,
    /// A profession can't include itself.
    Itself,
    /// The profession to be included includes this one, directly or through others.
    Circle,
    /// The ladder to be included has no grade of this level.
    NoSuchLevel,
    /// A last level, and no profession.
    LevelAlone,
    /// The profession to be included is a draft, and this one is none.
    Draft,
}

/// A profession whose ladder can be included, and its track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Includable {
    /// The profession's name in addresses.
    pub slug: String,
    /// The profession's name on pages.
    pub title: String,
    /// The name of its track on pages.
    pub track: String,
}

/// The same in the columns of a profession.
pub type Stored = (Option<i32>, Option<models::LevelName>);

/// The same in a revision: the number finds the profession, the title is what it had then.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct IncludedSnapshot {
    pub id: i32,
    pub title: String,
    pub up_to: Option<Level>,
}

impl IncludedSnapshot {
    /// What a profession includes now.
    pub fn of(
        connection: &mut DbConnection,
        row: &WholeProfessionRow,
    ) -> Result<Option<Self>, ServiceError> {
        let Some(id) = row.includes_id else { return Ok(None) };
        let included = models::professions::whole_by_id(connection, id)?;
        let up_to = row.includes_up_to();
        Ok(included.map(|included| Self { id, title: included.title, up_to }))
    }

    /// Which ladder up to which level: «Общее для инженеров», целиком.
    pub fn words(&self) -> String {
        match self.up_to {
            Some(level) => format!("«{}» до {}", self.title, level.genitive()),
            None => format!("«{}» целиком", self.title),
        }
    }
}

/// The professions whose ladders one can include without a circle, in the order of the catalogue; for a
/// profession that is not there yet, all.
///
/// # Errors
///
/// If the database does not answer.
pub fn includable(
    database: &Database,
    slug: Option<&str>,
) -> Result<Vec<Includable>, ServiceError> {
    database.read(|connection| {
        let mut rows = models::professions::in_order(connection, 0, i64::MAX)?;
        let own = rows.iter().find(|row| Some(row.slug.as_str()) == slug);
        let own = own.map(|row| (row.id, row.is_draft));
        if let Some((own, is_draft)) = own {
            rows.retain(|row| is_draft || !row.is_draft);
            let including = inclusions::including(connection, own)?;
            rows.retain(|row| row.id != own && !including.iter().any(|other| other.id == row.id));
        }
        let tracks = models::tracks::all(connection)?.into_iter();
        let titles = tracks.map(|track| (track.slug, track.title)).collect::<HashMap<_, _>>();
        let includable = |row: ProfessionRow| Includable {
            track: titles.get(&row.track).cloned().unwrap_or_default(),
            slug: row.slug,
            title: row.title,
        };
        Ok(rows.into_iter().map(includable).collect())
    })
}

/// What a profession includes.
pub fn of(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
) -> Result<Option<Inclusion>, ServiceError> {
    Ok(of_all(connection, &[row])?.remove(&row.id))
}

/// What some professions include, by their numbers.
pub fn of_all(
    connection: &mut DbConnection,
    rows: &[&WholeProfessionRow],
) -> Result<HashMap<i32, Inclusion>, ServiceError> {
    let ids = rows.iter().filter_map(|row| row.includes_id).collect::<Vec<_>>();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let included = models::professions::whole_with_ids(connection, &ids)?;
    let inclusion = |row: &&WholeProfessionRow| {
        let found = included.iter().find(|included| Some(included.id) == row.includes_id)?;
        Some((row.id, Inclusion { slug: found.slug.clone(), up_to: row.includes_up_to() }))
    };
    Ok(rows.iter().filter_map(inclusion).collect())
}

/// The columns of an inclusion that is valid.
pub fn stored(
    connection: &mut DbConnection,
    wanted: Option<&Inclusion>,
) -> Result<Stored, ServiceError> {
    let Some(wanted) = wanted else { return Ok((None, None)) };
    let included = included(connection, wanted)?.ok_or(ServiceError::NoSuchProfession)?;
    Ok((Some(included.id), wanted.up_to.map(Into::into)))
}

/// The profession that an inclusion names, also under an address it had before.
fn included(
    connection: &mut DbConnection,
    wanted: &Inclusion,
) -> Result<Option<WholeProfessionRow>, ServiceError> {
    if !is_slug(&wanted.slug) {
        return Ok(None);
    }
    Ok(addresses::owner(connection, &wanted.slug)?)
}

/// Why a profession can't include what is wanted; `id` and `slug` are its own, the number if it has one
/// yet, and `is_draft` tells whether it is to be a draft.
pub fn check(
    connection: &mut DbConnection,
    wanted: Option<&Inclusion>,
    (id, slug, is_draft): (Option<i32>, &str, bool),
) -> Result<Option<InvalidInclusion>, ServiceError> {
    let Some(wanted) = wanted else { return Ok(None) };
    if wanted.slug.is_empty() {
        return Ok(Some(InvalidInclusion::LevelAlone));
    }
    let Some(included) = included(connection, wanted)? else {
        let is_itself = id.is_none() && wanted.slug == slug;
        return Ok(Some(if is_itself {
            InvalidInclusion::Itself
        } else {
            InvalidInclusion::NoSuchProfession
        }));
    };
    if Some(included.id) == id {
        return Ok(Some(InvalidInclusion::Itself));
    }
    if let Some(id) = id
        && includes(connection, included.id, id)?
    {
        return Ok(Some(InvalidInclusion::Circle));
    }
    if included.is_draft && !is_draft {
        return Ok(Some(InvalidInclusion::Draft));
    }
    if let Some(level) = wanted.up_to
        && !models::grades::levels_of(connection, &[included.id])?
            .into_iter()
            .any(|(_, there)| Level::from(there) == level)
    {
        return Ok(Some(InvalidInclusion::NoSuchLevel));
    }
    Ok(None)
}

/// Whether a profession includes another one, through any number of others.
fn includes(connection: &mut DbConnection, id: i32, other: i32) -> Result<bool, ServiceError> {
    let all = models::professions::inclusions(connection)?.into_iter().collect::<HashMap<_, _>>();
    let (mut at, mut seen) = (id, BTreeSet::new());
    // Whatever is stored, each profession is looked at once.
    while let Some(next) = all.get(&at)
        && seen.insert(at)
    {
        if *next == other {
            return Ok(true);
        }
        at = *next;
    }
    Ok(false)
}

/// What of an inclusion that a profession had can come back: all of it, with a lower level if that one
/// is gone, or none of it. Besides, what does not come back, as a note says it.
pub fn restorable(
    connection: &mut DbConnection,
    (id, is_draft): (i32, bool),
    was: Option<&IncludedSnapshot>,
) -> Result<(Stored, Option<String>), ServiceError> {
    let Some(was) = was else { return Ok(((None, None), None)) };
    let without = |why: &str| {
        let note = format!("без лестницы «{}»: {why}", was.title);
        Ok(((None, None), Some(note)))
    };
    match models::professions::whole_by_id(connection, was.id)? {
        None => return without("её больше нет"),
        Some(included) if included.is_draft && !is_draft => return without("она черновик"),
        Some(_) => {}
    }
    if was.id == id || includes(connection, was.id, id)? {
        return without("вышел бы круг");
    }
    let Some(level) = was.up_to else { return Ok(((Some(was.id), None), None)) };
    let grades = models::grades::by_age(connection, was.id)?;
    let levels = grades.iter().map(|grade| grade.level_name).collect::<Vec<_>>();
    let Some(nearest) = nearest(level, &levels) else {
        return without("в ней нет таких грейдов");
    };
    let note = (nearest != level)
        .then(|| format!("лестница «{}» до {}: выше в ней нет", was.title, nearest.genitive()));
    Ok(((Some(was.id), Some(nearest.into())), note))
}

/// The level itself if it is there, or the next lower one that is.
pub fn nearest(level: Level, there: &[Level]) -> Option<Level> {
    there.iter().copied().filter(|there| *there <= level).max()
}
