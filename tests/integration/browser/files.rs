//! Releases and files by keyboard.

use std::fs;

use tempfile::TempDir;

use super::*;

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn an_owner_names_a_release_and_corrects_an_effect_by_keyboard() {
    let app = TestApp::start_at(TestDatabase::on(Backend::Sqlite), None);
    let ann = app.owner("ann").await;
    assert_eq!(ann.save(GRADE, "1", "- Git").await.status(), 303);
    let browser = Browser::open().await;
    browser.client.goto(&app.url("/admin/releases")).await.unwrap();
    browser.sign_in("ann").await;
    browser.sees("h1", "Выпуски").await;

    browser.tab_to("Назвать выпуск").await;
    browser.press(Key::Enter).await;
    browser.sees("#errors", "Исправьте ошибки").await;
    browser.tab_to(&browser.text(".error-summary a").await).await;
    browser.press(Key::Enter).await;
    assert_eq!(browser.ask("return document.activeElement.id").await, "name");
    browser.write("2026.1").await;
    browser.press(Key::Enter).await;
    browser.sees(".notice", "Выпуск назван.").await;
    browser.tab_to("2026.1").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Выпуск 2026.1").await;
    browser.tab_to("Что изменилось с тех пор").await;
    browser.press(Key::Enter).await;
    browser.sees(".absent", "В лестницах ничего не изменилось.").await;

    browser.tab_to("Изменения").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Изменения").await;
    browser.tab_to("Исправить оценку").await;
    browser.press(Key::Enter).await;
    browser.tab_to_id("effect").await;
    browser.press(Key::End).await;
    browser.tab_to("Сохранить").await;
    browser.press(Key::Enter).await;
    browser.sees(".notice", "Сохранено. Так теперь написано на странице изменений.").await;
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_day_that_cannot_be_shown_is_corrected_by_keyboard() {
    let app = TestApp::on(Backend::Sqlite);
    let browser = Browser::open().await;
    browser.client.goto(&app.url("/professions/front-end/junior")).await.unwrap();
    browser.tab_to_id("at").await;
    browser.write("31.02.2026").await;
    browser.press(Key::Enter).await;
    browser.sees("#errors", "Исправьте ошибки").await;
    browser.tab_to(&browser.text(".error-summary a").await).await;
    browser.press(Key::Enter).await;
    assert_eq!(browser.ask("return document.activeElement.id").await, "at");
    browser.press(Key::End).await;
    for _ in 0..10 {
        browser.press(Key::Backspace).await;
    }
    browser.write("01.02.2026").await;
    browser.press(Key::Enter).await;
    browser.sees(".past strong", "Так было до первой правки").await;
    browser.tab_to("Как сейчас").await;
    browser.press(Key::Enter).await;
    browser.arrives_at("/professions/front-end/junior").await;
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_table_is_read_and_applied_by_keyboard() {
    let app = TestApp::start_at(TestDatabase::on(Backend::Sqlite), None);
    editors::service::create(&app.database.open(), "ann", PASSWORD, Role::Editor).unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("Инженер данных.csv");
    fs::write(&file, "Навык;Джун;TeamLead\nSQL;1;3\nПоиск;2;3\n").unwrap();
    let browser = Browser::open().await;
    browser.width(1280).await;
    browser.client.goto(&app.url("/admin/transfer")).await.unwrap();
    browser.sign_in("ann").await;
    browser.sees("h1", "Файлы").await;

    browser.tab_to("Загрузить").await;
    browser.press(Key::Enter).await;
    browser.sees(".error-summary a", "Выберите хотя бы один файл.").await;
    browser.tab_to("Выберите хотя бы один файл.").await;
    browser.press(Key::Enter).await;
    assert_eq!(browser.ask("return document.activeElement.id").await, "files");
    browser.write(file.to_str().unwrap()).await;
    browser.tab_to("Загрузить").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Как читать таблицу").await;

    // The fields of a table stand below each other, and the focus goes down the page.
    let edges = "return new Set([...document.querySelectorAll('.table-read > .field')]
                 .map(field => field.getBoundingClientRect().left)).size";
    assert_eq!(browser.ask(edges).await, json!(1));
    let backwards = "const tops = [...document.querySelectorAll('main :is(input:not([type=hidden]), select, button, [tabindex=\"0\"])')]
                     .map(field => field.getBoundingClientRect().top);
                     return tops.filter((top, at) => at > 0 && top < tops[at - 1] - 9).length";
    assert_eq!(browser.ask(backwards).await, json!(0));
    browser.tab_to_id("level-1").await;
    browser.press(Key::End).await;
    browser.tab_to("Прочитать").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Что изменят файлы").await;
    browser.tab_to_id("mode").await;
    browser.press(Key::Home).await;
    browser.tab_to("Сравнить").await;
    browser.press(Key::Enter).await;
    browser.arrives_at("?mode=add").await;
    browser.tab_to("Применить").await;
    browser.press(Key::Enter).await;
    browser.sees(".notice", "Загружено. Что изменилось, видно в истории каждой профессии.").await;
    assert!(app.page("/").await.contains("Инженер данных"));
    browser.close().await;
}
