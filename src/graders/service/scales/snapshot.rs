//! What the saved changes of a scale hold: the whole scale.

use serde::{Deserialize, Serialize};

use super::fields::{LevelFields, ScaleFields};
use super::fields_of;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::revisions::Kind;
use crate::graders::models::scales::{FormerSlugRow, ScaleRow};
use crate::graders::service::ServiceError;
use crate::graders::service::revisions::{self, from_toml, to_toml};
use crate::ladder::Level;

/// A scale at one moment, in TOML.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Snapshot {
    pub slug: String,
    pub title: String,
    /// Lowest first.
    #[serde(default, rename = "level")]
    pub levels: Vec<LevelSnapshot>,
    /// The addresses that levels had before.
    #[serde(default, rename = "former")]
    pub former_slugs: Vec<FormerSlug>,
}

/// One level of a scale.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct LevelSnapshot {
    pub level: Level,
    pub title: String,
    pub slug: String,
    pub is_base: bool,
}

/// An address that a level had before.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct FormerSlug {
    pub slug: String,
    pub level: Level,
}

impl Snapshot {
    /// A scale as it is now.
    pub fn take(connection: &mut DbConnection, row: &ScaleRow) -> Result<Self, ServiceError> {
        let fields = fields_of(connection, row)?;
        let former = models::scales::former_slugs_of(connection, row.id)?;
        Ok(Self::of(&row.slug, &fields, former))
    }

    /// A scale with these fields and these former addresses of its levels.
    pub fn of(slug: &str, fields: &ScaleFields, former: Vec<FormerSlugRow>) -> Self {
        let level = |LevelFields { level, title, slug, is_base }: LevelFields| LevelSnapshot {
            level,
            title,
            slug,
            is_base,
        };
        let former =
            former.into_iter().map(|row| FormerSlug { slug: row.slug, level: row.level_name });
        Self {
            slug: slug.to_owned(),
            title: fields.title.clone(),
            levels: fields.levels.iter().cloned().map(level).collect(),
            former_slugs: former.collect(),
        }
    }

    /// What it said of itself.
    pub fn fields(&self) -> ScaleFields {
        let level = |level: &LevelSnapshot| {
            let LevelSnapshot { level, title, slug, is_base } = level.clone();
            LevelFields { level, title, slug, is_base }
        };
        ScaleFields { title: self.title.clone(), levels: self.levels.iter().map(level).collect() }
    }

    /// The addresses that its levels had before, as rows.
    pub fn former_rows(&self, scale_id: i32) -> Vec<FormerSlugRow> {
        let row = |FormerSlug { slug, level }: &FormerSlug| FormerSlugRow {
            scale_id,
            slug: slug.clone(),
            level_name: *level,
        };
        self.former_slugs.iter().map(row).collect()
    }

    fn level(&self, level: Level) -> Option<&LevelSnapshot> {
        self.levels.iter().find(|found| found.level == level)
    }
}

impl revisions::Snapshot for Snapshot {
    const KIND: Kind = Kind::Scale;

    fn read(text: &str) -> Result<Self, ServiceError> {
        from_toml(text)
    }

    fn write(&self) -> Result<String, ServiceError> {
        to_toml(self)
    }

    fn lines(&self) -> String {
        let mut lines = vec![format!("Название: {}", self.title), format!("Адрес: {}", self.slug)];
        for LevelSnapshot { level, title, slug, is_base } in &self.levels {
            let base = if *is_base { ", основной" } else { "" };
            lines.push(format!("{}: {title}, адрес {slug}{base}", level.title()));
            let former = self.former_slugs.iter().filter(|former| former.level == *level);
            lines.extend(former.map(|former| format!("Прежний адрес: {}", former.slug)));
        }
        lines.join("\n")
    }

    fn changes(&self, after: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.title != after.title {
            changes.push(format!("Переименована: «{}» → «{}»", self.title, after.title));
        }
        for level in Level::ALL {
            match (self.level(level), after.level(level)) {
                (None, Some(new)) => changes.push(format!("Добавлен уровень «{}»", new.title)),
                (Some(gone), None) => changes.push(format!("Убран уровень «{}»", gone.title)),
                (Some(was), Some(is)) => changes.extend(differences(was, is)),
                (None, None) => {}
            }
        }
        changes
    }
}

/// What is different in a level, in sentences.
fn differences(was: &LevelSnapshot, is: &LevelSnapshot) -> Vec<String> {
    let mut changes = Vec::new();
    if was.title != is.title {
        changes.push(format!("Уровень «{}» стал уровнем «{}»", was.title, is.title));
    }
    if was.slug != is.slug {
        changes.push(format!("Новый адрес уровня «{}»: {}", is.title, is.slug));
    }
    match (was.is_base, is.is_base) {
        (false, true) => changes.push(format!("Уровень «{}» теперь основной", is.title)),
        (true, false) => changes.push(format!("Уровень «{}» больше не основной", is.title)),
        _ => {}
    }
    changes
}
