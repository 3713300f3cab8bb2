//! Proposed descriptions: kept beside the published ones until somebody publishes, returns or withdraws them.
//! What is published goes through the same save as any other change of a description.

use std::str::FromStr;

use chrono::NaiveDateTime;
use strum::{EnumString, IntoStaticStr};

use super::grades::{self, Edit, EditableGrade, Saved, Text};
use super::{ServiceError, level_names, reach, revisions};
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, Database, DbConnection};
use crate::graders::models;
use crate::graders::models::proposals::{ListedRow, NewProposal, ProposalRow};
use crate::ladder::{Level, LevelName};

/// What became of a proposal. The database stores the names of the variants in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum State {
    /// It waits to be looked at.
    Waiting,
    /// Its author is to look at it again.
    Returned,
    /// It was published.
    Published,
    /// Its author took it back.
    Withdrawn,
}

/// A proposed description.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Its number.
    pub id: i32,
    /// The login of who made it.
    pub author: String,
    /// Why, as everybody reads it once it is published.
    pub note: String,
    /// What became of it.
    pub state: State,
    /// The version of the description that it grew from.
    pub base_version: i32,
    /// The description in Markdown; empty to take it away.
    pub text: String,
    /// Raised by each change of it.
    pub version: i32,
    /// When it was made or last changed, in UTC.
    pub at: NaiveDateTime,
}

/// A proposal with everything that deciding needs.
#[derive(Clone, Debug)]
pub struct WholeProposal {
    /// The proposal.
    pub proposal: Proposal,
    /// The grade as it is now.
    pub grade: EditableGrade,
    /// The description that it grew from; empty where there was none or nobody knows it.
    pub base: String,
    /// The login of who changed the published one last; empty if nobody did.
    pub author: String,
    /// What was said of it, in order.
    pub notes: Vec<Note>,
}

/// What an editor said of a proposal.
#[derive(Clone, Debug)]
pub struct Note {
    /// The login of the editor.
    pub author: String,
    /// The words.
    pub text: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
}

/// A proposal of which something is to be done.
#[derive(Clone, Debug)]
pub struct ListedProposal {
    /// The proposal.
    pub proposal: Proposal,
    /// The profession's name in addresses.
    pub slug: String,
    /// The profession's name on pages.
    pub profession: String,
    /// The level as the profession's scale names it.
    pub name: LevelName,
}

/// What became of proposing.
#[derive(Debug)]
pub enum Proposed {
    /// The proposal with this number waits.
    Stored(i32),
    /// The text is the published one.
    Unchanged,
    /// The grade that the form was opened for has this address or level by now; nothing is stored.
    Moved(Box<EditableGrade>),
}

/// What is to be done with a proposal.
#[derive(Clone, Debug)]
pub enum Decision {
    /// Something is said of it.
    Note(String),
    /// Its author is to look at it again, for this reason.
    Return(String),
    /// Its author takes it back.
    Withdraw,
}

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It is stored.
    Stored,
    /// Somebody has changed the proposal or decided already; nothing is stored.
    Conflict,
}

/// What became of publishing.
#[derive(Debug)]
pub enum Published {
    /// The description was saved, or not, as any other change of it.
    Saved(Saved),
    /// Somebody has changed the proposal or decided already; nothing is stored.
    Conflict,
}

impl State {
    /// Whether something is to be done.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Returned)
    }

    fn name(self) -> &'static str {
        self.into()
    }
}

impl From<ProposalRow> for Proposal {
    fn from(row: ProposalRow) -> Self {
        Self {
            id: row.id,
            author: row.author,
            note: row.note,
            // The database has no other names.
            state: State::from_str(&row.state).unwrap_or(State::Withdrawn),
            base_version: row.base_version,
            text: row.text,
            version: row.version,
            at: row.updated_at,
        }
    }
}

impl Proposal {
    /// What is to be saved when it is published.
    #[must_use]
    pub fn edit(&self, grade_id: i32, by: Actor) -> Edit {
        Edit {
            grade_id: Some(grade_id),
            version: self.base_version,
            text: self.text.clone(),
            note: self.note.clone(),
            said_new: Vec::new(),
            by,
        }
    }
}

