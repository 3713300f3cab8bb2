//! Rows of the skill dictionary and the queries over them.

use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::{catalogue_state, former_skill_slugs, skill_aliases, skills};

/// A skill without its aliases.
#[derive(Clone, Debug, HasQuery)]
#[diesel(table_name = skills)]
pub struct SkillRow {
    pub id: i32,
    pub slug: String,
    pub title: String,
    pub category: String,
    pub link: Option<String>,
    pub version: i32,
}

/// Another name of a skill.
#[derive(Clone, Debug, HasQuery, Insertable)]
#[diesel(table_name = skill_aliases)]
pub struct AliasRow {
    pub skill_id: i32,
    pub alias: String,
    /// Whether it only helps to find the skill; no public page shows it.
    pub hidden: bool,
}

/// A skill to store.
#[derive(Insertable)]
#[diesel(table_name = skills)]
pub struct NewSkill<'a> {
    pub slug: &'a str,
    pub title: &'a str,
    pub category: &'a str,
    pub link: Option<&'a str>,
}

/// A skill to store under an id it had before.
#[derive(Insertable)]
#[diesel(table_name = skills)]
pub struct RestoredSkill<'a> {
    pub id: i32,
    pub slug: &'a str,
    pub title: &'a str,
    pub category: &'a str,
    pub link: Option<&'a str>,
    pub version: i32,
}

/// The number every change of the dictionary raises.
pub fn revision(connection: &mut DbConnection) -> QueryResult<i64> {
    catalogue_state::table.select(catalogue_state::skills_revision).get_result(connection)
}

/// Raises it.
pub fn raise_revision(connection: &mut DbConnection) -> QueryResult<()> {
    diesel::update(catalogue_state::table)
        .set(catalogue_state::skills_revision.eq(catalogue_state::skills_revision + 1))
        .execute(connection)
        .map(drop)
}

/// Whether there is a skill.
pub fn any(connection: &mut DbConnection) -> QueryResult<bool> {
    let skill = skills::table.select(skills::id).first::<i32>(connection).optional()?;
    Ok(skill.is_some())
}

/// Every skill, the oldest first: of two with one name it has the name.
pub fn skills(connection: &mut DbConnection) -> QueryResult<Vec<SkillRow>> {
    SkillRow::query().order(skills::id).load(connection)
}

/// Every skill in the order they were made with each of its aliases, hidden ones too, in the order of the alphabet.
pub fn with_aliases(
    connection: &mut DbConnection,
) -> QueryResult<Vec<(SkillRow, Option<AliasRow>)>> {
    skills::table
        .left_join(skill_aliases::table)
        .order((skills::id, skill_aliases::alias))
        .select((SkillRow::as_select(), Option::<AliasRow>::as_select()))
        .load(connection)
}

/// Every alias, hidden ones too, by skill and then in the order of the alphabet.
pub fn aliases(connection: &mut DbConnection) -> QueryResult<Vec<AliasRow>> {
    AliasRow::query().order((skill_aliases::skill_id, skill_aliases::alias)).load(connection)
}

/// Stores a skill; returns its id.
pub fn insert(connection: &mut DbConnection, new: &NewSkill<'_>) -> QueryResult<i32> {
    diesel::insert_into(skills::table).values(new).returning(skills::id).get_result(connection)
}

/// Stores another name of a skill.
pub fn insert_alias(connection: &mut DbConnection, row: &AliasRow) -> QueryResult<()> {
    diesel::insert_into(skill_aliases::table).values(row).execute(connection).map(drop)
}

/// The present address of the skill that had an address before.
pub fn current_slug(connection: &mut DbConnection, former: &str) -> QueryResult<Option<String>> {
    former_skill_slugs::table
        .inner_join(skills::table)
        .filter(former_skill_slugs::slug.eq(former))
        .select(skills::slug)
        .get_result(connection)
        .optional()
}

/// The skill at an address.
pub fn skill_at(connection: &mut DbConnection, slug: &str) -> QueryResult<Option<SkillRow>> {
    SkillRow::query().filter(skills::slug.eq(slug)).get_result(connection).optional()
}

