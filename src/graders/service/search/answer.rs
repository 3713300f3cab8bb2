//! Answering questions from the index.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

use diesel::QueryResult;

use super::index::{level_mark, track_mark};
use super::key::{Key, Kind};
use super::many::{LadderEntries, SkillEntries, entries_of_ladders, entries_of_skills};
use crate::db::{Database, DbConnection};
use crate::graders::models;
pub use crate::graders::models::search::Breadth;
use crate::graders::models::search::{Condition, Matcher};
use crate::graders::service::inclusions::{self, Including};
use crate::graders::service::parallel::each;
use crate::graders::service::tracks::{self, Track};
use crate::graders::service::{ServiceError, level_names};
use crate::ladder::search::Question;
use crate::ladder::skill::{Dictionary, Skill};
use crate::ladder::suggestion::suggestion;
use crate::ladder::{Description, Level, LevelName, Requirement};

/// How many hits one page of them has.
pub const HITS_PER_PAGE: usize = 20;

/// How many hits of one kind are counted and can be leafed through; of a common word in a large
/// catalogue there are more than anyone reads.
pub const MOST_HITS: usize = 1_000;

/// Entries that one thread looks through before it takes others.
const AT_ONCE: usize = 64;

/// Characters a question may have.
pub const LONGEST_QUESTION: usize = 200;

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
        name: LevelName,
        /// What it asks, without links to skills; `None` if it is not described.
        description: Option<Description>,
        /// The professions whose ladders include it.
        included_in: Vec<Including>,
    },
    /// A requirement.
    Requirement {
        /// Whose requirement it is.
        profession: FoundProfession,
        /// The level that asks it.
        name: LevelName,
        /// What is asked; without links to skills.
        requirement: Requirement,
        /// The professions whose ladders include it.
        included_in: Vec<Including>,
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

/// What a past state is searched by, made by the first question: its database has no index, since few are ever
/// searched.
#[derive(Default)]
pub struct PastEntries {
    skills: Arc<PastSkillEntries>,
    ladders: OnceLock<LadderEntries>,
}

/// The entries of the skills of a dictionary, for all past states that have it.
#[derive(Default)]
pub struct PastSkillEntries(OnceLock<SkillEntries>);

/// Where the entries are.
#[derive(Clone, Copy)]
enum Index<'a> {
    /// In the database.
    Database,
    /// Here, in the order of their keys: those of the skills, and the others.
    Entries(&'a SkillEntries, &'a LadderEntries),
}

impl PastEntries {
    /// Those of a state that has a dictionary with these skills.
    pub fn with_skills(skills: Arc<PastSkillEntries>) -> Self {
        Self { skills, ladders: OnceLock::new() }
    }

    fn index(&self, database: &Database) -> Result<Index<'_>, ServiceError> {
        if database.origin().is_none() {
            return Ok(Index::Database);
        }
        let skills = made(&self.skills.0, || database.read(entries_of_skills))?;
        let ladders = made(&self.ladders, || database.read(entries_of_ladders))?;
        Ok(Index::Entries(skills, ladders))
    }
}

/// The entries of a cell; if two find it empty at once, both make them.
fn made<T>(
    cell: &OnceLock<T>,
    make: impl FnOnce() -> Result<T, ServiceError>,
) -> Result<&T, ServiceError> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let entries = make()?;
    Ok(cell.get_or_init(|| entries))
}

