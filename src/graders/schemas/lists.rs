//! Lists in parts.

use serde::Serialize;
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
