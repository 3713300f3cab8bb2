//! Corrections of tracks, professions, grades and rules.

use crate::audit::service::Actor;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::{ProfessionRow, WholeProfessionRow};
use crate::graders::service::catalogue::{Grade, Profession, Track, TrackFile};
use crate::graders::service::grades::{self, Text};
use crate::graders::service::outdated::{Fields, Known, NOTE, Thing, comparable};
use crate::graders::service::revisions::to_toml;
use crate::graders::service::rules::{self, Rules, RulesEdit};
use crate::graders::service::{ServiceError, identity, professions, tracks};
use crate::ladder::Level;

/// The texts of everything in the files, by the names of things.
pub fn things(files: &[TrackFile]) -> Vec<(String, Fields)> {
    let mut things = Vec::new();
    for file in files {
        things.push((track_name(&file.track.slug), title_of(&file.track.title)));
        for Profession { slug, title, summary, grades } in &file.professions {
            things.push((profession_name(slug), profession_fields(title, summary)));
            things.extend(grades.iter().map(|grade| {
                (grade_name(slug, grade.level), description_of(grade.description.as_deref()))
            }));
        }
    }
    things
}

fn track_name(slug: &str) -> String {
    format!("track/{slug}")
}

fn profession_name(slug: &str) -> String {
    format!("profession/{slug}")
}

fn grade_name(slug: &str, level: Level) -> String {
    format!("grade/{slug}/{}", level.slug())
}

fn title_of(title: &str) -> Fields {
    Fields::from([("title", title.to_owned())])
}

fn profession_fields(title: &str, summary: &str) -> Fields {
    Fields::from([("title", title.to_owned()), ("summary", summary.to_owned())])
}

fn description_of(text: Option<&str>) -> Fields {
    Fields::from([("description", text.unwrap_or_default().to_owned())])
}

pub fn rules_fields(rules: &Rules) -> Result<Fields, ServiceError> {
    Ok(Fields::from([
        ("text", rules.text.clone()),
        ("intervals", to_toml(&rules.intervals)?),
        ("weights", to_toml(&rules.weights)?),
    ]))
}

/// Corrects tracks, professions and descriptions; returns how many of them changed.
pub fn correct(
    connection: &mut DbConnection,
    files: &[TrackFile],
    known: &Known,
    by: &Actor,
) -> Result<usize, ServiceError> {
    let mut changed = 0;
    let professions = || files.iter().flat_map(|file| &file.professions);
    for file in files {
        changed += usize::from(correct_track(connection, &file.track, known, by)?);
        for profession in &file.professions {
            let is_another = |slug: &str| {
                slug != profession.slug && professions().any(|other| other.slug == slug)
            };
            let row = profession_at(connection, &profession.slug)?;
            let Some(row) = row.filter(|row| !is_another(&row.slug)) else { continue };
            changed += usize::from(correct_profession(connection, &row, profession, known, by)?);
            changed += correct_grades(connection, &row, profession, known, by)?;
        }
    }
    Ok(changed)
}

/// Corrects the rules; returns whether they changed, as a number.
pub fn correct_rules(
    connection: &mut DbConnection,
    new: &Rules,
    known: &Known,
    by: &Actor,
) -> Result<usize, ServiceError> {
    let stored = rules::stored(connection)?;
    let (fields, version) = (rules_fields(&stored.rules)?, stored.version);
    let thing = Thing { name: "rules", id: rules::ID, version, stored: &fields };
    let outdated = thing.outdated(connection, &rules_fields(new)?, known, rules_fields)?;
    if outdated.is_empty() {
        return Ok(0);
    }
    let mut rules = stored.rules;
    for field in outdated {
        match field {
            "intervals" => rules.intervals = new.intervals,
            "weights" => rules.weights = new.weights,
            _ => rules.text = comparable(&new.text),
        }
    }
    let edit = RulesEdit { version, rules, note: NOTE.to_owned(), by: by.clone() };
    rules::save_locked(connection, &edit)?;
    Ok(1)
}

