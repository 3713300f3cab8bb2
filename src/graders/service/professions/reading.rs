//! Professions as pages show them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use diesel::QueryResult;

use super::fields::find_or_follow;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::professions::ProfessionRow;
use crate::graders::service::inclusions::{self, Including, Shelf};
use crate::graders::service::texts::is_slug;
use crate::graders::service::tracks::{self, PROFESSIONS_PER_PAGE, Track};
use crate::graders::service::{ServiceError, level_names};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Ladder, Level, LevelName, Scale};

/// A profession with its ladder.
#[derive(Debug)]
pub struct Profession {
    /// What names it whatever its address: kept when it is renamed, or deleted and brought back, and
    /// never given to another one.
    pub id: i32,
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// One phrase on what the profession works with.
    pub summary: String,
    /// The group it belongs to.
    pub track: Track,
    /// Its grades.
    pub ladder: Ladder,
    /// Its number and those of the professions that its ladder includes, directly or through others: the
    /// requirements it asks are theirs.
    pub lineage: Vec<i32>,
    /// The professions whose ladders include this one, in the order of the catalogue.
    pub included_in: Vec<Including>,
}

/// One page of the catalogue, or of one of its tracks.
#[derive(Debug)]
pub struct CataloguePage {
    /// How many pages there are, at least 1.
    pub count: usize,
    /// Every track that has professions, in order.
    pub tracks: Vec<Track>,
    /// The professions of this page, in the order of the tracks.
    pub professions: Vec<Profession>,
}

/// The addresses of one profession.
#[derive(Debug)]
pub struct ProfessionAddress {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// The name in addresses of the track it belongs to.
    pub track: String,
    /// The names of its levels.
    pub scale: Arc<Scale>,
    /// The levels of the ladder, lowest first.
    pub levels: Vec<LevelName>,
    /// The levels that are described, lowest first.
    pub described: Vec<LevelName>,
    /// Whether it is for editors alone.
    pub is_draft: bool,
}

impl ProfessionAddress {
    /// How the ladder names a level, if it has a grade of it.
    #[must_use]
    pub fn name(&self, level: Level) -> Option<&LevelName> {
        self.levels.iter().find(|name| name.level() == level)
    }

    /// Whether the grade of a level is described.
    #[must_use]
    pub fn is_described(&self, level: Level) -> bool {
        self.described.iter().any(|name| name.level() == level)
    }
}

/// A page of the catalogue, counted from 1; of one track, if one is named. Whoever only counts
/// requirements asks with an empty dictionary.
///
/// # Errors
///
/// [`ServiceError::NoSuchPage`] past the last page and for page 0; [`ServiceError::NoSuchTrack`];
/// if the database does not answer.
pub fn page(
    database: &Database,
    dictionary: &Dictionary,
    track: Option<&str>,
    number: usize,
) -> Result<CataloguePage, ServiceError> {
    database.read(|connection| {
        let tracks = tracks::with_professions(connection)?;
        let places = places(&tracks, track)?;
        let count = places.len().div_ceil(PROFESSIONS_PER_PAGE).max(1);
        if !(1..=count).contains(&number) {
            return Err(ServiceError::NoSuchPage);
        }
        let start = places.start + (number - 1) * PROFESSIONS_PER_PAGE;
        let end = places.end.min(start + PROFESSIONS_PER_PAGE);
        let professions = stretch(connection, dictionary, &tracks, start..end)?;
        Ok(CataloguePage { count, tracks, professions })
    })
}

/// Shows every profession, or every one of a track, in the order of the catalogue. They are read a
/// page at a time, so that a large catalogue is never in memory as a whole.
///
/// # Errors
///
/// [`ServiceError::NoSuchTrack`]; if the database does not answer.
pub fn each(
    database: &Database,
    track: Option<&str>,
    mut show: impl FnMut(Profession),
) -> Result<(), ServiceError> {
    database.read(|connection| {
        let tracks = tracks::with_professions(connection)?;
        let places = places(&tracks, track)?;
        for start in places.clone().step_by(PROFESSIONS_PER_PAGE) {
            let end = places.end.min(start + PROFESSIONS_PER_PAGE);
            let shown = stretch(connection, &Dictionary::default(), &tracks, start..end)?;
            shown.into_iter().for_each(&mut show);
        }
        Ok(())
    })
}

/// The profession at an address.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; [`ServiceError::Moved`] if it had this address before; if
/// the database does not answer.
pub fn profession(
    database: &Database,
    dictionary: &Dictionary,
    slug: &str,
) -> Result<Profession, ServiceError> {
    if !is_slug(slug) {
        return Err(ServiceError::NoSuchProfession);
    }
    database.read(|connection| {
        let Some(row) = models::professions::at(connection, slug)? else {
            return Err(match models::professions::current_slug(connection, slug)? {
                Some(present) => ServiceError::Moved(present),
                None => ServiceError::NoSuchProfession,
            });
        };
        let track = tracks::placed(connection, &row.track)?;
        let found = with_ladders(connection, dictionary, &[track], vec![row])?;
        Ok(found.into_iter().next().ok_or(diesel::NotFound)?)
    })
}

/// Whether any of some addresses is that of a draft.
///
/// # Errors
///
/// If the database does not answer.
pub fn has_draft(database: &Database, slugs: &[String]) -> Result<bool, ServiceError> {
    database.read(|connection| Ok(models::professions::has_draft_at(connection, slugs)?))
}

