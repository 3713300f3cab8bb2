//! Every operation on the catalogue: the only way in for pages.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::QueryResult;

use super::catalogue::TrackFile;
use super::models::{self, NewGrade, NewProfession, ProfessionRow, TrackRow};
use crate::db::{self, Database, DbConnection};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Description, Grade, Ladder, Level};

/// How many professions one page of the catalogue holds.
pub const PROFESSIONS_PER_PAGE: usize = 48;

/// Why an operation was not done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No profession has this address.
    #[error("no such profession")]
    NoSuchProfession,
    /// The profession at this address has another one now.
    #[error("the profession is at {0} now")]
    Moved(String),
    /// Another profession has the address a deleted one would come back to.
    #[error("{0} is taken")]
    AddressTaken(String),
    /// A revision can't be written or read.
    #[error("revision: {0}")]
    Snapshot(String),
    /// The dictionary is too large to be searched for.
    #[error("dictionary: {0}")]
    Dictionary(#[from] aho_corasick::BuildError),
    /// The profession's ladder has no grade of this level.
    #[error("no such grade")]
    NoSuchGrade,
    /// No skill has this address.
    #[error("no such skill")]
    NoSuchSkill,
    /// The grade has no revision of this number.
    #[error("no such revision")]
    NoSuchRevision,
    /// The list has no part that begins there.
    #[error("no such part of the list")]
    NoSuchPart,
    /// No track that has professions has this name in addresses.
    #[error("no such track")]
    NoSuchTrack,
    /// The catalogue has fewer pages.
    #[error("no such page of the catalogue")]
    NoSuchPage,
    /// No connection came free in time, or the database does not answer.
    #[error("no connection to the database: {0}")]
    Unavailable(#[from] r2d2::Error),
    /// The database refused a query.
    #[error("query failed: {0}")]
    Query(#[from] diesel::result::Error),
}

/// A group of professions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// How many professions it has.
    pub professions: usize,
    /// The page of the catalogue its first profession stands on, from 1.
    pub page: usize,
}

/// A profession with its ladder.
#[derive(Debug)]
pub struct Profession {
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
    /// The levels of the ladder, lowest first.
    pub levels: Vec<Level>,
    /// The levels that are described, lowest first.
    pub described: Vec<Level>,
}

/// The number that every change a visitor can see raises: what was read under one revision is
/// good until the next.
///
/// # Errors
///
/// If the database does not answer.
pub fn revision(database: &Database) -> Result<i64, ServiceError> {
    database.read(|connection| Ok(models::revision(connection)?))
}

/// The same, and the day of the last change in UTC, if one is known.
///
/// # Errors
///
/// If the database does not answer.
pub fn last_change(database: &Database) -> Result<(i64, Option<NaiveDate>), ServiceError> {
    let (revision, at) =
        database.read(|connection| Ok::<_, ServiceError>(models::last_change(connection)?))?;
    Ok((revision, at.map(|at| at.date())))
}

/// The same without blocking, where that is possible: see [`Database::try_read_inline`].
#[must_use]
pub fn try_last_change_inline(database: &Database) -> Option<(i64, Option<NaiveDate>)> {
    let (revision, at) = database.try_read_inline(models::last_change)?;
    Some((revision, at.map(|at| at.date())))
}

/// A page of the catalogue, counted from 1; of one track, if one is named. Whoever only counts
/// requirements asks with an empty dictionary.
///
/// # Errors
///
/// [`ServiceError::NoSuchPage`] past the last page and for page 0; [`ServiceError::NoSuchTrack`];
/// if the database does not answer.
pub fn catalogue_page(
    database: &Database,
    dictionary: &Dictionary,
    track: Option<&str>,
    number: usize,
) -> Result<CataloguePage, ServiceError> {
    database.read(|connection| {
        let tracks = tracks(connection)?;
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
pub fn each_profession(
    database: &Database,
    track: Option<&str>,
    mut show: impl FnMut(Profession),
) -> Result<(), ServiceError> {
    database.read(|connection| {
        let tracks = tracks(connection)?;
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
        let row = models::profession(connection, slug)?;
        let tracks = tracks(connection)?;
        let found = with_ladders(connection, dictionary, &tracks, row.into_iter().collect())?;
        match found.into_iter().next() {
            Some(profession) => Ok(profession),
            None => Err(match models::slug_after(connection, slug)? {
                Some(present) => ServiceError::Moved(present),
                None => ServiceError::NoSuchProfession,
            }),
        }
    })
}

/// How many professions there are.
///
/// # Errors
///
/// If the database does not answer.
pub fn profession_count(database: &Database) -> Result<usize, ServiceError> {
    let counts = database
        .read(|connection| Ok::<_, ServiceError>(models::professions_by_track(connection)?))?;
    Ok(counts.into_iter().map(|(_, count)| saturating_usize(count)).sum())
}

/// The addresses of every profession and of its grades, in the order of the catalogue.
///
/// # Errors
///
/// If the database does not answer.
pub fn addresses(database: &Database) -> Result<Vec<ProfessionAddress>, ServiceError> {
    database.read(|connection| {
        let rows = models::professions(connection, 0, i64::MAX)?;
        Ok(with_addresses(connection, rows)?)
    })
}

/// Every track that has professions, in order.
///
/// # Errors
///
/// If the database does not answer.
pub fn filled_tracks(database: &Database) -> Result<Vec<Track>, ServiceError> {
    database.read(|connection| Ok(tracks(connection)?))
}

/// The professions whose ladder has a level, in the order of the catalogue; of one track, if one is
/// named. Besides, every track that has professions.
///
/// # Errors
///
/// [`ServiceError::NoSuchTrack`]; if the database does not answer.
pub fn professions_at(
    database: &Database,
    level: Level,
    track: Option<&str>,
) -> Result<(Vec<Track>, Vec<ProfessionAddress>), ServiceError> {
    database.read(|connection| {
        let tracks = tracks(connection)?;
        let places = places(&tracks, track)?;
        let (offset, limit) = (saturating_i64(places.start), saturating_i64(places.len()));
        let rows = models::professions(connection, offset, limit)?;
        let mut addresses = with_addresses(connection, rows)?;
        addresses.retain(|profession| profession.levels.contains(&level));
        Ok((tracks, addresses))
    })
}

/// Fills a catalogue that was never filled, in one transaction; `false` if it was filled before,
/// even if everything has been deleted since.
///
/// # Errors
///
/// If the database refuses an entry, such as an address used twice, or does not answer.
pub fn load_starting_catalogue(
    database: &Database,
    catalogue: &[TrackFile],
) -> Result<bool, ServiceError> {
    let now = db::now();
    database.write(|connection| {
        if !models::claim_first_revision(connection)? {
            return Ok(false);
        }
        for (position, file) in (1..).zip(catalogue) {
            load_track(connection, position, file, now)?;
        }
        Ok(true)
    })
}

fn load_track(
    connection: &mut DbConnection,
    position: i32,
    file: &TrackFile,
    now: NaiveDateTime,
) -> Result<(), ServiceError> {
    let (slug, title) = (file.track.slug.clone(), file.track.title.clone());
    models::insert_track(connection, &TrackRow { slug, title, position, version: 1 })?;
    for (position, profession) in (1..).zip(&file.professions) {
        let profession_id = models::insert_profession(
            connection,
            &NewProfession {
                slug: &profession.slug,
                title: &profession.title,
                summary: &profession.summary,
                track: &file.track.slug,
                position,
                created_at: now,
                updated_at: now,
            },
        )?;
        for grade in &profession.grades {
            models::insert_grade(
                connection,
                NewGrade {
                    profession_id,
                    level_name: grade.level,
                    description: grade.description.as_deref().map(str::trim),
                    updated_at: now,
                },
            )?;
        }
    }
    Ok(())
}

/// Every track that has professions, in order.
pub(super) fn tracks(connection: &mut DbConnection) -> QueryResult<Vec<Track>> {
    let counts = models::professions_by_track(connection)?.into_iter().collect::<HashMap<_, _>>();
    let mut before = 0;
    let mut tracks = Vec::new();
    for row in models::tracks(connection)? {
        let professions = counts.get(&row.slug).map_or(0, |count| saturating_usize(*count));
        if professions > 0 {
            let page = before / PROFESSIONS_PER_PAGE + 1;
            tracks.push(Track { slug: row.slug, title: row.title, professions, page });
        }
        before += professions;
    }
    Ok(tracks)
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
    let (offset, limit) = (saturating_i64(places.start), saturating_i64(places.len()));
    let rows = models::professions(connection, offset, limit)?;
    with_ladders(connection, dictionary, tracks, rows)
}

/// Adds to each profession its track and its grades.
fn with_ladders(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    tracks: &[Track],
    rows: Vec<ProfessionRow>,
) -> QueryResult<Vec<Profession>> {
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut grades = HashMap::<i32, Vec<Grade>>::new();
    for row in models::grades_of(connection, &ids)? {
        let description = row.description.as_deref();
        let description = description.map(|text| Description::read(text, dictionary));
        let grade = Grade { level: row.level_name, description };
        grades.entry(row.profession_id).or_default().push(grade);
    }
    rows.into_iter()
        .map(|row| {
            let track = tracks.iter().find(|track| track.slug == row.track);
            Ok(Profession {
                slug: row.slug,
                title: row.title,
                summary: row.summary,
                // A foreign key and one transaction leave no profession without its track.
                track: track.cloned().ok_or(diesel::NotFound)?,
                ladder: Ladder::new(grades.remove(&row.id).unwrap_or_default()),
            })
        })
        .collect()
}

/// Adds to each profession the levels of its ladder.
fn with_addresses(
    connection: &mut DbConnection,
    rows: Vec<ProfessionRow>,
) -> QueryResult<Vec<ProfessionAddress>> {
    let mut levels = HashMap::<i32, Vec<(Level, bool)>>::new();
    for (profession_id, level, is_described) in models::levels(connection)? {
        levels.entry(profession_id).or_default().push((level.into(), is_described));
    }
    let address = |row: ProfessionRow| {
        let mut levels = levels.remove(&row.id).unwrap_or_default();
        levels.sort();
        let described = levels.iter().filter(|(_, is_described)| *is_described);
        ProfessionAddress {
            slug: row.slug,
            title: row.title,
            described: described.map(|(level, _)| *level).collect(),
            levels: levels.into_iter().map(|(level, _)| level).collect(),
        }
    };
    Ok(rows.into_iter().map(address).collect())
}

/// Whether a text can be the address of anything: 1 to 100 small Latin letters, digits and
/// hyphens. What can't be is not asked of the database, which would refuse some of it.
pub(super) fn is_slug(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn saturating_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn saturating_usize(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}
