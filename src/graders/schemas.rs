//! What programs send and receive: JSON bodies and parameters of addresses, in the words of the
//! tables `profession` and `grades`.
//!
//! The API's document is made of these types, and requests are held against it: what a type does
//! not allow never reaches a handler. The comments on types and fields here are the texts of the
//! document and of its page, so they are in the language of the visitors.

mod search;
mod texts;

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

pub use self::search::{FoundBody, HitKind, SearchQuery};
pub use self::texts::{Cursor, Note, Question, Slug, Summary, Text, Title};
use super::editing;
use super::records::{self, GradeRecord, SortGrades, SortProfessions};
use super::skill_index;
use super::tracks::EditableTrack;
use crate::ladder::comparison::{self, Asked};
use crate::ladder::skill::{Dictionary, Skill};
use crate::ladder::{self, Depth, Kind, Ladder, Level};

/// Часть списка.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// Элементы.
    pub items: Vec<T>,
    /// Параметр `cursor` следующей части; `null` в последней.
    #[schema(required = true, examples("1.python.2.2"))]
    pub next: Option<String>,
}

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

/// Направление: группа профессий.
#[derive(Debug, Serialize, ToSchema)]
pub struct Track {
    /// Имя в адресах.
    #[schema(examples("web"))]
    pub slug: String,
    /// Название на страницах.
    #[schema(examples("Веб-разработка"))]
    pub title: String,
    /// Сколько в нём профессий.
    #[schema(examples(9))]
    pub professions: usize,
}

/// Профессия в списке.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfessionInList {
    /// Номер; не меняется никогда.
    #[schema(examples(7))]
    pub profession_id: i32,
    /// Имя в адресах.
    #[schema(examples("front-end"))]
    pub slug: String,
    /// Название на страницах.
    #[schema(examples("Фронтенд-разработчик"))]
    pub title: String,
    /// С чем работают, одной фразой; бывает пустой.
    #[schema(examples("Интерфейсы в браузере"))]
    pub summary: String,
    /// Имя направления в адресах.
    #[schema(examples("web"))]
    pub track: String,
    /// Уровни лестницы, от низшего к высшему.
    pub levels: Vec<Level>,
    /// Растёт с каждым изменением профессии или состава её лестницы.
    #[schema(examples(1))]
    pub version: i32,
    /// Когда создана.
    pub created_at: DateTime<Utc>,
    /// Когда последний раз изменилась сама или её лестница.
    pub updated_at: DateTime<Utc>,
}

/// Профессия с лестницей.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profession {
    /// Номер; не меняется никогда.
    #[schema(examples(7))]
    pub profession_id: i32,
    /// Имя в адресах.
    #[schema(examples("front-end"))]
    pub slug: String,
    /// Название на страницах.
    #[schema(examples("Фронтенд-разработчик"))]
    pub title: String,
    /// С чем работают, одной фразой; бывает пустой.
    #[schema(examples("Интерфейсы в браузере"))]
    pub summary: String,
    /// Имя направления в адресах.
    #[schema(examples("web"))]
    pub track: String,
    /// Грейды, от низшего к высшему.
    pub grades: Vec<Grade>,
    /// Растёт с каждым изменением профессии или состава её лестницы.
    #[schema(examples(1))]
    pub version: i32,
    /// Когда создана.
    pub created_at: DateTime<Utc>,
    /// Когда последний раз изменилась сама или её лестница.
    pub updated_at: DateTime<Utc>,
}

/// Грейд.
#[derive(Debug, Serialize, ToSchema)]
pub struct Grade {
    /// Номер; не меняется никогда.
    #[schema(examples(31))]
    pub grade_id: i32,
    /// Номер профессии.
    #[schema(examples(7))]
    pub profession_id: i32,
    /// Имя профессии в адресах.
    #[schema(examples("front-end"))]
    pub profession: String,
    /// Уровень.
    pub level_name: Level,
    /// Текст в Markdown, из которого вычислено всё остальное; `null`, если его ещё нет.
    #[schema(required = true, examples("- Сильная экспертиза: TypeScript"))]
    pub description: Option<String>,
    /// Что нового на этом грейде: пункты списков из описания.
    pub requirements: Vec<Requirement>,
    /// Абзацы описания вне списков.
    pub notes: Vec<String>,
    /// Растёт с каждым изменением описания.
    #[schema(examples(1))]
    pub version: i32,
    /// Когда последний раз изменён.
    pub updated_at: DateTime<Utc>,
    /// Всё, что требуется на этом грейде, начиная с низшего; только по запросу.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub accumulated: Option<Vec<AccumulatedRequirement>>,
}

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
    #[schema(examples("Back-end"))]
    pub title: String,
    /// Грейды, на которых навык появляется или углубляется, начиная с низшего.
    pub steps: Vec<Step>,
}

