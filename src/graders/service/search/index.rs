//! The index: brought up to date in the transaction of every change.

use std::convert::Infallible;
use std::iter::once;
use std::sync::{Arc, LazyLock};

use diesel::QueryResult;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::key::{Key, Kind};
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::ProfessionRow;
use crate::graders::models::search::Entry;
use crate::graders::service::level_names;
use crate::ladder::search::terms;
use crate::ladder::{Description, Level, Requirement, Scale};

/// The way terms are made. Raised by whoever changes it, so that every database is indexed anew.
const FORMAT: i32 = 3;

/// Stands between texts; no word has it.
const BETWEEN: &str = "@";

/// Bytes that cached texts may take with their terms.
const CACHED_BYTES: u64 = 4 << 20;
/// Texts expected in that space.
const EXPECTED_TEXTS: usize = 10_000;
/// What the cache needs for a text beside the text and its terms, about.
const ENTRY_BYTES: usize = 96;

/// Indexes a profession anew, with its grades and their requirements, or takes it out of the index if
/// it is gone or a draft; in the transaction of its change.
pub fn index_profession(connection: &mut DbConnection, id: i32) -> QueryResult<()> {
    let ranges = [Kind::Profession, Kind::Grade, Kind::Requirement];
    let ranges = ranges.map(|kind| Key::all_of(kind, id));
    // The search is for everybody.
    let row = models::search::profession(connection, id)?.filter(|row| !row.is_draft);
    let entries = match row {
        Some(row) => {
            let grades = models::grades::of(connection, &[id])?;
            let scale = level_names::of(connection, row.scale_id)?;
            let of_grades = grades
                .iter()
                .flat_map(|grade| entries_of_grade(&row, &scale, grade, &described(grade)));
            once(entry_of_profession(&row)).chain(of_grades).collect()
        }
        None => Vec::new(),
    };
    models::search::replace(connection, &ranges, &entries)
}

/// Indexes one grade anew, with its requirements; in the transaction of its change.
pub fn index_grade(
    connection: &mut DbConnection,
    profession: &ProfessionRow,
    grade: &GradeRow,
) -> QueryResult<()> {
    let (id, level) = (grade.profession_id, grade.level_name.rank());
    let ranges = [Kind::Grade, Kind::Requirement];
    let ranges = ranges.map(|kind| {
        let start = Key { kind, id, level, place: 0 };
        start.number()..=Key { place: u16::MAX, ..start }.number()
    });
    let entries = if profession.is_draft {
        Vec::new()
    } else {
        let scale = level_names::of(connection, profession.scale_id)?;
        entries_of_grade(profession, &scale, grade, &described(grade))
    };
    models::search::replace(connection, &ranges, &entries)
}

/// Indexes a skill anew under its names, or takes it out of the index if it has none.
pub fn index_skill(connection: &mut DbConnection, id: i32, names: &[&str]) -> QueryResult<()> {
    let entries =
        if names.is_empty() { Vec::new() } else { vec![entry_of_skill(id, names.iter().copied())] };
    models::search::replace(connection, &[Key::all_of(Kind::Skill, id)], &entries)
}

pub fn entry_of_skill<'a>(id: i32, names: impl IntoIterator<Item = &'a str>) -> Entry {
    let key = Key { kind: Kind::Skill, id, level: 0, place: 0 }.number();
    Entry::new(key, &terms_of(names), &[], "")
}

/// Notes that all that is there is indexed.
pub fn mark_indexed(connection: &mut DbConnection) -> QueryResult<()> {
    models::search::set_format(connection, FORMAT)
}

/// Whether the index is made of the terms that this release makes.
pub fn is_present(connection: &mut DbConnection) -> QueryResult<bool> {
    Ok(models::search::format(connection)? == FORMAT)
}

pub fn track_mark(slug: &str) -> String {
    format!("@track-{slug}")
}

