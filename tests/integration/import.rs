//! Ladders come in from files by the command line: all of them or nothing, and everything is told before.

use std::fs;
use std::process::Output;
use std::time::Duration;

use diesel::{Connection, RunQueryDsl, SqliteConnection};
use grades::audit::service::Actor;
use grades::graders::service::catalogue::{Grade, Profession, RowId, Track, TrackFile};
use grades::graders::service::transfer::{self, Detail, Imported, Mode, Request, Scope, Source};
use grades::ladder::{Description, Level};
use tempfile::TempDir;

use crate::app::{Backend, TestApp, TestDatabase};
use crate::command_line::grades;

/// A file of one track.
const BAKERY: &str = r#"
[track]
slug = "pastry"
title = "Выпечка"

[[profession]]
slug = "baker"
title = "Пекарь"
summary = "Хлеб и печь"

[[profession.grade]]
level = "junior"
description = """
- Печёт белый хлеб
- Моет печь"""

[[profession.grade]]
level = "middle"

[[profession]]
slug = "confectioner"
title = "Кондитер"
summary = ""

[[profession.grade]]
level = "senior"
description = "- Печёт торты"
"#;

/// A folder with files that a test imports.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn import(&self, url: &str, text: &str, arguments: &[&str]) -> Output {
        fs::write(self.0.path().join("file.toml"), text).unwrap();
        let mut command = grades(&self.0);
        command.env("DATABASE_URL", url).arg("import").args(arguments).arg("file.toml");
        command.output().unwrap()
    }

    /// What an import prints that must succeed.
    #[track_caller]
    fn imported(&self, url: &str, text: &str, arguments: &[&str]) -> String {
        let output = self.import(url, text, arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The errors of an import that must fail.
    #[track_caller]
    fn refused(&self, url: &str, text: &str) -> String {
        let output = self.import(url, text, &["--mode", "replace"]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        String::from_utf8(output.stderr).unwrap()
    }
}

/// A site whose catalogue came from a file.
fn bakery(backend: Backend) -> (TestApp, Files) {
    let (database, files) = (TestDatabase::on(backend), Files::new());
    let told = files.imported(&database.url(), BAKERY, &[]);
    assert!(told.contains("+ Профессия «Пекарь» (baker)"), "{told}");
    assert!(
        told.contains("2 профессии: новых 2\n3 грейда: новых 3\n1 направление: новых 1\n"),
        "{told}"
    );
    assert!(told.ends_with("applied\n"), "{told}");
    (TestApp::start(database), files)
}

async fn state(app: &TestApp) -> String {
    let mut state = String::new();
    for path in ["/", "/professions/baker", "/professions/confectioner", "/skills", "/rules"] {
        state.push_str(&app.page(path).await);
    }
    state
}

/// The id of the only requirement with these words.
fn id(text: &str) -> String {
    Description::parse(&format!("- {text}")).requirements.remove(0).id
}

on_both_databases! {
    async fn a_new_database_holds_what_the_file_has_and_the_usual_dictionary(backend: Backend) {
        let (app, _files) = bakery(backend);
        let home = app.page("/").await;
        assert!(home.contains("Пекарь") && home.contains("Кондитер"), "{home}");
        assert!(!home.contains("Фронтенд"), "the starting catalogue was loaded");
        assert!(app.page("/skills").await.contains("Docker"));
        app.page("/rules").await;
        let found = app.page("/search?q=хлеб").await;
        assert!(found.contains("<mark>хлеб</mark>"), "{found}");
    }

    async fn a_dry_run_tells_everything_and_changes_nothing(backend: Backend) {
        let (app, files) = bakery(backend);
        let before = state(&app).await;
        let text = BAKERY.replace("Печёт белый хлеб", "Печёт белый и ржаной хлеб")
            .replace("Хлеб и печь", "Хлеб")
            .replace("level = \"middle\"", "level = \"senior\"");
        let told = files.imported(&app.database.url(), &text, &["--dry-run"]);
        assert!(told.ends_with("would apply\n"), "{told}");
        for line in [
            "~ Профессия «Пекарь» (baker)",
            "    Изменено краткое описание",
            "  ~ Джун",
            "      - - Печёт белый хлеб",
            "      + - Печёт белый и ржаной хлеб",
            "    то же другими словами: «Печёт белый хлеб» → «Печёт белый и ржаной хлеб»",
            "  + Синьор",
            "    не тронуто: Грейд мидл остаётся: в файле его нет",
            "2 профессии: изменяется 1, без изменений 1",
            "4 грейда: новых 1, изменяется 1, не тронуто 1, без изменений 1",
            "1 направление: без изменений 1",
        ] {
            assert!(told.lines().any(|told| told == line), "{line:?} is not in\n{told}");
        }
        assert_eq!(state(&app).await, before);
        // The same is told when it is done, and then there is nothing to do.
        let done = files.imported(&app.database.url(), &text, &[]);
        assert_eq!(done.replace("applied\n", ""), told.replace("would apply\n", ""));
        let again = files.imported(&app.database.url(), &text, &[]);
        assert!(again.contains("Изменений нет.") && again.ends_with("applied\n"), "{again}");
        assert!(app.page("/professions/baker").await.contains("ржаной"));
    }

    async fn what_is_there_stays_unless_the_mode_lets_it_change(backend: Backend) {
        let (app, files) = bakery(backend);
        let url = app.database.url();
        let text = BAKERY.replace("Моет печь", "Чистит дымоход").replace("title = \"Пекарь\"", "title = \"Хлебопёк\"")
            .replace("level = \"middle\"", "level = \"middle\"\ndescription = \"- Ведёт смену\"")
            .replace("[[profession]]\nslug = \"confectioner\"\ntitle = \"Кондитер\"", "[[profession]]\nslug = \"miller\"\ntitle = \"Мельник\"");
        let told = files.imported(&url, &text, &["--mode", "add"]);
        let ladder = app.page("/professions/baker").await;
        assert!(ladder.contains("Ведёт смену") && ladder.contains("Моет печь"), "{ladder}");
        assert!(ladder.contains("Пекарь") && !ladder.contains("Хлебопёк"), "{ladder}");
        assert!(told.contains("    не тронуто: Переименована: «Пекарь» → «Хлебопёк»"), "{told}");
        app.page("/professions/miller").await;
        app.page("/professions/confectioner").await;

        files.imported(&url, &text, &["--mode", "update"]);
        let ladder = app.page("/professions/baker").await;
        assert!(ladder.contains("Чистит дымоход") && ladder.contains("Хлебопёк"), "{ladder}");
        app.page("/professions/confectioner").await;

        // The file covers its professions: their grades that it lacks go, other professions stay.
        let less = text.replace("[[profession.grade]]\nlevel = \"middle\"\ndescription = \"- Ведёт смену\"", "");
        let told = files.imported(&url, &less, &["--mode", "replace"]);
        assert!(told.contains("  - Мидл\n"), "{told}");
        let ladder = app.page("/professions/baker").await;
        assert!(!ladder.contains("Ведёт смену"), "{ladder}");
    }

    async fn answers_follow_requirements_through_an_import(backend: Backend) {
        let (app, files) = bakery(backend);
        let text = BAKERY.replace("Печёт белый хлеб", "Печёт белый и ржаной хлеб");
        files.imported(&app.database.url(), &text, &[]);
        let check = format!("/check?profession=baker&grade=junior&yes={}.{}", id("Печёт белый хлеб"), id("Моет печь"));
        let page = app.page(&check).await;
        assert!(page.contains("формулировка изменилась") && !page.contains("Осталось"), "{page}");
    }

    async fn an_import_is_a_revision_of_each_thing_and_one_line_of_the_log(backend: Backend) {
        let (app, files) = bakery(backend);
        let text = BAKERY.replace("Моет печь", "Чистит дымоход").replace("Хлеб и печь", "Хлеб");
        files.imported(&app.database.url(), &text, &[]);
        let ann = app.owner("ann").await;
        let history = ann.page("/admin/professions/baker/junior/history").await;
        assert!(history.contains("Загружено из&nbsp;file.toml") || history.contains("Загружено из\u{a0}file.toml"), "{history}");
        let history = ann.page("/admin/professions/baker/history").await;
        assert!(history.contains("Изменено краткое описание") && history.contains("командная строка"), "{history}");
        let log = ann.page("/admin/audit").await;
        assert_eq!(log.matches("Загружено из\u{a0}файла").count() + log.matches("Загружено из&nbsp;файла").count(), 2, "{log}");
        assert!(!log.contains("Профессия изменена"), "{log}");
    }

    async fn an_exported_catalogue_is_imported_and_exported_the_same(backend: Backend) {
        let (app, files) = bakery(backend);
        let export = |url: &str, format: &str| {
            let mut command = grades(&files.0);
            command.env("DATABASE_URL", url).args(["export", "--format", format]);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        };
        for format in ["toml", "json"] {
            let file = export(&app.database.url(), format);
            assert!(String::from_utf8_lossy(&file).contains("Печёт белый хлеб"));
            let copy = TestDatabase::on(Backend::Sqlite);
            fs::write(files.0.path().join("exported"), &file).unwrap();
            let mut command = grades(&files.0);
            command.env("DATABASE_URL", copy.url()).args(["import", "--format", format, "exported"]);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert!(export(&copy.url(), format) == file, "{format}");
            // A site that starts on it adds nothing of its own.
            let copy = TestApp::start(copy);
            assert!(export(&copy.database.url(), format) == file, "{format}");
        }
    }

    async fn a_requirement_keeps_its_identity_by_the_id_that_a_file_tells(backend: Backend) {
        let (app, _files) = bakery(backend);
        let database = app.database.open();
        let mut catalogue = transfer::export(&database, &Scope::Everything).unwrap();
        let grade = &mut catalogue.professions[0].grades[0];
        let now = "Отвечает за чистоту в цеху";
        grade.description = Some(format!("- Печёт белый хлеб\n- {now}"));
        grade.row_ids = vec![RowId { id: id("Моет печь"), present_id: id(now) }];
        let source = Source { name: "file".into(), catalogue };
        let by = Actor { login: "ann".into(), address: String::new() };
        let detail = Detail { changed: 1, made: 0 };
        let request = Request { mode: Mode::Update, detail, seen: None, by: &by, note: "" };
        let done = transfer::apply(&database, vec![source], request, &mut |_, _, _| {}).unwrap();
        let Imported::Stored(plan) = done else { panic!("{done:?}") };
        assert_eq!(plan.items[0].reworded[0].now.text, now);
        assert!(plan.items[0].removed.is_empty() && plan.items[0].added == 0, "{plan:?}");
        let check = format!("/check?profession=baker&grade=junior&yes={}.{}", id("Печёт белый хлеб"), id("Моет печь"));
        let page = app.page(&check).await;
        assert!(page.contains("формулировка изменилась") && !page.contains("Осталось"), "{page}");
    }

    async fn everything_that_is_wrong_is_told_and_nothing_is_stored(backend: Backend) {
        let (app, files) = bakery(backend);
        let before = state(&app).await;
        let long = "х".repeat(20_001);
        let text = BAKERY.replace("slug = \"confectioner\"", "slug = \"Con fectioner\"")
            .replace("title = \"Пекарь\"", &format!("title = \"{}\"", "П".repeat(101)))
            .replace("- Печёт торты", &long);
        let errors = files.refused(&app.database.url(), &text);
        for part in ["file.toml:8:9: ", "file.toml:21:8: ", "file.toml:27:15: "] {
            assert!(errors.contains(part), "{part} is not in {errors}");
        }
        assert!(errors.contains("ничего не загружено"), "{errors}");
        assert_eq!(state(&app).await, before);
    }
}

#[test]
fn a_dry_run_makes_no_database() {
    let files = Files::new();
    let told = files.imported("sqlite://new.sqlite3", BAKERY, &["--dry-run"]);
    assert!(told.contains("2 профессии: новых 2"), "{told}");
    assert!(!files.0.path().join("new.sqlite3").exists());
}

#[test]
fn files_that_tell_the_same_thing_differently_are_refused() {
    let files = Files::new();
    fs::write(files.0.path().join("a.toml"), BAKERY).unwrap();
    fs::write(files.0.path().join("b.toml"), BAKERY.replace("Моет печь", "Чистит печь")).unwrap();
    let mut command = grades(&files.0);
    let output = command.args(["import", "a.toml", "b.toml"]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("b.toml") && errors.contains("«baker»: уже есть в a.toml"), "{errors}");
}

#[test]
fn a_killed_import_leaves_the_database_as_it_was() {
    const MOMENTS: u64 = 50;
    let files = Files::new();
    let grade = |level: &str| {
        let lines = (0..12).map(|line| format!("- Знает {level} {line}: печь, тесто и время\n"));
        format!(
            "\n[[profession.grade]]\nlevel = \"{level}\"\ndescription = '''\n{}'''\n",
            lines.collect::<String>()
        )
    };
    let grades_of = ["junior", "middle", "senior"].map(grade).concat();
    let profession = |number: usize| {
        format!(
            "\n[[profession]]\nslug = \"p{number}\"\ntitle = \"П {number}\"\nsummary = \"\"\n{grades_of}"
        )
    };
    let professions = (0..100).map(profession).collect::<String>();
    let large = format!("[track]\nslug = \"t\"\ntitle = \"Т\"\n{professions}");
    files.imported("sqlite://g.sqlite3", BAKERY, &[]);
    fs::write(files.0.path().join("large.toml"), large).unwrap();
    let file = files.0.path().join("g.sqlite3");
    let count = |what: &str| {
        let mut database = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        let check = diesel::dsl::sql::<diesel::sql_types::Text>("PRAGMA integrity_check");
        assert_eq!(check.get_result::<String>(&mut database).unwrap(), "ok");
        let count = diesel::dsl::sql::<diesel::sql_types::BigInt>(what);
        count.get_result::<i64>(&mut database).unwrap()
    };
    let state = || {
        [
            count("SELECT count(*) FROM profession"),
            count("SELECT count(*) FROM revisions"),
            count("SELECT revision FROM catalogue_state"),
            count("SELECT count(*) FROM audit_log"),
            count("SELECT count(*) FROM search_entries"),
        ]
    };
    let before = state();
    let command = || {
        let mut command = grades(&files.0);
        command.env("DATABASE_URL", "sqlite://g.sqlite3").args(["import", "large.toml"]);
        command
    };
    // How long a whole import takes here, so that the moments are spread over all of it.
    let started = std::time::Instant::now();
    let copy = files.0.path().join("copy.sqlite3");
    fs::copy(&file, &copy).unwrap();
    let whole = command().env("DATABASE_URL", "sqlite://copy.sqlite3").output().unwrap();
    assert!(whole.status.success());
    let whole = started.elapsed();
    let mut killed = 0;
    for moment in 0..MOMENTS {
        let mut child = command().stdout(std::process::Stdio::null()).spawn().unwrap();
        let share = f64::from(u32::try_from(moment).unwrap()) / 50.0;
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * share * 0.8));
        child.kill().unwrap();
        let is_done = child.wait().unwrap().success();
        if is_done {
            // It was quicker than the first one.
            break;
        }
        killed += 1;
        if state() != before {
            // The last moment of all: it was stored and not yet said so.
            assert_eq!(count("SELECT count(*) FROM profession"), 102);
            break;
        }
    }
    assert!(killed >= 25, "{killed}");
    let done = command().output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(count("SELECT count(*) FROM profession"), 102);
}

