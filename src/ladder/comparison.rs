//! Comparing two grades of the same ladder or of different ones.

use std::collections::HashMap;

use super::words::normalized;
use super::{Depth, Kind, Ladder, Level, Requirement};

/// A requirement and the level that asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The level.
    pub level: Level,
    /// The requirement.
    pub requirement: Requirement,
}

/// A requirement of the target grade that the start grade does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The requirement and its level.
    pub asked: Asked,
    /// Slugs of its skills that the start asks for less deeply.
    pub deepened: Vec<String>,
    /// Slugs of its skills that the start already asks for as deeply.
    pub known: Vec<String>,
}

/// The differences between two grades. Grades accumulate, so each includes all grades below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Requirements of the target only, lowest level first.
    pub added: Vec<Added>,
    /// Requirements of both, as the target words them, lowest level first.
    pub carried_over: Vec<Asked>,
    /// Requirements of the start only, lowest level first.
    pub dropped: Vec<Asked>,
}

/// Two requirements with the same kind and the same normalized text are equal.
type Key = (Option<Kind>, String);

impl Comparison {
    /// Compares a grade of one ladder with a grade of the same or another one.
    #[must_use]
    pub fn new((from, start): (&Ladder, Level), (to, target): (&Ladder, Level)) -> Self {
        let (asked_before, asked_after) = (from.accumulated(start), to.accumulated(target));
        let depths = depths(&asked_before);
        let mut unmatched = HashMap::<Key, usize>::new();
        for asked in &asked_before {
            *unmatched.entry(key(&asked.requirement)).or_default() += 1;
        }
        let mut comparison = Self::default();
        for asked in asked_after {
            match unmatched.get_mut(&key(&asked.requirement)) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    comparison.carried_over.push(asked);
                }
                _ => comparison.added.push(Added::new(asked, &depths)),
            }
        }
        // What is still unmatched was dropped; of two equal requirements the later one.
        for asked in asked_before.into_iter().rev() {
            if let Some(left) = unmatched.get_mut(&key(&asked.requirement))
                && *left > 0
            {
                *left -= 1;
                comparison.dropped.push(asked);
            }
        }
        comparison.dropped.reverse();
        comparison
    }

    /// Added requirements that deepen no skill.
    pub fn new_requirements(&self) -> impl Iterator<Item = &Added> {
        self.added.iter().filter(|added| added.deepened.is_empty())
    }

    /// Added requirements that deepen a skill.
    pub fn deepened(&self) -> impl Iterator<Item = &Added> {
        self.added.iter().filter(|added| !added.deepened.is_empty())
    }
}

impl Added {
    fn new(asked: Asked, depths: &HashMap<String, Depth>) -> Self {
        let wanted = Depth::of(&asked.requirement);
        let (mut deepened, mut known) = (Vec::new(), Vec::new());
        for skill in &asked.requirement.skills {
            match depths.get(skill) {
                Some(depth) if *depth < wanted => deepened.push(skill.clone()),
                Some(_) => known.push(skill.clone()),
                None => {}
            }
        }
        Self { asked, deepened, known }
    }
}

impl Ladder {
    /// The requirements of a level and all grades below it, lowest level first.
    #[must_use]
    pub fn accumulated(&self, level: Level) -> Vec<Asked> {
        let grades = self.grades().iter().take_while(|grade| grade.level <= level);
        let asked = grades.flat_map(|grade| {
            let level = grade.level;
            grade
                .requirements()
                .iter()
                .cloned()
                .map(move |requirement| Asked { level, requirement })
        });
        asked.collect()
    }
}

/// For each skill slug the greatest depth it is asked for.
pub(super) fn depths(asked: &[Asked]) -> HashMap<String, Depth> {
    let mut depths = HashMap::<String, Depth>::new();
    for asked in asked {
        let depth = Depth::of(&asked.requirement);
        for skill in &asked.requirement.skills {
            let known = depths.entry(skill.clone()).or_insert(depth);
            *known = depth.max(*known);
        }
    }
    depths
}

