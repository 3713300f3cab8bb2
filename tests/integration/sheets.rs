//! Ladders come in from spreadsheets and documents as people keep them: not one line is lost.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::{env, fs};

use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};
use grades::ladder::depth::Depth;
use grades::ladder::{Description, Level};
use rust_xlsxwriter::{Format, Workbook};
use tempfile::TempDir;

use crate::command_line::grades;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    summary: String,
    #[diesel(sql_type = Text)]
    level_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    description: Option<String>,
}

/// The files of a sample in their order, or the only one.
fn sample(name: &str) -> Vec<PathBuf> {
    let path = env::current_dir().unwrap().join("tests/data/sheets").join(name);
    let mut files = if path.is_dir() {
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect()
    } else {
        vec![path]
    };
    files.sort();
    files
}

fn import(folder: &TempDir, files: &[PathBuf], arguments: &[&str]) -> Output {
    grades(folder).arg("import").args(arguments).args(files).output().unwrap()
}

#[track_caller]
fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Imports a sample into an empty database, after a dry run that changes nothing; returns what the import
/// printed and the grades.
#[track_caller]
fn imported(files: &[PathBuf], arguments: &[&str]) -> (String, Vec<Row>) {
    let folder = TempDir::new().unwrap();
    let arguments = [&["--new-track", "Проба"], arguments].concat();
    let seen = succeeded(&import(&folder, files, &[&["--dry-run"], arguments.as_slice()].concat()));
    assert!(seen.ends_with("would apply\n"), "{seen}");
    assert!(!folder.path().join("grades.sqlite3").exists());
    let done = succeeded(&import(&folder, files, &arguments));
    assert_eq!(seen.replace("would apply", "applied"), done);
    let path = folder.path().join("grades.sqlite3");
    let mut database = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let query = "SELECT slug, title, summary, level_name, description FROM grades \
                 JOIN profession ON profession.id = profession_id ORDER BY grade_id";
    let rows = diesel::sql_query(query).load(&mut database).unwrap();
    // Once more there is nothing to change.
    let again = succeeded(&import(&folder, files, &arguments));
    assert!(!again.contains("\n+ ") && !again.contains("\n~ "), "{again}");
    (done, rows)
}

fn words(text: &str) -> Vec<String> {
    let text = text.replace('\\', "").to_lowercase();
    let words = text.split(|sign: char| !sign.is_alphanumeric()).map(str::to_owned);
    words.filter(|word| word.chars().any(char::is_alphabetic)).collect()
}

/// Fails unless every word of a text stands in the catalogue, but for some.
#[track_caller]
fn assert_kept(source: &str, rows: &[Row], but: &str) {
    let texts = rows.iter().map(|row| {
        format!("{} {} {}", row.title, row.summary, row.description.as_deref().unwrap_or_default())
    });
    let (kept, but) = (words(&texts.collect::<Vec<_>>().join(" ")), words(but));
    let lost = words(source).into_iter().filter(|word| !kept.contains(word) && !but.contains(word));
    assert_eq!(lost.collect::<Vec<_>>(), Vec::<String>::new());
}

