//! Searching the catalogue. Its index is kept in the transaction of every change.

use std::collections::HashMap;
use std::iter::once;
use std::ops::RangeInclusive;

use diesel::QueryResult;
use serde::Serialize;

pub use super::models::search::Breadth;
use super::models::search::{self as models, Condition, Entry};
use super::models::{self as rows, GradeRow, ProfessionRow};
use super::service::{self, ServiceError, Track};
use crate::db::{Database, DbConnection};
use crate::ladder::search::{Question, terms};
use crate::ladder::skill::{Dictionary, Skill};
use crate::ladder::suggestion::suggestion;
use crate::ladder::{self, Description, Level, Requirement};

/// How many hits one page of them has.
pub const HITS_PER_PAGE: usize = 20;
/// How many hits of one kind are counted and can be leafed through; of a common word in a large
/// catalogue there are more than anyone reads.
pub const MOST_HITS: usize = 1_000;
/// Characters a question may have.
pub const LONGEST_QUESTION: usize = 200;

/// The way terms are made. Raised by whoever changes it, so that every database is indexed anew.
const FORMAT: i32 = 1;
/// Stands between texts; no word has it.
const BETWEEN: &str = "@";

/// What is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "&'static str")]
pub enum Kind {
    /// A skill of the dictionary.
    Skill,
    /// A profession.
    Profession,
    /// A grade.
    Grade,
    /// A requirement of a grade.
    Requirement,
}

/// What is searched for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The question as it was typed.
    pub question: String,
    /// Only what belongs to the professions of this track.
    pub track: Option<String>,
    /// Only what belongs to grades of this level.
    pub level: Option<Level>,
    /// Only this.
    pub kind: Option<Kind>,
    /// Which page of the hits, from 1.
    pub page: usize,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// The question as it was understood.
    pub question: Question,
    /// For each kind how many there are, up to [`MOST_HITS`]; one more if there are more still.
    pub counts: [(Kind, usize); 4],
    /// Every track that has professions, in order.
    pub tracks: Vec<Track>,
    /// How much of the question the hits have: as much as anything has.
    pub breadth: Breadth,
    /// How many pages of hits there are, at least 1.
    pub pages: usize,
    /// The hits of this page, the best first.
    pub hits: Vec<Hit>,
    /// The question that was probably meant, if all of this one is nowhere.
    pub suggestion: Option<String>,
}

impl Found {
    /// How many hits there are of all kinds.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.iter().map(|(_, count)| count).sum()
    }
}

/// Something found.
#[derive(Debug)]
pub enum Hit {
    /// A skill.
    Skill(Skill),
    /// A profession.
    Profession(FoundProfession),
    /// A grade.
    Grade {
        /// Whose grade it is.
        profession: FoundProfession,
        /// Its level.
        level: Level,
        /// What it asks, without links to skills; `None` if it is not described.
        description: Option<Description>,
    },
    /// A requirement.
    Requirement {
        /// Whose requirement it is.
        profession: FoundProfession,
        /// The level that asks it.
        level: Level,
        /// What is asked; without links to skills.
        requirement: Requirement,
    },
}

/// A profession as hits name it.
#[derive(Clone, Debug)]
pub struct FoundProfession {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
    /// One phrase on what it works with.
    pub summary: String,
}

/// Which thing an entry is of. Written as a number that orders things as they are shown: by kind,
/// then professions by age, grades by level and requirements by their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    kind: Kind,
    /// Of the skill or the profession.
    id: i32,
    /// The rank of the level; 0 of what has none.
    level: u8,
    /// The place of a requirement among those of its grade.
    place: u16,
}

impl Kind {
    /// Every kind, in the order they are shown.
    pub const ALL: [Self; 4] = [Self::Skill, Self::Profession, Self::Grade, Self::Requirement];

    /// The name in addresses and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skill => "skill",
            Self::Profession => "profession",
            Self::Grade => "grade",
            Self::Requirement => "requirement",
        }
    }

    /// The keys of all its entries.
    fn keys(self) -> RangeInclusive<i64> {
        let start = i64::from(self as u8 + 1) << 52;
        start..=start + ((1 << 52) - 1)
    }
}

