//! What a request may send and how long it may take, and clients that keep a connection for themselves.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use actix_web::web;
use reqwest::Method;
use tempfile::TempDir;

use crate::app::{
    Editor, PASSWORD, TestApp, between, cookie, encoded, header, session_cookie, unescaped,
};
use crate::command_line::{Server, grades};

const SIGN_IN: &str = "/admin/sign-in";
const GRADE: &str = "/admin/professions/front-end/middle";
/// Far more than the site takes to close a connection.
const PATIENCE: Duration = Duration::from_mins(1);

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Everything the site sends until it closes the connection.
fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_ne!(error.kind(), ErrorKind::WouldBlock, "the connection is still open");
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// The answer to a head and what is sent after it, on a connection that the site has to close.
async fn exchange(app: &TestApp, request: Vec<u8>) -> String {
    let address = format!("127.0.0.1:{}", app.port);
    let talk = move || {
        let mut stream = connect(&address);
        // The site may close before it has taken everything.
        let _ = stream.write_all(&request);
        read_to_end(&mut stream)
    };
    web::block(talk).await.unwrap()
}

/// The head of a form.
fn head(path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n")
}

/// A chunk of a chunked body.
fn chunk(length: usize) -> Vec<u8> {
    [format!("{length:x}\r\n").into_bytes(), vec![b'x'; length], b"\r\n".to_vec()].concat()
}

on_both_databases! {
    async fn a_body_longer_than_its_route_takes_is_refused_before_it_is_read(app: TestApp) {
        for length in ["600000", "8000000", "99999999999999999"] {
            let answer = exchange(&app, head(SIGN_IN, &format!("Content-Length: {length}")).into()).await;
            assert!(answer.starts_with("HTTP/1.1 413"), "{length}: {answer}");
        }
        // Who has no session has no form, and none of its body is read.
        let answer = exchange(&app, head(GRADE, "Content-Length: 30000").into()).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        let answer = exchange(&app, head("/api/v1/graders/professions", "Content-Length: 30000").into()).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }

    async fn a_body_of_unknown_length_is_cut_at_the_limit(app: TestApp) {
        let mut request = head(SIGN_IN, "Transfer-Encoding: chunked").into_bytes();
        for _ in 0..60 {
            request.extend(chunk(10_000));
        }
        // It goes on, and the answer does not wait for the end.
        let answer = exchange(&app, request).await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    }

    async fn a_body_that_nobody_reads_does_not_keep_the_connection(app: TestApp) {
        for (path, status) in [("/", 405), ("/nothing", 404), (GRADE, 401), ("/api/v1/graders/levels", 405)] {
            for headers in ["Transfer-Encoding: chunked", "Content-Length: 9000"] {
                let request = [head(path, headers).into_bytes(), chunk(10)].concat();
                let answer = exchange(&app, request).await;
                assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path} {headers}: {answer}");
            }
        }
    }

    async fn nothing_is_echoed_to_whoever_had_no_session(app: TestApp) {
        app.editor("ann").await;
        let marker = "Набранное неизвестно кем";
        let forged = ["", "session=x", "__Host-session=0123", "__Host-device=ann.0123"];
        let forged = forged.map(str::to_owned).into_iter();
        let zeros = ["session", "device"].map(|name| format!("__Host-{name}=ann.{}", "0".repeat(64)));
        for cookies in forged.chain(zeros).chain([format!("__Host-session={}", "0".repeat(64))]) {
            let form = [("version", "1"), ("text", marker), ("typed", marker), ("note", marker)];
            for path in [GRADE, "/admin/tracks", "/admin/nothing", "/", SIGN_IN] {
                let request = app.request(Method::POST, path).header("cookie", &cookies);
                let answer = request.body(encoded(&form)).send().await.unwrap();
                assert!(answer.status().is_client_error(), "{path}");
                let page = unescaped(&answer.text().await.unwrap());
                assert!(!page.contains(marker) && !page.contains(&encoded(&[("text", marker)])), "{cookies}: {page}");
            }
        }
    }

    async fn a_long_text_goes_along_when_its_session_has_ended(app: TestApp) {
        app.editor("ann").await;
        let answer = app.send(SIGN_IN, &[("login", "ann"), ("password", PASSWORD)]).await;
        let (session, device) = (session_cookie(&answer), cookie(&answer, "device"));
        app.database.execute("DELETE FROM sessions");
        let text = "- Знает 🦀\n".repeat(1_800);
        for cookies in [&session, &device, &format!("{device}; {session}")] {
            let form = encoded(&[("version", "1"), ("text", &text), ("action", "save")]);
            let request = app.request(Method::POST, GRADE).header("cookie", cookies);
            let answer = request.body(form).send().await.unwrap();
            assert_eq!(answer.status(), 401);
            let page = answer.text().await.unwrap();
            let typed = unescaped(between(&page, "name=\"typed\" value=\"", "\""));
            let form = [("login", "ann"), ("password", PASSWORD), ("to", GRADE), ("typed", &typed)];
            let request = app.request(Method::POST, SIGN_IN).header("cookie", cookies);
            let answer = request.body(encoded(&form)).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let again = Editor { app: &app, cookie: session_cookie(&answer) };
            let page = unescaped(&answer.text().await.unwrap());
            assert!(page.contains(&text), "{page}");
            assert_eq!(again.get("/admin").await.status(), 200);
        }
        // What could not be saved anyway is not taken without a session.
        let long = "я".repeat(100_000);
        let request = app.request(Method::POST, GRADE).header("cookie", &session);
        let answer = request.body(encoded(&[("text", &long)])).send().await.unwrap();
        assert_eq!(answer.status(), 413);
        assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8");
    }
}

