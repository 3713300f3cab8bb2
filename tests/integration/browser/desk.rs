//! What editors do at their desk: by keyboard, with few presses of buttons and links.

use fantoccini::Locator;
use fantoccini::key::Key;
use grades::editors;
use grades::editors::service::Role;

use super::Browser;
use crate::app::{Backend, PASSWORD, TestApp, TestDatabase};

/// A site with an editor, and a browser in which the editor is signed in at a page.
async fn signed_in(path: &str, title: &str) -> (TestApp, Browser) {
    let app = TestApp::start_at(TestDatabase::on(Backend::Sqlite), None);
    editors::service::create(&app.database.open(), "ann", PASSWORD, Role::Editor).unwrap();
    let browser = Browser::open().await;
    browser.width(1280).await;
    browser.client.goto(&app.url("/admin")).await.unwrap();
    browser.sign_in("ann").await;
    browser.sees("h1", "Управление").await;
    browser.client.goto(&app.url(path)).await.unwrap();
    browser.sees("h1", title).await;
    (app, browser)
}

/// Presses links and buttons, and counts how many.
struct Presses<'a> {
    browser: &'a Browser,
    count: usize,
}

impl Presses<'_> {
    async fn on(&mut self, words: &str) {
        self.browser.tab_to(words).await;
        self.browser.press(Key::Enter).await;
        self.count += 1;
    }
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_profession_of_six_grades_is_made_from_one_text_in_few_presses() {
    let (app, browser) = signed_in("/admin", "Управление").await;
    let mut presses = Presses { browser: &browser, count: 0 };
    presses.on("Новая профессия").await;
    browser.sees("h1", "Новая профессия").await;
    browser.tab_to_id("title").await;
    browser.write("Инженер платформы").await;
    browser.tab_to_id("text").await;
    let levels = ["Стажёр", "Джун", "Джун+", "Мидл", "Мидл+", "Синьор+"];
    let text = levels.map(|level| format!("## {level}\n\n- Умеет то, что умеет {level}\n\n"));
    browser.write(&text.concat()).await;
    presses.on("Создать").await;
    browser.sees("#preview", "Что получится").await;
    presses.on("Создать").await;
    browser.sees(".notice", "Профессия создана.").await;
    assert!(presses.count <= 6, "{}", presses.count);
    let site = app.page("/professions/inzhener-platformy").await;
    assert_eq!(site.matches("<section class=\"grade\"").count(), 6);
    assert!(site.contains("умеет Синьор+"), "{site}");
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_typo_is_mended_from_the_public_page_in_few_presses() {
    let path = "/professions/front-end/middle";
    let (app, browser) = signed_in(path, "Фронтенд-разработчик: Мидл").await;
    let mut presses = Presses { browser: &browser, count: 0 };
    presses.on("Править описание").await;
    browser.sees("h1", "Фронтенд-разработчик: Мидл").await;
    browser.tab_to_id("text").await;
    let field = browser.client.find(Locator::Css("#text")).await.unwrap();
    field.send_keys(&char::from(Key::End).to_string()).await.unwrap();
    browser.write(" (исправлено)").await;
    presses.on("Сохранить").await;
    browser.sees(".notice", "Описание сохранено. Посмотреть на сайте").await;
    presses.on("Посмотреть на сайте").await;
    browser.arrives_at(path).await;
    assert!(presses.count <= 3, "{}", presses.count);
    assert!(app.page(path).await.contains("исправлено"));
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_deleted_grade_and_the_one_in_its_place_both_keep_their_texts() {
    let path = "/admin/professions/front-end/middle/delete";
    let (app, browser) = signed_in(path, "Убрать грейд Мидл?").await;
    let before = app.page("/professions/front-end/middle").await;
    assert!(before.contains("рефакторинг</a> готовых компонентов"), "{before}");
    let mut presses = Presses { browser: &browser, count: 0 };
    presses.on("Убрать").await;
    browser.sees(".notice", "Грейд убран, он в корзине. Открыть корзину").await;
    browser.tab_to_id("level").await;
    browser.write("Мидл").await;
    presses.on("Добавить грейд").await;
    browser.sees("#in-trash", "Такой грейд лежит в корзине").await;
    presses.on("Начать пустым").await;
    browser.sees(".notice", "Сохранено.").await;
    presses.on("Мидл").await;
    browser.sees("h1", "Фронтенд-разработчик: Мидл").await;
    browser.tab_to_id("text").await;
    browser.write("- Написано заново").await;
    presses.on("Сохранить").await;
    browser.sees(".notice", "Описание сохранено. Посмотреть на сайте").await;
    // The first text comes back at a level that is free.
    browser.client.goto(&app.url("/admin/trash")).await.unwrap();
    presses.on("Вернуть").await;
    browser.sees(".notice", "Возвращено из корзины.").await;
    assert!(app.page("/professions/front-end/middle").await.contains("Написано заново"));
    assert!(
        app.page("/professions/front-end").await.contains("рефакторинг</a> готовых компонентов")
    );
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_conflict_is_resolved_with_radio_buttons() {
    let path = "/admin/professions/front-end/middle";
    let (app, browser) = signed_in("/admin", "Управление").await;
    let bob = app.editor("bob").await;
    assert_eq!(bob.save(path, "1", "- Общее\n- Было\n- Ещё").await.status(), 303);
    browser.client.goto(&app.url(path)).await.unwrap();
    browser.sees("h1", "Фронтенд-разработчик: Мидл").await;
    browser.tab_to_id("text").await;
    let field = browser.client.find(Locator::Css("#text")).await.unwrap();
    field.clear().await.unwrap();
    browser.tab_to_id("text").await;
    browser.write("- Общее\n- Стало у Анны\n- Ещё").await;
    assert_eq!(bob.save(path, "2", "- Общее\n- Стало у Боба\n- Ещё").await.status(), 303);
    browser.tab_to("Сохранить").await;
    browser.press(Key::Enter).await;
    browser.sees("#conflict", "Пока вы писали, описание изменили").await;
    // The radio buttons are one stop; both are chosen, and two arrows up choose what was typed.
    for _ in 0..60 {
        browser.press(Key::Tab).await;
        if browser.ask("return document.activeElement.type").await == "radio" {
            break;
        }
    }
    browser.press(Key::Up).await;
    browser.press(Key::Up).await;
    browser.tab_to("Сохранить").await;
    browser.press(Key::Enter).await;
    browser.sees(".notice", "Описание сохранено. Посмотреть на сайте").await;
    assert_eq!(bob.read(path).await.0, "- Общее\n- Стало у Анны\n- Ещё");
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_skill_is_renamed_and_no_requirement_loses_it() {
    let (app, browser) = signed_in("/admin/skills/react", "React").await;
    let grade = "/professions/front-end/junior-plus-plus";
    let before = app.page(grade).await.matches("href=\"/skills/react\"").count();
    assert!(before > 0);
    let mut presses = Presses { browser: &browser, count: 0 };
    browser.tab_to_id("title").await;
    browser.write("React для сайтов").await;
    presses.on("Сохранить").await;
    browser.sees(".notice", "Сохранено. Посмотреть на сайте").await;
    presses.on("Посмотреть на сайте").await;
    browser.sees("h1", "React для сайтов").await;
    assert!(presses.count <= 2, "{}", presses.count);
    assert_eq!(app.page(grade).await.matches("href=\"/skills/react\"").count(), before);
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_proposal_is_made_by_one_and_published_by_another() {
    let path = "/admin/professions/front-end/middle";
    let title = "Фронтенд-разработчик: Мидл";
    let (app, browser) = signed_in(path, title).await;
    editors::service::create(&app.database.open(), "bob", PASSWORD, Role::Editor).unwrap();
    let mut presses = Presses { browser: &browser, count: 0 };
    browser.tab_to_id("text").await;
    let field = browser.client.find(Locator::Css("#text")).await.unwrap();
    field.send_keys(&char::from(Key::End).to_string()).await.unwrap();
    browser.write(" (предложено)").await;
    browser.tab_to_id("note").await;
    browser.write("Так яснее").await;
    presses.on("Предложить").await;
    browser.sees(".notice", "Предложено. Описание изменится, когда правку опубликуют.").await;
    assert!(!app.page("/professions/front-end/middle").await.contains("предложено"));
    browser.client.goto(&app.url("/admin")).await.unwrap();
    browser.sees("#own-proposals", "Мои предложения 1").await;
    presses.on("Выйти").await;

    browser.client.goto(&app.url("/admin")).await.unwrap();
    browser.sign_in("bob").await;
    browser.sees("#to-publish", "Ждут публикации 1").await;
    presses.on(title).await;
    browser.sees("#compared", "Что меняется").await;
    presses.on("Опубликовать").await;
    browser.sees(".notice", "Описание сохранено. Посмотреть на сайте").await;
    assert!(presses.count <= 4, "{}", presses.count);
    assert!(app.page("/professions/front-end/middle").await.contains("предложено"));
    assert!(app.page("/changes").await.contains("Так яснее"));
    browser.close().await;
}
