//! Faults of the database under a running server: what is answered, and that nothing is lost.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use grades::config::Limits;
use grades::graders::service::ServiceError;
use reqwest::Response;
use tempfile::TempDir;
use url::Url;

use crate::app::{Backend, TestApp, TestDatabase};
use crate::command_line::{Server, grades};
use crate::log::ask;
use crate::uploads::{FILE, apply, uploaded};

const GRADE: &str = "/admin/professions/front-end/middle";

#[actix_web::test]
async fn nothing_is_saved_into_a_file_that_was_deleted_or_replaced() {
    let app = TestApp::on(Backend::Sqlite);
    let editor = app.editor("ann").await;
    let (_, version) = editor.read(GRADE).await;
    let (file, away) = (app.database.file(), app.database.file().with_extension("away"));
    let refused = async |answer: Response| {
        assert_eq!(answer.status(), 503);
        let page = answer.text().await.unwrap();
        assert!(page.contains("- Набрано"), "what was typed is lost: {page}");
        assert_eq!(app.get("/readyz").await.status(), 503);
        assert_eq!(app.get("/professions/front-end/middle").await.status(), 200);
    };
    assert_eq!(app.page("/readyz").await, "ok\n");

    fs::rename(&file, &away).unwrap();
    refused(editor.save(GRADE, &version, "- Набрано").await).await;
    assert!(!file.exists(), "the file was made anew");
    assert_eq!(editor.send("/admin/tracks", &[("action", "add")]).await.status(), 503);

    fs::copy(&away, &file).unwrap();
    refused(editor.save(GRADE, &version, "- Набрано").await).await;

    fs::rename(&away, &file).unwrap();
    assert_eq!(app.page("/readyz").await, "ok\n");
    assert_eq!(editor.save(GRADE, &version, "- Набрано").await.status(), 303);
    assert!(app.page("/professions/front-end/middle").await.contains("Набрано"));
}

#[actix_web::test]
async fn a_damaged_file_is_a_503() {
    let app = TestApp::on(Backend::Sqlite);
    let editor = app.editor("ann").await;
    let (_, version) = editor.read(GRADE).await;
    checkpoint(&app.database);
    let length = fs::metadata(app.database.file()).unwrap().len();
    let mut file = fs::OpenOptions::new().write(true).open(app.database.file()).unwrap();
    file.write_all(&vec![0x5a; usize::try_from(length).unwrap()]).unwrap();
    file.sync_all().unwrap();
    assert_eq!(app.get("/readyz").await.status(), 503);
    for path in
        ["/professions/python-backend", "/skills", "/search?q=git", "/api/v1/graders/skills"]
    {
        assert_eq!(app.get(path).await.status(), 503, "{path}");
    }
    assert_eq!(editor.save(GRADE, &version, "- Набрано").await.status(), 503);
}

