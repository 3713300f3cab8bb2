//! The index: brought up to date in the transaction of every change.

use std::collections::HashMap;
use std::iter::once;

use diesel::QueryResult;

use super::key::{Key, Kind};
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::ProfessionRow;
use crate::graders::models::search::Entry;
use crate::graders::service::{ServiceError, level_names};
use crate::ladder::search::terms;
use crate::ladder::{Description, Level, Requirement, Scale};

/// The way terms are made. Raised by whoever changes it, so that every database is indexed anew.
const FORMAT: i32 = 3;

/// Stands between texts; no word has it.
const BETWEEN: &str = "@";

/// Indexes a profession anew, with its grades and their requirements, or takes it out of the index if
/// it is gone; in the transaction of its change.
pub fn index_profession(connection: &mut DbConnection, id: i32) -> QueryResult<()> {
    let ranges = [Kind::Profession, Kind::Grade, Kind::Requirement];
    let ranges = ranges.map(|kind| Key::all_of(kind, id));
    let entries = match models::search::profession(connection, id)? {
        Some(row) => {
            let grades = models::grades::of(connection, &[id])?;
            let scale = level_names::load(connection)?.of(row.scale_id);
            let of_grades = grades.iter().flat_map(|grade| entries_of_grade(&row, &scale, grade));
            once(entry_of_profession(&row)).chain(of_grades).collect()
        }
        None => Vec::new(),
    };
    models::search::replace(connection, &ranges, &entries)
}

/// Indexes one grade anew, with its requirements; in the transaction of its change.
pub fn index_grade(connection: &mut DbConnection, grade: &GradeRow) -> QueryResult<()> {
    let (id, level) = (grade.profession_id, grade.level_name.rank());
    let ranges = [Kind::Grade, Kind::Requirement];
    let ranges = ranges.map(|kind| {
        let start = Key { kind, id, level, place: 0 };
        start.number()..=Key { place: u16::MAX, ..start }.number()
    });
    let row = models::search::profession(connection, id)?;
    let scales = level_names::load(connection)?;
    let of_row = |row: ProfessionRow| entries_of_grade(&row, &scales.of(row.scale_id), grade);
    let entries = row.map(of_row).unwrap_or_default();
    models::search::replace(connection, &ranges, &entries)
}

/// Indexes a skill anew under its names, or takes it out of the index if it has none.
pub fn index_skill(connection: &mut DbConnection, id: i32, names: &[&str]) -> QueryResult<()> {
    let key = Key { kind: Kind::Skill, id, level: 0, place: 0 }.number();
    let own = terms_of(names.iter().copied());
    let entry = Entry { key, own, context: Vec::new(), marks: Vec::new() };
    let entries = if names.is_empty() { Vec::new() } else { vec![entry] };
    models::search::replace(connection, &[Key::all_of(Kind::Skill, id)], &entries)
}

/// Indexes everything anew if terms were made in another way, or never; `false` if they were not.
///
/// # Errors
///
/// If the database does not answer.
pub fn bring_up_to_date(database: &Database) -> Result<bool, ServiceError> {
    database.write(|connection| {
        models::catalogue::lock(connection)?;
        if models::search::format(connection)? == FORMAT {
            return Ok(false);
        }
        models::search::replace(connection, &[i64::MIN..=i64::MAX], &[])?;
        for id in models::search::profession_ids(connection)? {
            index_profession(connection, id)?;
        }
        let mut aliases = HashMap::<i32, Vec<String>>::new();
        for row in models::skills::aliases(connection)? {
            aliases.entry(row.skill_id).or_default().push(row.alias);
        }
        for skill in models::skills::skills(connection)? {
            let aliases = aliases.remove(&skill.id).unwrap_or_default();
            let names = once(&skill.title).chain(&aliases).map(String::as_str).collect::<Vec<_>>();
            index_skill(connection, skill.id, &names)?;
        }
        models::search::set_format(connection, FORMAT)?;
        Ok(true)
    })
}

pub fn track_mark(slug: &str) -> String {
    format!("@track-{slug}")
}

pub fn level_mark(level: Level) -> String {
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
fn entries_of_grade(row: &ProfessionRow, scale: &Scale, grade: &GradeRow) -> Vec<Entry> {
    let level = grade.level_name;
    // Without a scale of its own a level is found by all its usual names.
    let own = scale.level(level).filter(|_| row.scale_id.is_some());
    let names = own.map_or([level.name(), ""], |named| [&named.title, &named.slug]);
    let level_names = || names.into_iter().filter(|name| !name.is_empty());
    let key = Key { kind: Kind::Grade, id: row.id, level: level.rank(), place: 0 };
    let marks = vec![track_mark(&row.track), level_mark(level)];
    let text = grade.description.as_deref().unwrap_or_default();
    let description = Description::parse(text);
    let asked = description.requirements.iter().flat_map(words_of);
    let paragraphs = description.paragraphs().map(|note| note.text.as_str());
    let headings = description.headings.iter().map(|block| block.title.as_str());
    let mut entries = vec![Entry {
        key: key.number(),
        own: terms_of(level_names().chain(paragraphs).chain(headings)),
        context: terms_of(once(row.title.as_str()).chain(asked)),
        marks: marks.clone(),
    }];
    let context = once(row.title.as_str()).chain(level_names()).collect::<Vec<_>>();
    let requirement = |(place, requirement): (u16, &Requirement)| Entry {
        key: Key { kind: Kind::Requirement, place, ..key }.number(),
        own: terms_of(words_of(requirement)),
        context: terms_of(context.iter().copied().chain(heading_of(requirement))),
        marks: marks.clone(),
    };
    entries.extend((0..=u16::MAX).zip(&description.requirements).map(requirement));
    entries
}

/// What a requirement says, with its label and its examples.
fn words_of(requirement: &Requirement) -> impl Iterator<Item = &str> {
    let label = requirement.label().unwrap_or_default();
    let examples = requirement.examples.iter().map(|example| example.text.as_str());
    [label, requirement.text.as_str()].into_iter().chain(examples)
}

fn heading_of(requirement: &Requirement) -> Option<&str> {
    requirement.block.as_ref().map(|block| block.title.as_str())
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