pub fn level_mark(level: Level) -> String {
    format!("@level-{}", level.rank())
}

pub fn entry_of_profession(row: &ProfessionRow) -> Entry {
    let key = Key { kind: Kind::Profession, id: row.id, level: 0, place: 0 }.number();
    let own = terms_of([&*row.title, &*row.summary, &*row.slug]);
    Entry::new(key, &own, &[], &track_mark(&row.track))
}

/// The description of a grade, without links to skills; an empty one if it is not described.
pub fn described(grade: &GradeRow) -> Description {
    Description::parse(grade.description.as_deref().unwrap_or_default())
}

/// The entries of a grade with a description, and of its requirements, in the order of their keys.
pub fn entries_of_grade(
    row: &ProfessionRow,
    scale: &Scale,
    grade: &GradeRow,
    description: &Description,
) -> Vec<Entry> {
    let level = grade.level_name;
    // Without a scale of its own a level is found by all its usual names.
    let own = scale.level(level).filter(|_| row.scale_id.is_some());
    let names = own.map_or([level.name(), ""], |named| [&named.title, &named.slug]);
    let level_names = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>();
    let key = Key { kind: Kind::Grade, id: row.id, level: level.rank(), place: 0 };
    let marks = [track_mark(&row.track), level_mark(level)].join(" ");
    let profession = terms_of([&*row.title]);
    let place = terms_of(level_names.iter().copied());
    let asked = description.requirements.iter().map(|requirement| {
        let heading = requirement.block.as_ref().map(|block| block.title.as_str());
        (terms_of(words_of(requirement)), terms_of(heading))
    });
    let asked = asked.collect::<Vec<_>>();
    let requirement = |(number, (own, heading)): (u16, &(String, String))| {
        let key = Key { kind: Kind::Requirement, place: number, ..key }.number();
        Entry::new(key, own, &[&profession, &place, heading], &marks)
    };
    let requirements = (0..=u16::MAX).zip(&asked).map(requirement);
    let paragraphs = description.paragraphs().map(|note| note.text.as_str());
    let headings = description.headings.iter().map(|block| block.title.as_str());
    let own = terms_of(level_names.iter().copied().chain(paragraphs).chain(headings));
    let of_asked = asked.iter().map(|(own, _)| own.as_str());
    let context = once(profession.as_str()).chain(of_asked).collect::<Vec<_>>();
    let whole = Entry::new(key.number(), &own, &context, &marks);
    once(whole).chain(requirements).collect()
}

/// What a requirement says, with its label and its examples.
fn words_of(requirement: &Requirement) -> impl Iterator<Item = &str> {
    let label = requirement.label().unwrap_or_default();
    let examples = requirement.examples.iter().map(|example| example.text.as_str());
    [label, requirement.text.as_str()].into_iter().chain(examples)
}

/// The terms of several texts, with spaces between them, and with a sign between texts so that no phrase
/// goes from one to another.
fn terms_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = String::new();
    for text in texts {
        all.extend([&*cached_terms(text), BETWEEN, " "]);
    }
    all
}

/// The terms of a text, each with a space after it. Many texts are indexed again and again: those of every
/// grade of a profession that changed, of a past state, of an import.
fn cached_terms(text: &str) -> Arc<str> {
    static CACHE: LazyLock<Cache<String, Arc<str>, TextWeight>> =
        LazyLock::new(|| Cache::with_weighter(EXPECTED_TEXTS, CACHED_BYTES, TextWeight));

    let make = || terms(text).into_iter().map(|term| term.term + " ").collect::<String>().into();
    let Ok(known) = CACHE.get_or_insert_with(text, || Ok::<_, Infallible>(make()));
    known
}

#[derive(Clone)]
struct TextWeight;

impl Weighter<String, Arc<str>> for TextWeight {
    fn weight(&self, text: &String, terms: &Arc<str>) -> u64 {
        (text.len() + terms.len() + ENTRY_BYTES) as u64
    }
}
