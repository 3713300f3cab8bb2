//! The figures of the running process, for operators.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::rt;
use futures_util::future::join_all;
use grades::web::Rate;
use reqwest::Method;

use crate::app::{TestApp, TestDatabase};
use crate::log::ask;

const GRADE: &str = "/admin/professions/front-end/middle";

/// The site with its figures, at a port of their own.
fn start(database: TestDatabase) -> TestApp {
    TestApp::start_as(database, |config| {
        config.metrics_address = Some("127.0.0.1:0".into());
        config.proxies = "127.0.0.0/8".parse().unwrap();
        config.limits.rate = Some(Rate { per_second: 1, burst: 1 });
    })
}

/// What is answered at the port of the figures.
async fn asked(app: &TestApp, request: &str) -> String {
    let address = format!("127.0.0.1:{}", app.metrics_port.unwrap());
    let request = format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    rt::task::spawn_blocking(move || ask(&address, request.as_bytes())).await.unwrap()
}

/// The figures by their names with what they are of, and the text.
async fn figures(app: &TestApp) -> (BTreeMap<String, String>, String) {
    let answer = asked(app, "GET /metrics").await;
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{head}");
    (parsed(text), text.to_owned())
}

/// Reads the text format as its description has it: each family has a help and a type before its samples,
/// which stand together, and no sample stands twice.
fn parsed(text: &str) -> BTreeMap<String, String> {
    assert!(text.ends_with('\n'));
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_')
    };
    let (mut families, mut samples) = (BTreeSet::new(), BTreeMap::new());
    let (mut family, mut kind) = ("", "");
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, sentence) = help.split_once(' ').unwrap();
            assert!(is_name(name) && sentence.ends_with('.'), "{line}");
            assert!(families.insert(name), "{name} comes twice");
            (family, kind) = (name, "");
        } else if let Some(told) = line.strip_prefix("# TYPE ") {
            let (name, told) = told.split_once(' ').unwrap();
            assert!(name == family && ["counter", "gauge", "histogram"].contains(&told), "{line}");
            assert!(kind.is_empty(), "{line}");
            kind = told;
            assert_eq!(kind == "counter", family.ends_with("_total"), "{line}");
        } else {
            let (of, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = of.split_once('{').unwrap_or((of, "}"));
            let suffix = name.strip_prefix(family).unwrap_or_else(|| panic!("{line} in {family}"));
            let allowed: &[&str] = match kind {
                "histogram" => &["_bucket", "_sum", "_count"],
                _ => &[""],
            };
            assert!(allowed.contains(&suffix), "{line}");
            let labels = labels.strip_suffix('}').unwrap();
            for label in labels.split_terminator("\",") {
                let (name, value) = label.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
                assert!(is_name(name) && !value.trim_end_matches('"').contains('"'), "{line}");
            }
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert!(samples.insert(of.to_owned(), value.to_owned()).is_none(), "{line}");
        }
    }
    samples
}

