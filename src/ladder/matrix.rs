//! Two tables: the skills of one ladder by grade, and the skills of one level by ladder.

use std::collections::HashMap;

use super::{Depth, Ladder, Level};

/// One skill at each grade of a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillRow {
    /// The slug of the skill.
    pub skill: String,
    /// One cell for each grade, lowest first.
    pub cells: Vec<SkillCell>,
}

/// One skill at one grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkillCell {
    /// Neither this grade nor one below it names the skill.
    Absent,
    /// The grade itself asks for it, at most this deep.
    Asked(Depth),
    /// Only a lower grade asks for it.
    Kept,
}

/// The skills a ladder names, in the order they first appear: by grade, then by text.
#[must_use]
pub fn skills_by_grade(ladder: &Ladder) -> Vec<SkillRow> {
    let grades = ladder.grades();
    let mut rows = Vec::<SkillRow>::new();
    let mut places = HashMap::new();
    for (column, grade) in grades.iter().enumerate() {
        for requirement in grade.requirements() {
            for skill in &requirement.skills {
                let place = *places.entry(skill.as_str()).or_insert(rows.len());
                if place == rows.len() {
                    // Kept at all higher grades unless they ask for it again.
                    let mut cells = vec![SkillCell::Absent; column];
                    cells.resize(grades.len(), SkillCell::Kept);
                    rows.push(SkillRow { skill: skill.clone(), cells });
                }
                let depth = Depth::of(requirement);
                let cell = &mut rows[place].cells[column];
                *cell = match *cell {
                    SkillCell::Asked(asked) => SkillCell::Asked(asked.max(depth)),
                    SkillCell::Absent | SkillCell::Kept => SkillCell::Asked(depth),
                };
            }
        }
    }
    rows
}

/// One skill in several ladders at one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedSkill {
    /// The slug of the skill.
    pub skill: String,
    /// The ladders that ask for it at the level or below, each with the greatest depth.
    depths: Vec<(usize, Depth)>,
}

impl SharedSkill {
    /// How deep the ladder asks for it; `None` if it does not.
    #[must_use]
    pub fn at(&self, ladder: usize) -> Option<Depth> {
        let place = self.depths.binary_search_by_key(&ladder, |(asking, _)| *asking);
        place.ok().map(|place| self.depths[place].1)
    }
}

/// One level of several ladders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Across {
    /// The skills that at least two ladders ask for, most common first; with a single ladder all its
    /// skills.
    pub shared: Vec<SharedSkill>,
    /// For each ladder the number of skills that no other ladder asks for.
    pub alone: Vec<usize>,
}

