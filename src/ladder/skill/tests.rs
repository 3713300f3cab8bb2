use proptest::prelude::*;

use super::super::examples::skill;
use super::*;

fn dictionary() -> Dictionary {
    Dictionary::new(vec![
        skill("java", "Java", &[]),
        skill("javascript", "JavaScript", &["JS", "джаваскрипт"]),
        skill("c", "C", &[]),
        skill("cpp", "C++", &["плюсы"]),
        skill("ci-cd", "CI/CD", &["непрерывная интеграция"]),
        skill("rest", "REST", &["RESTful"]),
        skill("rest-api", "REST API", &[]),
        skill("postgresql", "PostgreSQL", &["Postgres", "PostgeSQL"]),
        skill("mock", "Моки", &["мок"]),
        skill("node", "Node.js", &[]),
    ])
    .unwrap()
}

fn found(text: &str) -> Vec<(String, String)> {
    let dictionary = dictionary();
    let mentions = dictionary.mentions(text).into_iter();
    mentions
        .map(|mention| {
            (text[mention.range].to_owned(), dictionary.skills()[mention.skill].slug.clone())
        })
        .collect()
}

fn slugs(text: &str) -> Vec<String> {
    found(text).into_iter().map(|(_, slug)| slug).collect()
}

#[test]
fn whole_names_are_found_and_the_longest_one_wins() {
    assert_eq!(slugs("Java — не JavaScript"), ["java", "javascript"]);
    assert_eq!(slugs("C++ и C, но не C+++ и не CC"), ["cpp", "c"]);
    assert_eq!(slugs("REST API и REST"), ["rest-api", "rest"]);
    assert_eq!(slugs("CI/CD, ci-cd, CI CD; CI"), ["ci-cd", "ci-cd", "ci-cd"]);
    assert_eq!(slugs("node.js/JS"), ["node", "javascript"]);
    assert_eq!(slugs("PostgeSQL, postgres"), ["postgresql", "postgresql"]);
    assert!(slugs("Javas, javascripting, unrestful").is_empty());
}

#[test]
fn russian_names_are_found_in_any_form() {
    assert_eq!(
        found("«Моками» и моков"),
        [("Моками".into(), "mock".into()), ("моков".into(), "mock".into())]
    );
    assert_eq!(
        found("о Непрерывной  интеграции."),
        [("Непрерывной  интеграции".into(), "ci-cd".into())]
    );
}

#[test]
fn a_skill_is_found_by_each_full_name() {
    let dictionary = dictionary();
    let called = |name: &str| dictionary.find_by_name(name).map(|skill| skill.slug.as_str());
    assert_eq!(called("rest API"), Some("rest-api"));
    assert_eq!(called(" REST "), Some("rest"));
    assert_eq!(called("моками"), Some("mock"));
    for name in ["API", "REST APIs", "REST API REST", "c+++", "—", ""] {
        assert_eq!(called(name), None, "{name}");
    }
    assert_eq!(normalized_name("REST-api"), normalized_name("rest API"));
    assert_eq!(normalized_name(" — "), None);
}

#[test]
fn versions_and_pluses_do_not_hide_names() {
    assert_eq!(slugs("C++17, C++ 20"), ["cpp", "cpp"]);
    assert_eq!(
        slugs("Java+JavaScript; Java8+ и PostgreSQL16"),
        ["java", "javascript", "java", "postgresql"]
    );
    assert_eq!(slugs("C+++Java, JS+C++"), ["cpp", "java", "javascript", "cpp"]);
    assert_eq!(slugs("Postgres+REST+API"), ["postgresql", "rest-api"]);
    assert_eq!(found("о PostgreSQL16"), [("PostgreSQL".into(), "postgresql".into())]);
    assert!(slugs("C4, 8Java, Java8a, Javas+Javas").is_empty());
    let dictionary = Dictionary::new(vec![Skill {
        slug: "1c".into(),
        title: "1С".into(),
        category: "Навыки".into(),
        link: None,
        aliases: Vec::new(),
        hidden_aliases: Vec::new(),
    }])
    .unwrap();
    for text in ["1С", "1C", "1с", "1c", "1С8", "1C+Git"] {
        assert_eq!(dictionary.mentions(text).len(), 1, "{text}");
    }
}

#[test]
fn skills_are_named_in_prose_only() {
    for text in
        ["https://java.com/C++", "java.com", "c@java.org", "rest.js", "/java/rest", "mock.py"]
    {
        assert!(slugs(text).is_empty(), "{text}");
    }
    assert_eq!(slugs("node.js, java.com и Java."), ["node", "java"]);
}

#[test]
fn adjacent_names_are_all_found() {
    assert_eq!(slugs("java java javascript"), ["java", "java", "javascript"]);
    assert_eq!(slugs(""), Vec::<String>::new());
}

