//! Managing accounts, one's own account, and the audit log.

use grades::audit::service::Actor;
use grades::editors::service::{self as editors, AccountError, Browser, Objection, Role};
use reqwest::{Method, Response};

use crate::app::{Editor, PASSWORD, TestApp, TestDatabase, between, header, session_cookie};

const EDITORS: &str = "/admin/editors";
const ACCOUNT: &str = "/admin/account";
const AUDIT: &str = "/admin/audit";
const OTHER_PASSWORD: &str = "совсем другой пароль";

/// The target of the redirect after a successful form.
async fn led_to(answer: Response) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

/// The body of a 422 answer.
async fn refused(answer: Response) -> String {
    assert_eq!(answer.status(), 422);
    let page = answer.text().await.unwrap();
    for password in [PASSWORD, OTHER_PASSWORD] {
        assert!(!page.contains(password), "a password is echoed");
    }
    assert!(between(&page, "<title>", "</title>").starts_with("Ошибка. "));
    for link in between(&page, "error-summary", "</ul>").split("<a href=\"#").skip(1) {
        let field = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{field}\"")), "no field {field}");
        assert!(page.contains(&format!("id=\"{field}-error\"")), "no message by {field}");
    }
    page
}

/// The address of an editor's page.
async fn page_address(owner: &Editor<'_>, login: &str) -> String {
    let page = owner.page(EDITORS).await;
    let (before, _) = page.split_once(&format!("\">{login}</a>")).unwrap();
    before.rsplit_once("href=\"").unwrap().1.to_owned()
}

async fn disable(owner: &Editor<'_>, login: &str) -> Response {
    let path = page_address(owner, login).await;
    owner.send(&format!("{path}/disable"), &[]).await
}

/// The answer to an attempt to sign in.
async fn sign_in_attempt(app: &TestApp, login: &str, password: &str) -> u16 {
    let answer = app.send("/admin/sign-in", &[("login", login), ("password", password)]).await;
    answer.status().as_u16()
}

/// The entries of the log, the newest first, one line each.
async fn entries(owner: &Editor<'_>, path: &str) -> Vec<String> {
    let page = owner.page(path).await;
    if page.contains("class=\"absent\"") {
        return Vec::new();
    }
    let list = between(&page, "<ol class=\"changes\">", "</ol>");
    list.split("<li>").skip(1).map(|entry| without_links(entry).replace('\n', " ")).collect()
}

/// The text of links in their place.
fn without_links(html: &str) -> String {
    let mut text = html.replace("</a>", "");
    while let Some((before, rest)) = text.split_once("<a ") {
        text = format!("{before}{}", rest.split_once('>').unwrap().1);
    }
    text
}

