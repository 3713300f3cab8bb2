//! Sheets of every shape, and whatever else somebody may send.

use std::path::Path;
use std::{fs, iter};

use proptest::prelude::*;

use super::*;
use crate::graders::formats::{FileGrade, FileProfession};
use crate::ladder::{Depth, Description};

/// The files of a sample, or the only one.
fn sample(name: &str) -> Vec<(String, Vec<u8>)> {
    let path = Path::new("tests/data/sheets").join(name);
    let mut files = if path.is_dir() {
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect()
    } else {
        vec![path]
    };
    files.sort();
    let read = |path: &Path| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())
    };
    files.iter().map(|path| read(path)).collect()
}

fn text(name: &str, text: &str) -> Vec<(String, Vec<u8>)> {
    vec![(name.to_owned(), text.as_bytes().to_vec())]
}

fn titled(title: &str) -> Answers {
    Answers { title: Some(title.to_owned()), ..Answers::default() }
}

fn reading(files: &[(String, Vec<u8>)], answers: &Answers) -> Reading {
    read_files(files, answers).unwrap()
}

fn grade(profession: &FileProfession, level: Level) -> &FileGrade {
    profession.grades.iter().find(|grade| grade.level == level).unwrap()
}

/// The requirements of a grade: block, label and text.
fn asked(profession: &FileProfession, level: Level) -> Vec<(String, String, String)> {
    let text = grade(profession, level).description.clone().unwrap();
    let requirements = Description::parse(&text).requirements.into_iter();
    let shown = requirements.map(|asked| {
        let block = asked.block.as_ref().map_or(String::new(), |block| block.title.clone());
        let optional = if asked.is_optional { "Желательно: " } else { "" };
        (block, asked.label().unwrap_or_default().to_owned(), format!("{optional}{}", asked.text))
    });
    shown.collect()
}

fn row(block: &str, label: &str, text: &str) -> (String, String, String) {
    (block.into(), label.into(), text.into())
}

/// Fails unless every word of every cell that was not left out stands in the catalogue.
fn assert_nothing_lost(files: &[(String, Vec<u8>)], read: &Reading) {
    let words = |text: &str| {
        let text = text.replace(['\\', '*', '`'], "").to_lowercase();
        let words = text.split(|sign: char| !sign.is_alphanumeric()).map(str::to_owned);
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>()
    };
    let mut texts = Vec::new();
    for profession in &read.file.professions {
        texts.extend([profession.title.as_str(), &profession.summary]);
        texts.extend(profession.grades.iter().filter_map(|grade| grade.description.as_deref()));
    }
    let all = words(&texts.join("\n")).into_iter().collect::<std::collections::BTreeSet<_>>();
    let tables = read_tables(files).unwrap();
    assert_eq!(tables.len(), read.account.tables.len());
    for (table, account) in tables.iter().zip(&read.account.tables) {
        let cells = table
            .rows
            .iter()
            .enumerate()
            .flat_map(|(at, row)| row.filled().map(move |cell| (at, cell)));
        let cells = cells.collect::<Vec<_>>();
        assert_eq!(cells.len(), account.cells.len(), "{}", table.title());
        for ((at, (column, cell)), told) in cells.iter().zip(&account.cells) {
            assert_eq!(told.place, table.place(*at, *column));
            let is_kept = matches!(
                told.became,
                Became::Requirements { .. }
                    | Became::Example
                    | Became::Note(_)
                    | Became::Block
                    | Became::Competency
                    | Became::Summary
            );
            // What is only a depth in the cell is told by a label.
            if is_kept && marks::mark(&cell.text, Numbers::OfFive).is_none() {
                let marks = ["критичный", "nice", "to", "have", "br", "желательно", "summary"];
                for word in words(&cell.text).iter().filter(|word| !marks.contains(&word.as_str()))
                {
                    let is_number = word.parse::<u8>().is_ok();
                    assert!(
                        is_number || all.contains(word),
                        "{word:?} of {:?}: {:?}",
                        cell.text,
                        told.became
                    );
                }
            }
        }
    }
}

