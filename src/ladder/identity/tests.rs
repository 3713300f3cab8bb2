use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use proptest::prelude::*;

use super::super::self_check::{Answer, Answers};
use super::super::{Grade, Ladder, Level, examples};
use super::*;

static DICTIONARY: LazyLock<Dictionary> =
    LazyLock::new(|| examples::dictionary(&["Docker", "Redis", "Git", "Kubernetes"]));

fn listed(texts: &[&str]) -> Vec<Listed> {
    Listed::of(Level::ALL.into_iter().zip(texts.iter().copied()), &DICTIONARY)
}

fn at(minute: i64) -> NaiveDateTime {
    DateTime::UNIX_EPOCH.naive_utc() + TimeDelta::minutes(minute)
}

fn moment(minute: i64) -> Moment {
    Moment { now: at(minute), since: at(0) }
}

fn change(before: &[&str], after: &[&str]) -> Change {
    let (before, after) = (listed(before), listed(after));
    let nothing = (&Aliases::default(), &BTreeSet::new());
    Change::new((&before, &after), nothing.0, nothing.1, moment(1), &DICTIONARY)
}

/// The former and the present words of each pair.
fn pairs(before: &[&str], after: &[&str]) -> Vec<(String, String)> {
    let pairs = change(before, after).pairs.into_iter();
    pairs.map(|pair| (pair.words.was.line(), pair.words.now.line())).collect()
}

fn lines(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(was, now)| ((*was).to_owned(), (*now).to_owned())).collect()
}

#[test]
fn an_item_in_other_words_is_the_same_wherever_it_stands() {
    let former = "- Git\n- Ориентируется в основном проекте\n- Ведёт учеников\n- Redis";
    let same = [("Ориентируется в основном проекте", "Разбирается в основном проекте")];
    for new in [
        ["- Git\n- Разбирается в основном проекте\n- Печёт хлеб\n- Redis", ""],
        ["- Redis\n- Разбирается в основном проекте\n- Ведёт учеников\n- Git", ""],
        ["- Git\n- Redis", "- Печёт хлеб\n- Разбирается в основном проекте"],
    ] {
        assert_eq!(pairs(&[former, ""], &new), lines(&same), "{new:?}");
    }
}

#[test]
fn an_item_that_says_only_which_skills_how_deeply_is_the_same_in_any_words() {
    let former = "- Знает основы Docker\n- Сильная экспертиза: Redis\n- Печёт хлеб";
    let new = "- Печёт хлеб\n- Владеет азами Docker\n- Знакомство: Redis";
    assert_eq!(pairs(&[former], &[new]), lines(&[("Знает основы Docker", "Владеет азами Docker")]));
    assert!(pairs(&["- Знает основы Docker"], &["- Отлично знает Docker"]).is_empty());
}

#[test]
fn two_different_sentences_about_one_skill_are_two_items() {
    for (one, other) in [
        ("Запускает Docker", "Разворачивает Docker"),
        (
            "Запускает контейнеры в Docker и на Kubernetes",
            "Собирает образы в Docker и на Kubernetes",
        ),
        ("Пишет хуки Git", "Разрешает конфликты Git"),
        ("Пишет хуки Git", "Проверяет хуки Git"),
        ("Запускает контейнеры в Docker", "Запускает контейнеры в Kubernetes"),
    ] {
        assert!(
            pairs(&[&format!("- {one}")], &[&format!("- {other}")]).is_empty(),
            "{one} / {other}"
        );
    }
    let twice = "- Запускает Docker\n- Собирает образы Docker";
    assert!(pairs(&[twice], &["- Разворачивает Docker"]).is_empty());
}

#[test]
fn an_item_of_another_kind_is_another_item_and_a_label_alone_is_not() {
    for (one, other) in [
        ("Знакомство: печёт хлеб", "Сильная экспертиза: печёт хлеб"),
        ("Сильная экспертиза: печёт хлеб", "Печёт хлеб"),
        ("Публикация: о хлебе", "Книга: о хлебе"),
    ] {
        assert!(
            pairs(&[&format!("- {one}")], &[&format!("- {other}")]).is_empty(),
            "{one} / {other}"
        );
    }
    assert_eq!(
        pairs(&["- Публикация: пишет статьи"], &["- Пишет статьи о хлебе"]),
        lines(&[("Публикация: пишет статьи", "Пишет статьи о хлебе")])
    );
}

