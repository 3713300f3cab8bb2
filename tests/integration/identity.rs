//! Requirements keep their identity: answers, links and programs that know a former id find the requirement.

use std::collections::BTreeSet;

use grades::graders::service::catalogue::{Grade, Profession, Track, TrackFile};
use grades::ladder::{Description, Level};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Response;
use serde_json::{Value, json};

use crate::api::problem;
use crate::app::{Backend, Editor, TestApp, between, typed, unescaped};

const BAKER: &str = "/admin/professions/baker";
const API: &str = "/api/v1/graders";

/// A site with the ladder of a baker.
fn bakery(backend: Backend, grades: &[(Level, &str)]) -> TestApp {
    let grade = |(level, text): &(Level, &str)| Grade {
        level: *level,
        description: Some((*text).to_owned()),
    };
    let profession = |slug: &str, grades| Profession {
        slug: slug.into(),
        title: "Пекарь".into(),
        summary: String::new(),
        grades,
    };
    let track = Track { slug: "pastry".into(), title: "Выпечка".into() };
    let grades = grades.iter().map(grade).collect::<Vec<_>>();
    let other = vec![Grade {
        level: Level::Senior, description: Some("- Печёт торты".to_owned())
    }];
    let professions = vec![profession("baker", grades), profession("confectioner", other)];
    TestApp::with_catalogue(backend, &[TrackFile { track, professions }])
}

/// The id of the only requirement with these words.
fn id(text: &str) -> String {
    let mut requirements = Description::parse(&format!("- {text}")).requirements;
    requirements.remove(0).id
}

fn words(page: &str) -> String {
    page.replace(['\u{a0}'], " ").replace("&nbsp;", " ")
}

async fn stored(answer: Response) {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
}

/// Saves the description of a grade.
async fn save(editor: &Editor<'_>, level: &str, text: &str) {
    let path = format!("{BAKER}/{level}");
    let (_, version) = editor.read(&path).await;
    let form = [("version", &*version), ("text", text), ("confirmed", "yes"), ("action", "save")];
    stored(editor.send(&path, &form).await).await;
}

/// Sends a form with the current version of its page.
async fn send(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) {
    let page = editor.page(path).await;
    let version = between(&page, "name=\"version\" value=\"", "\"");
    stored(editor.send(path, &[&[("version", version)], form].concat()).await).await;
}

/// The result of the self-check with «есть» to these ids.
async fn result(app: &TestApp, level: &str, ids: &[String]) -> String {
    let ids = ids.join(".");
    words(&app.page(&format!("/check?profession=baker&grade={level}&yes={ids}")).await)
}

/// What the API tells of an id.
async fn fate(app: &TestApp, id: &str) -> Value {
    app.read(&format!("{API}/professions/baker/requirements/{id}")).await
}

async fn status(app: &TestApp, text: &str) -> String {
    fate(app, &id(text)).await["status"].as_str().unwrap().to_owned()
}

/// The number of the grade of a level.
async fn number(app: &TestApp, level: &str) -> i64 {
    let ladder = app.read(&format!("{API}/professions/baker/grades")).await;
    let grades = ladder["items"].as_array().unwrap();
    grades.iter().find(|grade| grade["level_name"] == level).unwrap()["grade_id"].as_i64().unwrap()
}

