//! Scales.

use serde::Serialize;
use utoipa::ToSchema;

use crate::graders::service::scales::{LevelFields, ListedScale};
use crate::ladder::Level;

/// Шкала: свои названия уровней.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scale {
    /// Имя в адресах; не меняется никогда.
    #[schema(examples("inzhenery"))]
    pub slug: String,
    /// Название.
    #[schema(examples("Инженеры"))]
    pub title: String,
    /// Уровни, от низшего к высшему; каких рангов нет, тех шкала не называет.
    pub levels: Vec<ScaleLevel>,
    /// Сколько профессий её используют.
    #[schema(examples(2))]
    pub professions: usize,
}

/// Уровень шкалы.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScaleLevel {
    /// Имя ранга в API.
    pub level_name: Level,
    /// Название на страницах.
    #[schema(examples("Ведущий инженер"))]
    pub title: String,
    /// Имя в адресах страниц.
    #[schema(examples("vedushchii-inzhener"))]
    pub slug: String,
    /// Начинается ли с него новый основной уровень.
    pub is_base: bool,
}

impl From<ListedScale> for Scale {
    fn from(scale: ListedScale) -> Self {
        let level = |level: LevelFields| ScaleLevel {
            level_name: level.level,
            title: level.title,
            slug: level.slug,
            is_base: level.is_base,
        };
        Self {
            slug: scale.slug,
            title: scale.fields.title,
            levels: scale.fields.levels.into_iter().map(level).collect(),
            professions: scale.professions,
        }
    }
}
