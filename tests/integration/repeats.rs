//! Requests that repeat earlier ones, whose answers come from memory without the application.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use actix_web::rt;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};

use crate::app::{TestApp, header};

const PATHS: [&str; 9] = [
    "/",
    "/professions/front-end",
    "/professions/front-end/middle",
    "/search?q=git",
    "/changes.atom",
    "/export/json",
    "/sitemap.xml",
    "/api/v1/graders/professions/front-end",
    "/api/v1/graders/professions?limit=2",
];

/// What an answer is but for what differs between any two.
async fn answer(request: RequestBuilder) -> (StatusCode, HeaderMap, Vec<u8>) {
    let answer = request.send().await.unwrap();
    let mut headers = answer.headers().clone();
    assert_eq!(headers.remove("x-request-id").unwrap().len(), 8);
    headers.remove("date");
    (answer.status(), headers, answer.bytes().await.unwrap().to_vec())
}

on_both_databases! {
    async fn a_repeated_answer_is_the_answer_of_the_application(app: TestApp) {
        for path in PATHS {
            for encoding in ["identity", "gzip", "br", "gzip, deflate, br, zstd"] {
                let ask = || app.request(Method::GET, path).header("accept-encoding", encoding);
                // No request with a cookie is a repeated one.
                let whole = answer(ask().header("cookie", "a=b")).await;
                assert_eq!(whole.0, StatusCode::OK, "{path}");
                let tag = whole.1["etag"].clone();
                let held = || ask().header("if-none-match", tag.clone());
                let not_modified = answer(held().header("cookie", "a=b")).await;
                assert_eq!(not_modified.0, StatusCode::NOT_MODIFIED, "{path}");
                for _ in 0..3 {
                    assert_eq!(answer(ask()).await, whole, "{path} in {encoding}");
                    assert_eq!(answer(held()).await, not_modified, "{path} in {encoding}");
                    let other = ask().header("if-none-match", "\"other\"");
                    assert_eq!(answer(other).await, whole, "{path} in {encoding}");
                }
            }
        }
    }

    async fn other_methods_and_visitors_get_answers_of_their_own(app: TestApp) {
        let editor = app.editor("anna").await;
        for _ in 0..3 {
            let path = "/professions/front-end/middle";
            let public = app.page(path).await;
            assert!(!public.contains("/admin/professions/"));
            let page = editor.page(path).await;
            assert!(page.contains("/admin/professions/"));
            let head = app.request(Method::HEAD, path).send().await.unwrap();
            assert_eq!(header(&head, "content-length"), public.len().to_string());
            assert_eq!(head.bytes().await.unwrap().len(), 0);
            let post = app.request(Method::POST, path).send().await.unwrap();
            assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
        }
    }

    async fn a_page_that_tells_the_day_is_not_repeated_on_the_next(app: TestApp) {
        let path = "/plan?profession=front-end&grade=junior&since=2026-05-31&to=middle&failed=1";
        app.time.set("2026-06-01T09:00:00Z");
        let pages = [app.page(path).await, app.page(path).await];
        assert_eq!(pages[0], pages[1]);
        app.time.set("2026-07-15T09:00:00Z");
        assert_ne!(app.page(path).await, pages[0]);
    }

    async fn a_day_that_has_come_is_no_longer_refused(app: TestApp) {
        app.time.set("2026-06-01T09:00:00Z");
        let path = "/rules?at=2026-06-02";
        assert_eq!(app.get(path).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        app.time.set("2126-06-02T09:00:00Z");
        let path = "/rules?at=2126-06-02";
        assert_eq!(app.get(path).await.status(), StatusCode::OK);
        app.time.set("2026-06-01T09:00:00Z");
        assert_eq!(app.get(path).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn a_change_by_another_process_is_in_the_next_answer_while_many_ask(app: TestApp) {
        let (stopped, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let readers = (0..8).map(|number| {
            let (stopped, asked) = (Arc::clone(&stopped), Arc::clone(&asked));
            let url = app.url(PATHS[number % 3]);
            rt::spawn(async move {
                let client = Client::new();
                while !stopped.load(Ordering::Relaxed) {
                    let answer = client.get(&url).send().await.unwrap();
                    assert_eq!(answer.status(), StatusCode::OK);
                    answer.bytes().await.unwrap();
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        let readers = readers.collect::<Vec<_>>();
        let other = app.database.open();
        for number in 0..200 {
            let title = format!("Профессия {number}");
            other.write(|connection| {
                use diesel::connection::SimpleConnection as _;
                connection.batch_execute(&format!(
                    "UPDATE profession SET title = '{title}' WHERE slug = 'front-end';
                     UPDATE catalogue_state SET revision = revision + 1"
                ))?;
                Ok::<_, grades::graders::service::ServiceError>(())
            })
            .unwrap();
            for path in ["/", "/professions/front-end", "/api/v1/graders/professions/front-end"] {
                assert!(app.page(path).await.contains(&title), "{path} is stale in {number}");
            }
        }
        stopped.store(true, Ordering::Relaxed);
        for reader in readers {
            reader.await.unwrap();
        }
        assert!(asked.load(Ordering::Relaxed) > 200, "the readers ask meanwhile");
    }
}