/// Грейд, на котором навык появляется или углубляется.
#[derive(Debug, Serialize, ToSchema)]
pub struct Step {
    /// Уровень.
    pub level_name: Level,
    /// Глубина.
    pub depth: Depth,
}

/// Что разделяет два грейда. Каждый включает всё, что требуют предыдущие.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comparison {
    /// Чего ещё нет.
    pub added: Vec<AddedRequirement>,
    /// Что остаётся.
    pub carried_over: Vec<AccumulatedRequirement>,
    /// Что больше не нужно.
    pub dropped: Vec<AccumulatedRequirement>,
}

/// Требование, которого на первом грейде нет.
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
    /// Номер первого грейда.
    #[param(minimum = 1, maximum = 2_147_483_647, example = 40)]
    pub from: i32,
    /// Номер второго грейда.
    #[param(minimum = 1, maximum = 2_147_483_647, example = 42)]
    pub to: i32,
}

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

/// Новая профессия.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProfession {
    /// Имя в адресах.
    pub slug: Slug,
    /// Название на страницах.
    pub title: Title,
    /// С чем работают, одной фразой.
    pub summary: Option<Summary>,
    /// Имя направления, одно из `/tracks`.
    #[schema(examples("web"))]
    pub track: Slug,
    /// Грейды в любом порядке; каждый уровень не больше одного раза.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub grades: Vec<GradeOfLadder>,
}

/// Новый грейд известной профессии.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeOfLadder {
    /// Уровень; `junior`, если не назван.
    #[serde(default = "junior")]
    #[schema(default = json!("junior"))]
    pub level_name: Level,
    /// Описание; `null`, если его ещё нет.
    pub description: Option<Text>,
}

/// Новый грейд.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrade {
    /// Номер профессии.
    #[schema(minimum = 1, maximum = 2_147_483_647, examples(7))]
    pub profession_id: i32,
    /// Уровень; `junior`, если не назван.
    #[serde(default = "junior")]
    #[schema(default = json!("junior"))]
    pub level_name: Level,
    /// Описание; `null`, если его ещё нет.
    pub description: Option<Text>,
}

/// Изменение профессии: чего нет, то остаётся как было.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfessionPatch {
    /// Другое имя в адресах; прежнее продолжит вести к профессии.
    #[schema(nullable = false)]
    pub slug: Option<Slug>,
    /// Другое название.
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// Другая фраза.
    #[schema(nullable = false)]
    pub summary: Option<Summary>,
    /// Другое направление, одно из `/tracks`.
    #[schema(nullable = false)]
    pub track: Option<Slug>,
}

/// Изменение грейда: чего нет, то остаётся как было.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradePatch {
    /// Другой уровень, которого в лестнице нет.
    #[schema(nullable = false)]
    pub level_name: Option<Level>,
    /// Другое описание; `null` или пустое убирает описание.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Text>)]
    pub description: Option<Option<Text>>,
    /// Зачем, для истории.
    #[schema(nullable = false)]
    pub note: Option<Note>,
}

/// The parameters of a list of professions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProfessionsQuery {
    /// Только этого направления.
    #[param(nullable = false, inline, example = "web")]
    pub track: Option<Slug>,
    /// Только с этим уровнем в лестнице. Плюс в адресе пишется `%2B`.
    #[param(nullable = false, inline)]
    pub level: Option<Level>,
    /// Только изменённые тогда или позже, сами или их лестницы.
    #[param(nullable = false)]
    pub changed_since: Option<DateTime<FixedOffset>>,
    /// Порядок: `catalogue`, если не назван, как на главной странице; с минусом — обратный.
    #[serde(default)]
    #[param(inline)]
    pub sort: ProfessionsSort,
    /// Сколько элементов в части, самое большее.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 100, default = 50, example = 3)]
    pub limit: u8,
    /// Откуда продолжить: `next` предыдущей части.
    #[param(nullable = false, inline)]
    pub cursor: Option<Cursor>,
}

/// Порядок.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum ProfessionsSort {
    /// As on the home page.
    #[default]
    #[serde(rename = "catalogue")]
    Catalogue,
    /// By the name in addresses.
    #[serde(rename = "slug")]
    Slug,
    /// The same backwards.
    #[serde(rename = "-slug")]
    SlugDescending,
    /// Longest unchanged first.
    #[serde(rename = "updated_at")]
    Changed,
    /// Last changed first.
    #[serde(rename = "-updated_at")]
    ChangedDescending,
}

