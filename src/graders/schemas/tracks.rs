//! Tracks.

use serde::Serialize;
use utoipa::ToSchema;

use crate::graders::service::tracks::EditableTrack;

/// Направление: группа профессий.
#[derive(Debug, Serialize, ToSchema)]
pub struct Track {
    /// Имя в адресах.
    #[schema(examples("web"))]
    pub slug: String,
    /// Название на страницах.
    #[schema(examples("Веб-разработка"))]
    pub title: String,
    /// Сколько в нём профессий.
    #[schema(examples(9))]
    pub professions: usize,
}

impl From<EditableTrack> for Track {
    fn from(track: EditableTrack) -> Self {
        Self { slug: track.slug, title: track.title, professions: track.professions }
    }
}
