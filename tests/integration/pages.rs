//! The content of the public pages.

use std::collections::{BTreeMap, BTreeSet};

use grades::graders::service::catalogue::{self, Grade, Profession, Track, TrackFile};
use grades::graders::service::skills::DictionaryCache;
use grades::ladder::skill::Dictionary;
use grades::ladder::{self, Description, Ladder, Level};
use grades::russian::bind;
use reqwest::Method;

use crate::app::{Backend, PUBLIC_URL, TestApp, between, header, unescaped};

/// Every single page, and one of each kind of profession and grade.
const PAGES: [&str; 27] = [
    "/",
    "/rules",
    "/plan",
    "/salary",
    "/compare",
    "/compare?level=middle",
    "/skills",
    "/skills?by=category",
    "/skills/react",
    "/api",
    "/professions/front-end",
    "/professions/front-end/middle",
    "/professions/front-end/junior",
    "/professions/postgresql-analyst",
    "/professions/postgresql-analyst/middle",
    "/professions/qa-automation",
    "/search",
    "/matrix",
    "/matrix?profession=front-end",
    "/check",
    "/check/pair",
    "/defence",
    "/mentoring",
    "/changes",
    "/changes?profession=front-end",
    "/learning",
    "/profile",
];

fn ladder(profession: &Profession, dictionary: &Dictionary) -> Ladder {
    let read = |text: &String| Description::read(text, dictionary);
    let grades = profession.grades.iter();
    let grades =
        grades.map(|grade| ladder::Grade::new(grade.level, grade.description.as_ref().map(read)));
    Ladder::new(grades.collect())
}

fn professions() -> Vec<Profession> {
    catalogue::starting().unwrap().into_iter().flat_map(|file| file.professions).collect()
}

/// A catalogue of two tracks with many professions of two grades each.
fn large_catalogue(first: usize, second: usize) -> Vec<TrackFile> {
    let track = |slug: &str, count: usize| TrackFile {
        track: Track { slug: slug.into(), title: format!("Направление {slug}") },
        professions: (1..=count)
            .map(|number| Profession {
                slug: format!("{slug}-{number}"),
                title: format!("Профессия {slug} {number}"),
                summary: "Работа".into(),
                grades: [Level::Junior, Level::Middle]
                    .map(|level| Grade { level, description: Some("- Git\n- SSH".into()) })
                    .into(),
            })
            .collect(),
    };
    vec![track("one", first), track("two", second)]
}

