//! API tokens: creating, revoking and using them.

use grades::audit::service::{Actor, Filter};
use grades::editors::service::{self as editors, AccountError, Role};
use grades::editors::tokens::{self, Program, Scope};
use reqwest::Response;

use crate::app::{Editor, PASSWORD, TestApp, TestDatabase, between, header, unescaped};

const TOKENS: &str = "/admin/tokens";
const AUDIT: &str = "/admin/audit";
const REQUEST: &str = "GET /api/v1/professions";

fn adding<'a>(name: &'a str, scope: &'a str) -> [(&'a str, &'a str); 4] {
    [("action", "add"), ("name", name), ("scope", scope), ("days", "30")]
}

/// Creates a token on the page and reads it there.
async fn create_token(owner: &Editor<'_>, name: &str, scope: &str) -> String {
    let answer = owner.send(TOKENS, &adding(name, scope)).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "cache-control"), "private, no-store");
    let page = answer.text().await.unwrap();
    let secret = between(&page, "<pre class=\"secret\"><code>", "</code></pre>");
    assert_eq!(page.matches(secret).count(), 1);
    let digits = secret.strip_prefix("grades_").unwrap();
    assert_eq!(digits.len(), 64);
    assert!(digits.chars().all(|digit| digit.is_ascii_hexdigit()), "{secret}");
    secret.to_owned()
}

async fn revoke(owner: &Editor<'_>, id: &str) -> Response {
    owner.send(TOKENS, &[("action", "revoke"), ("id", id)]).await
}

/// The program that a token authenticates.
fn authenticate(app: &TestApp, secret: &str) -> Option<Program> {
    tokens::authenticate(&app.database.open(), secret, REQUEST, "192.0.2.1").unwrap()
}

/// The log entries of one action, one line each.
async fn entries(owner: &Editor<'_>, action: &str) -> Vec<String> {
    let page = owner.page(AUDIT).await;
    let list = between(&page, "<ol class=\"changes\">", "</ol>");
    let lines = list.split("<li>").skip(1).map(|entry| entry.replace('\n', " "));
    lines.filter(|entry| entry.starts_with(action)).collect()
}

