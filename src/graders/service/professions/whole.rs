//! A whole ladder as one text: read, previewed, and saved with one revision for each grade that changed.

mod compared;

use std::collections::BTreeMap;

use self::compared::{Compared, Verdict, compare};
use super::editing::{Change, EditableProfession, editable_row, store_change};
use super::fields::find_or_follow;
use super::{left_out, scale};
use crate::audit::service::Actor;
use crate::db::{Database, DbConnection};
use crate::graders::formats::{FileError, read_grades, write_grades};
use crate::graders::models;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::{ProfessionRow, WholeProfessionRow};
use crate::graders::service::grades::{self, GradeFields, Text};
use crate::graders::service::{ServiceError, identity, level_names, revisions};
use crate::ladder::identity::{Change as IdentityChange, Pair, Words};
use crate::ladder::revision::merge;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Level, LevelName};

/// A ladder as one text.
#[derive(Clone, Debug)]
pub struct WholeLadder {
    /// The profession.
    pub profession: EditableProfession,
    /// A heading for each level, its description below.
    pub text: String,
    /// The numbers of the grades with the versions that stand in the text.
    pub base: Vec<(i32, i32)>,
}

/// What an editor wants to save of a ladder.
#[derive(Clone, Debug)]
pub struct LadderEdit {
    /// The numbers of the grades with the versions that the text grew from.
    pub base: Vec<(i32, i32)>,
    /// The new text. Grades that it leaves out stay as they are.
    pub text: String,
    /// Why.
    pub note: String,
    /// The ids of requirements that new ones replaced.
    pub said_new: Vec<String>,
    /// Whether descriptions may be emptied, or be without requirements.
    pub is_confirmed: bool,
    /// Who saves it.
    pub by: Actor,
}

/// What a text would make of a ladder.
#[derive(Clone, Debug, Default)]
pub struct LadderPlan {
    /// The grades that the ladder would have, lowest first.
    pub grades: Vec<PlannedGrade>,
    /// The requirements in other words.
    pub pairs: Vec<Pair>,
    /// The words of requirements that would leave the ladder.
    pub removed: Vec<Words>,
}

/// What would become of a grade.
#[derive(Clone, Debug)]
pub struct PlannedGrade {
    /// The level as the profession's scale names it.
    pub name: LevelName,
    /// What becomes of it.
    pub fate: GradeFate,
    /// How many requirements it would have.
    pub requirements: usize,
    /// How many of them are new in the ladder.
    pub added: usize,
    /// How many of them were asked in other words.
    pub reworded: usize,
    /// How many of them another grade asked before.
    pub moved: usize,
    /// How many it asked that leave the ladder.
    pub removed: usize,
    /// Whether its text has several lines and none is a requirement.
    pub is_without_requirements: bool,
}

/// What becomes of a grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradeFate {
    /// The text says what is stored, or what was when it was opened.
    Same,
    /// The text leaves it out; it stays.
    LeftOut,
    /// It is new.
    Made,
    /// It gets another description.
    Changed,
    /// Its description is taken away.
    Emptied,
    /// Somebody else changed it in between too.
    Conflicting,
}

/// What became of a save.
#[derive(Debug)]
pub enum SavedLadder {
    /// This many grades are stored.
    Stored(usize),
    /// The text says what is stored already.
    Unchanged,
    /// Descriptions would be emptied, or be without requirements, and nobody has confirmed that.
    Doubtful,
    /// Somebody else saved some of the grades in between; nothing is stored.
    Conflict(Box<LadderConflict>),
    /// The text can't be read.
    Invalid(Vec<FileError>),
}

/// Two changes of one ladder, brought together.
#[derive(Debug)]
pub struct LadderConflict {
    /// The grades that both changed.
    pub grades: Vec<ConflictingGrade>,
    /// The ladder as it is, with both changes in its text.
    pub merged: WholeLadder,
}