on_both_databases! {
    async fn home_shows_every_profession_with_its_grades_by_track(app: TestApp) {
        let page = app.page("/").await;
        let mut rest = page.as_str();
        for file in catalogue::starting().unwrap() {
            // In the order of the catalogue: each is searched for after the previous one.
            let mut find = |text: &str| {
                let at = rest.find(text).unwrap_or_else(|| panic!("no {text:?} further down"));
                rest = &rest[at + text.len()..];
            };
            find(&format!("<h2 id=\"{}-title\">{}", file.track.slug, bind(&file.track.title)));
            // Those with a described grade have a staircase, the others a line under them.
            let is_described =
                |profession: &Profession| profession.grades.iter().any(|grade| grade.description.is_some());
            let (described, others) = file.professions.into_iter().partition::<Vec<_>, _>(is_described);
            for profession in described {
                let address = format!("/professions/{}", profession.slug);
                find(&format!("<h3><a href=\"{address}\">{}</a>", bind(&profession.title)));
                find(&bind(&profession.summary));
                let (lowest, highest) = (&profession.grades[0], profession.grades.last().unwrap());
                find(&format!("{}\u{a0}— {}", lowest.level.word(), highest.level.word()));
                for grade in profession.grades {
                    find(&format!("href=\"{address}/{}\"", grade.level.slug()));
                    find(&format!(">{}</span>", grade.level.title()));
                    match grade.description.as_deref().map(Description::parse) {
                        Some(description) => {
                            find(&format!(">+{}<", description.requirements.len()));
                        }
                        None => find("не&nbsp;описан"),
                    }
                }
            }
            for profession in others {
                let address = format!("/professions/{}", profession.slug);
                find(&format!("<li><a href=\"{address}\">{}</a>", bind(&profession.title)));
                find(&bind(&profession.summary));
                find(if profession.grades.is_empty() { "лестницы ещё нет" } else { "6\u{a0}грейдов, не&nbsp;описаны" });
            }
        }
        assert!(page.contains("7\u{a0}профессий") && page.contains("2\u{a0}профессии"));
        assert!(!page.contains("Предыдущая") && !page.contains("Следующая"));
    }

    async fn no_description_has_a_sign_for_a_part_that_is_missing(app: TestApp) {
        // The ladder, one grade of it, and none.
        let paths = ["front-end", "postgresql-analyst", "qa-automation"];
        for (title, summary) in [
            ("Проба", ""),
            ("Проба", "Делает сайты."),
            ("Проба", "Делает сайты!"),
            ("Проба", "Сайты, почта…"),
            ("Проба", "Отвечает на «зачем?»"),
            ("Проба", "Вот что:"),
            ("Проба", "—"),
            ("Кто такой аналитик?", ""),
            ("Кто такой аналитик?", "Считает"),
            ("Мл. инж.", ""),
            ("C++", "Ядро и т. д."),
        ] {
            app.database.execute(&format!(
                "UPDATE profession SET title = '{title}', summary = '{summary}';
                 UPDATE catalogue_state SET revision = revision + 1",
            ));
            for slug in paths {
                for path in [format!("/professions/{slug}"), format!("/matrix?profession={slug}")] {
                    let page = unescaped(&app.page(&path).await);
                    let said = between(&page, "<meta name=\"description\" content=\"", "\">");
                    assert!(page.contains(&format!("<meta property=\"og:description\" content=\"{said}\">")));
                    assert!(said.starts_with(title) || path.contains("matrix"), "{said}");
                    assert!(said.ends_with('.'), "{said}");
                    for stray in [": .", ":.", "..", "!.", "?.", "….", " .", ": :", "?:", ".:", "—.", "»»"] {
                        assert!(!said.contains(stray), "{stray:?} in {said:?}");
                    }
                }
            }
            if summary.is_empty() {
                for path in ["/", "/professions/front-end", "/search?q=front-end"] {
                    let page = app.page(path).await;
                    for class in ["summary", "lead", "quiet"] {
                        assert!(!page.contains(&format!("<p class=\"{class}\"></p>")), "{path}");
                    }
                }
            }
        }
    }

    async fn a_printed_page_shows_the_date_of_the_last_change(app: TestApp) {
        let days = async || {
            let page = app.page("/professions/front-end").await;
            between(&page, "<p class=\"printed\">", "</p>").to_owned()
        };
        app.database.execute(
            "UPDATE catalogue_state SET changed_at = '2024-02-29 23:59:59', revision = revision + 1",
        );
        let address = format!("{PUBLIC_URL}/professions/front-end");
        assert_eq!(days().await, format!("{address}, обновлено 29\u{a0}февраля\u{a0}2024"));
        let ann = app.editor("ann").await;
        let path = "/admin/professions/front-end/middle";
        let (text, version) = ann.read(path).await;
        assert_eq!(ann.save(path, &version, &format!("- Git\n{text}")).await.status(), 303);
        assert!(!days().await.contains("2024"));
        app.database.execute("UPDATE catalogue_state SET changed_at = NULL, revision = revision + 1");
        assert_eq!(days().await, address);
    }

    async fn a_ladder_shows_every_grade_in_full(app: TestApp) {
        let (_, dictionary) = DictionaryCache::default().get(&app.database.open()).unwrap();
        for profession in professions() {
            let page = app.page(&format!("/professions/{}", profession.slug)).await;
            assert!(page.contains(&format!("<h1>{}</h1>", bind(&profession.title))));
            let ladder = ladder(&profession, &dictionary);
            for grade in &profession.grades {
                let start = format!("<section class=\"grade\" id=\"{}\"", grade.level.slug());
                let section = between(&page, &start, "</section>");
                let Some(text) = &grade.description else {
                    assert!(section.contains("ещё не&nbsp;описан"), "{section}");
                    continue;
                };
                let description = Description::read(text, &dictionary);
                for requirement in &description.requirements {
                    let label = requirement.kind.map_or(String::new(), |kind| {
                        format!("<span class=\"label\">{}:</span> ", kind.label())
                    });
                    // The mark before it tells how deeply it asks a skill.
                    let mark = match &*requirement.skills {
                        [] => String::new(),
                        skills => {
                            let deepest = skills.iter().map(|named| named.depth).max().unwrap();
                            format!(" class=\"asks-{}\"", ladder::depth::rank(deepest))
                        }
                    };
                    let item = format!(
                        "<li id=\"{}-{}\"{mark}>{label}{}</li>",
                        grade.level.slug(), requirement.id, requirement.html,
                    );
                    assert!(section.contains(&item), "{item} in {section}");
                }
                for note in description.paragraphs() {
                    assert!(section.contains(&note.html.to_string()), "{section}");
                }
                let total = ladder.in_force(grade.level).len();
                assert!(total == 0 || section.contains(&format!("{total}&nbsp;всего")), "{section}");
            }
        }
    }

    async fn a_grade_shows_its_own_the_accumulated_and_the_next_requirements(app: TestApp) {
        let (_, dictionary) = DictionaryCache::default().get(&app.database.open()).unwrap();
        for profession in professions() {
            let base = format!("/professions/{}", profession.slug);
            let ladder = ladder(&profession, &dictionary);
            for (index, grade) in profession.grades.iter().enumerate() {
                let page = app.page(&format!("{base}/{}", grade.level.slug())).await;
                let requirements = |grade: &Grade| {
                    let text = grade.description.as_deref().unwrap_or_default();
                    Description::read(text, &dictionary).requirements
                };
                let new = between(&page, "id=\"new\"", "</section>");
                for requirement in requirements(grade) {
                    assert!(new.contains(&requirement.html.to_string()), "{new}");
                }
                let in_force = ladder.in_force(grade.level);
                let in_force = |level| in_force.iter().filter(move |item| item.asked.level == level);
                // From every lower grade, under its name, and from no other grade.
                let origins = page.matches("<h3 id=\"from-").count();
                let asking = profession.grades[..index].iter().filter(|lower| in_force(lower.level).next().is_some());
                assert_eq!(origins, asking.clone().count());
                for lower in asking {
                    let start = format!("<h3 id=\"from-{}\"", lower.level.slug());
                    let origin = between(&page, &start, "</section>");
                    assert_eq!(origin.matches("<li ").count(), in_force(lower.level).count());
                    for item in in_force(lower.level) {
                        assert!(origin.contains(&item.asked.requirement.html.to_string()), "{origin}");
                    }
                }
                let next = between(&page, "<aside", "</aside>");
                if let Some(higher) = profession.grades.get(index + 1) {
                        for requirement in requirements(higher) {
                            assert!(next.contains(&requirement.html.to_string()), "{next}");
                        }
                        let link = format!("rel=\"next\" href=\"{base}/{}\"", higher.level.slug());
                        assert!(page.contains(&link), "{link}");
                } else {
                        assert!(next.contains("верхний грейд"), "{next}");
                        assert!(!page.contains("rel=\"next\""));
                }
                match index.checked_sub(1).map(|below| &profession.grades[below]) {
                    Some(lower) => {
                        let link = format!("rel=\"prev\" href=\"{base}/{}\"", lower.level.slug());
                        assert!(page.contains(&link), "{link}");
                    }
                    None => assert!(!page.contains("rel=\"prev\"")),
                }
            }
        }
    }

    async fn who_must_teach_is_led_to_those_who_do(app: TestApp) {
        for (path, leads) in [
            ("/professions/front-end/senior", true),
            ("/professions/front-end/middle", false),
            ("/skills/react", true),
        ] {
            let main = app.page(path).await;
            let main = main.split_once("<main").unwrap().1;
            assert_eq!(main.contains("href=\"/mentoring\""), leads, "{path}");
        }
    }

    async fn empty_pages_say_what_is_missing(app: TestApp) {
        let profession = app.page("/professions/qa-automation").await;
        assert!(profession.contains("Лестница этой профессии ещё не&nbsp;описана."));
        let grade = app.page("/professions/postgresql-admin/junior").await;
        assert!(grade.contains("Этот грейд ещё не&nbsp;описан."));
        assert!(grade.contains("Следующий грейд ещё не&nbsp;описан."));
        let junior = app.page("/professions/front-end/junior").await;
        assert!(junior.contains("Новых требований нет."));
    }

    async fn placeholders_say_that_they_are_placeholders(app: TestApp) {
        for path in ["/learning", "/profile"] {
            assert!(app.page(path).await.contains("Раздел готовится."), "{path}");
        }
    }

    async fn every_page_has_a_title_and_a_description(app: TestApp) {
        let mut titles = BTreeSet::new();
        let mut descriptions = BTreeSet::new();
        for path in PAGES {
            let response = app.get(path).await;
            assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
            let page = response.text().await.unwrap();
            let title = between(&page, "<title>", "</title>").to_owned();
            assert!(title.ends_with(" — Грейды"), "{title}");
            assert!(titles.insert(title.clone()), "{title} twice");
            let description = between(&page, "<meta name=\"description\" content=\"", "\"");
            assert!((20..=200).contains(&description.chars().count()), "{description}");
            assert!(descriptions.insert(description.to_owned()), "{description} twice");
            let canonical = between(&page, "<link rel=\"canonical\" href=\"", "\"");
            assert_eq!(canonical, format!("{PUBLIC_URL}{path}"));
            assert!(page.contains(&format!("<meta property=\"og:url\" content=\"{canonical}\">")));
            let og_title = between(&page, "<meta property=\"og:title\" content=\"", "\"");
            assert_eq!(title, format!("{og_title} — Грейды"));
            for property in ["type", "site_name", "locale", "description"] {
                assert!(page.contains(&format!("<meta property=\"og:{property}\" content=")));
            }
            assert_eq!(page.matches("<h1").count(), 1, "{path}");
            assert_eq!(page.matches("<main").count(), 1, "{path}");
            let has_trail = page.contains("class=\"breadcrumbs\"");
            let has_parent = ["/professions/", "/skills/", "/plan", "/salary", "/check", "/defence", "/mentoring"]
                .iter()
                .any(|above| path.starts_with(above))
                || ["?profession=", "?level="].iter().any(|chosen| path.contains(chosen));
            assert_eq!(has_trail, has_parent, "{path}");
            for forbidden in ["<script", "<style", " style=", " onclick="] {
                assert!(!page.contains(forbidden), "{forbidden} on {path}");
            }
        }
    }

    async fn search_engines_are_told_the_way_to_a_page(app: TestApp) {
        for (path, way) in [
            ("/professions/front-end/middle", &[
                ("/", "Профессии"), ("/#web", "Веб-разработка"),
                ("/professions/front-end", "Фронтенд-разработчик"), ("", "Мидл"),
            ][..]),
            ("/skills/react", &[("/skills", "Навыки"), ("", "React")]),
            ("/mentoring", &[("/rules", "Правила"), ("", "Наставничество")]),
        ] {
            let page = app.page(path).await;
            let list = between(&page, "<ol itemscope itemtype=\"https://schema.org/BreadcrumbList\">", "</ol>");
            let items = list.split("<li ").skip(1).collect::<Vec<_>>();
            assert_eq!(items.len(), way.len(), "{list}");
            for (place, (item, (address, words))) in (1..).zip(items.into_iter().zip(way)) {
                assert!(item.starts_with("itemprop=\"itemListElement\" itemscope itemtype=\"https://schema.org/ListItem\""));
                assert!(item.contains(&format!("<span itemprop=\"name\">{words}</span>")), "{item}");
                assert!(item.contains(&format!("<meta itemprop=\"position\" content=\"{place}\">")), "{item}");
                assert_eq!(item.contains(&format!("<a itemprop=\"item\" href=\"{address}\">")), !address.is_empty());
                assert_eq!(item.contains("aria-current=\"page\""), address.is_empty());
            }
        }
    }

    async fn the_menu_marks_the_current_page(app: TestApp) {
        let marked = |page: &str, mark: &str, path: &str| {
            page.contains(&format!("<a href=\"{path}\" aria-current=\"{mark}\">"))
        };
        assert!(marked(&app.page("/").await, "page", "/"));
        assert!(marked(&app.page("/professions/front-end").await, "true", "/"));
        assert!(marked(&app.page("/rules").await, "page", "/rules"));
        assert!(marked(&app.page("/plan").await, "true", "/rules"));
        assert!(marked(&app.page("/learning").await, "page", "/learning"));
        assert!(marked(&app.page("/profile").await, "page", "/profile"));
    }

    async fn every_link_leads_somewhere(app: TestApp) {
        let mut seen = BTreeMap::<String, String>::new();
        let mut waiting = vec!["/".to_owned()];
        while let Some(path) = waiting.pop() {
            if seen.contains_key(&path) {
                continue;
            }
            let page = app.page(&path).await;
            if path.starts_with("/assets/") || path == "/favicon.svg" {
                seen.insert(path, page);
                continue;
            }
            for link in page.split("href=\"").skip(1) {
                let link = &unescaped(link.split('"').next().unwrap());
                if let Some(fragment) = link.strip_prefix('#') {
                    assert!(page.contains(&format!("id=\"{fragment}\"")), "{link} on {path}");
                } else if link.starts_with('/') {
                    waiting.push(link.split('#').next().unwrap().to_owned());
                } else if path.starts_with("/skills/") && !link.starts_with(PUBLIC_URL) {
                    assert!(link.starts_with("https://"), "{link} on {path}");
                } else {
                    assert!(link.starts_with(PUBLIC_URL), "{link} on {path}");
                }
            }
            seen.insert(path, page);
        }
        // Home, the rules, plans, pay, 15 professions, 63 grades, the table of professions and its
        // two files, those of skills for 9 ladders and two files for the 7 that name any, two
        // placeholders, comparing, checking, setting two checks against each other and defending by a form, teaching, skills in two orders, the API's
        // reference and document, signing in, the icon and two stylesheets; what changed and its feed, for the 9
        // ladders a page and for every profession a feed; releases; each ladder and all of them in six formats; the
        // search.
        let is_one_of_many = |path: &&String| {
            let many =
                ["/skills/", "/compare?", "/plan?", "/check?", "/check/pair?", "/defence?", "/defence.md?"];
            many.iter().any(|start| path.starts_with(start))
        };
        let single = seen.keys().filter(|path| !is_one_of_many(path)).count();
        assert_eq!(single, 1 + 3 + 15 + 63 + 3 + 9 + 14 + 2 + 4 + 1 + 2 + 2 + 1 + 2 + 3 + 9 + 15 + 1 + 6 * 16 + 1);
        assert!(seen.len() > single + 400);
        for (path, page) in &seen {
            for link in page.split("href=\"/").skip(1) {
                let link = format!("/{}", unescaped(link.split('"').next().unwrap()));
                if let Some((target, fragment)) = link.split_once('#') {
                    let id = format!("id=\"{fragment}\"");
                    assert!(seen[target].contains(&id), "{link} on {path}");
                }
            }
        }
    }

    async fn many_professions_are_paged(backend: Backend) {
        // There are 48 on a page: on page 2 the first track ends and the second begins.
        let app = TestApp::with_catalogue(backend, &large_catalogue(60, 90));
        let mut cards = Vec::new();
        for number in 1..=4 {
            let path = if number == 1 { "/".to_owned() } else { format!("/?page={number}") };
            let page = app.page(&path).await;
            let canonical = between(&page, "<link rel=\"canonical\" href=\"", "\"").to_owned();
            assert_eq!(canonical, format!("{PUBLIC_URL}{path}"));
            assert!(page.len() < 100_000, "{} bytes", page.len());
            assert!(page.contains(&format!("{number} из&nbsp;4")));
            assert_eq!(page.contains("rel=\"prev\""), number > 1);
            assert_eq!(page.contains("rel=\"next\""), number < 4);
            cards.extend(page.split("<h3><a href=\"").skip(1).map(|rest| {
                rest.split('"').next().unwrap().to_owned()
            }));
            if number == 2 {
                assert!(page.contains("Направление one, продолжение"));
                assert!(page.contains("60\u{a0}профессий") && page.contains("90\u{a0}профессий"));
                assert!(page.contains("<a href=\"/#one\">") && page.contains("<a href=\"/?page=2#two\">"));
            }
        }
        let expected = (1..=60)
            .map(|number| format!("/professions/one-{number}"))
            .chain((1..=90).map(|number| format!("/professions/two-{number}")));
        assert_eq!(cards, expected.collect::<Vec<_>>());
        assert_eq!(app.get("/?page=5").await.status(), 404);
        assert_eq!(app.page("/?page=1").await, app.page("/").await);
    }

    async fn an_empty_catalogue_says_so(backend: Backend) {
        let app = TestApp::with_catalogue(backend, &[]);
        assert!(app.page("/").await.contains("ещё нет профессий"));
        assert_eq!(app.page("/sitemap.xml").await.matches("<loc>").count(), 15);
    }

    async fn a_change_by_another_process_is_shown_immediately(app: TestApp) {
        let path = "/professions/front-end/middle";
        let tag = header(&app.get(path).await, "etag").to_owned();
        app.page("/").await;
        app.database.execute(
            "UPDATE grades SET description = '- Пишет на *Rust*' WHERE level_name = 'middle';
             UPDATE profession SET title = 'Фронтенд' WHERE slug = 'front-end';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        let changed = app.request(Method::GET, path).header("if-none-match", tag);
        let changed = changed.send().await.unwrap();
        assert_eq!(changed.status(), 200);
        assert!(changed.text().await.unwrap().contains("Пишет на\u{a0}<em>Rust</em>"));
        assert!(app.page("/").await.contains(">Фронтенд</a>"));
    }

    async fn text_typed_by_editors_never_becomes_markup(app: TestApp) {
        app.database.execute(
            "UPDATE grades SET description =
               '- <script>alert(1)</script>
- [x](javascript:alert(2))' WHERE level_name = 'middle';
             UPDATE profession SET title = '<b>\"жирный\"</b>', summary = '<i>&amp;</i>';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        for path in ["/", "/professions/front-end", "/professions/front-end/middle"] {
            let page = app.page(path).await;
            for forbidden in ["<script", "<b>", "<i>", "javascript:"] {
                assert!(!page.contains(forbidden), "{forbidden} on {path}");
            }
            assert!(page.contains("&#60;b&#62;") || page.contains("&lt;b&gt;"), "{path}");
        }
    }

    async fn robots_and_health_checks_are_answered(app: TestApp) {
        let sitemap = app.page("/sitemap.xml").await;
        let document = roxmltree::Document::parse(&sitemap).unwrap();
        let addresses = document
            .descendants()
            .filter(|node| node.has_tag_name(("http://www.sitemaps.org/schemas/sitemap/0.9", "loc")))
            .map(|node| node.text().unwrap().strip_prefix(PUBLIC_URL).unwrap().to_owned())
            .collect::<Vec<_>>();
        // Home, the rules, plans, pay, the table, comparing, checking, setting two checks against
        // each other, defending, teaching, searching, what changed, the API's reference, the list of skills, the professions, the described grades, the skills
        // that are asked and the described levels.
        let skills = addresses.iter().filter(|path| path.starts_with("/skills/")).count();
        assert!(skills > 200);
        let levels = addresses.iter().filter(|path| path.starts_with("/compare?level=")).count();
        assert_eq!(levels, 10, "each is described in some ladder");
        assert_eq!(addresses.len(), 15 + 15 + 51 + skills + levels);
        for address in addresses {
            assert_eq!(app.get(&address).await.status(), 200, "{address}");
        }
        let robots = app.page("/robots.txt").await;
        assert!(robots.contains(&format!("Sitemap: {PUBLIC_URL}/sitemap.xml")));
        assert_eq!(app.page("/healthz").await, "ok\n");
        assert_eq!(app.page("/readyz").await, "ok\n");
    }

    async fn an_internal_error_shows_a_sentence_and_no_internals(app: TestApp) {
        app.database.execute("ALTER TABLE catalogue_state RENAME TO elsewhere");
        for path in ["/", "/professions/front-end", "/readyz"] {
            let response = app.get(path).await;
            assert_eq!(response.status(), 500);
            let id = header(&response, "x-request-id").to_owned();
            let page = response.text().await.unwrap();
            assert!(page.contains("Ошибка на\u{a0}сервере"), "{page}");
            assert!(page.contains(&format!("Номер запроса: <code>{id}</code>")), "{page}");
            assert!(!page.contains("catalogue_state") && !page.contains("SQL"), "{page}");
        }
        assert_eq!(app.get("/healthz").await.status(), 200);
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn both_databases_answer_with_the_same_bytes() {
    let sqlite = TestApp::on(Backend::Sqlite);
    let postgres = TestApp::on(Backend::Postgres);
    let mut paths = PAGES.map(str::to_owned).to_vec();
    for profession in professions() {
        let base = format!("/professions/{}", profession.slug);
        let levels = profession.grades.iter().map(|grade| format!("{base}/{}", grade.level.slug()));
        paths.extend(levels);
        paths.push(base);
    }
    paths.extend(["/sitemap.xml", "/robots.txt", "/nothing", "/?page=9"].map(str::to_owned));
    for path in paths {
        let (left, right) = (sqlite.get(&path).await, postgres.get(&path).await);
        assert_eq!(left.status(), right.status(), "{path}");
        assert_eq!(left.bytes().await.unwrap(), right.bytes().await.unwrap(), "{path}");
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn a_lost_database_is_a_503() {
    let app = TestApp::on(Backend::Postgres);
    app.page("/").await;
    app.database.drop_now();
    for path in ["/", "/readyz"] {
        let response = app.get(path).await;
        assert_eq!(response.status(), 503, "{path}");
        assert_eq!(header(&response, "retry-after"), "60");
        assert!(response.text().await.unwrap().contains("Сайт временно недоступен"));
    }
    assert_eq!(app.get("/healthz").await.status(), 200);
}
