//! What people are told of files that can't be read.

use super::*;

fn told(format: Format, text: &str) -> Vec<String> {
    read(format, text.as_bytes()).unwrap_err().iter().map(FileError::to_string).collect()
}

#[test]
fn every_fault_of_a_toml_file_is_told_with_its_place() {
    let text = r#"covers = "half"

[track]
slug = "Веб"

[[profession]]
slug = "front-end"
title = ""
sumary = "x"
includes = "front-end"

[[profession.grade]]
level = "jun"

[[profession.grade]]
level = "junior"
description = "a\u0000b"

[[profession.grade]]
level = "junior"
description = 5

[[profession]]
slug = "front-end"
title = "Фронтенд"
grade = "нет"
"#;
    assert_eq!(
        told(Format::Toml, text),
        [
            "1:10: covers не бывает «half»: бывает professions, tracks или everything.",
            "3:1: Не хватает поля title.",
            "4:8: «Веб» не годится в адрес: нужны строчные латинские буквы, цифры и дефис, от 1 до 100 знаков.",
            "6:1: Профессия front-end включает сама себя.",
            "8:9: Поле title пустое.",
            "9:1: Поля «sumary» здесь не бывает. Бывают: slug, title, summary, track, scale, is_draft, includes, grade.",
            "13:9: Уровня «jun» нет. Есть: intern, junior, junior+, junior++, middle, middle+, middle++, senior, senior+, senior++.",
            "17:15: В тексте есть управляющие знаки.",
            "19:1: Уровень junior уже есть в строке 15.",
            "21:15: Здесь нужна строка в кавычках.",
            "23:1: Профессия front-end уже есть в строке 6.",
            "26:9: Здесь нужен список.",
        ]
    );
}

#[test]
fn a_file_that_is_no_toml_and_no_json_is_told_where() {
    let faults = told(Format::Toml, "a = 1\na = 2\nb = \"\n");
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert_eq!(faults[0], "2:1: Это поле здесь уже есть.");
    assert!(faults[1].starts_with("3:"), "{faults:?}");
    let faults = told(Format::Json, "{\n  \"Привет\": [1,]\n}");
    assert_eq!(faults, ["2:16: Это не JSON: expected value."]);
    let faults = read(Format::Json, b"{\"a\":\n\"\xff\"}").unwrap_err();
    assert_eq!(faults[0].place, Some(Place { line: 2, column: 2 }));
}

#[test]
fn every_fault_of_a_json_file_is_told_with_its_place() {
    let text = r#"[
  {"slug": "a", "title": "А", "version": 3, "grades": [
    {"level_name": "junior", "description": null, "summary": null, "requirements": [{}]},
    {"level_name": "middle", "text": "ы"}
  ]},
  {"slug": "a", "slug": "b", "title": 1.5, "track": null, "includes": {"slug": "c", "up_to": "boss"}}
]"#;
    assert_eq!(
        told(Format::Json, text),
        [
            "4:30: Поля «text» здесь не бывает. Бывают: level_name, description.",
            "6:3: Профессия a уже есть в строке 2.",
            "6:17: Поле slug уже есть выше.",
            "6:39: Здесь нужна строка в кавычках.",
            "6:94: Уровня «boss» нет. Есть: intern, junior, junior+, junior++, middle, middle+, middle++, senior, senior+, senior++.",
        ]
    );
}

#[test]
fn what_the_api_answers_is_read() {
    let one = r#"{"profession_id": 1, "slug": "a", "title": "А", "summary": "", "track": "web", "scale": null,
        "includes": null, "grades": [], "version": 1, "created_at": "2026", "updated_at": "2026"}"#;
    for text in
        [one.to_owned(), format!("[{one}]"), format!("{{\"items\": [{one}], \"next\": null}}")]
    {
        let file = read(Format::Json, text.as_bytes()).unwrap();
        assert_eq!(file.covers, Covers::Professions);
        assert_eq!(file.professions.len(), 1);
        assert_eq!(file.professions[0].track.as_deref(), Some("web"));
    }
}

#[test]
fn a_whole_catalogue_names_nothing_that_is_not_in_it() {
    let text = "covers = \"everything\"\n\n[[profession]]\nslug = \"a\"\ntitle = \"А\"\ntrack = \"b\"\nscale = \"c\"\nincludes = \"d\"\n";
    assert_eq!(
        told(Format::Toml, text),
        [
            "3:1: Направления b в файле нет.",
            "3:1: Шкалы c в файле нет.",
            "3:1: Профессии d в файле нет.",
        ]
    );
}
