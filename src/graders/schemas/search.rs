//! What programs send and receive when they search.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::texts::{Cursor, Question, Slug};
use crate::graders::service::inclusions::Including;
use crate::graders::service::search::{self, Kind};
use crate::ladder::{self, Level};

/// The parameters of a search.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Что найти: слова в любой форме, названия навыков и уровней, «точные фразы» в кавычках; от
    /// последнего слова достаточно начала.
    #[param(inline, example = "докер")]
    pub q: Question,
    /// Только в профессиях этого направления.
    #[param(nullable = false, inline)]
    pub track: Option<Slug>,
    /// Только на этом уровне. Плюс в адресе пишется `%2B`.
    #[param(nullable = false, inline)]
    pub level: Option<Level>,
    /// Только результаты этого вида.
    #[param(nullable = false, inline)]
    pub kind: Option<HitKind>,
    /// Откуда продолжить: `next` предыдущей части.
    #[param(nullable = false, inline)]
    pub cursor: Option<Cursor>,
}

/// Вид результата.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum HitKind {
    /// Of the dictionary.
    Skill,
    /// With its title or its summary.
    Profession,
    /// With its level or a note.
    Grade,
    /// With its words.
    Requirement,
}

/// Часть найденного, лучшее сначала.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundBody {
    /// Находки.
    pub items: Vec<HitBody>,
    /// Параметр `cursor` следующей части; `null` в последней.
    #[schema(required = true, examples("2"))]
    pub next: Option<String>,
    /// Сколько результатов каждого вида, не больше 1000.
    pub counts: Counts,
    /// Что, возможно, имелось в виду, если всего запроса нигде нет.
    #[schema(required = true, examples("Вёрстка"))]
    pub suggestion: Option<String>,
}

/// Сколько результатов каждого вида, не больше 1000.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    /// Навыки.
    #[schema(maximum = 1000)]
    pub skill: usize,
    /// Профессии.
    #[schema(maximum = 1000)]
    pub profession: usize,
    /// Грейды.
    #[schema(maximum = 1000)]
    pub grade: usize,
    /// Требования.
    #[schema(maximum = 1000)]
    pub requirement: usize,
}

/// Находка.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitBody {
    /// Вид.
    pub kind: HitKind,
    /// Навык: его имя в адресах; `null` у остального.
    #[schema(required = true, examples("docker"))]
    pub skill: Option<String>,
    /// Профессия, которой принадлежит результат: её имя в адресах; `null` у навыка.
    #[schema(required = true, examples("front-end"))]
    pub profession: Option<String>,
    /// Уровень грейда или требования.
    #[schema(required = true)]
    pub level_name: Option<Level>,
    /// Требование: его имя в адресах.
    #[schema(required = true, examples("t3k9ma"))]
    pub requirement: Option<String>,
    /// Имена в адресах профессий, чьи лестницы включают этот грейд или требование.
    pub included_in: Vec<String>,
    /// Название навыка или профессии, слова требования.
    #[schema(examples("Docker"))]
    pub text: String,
}

impl From<HitKind> for Kind {
    fn from(kind: HitKind) -> Self {
        match kind {
            HitKind::Skill => Self::Skill,
            HitKind::Profession => Self::Profession,
            HitKind::Grade => Self::Grade,
            HitKind::Requirement => Self::Requirement,
        }
    }
}

impl FoundBody {
    /// A page of what was found, and where the next one begins.
    #[must_use]
    pub fn new(found: search::Found, next: Option<String>) -> Self {
        let count = |wanted: Kind| {
            let counts = found.counts.iter().find(|(kind, _)| *kind == wanted);
            counts.map_or(0, |(_, count)| (*count).min(search::MOST_HITS))
        };
        Self {
            counts: Counts {
                skill: count(Kind::Skill),
                profession: count(Kind::Profession),
                grade: count(Kind::Grade),
                requirement: count(Kind::Requirement),
            },
            suggestion: found.suggestion,
            items: found.hits.into_iter().map(HitBody::from).collect(),
            next,
        }
    }
}

impl From<search::Hit> for HitBody {
    fn from(hit: search::Hit) -> Self {
        let of = |kind, profession: search::FoundProfession, level_name| Self {
            kind,
            skill: None,
            profession: Some(profession.slug),
            level_name,
            requirement: None,
            included_in: Vec::new(),
            text: profession.title,
        };
        let slugs = |included_in: Vec<Including>| {
            included_in.into_iter().map(|other| other.slug).collect::<Vec<_>>()
        };
        match hit {
            search::Hit::Skill(skill) => Self {
                kind: HitKind::Skill,
                skill: Some(skill.slug),
                profession: None,
                level_name: None,
                requirement: None,
                included_in: Vec::new(),
                text: skill.title,
            },
            search::Hit::Profession(profession) => of(HitKind::Profession, profession, None),
            search::Hit::Grade { profession, name, included_in, .. } => {
                let included_in = slugs(included_in);
                Self { included_in, ..of(HitKind::Grade, profession, Some(name.level())) }
            }
            search::Hit::Requirement { profession, name, requirement, included_in } => {
                let ladder::Requirement { id, text, .. } = requirement;
                let requirement = Some(id);
                let included_in = slugs(included_in);
                let hit = of(HitKind::Requirement, profession, Some(name.level()));
                Self { requirement, included_in, text, ..hit }
            }
        }
    }
}
