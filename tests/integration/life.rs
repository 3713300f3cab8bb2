//! The life of a server: settings, start, log, readiness, and what is cleared away in time.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Output, Stdio};
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use grades::graders::service::ServiceError;
use grades::{audit, db};
use serde_json::Value;
use tempfile::TempDir;

use crate::app::TestDatabase;
use crate::command_line::{Server, grades, refuses};
use crate::log::ask;

/// What a site logs while it answers `requests`, and the answers.
fn logged(settings: &[(&str, &str)], requests: &[&str]) -> (Vec<String>, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let mut command = grades(&folder);
    command.args(["--address", "127.0.0.1:0"]).env_remove("RUST_LOG").stderr(Stdio::piped());
    command.envs(settings.iter().copied());
    let (mut server, address) = Server::start(command);
    let log = server.0.stderr.take().unwrap();
    let log = thread::spawn(move || {
        BufReader::new(log).lines().map_while(Result::ok).collect::<Vec<_>>()
    });
    let answers = requests.iter().map(|request| ask(&address, request.as_bytes())).collect();
    drop(server);
    (log.join().unwrap(), answers)
}

const ASKED: [&str; 3] = [
    "GET /search?q=git&token=abc HTTP/1.0\r\nX-Forwarded-For: 198.51.100.7, 203.0.113.9\r\n\r\n",
    "GET /nothing-here HTTP/1.0\r\nX-Forwarded-For: 2001:db8::1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
];

/// The id that an answer names.
fn id(answer: &str) -> &str {
    crate::app::between(answer, "x-request-id: ", "\r")
}

#[test]
fn a_line_of_json_tells_of_each_answer_and_names_its_id() {
    let settings = [("GRADES_LOG_FORMAT", "json"), ("GRADES_BEHIND_PROXY", "true")];
    let (log, answers) = logged(&settings, &ASKED);
    let lines = log.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines = lines.collect::<Vec<_>>();
    assert!(lines.iter().all(|line| line["time"].is_string() && line["level"].is_string()));
    let of_start = |line: &&Value| line["message"].as_str().is_some_and(|it| it.contains("filled"));
    assert!(lines.iter().any(|line| of_start(&line)), "{log:#?}");
    let lines = lines.iter().filter(|line| line["target"] == "access").collect::<Vec<_>>();
    assert_eq!(lines.len(), ASKED.len(), "{log:#?}");
    for (line, answer) in lines.iter().zip(&answers) {
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(line["request_id"], id(answer), "{line}");
        assert_eq!(line["bytes"], body.len(), "{line}");
        assert_eq!(line["status"].to_string(), answer[9..12], "{line}");
        assert!(line["milliseconds"].is_number(), "{line}");
    }
    let told = |line: &Value| ["client", "method", "path"].map(|name| line[name].clone());
    assert_eq!(told(lines[0]), ["203.0.113.9", "GET", "/search?q=git&token=…"]);
    assert_eq!(told(lines[1]), ["2001:db8::1", "GET", "/nothing-here"]);
    // Of a request that can't be read only the other end of the connection is known.
    assert_eq!(told(lines[2]), [Value::from("127.0.0.1"), Value::Null, Value::Null]);
    // The error page shows the id that the log has.
    assert!(answers[2].starts_with("HTTP/1.1 400"), "{}", answers[2]);
}

#[test]
fn a_line_of_text_tells_of_each_answer_unless_the_level_is_off() {
    let (log, answers) = logged(&[], &ASKED);
    for (answer, told) in answers.iter().zip([
        "127.0.0.1 \"GET /search?q=git&token=… HTTP/1.0\" 200 ",
        "127.0.0.1 \"GET /nothing-here HTTP/1.0\" 404 ",
        "127.0.0.1 \"-\" 400 ",
    ]) {
        let line = format!(" INFO  access] {} {told}", id(answer));
        let found = log.iter().filter(|found| found.contains(&line)).collect::<Vec<_>>();
        assert_eq!(found.len(), 1, "{line} in {log:#?}");
        assert!(found[0].ends_with(" ms"), "{found:?}");
    }
    for level in ["warn", "info,access=off"] {
        let (log, answers) = logged(&[("RUST_LOG", level)], &ASKED);
        assert_eq!(answers.len(), ASKED.len());
        assert!(!log.iter().any(|line| line.contains("access]")), "{level}: {log:#?}");
    }
}