/// The skills with some ids, in no order.
pub fn skills_by_id(connection: &mut DbConnection, ids: &[i32]) -> QueryResult<Vec<SkillRow>> {
    SkillRow::query().filter(skills::id.eq_any(ids)).load(connection)
}

/// The aliases of a skill, hidden ones too, in no order.
pub fn aliases_of(connection: &mut DbConnection, skill_id: i32) -> QueryResult<Vec<AliasRow>> {
    AliasRow::query().filter(skill_aliases::skill_id.eq(skill_id)).load(connection)
}

/// Every category there is, in no order.
pub fn categories(connection: &mut DbConnection) -> QueryResult<Vec<String>> {
    skills::table.select(skills::category).distinct().load(connection)
}

/// Changes a skill that has the version `read` and raises it. If it has another one by now, there
/// is no such row.
pub fn update(
    connection: &mut DbConnection,
    (id, read): (i32, i32),
    words: &NewSkill<'_>,
) -> QueryResult<()> {
    let unchanged = skills::id.eq(id).and(skills::version.eq(read));
    let updated = diesel::update(skills::table.filter(unchanged))
        .set((
            skills::slug.eq(words.slug),
            skills::title.eq(words.title),
            skills::category.eq(words.category),
            skills::link.eq(words.link),
            skills::version.eq(read + 1),
        ))
        .execute(connection)?;
    if updated == 1 { Ok(()) } else { Err(diesel::NotFound) }
}

/// Stores a skill under the id it had before.
pub fn insert_restored(connection: &mut DbConnection, row: &RestoredSkill<'_>) -> QueryResult<()> {
    diesel::insert_into(skills::table).values(row).execute(connection).map(drop)
}

/// Takes the aliases of a skill away.
pub fn delete_aliases(connection: &mut DbConnection, skill_id: i32) -> QueryResult<()> {
    diesel::delete(skill_aliases::table.filter(skill_aliases::skill_id.eq(skill_id)))
        .execute(connection)
        .map(drop)
}

/// Takes a skill away with its aliases and its former addresses.
pub fn delete(connection: &mut DbConnection, id: i32) -> QueryResult<()> {
    delete_aliases(connection, id)?;
    diesel::delete(former_skill_slugs::table.filter(former_skill_slugs::skill_id.eq(id)))
        .execute(connection)?;
    diesel::delete(skills::table.find(id)).execute(connection).map(drop)
}

/// The former addresses of a skill, in their order.
pub fn former_slugs_of(connection: &mut DbConnection, skill_id: i32) -> QueryResult<Vec<String>> {
    former_skill_slugs::table
        .filter(former_skill_slugs::skill_id.eq(skill_id))
        .order(former_skill_slugs::slug)
        .select(former_skill_slugs::slug)
        .load(connection)
}

/// The skill that had an address before.
pub fn skill_formerly_at(
    connection: &mut DbConnection,
    slug: &str,
) -> QueryResult<Option<SkillRow>> {
    former_skill_slugs::table
        .inner_join(skills::table)
        .filter(former_skill_slugs::slug.eq(slug))
        .select(SkillRow::as_select())
        .get_result(connection)
        .optional()
}

/// Lets a former address lead to a skill, and nowhere else.
pub fn insert_former_slug(
    connection: &mut DbConnection,
    slug: &str,
    skill_id: i32,
) -> QueryResult<()> {
    delete_former_slug(connection, slug)?;
    diesel::insert_into(former_skill_slugs::table)
        .values((former_skill_slugs::slug.eq(slug), former_skill_slugs::skill_id.eq(skill_id)))
        .execute(connection)
        .map(drop)
}

/// Ends that an address leads elsewhere.
pub fn delete_former_slug(connection: &mut DbConnection, slug: &str) -> QueryResult<()> {
    diesel::delete(former_skill_slugs::table.find(slug)).execute(connection).map(drop)
}
