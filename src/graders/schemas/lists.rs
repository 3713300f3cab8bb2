//! Lists in parts, and what fields of many bodies share.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Часть списка.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// Элементы.
    pub items: Vec<T>,
    /// Параметр `cursor` следующей части; `null` в последней.
    #[schema(required = true, examples("1.python.2.2"))]
    pub next: Option<String>,
}

pub const fn usual_limit() -> u8 {
    50
}

/// Tells `null` from a field that was left out.
#[expect(clippy::option_option, reason = "left out, `null` and a value are three things")]
pub fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
