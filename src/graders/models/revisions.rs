//! Rows of saved changes, of everything that has a history, and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::revisions;

/// What has a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Grade,
    Profession,
    Track,
    Skill,
    Rules,
    Scale,
}

impl Kind {
    /// As the column `kind` holds it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grade => "grade",
            Self::Profession => "profession",
            Self::Track => "track",
            Self::Skill => "skill",
            Self::Rules => "rules",
            Self::Scale => "scale",
        }
    }
}

/// One saved change.
#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = revisions)]
pub struct RevisionRow {
    pub revision_id: i32,
    pub object_id: i32,
    pub version: i32,
    pub author: String,
    pub note: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub created_at: NaiveDateTime,
    pub merged_with: Option<i32>,
}

/// A saved change to store.
#[derive(Insertable)]
#[diesel(table_name = revisions)]
pub struct NewRevision<'a> {
    pub kind: &'a str,
    pub object_id: i32,
    pub version: i32,
    pub author: &'a str,
    pub note: &'a str,
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
    pub created_at: NaiveDateTime,
    pub merged_with: Option<i32>,
    /// Whose ladder the change belongs to.
    pub profession_id: Option<i32>,
    /// Whether the change is one of a draft, for editors alone.
    pub is_draft: bool,
}

/// Stores a saved change.
pub fn insert(connection: &mut DbConnection, new: &NewRevision<'_>) -> QueryResult<()> {
    diesel::insert_into(revisions::table).values(new).execute(connection).map(drop)
}

/// Rows of one statement: PostgreSQL takes 65,535 parameters.
const AT_ONCE: usize = 1_000;

/// Stores several saved changes, in order.
pub fn insert_all(connection: &mut DbConnection, new: &[NewRevision<'_>]) -> QueryResult<()> {
    match connection {
        // A prepared statement for each row costs least.
        DbConnection::Sqlite(_) => new.iter().try_for_each(|new| insert(connection, new)),
        DbConnection::Postgres(postgres) => new.chunks(AT_ONCE).try_for_each(|part| {
            diesel::insert_into(revisions::table).values(part).execute(postgres).map(drop)
        }),
    }
}

/// The saved changes of an object, the newest first.
pub fn of(connection: &mut DbConnection, kind: Kind, id: i32) -> QueryResult<Vec<RevisionRow>> {
    before(connection, kind, id, None, i64::MAX)
}

/// Some saved changes of an object, the newest first, from before a version.
pub fn before(
    connection: &mut DbConnection,
    kind: Kind,
    id: i32,
    version: Option<i32>,
    limit: i64,
) -> QueryResult<Vec<RevisionRow>> {
    RevisionRow::query()
        .filter(revisions::kind.eq(kind.name()).and(revisions::object_id.eq(id)))
        .filter(revisions::version.lt(version.unwrap_or(i32::MAX)))
        .order(revisions::version.desc())
        .limit(limit)
        .load(connection)
}

/// The newest saved change of an object.
pub fn newest(
    connection: &mut DbConnection,
    kind: Kind,
    id: i32,
) -> QueryResult<Option<RevisionRow>> {
    Ok(before(connection, kind, id, None, 1)?.into_iter().next())
}

/// A saved change of an object of a kind, by its id.
pub fn by_id(
    connection: &mut DbConnection,
    kind: Kind,
    revision_id: i32,
) -> QueryResult<Option<RevisionRow>> {
    RevisionRow::query()
        .filter(revisions::kind.eq(kind.name()).and(revisions::revision_id.eq(revision_id)))
        .get_result(connection)
        .optional()
}

/// Whether a profession, or what was one, has a saved change that everybody may see.
pub fn was_published(connection: &mut DbConnection, profession_id: i32) -> QueryResult<bool> {
    let of_this = revisions::profession_id.eq(profession_id).and(revisions::is_draft.eq(false));
    let found = revisions::table.filter(of_this).select(revisions::revision_id).limit(1);
    Ok(!found.load::<i32>(connection)?.is_empty())
}

/// The latest saved changes of all objects of a kind, the newest first; of those that deleted one, if
/// only they are asked for.
pub fn recent(
    connection: &mut DbConnection,
    kind: Kind,
    only_deletions: bool,
    limit: i64,
) -> QueryResult<Vec<RevisionRow>> {
    let mut query = RevisionRow::query().filter(revisions::kind.eq(kind.name())).into_boxed();
    if only_deletions {
        query = query.filter(revisions::after.is_null());
    }
    query.order(revisions::revision_id.desc()).limit(limit).load(connection)
}

/// The highest id that any object of a kind with a saved change had.
pub fn last_object(connection: &mut DbConnection, kind: Kind) -> QueryResult<Option<i32>> {
    revisions::table
        .filter(revisions::kind.eq(kind.name()))
        .select(diesel::dsl::max(revisions::object_id))
        .get_result(connection)
}
