//! Drafts of professions: for editors alone, until they are published.

use std::collections::{BTreeMap, BTreeSet};

use grades::graders::service::transfer::{Scope, export};
use reqwest::Response;
use serde_json::json;

use crate::app::{Editor, TestApp, between, header};

const SLUG: &str = "zyumbrikoved";
const DRAFT: &str = "/professions/zyumbrikoved";
const DESK: &str = "/admin/professions/zyumbrikoved";

/// Words of the draft and of a proposal that no other text has: its title, its address, its summary, its
/// requirements, and the proposed text with its note.
const WORDS: [&str; 6] = ["юмбриковед", SLUG, "вакозябр", "ушпанчик", "рюндел", "ышкобормот"];

async fn led_to(answer: Response) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

/// Makes a draft with two grades of which one is described, and which includes a published ladder.
async fn make_draft(editor: &Editor<'_>) {
    let text = "## Джун\n\nЗнает квакозябр.\n\n- Кормит шушпанчика\n- Знакомство: Docker для шушпанчиков\n";
    let form = [
        ("title", "Зюмбриковед"),
        ("slug", SLUG),
        ("summary", "Про квакозябр и Docker"),
        ("track", "web"),
        ("includes", "front-end"),
        ("level", "senior"),
        ("draft", "yes"),
        ("text", text),
        ("action", "save"),
    ];
    let answer = editor.send("/admin/new-profession", &form).await;
    let page = answer.text().await.unwrap();
    let seen = between(&page, "name=\"seen\" value=\"", "\"");
    assert!(page.contains("name=\"draft\" value=\"yes\" checked"), "{page}");
    let answer =
        editor.send("/admin/new-profession", &[&form[..], &[("seen", seen)]].concat()).await;
    assert_eq!(led_to(answer).await, format!("{DESK}?done=made"));
}

/// Publishes the draft, or takes the profession back.
async fn decide(editor: &Editor<'_>, action: &str) -> Response {
    let path = format!("{DESK}/publication");
    let page = editor.page(&path).await;
    let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
    editor.send(&path, &[("version", &version), ("action", action)]).await
}

/// Every address of the list of routes, with names of a published profession and of the draft.
fn routes(grade_id: &str) -> BTreeSet<String> {
    let literals = include_str!("../../src/routes.rs").split('"').skip(1).step_by(2);
    let patterns = literals.filter(|literal| literal.starts_with('/'));
    let mut found = BTreeSet::new();
    for pattern in patterns {
        for prefix in ["", "/api/v1/graders"] {
            for (slug, grade) in [("front-end", "1"), (SLUG, grade_id)] {
                for format in ["toml", "json", "md", "csv", "matrix-csv", "xlsx"] {
                    for level in ["junior", "senior"] {
                        let path = pattern
                            .replace("{slug}", slug)
                            .replace("{level}", level)
                            .replace("{grade_id}", grade)
                            .replace("{id}", "1")
                            .replace("{format}", format)
                            .replace("{requirement_id}", "x")
                            .replace("{name}", "2026");
                        found.insert(format!("{prefix}{path}"));
                    }
                }
            }
        }
    }
    found
}

