//! HTTP itself: what the layer below the handlers refuses, mends and ignores.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use actix_web::web;
use reqwest::Method;

use crate::app::{TestApp, between, header};

/// An answer, taken apart.
#[derive(Debug)]
struct Answer {
    status: u16,
    /// The headers, in lower case.
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.split("\r\n");
        let mut values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let value = values.next();
        assert_eq!(values.next(), None, "{name} twice in {}", self.head);
        value
    }
}

/// Reads one answer with a length, but to `HEAD`.
fn read_answer(stream: &mut TcpStream) -> Answer {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let status = head["HTTP/1.1 ".len()..][..3].parse().unwrap();
    let mut answer = Answer { status, head: head.to_lowercase(), body: String::new() };
    let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    answer.body = String::from_utf8(body).unwrap();
    answer
}

fn is_closed(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0]) {
        Ok(count) => count == 0,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => true,
        Err(error) => panic!("{error}"),
    }
}

/// Runs an exchange with the site over a connection of its own.
async fn over_tcp<T: Send + 'static>(
    app: &TestApp,
    exchange: impl FnOnce(&mut TcpStream) -> T + Send + 'static,
) -> T {
    let port = app.port;
    let run = move || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        exchange(&mut stream)
    };
    web::block(run).await.unwrap()
}

