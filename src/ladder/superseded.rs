//! What of the accumulated requirements is in force: a requirement is superseded where higher grades ask
//! for the same skills more deeply.

use std::collections::{BTreeSet, HashMap};

use super::{Asked, Depth, InBlock, Ladder, Level, NamedSkill, Requirement, by_block};

/// A requirement that is in force, with those it supersedes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// The requirement.
    pub asked: Asked,
    /// What lower grades ask that it asks more deeply, lowest level first.
    pub superseded: Vec<Asked>,
}

impl InForce {
    /// Items of one grade by block.
    #[must_use]
    pub fn by_block(items: &[Self]) -> Vec<InBlock<'_, Self>> {
        by_block(items, |item| &item.asked.requirement)
    }
}

impl Ladder {
    /// What is in force at a level, lowest level first: the requirements of the level and of all grades
    /// below it, each superseded one under that by which all its skills are asked more deeply, or by
    /// which it is required where it was only desirable.
    #[must_use]
    pub fn in_force(&self, level: Level) -> Vec<InForce> {
        let asked = self.accumulated(level);
        let replacing = Replacing::new(&asked);
        let is_in_force = asked.iter().map(|lower| !replacing.replace(lower)).collect::<Vec<_>>();
        let (mut in_force, mut superseded) = (Vec::new(), Vec::new());
        for (asked, is_in_force) in asked.into_iter().zip(is_in_force) {
            if is_in_force {
                in_force.push(InForce { asked, superseded: Vec::new() });
            } else {
                superseded.push(asked);
            }
        }
        for lower in superseded {
            let place = in_force.iter().position(|item| requires(&item.asked, &lower));
            if let Some(higher) = place.and_then(|place| in_force.get_mut(place)) {
                higher.superseded.push(lower);
                continue;
            }
            // What deepens a skill of something superseded deepens it too, so there is always one.
            let deepens = |skill: &NamedSkill| {
                in_force.iter().position(|item| deepens(&item.asked, &lower, skill))
            };
            let place = lower.requirement.skills.iter().filter_map(deepens).max();
            if let Some(higher) = place.and_then(|place| in_force.get_mut(place)) {
                higher.superseded.push(lower);
            }
        }
        in_force
    }

    /// The number of requirements in force at a level; one that two grades ask counts once.
    #[must_use]
    pub fn in_force_count(&self, level: Level) -> usize {
        let in_force = self.in_force(level);
        let ids = in_force.iter().map(|item| item.asked.requirement.id.as_str());
        ids.collect::<BTreeSet<_>>().len()
    }
}

/// What may replace a requirement of a lower grade, so that not every pair has to be compared.
struct Replacing<'a> {
    /// By the skills that they ask for at a depth.
    deeper: HashMap<&'a str, Vec<&'a Asked>>,
    /// The required ones by id.
    required: HashMap<&'a str, Vec<&'a Asked>>,
}

impl<'a> Replacing<'a> {
    fn new(all: &'a [Asked]) -> Self {
        let (mut deeper, mut required) = (HashMap::new(), HashMap::new());
        for asked in all {
            let named = asked.requirement.skills.iter().filter(|skill| skill.depth.is_some());
            for skill in named.filter(|_| is_of_depth(&asked.requirement)) {
                deeper.entry(skill.slug.as_str()).or_insert_with(Vec::new).push(asked);
            }
            if !asked.requirement.is_optional {
                let id = asked.requirement.id.as_str();
                required.entry(id).or_insert_with(Vec::new).push(asked);
            }
        }
        Self { deeper, required }
    }

    /// Whether higher grades ask for every skill of a requirement more deeply, or require what is only
    /// desirable.
    fn replace(&self, lower: &Asked) -> bool {
        let skills = &lower.requirement.skills;
        let is_deeper = |skill: &NamedSkill| {
            let deeper = self.deeper.get(skill.slug.as_str()).into_iter().flatten();
            deeper.into_iter().any(|higher| deepens(higher, lower, skill))
        };
        let required = self.required.get(lower.requirement.id.as_str()).into_iter().flatten();
        (!skills.is_empty() && skills.iter().all(is_deeper))
            || required.into_iter().any(|higher| requires(higher, lower))
    }
}

/// Whether a requirement of a higher grade is the same as an optional one of a lower grade.
fn requires(higher: &Asked, lower: &Asked) -> bool {
    lower.requirement.is_optional
        && !higher.requirement.is_optional
        && higher.step > lower.step
        && higher.requirement.id == lower.requirement.id
}

/// Whether a requirement of a higher grade asks for a skill of a lower one's more deeply. Of
/// requirements without a label only those count that say nothing but skills and depths: «хорошо знает
/// процессы проекта» and «отлично знает процессы магазина» are not of the same thing.
fn deepens(higher: &Asked, lower: &Asked, skill: &NamedSkill) -> bool {
    higher.step > lower.step
        // What is only desirable replaces nothing that is required.
        && (lower.requirement.is_optional || !higher.requirement.is_optional)
        && skill.depth.is_some()
        && is_of_depth(&lower.requirement)
        && is_of_depth(&higher.requirement)
        && higher.requirement.named(&skill.slug).is_some_and(|asked| asked.depth > skill.depth)
}

