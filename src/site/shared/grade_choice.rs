//! Grades that parameters name, and forms to choose them.

use crate::error::{AppError, Missing};
use crate::graders::service::professions::Profession;
use crate::graders::service::{ServiceError, identity};
use crate::ladder::identity::Carried;
use crate::ladder::self_check::{Answers, SelfCheck};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Grade, Level, LevelName};
use crate::paths::{self, CheckQuery};
use crate::web::{Head, Section};

use super::Visit;
use super::choices::{self, Errors};

/// A grade that was chosen, and its profession.
pub struct ChosenGrade {
    pub profession: Profession,
    pub grade: Grade,
}

impl ChosenGrade {
    /// The grade of the profession and the level that stand in the fields of a form with these names, or
    /// what is wrong with them. `way_on` is the form to choose another one.
    ///
    /// # Errors
    ///
    /// [`AppError::NotFound`] for a profession there is not; if the database does not answer.
    pub fn choose(
        visit: &Visit,
        dictionary: &Dictionary,
        [(profession_field, slug), (level_field, level)]: [(&'static str, &str); 2],
        way_on: &str,
    ) -> Result<Result<Self, Errors>, AppError> {
        let mut errors = Errors::default();
        if slug.is_empty() {
            errors.add(profession_field, "Выберите профессию.");
            return Ok(Err(errors));
        }
        let profession = choices::find(&visit.database, dictionary, slug);
        let profession = profession.map_err(|error| match error {
            ServiceError::NoSuchProfession => AppError::NotFound(Missing {
                sentence: format!("Профессии «{slug}» в каталоге нет."),
                way_on: way_on.into(),
                way_on_title: "Выбрать из каталога".into(),
            }),
            error => error.into(),
        })?;
        let ladder = &profession.ladder;
        if ladder.grades().is_empty() {
            let message = format!("Лестница профессии «{}» ещё не описана.", profession.title);
            errors.add(profession_field, message);
            return Ok(Err(errors));
        }
        let found = ladder.scale().find(level);
        if let Some(grade) = found.and_then(|found| ladder.grade(found)).cloned() {
            return Ok(Ok(Self { profession, grade }));
        }
        let levels = choices::levels(&profession);
        errors.add(
            level_field,
            match found {
                None if level.is_empty() => format!("Выберите грейд. Есть: {levels}."),
                None => format!("Такого грейда нет. Есть: {levels}."),
                Some(found) => {
                    let (title, name) = (&profession.title, ladder.name(found));
                    format!("В лестнице «{title}» нет грейда «{}». Есть: {levels}.", name.word())
                }
            },
        );
        Ok(Err(errors))
    }

    /// The grade that is named like `front-end/middle`.
    ///
    /// # Errors
    ///
    /// [`AppError::NotFound`] for a grade there is not; if the database does not answer.
    pub fn find(
        visit: &Visit,
        dictionary: &Dictionary,
        name: &str,
        way_on: &str,
    ) -> Result<Self, AppError> {
        let (slug, level) = name.split_once('/').unwrap_or((name, ""));
        let chosen =
            Self::choose(visit, dictionary, [("profession", slug), ("grade", level)], way_on)?;
        chosen.map_err(|_| {
            AppError::NotFound(Missing {
                sentence: format!("Грейда «{name}» в каталоге нет."),
                way_on: way_on.into(),
                way_on_title: "Выбрать из каталога".into(),
            })
        })
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

    /// The grade before it in the ladder.
    pub fn previous(&self) -> Option<&LevelName> {
        self.profession.ladder.previous(self.grade.level).map(|previous| &previous.name)
    }

    /// What of the grade one meets by these answers, which may name requirements by former ids; and what
    /// became of those.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn checked(
        &self,
        visit: &Visit,
        answers: &Answers,
    ) -> Result<(SelfCheck, Carried), AppError> {
        checked(visit, (&self.profession, self.grade.level), answers)
    }

    /// What a page about the grade is called.
    pub fn title_of(&self, what: &str) -> String {
        format!("{what}: {}, {}", self.profession.title, self.grade.name)
    }

    /// The head of a page about the grade at an address: the page is for one visitor and not to be found,
    /// and printed it tells where it comes from.
    pub fn head(visit: &Visit, title: String, address: &str) -> Head {
        let head = visit.head(address, Section::Rules, title, "");
        Head { canonical: None, ..head }
    }
}

/// What of a level of a ladder one meets by these answers: see [`ChosenGrade::checked`].
///
/// # Errors
///
/// If the database does not answer.
pub fn checked(
    visit: &Visit,
    (profession, level): (&Profession, Level),
    answers: &Answers,
) -> Result<(SelfCheck, Carried), AppError> {
    let ladder = (&profession.ladder, level);
    let check = SelfCheck::new(ladder, answers);
    if check.unasked == 0 {
        return Ok((check, Carried::default()));
    }
    let aliases = identity::aliases(&visit.database, &profession.lineage)?;
    let carried = Carried::new(answers, &aliases, &profession.ladder);
    Ok((SelfCheck::new(ladder, &carried.answers), carried))
}
