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

/// Limits an editor to the tracks with these titles; returns the address of the editor's page.
async fn limited(owner: &Editor<'_>, login: &str, titles: &[&str]) -> String {
    let path = page_address(owner, login).await;
    let page = owner.page(&path).await;
    let numbers = titles.iter().map(|title| {
        let (before, _) = page.split_once(&format!(">{title}<")).unwrap();
        let (_, number) = before.rsplit_once("name=\"track\" value=\"").unwrap();
        number.split('"').next().unwrap()
    });
    let mut form = vec![("action", "tracks")];
    form.extend(numbers.map(|number| ("track", number)));
    let answer = owner.send(&path, &form).await;
    assert_eq!(header(&answer, "location"), format!("{path}?done=limited"));
    path
}

/// The key of a program, made by an owner.
async fn key(owner: &Editor<'_>) -> String {
    let form = [("action", "add"), ("name", "HR"), ("scope", "write"), ("days", "30")];
    let page = body(owner.send("/admin/tokens", &form).await, 200).await;
    between(&page, "<pre class=\"secret\"><code>", "</code>").to_owned()
}

/// Changes a resource by a program.
async fn patched(app: &TestApp, key: &str, address: &str, sent: &'static str) -> Response {
    let tag = header(&app.get(address).await, "etag").to_owned();
    let request = app.request(Method::PATCH, address).bearer_auth(key).body(sent);
    let request = request.header("content-type", "application/json").header("if-match", tag);
    request.send().await.unwrap()
}

