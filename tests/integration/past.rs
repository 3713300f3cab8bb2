//! Pages as they stood: byte for byte what they were when that state was the present one.

mod edits;

use std::collections::BTreeMap;

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use grades::graders::service::past::State;
use grades::graders::service::{ServiceError, professions, skills};

use self::edits::{Edits, catalogue};
use crate::app::{Backend, TestApp};

/// How many changes a history has; more if some kind of them was not among these.
const STEPS: usize = 100;

/// What a page says, without the notice of a past state and what keeps that state.
fn said(page: &str, at: Option<&str>) -> String {
    let mut page = page.to_owned();
    if let Some(at) = at {
        let start = page.find("<aside class=\"past\"").expect("the notice of a past state");
        let end = start + page[start..].find("</aside>").unwrap() + "</aside>".len();
        page.replace_range(start..end, "");
        let hidden = format!("<input type=\"hidden\" name=\"at\" value=\"{at}\">");
        for kept in [hidden, format!("&amp;at={at}"), format!("?at={at}")] {
            page = page.replace(&kept, "");
        }
    }
    let start = page.find("</header>").unwrap();
    let end = page.find("</main>").unwrap();
    page[start..end].lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// The pages that there are now.
fn pages(app: &TestApp) -> Vec<String> {
    let database = app.database.open();
    let mut pages = [
        "/",
        "/skills",
        "/skills?by=category",
        "/matrix",
        "/rules",
        "/mentoring",
        "/compare",
        "/compare?level=middle",
        "/check",
        "/defence",
        "/plan",
        "/salary",
        "/search?q=git",
        "/search?q=%D1%82%D0%B5%D1%81%D1%82%D1%8B&kind=requirement",
        // A prefix, what stands in a context, a phrase, one of two words, a level, a track, more than a page.
        "/search?q=%D0%B4%D0%BE%D0%BA%D1%83%D0%BC",
        "/search?q=git+senior",
        "/search?q=%C2%AB%D0%BE%D1%81%D0%BD%D0%BE%D0%B2%D1%8B%20%D1%81%D0%B5%D1%82%D0%B5%D0%B9%C2%BB",
        "/search?q=docker+%D1%81%D0%BB%D0%BE%D0%BD",
        "/search?q=%D1%82%D0%B5%D1%81%D1%82%D1%8B&level=junior",
        "/search?q=git&track=one",
        "/search?q=%D0%B7%D0%BD%D0%B0%D0%B5%D1%82&page=2",
    ]
    .map(str::to_owned)
    .to_vec();
    let catalogue = professions::addresses(&database).unwrap();
    let mut grades = Vec::new();
    for profession in &catalogue {
        let slug = &profession.slug;
        pages.push(format!("/professions/{slug}"));
        pages.push(format!("/matrix?profession={slug}"));
        pages.push(format!("/salary?profession={slug}&floor=1000&ceiling=9000"));
        for level in &profession.levels {
            let level = level.slug();
            grades.push(format!("{slug}/{level}"));
            pages.push(format!("/professions/{slug}/{level}"));
            pages.push(format!("/check?profession={slug}&grade={level}"));
            pages.push(format!("/check?profession={slug}&grade={level}&yes="));
            pages.push(format!("/defence?profession={slug}&grade={level}&yes="));
        }
        if let [first, .., last] = profession.levels.as_slice() {
            let (first, last) = (first.slug(), last.slug());
            let since = "since=2026-01-01";
            pages.push(format!("/plan?profession={slug}&grade={first}&{since}&to={last}"));
        }
    }
    if let [first, .., last] = grades.as_slice() {
        pages.push(format!("/compare?from={first}&to={last}"));
    }
    for skill in skills::recent(&database).unwrap().into_iter().filter_map(|skill| skill.slug) {
        pages.push(format!("/skills/{skill}"));
    }
    pages
}

/// Rows that triggers keep and that are not what they should be.
const WRONG: &str = "
    SELECT tracks.slug FROM tracks WHERE professions <> (
        SELECT count(*) FROM profession WHERE track = tracks.slug AND NOT is_draft
    )
    UNION ALL
    SELECT made.kind FROM (
        SELECT kind, object_id, max(revision_id) AS revision_id FROM revisions GROUP BY kind, object_id
    ) AS made LEFT JOIN newest_changes AS kept USING (kind, object_id)
    WHERE kept.revision_id IS NULL OR kept.revision_id <> made.revision_id
    UNION ALL
    SELECT kind FROM newest_changes
    WHERE NOT EXISTS (SELECT 1 FROM revisions WHERE revision_id = newest_changes.revision_id)";

#[derive(Debug, PartialEq, QueryableByName)]
struct Wrong {
    #[diesel(sql_type = Text)]
    slug: String,
}

on_both_databases! {
    async fn triggers_count_professions_and_list_the_newest_changes(backend: Backend) {
        let app = TestApp::with_catalogue(backend, &catalogue());
        let database = app.database.open();
        let wrong = || {
            database.read(|connection| {
                Ok::<_, ServiceError>(sql_query(WRONG).load::<Wrong>(connection)?)
            })
        };
        let mut edits = Edits::new(&database, 11);
        for _ in 0..STEPS {
            edits.make();
        }
        assert_eq!(wrong().unwrap(), []);
        for change in [
            "UPDATE profession SET is_draft = TRUE WHERE position = 1",
            "UPDATE profession SET track = 'two', is_draft = NOT is_draft WHERE track = 'one'",
            "UPDATE profession SET is_draft = FALSE, track = 'one', position = -id WHERE position < 3",
            "UPDATE profession SET includes_id = NULL, includes_up_to = NULL",
            "DELETE FROM former_slugs",
            "DELETE FROM requirement_aliases",
            "DELETE FROM grades",
            "DELETE FROM profession WHERE position > 0",
        ] {
            let changed = database.write(|connection| {
                Ok::<_, ServiceError>(sql_query(change).execute(connection)?)
            });
            changed.unwrap();
            assert_eq!(wrong().unwrap(), [], "{change}");
        }
    }

    async fn a_past_page_is_what_it_was(backend: Backend) {
        let app = TestApp::with_catalogue(backend, &catalogue());
        let database = app.database.open();
        let mut edits = Edits::new(&database, 7);
        let mut saved = BTreeMap::<i32, Vec<(String, String)>>::new();
        let mut made = BTreeMap::<&str, usize>::new();
        for step in 0..2 * STEPS {
            if step >= STEPS && made.len() == edits::KINDS.len() {
                break;
            }
            let revision = State::now(&database).unwrap().revision;
            let mut pages = pages(&app);
            // A part of the pages of each state, another part of each.
            pages.retain(|_| edits.chance(3));
            for page in pages {
                let answer = app.get(&page).await;
                if answer.status() == 200 {
                    let text = said(&answer.text().await.unwrap(), None);
                    saved.entry(revision).or_default().push((page, text));
                }
            }
            *made.entry(edits.make()).or_default() += 1;
        }
        let kinds = made.keys().copied().collect::<Vec<_>>();
        assert_eq!(kinds, edits::KINDS, "{made:?}");
        let mut compared = 0;
        for (revision, pages) in &saved {
            for (page, expected) in pages {
                let at = revision.to_string();
                let mark = if page.contains('?') { '&' } else { '?' };
                let answer = app.get(&format!("{page}{mark}at={at}")).await;
                let status = answer.status();
                let text = answer.text().await.unwrap();
                assert_eq!(status, 200, "{page} at {at}: {text}");
                let found = said(&text, Some(&at));
                if found != *expected {
                    let difference = found.lines().zip(expected.lines());
                    let difference = difference.filter(|(found, expected)| found != expected);
                    panic!("{page} at {at}: {:#?}", difference.take(5).collect::<Vec<_>>());
                }
                compared += 1;
            }
        }
        assert!(compared > 20 * STEPS, "{compared}");
    }
}
