//! The JSON API from the outside.

use std::collections::BTreeSet;

use grades::audit::service::Actor;
use grades::editors::service::{self as editors, Role};
use grades::editors::tokens::{self, Scope};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{Backend, PASSWORD, TestApp, TestDatabase, between, header, unescaped};

const ROOT: &str = "/api/v1/graders";
const PROFESSIONS: &str = "/api/v1/graders/professions";
const GRADES: &str = "/api/v1/graders/grades";
const FRONT_END: &str = "/api/v1/graders/professions/front-end";

impl TestApp {
    /// A new API token.
    pub fn token(&self, name: &str, scope: Scope) -> String {
        let database = self.database.open();
        let owner = "owner-of-tokens";
        let by = Actor { login: owner.into(), address: String::new() };
        // The owner exists already if the test has two programs.
        let _ = editors::create(&database, owner, PASSWORD, Role::Owner);
        tokens::create(&database, name, scope, 30, &by).unwrap()
    }

    /// A program with a token with write scope.
    pub fn writer(&self) -> Program<'_> {
        Program { app: self, token: self.token("HR-система", Scope::Write) }
    }

    pub async fn read(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), "application/json");
        body(response).await
    }
}

/// A program with its token.
pub struct Program<'a> {
    app: &'a TestApp,
    token: String,
}

impl Program<'_> {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.app.request(method, path).header("authorization", format!("Bearer {}", self.token))
    }

    fn with(&self, method: Method, path: &str, body: &Value) -> RequestBuilder {
        let request = self.request(method, path).header("content-type", "application/json");
        request.body(body.to_string())
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.with(Method::POST, path, body).send().await.unwrap()
    }

    /// Changes the resource with this entity tag.
    pub async fn patch(&self, path: &str, tag: &str, body: &Value) -> Response {
        self.with(Method::PATCH, path, body).header("if-match", tag).send().await.unwrap()
    }

    pub async fn delete(&self, path: &str, tag: &str) -> Response {
        self.request(Method::DELETE, path).header("if-match", tag).send().await.unwrap()
    }

    /// The current entity tag of the resource at an address.
    pub async fn tag(&self, path: &str) -> String {
        header(&self.app.get(path).await, "etag").to_owned()
    }
}

pub async fn body(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// The body of an answer that must be a problem with this status and name.
pub async fn problem(response: Response, status: u16, name: &str) -> Value {
    let url = response.url().clone();
    assert_eq!(response.status(), status, "{url}");
    assert_eq!(header(&response, "content-type"), "application/problem+json", "{url}");
    assert_eq!(header(&response, "cache-control"), "no-store", "{url}");
    let id = header(&response, "x-request-id").to_owned();
    let problem = body(response).await;
    assert_eq!(problem["type"], format!("/api#{name}"), "{url} {problem}");
    assert_eq!(problem["status"], status, "{url}");
    assert_eq!(problem["request_id"], id, "{url}");
    assert!(!problem["detail"].as_str().unwrap().is_empty(), "{url}");
    problem
}

/// The places of the single errors of a problem.
pub fn places<'a>(problem: &'a Value, kind: &str) -> Vec<&'a str> {
    let faults = problem["errors"].as_array().unwrap();
    faults.iter().filter_map(|fault| fault[kind].as_str()).collect()
}

fn release_engineer() -> Value {
    let grade =
        |level: &str| json!({"level_name": level, "description": format!("- Знает {level}")});
    let levels = ["intern", "junior", "junior+", "middle", "middle+", "senior"];
    json!({
        "slug": "release-engineer", "title": "Релиз-инженер", "track": "web",
        "grades": levels.map(grade),
    })
}

