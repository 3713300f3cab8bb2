//! What a requirement deepens, in words.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ladder::comparison::Deepened;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Ladder, Level, Requirement};

/// What the requirements of one grade only deepen.
pub struct DeepenedSkills {
    by_requirement: HashMap<String, Vec<Deepened>>,
    /// For the titles of skills.
    dictionary: Arc<Dictionary>,
}

impl DeepenedSkills {
    pub fn of(ladder: &Ladder, level: Level, dictionary: Arc<Dictionary>) -> Self {
        Self { by_requirement: ladder.deepened_at(level), dictionary }
    }

    /// «Глубже: было «средний уровень», джун++», for a requirement that asks for no new skill.
    pub fn remark(&self, requirement: &Requirement) -> Option<String> {
        let deepened = self.by_requirement.get(&requirement.id)?;
        let mut groups = Vec::<(String, Vec<&str>)>::new();
        for skill in deepened {
            let level = skill.name.word();
            let before = match skill.from {
                Some(depth) => format!("было «{}», {level}", depth.label()),
                None => format!("глубина не была указана, {level}"),
            };
            let found = self.dictionary.skill(&skill.slug);
            let title = found.map_or(skill.slug.as_str(), |found| &found.title);
            match groups.iter_mut().find(|(known, _)| *known == before) {
                Some((_, titles)) => titles.push(title),
                None => groups.push((before, vec![title])),
            }
        }
        let is_all = groups.len() == 1 && deepened.len() == requirement.skills.len();
        let parts = groups.into_iter().map(|(before, titles)| {
            if is_all { before } else { format!("{} — {before}", titles.join(", ")) }
        });
        Some(format!("глубже: {}", parts.collect::<Vec<_>>().join("; ")))
    }
}