impl From<Kind> for &'static str {
    fn from(kind: Kind) -> Self {
        kind.name()
    }
}

impl Key {
    fn number(self) -> i64 {
        self.kind.keys().start()
            + (i64::from(self.id) << 20)
            + (i64::from(self.level) << 16)
            + i64::from(self.place)
    }

    /// The keys of a profession or a skill and of what belongs to it.
    fn all_of(kind: Kind, id: i32) -> RangeInclusive<i64> {
        let start = Self { kind, id, level: 0, place: 0 }.number();
        start..=start + ((1 << 20) - 1)
    }

    fn read(number: i64) -> Option<Self> {
        let kind = Kind::ALL.into_iter().find(|kind| kind.keys().contains(&number))?;
        let number = number - kind.keys().start();
        Some(Self {
            kind,
            id: i32::try_from(number >> 20).ok()?,
            level: u8::try_from((number >> 16) & 0xf).ok()?,
            place: u16::try_from(number & 0xffff).ok()?,
        })
    }

    fn level(self) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.rank() == self.level)
    }
}

/// Searches the catalogue.
///
/// # Errors
///
/// [`ServiceError::NoSuchPage`] past the last page and for page 0; [`ServiceError::NoSuchTrack`]; if
/// the database does not answer.
pub fn search(
    database: &Database,
    dictionary: &Dictionary,
    search: &Search,
) -> Result<Found, ServiceError> {
    database.read(|connection| {
        let mut found = Found {
            question: Question::read(&search.question, dictionary),
            counts: Kind::ALL.map(|kind| (kind, 0)),
            tracks: service::tracks(connection)?,
            breadth: Breadth::Own,
            pages: 1,
            hits: Vec::new(),
            suggestion: None,
        };
        let is_there = |slug: &String| found.tracks.iter().any(|track| track.slug == *slug);
        if !search.track.iter().all(is_there) {
            return Err(ServiceError::NoSuchTrack);
        }
        if !found.question.parts().is_empty() {
            answer(connection, dictionary, search, &mut found)?;
            if found.total() == 0 || found.breadth == Breadth::Any {
                found.suggestion = suggestion(&search.question, dictionary);
            }
        }
        if (1..=found.pages).contains(&search.page) {
            Ok(found)
        } else {
            Err(ServiceError::NoSuchPage)
        }
    })
}

/// Finds what a question that is not empty asks.
fn answer(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    search: &Search,
    found: &mut Found,
) -> QueryResult<()> {
    let marks = marks(search);
    let mut keys = Vec::new();
    for breadth in [Breadth::Own, Breadth::Context, Breadth::Any] {
        let condition = Condition { parts: found.question.parts(), breadth, marks: &marks };
        found.breadth = breadth;
        keys = find(connection, &condition)?;
        // A single part is found in what things say themselves or not at all.
        if condition.parts.len() == 1 || !keys.is_empty() {
            break;
        }
    }
    for (kind, count) in &mut found.counts {
        *count = keys.iter().filter(|key| kind.keys().contains(key)).count();
    }
    // A skill that is named stands before everything else.
    let named = match found.breadth {
        Breadth::Any => found.question.parts().iter().find_map(|part| part.skill.as_deref()),
        _ => found.question.skill(),
    };
    if let Some(slug) = named
        && let Some(id) = models::skill_id(connection, slug)?
    {
        let best = Key { kind: Kind::Skill, id, level: 0, place: 0 }.number();
        // Stable: the others stay in their order.
        keys.sort_by_key(|key| *key != best);
    }
    if let Some(kind) = search.kind {
        keys.retain(|key| kind.keys().contains(key));
    }
    keys.truncate(MOST_HITS);
    found.pages = keys.len().div_ceil(HITS_PER_PAGE).max(1);
    let page = keys.chunks(HITS_PER_PAGE).nth(search.page.saturating_sub(1));
    found.hits = hits(connection, dictionary, page.unwrap_or_default())?;
    Ok(())
}

