//! What an editor should look at in a ladder.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::skill::Dictionary;
use super::{Depth, Grade, Ladder, Level};

/// Something in a ladder that is seldom meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nobody described the grade.
    Undescribed(Level),
    /// The ladder has a lower and a higher level, but not this base level between them.
    Missing(Level),
    /// Two grades ask the same.
    Repeated {
        /// The words.
        text: String,
        /// The grade that asks it first.
        first: Level,
        /// The grade that asks it again.
        again: Level,
    },
    /// A grade asks a skill less deeply than one under it, by their labels.
    Shallower {
        /// The skill, by its name on pages.
        skill: String,
        /// The grade that asks it more deeply.
        deeper: Level,
        /// The higher grade that asks it less deeply.
        shallower: Level,
    },
    /// The grade asks far more than the described ones beside it.
    Jump {
        /// The grade.
        level: Level,
        /// How much it asks.
        count: usize,
        /// The most that one beside it asks.
        beside: usize,
    },
}

/// Inner levels are left out at will; a base level is not.
const BASE: [Level; 4] = [Level::Intern, Level::Junior, Level::Middle, Level::Senior];

/// A jump asks this many times what is asked beside it,
const JUMP: usize = 2;
/// and is never smaller than this.
const SMALLEST_JUMP: usize = 8;

/// Everything worth looking at, in the order of the levels.
#[must_use]
pub fn check(ladder: &Ladder, dictionary: &Dictionary) -> Vec<Finding> {
    let grades = ladder.grades();
    let mut findings = Vec::new();
    let undescribed = grades.iter().filter(|grade| !grade.is_described());
    findings.extend(undescribed.map(|grade| Finding::Undescribed(grade.level)));
    if let (Some(lowest), Some(highest)) = (grades.first(), grades.last()) {
        let between = BASE.into_iter().filter(|base| (lowest.level..highest.level).contains(base));
        let missing = between.filter(|base| ladder.grade(*base).is_none());
        findings.extend(missing.map(Finding::Missing));
    }
    findings.extend(repeated(grades));
    findings.extend(shallower(grades, dictionary));
    findings.extend(jumps(grades));
    findings
}

/// The same words under a deeper label are no repetition.
fn repeated(grades: &[Grade]) -> Vec<Finding> {
    let mut asked = HashMap::<(String, Option<Depth>), Level>::new();
    let mut findings = Vec::new();
    for grade in grades {
        for requirement in grade.requirements() {
            let words = requirement.text.to_lowercase();
            match asked.entry((words, Depth::of_label(requirement.kind))) {
                Entry::Occupied(first) => findings.push(Finding::Repeated {
                    text: requirement.text.clone(),
                    first: *first.get(),
                    again: grade.level,
                }),
                Entry::Vacant(first) => {
                    first.insert(grade.level);
                }
            }
        }
    }
    findings
}

/// Only labels count: words such as «основы» may speak of something else than the skill.
fn shallower(grades: &[Grade], dictionary: &Dictionary) -> Vec<Finding> {
    let mut deepest = HashMap::<&str, (Depth, Level)>::new();
    let mut findings = Vec::new();
    for grade in grades {
        for requirement in grade.requirements() {
            let Some(depth) = Depth::of_label(requirement.kind) else { continue };
            for slug in &requirement.skills {
                let (before, deeper) = *deepest.entry(slug).or_insert((depth, grade.level));
                if depth > before {
                    deepest.insert(slug, (depth, grade.level));
                } else if depth < before && deeper < grade.level {
                    let skill = dictionary.skill(slug).map_or(slug, |skill| &skill.title).clone();
                    findings.push(Finding::Shallower { skill, deeper, shallower: grade.level });
                }
            }
        }
    }
    findings
}

fn jumps(grades: &[Grade]) -> Vec<Finding> {
    let asking = grades.iter().filter(|grade| !grade.requirements().is_empty());
    let asking = asking.map(|grade| (grade.level, grade.requirements().len())).collect::<Vec<_>>();
    let mut findings = Vec::new();
    for (index, (level, count)) in asking.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| asking.get(before));
        let beside = [before, asking.get(index + 1)].into_iter().flatten();
        let Some(beside) = beside.map(|(_, count)| *count).max() else { continue };
        if *count >= SMALLEST_JUMP && *count >= beside * JUMP {
            findings.push(Finding::Jump { level: *level, count: *count, beside });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::Description;
    use super::super::skill::Skill;
    use super::*;

    fn dictionary() -> Dictionary {
        let skill = |title: &str| Skill {
            slug: title.to_lowercase(),
            title: title.into(),
            category: "Навыки".into(),
            link: None,
            aliases: Vec::new(),
        };
        Dictionary::new(["React", "SQL"].map(skill).to_vec()).unwrap()
    }

    fn found(grades: &[(Level, &str)]) -> Vec<Finding> {
        check(&ladder(grades), &dictionary())
    }

    fn ladder(grades: &[(Level, &str)]) -> Ladder {
        let grade = |(level, text): &(Level, &str)| Grade {
            level: *level,
            description: (!text.is_empty()).then(|| Description::read(text, &dictionary())),
        };
        Ladder::new(grades.iter().map(grade).collect())
    }

    #[test]
    fn a_good_ladder_has_nothing_to_look_at() {
        let good =
            [(Level::Junior, "- a"), (Level::JuniorPlus, "- b\n- c"), (Level::Middle, "- d")];
        assert_eq!(found(&good), []);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn what_is_missing_is_found() {
        let gaps = [(Level::Intern, "- a"), (Level::JuniorPlus, ""), (Level::SeniorPlus, "- b")];
        assert_eq!(
            found(&gaps),
            [
                Finding::Undescribed(Level::JuniorPlus),
                Finding::Missing(Level::Junior),
                Finding::Missing(Level::Middle),
                Finding::Missing(Level::Senior),
            ]
        );
    }

    #[test]
    fn what_is_asked_twice_is_found() {
        let twice = [(Level::Junior, "- Git"), (Level::Middle, "- SSH\n- Опыт: git")];
        let (first, again) = (Level::Junior, Level::Middle);
        assert_eq!(found(&twice), [Finding::Repeated { text: "git".into(), first, again }]);
    }

    #[test]
    fn a_skill_that_gets_shallower_is_found() {
        let ladder = [
            (Level::Junior, "- Знакомство: React\n- Средний уровень: SQL"),
            (Level::Middle, "- Сильная экспертиза: React\n- Знает основы SQL"),
            (Level::Senior, "- Средний уровень: React и гибриды\n- Знакомство: SQL, хранилища"),
        ];
        let finding = |skill: &str, deeper| Finding::Shallower {
            skill: skill.into(),
            deeper,
            shallower: Level::Senior,
        };
        assert_eq!(
            found(&ladder),
            [finding("React", Level::Middle), finding("SQL", Level::Junior)]
        );
    }

    #[test]
    fn a_grade_that_asks_far_more_than_those_beside_it_is_found() {
        let many = (1..=8).map(|number| format!("- {number}\n")).collect::<Vec<_>>().concat();
        let steep = [(Level::Junior, "- a"), (Level::Middle, &many), (Level::Senior, "- b\n- c")];
        let level = Level::Middle;
        assert_eq!(found(&steep), [Finding::Jump { level, count: 8, beside: 2 }]);
    }
}