/// Two changes of one description.
#[derive(Clone, Debug)]
pub struct ConflictingGrade {
    /// The level as the profession's scale names it.
    pub name: LevelName,
    /// The login of who saved last.
    pub author: String,
    /// The text both started from.
    pub base: String,
    /// The text as it is stored now.
    pub stored: String,
    /// The text as it was typed.
    pub typed: String,
    /// Whether both changed the same lines.
    pub overlaps: bool,
}

/// A text that can't be read.
pub type Refused = Vec<FileError>;

/// The ladder at an address as one text.
///
/// # Errors
///
/// [`ServiceError::NoSuchProfession`]; [`ServiceError::Moved`] if the profession had this address before; if
/// the database does not answer.
pub fn whole(database: &Database, slug: &str) -> Result<WholeLadder, ServiceError> {
    database.read(|connection| {
        let row = find_or_follow(connection, slug)?;
        let grades = sorted(connection, row.id)?;
        let texts = grades.iter().map(|grade| (grade.level_name, description(grade).to_owned()));
        as_text(connection, &row, &grades, texts.collect())
    })
}

/// What a text would make of the ladder at an address.
///
/// # Errors
///
/// As [`whole`]. Inside, everything that is wrong with the text.
pub fn plan_whole(
    database: &Database,
    dictionary: &Dictionary,
    slug: &str,
    edit: &LadderEdit,
) -> Result<Result<LadderPlan, Refused>, ServiceError> {
    database.read(|connection| {
        let row = find_or_follow(connection, slug)?;
        let compared = match compare(connection, &row, edit)? {
            Ok(compared) => compared,
            Err(refused) => return Ok(Err(refused)),
        };
        let before = sorted(connection, row.id)?;
        let after = compared.iter().map(|grade| grade.after(row.id)).collect::<Vec<_>>();
        let said_new = edit.said_new.iter().cloned().collect();
        let grades = (&*before, &*after);
        let change = identity::foreseen(connection, row.id, grades, &said_new, dictionary)?;
        let planned = compared.iter().map(|grade| grade.planned(&before, &change));
        let grades = planned.collect();
        Ok(Ok(LadderPlan { grades, pairs: change.pairs, removed: change.removed }))
    })
}

