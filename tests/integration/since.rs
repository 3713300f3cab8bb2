//! Programs learn what changed since they last asked, by requirement.

use grades::graders::service::catalogue::{Grade, Profession, Track, TrackFile};
use grades::ladder::Level;
use serde_json::{Value, json};

use crate::api::problem;
use crate::app::{Backend, Editor, TestApp, between, header};

const CHANGES: &str = "/api/v1/graders/changes";

async fn save(editor: &Editor<'_>, level: &str, text: &str) {
    let path = format!("/admin/professions/one/{level}");
    let (_, version) = editor.read(&path).await;
    let answer = editor.save(&path, &version, text).await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
}

async fn send(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) {
    let page = editor.page(path).await;
    let version = between(&page, "name=\"version\" value=\"", "\"");
    let answer = editor.send(path, &[&[("version", version)], form].concat()).await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
}

/// What changed: kind, profession, level, text, and what it was.
fn told(answer: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| "—".to_owned(), str::to_owned);
    let line = |item: &Value| {
        ["change", "profession", "level_name", "text", "former_level_name", "former_text"]
            .map(|name| text(&item[name]))
            .join(" ")
    };
    answer["items"].as_array().unwrap().iter().map(line).collect()
}

fn catalogue() -> Vec<TrackFile> {
    let profession = |slug: &str| Profession {
        slug: slug.into(),
        title: slug.to_uppercase(),
        summary: String::new(),
        grades: vec![
            Grade {
                level: Level::Junior, description: Some("- Печёт хлеб\n- Поёт песни".into())
            },
            Grade { level: Level::Middle, description: Some("- Водит трамвай".into()) },
        ],
    };
    vec![TrackFile {
        track: Track { slug: "work".into(), title: "Работа".into() },
        professions: vec![profession("one"), profession("two")],
    }]
}

on_both_databases! {
    async fn each_requirement_is_told_by_what_became_of_it(backend: Backend) {
        let app = TestApp::with_catalogue(backend, &catalogue());
        let nothing = app.read(CHANGES).await;
        assert_eq!(nothing, json!({"revision": 0, "items": [], "next": null}));
        let ann = app.editor("ann").await;
        save(&ann, "junior", "- Печёт свежий хлеб\n- Водит трамвай").await;
        save(&ann, "middle", "- Знакомство: Docker").await;
        let answer = app.read(&format!("{CHANGES}?since=0")).await;
        assert_eq!(answer["revision"], 2);
        assert_eq!(told(&answer), [
            "added one middle Docker — —",
            "removed one junior Поёт песни — —",
            "reworded one junior Печёт свежий хлеб junior Печёт хлеб",
            "moved one junior Водит трамвай middle —",
        ]);
        let item = &answer["items"][0];
        assert_eq!((item["label"].as_str(), item["profession_id"].as_i64()), (Some("Знакомство"), Some(1)));
        // Both ids of what has other words lead to it.
        for name in ["id", "former_id"] {
            let id = answer["items"][2][name].as_str().unwrap();
            let found = app.read(&format!("/api/v1/graders/professions/one/requirements/{id}")).await;
            assert_eq!(found["requirement"]["text"], "Печёт свежий хлеб", "{name}");
        }
        let later = app.read(&format!("{CHANGES}?since=1")).await;
        assert_eq!(told(&later), [
            "added one middle Docker — —",
            // It stands lower already.
        ]);
        assert_eq!(told(&app.read(&format!("{CHANGES}?since=2")).await), [""; 0]);
        // Back again is no difference.
        save(&ann, "middle", "- Водит трамвай").await;
        save(&ann, "junior", "- Печёт хлеб\n- Поёт песни").await;
        assert_eq!(told(&app.read(CHANGES).await), [""; 0]);
        assert_eq!(told(&app.read(&format!("{CHANGES}?since=3")).await).len(), 3);
    }

    async fn professions_and_grades_that_came_or_went_are_told(backend: Backend) {
        let app = TestApp::with_catalogue(backend, &catalogue());
        let ann = app.editor("ann").await;
        let one = "/admin/professions/one";
        send(&ann, one, &[("level", "senior"), ("action", "add")]).await;
        send(&ann, one, &[("from", "middle"), ("to", "middle-plus"), ("action", "relevel")]).await;
        let fields = [("title", "Три"), ("slug", "three"), ("summary", ""), ("track", "work"), ("action", "save")];
        assert_eq!(ann.send("/admin/new-profession", &fields).await.status(), 303);
        send(&ann, "/admin/professions/two/delete", &[("action", "delete")]).await;
        let expected = [
            "grade_added one middle+ — — —",
            "grade_added one senior — — —",
            "grade_removed one middle — — —",
            "moved one middle+ Водит трамвай middle —",
            "profession_removed two — — — —",
            "grade_removed two junior — — —",
            "grade_removed two middle — — —",
            "removed two junior Печёт хлеб — —",
            "removed two junior Поёт песни — —",
            "removed two middle Водит трамвай — —",
            "profession_added three — — — —",
        ];
        assert_eq!(told(&app.read(CHANGES).await), expected);
        // The same in parts, which tell of the state that the first part told of.
        let (mut all, mut path) = (Vec::new(), format!("{CHANGES}?limit=3"));
        for part in 0..4 {
            let answer = app.get(&path).await;
            assert_eq!(answer.headers().contains_key("link"), part < 3);
            let answer = crate::api::body(answer).await;
            assert_eq!(answer["revision"], 4);
            all.extend(told(&answer));
            if let Some(next) = answer["next"].as_str() {
                path = format!("{CHANGES}?limit=3&cursor={next}");
            }
            if part == 0 {
                save(&ann, "junior", "- Сеет рожь").await;
            }
        }
        assert_eq!(all, expected);
        assert_eq!(app.read(&format!("{CHANGES}?since=4")).await["items"].as_array().unwrap().len(), 3);
    }

    async fn a_question_about_no_state_is_refused(app: TestApp) {
        problem(app.get(&format!("{CHANGES}?since=1")).await, 404, "not-found").await;
        for query in ["since=-1", "since=x", "since=99999999999", "limit=0", "nothing=1", "since=0&since=0"] {
            problem(app.get(&format!("{CHANGES}?{query}")).await, 400, "malformed").await;
        }
        for cursor in ["x", "1.1", "5.0.0", "0.0.0.0", "-1.0.0"] {
            problem(app.get(&format!("{CHANGES}?cursor={cursor}")).await, 404, "not-found").await;
        }
        let answer = app.get(CHANGES).await;
        assert_eq!(header(&answer, "access-control-allow-origin"), "*");
        let tag = header(&answer, "etag").to_owned();
        let again = app.request(reqwest::Method::GET, CHANGES).header("if-none-match", tag);
        assert_eq!(again.send().await.unwrap().status(), 304);
    }
}
