//! The command line.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread;
use std::time::Duration;
use std::{env, fs};

use diesel::{Connection, RunQueryDsl, SqliteConnection};
use grades::editors::service::form_token;

use tempfile::TempDir;
use url::form_urlencoded;

use crate::app::PASSWORD;

/// The binary in its own folder, without settings from the environment.
pub fn grades(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grades"));
    command.current_dir(folder.path());
    let of_ours = |name: &str| name.starts_with("GRADES_") || name.starts_with("DATABASE_URL");
    for (variable, _) in env::vars_os() {
        if variable.to_str().is_some_and(|name| of_ours(name) || name == "PGSSLMODE") {
            command.env_remove(variable);
        }
    }
    command.env("RUST_LOG", "off");
    command
}

/// A server process that is killed when the value is dropped.
pub struct Server(pub Child);

impl Server {
    pub fn start(mut command: Command) -> (Self, String) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let address = next_line(child.stdout.as_mut().unwrap());
        (Self(child), address)
    }
}

/// The next line a program prints; what follows it is left to be read.
#[expect(clippy::unbuffered_bytes, reason = "a buffer would take more than the line")]
pub fn next_line(output: &mut ChildStdout) -> String {
    let bytes = output.bytes().map(Result::unwrap).take_while(|byte| *byte != b'\n');
    String::from_utf8(bytes.collect()).unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        // The test may have killed it already.
        let _ = self.0.kill();
        self.0.wait().unwrap();
    }
}

/// Fails unless the program exited with an error of one line that begins with `beginning`.
#[track_caller]
pub fn refuses(output: &Output, beginning: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.starts_with(&format!("grades: {beginning}")), "{error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
    assert!(!error.contains("panicked"), "{error}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_start_without_settings_creates_and_serves_a_database() {
    let folder = TempDir::new().unwrap();
    let mut command = grades(&folder);
    command.args(["--address", "127.0.0.1:0"]);
    let (server, address) = Server::start(command);
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    let place = address.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(place).unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.contains(&format!("<link rel=\"canonical\" href=\"{address}/\">")), "{page}");
    drop(server);
    assert!(folder.path().join("grades.sqlite3").exists());
}

#[test]
fn a_second_start_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let start = || {
        let mut command = grades(&folder);
        command.env("GRADES_ADDRESS", "127.0.0.1:0");
        drop(Server::start(command));
        let mut command = Command::new(env!("CARGO_BIN_EXE_grades"));
        // Moves the write-ahead log into the database file, so that the file is complete.
        command.current_dir(folder.path()).arg("migrate").output().unwrap();
        fs::read(folder.path().join("grades.sqlite3")).unwrap()
    };
    let first = start();
    assert!(first == start(), "the file changed");
}

#[test]
fn flags_take_precedence_over_the_environment() {
    let folder = TempDir::new().unwrap();
    let mut command = grades(&folder);
    command.env("DATABASE_URL", "sqlite://from-environment.sqlite3");
    command.args(["serve", "--database-url", "sqlite://from-flag.sqlite3"]);
    command.args(["--address", "127.0.0.1:0", "--public-url", "https://grades.example.org/"]);
    let (_server, address) = Server::start(command);
    assert_eq!(address, "https://grades.example.org");
    assert!(folder.path().join("from-flag.sqlite3").exists());
    assert!(!folder.path().join("from-environment.sqlite3").exists());
}

#[test]
fn an_invalid_database_address_is_reported() {
    let folder = TempDir::new().unwrap();
    for url in ["grades.sqlite3", "mysql://localhost/grades", "", "sqlite://", "sqlite://:memory:"]
    {
        refuses(&grades(&folder).env("DATABASE_URL", url).output().unwrap(), "DATABASE_URL: ");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a refused address made a file");
}

#[test]
fn a_file_that_is_no_database_is_reported() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("text.sqlite3"), "no database at all ".repeat(100)).unwrap();
    for url in ["sqlite://missing/grades.sqlite3", "sqlite://.", "sqlite://text.sqlite3"] {
        let output = grades(&folder).env("DATABASE_URL", url).output().unwrap();
        refuses(&output, &format!("DATABASE_URL: cannot open {url}: "));
    }
}

#[test]
fn an_unreachable_server_is_reported_without_its_password() {
    let folder = TempDir::new().unwrap();
    // A port that was free a moment ago, so nobody listens on it.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://ann:secret@127.0.0.1:{port}/grades");
    let output = grades(&folder).env("DATABASE_URL", url).output().unwrap();
    refuses(&output, "DATABASE_URL: cannot open postgres://ann@127.0.0.1");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("secret"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "it fell back to a file");
}