/// Everything a limited editor could have changed.
async fn state(app: &TestApp) -> String {
    let mut state = String::new();
    for path in ["/export/toml", "/releases", "/changes"] {
        state.push_str(&app.page(path).await);
    }
    let second = app.sign_in("second").await;
    for path in ["/admin/proposals/1", "/admin/editors", "/admin/trash"] {
        let page = second.page(path).await;
        state.push_str(between(&page, "<main", "</main>").split("name=\"token\"").next().unwrap());
    }
    state
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
        let log = owner.page(AUDIT).await.replace("<a href=\"/admin/editors/2\">ann</a>", "ann");
        for secret in [path.rsplit_once('/').unwrap().1, second.rsplit_once('/').unwrap().1, OWN_PASSWORD] {
            assert!(!log.contains(secret), "{log}");
        }
        for words in ["Редактор добавлен: ann", "Ссылка для пароля создана: ann", "действует до"] {
            assert!(log.replace('\u{a0}', " ").contains(words), "{words} in {log}");
        }
    }

    async fn an_editor_is_limited_to_tracks_by_check_boxes(app: TestApp) {
        let (owner, editor) = (app.owner("olga").await, app.editor("ann").await);
        let path = limited(&owner, "ann", &["Веб-разработка"]).await;
        let page = owner.page(&format!("{path}?done=limited")).await;
        assert!(page.contains("Направления сохранены."), "{page}");
        assert_eq!(page.matches("name=\"track\"").count(), page.matches("name=\"track\" value=").count());
        assert_eq!(page.matches(" checked>Веб-разработка").count(), 1, "{page}");
        assert!(editor.page(ACCOUNT).await.contains("Владелец открыл вам только часть направлений"));

        // Inside of them everything goes on.
        let inside = "/admin/professions/front-end/middle";
        assert_eq!(editor.save(inside, "1", "- Git").await.status(), 303);
        let proposed = [("version", "1"), ("text", "- SSH"), ("note", ""), ("action", "propose")];
        assert_eq!(editor.send("/admin/professions/front-end/junior", &proposed).await.status(), 303);
        let restore = [("version", "2"), ("restore", "1")];
        assert_eq!(editor.send(&format!("{inside}/history"), &restore).await.status(), 303);
        assert_eq!(editor.send(&format!("{inside}/delete"), &[("version", "0"), ("action", "delete")]).await.status(), 409);
        let made = [("title", "Верстальщик"), ("track", "web"), ("slug", ""), ("summary", ""), ("level", "junior"), ("action", "save")];
        assert_eq!(editor.send("/admin/new-profession", &made).await.status(), 303);
        // Forms offer nothing else.
        let form = editor.page("/admin/professions/front-end").await;
        let choice = between(&form, "name=\"track\"", "</select>");
        assert_eq!(choice.matches("<option").count(), 1, "{choice}");

        // Outside is refused, with what was typed.
        let outside = "/admin/professions/devops/middle";
        let answer = editor.save(outside, "1", "- Этого не будет").await;
        let page = body(answer, 403).await;
        assert!(page.contains("Не ваше направление") && page.contains("- Этого не будет"), "{page}");
        for path in [outside, "/admin/professions/devops", "/admin/new-skill", "/admin/tracks", "/admin/transfer"] {
            assert_eq!(editor.get(path).await.status(), 403, "{path}");
        }
        let away = [("version", "1"), ("title", "Фронтенд-разработчик"), ("slug", "front-end"), ("summary", ""), ("track", "python"), ("action", "save")];
        let version = between(&form, "name=\"version\" value=\"", "\"").to_owned();
        let away = away.map(|(name, value)| if name == "version" { (name, version.as_str()) } else { (name, value) });
        assert_eq!(editor.send("/admin/professions/front-end", &away).await.status(), 403);

        // Lifted, the limit is gone at once; the log tells both.
        let answer = owner.send(&path, &[("action", "tracks")]).await;
        assert_eq!(header(&answer, "location"), format!("{path}?done=limited"));
        assert_eq!(editor.save(outside, "1", "- Swift").await.status(), 303);
        let log = owner.page("/admin/audit?object=ann").await;
        let log = log.replace('\u{a0}', " ");
        assert!(log.contains("все → Веб-разработка") && log.contains("Веб-разработка → все"), "{log}");
    }

    async fn whoever_is_limited_to_a_track_in_the_trash_may_change_nothing(app: TestApp) {
        let (owner, editor) = (app.owner("olga").await, app.editor("ann").await);
        limited(&owner, "ann", &["Веб-разработка"]).await;
        app.database.execute("UPDATE editor_tracks SET track_id = 987654");
        assert_eq!(editor.save("/admin/professions/front-end/middle", "1", "- Git").await.status(), 403);
        let path = page_address(&owner, "ann").await;
        assert!(owner.page(&path).await.contains("value=\"987654\" checked>Направление в"));
    }

    async fn a_limited_editor_finds_no_form_and_no_call_that_changes_anything_outside(app: TestApp) {
        let owner = app.owner("olga").await;
        let other = app.editor("oleg").await;
        // What there is to be changed: a proposal, deletions, a saved change.
        let proposed = [("version", "1"), ("text", "- Swift"), ("note", ""), ("action", "propose")];
        let answer = other.send("/admin/professions/devops/middle", &proposed).await;
        assert!(header(&answer, "location").starts_with("/admin/proposals/1"));
        assert_eq!(other.save("/admin/professions/devops/junior", "1", "- Xcode").await.status(), 303);
        let gone = "/admin/professions/devops/senior-plus/delete";
        let version = between(&other.page(gone).await, "name=\"version\" value=\"", "\"").to_owned();
        let sent = [("version", version.as_str()), ("action", "delete")];
        assert_eq!(other.send(gone, &sent).await.status(), 303);
        let trash = other.page("/admin/trash").await;
        let [profession, grade] = ["profession", "grade"].map(|name| {
            between(&trash, &format!("name=\"{name}\" value=\""), "\"").to_owned()
        });
        let secret = key(&owner).await;
        let ladder = app.page("/api/v1/graders/professions/devops").await;
        let grade_id = between(&ladder, "\"grade_id\":", ",").to_owned();

        // The owner whose key it is becomes an editor with one track.
        let second = app.owner("second").await;
        let page = page_address(&second, "olga").await;
        second.send(&page, &[("action", "role"), ("role", "editor")]).await;
        limited(&second, "olga", &["Веб-разработка"]).await;
        let limited = owner;

        let before = state(&app).await;
        let routes = std::fs::read_to_string("src/routes.rs").unwrap();
        let (_, routes) = routes.split_once("fn editing(").unwrap();
        let (pages, calls) = routes.split_once("fn graders(").unwrap();
        let quoted = |text: &str| {
            let parts = text.split('"').skip(1).step_by(2).map(str::to_owned);
            parts.filter(|part| part.starts_with('/')).collect::<Vec<_>>()
        };
        let own = ["/admin/account", "/admin/sign-in", "/admin/sign-out", "/admin/setup/{token}", "/admin/invitation/{token}"];
        let paths = quoted(pages);
        assert!(paths.len() > 40, "{paths:?}");
        let mut refused = 0;
        for pattern in paths.iter().filter(|path| !own.contains(&path.as_str())) {
            let slug = if pattern.contains("/skills/") { "react" }
                else if pattern.contains("/tracks/") { "python" }
                else if pattern.contains("/scales/") { "rukovoditeli" }
                else { "devops" };
            let path = pattern.replace("{slug}", slug).replace("{level}", "middle");
            let path = path.replace("{id}", "1").replace("{token}", "5ec4e7");
            for action in ["save", "add", "delete", "remove", "publish", "return", "withdraw", "note", "propose", "restore", "relevel", "move", "up", "order", "merge", "undo", "name", "alias", "disable", "role", "copy", ""] {
                let form = [
                    ("action", action), ("version", "1"), ("text", "- Чужое"), ("note", "Чужое"), ("remark", "Чужое"),
                    ("title", "Чужое"), ("slug", "chuzhoe"), ("summary", "Чужое"), ("track", "python"), ("restore", "1"),
                    ("level", "intern"), ("from", "middle"), ("to", "senior-plus"), ("confirmed", "yes"), ("seen", ""),
                    ("source", "front-end"), ("into", "redux"), ("category", "Чужое"), ("said", ""), ("effect", "more"),
                    ("id", "1"), ("name", "Чужое"), ("scope", "write"), ("days", "30"), ("login", "eve"), ("role", "owner"),
                    ("profession", "1"), ("draft", ""), ("direction", "up"),
                ];
                let answer = limited.send(&path, &form).await;
                refused += usize::from(answer.status() == 403);
                assert!(!answer.status().is_redirection(), "{action} {path}: {}", answer.status());
            }
        }
        assert!(refused > 500, "{refused}");
        let sent = [("profession", profession.as_str()), ("grade", grade.as_str())];
        assert_eq!(limited.send("/admin/trash", &sent).await.status(), 403);
        assert!(!limited.page("/admin/trash").await.contains("name=\"grade\""));
        assert_eq!(state(&app).await, before, "a form has changed something");

        for pattern in quoted(calls) {
            let path = pattern.replace("{slug}", "devops").replace("{grade_id}", &grade_id);
            let path = format!("/api/v1/graders{}", path.replace("{requirement_id}", "x"));
            let read = app.get(&path).await;
            let tag = read.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
            for (method, sent) in [
                (Method::POST, r#"{"slug":"chuzhaya","title":"Чужая","track":"python","level_name":"intern","description":"- Чужое"}"#),
                (Method::POST, r#"{"slug":"chuzhaya","title":"Чужая","track":"python"}"#),
                (Method::POST, r#"{"level_name":"intern","description":"- Чужое"}"#),
                (Method::PATCH, r#"{"summary":"Чужое"}"#),
                (Method::PATCH, r#"{"track":"web"}"#),
                (Method::PATCH, r#"{"description":"- Чужое"}"#),
                (Method::DELETE, ""),
            ] {
                let request = app.request(method.clone(), &path).bearer_auth(&secret);
                let request = request.header("content-type", "application/json").body(sent);
                let answer = request.header("if-match", tag.clone().unwrap_or_default()).send().await.unwrap();
                let status = answer.status().as_u16();
                assert!(status >= 400, "{method} {path}: {status}");
            }
        }
        assert_eq!(state(&app).await, before, "a call has changed something");
    }

    async fn a_program_may_change_what_whoever_made_its_key_may(app: TestApp) {
        let (owner, second) = (app.owner("olga").await, app.owner("second").await);
        let secret = key(&owner).await;
        let page = page_address(&second, "olga").await;
        second.send(&page, &[("action", "role"), ("role", "editor")]).await;
        limited(&second, "olga", &["Веб-разработка"]).await;
        let (inside, outside) =
            ("/api/v1/graders/professions/front-end", "/api/v1/graders/professions/devops");
        let sent = r#"{"summary":"Свое"}"#;
        let problem = body(patched(&app, &secret, outside, sent).await, 403).await;
        assert!(problem.contains("forbidden"), "{problem}");
        assert_eq!(patched(&app, &secret, inside, sent).await.status(), 200);
        let away = r#"{"track":"python"}"#;
        assert_eq!(patched(&app, &secret, inside, away).await.status(), 403);
    }
}