/// The addresses that search, choosers and files are asked with.
fn questions() -> Vec<String> {
    let mut asked = Vec::new();
    for word in ["зюмбриковед", SLUG, "квакозябр", "шушпанчик", "хрюндель", "пышкобормот"]
    {
        asked.push(format!("/search?q={word}"));
        asked.push(format!("/api/v1/graders/search?q={word}"));
    }
    for format in ["toml", "json", "md", "csv", "matrix-csv", "xlsx"] {
        asked.push(format!("/export/{format}?track=web"));
        asked.push(format!("/export/{format}?profession={SLUG}"));
    }
    for address in [
        "/matrix?profession=SLUG",
        "/matrix.csv?profession=SLUG",
        "/changes?profession=SLUG",
        "/compare?from=SLUG/junior&to=front-end/middle",
        "/compare?from=front-end/middle&to=SLUG/junior",
        "/compare?level=junior&track=web",
        "/check?profession=SLUG&level=junior",
        "/salary?profession=SLUG",
        "/check/pair?profession=SLUG&level=junior",
        "/plan?profession=SLUG&level=junior",
        "/plan.ics?profession=SLUG&level=junior",
        "/defence?profession=SLUG&level=junior",
        "/defence.md?profession=SLUG&level=junior",
        "/choose?profession=SLUG",
        "/mentoring?profession=SLUG",
        "/api/v1/graders/changes?since=0",
        "/api/v1/graders/professions?limit=100",
        "/api/v1/graders/grades?limit=100",
        "/api/v1/graders/grades?profession=SLUG",
        "/api/v1/graders/compare?from=SLUG/junior&to=front-end/middle",
        "/api/v1/graders/professions/SLUG?accumulated=true",
        "/api/v1/graders/professions/front-end?accumulated=true",
        "/professions/SLUG?at=2026-06-01",
        "/?at=2026-06-01",
    ] {
        asked.push(address.replace("SLUG", SLUG));
    }
    for revision in 0..12 {
        for path in ["/", DRAFT, "/professions/zyumbrikoved/junior", "/matrix", "/skills/docker"] {
            asked.push(format!("{path}?at={revision}"));
        }
        asked.push(format!("/changes/{revision}"));
        asked.push(format!("/changes?before={revision}"));
        asked.push(format!("/api/v1/graders/changes?since={revision}"));
        asked.push(format!("/api/v1/graders/grades/{revision}/revisions"));
    }
    asked
}

/// The addresses of this site that a page links to.
fn links(page: &str) -> Vec<String> {
    let found = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let here = found.filter(|address| address.starts_with('/') && !address.starts_with("//"));
    here.map(|address| {
        address.split('#').next().unwrap().replace("&amp;", "&").replace("&#38;", "&")
    })
    .collect()
}

/// What an answer tells of the draft or the proposal beyond what its address says.
async fn told(app: &TestApp, address: &str) -> (Vec<&'static str>, String) {
    let answer = app.get(address).await;
    let headers = format!("{:?}", answer.headers());
    let body = String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned();
    let asked = percent_encoding::percent_decode_str(address).decode_utf8_lossy().into_owned();
    let all = format!("{headers}\n{body}").to_lowercase();
    let told = WORDS.into_iter().filter(|word| all.contains(word) && !asked.contains(word));
    (told.collect(), body)
}

/// What everybody reads at addresses whose answers no draft may change.
async fn public(app: &TestApp) -> BTreeMap<&'static str, Vec<u8>> {
    let mut read = BTreeMap::new();
    for address in [
        "/",
        "/matrix",
        "/matrix.csv",
        "/skills",
        "/skills/docker",
        "/professions/front-end",
        "/professions/front-end/middle",
        "/compare",
        "/check",
        "/plan",
        "/salary",
        "/mentoring",
        "/changes",
        "/sitemap.xml",
        "/export/toml",
        "/export/json",
        "/export/md",
        "/export/csv",
        "/export/matrix-csv",
        "/export/xlsx",
        "/search?q=docker",
        "/api/v1/graders/professions",
        "/api/v1/graders/grades",
        "/api/v1/graders/tracks",
        "/api/v1/graders/skills/docker",
        "/api/v1/graders/changes?since=0",
    ] {
        let answer = app.get(address).await;
        read.insert(address, answer.bytes().await.unwrap().to_vec());
    }
    read
}

