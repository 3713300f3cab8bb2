//! Skills: mentions in texts, the list, and the pages of skills.

use grades::graders::service::catalogue;
use grades::graders::service::skills::DictionaryCache;
use grades::ladder::Description;
use serde_json::Value;

use crate::app::{Backend, TestApp, TestDatabase, between, header};

/// Replaces the dictionary with these skills.
fn dictionary(app: &TestApp, skills: &[(&str, &str, &[&str])]) {
    app.database.execute("DELETE FROM skill_aliases; DELETE FROM skills");
    for (id, (slug, title, aliases)) in (10_001..).zip(skills) {
        app.database.execute(&format!(
            "INSERT INTO skills (id, slug, title, category) VALUES ({id}, '{slug}', '{title}', 'Навыки')"
        ));
        for alias in *aliases {
            app.database.execute(&format!(
                "INSERT INTO skill_aliases (skill_id, alias) VALUES ({id}, '{alias}')"
            ));
        }
    }
    app.database.execute(
        "UPDATE catalogue_state SET revision = revision + 1, skills_revision = skills_revision + 1",
    );
}

/// The rows of the table of a skill: the profession in the first of its rows, then the grade, the depth
/// and the requirement.
fn appearances(page: &str) -> Vec<String> {
    if !page.contains("</thead>") {
        return Vec::new();
    }
    let rows = between(page, "</thead>", "</table>").split("<tr>").skip(1);
    let words = |row: &str| {
        let tagless =
            row.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        tagless.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    rows.map(words).collect()
}

/// The depth that the label or a whole word of a requirement states.
fn stated_depth(requirement: &Value) -> Option<&'static str> {
    let kinds = ["acquaintance", "working_knowledge", "strong_expertise"];
    let kind = requirement["kind"].as_str();
    if let Some(kind) = kinds.into_iter().find(|known| kind == Some(known)) {
        return Some(kind);
    }
    if !matches!(kind, None | Some("principle")) {
        return None;
    }
    let text = requirement["text"].as_str().unwrap().to_lowercase();
    let words = text.split(|letter: char| !letter.is_alphanumeric()).collect::<Vec<_>>();
    let begins = |opening: &str| words.iter().any(|word| word.starts_with(opening));
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    if has(&["основы", "основам", "начинает"]) || begins("базов") || text.contains("знаком с")
    {
        Some("acquaintance")
    } else if has(&["уверенно", "хорошо"]) {
        Some("working_knowledge")
    } else if has(&["отлично", "глубоко", "эксперт"]) || begins("продвинут")
    {
        Some("strong_expertise")
    } else {
        None
    }
}

