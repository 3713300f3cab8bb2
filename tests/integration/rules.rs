//! The rules: the public page and the form of owners.

use grades::graders::service::rules;
use reqwest::Response;

use crate::app::{
    Backend, Editor, PASSWORD, TestApp, TestDatabase, between, header, session_cookie, unescaped,
};

const RULES: &str = "/admin/rules";

/// The fields of the form with the default numbers, except those in `changed`.
fn form<'a>(
    version: &'a str,
    text: &'a str,
    changed: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("version", version),
        ("months", "6"),
        ("top-months", "12"),
        ("top-level", "senior"),
        ("retry-months", "3"),
        ("junior", "1"),
        ("middle", "2"),
        ("senior", "3"),
        ("base", "4"),
        ("text", text),
        ("note", ""),
        ("action", "save"),
    ];
    for (name, value) in changed {
        form.iter_mut().find(|(found, _)| found == name).unwrap().1 = value;
    }
    form
}

async fn led_to(answer: Response) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

async fn refused(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    answer.text().await.unwrap()
}

/// The value of a field.
fn value(page: &str, field: &str) -> String {
    between(page, &format!("<input id=\"{field}\" name=\"{field}\" value=\""), "\"").to_owned()
}

/// The text and the version in the form.
async fn read(owner: &Editor<'_>) -> (String, String) {
    owner.read(RULES).await
}