/// The output of a run that ends by itself.
fn run(folder: &TempDir, settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = grades(folder);
    command.env("GRADES_ADDRESS", "127.0.0.1:0").envs(settings.iter().copied());
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn settings_that_can_not_be_used_are_named() {
    let folder = TempDir::new().unwrap();
    for (variable, values) in [
        ("GRADES_LOG_FORMAT", ["", "xml", "JSON"]),
        ("GRADES_CONCURRENCY", ["", "0", "10001"]),
        ("GRADES_QUEUE", ["", "-1", "many"]),
        ("GRADES_RATE", ["", "-1", "0.5"]),
        ("GRADES_RATE_BURST", ["", "0", "1m"]),
        ("GRADES_MAX_CONNECTIONS", ["", "0", "1000001"]),
        ("GRADES_HEAD_TIMEOUT", ["", "0", "3601"]),
        ("GRADES_BODY_TIMEOUT", ["", "0", "15s"]),
        ("GRADES_POOL_SIZE", ["", "0", "many"]),
        ("GRADES_SAVING_POOL_SIZE", ["", "0", "1001"]),
        ("GRADES_CONNECTION_TIMEOUT", ["0", "5s", "3601"]),
        ("GRADES_STATEMENT_TIMEOUT", ["0", "-1", "99999999999"]),
        ("GRADES_LOCK_TIMEOUT", ["0", "0.5", "3601"]),
        ("GRADES_TCP_TIMEOUT", ["0", "1m", "3601"]),
        ("GRADES_SLOW_QUERY", ["", "-1", "1s"]),
        ("GRADES_REQUEST_TIMEOUT", ["0", "", "3601"]),
        ("GRADES_SHUTDOWN_TIMEOUT", ["", "-1", "3601"]),
        ("GRADES_AUDIT_DAYS", ["", "-1", "never"]),
    ] {
        for value in values {
            refuses(&run(&folder, &[(variable, value)], &[]), &format!("{variable}: expected "));
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a refused setting made a file");
    let mut command = grades(&folder);
    command.env("GRADES_SHUTDOWN_TIMEOUT", "0").env("GRADES_AUDIT_DAYS", "0");
    command.env("GRADES_POOL_SIZE", "1").args(["--address", "127.0.0.1:0", "--lock-timeout", "60"]);
    assert!(Server::start(command).1.starts_with("http://"));
}

#[test]
fn the_address_of_the_database_may_stand_in_a_file() {
    let folder = TempDir::new().unwrap();
    let secret = folder.path().join("secret");
    let file = secret.to_str().unwrap();
    let refused = |settings: &[(&str, &str)], beginning: &str| {
        refuses(&run(&folder, settings, &["migrate"]), beginning);
    };
    refused(&[("DATABASE_URL_FILE", file)], &format!("DATABASE_URL_FILE: cannot read {file}: "));
    for (text, reason) in [("", "is empty"), (" \n", "is empty"), ("mysql://h/d", "expected ")] {
        fs::write(&secret, text).unwrap();
        let reason =
            if text.trim().is_empty() { format!("{file} {reason}") } else { reason.into() };
        refused(&[("DATABASE_URL_FILE", file)], &format!("DATABASE_URL_FILE: {reason}"));
    }
    fs::write(&secret, "\n sqlite://named.sqlite3\n").unwrap();
    let both = [("DATABASE_URL_FILE", file), ("DATABASE_URL", "sqlite://other.sqlite3")];
    refused(&both, "DATABASE_URL_FILE: DATABASE_URL is set too; ");
    assert!(!folder.path().join("named.sqlite3").exists());
    assert!(run(&folder, &[("DATABASE_URL_FILE", file)], &["migrate"]).status.success());
    assert!(folder.path().join("named.sqlite3").exists());
    assert!(!folder.path().join("other.sqlite3").exists());
}

on_both_databases! {
    async fn a_newer_schema_is_refused_and_left_alone(database: TestDatabase) {
        let url = database.url();
        let parsed = url.parse().unwrap();
        db::migrate(&parsed).unwrap();
        db::revert_migration(&parsed).unwrap();
        let newest = "'20990101000000'";
        database.execute(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ({newest})"));
        let folder = TempDir::new().unwrap();
        for arguments in [&[][..], &["migrate"], &["migrate", "--revert"], &["create-editor", "ann"]] {
            let output = run(&folder, &[("DATABASE_URL", &url)], arguments);
            refuses(&output, "DATABASE_URL: cannot migrate ");
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(error.contains("its schema is of a newer version of this program"), "{error}");
        }
        database.execute(&format!("DELETE FROM __diesel_schema_migrations WHERE version = {newest}"));
        assert_eq!(db::migrate(&parsed).unwrap(), 1, "a refused schema was changed");
    }

    async fn slow_queries_are_logged_without_their_values(database: TestDatabase) {
        let folder = TempDir::new().unwrap();
        let mut command = grades(&folder);
        command.env("DATABASE_URL", database.url()).env("RUST_LOG", "warn").stderr(Stdio::piped());
        command.env("GRADES_SLOW_QUERY", "500").env("GRADES_LOCK_TIMEOUT", "1");
        command.args(["--address", "127.0.0.1:0"]);
        let (mut server, address) = Server::start(command);
        let form = "login=mallory&password=of-mallory";
        let head = "POST /admin/sign-in HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded";
        let request = format!("{head}\r\nContent-Length: {}\r\n\r\n{form}", form.len());
        let (lock, waits) = match &database {
            // The transaction itself has the lock.
            TestDatabase::Sqlite(_) => ("SELECT 1", "BEGIN IMMEDIATE"),
            TestDatabase::Postgres { .. } => {
                ("LOCK TABLE audit_log IN SHARE MODE", "INSERT INTO \"audit_log\"")
            }
        };
        let asked = database.open().write(|connection| {
            connection.batch_execute(lock)?;
            ask(&address, request.as_bytes());
            Ok::<_, ServiceError>(())
        });
        asked.unwrap();
        server.0.kill().unwrap();
        let mut log = String::new();
        server.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        let slow = log.lines().filter(|line| line.contains(" a query took ")).collect::<Vec<_>>();
        assert!(slow.iter().any(|line| line.contains(waits)), "{log}");
        // The entry names the address of the guesser.
        assert!(!slow.iter().any(|line| line.contains("127.0.0.1")), "{log}");
    }

    async fn old_entries_of_the_audit_log_are_deleted_at_the_start(database: TestDatabase) {
        db::migrate(&database.url().parse().unwrap()).unwrap();
        database.execute(
            "INSERT INTO audit_log (at, login, action, object, detail, address, times, last_at) VALUES
                 ('2020-01-01 10:00:00', 'old', 'sign-in', '', '', '', 1, NULL),
                 ('2020-01-01 10:00:00', 'again', 'sign-in', '', '', '', 2, '2100-01-01 10:00:00'),
                 ('2100-01-01 10:00:00', 'new', 'sign-in', '', '', '', 1, NULL)",
        );
        let logins = || {
            let page = audit::service::page(&database.open(), &audit::service::Filter::default(), 100);
            page.unwrap().entries.into_iter().map(|entry| entry.login).collect::<Vec<_>>()
        };
        let folder = TempDir::new().unwrap();
        let start = |days: &str| {
            let mut command = grades(&folder);
            command.env("DATABASE_URL", database.url()).env("GRADES_AUDIT_DAYS", days);
            command.args(["--address", "127.0.0.1:0"]);
            let (server, address) = Server::start(command);
            assert!(ask(&address, b"GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 200"));
            server
        };
        drop(start("0"));
        assert_eq!(logins(), ["new", "again", "old"]);
        let _server = start("365");
        while logins().len() == 3 {
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(logins(), ["new", "again"]);
    }
}

#[test]
fn a_site_at_every_address_of_the_machine_guesses_no_public_one() {
    for (listened, local) in [("0.0.0.0:0", "http://127.0.0.1:"), ("[::]:0", "http://[::1]:")] {
        let folder = TempDir::new().unwrap();
        let mut command = grades(&folder);
        command.args(["--address", listened]).env("RUST_LOG", "warn").stderr(Stdio::piped());
        let (mut server, address) = Server::start(command);
        assert!(address.starts_with(local), "{address}");
        let get = |path: &str| {
            let head = format!("GET {path} HTTP/1.0\r\nHost: evil.example\r\n\r\n");
            let answer = ask(&address, head.as_bytes());
            for guessed in ["0.0.0.0", "[::]", "evil.example"] {
                assert!(!answer.contains(guessed), "{guessed} at {path}: {answer}");
            }
            answer
        };
        let home = get("/");
        assert!(home.starts_with("HTTP/1.0 200") && home.contains("<meta name=\"description\""));
        for left_out in ["canonical", "og:", "noindex", "class=\"printed\""] {
            assert!(!home.contains(left_out), "{left_out}: {home}");
        }
        for full in ["/sitemap.xml", "/changes.atom"] {
            assert!(get(full).starts_with("HTTP/1.0 404"), "{full}");
        }
        for page in ["/changes", "/professions/front-end", "/professions/front-end/junior"] {
            assert!(!get(page).contains("atom"), "{page}");
        }
        let robots = get("/robots.txt");
        assert!(robots.contains("Disallow: ") && !robots.contains("Sitemap"), "{robots}");
        let plan = "/plan.ics?profession=front-end&level=junior&since=2026-01-01&target=middle";
        let calendar = get(plan);
        assert!(!calendar.contains("\r\nURL"), "{calendar}");
        server.0.kill().unwrap();
        let mut log = String::new();
        server.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert!(log.contains("GRADES_PUBLIC_URL is not set"), "{log}");
    }
}

#[test]
fn health_asks_the_running_site_whether_it_is_ready() {
    let folder = TempDir::new().unwrap();
    let mut command = grades(&folder);
    command.args(["--address", "0.0.0.0:0"]);
    let (server, address) = Server::start(command);
    let port = address.rsplit(':').next().unwrap();
    let listened = format!("0.0.0.0:{port}");
    let health = |arguments: &[&str]| {
        let arguments = [&["health"], arguments].concat();
        // Nothing is read of the database.
        let settings = [("GRADES_ADDRESS", &*listened), ("DATABASE_URL", "nonsense")];
        run(&folder, &settings, &arguments)
    };
    let of_url = format!("http://localhost:{port}/");
    for healthy in [health(&[]), health(&[&of_url])] {
        assert!(healthy.status.success() && healthy.stderr.is_empty(), "{healthy:?}");
    }
    for url in ["https://127.0.0.1", "127.0.0.1:80", "nonsense"] {
        refuses(&health(&[url]), &format!("{url}: "));
    }
    let path = folder.path().join("grades.sqlite3");
    fs::rename(&path, folder.path().join("away.sqlite3")).unwrap();
    let asked = format!("http://127.0.0.1:{port}/readyz");
    refuses(&health(&[]), &format!("{asked} answered 503"));
    drop(server);
    refuses(&health(&[]), &format!("{asked}: "));
}
