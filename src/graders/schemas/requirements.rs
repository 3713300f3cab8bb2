//! Requirements.

use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::levels::one_of_names;
use super::texts::{RequirementId, Slug};
use crate::ladder::identity::{Aliases, Fate, Words};
use crate::ladder::superseded::InForce;
use crate::ladder::{self, Asked, Depth, Kind, Ladder, Level};

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
    /// Что стоит перед словами: метка вида или слова пункта, в который требование вложено; `null`
    /// без них.
    #[schema(required = true, examples("Сильная экспертиза"))]
    pub label: Option<String>,
    /// Слова без метки и разметки.
    #[schema(examples("TypeScript"))]
    pub text: String,
    /// Навыки, которые оно называет; их имена в адресах.
    pub skills: Vec<String>,
    /// Заголовок раздела, в котором оно стоит; `null` до первого заголовка.
    #[schema(required = true, examples("Технологии"))]
    pub block: Option<String>,
    /// Пункты, вложенные в него: поясняют требование, сами ничего не требуют.
    pub examples: Vec<String>,
    /// Желательно, но не обязательно.
    pub optional: bool,
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
    /// Что стоит перед словами: метка вида или слова пункта, в который требование вложено; `null`
    /// без них.
    #[schema(required = true, examples("Сильная экспертиза"))]
    pub label: Option<String>,
    /// Слова без метки и разметки.
    #[schema(examples("TypeScript"))]
    pub text: String,
    /// Навыки, которые оно называет; их имена в адресах.
    pub skills: Vec<String>,
    /// Заголовок раздела, в котором оно стоит; `null` до первого заголовка.
    #[schema(required = true, examples("Технологии"))]
    pub block: Option<String>,
    /// Пункты, вложенные в него: поясняют требование, сами ничего не требуют.
    pub examples: Vec<String>,
    /// Желательно, но не обязательно.
    pub optional: bool,
}

/// Требование под нынешним или прежним именем.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundRequirement {
    /// Имя, о котором спросили.
    #[schema(examples("t3k9ma"))]
    pub asked_for_id: String,
    /// Что с ним стало.
    pub status: RequirementStatus,
    /// Имя профессии в адресах.
    #[schema(examples("front-end"))]
    pub profession: String,
    /// Каким требование стало теперь; `null`, если его убрали.
    #[schema(required = true)]
    pub requirement: Option<AccumulatedRequirement>,
    /// Прежняя формулировка вместе с меткой; `null`, если требование не меняли или её никто не помнит.
    #[schema(required = true, examples("Знает основы Git"))]
    pub former_text: Option<String>,
}

/// Что стало с требованием.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequirementStatus {
    /// It has this id.
    Present,
    /// It has other words and another id now.
    Reworded,
    /// It was removed from the ladder.
    Removed,
}

/// What stands in the address of a requirement.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes what actix-web reads")]
pub struct RequirementPath {
    /// Имя профессии в адресах.
    #[param(inline, example = "front-end")]
    slug: Slug,
    /// Имя требования, нынешнее или прежнее.
    #[param(inline, example = "wkfpxj")]
    requirement_id: RequirementId,
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

impl FoundRequirement {
    /// What became of an id of a ladder; `None` if the ladder never had it.
    #[must_use]
    pub fn new(profession: &str, ladder: &Ladder, aliases: &Aliases, id: &str) -> Option<Self> {
        let asked = ladder.all();
        let find = |id: &str| asked.iter().find(|asked| asked.requirement.id == id);
        let (status, present_id, words) = match aliases.follow(id, |id| find(id).is_some()) {
            Fate::Present => (RequirementStatus::Present, id, None),
            Fate::Reworded(present, words) => (RequirementStatus::Reworded, present, Some(words)),
            Fate::Removed(words) => (RequirementStatus::Removed, id, Some(words)),
            Fate::Unknown => return None,
        };
        Some(Self {
            asked_for_id: id.to_owned(),
            status,
            profession: profession.to_owned(),
            requirement: find(present_id)
                .map(|asked| AccumulatedRequirement::new(asked, profession)),
            former_text: words.filter(|words| words.are_known()).map(Words::line),
        })
    }
}

impl Requirement {
    pub(super) fn new(requirement: &ladder::Requirement) -> Self {
        let examples = requirement.examples.iter().map(|example| example.text.clone());
        Self {
            id: requirement.id.clone(),
            kind: requirement.kind,
            label: requirement.label().map(str::to_owned),
            text: requirement.text.clone(),
            skills: requirement.slugs().map(str::to_owned).collect(),
            block: requirement.block.as_ref().map(|heading| heading.title.clone()),
            examples: examples.collect(),
            optional: requirement.is_optional,
        }
    }
}

impl AccumulatedRequirement {
    /// What is asked in the ladder of a profession.
    pub(super) fn new(asked: &Asked, profession: &str) -> Self {
        let Requirement { id, kind, label, text, skills, block, examples, optional } =
            Requirement::new(&asked.requirement);
        let (profession, level_name) = (owner(asked, profession), asked.level);
        Self { profession, level_name, id, kind, label, text, skills, block, examples, optional }
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
