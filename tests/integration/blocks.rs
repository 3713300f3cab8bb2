//! Descriptions with a summary, blocks, examples and optional requirements, on every page that shows them.

use grades::graders::service::catalogue::TrackFile;
use serde_json::Value;

use crate::app::{Backend, TestApp};

const CATALOGUE: &str = r#"
track = { slug = "play", title = "Игры" }

[[profession]]
slug = "games"
title = "Разработчик игр"
summary = ""

[[profession.grade]]
level = "junior"
description = """
Делает механики **сам**.

- Git

## Технологии

- Знакомство: Docker
  - собирает образы
  - читает чужой Dockerfile
- Желательно: Rust

Спрашивает, если застрял.

## Влияние

- Помогает тестировщикам
"""

[[profession.grade]]
level = "middle"
description = """
## Влияние

- Ведёт встречи

## Технологии

- Сильная экспертиза в делах:
  - Docker
- Желательно:
  - Опыт: год с PostgreSQL
"""
"#;

fn site() -> TestApp {
    let catalogue = TrackFile::read(CATALOGUE).unwrap();
    TestApp::with_catalogue(Backend::Sqlite, &[catalogue])
}

/// Words of a page in the order in which they stand.
#[track_caller]
fn in_order(page: &str, words: &[&str]) {
    let page = page.replace("&nbsp;", " ").replace('\u{a0}', " ");
    let mut rest = page.as_str();
    for word in words {
        let Some((_, after)) = rest.split_once(word) else { panic!("{word:?} not in {rest}") };
        rest = after;
    }
}

#[actix_web::test]
async fn the_grade_and_its_ladder_show_blocks_in_the_order_of_the_text() {
    let app = site();
    for path in ["/professions/games/junior", "/professions/games"] {
        let page = app.page(path).await;
        in_order(
            &page,
            &[
                "Делает механики <strong>сам</strong>.",
                "Git</a></li>",
                "Технологии</h",
                "<span class=\"label\">Знакомство:</span>",
                "2 примера</summary>",
                "собирает образы",
                "<span class=\"wish\">желательно</span>",
                "Спрашивает, если застрял.",
                "Влияние</h",
                "Помогает <a",
            ],
        );
        assert!(!page.contains("class=\"notes\">\n<p>Технологии"), "{page}");
    }
    let page = app.page("/professions/games").await;
    in_order(&page, &["Кратко</th>", "Джун</a>", "Делает механики", "Мидл</a>", "+3", "</table>"]);
    let grade = app.page("/professions/games/junior").await;
    in_order(&grade, &["name=\"description\"", "Делает механики сам."]);
    in_order(&grade, &["Что добавит", "Влияние</h3>", "Ведёт встречи", "Технологии</h3>"]);
    let higher = app.page("/professions/games/middle").await;
    in_order(
        &higher,
        &["Сильная экспертиза в делах:</span>", "Требования предыдущих", "Технологии</h4>"],
    );
}

#[actix_web::test]
async fn the_self_check_asks_by_block_and_counts_no_wishes_and_no_examples() {
    let app = site();
    let page = app.page("/check?profession=games&grade=middle").await;
    in_order(&page, &["class=\"lead\">4 требования", "Ещё 2 желательны."]);
    in_order(
        &page,
        &[
            "class=\"block-index\"",
            "href=\"#from-junior\"",
            "href=\"#from-junior-2\">Технологии",
            "href=\"#from-middle-1\">Влияние",
            "id=\"from-junior\"",
            "id=\"from-junior-2\">Технологии",
            "id=\"from-middle-1\">Влияние",
        ],
    );
    assert_eq!(page.matches("<fieldset ").count(), 6, "{page}");
    let lower = app.page("/check?profession=games&grade=junior").await;
    in_order(&lower, &["Технологии</h3>", "2 примера", "собирает образы"]);
    let result = app.page("/check?profession=games&grade=middle&yes=").await;
    in_order(
        &result,
        &["Осталось 4 требования из 4", "Влияние <span", "Желательно <span class=\"number\">2"],
    );
}

