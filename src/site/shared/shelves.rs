//! Professions by track.

use crate::graders::service::professions::Profession;
use crate::graders::service::tracks::Track;
use crate::ladder::Grade;

/// The professions of one track that stand on a page.
pub struct Shelf {
    pub track: Track,
    pub professions: Vec<Profession>,
}

impl Shelf {
    /// The professions with a described grade, and the others.
    pub fn divided(&self) -> (Vec<&Profession>, Vec<&Profession>) {
        self.professions
            .iter()
            .partition(|profession| profession.ladder.grades().iter().any(Grade::is_described))
    }
}

/// Professions by track; those of one track stand together.
pub fn shelves(professions: Vec<Profession>) -> Vec<Shelf> {
    let mut shelves = Vec::<Shelf>::new();
    for profession in professions {
        match shelves.last_mut() {
            Some(shelf) if shelf.track == profession.track => shelf.professions.push(profession),
            _ => shelves
                .push(Shelf { track: profession.track.clone(), professions: vec![profession] }),
        }
    }
    shelves
}

/// Whether a profession among them names its levels in its own way.
pub fn has_own_scale(shelves: &[Shelf]) -> bool {
    let mut professions = shelves.iter().flat_map(|shelf| &shelf.professions);
    professions.any(|profession| !profession.ladder.scale().is_standard())
}