#[test]
fn a_misspelt_name_of_a_skill_and_any_ending_are_the_same_item() {
    for (one, other) in [
        ("Разворачивает Kubernets", "Разворачивает Kubernetes"),
        ("Тестирует программы", "Тестировать программу"),
        ("Проводит собеседовния", "Проводит собеседования"),
        ("Собеседовния", "Собеседования"),
        ("Создаёт образы Docker", "Создаёт и описывает образы Docker"),
        ("Docker", "Знает Docker"),
        ("Знакомство: Git, Redis, Docker (на деле)", "Знакомство: Git, Redis, Docker (часто)"),
        ("Знакомство: Git, Redis", "Знакомство: Redis и Git каждый день"),
    ] {
        assert_eq!(pairs(&[&format!("- {one}")], &[&format!("- {other}")]), lines(&[(one, other)]));
    }
}

#[test]
fn what_another_grade_still_asks_was_not_removed() {
    let change = change(&["- Печёт хлеб", "- Печёт хлеб"], &["- Печёт белый хлеб", "- Печёт хлеб"]);
    assert!(change.pairs.is_empty() && change.removed.is_empty(), "{change:?}");
}

#[test]
fn one_repetition_less_leads_to_the_one_that_stays() {
    let change = change(&["- Git\n- Git"], &["- Git"]);
    assert!(change.pairs.is_empty() && change.removed.is_empty(), "{change:?}");
    let id = &listed(&["- Git"])[0].requirement.id;
    assert_eq!(change.notes[0].present_id.as_ref(), Some(id));
}

#[test]
fn what_was_removed_comes_back_in_other_words_unless_that_is_said_to_be_new_or_too_long_ago() {
    let (whole, cut, back) = (
        listed(&["- Печёт белый хлеб\n- Git", ""]),
        listed(&["- Git", ""]),
        listed(&["- Git", "- Печёт хлеб"]),
    );
    let nothing = BTreeSet::new();
    let first = Change::new((&whole, &cut), &Aliases::default(), &nothing, moment(1), &DICTIONARY);
    assert_eq!(first.removed.iter().map(Words::line).collect::<Vec<_>>(), ["Печёт белый хлеб"]);
    let id = whole[0].requirement.id.clone();
    let aliases = Aliases::new(first.notes);
    let second = |said_new: &BTreeSet<String>, moment| {
        Change::new((&cut, &back), &aliases, said_new, moment, &DICTIONARY)
    };
    let change = second(&nothing, moment(2));
    assert_eq!(change.notes.len(), 1);
    assert_eq!(change.notes[0].former_id, id);
    assert_eq!(change.notes[0].present_id.as_ref(), Some(&back[1].requirement.id));
    assert!(second(&BTreeSet::from([id]), moment(2)).notes.is_empty());
    assert!(second(&nothing, Moment { now: at(9), since: at(2) }).notes.is_empty());
}

#[test]
fn an_item_that_is_said_to_be_new_is_not_the_same() {
    let (before, after) = (listed(&["- Печёт белый хлеб"]), listed(&["- Печёт хлеб"]));
    let said_new = BTreeSet::from([before[0].requirement.id.clone()]);
    let change =
        Change::new((&before, &after), &Aliases::default(), &said_new, moment(1), &DICTIONARY);
    assert_eq!((change.pairs.len(), change.removed.len()), (0, 1));
    assert_eq!(change.notes[0].present_id, None);
}

#[test]
fn words_are_read_again_as_they_were() {
    for text in ["- Знакомство: Redis", "- Пишет *хуки* `Git`, #1 и C++", "- 1. Git", "- Git"]
    {
        let listed = listed(&[text]);
        let requirement = &listed[0].requirement;
        let read = Words::of(requirement).read(&DICTIONARY).unwrap();
        assert_eq!((&read.id, &read.text), (&requirement.id, &requirement.text));
    }
}

#[test]
fn ids_of_the_earlier_grammar_lead_to_what_became_of_their_words() {
    let text = "- Инструменты:\n  - Git\n  - Опыт: с Redis\n- Печёт хлеб\n  - белый\n- Желательно: Опыт: год";
    let id = super::super::description::id;
    let experience = Some(super::super::Kind::Experience);
    let present = listed(&[text]);
    let found = earlier_ids(text).into_iter().map(|found| {
        let mut now = present.iter().map(|listed| &listed.requirement);
        let now = now.find(|now| Some(&now.id) == found.present_id.as_ref());
        (found.former_id, found.words.line(), now.map(|now| Words::of(now).line()))
    });
    let is = |kind, was: &str, words: &str, now: Option<&str>| {
        (id(kind, None, was), words.to_owned(), now.map(str::to_owned))
    };
    let of_tools = "Инструменты: Опыт: с Redis";
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            is(None, "Инструменты:", "Инструменты:", None),
            is(None, "Git", "Git", Some("Инструменты: Git")),
            is(experience, "с Redis", "Опыт: с Redis", Some(of_tools)),
            is(None, "белый", "белый", None),
            is(None, "Желательно: Опыт: год", "Опыт: год", Some("Опыт: год")),
        ]
    );
    let plain = "- Знакомство: Git\n- Сильная экспертиза:\n  - Redis\n- Печёт";
    assert_eq!(earlier_ids(plain), []);
}