#[actix_web::test]
async fn the_sheet_groups_its_rows_and_keeps_wishes_apart() {
    let app = site();
    let sheet = app.page("/defence?profession=games&grade=junior").await;
    in_order(
        &sheet,
        &[
            "Новое на грейде джун",
            "<td>1</td>",
            "scope=\"rowgroup\" colspan=\"8\">Технологии",
            "<td>2</td>",
            "собирает образы",
            "Влияние",
            "<td>3</td>",
            "<caption>Желательно",
            "<td>4</td>",
        ],
    );
    let file = app.get("/defence.md?profession=games&grade=junior").await.text().await.unwrap();
    in_order(
        &file,
        &[
            "| 1 | Git",
            "**Технологии**",
            "| 2 | Знакомство: Docker<br>– собирает образы",
            "## Желательно",
        ],
    );
}

#[actix_web::test]
async fn tables_comparisons_plans_and_search_know_blocks() {
    let app = site();
    let matrix = app.page("/matrix?profession=games").await;
    in_order(&matrix, &["rowgroup", "Технологии</th>", ">Docker</a>"]);
    let csv = app.get("/matrix.csv?profession=games").await.text().await.unwrap();
    in_order(&csv, &["Раздел,Навык,Категория,Джун,Мидл", "Технологии,Docker,"]);
    let compared = app.page("/compare?from=games/junior&to=games/middle").await;
    in_order(
        &compared,
        &["Глубже", "class=\"block\"", "Технологии</th>", "Docker", ", Влияние</span>"],
    );
    let plan = app.page("/plan?profession=games&grade=junior&since=2026-06-01&to=middle").await;
    in_order(&plan, &["Влияние</h3>", "Ведёт встречи", "Технологии</h3>", "желательно</span>"]);
    let search = app.page("/search?q=чужой").await;
    in_order(&search, &["Docker", "читает <mark>чужой", "Джун, Технологии"]);
}

#[actix_web::test]
async fn programs_read_summaries_blocks_examples_and_wishes() {
    let app = site();
    let body = app.get("/api/v1/graders/professions/games?accumulated=true").await;
    let body: Value = serde_json::from_str(&body.text().await.unwrap()).unwrap();
    let grade = &body["grades"][0];
    assert_eq!(grade["summary"], "Делает механики сам.");
    assert_eq!(grade["notes"], serde_json::json!(["Спрашивает, если застрял."]));
    let asked = &grade["requirements"];
    assert_eq!(asked[0]["block"], Value::Null);
    assert_eq!(asked[1]["block"], "Технологии");
    assert_eq!(asked[1]["label"], "Знакомство");
    assert_eq!(asked[1]["examples"].as_array().unwrap().len(), 2);
    assert_eq!((&asked[1]["optional"], &asked[2]["optional"]), (&false.into(), &true.into()));
    let higher = &body["grades"][1]["requirements"];
    assert_eq!(higher[1]["kind"], "strong_expertise");
    assert_eq!(higher[1]["label"], "Сильная экспертиза в делах");
    assert_eq!(body["grades"][1]["summary"], Value::Null);
}

#[actix_web::test]
async fn the_preview_shows_what_will_be_read_and_a_page_explains_it() {
    let app = site();
    let editor = app.editor("anna").await;
    let (_, version) = editor.read("/admin/professions/games/middle").await;
    let text = "Кратко.\n\n# Новый раздел\n\n- Git\n  - пример\n- Желательно: SSH";
    let form = [("version", &*version), ("text", text), ("action", "preview")];
    let preview = editor.send("/admin/professions/games/middle", &form).await.text().await.unwrap();
    in_order(
        &preview,
        &[
            "Что получится",
            "class=\"summary\">Кратко.",
            "Новый раздел</h3>",
            "пример",
            "желательно</span>",
        ],
    );
    let page = editor.page("/admin/formatting").await;
    assert_eq!(page.matches("class=\"source\"").count(), 5);
    in_order(&page, &["## Влияние", "Влияние</h3>", "2 примера", "желательно</span>"]);
    assert!(editor.page("/admin/professions/games/middle").await.contains("/admin/formatting"));
    assert_ne!(app.get("/admin/formatting").await.status(), 200);
}