/// Searches the catalogue.
///
/// # Errors
///
/// [`ServiceError::NoSuchPage`] past the last page and for page 0; [`ServiceError::NoSuchTrack`]; if
/// the database does not answer.
pub fn search(
    database: &Database,
    past_entries: &PastEntries,
    dictionary: &Dictionary,
    search: &Search,
) -> Result<Found, ServiceError> {
    let index = past_entries.index(database)?;
    database.read(|connection| {
        let mut found = Found {
            question: Question::read(&search.question, dictionary),
            counts: Kind::ALL.map(|kind| (kind, 0)),
            tracks: tracks::with_professions(connection)?,
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
            answer(connection, index, dictionary, search, &mut found)?;
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
    index: Index<'_>,
    dictionary: &Dictionary,
    search: &Search,
    found: &mut Found,
) -> QueryResult<()> {
    let marks = marks(search);
    let mut keys = Vec::new();
    for breadth in [Breadth::Own, Breadth::Context, Breadth::Any] {
        let condition = Condition { parts: found.question.parts(), breadth, marks: &marks };
        found.breadth = breadth;
        keys = find(connection, index, &condition)?;
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
        && let Some(id) = skill_id(connection, index, slug)?
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
    found.hits = hits(connection, index, dictionary, page.unwrap_or_default())?;
    Ok(())
}

/// The keys that a condition is true of, lowest first; of no kind more than [`MOST_HITS`] and one.
fn find(
    connection: &mut DbConnection,
    index: Index<'_>,
    condition: &Condition<'_>,
) -> QueryResult<Vec<i64>> {
    const LIMIT: usize = MOST_HITS + 1;

    let mut find = |range: &RangeInclusive<i64>| match index {
        Index::Database => models::search::find(connection, condition, range, LIMIT),
        Index::Entries(skills, ladders) => {
            let parts = skills.entries.chunks(AT_ONCE).chain(ladders.entries.chunks(AT_ONCE));
            let matcher = Matcher::new(condition);
            let found = each(&parts.collect::<Vec<_>>(), |entries| matcher.find(entries, range));
            Ok(found.into_iter().flatten().take(LIMIT).collect())
        }
    };
    let keys = find(&(*Kind::Skill.keys().start()..=*Kind::Requirement.keys().end()))?;
    if keys.len() <= MOST_HITS {
        return Ok(keys);
    }
    let mut keys = Vec::new();
    for kind in Kind::ALL {
        keys.extend(find(&kind.keys())?);
    }
    Ok(keys)
}

/// What the things behind some keys say, in the order of the keys.
fn hits(
    connection: &mut DbConnection,
    index: Index<'_>,
    dictionary: &Dictionary,
    keys: &[i64],
) -> QueryResult<Vec<Hit>> {
    let keys = keys.iter().filter_map(|key| Key::read(*key)).collect::<Vec<_>>();
    let ids = |is_skill: bool| {
        let keys = keys.iter().filter(|key| (key.kind == Kind::Skill) == is_skill);
        keys.map(|key| key.id).collect::<Vec<_>>()
    };
    let read_slugs = match index {
        Index::Database => models::search::skill_slugs(connection, &ids(true))?,
        Index::Entries(..) => Vec::new(),
    };
    let read_slugs = read_slugs.into_iter().collect();
    let slugs = match index {
        Index::Database => &read_slugs,
        Index::Entries(skills, _) => &skills.slugs,
    };
    let rows = models::search::professions(connection, &ids(false))?;
    let rows = rows.into_iter().map(|row| (row.id, row)).collect::<HashMap<_, _>>();
    let scales = level_names::load_for(connection, rows.values().map(|row| row.scale_id))?;
    let levels = keys.iter().filter_map(|key| key.level()).map(Level::name).collect::<Vec<_>>();
    let (mut read, mut including) = (HashMap::new(), HashMap::new());
    if !levels.is_empty() {
        including = inclusions::including_any(connection, &ids(false))?;
        if let Index::Database = index {
            let grades = models::search::grades(connection, &ids(false), &levels)?;
            let described = each(&grades, |row| {
                let description = row.description.as_deref().map(Description::parse);
                ((row.profession_id, row.level_name), description)
            });
            read.extend(described);
        }
    }
    let described = match index {
        Index::Database => &read,
        Index::Entries(_, ladders) => &ladders.descriptions,
    };
    let hit = |key: &Key| {
        if key.kind == Kind::Skill {
            return Some(Hit::Skill(dictionary.skill(slugs.get(&key.id)?)?.clone()));
        }
        let row = rows.get(&key.id)?;
        let (slug, title, summary) = (row.slug.clone(), row.title.clone(), row.summary.clone());
        let profession = FoundProfession { slug, title, summary };
        let Some(level) = key.level() else { return Some(Hit::Profession(profession)) };
        let name = scales.name(row.scale_id, level);
        let description = described.get(&(key.id, level))?;
        let all = including.get(&key.id).into_iter().flatten();
        let included_in = all.filter(|other| other.counts(level)).cloned().collect();
        if key.kind == Kind::Grade {
            let description = description.clone();
            return Some(Hit::Grade { profession, name, description, included_in });
        }
        let requirements = &description.as_ref()?.requirements;
        let requirement = requirements.get(usize::from(key.place))?.clone();
        Some(Hit::Requirement { profession, name, requirement, included_in })
    };
    Ok(keys.iter().filter_map(hit).collect())
}

/// The id of the skill with a name in addresses.
fn skill_id(
    connection: &mut DbConnection,
    index: Index<'_>,
    slug: &str,
) -> QueryResult<Option<i32>> {
    match index {
        Index::Database => models::search::skill_id(connection, slug),
        Index::Entries(skills, _) => {
            Ok(skills.slugs.iter().find(|(_, known)| *known == slug).map(|(id, _)| *id))
        }
    }
}

/// The marks that a search wants.
fn marks(search: &Search) -> Vec<String> {
    let track = search.track.as_deref().map(track_mark);
    track.into_iter().chain(search.level.map(level_mark)).collect()
}
