//! Editing descriptions: neither saved nor typed text is lost.

use reqwest::{Method, Response};

use crate::app::{
    Backend, Editor, PASSWORD, TestApp, between, header, session_cookie, typed, unescaped,
};

const GRADE: &str = "/admin/professions/front-end/middle";
const PUBLIC: &str = "/professions/front-end/middle";

/// The target of the redirect after a successful form.
async fn led_to(answer: Response) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

async fn refused(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    answer.text().await.unwrap()
}

on_both_databases! {
    async fn a_saved_description_is_on_the_site_immediately(app: TestApp) {
        let before = app.page(PUBLIC).await;
        let ann = app.editor("ann").await;
        let (text, version) = ann.read(GRADE).await;
        assert_eq!(version, "1");
        let text = format!("- Опыт: пишет на Rust\r\n\r\n{}\r\n", text.replace('\n', "\r\n"));
        let answer = ann.save(GRADE, &version, &text).await;
        assert_eq!(led_to(answer).await, format!("{GRADE}?done=saved"));
        assert!(ann.page(&format!("{GRADE}?done=saved")).await.contains("Описание сохранено."));
        let after = app.page(PUBLIC).await;
        assert!(!before.contains("пишет на\u{a0}Rust"));
        assert!(after.contains("<span class=\"label\">Опыт:</span> пишет на\u{a0}Rust</li>"));
        let (stored, version) = ann.read(GRADE).await;
        assert_eq!(version, "2");
        assert!(!stored.contains('\r') && stored.starts_with("- Опыт: пишет на Rust\n\n"));
    }

    async fn a_description_can_be_added_and_removed(app: TestApp) {
        let ann = app.editor("ann").await;
        let path = "/admin/professions/postgresql-admin/junior";
        led_to(ann.save(path, "1", "- Пишет запросы").await).await;
        let page = "/professions/postgresql-admin/junior";
        assert!(app.page(page).await.contains("Пишет запросы"));
        // Emptying it is asked about once.
        let asked = refused(ann.save(path, "2", " \r\n ").await, 422).await;
        assert!(asked.contains("Описание исчезнет") && app.page(page).await.contains("Пишет запросы"));
        let form = [("version", "2"), ("text", " \r\n "), ("confirmed", "yes"), ("action", "save")];
        led_to(ann.send(path, &form).await).await;
        assert!(app.page(page).await.contains("Этот грейд ещё не&nbsp;описан."));
    }

    async fn a_preview_shows_the_parsed_text_and_saves_nothing(app: TestApp) {
        let ann = app.editor("ann").await;
        let form = [
            ("version", "1"),
            ("text", "- Принцип: KISS\n- <b>Десять лет</b>\n- <script>\n\nЗачем это"),
            ("note", "проба"),
            ("action", "preview"),
        ];
        let answer = ann.send(GRADE, &form).await;
        assert_eq!(answer.status(), 200);
        let page = answer.text().await.unwrap();
        let preview = between(&page, "id=\"preview\"", "</section>");
        assert!(preview.contains("3\u{a0}требования, 1\u{a0}комментарий"), "{preview}");
        let kiss = "<span class=\"label\">Принцип:</span> <a href=\"/skills/kiss\">KISS</a></li>";
        assert!(preview.contains(kiss), "{preview}");
        assert!(preview.contains("Навыки: KISS,"), "{preview}");
        let without = between(preview, "Навык не&nbsp;найден:", "</ul>");
        assert_eq!(without.matches("<li>").count(), 1, "{without}");
        assert!(preview.contains("&lt;b&gt;") && !page.contains("<script") && !page.contains("<b>"));
        assert_eq!(typed(&page), (form[1].1.to_owned(), "1".to_owned()));
        assert!(page.contains("value=\"проба\""));
        assert_eq!(ann.read(GRADE).await.1, "1");
    }

    async fn concurrent_edits_of_different_lines_are_merged(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let (text, version) = ann.read(GRADE).await;
        let of_ann = text.replace("Создаёт компоненты React", "Создаёт и описывает компоненты");
        let of_bob = format!("{text}\n\nДобавлено Бобом.");
        led_to(ann.save(GRADE, &version, &of_ann).await).await;
        let page = refused(bob.save(GRADE, &version, &of_bob).await, 409).await;
        assert!(page.contains("Пока вы&nbsp;писали, описание изменили"));
        assert!(page.contains("не&nbsp;пересекаются") && !page.contains("type=\"radio\""), "{page}");
        let (merged, now) = typed(&page);
        assert!(merged.contains("Создаёт и описывает компоненты"), "{merged}");
        assert!(merged.contains("Добавлено Бобом."), "{merged}");
        // Nothing is stored until the merged text is saved.
        assert_eq!(ann.read(GRADE).await, (of_ann, "2".to_owned()));
        led_to(bob.save(GRADE, &now, &merged).await).await;
        assert_eq!(ann.read(GRADE).await, (merged, "3".to_owned()));
    }

    async fn conflicting_lines_are_shown_one_after_the_other(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        led_to(ann.save(GRADE, "1", "- Общее\n- Было").await).await;
        led_to(ann.save(GRADE, "2", "- Общее\n- Стало у Анны").await).await;
        let page = refused(bob.save(GRADE, "2", "- Общее\n- Стало у Боба").await, 409).await;
        assert_eq!(typed(&page).0, "- Общее\n- Стало у Анны\n- Стало у Боба");
        let places = page.matches("type=\"radio\"").count();
        assert_eq!(places, 3, "mine, the other one, both: {page}");
        let field = |name: &str| between(&page, &format!("name=\"{name}\" value=\""), "\"").to_owned();
        let (grade, version, shown) = (field("grade"), field("version"), field("shown"));
        let merged = typed(&page).0;
        let form = |choice, text, action| {
            [
                ("grade", &*grade), ("version", &*version), ("shown", &*shown), ("mine-version", "2"),
                ("mine", "- Общее\n- Стало у Боба"), ("place-0", choice), ("text", text), ("action", action),
            ]
        };
        // The panel stays through a preview, and the text is what was chosen.
        let answer = bob.send(GRADE, &form("other", &merged, "preview")).await;
        let preview = refused(answer, 200).await;
        assert_eq!(typed(&preview).0, "- Общее\n- Стало у Анны");
        assert_eq!(preview.matches("type=\"radio\"").count(), 3, "{preview}");
        // What was corrected by hand is not replaced.
        let by_hand = "- Общее\n- Стало у обоих";
        let answer = bob.send(GRADE, &form("mine", by_hand, "choose")).await;
        assert_eq!(typed(&refused(answer, 200).await).0, by_hand);
        led_to(bob.send(GRADE, &form("mine", &merged, "save")).await).await;
        assert_eq!(ann.read(GRADE).await.0, "- Общее\n- Стало у Боба");
    }

    async fn sending_a_form_twice_saves_once(app: TestApp) {
        let ann = app.editor("ann").await;
        led_to(ann.save(GRADE, "1", "- Git").await).await;
        assert_eq!(led_to(ann.save(GRADE, "1", "- Git").await).await, format!("{GRADE}?done=unchanged"));
        assert_eq!(ann.read(GRADE).await.1, "2");
    }

    async fn every_version_can_be_compared_and_restored(app: TestApp) {
        let ann = app.editor("ann").await;
        let (original, _) = ann.read(GRADE).await;
        let form = [("version", "1"), ("text", "- Git"), ("note", "короче"), ("action", "save")];
        led_to(ann.send(GRADE, &form).await).await;
        led_to(ann.save(GRADE, "2", "- Git и SSH").await).await;
        let path = format!("{GRADE}/history");
        let page = ann.page(&path).await;
        assert!(page.contains("Версия 3") && page.contains("Версия 2") && page.contains("короче"));
        assert!(page.contains("От&nbsp;версии 2 к&nbsp;версии 3"));
        assert!(page.contains("<mark> и SSH</mark>"), "{page}");
        let page = ann.page(&format!("{path}?from=1&to=3")).await;
        let removed = page.matches("<p class=\"removed\">").count();
        assert_eq!(removed, original.lines().count());
        assert_eq!(page.matches("<p class=\"added\">").count(), 1);
        let form = [("version", "3"), ("restore", "1")];
        assert_eq!(led_to(ann.send(&path, &form).await).await, format!("{GRADE}?done=restored"));
        assert_eq!(ann.read(GRADE).await, (original, "4".to_owned()));
        assert!(ann.page(&path).await.contains("Возвращена версия 1"));
        // Restoring with an outdated version is a conflict.
        let stale = [("version", "3"), ("restore", "2")];
        refused(ann.send(&path, &stale).await, 409).await;
        for query in ["?to=9", "?to=2147483647", "?to=-2147483648"] {
            assert_eq!(ann.get(&format!("{path}{query}")).await.status(), 404, "{query}");
        }
        refused(ann.save(GRADE, "2147483647", "- Из будущего").await, 409).await;
        assert_eq!(ann.get(&format!("{path}?from=x")).await.status(), 400);
        assert!(ann.page("/admin").await.contains("Фронтенд-разработчик: Мидл</a>"));
    }

    async fn typed_text_survives_the_end_of_the_session(app: TestApp) {
        let ann = app.editor("ann").await;
        let text = "- Набрано \"за час\"\n- <b>и не сохранено</b>";
        app.database.execute("DELETE FROM sessions");
        let page = refused(ann.save(GRADE, "1", text).await, 401).await;
        let hidden = unescaped(between(&page, "name=\"typed\" value=\"", "\""));
        assert!(!hidden.contains("token"), "{hidden}");
        // A wrong password keeps the text; the right one leads back to the form.
        let form = |password| [("login", "ann"), ("password", password), ("to", GRADE), ("typed", &hidden)];
        let page = refused(app.send("/admin/sign-in", &form("wrong")).await, 401).await;
        assert_eq!(unescaped(between(&page, "name=\"typed\" value=\"", "\"")), hidden);
        let answer = app.send("/admin/sign-in", &form(PASSWORD)).await;
        assert_eq!(answer.status(), 200);
        let cookie = session_cookie(&answer);
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!("action=\"{GRADE}\"")));
        let field = between(&page, "<textarea name=\"text\" hidden>\n", "</textarea>");
        assert_eq!(unescaped(field), text);
        let again = Editor { app: &app, cookie };
        let form = [("version", "1"), ("text", text), ("action", "resume")];
        let answer = again.send(GRADE, &form).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(typed(&answer.text().await.unwrap()), (text.to_owned(), "1".to_owned()));
        led_to(again.save(GRADE, "1", text).await).await;
    }

    async fn a_form_of_another_session_requires_signing_in_again(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let token = between(&bob.page(GRADE).await, "name=\"token\" value=\"", "\"").to_owned();
        let form = [("token", &*token), ("version", "1"), ("text", "чужое"), ("action", "save")];
        assert!(refused(ann.send_plain(GRADE, &form).await, 401).await.contains("Набранное сохранилось"));
        assert_eq!(ann.read(GRADE).await.1, "1");
    }

    async fn an_invalid_description_is_refused_and_stays_in_the_form(app: TestApp) {
        let ann = app.editor("ann").await;
        let long = "слово ".repeat(170_000);
        let page = refused(ann.save(GRADE, "1", &long).await, 422).await;
        assert!(page.contains("больше 20\u{a0}000") || page.contains("больше 20 000"));
        assert_eq!(typed(&page).0, long.trim_end());
        let page = refused(ann.save(GRADE, "1", "- До\0после\u{1b}").await, 422).await;
        assert!(page.contains("невидимые управляющие знаки"));
        assert_eq!(typed(&page).0, "- Допосле");
        let note = "x".repeat(201);
        let form = [("version", "1"), ("text", "- Git"), ("note", &note), ("action", "save")];
        let page = refused(ann.send(GRADE, &form).await, 422).await;
        assert!(page.contains("<li><a href=\"#note\">") && page.contains("<title>Ошибка. "));
        assert!(page.contains(&format!("value=\"{note}\"")));
        // Both errors together.
        let form = [("version", "1"), ("text", "\0"), ("note", &note), ("action", "save")];
        let page = refused(ann.send(GRADE, &form).await, 422).await;
        assert!(page.contains("<li><a href=\"#text\">") && page.contains("<li><a href=\"#note\">"));
        for version in ["", "x", "1.0"] {
            refused(ann.save(GRADE, version, "- Git").await, 400).await;
        }
        assert_eq!(ann.read(GRADE).await.1, "1");
    }

    async fn bodies_that_are_not_forms_are_refused(app: TestApp) {
        let ann = app.editor("ann").await;
        let send = async |body: Vec<u8>| {
            let request = app.request(Method::POST, GRADE).header("cookie", &ann.cookie);
            request.body(body).send().await.unwrap().status().as_u16()
        };
        assert_eq!(send(vec![b'x'; 9 << 20]).await, 413);
        for body in [b"".as_slice(), b"%FF%FE=%00", b"&&&===", b"\xff\xfe\x00"] {
            assert_eq!(send(body.to_vec()).await, 401);
        }
        // Invalid UTF-8 in a text is replaced with U+FFFD.
        let token = between(&ann.page(GRADE).await, "name=\"token\" value=\"", "\"").to_owned();
        let body = format!("token={token}&version=1&action=save&text=-%20a%FFb");
        assert_eq!(send(body.into_bytes()).await, 303);
        assert_eq!(ann.read(GRADE).await.0, "- a\u{fffd}b");
    }

    async fn unknown_grades_are_not_found(app: TestApp) {
        let ann = app.editor("ann").await;
        for path in ["nobody/middle", "front-end/intern", "front-end/master", "%00/middle"] {
            let path = format!("/admin/professions/{path}");
            assert_eq!(ann.get(&path).await.status(), 404, "{path}");
            assert_eq!(ann.get(&format!("{path}/history")).await.status(), 404, "{path}");
            assert_eq!(ann.save(&path, "1", "- Git").await.status(), 404, "{path}");
        }
    }

    async fn no_edit_of_a_hundred_concurrent_writers_is_lost(app: TestApp) {
        let ann = app.editor("ann").await;
        led_to(ann.save(GRADE, "1", "Начало").await).await;
        let write = async |number: usize| {
            let line = format!("- Строка {number}");
            loop {
                let (text, version) = ann.read(GRADE).await;
                let answer = ann.save(GRADE, &version, &format!("{text}\n{line}")).await;
                match answer.status().as_u16() {
                    303 => return,
                    // Like a person: saves the merged text until there is no conflict.
                    409 => {
                        let (merged, version) = typed(&answer.text().await.unwrap());
                        assert!(merged.lines().any(|found| found == line), "{merged}");
                        match ann.save(GRADE, &version, &merged).await.status().as_u16() {
                            303 => return,
                            409 => {}
                            status => panic!("{status}"),
                        }
                    }
                    status => panic!("{status}"),
                }
            }
        };
        let writers = (0..100).map(|number| Box::pin(write(number)) as _).collect::<Vec<_>>();
        all(writers).await;
        let (text, version) = ann.read(GRADE).await;
        for number in 0..100 {
            let line = format!("- Строка {number}");
            assert_eq!(text.lines().filter(|found| *found == line).count(), 1, "{line}");
        }
        assert_eq!(version, "102", "one version for each save");
        let history = ann.page(&format!("{GRADE}/history")).await;
        assert_eq!(history.matches("<li><a href=\"/admin/professions/front-end/middle/history?from=").count(), 101);
    }
}