/// The parameters of a list of grades.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GradesQuery {
    /// Только этой профессии.
    #[param(nullable = false, inline, example = "front-end")]
    pub profession: Option<Slug>,
    /// Только этого направления.
    #[param(nullable = false, inline)]
    pub track: Option<Slug>,
    /// Только этого уровня. Плюс в адресе пишется `%2B`.
    #[param(nullable = false, inline)]
    pub level: Option<Level>,
    /// Только изменённые тогда или позже.
    #[param(nullable = false)]
    pub changed_since: Option<DateTime<FixedOffset>>,
    /// Порядок: `grade_id`, если не назван; с минусом — обратный.
    #[serde(default)]
    #[param(inline)]
    pub sort: GradesSort,
    /// Сколько элементов в части, самое большее.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: u8,
    /// Откуда продолжить: `next` предыдущей части.
    #[param(nullable = false, inline)]
    pub cursor: Option<Cursor>,
}

/// Порядок.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum GradesSort {
    /// By number.
    #[default]
    #[serde(rename = "grade_id")]
    Id,
    /// Longest unchanged first.
    #[serde(rename = "updated_at")]
    Changed,
    /// Last changed first.
    #[serde(rename = "-updated_at")]
    ChangedDescending,
}

/// The parameters of a list of revisions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RevisionsQuery {
    /// Сколько элементов в части, самое большее.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: u8,
    /// Откуда продолжить: `next` предыдущей части.
    #[param(nullable = false, inline)]
    pub cursor: Option<Cursor>,
}

/// The parameters of grades.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GradeQuery {
    /// Добавить к каждому грейду всё, что на нём требуется, вместе с предыдущими.
    #[serde(default)]
    #[param(default = false)]
    pub accumulated: bool,
}

/// What stands in the address of a profession.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes what actix-web reads")]
pub(super) struct ProfessionPath {
    /// Имя профессии в адресах.
    #[param(inline, example = "front-end")]
    slug: Slug,
}

/// What stands in the address of a skill.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes what actix-web reads")]
pub(super) struct SkillPath {
    /// Имя навыка в адресах.
    #[param(inline, example = "docker")]
    slug: Slug,
}

/// What stands in the address of a grade.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes what actix-web reads")]
pub(super) struct GradePath {
    /// Номер грейда.
    #[param(minimum = 1, maximum = 2_147_483_647, example = 31)]
    grade_id: i32,
}

/// The header of a request to change something.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes what `Writing` reads")]
pub(super) struct IfMatch {
    /// Метка `ETag`, с которой это прочитано без параметров. Если с тех пор что-то изменилось,
    /// ответ будет 412.
    #[param(rename = "If-Match")]
    if_match: String,
}

/// The header of a request to make something.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes what `Command` reads")]
pub(super) struct IdempotencyKey {
    /// Имя запроса, придуманное программой: повторённый в течение суток, он ничего не создаст
    /// второй раз и получит тот же ответ.
    #[param(rename = "Idempotency-Key", nullable = false, pattern = "^[!-~]{1,255}$")]
    idempotency_key: Option<String>,
}

const fn usual_limit() -> u8 {
    50
}

const fn junior() -> Level {
    Level::Junior
}

/// Tells `null` from a field that was left out.
#[expect(clippy::option_option, reason = "left out, `null` and a text are three things")]
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Text>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl PartialSchema for Level {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.map(Self::name);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Уровень, от низшего к высшему."))
            .enum_values(Some(names))
            .build()
            .into()
    }
}

impl ToSchema for Level {
    fn name() -> std::borrow::Cow<'static, str> {
        "LevelName".into()
    }
}

impl PartialSchema for Depth {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.map(Self::name);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Насколько глубоко требуется навык."))
            .enum_values(Some(names))
            .build()
            .into()
    }
}

impl ToSchema for Depth {
    fn name() -> std::borrow::Cow<'static, str> {
        "Depth".into()
    }
}

impl PartialSchema for Kind {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.map(Self::name);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Вид требования."))
            .enum_values(Some(names))
            .build()
            .into()
    }
}

impl ToSchema for Kind {
    fn name() -> std::borrow::Cow<'static, str> {
        "Kind".into()
    }
}

impl From<Level> for LevelBody {
    fn from(level: Level) -> Self {
        Self { level_name: level, title: level.title(), slug: level.slug(), rank: level.rank() }
    }
}

impl From<EditableTrack> for Track {
    fn from(track: EditableTrack) -> Self {
        Self { slug: track.slug, title: track.title, professions: track.professions }
    }
}

impl From<records::Profession> for ProfessionInList {
    fn from(profession: records::Profession) -> Self {
        Self {
            profession_id: profession.id,
            slug: profession.slug,
            title: profession.title,
            summary: profession.summary,
            track: profession.track,
            levels: profession.grades.into_iter().map(|grade| grade.level).collect(),
            version: profession.version,
            created_at: profession.created_at.and_utc(),
            updated_at: profession.updated_at.and_utc(),
        }
    }
}

