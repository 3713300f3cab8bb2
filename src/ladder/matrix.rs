//! Two tables: the skills of one ladder by grade, and the skills of one level by ladder.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Depth, Heading, Ladder, Level};

/// One skill at each grade of a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillRow {
    /// The slug of the skill.
    pub skill: String,
    /// The heading of the block that first names it.
    pub block: Option<Arc<Heading>>,
    /// One cell for each grade, lowest first; `None` where neither the grade nor one below it names the
    /// skill.
    pub cells: Vec<Option<SkillCell>>,
}

/// One skill at one grade. Grades accumulate, so from cell to cell the depth never falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkillCell {
    /// The greatest depth that the grade and those below it ask for; `None` if none of them states one.
    pub depth: Option<Depth>,
    /// Whether the grade itself has a requirement about the skill, besides those that it repeats of what
    /// its ladder includes.
    pub is_asked_here: bool,
}

/// The skills a ladder names, in the order they first appear: by grade, then by text.
#[must_use]
pub fn skills_by_grade(ladder: &Ladder) -> Vec<SkillRow> {
    let mut rows = Vec::<SkillRow>::new();
    let mut places = HashMap::new();
    let mut count = 0;
    for (column, grade) in ladder.grades().iter().enumerate() {
        for row in &mut rows {
            let before = row.cells.last().copied().flatten();
            row.cells.push(before.map(|cell| SkillCell { is_asked_here: false, ..cell }));
        }
        let steps = ladder.steps(grade.level);
        let repeated = ladder.repeated_at(grade.level);
        for step in &steps[count..] {
            let requirements = step.grade.requirements().iter();
            let named =
                requirements.flat_map(|asked| asked.skills.iter().map(move |skill| (asked, skill)));
            for (asked, skill) in named {
                let place = *places.entry(skill.slug.as_str()).or_insert(rows.len());
                if place == rows.len() {
                    let cells = vec![None; column + 1];
                    let block = asked.block.clone();
                    rows.push(SkillRow { skill: skill.slug.clone(), block, cells });
                }
                let cell = &mut rows[place].cells[column];
                let before = *cell;
                *cell = Some(SkillCell {
                    depth: skill.depth.max(before.and_then(|cell| cell.depth)),
                    // What comes before the first grade of a fork is asked below all its grades.
                    is_asked_here: (step.origin.is_none() && repeated.first(&asked.id).is_none())
                        || (step.origin.is_some() && !ladder.is_fork())
                        || before.is_some_and(|cell| cell.is_asked_here),
                });
            }
        }
        count = steps.len();
    }
    rows
}

/// One skill in several ladders at one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedSkill {
    /// The slug of the skill.
    pub skill: String,
    /// The ladders that ask for it at the level or below, each with the greatest depth that is stated.
    depths: Vec<(usize, Option<Depth>)>,
}

impl SharedSkill {
    /// How deep the ladder asks for it, `Some(None)` if it does not say; `None` if it does not ask for it.
    #[must_use]
    pub fn at(&self, ladder: usize) -> Option<Option<Depth>> {
        let place = self.depths.binary_search_by_key(&ladder, |(asking, _)| *asking);
        place.ok().map(|place| self.depths[place].1)
    }