on_both_databases! {
    async fn the_rules_show_the_stored_numbers_and_text(app: TestApp) {
        let page = app.page("/rules").await.replace("&nbsp;", " ").replace('\u{a0}', " ");
        for expected in [
            "не раньше чем через 6 месяцев, чтобы перейти на синьора и выше — через 1 год",
            "новая попытка не раньше чем через 3 месяца",
            "как 1 : 2 : 3 : 4",
            "по одному, без пропусков",
            "Испытательный срок обычно не входит",
            "Говорит непосредственному руководителю",
            "Продуктивность",
            "HR-директор",
            "Лидерство и наставничество",
            "уже на первых грейдах",
            "<a href=\"/plan\">",
            "<a href=\"/salary\">",
        ] {
            assert!(page.contains(expected), "{expected}");
        }
        assert_eq!(page.matches("<h2 id=\"section-").count(), 10);
        assert!(!page.contains("/admin/rules"));
        let ann = app.editor("ann").await;
        assert!(!ann.page("/rules").await.contains("/admin/rules"));
        let olga = app.owner("olga").await;
        assert!(olga.page("/rules").await.contains("<a href=\"/admin/rules\">"));
    }

    async fn the_rules_say_what_their_sources_say(app: TestApp) {
        let page = app.page("/rules").await.replace("&nbsp;", " ").replace('\u{a0}', " ");
        for (heading, words) in [
            ("Зачем нужны грейды", "когда и на сколько; критерии; программистов; мотивацию"),
            ("Уровни", "Перед джуном может стоять стажёр"),
            ("Порядок", "без пропусков; на работу; включает всё; короче; длиннее"),
            ("Что делает кандидат", "руководителю; собрать код; просит задачи"),
            ("Что учитывают", "применяют или скоро начнут; польза для компании; спринты; \
              неизменно хорошо; на атмосферу; конфликтный; больше вреда; о личном росте; простых"),
            ("Кто решает", "Один из вариантов; технический директор; главный менеджер; кадровик; \
              непосредственный руководитель; может привести"),
            ("Стеки и общее для них", "Одной лестницы на всех; десктопные; Android; iOS; Ruby; \
              MongoDB; RabbitMQ; Agile и Scrum; SSH; жизненно важные; более редкие; по грейдам"),
            ("Лидерство и наставничество", "можно включить; рост ученика; релизов; Confluence; \
              wiki; Хабр; форумы; сообщества; бумажные сборники; от имени компании"),
            ("Зарплата", "можно отсчитывать; поровну; могут и различаться"),
        ] {
            let section = between(&page, &format!(">{heading}</h2>"), "</section>");
            // Without tags: the names of skills are links.
            let section = section
                .split('<')
                .map(|part| part.split_once('>').map_or(part, |(_, words)| words))
                .collect::<String>();
            let missing = words.split("; ").filter(|words| !section.contains(words));
            assert_eq!(missing.collect::<Vec<_>>(), Vec::<&str>::new(), "{heading}: {section}");
        }
    }

    async fn the_longer_wait_is_told_for_the_grades_it_leads_to(app: TestApp) {
        let olga = app.owner("olga").await;
        for (top, words) in [
            ("middle-plus", "через 6 месяцев, чтобы перейти на мидла+ и выше — через 1 год</dd>"),
            ("senior-plus-plus", "через 6 месяцев, чтобы перейти на синьора++ — через 1 год</dd>"),
            // Nobody rises to a grade below these.
            ("junior", "не раньше чем через 1 год</dd>"),
            ("intern", "не раньше чем через 1 год</dd>"),
        ] {
            let (text, version) = read(&olga).await;
            led_to(olga.send(RULES, &form(&version, &text, &[("top-level", top)])).await).await;
            let page = app.page("/rules").await.replace("&nbsp;", " ").replace('\u{a0}', " ");
            assert!(page.contains(words), "{top}: {page}");
        }
    }

    async fn saved_rules_are_in_force_immediately(app: TestApp) {
        let plan = "/plan?profession=front-end&grade=junior&since=2026-01-15&to=junior-plus";
        assert!(app.page(plan).await.contains("datetime=\"2026-07-15\""));
        let olga = app.owner("olga").await;
        let (text, version) = read(&olga).await;
        let text = format!("{text}\n\n## Новое\r\n\r\nСлово <b>жирно</b> о [Git](javascript:x)");
        let changed = [("months", "4"), ("retry-months", "1"), ("base", "9"), ("note", "быстрее")];
        let answer = olga.send(RULES, &form(&version, &text, &changed)).await;
        assert_eq!(led_to(answer).await, "/admin/rules?done=saved");
        let page = app.page("/rules").await;
        assert!(page.contains("через 4\u{a0}месяца, чтобы перейти"), "{page}");
        assert!(page.contains("1 : 2 : 3 : 9") && page.contains("через 1\u{a0}месяц</dd>"), "{page}");
        let added = between(&page, ">Новое</h2>", "</section>");
        assert!(added.contains("&lt;b&gt;жирно&lt;/b&gt;"), "{added}");
        assert!(!page.contains("javascript:"));
        assert!(app.page(plan).await.contains("datetime=\"2026-05-15\""));
        let salary = app.page("/salary").await;
        assert_eq!(value(&salary, "base"), "9");
        assert!(olga.page("/admin/audit").await.contains("Правила изменены"));
    }

    async fn only_owners_change_the_rules(app: TestApp) {
        let ann = app.editor("ann").await;
        for path in [RULES, "/admin/rules/history"] {
            assert_eq!(ann.get(path).await.status(), 403, "{path}");
        }
        assert_eq!(ann.send(RULES, &form("1", "Чужое", &[])).await.status(), 403);
        let restore = [("version", "1"), ("restore", "1")];
        assert_eq!(ann.send("/admin/rules/history", &restore).await.status(), 403);
        assert!(!app.page("/rules").await.contains("Чужое"));
        assert!(!ann.page("/admin").await.contains("/admin/rules"));
    }

    async fn errors_are_shown_and_the_fields_keep_what_was_typed(app: TestApp) {
        let olga = app.owner("olga").await;
        for (field, wrong) in [
            ("months", "0"),
            ("months", "61"),
            ("top-months", ""),
            ("retry-months", "три"),
            ("retry-months", "-1"),
            ("junior", "101"),
            ("base", "1.5"),
            ("base", "99999999999"),
        ] {
            let answer = olga.send(RULES, &form("1", "Набрано", &[(field, wrong)])).await;
            let page = refused(answer, 422).await;
            assert!(page.contains(&format!("<a href=\"#{field}\">")), "{field}: {page}");
            assert!(page.contains(&format!("id=\"{field}-error\"")), "{field}");
            assert_eq!(value(&page, field), wrong);
            assert!(page.contains("Набрано</textarea>") && page.contains("<title>Ошибка. "));
        }
        let flat = [("senior", "2"), ("note", "ровно")];
        let page = refused(olga.send(RULES, &form("1", "Набрано", &flat)).await, 422).await;
        assert!(page.contains("Веса должны расти") && value(&page, "note") == "ровно");
        let long = "я".repeat(20_001);
        let page = refused(olga.send(RULES, &form("1", &long, &[])).await, 422).await;
        assert!(page.contains("больше 20 000"), "{}", &page[..2_000]);
        refused(olga.send(RULES, &form("1", "a\0b", &[])).await, 422).await;
        for changed in [("version", "x"), ("top-level", "boss")] {
            refused(olga.send(RULES, &form("1", "Набрано", &[changed])).await, 400).await;
        }
        assert_eq!(read(&olga).await.1, "1");
    }

    async fn a_preview_saves_nothing(app: TestApp) {
        let olga = app.owner("olga").await;
        let changed = [("action", "preview"), ("months", "7")];
        let answer = olga.send(RULES, &form("1", "## Проба\n\n- Git", &changed)).await;
        assert_eq!(answer.status(), 200);
        let page = answer.text().await.unwrap();
        let preview = between(&page, "<section class=\"preview\"", "</main>");
        assert!(preview.contains(">Проба</h2>") && preview.contains("через 7\u{a0}месяцев"), "{preview}");
        assert_eq!(value(&page, "months"), "7");
        assert_eq!(read(&olga).await.1, "1");
        assert!(!app.page("/rules").await.contains("Проба"));
    }

    async fn concurrent_edits_of_two_owners_are_merged(app: TestApp) {
        let (olga, oleg) = (app.owner("olga").await, app.owner("oleg").await);
        let (text, version) = read(&olga).await;
        let of_olga = text.replace("## Уровни", "## Ступени");
        let of_oleg = format!("{text}\n\n## Ещё\n\nСлово.");
        led_to(olga.send(RULES, &form(&version, &of_olga, &[("months", "5")])).await).await;
        let answer = oleg.send(RULES, &form(&version, &of_oleg, &[("top-months", "10")])).await;
        let page = refused(answer, 409).await;
        assert!(page.contains("правила изменили") && page.contains("<h3>Правка: olga</h3>"));
        assert_eq!((value(&page, "months"), value(&page, "top-months")), ("5".into(), "10".into()));
        let (merged, now) = crate::app::typed(&page);
        assert!(merged.contains("## Ступени") && merged.contains("## Ещё"), "{merged}");
        assert_eq!(now, "2");
        // Nothing is stored until the merged rules are saved.
        assert_eq!(read(&olga).await, (of_olga, "2".to_owned()));
        let both = [("months", "5"), ("top-months", "10")];
        led_to(oleg.send(RULES, &form(&now, &merged, &both)).await).await;
        let page = app.page("/rules").await;
        assert!(page.contains("через 5\u{a0}месяцев") && page.contains("через 10\u{a0}месяцев"));
        // Both changed the same number: the comparison shows both, the field keeps what was typed.
        let (text, _) = read(&olga).await;
        let of = |months| [("months", months), ("top-months", "10")];
        led_to(olga.send(RULES, &form("3", &text, &of("7"))).await).await;
        let page = refused(oleg.send(RULES, &form("3", &text, &of("8"))).await, 409).await;
        assert!(page.contains("одно и&nbsp;то&nbsp;же") && page.contains("<mark>7</mark>"), "{page}");
        assert_eq!(value(&page, "months"), "8");
    }

    async fn sending_a_form_twice_makes_one_version(app: TestApp) {
        let olga = app.owner("olga").await;
        led_to(olga.send(RULES, &form("1", "Коротко", &[])).await).await;
        let again = led_to(olga.send(RULES, &form("1", "Коротко", &[])).await).await;
        assert_eq!(again, "/admin/rules?done=unchanged");
        assert_eq!(read(&olga).await.1, "2");
    }

    async fn every_version_can_be_compared_and_restored(app: TestApp) {
        let olga = app.owner("olga").await;
        let history = "/admin/rules/history";
        assert!(olga.page(history).await.contains("ещё не\u{a0}меняли"));
        let (original, _) = read(&olga).await;
        let changed = [("months", "9"), ("note", "реже")];
        led_to(olga.send(RULES, &form("1", "Коротко", &changed)).await).await;
        led_to(olga.send(RULES, &form("2", "Совсем коротко", &changed)).await).await;
        let page = olga.page(history).await;
        assert!(page.contains("Версия 3") && page.contains("реже"), "{page}");
        let page = olga.page(&format!("{history}?from=1&to=2")).await;
        assert!(page.contains("<mark>9</mark>"), "{page}");
        let restore = [("version", "3"), ("restore", "1")];
        let answer = led_to(olga.send(history, &restore).await).await;
        assert_eq!(answer, "/admin/rules?done=restored");
        assert_eq!(read(&olga).await, (original, "4".to_owned()));
        assert_eq!(value(&olga.page(RULES).await, "months"), "6");
        let stale = [("version", "3"), ("restore", "2")];
        refused(olga.send(history, &stale).await, 409).await;
        for query in ["?to=9", "?to=2147483647", "?from=9&to=1"] {
            assert_eq!(olga.get(&format!("{history}{query}")).await.status(), 404, "{query}");
        }
        assert_eq!(olga.get(&format!("{history}?from=x")).await.status(), 400);
        refused(olga.send(RULES, &form("2147483647", "Из будущего", &[])).await, 409).await;
    }

    async fn typed_rules_survive_the_end_of_the_session(app: TestApp) {
        let olga = app.owner("olga").await;
        app.database.execute("DELETE FROM sessions");
        let typed = form("1", "Набрано <за час>", &[("months", "8")]);
        let page = refused(olga.send(RULES, &typed).await, 401).await;
        let hidden = unescaped(between(&page, "name=\"typed\" value=\"", "\""));
        let sent = [("login", "olga"), ("password", PASSWORD), ("to", RULES), ("typed", &hidden)];
        let answer = app.send("/admin/sign-in", &sent).await;
        let cookie = session_cookie(&answer);
        let page = answer.text().await.unwrap();
        let field = between(&page, "<textarea name=\"months\" hidden>\n", "</textarea>");
        assert_eq!(field, "8");
        // Continuing after signing in shows the form again and saves nothing yet.
        let again = Editor { app: &app, cookie };
        let resumed = form("1", "Набрано <за час>", &[("months", "8"), ("action", "resume")]);
        let answer = again.send(RULES, &resumed).await;
        assert_eq!(answer.status(), 200);
        let page = answer.text().await.unwrap();
        assert_eq!((value(&page, "months"), crate::app::typed(&page).0), ("8".into(), "Набрано <за час>".into()));
        led_to(again.send(RULES, &typed).await).await;
    }

    async fn the_default_rules_are_inserted_only_once(database: TestDatabase) {
        grades::db::migrate(&database.url().parse().unwrap()).unwrap();
        let opened = database.open();
        assert!(rules::load_starting(&opened, &rules::starting().unwrap()).unwrap());
        assert!(!rules::load_starting(&opened, &rules::starting().unwrap()).unwrap());
        assert_eq!(rules::current(&opened).unwrap().rules, rules::starting().unwrap());
    }
}

#[actix_web::test]
async fn rules_that_can_not_be_stored_temporarily_stay_in_the_form() {
    let app = TestApp::on(Backend::Sqlite);
    let olga = app.owner("olga").await;
    let held = crate::editing::lock(&app);
    let typed = form("1", "Набрано в трудный час", &[("months", "8"), ("note", "почему")]);
    let page = refused(olga.send(RULES, &typed).await, 503).await;
    assert!(page.contains("Набранное осталось ниже"), "{page}");
    assert_eq!((value(&page, "months"), value(&page, "note")), ("8".into(), "почему".into()));
    assert_eq!(crate::app::typed(&page), ("Набрано в трудный час".to_owned(), "1".to_owned()));
    drop(held);
    led_to(olga.send(RULES, &typed).await).await;
}
