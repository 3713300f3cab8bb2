//! Guessing passwords: every guess is counted, and nobody keeps an owner out.

use actix_web::rt;
use grades::app::Application;
use grades::config::Config;
use grades::web::Proxies;
use reqwest::{Method, Response};

use crate::app::{
    Editor, PASSWORD, TestApp, TestDatabase, cookie, encoded, header, session_cookie,
};

const SIGN_IN: &str = "/admin/sign-in";
const WRONG: &str = "совсем не тот пароль";

/// An attempt to sign in through a proxy, from an address and with cookies.
async fn attempt(
    app: &TestApp,
    (login, password): (&str, &str),
    address: &str,
    cookies: &str,
) -> Response {
    let body = encoded(&[("login", login), ("password", password)]);
    let request = app.request(Method::POST, SIGN_IN).header("x-forwarded-for", address);
    request.header("cookie", cookies).body(body).send().await.unwrap()
}

async fn status(app: &TestApp, pair: (&str, &str), address: &str, cookies: &str) -> u16 {
    attempt(app, pair, address, cookies).await.status().as_u16()
}

/// Guesses at olga's password everywhere, and at others' from `address`: enough that she waits minutes
/// there. No guess has to wait, so it does not matter how fast they are made.
async fn besiege(app: &TestApp, address: &str) {
    for host in 0..13 {
        assert_eq!(status(app, ("olga", WRONG), &format!("192.0.2.{host}"), "").await, 401);
    }
    for number in 0..8 {
        assert_eq!(status(app, (&format!("nobody-{}", number % 2), WRONG), address, "").await, 401);
    }
}

/// The site behind a proxy, with an owner and an editor.
async fn with_accounts(database: TestDatabase) -> TestApp {
    let app = TestApp::start_behind(database, "127.0.0.0/8");
    app.owner("olga").await;
    app.editor("egor").await;
    app
}

