//! Skills.

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::texts::Slug;
use crate::graders::service::skills;
use crate::ladder::skill::Skill;
use crate::ladder::{Depth, Level};

/// Навык.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkillInList {
    /// Имя в адресах.
    #[schema(examples("docker"))]
    pub slug: String,
    /// Название на страницах.
    #[schema(examples("Docker"))]
    pub title: String,
    /// Категория.
    #[schema(examples("Инфраструктура и DevOps"))]
    pub category: String,
    /// Где прочитать больше; `null`, если ссылки нет.
    #[schema(required = true, examples("https://www.docker.com/"))]
    pub link: Option<String>,
    /// Как ещё пишут.
    pub aliases: Vec<String>,
    /// По чему ещё навык узнаётся в текстах и в поиске: опечатки, формы слов. На страницах этого нет.
    pub hidden_aliases: Vec<String>,
}

/// Навык и где он появляется.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Skill)]
pub struct SkillBody {
    /// Сам навык.
    pub skill: SkillInList,
    /// Профессии, которые его требуют, в порядке каталога.
    pub appearances: Vec<Appearance>,
}

/// Профессия, которая требует навык.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appearance {
    /// Имя профессии в адресах.
    #[schema(examples("back-end"))]
    pub profession: String,
    /// Название профессии.
    #[schema(examples("Бэкенд-разработчик (PHP)"))]
    pub title: String,
    /// Грейды, на которых навык появляется или углубляется, начиная с низшего.
    pub steps: Vec<Step>,
}

/// Грейд, на котором навык появляется или углубляется.
#[derive(Debug, Serialize, ToSchema)]
pub struct Step {
    /// Уровень.
    pub level_name: Level,
    /// Глубина; `null`, если в тексте она не указана.
    #[schema(required = true)]
    pub depth: Option<Depth>,
}

/// What stands in the address of a skill.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes what actix-web reads")]
pub struct SkillPath {
    /// Имя навыка в адресах.
    #[param(inline, example = "docker")]
    slug: Slug,
}

impl From<&Skill> for SkillInList {
    fn from(skill: &Skill) -> Self {
        Self {
            slug: skill.slug.clone(),
            title: skill.title.clone(),
            category: skill.category.clone(),
            link: skill.link.clone(),
            aliases: skill.aliases.clone(),
            hidden_aliases: skill.hidden_aliases.clone(),
        }
    }
}

impl SkillBody {
    /// A skill and where it appears.
    #[must_use]
    pub fn new(skill: &Skill, appearances: &[skills::Appearance]) -> Self {
        let appearance = |found: &skills::Appearance| Appearance {
            profession: found.slug.clone(),
            title: found.title.clone(),
            steps: found
                .steps
                .iter()
                .map(|(level, depth)| Step { level_name: *level, depth: *depth })
                .collect(),
        };
        Self { skill: skill.into(), appearances: appearances.iter().map(appearance).collect() }
    }
}
