//! Grades that parameters name, and forms to choose them.

use crate::error::{AppError, Missing};
use crate::graders::service::ServiceError;
use crate::graders::service::professions::{Profession, ProfessionAddress};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Grade, Ladder, Level};

use super::visit::Visit;
use super::{choices, grade};

/// The grades of a profession, to choose from.
pub(super) struct Choices {
    pub(super) profession: String,
    pub(super) grades: Vec<Choice>,
}

pub(super) struct Choice {
    /// The grade as `front-end/middle`.
    pub(super) grade: String,
    pub(super) title: String,
}

/// A grade that was chosen, and its profession.
pub(super) struct ChosenGrade {
    pub(super) profession: Profession,
    pub(super) grade: Grade,
}

impl Choices {
    /// What there is to choose from; nothing where there is too much.
    pub(super) fn all(visit: &Visit) -> Result<Vec<Self>, AppError> {
        Ok(choices::professions(&visit.database)?.into_iter().map(Self::from).collect())
    }
}

impl From<ProfessionAddress> for Choices {
    fn from(profession: ProfessionAddress) -> Self {
        let choice = |level: &Level| Choice {
            grade: grade::name(&profession.slug, *level),
            title: format!("{}: {level}", profession.title),
        };
        let grades = profession.levels.iter().map(choice).collect();
        Self { profession: profession.title, grades }
    }
}

impl ChosenGrade {
    /// The grade that is named like `front-end/middle`. `way_on` is the form to choose another.
    pub(super) fn find(
        visit: &Visit,
        dictionary: &Dictionary,
        name: &str,
        way_on: &str,
    ) -> Result<Self, AppError> {
        let missing = || {
            AppError::NotFound(Missing {
                sentence: format!("Грейда «{name}» в каталоге нет."),
                way_on: way_on.into(),
                way_on_title: "Выбрать из каталога".into(),
            })
        };
        let (slug, level) = name.split_once('/').ok_or_else(missing)?;
        let level = choices::level(level).ok_or_else(missing)?;
        let profession = choices::find(&visit.database, dictionary, slug);
        let profession = profession.map_err(|error| match error {
            ServiceError::NoSuchProfession => missing(),
            error => error.into(),
        })?;
        let grade = profession.ladder.grade(level).cloned().ok_or_else(missing)?;
        Ok(Self { profession, grade })
    }

    /// The grade as `front-end/middle`.
    pub(super) fn name(&self) -> String {
        grade::name(&self.profession.slug, self.grade.level)
    }

    /// As the ladder knows it.
    pub(super) fn of_ladder(&self) -> (&Ladder, Level) {
        (&self.profession.ladder, self.grade.level)
    }

    pub(super) fn title(&self) -> String {
        format!("{}: {}", self.profession.title, self.grade.level)
    }

    pub(super) fn address(&self) -> String {
        grade::address(&self.profession.slug, self.grade.level)
    }
}
