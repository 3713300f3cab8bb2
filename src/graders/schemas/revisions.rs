//! Saved changes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::lists::usual_limit;
use super::texts::Cursor;
use crate::graders::service::revisions;

/// Правка описания.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revision {
    /// Версия, которая получилась.
    #[schema(examples(2))]
    pub version: i32,
    /// Логин автора или `API: ` и имя ключа.
    #[schema(examples("API: HR-система"))]
    pub author: String,
    /// Зачем; бывает пустым.
    #[schema(examples("Уточнены требования"))]
    pub note: String,
    /// Описание до правки; `null`, если его не было.
    #[schema(required = true, examples("- TypeScript"))]
    pub before: Option<String>,
    /// Описание после правки; `null`, если его убрали.
    #[schema(required = true, examples("- Сильная экспертиза: TypeScript"))]
    pub after: Option<String>,
    /// Когда.
    pub created_at: DateTime<Utc>,
}

/// The parameters of a list of revisions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RevisionsQuery {
    /// Наибольшее число элементов в части.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: u8,
    /// Откуда продолжить: `next` предыдущей части.
    #[param(nullable = false, inline)]
    pub cursor: Option<Cursor>,
}

impl From<revisions::Revision> for Revision {
    fn from(revision: revisions::Revision) -> Self {
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            version: revision.version,
            author: revision.author,
            note: revision.note,
            before: text(revision.before),
            after: text(revision.after),
            created_at: revision.created_at.and_utc(),
        }
    }
}