#[actix_web::test]
async fn ladders_that_go_up_to_a_grade_which_goes_follow_it_down() {
    let grade = |level, text: &str| Grade { level, description: Some(text.to_owned()) };
    let profession = |slug: &str, title: &str, grades| Profession {
        slug: slug.into(),
        title: title.into(),
        summary: String::new(),
        grades,
    };
    let track = Track { slug: "pastry".into(), title: "Выпечка".into() };
    let grades = vec![grade(Level::Junior, "- Печёт хлеб"), grade(Level::Middle, "- Ведёт смену")];
    let professions = vec![
        profession("baker", "Пекарь", grades),
        profession("chief", "Шеф", vec![grade(Level::Senior, "- Ведёт пекарню")]),
    ];
    let app = TestApp::with_catalogue(Backend::Sqlite, &[TrackFile { track, professions }]);
    app.database.execute(
        "UPDATE profession SET includes_up_to = 'middle', includes_id =
         (SELECT id FROM profession WHERE slug = 'baker') WHERE slug = 'chief'",
    );
    let text = "[track]\nslug = \"pastry\"\ntitle = \"Выпечка\"\n[[profession]]\nslug = \"baker\"\n\
                title = \"Пекарь\"\nsummary = \"\"\n[[profession.grade]]\nlevel = \"junior\"\n\
                description = \"- Печёт хлеб\"\n";
    let text = format!("covers = \"professions\"\n{text}");
    let files = Files::new();
    files.imported(&app.database.url(), &text, &["--mode", "replace"]);
    let ann = app.editor("ann").await;
    let history = ann.page("/admin/professions/chief/history").await;
    assert!(
        history.contains("до\u{a0}джуна")
            || history.contains("до джуна")
            || history.contains("до&nbsp;джуна"),
        "{history}"
    );
}
