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
    /// Профессия, в лестнице которой оно стоит, её имя в адресах: сама профессия или та, чью лестницу
    /// она включает.
    #[schema(examples("front-end"))]
    pub profession: String,
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
    /// Профессия, в лестнице которой оно стоит: её имя в адресах.
    #[schema(examples("front-end"))]
    pub profession: String,
    /// Уровень, на котором оно появляется.
    pub level_name: Level,
    /// Имя в адресах.
    #[schema(examples("t3k9ma"))]
    pub id: String,
    /// Профессия, в лестнице которой стоит требование, которое его заменяет.
    #[schema(examples("front-end"))]
    pub by_profession: String,
    /// Уровень требования, которое его заменяет.
    pub by_level_name: Level,
    /// Имя в адресах требования, которое его заменяет.
    #[schema(examples("v84krb"))]
    pub by_id: String,
}

impl SupersededRequirement {
    /// Those that a requirement in force supersedes, in the ladder of a profession.
    pub(super) fn under(item: &InForce, profession: &str) -> impl Iterator<Item = Self> {
        item.superseded.iter().map(move |lower| Self {
            profession: owner(lower, profession),
            by_profession: owner(&item.asked, profession),
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

impl AccumulatedRequirement {
    /// What is asked in the ladder of a profession.
    pub(super) fn new(asked: Asked, profession: &str) -> Self {
        let profession = owner(&asked, profession);
        let Asked { level, requirement, .. } = asked;
        let skills = requirement.slugs().map(str::to_owned).collect();
        let ladder::Requirement { id, kind, text, .. } = requirement;
        Self { profession, level_name: level, id, kind, text, skills }
    }
}

/// Whose requirement it is in the ladder of a profession: its name in addresses.
fn owner(asked: &Asked, profession: &str) -> String {
    asked.origin.as_ref().map_or(profession, |origin| &origin.slug).to_owned()
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
