//! Signing in and the end of sessions.

use reqwest::Method;

use crate::app::{
    Backend, Editor, PASSWORD, TestApp, TestDatabase, between, header, session_cookie,
};

/// All addresses for editors.
const PAGES: [&str; 39] = [
    "/admin",
    "/admin/professions/front-end/middle",
    "/admin/professions/front-end/middle/history",
    "/admin/professions/front-end/middle/delete",
    "/admin/professions/front-end",
    "/admin/professions/front-end/delete",
    "/admin/new-profession",
    "/admin/tracks",
    "/admin/rules",
    "/admin/rules/history",
    "/admin/tracks/web/history",
    "/admin/releases",
    "/admin/changes/1",
    "/admin/scales",
    "/admin/new-scale",
    "/admin/scales/rukovoditeli",
    "/admin/scales/rukovoditeli/history",
    "/admin/scales/rukovoditeli/delete",
    "/admin/transfer",
    "/admin/transfer/5ec4e7",
    "/admin/transfer/5ec4e7/table",
    "/admin/transfer/template.csv",
    "/admin/formatting",
    "/admin/trash",
    "/admin/check",
    "/admin/skills",
    "/admin/new-skill",
    "/admin/without-skills",
    "/admin/skills/react",
    "/admin/skills/react/history",
    "/admin/skills/react/merge",
    "/admin/skills/react/delete",
    "/admin/professions/front-end/history",
    "/admin/account",
    "/admin/editors",
    "/admin/editors/1",
    "/admin/editors/1/disable",
    "/admin/tokens",
    "/admin/audit",
];

