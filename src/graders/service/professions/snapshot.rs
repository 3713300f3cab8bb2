//! What the saved changes of a profession hold: the whole profession with its ladder.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDateTime;
use serde::{Deserialize, Deserializer, Serialize, de};

use super::inclusion::IncludedSnapshot;
use super::scale;
use crate::audit::service::Actor;
use crate::db::DbConnection;
use crate::graders::models;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::models::revisions::Kind;
use crate::graders::service::ServiceError;
use crate::graders::service::level_names::Scales;
use crate::graders::service::revisions::{self, from_toml, to_toml};
use crate::ladder::{Level, LevelName, Scale};

/// A profession with its ladder at one moment, in TOML.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Snapshot {
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub track: String,
    /// The name of its scale in addresses; `None` for the default one.
    pub scale: Option<String>,
    pub position: i32,
    #[serde(deserialize_with = "moment")]
    pub created_at: NaiveDateTime,
    /// The addresses it had before; earlier releases did not store them.
    pub former_slugs: Option<Vec<String>>,
    /// Whether it is for editors alone; earlier releases had no drafts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_draft: bool,
    /// The ladder it includes.
    pub includes: Option<IncludedSnapshot>,
    /// Lowest first.
    #[serde(default, rename = "grade")]
    pub grades: Vec<GradeSnapshot>,
    /// The present names of the levels of its scale; the usual ones if it has none or it is gone.
    #[serde(skip, default = "Scale::standard")]
    pub names: Arc<Scale>,
}

/// A grade of the ladder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct GradeSnapshot {
    pub level: Level,
    pub id: i32,
    pub version: i32,
    pub description: Option<String>,
}

/// Reads a moment; earlier releases wrote a space where RFC 3339 has `T`.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDateTime, D::Error> {
    String::deserialize(deserializer)?.replace(' ', "T").parse().map_err(de::Error::custom)
}

impl Snapshot {
    /// A profession as it is now.
    pub fn take(
        connection: &mut DbConnection,
        row: &WholeProfessionRow,
    ) -> Result<Self, ServiceError> {
        let mut grades = models::grades::by_age(connection, row.id)?;
        grades.sort_by_key(|grade| grade.level_name);
        let grades = grades.into_iter().map(|grade| GradeSnapshot {
            level: grade.level_name,
            id: grade.grade_id,
            version: grade.version,
            description: grade.description,
        });
        Ok(Self {
            slug: row.slug.clone(),
            title: row.title.clone(),
            summary: row.summary.clone(),
            track: row.track.clone(),
            scale: scale::slug_of(connection, row.scale_id)?,
            position: row.position,
            created_at: row.created_at,
            former_slugs: Some(models::professions::former_slugs_of(connection, row.id)?),
            includes: IncludedSnapshot::of(connection, row)?,
            is_draft: row.is_draft,
            grades: grades.collect(),
            names: Scale::standard(),
        })
    }

    /// The same with its track under the name that pages give it.
    pub fn with_track_titles(self, tracks: &HashMap<String, String>) -> Self {
        let track = tracks.get(&self.track).cloned().unwrap_or(self.track);
        Self { track, ..self }
    }

    /// The same with its track and its scale under the names that pages give them.
    pub fn with_titles(self, tracks: &HashMap<String, String>, scales: &Scales) -> Self {
        let track = tracks.get(&self.track).cloned().unwrap_or(self.track);
        let names = scales.at(self.scale.as_deref());
        let title = Some(names.title()).filter(|title| !title.is_empty()).map(str::to_owned);
        let scale = self.scale.map(|slug| title.unwrap_or(slug));
        Self { track, scale, names, ..self }
    }
}

impl Snapshot {
    fn name(&self, grade: &GradeSnapshot) -> LevelName {
        LevelName::new(&self.names, grade.level)
    }
}

/// How a change of a profession is recorded: by [`record`], or by [`store`] if it is part of another one.
pub type Recording = fn(
    &mut DbConnection,
    &WholeProfessionRow,
    (Option<&Snapshot>, Option<&Snapshot>),
    &str,
    &Actor,
) -> Result<(), ServiceError>;

/// Records a change that made this row.
pub fn record(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    states: (Option<&Snapshot>, Option<&Snapshot>),
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    revisions::record(connection, &change_of(row, states, note, by))
}

