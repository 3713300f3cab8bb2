//! Grades that nobody described, and described ones that ask nothing new.

use grades::graders::service::catalogue::TrackFile;

use crate::app::{Backend, TestApp, between};

const CATALOGUE: &str = r#"
track = { slug = "play", title = "Игры" }

[[profession]]
slug = "games"
title = "Разработчик игр"
summary = ""
grade = [
    { level = "intern", description = "Учится вместе с наставником." },
    { level = "junior" },
    { level = "junior+" },
    { level = "middle", description = "- Пишет на Rust" },
    { level = "middle+", description = "Работает самостоятельно." },
]

[[profession]]
slug = "empty"
title = "Разработчик IoT"
summary = ""
"#;

fn site(backend: Backend) -> TestApp {
    let catalogue: TrackFile = toml::from_str(CATALOGUE).unwrap();
    TestApp::with_catalogue(backend, &[catalogue])
}

/// A part of a page with ordinary spaces.
fn plain(part: &str) -> String {
    part.replace("&nbsp;", " ").replace('\u{a0}', " ")
}

on_both_databases! {
    async fn a_plan_says_which_grades_are_not_described(backend: Backend) {
        let app = site(backend);
        for (from, to, ahead) in [
            ("intern", "junior", "Впереди 1 защита; этот грейд ещё не описан. "),
            ("intern", "junior-plus", "Впереди 2 защиты; эти грейды ещё не описаны. "),
            ("intern", "middle", "Впереди 3 защиты и 1 новое требование; 2 грейда ещё не описаны. "),
            ("junior", "middle-plus", "Впереди 3 защиты и 1 новое требование; 1 грейд ещё не описан. "),
            ("middle", "middle-plus", "Впереди 1 защита, новых требований нет. "),
        ] {
            let page = app.page(&format!("/plan?profession=games&grade={from}&since=2026-06-01&to={to}")).await;
            let lead = plain(between(&page, "<p class=\"lead\">", "</p>"));
            assert!(lead.contains(ahead), "{to}: {lead}");
            assert!(!plain(&page).contains(" 0 нов"), "{page}");
        }
    }
}
