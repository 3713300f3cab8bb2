//! Comparisons.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::requirements::AccumulatedRequirement;
use crate::ladder::comparison::{self, Asked};

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