/// Brings everything from the write-ahead log into the file.
fn checkpoint(database: &TestDatabase) {
    let mut connection = SqliteConnection::establish(database.file().to_str().unwrap()).unwrap();
    connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

fn limits(lock: u64, statement: u64, request: u64) -> Limits {
    let mut limits = Limits { request: Duration::from_secs(request), ..Limits::default() };
    limits.database.lock = Duration::from_secs(lock);
    limits.database.statement = Duration::from_secs(statement);
    limits
}

on_both_databases! {
    async fn a_save_that_waits_too_long_is_a_503_and_an_import_goes_on(database: TestDatabase) {
        let app = TestApp::start_within(database, limits(60, 60, 1));
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let (_, version) = ann.read(GRADE).await;
        let address = uploaded(&bob, "bakery.toml", FILE.as_bytes()).await;
        let page = bob.page(&address).await;
        let (held, is_held) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        let database = app.database.open();
        let holder = thread::spawn(move || {
            database.write(|connection| {
                // The same value: only the lock is wanted.
                connection.batch_execute("UPDATE catalogue_state SET revision = revision")?;
                held.send(()).unwrap();
                ended.recv().unwrap();
                Ok::<_, ServiceError>(())
            })
        });
        is_held.recv().unwrap();
        let save = async {
            let answer = ann.save(GRADE, &version, "- Набрано").await;
            end.send(()).unwrap();
            answer
        };
        let (imported, saved) = tokio::join!(apply(&bob, &address, &page), save);
        holder.join().unwrap().unwrap();
        assert_eq!(saved.status(), 503);
        let saved = saved.text().await.unwrap();
        assert!(saved.contains("- Набрано"), "what was typed is lost: {saved}");
        // The save may come first after all: it goes on when nobody waits for it any more.
        assert!([303, 409].contains(&imported.status().as_u16()), "{imported:?}");
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn locks_and_statements_that_last_are_a_503() {
    for (lock, statement) in [(1, 60), (60, 1)] {
        let limits = limits(lock, statement, 60);
        let app = TestApp::start_within(TestDatabase::on(Backend::Postgres), limits);
        assert_eq!(app.get("/").await.status(), 200);
        let held = app.database.open().write(|connection| {
            connection.batch_execute("LOCK TABLE catalogue_state IN ACCESS EXCLUSIVE MODE")?;
            let asked = thread::scope(|scope| {
                let url = app.url("/");
                scope.spawn(move || ask(&url[..url.len() - 1], b"GET / HTTP/1.0\r\n\r\n")).join()
            });
            Ok::<_, ServiceError>(asked.unwrap())
        });
        let answer = held.unwrap();
        assert!(answer.starts_with("HTTP/1.0 503"), "{answer}");
        assert_eq!(app.get("/").await.status(), 200);
    }
}

/// A way to a server that may fall silent while its connections stay.
struct Silence {
    port: u16,
    is_silent: Arc<(Mutex<bool>, Condvar)>,
}

impl Silence {
    fn before(host: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_silent = Arc::<(Mutex<bool>, Condvar)>::default();
        let shared = Arc::clone(&is_silent);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(&host).unwrap();
                let ways =
                    [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)];
                for (mut from, mut to) in ways {
                    let silent = Arc::clone(&shared);
                    thread::spawn(move || {
                        let mut bytes = [0; 8192];
                        while let Ok(count @ 1..) = from.read(&mut bytes) {
                            let (is_silent, ended) = &*silent;
                            let guard = is_silent.lock().unwrap();
                            drop(ended.wait_while(guard, |silent| *silent).unwrap());
                            if to.write_all(&bytes[..count]).is_err() {
                                break;
                            }
                        }
                    });
                }
            }
        });
        Self { port, is_silent }
    }

    fn set(&self, silent: bool) {
        *self.is_silent.0.lock().unwrap() = silent;
        self.is_silent.1.notify_all();
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn a_silent_server_is_a_503_and_is_forgiven() {
    let database = TestDatabase::on(Backend::Postgres);
    let mut url = Url::parse(&database.url()).unwrap();
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let silence = Silence::before(host);
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(silence.port)).unwrap();
    let folder = TempDir::new().unwrap();
    let mut command = grades(&folder);
    command.env("DATABASE_URL", url.as_str()).env("GRADES_REQUEST_TIMEOUT", "2");
    command.env("GRADES_CONNECTION_TIMEOUT", "2").args(["--address", "127.0.0.1:0"]);
    let (_server, address) = Server::start(command);
    let get = |path: &str| ask(&address, format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes());
    assert!(get("/").starts_with("HTTP/1.0 200"));
    silence.set(true);
    thread::scope(|scope| {
        let asked = (0..20).map(|_| scope.spawn(|| get("/"))).collect::<Vec<_>>();
        for answer in asked.into_iter().map(|asked| asked.join().unwrap()) {
            assert!(answer.starts_with("HTTP/1.0 503"), "{answer}");
        }
    });
    assert!(get("/readyz").starts_with("HTTP/1.0 503"));
    silence.set(false);
    while !get("/").starts_with("HTTP/1.0 200") {
        thread::sleep(Duration::from_millis(50));
    }
    assert!(get("/readyz").starts_with("HTTP/1.0 200"));
}
