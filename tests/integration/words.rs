//! The words of the interface: one for one thing, dates in one form, level names in sentences.

use crate::app::{TestApp, between, unescaped};

/// The texts of a page between its tags, and its description.
fn texts(page: &str) -> Vec<String> {
    let body = page.split_once("<body").unwrap().1;
    let texts = body.split('<').filter_map(|piece| piece.split_once('>'));
    let described = page.contains("name=\"description\"");
    let description =
        described.then(|| between(page, "<meta name=\"description\" content=\"", "\""));
    let plain = |text: &str| unescaped(text).replace("&nbsp;", " ").replace('\u{a0}', " ");
    texts.map(|(_, text)| plain(text)).chain(description.map(plain)).collect()
}

/// Whether a level stands with a capital letter right after another word.
fn has_capital_in_sentence(text: &str) -> bool {
    ["Стажёр", "Джун", "Мидл", "Синьор"].iter().any(|name| {
        text.match_indices(name).any(|(at, _)| {
            let before = text[..at].strip_suffix(['«', '(']).unwrap_or(&text[..at]);
            before
                .strip_suffix(' ')
                .unwrap_or(before)
                .ends_with(|letter: char| letter.is_lowercase() && letter.is_alphabetic())
        })
    })
}

on_both_databases! {
    async fn levels_in_sentences_begin_with_a_small_letter(app: TestApp) {
        for path in [
            "/", "/rules", "/salary", "/mentoring", "/professions/front-end", "/professions/qa-automation",
            "/professions/front-end/middle", "/professions/postgresql-admin/middle",
            "/professions/front-end/intern", "/plan?profession=front-end&grade=junior&since=2026-05-31&to=middle",
            "/plan?profession=front-end&grade=junior&since=2025-05-31&to=junior-plus",
            "/plan?profession=front-end&grade=intern&since=2025-05-31&to=junior-plus",
            "/plan?profession=front-end&grade=senior-plus-plus&since=2025-05-31&to=junior",
            "/salary?profession=front-end&floor=100000&ceiling=500000", "/matrix",
            "/check?profession=front-end&grade=junior", "/check?profession=front-end&grade=middle&yes=",
            "/defence?profession=front-end&grade=middle",
        ] {
            let page = app.get(path).await.text().await.unwrap();
            for text in texts(&page) {
                assert!(!has_capital_in_sentence(&text), "{path}: {text}");
            }
        }
    }

    async fn a_day_that_does_not_exist_is_named(app: TestApp) {
        let olga = app.owner("olga").await;
        let answer = olga.get("/admin/audit?from=31.02.2026").await;
        assert_eq!(answer.status(), 422);
        let page = unescaped(&answer.text().await.unwrap()).replace('\u{a0}', " ");
        assert!(page.contains("В феврале 2026 нет 31-го."), "{page}");
    }

    async fn a_day_of_the_log_is_typed_as_everywhere(app: TestApp) {
        let olga = app.owner("olga").await;
        let page = olga.page("/admin/audit").await;
        assert!(page.contains("Например, 22.11.2026") && !page.contains("2026-11-22"), "{page}");
        let today = between(&page, "<span class=\"quiet\">", ",").to_owned();
        assert!(grades::russian::read_day(&today).is_some(), "{today}");
        let found = olga.page(&format!("/admin/audit?from={today}&to={today}")).await;
        assert!(found.contains(&format!("<span class=\"quiet\">{today},")), "{found}");
        assert!(olga.page("/admin/audit?to=01.01.2020").await.contains("Таких записей нет"));
        for wrong in ["22.11.26", "завтра"] {
            let answer = olga.get(&format!("/admin/audit?from={wrong}")).await;
            assert_eq!(answer.status(), 422);
            let page = answer.text().await.unwrap();
            assert!(page.replace('\u{a0}', " ").contains("Первый день запишите как 22.11.2026"), "{page}");
        }
    }

    async fn lists_of_editors_have_dates_in_digits(app: TestApp) {
        let olga = app.owner("olga").await;
        let path = "/admin/professions/front-end/middle";
        let (_, version) = olga.read(path).await;
        assert_eq!(olga.save(path, &version, "- Пишет на Rust").await.status(), 303);
        for page in [
            "/admin", "/admin/audit", "/admin/editors", "/admin/account",
            "/admin/professions/front-end/middle/history",
        ] {
            let page = olga.page(page).await.replace('\u{a0}', " ");
            let dates = page.matches(" UTC").count();
            assert!(dates > 0);
            let (main, months) = (between(&page, "<main", "</main>"), ["января", "ноября", "декабря"]);
            let digits = main.match_indices(" UTC").filter(|(at, _)| {
                let day = main[..*at].rsplit_once(", ").unwrap().0;
                day.get(day.len() - 10..).is_some_and(|day| grades::russian::read_day(day).is_some())
            });
            assert_eq!(digits.count(), dates, "{page}");
            assert!(!months.iter().any(|month| main.contains(month)), "{page}");
        }
    }

    async fn limits_of_the_api_are_in_good_russian(app: TestApp) {
        for (query, words) in [
            ("professions?limit=100000", "Не больше "),
            ("professions?limit=0", "Не меньше 1."),
            ("search?q=", "Не меньше 1 знака."),
        ] {
            let answer = app.get(&format!("/api/v1/graders/{query}")).await;
            let body = answer.text().await.unwrap();
            assert!(body.contains(words) && !body.contains("Самое"), "{query}: {body}");
        }
        let long = "я".repeat(201);
        let body = app.get(&format!("/api/v1/graders/search?q={long}")).await.text().await.unwrap();
        assert!(body.contains("Не больше 200 знаков."), "{body}");
        let page = app.get(&format!("/search?q={long}")).await.text().await.unwrap();
        assert!(page.contains("Запрос слишком длинный"), "{page}");
    }
}
