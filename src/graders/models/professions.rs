//! Rows of professions and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::LevelName;
use crate::db::DbConnection;
use crate::db::schema::{former_slugs, grades, profession, tracks};
use crate::ladder::Level;

/// A profession without its grades.
#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = profession)]
pub struct ProfessionRow {
    pub id: i32,
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub track: String,
    pub includes_id: Option<i32>,
    pub includes_up_to: Option<LevelName>,
    pub scale_id: Option<i32>,
    /// Whether it is for editors alone.
    pub is_draft: bool,
}

/// A profession with what changing it needs.
#[derive(Clone, Debug, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = profession, treat_none_as_null = true)]
pub struct WholeProfessionRow {
    pub id: i32,
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub track: String,
    pub position: i32,
    pub version: i32,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub includes_id: Option<i32>,
    pub includes_up_to: Option<LevelName>,
    /// `None` for the default scale.
    pub scale_id: Option<i32>,
    /// Whether it is for editors alone.
    pub is_draft: bool,
}

impl From<&WholeProfessionRow> for ProfessionRow {
    fn from(whole: &WholeProfessionRow) -> Self {
        Self {
            id: whole.id,
            slug: whole.slug.clone(),
            title: whole.title.clone(),
            summary: whole.summary.clone(),
            track: whole.track.clone(),
            includes_id: whole.includes_id,
            includes_up_to: whole.includes_up_to,
            scale_id: whole.scale_id,
            is_draft: whole.is_draft,
        }
    }
}

/// A profession to store.
#[derive(Insertable)]
#[diesel(table_name = profession)]
pub struct NewProfession<'a> {
    pub slug: &'a str,
    pub title: &'a str,
    pub summary: &'a str,
    pub track: &'a str,
    pub position: i32,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub includes_id: Option<i32>,
    pub includes_up_to: Option<LevelName>,
    pub scale_id: Option<i32>,
    pub is_draft: bool,
}

impl ProfessionRow {
    /// Up to which level it includes another ladder.
    pub fn includes_up_to(&self) -> Option<Level> {
        self.includes_up_to.map(Level::from)
    }
}

impl WholeProfessionRow {
    /// Up to which level it includes another ladder.
    pub fn includes_up_to(&self) -> Option<Level> {
        self.includes_up_to.map(Level::from)
    }
}

/// A stretch of all professions, ordered by track and by position within it.
pub fn in_order(
    connection: &mut DbConnection,
    offset: i64,
    limit: i64,
) -> QueryResult<Vec<ProfessionRow>> {
    profession::table
        .inner_join(tracks::table)
        .order((tracks::position, tracks::slug, profession::position, profession::id))
        .select(ProfessionRow::as_select())
        .offset(offset)
        .limit(limit)
        .load(connection)
}

/// A stretch of the professions of some tracks, in the same order; quicker where there are many others.
pub fn in_tracks(
    connection: &mut DbConnection,
    tracks: &[&str],
    offset: i64,
    limit: i64,
) -> QueryResult<Vec<ProfessionRow>> {
    profession::table
        .inner_join(tracks::table)
        .filter(profession::track.eq_any(tracks))
        .order((tracks::position, tracks::slug, profession::position, profession::id))
        .select(ProfessionRow::as_select())
        .offset(offset)
        .limit(limit)
        .load(connection)
}

/// A stretch of the professions of a track, by position within it, which is the order of an index.
pub fn in_track(
    connection: &mut DbConnection,
    track: &str,
    offset: i64,
    limit: i64,
) -> QueryResult<Vec<ProfessionRow>> {
    ProfessionRow::query()
        .filter(profession::track.eq(track))
        .order((profession::position, profession::id))
        .offset(offset)
        .limit(limit)
        .load(connection)
}

/// The profession at an address.
pub fn at(connection: &mut DbConnection, slug: &str) -> QueryResult<Option<ProfessionRow>> {
    ProfessionRow::query().filter(profession::slug.eq(slug)).get_result(connection).optional()
}

/// The profession at an address, whole.
pub fn whole_at(
    connection: &mut DbConnection,
    slug: &str,
) -> QueryResult<Option<WholeProfessionRow>> {
    WholeProfessionRow::query().filter(profession::slug.eq(slug)).get_result(connection).optional()
}

/// The profession with an id, whole.
pub fn whole_by_id(
    connection: &mut DbConnection,
    id: i32,
) -> QueryResult<Option<WholeProfessionRow>> {
    WholeProfessionRow::query().find(id).get_result(connection).optional()
}

/// The professions with some ids, in no order.
pub fn with_ids(connection: &mut DbConnection, ids: &[i32]) -> QueryResult<Vec<ProfessionRow>> {
    ProfessionRow::query().filter(profession::id.eq_any(ids)).load(connection)
}

/// The professions with some ids, whole, in no order.
pub fn whole_with_ids(
    connection: &mut DbConnection,
    ids: &[i32],
) -> QueryResult<Vec<WholeProfessionRow>> {
    WholeProfessionRow::query().filter(profession::id.eq_any(ids)).load(connection)
}

/// Every profession, whole, in the order of the catalogue.
pub fn all_whole(connection: &mut DbConnection) -> QueryResult<Vec<WholeProfessionRow>> {
    profession::table
        .inner_join(tracks::table)
        .order((tracks::position, tracks::slug, profession::position, profession::id))
        .select(WholeProfessionRow::as_select())
        .load(connection)
}

/// Every address that a profession had before, with the number of the profession.
pub fn all_former_slugs(connection: &mut DbConnection) -> QueryResult<Vec<(String, i32)>> {
    let columns = (former_slugs::slug, former_slugs::profession_id);
    former_slugs::table.select(columns).load(connection)
}

