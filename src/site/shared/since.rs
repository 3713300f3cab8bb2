//! What changed since the state that an address was made in.

use crate::error::AppError;
use crate::graders::service::past::{self, State};
use crate::graders::service::professions::{self, Profession};
use crate::graders::service::{ServiceError, identity};
use crate::ladder::delta::Delta;
use crate::ladder::identity::Listed;
use crate::ladder::{Ladder, Level};
use crate::paths;

use super::Visit;

/// So many differences need no fold.
const FEW: usize = 3;

/// What changed.
pub struct Since {
    /// The requirements.
    pub delta: Delta,
    /// Whether the rules did.
    pub rules: bool,
    /// The page as it was.
    pub then: String,
}

impl Since {
    /// What changed in a ladder up to a level, or in the rules where those matter too. `None` if the address
    /// names no state, if the page shows a past one, and if nothing did.
    pub fn of(
        visit: &Visit,
        (profession, up_to): (&Profession, Level),
        (revision, address): (Option<i32>, &str),
        with_rules: bool,
    ) -> Result<Option<Self>, AppError> {
        let Some(revision) = revision.filter(|_| visit.shown.is_none()) else { return Ok(None) };
        let changed = past::changed_since(&visit.database, &profession.lineage, revision)?;
        let rules = with_rules && changed.rules;
        let state = match State::after(&visit.database, revision) {
            // A number that nobody was given yet.
            Err(ServiceError::NoSuchRevision) => return Ok(None),
            state => state?,
        };
        let delta = if changed.ladders {
            Self::delta(visit, profession, up_to, &state)?
        } else {
            Delta::default()
        };
        let then = paths::at(address, &revision.to_string());
        Ok((rules || !delta.is_empty()).then_some(Self { delta, rules, then }))
    }

    fn delta(
        visit: &Visit,
        profession: &Profession,
        up_to: Level,
        state: &State,
    ) -> Result<Delta, AppError> {
        let catalogue = visit.catalogue_in(state)?;
        let then = catalogue.database();
        let dictionary = visit.dictionary()?;
        // One that came later was nothing then.
        let was = match past::slug_of(then, profession.id)? {
            Some(slug) => {
                let was = professions::profession(then, &dictionary, &slug)?;
                listed(&was.ladder, up_to)
            }
            None => Vec::new(),
        };
        let aliases = identity::aliases(&visit.database, &profession.lineage)?;
        let now = listed(&profession.ladder, up_to);
        Ok(Delta::between(&was, &now, &aliases, &dictionary))
    }

    /// How much changed: «требования (добавлено 2, убрано 1), правила».
    pub fn words(&self) -> String {
        let Delta { added, removed, reworded, moved } = &self.delta;
        let counts = [
            ("добавлено", added.len()),
            ("убрано", removed.len()),
            ("сказано иначе", reworded.len()),
            ("на другом уровне", moved.len()),
        ];
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        let counts = counts.map(|(what, count)| format!("{what}\u{a0}{count}")).collect::<Vec<_>>();
        let requirements =
            (!counts.is_empty()).then(|| format!("требования ({})", counts.join(", ")));
        let rules = self.rules.then(|| "правила".to_owned());
        requirements.into_iter().chain(rules).collect::<Vec<_>>().join(", ")
    }

    /// Whether the list is long.
    pub fn is_long(&self) -> bool {
        self.delta.count() > FEW
    }
}

fn listed(ladder: &Ladder, up_to: Level) -> Vec<Listed> {
    let asked = ladder.all().into_iter().filter(|asked| asked.level <= up_to);
    asked.map(|asked| Listed { level: asked.level, requirement: asked.requirement }).collect()
}
