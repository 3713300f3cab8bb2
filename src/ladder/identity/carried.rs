//! Answers given to requirements that have other words by now, or are gone.

use std::collections::BTreeMap;

use super::aliases::{Aliases, Fate, present_ids};
use super::{Rewording, Words};
use crate::ladder::Ladder;
use crate::ladder::self_check::{Answers, Checked};

/// The answers to a ladder under the present ids of its requirements.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    /// The answers, also those to nothing the ladder ever had.
    pub answers: Answers,
    /// The former words of requirements that were answered under them, by present ids.
    reworded: BTreeMap<String, Vec<Words>>,
    /// The words of requirements that were answered and removed since, in order.
    pub removed: Vec<Words>,
}

impl Carried {
    /// Carries answers over to the present ids of a ladder. One that was given under a present id stays; of
    /// several under former ids the lower one counts.
    #[must_use]
    pub fn new(answers: &Answers, aliases: &Aliases, ladder: &Ladder) -> Self {
        let present = present_ids(ladder);
        let fates = answers
            .iter()
            .map(|(id, answer)| (id, answer, aliases.follow(id, |id| present.contains(id))));
        let fates = fates.collect::<Vec<_>>();
        let mut carried = Self::default();
        for (id, answer, fate) in &fates {
            match fate {
                Fate::Present | Fate::Unknown => {
                    carried.answers.give(id, *answer);
                }
                Fate::Removed(words) => carried.removed.push((*words).clone()),
                Fate::Reworded(..) => {}
            }
        }
        for (_, answer, fate) in fates {
            if let Fate::Reworded(id, words) = fate
                && answers.get(id).is_none()
            {
                carried.answers.give(id, answer);
                carried.reworded.entry(id.to_owned()).or_default().push(words.clone());
            }
        }
        carried.removed.sort_unstable();
        carried.removed.dedup();
        carried
    }

    /// In which other words a requirement, and what it supersedes, was answered.
    #[must_use]
    pub fn rewordings(&self, item: &Checked) -> Vec<Rewording> {
        let superseded = item.superseded.iter().map(|lower| &lower.requirement);
        let requirements = [&item.asked.requirement].into_iter().chain(superseded);
        let rewordings = requirements.flat_map(|requirement| {
            let now = Words::of(requirement);
            let was = self.reworded.get(&requirement.id).into_iter().flatten();
            was.map(move |was| Rewording { was: was.clone(), now: now.clone() })
        });
        rewordings.filter(|rewording| rewording.was != rewording.now).collect()
    }
}
