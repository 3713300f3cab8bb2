//! Probable mistakes between the grades of a ladder and what it includes of another one.

use std::collections::HashMap;

use super::Finding;
use crate::ladder::skill::Dictionary;
use crate::ladder::{Depth, Ladder, Level, Step};

/// Whether a level that a ladder leaves out is one of the ladder that it includes whole.
pub fn is_supplied(ladder: &Ladder, level: Level) -> bool {
    let included = ladder.included().filter(|included| included.up_to.is_none());
    included.is_some_and(|included| {
        included.ladder.grade(level).is_some() || is_supplied(&included.ladder, level)
    })
}

/// What the grades of a ladder ask that it inherits with the same words, or more deeply.
pub fn findings(ladder: &Ladder, dictionary: &Dictionary) -> Vec<Finding> {
    let Some(top) = ladder.grades().last().filter(|_| ladder.included().is_some()) else {
        return Vec::new();
    };
    let steps = ladder.steps(top.level);
    let mut findings = repeated(&steps);
    findings.extend(shallower(&steps, dictionary));
    findings
}

fn repeated(steps: &[Step<'_>]) -> Vec<Finding> {
    let mut inherited = HashMap::new();
    for step in steps.iter().filter(|step| step.origin.is_some()) {
        for requirement in step.grade.requirements() {
            inherited.entry(requirement.id.as_str()).or_insert_with(|| title(step));
        }
    }
    let own = steps.iter().filter(|step| step.origin.is_none());
    let repeated = own.flat_map(|step| {
        let requirements = step.grade.requirements().iter();
        let found = requirements.filter_map(|requirement| {
            Some(Finding::RepeatsIncluded {
                text: requirement.text.clone(),
                own: step.grade.name.clone(),
                included: inherited.get(requirement.id.as_str())?.clone(),
            })
        });
        found.collect::<Vec<_>>()
    });
    repeated.collect()
}

fn shallower(steps: &[Step<'_>], dictionary: &Dictionary) -> Vec<Finding> {
    let mut deepest = HashMap::<&str, (Depth, String)>::new();
    let mut findings = Vec::new();
    for step in steps {
        for requirement in step.grade.requirements() {
            for skill in &requirement.skills {
                let (Some(depth), slug) = (skill.depth, skill.slug.as_str()) else { continue };
                let known = deepest.get(slug);
                if step.origin.is_some() {
                    if known.is_none_or(|(before, _)| *before < depth) {
                        deepest.insert(slug, (depth, title(step)));
                    }
                } else if let Some((_, deeper)) = known.filter(|(before, _)| depth < *before) {
                    let found = dictionary.skill(slug);
                    findings.push(Finding::ShallowerThanIncluded {
                        skill: found.map_or(slug, |skill| &skill.title).to_owned(),
                        own: step.grade.name.clone(),
                        included: deeper.clone(),
                    });
                }
            }
        }
    }
    findings
}

/// An inherited grade: «Общее для инженеров: Джун».
fn title(step: &Step<'_>) -> String {
    let origin = step.origin.map(|origin| format!("{}: ", origin.title)).unwrap_or_default();
    format!("{origin}{}", step.grade.name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::check;
    use super::*;
    use crate::ladder::{Description, Grade, Included, LevelName, Origin, examples};

    fn found(own: &[(Level, &str)], base: &[(Level, &str)], up_to: Option<Level>) -> Vec<Finding> {
        let dictionary = examples::dictionary(&["Git", "SQL"]);
        let ladder = |grades: &[(Level, &str)]| {
            let grades = grades.iter().map(|(level, text)| {
                Grade::new(*level, Some(Description::read(text, &dictionary)))
            });
            Ladder::new(grades.collect())
        };
        let origin = Arc::new(Origin { slug: "base".into(), title: "Base".into() });
        let included = Included { origin, ladder: Arc::new(ladder(base)), up_to };
        check(&ladder(own).including(included), &dictionary)
    }

    #[test]
    fn a_base_level_that_is_included_whole_is_not_missing() {
        let own = [(Level::Junior, "- a"), (Level::Senior, "- b")];
        assert_eq!(found(&own, &[(Level::Middle, "- c")], None), []);
        let missing = found(&own, &[(Level::Middle, "- c")], Some(Level::Middle));
        assert!(matches!(missing.as_slice(), [Finding::Missing(_)]), "{missing:?}");
    }

    #[test]
    fn what_is_included_with_the_same_words_or_more_deeply_is_found() {
        let own = [(Level::Junior, "- rest\n- Знакомство: SQL"), (Level::Middle, "- Знает Git")];
        let base = [(Level::Junior, "- REST\n- Сильная экспертиза: SQL"), (Level::Middle, "- d")];
        let (own_level, included) = (LevelName::standard(Level::Junior), "Base: Джун".to_owned());
        let repeats = Finding::RepeatsIncluded {
            text: "rest".into(),
            own: own_level.clone(),
            included: included.clone(),
        };
        let shallower =
            Finding::ShallowerThanIncluded { skill: "SQL".into(), own: own_level, included };
        assert_eq!(found(&own, &base, None), [repeats, shallower]);
    }
}
