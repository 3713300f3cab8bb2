//! Whole databases: a backup of one in use, putting it back, and moving to another one.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use grades::editors::tokens::Scope;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tempfile::TempDir;

use crate::app::{Backend, TestApp, TestDatabase, between};
use crate::command_line::{Server, grades};

const PROFESSION: &str = "/api/v1/graders/professions/front-end";

/// `copy` takes its addresses as arguments.
const UNUSED: &str = "sqlite://unused.sqlite3";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn run(folder: &TempDir, url: &str, arguments: &[&str]) -> Output {
    grades(folder).env("DATABASE_URL", url).args(arguments).output().unwrap()
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Fails unless the command failed with an error that has these words.
#[track_caller]
fn refuses(output: &Output, words: &str) -> String {
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.starts_with("grades: ") && error.contains(words), "{error}");
    error
}

fn line(file: &Path, query: &str) -> String {
    let mut database = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    sql_query(query).get_result::<Line>(&mut database).unwrap().line
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    names.sort();
    names
}

async fn save(app: &TestApp, key: &str, number: u32) {
    let request = app.request(Method::PATCH, PROFESSION).bearer_auth(key).header("if-match", "*");
    let request = request.header("content-type", "application/json");
    let answer =
        request.body(json!({ "summary": format!("save {number}") }).to_string()).send().await;
    assert_eq!(answer.unwrap().status(), StatusCode::OK);
}

/// The digests that copying a database into a new SQLite file tells, by table.
fn digests(from: &str) -> String {
    let folder = TempDir::new().unwrap();
    let told = succeeds(&run(&folder, UNUSED, &["copy", from, "sqlite://copy.sqlite3"]));
    told.lines().filter(|line| line.contains(": rows ")).collect::<Vec<_>>().join("\n")
}