on_both_databases! {
    async fn a_name_twice_in_an_object_is_refused(app: TestApp) {
        let program = app.writer();
        let tag = program.tag(FRONT_END).await;
        for (method, path, text, places_named) in [
            (Method::POST, PROFESSIONS, r#"{"slug":"x","title":"X","track":"web","title":"Y"}"#, vec!["/title"]),
            (
                Method::POST, PROFESSIONS,
                r#"{"slug":"x","title":"X","track":"web","grades":[{"level_name":"junior"},{"level_name":"middle","description":"a","description":null}]}"#,
                vec!["/grades/1/description"],
            ),
            (Method::PATCH, FRONT_END, r#"{"summary":"a","s\u0075mmary":"a"}"#, vec!["/summary"]),
            (Method::PATCH, FRONT_END, r#"{"odd/~":1,"odd/~":2,"odd/~":3}"#, vec!["/odd~1~0", "/odd~1~0"]),
        ] {
            let request = program.request(method, path).header("if-match", &tag);
            let request = request.header("content-type", "application/json").body(text);
            let problem = problem(request.send().await.unwrap(), 422, "invalid").await;
            assert_eq!(places(&problem, "pointer"), places_named, "{text}");
        }
        assert_eq!(program.tag(FRONT_END).await, tag);
        assert_eq!(app.get(&format!("{PROFESSIONS}/x")).await.status(), 404);
    }

    async fn changes_say_what_they_are_written_in(app: TestApp) {
        let program = app.writer();
        let grade = format!("{GRADES}/{}", app.read(GRADES).await["items"][0]["grade_id"]);
        for path in [FRONT_END, &grade] {
            let asked = app.request(Method::OPTIONS, path).send().await.unwrap();
            assert_eq!(asked.status(), 204);
            assert_eq!(header(&asked, "accept-patch"), "application/json");
            assert!(header(&asked, "allow").contains("PATCH"));
            for kind in [None, Some("text/plain"), Some("application/merge-patch+json")] {
                let request = program.request(Method::PATCH, path).header("if-match", "*");
                let request = match kind {
                    Some(kind) => request.header("content-type", kind),
                    None => request,
                };
                let refused = request.body("{}").send().await.unwrap();
                assert_eq!(header(&refused, "accept-patch"), "application/json", "{kind:?}");
                problem(refused, 415, "unsupported-media-type").await;
            }
        }
        let asked = app.request(Method::OPTIONS, PROFESSIONS).send().await.unwrap();
        assert!(asked.headers().get("accept-patch").is_none());
        let refused = program.request(Method::POST, PROFESSIONS).body("{}").send().await.unwrap();
        assert!(refused.headers().get("accept-patch").is_none());
        let encoded = program.request(Method::PATCH, FRONT_END).header("content-encoding", "zstd");
        problem(encoded.body("{}").send().await.unwrap(), 415, "unsupported-encoding").await;
    }

    async fn a_profession_is_created_changed_deleted_and_restored(app: TestApp) {
        let program = app.writer();
        let made = program.post(PROFESSIONS, &release_engineer()).await;
        assert_eq!(made.status(), 201);
        let path = header(&made, "location").to_owned();
        assert_eq!(path, format!("{PROFESSIONS}/release-engineer"));
        assert_eq!(header(&made, "etag"), program.tag(&path).await);
        let made = body(made).await;
        assert_eq!(app.read(&path).await, made);
        assert_eq!(made["grades"].as_array().unwrap().len(), 6);
        let grade = format!("{GRADES}/{}", made["grades"][3]["grade_id"]);

        let stale = program.tag(&grade).await;
        let change = json!({"description": "- Средний уровень: Git", "note": "Уточнено"});
        let changed = program.patch(&grade, &stale, &change).await;
        assert_eq!(changed.status(), 200);
        assert_eq!(header(&changed, "etag"), program.tag(&grade).await);
        let changed = body(changed).await;
        assert_eq!(changed["requirements"], json!([{
            "id": "3jntsb", "kind": "working_knowledge", "label": "Средний уровень", "text": "Git", "skills": ["git"],
            "block": null, "examples": [], "optional": false,
        }]));
        let again = program.patch(&grade, &stale, &json!({"description": "- Потеряно"})).await;
        problem(again, 412, "precondition-failed").await;
        let page = app.page("/professions/release-engineer/middle").await;
        assert!(page.contains("Git") && !page.contains("Потеряно"), "{page}");

        let deleted = program.delete(&path, &program.tag(&path).await).await;
        assert_eq!(deleted.status(), 204);
        problem(app.get(&path).await, 404, "not-found").await;
        problem(app.get(&grade).await, 404, "not-found").await;
        assert_eq!(app.get("/professions/release-engineer").await.status(), 404);

        let ann = app.editor("ann").await;
        let trash = ann.page("/admin/trash").await;
        assert!(trash.contains("Релиз-инженер") && trash.contains("API: HR-система"), "{trash}");
        let id = made["profession_id"].to_string();
        let back = ann.send("/admin/trash", &[("profession", &id), ("action", "restore")]).await;
        assert_eq!(back.status(), 303);
        assert_eq!(app.read(&path).await["grades"][3]["description"], "- Средний уровень: Git");
        let history = ann.page("/admin/professions/release-engineer/middle/history").await;
        assert!(history.contains("API: HR-система") && history.contains("Уточнено"), "{history}");
    }

    async fn every_list_can_be_read_page_by_page_in_every_order(app: TestApp) {
        for (list, id, sorts, count) in [
            (PROFESSIONS, "slug", &["catalogue", "slug", "-slug", "updated_at", "-updated_at"][..], 15),
            (GRADES, "grade_id", &["grade_id", "updated_at", "-updated_at"][..], 63),
        ] {
            for sort in sorts {
                let whole = app.read(&format!("{list}?sort={sort}&limit=100")).await;
                assert_eq!(whole["next"], Value::Null);
                let whole = whole["items"].as_array().unwrap().clone();
                assert_eq!(whole.len(), count, "{list} {sort}");
                let mut path = format!("{list}?sort={sort}&limit=4");
                let mut read = Vec::new();
                loop {
                    let response = app.get(&path).await;
                    assert_eq!(response.status(), 200, "{path}");
                    let link = response.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
                    let part = body(response).await;
                    read.extend(part["items"].as_array().unwrap().clone());
                    let Some(next) = part["next"].as_str() else {
                        assert_eq!(link, None);
                        break;
                    };
                    path = format!("{list}?limit=4&sort={sort}&cursor={next}");
                    assert_eq!(link.unwrap(), format!("<{path}>; rel=\"next\""));
                }
                assert_eq!(read, whole, "{list} {sort}");
                let ids = read.iter().map(|item| item[id].to_string()).collect::<BTreeSet<_>>();
                assert_eq!(ids.len(), count, "{list} {sort}");
            }
        }
        let slugs = app.read(&format!("{PROFESSIONS}?sort=slug")).await;
        let slugs = slugs["items"].as_array().unwrap().iter().map(|item| item["slug"].as_str().unwrap());
        assert!(slugs.is_sorted());
    }

    async fn lists_can_be_filtered(app: TestApp) {
        let program = app.writer();
        let slugs = |list: &Value| {
            let items = list["items"].as_array().unwrap();
            items.iter().map(|item| item["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let found = app.read(&format!("{PROFESSIONS}?track=databases")).await;
        assert_eq!(found["items"].as_array().unwrap().len(), 2);
        let found = app.read(&format!("{PROFESSIONS}?level=middle%2B%2B")).await;
        assert_eq!(slugs(&found), ["front-end", "back-end", "full-stack"]);
        let found = app.read(&format!("{GRADES}?profession=front-end&level=middle%2B%2B")).await;
        assert_eq!(found["items"][0]["level_name"], "middle++");
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        assert_eq!(app.read(&format!("{PROFESSIONS}?track=nothing")).await["items"], json!([]));

        let before = app.read(FRONT_END).await["updated_at"].as_str().unwrap().to_owned();
        let grade = format!("{GRADES}/{}", app.read(FRONT_END).await["grades"][4]["grade_id"]);
        let changed = program.patch(&grade, "*", &json!({"description": "- Новое"})).await;
        assert_eq!(changed.status(), 200);
        let since = app.read(FRONT_END).await["updated_at"].as_str().unwrap().to_owned();
        assert!(since > before, "{since} is not after {before}");
        let found = app.read(&format!("{PROFESSIONS}?changed_since={since}")).await;
        assert_eq!(slugs(&found), ["front-end"]);
        let found = app.read(&format!("{GRADES}?changed_since={since}")).await;
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        for late in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59"] {
            let found = app.read(&format!("{PROFESSIONS}?changed_since={late}")).await;
            assert_eq!(found["items"], json!([]), "{late}");
        }
        for early in ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00%2B23:59"] {
            let found = app.read(&format!("{PROFESSIONS}?changed_since={early}")).await;
            assert_eq!(found["items"].as_array().unwrap().len(), 15, "{early}");
        }
    }

    async fn requirements_of_a_grade_are_computed_and_accumulated_on_request(app: TestApp) {
        let plain = app.read(FRONT_END).await;
        let whole = app.read(&format!("{FRONT_END}?accumulated=true")).await;
        let mut asked = Vec::new();
        for (plain, whole) in plain["grades"].as_array().unwrap().iter().zip(whole["grades"].as_array().unwrap()) {
            assert_eq!(plain.get("accumulated"), None);
            for requirement in plain["requirements"].as_array().unwrap() {
                let mut requirement = requirement.clone();
                requirement["level_name"] = plain["level_name"].clone();
                requirement["profession"] = json!("front-end");
                asked.push(requirement);
            }
            assert_eq!(whole["accumulated"], json!(asked), "{}", plain["level_name"]);
            let alone = app.read(&format!("{GRADES}/{}?accumulated=true", plain["grade_id"])).await;
            assert_eq!(alone, *whole);
        }
        assert!(asked.len() > 30);
        let grades = app.read(&format!("{FRONT_END}/grades")).await;
        assert_eq!(grades, json!({"items": plain["grades"], "next": null}));
    }

    async fn skills_and_comparisons_agree_with_the_pages(app: TestApp) {
        let skills = app.read(&format!("{ROOT}/skills")).await;
        let skills = skills["items"].as_array().unwrap();
        let slugs = skills.iter().map(|skill| skill["slug"].as_str().unwrap());
        assert!(slugs.is_sorted() && skills.len() > 200);
        let react = app.read(&format!("{ROOT}/skills/react")).await;
        assert_eq!(react["skill"]["title"], "React");
        assert_eq!(react["appearances"][0], json!({
            "profession": "front-end", "title": "Фронтенд-разработчик", "steps": [
                {"level_name": "junior++", "depth": "working_knowledge"},
                {"level_name": "middle", "depth": "strong_expertise"},
            ],
        }));
        problem(app.get(&format!("{ROOT}/skills/nothing")).await, 404, "not-found").await;

        let ladder = app.read(&format!("{FRONT_END}?accumulated=true")).await;
        let (from, to) = (&ladder["grades"][1], &ladder["grades"][3]);
        let path = format!("{ROOT}/compare?from={}&to={}", from["grade_id"], to["grade_id"]);
        let compared = app.read(&path).await;
        let added = compared["added"].as_array().unwrap();
        assert_eq!(compared["carried_over"], from["accumulated"]);
        assert_eq!(compared["dropped"], json!([]));
        let requirements = added.iter().map(|added| added["requirement"].clone());
        let carried = compared["carried_over"].as_array().unwrap().iter().cloned();
        assert_eq!(json!(carried.chain(requirements).collect::<Vec<_>>()), to["accumulated"]);
        assert!(added.iter().any(|added| added["deepened"] == json!(["javascript"])), "{compared}");
        let skill = |slug: &str| {
            let skills = compared["skills"].as_array().unwrap().iter();
            skills.filter(|skill| skill["slug"] == slug).collect::<Vec<_>>()
        };
        assert_eq!(skill("javascript"), [&json!({
            "slug": "javascript", "title": "JavaScript", "change": "deeper",
            "from": "working_knowledge", "to": "strong_expertise",
        })]);
        let new = json!({
            "slug": "immutability", "title": "Иммутабельность", "change": "new", "from": null, "to": null,
        });
        assert_eq!(skill("immutability"), [&new]);
        // A superseded requirement stays in the list and is named with what stands for it.
        let superseded = to["superseded"].as_array().unwrap();
        assert_eq!(superseded.len(), 1);
        assert_eq!(superseded[0]["level_name"], "junior++");
        assert_eq!(superseded[0]["by_level_name"], "middle");
        for (level, id) in [("level_name", "id"), ("by_level_name", "by_id")] {
            let accumulated = to["accumulated"].as_array().unwrap();
            let is_it = |asked: &&Value| asked["level_name"] == superseded[0][level] && asked["id"] == superseded[0][id];
            assert_eq!(accumulated.iter().filter(is_it).count(), 1);
        }
        // The same grades by profession and level, in either spelling of the level.
        for names in ["from=front-end/junior-plus&to=front-end/middle", "from=front-end/junior%2B&to=front-end/middle"] {
            assert_eq!(app.read(&format!("{ROOT}/compare?{names}")).await, compared, "{names}");
        }
        for missing in ["front-end/intern", "front-end/boss", "nobody/middle", "9999", "999999999999999999"] {
            problem(app.get(&format!("{ROOT}/compare?from=1&to={missing}")).await, 404, "not-found").await;
        }
        for wrong in ["front-end", "0", "-1", "1.5", "front-end/junior+", "/middle", ""] {
            problem(app.get(&format!("{ROOT}/compare?from=1&to={wrong}")).await, 400, "malformed").await;
        }
        let refused = problem(app.get(&format!("{ROOT}/compare?from=x")).await, 400, "malformed").await;
        let mut parameters = places(&refused, "parameter");
        parameters.sort_unstable();
        assert_eq!(parameters, ["from", "to"]);
        problem(app.get(&format!("{ROOT}/compare?from=1&to=9999")).await, 404, "not-found").await;
    }

    async fn an_unchanged_resource_is_answered_with_304(app: TestApp) {
        let program = app.writer();
        let levels = format!("{ROOT}/levels");
        let tracks = format!("{ROOT}/tracks");
        let grade = format!("{GRADES}/40");
        let grades = format!("{FRONT_END}/grades");
        let revisions = format!("{grade}/revisions");
        for path in [&levels, &tracks, PROFESSIONS, FRONT_END, &grades, GRADES, &grade, &revisions, "/api/v1/openapi.json"] {
            for encoding in ["identity", "gzip", "br"] {
                let request = || program.request(Method::GET, path).header("accept-encoding", encoding);
                let first = request().send().await.unwrap();
                let tag = header(&first, "etag").to_owned();
                assert!(tag.starts_with('"'), "{path} {tag}");
                let again = request().header("if-none-match", &tag).send().await.unwrap();
                assert_eq!(again.status(), 304, "{path} {encoding}");
                let other = request().header("if-none-match", "\"other\"").send().await.unwrap();
                assert_eq!(other.status(), 200, "{path} {encoding}");
            }
            let head = program.request(Method::HEAD, path).send().await.unwrap();
            let get = program.request(Method::GET, path).send().await.unwrap();
            assert_eq!(header(&head, "etag"), header(&get, "etag"));
            assert_eq!(header(&head, "content-length"), get.text().await.unwrap().len().to_string());
        }
        let tag = program.tag(FRONT_END).await;
        let change = json!({"summary": "Иначе"});
        assert_eq!(program.patch(FRONT_END, &tag, &change).await.status(), 200);
        assert_ne!(program.tag(FRONT_END).await, tag);
        assert_eq!(app.read(FRONT_END).await["summary"], "Иначе");
    }

    async fn a_change_requires_if_match(app: TestApp) {
        let program = app.writer();
        let change = json!({"summary": "Иначе"});
        for request in [
            program.with(Method::PATCH, FRONT_END, &change),
            program.request(Method::DELETE, FRONT_END),
            program.with(Method::PATCH, &format!("{GRADES}/40"), &json!({})),
            program.request(Method::DELETE, &format!("{GRADES}/40")),
        ] {
            problem(request.send().await.unwrap(), 428, "precondition-required").await;
        }
        for tag in ["\"other\"", "nonsense", "", "W/\"other\""] {
            problem(program.patch(FRONT_END, tag, &change).await, 412, "precondition-failed").await;
            problem(program.delete(FRONT_END, tag).await, 412, "precondition-failed").await;
        }
        let tag = program.tag(FRONT_END).await;
        // A tag that a cache has made weak does not match (RFC 9110, section 13.1.1).
        let weak = format!("W/{tag}");
        problem(program.patch(FRONT_END, &weak, &change).await, 412, "precondition-failed").await;
        let list = format!("\"other\", {tag}");
        assert_eq!(program.patch(FRONT_END, &list, &change).await.status(), 200);
        let compressed = app.request(Method::GET, FRONT_END).header("accept-encoding", "br");
        let compressed = compressed.send().await.unwrap();
        let tag = header(&compressed, "etag");
        assert_eq!(program.patch(FRONT_END, tag, &json!({"summary": "Снова"})).await.status(), 200);
        assert_eq!(program.patch(FRONT_END, "*", &change).await.status(), 200);
        let version = app.read(FRONT_END).await["version"].clone();
        // A request without changes makes no new version.
        assert_eq!(program.patch(FRONT_END, "*", &json!({})).await.status(), 200);
        assert_eq!(program.patch(FRONT_END, "*", &change).await.status(), 200);
        assert_eq!(app.read(FRONT_END).await["version"], version);
        // An edit of a grade changes the tag of its profession.
        let tag = program.tag(FRONT_END).await;
        let grade = format!("{GRADES}/{}", app.read(FRONT_END).await["grades"][0]["grade_id"]);
        assert_eq!(program.patch(&grade, "*", &json!({"description": "- Новое"})).await.status(), 200);
        problem(program.delete(FRONT_END, &tag).await, 412, "precondition-failed").await;
    }

    async fn of_concurrent_changes_with_the_same_tag_exactly_one_succeeds(app: TestApp) {
        let program = app.writer();
        let grade = format!("{GRADES}/40");
        let tag = program.tag(&grade).await;
        let mut made = 0;
        let requests = (0..20).map(|number| {
            let change = json!({"description": format!("- Правка {number}")});
            actix_web::rt::spawn(program.with(Method::PATCH, &grade, &change).header("if-match", &tag).send())
        });
        for request in requests.collect::<Vec<_>>() {
            match request.await.unwrap().unwrap().status() {
                StatusCode::OK => made += 1,
                status => assert_eq!(status, 412),
            }
        }
        assert_eq!(made, 1);
        assert_eq!(app.read(&grade).await["version"], 2);
    }

    async fn a_repeated_request_with_the_same_idempotency_key_creates_nothing(app: TestApp) {
        let program = app.writer();
        let again = |body: &Value| {
            program.with(Method::POST, PROFESSIONS, body).header("idempotency-key", "create-1")
        };
        let requests = (0..10).map(|_| actix_web::rt::spawn(again(&release_engineer()).send()));
        let mut answers = Vec::new();
        for request in requests.collect::<Vec<_>>() {
            let answer = request.await.unwrap().unwrap();
            assert_eq!(answer.status(), 201);
            let (place, tag) = (header(&answer, "location").to_owned(), header(&answer, "etag").to_owned());
            answers.push((place, tag, answer.text().await.unwrap()));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
        // Even if the created profession was deleted meanwhile.
        let path = answers[0].0.clone();
        assert_eq!(program.delete(&path, "*").await.status(), 204);
        assert_eq!(again(&release_engineer()).send().await.unwrap().status(), 201);
        assert_eq!(app.get(&path).await.status(), 404);

        let mut other = release_engineer();
        other["title"] = json!("Другой");
        let refused = again(&other).send().await.unwrap();
        let refused = problem(refused, 409, "key-reused").await;
        assert_eq!(places(&refused, "header"), ["Idempotency-Key"]);
        // Another program may use the same key.
        let other = Program { app: &app, token: app.token("Бот", Scope::Write) };
        let request = other.with(Method::POST, PROFESSIONS, &release_engineer());
        let answer = request.header("idempotency-key", "create-1").send().await.unwrap();
        assert_eq!(answer.status(), 201);
        // A failed request may be repeated with its key.
        let grade = json!({"profession_id": 1, "level_name": "intern"});
        let request = || program.with(Method::POST, GRADES, &grade).header("idempotency-key", "g");
        problem(request().send().await.unwrap(), 409, "conflict").await;
        let taken = app.read(&format!("{GRADES}?profession=python-backend&level=intern")).await;
        let taken = format!("{GRADES}/{}", taken["items"][0]["grade_id"]);
        assert_eq!(program.delete(&taken, "*").await.status(), 204);
        assert_eq!(request().send().await.unwrap().status(), 201);
        // The key expires after a day.
        app.database.execute("UPDATE idempotency_keys SET created_at = '2020-01-01 00:00:00'");
        problem(request().send().await.unwrap(), 409, "conflict").await;
        for key in ["", "два слова", "a b", &"x".repeat(256)] {
            let request = program.with(Method::POST, GRADES, &grade).header("idempotency-key", key);
            let refused = problem(request.send().await.unwrap(), 400, "malformed").await;
            assert_eq!(places(&refused, "header"), ["Idempotency-Key"]);
        }
    }

    async fn only_a_live_token_with_write_scope_permits_changes(app: TestApp) {
        let writer = app.writer();
        let before = app.read(PROFESSIONS).await;
        let (new, fields) = (release_engineer(), json!({"title": "Взломано"}));
        let requests = |authorization: Option<String>| {
            let request = |method: Method, path: &str, body: &Value| {
                let request = app.request(method, path).header("if-match", "*");
                let request = match &authorization {
                    Some(authorization) => request.header("authorization", authorization),
                    None => request,
                };
                request.header("content-type", "application/json").body(body.to_string())
            };
            let grade = format!("{GRADES}/40");
            [
                request(Method::POST, PROFESSIONS, &new),
                request(Method::PATCH, FRONT_END, &fields),
                request(Method::DELETE, FRONT_END, &Value::Null),
                request(Method::POST, &format!("{FRONT_END}/grades"), &json!({"level_name": "intern"})),
                request(Method::POST, GRADES, &json!({"profession_id": 1, "level_name": "senior"})),
                request(Method::PATCH, &grade, &json!({"description": "Взломано"})),
                request(Method::DELETE, &grade, &Value::Null),
                // The token is checked before the body.
                request(Method::POST, PROFESSIONS, &json!("nonsense")),
            ]
        };
        let made_up = format!("Bearer grades_{}", "0".repeat(64));
        for authorization in [None, Some(made_up), Some("Bearer".into()), Some(format!("Basic {}", writer.token)), Some(writer.token.clone())] {
            for request in requests(authorization) {
                let response = request.send().await.unwrap();
                assert_eq!(header(&response, "www-authenticate"), "Bearer realm=\"api\"");
                problem(response, 401, "unauthorized").await;
            }
        }
        let reader = app.token("Вики", Scope::Read);
        for request in requests(Some(format!("Bearer {reader}"))) {
            problem(request.send().await.unwrap(), 403, "forbidden").await;
        }
        for spoil in ["revoked_at = '2026-01-01 00:00:00'", "revoked_at = NULL, expires_at = '2026-01-01 00:00:00'"] {
            app.database.execute(&format!("UPDATE api_tokens SET {spoil}"));
            for request in requests(Some(format!("Bearer {}", writer.token))) {
                problem(request.send().await.unwrap(), 401, "unauthorized").await;
            }
        }
        assert_eq!(app.read(PROFESSIONS).await, before);
    }

    async fn authors_of_revisions_are_visible_only_with_a_token(app: TestApp) {
        let program = app.writer();
        let grade = format!("{GRADES}/40");
        let path = format!("{grade}/revisions");
        problem(app.get(&path).await, 401, "unauthorized").await;
        for number in 1..=3 {
            let change = json!({"description": format!("- Правка {number}"), "note": format!("Шаг {number}")});
            assert_eq!(program.patch(&grade, "*", &change).await.status(), 200);
        }
        let reader = Program { app: &app, token: app.token("Вики", Scope::Read) };
        let response = reader.request(Method::GET, &format!("{path}?limit=2")).send().await.unwrap();
        assert_eq!(header(&response, "cache-control"), "private, no-cache");
        let part = body(response).await;
        let first = &part["items"][0];
        assert_eq!((&first["version"], &first["author"]), (&json!(4), &json!("API: HR-система")));
        assert_eq!((&first["before"], &first["after"]), (&json!("- Правка 2"), &json!("- Правка 3")));
        assert_eq!(first["note"], "Шаг 3");
        let next = format!("{path}?limit=2&cursor={}", part["next"].as_str().unwrap());
        let rest = body(reader.request(Method::GET, &next).send().await.unwrap()).await;
        assert_eq!(rest["items"][0]["version"], 2);
        assert_eq!(rest["next"], Value::Null);
        let owner = app.owner("olga").await;
        let log = owner.page("/admin/audit").await;
        assert!(log.contains(&format!("PATCH {grade}")) && log.contains(&format!("GET {path}")), "{log}");
        assert!(log.contains("API: Вики") && log.contains("API: HR-система"), "{log}");
    }

    async fn all_errors_of_a_request_are_reported_together_with_their_fields(app: TestApp) {
        let program = app.writer();
        let send = |text: &str| {
            let request = program.request(Method::POST, PROFESSIONS);
            request.header("content-type", "application/json").body(text.to_owned()).send()
        };
        let wrong = json!({
            "slug": "Не то", "title": " ", "track": 7, "colour": "red",
            "grades": [{"level_name": "boss", "a/b": 1, "description": 5}, {"description": "a\u{0}b"}],
        });
        let refused = problem(program.post(PROFESSIONS, &wrong).await, 422, "invalid").await;
        let mut pointers = places(&refused, "pointer");
        pointers.sort_unstable();
        pointers.dedup();
        assert_eq!(pointers, [
            "/colour", "/grades/0/a~1b", "/grades/0/description", "/grades/0/level_name",
            "/grades/1/description", "/slug", "/title", "/track",
        ]);
        let refused = problem(program.post(PROFESSIONS, &json!({})).await, 422, "invalid").await;
        assert_eq!(places(&refused, "pointer"), ["/slug", "/title", "/track"]);
        for text in ["", "{", "[1,", "{\"slug\":}", "\u{feff}{}", "{\"slug\": \"\\ud800\"}", &"[".repeat(10_000)] {
            problem(send(text).await.unwrap(), 400, "malformed").await;
        }
        for text in ["[]", "null", "1", "\"x\""] {
            problem(send(text).await.unwrap(), 422, "invalid").await;
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
            let request = program.request(Method::POST, PROFESSIONS).header("content-type", kind);
            problem(request.body("{}").send().await.unwrap(), 415, "unsupported-media-type").await;
        }
        problem(program.request(Method::POST, PROFESSIONS).body("{}").send().await.unwrap(), 415, "unsupported-media-type").await;
        let large = format!("{{\"slug\": \"{}\"}}", "x".repeat(9_000_000));
        problem(send(&large).await.unwrap(), 413, "content-too-large").await;

        let query = format!("{PROFESSIONS}?limit=0&level=boss&changed_since=yesterday&sort=up&colour=red&track=%D0%AF&cursor=%00&limit=5");
        let refused = problem(app.get(&query).await, 400, "malformed").await;
        let mut parameters = places(&refused, "parameter");
        parameters.sort_unstable();
        parameters.dedup();
        assert_eq!(parameters, ["changed_since", "colour", "cursor", "level", "limit", "sort", "track"]);
        for query in ["limit=101", "limit=1e1", "limit=99999999999999999999", "limit=", "accumulated=true", "%FF=1"] {
            problem(app.get(&format!("{PROFESSIONS}?{query}")).await, 400, "malformed").await;
        }
        for path in [
            format!("{PROFESSIONS}?cursor=x"),
            format!("{PROFESSIONS}?cursor=1.2"),
            format!("{PROFESSIONS}?cursor=1.web.2.3.4"),
            format!("{PROFESSIONS}?cursor=99999999999.web.1.1"),
            format!("{PROFESSIONS}?cursor=1..1.1"),
            format!("{PROFESSIONS}?cursor=a.b&sort=slug"),
            format!("{GRADES}?cursor=1.2"),
            format!("{GRADES}?cursor=1&sort=updated_at"),
            format!("{GRADES}?cursor=9223372036854775807.1&sort=updated_at"),
        ] {
            problem(app.get(&path).await, 404, "not-found").await;
        }
        problem(program.post(&format!("{PROFESSIONS}?dry=1"), &release_engineer()).await, 400, "malformed").await;
    }

    async fn contradictions_with_the_catalogue_are_conflicts(app: TestApp) {
        let program = app.writer();
        let mut new = release_engineer();
        new["slug"] = json!("front-end");
        new["track"] = json!("nothing");
        new["grades"][2]["level_name"] = json!("intern");
        let refused = problem(program.post(PROFESSIONS, &new).await, 409, "conflict").await;
        assert_eq!(places(&refused, "pointer"), ["/slug", "/track", "/grades/2/level_name"]);
        let grade = json!({"level_name": "middle"});
        let refused = problem(program.post(&format!("{FRONT_END}/grades"), &grade).await, 409, "conflict").await;
        assert_eq!(places(&refused, "pointer"), ["/level_name"]);
        let refused = problem(program.post(GRADES, &json!({"profession_id": 999})).await, 409, "conflict").await;
        assert_eq!(places(&refused, "pointer"), ["/profession_id"]);
        let id = app.read(FRONT_END).await["grades"][0]["grade_id"].clone();
        let path = format!("{GRADES}/{id}");
        // Other errors take precedence over the precondition (RFC 9110, section 13.2.1).
        let refused = program.patch(&path, "\"other\"", &json!({"level_name": "middle"})).await;
        problem(refused, 409, "conflict").await;
        let refused = program.patch(FRONT_END, "*", &json!({"slug": "back-end"})).await;
        problem(refused, 409, "conflict").await;
    }

    async fn a_new_grade_is_junior_without_a_description_by_default(app: TestApp) {
        let program = app.writer();
        let new = json!({"slug": "release-engineer", "title": "Релиз-инженер", "track": "web"});
        let id = body(program.post(PROFESSIONS, &new).await).await["profession_id"].clone();
        let made = program.post(GRADES, &json!({"profession_id": id})).await;
        assert_eq!(made.status(), 201);
        let path = header(&made, "location").to_owned();
        let made = body(made).await;
        assert_eq!((&made["level_name"], &made["description"]), (&json!("junior"), &Value::Null));
        assert_eq!(made["profession"], "release-engineer");
        let made = body(program.post(&format!("{PROFESSIONS}/release-engineer/grades"), &json!({"level_name": "middle"})).await).await;
        assert_eq!(made["level_name"], "middle");
        for (sent, stored) in [
            (json!("\r\n- Одно\r\n- Другое  \n\n"), json!("- Одно\n- Другое")),
            (json!(null), json!(null)),
            (json!("- Снова"), json!("- Снова")),
            (json!(" \n "), json!(null)),
        ] {
            let changed = program.patch(&path, "*", &json!({"description": sent})).await;
            assert_eq!(body(changed).await["description"], stored);
        }
        let changed = program.patch(&path, "*", &json!({"level_name": "junior++", "description": "- Оба"})).await;
        let changed = body(changed).await;
        assert_eq!((&changed["level_name"], &changed["description"]), (&json!("junior++"), &json!("- Оба")));
        assert!(app.page("/professions/release-engineer/junior-plus-plus").await.contains("Оба"));
    }

    async fn the_old_address_of_a_profession_redirects(app: TestApp) {
        let program = app.writer();
        let changed = program.patch(FRONT_END, "*", &json!({"slug": "frontend"})).await;
        assert_eq!(changed.status(), 200);
        for (path, there) in [
            (FRONT_END.to_owned(), format!("{PROFESSIONS}/frontend")),
            (format!("{FRONT_END}/grades"), format!("{PROFESSIONS}/frontend/grades")),
            (format!("{PROFESSIONS}/front%2Dend"), format!("{PROFESSIONS}/frontend")),
            ("/professions/front-end".into(), "/professions/frontend".into()),
            ("/professions/front-end/middle".into(), "/professions/frontend/middle".into()),
        ] {
            let moved = app.get(&path).await;
            assert_eq!(moved.status(), 308, "{path}");
            assert_eq!(header(&moved, "location"), there);
            assert_eq!(app.get(&there).await.status(), 200);
        }
    }

    async fn pages_of_other_sites_may_read_but_not_write(app: TestApp) {
        let program = app.writer();
        let origin = "https://wiki.example.com";
        for (path, status) in [(PROFESSIONS, 200), (&*format!("{PROFESSIONS}/nobody"), 404), ("/api/v1/openapi.json", 200)] {
            let read = app.request(Method::GET, path).header("origin", origin).send().await.unwrap();
            assert_eq!(read.status(), status);
            assert_eq!(header(&read, "access-control-allow-origin"), "*");
            assert_eq!(header(&read, "cross-origin-resource-policy"), "cross-origin");
        }
        let asked = app.request(Method::OPTIONS, PROFESSIONS).header("origin", origin);
        let asked = asked.header("access-control-request-method", "POST").send().await.unwrap();
        assert_eq!(asked.status(), 204);
        assert_eq!(header(&asked, "access-control-allow-methods"), "GET, HEAD");
        for header in [("origin", origin), ("sec-fetch-site", "cross-site")] {
            let write = program.with(Method::POST, PROFESSIONS, &release_engineer());
            let refused = write.header(header.0, header.1).send().await.unwrap();
            assert_eq!(refused.headers().get("access-control-allow-origin"), None);
            problem(refused, 403, "cross-site").await;
        }
        assert_eq!(app.get("/").await.headers().get("access-control-allow-origin"), None);
    }

    async fn every_address_allows_exactly_the_documented_methods(app: TestApp) {
        let document = app.read("/api/v1/openapi.json").await;
        assert_eq!(document["openapi"], "3.1.0");
        for (path, methods) in document["paths"].as_object().unwrap() {
            let path = path.replace("{slug}", "front-end").replace("{grade_id}", "40");
            let path = path.replace("{requirement_id}", "t3k9ma");
            let mut expected = methods.as_object().unwrap().keys().map(|name| name.to_uppercase()).collect::<Vec<_>>();
            expected.extend(["HEAD".into(), "OPTIONS".into()]);
            expected.sort();
            let options = app.request(Method::OPTIONS, &path).send().await.unwrap();
            assert_eq!(options.status(), 204);
            assert_eq!(header(&options, "allow"), expected.join(", "), "{path}");
            for method in [Method::PUT, Method::TRACE, Method::from_bytes(b"BREW").unwrap()] {
                let refused = app.request(method, &path).send().await.unwrap();
                assert_eq!(header(&refused, "allow"), expected.join(", "), "{path}");
                problem(refused, 405, "method-not-allowed").await;
            }
        }
        for path in ["/api/nothing", "/api/v1/graders/nothing", "/api/v2/graders/levels"] {
            problem(app.get(path).await, 404, "not-found").await;
        }
        problem(app.get(&format!("{PROFESSIONS}?x={}", "x".repeat(9_000))).await, 414, "address-too-long").await;
    }

    async fn guessing_tokens_is_throttled_without_affecting_others(app: TestApp) {
        let program = app.writer();
        let guess = Program { app: &app, token: "grades_guess".into() };
        let mut refused = 0;
        for _ in 0..60 {
            let answer = guess.post(PROFESSIONS, &release_engineer()).await;
            if answer.status() == 429 {
                assert!(header(&answer, "retry-after").parse::<u64>().unwrap() > 0);
                problem(answer, 429, "too-many-requests").await;
                refused += 1;
            } else {
                problem(answer, 401, "unauthorized").await;
            }
        }
        assert!(refused > 0);
        assert_eq!(program.post(PROFESSIONS, &release_engineer()).await.status(), 201);
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn an_unavailable_database_is_a_503_with_retry_after() {
    let app = TestApp::on(Backend::Postgres);
    let program = app.writer();
    app.database.drop_now();
    for answer in [app.get(PROFESSIONS).await, program.post(PROFESSIONS, &release_engineer()).await]
    {
        assert_eq!(header(&answer, "retry-after"), "60");
        problem(answer, 503, "unavailable").await;
    }
}

#[actix_web::test]
#[ignore = "needs curl"]
async fn every_example_of_the_reference_page_works() {
    let page = TestApp::start_at(TestDatabase::on(Backend::Sqlite), None).page("/api").await;
    let count = page.matches("<pre class=\"call\"").count();
    assert_eq!(count, 23);
    for number in 1..=count {
        // Each example runs on its own site.
        let app = TestApp::start_at(TestDatabase::on(Backend::Sqlite), None);
        let token = app.token("Пример", Scope::Write);
        let page = app.page("/api").await;
        let call = page.split("<pre class=\"call\"").nth(number).unwrap();
        let call = unescaped(between(call, "<code>", "</code>"));
        let mut shell = std::process::Command::new("sh");
        shell
            .args(["-c", &call])
            .env("TOKEN", token)
            .env("SLUG", "front-end")
            .env("GRADE_ID", "31");
        // What a copied call changes, its reader has named.
        let names_one = call.contains("/front-end") || call.contains("/31");
        let is_change = call.contains("-X ") || call.contains("--json");
        assert!(!names_one || !is_change, "{call}");
        let output = actix_web::web::block(move || shell.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{call}\n{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        if call.contains("-X DELETE") {
            assert_eq!(text, "", "{call}");
        } else {
            let answer = serde_json::from_str::<Value>(&text).unwrap();
            assert_eq!(answer.get("errors"), None, "{call}\n{answer}");
        }
    }
}