fn is_of_depth(requirement: &Requirement) -> bool {
    !requirement.is_deed()
        && (Depth::of_label(requirement.kind).is_some() || !requirement.says_more)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Description, Grade, examples};
    use super::*;

    fn ladder(texts: &[&str]) -> Ladder {
        let dictionary = examples::dictionary(&["Git", "React", "SQL"]);
        let grade = |(level, text): (Level, &&str)| {
            Grade::new(level, Some(Description::read(text, &dictionary)))
        };
        Ladder::new(Level::ALL.into_iter().zip(texts).map(grade).collect())
    }

    /// The requirements in force at the top, each with those under it.
    fn in_force(texts: &[&str]) -> Vec<String> {
        let name = |asked: &Asked| {
            let label = asked.requirement.kind.map(|kind| format!("{}: ", kind.label()));
            format!("{}{}", label.unwrap_or_default(), asked.requirement.text)
        };
        let items = ladder(texts).in_force(Level::SeniorPlusPlus).into_iter();
        let item = |item: InForce| {
            let under = item.superseded.iter().map(name).collect::<Vec<_>>();
            match under.as_slice() {
                [] => name(&item.asked),
                under => format!("{} ({})", name(&item.asked), under.join("; ")),
            }
        };
        items.map(item).collect()
    }

    #[test]
    fn a_deeper_requirement_of_a_higher_grade_supersedes_a_lower_one() {
        assert_eq!(
            in_force(&[
                "- Знакомство: React",
                "- Средний уровень: React\n- Знает основы SQL\n- Git",
                "- Сильная экспертиза: React, Git\n- Уверенно владеет SQL",
            ]),
            [
                "Git",
                "Сильная экспертиза: React, Git (Знакомство: React; Средний уровень: React)",
                "Уверенно владеет SQL (Знает основы SQL)",
            ]
        );
    }

    #[test]
    fn what_becomes_required_replaces_the_wish_for_it() {
        let wish = "- Желательно: Git";
        assert_eq!(in_force(&[wish, "- Git"]), ["Git (Git)"]);
        assert_eq!(in_force(&["- Git", wish]), ["Git", "Git"]);
        assert_eq!(
            in_force(&["- Знакомство: Git", "- Желательно: Сильная экспертиза: Git"]).len(),
            2
        );
        assert_eq!(in_force(&["- Желательно: Знакомство: Git", "- Средний уровень: Git"]).len(), 1);
    }

    #[test]
    fn several_requirements_may_supersede_one_together() {
        assert_eq!(
            in_force(&[
                "- Знакомство: React, Git",
                "- Сильная экспертиза: React",
                "- Средний уровень: Git, SQL",
            ]),
            ["Сильная экспертиза: React", "Средний уровень: Git, SQL (Знакомство: React, Git)",]
        );
    }

    #[test]
    fn what_is_not_asked_more_deeply_of_the_same_skills_stays_in_force() {
        for (lower, higher) in [
            ("- Средний уровень: React, SQL", "- Сильная экспертиза: React"),
            ("- Сильная экспертиза: React", "- Средний уровень: React"),
            ("- Средний уровень: React", "- Средний уровень: React, SQL"),
            ("- React", "- Сильная экспертиза: React"),
            ("- Опыт: год с React", "- Сильная экспертиза: React"),
            ("- Средний уровень: React", "- Пакет: отличный, для React"),
            ("- Хорошо знает SQL магазина", "- Сильная экспертиза: SQL"),
            ("- Средний уровень: SQL", "- Отлично знает SQL магазина"),
            ("- Без навыков", "- Сильная экспертиза: React"),
        ] {
            assert_eq!(in_force(&[lower, higher]).len(), 2, "{lower}, {higher}");
        }
        assert_eq!(in_force(&["- Знакомство: Git\n- Средний уровень: Git"]).len(), 2);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_what_is_in_force_is_not_superseded(
            texts in prop::collection::vec(
                "(- ((Знакомство|Средний уровень|Сильная экспертиза|Опыт): )?(git|react|sql)(, (git|react|sql))?( иначе)?\n){0,4}",
                0..=6,
            ),
        ) {
            let ladder = ladder(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            for level in Level::ALL {
                let in_force = ladder.in_force(level);
                let mut all = in_force
                    .iter()
                    .flat_map(|item| std::iter::once(&item.asked).chain(&item.superseded))
                    .map(|asked| (asked.level, asked.requirement.id.clone()))
                    .collect::<Vec<_>>();
                let mut expected = ladder
                    .accumulated(level)
                    .into_iter()
                    .map(|asked| (asked.level, asked.requirement.id))
                    .collect::<Vec<_>>();
                all.sort();
                expected.sort();
                prop_assert_eq!(all, expected);
                for (one, other) in in_force.iter().zip(in_force.iter().skip(1)) {
                    prop_assert!(one.asked.level <= other.asked.level);
                }
                for item in &in_force {
                    for lower in &item.superseded {
                        let skills = &lower.requirement.skills;
                        let under = |skill: &NamedSkill| deepens(&item.asked, lower, skill);
                        prop_assert!(skills.iter().any(under));
                        let is_deeper = |skill: &NamedSkill| {
                            in_force.iter().any(|other| deepens(&other.asked, lower, skill))
                        };
                        prop_assert!(skills.iter().all(is_deeper));
                    }
                    let skills = &item.asked.requirement.skills;
                    let is_deeper = |skill: &NamedSkill| {
                        in_force.iter().any(|other| deepens(&other.asked, &item.asked, skill))
                    };
                    prop_assert!(skills.is_empty() || !skills.iter().all(is_deeper));
                }
            }
        }
    }
}
