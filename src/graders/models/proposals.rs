//! Rows of proposed changes of descriptions, and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::LevelName;
use crate::db::DbConnection;
use crate::db::schema::{grades, profession, proposal_notes, proposals};

/// A proposed description of a grade.
#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = proposals)]
pub struct ProposalRow {
    pub id: i32,
    pub grade_id: i32,
    /// The version of the description that the text grew from.
    pub base_version: i32,
    pub text: String,
    pub note: String,
    pub author: String,
    pub state: String,
    pub version: i32,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// A proposal to store.
#[derive(Insertable)]
#[diesel(table_name = proposals)]
pub struct NewProposal<'a> {
    pub grade_id: i32,
    pub base_version: i32,
    pub text: &'a str,
    pub note: &'a str,
    pub author: &'a str,
    pub state: &'a str,
    pub version: i32,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// What somebody said of a proposal.
#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = proposal_notes)]
pub struct NoteRow {
    pub author: String,
    pub text: String,
    pub created_at: NaiveDateTime,
}

/// The states in which something is to be done.
const OPEN: [&str; 2] = ["waiting", "returned"];

/// A proposal with its level, and with the address, the title and the scale of its profession.
pub type ListedRow = (ProposalRow, LevelName, String, String, Option<i32>);

/// The proposals of which something is to be done and whose grades are there, the oldest first.
pub fn open(connection: &mut DbConnection) -> QueryResult<Vec<ListedRow>> {
    proposals::table
        .inner_join(grades::table.on(grades::grade_id.eq(proposals::grade_id)))
        .inner_join(profession::table.on(profession::id.eq(grades::profession_id)))
        .filter(proposals::state.eq_any(OPEN))
        .order(proposals::id)
        .select((
            ProposalRow::as_select(),
            grades::level_name,
            profession::slug,
            profession::title,
            profession::scale_id,
        ))
        .load(connection)
}

/// Those of one grade, the oldest first.
pub fn open_of(connection: &mut DbConnection, grade_id: i32) -> QueryResult<Vec<ProposalRow>> {
    ProposalRow::query()
        .filter(proposals::grade_id.eq(grade_id).and(proposals::state.eq_any(OPEN)))
        .order(proposals::id)
        .load(connection)
}

/// The proposal with a number.
pub fn by_id(connection: &mut DbConnection, id: i32) -> QueryResult<Option<ProposalRow>> {
    ProposalRow::query().find(id).get_result(connection).optional()
}

/// Stores a proposal; returns its number.
pub fn insert(connection: &mut DbConnection, new: &NewProposal<'_>) -> QueryResult<i32> {
    diesel::insert_into(proposals::table)
        .values(new)
        .returning(proposals::id)
        .get_result(connection)
}

/// Gives a proposal another text, which waits to be looked at.
pub fn update(
    connection: &mut DbConnection,
    id: i32,
    (base_version, text, note): (i32, &str, &str),
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(proposals::table.find(id))
        .set((
            proposals::base_version.eq(base_version),
            proposals::text.eq(text),
            proposals::note.eq(note),
            proposals::state.eq("waiting"),
            proposals::version.eq(proposals::version + 1),
            proposals::updated_at.eq(now),
        ))
        .execute(connection)
        .map(drop)
}

/// Gives a proposal another state.
pub fn set_state(
    connection: &mut DbConnection,
    id: i32,
    state: &str,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(proposals::table.find(id))
        .set((
            proposals::state.eq(state),
            proposals::version.eq(proposals::version + 1),
            proposals::updated_at.eq(now),
        ))
        .execute(connection)
        .map(drop)
}

/// What was said of a proposal, in order.
pub fn notes(connection: &mut DbConnection, id: i32) -> QueryResult<Vec<NoteRow>> {
    NoteRow::query()
        .filter(proposal_notes::proposal_id.eq(id))
        .order(proposal_notes::id)
        .load(connection)
}

/// Stores what somebody says of a proposal.
pub fn insert_note(
    connection: &mut DbConnection,
    id: i32,
    (author, text): (&str, &str),
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::insert_into(proposal_notes::table)
        .values((
            proposal_notes::proposal_id.eq(id),
            proposal_notes::author.eq(author),
            proposal_notes::text.eq(text),
            proposal_notes::created_at.eq(now),
        ))
        .execute(connection)
        .map(drop)
}
