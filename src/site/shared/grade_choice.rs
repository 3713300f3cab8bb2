//! Grades that parameters name, and forms to choose them.

use crate::error::{AppError, Missing};
use crate::graders::service::professions::{Profession, ProfessionAddress};
use crate::graders::service::{ServiceError, identity};
use crate::ladder::identity::Carried;
use crate::ladder::self_check::{Answers, SelfCheck};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Grade, Ladder, Level, LevelName};
use crate::paths::{self, CheckQuery};
use crate::web::{Head, Section};

use super::{Visit, choices};

/// The grades of a profession, to choose from.
pub struct Choices {
    pub profession: String,
    pub grades: Vec<Choice>,
}

pub struct Choice {
    /// The grade as `front-end/middle`.
    pub grade: String,
    pub title: String,
}

/// A grade that was chosen, and its profession.
pub struct ChosenGrade {
    pub profession: Profession,
    pub grade: Grade,
}

impl Choices {
    /// What there is to choose from; nothing where there is too much.
    pub fn all(visit: &Visit) -> Result<Vec<Self>, AppError> {
        Ok(choices::professions(&visit.database)?.into_iter().map(Self::from).collect())
    }
}

impl From<ProfessionAddress> for Choices {
    fn from(profession: ProfessionAddress) -> Self {
        let choice = |level: &LevelName| Choice {
            grade: paths::grade_name(&profession.slug, level),
            title: format!("{}: {level}", profession.title),
        };
        let grades = profession.levels.iter().map(choice).collect();
        Self { profession: profession.title, grades }
    }
}

impl ChosenGrade {
    /// The grade that is named like `front-end/middle`. `way_on` is the form to choose another.
    pub fn find(
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
        let profession = choices::find(&visit.database, dictionary, slug);
        let profession = profession.map_err(|error| match error {
            ServiceError::NoSuchProfession => missing(),
            error => error.into(),
        })?;
        let level = profession.ladder.scale().find(level).ok_or_else(missing)?;
        let grade = profession.ladder.grade(level).cloned().ok_or_else(missing)?;
        Ok(Self { profession, grade })
    }

    /// The grade as `front-end/middle`.
    pub fn name(&self) -> String {
        paths::grade_name(&self.profession.slug, &self.grade.name)
    }

    /// The parameters of the self-check and of the sheet of a defence that name the grade and nothing
    /// else.
    pub fn check_query(&self) -> CheckQuery {
        CheckQuery::of_grade(&self.profession.slug, &self.grade.name)
    }

    /// As the ladder knows it.
    pub fn of_ladder(&self) -> (&Ladder, Level) {
        (&self.profession.ladder, self.grade.level)
    }

    pub fn title(&self) -> String {
        format!("{}: {}", self.profession.title, self.grade.name)
    }

    /// How many requirements the grade adds to those demanded before it.
    pub fn new_count(&self) -> usize {
        self.profession.ladder.new_count(self.grade.level)
    }

    /// The next grade of the ladder.
    pub fn next(&self) -> Option<&LevelName> {
        self.profession.ladder.next(self.grade.level).map(|next| &next.name)
    }

    /// The self-check for the next grade, or for this one if it is the last.
    pub fn next_check(&self) -> String {
        let level = self.next().unwrap_or(&self.grade.name);
        paths::check_of(&self.profession.slug, level)
    }

    /// The sheet of the defence of the next grade, or of this one if it is the last.
    pub fn next_sheet(&self) -> String {
        let level = self.next().unwrap_or(&self.grade.name);
        paths::defence_of(&self.profession.slug, level)
    }

    pub fn address(&self) -> String {
        paths::grade(&self.profession.slug, &self.grade.name)
    }

    /// What of the grade one meets by these answers, which may name requirements by former ids; and what
    /// became of those.
    pub fn checked(
        &self,
        visit: &Visit,
        answers: &Answers,
    ) -> Result<(SelfCheck, Carried), AppError> {
        let check = SelfCheck::new(self.of_ladder(), answers);
        if check.unasked == 0 {
            return Ok((check, Carried::default()));
        }
        let aliases = identity::aliases(&visit.database, &self.profession.lineage)?;
        let carried = Carried::new(answers, &aliases, &self.profession.ladder);
        Ok((SelfCheck::new(self.of_ladder(), &carried.answers), carried))
    }

    /// What a page about the grade is called.
    pub fn title_of(&self, what: &str) -> String {
        format!("{what}: {}, {}", self.profession.title, self.grade.name)
    }

    /// The head of a page about the grade: the page is for one visitor and not to be found, and
    /// printed it names the grade.
    pub fn head(&self, visit: &Visit, title: String) -> Head {
        let head = visit.head(&self.address(), Section::Rules, title, "");
        Head { canonical: None, ..head }
    }
}
