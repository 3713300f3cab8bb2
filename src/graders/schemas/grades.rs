//! Grades.

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::lists::{present, usual_limit};
use super::requirements::{AccumulatedRequirement, Requirement, SupersededRequirement};
use super::texts::{Cursor, Note, RequirementId, Slug, Text};
use crate::graders::service::grades::{GradeRecord, SortGrades};
use crate::graders::service::professions::ProfessionRecord;
use crate::ladder::skill::Dictionary;
use crate::ladder::{self, Ladder, Level};

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
    /// Название уровня в этой профессии: своё, если у неё своя шкала.
    #[schema(examples("Джун+"))]
    pub level_title: String,
    /// Текст в Markdown, из которого вычислено всё остальное; `null`, если его ещё нет.
    #[schema(required = true, examples("- Сильная экспертиза: TypeScript"))]
    pub description: Option<String>,
    /// Грейд одной фразой: первый абзац описания, если он стоит до списков и заголовков; `null`,
    /// если его нет.
    #[schema(required = true, examples("Ведёт проект от идеи до релиза."))]
    pub summary: Option<String>,
    /// Что нового на этом грейде: пункты списков из описания.
    pub requirements: Vec<Requirement>,
    /// Остальные абзацы описания вне списков.
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
    /// Какие из них заменены: более высокий грейд просит те же навыки глубже; вместе с ними.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub superseded: Option<Vec<SupersededRequirement>>,
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

/// What of a grade to change: something, or nothing at all. Only a note would not be stored anywhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct GradePatch(pub GradeChanges);

impl PartialSchema for GradePatch {
    fn schema() -> RefOr<Schema> {
        let mut schema = GradeChanges::schema();
        if let RefOr::T(Schema::Object(changes)) = &mut schema {
            let some = json!([
                {"required": ["level_name"]},
                {"required": ["description"]},
                {"maxProperties": 0},
            ]);
            changes.extensions = Some([("anyOf", some)].into_iter().collect());
        }
        schema
    }
}

impl ToSchema for GradePatch {
    fn name() -> Cow<'static, str> {
        "GradePatch".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        GradeChanges::schemas(schemas);
    }
}

/// Изменение грейда: чего нет, то остаётся как было. Одно пояснение ничего не меняет.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeChanges {
    /// Другой уровень, которого в лестнице нет.
    #[schema(nullable = false)]
    pub level_name: Option<Level>,
    /// Другое описание; `null` или пустое убирает описание.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Text>)]
    #[expect(clippy::option_option, reason = "left out, `null` and a text are three things")]
    pub description: Option<Option<Text>>,
    /// Зачем, для истории.
    #[schema(nullable = false)]
    pub note: Option<Note>,
    /// Имена убранных требований, вместо которых написаны новые: без них похожие слова считаются той же
    /// мыслью, и ответы на старое требование переходят на новое.
    #[serde(default)]
    #[schema(max_items = 1000, examples(json!(["t3k9ma"])))]
    pub new_requirements: Vec<RequirementId>,
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
    /// Наибольшее число элементов в части.
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

/// The parameters of grades.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GradeQuery {
    /// Добавить к каждому грейду всё, что на нём требуется, вместе с предыдущими.
    #[serde(default)]
    #[param(default = false)]
    pub accumulated: bool,
}

/// What stands in the address of a grade.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes what actix-web reads")]
pub struct GradePath {
    /// Номер грейда.
    #[param(minimum = 1, maximum = 2_147_483_647, example = 31)]
    grade_id: i32,
}

/// A description as everybody may read it: comments are for editors.
fn published(description: &str) -> String {
    ladder::comments::without_comments(description).into_owned()
}

const fn junior() -> Level {
    Level::Junior
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
            level_title: record.name.title().to_owned(),
            description: record.description.as_deref().map(published),
            summary: description.summary.map(|summary| summary.text),
            requirements: description.requirements.iter().map(Requirement::new).collect(),
            notes: description.notes.into_iter().map(|note| note.text).collect(),
            version: record.version,
            updated_at: record.updated_at.and_utc(),
            accumulated: None,
            superseded: None,
        }
    }

    /// The grades of a ladder, each with everything it requires if that is `accumulated`.
    #[must_use]
    pub fn of_ladder(
        profession: &ProfessionRecord,
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
        let asked = ladder.accumulated_once(self.level_name);
        let asked =
            asked.into_iter().map(|asked| AccumulatedRequirement::new(&asked, &self.profession));
        let in_force = ladder.in_force(self.level_name);
        let under = |item| SupersededRequirement::under(item, &self.profession);
        let superseded = in_force.iter().flat_map(under).collect();
        Self { accumulated: Some(asked.collect()), superseded: Some(superseded), ..self }
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