#[test]
fn a_longer_name_wins_over_one_that_begins_earlier() {
    let skill = |slug: &str, title: &str| Skill {
        slug: slug.into(),
        title: title.into(),
        category: "Навыки".into(),
        link: None,
        aliases: Vec::new(),
        hidden_aliases: Vec::new(),
    };
    let skills = [
        ("css", "CSS"),
        ("fade", "Плавные CSS"),
        ("css-animations", "CSS-анимации"),
        ("long", "Анимации интерфейса страниц"),
        ("one", "Сбор данных"),
        ("two", "Данные сбор"),
    ];
    let dictionary =
        Dictionary::new(skills.map(|(slug, title)| skill(slug, title)).into()).unwrap();
    let slugs = |text: &str| {
        let mentions = dictionary.mentions(text).into_iter();
        mentions.map(|mention| skills[mention.skill].0).collect::<Vec<_>>()
    };
    assert_eq!(slugs("плавные CSS-анимации и CSS"), ["css-animations", "css"]);
    assert_eq!(slugs("плавные CSS и анимации"), ["fade"]);
    // The name in the middle gives way to the longest, the first one needs not.
    assert_eq!(slugs("плавные CSS-анимации интерфейса страниц"), ["fade", "long"]);
    assert_eq!(slugs("сбор данных сбор"), ["one"]);
    assert_eq!(slugs("данные сбор данных"), ["two"]);
}

#[test]
fn a_part_of_a_latin_compound_is_no_mention() {
    for text in ["Node-RED", "Java-REST-Q", "go-to-C", "C_plus", "Ext.JS", "JS‑Q"] {
        assert!(slugs(text).is_empty(), "{text}");
    }
    assert_eq!(slugs("Node.js-JS"), ["node", "javascript"]);
    assert_eq!(slugs("REST-Java, C-API и C-Java"), ["rest", "java", "c", "java"]);
    for (text, slug) in [
        ("JS-разработчик", "javascript"),
        ("веб-REST", "rest"),
        ("REST-2", "rest"),
        ("Java 8.JS", "java"),
        ("Java - Q", "java"),
        ("Java/Q", "java"),
        ("Java. Q", "java"),
    ] {
        assert!(slugs(text).iter().any(|found| found == slug), "{text}");
    }
}

#[test]
fn hidden_aliases_are_found_as_shown_ones_are() {
    let dictionary = Dictionary::new(vec![Skill {
        slug: "joins".into(),
        title: "Соединение таблиц".into(),
        category: "Навыки".into(),
        link: None,
        aliases: vec!["JOIN".into()],
        hidden_aliases: vec!["связывает 2 таблицы".into()],
    }])
    .unwrap();
    assert_eq!(dictionary.mentions("Связывает 2 таблицы").len(), 1);
    let skill = dictionary.find_by_name("связывает 2 таблицы").unwrap();
    assert_eq!(skill.names().count(), 3);
    assert_eq!(skill.shown_names().collect::<Vec<_>>(), ["Соединение таблиц", "JOIN"]);
    let shown = dictionary.names().iter().map(|name| name.shown.as_str()).collect::<Vec<_>>();
    assert_eq!(shown, ["Соединение таблиц", "JOIN", "Соединение таблиц"]);
}

proptest! {
    #[test]
    fn of_overlapping_names_the_longest_is_taken(
        names in prop::collection::hash_set("[абв]( [абв]{1,2}){0,3}", 1..12),
        text in "([абв]{1,2} ){0,20}",
    ) {
        let names = names.into_iter().collect::<Vec<_>>();
        let skill = |title: &String| Skill {
            slug: title.clone(),
            title: title.clone(),
            category: "Навыки".into(),
            link: None,
            aliases: Vec::new(),
            hidden_aliases: Vec::new(),
        };
        let dictionary = Dictionary::new(names.iter().map(skill).collect()).unwrap();
        // Every place of every name, found without an index.
        let words = words(&text);
        let stems = words.iter().map(Word::russian_stem).collect::<Vec<_>>();
        let mut places = Vec::new();
        for name in &names {
            let name = super::words(name).iter().map(Word::russian_stem).collect::<Vec<_>>();
            for (first, window) in stems.windows(name.len()).enumerate() {
                if *window == *name {
                    let last = first + name.len() - 1;
                    places.push(words[first].range.start..words[last].range.end);
                }
            }
        }
        let taken = dictionary.mentions(&text).into_iter().map(|mention| mention.range);
        let taken = taken.collect::<Vec<_>>();
        let overlap = |one: &Range<usize>, other: &Range<usize>| {
            one.start < other.end && other.start < one.end
        };
        for pair in taken.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start);
        }
        for place in &taken {
            prop_assert!(places.contains(place));
        }
        for place in places.iter().filter(|place| !taken.contains(place)) {
            let gives_way = taken.iter().any(|other| {
                let length = |range: &Range<usize>| {
                    text[range.clone()].chars().filter(|sign| *sign != ' ').count()
                };
                let goes_first = length(other) > length(place)
                    || length(other) == length(place) && other.start <= place.start;
                overlap(place, other) && goes_first
            });
            prop_assert!(gives_way, "{place:?} among {taken:?}");
        }
    }

    #[test]
    fn mentions_are_ordered_and_disjoint_ranges_of_the_text(text in "(?s).{0,60}(Java|C\\+\\+|REST API|моков)?.{0,60}") {
        let dictionary = dictionary();
        let mut end = 0;
        for mention in dictionary.mentions(&text) {
            prop_assert!(mention.range.start >= end);
            end = mention.range.end;
            prop_assert!(!text[mention.range].is_empty());
        }
    }
}