impl WholeProposal {
    /// Whether the description was changed since the proposal grew from it.
    #[must_use]
    pub fn is_outrun(&self) -> bool {
        self.proposal.base_version != self.grade.version
    }
}

/// The proposals of which something is to be done, the oldest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn open(database: &Database) -> Result<Vec<ListedProposal>, ServiceError> {
    database.read(|connection| {
        let scales = level_names::load(connection)?;
        let listed = |(row, level, slug, profession, scale_id): ListedRow| ListedProposal {
            proposal: row.into(),
            slug,
            profession,
            name: scales.name(scale_id, level.into()),
        };
        Ok(models::proposals::open(connection)?.into_iter().map(listed).collect())
    })
}

/// Those of one grade, the oldest first.
///
/// # Errors
///
/// If the database does not answer.
pub fn open_of(database: &Database, grade_id: i32) -> Result<Vec<Proposal>, ServiceError> {
    database.read(|connection| {
        let rows = models::proposals::open_of(connection, grade_id)?;
        Ok(rows.into_iter().map(Proposal::from).collect())
    })
}

/// The proposal with a number.
///
/// # Errors
///
/// [`ServiceError::NoSuchProposal`], also while its grade is not there; if the database does not answer.
pub fn one(database: &Database, id: i32) -> Result<WholeProposal, ServiceError> {
    database.read(|connection| {
        let row = find(connection, id)?;
        let base = text_at(connection, &row)?;
        let grade = match grades::editable_row(connection, row.grade_id) {
            Err(ServiceError::NoSuchGrade) => return Err(ServiceError::NoSuchProposal),
            grade => grade?,
        };
        let notes = models::proposals::notes(connection, id)?.into_iter().map(|row| Note {
            author: row.author,
            text: row.text,
            at: row.created_at,
        });
        let author = revisions::last_author::<Text>(connection, row.grade_id)?;
        Ok(WholeProposal { notes: notes.collect(), proposal: row.into(), grade, base, author })
    })
}

/// Proposes a description of the grade at an address; in the place of the proposal with a number, if that is the
/// editor's own and open.
///
/// # Errors
///
/// [`ServiceError::NoSuchGrade`]; [`ServiceError::Moved`]; if the database does not answer.
pub fn propose(
    database: &Database,
    (slug, level): (&str, Level),
    edit: &Edit,
    proposal: Option<i32>,
) -> Result<Proposed, ServiceError> {
    database.change_catalogue(|connection| {
        let grade = grades::found(connection, (slug, level), edit.grade_id)?;
        if grade.slug != slug || grade.level != level {
            return Ok(Proposed::Moved(Box::new(grade)));
        }
        must_reach(connection, &edit.by, grade.grade_id)?;
        if grade.text == edit.text {
            return Ok(Proposed::Unchanged);
        }
        let own = match proposal {
            Some(id) => models::proposals::by_id(connection, id)?.filter(|row| {
                let is_of_this = row.grade_id == grade.grade_id && row.author == edit.by.login;
                is_of_this && Proposal::from(row.clone()).state.is_open()
            }),
            None => None,
        };
        let now = db::now();
        let id = match own {
            Some(row) => {
                let text = (edit.version, &*edit.text, &*edit.note);
                models::proposals::update(connection, row.id, text, now)?;
                row.id
            }
            None => models::proposals::insert(
                connection,
                &NewProposal {
                    grade_id: grade.grade_id,
                    base_version: edit.version,
                    text: &edit.text,
                    note: &edit.note,
                    author: &edit.by.login,
                    state: State::Waiting.name(),
                    version: 1,
                    created_at: now,
                    updated_at: now,
                },
            )?,
        };
        log(connection, &edit.by, Action::Propose, &grade, &edit.note)?;
        Ok(Proposed::Stored(id))
    })
}

