//! Headers on every answer.

use reqwest::{Method, StatusCode};

use crate::app::{Backend, TestApp, TestDatabase, header};

on_both_databases! {
    async fn every_answer_has_the_security_headers(app: TestApp) {
        let tag = header(&app.get("/").await, "etag").to_owned();
        let too_long = format!("/?x={}", "x".repeat(9_000));
        let requests = [
            (app.request(Method::GET, "/"), 200),
            (app.request(Method::HEAD, "/"), 200),
            (app.request(Method::GET, "/").header("if-none-match", tag), 304),
            (app.request(Method::GET, "/professions/front-end/middle"), 200),
            (app.request(Method::GET, "/favicon.svg"), 200),
            (app.request(Method::GET, "/healthz"), 200),
            (app.request(Method::GET, "/robots.txt"), 200),
            (app.request(Method::GET, "/sitemap.xml"), 200),
            (app.request(Method::GET, "/learning/"), 308),
            (app.request(Method::GET, "/?page=x"), 400),
            (app.request(Method::GET, "/nothing-here"), 404),
            (app.request(Method::POST, "/"), 405),
            (app.request(Method::GET, &too_long), 414),
        ];
        for (request, status) in requests {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), status, "{}", response.url());
            let policy = header(&response, "content-security-policy");
            let mut parts = policy.split("; ");
            assert_eq!(parts.next(), Some("default-src 'none'"));
            assert!(parts.all(|part| part.ends_with(" 'self'") || part.ends_with(" 'none'")));
            assert!(policy.contains("frame-ancestors 'none'"));
            assert!(!policy.contains("script-src") && !policy.contains("unsafe"));
            assert_eq!(header(&response, "x-content-type-options"), "nosniff");
            assert_eq!(header(&response, "referrer-policy"), "strict-origin-when-cross-origin");
            assert_eq!(header(&response, "cross-origin-opener-policy"), "same-origin");
            assert_eq!(header(&response, "cross-origin-resource-policy"), "same-origin");
            assert!(header(&response, "permissions-policy").contains("camera=()"));
            assert_eq!(header(&response, "strict-transport-security"), "max-age=31536000");
            assert_eq!(header(&response, "x-request-id").len(), 8);
            assert!(response.headers().get("server").is_none());
        }
    }

    async fn pages_are_revalidated_and_answered_with_304_if_unchanged(app: TestApp) {
        for path in ["/", "/professions/front-end", "/learning"] {
            let first = app.get(path).await;
            assert_eq!(header(&first, "cache-control"), "no-cache");
            let tag = header(&first, "etag").to_owned();
            let again = app.request(Method::GET, path).header("if-none-match", &tag);
            let again = again.send().await.unwrap();
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
            assert_eq!(header(&again, "etag"), tag);
            let other = app.request(Method::GET, path).header("if-none-match", "\"other\"");
            assert_eq!(other.send().await.unwrap().status(), 200);
        }
    }

    async fn errors_are_not_cached(app: TestApp) {
        for path in ["/nothing-here", "/?page=x"] {
            assert_eq!(header(&app.get(path).await, "cache-control"), "no-store");
        }
    }
}

#[actix_web::test]
async fn over_plain_http_no_browser_is_bound_to_tls() {
    let database = TestDatabase::on(Backend::Sqlite);
    let app = TestApp::start_at(database, Some("http://grades.example.org"));
    for path in ["/", "/admin/sign-in", "/nothing-here", "/api/v1/graders/levels"] {
        assert!(app.get(path).await.headers().get("strict-transport-security").is_none(), "{path}");
    }
}