impl Profession {
    /// A profession, each of its grades with everything it requires if that is `accumulated`.
    #[must_use]
    pub fn new(
        profession: &records::Profession,
        dictionary: &Dictionary,
        accumulated: bool,
    ) -> Self {
        Self {
            profession_id: profession.id,
            slug: profession.slug.clone(),
            title: profession.title.clone(),
            summary: profession.summary.clone(),
            track: profession.track.clone(),
            grades: Grade::of_ladder(profession, dictionary, accumulated),
            version: profession.version,
            created_at: profession.created_at.and_utc(),
            updated_at: profession.updated_at.and_utc(),
        }
    }
}

impl Grade {
    /// A grade by itself.
    #[must_use]
    pub fn new(record: &GradeRecord, dictionary: &Dictionary) -> Self {
        let text = record.description.as_deref().unwrap_or_default();
        let description = ladder::Description::read(text, dictionary);
        Self {
            grade_id: record.grade_id,
            profession_id: record.profession_id,
            profession: record.profession.clone(),
            level_name: record.level,
            description: record.description.clone(),
            requirements: description.requirements.iter().map(Requirement::new).collect(),
            notes: description.notes.into_iter().map(|note| note.text).collect(),
            version: record.version,
            updated_at: record.updated_at.and_utc(),
            accumulated: None,
        }
    }

    /// The grades of a ladder, each with everything it requires if that is `accumulated`.
    #[must_use]
    pub fn of_ladder(
        profession: &records::Profession,
        dictionary: &Dictionary,
        accumulated: bool,
    ) -> Vec<Self> {
        let grades = profession.grades.iter().map(|record| Self::new(record, dictionary));
        if !accumulated {
            return grades.collect();
        }
        let ladder = profession.ladder(dictionary);
        grades.map(|grade| grade.with_everything_under_it(&ladder)).collect()
    }

    /// The same with everything the grade requires.
    #[must_use]
    pub fn with_everything_under_it(self, ladder: &Ladder) -> Self {
        let asked = ladder.accumulated(self.level_name);
        let asked = asked.into_iter().map(AccumulatedRequirement::from);
        Self { accumulated: Some(asked.collect()), ..self }
    }
}

impl Requirement {
    fn new(requirement: &ladder::Requirement) -> Self {
        Self {
            id: requirement.id.clone(),
            kind: requirement.kind,
            text: requirement.text.clone(),
            skills: requirement.skills.clone(),
        }
    }
}

impl From<Asked> for AccumulatedRequirement {
    fn from(Asked { level, requirement }: Asked) -> Self {
        let ladder::Requirement { id, kind, text, skills, .. } = requirement;
        Self { level_name: level, id, kind, text, skills }
    }
}

impl From<&Skill> for SkillInList {
    fn from(skill: &Skill) -> Self {
        Self {
            slug: skill.slug.clone(),
            title: skill.title.clone(),
            category: skill.category.clone(),
            link: skill.link.clone(),
            aliases: skill.aliases.clone(),
        }
    }
}

impl SkillBody {
    /// A skill and where it appears.
    #[must_use]
    pub fn new(skill: &Skill, appearances: &[skill_index::Appearance]) -> Self {
        let appearance = |found: &skill_index::Appearance| Appearance {
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

impl From<comparison::Comparison> for Comparison {
    fn from(comparison: comparison::Comparison) -> Self {
        let all = |asked: Vec<Asked>| asked.into_iter().map(AccumulatedRequirement::from).collect();
        let added = |added: comparison::Added| AddedRequirement {
            requirement: added.asked.into(),
            deepened: added.deepened,
            known: added.known,
        };
        Self {
            added: comparison.added.into_iter().map(added).collect(),
            carried_over: all(comparison.carried_over),
            dropped: all(comparison.dropped),
        }
    }
}

impl From<editing::Revision> for Revision {
    fn from(revision: editing::Revision) -> Self {
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

impl From<ProfessionsSort> for SortProfessions {
    fn from(sort: ProfessionsSort) -> Self {
        match sort {
            ProfessionsSort::Catalogue => Self::Catalogue,
            ProfessionsSort::Slug => Self::Slug,
            ProfessionsSort::SlugDescending => Self::SlugDescending,
            ProfessionsSort::Changed => Self::Changed,
            ProfessionsSort::ChangedDescending => Self::ChangedDescending,
        }
    }
}

impl From<GradesSort> for SortGrades {
    fn from(sort: GradesSort) -> Self {
        match sort {
            GradesSort::Id => Self::Id,
            GradesSort::Changed => Self::Changed,
            GradesSort::ChangedDescending => Self::ChangedDescending,
        }
    }
}