/// Saves an edit that a proposal became, and with it ends the proposal. `read` is the version of the proposal that
/// was looked at, if it was looked at and not changed.
///
/// # Errors
///
/// [`ServiceError::NoSuchProposal`]; as [`grades::save`].
pub fn publish(
    database: &Database,
    (id, read): (i32, Option<i32>),
    (slug, level): (&str, Level),
    edit: &Edit,
) -> Result<Published, ServiceError> {
    database.change_catalogue(|connection| {
        let row = find(connection, id)?;
        must_reach(connection, &edit.by, row.grade_id)?;
        let proposal = Proposal::from(row);
        if !proposal.state.is_open() || read.is_some_and(|read| read != proposal.version) {
            return Ok(Published::Conflict);
        }
        let saved = grades::save_locked(connection, slug, level, edit)?;
        if matches!(saved, Saved::Stored | Saved::Unchanged) {
            models::proposals::set_state(connection, id, State::Published.name(), db::now())?;
            let grade = grades::found(connection, (slug, level), edit.grade_id)?;
            let detail = format!("автор: {}", proposal.author);
            log(connection, &edit.by, Action::PublishProposal, &grade, &detail)?;
        }
        Ok(Published::Saved(saved))
    })
}

/// Decides on a proposal, if it is as it was `read`.
///
/// # Errors
///
/// [`ServiceError::NoSuchProposal`]; if the database does not answer.
pub fn decide(
    database: &Database,
    (id, read): (i32, i32),
    decision: &Decision,
    by: &Actor,
) -> Result<Decided, ServiceError> {
    database.change_catalogue(|connection| {
        let proposal = find(connection, id)?;
        let grade = grades::editable_row(connection, proposal.grade_id)?;
        must_reach(connection, by, proposal.grade_id)?;
        let proposal = Proposal::from(proposal);
        let now = db::now();
        let (state, action, detail) = match decision {
            // What is said is said, whatever became of the proposal meanwhile.
            Decision::Note(text) => {
                models::proposals::insert_note(connection, id, (&by.login, text), now)?;
                return Ok(Decided::Stored);
            }
            Decision::Return(why) => (State::Returned, Action::ReturnProposal, why.as_str()),
            Decision::Withdraw => (State::Withdrawn, Action::WithdrawProposal, ""),
        };
        if proposal.version != read || !proposal.state.is_open() {
            return Ok(Decided::Conflict);
        }
        if !detail.is_empty() {
            models::proposals::insert_note(connection, id, (&by.login, detail), now)?;
        }
        models::proposals::set_state(connection, id, state.name(), now)?;
        log(connection, by, action, &grade, detail)?;
        Ok(Decided::Stored)
    })
}

/// Refuses what is done to proposals of grades outside of somebody's tracks: it makes no revision that would be.
fn must_reach(
    connection: &mut DbConnection,
    by: &Actor,
    grade_id: i32,
) -> Result<(), ServiceError> {
    let grade = models::grades::by_id(connection, grade_id)?;
    reach::must_have_profession(connection, by, grade.map(|grade| grade.profession_id))
}

fn log(
    connection: &mut DbConnection,
    by: &Actor,
    action: Action,
    grade: &EditableGrade,
    detail: &str,
) -> Result<(), ServiceError> {
    let object = format!("{}/{}", grade.slug, grade.name.slug());
    Ok(audit::record(connection, by, action, &object, detail)?)
}

fn find(connection: &mut DbConnection, id: i32) -> Result<ProposalRow, ServiceError> {
    models::proposals::by_id(connection, id)?.ok_or(ServiceError::NoSuchProposal)
}

/// The description that a proposal grew from.
fn text_at(connection: &mut DbConnection, row: &ProposalRow) -> Result<String, ServiceError> {
    let present = models::grades::by_id(connection, row.grade_id)?;
    if let Some(present) = present.filter(|present| present.version == row.base_version) {
        return Ok(present.description.unwrap_or_default());
    }
    match revisions::snapshot_at::<Text>(connection, row.grade_id, row.base_version) {
        Err(ServiceError::NoSuchRevision) => Ok(String::new()),
        was => Ok(was?.map(|Text(text)| text).unwrap_or_default()),
    }
}