#[test]
fn ids_of_the_earlier_grammar_lead_on_through_labels_of_any_depth() {
    let id = super::super::description::id;
    let expertise = Some(super::super::Kind::StrongExpertise);
    let now = |text: &str, former: &str| {
        let found = earlier_ids(text).into_iter().find(|found| found.former_id == former);
        let present = listed(&[text]).into_iter();
        let mut present = present.map(|listed| listed.requirement);
        let present_id = found.map(|found| found.present_id);
        present_id.map(|id| present.find(|now| Some(&now.id) == id.as_ref()).map(|now| now.text))
    };
    for (text, kind, was, expected) in [
        ("- Сильная экспертиза в хлебе:\n  - Ржаной", None, "Ржаной", Some("Ржаной")),
        ("- Желательно: Знакомство:\n  - Печь", None, "Печь", Some("Печь")),
        ("- Желательно:\n  - Печь", None, "Желательно:", None),
        ("- Хлеб:\n  - Белый:\n    - Батон", None, "Белый:", None),
        ("- Хлеб:\n  - Белый:\n    - Батон", None, "Хлеб:", None),
        ("- Хлеб:\n  - Белый:\n    - Батон", None, "Батон", Some("Батон")),
        ("- Сильная экспертиза:\n  - Хлеб\n    - ржаной", expertise, "ржаной", None),
        ("- Сильная экспертиза:\n  - Хлеб:\n    - Батон", expertise, "Хлеб:", None),
        ("- Сильная экспертиза:\n  - Хлеб:\n    - Батон", expertise, "Батон", Some("Батон")),
    ] {
        let expected = Some(expected.map(str::to_owned));
        assert_eq!(now(text, &id(kind, None, was)), expected, "{was} in {text}");
    }
    let repeated = id(None, None, "Печёт");
    assert_eq!(
        now("- Печёт\n  - Печёт\n- Печёт", &format!("{repeated}-3")),
        Some(Some("Печёт".into()))
    );
}

/// What editors write: few words, so that many texts are alike.
fn item() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Печёт",
        "печёт",
        "хлеб",
        "белый",
        "ржаной",
        "каждый день",
        "Docker",
        "Redis",
        "в печи",
        "на дровах",
    ]);
    let kind = prop::sample::select(vec!["", "", "", "Знакомство: ", "Опыт: "]);
    (kind, prop::collection::vec(words, 1..4))
        .prop_map(|(kind, words)| format!("- {kind}{}", words.join(" ")))
}

fn items() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(item(), 0..7)
}

/// Three grades.
fn texts() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(items(), 3)
}

