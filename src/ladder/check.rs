//! Checks of a ladder that point editors to probable mistakes.

mod inherited;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use super::skill::Dictionary;
use super::{Depth, Grade, Ladder, Level, LevelName};

/// A probable mistake in a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The grade has no description.
    Undescribed(LevelName),
    /// The ladder has lower and higher levels, but not this base level.
    Missing(LevelName),
    /// Two grades have the same requirement.
    Repeated {
        /// The text of the requirement.
        text: String,
        /// The lower grade.
        first: LevelName,
        /// The higher grade.
        again: LevelName,
    },
    /// A grade asks for a skill less deeply than a lower one.
    Shallower {
        /// The title of the skill.
        skill: String,
        /// The lower grade, which asks for it more deeply.
        deeper: LevelName,
        /// The higher grade, which asks for it less deeply.
        shallower: LevelName,
    },
    /// The grade has far more requirements than its neighbours that have any.
    Jump {
        /// The grade.
        level: LevelName,
        /// The number of its requirements.
        count: usize,
        /// The greater number of its neighbours.
        beside: usize,
    },
    /// A grade asks what the ladder includes with the same words.
    RepeatsIncluded {
        /// The text of the requirement.
        text: String,
        /// The grade.
        own: LevelName,
        /// The included grade, with its profession.
        included: String,
    },
    /// A grade asks for a skill less deeply than what the ladder includes below it.
    ShallowerThanIncluded {
        /// The title of the skill.
        skill: String,
        /// The grade.
        own: LevelName,
        /// The included grade, with its profession.
        included: String,
    },
}

impl Finding {
    /// The grade that is to be looked at first; `None` if one is missing.
    #[must_use]
    pub const fn grade(&self) -> Option<&LevelName> {
        match self {
            Self::Missing(_) => None,
            Self::Undescribed(grade)
            | Self::Repeated { again: grade, .. }
            | Self::Shallower { shallower: grade, .. }
            | Self::Jump { level: grade, .. }
            | Self::RepeatsIncluded { own: grade, .. }
            | Self::ShallowerThanIncluded { own: grade, .. } => Some(grade),
        }
    }

    /// What tells it from the other findings of a ladder, however its levels are called. When what it is
    /// about changes, this changes too.
    #[must_use]
    pub fn key(&self) -> String {
        let of = |name: &LevelName| name.level().slug();
        match self {
            Self::Undescribed(name) => format!("undescribed {}", of(name)),
            Self::Missing(name) => format!("missing {}", of(name)),
            Self::Repeated { text, first, again } => {
                format!("repeated {} {} {text}", of(first), of(again))
            }
            Self::Shallower { skill, deeper, shallower } => {
                format!("shallower {} {} {skill}", of(deeper), of(shallower))
            }
            Self::Jump { level, count, beside } => format!("jump {} {count} {beside}", of(level)),
            Self::RepeatsIncluded { text, own, included } => {
                format!("repeats included {} {included}: {text}", of(own))
            }
            Self::ShallowerThanIncluded { skill, own, included } => {
                format!("shallower than included {} {included}: {skill}", of(own))
            }
        }
    }
}

/// A jump has at least this many times the requirements of its neighbours,
const JUMP: usize = 2;
/// and at least this many.
const SMALLEST_JUMP: usize = 8;

/// All findings, each kind in the order of the levels.
#[must_use]
pub fn check(ladder: &Ladder, dictionary: &Dictionary) -> Vec<Finding> {
    let grades = ladder.grades();
    let mut findings = Vec::new();
    let undescribed = grades.iter().filter(|grade| !grade.is_described());
    findings.extend(undescribed.map(|grade| Finding::Undescribed(grade.name.clone())));
    if let (Some(lowest), Some(highest)) = (grades.first(), grades.last()) {
        // Inner levels are optional.
        let bases = ladder.scale().levels().iter().filter(|named| named.is_base);
        let bases = bases.map(|named| named.level);
        let between = bases.filter(|base| (lowest.level..highest.level).contains(base));
        let missing = between
            .filter(|base| ladder.grade(*base).is_none() && !inherited::is_supplied(ladder, *base));
        findings.extend(missing.map(|base| Finding::Missing(ladder.name(base))));
    }
    findings.extend(repeated(grades));
    findings.extend(shallower(grades, dictionary));
    findings.extend(jumps(grades));
    findings.extend(inherited::findings(ladder, dictionary));
    findings
}

/// The findings without those about levels that no ladder of the track has; `levels` are those that some has.
#[must_use]
pub fn within_track(findings: Vec<Finding>, levels: &BTreeSet<Level>) -> Vec<Finding> {
    let is_usual = |finding: &Finding| match finding {
        Finding::Missing(name) => levels.contains(&name.level()),
        _ => true,
    };
    findings.into_iter().filter(is_usual).collect()
}

/// Repeated requirements; the same words with a different depth label are not a repetition.
fn repeated(grades: &[Grade]) -> Vec<Finding> {
    let mut asked = HashMap::<(String, Option<Depth>), &LevelName>::new();
    let mut findings = Vec::new();
    for grade in grades {
        for requirement in grade.requirements() {
            let words = requirement.text.to_lowercase();
            match asked.entry((words, Depth::of_label(requirement.kind))) {
                Entry::Occupied(first) => findings.push(Finding::Repeated {
                    text: requirement.text.clone(),
                    first: (*first.get()).clone(),
                    again: grade.name.clone(),
                }),
                Entry::Vacant(first) => {
                    first.insert(&grade.name);
                }
            }
        }
    }
    findings
}

