//! Invitations, names of editors, resetting passwords and ending sessions.

use reqwest::{Method, Response};

use crate::app::{Editor, PASSWORD, PUBLIC_URL, TestApp, between, encoded, header, session_cookie};

const EDITORS: &str = "/admin/editors";
const ACCOUNT: &str = "/admin/account";
const AUDIT: &str = "/admin/audit";
const OWN_PASSWORD: &str = "его знает только сам редактор";

/// The path of the link that an answer shows.
fn link(page: &str) -> String {
    let address = between(page, "<pre class=\"secret\"><code>", "</code>");
    let path = address.strip_prefix(PUBLIC_URL).unwrap();
    assert_eq!(path.strip_prefix("/admin/invitation/").unwrap().len(), 64, "{address}");
    path.to_owned()
}

/// The body of an answer with a status.
async fn body(answer: Response, status: u16) -> String {
    let found = answer.status();
    let page = answer.text().await.unwrap();
    assert_eq!(found, status, "{page}");
    page
}

/// Adds an editor and returns the path of the link.
async fn invite(owner: &Editor<'_>, login: &str, name: &str, role: &str) -> String {
    let form = [("action", "add"), ("login", login), ("display-name", name), ("role", role)];
    link(&body(owner.send(EDITORS, &form).await, 200).await)
}

/// The address of an editor's page.
async fn page_address(owner: &Editor<'_>, login: &str) -> String {
    let page = owner.page(EDITORS).await;
    let line = page.lines().find(|line| {
        line.contains(&format!("\">{login}</a>")) || line.contains(&format!("({login})</a>"))
    });
    let (_, rest) = line.unwrap().split_once("href=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// The link that a button of an editor's page makes.
async fn made(owner: &Editor<'_>, login: &str, action: &str) -> String {
    let path = page_address(owner, login).await;
    link(&body(owner.send(&path, &[("action", action)]).await, 200).await)
}

fn passwords<'a>(first: &'a str, second: &'a str) -> [(&'static str, &'a str); 2] {
    [("password", first), ("repeated-password", second)]
}

/// Sets the password by a link and returns the browser that is signed in then.
async fn accept<'a>(app: &'a TestApp, link: &str) -> Editor<'a> {
    let answer = app.send(link, &passwords(OWN_PASSWORD, OWN_PASSWORD)).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(header(&answer, "location"), "/admin");
    Editor { app, cookie: session_cookie(&answer) }
}

async fn sign_in_status(app: &TestApp, login: &str, password: &str) -> u16 {
    let form = [("login", login), ("password", password)];
    app.send("/admin/sign-in", &form).await.status().as_u16()
}

/// A link that sets no password any more: what is said of it, and that nothing can be sent to it.
async fn is_over(app: &TestApp, link: &str, sentence: &str) {
    let form = passwords(OWN_PASSWORD, OWN_PASSWORD);
    for answer in [app.get(link).await, app.send(link, &form).await] {
        let page = body(answer, 404).await;
        let words = page.replace('\u{a0}', " ");
        assert!(words.contains(sentence), "no {sentence:?} in {page}");
        assert!(page.contains("href=\"/admin/sign-in\""), "no way on: {page}");
    }
}