/// The professions that include the ladder of one, in the order they were made.
pub fn including(connection: &mut DbConnection, id: i32) -> QueryResult<Vec<WholeProfessionRow>> {
    WholeProfessionRow::query()
        .filter(profession::includes_id.eq(id))
        .order(profession::id)
        .load(connection)
}

/// Whether a profession includes a ladder. Numbers begin at 1, and unlike `IS NOT NULL` both databases
/// look this up in the index.
fn is_including() -> diesel::dsl::Gt<profession::includes_id, i32> {
    profession::includes_id.gt(0)
}

/// The professions that include a ladder, in the order of the catalogue.
pub fn all_including(connection: &mut DbConnection) -> QueryResult<Vec<ProfessionRow>> {
    profession::table
        .inner_join(tracks::table)
        .filter(is_including())
        .order((tracks::position, tracks::slug, profession::position, profession::id))
        .select(ProfessionRow::as_select())
        .load(connection)
}

/// Every profession that includes a ladder, with the profession whose ladder that is, in no order.
pub fn inclusions(connection: &mut DbConnection) -> QueryResult<Vec<(i32, i32)>> {
    profession::table
        .filter(is_including())
        .select((profession::id, profession::includes_id.assume_not_null()))
        .load(connection)
}

/// The professions of a track, in their order.
pub fn of_track(
    connection: &mut DbConnection,
    track: &str,
) -> QueryResult<Vec<WholeProfessionRow>> {
    WholeProfessionRow::query()
        .filter(profession::track.eq(track))
        .order((profession::position, profession::id))
        .load(connection)
}

/// The highest position in a track.
pub fn last_position(connection: &mut DbConnection, track: &str) -> QueryResult<Option<i32>> {
    profession::table
        .filter(profession::track.eq(track))
        .select(diesel::dsl::max(profession::position))
        .get_result(connection)
}

/// Which of some professions are there.
pub fn existing(connection: &mut DbConnection, ids: &[i32]) -> QueryResult<Vec<i32>> {
    profession::table.filter(profession::id.eq_any(ids)).select(profession::id).load(connection)
}

/// Whether a profession is there and is a draft.
pub fn is_draft(connection: &mut DbConnection, id: i32) -> QueryResult<bool> {
    let is_draft = profession::table.find(id).select(profession::is_draft);
    Ok(is_draft.get_result(connection).optional()?.unwrap_or_default())
}

/// Whether any of the professions at some addresses is a draft.
pub fn has_draft_at(connection: &mut DbConnection, slugs: &[String]) -> QueryResult<bool> {
    let drafts = profession::table.filter(profession::slug.eq_any(slugs).and(profession::is_draft));
    Ok(drafts.count().get_result::<i64>(connection)? > 0)
}

/// Stores a profession; returns its id.
pub fn insert(connection: &mut DbConnection, new: &NewProfession<'_>) -> QueryResult<i32> {
    diesel::insert_into(profession::table)
        .values(new)
        .returning(profession::id)
        .get_result(connection)
}

/// Stores a profession under the id it had before.
pub fn insert_restored(connection: &mut DbConnection, row: &WholeProfessionRow) -> QueryResult<()> {
    diesel::insert_into(profession::table).values(row).execute(connection).map(drop)
}

/// Notes when a profession or its ladder was last changed.
pub fn touch(connection: &mut DbConnection, id: i32, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(profession::table.find(id))
        .set(profession::updated_at.eq(now))
        .execute(connection)
        .map(drop)
}

/// Replaces everything that a profession with this row's id says of itself.
pub fn update(connection: &mut DbConnection, row: &WholeProfessionRow) -> QueryResult<()> {
    diesel::update(profession::table.find(row.id)).set(row).execute(connection).map(drop)
}

/// Deletes a profession with its grades and its former addresses.
pub fn delete(connection: &mut DbConnection, id: i32) -> QueryResult<()> {
    diesel::delete(grades::table.filter(grades::profession_id.eq(id))).execute(connection)?;
    diesel::delete(former_slugs::table.filter(former_slugs::profession_id.eq(id)))
        .execute(connection)?;
    diesel::delete(profession::table.find(id)).execute(connection).map(drop)
}

/// The present address of the profession that had an address before.
pub fn current_slug(connection: &mut DbConnection, former: &str) -> QueryResult<Option<String>> {
    former_slugs::table
        .inner_join(profession::table)
        .filter(former_slugs::slug.eq(former))
        .select(profession::slug)
        .get_result(connection)
        .optional()
}

/// The id of the profession that had an address before.
pub fn formerly_at(connection: &mut DbConnection, slug: &str) -> QueryResult<Option<i32>> {
    former_slugs::table
        .find(slug)
        .select(former_slugs::profession_id)
        .get_result(connection)
        .optional()
}

/// The addresses that a profession had before, in their order.
pub fn former_slugs_of(
    connection: &mut DbConnection,
    profession_id: i32,
) -> QueryResult<Vec<String>> {
    former_slugs::table
        .filter(former_slugs::profession_id.eq(profession_id))
        .order(former_slugs::slug)
        .select(former_slugs::slug)
        .load(connection)
}

/// Lets a former address lead to a profession.
pub fn insert_former_slug(
    connection: &mut DbConnection,
    slug: &str,
    profession_id: i32,
) -> QueryResult<()> {
    diesel::insert_into(former_slugs::table)
        .values((former_slugs::slug.eq(slug), former_slugs::profession_id.eq(profession_id)))
        .execute(connection)
        .map(drop)
}

/// Ends that an address leads elsewhere.
pub fn delete_former_slug(connection: &mut DbConnection, slug: &str) -> QueryResult<()> {
    diesel::delete(former_slugs::table.find(slug)).execute(connection).map(drop)
}