/// The skills that several ladders ask for at a level and below.
///
/// Each of `skills` comes with the indices of the ladders that name it, and for each ladder with the
/// grades at which the skill appears or deepens, lowest first. Equally common skills stay in order.
#[must_use]
pub fn skills_across<'a, A>(
    level: Level,
    ladders: usize,
    skills: impl IntoIterator<Item = (String, A)>,
) -> Across
where
    A: IntoIterator<Item = (usize, &'a [(Level, Depth)])>,
{
    let mut across = Across { shared: Vec::new(), alone: vec![0; ladders] };
    for (skill, appearances) in skills {
        let depth = |steps: &[(Level, Depth)]| {
            let asked = steps.iter().rev().find(|(asked_at, _)| *asked_at <= level);
            asked.map(|(_, depth)| *depth)
        };
        let asking = appearances.into_iter();
        let mut depths =
            asking.filter_map(|(ladder, steps)| Some((ladder, depth(steps)?))).collect::<Vec<_>>();
        depths.sort_by_key(|(ladder, _)| *ladder);
        match depths.as_slice() {
            [] => {}
            [(ladder, _)] if ladders > 1 => across.alone[*ladder] += 1,
            _ => across.shared.push(SharedSkill { skill, depths }),
        }
    }
    across.shared.sort_by_key(|skill| std::cmp::Reverse(skill.depths.len()));
    across
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::skill::{Dictionary, Skill};
    use super::super::{Description, Grade};
    use super::*;

    const SKILLS: [&str; 4] = ["git", "ssh", "rust", "go"];

    fn ladder(texts: &[Option<&str>]) -> Ladder {
        let skill = |slug: &&str| Skill {
            slug: (*slug).into(),
            title: (*slug).into(),
            category: "Навыки".into(),
            link: None,
            aliases: Vec::new(),
            hidden_aliases: Vec::new(),
        };
        let dictionary = Dictionary::new(SKILLS.iter().map(skill).collect()).unwrap();
        let grade = |(level, text): (Level, Option<&str>)| Grade {
            level,
            description: text.map(|text| Description::read(text, &dictionary)),
        };
        Ladder::new(Level::ALL.into_iter().zip(texts.iter().copied()).map(grade).collect())
    }

    fn row(skill: &str, cells: &[SkillCell]) -> SkillRow {
        SkillRow { skill: skill.into(), cells: cells.into() }
    }

    #[test]
    fn skills_are_in_the_order_of_their_first_appearance() {
        use SkillCell::{Absent, Asked, Kept};
        let ladder = ladder(&[
            Some("- Знает основы SSH и Git"),
            None,
            Some("- Rust\n- Сильная экспертиза: Git"),
            Some("Заметка о Go."),
        ]);
        assert_eq!(
            skills_by_grade(&ladder),
            [
                row("ssh", &[Asked(Depth::Acquaintance), Kept, Kept, Kept]),
                row("git", &[Asked(Depth::Acquaintance), Kept, Asked(Depth::Strong), Kept]),
                row("rust", &[Absent, Absent, Asked(Depth::Working), Kept]),
            ]
        );
        assert_eq!(skills_by_grade(&Ladder::new(Vec::new())), []);
    }

    #[test]
    fn the_deepest_of_several_requirements_of_a_grade_counts() {
        let texts = ["- Знакомство: Git\n- Отлично знает Git\n- Git", "- Знакомство: Git"];
        let rows = skills_by_grade(&ladder(&texts.map(Some)));
        let asked = [Depth::Strong, Depth::Acquaintance].map(SkillCell::Asked);
        assert_eq!(rows, [row("git", &asked)]);
    }

    /// [`skills_across`] for these ladders.
    fn across(level: Level, ladders: &[Ladder]) -> Across {
        let skills = SKILLS.map(|skill| {
            let steps = ladders.iter().map(|ladder| steps(ladder, skill)).enumerate();
            (skill.to_owned(), steps.filter(|(_, steps)| !steps.is_empty()).collect::<Vec<_>>())
        });
        let skills = skills.iter().map(|(skill, steps)| {
            let steps = steps.iter().map(|(ladder, steps)| (*ladder, steps.as_slice()));
            (skill.clone(), steps)
        });
        skills_across(level, ladders.len(), skills)
    }

    /// The grades of a ladder at which a skill appears or deepens.
    fn steps(ladder: &Ladder, skill: &str) -> Vec<(Level, Depth)> {
        let mut steps = Vec::<(Level, Depth)>::new();
        for grade in ladder.grades() {
            let asking = grade.requirements().iter();
            let asking = asking.filter(|asks| asks.skills.iter().any(|name| name == skill));
            if let Some(depth) = asking.map(Depth::of).max()
                && steps.last().is_none_or(|(_, before)| depth > *before)
            {
                steps.push((grade.level, depth));
            }
        }
        steps
    }

    #[test]
    fn the_most_common_skills_are_first_and_those_of_a_single_ladder_are_counted() {
        let ladders = [
            ladder(&[Some("- Знакомство: Git"), Some("- SSH\n- Сильная экспертиза: Git")]),
            ladder(&[Some("- SSH и Git"), Some("- Rust")]),
            ladder(&[Some("- SSH"), None, Some("- Go")]),
        ];
        let depths = |across: &Across| {
            let skills = across.shared.iter().map(|row| {
                let depths = (0..3).map(|ladder| row.at(ladder).map_or(0, Depth::rank));
                (row.skill.clone(), depths.collect::<Vec<_>>())
            });
            skills.collect::<Vec<_>>()
        };
        let at_junior = across(Level::Junior, &ladders);
        let expected = [("ssh".to_owned(), vec![2, 2, 2]), ("git".to_owned(), vec![3, 2, 0])];
        assert_eq!(depths(&at_junior), expected);
        assert_eq!(at_junior.alone, [0, 1, 0]);
        let at_intern = across(Level::Intern, &ladders);
        let expected = [("git".to_owned(), vec![1, 2, 0]), ("ssh".to_owned(), vec![0, 2, 2])];
        assert_eq!(depths(&at_intern), expected);
        // With a single ladder all its skills are listed.
        let one = across(Level::Junior, &ladders[1..2]);
        assert_eq!((one.shared.len(), one.alone), (3, vec![0]));
        assert_eq!(across(Level::Junior, &[]), Across::default());
    }

    proptest! {
        #[test]
        fn a_level_has_the_accumulated_skills_of_its_ladder(
            texts in prop::collection::vec(
                prop::collection::vec(
                    prop::option::of(
                        "(- (Знакомство: |Сильная экспертиза: )?(git|ssh|rust|go)\n){0,3}",
                    ),
                    1..=4,
                ),
                1..=4,
            ),
            rank in 0_usize..4,
        ) {
            let level = Level::ALL[rank];
            let ladders = texts.iter().map(|texts| {
                ladder(&texts.iter().map(Option::as_deref).collect::<Vec<_>>())
            });
            let ladders = ladders.collect::<Vec<_>>();
            let across = across(level, &ladders);
            for skill in SKILLS {
                let depths = ladders.iter().map(|ladder| {
                    let below = ladder.grades().iter().filter(|grade| grade.level <= level);
                    let asking = below.flat_map(Grade::requirements);
                    let asking = asking.filter(|asks| asks.skills.iter().any(|name| name == skill));
                    asking.map(Depth::of).max()
                });
                let depths = depths.collect::<Vec<_>>();
                let count = depths.iter().flatten().count();
                let row = across.shared.iter().find(|row| row.skill == skill);
                prop_assert_eq!(row.is_some(), count > 1 || (count == 1 && ladders.len() == 1));
                if let Some(row) = row {
                    let found = (0..ladders.len()).map(|ladder| row.at(ladder));
                    prop_assert_eq!(found.collect::<Vec<_>>(), depths);
                }
            }
        }

        #[test]
        fn every_cell_agrees_with_the_requirements_of_its_grade_and_those_below(
            texts in prop::collection::vec(
                prop::option::of(
                    "(- (Знакомство: |Сильная экспертиза: )?(git|ssh|rust|go|ничего)( и git)?\n){0,4}",
                ),
                0..=10,
            ),
        ) {
            let ladder = ladder(&texts.iter().map(Option::as_deref).collect::<Vec<_>>());
            let rows = skills_by_grade(&ladder);
            for skill in SKILLS {
                let found = rows.iter().filter(|row| row.skill == skill).collect::<Vec<_>>();
                let depths = ladder.grades().iter().map(|grade| {
                    let asking = grade.requirements().iter();
                    let asking = asking.filter(|asks| asks.skills.iter().any(|name| name == skill));
                    asking.map(Depth::of).max()
                });
                let mut is_known = false;
                let cells = depths.map(|depth| match depth {
                    Some(depth) => {
                        is_known = true;
                        SkillCell::Asked(depth)
                    }
                    None if is_known => SkillCell::Kept,
                    None => SkillCell::Absent,
                });
                let cells = cells.collect::<Vec<_>>();
                prop_assert_eq!(found.len(), usize::from(is_known));
                prop_assert!(found.iter().all(|row| row.cells == cells));
            }
        }
    }
}
