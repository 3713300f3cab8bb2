//! Forms whose fields stand in the address: professions to choose from, and what is wrong with the
//! fields.

use std::sync::Arc;

use crate::db::Database;
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::professions::{Profession, ProfessionAddress};
use crate::graders::service::{ServiceError, professions};
use crate::ladder::scale::ScaleLevel;
use crate::ladder::skill::Dictionary;
use crate::ladder::{LevelName, Scale};

/// The most professions that stand in a list to choose from; where there are more, their names are
/// typed.
const MOST_CHOICES: usize = 100;

/// What there is to choose from; empty where there is too much.
pub fn professions(database: &Database) -> Result<Vec<ProfessionAddress>, ServiceError> {
    if professions::count(database)? > MOST_CHOICES {
        return Ok(Vec::new());
    }
    professions::addresses(database)
}

/// The profession that was chosen, also by an address it had before: links go on working under the
/// name they were made with.
pub fn find(
    database: &Database,
    dictionary: &Dictionary,
    slug: &str,
) -> Result<Profession, ServiceError> {
    match professions::profession(database, dictionary, slug) {
        Err(ServiceError::Moved(present)) => {
            professions::profession(database, dictionary, &present)
        }
        found => found,
    }
}

/// Levels to choose from in one list, under the names of one scale.
pub struct LevelGroup {
    pub title: String,
    /// Each with whether it is the one that was chosen.
    pub levels: Vec<(LevelName, bool)>,
}

/// The levels to choose from: the usual ones, and those of each scale that one of the professions has.
/// `typed` is how the chosen level was called, in the scale of the chosen profession.
pub fn levels_to_choose(
    choices: &[ProfessionAddress],
    chosen: &Arc<Scale>,
    typed: &str,
) -> Vec<LevelGroup> {
    let mut scales = vec![Scale::standard()];
    for scale in choices.iter().map(|choice| &choice.scale).chain([chosen]) {
        if !scales.contains(scale) {
            scales.push(Arc::clone(scale));
        }
    }
    let picked = chosen.find(typed);
    let group = |scale: Arc<Scale>| {
        let level = |named: &ScaleLevel| {
            let is_picked = scale == *chosen && picked == Some(named.level);
            (LevelName::new(&scale, named.level), is_picked)
        };
        let title = if scale.is_standard() { "Обычные уровни" } else { scale.title() };
        LevelGroup { title: title.to_owned(), levels: scale.levels().iter().map(level).collect() }
    };
    scales.into_iter().map(group).collect()
}

/// The levels of a ladder in one line.
pub fn levels(profession: &Profession) -> String {
    let levels = profession.ladder.grades().iter().map(|grade| grade.name.word());
    levels.collect::<Vec<_>>().join(", ")
}

/// What was typed into a field, without what no field of ours has.
pub fn cleaned(typed: Option<&str>) -> String {
    typed.unwrap_or_default().replace(char::is_control, "").trim().to_owned()
}

/// What is wrong with the fields.
#[derive(Debug, Default)]
pub struct Errors(pub Vec<FieldError>);

impl Errors {
    pub fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(FieldError { field, message: message.into() });
    }

    /// The profession in the field `profession`, with a ladder; an error if it names none or one
    /// without.
    pub fn profession(
        &mut self,
        database: &Database,
        dictionary: &Dictionary,
        typed: &str,
    ) -> Result<Option<Profession>, AppError> {
        let message = match find(database, dictionary, typed) {
            Ok(found) if !found.ladder.grades().is_empty() => return Ok(Some(found)),
            Ok(_) => "Лестница этой профессии ещё не описана.",
            Err(ServiceError::NoSuchProfession) if typed.is_empty() => "Выберите профессию.",
            Err(ServiceError::NoSuchProfession) => {
                "Такой профессии в каталоге нет. Выберите другую."
            }
            Err(error) => return Err(error.into()),
        };
        self.add("profession", message);
        Ok(None)
    }
}
