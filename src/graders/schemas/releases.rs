//! Releases.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::graders::service::releases;

/// Выпуск: названное состояние каталога. Не меняется.
#[derive(Debug, Serialize, ToSchema)]
pub struct Release {
    /// Имя, оно же в адресах.
    #[schema(examples("2026.1"))]
    pub name: String,
    /// Пояснение; бывает пустым.
    #[schema(examples("Осенние лестницы"))]
    pub note: String,
    /// Последняя правка, которая вошла в выпуск: `since` у `/changes` и `at` у страниц; 0 — правок ещё не было.
    #[schema(minimum = 0, examples(128))]
    pub revision: i32,
    /// Когда назван.
    pub created_at: DateTime<Utc>,
}

impl From<releases::Release> for Release {
    fn from(release: releases::Release) -> Self {
        Self {
            name: release.name,
            note: release.note,
            revision: release.state.revision,
            created_at: release.created_at.and_utc(),
        }
    }
}