#[test]
fn a_tree_in_rows_is_read() {
    let files = sample("tree.csv");
    let read = reading(&files, &titled("Разработчик"));
    assert_nothing_lost(&files, &read);
    assert_eq!(read.account.left_out().count(), 0);
    let ladder = &read.file.professions[0];
    assert_eq!((ladder.slug.as_str(), ladder.grades.len()), ("razrabotchik", 3));
    assert_eq!(
        asked(ladder, Level::Junior)[..2],
        [
            row("Поставка", "", "Доводит небольшую задачу до выката с подсказками старших"),
            row("Поставка", "", "Делит свою работу на шаги не больше дня"),
        ]
    );
    let middle = Description::parse(grade(ladder, Level::Middle).description.as_deref().unwrap());
    assert_eq!(middle.requirements[4].examples.len(), 2);
    assert_eq!(read.file.scales, []);
}

#[test]
fn files_of_a_level_each_are_one_ladder() {
    let files = sample("levels");
    let refused = read_files(&files, &titled("Приложения")).unwrap_err();
    assert!(refused[0].message.contains("--level 'common=junior'"), "{refused:?}");
    let levels = vec![("common".into(), Some(Level::Junior))];
    let read = reading(&files, &Answers { levels, ..titled("Приложения") });
    assert_eq!(read.file.scales, []);
    assert_nothing_lost(&files, &read);
    let ladder = &read.file.professions[0];
    assert_eq!(ladder.grades.len(), 3);
    let junior = Description::parse(grade(ladder, Level::Junior).description.as_deref().unwrap());
    assert_eq!(junior.summary.unwrap().text, "Работает под присмотром наставника и быстро учится.");
    let examples =
        |at: usize| junior.requirements[at].examples.iter().map(|example| example.text.clone());
    assert_eq!(
        examples(3).collect::<Vec<_>>(),
        [
            "добавил перевод, не сломав остальные языки",
            "Собрал экран настроек за неделю",
            "Заменил старый список на новый"
        ]
    );
    assert_eq!(
        asked(ladder, Level::Middle).last().unwrap().2,
        "Желательно: Рассказывает о своей работе на встречах гильдии"
    );
}

#[test]
fn a_table_of_depths_in_windows_1251_is_read() {
    let files = sample("competencies.csv");
    let read = reading(&files, &Answers::default());
    assert_nothing_lost(&files, &read);
    let ladder = &read.file.professions[0];
    assert_eq!(
        (ladder.title.as_str(), read.account.left_out().count()),
        ("Системный администратор", 0)
    );
    assert_eq!(asked(ladder, Level::Middle).len(), 99);
    assert_eq!(asked(ladder, Level::Senior).len(), 99);
    assert_eq!(asked(ladder, Level::Middle)[0], row("Сеть", "Знакомство", "Адресация и подсети"));
    let depths = |level| {
        let text = grade(ladder, level).description.clone().unwrap();
        let kinds = Description::parse(&text).requirements.into_iter().map(|asked| asked.kind);
        kinds.map(Depth::of_label).collect::<Vec<_>>()
    };
    let count = |level, depth| depths(level).iter().filter(|found| **found == Some(depth)).count();
    let all = Depth::ALL.map(|depth| {
        [Level::Junior, Level::Middle, Level::Senior].map(|level| count(level, depth))
    });
    // 99 rows in sevens: which of them say 1, 2 and 3.
    assert_eq!(all.map(|counts| counts.iter().sum::<usize>()).iter().sum::<usize>(), 56 + 99 + 99);
    assert!(read.account.tables[0].remarks[0].contains("windows-1251"));
}

#[test]
fn a_file_a_competency_makes_a_block_each() {
    let files = sample("skills");
    let read = reading(&files, &titled("Тестировщик"));
    assert_nothing_lost(&files, &read);
    let ladder = &read.file.professions[0];
    assert_eq!(
        asked(ladder, Level::Senior),
        [
            row("Автоматизация", "", "Строит запуск проверок на каждую сборку"),
            row("Общение", "", "Защищает качество перед заказчиком"),
            row("Ручные проверки", "", "Отвечает за то, что и как проверяют все."),
        ]
    );
}

