//! Search: both databases find the same, and changes are searchable immediately.

use std::collections::BTreeSet;
use std::sync::Arc;

use grades::graders::service::catalogue;
use grades::graders::service::catalogue::{Catalogue, Profession, Track, TrackFile};
use grades::graders::service::past::{PastCatalogues, State};
use grades::graders::service::search::{Found, Hit, Kind, Search};
use grades::ladder::search::{Phrase, Question, terms};
use grades::ladder::skill::Dictionary;
use grades::ladder::{Description, Level};
use serde_json::Value;

use crate::api::body;
use crate::app::{Backend, TestApp, TestDatabase, between, header, unescaped};

/// The hits, one line each: `skill docker`, `requirement front-end middle React`.
fn lines(found: &Found) -> Vec<String> {
    let line = |hit: &Hit| match hit {
        Hit::Skill(skill) => format!("skill {}", skill.slug),
        Hit::Profession(profession) => format!("profession {}", profession.slug),
        Hit::Grade { profession, name, .. } => {
            format!("grade {} {}", profession.slug, name.slug())
        }
        Hit::Requirement { profession, name, requirement, .. } => {
            format!("requirement {} {} {}", profession.slug, name.slug(), requirement.text)
        }
    };
    found.hits.iter().map(line).collect()
}

fn search(database: &TestDatabase, search: &Search) -> Found {
    Catalogue::new(database.open()).search(search).unwrap()
}

fn asking(question: &str) -> Search {
    Search { question: question.into(), page: 1, ..Search::default() }
}

fn address(question: &str) -> String {
    let encoded = url::form_urlencoded::byte_serialize(question.as_bytes()).collect::<String>();
    format!("/search?q={encoded}")
}

/// An item of the catalogue with the terms that find it.
struct Thing {
    line: String,
    own: Vec<String>,
    context: Vec<String>,
}

/// All items, in the order of the results.
fn things(dictionary: &Dictionary) -> Vec<Thing> {
    let written = |texts: &[&str]| {
        let terms = |text: &&str| terms(text).into_iter().map(|term| term.term);
        // A phrase does not match across two texts.
        let terms = |text| terms(text).chain(["|".to_owned()]).collect::<Vec<_>>();
        texts.iter().flat_map(terms).collect::<Vec<_>>()
    };
    let skill = |skill: &grades::ladder::skill::Skill| {
        let own = written(&skill.names().collect::<Vec<_>>());
        Thing { line: format!("skill {}", skill.slug), own, context: Vec::new() }
    };
    let (mut professions, mut grades, mut requirements) = (Vec::new(), Vec::new(), Vec::new());
    for profession in catalogue::starting().unwrap().into_iter().flat_map(|file| file.professions) {
        let Profession { slug, title, summary, grades: ladder } = profession;
        professions.push(Thing {
            line: format!("profession {slug}"),
            own: written(&[&title, &summary, &slug]),
            context: Vec::new(),
        });
        for grade in ladder {
            let place = format!("{slug} {}", grade.level.slug());
            let description = Description::parse(grade.description.as_deref().unwrap_or_default());
            let notes = description.paragraphs().map(|note| note.text.as_str());
            let mut context = written(&[&title]);
            for requirement in &description.requirements {
                let label = requirement.kind.map_or("", |kind| kind.label());
                let own = written(&[label, &requirement.text]);
                context.extend(own.iter().cloned());
                requirements.push(Thing {
                    line: format!("requirement {place} {}", requirement.text),
                    own,
                    context: written(&[&title, grade.level.name()]),
                });
            }
            let own =
                written(&[&[grade.level.name()], notes.collect::<Vec<_>>().as_slice()].concat());
            grades.push(Thing { line: format!("grade {place}"), own, context });
        }
    }
    let skills = dictionary.skills().iter().map(skill);
    skills.chain(professions).chain(grades).chain(requirements).collect()
}

