//! The form that says how the tables in files are read.

use crate::app::{Editor, TestApp, between, unescaped};
use crate::uploads::uploaded;

const TABLE: &str = "Раздел;Навык;Джун;TeamLead\nДанные;SQL;1;3\n;Поиск;2;3\n";

/// Every field of the form on a page, as a browser would send it.
fn fields(page: &str) -> Vec<(String, String)> {
    let form = between(page, "/table\">", "</form>");
    let mut fields = Vec::new();
    for tag in form.split('<').skip(1) {
        let attribute = |name: &str| {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            Some(unescaped(rest.split_once('"')?.0))
        };
        if tag.starts_with("input ") || tag.starts_with("select ") {
            if let Some(name) = attribute("name") {
                fields.push((name, attribute("value").unwrap_or_default()));
            }
        } else if tag.starts_with("option ") && tag.contains(" selected>") {
            fields.last_mut().unwrap().1 = attribute("value").unwrap();
        } else if tag.starts_with("option ") {
            // The first option is chosen if no other one is.
            let (name, value) = fields.last_mut().unwrap();
            if value.is_empty() && !name.ends_with('\u{0}') {
                value.push_str(&attribute("value").unwrap());
                name.push('\u{0}');
            }
        }
    }
    for (name, _) in &mut fields {
        *name = name.trim_end_matches('\u{0}').to_owned();
    }
    fields
}

fn with<'a>(fields: &'a [(String, String)], name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let fields = fields.iter().filter(|(found, _)| found != "token");
    let sent = fields.map(|(found, old)| (found.as_str(), if found == name { value } else { old }));
    sent.collect()
}

/// Uploads the table; returns the address of the form.
async fn form(editor: &Editor<'_>) -> String {
    let address = uploaded(editor, "Инженер данных.csv", TABLE.as_bytes()).await;
    format!("{address}/table")
}

on_both_databases! {
    async fn a_table_with_an_unknown_level_is_asked_about_and_read(app: TestApp) {
        let ann = app.editor("ann").await;
        let address = uploaded(&ann, "Инженер данных.csv", TABLE.as_bytes()).await;
        let asked = ann.get(&address).await;
        assert_eq!(asked.status(), 303);
        let table = asked.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(table, format!("{address}/table"));
        let page = ann.page(&table).await;
        for part in ["Инженер данных", "TeamLead", "догадка", "Прочитать"] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
        let fields = fields(&page);
        let track = with(&fields, "new-track", "Данные");
        let sent = ann.send(&table, &track).await;
        assert_eq!(sent.status(), 303, "{}", sent.text().await.unwrap());
        let page = ann.page(&address).await;
        for part in ["Поиск", "Знакомство: SQL", "Сильная экспертиза: SQL", "Применить"] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
        // What was chosen is there when the form is opened again.
        assert!(ann.page(&table).await.contains("value=\"Данные\""));
    }

    async fn what_is_wrong_stands_beside_its_field_and_nothing_is_lost(app: TestApp) {
        let ann = app.editor("ann").await;
        let table = form(&ann).await;
        let page = ann.page(&table).await;
        let read = fields(&page);
        for (name, value, part) in [
            ("slug", "Не адрес", "slug-error"),
            ("title", "", "title-error"),
            ("new-track", "—", "new-track-error"),
        ] {
            let answer = ann.send(&table, &with(&read, name, value)).await;
            assert_eq!(answer.status(), 422, "{name}");
            let page = answer.text().await.unwrap();
            assert!(page.contains(part), "{part} is not in {page}");
            assert!(page.contains(&format!("value=\"{value}\"")), "{page}");
        }
        let none = read.iter().map(|(name, value)| {
            (name.as_str(), if name.starts_with("column-0") { "skip" } else { value.as_str() })
        });
        let answer = ann.send(&table, &none.filter(|(name, _)| *name != "token").collect::<Vec<_>>()).await;
        assert_eq!(answer.status(), 422);
    }

    async fn another_direction_guesses_the_columns_anew(app: TestApp) {
        let ann = app.editor("ann").await;
        let table = form(&ann).await;
        let read = fields(&ann.page(&table).await);
        let answer = ann.send(&table, &with(&read, "across-0", "yes")).await;
        assert_eq!(answer.status(), 200);
        let page = answer.text().await.unwrap();
        assert!(page.contains("Столбцы разобраны заново"), "{page}");
        let again = fields(&page);
        let back = ann.send(&table, &with(&again, "across-0", "")).await;
        let (first, back) = (read, fields(&back.text().await.unwrap()));
        let shown = |fields: Vec<(String, String)>| {
            fields.into_iter().filter(|(name, _)| name.starts_with("column-")).collect::<Vec<_>>()
        };
        assert_eq!(shown(first), shown(back));
    }

    async fn only_the_sender_says_how_a_table_is_read(app: TestApp) {
        let ann = app.editor("ann").await;
        let table = form(&ann).await;
        let bob = app.editor("bob").await;
        assert_eq!(bob.get(&table).await.status(), 404);
        assert_eq!(bob.send(&table, &[("layout-0", "skip")]).await.status(), 404);
        assert_eq!(ann.send(&table, &[("title", "Инженер")]).await.status(), 400);
        let broken = uploaded(&ann, "a.xlsx", b"PK\x03\x04nothing").await;
        let page = ann.get(&format!("{broken}/table")).await;
        assert_eq!(page.status(), 422);
        assert!(page.text().await.unwrap().contains("Файл испорчен"));
    }

    async fn an_empty_table_is_one_click_away(app: TestApp) {
        let ann = app.editor("ann").await;
        let page = ann.page("/admin/transfer").await;
        for (ending, begin) in [("csv", "\u{feff}Раздел;Компетенция;Стажёр;Джун;".as_bytes()), ("xlsx", b"PK")] {
            let address = format!("/admin/transfer/template.{ending}");
            assert!(page.contains(&format!("href=\"{address}\"")), "{page}");
            let file = ann.get(&address).await.bytes().await.unwrap();
            assert!(file.starts_with(begin), "{ending}");
        }
    }
}
