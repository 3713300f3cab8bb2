//! Ladders that include others: how an inclusion is stored, what is refused, and what happens to it
//! when the included ladder changes.

use std::collections::BTreeMap;

use actix_web::rt::System;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use reqwest::Response;
use serde_json::{Value, json};

use crate::api::{Program, body, places, problem};
use crate::app::{Backend, Editor, TestApp, between, header, unescaped};

const PROFESSIONS: &str = "/api/v1/graders/professions";

/// Makes a profession with a grade of each level.
async fn make(program: &Program<'_>, slug: &str, levels: &[&str], includes: Value) -> Value {
    let grade =
        |level: &&str| json!({"level_name": level, "description": format!("- {slug} {level}")});
    let new = json!({
        "slug": slug, "title": slug.to_uppercase(), "track": "web", "includes": includes,
        "grades": levels.iter().map(grade).collect::<Vec<_>>(),
    });
    let made = program.post(PROFESSIONS, &new).await;
    assert_eq!(made.status(), 201, "{slug}: {}", made.text().await.unwrap());
    body(made).await
}

async fn includes(app: &TestApp, slug: &str) -> Value {
    app.read(&format!("{PROFESSIONS}/{slug}")).await["includes"].clone()
}

fn whole(slug: &str) -> Value {
    json!({"slug": slug, "up_to": null})
}

fn up_to(slug: &str, level: &str) -> Value {
    json!({"slug": slug, "up_to": level})
}

/// Sends a form with the current version of its page.
async fn send(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) -> Response {
    let page = editor.page(path).await;
    let version = between(&page, "name=\"version\" value=\"", "\"");
    editor.send(path, &[&[("version", version)], form].concat()).await
}

/// Restores an earlier version of a profession.
async fn restore(editor: &Editor<'_>, slug: &str, version: &str) -> Response {
    let page = editor.page(&format!("/admin/professions/{slug}")).await;
    let present = between(&page, "name=\"version\" value=\"", "\"");
    let path = format!("/admin/professions/{slug}/history");
    editor.send(&path, &[("version", present), ("restore", version)]).await
}

/// Sends the form of a profession, as it is but for what it includes.
async fn include(editor: &Editor<'_>, slug: &str, includes: &str, up_to: &str) -> Response {
    let title = slug.to_uppercase();
    let form = [
        ("title", title.as_str()),
        ("slug", slug),
        ("summary", ""),
        ("track", "web"),
        ("includes", includes),
        ("up-to", up_to),
        ("action", "save"),
    ];
    send(editor, &format!("/admin/professions/{slug}"), &form).await
}

