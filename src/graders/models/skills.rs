//! Rows of the skill dictionary and the queries over them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::schema::{
    catalogue_state, former_skill_slugs, skill_aliases, skill_revisions, skills,
};

/// A skill without its aliases.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = skills)]
pub(in crate::graders) struct SkillRow {
    pub(in crate::graders) id: i32,
    pub(in crate::graders) slug: String,
    pub(in crate::graders) title: String,
    pub(in crate::graders) category: String,
    pub(in crate::graders) link: Option<String>,
    pub(in crate::graders) version: i32,
}

/// A skill to store.
#[derive(Insertable)]
#[diesel(table_name = skills)]
pub(in crate::graders) struct NewSkill<'a> {
    pub(in crate::graders) slug: &'a str,
    pub(in crate::graders) title: &'a str,
    pub(in crate::graders) category: &'a str,
    pub(in crate::graders) link: Option<&'a str>,
}

/// A skill to store under an id it had before.
#[derive(Insertable)]
#[diesel(table_name = skills)]
pub(in crate::graders) struct FormerSkill<'a> {
    pub(in crate::graders) id: i32,
    pub(in crate::graders) slug: &'a str,
    pub(in crate::graders) title: &'a str,
    pub(in crate::graders) category: &'a str,
    pub(in crate::graders) link: Option<&'a str>,
    pub(in crate::graders) version: i32,
}

/// One saved change of a skill.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = skill_revisions)]
pub(in crate::graders) struct SkillRevisionRow {
    pub(in crate::graders) revision_id: i32,
    pub(in crate::graders) skill_id: i32,
    pub(in crate::graders) version: i32,
    pub(in crate::graders) author: String,
    pub(in crate::graders) note: String,
    pub(in crate::graders) before: Option<String>,
    pub(in crate::graders) after: Option<String>,
    pub(in crate::graders) created_at: NaiveDateTime,
    pub(in crate::graders) merged_with: Option<i32>,
}

/// A saved change of a skill to store.
#[derive(Insertable)]
#[diesel(table_name = skill_revisions)]
pub(in crate::graders) struct NewSkillRevision<'a> {
    pub(in crate::graders) skill_id: i32,
    pub(in crate::graders) version: i32,
    pub(in crate::graders) author: &'a str,
    pub(in crate::graders) note: &'a str,
    pub(in crate::graders) before: Option<&'a str>,
    pub(in crate::graders) after: Option<&'a str>,
    pub(in crate::graders) created_at: NaiveDateTime,
    pub(in crate::graders) merged_with: Option<i32>,
}

/// The number every change of the dictionary raises.
pub(in crate::graders) fn revision(connection: &mut DbConnection) -> QueryResult<i64> {
    catalogue_state::table.select(catalogue_state::skills_revision).first(connection)
}

/// Raises it.
pub(in crate::graders) fn raise_revision(connection: &mut DbConnection) -> QueryResult<()> {
    diesel::update(catalogue_state::table)
        .set(catalogue_state::skills_revision.eq(catalogue_state::skills_revision + 1))
        .execute(connection)
        .map(drop)
}

/// Whether there is a skill, or ever was one that was changed.
pub(in crate::graders) fn any_ever(connection: &mut DbConnection) -> QueryResult<bool> {
    let skill = skills::table.select(skills::id).first::<i32>(connection).optional()?;
    let revision = skill_revisions::table.select(skill_revisions::revision_id);
    Ok(skill.is_some() || revision.first::<i32>(connection).optional()?.is_some())
}

/// Every skill, the oldest first: of two with one name it has the name.
pub(in crate::graders) fn skills(connection: &mut DbConnection) -> QueryResult<Vec<SkillRow>> {
    skills::table.order(skills::id).select(SkillRow::as_select()).load(connection)
}

/// Every alias, with its skill's id.
pub(in crate::graders) fn aliases(
    connection: &mut DbConnection,
) -> QueryResult<Vec<(i32, String)>> {
    skill_aliases::table
        .order((skill_aliases::skill_id, skill_aliases::alias))
        .select((skill_aliases::skill_id, skill_aliases::alias))
        .load(connection)
}

/// Stores a skill; returns its id.
pub(in crate::graders) fn insert(
    connection: &mut DbConnection,
    new: &NewSkill<'_>,
) -> QueryResult<i32> {
    diesel::insert_into(skills::table).values(new).returning(skills::id).get_result(connection)
}

/// Stores another name of a skill.
pub(in crate::graders) fn insert_alias(
    connection: &mut DbConnection,
    skill_id: i32,
    alias: &str,
) -> QueryResult<()> {
    diesel::insert_into(skill_aliases::table)
        .values((skill_aliases::skill_id.eq(skill_id), skill_aliases::alias.eq(alias)))
        .execute(connection)
        .map(drop)
}

/// The present address of the skill that had an address before.
pub(in crate::graders) fn slug_after(
    connection: &mut DbConnection,
    former: &str,
) -> QueryResult<Option<String>> {
    former_skill_slugs::table
        .inner_join(skills::table)
        .filter(former_skill_slugs::slug.eq(former))
        .select(skills::slug)
        .first(connection)
        .optional()
}

