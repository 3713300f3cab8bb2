//! What the log holds and what it must not, and the address where the first owner is made.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::thread::JoinHandle;
use std::time::Duration;
use std::{iter, thread};

use diesel::{RunQueryDsl, sql_query};
use grades::graders::service::ServiceError;
use percent_encoding::percent_encode_byte;
use tempfile::TempDir;

use crate::app::{PASSWORD, TestApp, TestDatabase, encoded};
use crate::command_line::{Server, grades, next_line};

/// What a request is answered on a connection of its own.
pub fn ask(address: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    // The site may close before it has taken everything.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A server that logs its answers, its address, and the lines of its log, once it has ended.
fn logging(folder: &TempDir) -> (Server, String, JoinHandle<Vec<String>>) {
    let mut command = grades(folder);
    command.args(["--address", "127.0.0.1:0"]).env("RUST_LOG", "info").stderr(Stdio::piped());
    let (mut server, address) = Server::start(command);
    let log = server.0.stderr.take().unwrap();
    let log = thread::spawn(move || BufReader::new(log).lines().map_while(Result::ok).collect());
    (server, address, log)
}

#[test]
fn the_log_holds_no_secrets_and_no_errors_of_clients() {
    let folder = TempDir::new().unwrap();
    let (mut server, address, log) = logging(&folder);
    let setup = next_line(server.0.stdout.as_mut().unwrap());
    let path = setup.split_once(&address).unwrap().1;
    let token = path.rsplit('/').next().unwrap();
    assert_eq!(token.len(), 64, "{setup}");

    let encoded_token = token.bytes().map(percent_encode_byte).collect::<String>();
    let key = format!("grades_{token}");
    let get = |target: &str| format!("GET {target} HTTP/1.0\r\n\r\n").into_bytes();
    let form = encoded(&[("login", "ann"), ("password", PASSWORD)]);
    let post = format!("POST {path} HTTP/1.0\r\nContent-Length: {}\r\n\r\n{form}", form.len());
    let targets = [
        path.to_owned(),
        format!("/admin/setup/{encoded_token}"),
        format!("//admin/setup/{token}/"),
        format!("/admin/sign-in?login=ann&password={PASSWORD}").replace(' ', "+"),
        format!("/api/v1/graders/levels?access_token={key}"),
        format!("/api/v1/graders/grades/{key}"),
        format!("/?{key}"),
    ];
    let garbled = ["X", "\x01: x", "Content-Length: many", "Transfer-Encoding: gzip", "a b: c"];
    let garbled =
        garbled.map(|line| format!("GET / HTTP/1.1\r\nHost: x\r\n{line}\r\n\r\n").into_bytes());
    let odd = ["Cookie: session=\u{ff}", "If-None-Match: \u{ff}", "Authorization: Bearer \u{ff}"];
    let odd = odd.map(|line| format!("GET /admin HTTP/1.0\r\n{line}\r\n\r\n").into_bytes());
    let requests = targets.iter().map(|target| get(target));
    let requests = requests.chain(garbled).chain(odd).chain(iter::once(post.into_bytes()));
    for request in requests {
        let answer = ask(&address, &request);
        assert!(!answer.is_empty() && !answer.contains(" 500 "), "{answer}");
    }
    drop(server);
    let log = log.join().unwrap();
    assert_eq!(log.iter().filter(|line| line.contains("/admin/setup/…")).count(), 4, "{log:#?}");
    for line in &log {
        assert!(!line.contains(" ERROR "), "{line}");
        for secret in [token, &encoded_token, PASSWORD, &PASSWORD.replace(' ', "+")] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}

#[test]
fn the_log_tells_how_much_of_each_answer_was_sent() {
    let folder = TempDir::new().unwrap();
    let (server, address, log) = logging(&folder);
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    // From the second on they are repeated.
    let bodies = [(); 4].map(|()| ask(&address, request).split_once("\r\n\r\n").unwrap().1.len());
    drop(server);
    assert!(bodies[0] > 16_384 && bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    let line = format!("\"GET / HTTP/1.1\" 200 {} ", bodies[0]);
    let log = log.join().unwrap();
    assert_eq!(log.iter().filter(|found| found.contains(&line)).count(), 4, "{log:#?}");
}

on_both_databases! {
    async fn every_instance_prints_one_setup_address_that_dies_when_it_is_used(database: TestDatabase) {
        let (app, setup) = TestApp::start_with_setup(database);
        let setup = setup.unwrap();
        let build = || {
            grades::app::Application::build(&grades::config::Config {
                database_url: app.database.url().parse().unwrap(),
                address: "127.0.0.1:0".into(),
                metrics_address: None,
                public_url: Some(crate::app::PUBLIC_URL.into()),
                proxies: grades::web::Proxies::None,
                clock: app.time.clock("UTC"),
                publish_alone: true,
                limits: grades::config::Limits::default(),
            })
        };
        let other = build().unwrap();
        assert_eq!(other.setup_url(), Some(&*setup));
        let port = other.port();
        actix_web::rt::spawn(other.run());
        let path = setup.strip_prefix(crate::app::PUBLIC_URL).unwrap();
        let there = format!("http://127.0.0.1:{port}{path}");
        assert_eq!(reqwest::get(&there).await.unwrap().status(), 200);
        assert_eq!(app.get(&path.replace(|letter: char| letter.is_ascii_digit(), "0")).await.status(), 404);
        let answer = app.send(path, &[("login", "ann"), ("password", PASSWORD)]).await;
        assert_eq!(answer.status(), 303);
        for answer in [app.get(path).await, reqwest::get(&there).await.unwrap()] {
            assert_eq!(answer.status(), 404);
        }
        // Nothing is left of it to be found in a copy of the database.
        let left = app.database.open().write(|connection| {
            let rows = sql_query("UPDATE site_secrets SET value = value WHERE name = 'setup'");
            Ok::<_, ServiceError>(rows.execute(connection)?)
        });
        assert_eq!(left.unwrap(), 0);
        assert_eq!(build().unwrap().setup_url(), None);
    }

    async fn an_editor_made_by_command_ends_the_setup_address(database: TestDatabase) {
        let (app, setup) = TestApp::start_with_setup(database);
        let setup = setup.unwrap();
        let path = setup.strip_prefix(crate::app::PUBLIC_URL).unwrap();
        assert_eq!(app.get(path).await.status(), 200);
        app.owner("olga").await;
        assert_eq!(app.get(path).await.status(), 404);
    }
}
