//! Documents and tables that hold ladders and no more: what descriptions mean comes back.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::*;
use crate::ladder::Description;

/// What ladders mean.
type Meaning = Vec<(String, Option<String>, Vec<(Level, Option<Description>)>)>;

fn meaning(file: &CatalogueFile) -> Meaning {
    let grade = |grade: &FileGrade| {
        let description = grade.description.as_deref().map(Description::parse);
        // A text of which nothing is seen says nothing.
        (grade.level, description.filter(|read| *read != Description::default()))
    };
    let profession = |profession: &FileProfession| {
        let grades = profession.grades.iter().map(grade).collect();
        (profession.slug.clone(), profession.track.clone(), grades)
    };
    file.professions.iter().map(profession).collect()
}

/// The whole text that a person wrote in a usual way.
const TYPED: &str = "Ведёт проект.\n\n## Код\n\n- Сильная экспертиза: `git rebase`, **Docker**\n  - поднял стенд\n- Желательно: Знакомство: [Go](https://go.dev/)\n- Инструменты:\n  - webpack\n  - gulp\n\nЭто важно.\n\n## Люди\n\n- Наставничество: растит джуна";

fn typed() -> CatalogueFile {
    let grade = |level, description: Option<&str>| FileGrade {
        level,
        description: description.map(str::to_owned),
        row_ids: Vec::new(),
        place: None,
    };
    CatalogueFile {
        tracks: vec![FileTrack {
            slug: "web".into(), title: "Веб | все".into(), place: None
        }],
        scales: vec![FileScale {
            slug: "tl".into(),
            title: "Лиды".into(),
            levels: vec![(Level::Senior, "TL2".into(), "tl2".into(), true)],
            place: None,
        }],
        professions: vec![
            FileProfession {
                is_draft: false,
                slug: "lead".into(),
                title: "C# *лид*".into(),
                summary: "Ведёт — и `пишет`".into(),
                track: Some("web".into()),
                scale: Some("tl".into()),
                includes: Some(FileIncludes {
                    profession: "dev".into(),
                    up_to: Some(Level::Middle),
                }),
                grades: vec![grade(Level::Senior, Some(TYPED))],
                place: None,
            },
            FileProfession {
                slug: "dev".into(),
                title: "Разработчик".into(),
                track: Some("web".into()),
                grades: vec![
                    grade(Level::Junior, None),
                    grade(Level::Middle, Some("- =1+1\n- Git")),
                ],
                ..FileProfession::default()
            },
            FileProfession {
                slug: "empty".into(),
                title: "Пусто".into(),
                ..FileProfession::default()
            },
        ],
        ..CatalogueFile::default()
    }
}

#[test]
fn a_document_says_what_is_said_of_a_ladder_and_is_read_back() {
    let file = typed();
    let written = String::from_utf8(write(Format::Markdown, &file).unwrap()).unwrap();
    let beginning = "# C\\# \\*лид\\*\n\nВедёт — и \\`пишет\\`\n\n| | |\n| --- | --- |\n| Адрес | `lead` |\n\
                     | Направление | Веб \\| все (`web`) |\n| Шкала | `tl` |\n\
                     | Включает | `dev` до middle |\n\n## TL2 (senior)\n\nВедёт проект.\n\n#### Код\n";
    assert!(written.starts_with(beginning), "{written}");
    assert!(written.contains("\n\n## Джун\n\n## Мидл\n\n- =1+1\n- Git\n"), "{written}");
    assert!(is_own(Format::Markdown, written.as_bytes()));
    let read = without_places(read(Format::Markdown, written.as_bytes()).unwrap());
    assert_eq!(read, CatalogueFile { scales: Vec::new(), ..file });
}

#[test]
fn one_ladder_is_read_in_any_usual_spelling_and_every_fault_is_told() {
    let ladder =
        read_ladder("# Повар\n\n## junior+\n\n- Варит\n\n## Миддл II\n\n### Мясо\n\n- Жарит\n")
            .unwrap();
    let levels = ladder.grades.iter().map(|grade| grade.level).collect::<Vec<_>>();
    assert_eq!((levels, ladder.slug.as_str()), (vec![Level::JuniorPlus, Level::MiddlePlus], ""));
    assert_eq!(ladder.grades[1].description.as_deref(), Some("# Мясо\n\n- Жарит"));
    let errors = read_ladder("# \n\n## Мясо\n\n## Джун\n\n## джуниор\n").unwrap_err();
    let errors = errors.iter().map(FileError::to_string).collect::<Vec<_>>();
    assert_eq!(
        errors,
        [
            "1:1: Название — от 1 до 100 знаков.",
            "3:1: «Мясо» — не уровень. Заголовок ## называет уровень: ## Джун+.",
            "7:1: Уровень junior уже есть выше.",
        ]
    );
}

