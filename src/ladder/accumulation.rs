//! What accumulates at a level: its own grade, the grades below it, and what the ladder includes of
//! another one.

use std::sync::Arc;

use super::scale::LevelName;
use super::{Grade, Ladder, Level, Requirement};

/// Another ladder, or its lower part, that a ladder includes.
#[derive(Clone, Debug)]
pub struct Included {
    /// The profession it belongs to.
    pub origin: Arc<Origin>,
    /// The ladder, with what it includes itself.
    pub ladder: Arc<Ladder>,
    /// Up to which level; `None` for the whole ladder.
    pub up_to: Option<Level>,
}

/// The profession that a requirement is inherited from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The name in addresses.
    pub slug: String,
    /// The name on pages.
    pub title: String,
}

/// One of the grades that accumulate.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// The profession it is inherited from; `None` for a grade of the ladder itself.
    pub origin: Option<&'a Arc<Origin>>,
    /// The grade.
    pub grade: &'a Grade,
}

/// A requirement and the grade that asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The level of the grade.
    pub level: Level,
    /// The level as the grade's own ladder names it.
    pub name: LevelName,
    /// The profession the grade is inherited from; `None` for a grade of the ladder itself.
    pub origin: Option<Arc<Origin>>,
    /// The place of the grade among those that accumulate, lowest first, from 0.
    pub step: usize,
    /// The requirement.
    pub requirement: Requirement,
}

impl Asked {
    /// The name of its grade within a page: `middle`, or `base-middle` if it is inherited.
    #[must_use]
    pub fn grade_anchor(&self) -> String {
        match &self.origin {
            Some(origin) => format!("{}-{}", origin.slug, self.name.slug()),
            None => self.name.slug().to_owned(),
        }
    }
}

impl Ladder {
    /// The grades that accumulate at a level, lowest first.
    ///
    /// A ladder that is included whole is aligned by rank: each of its grades comes before the own
    /// grade of the same level. One that is included up to a level forks there: all of it comes before
    /// the first own grade, whatever the level of that.
    #[must_use]
    pub fn steps(&self, level: Level) -> Vec<Step<'_>> {
        let own = self.grades.iter().take_while(|grade| grade.level <= level);
        let Some(included) = &self.included else {
            return own.map(|grade| Step { origin: None, grade }).collect();
        };
        let inherited = |level| {
            let steps = included.ladder.steps(included.up_to.unwrap_or(level)).into_iter();
            steps.map(|step| Step { origin: step.origin.or(Some(&included.origin)), ..step })
        };
        let mut steps = Vec::new();
        let mut count = 0;
        // The steps of a ladder at a lower level are the first ones of those at a higher level.
        for grade in own {
            let before = steps.len();
            steps.extend(inherited(grade.level).skip(count));
            count += steps.len() - before;
            steps.push(Step { origin: None, grade });
        }
        steps.extend(inherited(level).skip(count));
        steps
    }

    /// The requirements of the grades that accumulate at a level, lowest first. One that several grades
    /// ask is there once for each of them.
    #[must_use]
    pub fn accumulated(&self, level: Level) -> Vec<Asked> {
        let steps = self.steps(level).into_iter().enumerate();
        let asked = steps.flat_map(|(place, step)| {
            step.grade.requirements().iter().map(move |requirement| Asked {
                level: step.grade.level,
                name: step.grade.name.clone(),
                origin: step.origin.cloned(),
                step: place,
                requirement: requirement.clone(),
            })
        });
        asked.collect()
    }

    /// Whether another ladder comes before the first grade of this one.
    #[must_use]
    pub fn is_fork(&self) -> bool {
        self.included.as_ref().is_some_and(|included| included.up_to.is_some())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Description, Grade};
    use super::*;

    fn ladder(grades: &[(Level, &str)]) -> Ladder {
        let grade =
            |(level, text): &(Level, &str)| Grade::new(*level, Some(Description::parse(text)));
        Ladder::new(grades.iter().map(grade).collect())
    }

    fn including(
        grades: &[(Level, &str)],
        (title, other, up_to): (&str, Ladder, Option<Level>),
    ) -> Ladder {
        let origin = Arc::new(Origin { slug: title.to_lowercase(), title: title.to_owned() });
        ladder(grades).including(Included { origin, ladder: Arc::new(other), up_to })
    }

    /// The requirements at a level, each with the profession it is inherited from.
    fn asked(ladder: &Ladder, level: Level) -> Vec<String> {
        let asked = ladder.accumulated(level).into_iter();
        let named = asked.map(|asked| match asked.origin {
            Some(origin) => format!("{}: {}", origin.title, asked.requirement.text),
            None => asked.requirement.text,
        });
        named.collect()
    }

    #[test]
    fn a_whole_ladder_is_aligned_by_rank() {
        let base = ladder(&[
            (Level::Junior, "- git"),
            (Level::JuniorPlus, "- ssh"),
            (Level::Senior, "- ci"),
        ]);
        let own =
            including(&[(Level::Junior, "- html"), (Level::Middle, "- css")], ("Base", base, None));
        assert_eq!(asked(&own, Level::Intern), Vec::<String>::new());
        assert_eq!(asked(&own, Level::Junior), ["Base: git", "html"]);
        assert_eq!(asked(&own, Level::JuniorPlus), ["Base: git", "html", "Base: ssh"]);
        assert_eq!(asked(&own, Level::Middle), ["Base: git", "html", "Base: ssh", "css"]);
        assert_eq!(asked(&own, Level::Senior).last().unwrap(), "Base: ci");
    }

    #[test]
    fn a_fork_goes_on_from_a_level_whatever_its_own_ranks() {
        let base = ladder(&[(Level::Junior, "- git")]);
        let back_end = including(
            &[(Level::Middle, "- sql"), (Level::Senior, "- design"), (Level::SeniorPlus, "- more")],
            ("Base", base, None),
        );
        let lead = including(
            &[(Level::Junior, "- people"), (Level::Middle, "- budget")],
            ("Back", back_end, Some(Level::Senior)),
        );
        let inherited = ["Base: git", "Back: sql", "Back: design"];
        assert_eq!(asked(&lead, Level::Junior), [&inherited[..], &["people"]].concat());
        assert_eq!(asked(&lead, Level::Middle), [&inherited[..], &["people", "budget"]].concat());
        assert!(lead.is_fork());
    }

    proptest! {
        #[test]
        fn each_level_adds_to_the_steps_of_the_one_below(
            ranks in prop::collection::vec(prop::collection::btree_set(0..Level::ALL.len(), 0..5), 1..4),
            forks in prop::collection::vec(prop::option::of(0..Level::ALL.len()), 3),
        ) {
            let mut whole: Option<Ladder> = None;
            for (ranks, up_to) in ranks.iter().zip(forks) {
                let grades = ranks.iter().map(|rank| (Level::ALL[*rank], "- a")).collect::<Vec<_>>();
                let up_to = up_to.map(|rank| Level::ALL[rank]);
                whole = Some(match whole {
                    None => ladder(&grades),
                    Some(base) => including(&grades, ("Base", base, up_to)),
                });
            }
            let ladder = whole.unwrap();
            let mut before = Vec::new();
            for level in Level::ALL {
                let steps = ladder.steps(level);
                let places = steps.iter().map(|step| std::ptr::from_ref(step.grade)).collect::<Vec<_>>();
                prop_assert_eq!(&places[..before.len()], &before[..]);
                let own = steps.iter().filter(|step| step.origin.is_none());
                let expected = ladder.grades().iter().filter(|grade| grade.level <= level);
                prop_assert_eq!(own.count(), expected.count());
                before = places;
            }
        }
    }
}
