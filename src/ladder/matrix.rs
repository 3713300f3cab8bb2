//! The skills of a ladder by its grades.

use std::collections::HashMap;

use super::{Depth, Ladder};

/// What one skill is at every grade of a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillRow {
    /// The skill, by its name in addresses.
    pub skill: String,
    /// One for each grade, lowest first.
    pub cells: Vec<SkillCell>,
}

/// What a skill is at one grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkillCell {
    /// Neither this grade nor one under it names the skill.
    Absent,
    /// The grade itself asks for it: so deep, the deepest where several requirements do.
    Asked(Depth),
    /// A grade under this one asked for it, and that stays in force.
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
                    // Kept from here on, until a grade asks for it again.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::skill::{Dictionary, Skill};
    use super::super::{Description, Grade, Level};
    use super::*;

    const SKILLS: [&str; 4] = ["git", "ssh", "rust", "go"];

    fn ladder(texts: &[Option<&str>]) -> Ladder {
        let skill = |slug: &&str| Skill {
            slug: (*slug).into(),
            title: (*slug).into(),
            category: "Навыки".into(),
            link: None,
            aliases: Vec::new(),
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
    fn skills_stand_in_the_order_they_first_appear() {
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
    fn of_several_requirements_of_one_grade_the_deepest_counts() {
        let texts = ["- Знакомство: Git\n- Отлично знает Git\n- Git", "- Знакомство: Git"];
        let rows = skills_by_grade(&ladder(&texts.map(Some)));
        let asked = [Depth::Strong, Depth::Acquaintance].map(SkillCell::Asked);
        assert_eq!(rows, [row("git", &asked)]);
    }

    proptest! {
        #[test]
        fn every_cell_tells_what_its_grade_and_those_under_it_ask(
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