on_both_databases! {
    async fn a_profession_includes_another_ladder_and_follows_its_address(app: TestApp) {
        let program = app.writer();
        make(&program, "base", &["junior", "middle"], json!(null)).await;
        let made = make(&program, "one", &["junior"], whole("base")).await;
        assert_eq!(made["includes"], whole("base"));
        assert_eq!(includes(&app, "base").await, json!(null));
        let ann = app.editor("ann").await;
        assert_eq!(include(&ann, "one", "base", "middle").await.status(), 303);
        assert_eq!(includes(&app, "one").await, up_to("base", "middle"));
        // The same form again changes nothing.
        let again = include(&ann, "one", "base", "middle").await;
        assert_eq!(header(&again, "location"), "/admin/professions/one?done=unchanged");
        let page = ann.page("/admin/professions/one").await;
        assert!(page.contains("<option value=\"base\" selected>BASE</option>"), "{page}");
        assert!(page.contains("<option value=\"middle\" selected>Мидл</option>"), "{page}");

        let path = format!("{PROFESSIONS}/base");
        let renamed = json!({"slug": "common", "title": "Общее"});
        assert_eq!(program.patch(&path, &program.tag(&path).await, &renamed).await.status(), 200);
        assert_eq!(includes(&app, "one").await, up_to("common", "middle"));
        let listed = app.read(&format!("{PROFESSIONS}?sort=slug&limit=100")).await;
        let listed = listed["items"].as_array().unwrap().iter().find(|item| item["slug"] == "one");
        assert_eq!(listed.unwrap()["includes"], up_to("common", "middle"));
        // A form that was opened before names the former address.
        assert_eq!(include(&ann, "one", "base", "").await.status(), 303);
        assert_eq!(includes(&app, "one").await, whole("common"));

        let path = format!("{PROFESSIONS}/one");
        let kept = program.patch(&path, &program.tag(&path).await, &json!({"summary": "Первая"})).await;
        assert_eq!(body(kept).await["includes"], whole("common"));
        let none = program.patch(&path, &program.tag(&path).await, &json!({"includes": null})).await;
        assert_eq!(body(none).await["includes"], json!(null));
        let history = ann.page("/admin/professions/one/history").await;
        for change in ["Включает лестницу «BASE» до\u{a0}мидла", "Больше не\u{a0}включает «Общее»"] {
            assert!(history.contains(change), "{history}");
        }
    }

    async fn what_can_not_be_included_is_refused_beside_its_field(app: TestApp) {
        let program = app.writer();
        make(&program, "base", &["junior", "middle"], json!(null)).await;
        make(&program, "one", &["junior"], whole("base")).await;
        make(&program, "two", &["junior"], up_to("one", "junior")).await;
        let ann = app.editor("ann").await;
        for (slug, included, level, field, sentence) in [
            ("base", "base", "", "includes", "не может включать сама себя"),
            ("base", "one", "", "includes", "Вышел бы круг"),
            ("base", "two", "junior", "includes", "Вышел бы круг"),
            ("base", "nobody", "", "includes", "Такой профессии больше нет"),
            ("two", "base", "senior", "up-to", "Такого уровня в выбранной лестнице нет"),
            ("two", "", "junior", "up-to", "Уровень выбран, а лестница нет"),
        ] {
            let before = includes(&app, slug).await;
            let answer = include(&ann, slug, included, level).await;
            assert_eq!(answer.status(), 422, "{slug} {included} {level}");
            let page = unescaped(&answer.text().await.unwrap()).replace('\u{a0}', " ");
            let error = between(&page, &format!("id=\"{field}-error\">"), "</p>");
            assert!(error.contains(sentence), "{error}");
            assert_eq!(includes(&app, slug).await, before);
        }
        assert_eq!(include(&ann, "two", "base", "boss").await.status(), 400);
        // Neither the ladder itself nor those that include it are offered.
        let page = ann.page("/admin/professions/base").await;
        let offered = between(&page, "<select id=\"includes\"", "</select>");
        assert!(offered.contains("\"front-end\""));
        assert!(["base", "one", "two"].iter().all(|slug| !offered.contains(&format!("\"{slug}\""))));

        let path = format!("{PROFESSIONS}/base");
        for (wanted, pointer) in [
            (whole("base"), "/includes/slug"),
            (whole("two"), "/includes/slug"),
            (whole("nobody"), "/includes/slug"),
            (up_to("front-end", "intern"), "/includes/up_to"),
        ] {
            let change = json!({"includes": wanted});
            let refused = program.patch(&path, &program.tag(&path).await, &change).await;
            let refused = problem(refused, 409, "conflict").await;
            assert_eq!(places(&refused, "pointer"), [pointer], "{wanted}");
        }
        for (wanted, pointer) in [
            (json!({"up_to": "junior"}), "/includes/slug"),
            (json!({"slug": "one", "up_to": "boss"}), "/includes/up_to"),
            (json!("one"), "/includes"),
        ] {
            let change = json!({"includes": wanted});
            let refused = program.patch(&path, &program.tag(&path).await, &change).await;
            let refused = problem(refused, 422, "invalid").await;
            assert_eq!(places(&refused, "pointer"), [pointer], "{wanted}");
        }
        let new = json!({"slug": "own", "title": "Своя", "track": "web", "includes": whole("own")});
        let refused = problem(program.post(PROFESSIONS, &new).await, 409, "conflict").await;
        assert_eq!(places(&refused, "pointer"), ["/includes/slug"]);
    }

    async fn deleting_an_included_ladder_takes_the_inclusion_away_and_can_be_undone(app: TestApp) {
        let program = app.writer();
        make(&program, "base", &["junior", "middle"], json!(null)).await;
        make(&program, "one", &["junior"], whole("base")).await;
        make(&program, "two", &["junior"], up_to("base", "middle")).await;
        let ann = app.editor("ann").await;
        let gone = send(&ann, "/admin/professions/base/delete", &[("action", "delete")]).await;
        assert_eq!(gone.status(), 303);
        for slug in ["one", "two"] {
            assert_eq!(includes(&app, slug).await, json!(null));
            let path = format!("/admin/professions/{slug}/history");
            let history = ann.page(&path).await;
            assert!(history.contains("Больше не\u{a0}включает «BASE»"), "{history}");
        }
        // Without the ladder an earlier version comes back in part.
        let back = restore(&ann, "two", "1").await;
        // All the rest is as it was.
        assert_eq!(header(&back, "location"), "/admin/professions/two?done=unchanged");
        let trash = ann.page("/admin/trash").await;
        let id = between(&trash, "name=\"profession\" value=\"", "\"").to_owned();
        let back = ann.send("/admin/trash", &[("profession", &*id), ("action", "restore")]).await;
        assert_eq!(header(&back, "location"), "/admin/professions/base?done=back");
        for (slug, was) in [("one", whole("base")), ("two", up_to("base", "middle"))] {
            let back = restore(&ann, slug, "1").await;
            let expected = format!("/admin/professions/{slug}?done=restored");
            assert_eq!(header(&back, "location"), expected);
            assert_eq!(includes(&app, slug).await, was);
        }
    }

    async fn an_inclusion_follows_the_grade_it_goes_up_to(app: TestApp) {
        let program = app.writer();
        make(&program, "base", &["junior", "middle", "senior"], json!(null)).await;
        make(&program, "fork", &["junior"], up_to("base", "senior")).await;
        let ann = app.editor("ann").await;
        let relevel = [("from", "senior"), ("to", "senior-plus"), ("action", "relevel")];
        let relevel = [&relevel[..], &[("confirmed", "yes")]].concat();
        assert_eq!(send(&ann, "/admin/professions/base", &relevel).await.status(), 303);
        assert_eq!(includes(&app, "fork").await, up_to("base", "senior+"));
        let remove = async |level: &str| {
            let path = format!("/admin/professions/base/{level}/delete");
            assert_eq!(send(&ann, &path, &[("action", "delete")]).await.status(), 303);
            includes(&app, "fork").await
        };
        assert_eq!(remove("junior").await, up_to("base", "senior+"));
        assert_eq!(remove("senior-plus").await, up_to("base", "middle"));
        assert_eq!(remove("middle").await, json!(null));
        let history = ann.page("/admin/professions/fork/history").await;
        for change in [
            "Включает лестницу «BASE» до\u{a0}синьора+",
            "Включает лестницу «BASE» до\u{a0}мидла",
            "Больше не\u{a0}включает «BASE»",
        ] {
            assert_eq!(history.matches(change).count(), 1, "{change} in {history}");
        }
        // An earlier version comes back with the next lower level that is there, and says so.
        let add = [("level", "junior"), ("empty", "yes"), ("action", "add")];
        assert_eq!(send(&ann, "/admin/professions/base", &add).await.status(), 303);
        let back = restore(&ann, "fork", "2").await;
        assert_eq!(header(&back, "location"), "/admin/professions/fork?done=restored-in-part");
        assert_eq!(includes(&app, "fork").await, up_to("base", "junior"));
        let page = ann.page("/admin/professions/fork?done=restored-in-part").await;
        assert!(page.contains("не\u{a0}целиком"), "{page}");
        let history = ann.page("/admin/professions/fork/history").await;
        let note = "Возвращена версия 2, лестница «BASE» до\u{a0}джуна: выше в\u{a0}ней нет";
        assert!(history.contains(note), "{history}");
    }

    async fn nothing_that_comes_back_makes_a_circle(app: TestApp) {
        let program = app.writer();
        make(&program, "one", &["junior"], json!(null)).await;
        make(&program, "two", &["junior"], whole("one")).await;
        let ann = app.editor("ann").await;
        assert_eq!(include(&ann, "two", "", "").await.status(), 303);
        assert_eq!(include(&ann, "one", "two", "").await.status(), 303);
        let back = restore(&ann, "two", "1").await;
        assert_eq!(header(&back, "location"), "/admin/professions/two?done=unchanged");
        assert_eq!(includes(&app, "two").await, json!(null));

        // The one that is deleted included the other one, which includes it when it comes back.
        let delete = [("action", "delete")];
        assert_eq!(send(&ann, "/admin/professions/one/delete", &delete).await.status(), 303);
        make(&program, "three", &["junior"], json!(null)).await;
        let trash = ann.page("/admin/trash").await;
        let id = between(&trash, "name=\"profession\" value=\"", "\"").to_owned();
        assert_eq!(send(&ann, "/admin/professions/two/delete", &delete).await.status(), 303);
        let back = ann.send("/admin/trash", &[("profession", &*id), ("action", "restore")]).await;
        assert_eq!(header(&back, "location"), "/admin/professions/one?done=back-in-part");
        let history = ann.page("/admin/professions/one/history").await;
        let history = history.replace('\u{a0}', " ");
        assert!(history.contains("Возвращена, без лестницы «TWO»: её больше нет"), "{history}");
        let page = ann.page("/admin/professions/one?done=back-in-part").await;
        assert!(page.contains("не\u{a0}целиком"), "{page}");
    }
}

