//! The way from the self-check over the growth plan to the defence: what was said on one of their pages is
//! known on the others.

use crate::ladder::LevelName;
use crate::ladder::self_check::SelfCheck;
use crate::paths::{self, CheckQuery, PlanQuery};

/// A page of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Check,
    Plan,
    Defence,
}

/// The three pages as one of them leads to the others.
pub struct Steps {
    current: Step,
    /// The addresses, in the order of the way.
    addresses: [String; 3],
    /// How many requirements were answered, and how many there are, once some were.
    answered: Option<(usize, usize)>,
    is_planned: bool,
}

/// A page of the way as it is linked.
pub struct ShownStep<'a> {
    pub title: &'static str,
    pub remark: String,
    pub address: &'a str,
    pub is_current: bool,
    pub is_done: bool,
}

impl Steps {
    /// The pages with nothing said yet.
    pub fn new(current: Step) -> Self {
        Self::of(current, &CheckQuery::default(), None)
    }

    /// The pages for what the parameters of a self-check or a sheet say. `before` is the grade before the one
    /// that is checked: the present one, unless another one was named.
    pub fn of(current: Step, query: &CheckQuery, before: Option<&LevelName>) -> Self {
        let query = &CheckQuery {
            from: None,
            marks_earlier: false,
            is_whole: query.is_whole,
            ..query.clone()
        };
        Self {
            current,
            addresses: [paths::check(query), plan(query, before), paths::defence(query)],
            answered: None,
            is_planned: !query.growth.since.is_empty(),
        }
    }

    /// The same with how much was answered.
    pub fn checked(self, check: &SelfCheck) -> Self {
        self.answered((check.answered_count(), check.required().count()))
    }

    /// The same with how many requirements were answered, and how many there are.
    pub fn answered(self, answered: (usize, usize)) -> Self {
        Self { answered: Some(answered), ..self }
    }

    pub fn shown(&self) -> [ShownStep<'_>; 3] {
        let step = |step, title, remark, is_done| ShownStep {
            title,
            remark,
            address: &self.addresses[step as usize],
            is_current: self.current == step,
            is_done: is_done && self.current != step,
        };
        let answered = match self.answered {
            Some((answered, all)) => format!("отвечено {answered} из {all}"),
            None => "чего не хватает".to_owned(),
        };
        [
            step(Step::Check, "Проверка", answered, self.answered.is_some()),
            step(Step::Plan, "План", "когда защищать".to_owned(), self.is_planned),
            step(Step::Defence, "Защита", "лист для комиссии".to_owned(), false),
        ]
    }
}

/// The growth plan with what the parameters of a self-check or a sheet say; see [`Steps::of`].
pub fn plan(query: &CheckQuery, before: Option<&LevelName>) -> String {
    let growth = &query.growth;
    let present =
        if growth.now.is_empty() { before.map_or("", LevelName::slug) } else { &growth.now };
    let to = if growth.to.is_empty() { &query.level } else { &growth.to };
    let revision = query.revision.map(|revision| revision.to_string()).unwrap_or_default();
    paths::plan(&PlanQuery {
        profession: &query.profession,
        grade: present,
        since: Some(growth.since.as_str()).filter(|since| !since.is_empty()),
        to: Some(to.as_str()).filter(|to| !to.is_empty()),
        failed: &growth.failed,
        failed_on: &growth.failed_on,
        name: &growth.name,
        revision: &revision,
        next: &query.level,
        answers: query.answers.as_ref(),
    })
}