/// The keys that a condition is true of, lowest first; of no kind more than [`MOST_HITS`] and one.
fn find(connection: &mut DbConnection, condition: &Condition<'_>) -> QueryResult<Vec<i64>> {
    let limit = i64::try_from(MOST_HITS + 1).unwrap_or(i64::MAX);
    let everything = *Kind::Skill.keys().start()..=*Kind::Requirement.keys().end();
    let keys = models::find(connection, condition, &everything, limit)?;
    if keys.len() <= MOST_HITS {
        return Ok(keys);
    }
    let mut keys = Vec::new();
    for kind in Kind::ALL {
        keys.extend(models::find(connection, condition, &kind.keys(), limit)?);
    }
    Ok(keys)
}

/// Indexes a profession anew, with its grades and their requirements, or takes it out of the index if
/// it is gone; in the transaction of its change.
pub(super) fn index_profession(connection: &mut DbConnection, id: i32) -> QueryResult<()> {
    let ranges = [Kind::Profession, Kind::Grade, Kind::Requirement];
    let ranges = ranges.map(|kind| Key::all_of(kind, id));
    let entries = match models::profession(connection, id)? {
        Some(row) => {
            let grades = rows::grades_of(connection, &[id])?;
            let of_grades = grades.iter().flat_map(|grade| entries_of_grade(&row, grade));
            once(entry_of_profession(&row)).chain(of_grades).collect()
        }
        None => Vec::new(),
    };
    models::replace(connection, &ranges, &entries)
}

/// Indexes one grade anew, with its requirements; in the transaction of its change.
pub(super) fn index_grade(connection: &mut DbConnection, grade: &GradeRow) -> QueryResult<()> {
    let (id, level) = (grade.profession_id, grade.level_name.rank());
    let ranges = [Kind::Grade, Kind::Requirement];
    let ranges = ranges.map(|kind| {
        let start = Key { kind, id, level, place: 0 };
        start.number()..=Key { place: u16::MAX, ..start }.number()
    });
    let row = models::profession(connection, id)?;
    let entries = row.map(|row| entries_of_grade(&row, grade)).unwrap_or_default();
    models::replace(connection, &ranges, &entries)
}

/// Indexes a skill anew under its names, or takes it out of the index if it has none.
pub(super) fn index_skill(
    connection: &mut DbConnection,
    id: i32,
    names: &[&str],
) -> QueryResult<()> {
    let key = Key { kind: Kind::Skill, id, level: 0, place: 0 }.number();
    let own = terms_of(names.iter().copied());
    let entry = Entry { key, own, context: Vec::new(), marks: Vec::new() };
    let entries = if names.is_empty() { Vec::new() } else { vec![entry] };
    models::replace(connection, &[Key::all_of(Kind::Skill, id)], &entries)
}

/// Indexes everything anew if terms were made in another way, or never; `false` if they were not.
///
/// # Errors
///
/// If the database does not answer.
pub fn bring_up_to_date(database: &Database) -> Result<bool, ServiceError> {
    database.write(|connection| {
        rows::lock_catalogue(connection)?;
        if models::format(connection)? == FORMAT {
            return Ok(false);
        }
        models::replace(connection, &[i64::MIN..=i64::MAX], &[])?;
        for id in models::profession_ids(connection)? {
            index_profession(connection, id)?;
        }
        let mut aliases = HashMap::<i32, Vec<String>>::new();
        for (id, alias) in rows::skills::aliases(connection)? {
            aliases.entry(id).or_default().push(alias);
        }
        for skill in rows::skills::skills(connection)? {
            let aliases = aliases.remove(&skill.id).unwrap_or_default();
            let names = once(&skill.title).chain(&aliases).map(String::as_str).collect::<Vec<_>>();
            index_skill(connection, skill.id, &names)?;
        }
        models::set_format(connection, FORMAT)?;
        Ok(true)
    })
}