on_both_databases! {
    async fn wrong_passwords_from_elsewhere_do_not_make_the_right_one_wait(database: TestDatabase) {
        let app = with_accounts(database).await;
        besiege(&app, "198.51.100.1").await;
        assert_eq!(status(&app, ("olga", PASSWORD), "198.51.100.1", "").await, 429);
        assert_eq!(status(&app, ("olga", PASSWORD), "203.0.113.50", "").await, 303);
    }

    async fn a_browser_that_signed_in_before_is_counted_apart(database: TestDatabase) {
        let app = with_accounts(database).await;
        let of = async |login| {
            let answer = attempt(&app, (login, PASSWORD), "198.51.100.1", "").await;
            assert_eq!(answer.status(), 303);
            cookie(&answer, "device")
        };
        let (own, other) = (of("olga").await, of("egor").await);
        besiege(&app, "198.51.100.1").await;
        let last = if own.ends_with('0') { '1' } else { '0' };
        let forged = format!("{}{last}", &own[..own.len() - 1]);
        for cookies in ["", &other, &forged, &own.replace("olga", "egor")] {
            assert_eq!(status(&app, ("olga", PASSWORD), "198.51.100.1", cookies).await, 429, "{cookies}");
        }
        assert_eq!(status(&app, ("olga", PASSWORD), "198.51.100.1", &own).await, 303);
        // Its own failures count as well, and only for itself.
        let mut failed = Vec::new();
        for _ in 0..12 {
            failed.push(status(&app, ("olga", WRONG), "198.51.100.2", &own).await);
        }
        assert_eq!(failed[..5], [401; 5]);
        assert!(failed.contains(&429), "{failed:?}");
        assert_eq!(status(&app, ("olga", PASSWORD), "198.51.100.2", "").await, 303);
    }

    async fn simultaneous_guesses_are_counted_before_they_are_made(database: TestDatabase) {
        let app = with_accounts(database).await;
        let guesses = (0..60).map(|number| {
            let body = encoded(&[("login", "olga"), ("password", &format!("{WRONG} {number}"))]);
            let request = app.request(Method::POST, SIGN_IN).body(body);
            rt::spawn(async move {
                let answer = request.send().await.unwrap();
                assert!(answer.status() == 401 || answer.headers().contains_key("retry-after"));
                answer.status().as_u16()
            })
        });
        let mut hashed = 0;
        for guess in guesses.collect::<Vec<_>>() {
            hashed += usize::from(guess.await.unwrap() == 401);
        }
        // One, three and seven seconds after the fifth another one is allowed.
        assert!((5..=8).contains(&hashed), "{hashed} were hashed");
    }

    async fn no_mixture_of_logins_and_addresses_escapes_being_counted(database: TestDatabase) {
        let app = with_accounts(database).await;
        let mut answers = Vec::new();
        // One IPv6 network, in every form of the header.
        for number in 0..40 {
            let host = format!("2001:db8:7:1::{number:x}");
            let address = match number % 3 {
                0 => host,
                1 => format!("[{host}]"),
                _ => format!("[{host}]:{}", 4_000 + number),
            };
            // Between the guesses the guesser signs in to an account of their own.
            assert_ne!(status(&app, ("egor", PASSWORD), &address, "").await, 401);
            answers.push(status(&app, (&format!("login-{number}"), WRONG), &address, "").await);
        }
        assert_eq!(answers[..20], [401; 20]);
        assert!(answers[20..].contains(&429), "{answers:?}");
        // Many addresses, each with many logins, each pair once.
        let mut allowed = 0;
        for login in 0..8 {
            for host in 0..8 {
                let pair = (&*format!("other-{login}"), WRONG);
                allowed += usize::from(status(&app, pair, &format!("192.0.2.{host}"), "").await == 401);
            }
        }
        assert!(allowed < 64, "{allowed} of 64 were allowed");
    }

    async fn failures_are_summed_up_in_the_log(database: TestDatabase) {
        let app = with_accounts(database).await;
        for host in ["2001:db8:9::1", "2001:db8:9::2", "198.51.100.77:6000"] {
            for _ in 0..2 {
                status(&app, ("egor", WRONG), host, "").await;
                status(&app, ("никто", WRONG), host, "").await;
            }
        }
        let answer = attempt(&app, ("olga", PASSWORD), "192.0.2.1", "").await;
        let olga = Editor { app: &app, cookie: session_cookie(&answer) };
        let log = olga.page("/admin/audit").await;
        let failures = log.split("<li>").filter(|entry| entry.starts_with("Неудачный вход"));
        let failures = failures.collect::<Vec<_>>();
        assert_eq!(failures.len(), 4, "{failures:#?}");
        for (network, times) in [("2001:db8:9::/64", "4&nbsp;раза"), ("198.51.100.77", "2&nbsp;раза")] {
            let found = failures.iter().filter(|entry| entry.contains(network));
            let entries = found.collect::<Vec<_>>();
            assert_eq!(entries.len(), 2, "{network}: {failures:#?}");
            // A login that exists is named, another may be a password.
            assert_eq!(entries.iter().filter(|entry| entry.contains("egor")).count(), 1);
            if network.contains("64") {
                // The fifth and sixth guess with one login had to wait.
                assert!(entries.iter().all(|entry| entry.contains(times)), "{entries:#?}");
            }
        }
    }

    async fn every_instance_knows_a_browser_that_signed_in_before(database: TestDatabase) {
        let app = with_accounts(database).await;
        let answer = attempt(&app, ("olga", PASSWORD), "198.51.100.1", "").await;
        let device = cookie(&answer, "device");
        let other = Application::build(&Config {
            database_url: app.database.url().parse().unwrap(),
            address: "127.0.0.1:0".into(),
            metrics_address: None,
            public_url: Some(crate::app::PUBLIC_URL.into()),
            proxies: Proxies::Count(1),
            clock: app.time.clock("UTC"),
            publish_alone: true,
            limits: grades::config::Limits::default(),
        });
        let other = other.unwrap();
        let url = format!("http://127.0.0.1:{}{SIGN_IN}", other.port());
        rt::spawn(other.run());
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let send = async |password: &str, cookies: &str| {
            let body = encoded(&[("login", "olga"), ("password", password)]);
            let request = client.post(&url).header("cookie", cookies).body(body);
            request.send().await.unwrap()
        };
        let mut failed = Vec::new();
        for _ in 0..12 {
            failed.push(send(WRONG, "").await);
        }
        let put_off = failed.iter().find(|answer| answer.status() == 429).unwrap();
        assert!(header(put_off, "retry-after").parse::<u64>().unwrap() > 0);
        assert_eq!(send(PASSWORD, &device).await.status(), 303);
    }
}