on_both_databases! {
    async fn without_a_session_every_admin_page_redirects_to_signing_in(app: TestApp) {
        for path in PAGES {
            let answer = app.get(path).await;
            assert_eq!(answer.status(), 303, "{path}");
            let location = header(&answer, "location");
            assert_eq!(location, format!("/admin/sign-in?to={}", path.replace('/', "%2F")));
            let page = app.page(location).await;
            assert!(page.contains(&format!("name=\"to\" value=\"{path}\"")), "{page}");
        }
        for path in ["/admin/nothing", "/admin/setup/guess", "/admin/invitation/guess", "/admin/professions"] {
            assert_eq!(app.get(path).await.status(), 404, "{path}");
        }
    }

    async fn without_a_session_no_form_changes_anything(app: TestApp) {
        let only_read = [
            "/admin", "/admin/check", "/admin/without-skills", "/admin/audit", "/admin/scales",
            "/admin/transfer/template.csv", "/admin/formatting",
        ];
        let forms = PAGES.iter().filter(|path| !only_read.contains(path));
        for path in forms.chain(&["/admin/sign-out"]) {
            let form = [("version", "1"), ("text", "набрано"), ("restore", "1"), ("action", "save")];
            let answer = app.send(path, &form).await;
            assert_eq!(answer.status(), 401, "{path}");
            let page = answer.text().await.unwrap();
            assert!(page.contains("эту форму отправляют редакторы") && !page.contains("набрано"), "{path}: {page}");
        }
        assert!(!app.page("/professions/front-end/middle").await.contains("набрано"));
    }

    async fn after_signing_in_the_requested_page_opens(app: TestApp) {
        let ann = app.editor("ann").await;
        let form = [("login", "ann"), ("password", PASSWORD), ("to", "/admin/professions/ios/middle")];
        let answer = app.send("/admin/sign-in", &form).await;
        assert_eq!(header(&answer, "location"), "/admin/professions/ios/middle");
        let cookies = answer.headers().get_all("set-cookie").iter();
        let cookies = cookies.map(|cookie| cookie.to_str().unwrap()).collect::<Vec<_>>();
        let [cookie, device] = cookies[..] else { panic!("{cookies:?}") };
        for attribute in ["__Host-device=", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/", "; Max-Age=34560000"] {
            assert!(device.contains(attribute), "no {attribute} in {device}");
        }
        assert!(cookie.starts_with("__Host-session="), "{cookie}");
        for attribute in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/", "; Max-Age=604800"] {
            assert!(cookie.contains(attribute), "no {attribute} in {cookie}");
        }
        assert!(!cookie.contains(&ann.cookie), "the session is not a new one");
        assert!(ann.page("/admin").await.contains("Вы&nbsp;вошли как ann."));
        assert_eq!(header(&ann.get("/admin/sign-in").await, "location"), "/admin");
    }

    async fn signing_in_never_redirects_to_another_site(app: TestApp) {
        app.editor("ann").await;
        for to in ["https://example.org/", "//example.org", "/\\example.org", "/a\r\nb: c", ""] {
            let form = [("login", "ann"), ("password", PASSWORD), ("to", to)];
            let answer = app.send("/admin/sign-in", &form).await;
            assert_eq!(header(&answer, "location"), "/admin", "{to}");
        }
    }

    async fn a_failed_sign_in_does_not_say_whether_the_login_exists(app: TestApp) {
        app.editor("ann").await;
        let mut pages = Vec::new();
        for (login, password) in [("ann", "wrong"), ("bob", PASSWORD), ("ann", "")] {
            let answer = app.send("/admin/sign-in", &[("login", login), ("password", password)]).await;
            assert_eq!(answer.status(), 401);
            assert!(answer.headers().get("set-cookie").is_none());
            let page = answer.text().await.unwrap();
            assert!(page.contains("Логин или пароль не\u{a0}подошли."), "{page}");
            assert!(!page.contains("wrong") && !page.contains(PASSWORD), "a password is echoed");
            pages.push(page.replace(login, "LOGIN"));
        }
        assert_eq!(pages[0], pages[1]);
    }

    async fn guessing_passwords_is_throttled(app: TestApp) {
        app.editor("ann").await;
        for _ in 0..5 {
            let answer = app.send("/admin/sign-in", &[("login", "ann"), ("password", "x")]).await;
            assert_eq!(answer.status(), 401);
        }
        // The right password has to wait too, or it could be recognised by not waiting.
        let right = [("login", "ann"), ("password", PASSWORD)];
        let answer = app.send("/admin/sign-in", &right).await;
        assert_eq!(answer.status(), 429);
        assert_eq!(header(&answer, "retry-after"), "1");
        assert!(answer.text().await.unwrap().contains("Слишком много попыток."));
        let other = app.send("/admin/sign-in", &[("login", "bob"), ("password", "x")]).await;
        assert_eq!(other.status(), 401);
        actix_web::rt::time::sleep(std::time::Duration::from_millis(1_100)).await;
        assert_eq!(app.send("/admin/sign-in", &right).await.status(), 303);
    }

    async fn signing_out_ends_only_this_session(app: TestApp) {
        let first = app.editor("ann").await;
        let second = app.sign_in("ann").await;
        let answer = first.send("/admin/sign-out", &[]).await;
        assert_eq!(answer.status(), 303);
        assert!(header(&answer, "set-cookie").contains("Max-Age=0"));
        assert_eq!(first.get("/admin").await.status(), 303);
        assert_eq!(second.get("/admin").await.status(), 200);
    }

    async fn sessions_expire_by_age_and_by_inactivity(app: TestApp) {
        let (old, resting) = (app.editor("ann").await, app.editor("bob").await);
        app.database.execute(
            "UPDATE sessions SET created_at = '2020-01-01 00:00:00'
             WHERE editor_id = (SELECT id FROM editors WHERE login = 'ann');
             UPDATE sessions SET seen_at = '2020-01-01 00:00:00'
             WHERE editor_id = (SELECT id FROM editors WHERE login = 'bob')",
        );
        assert_eq!(old.get("/admin").await.status(), 303);
        assert_eq!(resting.get("/admin").await.status(), 303);
    }

    async fn a_forged_cookie_is_no_session(app: TestApp) {
        app.editor("ann").await;
        for value in ["", "x", "' OR 1=1", &"0".repeat(64)] {
            let made_up = Editor { app: &app, cookie: format!("__Host-session={value}") };
            assert_eq!(made_up.get("/admin").await.status(), 303);
            assert_eq!(made_up.get("/").await.status(), 200);
        }
    }

    async fn forms_of_other_sites_are_refused(app: TestApp) {
        let ann = app.editor("ann").await;
        let path = PAGES[1];
        let (text, version) = ann.read(path).await;
        for (name, value, refused) in [
            ("sec-fetch-site", "cross-site", true),
            ("sec-fetch-site", "same-site", true),
            ("origin", "https://example.org", true),
            ("origin", "null", true),
            ("sec-fetch-site", "same-origin", false),
            ("origin", "https://grades.example.org", false),
        ] {
            let request = app.request(Method::POST, path).header("cookie", &ann.cookie);
            let body = format!("version={version}&text={}", text.len());
            let answer = request.header(name, value).body(body).send().await.unwrap();
            // A form of this site without its token leads to signing in, which keeps the fields.
            assert_eq!(answer.status(), if refused { 403 } else { 401 }, "{name}: {value}");
        }
        assert_eq!(ann.read(path).await, (text, version));
    }

    async fn pages_of_signed_in_editors_are_not_cached(app: TestApp) {
        let ann = app.editor("ann").await;
        for path in ["/", "/professions/front-end", "/professions/front-end/middle"] {
            let answer = ann.get(path).await;
            assert_eq!(header(&answer, "cache-control"), "private, no-store");
            assert!(answer.text().await.unwrap().contains("href=\"/admin\""), "{path}");
            let anonymous = app.get(path).await;
            assert_eq!(header(&anonymous, "cache-control"), "no-cache");
            assert_eq!(header(&anonymous, "vary"), "Accept-Encoding, Cookie");
            let page = anonymous.text().await.unwrap();
            assert!(!page.contains("href=\"/admin\"") && !page.contains("Править"), "{path}");
        }
        let grade = ann.page("/professions/front-end/middle").await;
        assert!(grade.contains("href=\"/admin/professions/front-end/middle\">Править описание"));
        assert_eq!(header(&ann.get("/admin").await, "cache-control"), "private, no-store");
    }

    async fn the_first_owner_is_created_at_a_one_time_address(database: TestDatabase) {
        let (app, setup) = TestApp::start_with_setup(database);
        let path = setup.unwrap();
        let path = path.strip_prefix("https://grades.example.org").unwrap();
        assert!(app.page(path).await.contains("Первый владелец"));
        for (login, password, sentence) in [
            ("a b", PASSWORD, "В\u{a0}логине от\u{a0}2\u{a0}до\u{a0}40"),
            ("ann", "short", "не\u{a0}меньше 15\u{a0}знаков"),
            ("ann", "passwordpassword", "легко угадать"),
        ] {
            let answer = app.send(path, &[("login", login), ("password", password)]).await;
            assert_eq!(answer.status(), 422);
            let page = answer.text().await.unwrap();
            assert!(page.contains(sentence), "{page}");
            assert!(page.contains(&format!("value=\"{login}\"")) && !page.contains(password));
            let field = between(&page, "<li><a href=\"#", "\"");
            assert!(page.contains(&format!("<input id=\"{field}\"")), "{field}");
        }
        let answer = app.send(path, &[("login", "ann"), ("password", PASSWORD)]).await;
        assert_eq!(answer.status(), 303);
        let cookie = session_cookie(&answer);
        assert_eq!(Editor { app: &app, cookie }.get("/admin").await.status(), 200);
        assert_eq!(app.get(path).await.status(), 404);
        let again = app.send(path, &[("login", "bob"), ("password", PASSWORD)]).await;
        assert_eq!(again.status(), 404);
        let TestApp { database, .. } = app;
        assert_eq!(TestApp::start_with_setup(database).1, None);
    }
}

#[actix_web::test]
async fn over_plain_http_the_cookie_has_no_host_prefix() {
    let app = TestApp::start_at(TestDatabase::on(Backend::Sqlite), None);
    let ann = app.editor("ann").await;
    assert!(ann.cookie.starts_with("session="), "{}", ann.cookie);
    assert_eq!(ann.get("/admin").await.status(), 200);
}

#[actix_web::test]
async fn x_forwarded_for_is_used_only_behind_a_proxy() {
    for (app, expected) in [
        (TestApp::on(Backend::Sqlite), "127.0.0.1"),
        (TestApp::start_behind(TestDatabase::on(Backend::Sqlite), "true"), "198.51.100.7"),
    ] {
        let ann = app.owner("ann").await;
        let request = app.request(Method::POST, "/admin/sign-in");
        // The visitor can forge the first address; the proxy appends the last one.
        let request = request.header("x-forwarded-for", "203.0.113.9, 198.51.100.7");
        assert_eq!(request.body("login=ann&password=x").send().await.unwrap().status(), 401);
        let log = ann.page("/admin/audit").await;
        assert!(log.contains(expected) && !log.contains("203.0.113.9"), "{log}");
    }
}