#[test]
fn a_table_has_a_row_for_each_requirement_and_is_read_back() {
    let file = typed();
    let bytes = write(Format::Csv, &file).unwrap();
    let written = String::from_utf8(bytes.clone()).unwrap();
    assert!(written.starts_with("\u{feff}Направление;Адрес направления;"), "{written}");
    assert!(
        written.contains(";Мидл") || written.contains(";middle;требование;;;'=1+1;"),
        "{written}"
    );
    assert!(written.contains("Сильная экспертиза;"), "{written}");
    assert!(!written.contains("весь текст"), "{written}");
    assert!(is_own(Format::Csv, &bytes));
    let found = read(Format::Csv, &bytes).unwrap();
    assert_eq!(meaning(&found), meaning(&file));
    let [lead, dev, empty] = found.professions.as_slice() else { panic!() };
    assert_eq!(lead.includes, file.professions[0].includes);
    assert_eq!((lead.scale.as_deref(), lead.summary.as_str()), (Some("tl"), "Ведёт — и `пишет`"));
    assert_eq!(dev.grades[0].description, None);
    assert!(empty.grades.is_empty());
    assert_eq!(lead.grades[0].row_ids.len(), 5);
    assert!(lead.grades[0].row_ids.iter().all(|row| row.id == row.present_id));
    // As Excel in another language and a person save it.
    let other = written.replace(';', "\t").replace("\r\n", "\n").replace("webpack", "Vite");
    let found = read(Format::Csv, other.as_bytes()).unwrap();
    let changed =
        found.professions[0].grades[0].row_ids.iter().filter(|row| row.id != row.present_id);
    assert_eq!(changed.count(), 1);
}

#[test]
fn every_fault_of_a_table_is_told_with_its_place() {
    let text = "Адрес профессии;Уровень;Текст;Цвет;Уровень\nПовар;junior;Варит\ncook;boss;Варит\ncook;junior;\n";
    let errors = read(Format::Csv, text.as_bytes()).unwrap_err();
    let places = errors.iter().map(|error| error.place.map(|place| (place.line, place.column)));
    let places = places.map(Option::unwrap).collect::<Vec<_>>();
    assert_eq!(places, [(1, 4), (1, 5), (2, 1), (3, 2), (4, 3)], "{errors:?}");
}

#[test]
fn a_workbook_has_a_sheet_for_each_profession_and_no_formula() {
    let mut file = typed();
    for (at, title) in ["[Он]: *a/b\\?'", "History", "'"].into_iter().enumerate() {
        file.professions[at].title = title.into();
    }
    let long = "Очень длинное название профессии, которое не поместится".to_owned();
    for slug in ["long", "longer"] {
        let profession =
            FileProfession { slug: slug.into(), title: long.clone(), ..FileProfession::default() };
        file.professions.push(profession);
    }
    let bytes = write(Format::Xlsx, &file).unwrap();
    assert_eq!(bytes, write(Format::Xlsx, &file).unwrap());
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    assert_eq!(names[..3], ["Он a b", "dev", "empty"]);
    assert!(names[3].encode_utf16().count() <= 31 && names[3] != names[4], "{names:?}");
    let sheet = book.worksheet_range("Он a b").unwrap();
    let cell = |row, column| sheet.get_value((row, column)).map(ToString::to_string);
    assert_eq!((cell(0, 0).as_deref(), cell(0, 1).as_deref()), (Some("Раздел"), Some("TL2")));
    assert_eq!(
        (cell(1, 0).as_deref(), cell(1, 1).as_deref()),
        (Some("Кратко"), Some("Ведёт проект."))
    );
    assert_eq!(cell(2, 0).as_deref(), Some("Код"));
    let sheet = book.worksheet_range("dev").unwrap();
    assert_eq!(sheet.get_value((1, 2)), Some(&Data::String("- =1+1\n- Git".into())));
    for name in names {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name}");
    }
}

#[test]
fn no_cell_of_a_table_is_a_formula() {
    let mut file = typed();
    let inputs = [
        "=HYPERLINK(\"http://a.b\";\"c\")",
        "+7",
        "-1",
        "@SUM(1)",
        "＝1",
        "«=1",
        "'=1",
        "''",
        "'x",
    ];
    for input in inputs {
        file.professions[1].title = input.into();
        file.professions[1].summary = input.into();
        for format in [Format::Csv, Format::MatrixCsv] {
            let written = String::from_utf8(write(format, &file).unwrap()).unwrap();
            let mut reader = ::csv::ReaderBuilder::new();
            let mut reader =
                reader.delimiter(b';').has_headers(false).from_reader(written.as_bytes());
            for record in reader.records() {
                for cell in &record.unwrap() {
                    assert_eq!(clean::as_words(clean::of_words(cell)), cell, "{input}");
                    let bare = cell.trim_start_matches('\u{feff}');
                    assert!(!bare.starts_with(clean::FORMULA), "{input}: {cell}");
                }
            }
        }
        let written = write(Format::Csv, &file).unwrap();
        assert_eq!(read(Format::Csv, &written).unwrap().professions[1].title, input);
    }
}

proptest! {
    #[test]
    fn documents_keep_what_ladders_mean(file in catalogue()) {
        prop_assume!(!file.professions.is_empty());
        let written = write(Format::Markdown, &file).unwrap();
        let read = read(Format::Markdown, &written).map_err(|errors| format!("{errors:?}"));
        let text = String::from_utf8_lossy(&written);
        prop_assert_eq!(read.map(|read| meaning(&read)), Ok(meaning(&file)), "{}", text);
    }

    #[test]
    fn tables_keep_what_ladders_mean(file in catalogue()) {
        let written = write(Format::Csv, &file).unwrap();
        let read = read(Format::Csv, &written).map_err(|errors| format!("{errors:?}"));
        let text = String::from_utf8_lossy(&written);
        prop_assert_eq!(read.map(|read| meaning(&read)), Ok(meaning(&file)), "{}", text);
    }

    #[test]
    fn cells_come_back_as_they_were(cell in "(['\"«=+@\t -]|.){0,6}") {
        let written = clean::as_words(&cell);
        prop_assert_eq!(clean::of_words(&written), &cell);
    }

    #[test]
    fn workbooks_are_written_of_any_catalogue(file in catalogue()) {
        for format in [Format::Xlsx, Format::MatrixCsv] {
            prop_assert!(write(format, &file).is_ok());
        }
    }
}