#[test]
fn own_levels_keep_their_names() {
    let files = sample("platform.md");
    let read = reading(&files, &Answers::default());
    assert_nothing_lost(&files, &read);
    let ladder = &read.file.professions[0];
    assert_eq!(
        (ladder.title.as_str(), ladder.scale.as_deref()),
        ("Инженер платформы", Some("e1-e8"))
    );
    let scale = &read.file.scales[0];
    assert_eq!(scale.title, "E1–E8");
    let titles = scale
        .levels
        .iter()
        .map(|(level, title, ..)| (level.name(), title.as_str()))
        .collect::<Vec<_>>();
    assert_eq!(titles[0], ("junior", "E1"));
    assert_eq!(titles[7], ("senior+", "E8"));
    assert_eq!(ladder.grades.len(), 8);
    assert_eq!(
        asked(ladder, Level::Senior)[2..4],
        [row("Влияние", "", "На все отделы"), row("Влияние", "", "На партнёров")]
    );
    assert!(read.account.guesses[0].contains("«E1» — джун"));
}

#[test]
fn paths_with_job_titles_are_ladders() {
    let files = sample("paths.csv");
    let read = reading(&files, &Answers::default());
    assert_nothing_lost(&files, &read);
    assert_eq!(read.account.left_out().count(), 0);
    let [analyst, support] = read.file.professions.as_slice() else { panic!("{:?}", read.file) };
    assert_eq!((analyst.title.as_str(), support.title.as_str()), ("Аналитика", "Поддержка"));
    assert_eq!(
        asked(analyst, Level::Junior)[0],
        row(
            "Исследует",
            "Источники данных",
            "Находит нужную таблицу и проверяет, откуда в ней числа"
        )
    );
    let levels = |profession: &FileProfession| {
        profession.grades.iter().map(|grade| grade.level).collect::<Vec<_>>()
    };
    assert_eq!(levels(analyst), [Level::Junior, Level::Middle, Level::Senior]);
    assert_eq!(levels(support), [Level::Junior, Level::Middle]);
    assert_ne!(analyst.scale, support.scale);
}

#[test]
fn what_a_level_means_is_asked_if_it_is_a_guess() {
    let files = sample("games.csv");
    let questions = read_files(&files, &Answers::default()).unwrap_err();
    assert_eq!(questions.len(), 1, "{questions:?}");
    assert!(questions[0].message.contains("--level 'TeamLead="), "{questions:?}");
    let levels =
        vec![("teamlead".into(), Some(Level::Senior)), ("Миддл I".into(), Some(Level::Middle))];
    let read = reading(&files, &Answers { levels, ..Answers::default() });
    assert_nothing_lost(&files, &read);
    let ladder = &read.file.professions[0];
    assert_eq!(ladder.title, "Разработчик игр");
    assert_eq!(
        asked(ladder, Level::Junior)[0],
        row("Движок", "Сцены", "Собирает сцену из готовых частей")
    );
    assert_eq!(
        asked(ladder, Level::MiddlePlus)[..2],
        [
            row("Движок", "Сцены: Ускоряет сцену", "считает кадры"),
            row("Движок", "Сцены: Ускоряет сцену", "убирает лишние слои")
        ]
    );
    assert!(asked(ladder, Level::Middle)[1].2.starts_with("Желательно: "));
    assert_eq!(asked(ladder, Level::Senior).len(), 2);
}