/// Sends requests one after another over one connection, which stays open.
async fn answers(app: &TestApp, requests: &[&str]) -> Vec<Answer> {
    let requests = requests.iter().map(|request| (*request).to_owned()).collect::<Vec<_>>();
    over_tcp(app, move |stream| {
        let answer = |request: String| {
            stream.write_all(request.as_bytes()).unwrap();
            read_answer(stream)
        };
        requests.into_iter().map(answer).collect()
    })
    .await
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

fn assert_dressed(answer: &Answer, request: &str) {
    for name in [
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "permissions-policy",
        "x-frame-options",
        "date",
    ] {
        assert!(answer.header(name).is_some(), "no {name} for {request:?}");
    }
    assert_eq!(answer.header("x-request-id").unwrap().len(), 8, "{request:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{request:?}");
    assert_eq!(answer.header("connection"), Some("close"), "{request:?}");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{request:?}");
    assert!(answer.body.contains("<h1>"), "{request:?}");
}

on_both_databases! {
    async fn what_the_http_layer_refuses_is_answered_with_headers_and_a_sentence(app: TestApp) {
        let too_many = ["X: y\r\n"; 120].concat();
        for (request, status, sentence) in [
            ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400, "правилам HTTP"),
            ("GET / HTTP/2.5\r\nHost: x\r\n\r\n".into(), 400, "правилам HTTP"),
            ("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n".into(), 400, "«%20»"),
            ("GET / HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n".into(), 400, "правилам HTTP"),
            ("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n".into(), 400, "правилам HTTP"),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n".into(), 400, "длину тела"),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".into(), 400, "длину тела"),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n".into(), 400, "длину тела"),
            ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n".into(), 400, "правилам HTTP"),
            ("\u{16}\u{3}\u{1}\u{2}\r\n\r\n".into(), 400, "правилам HTTP"),
            (format!("GET / HTTP/1.1\r\nHost: x\r\n{too_many}\r\n"), 431, "Заголовки запроса слишком длинные"),
        ] {
            let sent = request.clone();
            let answer = over_tcp(&app, move |stream| {
                stream.write_all(sent.as_bytes()).unwrap();
                let answer = read_answer(stream);
                assert!(is_closed(stream));
                answer
            })
            .await;
            assert_eq!(answer.status, status, "{request:?}");
            assert_dressed(&answer, &request);
            assert!(answer.body.replace('\u{a0}', " ").contains(sentence), "{request:?} {}", answer.body);
        }
    }

    async fn a_refused_request_behind_good_ones_is_answered_alike(app: TestApp) {
        let home = get("/healthz");
        let bad = "BAD\r\n\r\n";
        for requests in [vec![home.clone(), bad.to_owned()], vec![format!("{home}{home}{bad}")]] {
            let found = over_tcp(&app, move |stream| {
                let mut found = Vec::new();
                for request in requests {
                    stream.write_all(request.as_bytes()).unwrap();
                    for _ in 0..request.matches("Host").count() {
                        found.push(read_answer(stream).status);
                    }
                }
                let last = read_answer(stream);
                assert!(is_closed(stream));
                (found, last)
            })
            .await;
            assert!(found.0.iter().all(|status| *status == 200), "{found:?}");
            assert_eq!(found.1.status, 400);
            assert_dressed(&found.1, bad);
        }
    }

    async fn letters_of_an_address_are_read_as_browsers_send_them(app: TestApp) {
        let found = app.page("/search?q=%D0%BD%D0%B0%D1%81%D1%82%D0%B0%D0%B2%D0%BD%D0%B8%D0%BA").await;
        let sign_in = "POST /admin/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nGET /";
        let search = get("/search?q=наставник");
        let plain = get("/search?q=git");
        let read = answers(&app, &[&search, &plain, &search, sign_in, &search]).await;
        for place in [0, 2, 4] {
            assert_eq!((read[place].status, &read[place].body), (200, &found), "{place}");
        }
        assert_eq!(read[3].status, 401);
        for target in ["/search?q=\"наставник\"", "/search?q=<b>`", "/search?q=é&track=ж"] {
            let status = answers(&app, &[&get(target)]).await[0].status;
            assert!([200, 404].contains(&status), "{target} {status}");
        }
        assert_eq!(answers(&app, &[&get("/professions/фронтенд")]).await[0].status, 404);
        // In pieces, the letter torn.
        let answer = over_tcp(&app, move |stream| {
            for piece in search.as_bytes().chunks(3) {
                stream.write_all(piece).unwrap();
                stream.flush().unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
            read_answer(stream)
        })
        .await;
        assert_eq!((answer.status, &answer.body), (200, &found));
    }

    async fn a_body_is_left_as_it_is(app: TestApp) {
        // A body that looks like a request, in pieces that begin like one.
        let editor = app.editor("ann").await;
        let (_, version) = editor.read("/admin/professions/front-end/middle").await;
        let session = editor.cookie.split_once('=').unwrap().1;
        let token = grades::editors::service::form_token(session);
        let line = "GET /я HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
        let text = format!("- Знает HTTP\r\n\r\n{line}");
        let body = format!("token={token}&version={version}&action=save&text={text}");
        let head = format!(
            "POST /admin/professions/front-end/middle HTTP/1.1\r\nHost: localhost\r\n\
             Cookie: {}\r\nContent-Length: {}\r\n\r\n",
            editor.cookie, body.len(),
        );
        let answer = over_tcp(&app, move |stream| {
            let start = body.find("GET").unwrap();
            for piece in [&head, &body[..start], &body[start..]] {
                stream.write_all(piece.as_bytes()).unwrap();
                std::thread::sleep(Duration::from_millis(20));
            }
            read_answer(stream)
        })
        .await;
        assert_eq!(answer.status, 303, "{answer:?}");
        let (saved, _) = editor.read("/admin/professions/front-end/middle").await;
        let saved = saved.replace("\r\n", "\n");
        assert!(saved.contains("GET /я HTTP/1.1\nConnection: Upgrade\nUpgrade: h2c"), "{saved:?}");
    }

    async fn a_wish_for_another_protocol_is_ignored(app: TestApp) {
        for wish in [
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
            "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
            "connection: upgrade\r\nupgrade: TLS/1.2, foo/3\r\n",
            "Upgrade: h2c\r\n",
        ] {
            let request = format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\n{wish}\r\n");
            let body = format!(
                "POST /admin/sign-in HTTP/1.1\r\nHost: localhost\r\n{wish}Content-Length: 3\r\n\r\na=b"
            );
            for answer in answers(&app, &[&request, &request, &body, &request]).await {
                assert!([200, 401].contains(&answer.status), "{wish}");
                assert_ne!(answer.header("connection"), Some("upgrade"), "{wish}");
                assert_ne!(answer.header("connection"), Some("close"), "{wish}");
                assert_eq!(answer.header("upgrade"), None, "{wish}");
            }
        }
        let close = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n\r\n";
        assert_eq!(answers(&app, &[close]).await[0].header("connection"), Some("close"));
    }

    async fn repeated_answers_to_requests_sent_at_once_are_whole_and_in_order(app: TestApp) {
        const ROUNDS: usize = 200;
        let paths = ["/", "/professions/front-end", "/healthz", "/api/v1/graders/professions/front-end"];
        let mut expected = Vec::new();
        for path in paths {
            // The second answer is the first that is repeated.
            app.page(path).await;
            expected.push((200, app.page(path).await));
        }
        let home = app.get("/").await;
        let tag = header(&home, "etag");
        let held = format!("GET / HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: {tag}\r\n\r\n");
        expected.extend([(304, String::new()), (404, app.get("/nothing").await.text().await.unwrap())]);
        assert!(expected[0].1.len() > 16_384, "its body is written directly");
        let requests = paths.map(get).into_iter().chain([held, get("/nothing")]).collect::<String>();
        let found = over_tcp(&app, move |stream| {
            // More than the buffers of both ends hold, read late and in pieces.
            socket2::SockRef::from(&*stream).set_recv_buffer_size(65_536).unwrap();
            let mut sending = stream.try_clone().unwrap();
            let requests = requests.repeat(ROUNDS);
            let sender = std::thread::spawn(move || sending.write_all(requests.as_bytes()).unwrap());
            std::thread::sleep(Duration::from_millis(300));
            let found = (0..ROUNDS * 6).map(|_| read_answer(stream)).collect::<Vec<_>>();
            sender.join().unwrap();
            stream.write_all(get("/healthz").as_bytes()).unwrap();
            assert_eq!(read_answer(stream).status, 200);
            found
        })
        .await;
        for (number, answer) in found.iter().enumerate() {
            let (status, body) = &expected[number % expected.len()];
            assert_eq!(answer.status, *status, "{number}");
            if *status != 404 {
                assert!(answer.body == *body, "answer {number} has another body");
            }
        }
    }

    async fn a_repeated_answer_ends_its_connection_only_after_its_body(app: TestApp) {
        let home = app.page("/").await;
        for request in [
            "GET / HTTP/1.0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        ] {
            let (answer, other) = over_tcp(&app, move |stream| {
                stream.write_all(request.as_bytes()).unwrap();
                let answer = read_answer(stream);
                assert!(is_closed(stream));
                // Whoever ends its own half first still gets everything.
                let mut other = TcpStream::connect(stream.peer_addr().unwrap()).unwrap();
                other.write_all(get("/").as_bytes()).unwrap();
                other.shutdown(std::net::Shutdown::Write).unwrap();
                (answer, read_answer(&mut other))
            })
            .await;
            assert!(answer.body == home && other.body == home, "{request}");
        }
    }

    async fn any_entity_tag_matches_what_is_there(app: TestApp) {
        let stylesheet = app.page("/").await;
        let stylesheet = format!("/assets/{}", between(&stylesheet, "href=\"/assets/", "\""));
        for path in [
            "/", "/professions/front-end/middle", "/matrix.csv", "/search?q=git", "/favicon.svg",
            &stylesheet, "/sitemap.xml", "/api/v1/openapi.json", "/api/v1/graders/levels",
            "/api/v1/graders/professions/front-end",
        ] {
            for method in [Method::GET, Method::HEAD] {
                for encoding in ["identity", "gzip", "br"] {
                    let request = app.request(method.clone(), path).header("if-none-match", "*");
                    let answer = request.header("accept-encoding", encoding).send().await.unwrap();
                    assert_eq!(answer.status(), 304, "{method} {path} {encoding}");
                    assert!(!header(&answer, "etag").is_empty());
                    assert!(answer.text().await.unwrap().is_empty());
                }
            }
        }
        for path in ["/nothing", "/api/v1/graders/professions/nobody", "/?page=x"] {
            let answer = app.request(Method::GET, path).header("if-none-match", "*").send().await;
            assert!(answer.unwrap().status().is_client_error(), "{path}");
        }
    }

    async fn a_body_in_a_content_coding_is_refused(app: TestApp) {
        for coding in ["gzip", "br", "zstd", "x-gzip", "identity, deflate", "odd", "\u{7f}"] {
            for (method, path) in [
                (Method::POST, "/admin/sign-in"),
                (Method::POST, "/admin/professions/front-end"),
                (Method::POST, "/api/v1/graders/professions"),
                (Method::PATCH, "/api/v1/graders/professions/front-end"),
            ] {
                let request = app.request(method, path).body("{}");
                let Ok(value) = reqwest::header::HeaderValue::from_bytes(coding.as_bytes()) else {
                    continue;
                };
                let answer = request.header("content-encoding", value).send().await.unwrap();
                assert_eq!(answer.status(), 415, "{path} {coding}");
                assert_eq!(header(&answer, "accept-encoding"), "identity", "{path} {coding}");
                let said = answer.text().await.unwrap().replace('\u{a0}', " ");
                assert!(said.contains("только несжатым"), "{said}");
            }
        }
        for coding in ["identity", "Identity", "identity, identity", ""] {
            let request = app.request(Method::POST, "/admin/sign-in").body("login=ann");
            let answer = request.header("content-encoding", coding).send().await.unwrap();
            assert_eq!(answer.status(), 401, "{coding}");
        }
    }
}
