//! Ladders come in from files by the pages of editors.

use reqwest::{Method, Response};

use crate::app::{Backend, Editor, TestApp, between};

const TRANSFER: &str = "/admin/transfer";
const BOUNDARY: &str = "------------------------b0undary";

pub const FILE: &str = "[track]\nslug = \"pastry\"\ntitle = \"Выпечка\"\n\n[[profession]]\nslug = \"baker\"\n\
                    title = \"Пекарь\"\nsummary = \"\"\n\n[[profession.grade]]\nlevel = \"junior\"\n\
                    description = \"- Печёт хлеб\"\n";

/// The body of a form with files, as browsers write it.
fn body(token: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n"
    )
    .into_bytes();
    for (name, content) in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

async fn post(editor: &Editor<'_>, body: Vec<u8>) -> Response {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let request = editor.app.request(Method::POST, TRANSFER).header("cookie", &editor.cookie);
    request.header("content-type", kind).body(body).send().await.unwrap()
}

async fn token(editor: &Editor<'_>) -> String {
    between(&editor.page(TRANSFER).await, "name=\"token\" value=\"", "\"").to_owned()
}

async fn upload(editor: &Editor<'_>, files: &[(&str, &[u8])]) -> Response {
    let token = token(editor).await;
    post(editor, body(&token, files)).await
}