on_both_databases! {
    async fn only_owners_see_the_pages_of_owners(app: TestApp) {
        let (owner, editor) = (app.owner("olga").await, app.editor("ann").await);
        let of_olga = page_address(&owner, "olga").await;
        for path in [EDITORS, of_olga.as_str(), AUDIT] {
            assert_eq!(owner.get(path).await.status(), 200, "{path}");
            let answer = editor.get(path).await;
            assert_eq!(answer.status(), 403, "{path}");
            let page = answer.text().await.unwrap();
            assert!(page.contains("<h1>Только для владельцев</h1>"), "{page}");
            assert!(page.contains("href=\"/admin\">К"), "{page}");
            let answer = app.get(path).await;
            assert_eq!(answer.status(), 303, "{path}");
            assert!(header(&answer, "location").starts_with("/admin/sign-in?to="), "{path}");
        }
        let asking = format!("{of_olga}/disable");
        for action in ["add", "name", "role", "invite", "reset", "withdraw", "end", "disable", "enable", "resume"] {
            let form = [("action", action), ("login", "eve"), ("password", OTHER_PASSWORD), ("role", "owner")];
            for path in [EDITORS, of_olga.as_str(), asking.as_str()] {
                assert_eq!(editor.send(path, &form).await.status(), 403, "{action} {path}");
                let answer = app.send(path, &form).await;
                assert_eq!(answer.status(), 401, "{action} {path}");
                assert!(!answer.text().await.unwrap().contains(OTHER_PASSWORD), "a password is echoed");
                assert_eq!(owner.send_plain(path, &form).await.status(), 401, "{action} without the token");
            }
        }
        assert_eq!(sign_in_attempt(&app, "eve", OTHER_PASSWORD).await, 401);
        assert_eq!(owner.get("/admin").await.status(), 200);
        let (of_owner, of_editor) = (owner.page("/admin").await, editor.page("/admin").await);
        for path in [EDITORS, AUDIT] {
            let link = format!("href=\"{path}\"");
            assert!(of_owner.contains(&link) && !of_editor.contains(&link), "{path}");
        }
        assert!(of_editor.contains("href=\"/admin/account\""));
        assert_eq!(app.get(ACCOUNT).await.status(), 303);
        for path in ["/admin/editors/0", "/admin/editors/999", "/admin/editors/999/disable"] {
            assert_eq!(owner.get(path).await.status(), 404, "{path}");
            assert_eq!(owner.send(path, &[("action", "reset")]).await.status(), 404, "{path}");
        }
        assert_eq!(owner.get("/admin/editors/ann").await.status(), 400);
    }

    async fn all_errors_of_a_new_editor_are_shown_together(app: TestApp) {
        let owner = app.owner("olga").await;
        let long = "я".repeat(61);
        for (login, name, messages) in [
            ("a b", long.as_str(), ["В\u{a0}логине от", "до\u{a0}60\u{a0}знаков"]),
            ("Olga", "два\nряда", ["Такой логин уже есть.", "до\u{a0}60\u{a0}знаков"]),
        ] {
            let form = [("action", "add"), ("login", login), ("display-name", name), ("role", "owner")];
            let page = refused(owner.send(EDITORS, &form).await).await;
            for sentence in messages {
                assert_eq!(page.matches(sentence).count(), 2, "{sentence} in {page}");
            }
            assert!(page.contains(&format!("name=\"login\" value=\"{login}\"")), "{page}");
            assert!(between(&page, "value=\"owner\"", ">").contains("checked"), "{page}");
        }
        assert_eq!(owner.page(EDITORS).await.matches("/admin/editors/").count(), 1);
    }

    async fn a_disabled_editor_is_signed_out_immediately_and_can_not_sign_in(app: TestApp) {
        let (owner, editor) = (app.owner("olga").await, app.editor("ann").await);
        let path = page_address(&owner, "ann").await;
        assert_eq!(led_to(disable(&owner, "ann").await).await, format!("{path}?done=disabled"));
        assert_eq!(editor.get("/admin").await.status(), 303);
        assert_eq!(editor.save("/admin/professions/front-end/middle", "1", "- Git").await.status(), 401);
        let right = [("login", "ann"), ("password", PASSWORD)];
        let answer = app.send("/admin/sign-in", &right).await;
        assert_eq!(answer.status(), 401);
        let disabled = answer.text().await.unwrap();
        let wrong = app.send("/admin/sign-in", &[("login", "ann"), ("password", "wrong")]).await;
        assert_eq!(disabled, wrong.text().await.unwrap());
        assert!(owner.page(EDITORS).await.contains("Отключён "));
        assert!(owner.page(&format!("{path}?done=disabled")).await.contains("Редактор отключён"));

        // Repeating it changes nothing.
        led_to(disable(&owner, "ann").await).await;
        for _ in 0..2 {
            assert_eq!(led_to(owner.send(&path, &[("action", "enable")]).await).await, format!("{path}?done=enabled"));
        }
        assert_eq!(editor.get("/admin").await.status(), 303, "the session came back to life");
        assert_eq!(sign_in_attempt(&app, "ann", PASSWORD).await, 303);
        let log = entries(&owner, "/admin/audit?object=ann").await;
        assert_eq!(log.len(), 3, "{log:?}");
        assert!(log[0].starts_with("Редактор включён: ann") && log[1].starts_with("Редактор отключён: ann"));
    }

    async fn a_leftover_session_of_a_disabled_editor_is_invalid(app: TestApp) {
        let editor = app.editor("ann").await;
        app.database.execute("UPDATE editors SET disabled_at = '2026-01-01 00:00:00'");
        assert_eq!(editor.get("/admin").await.status(), 303);
        let page = editor.page("/").await;
        assert!(!page.contains("href=\"/admin\""));
    }

    async fn a_role_determines_what_an_editor_may_do(app: TestApp) {
        let (owner, editor) = (app.owner("olga").await, app.editor("ann").await);
        let path = page_address(&owner, "ann").await;
        let to = |role| [("action", "role"), ("role", role)];
        assert_eq!(led_to(owner.send(&path, &to("owner")).await).await, format!("{path}?done=role"));
        assert_eq!(editor.get(EDITORS).await.status(), 200);
        // An unknown role changes nothing.
        assert_eq!(owner.send(&path, &to("king")).await.status(), 400);
        assert_eq!(owner.send(EDITORS, &[("action", "add"), ("login", "eve")]).await.status(), 400);
        assert_eq!(editor.get(EDITORS).await.status(), 200);
        led_to(owner.send(&path, &to("editor")).await).await;
        assert_eq!(editor.get(EDITORS).await.status(), 403);
        let log = entries(&owner, "/admin/audit?object=ann").await;
        assert_eq!(log.len(), 3, "{log:?}");
        assert!(log[0].contains("владелец → редактор") && log[1].contains("редактор → владелец"), "{log:?}");
    }

    async fn the_last_owner_can_not_be_disabled_or_demoted(app: TestApp) {
        let owner = app.owner("olga").await;
        let path = page_address(&owner, "olga").await;
        let page = refused(disable(&owner, "olga").await).await;
        assert!(page.contains("Это последний владелец"), "{page}");
        let page = refused(owner.send(&path, &[("action", "role"), ("role", "editor")]).await).await;
        assert!(between(&page, "value=\"editor\"", ">").contains("checked"), "{page}");

        // A disabled owner does not count.
        let second = app.owner("oleg").await;
        led_to(disable(&owner, "oleg").await).await;
        assert_eq!(second.get("/admin").await.status(), 303);
        refused(disable(&owner, "olga").await).await;
        let of_oleg = page_address(&owner, "oleg").await;
        led_to(owner.send(&of_oleg, &[("action", "enable")]).await).await;
        assert_eq!(led_to(owner.send(&path, &[("action", "role"), ("role", "editor")]).await).await, "/admin");
        assert_eq!(owner.get(EDITORS).await.status(), 403);
        assert_eq!(owner.get("/admin").await.status(), 200);
    }

    async fn two_owners_who_disable_each_other_concurrently_leave_one(database: TestDatabase) {
        grades::db::migrate(&database.url().parse().unwrap()).unwrap();
        let opened = database.open();
        for round in 0..10 {
            let logins = [0, 1, 2].map(|number| format!("owner-{round}-{number}"));
            for login in &logins {
                editors::create(&opened, login, PASSWORD, Role::Owner).unwrap();
            }
            let accounts = editors::accounts(&opened).unwrap();
            let id = |login: &String| accounts.iter().find(|found| found.login == *login).unwrap().id;
            std::thread::scope(|scope| {
                for (number, login) in logins.iter().enumerate() {
                    let (opened, other) = (&opened, id(&logins[(number + 1) % 3]));
                    let by = Actor { login: login.clone(), address: String::new() };
                    scope.spawn(move || {
                        let done = if number == 0 {
                            editors::change_role(opened, other, Role::Editor, &by)
                        } else {
                            editors::disable(opened, other, &by)
                        };
                        let refused = matches!(
                            &done,
                            Err(AccountError::NotOwner | AccountError::Refused(_))
                        );
                        assert!(done.is_ok() || refused, "{done:?}");
                    });
                }
            });
            let left = editors::accounts(&opened).unwrap();
            let able = |account: &&editors::Account| {
                account.role == Role::Owner && account.disabled_at.is_none()
            };
            assert!(left.iter().filter(able).count() >= 1, "round {round}: {left:?}");
            database.execute("UPDATE editors SET disabled_at = '2026-01-01 00:00:00'");
        }
    }

    async fn a_former_owner_can_not_change_accounts(database: TestDatabase) {
        grades::db::migrate(&database.url().parse().unwrap()).unwrap();
        let opened = database.open();
        editors::create(&opened, "olga", PASSWORD, Role::Owner).unwrap();
        editors::create(&opened, "ann", PASSWORD, Role::Editor).unwrap();
        let olga = editors::accounts(&opened).unwrap().iter().find(|found| found.login == "olga").unwrap().id;
        for login in ["ann", "nobody", ""] {
            let by = Actor { login: login.into(), address: String::new() };
            for refused in [
                editors::invite(&opened, ("eve", ""), Role::Owner, &by).map(drop),
                editors::reset_password(&opened, olga, &by).map(drop),
                editors::renew_invitation(&opened, olga, &by).map(drop),
                editors::withdraw_invitation(&opened, olga, &by),
                editors::end_sessions_of(&opened, olga, &by).map(drop),
                editors::rename(&opened, olga, "Ольга", &by),
                editors::disable(&opened, olga, &by),
                editors::enable(&opened, olga, &by),
                editors::change_role(&opened, olga, Role::Editor, &by),
            ] {
                assert!(matches!(refused, Err(AccountError::NotOwner)), "{refused:?}");
            }
        }
        assert!(editors::sign_in(&opened, "olga", PASSWORD, &Browser::default()).is_ok());
        let last = Actor { login: "olga".into(), address: String::new() };
        let refused = editors::disable(&opened, olga, &last).unwrap_err();
        assert!(matches!(&refused, AccountError::Refused(all) if *all == [Objection::LastOwner]));
    }

    async fn changing_ones_own_password_requires_the_current_one_and_renews_the_session(app: TestApp) {
        let first = app.editor("ann").await;
        let second = app.sign_in("ann").await;
        let form = |present, wanted| [("action", "password"), ("present-password", present), ("password", wanted)];
        let page = refused(first.send(ACCOUNT, &form(OTHER_PASSWORD, "short")).await).await;
        assert!(page.contains("href=\"#present-password\">Текущий пароль не"), "{page}");
        assert!(page.contains("href=\"#password\">В"), "{page}");
        assert_eq!(second.get("/admin").await.status(), 200);

        let answer = first.send(ACCOUNT, &form(PASSWORD, OTHER_PASSWORD)).await;
        let cookie = session_cookie(&answer);
        assert_eq!(led_to(answer).await, "/admin/account?done=password");
        assert_ne!(cookie, first.cookie);
        let renewed = Editor { app: &app, cookie };
        assert!(renewed.page("/admin/account?done=password").await.contains("Пароль сменён"));
        for old in [&first, &second] {
            assert_eq!(old.get("/admin").await.status(), 303);
        }
        let again = first.send(ACCOUNT, &form(PASSWORD, OTHER_PASSWORD)).await;
        assert_eq!(again.status(), 401);
        let page = again.text().await.unwrap();
        assert!(!page.contains("password="), "{page}");
        assert_eq!(sign_in_attempt(&app, "ann", PASSWORD).await, 401);
        assert_eq!(sign_in_attempt(&app, "ann", OTHER_PASSWORD).await, 303);
    }

    async fn guessing_the_current_password_is_throttled(app: TestApp) {
        let editor = app.editor("ann").await;
        let form = [("action", "password"), ("present-password", "wrong"), ("password", OTHER_PASSWORD)];
        for _ in 0..5 {
            refused(editor.send(ACCOUNT, &form).await).await;
        }
        let answer = editor.send(ACCOUNT, &form).await;
        assert_eq!(answer.status(), 429);
        assert!(answer.text().await.unwrap().contains("Слишком много попыток."));
        // Signing in is not affected, and the attempts are logged.
        assert_eq!(sign_in_attempt(&app, "ann", PASSWORD).await, 303);
        let owner = app.owner("olga").await;
        let log = entries(&owner, "/admin/audit?login=ann").await;
        let attempts = log.iter().filter(|entry| entry.contains("смена пароля")).collect::<Vec<_>>();
        assert!(attempts.len() == 1 && attempts[0].contains("5&nbsp;раз,"), "{attempts:?}");
    }

    async fn sessions_are_listed_and_can_be_ended_one_by_one(app: TestApp) {
        let first = app.editor("ann").await;
        let other = app.editor("bob").await;
        let form = format!("login=ann&password={PASSWORD}");
        let request = app.request(Method::POST, "/admin/sign-in").header("user-agent", "Lynx/2.9 <b>");
        let answer = request.body(form).send().await.unwrap();
        let cookie = session_cookie(&answer);
        let second = Editor { app: &app, cookie };

        let page = first.page(ACCOUNT).await;
        assert_eq!(page.matches("Последний раз").count(), 2, "{page}");
        assert_eq!(page.matches("Этот браузер").count(), 1);
        assert!(page.contains("Lynx/2.9 &#60;b&#62;"), "{page}");
        for session in [&first, &second, &other] {
            assert!(!page.contains(session.cookie.split_once('=').unwrap().1), "a token is on the page");
        }
        let names = |page: &str| {
            let names = page.split("name=\"session\" value=\"").skip(1);
            names.map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let of_second = names(page.split_once("Lynx").unwrap().1)[0].clone();
        assert_eq!(of_second.len(), 16);
        // The session of another editor can't be ended.
        let end = |name| [("action", "end"), ("session", name)];
        led_to(other.send(ACCOUNT, &end(&of_second)).await).await;
        assert_eq!(second.get("/admin").await.status(), 200);
        for _ in 0..2 {
            assert_eq!(led_to(first.send(ACCOUNT, &end(&of_second)).await).await, "/admin/account?done=ended");
        }
        assert_eq!(second.get("/admin").await.status(), 303);
        let page = first.page(ACCOUNT).await;
        let answer = first.send(ACCOUNT, &end(&names(&page)[0])).await;
        assert!(header(&answer, "set-cookie").contains("Max-Age=0"));
        assert_eq!(led_to(answer).await, "/");
        assert_eq!(first.get("/admin").await.status(), 303);
    }

    async fn typed_fields_are_restored_after_signing_in_again_except_passwords(app: TestApp) {
        let owner = app.owner("olga").await;
        let form = [("action", "add"), ("login", "boris"), ("role", "owner"), ("password", OTHER_PASSWORD)];
        led_to(owner.send("/admin/sign-out", &[]).await).await;
        let page = owner.send(EDITORS, &form).await.text().await.unwrap();
        let typed = crate::app::unescaped(between(&page, "name=\"typed\" value=\"", "\""));
        assert!(typed.contains("login=boris") && !typed.contains("password"), "{typed}");
        let sign_in = [("login", "olga"), ("password", PASSWORD), ("to", EDITORS), ("typed", &typed)];
        let answer = app.send("/admin/sign-in", &sign_in).await;
        let cookie = session_cookie(&answer);
        let owner = Editor { app: &app, cookie };
        let resumed = [("login", "boris"), ("role", "owner"), ("action", "resume")];
        let answer = owner.send(EDITORS, &resumed).await;
        assert_eq!(answer.status(), 200);
        let page = answer.text().await.unwrap();
        assert!(page.contains("name=\"login\" value=\"boris\""), "{page}");
        assert!(between(&page, "value=\"owner\"", ">").contains("checked"), "{page}");
        assert!(!page.contains(">boris</a>"));
    }

    async fn the_log_records_every_action_and_no_secrets(app: TestApp) {
        let owner = app.owner("olga").await;
        let editor = app.editor("ann").await;
        assert_eq!(sign_in_attempt(&app, "ann", "не тот пароль совсем").await, 401);
        assert_eq!(sign_in_attempt(&app, OTHER_PASSWORD, "x").await, 401);
        let edit = [("version", "1"), ("text", "- Git"), ("note", "короче"), ("action", "save")];
        let path = "/admin/professions/front-end/middle";
        for _ in 0..2 {
            led_to(editor.send(path, &edit).await).await;
        }
        let form = [("action", "password"), ("present-password", PASSWORD), ("password", OTHER_PASSWORD)];
        let answer = editor.send(ACCOUNT, &form).await;
        let cookie = session_cookie(&answer);
        let renewed = Editor { app: &app, cookie };
        led_to(renewed.send("/admin/sign-out", &[]).await).await;

        let log = entries(&owner, AUDIT).await;
        let log = log.iter().rev().map(|entry| {
            let (action, rest) = entry.split_once(" <span").unwrap();
            let who = rest.split(", ").nth(2).unwrap_or_default();
            format!("{action} | {}", who.split('<').next().unwrap())
        });
        assert_eq!(log.collect::<Vec<_>>(), [
            "Редактор добавлен: olga | ",
            "Вход | olga",
            "Редактор добавлен: ann | ",
            "Вход | ann",
            "Неудачный вход | ann",
            "Неудачный вход | 127.0.0.1",
            "Описание сохранено: Фронтенд-разработчик: Мидл | ann",
            "Пароль сменён: ann | ann",
            "Выход | ann",
        ]);
        let page = owner.page(AUDIT).await;
        assert!(page.contains("<span class=\"remark quiet\">короче</span>"), "{page}");
        let tokens = [&owner, &editor, &renewed].map(|one| one.cookie.split_once('=').unwrap().1);
        for secret in tokens.iter().chain(&[PASSWORD, OTHER_PASSWORD, "не тот пароль", "argon2"]) {
            assert!(!page.contains(secret), "{secret}");
        }
    }

    async fn a_rolled_back_save_leaves_no_log_entry(app: TestApp) {
        let owner = app.owner("olga").await;
        let path = "/admin/professions/front-end/middle";
        led_to(owner.save(path, "1", "- Git").await).await;
        assert_eq!(owner.save(path, "1", "- SSH").await.status(), 409);
        assert_eq!(entries(&owner, "/admin/audit?object=front-end").await.len(), 1);
    }

    async fn the_log_is_filtered_by_login_object_and_days(app: TestApp) {
        let owner = app.owner("olga").await;
        app.database.execute(
            "DELETE FROM audit_log;
             INSERT INTO audit_log (at, login, action, object, detail, address) VALUES
             ('2026-11-20 23:59:59', 'ann', 'save', 'front-end/middle', 'one', ''),
             ('2026-11-21 00:00:00', 'ann', 'save', 'front-end/senior', 'two', ''),
             ('2026-11-22 23:59:59.5', 'bob', 'save', 'front-end-lead/middle', 'three', ''),
             ('2026-11-23 00:00:00', 'bob', 'later-invented', 'ann', 'four', '')",
        );
        for (query, expected) in [
            ("", "four three two one"),
            ("?login=ann", "two one"),
            ("?login=eve", ""),
            ("?object=front-end", "two one"),
            ("?object=front-end%2Fsenior", "two"),
            ("?object=%25", ""),
            ("?object=ann", "four"),
            ("?from=2026-11-21", "four three two"),
            ("?to=2026-11-22", "three two one"),
            ("?from=2026-11-21&to=2026-11-22", "three two"),
            ("?from=+2026-11-23+&login=bob", "four"),
            ("?login=ann%00&object=%00", "two one"),
        ] {
            let found = entries(&owner, &format!("{AUDIT}{query}")).await;
            let found = found.iter().map(|entry| between(entry, "remark quiet\">", "<"));
            assert_eq!(found.collect::<Vec<_>>().join(" "), expected, "{query}");
        }
        let page = owner.page("/admin/audit?login=eve").await;
        assert!(page.contains("Таких записей нет.") && page.contains("<option value=\"eve\" selected>"));
        for query in ["?from=когда-то", "?to=2026-13-01", "?from=2026-11-22&to=2026-11-21", "?from=12026-01-01"] {
            let page = refused(owner.get(&format!("{AUDIT}{query}")).await).await;
            let (name, value) = query[1..].split('&').next().unwrap().split_once('=').unwrap();
            assert!(page.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{page}");
        }
        assert_eq!(owner.get("/admin/audit?before=x").await.status(), 400);
        app.database.execute("DELETE FROM audit_log");
        assert!(owner.page(AUDIT).await.contains("Записей ещё нет."));
    }

    async fn the_log_names_things_by_their_titles_and_is_filtered_by_them(app: TestApp) {
        let owner = app.owner("olga").await;
        app.database.execute(
            "DELETE FROM audit_log;
             INSERT INTO audit_log (at, login, action, object, detail, address) VALUES
             ('2026-11-20 10:00:00', 'ann', 'save', 'front-end/middle', 'one', ''),
             ('2026-11-20 10:00:01', 'ann', 'change-profession', 'front-end', 'two', ''),
             ('2026-11-20 10:00:02', 'ann', 'remove-skill', 'nobody-knows', 'three', ''),
             ('2026-11-20 10:00:03', 'ann', 'change-skill', 'docker', 'four', ''),
             ('2026-11-20 10:00:04', 'ann', 'add-editor', 'olga', 'five', ''),
             ('2026-11-20 10:00:05', 'ann', 'change-track', 'web', 'six', ''),
             ('2026-11-20 10:00:06', 'ann', 'save', 'front-end/gone', 'seven', ''),
             ('2026-11-20 10:00:07', 'ann', 'change-rules', 'rules', '=eight', '')",
        );
        let page = owner.page(AUDIT).await.replace('\u{a0}', " ");
        for line in [
            "Описание сохранено: <a href=\"/admin/professions/front-end/middle/history\">Фронтенд-разработчик: Мидл</a>",
            "Профессия изменена: <a href=\"/admin/professions/front-end/history\">Фронтенд-разработчик</a>",
            "Навык удалён: nobody-knows\n",
            "Навык изменён: <a href=\"/admin/skills/docker/history\">Docker</a>",
            "Направление изменено: <a href=\"/admin/tracks/web/history\">Веб-разработка</a>",
            "Описание сохранено: Фронтенд-разработчик: gone\n",
            "Правила изменены: <a href=\"/admin/rules/history\">Правила</a>",
        ] {
            assert!(page.contains(line), "no {line} in {page}");
        }
        assert!(page.contains("Редактор добавлен: <a href=\"/admin/editors/"), "{page}");
        for (object, expected) in [
            ("фронтенд-разработчик", "seven two one"),
            ("Фронтенд-разработчик: мидл", "one"),
            ("ФРОНТЕНД", "seven two one"),
            ("веб", "six"),
            ("docker", "four"),
            ("nobody-knows", "three"),
            ("Нет такой", ""),
        ] {
            let found = entries(&owner, &format!("{AUDIT}?object={object}")).await;
            let found = found.iter().map(|entry| between(entry, "remark quiet\">", "<"));
            assert_eq!(found.collect::<Vec<_>>().join(" "), expected, "{object}");
        }
        assert_eq!(entries(&owner, &format!("{AUDIT}?from=20.11.2026&to=20 ноября 2026")).await.len(), 8);

        let file = owner.get(&format!("{AUDIT}.csv?object=веб-разработка")).await;
        assert_eq!(header(&file, "content-disposition"), "attachment; filename=\"log.csv\"");
        let text = file.text().await.unwrap();
        let rows = text.split("\r\n").collect::<Vec<_>>();
        assert!(rows[0].ends_with("Когда;Кто;Что сделано;С чем;Подробности;Сетевой адрес;Раз;Последний раз"), "{text}");
        assert_eq!(rows[1].replace('\u{a0}', " "), "20.11.2026, 10:00 UTC;ann;Направление изменено;Веб-разработка;six;;1;");
        assert_eq!(rows.len(), 3, "{text}");
        let whole = owner.page(&format!("{AUDIT}.csv")).await;
        assert_eq!(whole.matches("\r\n").count(), 9);
        assert!(whole.contains(";'=eight;"), "{whole}");
        assert_eq!(owner.get(&format!("{AUDIT}.csv?from=x")).await.status(), 400);
        let editor = app.editor("ann").await;
        assert_eq!(editor.get(&format!("{AUDIT}.csv")).await.status(), 403);
    }

    async fn the_log_tells_what_was_made_changed_and_removed(app: TestApp) {
        let owner = app.owner("olga").await;
        let form = [("title", "Технический писатель"), ("slug", "writer"), ("summary", "Кратко"), ("track", "apps"), ("action", "save")];
        led_to(owner.send("/admin/new-profession", &form).await).await;
        let version = between(&owner.page("/admin/professions/writer/delete").await, "name=\"version\" value=\"", "\"").to_owned();
        led_to(owner.send("/admin/professions/writer/delete", &[("version", &version), ("action", "delete")]).await).await;
        let log = entries(&owner, &format!("{AUDIT}?object=технический писатель")).await;
        assert_eq!(log.len(), 2, "{log:?}");
        assert!(log[0].starts_with("Профессия удалена: Технический писатель "), "{log:?}");
        assert!(log[1].starts_with("Профессия добавлена: Технический писатель "), "{log:?}");
    }

    async fn the_log_has_pages_of_a_hundred_entries(app: TestApp) {
        let owner = app.owner("olga").await;
        let rows = (0..205).map(|number| {
            format!("('2026-11-22 00:00:00', 'ann', 'save', 'ios/middle', 'n{number}', '')")
        });
        app.database.execute(&format!(
            "DELETE FROM audit_log;
             INSERT INTO audit_log (at, login, action, object, detail, address) VALUES {}",
            rows.collect::<Vec<_>>().join(", "),
        ));
        let (mut path, mut sizes, mut seen) = (format!("{AUDIT}?object=ios"), Vec::new(), Vec::new());
        loop {
            let found = entries(&owner, &path).await;
            sizes.push(found.len());
            seen.extend(found.iter().map(|entry| between(entry, "remark quiet\">", "<").to_owned()));
            let page = owner.page(&path).await;
            let Some((before, _)) = page.split_once("\">Более ранние записи") else { break };
            path = crate::app::unescaped(before.rsplit_once("href=\"").unwrap().1);
            assert!(path.contains("object=ios"), "{path}");
        }
        assert_eq!(sizes, [100, 100, 5]);
        assert_eq!(seen, (0..205).rev().map(|number| format!("n{number}")).collect::<Vec<_>>());
    }
}