/// Runs futures concurrently until all are done.
pub async fn all<'a>(mut futures: Vec<std::pin::Pin<Box<dyn Future<Output = ()> + 'a>>>) {
    std::future::poll_fn(move |context| {
        futures.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

/// Holds the write lock of the database until the sender is used or dropped.
pub fn lock(app: &TestApp) -> std::sync::mpsc::Sender<()> {
    let (locked, wait) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let other = app.database.open();
    std::thread::spawn(move || {
        other.write(|_| {
            locked.send(()).unwrap();
            // A dropped sender ends the lock too.
            let _ = released.recv();
            Ok::<_, grades::graders::service::ServiceError>(())
        })
    });
    wait.recv().unwrap();
    release
}

#[actix_web::test]
async fn a_text_that_can_not_be_stored_temporarily_stays_in_the_form() {
    let app = TestApp::on(Backend::Sqlite);
    let ann = app.editor("ann").await;
    let held = lock(&app);
    let page = refused(ann.save(GRADE, "1", "- Набрано в трудный час").await, 503).await;
    assert!(page.contains("Набранное осталось ниже"), "{page}");
    assert_eq!(typed(&page), ("- Набрано в трудный час".to_owned(), "1".to_owned()));
    drop(held);
    led_to(ann.save(GRADE, "1", "- Набрано в трудный час").await).await;
}

#[actix_web::test]
async fn any_form_can_be_sent_again_after_an_error() {
    let app = TestApp::on(Backend::Sqlite);
    let ann = app.editor("ann").await;
    let held = lock(&app);
    let form = [("title", "Набрано \"вовремя\""), ("track", "web"), ("action", "save")];
    let page = refused(ann.send("/admin/new-profession", &form).await, 503).await;
    assert!(
        page.contains("Отправить ещё раз") && page.contains("action=\"/admin/new-profession\"")
    );
    for (name, value) in form {
        let field = between(&page, &format!("<textarea name=\"{name}\" hidden>\n"), "</textarea>");
        assert_eq!(unescaped(field), value);
    }
    // The error page contains the form token for sending the form again.
    let token = between(&page, "name=\"token\" value=\"", "\"").to_owned();
    drop(held);
    let again = [&[("token", token.as_str())], &form[..]].concat();
    led_to(ann.send_plain("/admin/new-profession", &again).await).await;
}

#[actix_web::test]
async fn pages_are_readable_while_writing_is_impossible() {
    let app = TestApp::on(Backend::Sqlite);
    let ann = app.editor("ann").await;
    // Long enough ago that the last use would be stored again.
    app.database.execute("UPDATE sessions SET seen_at = datetime('now', '-1 hour')");
    let held = lock(&app);
    assert_eq!(ann.get("/professions/front-end").await.status(), 200);
    assert_eq!(ann.get(GRADE).await.status(), 200);
    drop(held);
}