/// Sends one file; returns the address of what it would change.
pub async fn uploaded(editor: &Editor<'_>, name: &str, content: &[u8]) -> String {
    let answer = upload(editor, &[(name, content)]).await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// Applies what a page shows.
pub async fn apply(editor: &Editor<'_>, address: &str, page: &str) -> Response {
    let revision = between(page, "name=\"revision\" value=\"", "\"");
    let mode = between(page, "type=\"hidden\" name=\"mode\" value=\"", "\"");
    editor.send(address, &[("revision", revision), ("mode", mode)]).await
}

on_both_databases! {
    async fn a_file_is_seen_first_and_then_applied(app: TestApp) {
        let ann = app.editor("ann").await;
        let address = uploaded(&ann, "bakery.toml", FILE.as_bytes()).await;
        let page = ann.page(&address).await;
        for part in ["bakery.toml", "Профессия «Пекарь»", "Печёт хлеб", "Применить", "новых 1"] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
        assert_eq!(app.get("/professions/baker").await.status(), 404);
        let answer = apply(&ann, &address, &page).await;
        assert_eq!(answer.status(), 303);
        let done = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(ann.page(&done).await.contains("Загружено."));
        assert!(app.page("/professions/baker").await.contains("Печёт хлеб"));
        let found = app.page("/search?q=пекарь").await;
        assert!(found.contains("Пекарь"), "{found}");
        // What was applied is not kept.
        assert_eq!(ann.get(&address).await.status(), 404);
    }

    async fn whoever_saw_something_else_sees_what_it_would_do_now(app: TestApp) {
        let ann = app.editor("ann").await;
        let address = uploaded(&ann, "bakery.toml", FILE.as_bytes()).await;
        let page = ann.page(&address).await;
        let (_, version) = ann.read("/admin/professions/front-end/middle").await;
        let saved = ann.save("/admin/professions/front-end/middle", &version, "- Другое").await;
        assert_eq!(saved.status(), 303);
        let answer = apply(&ann, &address, &page).await;
        assert_eq!(answer.status(), 409);
        let page = answer.text().await.unwrap();
        assert!(page.contains("ничего не загружено") || page.contains("ничего не\u{a0}загружено"), "{page}");
        assert_eq!(app.get("/professions/baker").await.status(), 404);
        assert_eq!(apply(&ann, &address, &page).await.status(), 303);
        app.page("/professions/baker").await;
    }

    async fn only_the_sender_sees_files_and_only_owners_take_away(app: TestApp) {
        let ann = app.editor("ann").await;
        let address = uploaded(&ann, "bakery.toml", FILE.as_bytes()).await;
        let page = ann.page(&address).await;
        assert!(!page.contains("value=\"replace\""), "{page}");
        assert_eq!(ann.get(&format!("{address}?mode=replace")).await.status(), 403);
        let revision = between(&page, "name=\"revision\" value=\"", "\"");
        let form = [("revision", revision), ("mode", "replace")];
        assert_eq!(ann.send(&address, &form).await.status(), 403);
        assert_eq!(ann.get(&format!("{address}?mode=other")).await.status(), 400);
        assert_eq!(ann.send(&address, &[("mode", "add")]).await.status(), 400);

        let olga = app.owner("olga").await;
        assert_eq!(olga.get(&address).await.status(), 404);
        assert_eq!(olga.send(&address, &form).await.status(), 404);
        let address = uploaded(&olga, "bakery.toml", FILE.as_bytes()).await;
        let page = olga.page(&format!("{address}?mode=replace")).await;
        assert!(page.contains("value=\"replace\" selected"), "{page}");
        assert_eq!(apply(&olga, &address, &page).await.status(), 303);
        app.page("/professions/front-end").await;
    }

    async fn an_editor_keeps_a_few_uploads(app: TestApp) {
        let ann = app.editor("ann").await;
        let first = uploaded(&ann, "bakery.toml", FILE.as_bytes()).await;
        for _ in 0..4 {
            uploaded(&ann, "bakery.toml", FILE.as_bytes()).await;
        }
        ann.page(&first).await;
        uploaded(&ann, "bakery.toml", FILE.as_bytes()).await;
        assert_eq!(ann.get(&first).await.status(), 404);
        let last = uploaded(&ann, "bakery.toml", FILE.as_bytes()).await;
        app.database.execute("UPDATE uploads SET created_at = '2026-01-01 00:00:00'");
        assert_eq!(ann.get(&last).await.status(), 404);
    }
}

#[actix_web::test]
async fn what_can_not_be_read_is_told_and_changes_nothing() {
    let app = TestApp::on(Backend::Sqlite);
    let ann = app.editor("ann").await;
    for (name, content) in [
        ("broken.toml", b"[track\nslug" as &[u8]),
        ("latin.toml", b"[track]\nslug = \"\xcf\xe5\""),
        ("array.json", b"[1, 2"),
        ("book.xlsx", b"no workbook"),
        ("../../etc/passwd.toml", b"x = [\0]"),
    ] {
        let address = uploaded(&ann, name, content).await;
        let page = ann.page(&address).await;
        let name = name.rsplit('/').next().unwrap();
        assert!(page.contains("в&nbsp;файлах") && page.contains(name), "{name}: {page}");
        assert!(!page.contains("Применить"), "{name}");
        let form = [("revision", "1"), ("mode", "update")];
        assert_eq!(ann.send(&address, &form).await.status(), 422, "{name}");
    }
}

#[actix_web::test]
async fn forms_without_files_and_broken_ones_are_refused() {
    let app = TestApp::on(Backend::Sqlite);
    let ann = app.editor("ann").await;
    assert_eq!(upload(&ann, &[]).await.status(), 422);
    // A form of which no file was chosen.
    assert_eq!(upload(&ann, &[("", b"")]).await.status(), 422);
    let token = token(&ann).await;
    let mut broken = body(&token, &[("a.toml", FILE.as_bytes())]);
    broken.truncate(broken.len() / 2);
    assert_eq!(post(&ann, broken).await.status(), 400);
    assert_eq!(ann.send(TRANSFER, &[("files", "x")]).await.status(), 400);
    let large = vec![b'x'; 17 * 1024 * 1024];
    let answer = ann
        .app
        .request(Method::POST, TRANSFER)
        .header("cookie", &ann.cookie)
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(body(&token, &[("large.toml", &large)]))
        .send()
        .await;
    // The connection may be closed before all of it is sent.
    assert!(answer.is_err() || answer.unwrap().status() == 413);
    let answer = post(&ann, body("other", &[("a.toml", FILE.as_bytes())])).await;
    assert_eq!(answer.status(), 401);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("файлы не\u{a0}сохранились") || page.contains("файлы не сохранились"),
        "{page}"
    );
    let stranger = app.send(TRANSFER, &[]).await;
    assert_eq!(stranger.status(), 401);
}
