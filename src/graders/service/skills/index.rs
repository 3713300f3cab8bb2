//! Which grades name which skills: computed from the descriptions, cached, and computed anew only
//! for grades that have changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use diesel::QueryResult;

use crate::db::{Database, DbConnection};
use crate::graders::models::professions::ProfessionRow;
use crate::graders::models::{self, LevelName};
use crate::graders::service::ServiceError;
use crate::graders::service::inclusions::undescribed_ladders;
use crate::graders::service::parallel::each;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Depth, Description, Ladder, Level};

/// The descriptions read at a time, so that few are in memory at once.
pub const READ_AT_ONCE: usize = 500;

/// A profession that asks a skill, and where its ladder does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// The profession's name in addresses.
    pub slug: String,
    /// The profession's name on pages.
    pub title: String,
    /// Whether its own grades name the skill, and not only those that its ladder includes of another one.
    pub is_own: bool,
    /// The grades at which the skill appears or deepens, lowest first, each with the depth if it is
    /// stated.
    pub steps: Vec<(Level, Option<Depth>)>,
}

/// A profession with requirements that name no skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unnamed {
    /// The profession's name in addresses.
    pub slug: String,
    /// How many of its requirements name none.
    pub requirements: usize,
}

/// What a description names.
struct Named {
    /// The names of skills in addresses, each with the greatest depth it is asked.
    skills: Vec<(String, Option<Depth>)>,
    /// How many requirements name no skill.
    unnamed: usize,
}

/// A grade and what its description names.
struct NamedGrade {
    profession_id: i32,
    level: Level,
    named: Arc<Named>,
}

/// Which grades name which skills, under one revision of the catalogue.
pub struct SkillIndex {
    /// For each skill, the professions that ask it, in the order of the catalogue.
    appearances: HashMap<String, Vec<Appearance>>,
    /// The professions with requirements that name none, in the order of the catalogue.
    unnamed: Vec<Unnamed>,
}

impl SkillIndex {
    /// The professions with requirements that name no skill, in the order of the catalogue.
    #[must_use]
    pub fn unnamed(&self) -> &[Unnamed] {
        &self.unnamed
    }

    /// The professions that ask a skill, in the order of the catalogue.
    #[must_use]
    pub fn appearances(&self, slug: &str) -> &[Appearance] {
        self.appearances.get(slug).map_or(&[], Vec::as_slice)
    }
}

/// What a grade names, by its id and version.
type Read = HashMap<i32, (i32, Arc<Named>)>;

/// The index, computed anew only as far as texts have changed.
#[derive(Default)]
pub struct SkillIndexCache(Mutex<CachedIndex>);

#[derive(Default)]
struct CachedIndex {
    /// The revision of the catalogue it is of.
    revision: i64,
    index: Option<Arc<SkillIndex>>,
    /// What was read under the dictionary of this revision.
    skills_revision: i64,
    read: Read,
}

impl SkillIndexCache {
    /// The index as it is now.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn get(
        &self,
        database: &Database,
        (skills_revision, dictionary): (i64, &Dictionary),
    ) -> Result<Arc<SkillIndex>, ServiceError> {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        database.read(|connection| {
            let revision = models::catalogue::revision(connection)?;
            if let Some(index) = cached.index.as_ref().filter(|_| cached.revision == revision) {
                return Ok(Arc::clone(index));
            }
            // The dictionary may have changed since it was asked for; what is found by an old one is
            // not cached for the new one.
            let is_present = models::skills::revision(connection)? == skills_revision;
            let mut known = std::mem::take(&mut cached.read);
            if cached.skills_revision != skills_revision {
                known.clear();
            }
            let rows = models::grades::described(connection)?;
            let mut read = Read::with_capacity(rows.len());
            let mut unread = Vec::new();
            for row in &rows {
                match known.remove(&row.0) {
                    Some(found) if found.0 == row.1 => {
                        read.insert(row.0, found);
                    }
                    _ => unread.push(row.0),
                }
            }
            for ids in unread.chunks(READ_AT_ONCE) {
                read.extend(each(&models::grades::with_ids(connection, ids)?, |row| {
                    let text = row.description.as_deref().unwrap_or_default();
                    let named = Arc::new(Named::read(text, dictionary));
                    (row.grade_id, (row.version, named))
                }));
            }
            let grades = rows.iter().filter_map(|(id, _, profession_id, level)| {
                let (_, named) = read.get(id)?;
                let (profession_id, level) = (*profession_id, LevelName::into(*level));
                Some(NamedGrade { profession_id, level, named: Arc::clone(named) })
            });
            let mut by_profession = HashMap::<i32, Vec<NamedGrade>>::new();
            for grade in grades {
                by_profession.entry(grade.profession_id).or_default().push(grade);
            }
            let mut appearances = HashMap::<String, Vec<Appearance>>::new();
            let mut unnamed = Vec::new();
            let professions = models::professions::in_order(connection, 0, i64::MAX)?;
            let mut inherited = inherited(connection, &professions, &by_profession)?;
            for profession in professions {
                let grades = by_profession.remove(&profession.id).unwrap_or_default();
                let requirements = grades.iter().map(|grade| grade.named.unnamed).sum();
                if requirements > 0 {
                    unnamed.push(Unnamed { slug: profession.slug.clone(), requirements });
                }
                let own = steps(grades);
                let named = own.keys().cloned().collect::<BTreeSet<_>>();
                for (skill, steps) in inherited.remove(&profession.id).unwrap_or(own) {
                    let (slug, title) = (profession.slug.clone(), profession.title.clone());
                    let is_own = named.contains(&skill);
                    let appearance = Appearance { slug, title, is_own, steps };
                    appearances.entry(skill).or_default().push(appearance);
                }
            }
            let index = Arc::new(SkillIndex { appearances, unnamed });
            let kept_index = is_present.then(|| Arc::clone(&index));
            *cached = CachedIndex { revision, index: kept_index, skills_revision, read };
            Ok(index)
        })
    }
}