/// The level that a part of an address names in a profession, under its present name there; `None` if
/// it names none.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; [`ServiceError::Moved`] if it had this address before; if the
/// database does not answer.
pub fn level(
    database: &Database,
    slug: &str,
    typed: &str,
) -> Result<Option<LevelName>, ServiceError> {
    database.read_committed(|connection| {
        let row = find_or_follow(connection, slug)?;
        let scale = level_names::of(connection, row.scale_id)?;
        Ok(scale.find(typed).map(|level| LevelName::new(&scale, level)))
    })
}

/// The addresses of every profession and of its grades, in the order of the catalogue.
///
/// # Errors
///
/// If the database does not answer.
pub fn addresses(database: &Database) -> Result<Vec<ProfessionAddress>, ServiceError> {
    database.read(|connection| {
        let rows = models::professions::in_order(connection, 0, i64::MAX)?;
        Ok(with_addresses(connection, rows)?)
    })
}

/// The professions whose ladder has a level, in the order of the catalogue; of one track, if one is
/// named. Besides, every track that has professions.
///
/// # Errors
///
/// [`ServiceError::NoSuchTrack`]; if the database does not answer.
pub fn at_level(
    database: &Database,
    level: Level,
    track: Option<&str>,
) -> Result<(Vec<Track>, Vec<ProfessionAddress>), ServiceError> {
    database.read(|connection| {
        let tracks = tracks::with_professions(connection)?;
        let places = places(&tracks, track)?;
        let (offset, limit) = (saturating_i64(places.start), saturating_i64(places.len()));
        let rows = models::professions::in_order(connection, offset, limit)?;
        let mut addresses = with_addresses(connection, rows)?;
        addresses.retain(|profession| profession.name(level).is_some());
        Ok((tracks, addresses))
    })
}

/// The places that professions have in the order of the catalogue, from 0: of all, or of those of
/// one track, which stand together.
fn places(tracks: &[Track], wanted: Option<&str>) -> Result<Range<usize>, ServiceError> {
    let mut end = 0;
    for track in tracks {
        let start = end;
        end += track.professions;
        if wanted == Some(track.slug.as_str()) {
            return Ok(start..end);
        }
    }
    if wanted.is_some() { Err(ServiceError::NoSuchTrack) } else { Ok(0..end) }
}

/// The professions at some places.
fn stretch(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    tracks: &[Track],
    places: Range<usize>,
) -> QueryResult<Vec<Profession>> {
    // To order all of a large catalogue takes long.
    let (mut end, mut offset, mut touched) = (0, 0, Vec::new());
    for track in tracks {
        let start = end;
        end += track.professions;
        if start < places.end && places.start < end {
            if touched.is_empty() {
                offset = places.start - start;
            }
            touched.push(track.slug.as_str());
        }
    }
    let (offset, limit) = (saturating_i64(offset), saturating_i64(places.len()));
    let rows = match touched[..] {
        [] => Vec::new(),
        [track] => models::professions::in_track(connection, track, offset, limit)?,
        _ => models::professions::in_tracks(connection, &touched, offset, limit)?,
    };
    with_ladders(connection, dictionary, tracks, rows)
}

/// Adds to each profession its track and its ladder, with what that includes.
fn with_ladders(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    tracks: &[Track],
    rows: Vec<ProfessionRow>,
) -> QueryResult<Vec<Profession>> {
    let shelf = Shelf::read(connection, dictionary, &rows)?;
    let mut lineages =
        rows.iter().map(|row| (row.id, shelf.lineage(row.id))).collect::<HashMap<_, _>>();
    let mut ladders = shelf.ladders();
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut included_in = inclusions::including_any(connection, &ids)?;
    rows.into_iter()
        .map(|row| {
            let track = tracks.iter().find(|track| track.slug == row.track);
            Ok(Profession {
                id: row.id,
                slug: row.slug,
                title: row.title,
                summary: row.summary,
                // A foreign key and one transaction leave no profession without its track.
                track: track.cloned().ok_or(diesel::NotFound)?,
                ladder: ladders
                    .remove(&row.id)
                    .map(Arc::unwrap_or_clone)
                    .ok_or(diesel::NotFound)?,
                lineage: lineages.remove(&row.id).unwrap_or_default(),
                included_in: included_in.remove(&row.id).unwrap_or_default(),
            })
        })
        .collect()
}

/// Adds to each profession the levels of its ladder.
fn with_addresses(
    connection: &mut DbConnection,
    rows: Vec<ProfessionRow>,
) -> QueryResult<Vec<ProfessionAddress>> {
    let scales = level_names::load_for(connection, rows.iter().map(|row| row.scale_id))?;
    let mut levels = HashMap::<i32, Vec<(Level, bool)>>::new();
    for (profession_id, level, is_described) in models::grades::levels(connection)? {
        levels.entry(profession_id).or_default().push((level.into(), is_described));
    }
    let address = |row: ProfessionRow| {
        let mut levels = levels.remove(&row.id).unwrap_or_default();
        levels.sort();
        let scale = scales.of(row.scale_id);
        let name = |level: &Level| LevelName::new(&scale, *level);
        let described = levels.iter().filter(|(_, is_described)| *is_described);
        ProfessionAddress {
            described: described.map(|(level, _)| name(level)).collect(),
            levels: levels.iter().map(|(level, _)| name(level)).collect(),
            scale,
            slug: row.slug,
            title: row.title,
            track: row.track,
            is_draft: row.is_draft,
        }
    };
    Ok(rows.into_iter().map(address).collect())
}

fn saturating_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