#[cfg(not(feature = "postgres-tls"))]
#[test]
fn missing_tls_support_is_reported() {
    let folder = TempDir::new().unwrap();
    let output = grades(&folder)
        .env("DATABASE_URL", "postgres://ann@127.0.0.1:9/grades?sslmode=require")
        .output()
        .unwrap();
    refuses(&output, "DATABASE_URL: cannot open postgres://ann@127.0.0.1");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--features postgres-tls"));
}

#[test]
fn an_address_that_can_not_be_bound_is_reported() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for address in [taken.as_str(), "nonsense", "127.0.0.1", "127.0.0.1:99999"] {
        let output = grades(&folder).env("GRADES_ADDRESS", address).output().unwrap();
        refuses(&output, &format!("GRADES_ADDRESS: cannot listen on {address}: "));
        let mut command = grades(&folder);
        command.env("GRADES_ADDRESS", "127.0.0.1:0").env("GRADES_METRICS_ADDRESS", address);
        let expected = format!("GRADES_METRICS_ADDRESS: cannot listen on {address}: ");
        refuses(&command.output().unwrap(), &expected);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a start that failed made a file");
}

#[test]
fn a_public_address_that_is_no_origin_is_reported() {
    let folder = TempDir::new().unwrap();
    for url in ["grades.example.org", "https://example.org/grades", "ftp://example.org"] {
        let output = grades(&folder).env("GRADES_PUBLIC_URL", url).output().unwrap();
        refuses(&output, "GRADES_PUBLIC_URL: ");
    }
}

#[test]
fn proxies_that_can_not_be_read_are_reported() {
    let folder = TempDir::new().unwrap();
    for value in ["nginx", "10.0.0.0/40", "1000", "10.0.0.1;10.0.0.2"] {
        let output = grades(&folder).env("GRADES_BEHIND_PROXY", value).output().unwrap();
        refuses(&output, "GRADES_BEHIND_PROXY: ");
        let output = grades(&folder).arg(format!("--behind-proxy={value}")).output().unwrap();
        refuses(&output, "GRADES_BEHIND_PROXY: ");
    }
    for value in ["", "0", "false", "true", "2", "10.0.0.0/8, ::1"] {
        let mut command = grades(&folder);
        command.args(["--address", "127.0.0.1:0"]).env("GRADES_BEHIND_PROXY", value);
        assert!(Server::start(command).1.starts_with("http://"), "{value}");
    }
    let mut command = grades(&folder);
    command.args(["--behind-proxy", "serve", "--address", "127.0.0.1:0"]);
    assert!(Server::start(command).1.starts_with("http://"));
}

#[test]
fn a_time_zone_that_does_not_exist_is_reported() {
    let folder = TempDir::new().unwrap();
    for zone in ["", "Москва", "Europe/Atlantis", "UTC+3"] {
        let output = grades(&folder).env("GRADES_TIME_ZONE", zone).output().unwrap();
        refuses(&output, "GRADES_TIME_ZONE: ");
    }
    let mut command = grades(&folder);
    command.args(["--address", "127.0.0.1:0", "--time-zone", "Asia/Vladivostok"]);
    assert!(Server::start(command).1.starts_with("http://"));
}

#[test]
fn migrations_are_applied_and_reverted_by_command() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let output = grades(&folder).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let migrations = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite"));
    let count = migrations.unwrap().count();
    assert_eq!(run(&["migrate"]), format!("applied {count} migrations\n"));
    assert_eq!(run(&["migrate"]), "applied 0 migrations\n");
    for _ in 0..count {
        assert!(run(&["migrate", "--revert"]).starts_with("took back migration 2026"));
    }
    assert_eq!(run(&["migrate", "--revert"]), "no migration to take back\n");
}

