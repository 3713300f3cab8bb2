//! Requirements keep their identity through changes of descriptions: every change of texts goes through
//! `keeping`, and whoever has an old id finds what became of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, NaiveDateTime};

use super::{ServiceError, skills};
use crate::db::{self, Database, DbConnection};
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::identity::AliasRow;
use crate::ladder::Description;
use crate::ladder::identity::{
    Alias, Aliases, Change, EarlierId, Fate, Listed, Moment, Said, Words, earlier_ids,
};
use crate::ladder::skill::Dictionary;

/// So many days after a requirement was removed, one that says the same in other words takes its place.
const DAYS_TO_COME_BACK: Days = Days::new(30);

/// What became of the ids that left the ladders of some professions; those of the first one count before
/// those of the others.
///
/// # Errors
///
/// If the database does not answer.
pub fn aliases(database: &Database, profession_ids: &[i32]) -> Result<Aliases, ServiceError> {
    let Some(origin) = database.origin() else {
        return database.read(|connection| aliases_of(connection, profession_ids));
    };
    // A past state has no notes of its own: there are as many as there were changes. Those that were made
    // since are left out; an earlier note that one of them took the place of is gone.
    let until = origin.until.unwrap_or(NaiveDateTime::MAX);
    let rows = origin.database.read(|connection| {
        Ok::<_, ServiceError>(models::identity::of(connection, profession_ids)?)
    })?;
    let then = rows.into_iter().filter(|row| row.changed_at < until);
    Ok(in_order(then, profession_ids))
}

/// What would become of requirements if a grade had another description; those with the ids `said_new` are
/// replaced by new ones.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`]; if the database does not answer.
pub fn preview(
    database: &Database,
    dictionary: &Dictionary,
    grade_id: i32,
    text: &str,
    said_new: &BTreeSet<String>,
) -> Result<Change, ServiceError> {
    database.read(|connection| {
        let grade = models::grades::by_id(connection, grade_id)?;
        let grade = grade.ok_or(ServiceError::NoSuchGrade)?;
        let before = models::grades::by_age(connection, grade.profession_id)?;
        let after = with_text(&before, grade_id, text);
        foreseen(connection, grade.profession_id, (&before, &after), said_new, dictionary)
    })
}

/// What would become of the requirements of a ladder whose grades were `before` and would be `after`; those with
/// the ids `said_new` are replaced by new ones.
pub(super) fn foreseen(
    connection: &mut DbConnection,
    profession_id: i32,
    (before, after): (&[GradeRow], &[GradeRow]),
    said_new: &BTreeSet<String>,
    dictionary: &Dictionary,
) -> Result<Change, ServiceError> {
    let (before, after) = (listed(before, dictionary), listed(after, dictionary));
    let aliases = aliases_of(connection, &[profession_id])?;
    Ok(Change::new((&before, &after), &aliases, said_new, moment(), dictionary))
}

/// Changes descriptions of a profession by `change` and notes what became of its requirements. Those with
/// the ids `said_new` were replaced by new ones.
pub(super) fn keeping<T, E: From<ServiceError>>(
    connection: &mut DbConnection,
    profession_id: i32,
    said_new: &[String],
    change: impl FnOnce(&mut DbConnection) -> Result<T, E>,
) -> Result<T, E> {
    let before = rows(connection, profession_id)?;
    let result = change(connection)?;
    let after = rows(connection, profession_id)?;
    note(connection, profession_id, (&before, &after), said_new)?;
    Ok(result)
}

/// The same where `change` gives one grade another text and changes no other.
pub(super) fn keeping_described<E: From<ServiceError>>(
    connection: &mut DbConnection,
    grade: &GradeRow,
    text: &str,
    said_new: &[String],
    change: impl FnOnce(&mut DbConnection) -> Result<(), E>,
) -> Result<(), E> {
    let before = rows(connection, grade.profession_id)?;
    change(connection)?;
    let after = with_text(&before, grade.grade_id, text);
    Ok(note(connection, grade.profession_id, (&before, &after), said_new)?)
}

