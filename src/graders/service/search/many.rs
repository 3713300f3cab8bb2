//! Indexing many professions at once, after an import, or everything.

use std::collections::{BTreeSet, HashMap};
use std::iter::once;
use std::panic::resume_unwind;
use std::thread::{self, ScopedJoinHandle};

use super::index::{
    described, entries_of_grade, entry_of_profession, entry_of_skill, is_present, mark_indexed,
};
use super::key::{Key, Kind};
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::ProfessionRow;
use crate::graders::models::search::Entry;
use crate::graders::service::ServiceError;
use crate::graders::service::level_names::{self, Scales};
use crate::graders::service::parallel::each;
use crate::ladder::{Description, Level};

/// Professions whose entries are made at once.
const AT_ONCE: usize = 150;

/// From so many professions on, the index is told to gather more before it writes.
const MANY: usize = 100;

/// Indexes professions anew, or takes them out of the index if they are gone. `report` hears how many are
/// done, and of how many.
///
/// Entries of many professions come in the order of their keys: the index of SQLite gathers them and writes them
/// at once, but begins anew with each key that is lower than the one before.
pub fn index_professions(
    connection: &mut DbConnection,
    ids: &BTreeSet<i32>,
    mut report: impl FnMut(usize, usize),
) -> Result<(), ServiceError> {
    // Otherwise everything is indexed anew when the site starts.
    if !is_present(connection)? {
        return Ok(());
    }
    let scales = level_names::load(connection)?;
    let ids = ids.iter().copied().collect::<Vec<_>>();
    let is_many = ids.len() >= MANY;
    if is_many {
        models::search::gather(connection, true)?;
    }
    let mut done = 0;
    thread::scope(|scope| {
        // While the entries of one part are stored, another thread makes those of the next.
        let mut made = None;
        for part in ids.chunks(AT_ONCE) {
            let (rows, grades) = texts(connection, part)?;
            let scales = &scales;
            let next = scope.spawn(move || entries(&rows, &grades, scales).entries);
            if let Some((part, entries)) = made.replace((part, next)) {
                done += store(connection, part, entries)?;
                report(done, ids.len());
            }
        }
        if let Some((part, entries)) = made {
            done += store(connection, part, entries)?;
            report(done, ids.len());
        }
        Ok::<_, ServiceError>(())
    })?;
    if is_many {
        models::search::gather(connection, false)?;
    }
    Ok(())
}

/// Indexes everything anew if terms were made in another way, or never; `false` if they were not.
///
/// # Errors
///
/// If the database does not answer.
pub fn bring_up_to_date(database: &Database) -> Result<bool, ServiceError> {
    database.change_catalogue(|connection| {
        if is_present(connection)? {
            return Ok(false);
        }
        mark_indexed(connection)?;
        let skills = entries_of_skills(connection)?.entries;
        models::search::replace(connection, &[i64::MIN..=i64::MAX], &skills)?;
        let professions = models::search::profession_ids(connection)?.into_iter().collect();
        index_professions(connection, &professions, |_, _| ())?;
        Ok(true)
    })
}

/// The entries of some ladders, and what they were made of.
#[derive(Default)]
pub struct LadderEntries {
    /// In the order of their keys.
    pub entries: Vec<Entry>,
    /// What the grades ask, by profession and level, without links to skills; `None` if a grade is not
    /// described.
    pub descriptions: HashMap<(i32, Level), Option<Description>>,
}

/// The entries of everything but skills.
pub fn entries_of_ladders(connection: &mut DbConnection) -> Result<LadderEntries, ServiceError> {
    let scales = level_names::load(connection)?;
    let ids = models::search::profession_ids(connection)?;
    let (rows, grades) = texts(connection, &ids)?;
    Ok(entries(&rows, &grades, &scales))
}

/// The entries of all skills.
#[derive(Default)]
pub struct SkillEntries {
    /// In the order of their keys.
    pub entries: Vec<Entry>,
    /// By id, the names that the skills have in addresses.
    pub slugs: HashMap<i32, String>,
}

/// The entries of all skills.
pub fn entries_of_skills(connection: &mut DbConnection) -> Result<SkillEntries, ServiceError> {
    let mut aliases = HashMap::<i32, Vec<String>>::new();
    for row in models::skills::aliases(connection)? {
        aliases.entry(row.skill_id).or_default().push(row.alias);
    }
    let mut made = SkillEntries::default();
    for skill in models::skills::skills(connection)? {
        let aliases = aliases.remove(&skill.id).unwrap_or_default();
        let names = once(&skill.title).chain(&aliases).map(String::as_str);
        made.entries.push(entry_of_skill(skill.id, names));
        made.slugs.insert(skill.id, skill.slug);
    }
    made.entries.sort_by_key(|entry| entry.key);
    Ok(made)
}

type Texts = (Vec<ProfessionRow>, Vec<GradeRow>);

/// What entries are made of, in the order of their keys.
fn texts(connection: &mut DbConnection, ids: &[i32]) -> Result<Texts, ServiceError> {
    let mut rows = models::search::professions(connection, ids)?;
    // The search is for everybody.
    rows.retain(|row| !row.is_draft);
    rows.sort_by_key(|row| row.id);
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut grades = models::grades::of(connection, &ids)?;
    grades.sort_by_key(|grade| (grade.profession_id, grade.level_name));
    Ok((rows, grades))
}

/// Puts entries in the place of those that some professions have; returns how many these are.
fn store(
    connection: &mut DbConnection,
    ids: &[i32],
    made: ScopedJoinHandle<'_, Vec<Entry>>,
) -> Result<usize, ServiceError> {
    let entries = made.join().unwrap_or_else(|panic| resume_unwind(panic));
    let kinds = [Kind::Profession, Kind::Grade, Kind::Requirement];
    let ranges = kinds.iter().flat_map(|kind| ids.iter().map(|id| Key::all_of(*kind, *id)));
    models::search::replace(connection, &ranges.collect::<Vec<_>>(), &entries)?;
    Ok(ids.len())
}

/// The entries of professions.
fn entries(rows: &[ProfessionRow], grades: &[GradeRow], scales: &Scales) -> LadderEntries {
    let by_id = rows.iter().map(|row| (row.id, row)).collect::<HashMap<_, _>>();
    let of_grades = each(grades, |grade| {
        let row = by_id.get(&grade.profession_id)?;
        let description = described(grade);
        let entries = entries_of_grade(row, &scales.of(row.scale_id), grade, &description);
        let description = grade.description.as_ref().map(|_| description);
        Some((entries, ((row.id, grade.level_name), description)))
    });
    let (entries, descriptions) = of_grades.into_iter().flatten().unzip::<_, _, Vec<_>, _>();
    let of_professions = rows.iter().map(entry_of_profession);
    let mut entries = entries.into_iter().flatten().chain(of_professions).collect::<Vec<_>>();
    entries.sort_by_key(|entry| entry.key);
    LadderEntries { entries, descriptions }
}