/// What may be done to one of four professions.
#[derive(Clone, Debug)]
enum Step {
    Form { of: usize, includes: usize, level: Option<usize> },
    Api { of: usize, includes: usize, level: Option<usize> },
    Restore { of: usize, version: i32 },
    Delete { of: usize },
    BringBack,
    Remove { of: usize, level: usize },
}

const SLUGS: [&str; 4] = ["one", "two", "three", "four"];
const LEVELS: [(&str, &str); 3] =
    [("junior", "junior"), ("middle", "middle"), ("senior", "senior")];

fn step() -> impl Strategy<Value = Step> {
    let level = || proptest::option::of(0..LEVELS.len());
    prop_oneof![
        4 => (0..4_usize, 0..4_usize, level())
            .prop_map(|(of, includes, level)| Step::Form { of, includes, level }),
        4 => (0..4_usize, 0..4_usize, level())
            .prop_map(|(of, includes, level)| Step::Api { of, includes, level }),
        3 => (0..4_usize, 1..8_i32).prop_map(|(of, version)| Step::Restore { of, version }),
        1 => (0..4_usize).prop_map(|of| Step::Delete { of }),
        2 => Just(Step::BringBack),
        1 => (0..4_usize, 0..3_usize).prop_map(|(of, level)| Step::Remove { of, level }),
    ]
}

