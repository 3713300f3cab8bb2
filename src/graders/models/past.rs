//! The rows of the catalogue as a whole, and the saved changes that came after a moment.

mod fill;

use std::marker::PhantomData;

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Integer, Nullable, Text, Timestamp};

pub use self::fill::{DICTIONARY_VIEWS, LADDER_TABLES, dictionary_rows, fill_ladders};
use super::grades::GradeRow;
use super::professions::WholeProfessionRow;
use super::revisions::Kind;
use super::rules::RulesRow;
use super::scales::{FormerSlugRow, LevelRow, ScaleRow};
use super::skills::{AliasRow, SkillRow};
use super::tracks::TrackRow;
use crate::db::DbConnection;
use crate::db::schema::{former_skill_slugs, former_slugs, revisions};

/// The rows of the skill dictionary.
pub struct DictionaryRows {
    pub skills: Vec<SkillRow>,
    pub aliases: Vec<AliasRow>,
    /// Addresses that skills had before, with their numbers.
    pub former_slugs: Vec<(String, i32)>,
}

/// Every other row that public pages are made of.
pub struct LadderRows {
    pub tracks: Vec<TrackRow>,
    pub professions: Vec<WholeProfessionRow>,
    /// Addresses that professions had before, with their numbers.
    pub former_slugs: Vec<(String, i32)>,
    pub grades: Vec<GradeRow>,
    pub scales: Vec<ScaleRow>,
    pub levels: Vec<LevelRow>,
    pub former_levels: Vec<FormerSlugRow>,
    pub rules: Option<RulesRow>,
    /// The revision of the dictionary.
    pub skills_revision: i64,
    /// When the last change was made.
    pub changed_at: Option<NaiveDateTime>,
}

/// The first saved change of a thing after a moment.
#[derive(Queryable)]
pub struct LaterRow {
    /// Of the thing, as the column `kind` holds it.
    pub kind: String,
    pub object_id: i32,
    /// The version it made.
    pub version: i32,
    /// The thing as it was until then; `None` if it was not there.
    pub before: Option<String>,
}

/// A statement in SQL that has a revision wherever there is a `?`, and gives rows of `T`. It is prepared once;
/// what [`diesel::sql_query`] asks is planned anew each time, and takes PostgreSQL another round trip.
struct AtRevision<T> {
    sql: String,
    revision: i32,
    rows: PhantomData<T>,
}

impl<T> AtRevision<T> {
    fn new(sql: impl Into<String>, revision: i32) -> Self {
        Self { sql: sql.into(), revision, rows: PhantomData }
    }
}

impl<T> QueryId for AtRevision<T> {
    type QueryId = ();

    // The text tells which statement it is.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> Query for AtRevision<T> {
    type SqlType = T;
}

impl<T> RunQueryDsl<DbConnection> for AtRevision<T> {}

impl<T> QueryFragment<<DbConnection as Connection>::Backend> for AtRevision<T> {
    fn walk_ast<'b>(
        &'b self,
        mut out: AstPass<'_, 'b, <DbConnection as Connection>::Backend>,
    ) -> QueryResult<()> {
        for (place, part) in self.sql.split('?').enumerate() {
            if place > 0 {
                out.push_bind_param::<Integer, _>(&self.revision)?;
            }
            out.push_sql(part);
        }
        Ok(())
    }
}

/// Of each thing of some kinds the first saved change after a revision, if there is one. The number of changes
/// makes no difference.
pub fn first_later(
    connection: &mut DbConnection,
    kinds: &[Kind],
    revision: i32,
) -> QueryResult<Vec<LaterRow>> {
    type Rows = (Text, Integer, Integer, Nullable<Text>);

    let kinds = kinds.iter().map(|kind| format!("'{}'", kind.name())).collect::<Vec<_>>();
    let sql = format!(
        "SELECT first.kind, first.object_id, first.version, first.before
        FROM newest_changes AS newest JOIN revisions AS first ON first.revision_id = (
            SELECT min(revision_id) FROM revisions
            WHERE kind = newest.kind AND object_id = newest.object_id AND revision_id > ?
        )
        WHERE newest.revision_id > ? AND newest.kind IN ({})",
        kinds.join(", ")
    );
    AtRevision::<Rows>::new(sql, revision).load(connection)
}

