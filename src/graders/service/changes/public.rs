//! Saved changes in the words that everybody reads.

use std::str::FromStr;

use super::super::professions::{self, GradeSnapshot};
use super::super::revisions::Snapshot;
use super::super::rules::Rules;
use super::super::{grades, scales, skills, tracks};
use super::subject::{Present, Subject};
use super::{PublicChange, then};
use crate::db::DbConnection;
use crate::graders::models::changes::ChangeRow;
use crate::graders::models::revisions::Kind;
use crate::graders::service::ServiceError;
use crate::ladder::comments::without_comments;
use crate::ladder::excerpt::Excerpt;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Effect, LevelName};
use crate::paths;

/// How many lines of a change stand in a list.
pub const MOST_LINES: usize = 24;

/// What a change says.
struct Told {
    subject: Subject,
    sentences: Vec<String>,
    /// The texts before and after, to be compared.
    texts: (String, String),
    effect: Option<Effect>,
}

/// Changes with something to see, in the same order, each with at most `most` lines.
pub(super) fn changes(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    rows: Vec<ChangeRow>,
    most: usize,
) -> Result<Vec<PublicChange>, ServiceError> {
    let present = Present::read(connection, &rows)?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(told) = told(connection, dictionary, &present, &row)? else { continue };
        let is_visible = !told.sentences.is_empty();
        let change = told.shown(row, most);
        if is_visible || !change.difference.is_empty() {
            changes.push(change);
        }
    }
    Ok(changes)
}

/// One change whole, even if there is nothing of it to see, and what its texts say of the demands.
pub(super) fn whole(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    row: ChangeRow,
) -> Result<(PublicChange, Option<Effect>), ServiceError> {
    let present = Present::read(connection, std::slice::from_ref(&row))?;
    let told = told(connection, dictionary, &present, &row)?;
    let told = told.ok_or(ServiceError::NoSuchRevision)?;
    let computed = told.effect;
    Ok((told.shown(row, usize::MAX), computed))
}

/// What an editor says that a change does.
pub(super) fn corrected(row: &ChangeRow) -> Option<Effect> {
    row.effect.as_deref().and_then(|name| Effect::from_str(name).ok())
}

impl Told {
    fn shown(self, row: ChangeRow, most: usize) -> PublicChange {
        let Self { subject, mut sentences, texts: (before, after), effect } = self;
        sentences.retain(|sentence| *sentence != row.note);
        PublicChange {
            id: row.revision_id,
            subject,
            at: row.created_at,
            sentences,
            difference: Excerpt::new(&before, &after, most),
            effect: corrected(&row).or(effect),
            note: row.note,
        }
    }
}

/// `None` for a kind that a later release made, and for a draft.
fn told(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    present: &Present,
    row: &ChangeRow,
) -> Result<Option<Told>, ServiceError> {
    let kind = |kind: Kind| row.kind == kind.name();
    Ok(Some(if kind(Kind::Grade) {
        of_grade(connection, dictionary, present, row)?
    } else if kind(Kind::Profession) {
        return of_profession(connection, dictionary, present, row);
    } else if kind(Kind::Track) {
        let (before, after) = states::<tracks::Snapshot>(row)?;
        let last = after.as_ref().or(before.as_ref()).ok_or(diesel::NotFound)?;
        let subject = present.track(&last.slug, &last.title);
        untouched(subject, ["Направление добавлено", "Направление убрано"], (before, after), false)
    } else if kind(Kind::Skill) {
        let (before, after) = states::<skills::Snapshot>(row)?;
        let last = after.as_ref().or(before.as_ref()).ok_or(diesel::NotFound)?;
        let subject = present.skill(row.object_id, &last.title);
        untouched(subject, ["Навык добавлен", "Навык убран"], (before, after), false)
    } else if kind(Kind::Scale) {
        let (before, after) = states::<scales::Snapshot>(row)?;
        let last = after.as_ref().or(before.as_ref()).ok_or(diesel::NotFound)?;
        let title = format!("Шкала уровней «{}»", last.title);
        let subject = Subject { title, address: None };
        untouched(subject, ["Шкала добавлена", "Шкала убрана"], (before, after), false)
    } else if kind(Kind::Rules) {
        let address = Some(paths::rules().to_owned());
        let subject = Subject { title: "Правила".to_owned(), address };
        untouched(subject, ["Правила записаны", "Правила убраны"], states::<Rules>(row)?, true)
    } else {
        return Ok(None);
    }))
}