fn key(requirement: &Requirement) -> Key {
    (requirement.kind, normalized(&requirement.text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::skill::{Dictionary, Skill};
    use super::super::{Description, Grade};
    use super::*;

    fn ladder(grades: &[(Level, &str)]) -> Ladder {
        let skill = |title: &str| Skill {
            slug: title.to_lowercase(),
            title: title.into(),
            category: "Навыки".into(),
            link: None,
            aliases: Vec::new(),
            hidden_aliases: Vec::new(),
        };
        let dictionary = Dictionary::new(["Git", "React", "SQL"].map(skill).to_vec()).unwrap();
        let grade = |(level, text): &(Level, &str)| Grade {
            level: *level,
            description: Some(Description::read(text, &dictionary)),
        };
        Ladder::new(grades.iter().map(grade).collect())
    }

    fn texts(asked: &[Asked]) -> Vec<&str> {
        asked.iter().map(|asked| asked.requirement.text.as_str()).collect()
    }

    fn added(comparison: &Comparison) -> Vec<&str> {
        comparison.added.iter().map(|added| added.asked.requirement.text.as_str()).collect()
    }

    #[test]
    fn a_higher_grade_adds_deepens_and_carries_over() {
        let ladder = ladder(&[
            (Level::Junior, "- Знакомство: React\n- Git"),
            (Level::Middle, "- Сильная экспертиза: React\n- Знакомство: SQL\n- Git для команды"),
        ]);
        let comparison = Comparison::new((&ladder, Level::Junior), (&ladder, Level::Middle));
        assert_eq!(texts(&comparison.carried_over), ["React", "Git"]);
        assert_eq!(added(&comparison), ["React", "SQL", "Git для команды"]);
        assert_eq!(comparison.added[0].deepened, ["react"]);
        assert_eq!(comparison.added[2].known, ["git"]);
        let new = comparison.new_requirements().map(|added| added.asked.requirement.text.as_str());
        assert_eq!(new.collect::<Vec<_>>(), ["SQL", "Git для команды"]);
        assert_eq!(comparison.deepened().count(), 1);
        assert!(comparison.dropped.is_empty());
    }

    #[test]
    fn equal_requirements_of_another_ladder_are_carried_over() {
        let (one, other) = (
            ladder(&[(Level::Middle, "- Пишет  «чистый» код.\n- React\n- React")]),
            ladder(&[(Level::Junior, "- пишет чистый код\n- React\n- Знакомство: React")]),
        );
        let comparison = Comparison::new((&one, Level::Middle), (&other, Level::Junior));
        assert_eq!(texts(&comparison.carried_over), ["пишет чистый код", "React"]);
        assert_eq!(added(&comparison), ["React"]);
        assert_eq!(texts(&comparison.dropped), ["React"]);
    }

    fn some_ladder() -> impl Strategy<Value = Ladder> {
        let item = prop::sample::select(vec![
            "React",
            "Знакомство: React",
            "Сильная экспертиза: React",
            "Git",
            "git.",
            "SQL и Git",
            "—",
        ]);
        let grade = (0..10_usize, prop::collection::vec(item, 0..5));
        prop::collection::vec(grade, 0..5).prop_map(|grades| {
            let text = |items: &Vec<&str>| {
                items.iter().map(|item| ["- ", *item, "\n"].concat()).collect::<Vec<_>>().concat()
            };
            let grades = grades.iter().map(|(level, items)| (Level::ALL[*level], text(items)));
            let grades = grades.collect::<Vec<_>>();
            ladder(&grades.iter().map(|(level, text)| (*level, text.as_str())).collect::<Vec<_>>())
        })
    }

    proptest! {
        #[test]
        fn added_and_carried_over_make_up_the_target_and_swapping_exchanges_added_and_dropped(
            from in some_ladder(), to in some_ladder(), start in 0..10_usize, target in 0..10_usize,
        ) {
            let (start, target) = (Level::ALL[start], Level::ALL[target]);
            let there = Comparison::new((&from, start), (&to, target));
            let back = Comparison::new((&to, target), (&from, start));
            check(&there, &back, &to.accumulated(target))?;
        }
    }

    /// Properties of any two grades.
    fn check(there: &Comparison, back: &Comparison, target: &[Asked]) -> Result<(), TestCaseError> {
        let sorted = |asked: Vec<&Asked>| {
            let mut keys = asked
                .iter()
                .map(|asked| (asked.level, key(&asked.requirement).1))
                .collect::<Vec<_>>();
            keys.sort();
            keys
        };
        let added = |comparison: &'_ Comparison| {
            comparison.added.iter().map(|added| added.asked.clone()).collect::<Vec<_>>()
        };
        let (added_there, added_back) = (added(there), added(back));
        let whole = added_there.iter().chain(&there.carried_over).collect();
        prop_assert_eq!(sorted(whole), sorted(target.iter().collect()));
        prop_assert_eq!(
            sorted(added_back.iter().collect()),
            sorted(there.dropped.iter().collect())
        );
        prop_assert_eq!(
            sorted(added_there.iter().collect()),
            sorted(back.dropped.iter().collect())
        );
        prop_assert_eq!(there.carried_over.len(), back.carried_over.len());
        Ok(())
    }
}