/// What the things behind some keys say, in the order of the keys.
fn hits(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    keys: &[i64],
) -> QueryResult<Vec<Hit>> {
    let keys = keys.iter().filter_map(|key| Key::read(*key)).collect::<Vec<_>>();
    let ids = |is_skill: bool| {
        let keys = keys.iter().filter(|key| (key.kind == Kind::Skill) == is_skill);
        keys.map(|key| key.id).collect::<Vec<_>>()
    };
    let slugs = models::skill_slugs(connection, &ids(true))?;
    let slugs = slugs.into_iter().collect::<HashMap<_, _>>();
    let professions = models::professions(connection, &ids(false))?;
    let professions = professions.into_iter().map(|row| (row.id, row)).collect::<HashMap<_, _>>();
    let levels = keys.iter().filter_map(|key| key.level()).map(Level::name).collect::<Vec<_>>();
    let grades = if levels.is_empty() {
        Vec::new()
    } else {
        models::grades(connection, &ids(false), &levels)?
    };
    let described = grades.into_iter().map(|row| {
        let description = row.description.as_deref().map(Description::parse);
        ((row.profession_id, row.level_name), description)
    });
    let described = described.collect::<HashMap<_, _>>();
    let hit = |key: &Key| {
        if key.kind == Kind::Skill {
            return Some(Hit::Skill(dictionary.skill(slugs.get(&key.id)?)?.clone()));
        }
        let row = professions.get(&key.id)?;
        let (slug, title, summary) = (row.slug.clone(), row.title.clone(), row.summary.clone());
        let profession = FoundProfession { slug, title, summary };
        let Some(level) = key.level() else { return Some(Hit::Profession(profession)) };
        let description = described.get(&(key.id, level))?;
        if key.kind == Kind::Grade {
            return Some(Hit::Grade { profession, level, description: description.clone() });
        }
        let requirements = &description.as_ref()?.requirements;
        let requirement = requirements.get(usize::from(key.place))?.clone();
        Some(Hit::Requirement { profession, level, requirement })
    };
    Ok(keys.iter().filter_map(hit).collect())
}

/// The marks that a search wants.
fn marks(search: &Search) -> Vec<String> {
    let track = search.track.as_deref().map(track_mark);
    track.into_iter().chain(search.level.map(level_mark)).collect()
}

fn track_mark(slug: &str) -> String {
    format!("@track-{slug}")
}

fn level_mark(level: Level) -> String {
    format!("@level-{}", level.rank())
}

fn entry_of_profession(row: &ProfessionRow) -> Entry {
    Entry {
        key: Key { kind: Kind::Profession, id: row.id, level: 0, place: 0 }.number(),
        own: terms_of([&*row.title, &*row.summary, &*row.slug]),
        context: Vec::new(),
        marks: vec![track_mark(&row.track)],
    }
}

/// The entries of a grade and of its requirements.
fn entries_of_grade(row: &ProfessionRow, grade: &GradeRow) -> Vec<Entry> {
    let level = grade.level_name;
    let key = Key { kind: Kind::Grade, id: row.id, level: level.rank(), place: 0 };
    let marks = vec![track_mark(&row.track), level_mark(level)];
    let text = grade.description.as_deref().unwrap_or_default();
    let Description { requirements, notes } = Description::parse(text);
    let label = |requirement: &Requirement| requirement.kind.map_or("", ladder::Kind::label);
    let asked = requirements.iter().flat_map(|asked| [label(asked), &asked.text]);
    let notes = notes.iter().map(|note| note.text.as_str());
    let mut entries = vec![Entry {
        key: key.number(),
        own: terms_of(once(level.name()).chain(notes)),
        context: terms_of(once(row.title.as_str()).chain(asked)),
        marks: marks.clone(),
    }];
    let context = terms_of([&*row.title, level.name()]);
    let requirement = |(place, requirement): (u16, &Requirement)| Entry {
        key: Key { kind: Kind::Requirement, place, ..key }.number(),
        own: terms_of([label(requirement), &requirement.text]),
        context: context.clone(),
        marks: marks.clone(),
    };
    entries.extend((0..=u16::MAX).zip(&requirements).map(requirement));
    entries
}

/// The terms of several texts, with a sign between them so that no phrase goes from one to another.
fn terms_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut all = Vec::new();
    for text in texts {
        all.extend(terms(text).into_iter().map(|term| term.term));
        all.push(BETWEEN.to_owned());
    }
    all
}
