use proptest::prelude::*;

use super::super::{Description, Grade, examples};
use super::*;

fn ladder(grades: &[(Level, &str)]) -> Ladder {
    let dictionary = examples::dictionary(&["Git", "React", "SQL", "SSH", "Go"]);
    let grade = |(level, text): &(Level, &str)| {
        Grade::new(*level, Some(Description::read(text, &dictionary)))
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

/// Each skill with its change and its depths.
fn changes(from: &Ladder, to: &Ladder) -> Vec<(String, Change, Option<Depth>, Option<Depth>)> {
    let top = Level::SeniorPlusPlus;
    let compared = Comparison::new((from, top), (to, top)).skills.into_iter();
    let depth = |asked: Option<AskedSkill>| asked.and_then(|asked| asked.depth);
    compared.map(|skill| (skill.slug, skill.change, depth(skill.from), depth(skill.to))).collect()
}

#[test]
fn each_skill_is_new_deeper_the_same_or_not_needed() {
    use Depth::{Acquaintance, Strong, Working};
    let from = ladder(&[
        (Level::Junior, "- Средний уровень: React\n- Git\n- Опыт: год с SSH"),
        (Level::Middle, "- Знает основы SQL\n- Сильная экспертиза: Git"),
    ]);
    let to = ladder(&[
        (Level::Junior, "- Знакомство: Go\n- Отлично знает React"),
        (Level::Middle, "- SQL\n- Знакомство: React"),
    ]);
    let row = |slug: &str, change, from, to| (slug.to_owned(), change, from, to);
    assert_eq!(
        changes(&from, &to),
        [
            row("go", Change::New, None, Some(Acquaintance)),
            row("react", Change::Deeper, Some(Working), Some(Strong)),
            row("sql", Change::Same, Some(Acquaintance), None),
            row("git", Change::NotNeeded, Some(Strong), None),
            row("ssh", Change::NotNeeded, None, None),
        ]
    );
    let unstated = ladder(&[(Level::Junior, "- React")]);
    assert_eq!(changes(&unstated, &to)[1], row("react", Change::Deeper, None, Some(Strong)));
}

#[test]
fn the_requirement_that_states_the_depth_stands_first() {
    let ladder = ladder(&[
        (Level::Junior, "- React\n- Git"),
        (Level::Middle, "- Средний уровень: React"),
        (Level::Senior, "- Сильная экспертиза: React\n- Сильная экспертиза: React, Git"),
    ]);
    let top = (&ladder, Level::Senior);
    let compared = Comparison::new(top, top);
    let react = compared.skills[0].to.clone().unwrap();
    assert_eq!((react.depth, react.requirements), (Some(Depth::Strong), vec![3, 0, 2, 4]));
}

#[test]
fn deeds_are_new_alike_the_same_or_not_needed() {
    let from = ladder(&[
        (Level::Junior, "- Опыт: год работы\n- Опыт: год работы\n- Пишет чистый код"),
        (Level::Middle, "- Результат: страница ускорена вдвое\n- Публикация: статья о React"),
    ]);
    let to = ladder(&[
        (
            Level::Junior,
            "- Опыт: два года работы\n- пишет чистый код.\n- Сильная экспертиза: React",
        ),
        (Level::Senior, "- Результат: построен новый сервис\n- Пакет: для React"),
    ]);
    let top = Level::SeniorPlusPlus;
    let text = |asked: &Asked| asked.requirement.text.clone();
    let compared = Comparison::new((&from, top), (&to, top)).deeds;
    let compared = compared.iter().map(|deed| match deed {
        ComparedDeed::New(to) => format!("+ {}", text(to)),
        ComparedDeed::Similar { from, to } => format!("~ {} / {}", text(from), text(to)),
        ComparedDeed::Same { to, .. } => format!("= {}", text(to)),
        ComparedDeed::NotNeeded(from) => format!("- {}", text(from)),
    });
    assert_eq!(
        compared.collect::<Vec<_>>(),
        [
            "+ построен новый сервис",
            "+ для React",
            "~ год работы / два года работы",
            "= пишет чистый код.",
            "- страница ускорена вдвое",
            "- статья о React",
        ]
    );
}

#[test]
fn what_says_more_about_known_skills_is_listed() {
    let from = ladder(&[(Level::Junior, "- Сильная экспертиза: React, Git")]);
    let to = ladder(&[(
        Level::Junior,
        "- Создаёт компоненты React\n- Средний уровень: Git\n- React и SQL в одном\n- Опыт: год с Git",
    )]);
    let compared = Comparison::new((&from, Level::Junior), (&to, Level::Junior));
    let more = compared.more_about_known().into_iter();
    let more = more.map(|added| added.asked.requirement.text.as_str()).collect::<Vec<_>>();
    assert_eq!(more, ["Создаёт компоненты React"]);
}

#[test]
fn a_requirement_that_only_deepens_known_skills_says_what_they_were() {
    let ladder = ladder(&[
        (Level::Junior, "- Средний уровень: React\n- Git"),
        (Level::Middle, "- React на деле"),
        (
            Level::Senior,
            "- Сильная экспертиза: React\n- Сильная экспертиза: Git, SQL\n- Хорошо знает Git",
        ),
    ]);
    let mut deepened = ladder.deepened_at(Level::Senior).into_values().collect::<Vec<_>>();
    deepened.sort_by(|one, other| one[0].slug.cmp(&other[0].slug));
    let was = |slug: &str, from, level| {
        vec![Deepened { slug: slug.into(), from, name: LevelName::standard(level) }]
    };
    assert_eq!(
        deepened,
        [was("git", None, Level::Junior), was("react", Some(Depth::Working), Level::Junior)]
    );
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
        check_skills(&there, &back, &from.accumulated(start), &to.accumulated(target))?;
    }
}

/// Properties of any two grades.
fn check(there: &Comparison, back: &Comparison, target: &[Asked]) -> Result<(), TestCaseError> {
    let sorted = |asked: Vec<&Asked>| {
        let mut keys =
            asked.iter().map(|asked| (asked.level, key(&asked.requirement).1)).collect::<Vec<_>>();
        keys.sort();
        keys
    };
    let added = |comparison: &'_ Comparison| {
        comparison.added.iter().map(|added| added.asked.clone()).collect::<Vec<_>>()
    };
    let (added_there, added_back) = (added(there), added(back));
    let whole = added_there.iter().chain(&there.carried_over).collect();
    prop_assert_eq!(sorted(whole), sorted(target.iter().collect()));
    prop_assert_eq!(sorted(added_back.iter().collect()), sorted(there.dropped.iter().collect()));
    prop_assert_eq!(sorted(added_there.iter().collect()), sorted(back.dropped.iter().collect()));
    prop_assert_eq!(there.carried_over.len(), back.carried_over.len());
    Ok(())
}