#[actix_web::test]
async fn a_backup_during_a_thousand_saves_holds_every_save_answered_before() {
    let app = TestApp::on(Backend::Sqlite);
    let key = app.token("saver", Scope::Write);
    let folder = TempDir::new().unwrap();
    let mut backups = Vec::new();
    for number in 1..=1000 {
        save(&app, &key, number).await;
        if number % 250 == 100 {
            let name = format!("{number}.backup");
            let mut command = grades(&folder);
            command.env("DATABASE_URL", app.database.url()).args(["backup", &name]);
            backups.push((number, command.stdout(Stdio::null()).spawn().unwrap()));
        }
    }
    for (number, mut backup) in backups {
        assert!(backup.wait().unwrap().success());
        let name = format!("{number}.backup");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(&name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let place = TestDatabase::on(Backend::Sqlite);
        succeeds(&run(&folder, &place.url(), &["restore", &name]));
        let file = place.file();
        assert_eq!(line(&file, "SELECT integrity_check AS line FROM pragma_integrity_check"), "ok");
        let held = line(&file, "SELECT summary AS line FROM profession WHERE slug = 'front-end'");
        let held = held.strip_prefix("save ").unwrap().parse::<u32>().unwrap();
        assert!(held >= number, "{held} < {number}");
        let revisions = line(
            &file,
            "SELECT CAST(count(*) AS TEXT) AS line FROM revisions WHERE after LIKE '%save %' AND author LIKE '%saver%'",
        );
        assert_eq!(revisions, held.to_string());
        let restored = TestApp::start(place);
        let page = restored.page("/professions/front-end").await;
        assert!(page.contains(&format!("save {held}")));
    }
    // Nothing but the backups is left.
    assert_eq!(names(&folder).len(), 4, "{:?}", names(&folder));
}

#[actix_web::test]
async fn a_running_server_keeps_its_database() {
    let folder = TempDir::new().unwrap();
    let mut command = grades(&folder);
    command.args(["--address", "127.0.0.1:0"]);
    let (server, address) = Server::start(command);
    let url = "sqlite://grades.sqlite3";
    succeeds(&run(&folder, url, &["backup", "a.backup"]));
    // Nobody has asked it for anything yet, and later nobody does.
    refuses(&run(&folder, url, &["restore", "a.backup"]), "is in use: stop the server first");
    let page = reqwest::get(format!("{address}/")).await.unwrap();
    assert_eq!(page.status(), 200);
    sleep(Duration::from_millis(100));
    refuses(&run(&folder, url, &["restore", "a.backup"]), "is in use: stop the server first");
    assert_eq!(reqwest::get(format!("{address}/matrix")).await.unwrap().status(), 200);
    assert!(!names(&folder).iter().any(|name| name.contains("before-restore")));

    // Killed, it leaves a log, which belongs to the former database.
    drop(server);
    let told = succeeds(&run(&folder, url, &["restore", "a.backup"]));
    assert!(told.contains("the former database is"), "{told}");
    let names = names(&folder);
    assert_eq!(names.len(), 3, "{names:?}");
    let kept = names.iter().find(|name| name.contains(".before-restore-")).unwrap();
    let count = "SELECT CAST(count(*) AS TEXT) AS line FROM grades";
    assert_eq!(
        line(&folder.path().join(kept), count),
        line(&folder.path().join("a.backup"), count)
    );
}

#[actix_web::test]
async fn what_is_no_backup_is_refused_and_changes_nothing() {
    let place = TestDatabase::on(Backend::Sqlite);
    let folder = TempDir::new().unwrap();
    succeeds(&run(&folder, &place.url(), &["migrate"]));
    succeeds(&run(&folder, &place.url(), &["backup", "whole"]));
    let path = |name: &str| folder.path().join(name);
    let whole = fs::read(path("whole")).unwrap();
    fs::write(path("text"), "no database at all ".repeat(1000)).unwrap();
    fs::write(path("garbage"), [&whole[..100], &[0xa5; 8000]].concat()).unwrap();
    fs::write(path("empty"), "").unwrap();
    fs::write(path("truncated"), &whole[..whole.len() / 2]).unwrap();
    let sqlite = |name: &str, statements: &str| {
        let mut database = SqliteConnection::establish(path(name).to_str().unwrap()).unwrap();
        database.batch_execute(statements).unwrap();
    };
    sqlite("foreign", "CREATE TABLE profession (id INTEGER)");
    for (name, change) in [
        ("newer", "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')"),
        (
            "broken",
            "INSERT INTO grades (profession_id, updated_at) VALUES (7, '2026-01-01 00:00:00')",
        ),
    ] {
        fs::write(path(name), &whole).unwrap();
        sqlite(name, &format!("PRAGMA foreign_keys = OFF; {change}"));
    }
    let before = fs::read(place.file()).unwrap();
    for (name, words) in [
        ("missing", "there is no file"),
        ("text", "not a database"),
        ("garbage", ""),
        ("empty", "is no database of this site"),
        ("truncated", ""),
        ("foreign", "is no database of this site"),
        ("newer", "newer version"),
        ("broken", "is damaged"),
        (".", "is no file"),
    ] {
        refuses(&run(&folder, &place.url(), &["restore", name]), words);
    }
    refuses(&run(&folder, &place.url(), &["restore", place.file().to_str().unwrap()]), "itself");
    assert!(fs::read(place.file()).unwrap() == before, "the database was changed");
    assert_eq!(fs::read_dir(place.file().parent().unwrap()).unwrap().count(), 1);

    // A backup neither takes the place of a file nor makes a database.
    refuses(&run(&folder, &place.url(), &["backup", "text"]), "is there already");
    refuses(&run(&folder, "sqlite://nowhere.sqlite3", &["backup", "new"]), "there is no file");
    refuses(&run(&folder, &place.url(), &["backup", "no/folder"]), "cannot open");
    assert!(!path("nowhere.sqlite3").exists() && !path("new").exists());

    // A damaged database is replaced and kept.
    fs::write(place.file(), "damaged ".repeat(1000)).unwrap();
    succeeds(&run(&folder, &place.url(), &["restore", "whole"]));
    assert_eq!(
        line(&place.file(), "SELECT integrity_check AS line FROM pragma_integrity_check"),
        "ok"
    );
}

#[test]
fn for_postgresql_the_command_to_run_is_told_without_the_password() {
    let folder = TempDir::new().unwrap();
    let url = "postgres://ann:secret@db.example/grades?sslmode=require&password=secret";
    let told = refuses(&run(&folder, url, &["backup", "it's"]), "no backup was made");
    let address = "'postgres://ann@db.example/grades?sslmode=require'";
    assert!(
        told.contains(&format!("pg_dump --format=custom --file='it'\\''s' {address}\n")),
        "{told}"
    );
    let told_too = refuses(&run(&folder, url, &["restore", "a"]), "nothing was restored");
    assert!(told_too.contains(&format!("--dbname={address} 'a'\n")), "{told_too}");
    assert!(!told.contains("secret") && !told_too.contains("secret"));
}

#[test]
fn killed_at_any_moment_restore_and_copy_leave_all_or_nothing() {
    let folder = TempDir::new().unwrap();
    let url = "sqlite://grades.sqlite3";
    let mut command = grades(&folder);
    command.args(["--address", "127.0.0.1:0"]);
    drop(Server::start(command));
    succeeds(&run(&folder, url, &["backup", "a.backup"]));
    let file = folder.path().join("grades.sqlite3");
    let count = "SELECT CAST(count(*) AS TEXT) AS line FROM grades";
    let whole = line(&file, count);
    for moment in 0..25 {
        let wait = Duration::from_millis(moment * 8);
        let mut restore = grades(&folder);
        let mut restore =
            restore.args(["restore", "a.backup"]).stdout(Stdio::null()).spawn().unwrap();
        sleep(wait);
        restore.kill().unwrap();
        restore.wait().unwrap();
        assert_eq!(line(&file, count), whole, "after {wait:?}");
        assert_eq!(line(&file, "SELECT integrity_check AS line FROM pragma_integrity_check"), "ok");

        let to = format!("sqlite://copy{moment}.sqlite3");
        let mut copy = grades(&folder);
        let mut copy = copy.args(["copy", url, &to]).stdout(Stdio::null()).spawn().unwrap();
        sleep(wait * 3);
        copy.kill().unwrap();
        copy.wait().unwrap();
        let copied = folder.path().join(format!("copy{moment}.sqlite3"));
        let exists =
            "SELECT CAST(count(*) AS TEXT) AS line FROM sqlite_master WHERE name = 'grades'";
        if copied.exists() && line(&copied, exists) == "1" {
            assert_eq!(line(&copied, count), whole, "after {wait:?}");
        } else {
            succeeds(&run(&folder, url, &["copy", url, &to]));
        }
    }
}

#[actix_web::test]
async fn sqlite_to_sqlite_carries_everything() {
    moved(Backend::Sqlite).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn sqlite_to_postgresql_and_back_carries_everything() {
    moved(Backend::Postgres).await;
}

/// Moves a used site from SQLite to `backend` and back.
async fn moved(backend: Backend) {
    let app = TestApp::on(Backend::Sqlite);
    let owner = app.owner("olga").await;
    let key = app.token("saver", Scope::Write);
    save(&app, &key, 1).await;
    let (text, version) = owner.read("/admin/professions/front-end/middle").await;
    let answer = owner
        .save("/admin/professions/front-end/middle", &version, &format!("- Ёлка\n{text}"))
        .await;
    assert_eq!(answer.status(), 303);
    app.database.execute(
        "INSERT INTO editors (id, login, password_hash, role, created_at) \
         VALUES (70, 'gone', 'x', 'editor', '2026-01-01 10:00:00.120'); \
         DELETE FROM editors WHERE id = 70; \
         INSERT INTO releases (name, note, revision_id, author, created_at) \
         VALUES ('2026.1', 'a\"b\\c', 1, 'olga', '2026-01-01 10:00:00.120'); \
         INSERT INTO scales (id, slug, title) VALUES (1, 's', 'S'); \
         INSERT INTO scale_levels VALUES (1, 'junior', 'J', 'j', 1); \
         INSERT INTO former_level_slugs VALUES (1, 'jj', 'junior'); \
         UPDATE profession SET includes_id = (SELECT max(id) FROM profession) \
         WHERE slug = 'postgresql-admin'",
    );
    let pages = ["/", "/professions/front-end", "/matrix", "/skills", "/search?q=ёлка", "/rules"];
    let folder = TempDir::new().unwrap();
    let source = app.database.url();
    let (middle, last) = (TestDatabase::on(backend), TestDatabase::on(Backend::Sqlite));
    let told = succeeds(&run(&folder, UNUSED, &["copy", &source, &middle.url()]));
    succeeds(&run(&folder, UNUSED, &["copy", &middle.url(), &last.url()]));
    assert!(!told.contains("password") && told.contains("revisions: rows "), "{told}");

    // Every table, as the databases themselves tell them and not as the command does.
    let mut original = SqliteConnection::establish(app.database.file().to_str().unwrap()).unwrap();
    original.batch_execute(&format!("ATTACH '{}' AS moved", last.file().display())).unwrap();
    let tables = sql_query(
        "SELECT name AS line FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
         AND name NOT IN ('sqlite_schema', '__diesel_schema_migrations')",
    );
    let tables = tables.load::<Line>(&mut original).unwrap();
    assert!(tables.len() >= 22, "{}", tables.len());
    for Line { line: table } in tables {
        let differing = sql_query(format!(
            "SELECT CAST(count(*) AS TEXT) AS line FROM (SELECT * FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM moved.{table}) \
             UNION ALL SELECT * FROM (SELECT * FROM moved.{table} EXCEPT SELECT * FROM main.{table}))"
        ));
        let differing = differing.get_result::<Line>(&mut original).unwrap().line;
        match table.as_str() {
            "sessions" => assert_eq!(differing, "1", "sessions are left behind"),
            // SQLite counts a table only from its first row on.
            "sqlite_sequence" => {}
            _ => assert_eq!(differing, "0", "{table}"),
        }
    }
    drop(original);
    assert_eq!(digests(&source), digests(&last.url()));

    // Nothing comes into a database that has something.
    let before = digests(&last.url());
    refuses(&run(&folder, UNUSED, &["copy", &source, &last.url()]), "is not empty");
    refuses(&run(&folder, UNUSED, &["copy", &source, &middle.url()]), "is not empty");
    refuses(&run(&folder, UNUSED, &["copy", &source, &source]), "is not empty");
    refuses(
        &run(&folder, UNUSED, &["copy", "sqlite://nowhere", "sqlite://new"]),
        "there is no file",
    );
    assert!(!folder.path().join("new").exists() && !folder.path().join("nowhere").exists());
    assert_eq!(digests(&last.url()), before);

    for database in [middle, last] {
        let other = TestApp::start(database);
        for page in pages {
            assert!(other.page(page).await == app.page(page).await, "{page} differs");
        }
        let again = other.sign_in("olga").await;
        let history = again.page("/admin/professions/front-end/middle/history").await;
        assert!(history.contains("olga"));
        save(&other, &key, 2).await;
        let made = other.request(Method::POST, "/api/v1/graders/professions").bearer_auth(&key);
        let made = made.header("content-type", "application/json");
        let made =
            made.body(json!({"title": "New", "track": "apps", "slug": "brand-new"}).to_string());
        let made = made.send().await.unwrap();
        let (status, body) = (made.status(), made.text().await.unwrap());
        assert_eq!(status, 201, "{body}");
        let id = between(&body, "\"profession_id\":", ",").trim().to_owned();
        let greatest = line(
            &app.database.file(),
            "SELECT CAST(seq AS TEXT) AS line FROM sqlite_sequence WHERE name = 'profession'",
        );
        assert_eq!(id.parse::<u32>().unwrap(), greatest.parse::<u32>().unwrap() + 1);
        // The id of an editor who was deleted is not given again.
        other.editor("new").await;
        let copied = TempDir::new().unwrap();
        let to = "sqlite://copy.sqlite3";
        succeeds(&run(&copied, UNUSED, &["copy", &other.database.url(), to]));
        let id = "SELECT CAST(id AS TEXT) AS line FROM editors WHERE login = 'new'";
        assert_eq!(line(&copied.path().join("copy.sqlite3"), id), "71");
    }
}