on_both_databases! {
    async fn an_owner_creates_a_token_that_is_shown_once(app: TestApp) {
        let owner = app.owner("olga").await;
        let link = "href=\"/admin/tokens\"";
        assert!(owner.page("/admin").await.contains(link));
        assert!(owner.page(TOKENS).await.contains("Ключей ещё нет."));
        let secret = create_token(&owner, " HR & Co ", "write").await;

        let page = owner.page(TOKENS).await;
        assert!(!page.contains("grades_") && !page.contains("Ключей ещё нет."), "{page}");
        assert!(page.contains("<strong>HR &#38; Co</strong> <span class=\"quiet\">чтение и\u{a0}запись</span>"), "{page}");
        assert!(page.contains("UTC, olga</span>") && page.contains(">Действует до&nbsp;") && page.contains("Ещё не&nbsp;использовался"), "{page}");
        let program = authenticate(&app, &secret).unwrap();
        assert_eq!((program.author().as_str(), program.scope), ("API: HR & Co", Scope::Write));
        let page = owner.page(TOKENS).await;
        assert!(page.contains("Последнее изменение или чтение истории") && !page.contains("Ещё не"), "{page}");
        let added = entries(&owner, "Ключ API создан: <a href=\"/admin/tokens\">HR &#38; Co</a>").await;
        assert!(added.len() == 1 && added[0].contains("чтение и\u{a0}запись"), "{added:?}");
        assert!(!owner.page(AUDIT).await.contains(&secret));
    }

    async fn tokens_are_for_owners_only(app: TestApp) {
        let (owner, editor) = (app.owner("olga").await, app.editor("ann").await);
        assert!(!editor.page("/admin").await.contains("href=\"/admin/tokens\""));
        assert_eq!(editor.get(TOKENS).await.status(), 403);
        create_token(&owner, "HR", "read").await;
        for form in [&adding("CRM", "read")[..], &[("action", "revoke"), ("id", "1")], &[("action", "resume")]] {
            assert_eq!(editor.send(TOKENS, form).await.status(), 403, "{form:?}");
            assert_eq!(owner.send_plain(TOKENS, form).await.status(), 401, "{form:?}");
        }
        let page = owner.page(TOKENS).await;
        assert!(!page.contains("CRM") && !page.contains("Отозван "), "{page}");
    }

    async fn a_former_owner_can_not_create_or_revoke_tokens(database: TestDatabase) {
        grades::db::migrate(&database.url().parse().unwrap()).unwrap();
        let opened = database.open();
        editors::create(&opened, "ann", PASSWORD, Role::Editor).unwrap();
        for login in ["ann", "nobody", "", "API: HR"] {
            let by = Actor { login: login.into(), address: String::new() };
            let refused = tokens::create(&opened, "HR", Scope::Read, 30, &by);
            assert!(matches!(refused, Err(AccountError::NotOwner)), "{refused:?}");
            let refused = tokens::revoke(&opened, 1, &by);
            assert!(matches!(refused, Err(AccountError::NotOwner)), "{refused:?}");
        }
        assert!(tokens::all(&opened).unwrap().is_empty());
    }

    async fn the_database_does_not_hold_the_token(app: TestApp) {
        let owner = app.owner("olga").await;
        let secret = create_token(&owner, "HR", "read").await;
        let digits = secret.strip_prefix("grades_").unwrap();
        // The stored hash can't be used as a token.
        app.database.execute(&format!(
            "UPDATE api_tokens SET name = token_hash;
             UPDATE api_tokens SET name = 'leaked' WHERE token_hash IN ('{secret}', '{digits}')",
        ));
        let hash = tokens::all(&app.database.open()).unwrap()[0].name.clone();
        assert_eq!(hash.len(), 64);
        for wrong in [hash.as_str(), &format!("grades_{hash}"), digits, "", "grades_"] {
            assert_eq!(authenticate(&app, wrong), None, "{wrong}");
        }
        assert!(authenticate(&app, &secret).is_some());
    }

    async fn a_revoked_token_is_refused(app: TestApp) {
        let owner = app.owner("olga").await;
        let (first, second) = (create_token(&owner, "HR", "read").await, create_token(&owner, "CRM", "write").await);
        let page = owner.page(TOKENS).await;
        let (_, rest) = page.split_once("<strong>HR</strong>").unwrap();
        let id = between(rest, "name=\"id\" value=\"", "\"").to_owned();
        assert!(page.contains(&format!("aria-describedby=\"token-{id}\">Отозвать<")), "{page}");
        assert!(page.contains(&format!("<span id=\"token-{id}\"><strong>HR")), "{page}");
        // Repeating it changes nothing.
        for _ in 0..2 {
            let answer = revoke(&owner, &id).await;
            assert_eq!(answer.status(), 303);
            assert_eq!(header(&answer, "location"), "/admin/tokens?done=revoked");
        }
        assert!(owner.page("/admin/tokens?done=revoked").await.contains("Ключ отозван, запросы"));
        assert_eq!(authenticate(&app, &first), None);
        assert!(authenticate(&app, &second).is_some());
        let page = owner.page(TOKENS).await;
        assert_eq!((page.matches("Отозван ").count(), page.matches(">Отозвать<").count()), (1, 1), "{page}");
        assert!(page.find("<strong>CRM").unwrap() < page.find("<strong>HR").unwrap(), "{page}");
        let revoked = entries(&owner, "Ключ API отозван").await;
        assert!(revoked.len() == 1 && revoked[0].starts_with("Ключ API отозван: <a href=\"/admin/tokens\">HR</a> "), "{revoked:?}");
        assert_eq!(entries(&owner, "Ключ API использован").await.len(), 1);

        assert_eq!(revoke(&owner, "999").await.status(), 404);
        for id in ["", "x", "99999999999"] {
            assert_eq!(revoke(&owner, id).await.status(), 400, "{id}");
        }
    }

    async fn an_expired_token_is_refused(app: TestApp) {
        let owner = app.owner("olga").await;
        let secret = create_token(&owner, "HR", "read").await;
        assert!(authenticate(&app, &secret).is_some());
        app.database.execute("UPDATE api_tokens SET expires_at = '2026-01-01 00:00:00'");
        assert_eq!(authenticate(&app, &secret), None);
        let page = owner.page(TOKENS).await;
        assert!(page.contains(">Истёк 01.01.2026, 00:00\u{a0}UTC"), "{page}");
        assert!(!page.contains("Отозвать") && !page.contains("Действует"), "{page}");
    }

    async fn a_token_expires_after_the_chosen_number_of_days(app: TestApp) {
        let owner = app.owner("olga").await;
        for days in tokens::LIFETIMES {
            let days = days.to_string();
            let form = [("action", "add"), ("name", &*days), ("scope", "read"), ("days", &*days)];
            assert_eq!(owner.send(TOKENS, &form).await.status(), 200);
        }
        for token in tokens::all(&app.database.open()).unwrap() {
            assert_eq!((token.expires_at - token.created_at).num_days().to_string(), token.name);
        }
    }

    async fn each_use_is_logged(app: TestApp) {
        let owner = app.owner("olga").await;
        let secret = create_token(&owner, "HR", "read").await;
        let opened = app.database.open();
        let long = format!("GET /api/v1/{}", "я".repeat(300));
        for request in [REQUEST, REQUEST, long.as_str()] {
            let program = tokens::authenticate(&opened, &secret, request, "192.0.2.1").unwrap().unwrap();
            assert_eq!((program.name.as_str(), program.scope), ("HR", Scope::Read));
        }
        let used = entries(&owner, "Ключ API использован").await;
        assert_eq!(used.len(), 3, "{used:?}");
        assert!(used[0].starts_with(&format!("Ключ API использован: GET /api/v1/{} <", "я".repeat(188))), "{used:?}");
        for entry in &used[1..] {
            assert!(entry.starts_with("Ключ API использован: GET /api/v1/professions <"), "{entry}");
            assert!(entry.contains(", API: HR, 192.0.2.1<"), "{entry}");
        }
        let narrowed = owner.page("/admin/audit?login=API%3A+HR").await;
        assert_eq!(narrowed.matches("<li>Ключ API использован").count(), 3, "{narrowed}");
    }

    async fn a_token_can_not_be_used_without_a_log_entry(database: TestDatabase) {
        grades::db::migrate(&database.url().parse().unwrap()).unwrap();
        let opened = database.open();
        editors::create(&opened, "olga", PASSWORD, Role::Owner).unwrap();
        let by = Actor { login: "olga".into(), address: String::new() };
        let secret = tokens::create(&opened, "HR", Scope::Write, 30, &by).unwrap();
        database.execute("ALTER TABLE audit_log RENAME TO taken_away");
        assert!(tokens::authenticate(&opened, &secret, REQUEST, "").is_err());
        assert_eq!(tokens::all(&opened).unwrap()[0].used_at, None);
        // An unknown token is refused without a write.
        assert_eq!(tokens::authenticate(&opened, "grades_x", REQUEST, "").unwrap(), None);
    }

    async fn no_concurrent_use_of_a_token_succeeds_after_it_is_revoked(database: TestDatabase) {
        grades::db::migrate(&database.url().parse().unwrap()).unwrap();
        let opened = database.open();
        editors::create(&opened, "olga", PASSWORD, Role::Owner).unwrap();
        let by = Actor { login: "olga".into(), address: String::new() };
        for round in 0..10 {
            let name = format!("program {round}");
            let secret = tokens::create(&opened, &name, Scope::Read, 30, &by).unwrap();
            let found = |name: &str| {
                let all = tokens::all(&opened).unwrap();
                all.into_iter().find(|token| token.name == name).unwrap()
            };
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    let (opened, secret) = (&opened, &secret);
                    scope.spawn(move || {
                        let used = || tokens::authenticate(opened, secret, REQUEST, "").unwrap();
                        while used().is_some() {}
                    });
                }
                while found(&name).used_at.is_none() {}
                tokens::revoke(&opened, found(&name).id, &by).unwrap();
            });
            let log = grades::audit::service::page(&opened, &Filter::default(), 100).unwrap().entries;
            let log = log.iter().map(|entry| entry.words.as_str()).take(2);
            assert_eq!(log.collect::<Vec<_>>(), ["Ключ API отозван", "Ключ API использован"]);
        }
    }

    async fn an_invalid_name_is_explained_and_stays_in_the_form(app: TestApp) {
        let owner = app.owner("olga").await;
        let (longest, longer) = ("я".repeat(60), "я".repeat(61));
        create_token(&owner, &longest, "read").await;
        create_token(&owner, "HR", "read").await;
        let message = "Назовите ключ: от\u{a0}1\u{a0}до\u{a0}60\u{a0}знаков в\u{a0}одну строку.";
        let taken = "Такое имя уже есть.";
        for (name, sentence) in [
            ("", message),
            ("  ", message),
            (longer.as_str(), message),
            ("HR\nCRM", message),
            ("H\u{7}R", message),
            ("HR", taken),
            (" HR ", taken),
            (longest.as_str(), taken),
        ] {
            let answer = owner.send(TOKENS, &adding(name, "write")).await;
            assert_eq!(answer.status(), 422, "{name:?}");
            let page = answer.text().await.unwrap();
            assert!(between(&page, "<title>", "</title>").starts_with("Ошибка. "));
            assert_eq!(page.matches(sentence).count(), 2, "{name:?} in {page}");
            assert!(page.contains("<a href=\"#name\">") && page.contains("id=\"name-error\""), "{page}");
            let kept = unescaped(between(&page, "name=\"name\" value=\"", "\""));
            assert_eq!(kept, name.trim());
            assert!(page.contains("value=\"write\" selected") && page.contains("value=\"30\" selected"), "{page}");
            assert!(!page.contains("grades_"), "{page}");
        }
        // Names are case-sensitive; the name of a revoked token stays taken.
        create_token(&owner, "hr", "read").await;
        let all = tokens::all(&app.database.open()).unwrap();
        assert_eq!(all.iter().map(|token| token.name.as_str()).collect::<Vec<_>>(), ["HR", "hr", &*longest]);
        assert_eq!(revoke(&owner, &all[0].id.to_string()).await.status(), 303);
        assert_eq!(owner.send(TOKENS, &adding("HR", "read")).await.status(), 422);
    }

    async fn values_the_form_does_not_offer_are_refused(app: TestApp) {
        let owner = app.owner("olga").await;
        for (scope, days) in [("admin", "30"), ("", "30"), ("read", "31"), ("read", ""), ("read", "-30")] {
            let form = [("action", "add"), ("name", "HR"), ("scope", scope), ("days", days)];
            let answer = owner.send(TOKENS, &form).await;
            assert_eq!(answer.status(), 400, "{scope} {days}");
            assert!(answer.text().await.unwrap().contains("В\u{a0}форме нет "));
        }
        let resumed = [("action", "resume"), ("name", "HR"), ("scope", "write"), ("days", "365")];
        let answer = owner.send(TOKENS, &resumed).await;
        assert_eq!(answer.status(), 200);
        let page = answer.text().await.unwrap();
        for kept in ["name=\"name\" value=\"HR\"", "value=\"write\" selected", "value=\"365\" selected"] {
            assert!(page.contains(kept), "no {kept} in {page}");
        }
        assert!(page.contains("Ключей ещё нет."));
    }
}