on_both_databases! {
    async fn no_word_of_a_draft_or_a_proposal_is_told_to_anybody_who_is_not_signed_in(app: TestApp) {
        let ann = app.editor("ann").await;
        let before = public(&app).await;
        make_draft(&ann).await;
        let form = format!("{DESK}/junior");
        let page = ann.page(&form).await;
        let grade_id = between(&page, "name=\"grade\" value=\"", "\"").to_owned();
        assert_eq!(ann.save(&form, "1", "Знает квакозябр.\n\n- Кормит двух шушпанчиков").await.status(), 303);
        let proposal = [
            ("version", "1"), ("text", "- Предлагает хрюндель"), ("note", "Пышкобормот"), ("action", "propose"),
        ];
        let proposal = led_to(ann.send("/admin/professions/front-end/middle", &proposal).await).await;
        assert!(proposal.starts_with("/admin/proposals/1"), "{proposal}");

        // An editor looks first, so that whatever is kept of these pages would be shown to others.
        let page = ann.page(DRAFT).await;
        assert!(page.contains("Черновик") && page.contains("Кормит двух шушпанчиков"), "{page}");
        assert!(ann.page(&format!("{DRAFT}/junior")).await.contains("шушпанчиков"));
        let asked = questions();
        let mut waiting = routes(&grade_id).into_iter().chain(asked).collect::<Vec<_>>();
        for address in &waiting {
            ann.get(address).await;
        }

        assert_eq!(app.get(DRAFT).await.status(), 404);
        let sitemap = app.page("/sitemap.xml").await;
        waiting.extend(sitemap.split("<loc>").skip(1).map(|rest| {
            let address = rest.split("</loc>").next().unwrap();
            address.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap()
        }));
        let mut seen = BTreeSet::new();
        let mut leaks = Vec::new();
        let count = waiting.len();
        let mut at = 0;
        while at < waiting.len() && at < count + 600 {
            let address = waiting[at].clone();
            at += 1;
            if !seen.insert(address.clone()) {
                continue;
            }
            let (told, body) = told(&app, &address).await;
            leaks.extend(told.into_iter().map(|word| format!("{address}: {word}")));
            waiting.extend(links(&body).into_iter().filter(|link| !link.starts_with("/admin")));
        }
        assert!(seen.len() > 400, "{}", seen.len());
        assert!(leaks.is_empty(), "{leaks:#?}");
        for (address, was) in before {
            let is = app.get(address).await.bytes().await.unwrap();
            assert!(is == was, "{address} is another one with a draft");
        }
    }

    async fn programs_can_not_change_what_they_can_not_see(app: TestApp) {
        let ann = app.editor("ann").await;
        make_draft(&ann).await;
        let page = ann.page(&format!("{DESK}/junior")).await;
        let grade_id = between(&page, "name=\"grade\" value=\"", "\"").to_owned();
        let program = app.writer();
        for (method, path) in [
            (reqwest::Method::PATCH, format!("/api/v1/graders{DRAFT}")),
            (reqwest::Method::DELETE, format!("/api/v1/graders{DRAFT}")),
            (reqwest::Method::PATCH, format!("/api/v1/graders/grades/{grade_id}")),
            (reqwest::Method::DELETE, format!("/api/v1/graders/grades/{grade_id}")),
            (reqwest::Method::POST, format!("/api/v1/graders{DRAFT}/grades")),
        ] {
            let is_grade = path.ends_with("/grades");
            let body = if is_grade { json!({ "level_name": "middle" }) } else { json!({}) };
            let request = program.request(method.clone(), &path).header("if-match", "*");
            let request = request.header("content-type", "application/json");
            let answer = request.body(body.to_string()).send().await.unwrap();
            assert_eq!(answer.status(), 404, "{method} {path}: {}", answer.text().await.unwrap());
        }
    }

    async fn a_draft_is_published_and_taken_back(app: TestApp) {
        let ann = app.editor("ann").await;
        make_draft(&ann).await;
        let desk = ann.page("/admin?show=drafts").await;
        assert!(between(&desk, ">черновик</span>", "</tr>").contains("</span>1 из&nbsp;2"), "{desk}");
        assert!(ann.page(&format!("{DESK}/publication")).await.contains("Описано 1 из&nbsp;2."));
        assert_eq!(led_to(decide(&ann, "publish").await).await, format!("{DESK}?done=published"));
        assert!(app.page(DRAFT).await.contains("Кормит шушпанчика"));
        assert!(!ann.page(DRAFT).await.contains("aria-label=\"Черновик\""));
        for address in ["/", "/search?q=шушпанчик", "/sitemap.xml", "/export/toml", "/skills/docker"] {
            assert!(app.page(address).await.contains(SLUG), "{address}");
        }
        // Everybody reads of one change: the profession came. What was changed before is editors' business.
        let changes = app.page(&format!("/changes?profession={SLUG}")).await;
        assert_eq!(changes.matches("<article").count().max(changes.matches("id=\"change-").count()), 1, "{changes}");
        assert!(changes.contains("Профессия добавлена"), "{changes}");
        let since = app.read("/api/v1/graders/changes?since=0").await;
        assert!(since["items"].as_array().unwrap().iter().any(|item| item["profession"] == SLUG), "{since}");
        let published = between(&changes, "/changes/", "\"").split(['?', '#']).next().unwrap().to_owned();
        let number = published.parse::<i32>().unwrap();
        assert_eq!(app.get(&format!("{DRAFT}?at={}", number - 1)).await.status(), 404);
        assert_eq!(app.get(&format!("{DRAFT}?at={number}")).await.status(), 200);

        assert_eq!(led_to(decide(&ann, "take-back").await).await, format!("{DESK}?done=taken-back"));
        assert_eq!(app.get(DRAFT).await.status(), 404);
        assert!(!app.page("/").await.contains(SLUG) && !app.page("/search?q=шушпанчик").await.contains(SLUG));
        // What everybody saw then is still to be seen.
        assert!(app.page(&format!("{DRAFT}?at={number}")).await.contains("Кормит шушпанчика"));
        assert!(app.page("/changes").await.contains("Профессия убрана"));
    }

    async fn a_published_ladder_includes_no_draft(app: TestApp) {
        let ann = app.editor("ann").await;
        make_draft(&ann).await;
        let path = "/admin/professions/full-stack";
        let page = ann.page(path).await;
        assert!(!between(&page, "<select id=\"includes\"", "</select>").contains(SLUG));
        let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let fields = [
            ("version", &*version), ("title", "Фулстек-разработчик"), ("slug", "full-stack"), ("summary", ""),
            ("track", "web"), ("includes", SLUG), ("action", "save"),
        ];
        let answer = ann.send(path, &fields).await;
        assert_eq!(answer.status(), 422);
        assert!(answer.text().await.unwrap().contains("лестница-черновик"));
        // The draft includes a published one, which can't become a draft by itself once both are published.
        led_to(decide(&ann, "publish").await).await;
        let path = "/admin/professions/front-end/publication";
        let page = ann.page(path).await;
        let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let answer = ann.send(path, &[("version", &version), ("action", "take-back")]).await;
        assert_eq!(answer.status(), 422);
        assert!(answer.text().await.unwrap().contains("включают опубликованные: «Зюмбриковед»"));
        assert_eq!(app.get("/professions/front-end").await.status(), 200);
    }

    async fn files_of_the_command_line_carry_drafts_as_drafts(app: TestApp) {
        let ann = app.editor("ann").await;
        make_draft(&ann).await;
        let database = app.database.open();
        let whole = export(&database, &Scope::Everything).unwrap();
        let draft = whole.professions.iter().find(|profession| profession.slug == SLUG).unwrap();
        assert!(draft.is_draft);
        assert!(whole.professions.iter().all(|other| other.is_draft == (other.slug == SLUG)));
        let published = export(&database.published(), &Scope::Everything).unwrap();
        assert_eq!(published.professions.len() + 1, whole.professions.len());
        // What everybody can download lacks drafts, and takes none away.
        let file = std::env::temp_dir().join(format!("grades-drafts-{}.toml", app.port));
        std::fs::write(&file, app.page("/export/toml").await).unwrap();
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_grades"))
            .args(["import", "--mode", "replace", file.to_str().unwrap()])
            .env("DATABASE_URL", app.database.url())
            .output()
            .unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(ann.page(DESK).await.contains("Черновик"));
    }

    async fn a_deleted_draft_comes_back_as_a_draft(app: TestApp) {
        let ann = app.editor("ann").await;
        make_draft(&ann).await;
        let path = format!("{DESK}/delete");
        let version = between(&ann.page(&path).await, "name=\"version\" value=\"", "\"").to_owned();
        led_to(ann.send(&path, &[("version", &version), ("action", "delete")]).await).await;
        assert!(!app.page("/changes").await.to_lowercase().contains("юмбриковед"));
        let trash = ann.page("/admin/trash").await;
        let id = between(&trash, "name=\"profession\" value=\"", "\"").to_owned();
        led_to(ann.send("/admin/trash", &[("profession", &id)]).await).await;
        assert_eq!(app.get(DRAFT).await.status(), 404);
        assert!(ann.page(DESK).await.contains("Черновик"));
    }
}