on_both_databases! {
    async fn every_mention_of_a_skill_is_a_link(app: TestApp) {
        dictionary(&app, &[("react", "React", &[]), ("react-hooks", "React Hooks", &["хук React"])]);
        let page = app.page("/professions/front-end/middle").await;
        assert!(page.contains("<a href=\"/skills/react\">React</a>"), "{page}");
        let page = app.page("/professions/front-end/middle-plus").await;
        assert!(page.contains("<a href=\"/skills/react-hooks\">React Hooks</a>"), "{page}");
        assert!(page.contains("собственный <a href=\"/skills/react-hooks\">хук React</a>"), "{page}");
    }

    async fn a_skill_page_shows_where_it_appears_and_how_it_deepens(app: TestApp) {
        dictionary(&app, &[("react", "React", &["реакт"]), ("cobol", "COBOL", &[])]);
        let page = app.page("/skills/react").await;
        assert_eq!(appearances(&page), [
            "Фронтенд-разработчик Джун++ средний уровень Средний уровень: React",
            "Мидл нужен Создаёт компоненты React",
            "Мидл сильная экспертиза Сильная экспертиза: React (классовые и функциональные компоненты, жизненный цикл компонентов, стандартные хуки)",
            "Мидл+ нужен Результат: написан собственный хук React, который применяется в проекте",
            "Мидл+ сильная экспертиза Сильная экспертиза: React Hooks (написание собственных хуков)",
            "Мидл+ сильная экспертиза Сильная экспертиза: React Hooks (оптимизация рендера компонентов: быстрее загрузка, меньше вычислений)",
            "Фулстек-разработчик Мидл+ сильная экспертиза Сильная экспертиза: React (на нём интерфейс основного проекта)",
        ]);
        assert!(page.contains("<a href=\"/professions/front-end/junior-plus-plus#junior-plus-plus-"), "{page}");
        assert!(page.contains("Создаёт компоненты <b>React</b>"), "{page}");
        assert_eq!(app.get("/skills/react?page=2").await.status(), 404);
        assert_eq!(app.get("/skills/react?page=x").await.status(), 400);
        assert!(page.contains("Ещё пишут: реакт"), "{page}");
        let page = app.page("/skills/cobol").await;
        assert!(page.contains("ни&nbsp;одна лестница этого не&nbsp;требует") && appearances(&page).is_empty());
        for path in ["/skills/nothing", "/skills/%D0%AF", "/skills/a%00b"] {
            let missing = app.get(path).await;
            assert_eq!(missing.status(), 404, "{path}");
            assert!(missing.text().await.unwrap().contains("href=\"/skills\">Все навыки"), "{path}");
        }
        app.database.execute("INSERT INTO former_skill_slugs VALUES ('reactjs', 10001)");
        let moved = app.get("/skills/reactjs").await;
        assert_eq!((moved.status().as_u16(), header(&moved, "location")), (308, "/skills/react"));
    }

    async fn no_depth_is_told_that_the_text_does_not_state(app: TestApp) {
        let root = "/api/v1/graders";
        let mut asked = Vec::new();
        let mut grades = 0;
        let professions = app.read(&format!("{root}/professions?limit=100")).await;
        for profession in professions["items"].as_array().unwrap() {
            let slug = profession["slug"].as_str().unwrap().to_owned();
            let ladder = app.read(&format!("{root}/professions/{slug}")).await;
            for grade in ladder["grades"].as_array().unwrap() {
                grades += 1;
                let level = grade["level_name"].clone();
                for requirement in grade["requirements"].as_array().unwrap() {
                    asked.push((slug.clone(), level.clone(), requirement.clone()));
                }
            }
        }
        assert_eq!(grades, 63);
        let mut stated = 0;
        for skill in app.read(&format!("{root}/skills")).await["items"].as_array().unwrap() {
            let slug = skill["slug"].as_str().unwrap();
            for appearance in app.read(&format!("{root}/skills/{slug}")).await["appearances"].as_array().unwrap() {
                for step in appearance["steps"].as_array().unwrap() {
                    let says = asked.iter().filter(|(profession, level, requirement)| {
                        appearance["profession"] == **profession
                            && step["level_name"] == *level
                            && requirement["skills"].as_array().unwrap().contains(&skill["slug"])
                    });
                    let says = says.filter_map(|(.., requirement)| stated_depth(requirement)).collect::<Vec<_>>();
                    let depth = step["depth"].as_str();
                    assert!(depth.is_none_or(|depth| says.contains(&depth)), "{slug}: {step} of {says:?}");
                    assert!(depth.is_some() || says.is_empty(), "{slug}: {step} of {says:?}");
                    stated += usize::from(depth.is_some());
                }
            }
        }
        assert!(stated > 50, "{stated} depths");
    }

    async fn an_edit_is_on_the_pages_of_skills_immediately(app: TestApp) {
        dictionary(&app, &[("react", "React", &[]), ("rust", "Rust", &[])]);
        assert!(appearances(&app.page("/skills/rust").await).is_empty());
        let ann = app.editor("ann").await;
        let path = "/admin/professions/front-end/middle";
        let (text, version) = ann.read(path).await;
        let added = format!("{text}\n- Знакомство: Rust");
        // The text ends with a list or a paragraph; a blank line ends either.
        let added = added.replace("\n- Знакомство", "\n\n- Знакомство");
        assert_eq!(ann.save(path, &version, &added).await.status(), 303);
        assert_eq!(appearances(&app.page("/skills/rust").await), ["Фронтенд-разработчик Мидл знакомство Знакомство: Rust"]);
        // Another process renames the profession and moves the grade to another level.
        app.database.execute(
            "UPDATE profession SET title = 'Фронтенд' WHERE slug = 'front-end';
             UPDATE grades SET level_name = 'intern' WHERE level_name = 'middle'
               AND profession_id = (SELECT id FROM profession WHERE slug = 'front-end');
             UPDATE catalogue_state SET revision = revision + 1",
        );
        assert_eq!(appearances(&app.page("/skills/rust").await), ["Фронтенд Стажёр знакомство Знакомство: Rust"]);
        dictionary(&app, &[("rust", "Ржавчина", &[])]);
        assert!(appearances(&app.page("/skills/rust").await).is_empty());
    }

    async fn skills_are_listed_by_letter_and_by_category(app: TestApp) {
        dictionary(&app, &[("sql", "SQL", &[]), ("css", "CSS", &[]), ("e", "Ёмкость", &[]), ("z", "Живость", &[]), ("d", "Единство", &[]), ("n", "1С", &[]), ("cobol", "COBOL", &[])]);
        app.database.execute(
            "UPDATE grades SET description = '- SQL, CSS, ёмкость, живость, единство, 1С' WHERE level_name = 'middle';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        let page = app.page("/skills").await;
        // Of letters that look alike each stands under its alphabet.
        let headings = page.split("<h3 id=\"group-").skip(1).map(|part| between(part, ">", "<"));
        assert_eq!(headings.collect::<Vec<_>>(), ["Е", "Ж", "C", "S", "0–9"]);
        let places = [">Кириллица</h2>", ">Е</h3>", ">Латиница</h2>", ">C</h3>", ">Цифры и знаки</h2>"];
        let places = places.map(|words| page.find(words).unwrap());
        assert!(places.is_sorted(), "{places:?}");
        // Each letter has its link, each alphabet a row of them.
        assert_eq!(page.matches("<nav class=\"letters\"").count(), 3);
        for place in 1..=5 {
            assert_eq!(page.matches(&format!("<a href=\"#group-{place}\">")).count(), 1);
        }
        // What no ladder asks is folded.
        let unused = between(&page, "ни&nbsp;в&nbsp;одной лестнице: 1\u{a0}навык", "</details>");
        assert!(unused.contains("COBOL") && page.matches("COBOL").count() == 1, "{page}");
        let under = between(&page, ">Е</h3>", "</ul>");
        assert!(under.find("Единство").unwrap() < under.find("Ёмкость").unwrap());
        let page = app.page("/skills?by=category").await;
        assert_eq!(page.matches("<h2 id=\"group-").count(), 1);
        assert!(page.contains(">Навыки</h2>"));
        assert_eq!(app.get("/skills?by=colour").await.status(), 400);
        dictionary(&app, &[]);
        assert!(app.page("/skills").await.contains("ещё нет навыков"));
    }

    async fn the_starting_dictionary_is_loaded_only_once(backend: Backend) {
        let app = TestApp::on(backend);
        assert!(app.page("/skills").await.matches("<a href=\"/skills/").count() > 200);
        let TestApp { database, .. } = app;
        database.execute("DELETE FROM skill_aliases WHERE alias = 'реакт'");
        let app = TestApp::start(database);
        assert!(!app.page("/skills/react").await.contains("реакт,"));
    }
}

#[test]
fn the_starting_dictionary_covers_the_starting_catalogue() {
    let database = TestDatabase::on(Backend::Sqlite);
    grades::db::migrate(&database.url().parse().unwrap()).unwrap();
    let database = database.open();
    assert!(
        grades::graders::service::skills::load_starting(
            &database,
            &grades::graders::service::skills::starting().unwrap()
        )
        .unwrap()
    );
    let (_, dictionary) = DictionaryCache::default().get(&database).unwrap();
    let professions = catalogue::starting().unwrap().into_iter().flat_map(|file| file.professions);
    let texts =
        professions.flat_map(|profession| profession.grades).filter_map(|grade| grade.description);
    let read = texts.map(|text| Description::read(&text, &dictionary)).collect::<Vec<_>>();
    let requirements = read.iter().flat_map(|description| &description.requirements);
    let without = requirements.clone().filter(|requirement| requirement.skills.is_empty());
    // General words on experience, on leading and on knowing the project mention no skill.
    let without = without.map(|requirement| requirement.text.as_str()).collect::<Vec<_>>();
    assert!(without.len() <= 7, "{without:#?}");
    let most = requirements.map(|requirement| requirement.skills.len()).max().unwrap();
    assert!(most <= 12, "a requirement of {most} skills has everyday words among them");
    for words in ["и на в с о для по к из от не как что это", "the and of to in for"]
    {
        assert!(dictionary.mentions(words).is_empty(), "{words}");
    }
    for (word, slug) in [
        ("докер", "docker"),
        ("кубер", "kubernetes"),
        ("postgres", "postgresql"),
        ("наставник", "mentoring"),
        ("менторство", "mentoring"),
        ("ООП", "oop"),
        ("ci/cd", "ci-cd"),
    ] {
        let mentions = dictionary.mentions(word);
        let found =
            mentions.first().map(|mention| dictionary.skills()[mention.skill].slug.as_str());
        assert_eq!(found, Some(slug), "{word}");
    }
}