/// The skill at an address.
pub(in crate::graders) fn skill_at(
    connection: &mut DbConnection,
    slug: &str,
) -> QueryResult<Option<SkillRow>> {
    skills::table
        .filter(skills::slug.eq(slug))
        .select(SkillRow::as_select())
        .first(connection)
        .optional()
}

/// The skills with some ids, in no order.
pub(in crate::graders) fn skills_by_id(
    connection: &mut DbConnection,
    ids: &[i32],
) -> QueryResult<Vec<SkillRow>> {
    skills::table.filter(skills::id.eq_any(ids)).select(SkillRow::as_select()).load(connection)
}

/// The aliases of a skill, in no order.
pub(in crate::graders) fn aliases_of(
    connection: &mut DbConnection,
    skill_id: i32,
) -> QueryResult<Vec<String>> {
    skill_aliases::table
        .filter(skill_aliases::skill_id.eq(skill_id))
        .select(skill_aliases::alias)
        .load(connection)
}

/// Every category there is, in no order.
pub(in crate::graders) fn categories(connection: &mut DbConnection) -> QueryResult<Vec<String>> {
    skills::table.select(skills::category).distinct().load(connection)
}

/// Changes a skill that has the version `read` and raises it. If it has another one by now, there
/// is no such row.
pub(in crate::graders) fn update(
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
pub(in crate::graders) fn insert_former(
    connection: &mut DbConnection,
    row: &FormerSkill<'_>,
) -> QueryResult<()> {
    diesel::insert_into(skills::table).values(row).execute(connection).map(drop)
}

/// Takes the aliases of a skill away.
pub(in crate::graders) fn delete_aliases(
    connection: &mut DbConnection,
    skill_id: i32,
) -> QueryResult<()> {
    diesel::delete(skill_aliases::table.filter(skill_aliases::skill_id.eq(skill_id)))
        .execute(connection)
        .map(drop)
}

/// Takes a skill away with its aliases and its former addresses.
pub(in crate::graders) fn delete(connection: &mut DbConnection, id: i32) -> QueryResult<()> {
    delete_aliases(connection, id)?;
    diesel::delete(former_skill_slugs::table.filter(former_skill_slugs::skill_id.eq(id)))
        .execute(connection)?;
    diesel::delete(skills::table.find(id)).execute(connection).map(drop)
}

/// The former addresses of a skill, in their order.
pub(in crate::graders) fn former_slugs_of(
    connection: &mut DbConnection,
    skill_id: i32,
) -> QueryResult<Vec<String>> {
    former_skill_slugs::table
        .filter(former_skill_slugs::skill_id.eq(skill_id))
        .order(former_skill_slugs::slug)
        .select(former_skill_slugs::slug)
        .load(connection)
}

/// The skill that had an address before.
pub(in crate::graders) fn skill_formerly_at(
    connection: &mut DbConnection,
    slug: &str,
) -> QueryResult<Option<SkillRow>> {
    former_skill_slugs::table
        .inner_join(skills::table)
        .filter(former_skill_slugs::slug.eq(slug))
        .select(SkillRow::as_select())
        .first(connection)
        .optional()
}

/// Lets a former address lead to a skill, and nowhere else.
pub(in crate::graders) fn insert_former_slug(
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
pub(in crate::graders) fn delete_former_slug(
    connection: &mut DbConnection,
    slug: &str,
) -> QueryResult<()> {
    diesel::delete(former_skill_slugs::table.find(slug)).execute(connection).map(drop)
}

/// Stores a saved change.
pub(in crate::graders) fn insert_revision(
    connection: &mut DbConnection,
    new: &NewSkillRevision<'_>,
) -> QueryResult<()> {
    diesel::insert_into(skill_revisions::table).values(new).execute(connection).map(drop)
}

/// A saved change.
pub(in crate::graders) fn revision_with_id(
    connection: &mut DbConnection,
    revision_id: i32,
) -> QueryResult<Option<SkillRevisionRow>> {
    skill_revisions::table
        .find(revision_id)
        .select(SkillRevisionRow::as_select())
        .first(connection)
        .optional()
}

/// The saved changes of a skill, the newest first.
pub(in crate::graders) fn revisions_of(
    connection: &mut DbConnection,
    skill_id: i32,
) -> QueryResult<Vec<SkillRevisionRow>> {
    skill_revisions::table
        .filter(skill_revisions::skill_id.eq(skill_id))
        .order(skill_revisions::version.desc())
        .select(SkillRevisionRow::as_select())
        .load(connection)
}

/// The latest saved changes of all skills, the newest first; of those that took one away, if only
/// they are asked for.
pub(in crate::graders) fn recent_revisions(
    connection: &mut DbConnection,
    only_removals: bool,
    limit: i64,
) -> QueryResult<Vec<SkillRevisionRow>> {
    let mut query = skill_revisions::table.select(SkillRevisionRow::as_select()).into_boxed();
    if only_removals {
        query = query.filter(skill_revisions::after.is_null());
    }
    query.order(skill_revisions::revision_id.desc()).limit(limit).load(connection)
}