/// Stores the revision alone, for a change that is part of another one.
pub fn store(
    connection: &mut DbConnection,
    row: &WholeProfessionRow,
    states: (Option<&Snapshot>, Option<&Snapshot>),
    note: &str,
    by: &Actor,
) -> Result<(), ServiceError> {
    revisions::store(connection, &change_of(row, states, note, by)).map(drop)
}

fn change_of<'a>(
    row: &'a WholeProfessionRow,
    (before, after): (Option<&'a Snapshot>, Option<&'a Snapshot>),
    note: &'a str,
    by: &'a Actor,
) -> revisions::Change<'a, Snapshot> {
    revisions::Change {
        id: row.id,
        version: row.version,
        object: &row.slug,
        by,
        note,
        before,
        after,
        merged_with: None,
        profession_id: Some(row.id),
        is_of_draft: None,
    }
}

impl revisions::Snapshot for Snapshot {
    const KIND: Kind = Kind::Profession;

    fn read(text: &str) -> Result<Self, ServiceError> {
        from_toml(text)
    }

    fn write(&self) -> Result<String, ServiceError> {
        to_toml(self)
    }

    /// Without the descriptions, which have histories of their own.
    fn lines(&self) -> String {
        let mut lines = vec![format!("Название: {}", self.title), format!("Адрес: {}", self.slug)];
        let former = self.former_slugs.iter().flatten();
        lines.extend(former.map(|slug| format!("Прежний адрес: {slug}")));
        lines.push(format!("Направление: {}", self.track));
        lines.push(format!("Место в направлении: {}", self.position));
        if !self.summary.is_empty() {
            lines.push(format!("Кратко: {}", self.summary));
        }
        if let Some(included) = &self.includes {
            lines.push(format!("Включает лестницу: {}", included.words()));
        }
        if self.is_draft {
            lines.push("Черновик".to_owned());
        }
        lines.extend(self.scale.iter().map(|scale| format!("Шкала уровней: {scale}")));
        lines.extend(self.grades.iter().map(|grade| format!("Грейд: {}", self.name(grade))));
        lines.join("\n")
    }

    fn track(&self) -> Option<&str> {
        Some(&self.track)
    }

    fn is_draft(&self) -> bool {
        self.is_draft
    }

    fn public(self) -> Option<Self> {
        Some(self).filter(|state| !state.is_draft)
    }

    fn changes(&self, after: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        match (self.is_draft, after.is_draft) {
            (true, false) => changes.push("Опубликована".to_owned()),
            (false, true) => changes.push("Снова черновик".to_owned()),
            _ => {}
        }
        if self.title != after.title {
            changes.push(format!("Переименована: «{}» → «{}»", self.title, after.title));
        }
        if self.slug != after.slug {
            changes.push(format!("Новый адрес: {}", after.slug));
        }
        if self.track != after.track {
            changes.push(format!("Перенесена в направление «{}»", after.track));
        } else if self.position != after.position {
            changes.push("Изменилось место в направлении".to_owned());
        }
        if self.summary != after.summary {
            changes.push("Изменено краткое описание".to_owned());
        }
        let included = |of: &Option<IncludedSnapshot>| of.as_ref().map(|of| (of.id, of.up_to));
        if included(&self.includes) != included(&after.includes) {
            changes.extend(match (&self.includes, &after.includes) {
                (_, Some(now)) => Some(format!("Включает лестницу {}", now.words())),
                (Some(was), None) => Some(format!("Больше не включает «{}»", was.title)),
                (None, None) => None,
            });
        }
        if self.scale != after.scale {
            changes.push(match &after.scale {
                Some(scale) => format!("Другая шкала уровней: «{scale}»"),
                None => "Уровни снова называются как обычно".to_owned(),
            });
        }
        for grade in &after.grades {
            match self.grades.iter().find(|was| was.id == grade.id) {
                Some(was) if was.level != grade.level => {
                    changes.push(format!(
                        "Грейд {} стал грейдом {}",
                        self.name(was).word(),
                        after.name(grade).word()
                    ));
                }
                Some(_) => {}
                None => changes.push(format!("Добавлен грейд {}", after.name(grade).word())),
            }
        }
        let is_gone = |was: &&GradeSnapshot| !after.grades.iter().any(|left| left.id == was.id);
        let gone = self.grades.iter().filter(is_gone);
        changes.extend(gone.map(|was| format!("Убран грейд {}", self.name(was).word())));
        changes
    }
}