fn start(folder: &TempDir) -> (Server, String) {
    let mut command = grades(folder);
    command.args(["--address", "127.0.0.1:0"]);
    Server::start(command)
}

/// A connection with a form that is not sent to its end.
fn slow_body(address: &str) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(head(SIGN_IN, "Content-Length: 200").as_bytes()).unwrap();
    stream.write_all(b"login=ann&").unwrap();
    stream
}

/// The answer on a new connection.
fn ask(address: &str, request: &str) -> String {
    let mut stream = connect(address);
    stream.write_all(request.as_bytes()).unwrap();
    read_to_end(&mut stream)
}

#[test]
fn eleven_hundred_slow_bodies_starve_nobody_and_come_to_an_end() {
    rlimit::increase_nofile_limit(4_096).unwrap();
    let folder = TempDir::new().unwrap();
    let (_server, address) = start(&folder);
    let mut held = (0..1_100).map(|_| slow_body(&address)).collect::<Vec<_>>();
    let page = ask(&address, "GET / HTTP/1.0\r\n\r\n");
    assert!(page.starts_with("HTTP/1.0 200"), "{page}");
    let form = encoded(&[("login", "ann"), ("password", PASSWORD)]);
    let headers = format!("Content-Length: {}\r\nConnection: close", form.len());
    let answer = ask(&address, &format!("{}{form}", head(SIGN_IN, &headers)));
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    // The first ones are given up for the others, the last ones when their time is over.
    for stream in held.iter_mut().step_by(100).chain([&mut slow_body(&address)]) {
        let answer = read_to_end(stream);
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[cfg(unix)]
#[test]
fn a_process_that_is_told_to_end_waits_for_no_slow_client() {
    let folder = TempDir::new().unwrap();
    let (mut server, address) = start(&folder);
    let slow = [
        "GET / HTTP/1.1\r\nHost: local".to_owned(),
        head("/nothing", "Transfer-Encoding: chunked"),
        head(SIGN_IN, "Content-Length: 9000"),
        // Much more than a connection holds, and nobody reads it.
        "GET /assets/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(4),
        "GET /matrix HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(15),
    ];
    let held = slow.map(|request| {
        let mut stream = connect(&address);
        stream.write_all(request.as_bytes()).unwrap();
        stream
    });
    // All of them are under way.
    assert!(ask(&address, "GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 200"));
    let told = Instant::now();
    let id = server.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let status = server.0.wait().unwrap();
    let took = told.elapsed();
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(8), "it took {took:?}");
    drop(held);
}

#[cfg(target_os = "linux")]
#[test]
fn a_client_that_reads_no_answer_is_disconnected() {
    let folder = TempDir::new().unwrap();
    let (_server, address) = start(&folder);
    let mut stream = connect(&address);
    let request = b"GET /matrix HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let error = loop {
        if let Err(error) = stream.write_all(request) {
            break error;
        }
    };
    let is_closed = matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe);
    assert!(is_closed, "{error}");
}

/// Sends a head that never comes to its end, a byte at a time.
fn trickle(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if stream.write_all(b"a").is_err() {
            return;
        }
        match stream.read(&mut [0; 1024]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Ok(0) | Err(_) => return,
            Ok(_) => panic!("an answer to no request"),
        }
    }
    panic!("the connection is still open");
}

#[test]
fn a_later_request_whose_head_trickles_in_is_given_up() {
    let folder = TempDir::new().unwrap();
    let (_server, address) = start(&folder);
    let mut stream = connect(&address);
    stream.write_all(b"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while !answer.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    stream.write_all(b"GET /healthz HTTP/1.1\r\nX: ").unwrap();
    trickle(&mut stream);
}

#[test]
fn nobody_waits_for_a_head_after_a_body_in_chunks() {
    let folder = TempDir::new().unwrap();
    let (_server, address) = start(&folder);
    let form = "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked";
    let request = format!("{}9\r\nlogin=ann\r\n0\r\n\r\n", head(SIGN_IN, form));
    let answer = ask(&address, &request);
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.to_lowercase().contains("\r\nconnection: close\r\n"), "{answer}");
}
