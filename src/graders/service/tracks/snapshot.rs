//! What the saved changes of a track hold: the whole track.

use serde::{Deserialize, Serialize};

use crate::graders::models::revisions::Kind;
use crate::graders::models::tracks::TrackRow;
use crate::graders::service::ServiceError;
use crate::graders::service::revisions::{self, from_toml, to_toml};

/// A track at one moment, in TOML.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Snapshot {
    pub slug: String,
    pub title: String,
    pub position: i32,
}

impl From<&TrackRow> for Snapshot {
    fn from(row: &TrackRow) -> Self {
        Self { slug: row.slug.clone(), title: row.title.clone(), position: row.position }
    }
}

impl revisions::Snapshot for Snapshot {
    const KIND: Kind = Kind::Track;

    fn read(text: &str) -> Result<Self, ServiceError> {
        from_toml(text)
    }

    fn write(&self) -> Result<String, ServiceError> {
        to_toml(self)
    }

    fn lines(&self) -> String {
        let Self { slug, title, position } = self;
        format!("Название: {title}\nАдрес: {slug}\nМесто: {position}")
    }

    fn changes(&self, after: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.title != after.title {
            changes.push(format!("Переименовано: «{}» → «{}»", self.title, after.title));
        }
        if self.position != after.position {
            changes.push("Изменилось место".to_owned());
        }
        changes
    }
}