/// Where a state stands among the saved changes.
#[derive(Queryable)]
pub struct Place {
    /// The newest saved change of a skill that the state has; `None` if there is none.
    pub skills: Option<i32>,
    /// When the first change that it does not have was saved.
    pub until: Option<NaiveDateTime>,
}

/// Where the state after a revision stands.
pub fn place(connection: &mut DbConnection, revision: i32) -> QueryResult<Place> {
    type Columns = (Nullable<Integer>, Nullable<Timestamp>);

    const PLACE: &str = "SELECT
        (SELECT max(revision_id) FROM revisions WHERE kind = 'skill' AND revision_id <= ?),
        (SELECT created_at FROM revisions WHERE revision_id = (
            SELECT min(revision_id) FROM revisions WHERE revision_id > ?
        ))";
    AtRevision::<Columns>::new(PLACE, revision).get_result(connection)
}

/// The newest saved change of a kind; 0 if there is none.
pub fn newest_of(connection: &mut DbConnection, kind: Kind) -> QueryResult<i32> {
    let newest = revisions::table
        .filter(revisions::kind.eq(kind.name()))
        .select(max(revisions::revision_id))
        .get_result::<Option<i32>>(connection)?;
    Ok(newest.unwrap_or_default())
}

/// The newest saved change up to a revision, and when it was made.
pub fn newest_up_to(
    connection: &mut DbConnection,
    revision: i32,
) -> QueryResult<Option<(i32, NaiveDateTime)>> {
    revisions::table
        .filter(revisions::revision_id.le(revision))
        .order(revisions::revision_id.desc())
        .select((revisions::revision_id, revisions::created_at))
        .limit(1)
        .load(connection)
        .map(|found| found.into_iter().next())
}

/// The newest saved change made before a moment, and when it was made.
pub fn newest_before(
    connection: &mut DbConnection,
    moment: NaiveDateTime,
) -> QueryResult<Option<(i32, NaiveDateTime)>> {
    revisions::table
        .filter(revisions::created_at.lt(moment))
        .order((revisions::created_at.desc(), revisions::revision_id.desc()))
        .select((revisions::revision_id, revisions::created_at))
        .limit(1)
        .load(connection)
        .map(|found| found.into_iter().next())
}

/// The rows of the dictionary as they are now.
pub fn dictionary(connection: &mut DbConnection) -> QueryResult<DictionaryRows> {
    Ok(DictionaryRows {
        skills: super::skills::skills(connection)?,
        aliases: super::skills::aliases(connection)?,
        former_slugs: former_skill_slugs::table
            .select((former_skill_slugs::slug, former_skill_slugs::skill_id))
            .load(connection)?,
    })
}

/// The other rows as they are now, with a dictionary of revision 0.
pub fn ladders(connection: &mut DbConnection) -> QueryResult<LadderRows> {
    let scales = super::scales::all(connection)?;
    // Usually there is none.
    let (levels, former_levels) = if scales.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        (super::scales::levels(connection)?, super::scales::former_slugs(connection)?)
    };
    Ok(LadderRows {
        tracks: super::tracks::all(connection)?,
        professions: WholeProfessionRow::query().load(connection)?,
        former_slugs: former_slugs::table
            .select((former_slugs::slug, former_slugs::profession_id))
            .load(connection)?,
        grades: GradeRow::query().load(connection)?,
        scales,
        levels,
        former_levels,
        rules: super::rules::rules(connection)?,
        skills_revision: 0,
        changed_at: None,
    })
}

/// The newest saved change of the ladders of some professions; 0 if there is none.
pub fn newest_of_ladders(
    connection: &mut DbConnection,
    profession_ids: &[i32],
) -> QueryResult<i32> {
    let newest = revisions::table
        .filter(revisions::profession_id.eq_any(profession_ids))
        .select(max(revisions::revision_id))
        .get_result::<Option<i32>>(connection)?;
    Ok(newest.unwrap_or_default())
}
