//! The rows of the catalogue as a whole, and the saved changes that came after a moment.

mod fill;

use chrono::NaiveDateTime;
use diesel::prelude::*;
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
#[derive(QueryableByName)]
pub struct LaterRow {
    #[diesel(sql_type = Integer)]
    pub object_id: i32,
    /// The version it made.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// The thing as it was until then; `None` if it was not there.
    #[diesel(sql_type = Nullable<Text>)]
    pub before: Option<String>,
}

/// Each thing of a kind that was changed after a revision, with the first such change. The index leads from
/// thing to thing, so the number of changes makes no difference.
const FIRST_LATER: &str = "
    WITH RECURSIVE objects(id) AS (
        SELECT (SELECT min(object_id) FROM revisions WHERE kind = $1)
        UNION ALL
        SELECT (SELECT min(object_id) FROM revisions WHERE kind = $1 AND object_id > objects.id)
        FROM objects WHERE objects.id IS NOT NULL
    ), firsts(revision_id) AS (
        SELECT (
            SELECT min(revision_id) FROM revisions
            WHERE kind = $1 AND object_id = objects.id AND revision_id > $2
        )
        FROM objects WHERE objects.id IS NOT NULL
    )
    SELECT revisions.object_id, revisions.version, revisions.before
    FROM firsts JOIN revisions ON revisions.revision_id = firsts.revision_id";

/// Of each thing of a kind the first saved change after a revision, if there is one.
pub fn first_later(
    connection: &mut DbConnection,
    kind: Kind,
    revision: i32,
) -> QueryResult<Vec<LaterRow>> {
    if newest_of(connection, kind, None)? <= revision {
        return Ok(Vec::new());
    }
    diesel::sql_query(FIRST_LATER)
        .bind::<Text, _>(kind.name())
        .bind::<Integer, _>(revision)
        .load(connection)
}

/// The newest saved change of a kind, up to a revision if one is given; 0 if there is none.
pub fn newest_of(
    connection: &mut DbConnection,
    kind: Kind,
    up_to: Option<i32>,
) -> QueryResult<i32> {
    let newest = revisions::table
        .filter(revisions::kind.eq(kind.name()))
        .filter(revisions::revision_id.le(up_to.unwrap_or(i32::MAX)))
        .select(diesel::dsl::max(revisions::revision_id))
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

/// When the first change after a revision was saved.
pub fn next_moment(
    connection: &mut DbConnection,
    revision: i32,
) -> QueryResult<Option<NaiveDateTime>> {
    #[derive(QueryableByName)]
    struct Next {
        #[diesel(sql_type = Timestamp)]
        created_at: NaiveDateTime,
    }

    let next = diesel::sql_query(
        "SELECT created_at FROM revisions WHERE revision_id > $1 ORDER BY revision_id LIMIT 1",
    );
    let next = next.bind::<Integer, _>(revision).load::<Next>(connection)?;
    Ok(next.into_iter().next().map(|next| next.created_at))
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
        .select(diesel::dsl::max(revisions::revision_id))
        .get_result::<Option<i32>>(connection)?;
    Ok(newest.unwrap_or_default())
}
