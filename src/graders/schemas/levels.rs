//! Levels.

use serde::Serialize;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::ladder::Level;

/// Уровень, который может быть у грейда.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Level)]
pub struct LevelBody {
    /// Имя в API.
    pub level_name: Level,
    /// Название на страницах.
    #[schema(examples("Джун+"))]
    pub title: &'static str,
    /// Имя в адресах страниц.
    #[schema(examples("junior-plus"))]
    pub slug: &'static str,
    /// Место по порядку, начиная с низшего.
    #[schema(minimum = 1, maximum = 10, examples(3))]
    pub rank: u8,
}

/// The schema of a value that is one of these names.
pub(super) fn one_of_names<const N: usize>(
    description: &str,
    names: [&'static str; N],
) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .enum_values(Some(names))
        .build()
        .into()
}

impl PartialSchema for Level {
    fn schema() -> RefOr<Schema> {
        one_of_names("Уровень, от низшего к высшему.", Self::ALL.map(Self::name))
    }
}

impl ToSchema for Level {
    fn name() -> std::borrow::Cow<'static, str> {
        "LevelName".into()
    }
}

impl From<Level> for LevelBody {
    fn from(level: Level) -> Self {
        Self { level_name: level, title: level.title(), slug: level.slug(), rank: level.rank() }
    }
}