on_both_databases! {
    async fn an_invited_editor_sets_a_password_that_nobody_else_knows(app: TestApp) {
        let owner = app.owner("olga").await;
        let path = invite(&owner, "борис", " Борис \t Ким ", "editor").await;
        let page = owner.page(EDITORS).await;
        assert!(!page.contains("class=\"secret\""), "the link is shown twice");
        assert!(page.contains("Борис Ким (борис)") && page.contains("Пароль ещё не"), "{page}");
        assert_eq!(sign_in_status(&app, "борис", "").await, 401);
        assert_eq!(sign_in_status(&app, "борис", PASSWORD).await, 401);

        // Looking uses nothing up, and says for whom it is.
        for _ in 0..2 {
            let page = app.page(&path).await;
            assert!(page.contains("Борис Ким, ваш логин") && page.contains("<strong>борис</strong>"), "{page}");
            assert!(page.contains("name=\"robots\" content=\"noindex"), "{page}");
        }
        for (first, second, sentence) in [
            ("короткий", "короткий", "не\u{a0}меньше 15\u{a0}знаков"),
            (OWN_PASSWORD, PASSWORD, "Пароли не\u{a0}совпали"),
            (OWN_PASSWORD, "", "Пароли не\u{a0}совпали"),
        ] {
            let page = body(app.send(&path, &passwords(first, second)).await, 422).await;
            assert_eq!(page.matches(sentence).count(), 2, "{page}");
            assert!(!page.contains(first) && !page.contains(PASSWORD), "a password is echoed");
        }
        let boris = accept(&app, &path).await;
        assert_eq!(boris.get("/admin").await.status(), 200);
        assert_eq!(boris.get(EDITORS).await.status(), 403);
        assert_eq!(sign_in_status(&app, "борис", OWN_PASSWORD).await, 303);
        is_over(&app, &path, "По этой ссылке пароль уже задан.").await;
        assert!(!owner.page(EDITORS).await.contains("Пароль ещё не"));
    }

    async fn a_link_of_another_site_or_nobody_sets_nothing(app: TestApp) {
        let owner = app.owner("olga").await;
        let path = invite(&owner, "ann", "", "editor").await;
        let body = encoded(&passwords(OWN_PASSWORD, OWN_PASSWORD));
        let request = app.request(Method::POST, &path).header("origin", "https://example.com");
        assert_eq!(request.body(body).send().await.unwrap().status(), 403);
        is_over(&app, &path[..path.len() - 1], "Такой ссылки нет.").await;
        is_over(&app, "/admin/invitation/x", "Такой ссылки нет.").await;
        accept(&app, &path).await;
    }

    async fn guessing_links_is_slowed_down_and_keeps_nobody_out(app: TestApp) {
        let owner = app.owner("olga").await;
        let path = invite(&owner, "ann", "", "editor").await;
        let mut statuses = Vec::new();
        for number in 0..60 {
            statuses.push(app.get(&format!("/admin/invitation/{number}")).await.status().as_u16());
        }
        assert_eq!(statuses[..50], [404; 50]);
        assert!(statuses[50..].contains(&429), "{statuses:?}");
        accept(&app, &path).await;
    }

    async fn a_new_link_voids_the_one_before(app: TestApp) {
        let owner = app.owner("olga").await;
        let first = invite(&owner, "ann", "Анна", "editor").await;
        // Sent once more by a second click, the form makes the link anew.
        let second = invite(&owner, "ann", "Анна", "editor").await;
        is_over(&app, &first, "её отозвали или заменили новой").await;
        let form = [("action", "add"), ("login", "ann"), ("display-name", "Анна"), ("role", "owner")];
        let page = body(owner.send(EDITORS, &form).await, 422).await;
        assert!(page.contains("Такой логин уже есть."), "{page}");
        let third = made(&owner, "ann", "invite").await;
        is_over(&app, &second, "её отозвали или заменили новой").await;
        accept(&app, &third).await;
        // There is a password now, so a page that was open all the while makes no link.
        let path = page_address(&owner, "ann").await;
        let page = body(owner.send(&path, &[("action", "invite")]).await, 422).await;
        assert!(page.contains("только что задал пароль") && page.contains("Сбросить пароль"), "{page}");
        assert_eq!(sign_in_status(&app, "ann", OWN_PASSWORD).await, 303);
    }

    async fn a_link_is_taken_back_or_expires(app: TestApp) {
        let owner = app.owner("olga").await;
        let withdrawn = invite(&owner, "ann", "", "editor").await;
        let path = page_address(&owner, "ann").await;
        for _ in 0..2 {
            let answer = owner.send(&path, &[("action", "withdraw")]).await;
            assert_eq!(header(&answer, "location"), format!("{path}?done=withdrawn"));
        }
        is_over(&app, &withdrawn, "её отозвали или заменили новой").await;
        let page = owner.page(&path).await;
        assert!(page.contains("ссылки нет") && page.contains(">Создать ссылку<"), "{page}");
        let expired = made(&owner, "ann", "invite").await;
        app.database.execute("UPDATE invitations SET expires_at = '2026-01-01 00:00:00'");
        is_over(&app, &expired, "Срок этой ссылки истёк.").await;
        assert!(owner.page(&path).await.contains("срок ссылки истёк"));
        // A disabled editor's link works no more, nor is one made.
        let disabled = made(&owner, "ann", "invite").await;
        owner.send(&format!("{path}/disable"), &[]).await;
        is_over(&app, &disabled, "её отозвали или заменили новой").await;
        assert_eq!(owner.send(&path, &[("action", "invite")]).await.status(), 400);
        owner.send(&path, &[("action", "enable")]).await;
        is_over(&app, &disabled, "её отозвали или заменили новой").await;
        let log = owner.page("/admin/audit?object=ann").await;
        assert_eq!(log.matches("Ссылка для пароля отозвана").count(), 1, "{log}");
    }

    async fn a_reset_ends_the_old_password_and_the_sessions_at_once(app: TestApp) {
        let (owner, editor) = (app.owner("olga").await, app.editor("ann").await);
        let path = made(&owner, "ann", "reset").await;
        assert_eq!(editor.get("/admin").await.status(), 303);
        assert_eq!(sign_in_status(&app, "ann", PASSWORD).await, 401);
        let ann = accept(&app, &path).await;
        assert_eq!(ann.get("/admin").await.status(), 200);
        assert_eq!(sign_in_status(&app, "ann", PASSWORD).await, 401);
        let log = owner.page("/admin/audit?object=ann").await;
        for words in ["Пароль сброшен", "Ссылка для пароля создана", "Пароль задан по\u{a0}ссылке"] {
            assert_eq!(log.matches(words).count(), 1, "{words} in {log}");
        }
        // One's own password is changed where the present one is asked for.
        let own = page_address(&owner, "olga").await;
        for action in ["reset", "invite", "withdraw", "end"] {
            let answer = owner.send(&own, &[("action", action)]).await;
            assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, ACCOUNT));
        }
        assert_eq!(sign_in_status(&app, "olga", PASSWORD).await, 303);
    }

    async fn an_owner_without_a_password_is_not_the_last_one(app: TestApp) {
        let owner = app.owner("olga").await;
        let path = invite(&owner, "oleg", "", "owner").await;
        let own = page_address(&owner, "olga").await;
        let demote = [("action", "role"), ("role", "editor")];
        let page = body(owner.send(&own, &demote).await, 422).await;
        assert!(page.contains("Это последний владелец"), "{page}");
        let page = body(owner.send(&format!("{own}/disable"), &[]).await, 422).await;
        assert!(page.contains("Это последний владелец"), "{page}");
        accept(&app, &path).await;
        assert_eq!(owner.send(&own, &demote).await.status(), 303);
    }

    async fn disabling_asks_once(app: TestApp) {
        let (owner, editor) = (app.owner("olga").await, app.editor("ann").await);
        let path = page_address(&owner, "ann").await;
        assert!(owner.page(&path).await.contains(&format!("href=\"{path}/disable\"")));
        let page = owner.page(&format!("{path}/disable")).await;
        assert!(page.contains("<h1>Отключить ann?</h1>"), "{page}");
        assert!(page.contains("открытые сеансы (1)"), "{page}");
        // Nothing is done by a form of the editor's page itself.
        owner.send(&path, &[("action", "disable")]).await;
        assert_eq!(editor.get("/admin").await.status(), 200);
        let answer = owner.send(&format!("{path}/disable"), &[]).await;
        assert_eq!(header(&answer, "location"), format!("{path}?done=disabled"));
        assert_eq!(editor.get("/admin").await.status(), 303);
        assert_eq!(owner.get(&format!("{path}/disable")).await.status(), 303);
    }

    async fn one_button_ends_all_sessions(app: TestApp) {
        let (owner, first) = (app.owner("olga").await, app.editor("ann").await);
        let (second, other) = (app.sign_in("ann").await, app.editor("bob").await);
        let page = first.page(ACCOUNT).await;
        assert_eq!(page.matches("value=\"end-all\"").count(), 1, "{page}");
        let answer = first.send(ACCOUNT, &[("action", "end-all")]).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, "/"));
        assert!(header(&answer, "set-cookie").contains("Max-Age=0"));
        for session in [&first, &second] {
            assert_eq!(session.get("/admin").await.status(), 303);
        }
        assert_eq!(other.get("/admin").await.status(), 200);

        let (first, second) = (app.sign_in("ann").await, app.sign_in("ann").await);
        let path = page_address(&owner, "ann").await;
        assert!(owner.page(&path).await.contains("Открыто: 2\u{a0}сеанса"));
        for _ in 0..2 {
            let answer = owner.send(&path, &[("action", "end")]).await;
            assert_eq!(header(&answer, "location"), format!("{path}?done=ended"));
        }
        for session in [&first, &second] {
            assert_eq!(session.get("/admin").await.status(), 303);
        }
        assert_eq!((other.get("/admin").await.status(), owner.get("/admin").await.status()), (200.try_into().unwrap(), 200.try_into().unwrap()));
        assert!(owner.page(&path).await.contains("Открытых сеансов нет."));
        let log = owner.page("/admin/audit?object=ann").await;
        assert_eq!(log.matches("Все сеансы завершены").count(), 2, "{log}");
    }

    async fn a_name_stands_beside_the_login_for_editors_alone(app: TestApp) {
        let (owner, editor) = (app.owner("olga").await, app.editor("ann").await);
        let grade = "/admin/professions/front-end/middle";
        assert_eq!(editor.save(grade, "1", "- Git").await.status(), 303);
        let named = [("action", "name"), ("display-name", "  Анна \t Ким ")];
        let answer = editor.send(ACCOUNT, &named).await;
        assert_eq!(header(&answer, "location"), "/admin/account?done=named");
        let page = editor.page("/admin/account?done=named").await;
        assert!(page.contains("Имя сохранено.") && page.contains("value=\"Анна Ким\""), "{page}");
        for name in ["я".repeat(61), "две\nстроки".into(), "\u{7}".into()] {
            let form = [("action", "name"), ("display-name", name.as_str())];
            let page = body(editor.send(ACCOUNT, &form).await, 422).await;
            assert!(page.contains("href=\"#display-name\"") && page.contains("display-name-error"), "{page}");
        }
        for path in ["/admin/professions/front-end/middle/history", EDITORS] {
            assert!(owner.page(path).await.contains("Анна Ким (ann)"), "{path}");
        }
        // Everybody else is told as little as before.
        for path in ["/changes", "/changes/1", "/changes.atom", "/professions/front-end/middle", "/"] {
            for page in [app.page(path).await, editor.page(path).await] {
                assert!(!page.contains("Анна Ким"), "{path}");
            }
        }
        let path = page_address(&owner, "ann").await;
        let answer = owner.send(&path, &[("action", "name"), ("display-name", "Анна")]).await;
        assert_eq!(header(&answer, "location"), format!("{path}?done=named"));
        assert!(owner.page(&path).await.contains("<h1>Анна (ann)</h1>"));
        owner.send(&path, &[("action", "name"), ("display-name", " ")]).await;
        assert!(owner.page(&path).await.contains("<h1>ann</h1>"));
        let log = owner.page("/admin/audit?object=ann").await;
        for words in ["нет → Анна Ким", "Анна Ким → Анна<", "Анна → нет"] {
            assert!(log.contains(words), "{words} in {log}");
        }
    }

    async fn a_role_says_what_it_may_do(app: TestApp) {
        let (owner, editor) = (app.owner("olga").await, app.editor("ann").await);
        let may = "Правит и\u{a0}публикует грейды";
        assert!(editor.page(ACCOUNT).await.contains(may));
        let page = owner.page(EDITORS).await;
        assert!(page.contains(may) && page.contains("Ведёт правила, шкалы уровней"), "{page}");
    }

    async fn no_link_and_no_password_is_logged(app: TestApp) {
        let owner = app.owner("olga").await;
        let path = invite(&owner, "ann", "", "editor").await;
        accept(&app, &path).await;
        let second = made(&owner, "ann", "reset").await;
        let log = owner.page(AUDIT).await;
        for secret in [path.rsplit_once('/').unwrap().1, second.rsplit_once('/').unwrap().1, OWN_PASSWORD] {
            assert!(!log.contains(secret), "{log}");
        }
        for words in ["Редактор добавлен: ann", "Ссылка для пароля создана: ann", "действует до"] {
            assert!(log.replace('\u{a0}', " ").contains(words), "{words} in {log}");
        }
    }
}
