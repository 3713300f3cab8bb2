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
    let catalogue = TrackFile::read(CATALOGUE).unwrap();
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

    async fn a_ladder_counts_only_what_there_is(backend: Backend) {
        let app = site(backend);
        let page = plain(&app.page("/professions/games").await);
        let head = |level: &str| {
            let section = between(&page, &format!("<section class=\"grade\" id=\"{level}\""), "</section>");
            section.split("<p class=\"quiet\">").nth(1).map_or("", |rest| rest.split("</p>").next().unwrap()).to_owned()
        };
        assert_eq!(head("junior"), "");
        assert_eq!(head("middle"), "1 новое · 1 всего");
        assert_eq!(head("middle-plus"), "нового нет · 1 всего");
        assert_eq!(page.matches("Этот грейд ещё не описан.").count(), 2);
        assert!(!page.contains("0 нов"), "{page}");
        let names = plain(between(&page, "<meta name=\"description\" content=\"", "\""));
        assert!(names.ends_with("Что требуется на каждом грейде, от стажёра до мидла+."), "{names}");
    }

    async fn the_description_of_a_grade_counts_only_what_there_is(backend: Backend) {
        let app = site(backend);
        for (level, words) in [
            ("intern", "Грейд стажёр в профессии «Разработчик игр». Учится вместе с наставником."),
            ("junior", "Грейд джун в профессии «Разработчик игр» ещё не описан."),
            ("middle", "Грейд мидл в профессии «Разработчик игр»: 1 новое требование."),
            ("middle-plus", "Грейд мидл+ в профессии «Разработчик игр». Работает самостоятельно."),
        ] {
            let page = app.page(&format!("/professions/games/{level}")).await;
            assert_eq!(plain(between(&page, "<meta name=\"description\" content=\"", "\"")), words);
            assert!(!plain(&page).contains("0 нов"), "{page}");
        }
        app.database.execute(
            "UPDATE grades SET description = NULL; UPDATE catalogue_state SET revision = revision + 1",
        );
        let page = app.page("/professions/games").await;
        let words = plain(between(&page, "<meta name=\"description\" content=\"", "\""));
        assert!(words.ends_with("Грейды этой лестницы ещё не описаны."), "{words}");
    }

    async fn a_self_check_and_a_sheet_tell_undescribed_from_nothing_new(backend: Backend) {
        let app = site(backend);
        for (path, level, words, next) in [
            // Nothing is asked up to this grade.
            ("/check", "intern", "<p>Новых требований на этом грейде нет.</p>", "/check?profession=games&#38;grade=junior"),
            ("/check", "junior", "<p>Этот грейд ещё не описан.</p>", "/check?profession=games&#38;grade=junior-plus"),
            ("/defence", "intern", "<p>Новых требований на этом грейде нет.</p>", "/defence?profession=games&#38;grade=junior"),
            ("/defence", "junior-plus", "<p>Этот грейд ещё не описан.</p>", "/defence?profession=games&#38;grade=middle"),
            // Only lower ones ask.
            ("/check", "middle-plus", "Новых требований на этом грейде нет: здесь только требования предыдущих.", ""),
            ("/defence", "middle-plus", "<p class=\"absent\">Новых требований на этом грейде нет.</p>", ""),
        ] {
            for rest in ["", "&yes="] {
                let page = plain(&app.page(&format!("{path}?profession=games&grade={level}{rest}")).await);
                assert!(page.contains(words), "{path} {level}: {page}");
                assert!(page.contains(&format!("href=\"{next}")), "{path} {level}: {page}");
            }
        }
        let lead = plain(&app.page("/check?profession=games&grade=middle-plus").await);
        assert!(lead.contains("1 требование предыдущих грейдов. "), "{lead}");
        app.database.execute(
            "UPDATE grades SET description = NULL WHERE level_name = 'middle+';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        let page = plain(&app.page("/check?profession=games&grade=middle-plus").await);
        assert!(page.contains("Этот грейд ещё не описан: здесь только требования предыдущих."), "{page}");
        let file = app.page("/defence.md?profession=games&grade=middle-plus").await;
        assert!(file.contains("\n\nЭтот грейд ещё не описан.\n\n## Что ещё"), "{file}");
        let file = app.page("/defence.md?profession=games&grade=intern").await;
        assert!(file.contains("\n\nНовых требований на этом грейде нет.\n\n## Что ещё"), "{file}");
    }

    async fn a_calendar_says_which_grades_are_not_described(backend: Backend) {
        let app = site(backend);
        let file = app.page("/plan.ics?profession=games&grade=intern&since=2026-06-01&to=middle-plus").await;
        let file = file.replace("\r\n ", "");
        assert_eq!(file.matches("Грейд ещё не описан.").count(), 2, "{file}");
        assert_eq!(file.matches("Новых требований нет.").count(), 1, "{file}");
    }
}