/// A workbook with merged cells, two rows of headings, rows that name blocks, numbers, and a hidden sheet.
fn workbook() -> Vec<u8> {
    use rust_xlsxwriter::{Format, Workbook};
    let mut book = Workbook::new();
    let plain = Format::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Дизайнер").unwrap();
    sheet.merge_range(0, 0, 0, 4, "Дизайнер интерфейсов", &plain).unwrap();
    sheet.merge_range(1, 0, 2, 0, "Компетенция", &plain).unwrap();
    sheet.merge_range(1, 1, 1, 2, "Junior", &plain).unwrap();
    sheet.merge_range(1, 3, 1, 4, "Middle", &plain).unwrap();
    for (column, text) in ["Знает", "Делает", "Знает", "Делает"].iter().enumerate()
    {
        sheet.write(2, u16::try_from(column).unwrap() + 1, *text).unwrap();
    }
    sheet.merge_range(3, 0, 3, 4, "Макеты", &plain).unwrap();
    let rows = [
        [
            "Сетка",
            "Виды сеток",
            "Собирает экран по сетке",
            "Сетки для разных экранов",
            "Заводит сетку проекта",
        ],
        ["Цвет", "Контраст", "", "Цвет и доступность", "Проверяет контраст"],
    ];
    for (at, row) in (4..).zip(rows) {
        for (column, text) in (0..).zip(row) {
            sheet.write(at, column, text).unwrap();
        }
    }
    sheet.merge_range(6, 0, 6, 4, "Люди", &plain).unwrap();
    sheet.write(7, 0, "Показ работы").unwrap();
    sheet.merge_range(7, 1, 7, 4, "Рассказывает, почему так", &plain).unwrap();
    let hidden = book.add_worksheet();
    hidden.set_name("Числа").unwrap();
    for (column, text) in (0..).zip(["Навык", "Джун", "Мидл"]) {
        hidden.write(0, column, text).unwrap();
    }
    hidden.write(1, 0, "Прототипы").unwrap();
    hidden.write(1, 1, 1).unwrap();
    hidden.write(1, 2, 2.0).unwrap();
    hidden.write(2, 0, "Исследования").unwrap();
    hidden.write(2, 1, false).unwrap();
    hidden.write(2, 2, true).unwrap();
    hidden.set_hidden(true);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_with_merged_cells_is_read() {
    let files = vec![("Дизайн.xlsx".to_owned(), workbook())];
    let tables = read_tables(&files).unwrap();
    assert_eq!(tables[1].remarks, ["Лист скрыт."]);
    assert_eq!(tables[1].rows[2].text(2), "да");
    let mut mapping = guess(&tables);
    mapping.documents = Documents::Blocks;
    mapping.title = "Дизайнер интерфейсов".into();
    let (file, account) = apply(&tables, &mapping).unwrap();
    assert_eq!(file.professions.len(), 1);
    assert_nothing_lost(&files, &Reading { file: file.clone(), account });
    let ladder = &file.professions[0];
    assert_eq!(
        asked(ladder, Level::Middle)[..3],
        [
            row("Дизайнер — Макеты", "Сетка: Знает", "Сетки для разных экранов"),
            row("Дизайнер — Макеты", "Сетка: Делает", "Заводит сетку проекта"),
            row("Дизайнер — Макеты", "Цвет: Знает", "Цвет и доступность"),
        ]
    );
    let everywhere =
        asked(ladder, Level::Junior).into_iter().filter(|asked| asked.0.ends_with("Люди"));
    assert_eq!(everywhere.count(), 2);
    assert_eq!(asked(ladder, Level::Middle).last().unwrap(), &row("Числа", "", "Исследования"));
    assert!(asked(ladder, Level::Middle).contains(&row("Числа", "Средний уровень", "Прототипы")));
}

#[test]
fn a_table_may_lie_on_its_side() {
    let files = text(
        "Логист.csv",
        "Грейд;Маршруты;Склад\nДжун;Строит по карте;1\nМидл;Считает стоимость;2\nСеньор;;3\n",
    );
    let read = reading(&files, &Answers::default());
    assert_nothing_lost(&files, &read);
    let ladder = &read.file.professions[0];
    assert_eq!(ladder.title, "Логист");
    assert_eq!(
        asked(ladder, Level::Middle),
        [row("Маршруты", "", "Считает стоимость"), row("", "Средний уровень", "Склад")]
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    assert_eq!(asked(ladder, Level::Senior), [row("", "Сильная экспертиза", "Склад")]);
}

#[test]
fn what_can_not_be_read_is_refused_in_a_sentence() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let mut locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let mut cut = workbook();
    cut.truncate(cut.len() / 2);
    let header = "Навык;Джун;Мидл\n".as_bytes().to_vec();
    for (name, bytes, part) in [
        ("a.csv", Vec::new(), "пуста"),
        ("a.xlsx", Vec::new(), "пуста"),
        ("a.csv", b"\n\n ; ;\n".to_vec(), "пуста"),
        ("a.csv", header, "ни одного требования"),
        ("a.csv", ";а".repeat(10_000).into_bytes(), "256 столбцов"),
        ("a.csv", b"a;b\n\0;c\n".to_vec(), "нулевые байты"),
        ("a.xlsx", png.clone(), "не книга"),
        ("a.csv", png, "нулевые байты"),
        ("a.xlsx", locked, "паролем"),
        ("a.xlsx", cut, "испорчен"),
        ("a.xlsx", b"PK\x03\x04nothing".to_vec(), "испорчен"),
        ("a.md", b"# a\n\ntext\n".to_vec(), "ни одного требования"),
    ] {
        let refused = read_files(&[(name.to_owned(), bytes)], &Answers::default()).unwrap_err();
        assert!(refused[0].message.contains(part), "{name}: {refused:?}");
    }
}

#[test]
fn odd_tables_are_read_all_the_same() {
    let long = "слово ".repeat(5_000);
    for (table, count) in [
        // Ragged rows.
        ("Навык;Джун;Мидл\nGit;1\nSQL;;2;;лишнее\nGo\n".to_owned(), 2),
        // A cell of 30,000 characters.
        (format!("Навык;Джун;Мидл\nGit;{long};1\n"), 2),
        // The same level twice, and the same competency twice.
        ("Навык;Джун;Junior;Мидл\nGit;1;1;2\nGit;1;;3\n".to_owned(), 3),
        // Blanks that look merged at the very beginning.
        ("Блок;Навык;Джун;Мидл\n;Git;1;2\nДанные;SQL;1;2\n;Go;;1\n".to_owned(), 5),
        // A row that only says what is nowhere asked.
        ("Навык;Джун;Мидл\nGit;-;0\nSQL;1;2\n".to_owned(), 2),
    ] {
        let files = text("a.csv", &table);
        let read = reading(&files, &titled("Проба"));
        assert_nothing_lost(&files, &read);
        let ladder = &read.file.professions[0];
        let found =
            ladder.grades.iter().map(|grade| asked(ladder, grade.level).len()).sum::<usize>();
        assert_eq!(found, count, "{}", table.chars().take(200).collect::<String>());
    }
}

#[test]
fn the_fields_of_the_guess_read_the_same() {
    for name in ["tree.csv", "levels", "competencies.csv", "skills", "platform.md", "paths.csv"] {
        let files = sample(name);
        let tables = read_tables(&files).unwrap();
        let mapping = Mapping {
            title: if name == "paths.csv" { "" } else { "Проба" }.into(),
            ..guess(&tables)
        };
        let fields = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(mapping.to_fields())
            .finish();
        let (file, account) = apply(&tables, &mapping).unwrap();
        assert_eq!(read_mapped(&files, &fields).unwrap(), Reading { file, account }, "{name}");
    }
}

proptest! {
    #[test]
    fn the_account_covers_every_cell_of_any_table(
        cells in prop::collection::vec(
            prop::collection::vec(
                prop::sample::select(vec![
                    "", "", "Джун", "Мидл", "Senior", "E1", "E2", "1", "2", "3", "-", "Git", "Пишет код", "Блок", "Навык",
                    "Уровень", "• а\n• б", "[Nice-to-have] Go", "*звёзды*", "Пример", "Требование",
                ]),
                1..6,
            ),
            0..9,
        ),
        ending in prop::sample::select(vec!["csv", "md"]),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(b';').flexible(true).from_writer(Vec::new());
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let table = if ending == "csv" {
            writer.into_inner().unwrap()
        } else {
            let parts = cells.iter().map(|row| format!("# {}", row.join("\n\n- ")));
            parts.collect::<Vec<_>>().join("\n").into_bytes()
        };
        let files = vec![(format!("a.{ending}"), table)];
        let levels = iter::empty().collect();
        if let Ok(read) = read_files(&files, &Answers { levels, ..titled("Проба") }) {
            assert_nothing_lost(&files, &read);
        }
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..400), ending in "csv|md|xlsx|ods|xls") {
        for begin in [&b""[..], b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"] {
            let bytes = [begin, &bytes].concat();
            let _ = read_files(&[(format!("a.{ending}"), bytes)], &Answers::default());
        }
    }
}
