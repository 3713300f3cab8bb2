//! Comparing grades.

use std::collections::BTreeSet;

use grades::graders::service::catalogue::{Grade, Profession, Track, TrackFile};
use grades::graders::service::{catalogue, professions};
use grades::ladder::comparison::{Change, Comparison};
use grades::ladder::skill::Dictionary;
use grades::ladder::{Asked, Kind, Ladder, Level};

use crate::app::{Backend, PUBLIC_URL, TestApp, TestDatabase, between, header};

/// The number beside a heading; 0 without the heading.
fn count(page: &str, heading: &str) -> usize {
    let Some((_, rest)) = page.split_once(&format!(">{heading} <span class=\"number\">")) else {
        return 0;
    };
    rest.split('<').next().unwrap().parse().unwrap()
}

/// The rows of the table of changes: the words of each cell.
fn rows(page: &str) -> Vec<Vec<String>> {
    let words = |cell: &str| {
        let texts = cell.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text));
        let text = texts.collect::<String>().replace("&nbsp;", " ").replace('\u{a0}', " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let table = between(page, "<table class=\"difference\">", "</table>");
    let rows = table.split("<tr>\n<th scope=\"row\"").skip(1);
    let row = |row: &str| {
        let cells = format!("<th{}", row.split("</tr>").next().unwrap());
        let cells = cells.split("<t").skip(1).filter(|cell| cell.starts_with(['h', 'd']));
        cells.map(|cell| words(&format!("<t{cell}"))).collect()
    };
    rows.map(row).collect()
}

