//! Comparing grades.

use grades::graders::service::catalogue::{Grade, Profession, Track, TrackFile};
use grades::graders::service::{catalogue, professions};
use grades::ladder::comparison::Comparison;
use grades::ladder::skill::Dictionary;
use grades::ladder::{Kind, Ladder, Level};

use crate::app::{Backend, PUBLIC_URL, TestApp, TestDatabase, between};

/// The number beside a heading; 0 without the heading.
fn count(page: &str, id: &str) -> usize {
    let heading = format!("<h2 id=\"{id}\">");
    if !page.contains(&heading) {
        return 0;
    }
    let heading = between(page, &heading, "</h2>");
    between(heading, "<span class=\"number\">", "</span>").parse().unwrap()
}

on_both_databases! {
    async fn two_grades_of_one_ladder_are_compared(app: TestApp) {
        let page = app.page("/compare?from=front-end/junior-plus&to=front-end/middle").await;
        assert!(page.contains("Добавить&nbsp;— 16, остаётся&nbsp;— 7."), "{page}");
        assert_eq!(count(&page, "added") + count(&page, "deepened"), 16);
        assert_eq!((count(&page, "carried"), count(&page, "dropped")), (7, 0));
        let deepened = between(&page, "<h2 id=\"deepened\">", "</section>");
        assert!(deepened.contains("Глубже, чем было: JavaScript"), "{deepened}");
        assert!(page.contains("href=\"/compare?from=front-end/middle&#38;to=front-end/junior-plus\">Поменять местами"));
        assert!(page.contains("<option value=\"front-end/middle\" selected>"));
        assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"));
        let printed = between(&page, "<p class=\"printed\">", "</p>");
        let address = "/compare?from=front-end/junior-plus&#38;to=front-end/middle";
        let rest = printed.strip_prefix(&format!("{PUBLIC_URL}{address}, обновлено ")).unwrap();
        // The date of the last change, written out.
        assert!(rest.ends_with(char::is_numeric) && rest.matches('\u{a0}').count() == 2, "{printed}");
    }

    async fn grades_of_two_professions_are_compared_and_can_be_swapped(app: TestApp) {
        let there = app.page("/compare?from=front-end/middle&to=full-stack/middle").await;
        let back = app.page("/compare?from=full-stack/middle&to=front-end/middle").await;
        let added = |page: &str| count(page, "added") + count(page, "deepened");
        assert_eq!(count(&there, "carried"), count(&back, "carried"));
        assert_eq!((added(&there), count(&there, "dropped")), (count(&back, "dropped"), added(&back)));
        assert!(count(&there, "carried") > 0 && added(&there) > 0 && added(&back) > 0);
    }

    async fn each_requirement_links_to_its_place_in_its_ladder(app: TestApp) {
        let page = app.page("/compare?from=front-end/middle&to=full-stack/middle").await;
        let places = page.split("class=\"origin-level\" href=\"").skip(1);
        let places = places.map(|rest| rest.split('"').next().unwrap()).collect::<Vec<_>>();
        assert!(places.len() > 20);
        for place in places {
            let (address, id) = place.split_once('#').unwrap();
            for address in [address, address.rsplit_once('/').unwrap().0] {
                let there = app.page(address).await;
                assert_eq!(there.matches(&format!("id=\"{id}\"")).count(), 1, "{place}");
            }
        }
    }

    async fn nothing_is_compared_until_two_grades_are_chosen(app: TestApp) {
        let page = app.page("/compare").await;
        assert_eq!(page.matches("<option value=\"front-end/").count(), 2 * 9);
        assert!(page.contains("<link rel=\"canonical\""));
        assert_eq!(app.page("/compare?from=&to=").await, page);
        assert_eq!(app.get("/compare?from=front-end/middle").await.status(), 400);
        let same = app.page("/compare?from=front-end/middle&to=front-end/middle").await;
        assert!(same.contains("один и&nbsp;тот&nbsp;же грейд") && same.contains("Добавлять нечего"), "{same}");
        for missing in ["nobody/middle", "front-end/intern", "front-end", "/", "front-end/boss", "%FF/%00", "front-end/middle/x"] {
            let path = format!("/compare?from=front-end/middle&to={missing}");
            assert_eq!(app.get(&path).await.status(), 404, "{path}");
        }
        // «middle+»: the name of the level instead of its slug.
        assert_eq!(app.get("/compare?from=front-end/middle%2B&to=front-end/senior").await.status(), 200);
    }

    async fn with_too_many_grades_the_names_are_typed(backend: Backend) {
        let profession = |number: usize| Profession {
            slug: format!("p-{number}"),
            title: format!("Профессия {number}"),
            summary: String::new(),
            grades: [Level::Junior, Level::Middle]
                .map(|level| Grade { level, description: Some("- Git".into()) })
                .into(),
        };
        let track = Track { slug: "t".into(), title: "Направление".into() };
        let file = TrackFile { track, professions: (1..=101).map(profession).collect() };
        let app = TestApp::with_catalogue(backend, &[file]);
        let page = app.page("/compare?from=p-1/junior&to=p-101/middle").await;
        assert!(!page.contains("<select id=\"from\"") && page.contains("name=\"from\" value=\"p-1/junior\""), "{page}");
        assert_eq!((count(&page, "carried"), count(&page, "added")), (1, 1));
    }

    async fn a_grade_links_to_its_comparison_with_the_next_one(app: TestApp) {
        let page = app.page("/professions/front-end/middle").await;
        let link = "/compare?from=front-end/middle&#38;to=front-end/middle-plus";
        assert!(page.contains(&format!("<a href=\"{link}\">Сравнить")), "{page}");
    }

    async fn a_comparison_accepts_the_former_address_of_a_profession(app: TestApp) {
        app.database.execute(
            "INSERT INTO former_slugs SELECT 'frontend', id FROM profession WHERE slug = 'front-end'",
        );
        let page = app.page("/compare?from=frontend/middle&to=full-stack/middle").await;
        assert_eq!(page, app.page("/compare?from=front-end/middle&to=full-stack/middle").await);
    }
}