fn has(terms: &[String], phrase: &Phrase) -> bool {
    let (last, first) = phrase.terms.split_last().unwrap();
    terms.windows(phrase.terms.len()).any(|window| {
        let (end, start) = window.split_last().unwrap();
        start == first && if phrase.is_prefix { end.starts_with(last) } else { end == last }
    })
}

/// The hits of a question, found without an index.
fn expected(things: &[Thing], question: &Question) -> Vec<String> {
    let in_own = |thing: &Thing, part: &grades::ladder::search::Part| {
        part.phrases.iter().any(|phrase| has(&thing.own, phrase))
    };
    let anywhere = |thing: &Thing, part: &grades::ladder::search::Part| {
        in_own(thing, part) || part.phrases.iter().any(|phrase| has(&thing.context, phrase))
    };
    let all = |thing: &&Thing| question.parts().iter().all(|part| anywhere(thing, part));
    let any = |thing: &&Thing| question.parts().iter().any(|part| in_own(thing, part));
    let line = |thing: &Thing| thing.line.clone();
    let mut named = question.skill();
    let mut found = things.iter().filter(all).filter(any).map(line).collect::<Vec<_>>();
    let has_parts = question.parts().len() > 1;
    if found.is_empty() && has_parts {
        found = things.iter().filter(all).map(line).collect();
    }
    if found.is_empty() && has_parts {
        found = things.iter().filter(any).map(line).collect();
        named = question.parts().iter().find_map(|part| part.skill.as_deref());
    }
    if let Some(slug) = named {
        let best = format!("skill {slug}");
        found.retain(|line| *line != best);
        found.insert(0, best);
    }
    found
}

