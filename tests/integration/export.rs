//! Ladders go out as files: by the command line and from pages.

use std::fs;

use grades::graders::service::catalogue::{Covers, starting};
use tempfile::TempDir;

use crate::app::{Backend, TestApp, TestDatabase, header};
use crate::command_line::grades;

/// Runs a command in a folder; what it prints.
#[track_caller]
fn run(folder: &TempDir, url: &str, arguments: &[&str]) -> Vec<u8> {
    let output = grades(folder).env("DATABASE_URL", url).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What a command that must fail says.
#[track_caller]
fn refused(folder: &TempDir, url: &str, arguments: &[&str]) -> String {
    let output = grades(folder).env("DATABASE_URL", url).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

on_both_databases! {
    async fn a_catalogue_goes_out_and_into_an_empty_database_and_out_again(backend: Backend) {
        let folder = TempDir::new().unwrap();
        let app = TestApp::on(backend);
        for format in ["toml", "json"] {
            let file = format!("all.{format}");
            run(&folder, &app.database.url(), &["export", &file]);
            let first = fs::read(folder.path().join(&file)).unwrap();
            let other = format!("sqlite://{format}.sqlite3");
            run(&folder, &other, &["import", &file, "--mode", "replace"]);
            let again = run(&folder, &other, &["export", "--format", format]);
            assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&first));
            // Into the other kind of database and the same kind alike.
            let third = TestDatabase::on(backend);
            run(&folder, &third.url(), &["import", &file, "--mode", "replace"]);
            assert!(run(&folder, &third.url(), &["export", "--format", format]) == first);
        }
    }

    async fn pages_offer_files_of_what_they_show(backend: Backend) {
        let app = TestApp::on(backend);
        let page = app.page("/professions/front-end").await;
        for format in ["toml", "json", "markdown", "csv", "matrix-csv", "xlsx"] {
            let address = format!("/export/{format}?profession=front-end");
            assert!(page.contains(&address), "{format}");
            let answer = app.get(&address).await;
            assert_eq!(answer.status(), 200, "{format}");
            let name = header(&answer, "content-disposition").to_owned();
            assert!(name.starts_with("attachment; filename=\"front-end"), "{name}");
            let tag = header(&answer, "etag").to_owned();
            assert!(!answer.bytes().await.unwrap().is_empty());
            let again = app.get(&address).await;
            assert_eq!(header(&again, "etag"), tag, "{format}");
        }
        let text = app.page("/export/toml?profession=front-end").await;
        assert!(text.contains("covers = \"professions\"\n\n[track]\nslug = \"web\""), "{text}");
        let track = app.page("/export/toml?track=web").await;
        let starting = starting().unwrap();
        let web = starting.iter().find(|file| file.track.slug == "web").unwrap();
        assert!(track.starts_with("[track]\nslug = \"web\"\n"), "{track}");
        assert_eq!(track.matches("[[profession]]").count(), web.professions.len());
        let json = app.page("/export/json").await;
        assert!(json.contains(&format!("\"covers\": \"{}\"", Covers::Everything.name())));
        let csv = app.get("/export/csv").await;
        assert_eq!(header(&csv, "content-type"), "text/csv; charset=utf-8");
        assert!(app.page("/").await.contains("/export/xlsx\""));
        assert!(app.page("/matrix?track=web").await.contains("/export/xlsx?track=web\""));
        for unknown in ["/export/doc", "/export/toml?track=x", "/export/toml?profession=x"] {
            assert_eq!(app.get(unknown).await.status(), 404, "{unknown}");
        }
    }
}

#[test]
fn a_database_is_neither_made_nor_migrated_to_be_read() {
    let folder = TempDir::new().unwrap();
    let error = refused(&folder, "sqlite://none.sqlite3", &["export"]);
    assert!(error.contains("none.sqlite3") && error.contains("no such file"), "{error}");
    assert!(!folder.path().join("none.sqlite3").exists());
    fs::write(folder.path().join("other.sqlite3"), "").unwrap();
    let error = refused(&folder, "sqlite://other.sqlite3", &["export"]);
    assert!(error.contains("no database of this program"), "{error}");
    run(&folder, "sqlite://old.sqlite3", &["migrate"]);
    run(&folder, "sqlite://old.sqlite3", &["migrate", "--revert"]);
    let error = refused(&folder, "sqlite://old.sqlite3", &["export"]);
    assert!(error.contains("older") && error.contains("grades migrate"), "{error}");
}

#[actix_web::test]
async fn a_file_is_replaced_whole_and_errors_name_what_is_wrong() {
    let folder = TempDir::new().unwrap();
    let database = TestDatabase::on(Backend::Sqlite);
    let app = TestApp::start(database);
    let url = app.database.url();
    fs::write(folder.path().join("web.xlsx"), "before").unwrap();
    run(&folder, &url, &["export", "--track", "web", "web.xlsx"]);
    assert!(fs::read(folder.path().join("web.xlsx")).unwrap().starts_with(b"PK"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let error = refused(&folder, &url, &["export", "no-such-folder/web.toml"]);
    assert!(error.contains("no-such-folder/web.toml"), "{error}");
    assert!(refused(&folder, &url, &["export", "--track", "x"]).contains("no track \"x\""));
    assert!(
        refused(&folder, &url, &["export", "--profession", "x"]).contains("no profession \"x\"")
    );
    fs::create_dir(folder.path().join("folder")).unwrap();
    assert!(refused(&folder, &url, &["export", "folder"]).contains("is a folder"));
}