on_both_databases! {
    async fn answers_and_links_follow_a_requirement_into_other_words(backend: Backend) {
        let app = bakery(backend, &[
            (Level::Junior, "- Печёт белый хлеб\n- Моет <печь>"),
            (Level::Middle, "- Опыт: год у печи"),
        ]);
        let ann = app.editor("ann").await;
        let former = ["Печёт белый хлеб", "Моет <печь>", "Опыт: год у печи"].map(id);
        assert!(!result(&app, "middle", &former).await.contains("Осталось"));
        save(&ann, "junior", "- Моет <печь> каждый день\n- Печёт белый и ржаной хлеб").await;

        let page = result(&app, "middle", &former).await;
        assert!(!page.contains("Осталось") && !page.contains("пришлось пропустить"), "{page}");
        let change = "формулировка изменилась: было «Печёт белый хлеб», стало «Печёт белый <ins>и ржаной </ins>хлеб»";
        assert!(page.contains(change), "{page}");
        assert!(page.contains("стало «Моет &#60;печь&#62;<ins> каждый день</ins>»"), "{page}");
        assert_eq!(page.matches("формулировка изменилась").count(), 2);
        // Its links name the present ids.
        let present = id("Печёт белый и ржаной хлеб");
        let links = unescaped(&page);
        assert!(links.contains(&present) && !links.contains(&former[0]), "{links}");

        let questions = format!("/check?profession=baker&grade=middle&from=baker/junior&yes={}", former.join("."));
        let questions = words(&app.page(&questions).await);
        assert!(questions.contains(change), "{questions}");
        assert!(questions.contains(&format!("name=\"{present}\" value=\"yes\" checked")), "{questions}");

        let sheet = format!("profession=baker&grade=junior&partly={}", former[..2].join("."));
        let page = words(&app.page(&format!("/defence?{sheet}")).await);
        assert!(page.contains(change) && page.contains("<td class=\"self open\">частично</td>"), "{page}");
        let file = words(&app.page(&format!("/defence.md?{sheet}")).await);
        assert!(file.contains("формулировка изменилась: было «Печёт белый хлеб»"), "{file}");
        assert!(file.contains("| частично |") && !file.contains("Убрано"), "{file}");

        // The place of the former id is that of the present one.
        for path in ["/professions/baker", "/professions/baker/junior", "/professions/baker/middle"] {
            let page = app.page(path).await;
            let place = format!("<li id=\"junior-{present}\"><a id=\"junior-{}\"></a>", former[0]);
            assert_eq!(page.matches(&place).count(), 1, "{path}: {page}");
        }
    }

    async fn a_line_cut_from_one_grade_and_pasted_in_other_words_into_another_is_the_same(backend: Backend) {
        let app = bakery(backend, &[(Level::Junior, "- Печёт белый хлеб\n- Моет печь"), (Level::Middle, "- Месит тесто")]);
        let ann = app.editor("ann").await;
        save(&ann, "junior", "- Моет печь").await;
        assert_eq!(status(&app, "Печёт белый хлеб").await, "removed");
        save(&ann, "middle", "- Месит тесто\n- Печёт хлеб").await;
        let found = fate(&app, &id("Печёт белый хлеб")).await;
        assert_eq!((&found["status"], &found["former_text"]), (&json!("reworded"), &json!("Печёт белый хлеб")));
        assert_eq!(found["requirement"]["level_name"], "middle");
        // The ladder has a place for it where it was.
        let place = format!("<a id=\"junior-{}\"></a>", id("Печёт белый хлеб"));
        assert!(app.page("/professions/baker").await.contains(&place));
        // In the same words it was never another one.
        save(&ann, "junior", "- Моет печь\n- Месит тесто").await;
        save(&ann, "middle", "- Печёт хлеб").await;
        assert_eq!(fate(&app, &id("Месит тесто")).await["requirement"]["level_name"], "junior");
    }

    async fn answers_to_what_was_removed_are_named_by_its_words(backend: Backend) {
        let app = bakery(backend, &[(Level::Junior, "- Печёт хлеб\n- Опыт: год у печи\n- Моет печь"), (Level::Middle, "- Месит тесто")]);
        let ann = app.editor("ann").await;
        let former = ["Печёт хлеб", "Опыт: год у печи", "Моет печь", "Неизвестное"].map(id);
        save(&ann, "junior", "- Моет печь").await;
        let page = result(&app, "junior", &former).await;
        let removed = between(&page, "Требования убраны из лестницы", "</ul>");
        assert!(removed.contains("<li>Опыт: год у печи</li>\n<li>Печёт хлеб</li>") || removed.contains("<li>Печёт хлеб</li>\n<li>Опыт: год у печи</li>"), "{removed}");
        assert!(page.contains("1 ответ из адреса пришлось пропустить"), "{page}");
        let one = result(&app, "junior", &former[1..3]).await;
        assert!(one.contains("Требование убрано из лестницы, отвечать на него"), "{one}");
        for path in ["/defence", "/defence.md"] {
            let sheet = app.page(&format!("{path}?profession=baker&grade=junior&yes={}", former.join("."))).await;
            assert!(words(&sheet).contains("Опыт: год у печи"), "{sheet}");
        }
        let path = format!("{BAKER}/junior");
        let grade = between(&ann.page(&path).await, "name=\"grade\" value=\"", "\"").to_owned();
        send(&ann, &path, &[("grade", &grade), ("text", "Скоро."), ("confirmed", "yes"), ("note", ""), ("action", "save")]).await;
        let nothing_left = result(&app, "junior", &former[1..2]).await;
        assert!(nothing_left.contains("<li>Опыт: год у печи</li>"), "{nothing_left}");
        // It comes back under its id when the text is restored, or the grade.
        send(&ann, &format!("{BAKER}/junior/history"), &[("restore", "1")]).await;
        assert_eq!(status(&app, "Печёт хлеб").await, "present");
        assert!(!result(&app, "junior", &former[..3]).await.contains("Осталось"));
    }

    async fn deleting_and_bringing_back_copying_and_new_levels_keep_ids(backend: Backend) {
        let app = bakery(backend, &[(Level::Junior, "- Печёт белый хлеб"), (Level::Middle, "- Месит тесто")]);
        let ann = app.owner("ann").await;
        send(&ann, &format!("{BAKER}/junior/delete"), &[("action", "delete")]).await;
        assert_eq!(status(&app, "Печёт белый хлеб").await, "removed");
        let trash = ann.page("/admin/trash").await;
        let field = |name: &str| between(&trash, &format!("name=\"{name}\" value=\""), "\"").to_owned();
        let (profession, grade) = (field("profession"), field("grade"));
        stored(ann.send("/admin/trash", &[("profession", &profession), ("grade", &grade)]).await).await;
        assert_eq!(status(&app, "Печёт белый хлеб").await, "present");

        save(&ann, "junior", "- Печёт хлеб").await;
        send(&ann, &format!("{BAKER}/delete"), &[("action", "delete")]).await;
        problem(app.get(&format!("{API}/professions/baker/requirements/{}", id("Печёт хлеб"))).await, 404, "not-found").await;
        stored(ann.send("/admin/trash", &[("profession", &profession)]).await).await;
        assert_eq!(status(&app, "Печёт белый хлеб").await, "reworded");
        assert_eq!(status(&app, "Печёт хлеб").await, "present");

        // A copied grade and one that moves ask what was removed.
        save(&ann, "middle", "").await;
        save(&ann, "junior", "- Моет печь").await;
        assert_eq!(status(&app, "Месит тесто").await, "removed");
        send(&ann, BAKER, &[("action", "copy"), ("source", "confectioner")]).await;
        assert_eq!(status(&app, "Печёт торты").await, "present");
        let program = app.writer();
        let path = format!("{API}/grades/{}", number(&app, "senior").await);
        let change = json!({"level_name": "senior+", "description": "- Печёт большие торты"});
        assert_eq!(program.patch(&path, "*", &change).await.status(), 200);
        let found = fate(&app, &id("Печёт торты")).await;
        assert_eq!((&found["status"], &found["requirement"]["level_name"]), (&json!("reworded"), &json!("senior+")));
        assert_eq!(program.delete(&path, "*").await.status(), 204);
        let made = program.post(&format!("{API}/professions/baker/grades"), &json!({"level_name": "senior", "description": "- Печёт очень большие торты"})).await;
        assert_eq!(made.status(), 201);
        assert_eq!(status(&app, "Печёт торты").await, "reworded");
    }

    async fn what_is_no_longer_included_is_told_to_be_removed(backend: Backend) {
        let app = bakery(backend, &[(Level::Junior, "- Моет печь"), (Level::Senior, "- Учит других")]);
        let program = app.writer();
        let (former, present) = (id("Печёт торты"), id("Печёт большие торты"));
        let baker = format!("{API}/professions/baker");
        let include = async |slug: Option<&str>| {
            let includes = slug.map(|slug| json!({"slug": slug, "up_to": null}));
            let answer = program.patch(&baker, "*", &json!({"includes": includes})).await;
            assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        };
        include(Some("confectioner")).await;
        let base = app.read(&format!("{API}/professions/confectioner")).await["grades"][0]["grade_id"].clone();
        let reworded = json!({"description": "- Печёт большие торты"});
        assert_eq!(program.patch(&format!("{API}/grades/{base}"), "*", &reworded).await.status(), 200);
        assert_eq!(fate(&app, &former).await["requirement"]["id"], json!(present));
        include(None).await;
        for text in ["Печёт торты", "Печёт большие торты"] {
            assert_eq!(status(&app, text).await, "removed", "{text}");
        }
        let page = result(&app, "senior", &[former, present]).await;
        assert!(page.contains("<li>Печёт торты</li>") && page.contains("<li>Печёт большие торты</li>"), "{page}");
        include(Some("confectioner")).await;
        assert_eq!(status(&app, "Печёт торты").await, "reworded");
        assert_eq!(program.delete(&format!("{API}/professions/confectioner"), "*").await.status(), 204);
        assert_eq!(status(&app, "Печёт торты").await, "removed");
        assert_eq!(status(&app, "Моет печь").await, "present");
    }

    async fn a_program_learns_what_became_of_an_id(backend: Backend) {
        let app = bakery(backend, &[(Level::Junior, "- Опыт: печёт белый хлеб\n- Моет печь\n- Месит тесто")]);
        let (former, present) = (id("Опыт: печёт белый хлеб"), id("Опыт: печёт хлеб"));
        assert_eq!(fate(&app, &former).await, json!({
            "asked_for_id": former, "status": "present", "profession": "baker",
            "requirement": app.read(&format!("{API}/professions/baker/grades?accumulated=true")).await["items"][0]["accumulated"][0],
            "former_text": null,
        }));
        let program = app.writer();
        let path = format!("{API}/grades/{}", number(&app, "junior").await);
        let change = json!({"description": "- Опыт: печёт хлеб\n- Моет печь и пол", "new_requirements": [id("Моет печь")]});
        assert_eq!(program.patch(&path, "*", &change).await.status(), 200);
        let found = fate(&app, &former).await;
        assert_eq!((&found["asked_for_id"], &found["status"]), (&json!(former), &json!("reworded")));
        assert_eq!((&found["requirement"]["id"], &found["requirement"]["kind"]), (&json!(present), &json!("experience")));
        assert_eq!(found["former_text"], "Опыт: печёт белый хлеб");
        for text in ["Моет печь", "Месит тесто"] {
            let found = fate(&app, &id(text)).await;
            assert_eq!(found, json!({
                "asked_for_id": id(text), "status": "removed", "profession": "baker", "requirement": null, "former_text": text,
            }));
        }
        for unknown in [id("Неизвестное").as_str(), "x", "ABC123", "abc123-1", "%D0%B0"] {
            let path = format!("{API}/professions/baker/requirements/{unknown}");
            problem(app.get(&path).await, 404, "not-found").await;
        }
        problem(app.get(&format!("{API}/professions/nobody/requirements/{present}")).await, 404, "not-found").await;
        let wrong = program.patch(&path, "*", &json!({"description": "- Б", "new_requirements": ["x"]})).await;
        problem(wrong, 422, "invalid").await;
    }

    async fn a_preview_pairs_lines_and_a_save_honours_what_is_said_of_them(backend: Backend) {
        let app = bakery(backend, &[(Level::Junior, "- Печёт белый хлеб\n- Моет печь\n- Месит тесто")]);
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let path = format!("{BAKER}/junior");
        let ids = ["Печёт белый хлеб", "Моет печь", "Месит тесто"].map(id);
        let box_of = |id: &str| format!("<input type=\"checkbox\" name=\"new\" value=\"{id}\"");
        let text = "- Печёт хлеб\n- Моет большую печь";
        let form = |version: &'static str, action: &'static str| {
            [("version", version), ("text", text), ("note", ""), ("action", action)]
        };
        let preview = async |new: &[&str]| {
            let new = new.iter().map(|id| ("new", *id)).collect::<Vec<_>>();
            let answer = ann.send(&path, &[&form("1", "preview")[..], &new].concat()).await;
            assert_eq!(answer.status(), 200);
            answer.text().await.unwrap()
        };
        let first = preview(&[]).await;
        let pairs = words(between(&first, "Та&nbsp;же мысль, новые слова", "class=\"buttons\""));
        assert!(pairs.contains("было «Печёт <del>белый </del>хлеб», стало «Печёт хлеб»"), "{pairs}");
        assert!(pairs.contains("стало «Моет <ins>большую </ins>печь»"), "{pairs}");
        for id in &ids[..2] {
            assert!(pairs.contains(&format!("{}>", box_of(id))), "{pairs}");
        }
        let leaving = between(&first, "Уйдёт", "</ul>");
        assert!(leaving.contains("<li>Месит тесто</li>"), "{leaving}");
        // A ticked box stays ticked, and its requirement leaves.
        let second = preview(&[&ids[0]]).await;
        assert!(second.contains(&format!("{} checked>", box_of(&ids[0]))), "{second}");
        assert!(second.contains(&format!("{}>", box_of(&ids[1]))), "{second}");
        assert!(between(&second, "Уйдут", "</ul>").contains("<li>Печёт белый хлеб</li>"), "{second}");
        // So it does where the form comes back for another reason.
        let hidden = format!("<input type=\"hidden\" name=\"new\" value=\"{}\">", ids[0]);
        let note = "x".repeat(300);
        let wrong = [("version", "1"), ("text", text), ("note", &note), ("action", "save"), ("new", &ids[0])];
        let wrong = ann.send(&path, &wrong).await;
        assert_eq!(wrong.status(), 422);
        assert!(wrong.text().await.unwrap().contains(&hidden));
        stored(bob.save(&path, "1", "- Печёт белый хлеб\n- Моет печь\n- Месит тесто\n- Метёт").await).await;
        let conflict = ann.send(&path, &[&form("1", "save")[..], &[("new", &ids[0])]].concat()).await;
        assert_eq!(conflict.status(), 409);
        let conflict = conflict.text().await.unwrap();
        assert!(conflict.contains(&hidden), "{conflict}");
        assert_eq!(status(&app, "Печёт белый хлеб").await, "present");
        let (_, version) = typed(&conflict);
        let saved = [("version", version.as_str()), ("text", text), ("action", "save"), ("new", &ids[0])];
        stored(ann.send(&path, &saved).await).await;
        assert_eq!(status(&app, "Печёт белый хлеб").await, "removed");
        assert_eq!(fate(&app, &ids[1]).await["requirement"]["text"], "Моет большую печь");
        // A text that changes nothing has nothing to say.
        let same = [("version", "3"), ("text", text), ("action", "preview")];
        let same = ann.send(&path, &same).await.text().await.unwrap();
        assert!(!same.contains("Та&nbsp;же мысль") && !same.contains("из&nbsp;лестницы"), "{same}");
        stored(ann.save(&path, "3", "- Печёт ржаной хлеб").await).await;
    }
}