on_both_databases! {
    async fn the_best_hits_come_first(app: TestApp) {
        for (question, best) in [
            ("докер", "skill docker"),
            ("кубер", "skill kubernetes"),
            ("наставничество", "skill mentoring"),
            ("наставник", "skill mentoring"),
            ("менторство", "skill mentoring"),
            ("тесты", "skill testing"),
            ("тестирование", "skill testing"),
            ("postgres", "skill postgresql"),
            ("ООП", "skill oop"),
            ("junior plus", "grade python-backend junior-plus"),
            ("джуниор++", "grade front-end junior-plus-plus"),
            ("ci/cd", "skill ci-cd"),
            ("с++", "skill cpp"),
            ("SOLID", "skill solid"),
            ("как писать тесты", "skill testing"),
            ("react middle", "grade front-end middle"),
            ("бэкенд", "skill backend"),
            ("фулстек", "profession full-stack"),
            ("«собственный хук»", "skill custom-hooks"),
        ] {
            let found = lines(&search(&app.database, &asking(question)));
            let first = found.first().unwrap_or_else(|| panic!("nothing for {question}"));
            assert!(first.starts_with(best), "{question}: {found:#?}");
        }
    }

    async fn a_misspelt_skill_gets_a_suggestion(app: TestApp) {
        let page = app.page(&address("версточка")).await;
        assert!(page.contains("Ничего не&nbsp;нашлось."), "{page}");
        assert!(page.contains(">Вёрстка</a>"), "{page}");
        let link = unescaped(between(&page, "искали: <a href=\"", "\""));
        let page = app.page(&link).await;
        assert!(page.contains("<a href=\"/skills/layout\"><mark>Вёрстка</mark></a>"), "{page}");
        // Typed in the wrong keyboard layout.
        assert!(app.page(&address("вщслук")).await.contains(">docker</a>"));
        assert!(!app.page(&address("неттакогослова")).await.contains("Возможно"));
    }

    async fn every_question_finds_what_a_full_scan_finds(app: TestApp) {
        let database = app.database.open();
        let now = State::now(&database).unwrap();
        let present = Arc::new(Catalogue::new(database));
        // A state that ends now: the same texts, without an index in a database.
        let past = PastCatalogues::new(Arc::clone(&present)).get(&now).unwrap();
        let dictionary = present.dictionary().unwrap();
        let things = things(&dictionary);
        // Words of the texts: single, adjacent pairs, distant pairs, prefixes.
        let texts = catalogue::starting().unwrap().into_iter().flat_map(|file| file.professions);
        let texts = texts.flat_map(|profession| profession.grades).filter_map(|grade| grade.description);
        let text = texts.collect::<Vec<_>>().join(" ");
        let words = text.split_whitespace().collect::<Vec<_>>();
        let mut questions = BTreeSet::new();
        for (index, word) in words.iter().enumerate().step_by(23) {
            questions.insert((*word).to_owned());
            questions.insert(word.chars().take(3).collect());
            questions.insert(words[index..words.len().min(index + 2)].join(" "));
            questions.insert(format!("{word} {}", words[(index * 7) % words.len()]));
            questions.insert(format!("«{}»", words[index..words.len().min(index + 3)].join(" ")));
            questions.insert(format!("{word} {}", Level::ALL[index % 10].name()));
        }
        assert!(questions.len() > 400);
        let mut breadths = BTreeSet::new();
        for question in questions {
            let read = Question::read(&question, &dictionary);
            if read.parts().is_empty() {
                continue;
            }
            let wanted = expected(&things, &read);
            let mut found = Vec::new();
            let mut page = 1;
            loop {
                let asked = Search { page, ..asking(&question) };
                let answer = present.search(&asked).unwrap();
                let then = past.search(&asked).unwrap();
                assert_eq!(lines(&then), lines(&answer), "{question}");
                assert_eq!((then.total(), then.breadth), (answer.total(), answer.breadth));
                found.extend(lines(&answer));
                breadths.insert(format!("{:?}", answer.breadth));
                if page == 1 {
                    assert_eq!(answer.total(), wanted.len(), "{question}");
                }
                page += 1;
                if page > answer.pages {
                    break;
                }
            }
            assert_eq!(found, wanted, "{question}");
        }
        assert_eq!(breadths.len(), 3, "{breadths:?}");
    }

    async fn a_repeated_word_finds_the_same_as_one(app: TestApp) {
        for (repeated, once) in [
            ("docker Docker ДОКЕР", "docker"),
            ("наставник наставника наставник", "наставник"),
            ("мидл middle git мидл", "middle git"),
            ("frontend «front-end» фронтенд", "«front-end» фронтенд"),
            ("«код ревью» «код ревью»", "«код ревью»"),
            ("нетакого нетакого git", "нетакого git"),
        ] {
            let found = search(&app.database, &asking(repeated));
            let expected = search(&app.database, &asking(once));
            assert_eq!(lines(&found), lines(&expected), "{repeated}");
            assert_eq!((found.breadth, found.total()), (expected.breadth, expected.total()));
            let page = app.page(&address(repeated)).await;
            let hits = page.split("<ol class=\"hits\">").nth(1).unwrap_or_default();
            assert_eq!(hits.matches("<p class=\"hit\">").count(), expected.hits.len());
            let api = |question| address(question).replace("/search", "/api/v1/graders/search");
            assert_eq!(app.read(&api(repeated)).await["items"], app.read(&api(once)).await["items"]);
        }
    }

    async fn changes_are_searchable_immediately(app: TestApp) {
        let ann = app.editor("ann").await;
        let found = |question: &str| lines(&search(&app.database, &asking(question)));
        let path = "/admin/professions/front-end/middle";
        let (text, version) = ann.read(path).await;
        assert!(found("зымбра").is_empty());
        let saved = ann.save(path, &version, &format!("- Опыт: зымбры и щупы\n\n{text}")).await;
        assert_eq!(saved.status(), 303);
        assert_eq!(found("зымбра"), ["requirement front-end middle зымбры и щупы"]);
        assert_eq!(found("зымбра front-end"), found("зымбра"));
        let page = app.page(&address("щуп")).await;
        assert!(page.contains("зымбры и\u{a0}<mark>щупы</mark>"), "{page}");
        let (_, version) = ann.read(path).await;
        assert_eq!(ann.save(path, &version, "О зымбрах.").await.status(), 303);
        assert_eq!(found("зымбра"), ["grade front-end middle"]);

        // A new level, a new title, then deleted and restored.
        let send = async |path: &str, form: &[(&str, &str)]| {
            let page = ann.page("/admin/professions/front-end").await;
            let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
            let form = [&[("version", version.as_str())], form].concat();
            let sent = ann.send(path, &form).await;
            assert_eq!(sent.status(), 303, "{}", sent.text().await.unwrap());
        };
        let whole = "/admin/professions/front-end";
        send(whole, &[("action", "relevel"), ("from", "middle"), ("to", "intern")]).await;
        assert_eq!(found("зымбра"), ["grade front-end intern"]);
        let fields = [("title", "Чудодей"), ("slug", "wizard"), ("summary", ""), ("track", "apps")];
        send(whole, &[&fields[..], &[("action", "save")]].concat()).await;
        assert_eq!(found("чудодей"), ["profession wizard"]);
        let in_track = Search { track: Some("apps".into()), ..asking("зымбра") };
        assert_eq!(lines(&search(&app.database, &in_track)), ["grade wizard intern"]);
        let page = ann.page("/admin/professions/wizard").await;
        let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let form = [("version", &*version), ("action", "delete")];
        assert_eq!(ann.send("/admin/professions/wizard/delete", &form).await.status(), 303);
        assert!(found("зымбра").is_empty() && found("чудодей").is_empty());
        let trash = ann.page("/admin/trash").await;
        let id = between(&trash, "name=\"profession\" value=\"", "\"").to_owned();
        assert_eq!(ann.send("/admin/trash", &[("profession", &*id)]).await.status(), 303);
        assert_eq!(found("чудодей зымбра"), ["grade wizard intern"]);
    }

    async fn an_index_in_another_format_is_rebuilt(backend: Backend) {
        let TestApp { database, .. } = TestApp::on(backend);
        let before = lines(&search(&database, &asking("докер")));
        database.execute("DELETE FROM search_entries; UPDATE catalogue_state SET search_format = 0");
        assert!(lines(&search(&database, &asking("junior plus"))).is_empty());
        let app = TestApp::start(database);
        assert_eq!(lines(&search(&app.database, &asking("докер"))), before);
    }

    async fn hits_are_filtered_counted_and_paged(backend: Backend) {
        let grade = |level: Level| catalogue::Grade {
            level,
            description: Some("- Вязание узлов\n- Git".into()),
        };
        let file = |slug: &str, count: usize| TrackFile {
            track: Track { slug: slug.into(), title: format!("Направление {slug}") },
            professions: (1..=count)
                .map(|number| Profession {
                    slug: format!("{slug}-{number}"),
                    title: format!("Узловед {slug} {number}"),
                    summary: String::new(),
                    grades: [Level::Junior, Level::Middle].map(grade).into(),
                })
                .collect(),
        };
        let app = TestApp::with_catalogue(backend, &[file("one", 25), file("two", 3)]);
        let page = app.page(&address("вязание")).await;
        let counts = between(&page, "aria-label=\"Что показать\"", "</nav>");
        assert!(counts.contains("Требования</a> <span class=\"number\">56</span>"), "{counts}");
        assert!(!counts.contains("Навыки"), "{counts}");
        assert!(page.contains("1 из&nbsp;3"), "{page}");
        let mut links = Vec::new();
        for number in 1..=3 {
            let page = app.page(&format!("{}&page={number}", address("вязание"))).await;
            let hits = page.split("<p class=\"hit\"><a href=\"").skip(1);
            links.extend(hits.map(|hit| hit.split('"').next().unwrap().to_owned()));
        }
        assert_eq!(links.len(), 56);
        assert_eq!(links.iter().collect::<BTreeSet<_>>().len(), 56);
        for (query, count) in [
            ("&track=two", 6),
            ("&level=middle", 28),
            ("&level=junior&track=one", 25),
            ("&level=senior", 0),
            ("&kind=requirement", 56),
            ("&kind=grade", 0),
            ("&track=&level=", 56),
        ] {
            let page = app.page(&format!("{}{query}", address("вязание"))).await;
            let hits = page.matches("<p class=\"hit\">").count();
            assert_eq!(hits, count.min(20), "{query}");
            if count == 0 {
                assert!(page.contains("ничего не&nbsp;нашлось") || page.contains("Ничего не&nbsp;нашлось"));
            }
        }
        let narrowed = app.page(&format!("{}&level=senior", address("вязание"))).await;
        assert!(narrowed.contains("Искать во&nbsp;всех"), "{narrowed}");
        assert_eq!(app.page(&address("узловед")).await.matches("<p class=\"hit\">").count(), 20);
        // More hits than are counted.
        let app = TestApp::with_catalogue(backend, &[file("big", 501)]);
        let page = app.page(&address("вязание")).await;
        assert!(page.contains("больше 1000") && page.contains("1 из&nbsp;50"), "{page}");
        assert_eq!(app.get(&format!("{}&page=50", address("вязание"))).await.status(), 200);
        assert_eq!(app.get(&format!("{}&page=51", address("вязание"))).await.status(), 404);
    }

    async fn any_text_can_be_searched(app: TestApp) {
        for question in [
            "\"", "\"\"", "\"docker", "«", "*", "doc*", "own:docker", "context : react", "NEAR(a b)",
            "a AND b", "NOT docker", "OR", "(", ")", "'", "''", "\\", "a\\'b", "!react", "a & b", "a|b",
            "<->", ":*", "'a':A", "@track-web", "--", ";", "%", "_", "\u{0}", "\u{1}", "\n", "🦀", "ß", "İ",
            "e\u{301}", "#", "+", "c#", "١٢", "<script>", "a'b\"c",
        ] {
            let answer = app.get(&address(question)).await;
            assert_eq!(answer.status(), 200, "{question:?}");
            let page = answer.text().await.unwrap();
            assert!(!page.contains("<script>"), "{question:?}");
        }
        let longest = "я".repeat(200);
        let page = app.page(&address(&longest)).await;
        assert!(page.contains(&format!("value=\"{longest}\"")));
        let many = "a b c d e f g h i j k l m n o p q r s t u v w x y z ".repeat(3);
        assert_eq!(app.get(&address(&many)).await.status(), 200);
        for (path, status) in [
            (address(&"я".repeat(201)), 400),
            ("/search?q=git&level=boss".into(), 400),
            ("/search?q=git&kind=boss".into(), 400),
            ("/search?q=git&page=x".into(), 400),
            ("/search?q=git&page=0".into(), 404),
            ("/search?page=2".into(), 404),
            ("/search?q=git&track=nowhere".into(), 404),
            ("/search?q=git&track=%22%20OR%20own:a".into(), 404),
            ("/search?q=git&q=git".into(), 400),
        ] {
            assert_eq!(app.get(&path).await.status(), status, "{path}");
        }
        let empty = app.page("/search").await;
        assert_eq!(app.page("/search?q=&track=&level=").await, empty);
        assert!(empty.contains("<link rel=\"canonical\"") && !empty.contains("class=\"orders\""));
        assert!(app.page("/search?q=git").await.contains("content=\"noindex\""));
    }

    async fn a_hit_links_to_its_requirement(app: TestApp) {
        let page = app.page(&address("редукс")).await;
        let links = page.split("<p class=\"hit\"><a href=\"").skip(1);
        let links = links.map(|rest| rest.split('"').next().unwrap().to_owned());
        let links = links.filter(|link| link.contains('#')).collect::<Vec<_>>();
        assert!(!links.is_empty(), "{page}");
        for link in links {
            let (path, id) = link.split_once('#').unwrap();
            let there = app.page(path).await;
            let requirement = between(&there, &format!("<li id=\"{id}\""), "</li>");
            assert!(requirement.to_lowercase().contains("redux"), "{requirement}");
        }
    }

    async fn the_api_finds_the_same_as_the_page(app: TestApp) {
        let path = format!("/api/v1/graders{}&level=middle", address("react"));
        let answered = app.read(&path).await;
        let found = search(&app.database, &Search { level: Some(Level::Middle), ..asking("react") });
        assert_eq!(answered["items"].as_array().unwrap().len(), found.hits.len());
        assert_eq!(answered["counts"]["requirement"], found.counts[3].1);
        assert_eq!((&answered["next"], &answered["suggestion"]), (&Value::Null, &Value::Null));
        let items = answered["items"].as_array().unwrap();
        let first = items.iter().find(|item| item["kind"] == "requirement").unwrap();
        assert_eq!((&first["kind"], &first["profession"], &first["level_name"]),
            (&"requirement".into(), &"front-end".into(), &"middle".into()));
        let page = app.page("/professions/front-end/middle").await;
        assert!(page.contains(&format!("<li id=\"middle-{}\"", first["requirement"].as_str().unwrap())));

        let path = format!("/api/v1/graders{}", address("и"));
        let answer = app.get(&path).await;
        let link = header(&answer, "link").to_owned();
        let first_part = body(answer).await;
        assert_eq!(first_part["next"], "2");
        let next = between(&link, "<", ">");
        let second = app.read(next).await;
        assert_ne!(second["items"], first_part["items"]);
        assert_eq!(app.get(&format!("{path}&cursor=2000")).await.status(), 404);
        assert_eq!(app.get(&format!("{path}&cursor=x")).await.status(), 404);
        assert_eq!(app.get(&format!("{path}&track=nowhere")).await.status(), 404);
        for query in ["", "?q=", "?q=a%00", "?q=git&level=boss", "?q=git&kind=boss", "?q=git&page=1"] {
            let answer = app.get(&format!("/api/v1/graders/search{query}")).await;
            assert_eq!(answer.status(), 400, "{query}");
        }
        let guessed = app.read(&format!("/api/v1/graders{}", address("версточка"))).await;
        assert_eq!(guessed["suggestion"], "Вёрстка");
        let kinds = Kind::ALL.map(Kind::name);
        assert_eq!(kinds, ["skill", "profession", "grade", "requirement"]);
    }

    async fn what_the_site_does_is_found_above_the_catalogue(app: TestApp) {
        for (question, to) in [
            ("зарплата", "/salary"),
            ("самопроверка", "/check"),
            ("защита", "/defence"),
            ("наставничество", "/mentoring"),
            ("план роста", "/plan"),
            ("правила", "/rules"),
            ("сверка", "/check/pair"),
        ] {
            let page = app.page(&address(question)).await;
            let first = between(&page, "<p class=\"hit\"><a href=\"", "\"");
            assert_eq!(first, to, "{question}");
            assert!(!page.contains("Ничего не&nbsp;нашлось"), "{page}");
            // Not where the catalogue is narrowed down.
            let narrow = app.page(&format!("{}&level=middle", address(question))).await;
            assert!(!narrow.contains(&format!("<p class=\"hit\"><a href=\"{to}\">")), "{question}");
        }
        let page = app.page(&format!("{}&kind=grade", address("синьер"))).await;
        assert!(page.contains("href=\"/professions/front-end/senior\""), "{page}");
    }

    async fn pages_lead_to_what_is_described_and_to_mentoring(app: TestApp) {
        let empty = app.page("/professions/postgresql-admin").await;
        assert!(empty.contains("Уже описаны: <a href=\"/professions/"), "{empty}");
        assert!(!app.page("/professions/front-end").await.contains("Уже описаны"));
        for path in ["/skills/react", "/professions/front-end/senior-plus"] {
            assert!(app.page(path).await.contains("href=\"/mentoring\""), "{path}");
        }
    }
}
