//! Requirements.

use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::levels::one_of_names;
use crate::ladder::superseded::InForce;
use crate::ladder::{self, Asked, Depth, Kind, Level};

/// Требование: пункт списка из описания.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requirement {
    /// Имя в адресах: `/professions/front-end/junior#junior-t3k9ma`. Не меняется, пока не
    /// меняются вид и слова требования.
    #[schema(examples("t3k9ma"))]
    pub id: String,
    /// Вид требования, по метке в начале пункта; `null` без метки.
    #[schema(required = true)]
    pub kind: Option<Kind>,
    /// Слова без метки и разметки.
    #[schema(examples("TypeScript"))]
    pub text: String,
    /// Навыки, которые оно называет; их имена в адресах.
    pub skills: Vec<String>,
}

/// Требование грейда или одного из предыдущих.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccumulatedRequirement {
    /// Уровень, на котором оно появляется.
    pub level_name: Level,
    /// Имя в адресах: `/professions/front-end/junior#junior-t3k9ma`. Не меняется, пока не
    /// меняются вид и слова требования.
    #[schema(examples("t3k9ma"))]
    pub id: String,
    /// Вид требования, по метке в начале пункта; `null` без метки.
    #[schema(required = true)]
    pub kind: Option<Kind>,
    /// Слова без метки и разметки.
    #[schema(examples("TypeScript"))]
    pub text: String,
    /// Навыки, которые оно называет; их имена в адресах.
    pub skills: Vec<String>,
}

/// Требование, вместо которого действует более глубокое.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupersededRequirement {
    /// Уровень, на котором оно появляется.
    pub level_name: Level,
    /// Имя в адресах.
    #[schema(examples("t3k9ma"))]
    pub id: String,
    /// Уровень требования, которое его заменяет.
    pub by_level_name: Level,
    /// Имя в адресах требования, которое его заменяет.
    #[schema(examples("v84krb"))]
    pub by_id: String,
}

impl SupersededRequirement {
    /// Those that a requirement in force supersedes.
    pub(super) fn under(item: &InForce) -> impl Iterator<Item = Self> {
        item.superseded.iter().map(|lower| Self {
            level_name: lower.level,
            id: lower.requirement.id.clone(),
            by_level_name: item.asked.level,
            by_id: item.asked.requirement.id.clone(),
        })
    }
}

impl Requirement {
    pub(super) fn new(requirement: &ladder::Requirement) -> Self {
        Self {
            id: requirement.id.clone(),
            kind: requirement.kind,
            text: requirement.text.clone(),
            skills: requirement.slugs().map(str::to_owned).collect(),
        }
    }
}

impl From<Asked> for AccumulatedRequirement {
    fn from(Asked { level, requirement, .. }: Asked) -> Self {
        let skills = requirement.slugs().map(str::to_owned).collect();
        let ladder::Requirement { id, kind, text, .. } = requirement;
        Self { level_name: level, id, kind, text, skills }
    }
}

impl PartialSchema for Depth {
    fn schema() -> RefOr<Schema> {
        one_of_names("Насколько глубоко требуется навык.", Self::ALL.map(Self::name))
    }
}

impl ToSchema for Depth {
    fn name() -> std::borrow::Cow<'static, str> {
        "Depth".into()
    }
}

impl PartialSchema for Kind {
    fn schema() -> RefOr<Schema> {
        one_of_names("Вид требования.", Self::ALL.map(Self::name))
    }
}

impl ToSchema for Kind {
    fn name() -> std::borrow::Cow<'static, str> {
        "Kind".into()
    }
}
