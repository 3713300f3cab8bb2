//! Comparisons.

use serde::{Deserialize, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::levels::one_of_names;
use super::requirements::AccumulatedRequirement;
use crate::ladder::comparison::{self, Change, ComparedDeed};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Asked, Depth};

/// Что разделяет два грейда. Каждый включает всё, что требуют предыдущие.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comparison {
    /// Навыки обоих грейдов, каждый один раз: сначала навыки второго грейда в том порядке, в каком они
    /// появляются, затем остальные.
    pub skills: Vec<ComparedSkill>,
    /// Дела и результаты: требования, которые не называют навыков или просят что-то сделать.
    pub deeds: Vec<Deed>,
    /// Требования второго грейда, которых такими словами на первом нет.
    pub added: Vec<AddedRequirement>,
    /// Требования, которые есть на обоих грейдах теми же словами.
    pub carried_over: Vec<AccumulatedRequirement>,
    /// Требования первого грейда, которых такими словами на втором нет. Навыки из них могут быть
    /// нужны и там: об этом говорит список навыков.
    pub dropped: Vec<AccumulatedRequirement>,
}

/// Навык и что с ним происходит при переходе с первого грейда на второй.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedSkill {
    /// Имя навыка в адресах.
    #[schema(examples("docker"))]
    pub slug: String,
    /// Название навыка.
    #[schema(examples("Docker"))]
    pub title: String,
    /// Что происходит.
    pub change: Change,
    /// Глубина на первом грейде; `null`, если она не указана или навык там не нужен.
    #[schema(required = true)]
    pub from: Option<Depth>,
    /// Глубина на втором грейде; `null`, если она не указана или навык там не нужен.
    #[schema(required = true)]
    pub to: Option<Depth>,
}

/// Дело или результат.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deed {
    /// Что с ним происходит.
    pub change: DeedChange,
    /// Требование первого грейда; `null`, если там такого нет.
    #[schema(required = true)]
    pub from: Option<AccumulatedRequirement>,
    /// Требование второго грейда; `null`, если там такого нет.
    #[schema(required = true)]
    pub to: Option<AccumulatedRequirement>,
}

/// Что происходит с делом или результатом: `similar` — догадка, что два требования говорят почти об
/// одном разными словами.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeedChange {
    /// Есть только на втором грейде.
    New,
    /// На обоих есть похожие.
    Similar,
    /// Есть на обоих.
    Same,
    /// Есть только на первом.
    NotNeeded,
}

/// Требование, которого такими словами на первом грейде нет.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedRequirement {
    /// Само требование.
    pub requirement: AccumulatedRequirement,
    /// Навыки из него, которые на первом грейде требуются не так глубоко.
    pub deepened: Vec<String>,
    /// Навыки из него, которые на первом грейде уже есть.
    pub known: Vec<String>,
}

/// The parameters of a comparison.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompareQuery {
    /// Первый грейд: его номер или профессия и уровень, обычный или по шкале профессии.
    #[param(inline, example = "front-end/middle")]
    pub from: GradeName,
    /// Второй грейд: его номер или профессия и уровень, обычный или по шкале профессии.
    #[param(inline, example = "full-stack/middle")]
    pub to: GradeName,
}

/// A grade as a parameter names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum GradeName {
    /// By its number.
    Id(u64),
    /// By the address of its profession and its level, as that profession's addresses or the API write it.
    Of(String, String),
}

/// A text that names no grade.
#[derive(Debug, thiserror::Error)]
#[error("not the name of a grade: {0:?}")]
pub struct NoGradeName(String);

/// A number, or an address, a slash and a level in any spelling.
const GRADE_NAME: &str =
    "^([1-9][0-9]{0,17}|[a-z0-9]+(-[a-z0-9]+)*/([a-z0-9-]{1,100}|(junior|middle|senior)\\+{1,2}))$";

impl TryFrom<String> for GradeName {
    type Error = NoGradeName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if let Some((slug, level)) = text.split_once('/') {
            return Ok(Self::Of(slug.to_owned(), level.to_owned()));
        }
        text.parse().map(Self::Id).map_err(|_| NoGradeName(text))
    }
}

impl PartialSchema for GradeName {
    fn schema() -> RefOr<Schema> {
        let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(GRADE_NAME));
        schema.max_length(Some(200)).into()
    }
}

impl ToSchema for GradeName {}

impl PartialSchema for Change {
    fn schema() -> RefOr<Schema> {
        let description = "`new` — нужен только второму грейду; `deeper` — второй просит глубже или \
                           называет глубину, которую первый не называл; `same` — не глубже; \
                           `not_needed` — нужен только первому.";
        one_of_names(description, Self::ALL.map(Self::name))
    }
}

impl ToSchema for Change {
    fn name() -> std::borrow::Cow<'static, str> {
        "SkillChange".into()
    }
}

impl Comparison {
    /// A comparison of grades of two professions, named as in addresses, with the titles of skills.
    #[must_use]
    pub fn new(
        comparison: comparison::Comparison,
        (from, to): (&str, &str),
        dictionary: &Dictionary,
    ) -> Self {
        let all = |asked: Vec<Asked>, of: &str| {
            asked.into_iter().map(|asked| AccumulatedRequirement::new(&asked, of)).collect()
        };
        let added = |added: comparison::Added| AddedRequirement {
            requirement: AccumulatedRequirement::new(&added.asked, to),
            deepened: added.deepened,
            known: added.known,
        };
        let skill = |skill: comparison::ComparedSkill| ComparedSkill {
            title: dictionary
                .skill(&skill.slug)
                .map_or_else(|| skill.slug.clone(), |found| found.title.clone()),
            slug: skill.slug,
            change: skill.change,
            from: skill.from.and_then(|asked| asked.depth),
            to: skill.to.and_then(|asked| asked.depth),
        };
        Self {
            skills: comparison.skills.into_iter().map(skill).collect(),
            deeds: comparison.deeds.into_iter().map(|deed| Deed::new(deed, (from, to))).collect(),
            added: comparison.added.into_iter().map(added).collect(),
            carried_over: all(comparison.carried_over, to),
            dropped: all(comparison.dropped, from),
        }
    }
}

impl Deed {
    fn new(deed: ComparedDeed, (start, target): (&str, &str)) -> Self {
        let (change, from, to) = match deed {
            ComparedDeed::New(to) => (DeedChange::New, None, Some(to)),
            ComparedDeed::Similar { from, to } => (DeedChange::Similar, Some(from), Some(to)),
            ComparedDeed::Same { from, to } => (DeedChange::Same, Some(from), Some(to)),
            ComparedDeed::NotNeeded(from) => (DeedChange::NotNeeded, Some(from), None),
        };
        let of = |profession| move |asked| AccumulatedRequirement::new(&asked, profession);
        Self { change, from: from.map(of(start)), to: to.map(of(target)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_is_named_by_number_or_by_profession_and_level() {
        let named = |text: &str| GradeName::try_from(text.to_owned()).ok();
        let of = |slug: &str, level: &str| Some(GradeName::Of(slug.into(), level.into()));
        assert_eq!(named("42"), Some(GradeName::Id(42)));
        assert_eq!(named("999999999999999999"), Some(GradeName::Id(999_999_999_999_999_999)));
        assert_eq!(named("front-end/middle"), of("front-end", "middle"));
        assert_eq!(named("front-end/middle-plus"), of("front-end", "middle-plus"));
        assert_eq!(named("front-end/middle++"), of("front-end", "middle++"));
        for other in ["", "x", "front-end"] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