async fn take(program: &Program<'_>, ann: &Editor<'_>, step: &Step) {
    let app = ann.app;
    let is_there =
        async |slug: &str| app.get(&format!("{PROFESSIONS}/{slug}")).await.status() == 200;
    let of = match step {
        Step::Form { of, .. }
        | Step::Api { of, .. }
        | Step::Restore { of, .. }
        | Step::Delete { of }
        | Step::Remove { of, .. } => SLUGS[*of],
        Step::BringBack => {
            let trash = ann.page("/admin/trash").await;
            if trash.contains("name=\"profession\"") {
                let id = between(&trash, "name=\"profession\" value=\"", "\"").to_owned();
                let form = [("profession", &*id), ("action", "restore")];
                ann.send("/admin/trash", &form).await;
            }
            return;
        }
    };
    if !is_there(of).await {
        return;
    }
    let page = format!("/admin/professions/{of}");
    let status = match step {
        Step::Form { includes, level, .. } => {
            let level = level.map_or("", |level| LEVELS[level].1);
            include(ann, of, SLUGS[*includes], level).await.status()
        }
        Step::Api { includes, level, .. } => {
            let level = level.map(|level| LEVELS[level].0);
            let change = json!({"includes": {"slug": SLUGS[*includes], "up_to": level}});
            let path = format!("{PROFESSIONS}/{of}");
            program.patch(&path, &program.tag(&path).await, &change).await.status()
        }
        Step::Restore { version, .. } => restore(ann, of, &version.to_string()).await.status(),
        Step::Delete { .. } => {
            send(ann, &format!("{page}/delete"), &[("action", "delete")]).await.status()
        }
        Step::Remove { level, .. } => {
            let path = format!("{page}/{}/delete", LEVELS[*level].1);
            if ann.get(&path).await.status() != 200 {
                return;
            }
            send(ann, &path, &[("action", "delete")]).await.status()
        }
        Step::BringBack => return,
    };
    assert!(!status.is_server_error(), "{step:?}: {status}");
}

/// No profession includes itself through any number of others, and each goes up to a level that is there.
async fn is_in_order(app: &TestApp) -> Result<(), TestCaseError> {
    let listed = app.read(&format!("{PROFESSIONS}?limit=100&track=web")).await;
    let listed = listed["items"].as_array().unwrap();
    let by_slug = listed.iter().map(|item| (item["slug"].as_str().unwrap(), item));
    let by_slug = by_slug.collect::<BTreeMap<_, _>>();
    for start in by_slug.keys() {
        let (mut at, mut steps) = (*start, 0);
        while let Some(next) = by_slug[at]["includes"]["slug"].as_str() {
            let level = &by_slug[at]["includes"]["up_to"];
            let levels = by_slug[next]["levels"].as_array().unwrap();
            prop_assert!(level.is_null() || levels.contains(level), "{} up to {}", at, level);
            at = next;
            steps += 1;
            prop_assert!(at != *start && steps <= by_slug.len(), "a circle through {}", start);
        }
    }
    Ok(())
}

#[test]
fn no_steps_of_any_kind_make_a_circle() {
    let mut runner = TestRunner::new(Config { cases: 6, ..Config::default() });
    let steps = prop::collection::vec(step(), 10..40);
    runner
        .run(&steps, |steps| {
            System::new().block_on(async {
                let app = TestApp::on(Backend::Sqlite);
                let (program, ann) = (app.writer(), app.editor("ann").await);
                for slug in SLUGS {
                    make(&program, slug, &["junior", "middle", "senior"], json!(null)).await;
                }
                for step in &steps {
                    take(&program, &ann, step).await;
                    is_in_order(&app).await?;
                }
                Ok(())
            })
        })
        .unwrap();
}