/// The grades of a ladder with another text for one of them.
fn with_text(rows: &[GradeRow], grade_id: i32, text: &str) -> Vec<GradeRow> {
    let described = rows.iter().cloned().map(|row| {
        let is_it = row.grade_id == grade_id;
        let description = if is_it { Some(text.to_owned()) } else { row.description };
        GradeRow { description, ..row }
    });
    described.collect()
}

/// What becomes of the requirements of a ladder whose grades were `before` and are `after`, where a file says
/// which ids in it, or in an earlier state of the ladder, lead to which; besides, how many are new.
pub(super) fn outlook(
    connection: &mut DbConnection,
    profession_id: i32,
    (before, after): (&[GradeRow], &[GradeRow]),
    said: &[(String, String)],
    dictionary: &Dictionary,
) -> Result<(Change, usize), ServiceError> {
    let aliases = aliases_of(connection, &[profession_id])?;
    let (before, after) = (listed(before, dictionary), listed(after, dictionary));
    let ids = |listed: &[Listed]| {
        listed.iter().map(|listed| listed.requirement.id.clone()).collect::<BTreeSet<_>>()
    };
    let (before_ids, after_ids) = (ids(&before), ids(&after));
    let same = said.iter().filter_map(|(id, now)| {
        match aliases.follow(id, |id| before_ids.contains(id)) {
            Fate::Present => Some((id.clone(), now.clone())),
            Fate::Reworded(id, _) => Some((id.to_owned(), now.clone())),
            Fate::Removed(_) | Fate::Unknown => None,
        }
    });
    let same = same.collect::<BTreeMap<_, _>>();
    let said = Said { new: &BTreeSet::new(), same: &same };
    let change = Change::as_said((&before, &after), &aliases, said, moment(), dictionary);
    let came = after_ids.difference(&before_ids).collect::<BTreeSet<_>>();
    let paired = change.pairs.iter().filter(|pair| came.contains(&pair.present_id)).count();
    Ok((change, came.len().saturating_sub(paired)))
}

/// Notes what [`outlook`] tells.
pub(super) fn note_outlook(
    connection: &mut DbConnection,
    profession_id: i32,
    grades: (&[GradeRow], &[GradeRow]),
    said: &[(String, String)],
    dictionary: &Dictionary,
) -> Result<(), ServiceError> {
    let (change, _) = outlook(connection, profession_id, grades, said, dictionary)?;
    for note in change.notes {
        models::identity::replace(connection, &row_of(profession_id, note))?;
    }
    Ok(())
}

/// Notes that ids of a grade changed when its description was cleaned and became this text: each with the
/// present one. The words look as they did.
pub(super) fn note_cleaned(
    connection: &mut DbConnection,
    grade: &GradeRow,
    text: &str,
    changed: &[(String, String)],
) -> Result<(), ServiceError> {
    let present = Description::parse(text).requirements;
    for (former_id, present_id) in changed {
        let same = present.iter().find(|requirement| requirement.id == *present_id);
        let note = Alias {
            former_id: former_id.clone(),
            present_id: Some(present_id.clone()),
            words: same.map(Words::of).unwrap_or_default(),
            level: Some(grade.level_name),
            changed_at: db::now(),
        };
        models::identity::replace(connection, &row_of(grade.profession_id, note))?;
    }
    Ok(())
}

/// Notes the ids that descriptions gave under an earlier grammar, unless they are there or something else
/// became of them.
pub(super) fn note_earlier_grammar(
    connection: &mut DbConnection,
    described: &[GradeRow],
) -> Result<(), ServiceError> {
    for grade in described {
        let earlier = earlier_ids(grade.description.as_deref().unwrap_or_default());
        if earlier.is_empty() {
            continue;
        }
        let ladder = rows(connection, grade.profession_id)?;
        let present = listed(&ladder, &Dictionary::default());
        let is_present = |id: &str| present.iter().any(|listed| listed.requirement.id == id);
        let aliases = aliases_of(connection, &[grade.profession_id])?;
        for EarlierId { former_id, present_id, words } in earlier {
            if aliases.follow(&former_id, is_present) == Fate::Unknown {
                let level = Some(grade.level_name);
                let note = Alias { former_id, present_id, words, level, changed_at: db::now() };
                models::identity::replace(connection, &row_of(grade.profession_id, note))?;
            }
        }
    }
    Ok(())
}