impl Named {
    fn read(text: &str, dictionary: &Dictionary) -> Self {
        let mut skills = BTreeMap::<String, Option<Depth>>::new();
        let mut unnamed = 0;
        for requirement in Description::read(text, dictionary).requirements {
            unnamed += usize::from(requirement.skills.is_empty());
            for skill in requirement.skills {
                let known = skills.entry(skill.slug).or_default();
                *known = skill.depth.max(*known);
            }
        }
        Self { skills: skills.into_iter().collect(), unnamed }
    }
}

/// For each skill of a ladder, the grades at which it appears or deepens, lowest first.
type Steps = BTreeMap<String, Vec<(Level, Option<Depth>)>>;

/// What is named in the ladders that include others, by the numbers of their professions.
fn inherited(
    connection: &mut DbConnection,
    professions: &[ProfessionRow],
    grades: &HashMap<i32, Vec<NamedGrade>>,
) -> QueryResult<HashMap<i32, Steps>> {
    let including = professions.iter().filter(|row| row.includes_id.is_some());
    let including = including.map(|row| row.id).collect::<Vec<_>>();
    if including.is_empty() {
        return Ok(HashMap::new());
    }
    let mut named = HashMap::new();
    for row in professions {
        for grade in grades.get(&row.id).into_iter().flatten() {
            named.insert((row.slug.as_str(), grade.level), &grade.named);
        }
    }
    let ladders = undescribed_ladders(connection, professions)?;
    let of = |id: &i32| {
        let slug = &professions.iter().find(|row| row.id == *id)?.slug;
        Some((*id, inherited_steps(slug, ladders.get(id)?, &named)))
    };
    Ok(including.iter().filter_map(of).collect())
}

/// The same as [`steps`], of a ladder that includes another one: the grades are its own.
fn inherited_steps(
    slug: &str,
    ladder: &Ladder,
    named: &HashMap<(&str, Level), &Arc<Named>>,
) -> Steps {
    let mut steps = Steps::new();
    let mut count = 0;
    for grade in ladder.grades() {
        let all = ladder.steps(grade.level);
        for step in &all[count..] {
            let slug = step.origin.map_or(slug, |origin| &origin.slug);
            let found = named.get(&(slug, step.grade.level));
            for (skill, depth) in found.iter().flat_map(|found| &found.skills) {
                let known = steps.entry(skill.clone()).or_default();
                match known.last_mut() {
                    Some((_, before)) if *before >= *depth => {}
                    Some((level, before)) if *level == grade.level => *before = *depth,
                    _ => known.push((grade.level, *depth)),
                }
            }
        }
        count = all.len();
    }
    steps
}

/// For each skill of the grades of a ladder, those at which it appears or deepens, lowest first.
fn steps(mut grades: Vec<NamedGrade>) -> Steps {
    grades.sort_by_key(|grade| grade.level);
    let mut steps = Steps::new();
    for grade in &grades {
        for (skill, depth) in &grade.named.skills {
            let known = steps.entry(skill.clone()).or_default();
            if known.last().is_none_or(|(_, before)| depth > before) {
                known.push((grade.level, *depth));
            }
        }
    }
    steps
}