fn text_of(files: &[PathBuf]) -> String {
    let text = |path: &PathBuf| String::from_utf8(fs::read(path).unwrap()).unwrap();
    files.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// How many requirements a grade has, and how many of them at each depth.
fn depths(rows: &[Row], slug: &str, level: Level) -> (usize, [usize; 3]) {
    let row = rows.iter().find(|row| row.slug == slug && row.level_name == level.name()).unwrap();
    let asked = Description::parse(row.description.as_deref().unwrap()).requirements;
    let count =
        |depth| asked.iter().filter(|asked| Depth::of_label(asked.kind) == Some(depth)).count();
    (asked.len(), Depth::ALL.map(count))
}

#[test]
fn a_tree_turned_into_rows_comes_in() {
    let files = sample("tree.csv");
    let (_, rows) = imported(&files, &["--title", "Разработчик сервисов"]);
    assert_kept(&text_of(&files), &rows, "theme level competency example junior middle senior");
    let counts = [Level::Junior, Level::Middle, Level::Senior];
    assert_eq!(counts.map(|level| depths(&rows, "razrabotchik-servisov", level).0), [4, 5, 3]);
}

#[test]
fn a_document_a_level_comes_in() {
    let files = sample("levels");
    let folder = TempDir::new().unwrap();
    let refused = import(&folder, &files, &["--title", "Приложения"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("--level 'common=junior'"));
    let (_, rows) = imported(&files, &["--title", "Приложения", "--level", "common=junior"]);
    let but = "младший разработчик приложений мидл старший details summary примеры nice to have";
    assert_kept(&text_of(&files), &rows, but);
    let counts = [Level::Junior, Level::Middle, Level::Senior];
    assert_eq!(counts.map(|level| depths(&rows, "prilozheniia", level).0), [5, 5, 3]);
}

#[test]
fn a_table_of_99_competencies_with_depths_comes_in() {
    let files = sample("competencies.csv");
    let (_, rows) = imported(&files, &["--profession", "admin"]);
    let bytes = fs::read(&files[0]).unwrap();
    let (source, _) = encoding_rs::WINDOWS_1251.decode_without_bom_handling(&bytes);
    assert_kept(&source, &rows, "раздел компетенция джун мидл сеньор");
    // What each column of the file says.
    let body = source.lines().skip(2).map(|line| line.split(';').collect::<Vec<_>>());
    let body = body.collect::<Vec<_>>();
    for (column, level) in (2..).zip([Level::Junior, Level::Middle, Level::Senior]) {
        let count = |number: &str| body.iter().filter(|row| row[column] == number).count();
        let expected = ["1", "2", "3"].map(count);
        assert_eq!(depths(&rows, "admin", level), (expected.iter().sum(), expected));
    }
}

#[test]
fn a_document_a_competency_comes_in() {
    let files = sample("skills");
    let (_, rows) = imported(&files, &["--title", "Тестировщик"]);
    assert_kept(&text_of(&files), &rows, "junior middle senior");
    let counts = [Level::Junior, Level::Middle, Level::Senior];
    assert_eq!(counts.map(|level| depths(&rows, "testirovshchik", level).0), [4, 5, 3]);
}

#[test]
fn a_table_with_levels_of_its_own_comes_in() {
    let files = sample("platform.md");
    let (told, rows) = imported(&files, &["--profession", "platform"]);
    assert!(told.contains("«E1» — джун"), "{told}");
    let but = "e1 e2 e3 e4 e5 e6 e7 e8 компетенция br восемь ступеней каждая добавляется к предыдущей \
               пересматривается раз в год";
    assert_kept(&text_of(&files), &rows, but);
    assert!(told.contains("Пересматривается раз в год"), "{told}");
    assert_eq!(rows.len(), 8);
    assert_eq!(depths(&rows, "platform", Level::Senior).0, 5);
}

#[test]
fn an_export_by_paths_and_job_titles_comes_in() {
    let files = sample("paths.csv");
    let (_, rows) = imported(&files, &[]);
    let but = "path job title key behavior competency skill аналитик специалист i ii iii";
    assert_kept(&text_of(&files), &rows, but);
    let slugs =
        rows.iter().map(|row| (row.slug.as_str(), row.level_name.as_str())).collect::<Vec<_>>();
    assert_eq!(
        slugs,
        [
            ("analitika", "junior"),
            ("analitika", "middle"),
            ("analitika", "senior"),
            ("podderzhka", "junior"),
            ("podderzhka", "middle")
        ]
    );
}

#[test]
fn marks_of_importance_and_levels_by_half_come_in() {
    let files = sample("games.csv");
    let folder = TempDir::new().unwrap();
    let refused = import(&folder, &files, &[]);
    assert_eq!(refused.status.code(), Some(1));
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(error.contains("Что значит уровень «TeamLead»?"), "{error}");
    assert!(!folder.path().join("grades.sqlite3").exists());
    let answers =
        ["--profession", "games", "--level", "TeamLead=senior", "--level", "Миддл I=middle"];
    let (_, rows) = imported(&files, &answers);
    let but = "блок навык джун миддл i ii teamlead критичный nice to have";
    assert_kept(&text_of(&files), &rows, but);
    let middle = rows.iter().find(|row| row.level_name == "middle").unwrap();
    let optional = Description::parse(middle.description.as_deref().unwrap()).requirements;
    assert_eq!(optional.iter().filter(|asked| asked.is_optional).count(), 1);
    let junior = rows.iter().find(|row| row.level_name == "middle+").unwrap();
    let optional = Description::parse(junior.description.as_deref().unwrap()).requirements;
    assert_eq!(optional.iter().filter(|asked| asked.is_optional).count(), 1);
}

/// A workbook with merged cells, two rows of headings and rows that name blocks.
fn workbook(path: &Path) {
    let mut book = Workbook::new();
    let plain = Format::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Грейды").unwrap();
    sheet.merge_range(0, 0, 0, 4, "Дизайнер интерфейсов", &plain).unwrap();
    sheet.merge_range(1, 0, 2, 0, "Компетенция", &plain).unwrap();
    sheet.merge_range(1, 1, 1, 2, "Junior", &plain).unwrap();
    sheet.merge_range(1, 3, 1, 4, "Middle", &plain).unwrap();
    for (column, text) in (1..).zip(["Знает", "Делает", "Знает", "Делает"]) {
        sheet.write(2, column, text).unwrap();
    }
    sheet.merge_range(3, 0, 3, 4, "Макеты", &plain).unwrap();
    for (row, cells) in (4..).zip([
        ["Сетка", "Виды сеток", "Собирает экран", "Сетки экранов", "Заводит сетку проекта"],
        ["Цвет", "Контраст", "", "Доступность", "Проверяет контраст"],
    ]) {
        for (column, text) in (0..).zip(cells) {
            sheet.write(row, column, text).unwrap();
        }
    }
    sheet.merge_range(6, 0, 6, 4, "Люди", &plain).unwrap();
    sheet.write(7, 0, "Показ").unwrap();
    sheet.merge_range(7, 1, 7, 4, "Рассказывает, почему так", &plain).unwrap();
    book.save(path).unwrap();
}

#[test]
fn a_workbook_with_merged_cells_comes_in() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("grades.xlsx");
    workbook(&path);
    let (_, rows) = imported(&[path], &["--profession", "designer"]);
    assert_eq!(rows[0].title, "Дизайнер интерфейсов");
    let source = "Знает Делает Макеты Сетка Виды сеток Собирает экран Сетки экранов Заводит сетку проекта Цвет \
                  Контраст Доступность Проверяет контраст Люди Показ Рассказывает, почему так";
    assert_kept(source, &rows, "");
    let counts = [Level::Junior, Level::Middle].map(|level| depths(&rows, "designer", level).0);
    assert_eq!(counts, [5, 6]);
}
