//! What the saved changes of a skill hold: the whole skill.

use std::sync::LazyLock;

use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

use super::fields::{SkillFields, fields_of};
use crate::audit::service::Actor;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::revisions::Kind;
use crate::graders::models::skills::SkillRow;
use crate::graders::service::revisions::{self, Change, from_toml, to_toml};
use crate::graders::service::{ServiceError, search};
use crate::ladder::skill::Skill;

/// A skill at one moment, in TOML.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Snapshot {
    pub slug: String,
    pub title: String,
    pub category: String,
    pub link: Option<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub hidden_aliases: Vec<String>,
    /// The addresses it had before.
    #[serde(default)]
    pub former_slugs: Vec<String>,
}

/// A change of a skill to record.
pub struct Recorded<'a> {
    pub skill_id: i32,
    /// The skill's name in addresses.
    pub slug: &'a str,
    /// The version the change makes.
    pub version: i32,
    pub by: &'a Actor,
    pub note: &'a str,
    /// The other skill of a merge.
    pub merged_with: Option<i32>,
}

impl Recorded<'_> {
    /// Records the change, indexes the skill and raises the revision of the dictionary.
    pub fn store(
        &self,
        connection: &mut DbConnection,
        before: Option<&Snapshot>,
        after: Option<&SkillFields>,
    ) -> Result<(), ServiceError> {
        let Self { skill_id, slug, version, by, note, merged_with } = *self;
        let words = after.map(SkillFields::skill);
        let names = words.iter().flat_map(Skill::names).collect::<Vec<_>>();
        search::index_skill(connection, skill_id, &names)?;
        models::skills::raise_revision(connection)?;
        let after = after.map(|after| Snapshot::of(connection, skill_id, after)).transpose()?;
        let (after, object) = (after.as_ref(), slug);
        let id = skill_id;
        let change = Change {
            id,
            version,
            object,
            by,
            note,
            before,
            after,
            merged_with,
            profession_id: None,
            is_of_draft: None,
        };
        revisions::record(connection, &change)
    }
}

impl Snapshot {
    /// A skill as it is now.
    pub fn take(connection: &mut DbConnection, row: &SkillRow) -> Result<Self, ServiceError> {
        let fields = fields_of(connection, row)?;
        Self::of(connection, row.id, &fields)
    }

    fn of(
        connection: &mut DbConnection,
        id: i32,
        fields: &SkillFields,
    ) -> Result<Self, ServiceError> {
        Ok(Self::with(fields, models::skills::former_slugs_of(connection, id)?))
    }

    /// A skill with these fields and the addresses it had before.
    pub fn with(fields: &SkillFields, former_slugs: Vec<String>) -> Self {
        let mut aliases = fields.aliases.clone();
        aliases.sort();
        let mut hidden_aliases = fields.hidden_aliases.clone();
        hidden_aliases.sort();
        Self {
            slug: fields.slug.clone(),
            title: fields.title.clone(),
            category: fields.category.clone(),
            link: fields.link().map(str::to_owned),
            aliases,
            hidden_aliases,
            former_slugs,
        }
    }
}

/// Snapshots of skills that are kept read: past states read hundreds, and most of them again and again.
const CACHED: usize = 2_000;

static READ: LazyLock<Cache<String, Snapshot>> = LazyLock::new(|| Cache::new(CACHED));

impl Snapshot {
    /// As [`revisions::Snapshot::read`]; what was read lately is cached.
    pub fn cached(text: &str) -> Result<Self, ServiceError> {
        READ.get_or_insert_with(text, || revisions::Snapshot::read(text))
    }
}

impl From<Snapshot> for SkillFields {
    fn from(snapshot: Snapshot) -> Self {
        let Snapshot { slug, title, category, link, aliases, hidden_aliases, .. } = snapshot;
        Self { title, slug, category, link: link.unwrap_or_default(), aliases, hidden_aliases }
    }
}

impl revisions::Snapshot for Snapshot {
    const KIND: Kind = Kind::Skill;

    fn read(text: &str) -> Result<Self, ServiceError> {
        from_toml(text)
    }

    fn write(&self) -> Result<String, ServiceError> {
        to_toml(self)
    }

    fn lines(&self) -> String {
        let Self { slug, title, category, link, aliases, hidden_aliases, .. } = self;
        let mut lines = vec![
            format!("Название: {title}"),
            format!("Адрес: {slug}"),
            format!("Категория: {category}"),
        ];
        lines.extend(link.iter().map(|link| format!("Ссылка: {link}")));
        lines.extend(aliases.iter().map(|alias| format!("Другое имя: {alias}")));
        lines.extend(hidden_aliases.iter().map(|alias| format!("Скрытое имя: {alias}")));
        lines.join("\n")
    }

    fn changes(&self, after: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.title != after.title {
            changes.push(format!("Переименован: «{}» → «{}»", self.title, after.title));
        }
        if self.slug != after.slug {
            changes.push(format!("Новый адрес: {}", after.slug));
        }
        if self.category != after.category {
            changes.push(format!("Новая категория: {}", after.category));
        }
        if self.link != after.link {
            changes.push(match &after.link {
                Some(link) => format!("Новая ссылка: {link}"),
                None => "Убрана ссылка".to_owned(),
            });
        }
        for (name, before, after) in [
            ("имя", &self.aliases, &after.aliases),
            ("скрытое имя", &self.hidden_aliases, &after.hidden_aliases),
        ] {
            let new = after.iter().filter(|alias| !before.contains(alias));
            changes.extend(new.map(|alias| format!("Добавлено {name} «{alias}»")));
            let gone = before.iter().filter(|alias| !after.contains(alias));
            changes.extend(gone.map(|alias| format!("Убрано {name} «{alias}»")));
        }
        changes
    }
    fn public(self) -> Option<Self> {
        Some(Self { hidden_aliases: Vec::new(), ..self })
    }
}