fn rows(connection: &mut DbConnection, profession_id: i32) -> Result<Vec<GradeRow>, ServiceError> {
    Ok(models::grades::by_age(connection, profession_id)?)
}

/// Notes what became of the requirements of a ladder whose grades were `before` and are `after`.
fn note(
    connection: &mut DbConnection,
    profession_id: i32,
    (before, after): (&[GradeRow], &[GradeRow]),
    said_new: &[String],
) -> Result<(), ServiceError> {
    let texts = |rows: &[GradeRow]| {
        let texts = rows.iter().map(|row| row.description.clone().unwrap_or_default());
        texts.collect::<BTreeSet<_>>()
    };
    if texts(before) == texts(after) {
        return Ok(());
    }
    let aliases = aliases_of(connection, &[profession_id])?;
    let moment = moment();
    // Only skills matter that what changed may name.
    let is_in = |row: &GradeRow, rows: &[GradeRow]| {
        rows.iter().any(|other| other.description == row.description)
    };
    let left = before.iter().filter(|row| !is_in(row, after));
    let changed = left.chain(after.iter().filter(|row| !is_in(row, before)));
    let mut text = changed.filter_map(|row| row.description.clone()).collect::<Vec<_>>();
    text.extend(aliases.removed_since(moment.since).into_iter().map(|gone| gone.words.line()));
    let dictionary = skills::dictionary_for(connection, &text.join("\n"))?;
    let (stayed, left) = before.iter().cloned().partition::<Vec<_>, _>(|row| is_in(row, after));
    let came = after.iter().filter(|row| !is_in(row, before)).cloned().collect::<Vec<_>>();
    let stayed = listed(&stayed, &Dictionary::default());
    let with_stayed = |rows: &[GradeRow]| {
        let mut all = [listed(rows, &dictionary), stayed.clone()].concat();
        all.sort_by_key(|listed| listed.level);
        all
    };
    let (before, after) = (with_stayed(&left), with_stayed(&came));
    let said_new = said_new.iter().cloned().collect();
    let change = Change::new((&before, &after), &aliases, &said_new, moment, &dictionary);
    for note in change.notes {
        models::identity::replace(connection, &row_of(profession_id, note))?;
    }
    Ok(())
}

fn listed(rows: &[GradeRow], dictionary: &Dictionary) -> Vec<Listed> {
    let texts = rows.iter().filter_map(|row| Some((row.level_name, row.description.as_deref()?)));
    Listed::of(texts, dictionary)
}

fn moment() -> Moment {
    let now = db::now();
    Moment { now, since: now.checked_sub_days(DAYS_TO_COME_BACK).unwrap_or_default() }
}

pub(super) fn aliases_of(
    connection: &mut DbConnection,
    profession_ids: &[i32],
) -> Result<Aliases, ServiceError> {
    Ok(in_order(models::identity::of(connection, profession_ids)?, profession_ids))
}

/// Notes on the ids of some professions, those of the first one first.
fn in_order(notes: impl IntoIterator<Item = AliasRow>, profession_ids: &[i32]) -> Aliases {
    let mut rows = HashMap::<i32, Vec<AliasRow>>::new();
    for row in notes {
        rows.entry(row.profession_id).or_default().push(row);
    }
    let in_order = profession_ids.iter().filter_map(|id| rows.remove(id)).flatten();
    Aliases::new(in_order.map(alias_of))
}

fn alias_of(row: AliasRow) -> Alias {
    Alias {
        former_id: row.former_id,
        present_id: row.requirement_id,
        words: Words { label: row.former_label, text: row.former_text },
        level: row.level_name.parse().ok(),
        changed_at: row.changed_at,
    }
}

pub(super) fn row_of(profession_id: i32, note: Alias) -> AliasRow {
    AliasRow {
        profession_id,
        former_id: note.former_id,
        requirement_id: note.present_id,
        former_label: note.words.label,
        former_text: note.words.text,
        level_name: note.level.map_or_else(String::new, |level| level.name().to_owned()),
        changed_at: note.changed_at,
    }
}