/// What a text would make of the ladder of a new profession with a scale, whose other levels are `ticked`.
///
/// # Errors
///
/// If the database does not answer. Inside, everything that is wrong with the text.
pub fn plan_of_new(
    database: &Database,
    text: &str,
    scale: Option<&str>,
    ticked: &[Level],
) -> Result<Result<(LadderPlan, Vec<GradeFields>), Refused>, ServiceError> {
    let scale = database.read(|connection| {
        // A scale that is not there is refused with the other fields.
        let id = scale::id_of(connection, scale).ok().flatten();
        Ok::<_, ServiceError>(level_names::of(connection, id)?)
    })?;
    let read = if text.trim().is_empty() { Ok(Vec::new()) } else { read_grades(text, &scale) };
    let read = match read {
        Ok(read) => read,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut ladder = ticked.iter().map(|level| (*level, None)).collect::<BTreeMap<_, _>>();
    ladder.extend(read.into_iter().map(|grade| (grade.level, grade.description)));
    let planned = ladder.iter().map(|(level, text)| {
        let name = LevelName::new(&scale, *level);
        Compared { name, stored: None, verdict: Verdict::Made(text.clone().unwrap_or_default()) }
            .planned(&[], &IdentityChange::default())
    });
    let plan = LadderPlan { grades: planned.collect(), ..LadderPlan::default() };
    let fields = |(level, description)| GradeFields { level, description };
    Ok(Ok((plan, ladder.into_iter().map(fields).collect())))
}

/// Saves what a text changes of the ladder at an address, unless somebody else has saved one of those grades
/// since it was read.
///
/// # Errors
///
/// As [`whole`].
pub fn save_whole(
    database: &Database,
    slug: &str,
    edit: &LadderEdit,
) -> Result<SavedLadder, ServiceError> {
    database.change_catalogue(|connection| {
        let row = find_or_follow(connection, slug)?;
        let compared = match compare(connection, &row, edit)? {
            Ok(compared) => compared,
            Err(refused) => return Ok(SavedLadder::Invalid(refused)),
        };
        if compared.iter().any(|grade| matches!(grade.verdict, Verdict::Conflicting { .. })) {
            return Ok(SavedLadder::Conflict(Box::new(bring_together(
                connection, &row, &compared,
            )?)));
        }
        let count = compared.iter().filter(|grade| grade.new_text().is_some()).count();
        if count == 0 {
            return Ok(SavedLadder::Unchanged);
        }
        if !edit.is_confirmed && compared.iter().any(Compared::is_doubtful) {
            return Ok(SavedLadder::Doubtful);
        }
        let id = row.id;
        left_out::noting(connection, &[id], |connection| {
            identity::keeping(connection, id, &edit.said_new, |connection| {
                store(connection, row, &compared, edit)
            })
        })?;
        Ok(SavedLadder::Stored(count))
    })
}

/// Stores what a text changes; the caller keeps the identity of requirements.
fn store(
    connection: &mut DbConnection,
    row: WholeProfessionRow,
    compared: &[Compared],
    edit: &LadderEdit,
) -> Result<(), ServiceError> {
    let owner = ProfessionRow::from(&row);
    let mut made = Vec::new();
    for grade in compared {
        match (&grade.stored, grade.new_text()) {
            (_, None) => {}
            (Some(stored), Some(text)) => {
                grades::store(connection, &owner, stored, text, &edit.note, &edit.by)?;
            }
            (None, Some(text)) => {
                let description = Some(text.to_owned()).filter(|text| !text.is_empty());
                made.push(GradeFields { level: grade.name.level(), description });
            }
        }
    }
    if !made.is_empty() {
        store_change(connection, row, &Change::AddGrades(made), &edit.by)?;
    }
    Ok(())
}

/// Both changes in one text.
fn bring_together(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    compared: &[Compared],
) -> Result<LadderConflict, ServiceError> {
    let (mut conflicting, mut texts) = (Vec::new(), Vec::new());
    for grade in compared {
        let mut text = grade.text().to_owned();
        if let (Verdict::Conflicting { base, typed }, Some(stored)) =
            (&grade.verdict, &grade.stored)
        {
            let now = description(stored).to_owned();
            let merged = merge(base, &now, typed);
            conflicting.push(ConflictingGrade {
                name: grade.name.clone(),
                author: revisions::last_author::<Text>(connection, stored.grade_id)?,
                base: base.clone(),
                stored: now,
                typed: typed.clone(),
                overlaps: merged.overlaps,
            });
            text = merged.text;
        }
        texts.push((grade.name.level(), text));
    }
    let stored = compared.iter().filter_map(|grade| grade.stored.clone()).collect::<Vec<_>>();
    let merged = as_text(connection, row, &stored, texts)?;
    Ok(LadderConflict { grades: conflicting, merged })
}

fn as_text(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    stored: &[GradeRow],
    texts: Vec<(Level, String)>,
) -> Result<WholeLadder, ServiceError> {
    let profession = editable_row(connection, row)?;
    let name = |level| LevelName::new(&profession.scale, level);
    let named = texts.into_iter().map(|(level, text)| (name(level), text));
    let named = named.collect::<Vec<_>>();
    let text = write_grades(named.iter().map(|(name, text)| (name, text.as_str())));
    let base = stored.iter().map(|grade| (grade.grade_id, grade.version)).collect();
    Ok(WholeLadder { profession, text, base })
}

/// The grades of a profession, lowest first.
fn sorted(connection: &mut DbConnection, id: i32) -> Result<Vec<GradeRow>, ServiceError> {
    let mut grades = models::grades::by_age(connection, id)?;
    grades.sort_by_key(|grade| grade.level_name);
    Ok(grades)
}

fn description(grade: &GradeRow) -> &str {
    grade.description.as_deref().unwrap_or_default()
}