    /// The number of ladders that ask for it.
    #[must_use]
    pub fn count(&self) -> usize {
        self.depths.len()
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
    A: IntoIterator<Item = (usize, &'a [(Level, Option<Depth>)])>,
{
    let mut across = Across { shared: Vec::new(), alone: vec![0; ladders] };
    for (skill, appearances) in skills {
        let depth = |steps: &[(Level, Option<Depth>)]| {
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

    use super::super::{Description, Grade, examples};
    use super::*;

    const SKILLS: [&str; 4] = ["git", "ssh", "rust", "go"];

    fn ladder(texts: &[Option<&str>]) -> Ladder {
        let dictionary = examples::dictionary(&SKILLS);
        let grade = |(level, text): (Level, Option<&str>)| {
            Grade::new(level, text.map(|text| Description::read(text, &dictionary)))
        };
        Ladder::new(Level::ALL.into_iter().zip(texts.iter().copied()).map(grade).collect())
    }

    /// Asked for at the grade itself.
    const fn here(depth: Option<Depth>) -> SkillCell {
        SkillCell { depth, is_asked_here: true }
    }

    /// Asked for below.
    const fn below(depth: Option<Depth>) -> SkillCell {
        SkillCell { depth, is_asked_here: false }
    }

    /// A skill that the last grades ask for, after `absent` others.
    fn row(skill: &str, absent: usize, cells: &[SkillCell]) -> SkillRow {
        let cells = cells.iter().copied().map(Some);
        SkillRow {
            skill: skill.into(),
            block: None,
            cells: std::iter::repeat_n(None, absent).chain(cells).collect(),
        }
    }

    #[test]
    fn skills_are_in_the_order_of_their_first_appearance() {
        let (acquaintance, strong) = (Some(Depth::Acquaintance), Some(Depth::Strong));
        let ladder = ladder(&[
            Some("- Знает основы SSH и Git"),
            None,
            Some("- Rust\n- Сильная экспертиза: Git"),
            Some("Заметка о Go."),
        ]);
        assert_eq!(
            skills_by_grade(&ladder),
            [
                row(
                    "ssh",
                    0,
                    &[
                        here(acquaintance),
                        below(acquaintance),
                        below(acquaintance),
                        below(acquaintance)
                    ]
                ),
                row(
                    "git",
                    0,
                    &[here(acquaintance), below(acquaintance), here(strong), below(strong)]
                ),
                row("rust", 2, &[here(None), below(None)]),
            ]
        );
        assert_eq!(skills_by_grade(&Ladder::new(Vec::new())), []);
    }

    #[test]
    fn the_deepest_requirement_so_far_counts() {
        let texts = ["- Знакомство: Git\n- Отлично знает Git\n- Git", "- Знакомство: Git"];
        let rows = skills_by_grade(&ladder(&texts.map(Some)));
        let strong = Some(Depth::Strong);
        assert_eq!(rows, [row("git", 0, &[here(strong), here(strong)])]);
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
    fn steps(ladder: &Ladder, skill: &str) -> Vec<(Level, Option<Depth>)> {
        let mut steps = Vec::<(Level, Option<Depth>)>::new();
        for grade in ladder.grades() {
            let asking = grade.requirements().iter().filter_map(|asked| asked.named(skill));
            if let Some(depth) = asking.map(|named| named.depth).max()
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
                let depths = (0..3).map(|ladder| {
                    row.at(ladder).map_or("-", |depth| depth.map_or("?", Depth::name))
                });
                (row.skill.clone(), depths.collect::<Vec<_>>())
            });
            skills.collect::<Vec<_>>()
        };
        let at_junior = across(Level::Junior, &ladders);
        let expected = [
            ("ssh".to_owned(), vec!["?", "?", "?"]),
            ("git".to_owned(), vec!["strong_expertise", "?", "-"]),
        ];
        assert_eq!(depths(&at_junior), expected);
        assert_eq!(at_junior.alone, [0, 1, 0]);
        let at_intern = across(Level::Intern, &ladders);
        let expected = [
            ("git".to_owned(), vec!["acquaintance", "?", "-"]),
            ("ssh".to_owned(), vec!["-", "?", "?"]),
        ];
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
                    let asking = asking.filter_map(|asked| asked.named(skill));
                    asking.map(|named| named.depth).max()
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
                let mut greatest = None;
                let cells = ladder.grades().iter().map(|grade| {
                    let asking = grade.requirements().iter();
                    let asked = asking.filter_map(|asked| asked.named(skill));
                    let here = asked.map(|named| named.depth).max();
                    greatest = greatest.max(here);
                    greatest.map(|depth| SkillCell { depth, is_asked_here: here.is_some() })
                });
                let cells = cells.collect::<Vec<_>>();
                let is_known = cells.iter().any(Option::is_some);
                prop_assert_eq!(found.len(), usize::from(is_known));
                prop_assert!(found.iter().all(|row| row.cells == cells));
            }
        }
    }
}
