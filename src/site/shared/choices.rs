//! Forms whose fields stand in the address: professions to choose from, and what is wrong with the
//! fields.

use crate::db::Database;
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::professions::{Profession, ProfessionAddress};
use crate::graders::service::{ServiceError, professions};
use crate::ladder::Level;
use crate::ladder::skill::Dictionary;

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

/// The level that was chosen, as addresses or as everything else writes it.
pub fn level(typed: &str) -> Option<Level> {
    Level::from_slug(typed).or_else(|| typed.parse().ok())
}

/// The levels of a ladder in one line.
pub fn levels(profession: &Profession) -> String {
    let levels = profession.ladder.grades().iter().map(|grade| grade.level.word());
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