on_both_databases! {
    async fn two_grades_of_one_ladder_are_compared(app: TestApp) {
        let page = app.page("/compare?from=front-end/junior-plus&to=front-end/middle").await;
        assert!(count(&page, "Новые") > 10 && count(&page, "Глубже") == 1, "{page}");
        assert_eq!(count(&page, "Не нужны"), 0);
        let rows = rows(&page);
        assert_eq!(rows.len(), count(&page, "Новые") + count(&page, "Глубже"));
        assert_eq!(rows[0][..3], ["JavaScript", "средний · джун+", "сильная · джун++ ещё джун+"]);
        assert!(rows[0][3].starts_with("было: Средний уровень: JavaScript") && rows[0][3].contains("стало: Сильная экспертиза: JavaScript"), "{rows:?}");
        assert!(page.contains("стало:</span> <span class=\"label\">Сильная экспертиза:</span> <b>JavaScript</b>"), "{page}");
        assert!(page.contains("href=\"/compare?from=front-end/middle&#38;to=front-end/junior-plus\">Поменять местами"));
        assert!(page.contains("<option value=\"front-end\" selected>") && page.contains("<option value=\"middle\" selected>"));
        assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"));
        let printed = between(&page, "<p class=\"printed\">", "</p>");
        let address = "/compare?from=front-end/junior-plus&#38;to=front-end/middle";
        let rest = printed.strip_prefix(&format!("{PUBLIC_URL}{address}, обновлено ")).unwrap();
        // The date of the last change, written out.
        assert!(rest.ends_with(char::is_numeric) && rest.matches('\u{a0}').count() == 2, "{printed}");
    }

    async fn a_sentence_counts_what_changes(backend: Backend) {
        let grade = |level, text: &str| Grade { level, description: Some(text.into()) };
        let profession = |slug: &str, grades: Vec<Grade>| Profession {
            slug: slug.into(), title: slug.into(), summary: String::new(), grades,
        };
        let track = Track { slug: "t".into(), title: "Направление".into() };
        let one = profession("one", vec![
            grade(Level::Junior, "- Средний уровень: Docker\n- Git\n- Redux\n- Опыт: год"),
            grade(Level::Middle, "- Результат: сайт ускорен\n- Опыт: два года в команде"),
        ]);
        let two = profession("two", vec![
            grade(Level::Junior, "- Сильная экспертиза: Docker, Git\n- React\n- Опыт: год\n- Опыт: три года в команде"),
        ]);
        let empty = profession("empty", vec![grade(Level::Junior, "Только заметка.")]);
        let app = TestApp::with_catalogue(backend, &[TrackFile { track, professions: vec![one, two, empty] }]);
        let page = app.page("/compare?from=one/middle&to=two/junior").await;
        let lead = between(&page, "<p class=\"lead\">", "</p>").replace('\u{a0}', " ");
        assert_eq!(lead, "1 новый навык и 2 глубже; 1 не нужен. Дел: 1 похожее, 1 то же, 1 не нужно.");
        let shown = rows(&page);
        assert_eq!(shown[0][..3], ["Docker", "средний · джун", "сильная · джун"]);
        assert_eq!(shown[1][..3], ["Git", "нужен · джун", "сильная · джун уточняется"]);
        assert_eq!(shown[2][..3], ["React", "—не нужен", "нужен · джун"]);
        let alike = between(&page, "<div class=\"alike\">", "</div>");
        assert!(alike.contains("<mark>два</mark> года") && alike.contains("<mark>три</mark> года"), "{alike}");
        let same = app.page("/compare?from=two/junior&to=two/junior").await;
        assert!(same.contains("один и&nbsp;тот&nbsp;же грейд") && !same.contains("<table"), "{same}");
        // A grade that is described and asks nothing is one to start from.
        let all_new = app.page("/compare?from=empty/junior&to=two/junior").await;
        assert_eq!((count(&all_new, "Новые"), count(&all_new, "Не нужны")), (3, 0), "{all_new}");
        let not_needed = app.page("/compare?from=two/junior&to=empty/junior").await;
        assert!(not_needed.contains("Новых навыков нет; 3\u{a0}не\u{a0}нужны."), "{not_needed}");
    }

    async fn what_full_stack_asks_of_a_front_end_developer_is_not_called_unneeded(app: TestApp) {
        let page = app.page("/compare?from=front-end/middle&to=full-stack/middle").await;
        let details = page.split("<details").skip(1).collect::<Vec<_>>();
        let (same, not_needed) = (details[0], details[1]);
        let deeper = rows(&page).into_iter().filter(|row| row[3].starts_with("было:"));
        let deeper = deeper.map(|row| row[0].clone()).collect::<Vec<_>>();
        for skill in ["Git", "HTML", "CSS", "Sass", "JavaScript"] {
            let link = format!(">{skill}</a>");
            assert!(same.contains(&link) || deeper.contains(&skill.to_owned()), "{skill}");
            assert!(!not_needed.contains(&link), "{skill}");
        }
        // What is not needed is nowhere in the target's texts.
        let ladder = app.page("/professions/full-stack/middle").await;
        let asked = ladder.split("<aside").next().unwrap().to_owned()
            + ladder.split("</aside>").nth(1).unwrap();
        for link in not_needed.split("<a href=\"/skills/").skip(1) {
            let slug = link.split('"').next().unwrap();
            assert!(!asked.contains(&format!("\"/skills/{slug}\"")), "{slug}");
        }
    }

    async fn grades_of_two_professions_are_compared_and_can_be_swapped(app: TestApp) {
        let there = app.page("/compare?from=front-end/middle&to=full-stack/middle").await;
        let back = app.page("/compare?from=full-stack/middle&to=front-end/middle").await;
        assert_eq!(count(&there, "Новые"), count(&back, "Не нужны"));
        assert_eq!(count(&there, "Не нужны"), count(&back, "Новые"));
        let kept = |page: &str| count(page, "Те же навыки") + count(page, "Глубже");
        assert!(kept(&there) == kept(&back) && kept(&there) > 0 && count(&there, "Новые") > 0);
    }

    async fn an_undescribed_grade_is_said_to_be_one(app: TestApp) {
        app.database.execute(
            "UPDATE grades SET description = NULL WHERE level_name = 'middle';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        let page = app.page("/compare?from=front-end/junior-plus&to=front-end/middle").await;
        assert!(page.contains(">Фронтенд-разработчик: Мидл</a> ещё не&nbsp;описан: за&nbsp;него стоят требования предыдущих."), "{page}");
        let page = app.page("/compare?from=front-end/middle-plus&to=postgresql-admin/middle").await;
        assert!(page.contains("ещё не&nbsp;описан.") && page.contains("Сравнивать пока нечего."), "{page}");
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
        assert_eq!(page.matches("<option value=\"front-end\">").count(), 2);
        assert!(page.contains("<link rel=\"canonical\""));
        assert_eq!(app.page("/compare?from=&to=").await, page);
        let half = app.get("/compare?from=front-end/middle").await;
        assert_eq!(half.status(), 422);
        let half = half.text().await.unwrap();
        assert!(half.contains("id=\"to-profession-error\">Выберите профессию.") && half.contains("<option value=\"front-end\" selected>"), "{half}");
        for missing in ["nobody/middle", "%FF/%00"] {
            let path = format!("/compare?from=front-end/middle&to={missing}");
            assert_eq!(app.get(&path).await.status(), 404, "{path}");
        }
        for missing in ["front-end/intern", "front-end", "/", "front-end/boss", "front-end/middle/x"] {
            let path = format!("/compare?from=front-end/middle&to={missing}");
            assert_eq!(app.get(&path).await.status(), 422, "{path}");
        }
        // A form names a grade in two fields.
        let form = "/compare?from-profession=front-end&from-grade=middle&to-profession=full-stack&to-grade=senior";
        let sent = app.get(form).await;
        assert_eq!((sent.status().as_u16(), header(&sent, "location")), (303, "/compare?from=front-end/middle&to=full-stack/senior"));
        let wrong = app.get("/compare?from=front-end/middle&to=full-stack/intern").await.text().await.unwrap();
        let error = between(&wrong, "id=\"to-grade-error\">", "</p>").replace('\u{a0}', " ");
        assert!(error.starts_with("В лестнице «Фулстек-разработчик» нет грейда «стажёр». Есть: джун, "), "{error}");
        assert!(wrong.contains("<option value=\"full-stack\" selected>") && wrong.contains("<option value=\"intern\" selected>"), "{wrong}");
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
        assert!(!page.contains("<select id=\"from-profession\"") && page.contains("name=\"from-profession\" value=\"p-1\""), "{page}");
        assert_eq!((count(&page, "Те же навыки"), count(&page, "Новые")), (1, 0));
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
fn any_two_grades_of_the_catalogue_are_compared_completely() {
    let database = TestDatabase::on(Backend::Sqlite);
    grades::db::migrate(&database.url().parse().unwrap()).unwrap();
    let database = database.open();
    let files = catalogue::starting().unwrap();
    catalogue::load_starting(&database, &files).unwrap();
    grades::graders::service::skills::load_starting(
        &database,
        &grades::graders::service::skills::starting().unwrap(),
    )
    .unwrap();
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
            compare_skills(&there, &back);
            if std::ptr::eq(from.0, to.0) && from.1 == to.1 {
                assert!(there.skills.iter().all(|skill| skill.change == Change::Same));
                assert!(there.added.is_empty() && there.more_about_known().is_empty());
            }
        }
    }
}

/// The groups of skills agree with the skills that the two accumulated texts name.
fn compare_skills(there: &Comparison, back: &Comparison) {
    let named = |asked: &[Asked]| {
        let slugs = asked.iter().flat_map(|asked| asked.requirement.slugs().map(str::to_owned));
        slugs.collect::<BTreeSet<_>>()
    };
    let group = |comparison: &Comparison, changes: &[Change]| {
        let skills = comparison.skills.iter().filter(|skill| changes.contains(&skill.change));
        skills.map(|skill| skill.slug.clone()).collect::<BTreeSet<_>>()
    };
    let (start, target) = (named(&there.from), named(&there.to));
    let new = target.difference(&start).cloned().collect();
    let not_needed = start.difference(&target).cloned().collect();
    let both = start.intersection(&target).cloned().collect::<BTreeSet<_>>();
    assert_eq!(group(there, &[Change::New]), new);
    assert_eq!(group(there, &[Change::NotNeeded]), not_needed);
    assert_eq!(group(there, &[Change::Deeper, Change::Same]), both);
    assert_eq!(there.skills.len(), start.union(&target).count());
    assert_eq!(group(back, &[Change::New]), not_needed);
    assert_eq!(group(back, &[Change::NotNeeded]), new);
    // No skill is deeper in both directions.
    let deeper = group(there, &[Change::Deeper]);
    assert!(deeper.is_disjoint(&group(back, &[Change::Deeper])));
}
