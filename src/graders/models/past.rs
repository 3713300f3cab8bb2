//! The rows of the catalogue as a whole, and the saved changes that came after a moment.

mod fill;

use chrono::NaiveDateTime;
use diesel::dsl::{max, min};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Integer, Nullable, Text};

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

/// The first saved change of each thing after a revision. The index leads from thing to thing, so the number of
/// changes makes no difference. A query of its own, because [`diesel::sql_query`] is planned anew each time.
#[derive(Clone, Copy)]
struct FirstLater<'a> {
    kinds: &'a [Kind],
    revision: i32,
}

impl QueryId for FirstLater<'_> {
    type QueryId = ();

    // How many kinds there are changes the statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for FirstLater<'_> {
    type SqlType = (Text, Integer, Integer, Nullable<Text>);
}

impl RunQueryDsl<DbConnection> for FirstLater<'_> {}

impl QueryFragment<<DbConnection as Connection>::Backend> for FirstLater<'_> {
    fn walk_ast<'b>(
        &'b self,
        mut out: AstPass<'_, 'b, <DbConnection as Connection>::Backend>,
    ) -> QueryResult<()> {
        out.push_sql(
            "WITH RECURSIVE objects(kind, id) AS (
                SELECT kinds.kind, (SELECT min(object_id) FROM revisions WHERE kind = kinds.kind)
                FROM (",
        );
        for (index, kind) in self.kinds.iter().enumerate() {
            out.push_sql(if index == 0 { "SELECT '" } else { " UNION ALL SELECT '" });
            out.push_sql(kind.name());
            out.push_sql(if index == 0 { "' AS kind" } else { "'" });
        }
        out.push_sql(
            ") AS kinds
                WHERE EXISTS (SELECT 1 FROM revisions WHERE kind = kinds.kind AND revision_id > ",
        );
        out.push_bind_param::<Integer, _>(&self.revision)?;
        out.push_sql(
            ")
                UNION ALL
                SELECT objects.kind, (
                    SELECT min(object_id) FROM revisions
                    WHERE kind = objects.kind AND object_id > objects.id
                )
                FROM objects WHERE objects.id IS NOT NULL
            ), firsts(revision_id) AS (
                SELECT (
                    SELECT min(revision_id) FROM revisions
                    WHERE kind = objects.kind AND object_id = objects.id AND revision_id > ",
        );
        out.push_bind_param::<Integer, _>(&self.revision)?;
        out.push_sql(
            ")
                FROM objects WHERE objects.id IS NOT NULL
            )
            SELECT revisions.kind, revisions.object_id, revisions.version, revisions.before
            FROM firsts JOIN revisions ON revisions.revision_id = firsts.revision_id",
        );
        Ok(())
    }
}

/// Of each thing of some kinds the first saved change after a revision, if there is one.
pub fn first_later(
    connection: &mut DbConnection,
    kinds: &[Kind],
    revision: i32,
) -> QueryResult<Vec<LaterRow>> {
    FirstLater { kinds, revision }.load(connection)
}

/// Where a state stands among the saved changes.
pub struct Place {
    /// The newest saved change of a skill that the state has; 0 if there is none.
    pub skills: i32,
    /// When the first change that it does not have was saved.
    pub until: Option<NaiveDateTime>,
}

/// Where the state after a revision stands.
pub fn place(connection: &mut DbConnection, revision: i32) -> QueryResult<Place> {
    let skills = revisions::table
        .filter(revisions::kind.eq(Kind::Skill.name()))
        .filter(revisions::revision_id.le(revision))
        .select(max(revisions::revision_id));
    let next = diesel::alias!(revisions as next);
    let first = next
        .filter(next.field(revisions::revision_id).gt(revision))
        .select(min(next.field(revisions::revision_id)));
    let until = revisions::table
        .filter(revisions::revision_id.nullable().eq_any(first))
        .select(revisions::created_at);
    let (skills, until) = diesel::select((skills.single_value(), until.single_value()))
        .get_result::<(Option<i32>, Option<NaiveDateTime>)>(connection)?;
    Ok(Place { skills: skills.unwrap_or_default(), until })
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
    Ok(LadderRows {
        tracks: super::tracks::all(connection)?,
        professions: WholeProfessionRow::query().load(connection)?,
        former_slugs: former_slugs::table
            .select((former_slugs::slug, former_slugs::profession_id))
            .load(connection)?,
        grades: GradeRow::query().load(connection)?,
        scales: super::scales::all(connection)?,
        levels: super::scales::levels(connection)?,
        former_levels: super::scales::former_slugs(connection)?,
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