fn read(texts: &[Vec<String>]) -> Vec<Listed> {
    let texts = texts.iter().map(|items| items.join("\n")).collect::<Vec<_>>();
    listed(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

fn ladder(texts: &[Vec<String>]) -> Ladder {
    let grade = |(level, items): (Level, &Vec<String>)| {
        Grade::new(level, Some(Description::read(&items.join("\n"), &DICTIONARY)))
    };
    Ladder::new(Level::ALL.into_iter().zip(texts).map(grade).collect())
}

/// An edit of a ladder.
#[derive(Clone, Debug)]
enum Edit {
    /// A line of a grade gets other words.
    Reword(usize, usize, String),
    /// A line moves to another grade, reworded if there are words.
    Move(usize, usize, usize, Option<String>),
    /// A line goes.
    Delete(usize, usize),
    /// A line comes.
    Add(usize, String),
    /// A whole grade gets other lines.
    Rewrite(usize, Vec<String>),
    /// Everything is as it was so many edits ago.
    Undo(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let (grade, line) = (0_usize..3, 0_usize..7);
    prop_oneof![
        (grade.clone(), line.clone(), item()).prop_map(|(a, b, c)| Edit::Reword(a, b, c)),
        (grade.clone(), line.clone(), grade.clone(), prop::option::of(item()))
            .prop_map(|(a, b, c, d)| Edit::Move(a, b, c, d)),
        (grade.clone(), line).prop_map(|(a, b)| Edit::Delete(a, b)),
        (grade.clone(), item()).prop_map(|(a, b)| Edit::Add(a, b)),
        (grade, items()).prop_map(|(a, b)| Edit::Rewrite(a, b)),
        (1_usize..5).prop_map(Edit::Undo),
    ]
}

/// The texts after an edit of the last of `history`.
fn edited(history: &[Vec<Vec<String>>], edit: &Edit) -> Vec<Vec<String>> {
    let mut texts = history.last().unwrap().clone();
    let taken = |lines: &mut Vec<String>, line: usize| {
        (!lines.is_empty()).then(|| lines.remove(line % lines.len()))
    };
    match edit.clone() {
        Edit::Reword(grade, line, words) => {
            taken(&mut texts[grade], line);
            texts[grade].push(words);
        }
        Edit::Move(from, line, to, words) => {
            if let Some(line) = taken(&mut texts[from], line) {
                texts[to].push(words.unwrap_or(line));
            }
        }
        Edit::Delete(grade, line) => drop(taken(&mut texts[grade], line)),
        Edit::Add(grade, line) => texts[grade].push(line),
        Edit::Rewrite(grade, lines) => texts[grade] = lines,
        Edit::Undo(steps) => return history[history.len().saturating_sub(1 + steps)].clone(),
    }
    texts
}

fn as_pairs(change: &Change) -> BTreeMap<String, String> {
    let pairs = change.pairs.iter();
    pairs.map(|pair| (pair.former_id.clone(), pair.present_id.clone())).collect()
}

proptest! {
    #[test]
    fn pairs_do_not_depend_on_the_order_of_lines(
        (before, shuffled_before) in texts().prop_flat_map(shuffled),
        (after, shuffled_after) in texts().prop_flat_map(shuffled),
    ) {
        let change = |before: &[Vec<String>], after: &[Vec<String>]| {
            let (before, after) = (read(before), read(after));
            let (aliases, new) = (Aliases::default(), BTreeSet::new());
            Change::new((&before, &after), &aliases, &new, moment(1), &DICTIONARY)
        };
        let first = change(&before, &after);
        prop_assert_eq!(&first, &change(&before, &after));
        prop_assert_eq!(as_pairs(&first), as_pairs(&change(&shuffled_before, &shuffled_after)));
        // One to one, from what left to what came.
        let pairs = as_pairs(&first);
        prop_assert_eq!(pairs.len(), first.pairs.len());
        prop_assert_eq!(pairs.values().collect::<BTreeSet<_>>().len(), first.pairs.len());
        let ids = |texts: &[Vec<String>]| {
            read(texts).into_iter().map(|listed| listed.requirement.id).collect::<BTreeSet<_>>()
        };
        let (before, after) = (ids(&before), ids(&after));
        for (old, new) in pairs {
            prop_assert!(before.contains(&old) && !after.contains(&old));
            prop_assert!(after.contains(&new) && !before.contains(&new));
        }
        let noted = first.notes.iter().map(|note| &note.former_id);
        let left = before.difference(&after).collect::<BTreeSet<_>>();
        prop_assert_eq!(first.notes.len(), left.len());
        prop_assert_eq!(noted.collect::<BTreeSet<_>>(), left);
    }

    #[test]
    fn an_answer_is_found_or_its_requirement_was_removed_after_any_edits(
        start in texts(),
        edits in prop::collection::vec(edit(), 1..12),
    ) {
        let (mut history, mut aliases) = (vec![start], Aliases::default());
        let mut answers = Answers::default();
        for (minute, edit) in (1..).zip(&edits) {
            for listed in read(history.last().unwrap()) {
                prop_assert!(answers.give(&listed.requirement.id, Answer::Yes));
            }
            let after = edited(&history, edit);
            let (was, is) = (read(history.last().unwrap()), read(&after));
            let change =
                Change::new((&was, &is), &aliases, &BTreeSet::new(), moment(minute), &DICTIONARY);
            change.notes.into_iter().for_each(|note| aliases.note(note));
            history.push(after);
        }
        let ladder = ladder(history.last().unwrap());
        let present = aliases::present_ids(&ladder);
        for (id, _) in answers.iter() {
            let fate = aliases.follow(id, |id| present.contains(id));
            match fate {
                Fate::Present => prop_assert!(present.contains(id)),
                Fate::Reworded(new, _) => prop_assert!(present.contains(new) && !present.contains(id)),
                Fate::Removed(words) => prop_assert!(words.are_known() && !present.contains(id)),
                Fate::Unknown => prop_assert!(false, "{id} is lost"),
            }
        }
        let carried = Carried::new(&answers, &aliases, &ladder);
        prop_assert!(carried.answers.iter().all(|(id, _)| present.contains(id)));
    }
}

/// The same with the lines of each grade in another order.
fn shuffled(
    texts: Vec<Vec<String>>,
) -> impl Strategy<Value = (Vec<Vec<String>>, Vec<Vec<String>>)> {
    let shuffled = texts.clone().into_iter().map(|items| Just(items).prop_shuffle());
    let shuffled = shuffled.collect::<Vec<_>>();
    (Just(texts), shuffled)
}
