//! What of the accumulated requirements is new at a level, and what of that is inherited.

use std::collections::{BTreeSet, HashMap};

use super::accumulation::Asked;
use super::superseded::InForce;
use super::{Ladder, Level};

/// What is in force of one of the grades that accumulate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfStep {
    /// The first requirement, which tells the grade of all and whose it is.
    pub asked: Asked,
    /// All of them.
    pub items: Vec<InForce>,
}

impl OfStep {
    /// Divides what is in force by the grades that ask it, in their order.
    #[must_use]
    pub fn divide(in_force: Vec<InForce>) -> Vec<Self> {
        let mut groups = Vec::<Self>::new();
        for item in in_force {
            match groups.last_mut() {
                Some(group) if group.asked.step == item.asked.step => group.items.push(item),
                _ => groups.push(Self { asked: item.asked.clone(), items: vec![item] }),
            }
        }
        groups
    }
}

impl Asked {
    /// The grade that asks it, inside a sentence: «джун», «джун, «Общее для инженеров»».
    #[must_use]
    pub fn grade_words(&self) -> String {
        match &self.origin {
            Some(origin) => format!("{}, «{}»", self.name.word(), origin.title),
            None => self.name.word().to_owned(),
        }
    }

    /// The grade that asks it, by itself: «Джун», «Общее для инженеров: Джун».
    #[must_use]
    pub fn grade_title(&self) -> String {
        match &self.origin {
            Some(origin) => format!("{}: {}", origin.title, self.name),
            None => self.name.to_string(),
        }
    }
}

impl Ladder {
    /// How many of the grades that accumulate at a level are demanded before it: by the grade below, or,
    /// where a fork begins, by the ladder that it goes on from. Those after them are new at the level.
    #[must_use]
    pub fn steps_before(&self, level: Level) -> usize {
        match self.previous(level) {
            Some(previous) => self.steps(previous.level).len(),
            None if self.is_fork() => {
                let steps = self.steps(level);
                steps.iter().take_while(|step| step.origin.is_some()).count()
            }
            None => 0,
        }
    }

    /// What is in force of the inherited grades that are new at a level, lowest first.
    #[must_use]
    pub fn inherited_at(&self, level: Level) -> Vec<OfStep> {
        if self.included().is_none() {
            return Vec::new();
        }
        let before = self.steps_before(level);
        let mut in_force = self.in_force_once(level);
        in_force.retain(|item| item.asked.step >= before && item.asked.origin.is_some());
        OfStep::divide(in_force)
    }

    /// How many requirements are in force before the first grade of a fork.
    #[must_use]
    pub fn count_before_fork(&self) -> usize {
        let Some(first) = self.grades().first().filter(|_| self.is_fork()) else { return 0 };
        let before = self.steps_before(first.level);
        let in_force = self.in_force_once(first.level);
        in_force.iter().filter(|item| item.asked.step < before).count()
    }

    /// How many requirements a level adds to those demanded before it. Of a ladder that includes another
    /// one, a requirement that both ask counts once, where it comes first.
    #[must_use]
    pub fn new_count(&self, level: Level) -> usize {
        if self.included().is_none() {
            return self.grade(level).map_or(0, |grade| grade.requirements().len());
        }
        let before = self.steps_before(level);
        let mut seen = BTreeSet::new();
        let mut count = 0;
        for (place, step) in self.steps(level).into_iter().enumerate() {
            for requirement in step.grade.requirements() {
                count += usize::from(seen.insert(requirement.id.as_str()) && place >= before);
            }
        }
        count
    }

    /// What is in force at a level, as [`Self::in_force`]; but of a ladder that includes another one, a
    /// requirement that both ask is there once, where it comes first.
    #[must_use]
    pub fn in_force_once(&self, level: Level) -> Vec<InForce> {
        let in_force = self.in_force(level);
        if self.included().is_none() {
            return in_force;
        }
        let mut places = HashMap::<String, usize>::new();
        let mut once = Vec::<InForce>::new();
        for mut item in in_force {
            let place = *places.entry(item.asked.requirement.id.clone()).or_insert(once.len());
            match once.get_mut(place) {
                Some(first) => first.superseded.append(&mut item.superseded),
                None => once.push(item),
            }
        }
        once
    }

    /// All that the grades of the ladder itself ask and inherit, lowest first: what accumulates at its
    /// highest grade.
    #[must_use]
    pub fn all(&self) -> Vec<Asked> {
        self.grades().last().map(|top| self.accumulated(top.level)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Description, Grade, Included, Origin};
    use super::*;

    fn ladder(grades: &[(Level, &str)]) -> Ladder {
        let grade =
            |(level, text): &(Level, &str)| Grade::new(*level, Some(Description::parse(text)));
        Ladder::new(grades.iter().map(grade).collect())
    }

    fn including(own: &[(Level, &str)], base: &[(Level, &str)], up_to: Option<Level>) -> Ladder {
        let origin = Arc::new(Origin { slug: "base".into(), title: "Base".into() });
        ladder(own).including(Included { origin, ladder: Arc::new(ladder(base)), up_to })
    }

    const BASE: [(Level, &str); 3] =
        [(Level::Junior, "- git\n- ssh"), (Level::JuniorPlus, "- rest"), (Level::Senior, "- ci")];

    fn inherited(ladder: &Ladder, level: Level) -> Vec<Level> {
        ladder.inherited_at(level).into_iter().map(|group| group.asked.level).collect()
    }

    #[test]
    fn what_a_level_inherits_since_the_grade_below_is_new_there() {
        let own =
            including(&[(Level::Junior, "- html\n- Git"), (Level::Middle, "- css")], &BASE, None);
        assert_eq!(inherited(&own, Level::Junior), [Level::Junior]);
        assert_eq!(inherited(&own, Level::Middle), [Level::JuniorPlus]);
        assert_eq!(own.steps_before(Level::Junior), 0);
        // Git is asked by both and counts once.
        assert_eq!([Level::Junior, Level::Middle].map(|level| own.new_count(level)), [3, 2]);
        assert_eq!(own.in_force_once(Level::Junior).len(), 3);
        assert_eq!(own.in_force_count(Level::Middle), 5);
        // Its highest grade does not reach the senior of the base.
        assert_eq!(own.all().len(), 6);
    }

    #[test]
    fn what_a_fork_goes_on_from_is_not_new_at_its_first_grade() {
        let fork = including(
            &[(Level::Junior, "- people\n- git"), (Level::Middle, "- budget")],
            &BASE,
            Some(Level::Senior),
        );
        assert_eq!(fork.steps_before(Level::Junior), 3);
        assert_eq!(inherited(&fork, Level::Junior), []);
        assert_eq!(inherited(&fork, Level::Middle), []);
        assert_eq!([Level::Junior, Level::Middle].map(|level| fork.new_count(level)), [1, 1]);
        assert_eq!(fork.in_force_count(Level::Junior), 5);
    }

    #[test]
    fn a_ladder_by_itself_counts_every_line_of_a_grade() {
        let own = ladder(&[(Level::Junior, "- git"), (Level::Middle, "- git\n- ssh")]);
        assert_eq!([Level::Junior, Level::Middle].map(|level| own.new_count(level)), [1, 2]);
        assert_eq!(own.steps_before(Level::Middle), 1);
        let groups = OfStep::divide(own.in_force(Level::Middle));
        let counts = groups.iter().map(|group| (group.asked.level, group.items.len()));
        assert_eq!(counts.collect::<Vec<_>>(), [(Level::Junior, 1), (Level::Middle, 2)]);
    }
}