/// Creates an account with a password from standard input.
fn create_editor(folder: &TempDir, login: &str, password: &str) -> Output {
    let mut command = grades(folder);
    command.args(["create-editor", login, "--owner"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn an_editor_is_created_with_a_password_from_standard_input() {
    let folder = TempDir::new().unwrap();
    let made = create_editor(&folder, "ann", &format!("{PASSWORD}\nnot read\n"));
    assert_eq!(String::from_utf8_lossy(&made.stdout), "made ann\n");
    assert!(made.status.success());
    for (login, password, message) in [
        ("ann", PASSWORD, "the login is taken"),
        ("a b", PASSWORD, "a login has 2 to 40"),
        ("bob", "short", "the password needs at least 15 characters"),
        ("bob", "", "the password needs at least 15 characters"),
        ("bob", "passwordpassword", "the password is too easy to guess"),
    ] {
        refuses(&create_editor(&folder, login, password), message);
    }
    // With an editor in the database no setup address is printed.
    let mut command = grades(&folder);
    command.args(["--address", "127.0.0.1:0"]);
    let (mut server, _) = Server::start(command);
    server.0.kill().unwrap();
    let mut rest = String::new();
    server.0.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

/// Sends a form and returns the status line, or `None` if the connection was lost.
fn post(address: &str, path: &str, cookie: &str, form: &[(&str, &str)]) -> Option<String> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).ok()?;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.contains("\r\n\r\n").then_some(answer)
}

#[test]
fn every_acknowledged_save_survives_kill_nine() {
    const GRADE: &str = "/admin/professions/front-end/middle";
    let folder = TempDir::new().unwrap();
    assert!(create_editor(&folder, "ann", PASSWORD).status.success());
    let start = || {
        let mut command = grades(&folder);
        command.args(["--address", "127.0.0.1:0"]);
        Server::start(command)
    };
    let (server, address) = start();
    let form = [("login", "ann"), ("password", PASSWORD)];
    let answer = post(&address, "/admin/sign-in", "", &form).unwrap();
    let cookie = answer.split_once("set-cookie: ").unwrap().1.split_once(';').unwrap().0.to_owned();
    let token = form_token(cookie.split_once('=').unwrap().1);
    drop(server);

    let (mut version, mut answered) = (1, 0);
    for round in 0..50_u64 {
        let (mut server, address) = start();
        // The server is killed during the stream of saves, each time at another moment.
        let killer = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20 + round * 67 % 900));
            server.0.kill().unwrap();
            server
        });
        loop {
            let (read, text) = (version.to_string(), format!("- Сохранено {}", version + 1));
            let form =
                [("token", &*token), ("version", &read), ("text", &text), ("action", "save")];
            match post(&address, GRADE, &cookie, &form) {
                Some(answer) => assert!(answer.starts_with("HTTP/1.1 303"), "{answer}"),
                None => break,
            }
            version += 1;
            answered += 1;
        }
        drop(killer.join().unwrap());
        let file = folder.path().join("grades.sqlite3");
        let mut database = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        let check = diesel::dsl::sql::<diesel::sql_types::Text>("PRAGMA integrity_check");
        assert_eq!(check.get_result::<String>(&mut database).unwrap(), "ok");
        let stored = diesel::dsl::sql::<diesel::sql_types::Integer>(
            "SELECT grades.version FROM grades JOIN profession ON id = profession_id
             WHERE slug = 'front-end' AND level_name = 'middle'",
        );
        let stored = stored.get_result::<i32>(&mut database).unwrap();
        // The last save may be stored but not acknowledged.
        assert!(stored == version || stored == version + 1, "{version} answered, {stored} stored");
        version = stored;
    }
    assert!(answered >= 50, "only {answered} saves were answered");
}

/// Reads an address on a new connection.
fn read(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn requests_right_after_an_edit_render_a_page_once() {
    let folder = TempDir::new().unwrap();
    let mut command = grades(&folder);
    command.args(["--address", "127.0.0.1:0"]).env("RUST_LOG", "grades=debug");
    let (mut server, address) = {
        command.stderr(Stdio::piped());
        Server::start(command)
    };
    let log = server.0.stderr.take().unwrap();
    let log = thread::spawn(move || {
        BufReader::new(log).lines().map_while(Result::ok).collect::<Vec<_>>()
    });
    let first = read(&address, "/matrix.csv");
    let file = folder.path().join("grades.sqlite3");
    let mut database = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    diesel::sql_query("UPDATE catalogue_state SET revision = revision + 1")
        .execute(&mut database)
        .unwrap();
    let body = |answer: &str| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    thread::scope(|scope| {
        let readers = (0..64).map(|_| scope.spawn(|| read(&address, "/matrix.csv")));
        for reader in readers.collect::<Vec<_>>() {
            let answer = reader.join().unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert_eq!(body(&answer), body(&first));
        }
    });
    drop(server);
    let log = log.join().unwrap();
    let rendered = log.iter().filter(|line| line.ends_with(" rendering /matrix.csv"));
    let rendered = rendered.collect::<Vec<_>>();
    assert_eq!(rendered.len(), 2, "once before the edit and once after it: {log:#?}");
    // A line that is written for a request names it as its answer does.
    let id = first.split_once("x-request-id: ").unwrap().1.split_once('\r').unwrap().0;
    assert!(rendered[0].contains(&format!("] {id} rendering")), "{rendered:?} of {id}");
}
