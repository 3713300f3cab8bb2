//! Rows of the skill dictionary and the queries over them.

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