/// Skills that become shallower, by the depths that requirements state.
fn shallower(grades: &[Grade], dictionary: &Dictionary) -> Vec<Finding> {
    let mut deepest = HashMap::<&str, (Depth, &LevelName)>::new();
    let mut findings = Vec::new();
    for grade in grades {
        for requirement in grade.requirements() {
            for skill in &requirement.skills {
                let (Some(depth), slug) = (skill.depth, skill.slug.as_str()) else { continue };
                let (before, deeper) = *deepest.entry(slug).or_insert((depth, &grade.name));
                if depth > before {
                    deepest.insert(slug, (depth, &grade.name));
                } else if depth < before && deeper.level() < grade.level {
                    let skill =
                        dictionary.skill(slug).map_or(slug, |skill| &skill.title).to_owned();
                    let (deeper, shallower) = (deeper.clone(), grade.name.clone());
                    findings.push(Finding::Shallower { skill, deeper, shallower });
                }
            }
        }
    }
    findings
}

fn jumps(grades: &[Grade]) -> Vec<Finding> {
    let asking = grades.iter().filter(|grade| !grade.requirements().is_empty());
    let asking = asking.map(|grade| (&grade.name, grade.requirements().len())).collect::<Vec<_>>();
    let mut findings = Vec::new();
    for (index, (name, count)) in asking.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| asking.get(before));
        let beside = [before, asking.get(index + 1)].into_iter().flatten();
        let Some(beside) = beside.map(|(_, count)| *count).max() else { continue };
        if *count >= SMALLEST_JUMP && *count >= beside * JUMP {
            findings.push(Finding::Jump { level: (*name).clone(), count: *count, beside });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::scale::{Scale, ScaleLevel};
    use super::super::{Description, Level, examples};
    use super::*;

    fn dictionary() -> Dictionary {
        examples::dictionary(&["React", "SQL"])
    }

    fn usual(level: Level) -> LevelName {
        LevelName::standard(level)
    }

    fn found(grades: &[(Level, &str)]) -> Vec<Finding> {
        check(&ladder(grades), &dictionary())
    }

    fn ladder(grades: &[(Level, &str)]) -> Ladder {
        let grade = |(level, text): &(Level, &str)| {
            Grade::new(*level, (!text.is_empty()).then(|| Description::read(text, &dictionary())))
        };
        Ladder::new(grades.iter().map(grade).collect())
    }

    #[test]
    fn a_good_ladder_has_no_findings() {
        let good =
            [(Level::Junior, "- a"), (Level::JuniorPlus, "- b\n- c"), (Level::Middle, "- d")];
        assert_eq!(found(&good), []);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn missing_descriptions_and_base_levels_are_found() {
        let gaps = [(Level::Intern, "- a"), (Level::JuniorPlus, ""), (Level::SeniorPlus, "- b")];
        assert_eq!(
            found(&gaps),
            [
                Finding::Undescribed(usual(Level::JuniorPlus)),
                Finding::Missing(usual(Level::Junior)),
                Finding::Missing(usual(Level::Middle)),
                Finding::Missing(usual(Level::Senior)),
            ]
        );
    }

    #[test]
    fn which_base_levels_are_missed_the_scale_says() {
        let level = |level, title: &str, is_base| ScaleLevel {
            level,
            title: title.into(),
            slug: title.into(),
            is_base,
        };
        let levels = [
            level(Level::Junior, "e1", true),
            level(Level::Middle, "e2", false),
            level(Level::MiddlePlus, "e3", true),
            level(Level::Senior, "e4", false),
        ];
        let scale = Arc::new(Scale::new("E".into(), levels.to_vec()));
        let ladder = ladder(&[(Level::Junior, "- a"), (Level::Senior, "- b")]).on(&scale);
        let missing = Finding::Missing(LevelName::new(&scale, Level::MiddlePlus));
        assert_eq!(check(&ladder, &dictionary()), [missing]);
    }

    #[test]
    fn a_repeated_requirement_is_found() {
        let twice = [(Level::Junior, "- Git"), (Level::Middle, "- SSH\n- Опыт: git")];
        let (first, again) = (usual(Level::Junior), usual(Level::Middle));
        assert_eq!(found(&twice), [Finding::Repeated { text: "git".into(), first, again }]);
    }

    #[test]
    fn a_skill_that_becomes_shallower_is_found() {
        let ladder = [
            (Level::Junior, "- Знакомство: React\n- Средний уровень: SQL"),
            (Level::Middle, "- Сильная экспертиза: React\n- Знает основы SQL"),
            (Level::Senior, "- Средний уровень: React и гибриды\n- Знакомство: SQL, хранилища"),
        ];
        let finding = |skill: &str, deeper, shallower| Finding::Shallower {
            skill: skill.into(),
            deeper: usual(deeper),
            shallower: usual(shallower),
        };
        assert_eq!(
            found(&ladder),
            [
                finding("SQL", Level::Junior, Level::Middle),
                finding("React", Level::Middle, Level::Senior),
                finding("SQL", Level::Junior, Level::Senior),
            ]
        );
    }

    #[test]
    fn a_grade_with_far_more_requirements_than_its_neighbours_is_found() {
        let many = (1..=8).map(|number| format!("- {number}\n")).collect::<Vec<_>>().concat();
        let steep = [(Level::Junior, "- a"), (Level::Middle, &many), (Level::Senior, "- b\n- c")];
        let level = usual(Level::Middle);
        assert_eq!(found(&steep), [Finding::Jump { level, count: 8, beside: 2 }]);
    }
}