/// What editors write.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let words =
        prop::sample::select(vec!["Печёт", "хлеб", "белый", "ржаной", "в печи", "каждый день"]);
    let item =
        prop::collection::vec(words, 1..4).prop_map(|words| format!("- {}", words.join(" ")));
    prop::collection::vec(item, 0..5)
}

#[actix_web::test]
async fn after_any_edits_every_id_is_there_or_leads_on_or_was_removed() {
    let app = bakery(
        Backend::Sqlite,
        &[(Level::Junior, "- Печёт хлеб"), (Level::Middle, "- Печёт ржаной хлеб")],
    );
    let ann = app.editor("ann").await;
    let (mut runner, mut given) = (TestRunner::deterministic(), BTreeSet::new());
    let edit = (prop::sample::select(vec!["junior", "middle"]), 0_usize..4, texts());
    for _ in 0..40 {
        let grades = app.read(&format!("{API}/professions/baker/grades?accumulated=true")).await;
        let asked = grades["items"][1]["accumulated"].as_array().unwrap();
        given.extend(asked.iter().map(|asked| asked["id"].as_str().unwrap().to_owned()));
        let (level, kind, texts) = edit.new_tree(&mut runner).unwrap().current();
        let path = format!("{BAKER}/{level}");
        let (stored_text, version) = ann.read(&path).await;
        match (kind, version.parse::<i32>().unwrap()) {
            // Undone.
            (0, now) if now > 1 => {
                let wanted = (now - 1).to_string();
                send(&ann, &format!("{path}/history"), &[("restore", &wanted)]).await;
            }
            // One more line, so that most stay.
            (1, _) => save(&ann, level, &format!("{stored_text}\n{}", texts.join("\n"))).await,
            _ => save(&ann, level, &texts.join("\n")).await,
        }
    }
    assert!(given.len() > 30, "{}", given.len());
    let mut seen = BTreeSet::new();
    for id in &given {
        let found = fate(&app, id).await;
        let is_there = !found["requirement"].is_null();
        let status = found["status"].as_str().unwrap().to_owned();
        assert_eq!(is_there, status != "removed", "{found}");
        assert_eq!(found["requirement"]["id"] == id.as_str(), status == "present", "{found}");
        seen.insert(status);
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
    // No answer is lost.
    let given = given.into_iter().collect::<Vec<_>>();
    assert!(!result(&app, "middle", &given).await.contains("пришлось пропустить"));
}
