//! Saved changes of skills: each holds the whole skill before and after.

use serde::{Deserialize, Serialize};

use super::fields::SkillFields;
use crate::audit::service::{self as audit, Action, Actor};
use crate::db::{self, DbConnection};
use crate::graders::models;
use crate::graders::models::skills::{NewSkillRevision, SkillRevisionRow};
use crate::graders::service::{ServiceError, search};
use crate::ladder::skill::Skill;

/// A skill at one moment, in TOML.
#[derive(Deserialize, Serialize)]
pub struct Snapshot {
    pub slug: String,
    pub title: String,
    pub category: String,
    pub link: Option<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The addresses it had before.
    #[serde(default)]
    pub former_slugs: Vec<String>,
}

impl From<Snapshot> for SkillFields {
    fn from(snapshot: Snapshot) -> Self {
        let Snapshot { slug, title, category, link, aliases, .. } = snapshot;
        Self { title, slug, category, link: link.unwrap_or_default(), aliases }
    }
}

pub struct Revision<'a> {
    pub skill_id: i32,
    /// The skill's name in addresses.
    pub slug: &'a str,
    pub version: i32,
    pub by: &'a Actor,
    pub note: &'a str,
}

impl Revision<'_> {
    /// Stores the revision, indexes the skill, raises the revisions of the dictionary and of the
    /// catalogue and writes the log.
    pub fn store(
        &self,
        connection: &mut DbConnection,
        before: Option<&str>,
        after: Option<&SkillFields>,
        merged_with: Option<i32>,
    ) -> Result<(), ServiceError> {
        let Self { skill_id, slug, version, by, note } = *self;
        let words = after.map(SkillFields::skill);
        let names = words.iter().flat_map(Skill::names).collect::<Vec<_>>();
        search::index_skill(connection, skill_id, &names)?;
        let after = after.map(|after| take(connection, skill_id, after)).transpose()?;
        let after = after.as_deref();
        models::skills::insert_revision(
            connection,
            &NewSkillRevision {
                skill_id,
                version,
                author: &by.login,
                note,
                before,
                after,
                created_at: db::now(),
                merged_with,
            },
        )?;
        models::skills::raise_revision(connection)?;
        models::catalogue::raise_revision(connection)?;
        Ok(audit::record(connection, by, Action::ChangeSkill, slug, note)?)
    }
}

/// The skill as a version of it was: what made the version, or what replaced it, tells.
pub fn snapshot_of(revisions: &[SkillRevisionRow], version: i32) -> Option<&str> {
    let made = revisions.iter().find(|revision| revision.version == version);
    let replaced = revisions.iter().find(|revision| revision.version == version.saturating_add(1));
    let made = made.and_then(|revision| revision.after.as_deref());
    made.or_else(|| replaced.and_then(|revision| revision.before.as_deref()))
}

pub fn take(
    connection: &mut DbConnection,
    id: i32,
    fields: &SkillFields,
) -> Result<String, ServiceError> {
    let mut aliases = fields.aliases.clone();
    aliases.sort();
    let snapshot = Snapshot {
        slug: fields.slug.clone(),
        title: fields.title.clone(),
        category: fields.category.clone(),
        link: fields.link().map(str::to_owned),
        aliases,
        former_slugs: models::skills::former_slugs_of(connection, id)?,
    };
    toml::to_string_pretty(&snapshot).map_err(|error| ServiceError::Snapshot(error.to_string()))
}

pub fn parse(snapshot: &str) -> Result<Snapshot, ServiceError> {
    toml::from_str(snapshot).map_err(|error| ServiceError::Snapshot(error.to_string()))
}

/// A snapshot as editors read it, a line for each thing.
pub fn describe(snapshot: &str) -> Result<String, ServiceError> {
    let Snapshot { slug, title, category, link, aliases, .. } = parse(snapshot)?;
    let mut lines = vec![
        format!("Название: {title}"),
        format!("Адрес: {slug}"),
        format!("Категория: {category}"),
    ];
    lines.extend(link.map(|link| format!("Ссылка: {link}")));
    lines.extend(aliases.iter().map(|alias| format!("Другое имя: {alias}")));
    Ok(lines.join("\n"))
}