fn correct_track(
    connection: &mut DbConnection,
    new: &Track,
    known: &Known,
    by: &Actor,
) -> Result<bool, ServiceError> {
    let rows = models::tracks::all(connection)?;
    let Some(index) = rows.iter().position(|row| row.slug == new.slug) else { return Ok(false) };
    let (row, name) = (&rows[index], track_name(&new.slug));
    let stored = title_of(&row.title);
    let thing = Thing { name: &name, id: row.id, version: row.version, stored: &stored };
    let title = comparable(&new.title);
    let fields = |was: &tracks::Snapshot| Ok(title_of(&was.title));
    if thing.outdated(connection, &title_of(&title), known, fields)?.is_empty() {
        return Ok(false);
    }
    // Another track may have the title.
    let renamed = tracks::rename(connection, &rows, index, &title, NOTE, by)?;
    Ok(renamed == tracks::Changed::Stored)
}

/// The profession at an address, or that had it before.
fn profession_at(
    connection: &mut DbConnection,
    slug: &str,
) -> Result<Option<WholeProfessionRow>, ServiceError> {
    if let Some(row) = models::professions::whole_at(connection, slug)? {
        return Ok(Some(row));
    }
    Ok(match models::professions::formerly_at(connection, slug)? {
        Some(id) => models::professions::whole_by_id(connection, id)?,
        None => None,
    })
}

fn correct_profession(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    new: &Profession,
    known: &Known,
    by: &Actor,
) -> Result<bool, ServiceError> {
    let (name, stored) = (profession_name(&new.slug), profession_fields(&row.title, &row.summary));
    let thing = Thing { name: &name, id: row.id, version: row.version, stored: &stored };
    let (mut title, mut summary) = (comparable(&new.title), comparable(&new.summary));
    let fields = |was: &professions::Snapshot| Ok(profession_fields(&was.title, &was.summary));
    let outdated =
        thing.outdated(connection, &profession_fields(&title, &summary), known, fields)?;
    if outdated.is_empty() {
        return Ok(false);
    }
    if !outdated.contains("title") {
        title.clone_from(&row.title);
    }
    if !outdated.contains("summary") {
        summary.clone_from(&row.summary);
    }
    let change = professions::Change::Correct { title, summary };
    professions::store(connection, row.clone(), &change, by)?;
    Ok(true)
}

/// Corrects the descriptions of a ladder; returns how many changed. Answers that were saved under the
/// former ids of requirements stay good.
fn correct_grades(
    connection: &mut DbConnection,
    profession: &WholeProfessionRow,
    new: &Profession,
    known: &Known,
    by: &Actor,
) -> Result<usize, ServiceError> {
    let owner = ProfessionRow::from(profession);
    // A requirement that moves to another grade of the ladder is seen when both are stored.
    identity::keeping(connection, profession.id, &[], |connection| {
        let mut corrected = 0;
        for row in models::grades::by_age(connection, profession.id)? {
            let Some(new_grade) = new.grades.iter().find(|grade| grade.level == row.level_name)
            else {
                continue;
            };
            let name = grade_name(&new.slug, row.level_name);
            if let Some(text) = new_description(connection, &row, new_grade, &name, known)? {
                grades::store(connection, &owner, &row, &text, NOTE, by)?;
                corrected += 1;
            }
        }
        Ok(corrected)
    })
}

/// The corrected description of a grade, if its own is outdated.
fn new_description(
    connection: &mut DbConnection,
    row: &GradeRow,
    new: &Grade,
    name: &str,
    known: &Known,
) -> Result<Option<String>, ServiceError> {
    let stored = description_of(row.description.as_deref());
    let thing = Thing { name, id: row.grade_id, version: row.version, stored: &stored };
    let text = comparable(new.description.as_deref().unwrap_or_default());
    let fields = |was: &Text| Ok(description_of(Some(&was.0)));
    let outdated = thing.outdated(connection, &description_of(Some(&text)), known, fields)?;
    Ok((!outdated.is_empty()).then_some(text))
}
