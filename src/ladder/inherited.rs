//! What of the accumulated requirements is new at a level, and what of that is inherited.

use std::collections::HashMap;

use super::accumulation::Asked;
use super::superseded::InForce;
use super::{Grade, Ladder, Level, Requirement};

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

    /// How many of them a grade does not ask itself.
    #[must_use]
    pub fn count_besides(&self, grade: &Grade) -> usize {
        let is_own = |item: &&InForce| {
            let id = &item.asked.requirement.id;
            grade.requirements().iter().any(|own| own.id == *id)
        };
        self.items.len() - self.items.iter().filter(is_own).count()
    }
}

/// The requirements of a grade that come before it already, in a ladder that includes another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeated(HashMap<String, Asked>);

/// The ids that came already, each with whether it was required.
#[derive(Default)]
struct Seen(HashMap<String, bool>);

impl Seen {
    /// Whether a requirement comes for the first time, or is required for the first time.
    fn adds(&mut self, requirement: &Requirement) -> bool {
        let is_required = !requirement.is_optional;
        match self.0.insert(requirement.id.clone(), is_required) {
            None => true,
            Some(was_required) => {
                self.0.insert(requirement.id.clone(), was_required || is_required);
                is_required && !was_required
            }
        }
    }
}

impl Repeated {
    /// Where the requirement with this id comes first, if the grade repeats it.
    #[must_use]
    pub fn first(&self, id: &str) -> Option<&Asked> {
        self.0.get(id)
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
        let mut seen = Seen::default();
        let mut count = 0;
        for (place, step) in self.steps(level).into_iter().enumerate() {
            for requirement in step.grade.requirements() {
                count += usize::from(seen.adds(requirement) && place >= before);
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

    /// What accumulates at a level, as [`Self::accumulated`]; but of a ladder that includes another one, a
    /// requirement that both ask is there once, where it comes first. One that is desirable first and
    /// required later is there as both.
    #[must_use]
    pub fn accumulated_once(&self, level: Level) -> Vec<Asked> {
        let mut asked = self.accumulated(level);
        if self.included().is_some() {
            let mut seen = Seen::default();
            asked.retain(|asked| seen.adds(&asked.requirement));
        }
        asked
    }

    /// What a grade of a ladder that includes another one repeats.
    #[must_use]
    pub fn repeated_at(&self, level: Level) -> Repeated {
        let Some(grade) = self.grade(level).filter(|_| self.included().is_some()) else {
            return Repeated::default();
        };
        let mut first = self.accumulated_once(level);
        first.retain(|asked| asked.origin.is_some() || asked.level != level);
        let repeated = grade.requirements().iter().filter_map(|own| {
            let is_same = |asked: &&Asked| {
                let earlier = &asked.requirement;
                earlier.id == own.id && (own.is_optional || !earlier.is_optional)
            };
            first.iter().find(is_same).map(|asked| (own.id.clone(), asked.clone()))
        });
        Repeated(repeated.collect())
    }

    /// A grade without what it repeats.
    #[must_use]
    pub fn without_repeated(&self, grade: &Grade) -> Grade {
        let repeated = self.repeated_at(grade.level);
        let mut grade = grade.clone();
        if let Some(description) = &mut grade.description {
            description.requirements.retain(|own| repeated.first(&own.id).is_none());
        }
        grade
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
    fn what_a_grade_repeats_is_asked_where_it_comes_first() {
        let fork = including(
            &[(Level::Junior, "- people\n- git"), (Level::Middle, "- budget\n- People\n- ci")],
            &BASE,
            Some(Level::Senior),
        );
        let first = |level, ids: &[&str]| {
            let repeated = fork.repeated_at(level);
            let words = |text: &&str| {
                let id = &Description::parse(&format!("- {text}")).requirements[0].id;
                repeated.first(id).map(Asked::grade_words)
            };
            ids.iter().map(words).collect::<Vec<_>>()
        };
        let of_base = |level| Some(format!("{level}, «Base»"));
        assert_eq!(first(Level::Junior, &["people", "git"]), [None, of_base("джун")]);
        assert_eq!(
            first(Level::Middle, &["budget", "people", "ci"]),
            [None, Some("джун".to_owned()), of_base("синьор")]
        );
        let middle = fork.without_repeated(fork.grade(Level::Middle).unwrap());
        assert_eq!(middle.requirements().len(), fork.new_count(Level::Middle));
        assert_eq!(fork.accumulated_once(Level::Middle).len(), 6);
        assert_eq!(ladder(&BASE).repeated_at(Level::Senior), Repeated::default());
    }

    #[test]
    fn what_was_only_desirable_is_new_where_it_is_required() {
        let base = [(Level::Junior, "- Желательно: talk\n- git")];
        let own = [(Level::Middle, "- talk\n- Желательно: git")];
        let fork = including(&own, &base, Some(Level::Junior));
        assert_eq!(fork.new_count(Level::Middle), 1);
        let middle = fork.without_repeated(fork.grade(Level::Middle).unwrap());
        assert_eq!(middle.requirements().iter().map(|own| &own.text).collect::<Vec<_>>(), ["talk"]);
        assert_eq!(fork.in_force_once(Level::Middle).len(), 2);
        assert_eq!(fork.accumulated_once(Level::Middle).len(), 3);
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