/// Each skill stands in one group, which agrees with the skills of the two texts.
fn check_skills(
    there: &Comparison,
    back: &Comparison,
    start: &[Asked],
    target: &[Asked],
) -> Result<(), TestCaseError> {
    let named = |asked: &[Asked], slug: &str| {
        let named = asked.iter().filter_map(|asked| asked.requirement.named(slug));
        named.map(|named| named.depth).max()
    };
    let mut slugs =
        start.iter().chain(target).flat_map(|asked| asked.requirement.slugs()).collect::<Vec<_>>();
    slugs.sort_unstable();
    slugs.dedup();
    let mut found = there.skills.iter().map(|skill| skill.slug.as_str()).collect::<Vec<_>>();
    found.sort_unstable();
    prop_assert_eq!(found, slugs);
    for skill in &there.skills {
        let change = match (named(start, &skill.slug), named(target, &skill.slug)) {
            (None, _) => Change::New,
            (_, None) => Change::NotNeeded,
            (Some(from), Some(to)) if to > from => Change::Deeper,
            _ => Change::Same,
        };
        prop_assert_eq!(skill.change, change);
        let other = back.skills.iter().find(|other| other.slug == skill.slug).unwrap();
        prop_assert_eq!(skill.change == Change::New, other.change == Change::NotNeeded);
        prop_assert_eq!(skill.change == Change::NotNeeded, other.change == Change::New);
        for (side, all) in [(&skill.from, &there.from), (&skill.to, &there.to)] {
            let Some(side) = side else { continue };
            let mut all_naming = (0..all.len())
                .filter(|index| all[*index].requirement.named(&skill.slug).is_some())
                .collect::<Vec<_>>();
            let first = &all[side.requirements[0]].requirement;
            prop_assert_eq!(first.named(&skill.slug).unwrap().depth, side.depth);
            let mut naming = side.requirements.clone();
            naming.sort_unstable();
            all_naming.sort_unstable();
            prop_assert_eq!(naming, all_naming);
        }
    }
    Ok(())
}
