//! Forms whose fields stand in the address: professions to choose from, and what is wrong with the
//! fields.

use std::sync::Arc;

use crate::db::Database;
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::professions::{Profession, ProfessionAddress};
use crate::graders::service::tracks::{self, Track};
use crate::graders::service::{ServiceError, professions};
use crate::ladder::skill::Dictionary;
use crate::ladder::{LevelName, Scale};

/// The most professions that stand in a list to choose from; where there are more, their names are
/// typed.
const MOST_CHOICES: usize = 100;

/// What a list says of a grade that nobody described yet.
const NOT_DESCRIBED: &str = " — не описан";

/// What a list says of a profession whose grades nobody described yet.
const NOT_DESCRIBED_PROFESSION: &str = " — не описана";

/// What forms offer to choose from: professions by track, and levels.
pub struct Offer {
    /// In the order of the catalogue; empty where there are too many.
    professions: Vec<ProfessionAddress>,
    tracks: Vec<Track>,
}

/// A profession to choose.
pub struct Offered<'a> {
    pub slug: &'a str,
    pub title: &'a str,
    /// What is to be known before it is chosen.
    pub remark: &'static str,
    /// Whether it has a ladder.
    pub has_grades: bool,
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
    pub levels: Vec<OfferedLevel>,
}

/// A level to choose.
pub struct OfferedLevel {
    pub name: LevelName,
    /// What is to be known before it is chosen.
    pub remark: &'static str,
    /// Whether it stands in the field.
    pub is_picked: bool,
}

impl Offer {
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn read(database: &Database) -> Result<Self, ServiceError> {
        Self::of(tracks::filled(database)?, database)
    }

    /// The same with the tracks that have professions, which were read before.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub fn of(tracks: Vec<Track>, database: &Database) -> Result<Self, ServiceError> {
        if tracks.iter().map(|track| track.professions).sum::<usize>() > MOST_CHOICES {
            return Ok(Self { professions: Vec::new(), tracks: Vec::new() });
        }
        Ok(Self { professions: professions::addresses(database)?, tracks })
    }

    /// Whether there are too many professions for a list.
    pub const fn is_empty(&self) -> bool {
        self.professions.is_empty()
    }

    /// The professions, each list under the name of its track.
    pub fn by_track(&self) -> Vec<(&str, Vec<Offered<'_>>)> {
        let of_track = |track: &Track| {
            let professions = self.professions.iter().filter(|found| found.track == track.slug);
            professions.map(Offered::new).collect::<Vec<_>>()
        };
        let tracks = self.tracks.iter().map(|track| (track.title.as_str(), of_track(track)));
        tracks.filter(|(_, professions)| !professions.is_empty()).collect()
    }

    /// Professions with a grade that is described, those of one track first.
    pub fn described(&self, track: &str) -> Vec<&ProfessionAddress> {
        let described = self.professions.iter().filter(|found| !found.described.is_empty());
        let (same, other) = described.partition::<Vec<_>, _>(|found| found.track == track);
        same.into_iter().chain(other).collect()
    }

    /// The levels to choose from: those of the chosen profession, and the others under the names of every
    /// scale. `typed` is how the chosen level was called.
    pub fn levels(&self, slug: &str, typed: &str) -> Vec<LevelGroup> {
        let chosen = self.professions.iter().find(|found| found.slug == slug);
        let picked = |scale: &Arc<Scale>| scale.find(typed).filter(|_| !typed.is_empty());
        let own = chosen.filter(|chosen| !chosen.levels.is_empty()).map(|chosen| {
            let level = |name: &LevelName| OfferedLevel {
                remark: if chosen.is_described(name.level()) { "" } else { NOT_DESCRIBED },
                is_picked: picked(&chosen.scale) == Some(name.level()),
                name: name.clone(),
            };
            LevelGroup {
                title: chosen.title.clone(),
                levels: chosen.levels.iter().map(level).collect(),
            }
        });
        let mut is_picked_yet = own.iter().flat_map(|own| &own.levels).any(|level| level.is_picked);
        let mut scales = vec![Scale::standard()];
        for scale in self.professions.iter().map(|choice| &choice.scale) {
            if !scales.contains(scale) {
                scales.push(Arc::clone(scale));
            }
        }
        let others = scales.into_iter().filter_map(|scale| {
            let is_new =
                |name: &LevelName| chosen.is_none_or(|chosen| !chosen.levels.contains(name));
            let names = scale.levels().iter().map(|named| LevelName::new(&scale, named.level));
            let levels = names.filter(is_new).map(|name| {
                let is_picked = !is_picked_yet && picked(&scale) == Some(name.level());
                is_picked_yet |= is_picked;
                OfferedLevel { name, remark: "", is_picked }
            });
            let levels = levels.collect::<Vec<_>>();
            let title = match (scale.is_standard(), own.is_some()) {
                (true, true) => "Другие уровни",
                (true, false) => "Обычные уровни",
                (false, _) => scale.title(),
            };
            (!levels.is_empty()).then(|| LevelGroup { title: title.to_owned(), levels })
        });
        let others = others.collect::<Vec<_>>();
        own.into_iter().chain(others).collect()
    }
}

impl<'a> Offered<'a> {
    fn new(profession: &'a ProfessionAddress) -> Self {
        let has_grades = !profession.levels.is_empty();
        let remark = match (has_grades, profession.described.is_empty()) {
            (false, _) => " — лестницы ещё нет",
            (true, true) => NOT_DESCRIBED_PROFESSION,
            (true, false) => "",
        };
        Self { slug: &profession.slug, title: &profession.title, remark, has_grades }
    }
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