/// A thing before and after a change, without what only editors see.
fn states<S: Snapshot>(row: &ChangeRow) -> Result<(Option<S>, Option<S>), ServiceError> {
    let state = |text: &Option<String>| text.as_deref().map(S::read).transpose();
    let (before, after) = (state(&row.before)?, state(&row.after)?);
    Ok((before.and_then(S::public), after.and_then(S::public)))
}

/// A change of something that no demand stands in; the sentences say that it came, and that it left.
fn untouched<S: Snapshot>(
    subject: Subject,
    [came, left]: [&str; 2],
    (before, after): (Option<S>, Option<S>),
    with_lines: bool,
) -> Told {
    let sentences = match (&before, &after) {
        (Some(before), Some(after)) => before.changes(after),
        (None, _) => vec![came.to_owned()],
        (_, None) => vec![left.to_owned()],
    };
    let lines = |state: Option<S>| {
        state.filter(|_| with_lines).map(|state| state.lines()).unwrap_or_default()
    };
    let texts = (lines(before), lines(after));
    Told { subject, sentences, texts, effect: Some(Effect::Untouched) }
}

fn of_grade(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    present: &Present,
    row: &ChangeRow,
) -> Result<Told, ServiceError> {
    let (before, after) = states::<grades::Text>(row)?;
    let text = |state: &Option<grades::Text>| state.as_ref().map(|text| text.0.clone());
    let (before, after) = (text(&before), text(&after));
    let sentence = match (&before, &after) {
        (None, Some(_)) => Some("Грейд описан"),
        (Some(_), None) => Some("Описание убрано"),
        _ => None,
    };
    Ok(Told {
        subject: present.grade(connection, row)?,
        sentences: sentence.into_iter().map(str::to_owned).collect(),
        effect: Effect::of_descriptions(before.as_deref(), after.as_deref(), dictionary),
        texts: (before.unwrap_or_default(), after.unwrap_or_default()),
    })
}

fn of_profession(
    connection: &mut DbConnection,
    dictionary: &Dictionary,
    present: &Present,
    row: &ChangeRow,
) -> Result<Option<Told>, ServiceError> {
    let (before, after) = states::<professions::Snapshot>(row)?;
    let effect = then::effect(connection, dictionary, row, (before.as_ref(), after.as_ref()))?;
    let named = |state: Option<professions::Snapshot>| state.map(|state| present.named(state));
    let (before, after) = (named(before), named(after));
    // Of a draft nothing is told.
    let Some(last) = after.as_ref().or(before.as_ref()) else { return Ok(None) };
    let subject = present.profession(connection, row, last)?;
    let sentences = match (&before, &after) {
        (Some(before), Some(after)) => before.changes(after),
        (None, Some(after)) => {
            let empty = professions::Snapshot { grades: Vec::new(), ..after.clone() };
            let came = std::iter::once("Профессия добавлена".to_owned());
            came.chain(empty.changes(after)).collect()
        }
        (_, None) => vec!["Профессия убрана".to_owned()],
    };
    let summary = |state: &Option<professions::Snapshot>| {
        state.as_ref().map(|state| state.summary.clone()).unwrap_or_default()
    };
    // What came has changes of its own; with what left its text is gone too.
    let (summary_was, summary_is) = (summary(&before), summary(&after));
    let is_same = summary_was == summary_is;
    let mut was = if is_same { Vec::new() } else { vec![summary_was] };
    if let Some(before) = &before {
        let stays = |grade: &GradeSnapshot| {
            after.as_ref().is_some_and(|after| after.grades.iter().any(|left| left.id == grade.id))
        };
        for grade in before.grades.iter().filter(|grade| !stays(grade)) {
            if let Some(text) = &grade.description {
                was.push(format!("{}:", LevelName::new(&before.names, grade.level)));
                was.push(without_comments(text).into_owned());
            }
        }
    }
    let is = if is_same { String::new() } else { summary_is };
    Ok(Some(Told { subject, sentences, texts: (was.join("\n"), is), effect }))
}
