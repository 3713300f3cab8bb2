//! The latest saved changes of everything, as editors read them.

use std::collections::HashSet;

use chrono::NaiveDateTime;

use super::super::revisions::Snapshot;
use super::super::rules::Rules;
use super::super::{professions, scales, skills, tracks};
use super::subject::Present;
use crate::db::{Database, DbConnection};
use crate::graders::models;
use crate::graders::models::changes::ChangeRow;
use crate::graders::models::revisions::Kind;
use crate::graders::service::ServiceError;
use crate::paths::admin;

/// How many changes [`recent`] lists.
const RECENT: i64 = 20;

/// A saved change among those of everything else.
#[derive(Clone, Debug)]
pub struct RecentChange {
    /// What was changed: «Фронтенд-разработчик: Мидл», «Навык «Docker»».
    pub title: String,
    /// Where it is shown what the change did, if the thing is still there.
    pub address: Option<String>,
    /// What was done, or why: the note, or else what differs.
    pub words: Vec<String>,
    /// The login of who made it.
    pub author: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// How it can be undone.
    pub undoing: Undoing,
}

/// How a saved change can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undoing {
    /// By restoring what was there before, at [`RecentChange::address`].
    Restore,
    /// By bringing back what it took away, from the trash.
    BringBack,
    /// Not at all: something came after it, or nothing was there before.
    Impossible,
}

/// What a change says.
struct Told {
    title: String,
    /// The address of the history of the thing, if it is there.
    history: Option<String>,
    sentences: Vec<String>,
}

/// The latest saved changes of everything, the newest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn recent(database: &Database) -> Result<Vec<RecentChange>, ServiceError> {
    database.read(|connection| {
        let mut rows = models::changes::before(connection, None, None, RECENT)?;
        // Of the two changes of a merge the one that took a skill away is enough.
        rows.retain(|row| row.merged_with.is_none() || row.after.is_none());
        let present = Present::read(connection, &rows)?;
        let mut seen = HashSet::new();
        let mut changes = Vec::with_capacity(rows.len());
        for row in rows {
            let is_last = seen.insert((row.kind.clone(), row.object_id));
            let Some(told) = told(connection, &present, &row)? else { continue };
            let undoing = undoing(&row, &told, is_last);
            let versions =
                |history: String| admin::versions(&history, row.version - 1, row.version);
            let note = Some(row.note).filter(|note| !note.is_empty());
            changes.push(RecentChange {
                title: told.title,
                address: told.history.map(versions),
                words: note.map_or(told.sentences, |note| vec![note]),
                author: row.author,
                at: row.created_at,
                undoing,
            });
        }
        Ok(changes)
    })
}

fn undoing(row: &ChangeRow, told: &Told, is_last: bool) -> Undoing {
    // A grade without a description is there.
    let was_there = row.before.is_some() || row.kind == Kind::Grade.name();
    match (&told.history, &row.after) {
        (Some(_), _) if is_last && was_there => Undoing::Restore,
        (None, None) if is_last && row.kind != Kind::Grade.name() => Undoing::BringBack,
        _ => Undoing::Impossible,
    }
}

/// `None` for a kind that a later release made.
fn told(
    connection: &mut DbConnection,
    present: &Present,
    row: &ChangeRow,
) -> Result<Option<Told>, ServiceError> {
    let kind = |kind: Kind| row.kind == kind.name();
    Ok(Some(if kind(Kind::Grade) {
        let title = present.grade(connection, row)?.title;
        let history = present.grade_history(row);
        let sentence = match (&row.before, &row.after) {
            (None, Some(_)) => "Грейд описан",
            (Some(_), None) => "Описание убрано",
            _ => "Описание изменено",
        };
        Told { title, history, sentences: vec![sentence.to_owned()] }
    } else if kind(Kind::Profession) {
        let named = |state: professions::Snapshot| present.named(state);
        let (last, sentences) = states(row, named, ["Профессия добавлена", "Профессия удалена"])?;
        let title = present.profession(connection, row, &last)?.title;
        Told { title, history: present.profession_history(row), sentences }
    } else if kind(Kind::Track) {
        let words = ["Направление добавлено", "Направление удалено"];
        let (last, sentences) = states::<tracks::Snapshot>(row, |state| state, words)?;
        let title = format!("Направление «{}»", last.title);
        Told { title, history: present.track_history(&last.slug), sentences }
    } else if kind(Kind::Skill) {
        let words = ["Навык добавлен", "Навык удалён"];
        let (last, sentences) = states::<skills::Snapshot>(row, |state| state, words)?;
        let title = present.skill(row.object_id, &last.title).title;
        Told { title, history: present.skill_history(row), sentences }
    } else if kind(Kind::Scale) {
        let words = ["Шкала добавлена", "Шкала удалена"];
        let (last, sentences) = states::<scales::Snapshot>(row, |state| state, words)?;
        let title = format!("Шкала уровней «{}»", last.title);
        let history = present.scales.slug(Some(row.object_id)).map(admin::scale_history);
        Told { title, history, sentences }
    } else if kind(Kind::Rules) {
        let words = ["Правила записаны", "Правила убраны"];
        let (_, sentences) = states::<Rules>(row, |state| state, words)?;
        let history = Some(admin::rules_history().to_owned());
        Told { title: "Правила".to_owned(), history, sentences }
    } else {
        return Ok(None);
    }))
}

/// A thing as a change left it or took it away, and what the change did to it; the words say that it came,
/// and that it left.
fn states<S: Snapshot>(
    row: &ChangeRow,
    named: impl Fn(S) -> S,
    [came, left]: [&str; 2],
) -> Result<(S, Vec<String>), ServiceError> {
    let state = |text: &Option<String>| text.as_deref().map(S::read).transpose();
    let before = state(&row.before)?.map(&named);
    let after = state(&row.after)?.map(&named);
    Ok(match (before, after) {
        (Some(before), Some(after)) => {
            let changes = before.changes(&after);
            (after, changes)
        }
        (None, Some(after)) => (after, vec![came.to_owned()]),
        (Some(before), None) => (before, vec![left.to_owned()]),
        (None, None) => return Err(diesel::NotFound.into()),
    })
}