#[test]
fn added_and_carried_over_make_up_the_target_for_any_two_grades_of_the_catalogue() {
    let database = TestDatabase::on(Backend::Sqlite);
    grades::db::migrate(&database.url().parse().unwrap()).unwrap();
    let database = database.open();
    let files = catalogue::starting().unwrap();
    catalogue::load_starting(&database, &files).unwrap();
    grades::graders::service::skills::load_starting(&database).unwrap();
    let cache = grades::graders::service::skills::DictionaryCache::default();
    let (_, dictionary) = cache.get(&database).unwrap();
    let dictionary: &Dictionary = &dictionary;
    let slugs = files.iter().flat_map(|file| &file.professions).map(|profession| &profession.slug);
    let ladders =
        slugs.map(|slug| professions::profession(&database, dictionary, slug).unwrap().ladder);
    let ladders = ladders.collect::<Vec<_>>();
    let grades = ladders
        .iter()
        .flat_map(|ladder| ladder.grades().iter().map(move |grade| (ladder, grade.level)));
    let grades = grades.collect::<Vec<(&Ladder, Level)>>();
    assert_eq!(grades.len(), 63);
    for from in &grades {
        for to in &grades {
            let (there, back) = (Comparison::new(*from, *to), Comparison::new(*to, *from));
            let mut whole = there
                .added
                .iter()
                .map(|added| &added.asked)
                .chain(&there.carried_over)
                .collect::<Vec<_>>();
            let target = to.0.accumulated(to.1);
            let mut target = target.iter().collect::<Vec<_>>();
            for asked in [&mut whole, &mut target] {
                asked.sort_by_key(|asked| {
                    (
                        asked.level,
                        asked.requirement.text.clone(),
                        asked.requirement.kind.map(Kind::name),
                    )
                });
            }
            assert_eq!(whole, target);
            let added = |comparison: &Comparison| {
                comparison.added.iter().map(|added| added.asked.clone()).collect::<Vec<_>>()
            };
            assert_eq!(there.dropped, added(&back));
            assert_eq!(added(&there), back.dropped);
        }
    }
}
