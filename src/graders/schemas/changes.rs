//! What differs between two states of the catalogue.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::lists::usual_limit;
use super::texts::Cursor;
use crate::graders::service::changes::{Difference, Since, What};
use crate::ladder::Level;
use crate::ladder::delta::Item;

/// The parameters of what differs.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// После какой правки начать: `revision` прошлого ответа; 0 — с самого начала.
    #[serde(default)]
    #[param(minimum = 0, maximum = 2_147_483_647, default = 0)]
    pub since: i32,
    /// Наибольшее число элементов в части.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: u8,
    /// Откуда продолжить: `next` предыдущей части. Продолжение рассказывает о том же состоянии, что и
    /// первая часть.
    #[param(nullable = false, inline)]
    pub cursor: Option<Cursor>,
}

/// Часть изменений лестниц, по профессиям.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesBody {
    /// Номер последней учтённой правки: `since` следующего запроса.
    #[schema(examples(128))]
    pub revision: i32,
    /// Изменения; часть бывает короче `limit` и даже пустой и всё же не последней.
    pub items: Vec<LadderChange>,
    /// Параметр `cursor` следующей части; `null` в последней.
    #[schema(required = true, examples("128.3.50"))]
    pub next: Option<String>,
}

/// Что изменилось.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The requirement came.
    Added,
    /// The requirement went.
    Removed,
    /// The requirement has other words.
    Reworded,
    /// The requirement has another level.
    Moved,
    /// The grade came.
    GradeAdded,
    /// The grade went.
    GradeRemoved,
    /// The profession came.
    ProfessionAdded,
    /// The profession went.
    ProfessionRemoved,
}

/// Изменение лестницы: требование, грейд или вся профессия. Включённые лестницы считаются в своих
/// профессиях.
#[derive(Debug, Serialize, ToSchema)]
pub struct LadderChange {
    /// Что изменилось: требование добавлено, убрано, записано другими словами или перенесено на другой
    /// уровень; грейд или профессия появились или убраны.
    pub change: ChangeKind,
    /// Номер профессии; он никогда не меняется.
    #[schema(examples(1))]
    pub profession_id: i32,
    /// Имя профессии в адресах; у убранной последнее.
    #[schema(examples("front-end"))]
    pub profession: String,
    /// Уровень грейда или требования, у убранного прежний; `null` у профессии.
    #[schema(required = true)]
    pub level_name: Option<Level>,
    /// Имя требования в адресах; `null` у грейда и профессии.
    #[schema(required = true, examples("t3k9ma"))]
    pub id: Option<String>,
    /// Что стоит перед словами требования; `null` без них.
    #[schema(required = true, examples("Сильная экспертиза"))]
    pub label: Option<String>,
    /// Слова требования; `null` у грейда и профессии.
    #[schema(required = true, examples("TypeScript"))]
    pub text: Option<String>,
    /// Прежний уровень перенесённого и записанного другими словами; иначе `null`.
    #[schema(required = true)]
    pub former_level_name: Option<Level>,
    /// Прежнее имя требования, записанного другими словами; иначе `null`.
    #[schema(required = true, examples("wkfpxj"))]
    pub former_id: Option<String>,
    /// Что стояло перед его прежними словами; `null` без них.
    #[schema(required = true, examples("Знакомство"))]
    pub former_label: Option<String>,
    /// Его прежние слова; иначе `null`.
    #[schema(required = true, examples("Основы TypeScript"))]
    pub former_text: Option<String>,
}

impl From<Since> for ChangesBody {
    fn from(since: Since) -> Self {
        let items = since.items.into_iter().map(LadderChange::from).collect();
        Self { revision: since.revision, items, next: since.next }
    }
}

impl From<Difference> for LadderChange {
    fn from(difference: Difference) -> Self {
        let Difference { profession_id, profession, what } = difference;
        let alone = |change, level_name| Self {
            change,
            profession_id,
            profession: profession.clone(),
            level_name,
            id: None,
            label: None,
            text: None,
            former_level_name: None,
            former_id: None,
            former_label: None,
            former_text: None,
        };
        let of = |change, Item { id, level, label, text }: Item| Self {
            id: Some(id),
            label: filled(label),
            text: Some(text),
            ..alone(change, Some(level))
        };
        match what {
            What::ProfessionAdded => alone(ChangeKind::ProfessionAdded, None),
            What::ProfessionRemoved => alone(ChangeKind::ProfessionRemoved, None),
            What::GradeAdded(level) => alone(ChangeKind::GradeAdded, Some(level)),
            What::GradeRemoved(level) => alone(ChangeKind::GradeRemoved, Some(level)),
            What::Added(item) => of(ChangeKind::Added, item),
            What::Removed(item) => of(ChangeKind::Removed, item),
            What::Moved { from, now } => {
                Self { former_level_name: Some(from), ..of(ChangeKind::Moved, now) }
            }
            What::Reworded { was, now } => Self {
                former_level_name: Some(was.level),
                former_id: Some(was.id),
                former_label: filled(was.label),
                former_text: Some(was.text),
                ..of(ChangeKind::Reworded, now)
            },
        }
    }
}

fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
