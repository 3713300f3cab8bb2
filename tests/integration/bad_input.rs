//! Bad input is refused with a 4xx status, never a 500.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use actix_web::web;
use reqwest::Method;

use crate::app::{TestApp, between, header};

/// Sends raw bytes and returns the status, or `None` if the connection is closed without one.
async fn status_of(app: &TestApp, request: Vec<u8>) -> Option<u16> {
    let port = app.port;
    let exchange = move || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(&request).ok()?;
        let mut answer = [0; 12];
        match stream.read_exact(&mut answer) {
            Ok(()) => String::from_utf8_lossy(&answer[9..]).parse().ok(),
            Err(error) => {
                assert_ne!(error.kind(), ErrorKind::WouldBlock, "no answer at all");
                None
            }
        }
    };
    web::block(exchange).await.unwrap()
}

async fn get_raw(app: &TestApp, target: &[u8]) -> Option<u16> {
    let rest = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    status_of(app, [b"GET ", target, rest].concat()).await
}

on_both_databases! {
    async fn unknown_addresses_are_not_found(app: TestApp) {
        for path in [
            "/nothing-here",
            "/professions/nobody",
            "/professions/nobody/middle",
            "/professions/front-end/intern",
            "/professions/front-end/master",
            "/professions/front-end/middle/more",
            "/professions/Front-End",
            "/professions/фронтенд",
            "/professions/front-end%20",
            "/professions/%27%20OR%201=1--",
            "/admin/nothing",
            "/assets/",
            "/.env",
            "/?page=0",
            "/?page=2",
            "/?page=99999999999999999999999999",
        ] {
            let response = app.get(path).await;
            let status = response.status();
            if status == 308 {
                continue;
            }
            assert_eq!(status, 404, "{path}");
            let page = response.text().await.unwrap();
            assert!(page.contains("Страница не\u{a0}найдена"), "{path}");
            assert!(page.contains("name=\"robots\" content=\"noindex\""), "{path}");
            assert!(page.contains("class=\"button\""), "no way on from {path}");
        }
    }

    async fn a_not_found_page_names_what_is_missing_and_a_way_on(app: TestApp) {
        let page = app.get("/professions/front-end/intern").await.text().await.unwrap();
        assert!(page.contains("В\u{a0}лестнице «Фронтенд-разработчик» нет грейда «стажёр»."), "{page}");
        assert!(page.contains("class=\"button\" href=\"/professions/front-end\""), "{page}");
        let page = app.get("/professions/nobody").await.text().await.unwrap();
        assert!(page.contains("Такой профессии в\u{a0}каталоге нет."), "{page}");
    }

    async fn an_invalid_page_number_is_a_bad_request(app: TestApp) {
        for number in ["x", "", "-1", "1.5", "%D1%8F", "%00", "%FF", "1%20", "+1"] {
            let response = app.get(&format!("/?page={number}")).await;
            assert_eq!(response.status(), 400, "{number}");
            let page = response.text().await.unwrap();
            assert!(page.contains("записан не\u{a0}цифрами"), "{page}");
        }
        assert_eq!(app.get("/?page=1&page=2").await.status(), 400);
    }

    async fn unknown_parameters_are_ignored(app: TestApp) {
        let plain = app.page("/").await;
        for query in ["?utm_source=mail", "?", "?%", "?=", "?a&b", "?%FF=%00"] {
            assert_eq!(app.page(&format!("/{query}")).await, plain, "{query}");
        }
    }

    async fn what_is_cached_under_one_address_is_not_found_under_another(app: TestApp) {
        for (there, nowhere) in [
            ("/professions/front-end/middle", "/professions/front-end%2Fmiddle"),
            ("/skills/git", "/skills%2Fgit"),
            ("/professions/front-end", "/professions/front-end%3F"),
        ] {
            assert_eq!(app.get(nowhere).await.status(), 404, "{nowhere}");
            assert_eq!(app.get(there).await.status(), 200, "{there}");
            assert_eq!(app.get(nowhere).await.status(), 404, "{nowhere} after {there}");
        }
    }

    async fn variants_of_an_address_redirect_to_the_canonical_one(app: TestApp) {
        for (path, location) in [
            ("/learning/", "/learning"),
            ("/professions", "/"),
            ("/professions/", "/professions"),
            ("/professions/front-end/", "/professions/front-end"),
            ("/professions/front-end/junior+", "/professions/front-end/junior-plus"),
            ("/professions/front-end/senior%2B%2B", "/professions/front-end/senior-plus-plus"),
            ("/professions/%00/junior+", "/professions/%00/junior-plus"),
            ("/professions/a%3Fb%2Fc/junior+", "/professions/a%3Fb%2Fc/junior-plus"),
            ("/search/?q=git", "/search?q=git"),
            ("//example.org/", "/example.org"),
            ("/%5Cexample.org/", "/%5Cexample.org"),
        ] {
            let response = app.get(path).await;
            assert_eq!(response.status(), 308, "{path}");
            assert_eq!(header(&response, "location"), location, "{path}");
        }
    }

    async fn other_methods_are_refused_with_an_allow_header(app: TestApp) {
        for path in ["/", "/professions/front-end", "/learning", "/healthz", "/favicon.svg"] {
            for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "ODD"] {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let response = app.request(method.clone(), path).send().await.unwrap();
                assert_eq!(response.status(), 405, "{method} {path}");
                assert_eq!(header(&response, "allow"), "GET, HEAD");
                let page = response.text().await.unwrap();
                assert!(page.contains("Так сюда обратиться нельзя"), "{method} {path}");
            }
        }
    }

    async fn head_answers_as_get_without_the_body(app: TestApp) {
        for path in ["/", "/professions/front-end/middle", "/healthz", "/favicon.svg", "/nothing"] {
            let get = app.get(path).await;
            let head = app.request(Method::HEAD, path).send().await.unwrap();
            assert_eq!(head.status(), get.status(), "{path}");
            assert_eq!(head.headers().get("content-type"), get.headers().get("content-type"));
            let length = header(&head, "content-length").parse::<usize>().unwrap();
            assert_eq!(length, get.bytes().await.unwrap().len(), "{path}");
            assert!(head.bytes().await.unwrap().is_empty(), "{path}");
        }
    }

    async fn long_addresses_are_refused(app: TestApp) {
        let long = "x".repeat(10_000);
        for path in [format!("/{long}"), format!("/?q={long}"), format!("/professions/{long}")] {
            let response = app.get(&path).await;
            assert_eq!(response.status(), 414);
            assert!(response.text().await.unwrap().contains("Слишком длинный адрес"));
        }
        let slug = "x".repeat(7_000);
        assert_eq!(app.get(&format!("/professions/{slug}")).await.status(), 404);
    }

    async fn malformed_requests_are_refused_and_the_site_keeps_running(app: TestApp) {
        for target in [
            b"/professions/%00".as_slice(),
            b"/professions/%FF",
            b"/professions/%C3%28/middle",
            b"/professions/front-end/%00",
            b"/professions/%",
            b"/professions/%zz",
            b"/%2e%2e/%2e%2e/etc/passwd",
            b"/../Cargo.toml",
            b"/professions/front-end;x",
            b"/professions/\xff\xfe",
            b"/professions/\xd1\x84",
            b"/professions/a b",
            b"/\\x00\x00",
            b"professions",
            b"*",
            b"http://example.org/professions/nobody",
            b"",
        ] {
            let status = get_raw(&app, target).await;
            let refused = status.is_some_and(|status| (400..500).contains(&status));
            assert!(refused, "{status:?} for {:?}", String::from_utf8_lossy(target));
        }
        let long_header = [b"GET / HTTP/1.1\r\nX: ".to_vec(), vec![b'x'; 1 << 20]].concat();
        for request in [b"\x16\x03\x01\x02\x00\x01".to_vec(), b"GET\r\n\r\n".to_vec(), long_header] {
            let status = status_of(&app, request).await;
            assert!(status.is_none_or(|status| (400..500).contains(&status)), "{status:?}");
        }
        let title = app.page("/").await;
        assert_eq!(between(&title, "<title>", "</title>"), "Профессии и грейды — Грейды");
    }
}
