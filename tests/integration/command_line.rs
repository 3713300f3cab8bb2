//! The binary as an operator starts it.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// The binary in a folder of its own, without settings from outside.
fn grades(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grades"));
    command.current_dir(folder.path());
    for variable in ["DATABASE_URL", "GRADES_ADDRESS", "GRADES_PUBLIC_URL", "PGSSLMODE"] {
        command.env_remove(variable);
    }
    command.env("RUST_LOG", "off");
    command
}

/// A started server that is stopped with the value.
struct Server(Child);

impl Server {
    fn start(mut command: Command) -> (Self, String) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
        (Self(child), address.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Fails unless the program refused with one line that begins as given.
#[track_caller]
fn refuses(output: &Output, beginning: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.starts_with(&format!("grades: {beginning}")), "{error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
    assert!(!error.contains("panicked"), "{error}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_start_without_settings_makes_and_serves_a_database() {
    let folder = TempDir::new().unwrap();
    let mut command = grades(&folder);
    command.args(["--address", "127.0.0.1:0"]);
    let (server, address) = Server::start(command);
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    let place = address.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(place).unwrap();
    std::io::Write::write_all(&mut stream, b"GET / HTTP/1.0\r\n\r\n").unwrap();
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
        // Folds the write-ahead log back into the file, so that the file is all there is.
        command.current_dir(folder.path()).arg("migrate").output().unwrap();
        fs::read(folder.path().join("grades.sqlite3")).unwrap()
    };
    let first = start();
    assert!(first == start(), "the file changed");
}

#[test]
fn settings_come_from_flags_before_the_environment() {
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
fn a_wrong_database_address_is_named() {
    let folder = TempDir::new().unwrap();
    for url in ["grades.sqlite3", "mysql://localhost/grades", "", "sqlite://", "sqlite://:memory:"]
    {
        refuses(&grades(&folder).env("DATABASE_URL", url).output().unwrap(), "DATABASE_URL: ");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a refused address made a file");
}

#[test]
fn a_place_that_holds_no_database_is_named() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("text.sqlite3"), "no database at all ".repeat(100)).unwrap();
    for url in ["sqlite://missing/grades.sqlite3", "sqlite://.", "sqlite://text.sqlite3"] {
        let output = grades(&folder).env("DATABASE_URL", url).output().unwrap();
        refuses(&output, &format!("DATABASE_URL: cannot open {url}: "));
    }
}

#[test]
fn a_server_that_does_not_answer_is_named_without_its_password() {
    let folder = TempDir::new().unwrap();
    // A port nobody listens on: it was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://ann:secret@127.0.0.1:{port}/grades");
    let output = grades(&folder).env("DATABASE_URL", url).output().unwrap();
    refuses(&output, "DATABASE_URL: cannot open postgres://ann@127.0.0.1");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("secret"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "it fell back to a file");
}

#[cfg(not(feature = "postgres-tls"))]
#[test]
fn encryption_that_was_not_built_in_is_named() {
    let folder = TempDir::new().unwrap();
    let output = grades(&folder)
        .env("DATABASE_URL", "postgres://ann@127.0.0.1:9/grades?sslmode=require")
        .output()
        .unwrap();
    refuses(&output, "DATABASE_URL: cannot open postgres://ann@127.0.0.1");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--features postgres-tls"));
}

#[test]
fn an_address_that_cannot_be_listened_on_is_named() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for address in [taken.as_str(), "nonsense", "127.0.0.1", "127.0.0.1:99999"] {
        let output = grades(&folder).env("GRADES_ADDRESS", address).output().unwrap();
        refuses(&output, &format!("GRADES_ADDRESS: cannot listen on {address}: "));
    }
}

#[test]
fn a_public_address_that_is_no_origin_is_named() {
    let folder = TempDir::new().unwrap();
    for url in ["grades.example.org", "https://example.org/grades", "ftp://example.org"] {
        let output = grades(&folder).env("GRADES_PUBLIC_URL", url).output().unwrap();
        refuses(&output, "GRADES_PUBLIC_URL: ");
    }
}

#[test]
fn migrations_are_applied_and_taken_back_by_hand() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let output = grades(&folder).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(run(&["migrate"]), "applied 1 migrations\n");
    assert_eq!(run(&["migrate"]), "applied 0 migrations\n");
    assert_eq!(run(&["migrate", "--revert"]), "took back migration 20261122000000\n");
    assert_eq!(run(&["migrate", "--revert"]), "no migration to take back\n");
}