on_both_databases! {
    async fn figures_tell_what_was_answered(database: TestDatabase) {
        let app = start(database);
        let (before, _) = figures(&app).await;
        assert!(!before.contains_key("grades_requests_total{route=\"/\",status=\"200\"}"));
        let editor = app.editor("ann-the-editor").await;
        let tag = app.get("/").await.headers()["etag"].clone();
        for _ in 0..3 {
            app.page("/").await;
            let request = app.request(Method::GET, "/").header("if-none-match", &tag);
            assert_eq!(request.send().await.unwrap().status(), 304);
            let request = app.request(Method::GET, "/").header("cookie", "a=b");
            assert_eq!(request.send().await.unwrap().status(), 200);
        }
        for path in ["/professions/front-end", "/professions/full-stack", "/nothing/ann-was-here"] {
            app.get(path).await;
        }
        app.get("/professions/nobody-has-this").await;
        app.get("/api/v1/graders/professions/front-end").await;
        let searches = ["tayna-odin", "tayna-dva"].map(|word| {
            let request = app.request(Method::GET, &format!("/search?q={word}"));
            request.header("x-forwarded-for", "198.51.100.7").send()
        });
        join_all(searches).await;
        app.send("/", &[("login", "ann")]).await;
        let address = app.url("");
        rt::task::spawn_blocking(move || ask(&address, b"nonsense\r\n\r\n")).await.unwrap();
        let (_, version) = editor.read(GRADE).await;
        assert_eq!(editor.save(GRADE, &version, "- Набрано").await.status(), 303);

        let (after, text) = figures(&app).await;
        let figure = |name: &str| {
            after.get(name).unwrap_or_else(|| panic!("no {name} in {text}")).as_str()
        };
        let number = |name: &str| figure(name).parse::<f64>().unwrap();
        let of = |route: &str, status: &str| {
            figure(&format!("grades_requests_total{{route=\"{route}\",status=\"{status}\"}}"))
        };
        assert_eq!((of("/", "200"), of("/", "304"), of("/", "405")), ("7", "3", "1"));
        assert_eq!(figure("grades_request_duration_seconds_count{route=\"/\"}"), "11");
        assert_eq!(figure("grades_request_duration_seconds_bucket{route=\"/\",le=\"+Inf\"}"), "11");
        assert!(number("grades_request_duration_seconds_sum{route=\"/\"}") > 0.0);
        assert_eq!(of("/professions/{slug}", "200"), "2");
        assert_eq!(of("/professions/{slug}", "404"), "1");
        assert_eq!(of("none", "404"), "1");
        assert_eq!(of("/api/v1/graders/professions/{slug}", "200"), "1");
        assert_eq!((of("/search", "200"), of("/search", "429")), ("1", "1"));
        assert_eq!(of("/admin/professions/{slug}/{level}", "303"), "1");
        assert_eq!(figure("grades_rate_refused_total"), "1");
        assert_eq!(figure("grades_unread_requests_total"), "1");
        assert_eq!(figure("grades_cache_hits_total{at=\"front\"}"), "6");
        assert_eq!(figure("grades_cache_hits_total{at=\"application\"}"), "3");
        // The home page, two professions and one that is none, the API, a search.
        assert_eq!(figure("grades_cache_misses_total"), "6");
        for work in ["reading", "editing", "changing", "checking"] {
            for what in ["running", "waiting", "refused_total"] {
                assert_eq!(figure(&format!("grades_work_{what}{{work=\"{work}\"}}")), "0");
            }
        }
        for pool in ["reading", "writing"] {
            let of = |what: &str| format!("grades_pool_{what}{{pool=\"{pool}\"}}");
            assert!(number(&of("checkouts_total")) >= 1.0 && number(&of("size")) >= 1.0);
            assert!(number(&of("connections")) >= number(&of("idle_connections")));
            assert_eq!(figure(&of("timeouts_total")), "0");
        }
        let revision = "grades_catalogue_revision";
        let before = before[revision].parse::<i64>().unwrap();
        assert_eq!(figure(revision).parse::<i64>().unwrap(), before + 1);
        assert_eq!(figure("grades_database_up"), "1");
        assert!(number("grades_connections") >= 1.0);
        assert!(number("process_start_time_seconds") > 1e9);
        assert_eq!(
            figure(&format!("grades_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))),
            "1"
        );
        for of_people in ["ann", "198.51", "127.0.0.1", "tayna", "nobody-has-this", "front-end"] {
            assert!(!text.contains(of_people), "{of_people} in {text}");
        }
    }

    async fn figures_have_an_address_of_their_own_with_nothing_else(database: TestDatabase) {
        let app = start(database);
        assert_eq!(app.get("/metrics").await.status(), 404);
        for path in ["/", "/admin", "/readyz", "/metrics/x"] {
            let answer = asked(&app, &format!("GET {path}")).await;
            assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        }
        assert!(!asked(&app, "POST /metrics").await.starts_with("HTTP/1.1 200"));
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn figures_are_told_also_without_a_database() {
    let app = start(TestDatabase::on(crate::app::Backend::Postgres));
    assert_eq!(figures(&app).await.0["grades_database_up"], "1");
    app.database.drop_now();
    assert_eq!(app.get("/").await.status(), 503);
    let (figures, _) = figures(&app).await;
    assert_eq!(figures["grades_database_up"], "0");
    assert!(!figures.contains_key("grades_catalogue_revision"));
    assert_eq!(figures["grades_requests_total{route=\"/\",status=\"503\"}"], "1");
}

#[actix_web::test]
async fn without_the_setting_no_figures_are_told() {
    assert_eq!(TestApp::on(crate::app::Backend::Sqlite).metrics_port, None);
}
