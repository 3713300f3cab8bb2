//! What stands beside the text of a grade, to be read while it is written: the other grades of its ladder, and
//! those of the ladder it includes.

use crate::error::AppError;
use crate::graders::service::ServiceError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::professions;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Grade, Ladder, Level, LevelName, Requirement};

/// What is read beside a text.
#[derive(Default)]
pub(super) struct Beside {
    /// The grades of the ladder, lowest first, each with whether it is described.
    pub steps: Vec<(LevelName, bool)>,
    /// The grades to be read, the nearest lower one first and the next one last.
    pub grades: Vec<Neighbour>,
}

/// A grade to be read.
pub(super) struct Neighbour {
    /// «Ступенью ниже: джун», «Общая основа: мидл».
    pub title: String,
    /// The level as its own ladder names it.
    pub name: LevelName,
    /// What it asks itself.
    pub requirements: Vec<Requirement>,
    /// Whether it is unfolded: the one that everybody looks at.
    pub is_open: bool,
}

impl Beside {
    /// What stands beside the grade of a level.
    ///
    /// # Errors
    ///
    /// If the database does not answer. A profession that is gone has nothing beside it.
    pub fn read(catalogue: &Catalogue, slug: &str, level: Level) -> Result<Self, AppError> {
        // Nobody follows a skill from here, and without them a page costs much less.
        let dictionary = Dictionary::default();
        match professions::profession(catalogue.database(), &dictionary, slug) {
            Ok(profession) => Ok(Self::of(&profession.ladder, level)),
            Err(ServiceError::NoSuchProfession | ServiceError::Moved(_)) => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    fn of(ladder: &Ladder, level: Level) -> Self {
        let steps = ladder.grades().iter();
        let steps = steps.map(|grade| (grade.name.clone(), grade.is_described())).collect();
        let neighbour = |title, grade: &Grade, is_open| Neighbour {
            title,
            name: grade.name.clone(),
            requirements: grade.requirements().to_vec(),
            is_open,
        };
        let mut grades = Vec::new();
        let mut is_nearest = true;
        for step in ladder.steps(level).into_iter().rev() {
            let word = step.grade.name.word();
            match step.origin {
                None if step.grade.level == level => {}
                None => {
                    let where_from =
                        if is_nearest { "Ступенью ниже" } else { "Раньше" };
                    grades.push(neighbour(format!("{where_from}: {word}"), step.grade, is_nearest));
                    is_nearest = false;
                }
                Some(origin) => {
                    grades.push(neighbour(format!("{}: {word}", origin.title), step.grade, false));
                }
            }
        }
        grades.retain(|grade| !grade.requirements.is_empty());
        if let Some(next) = ladder.next(level).filter(|next| !next.requirements().is_empty()) {
            grades.push(neighbour(format!("Ступенью выше: {}", next.name.word()), next, false));
        }
        Self { steps, grades }
    }

    /// The next grade up from a level.
    pub fn next(&self, level: Level) -> Option<&LevelName> {
        let mut above = self.steps.iter().map(|(name, _)| name);
        above.find(|name| name.level() > level)
    }
}
