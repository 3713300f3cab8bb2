//! The tables of professions by level and of skills by grade, on pages and as CSV.

use std::collections::BTreeSet;

use grades::graders::service::catalogue::{self, Grade, Profession, Track, TrackFile};
use grades::ladder::{Description, Level};
use grades::russian::bind;

use crate::app::{Backend, TestApp, between, header};

fn professions() -> Vec<Profession> {
    catalogue::starting().unwrap().into_iter().flat_map(|file| file.professions).collect()
}

/// The row of a page's table that begins with a link to this address.
fn row<'a>(page: &'a str, address: &str) -> &'a str {
    between(page, &format!("<th scope=\"row\"><a href=\"{address}\">"), "</tr>")
}

/// The cells of a row without its heading.
fn cells(row: &str) -> Vec<&str> {
    row.split("<td").skip(1).map(|cell| cell.split("</td>").next().unwrap()).collect()
}

/// The text of a cell, visible or for screen readers.
fn words(cell: &str) -> String {
    let cell = cell.split_once('>').unwrap().1;
    let cell = match cell.split_once("<span class=\"as-list\">") {
        // The name of the level is in the column heading; the cell contains only its mark.
        Some((before, label)) => {
            let end = label.find("</a>").unwrap_or(label.len());
            let after = label[..end].split_once("</span> ").unwrap().1;
            format!("{before}{after}")
        }
        None => cell.to_owned(),
    };
    let texts = cell.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    texts.collect::<String>().replace("&nbsp;", " ").trim().to_owned()
}

/// The rows of a file.
async fn sheet(app: &TestApp, path: &str) -> Vec<Vec<String>> {
    separated(app, path, b',').await
}

async fn separated(app: &TestApp, path: &str, separator: u8) -> Vec<Vec<String>> {
    let file = app.page(path).await;
    let file = file.strip_prefix('\u{feff}').expect("a mark of UTF-8");
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(separator).has_headers(false).from_reader(file.as_bytes());
    let row = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn track(slug: &str, title: &str, professions: Vec<Profession>) -> TrackFile {
    TrackFile { track: Track { slug: slug.into(), title: title.into() }, professions }
}

fn profession(slug: &str, title: &str, grades: &[(Level, Option<&str>)]) -> Profession {
    let grade = |(level, text): &(Level, Option<&str>)| Grade {
        level: *level,
        description: text.map(str::to_owned),
    };
    Profession {
        slug: slug.into(),
        title: title.into(),
        summary: "Работа".into(),
        grades: grades.iter().map(grade).collect(),
    }
}

/// A site with one profession and a dictionary of only the skills it names.
fn skilled(backend: Backend) -> TestApp {
    let grades = [
        (Level::Junior, Some("- Знает основы Бета и Альфа")),
        (Level::JuniorPlus, None),
        (Level::Middle, Some("- Сильная экспертиза: Альфа\n- =Гамма")),
        (Level::Senior, Some("Ничего нового.")),
    ];
    let crafts = vec![
        profession("smith", "Кузнец", &grades),
        profession("guard", "Сторож", &[(Level::Junior, Some("- Не спит"))]),
        profession("idler", "Лентяй", &[]),
    ];
    let app = TestApp::with_catalogue(backend, &[track("crafts", "Ремёсла", crafts)]);
    app.database.execute(
        "DELETE FROM skill_aliases;
         DELETE FROM skills;
         INSERT INTO skills (slug, title, category) VALUES
           ('alpha', 'Альфа', 'Буквы'), ('beta', 'Бета', 'Буквы'), ('gamma', '=Гамма', '@Буквы');
         UPDATE catalogue_state SET revision = revision + 1, skills_revision = skills_revision + 1",
    );
    app
}

on_both_databases! {
    async fn the_numbers_agree_with_the_ladders(app: TestApp) {
        let page = app.page("/matrix").await;
        let headings = between(&page, "<thead>", "</thead>");
        assert_eq!(headings.matches("<th scope=\"col\">").count(), 11);
        let mut rest = page.as_str();
        for file in catalogue::starting().unwrap() {
            let group = format!("<th scope=\"rowgroup\" colspan=\"11\">{}</th>", bind(&file.track.title));
            rest = rest.split_once(&group).unwrap_or_else(|| panic!("no {group} further down")).1;
            for profession in file.professions {
                let address = format!("/professions/{}", profession.slug);
                let row = row(rest, &address);
                assert!(row.starts_with(&bind(&profession.title)), "{row}");
                let cells = cells(row);
                assert_eq!(cells.len(), 10);
                for (level, cell) in Level::ALL.into_iter().zip(cells) {
                    let Some(grade) = profession.grades.iter().find(|grade| grade.level == level)
                    else {
                        assert_eq!(words(cell), "·нет", "{cell}");
                        continue;
                    };
                    assert!(cell.contains(&format!("<a href=\"{address}/{}\">", level.slug())));
                    let expected = match grade.description.as_deref().map(Description::parse) {
                        Some(description) => description.requirements.len().to_string(),
                        None => "—не описан".to_owned(),
                    };
                    let words = words(cell);
                    let words = words.split(" требован").next().unwrap();
                    assert_eq!(words, expected, "{cell}");
                }
            }
        }
    }

    async fn three_kinds_of_empty_cells_are_distinguished(backend: Backend) {
        let grades = [(Level::Junior, Some("Ничего нового.")), (Level::Middle, None)];
        let crafts = vec![profession("smith", "Кузнец", &grades)];
        let app = TestApp::with_catalogue(backend, &[track("crafts", "Ремёсла", crafts)]);
        let page = app.page("/matrix").await;
        let words = cells(row(&page, "/professions/smith")).into_iter().map(words);
        let words = words.collect::<Vec<_>>();
        assert_eq!(words[1], "0 требований");
        assert_eq!(words[4], "—не описан");
        assert!([0, 2, 3, 5, 6, 7, 8, 9].iter().all(|place| words[*place] == "·нет"), "{words:?}");
        let legend = between(&page, "<ul class=\"legend\">", "</ul>").replace("&nbsp;", " ");
        for meaning in ["описан, новых требований нет", "ещё не описан", "такого уровня в лестнице нет"] {
            assert!(legend.contains(meaning), "{legend}");
        }
    }

    async fn the_table_can_be_limited_to_a_track(app: TestApp) {
        for file in catalogue::starting().unwrap() {
            let path = format!("/matrix?track={}", file.track.slug);
            let page = app.page(&path).await;
            assert_eq!(page.matches("<th scope=\"rowgroup\"").count(), 1);
            assert_eq!(page.matches("<th scope=\"row\">").count(), file.professions.len());
            assert!(page.contains(&format!("value=\"{}\" selected", file.track.slug)));
            let names = sheet(&app, &path.replacen("/matrix", "/matrix.csv", 1)).await;
            let names = names.into_iter().skip(1).map(|row| row[1].clone()).collect::<Vec<_>>();
            let titles = file.professions.into_iter().map(|profession| profession.title);
            assert_eq!(names, titles.collect::<Vec<_>>());
        }
        assert_eq!(app.page("/matrix?track=").await, app.page("/matrix").await);
    }

    async fn a_skill_is_marked_at_the_grades_that_ask_for_it(backend: Backend) {
        let app = skilled(backend);
        let page = app.page("/matrix?profession=smith").await;
        let places = ["beta", "alpha", "gamma"]
            .map(|slug| page.find(&format!("<th scope=\"row\"><a href=\"/skills/{slug}\">")).unwrap());
        assert!(places.is_sorted(), "{places:?}");
        for (slug, expected) in [
            ("beta", ["знакомство*", "знакомство", "знакомство", "знакомство"]),
            ("alpha", ["знакомство*", "знакомство", "сильная экспертиза*", "сильная экспертиза"]),
            ("gamma", ["", "", "нужен*", "нужен"]),
        ] {
            let row = row(&page, &format!("/skills/{slug}"));
            // A star for a new requirement.
            let shown = cells(row).into_iter().map(|cell| {
                let words = words(cell);
                let depth = words.split_once(':').map_or("", |(_, depth)| depth.trim());
                depth.replace(", новое требование", "*")
            });
            assert_eq!(shown.collect::<Vec<_>>(), expected, "{slug}");
        }
        let alpha = row(&page, "/skills/alpha");
        assert!(alpha.contains("<a href=\"/professions/smith/middle\">"), "{alpha}");
        let headings = between(&page, "<thead>", "</thead>");
        assert_eq!(headings.matches("<th scope=\"col\">").count(), 5);
        assert_eq!(headings.matches("не&nbsp;описан").count(), 1, "{headings}");
    }

    async fn a_table_without_skills_says_why(backend: Backend) {
        let app = skilled(backend);
        let page = app.page("/matrix?profession=guard").await;
        assert!(page.contains("не&nbsp;назван ни&nbsp;один навык"), "{page}");
        let page = app.page("/matrix?profession=idler").await;
        assert!(page.contains("Лестница этой профессии ещё не&nbsp;описана."), "{page}");
        let empty = TestApp::with_catalogue(backend, &[]);
        assert!(empty.page("/matrix").await.contains("ещё нет профессий"));
        assert_eq!(sheet(&empty, "/matrix.csv").await.len(), 1);
    }

    async fn files_contain_the_same_as_the_tables(app: TestApp) {
        let page = app.page("/matrix").await;
        let rows = sheet(&app, "/matrix.csv").await;
        let headings = ["Направление", "Профессия"].into_iter().chain(Level::ALL.map(Level::title));
        assert_eq!(rows[0], headings.collect::<Vec<_>>());
        assert_eq!(rows.len(), 1 + professions().len());
        for (row_of_file, profession) in rows[1..].iter().zip(professions()) {
            assert_eq!(row_of_file[1], profession.title);
            let cells = cells(row(&page, &format!("/professions/{}", profession.slug)));
            let shown = cells.into_iter().map(|cell| {
                let words = words(cell);
                let words = words.split(" требован").next().unwrap();
                words.trim_start_matches("·нет").trim_start_matches('—').to_owned()
            });
            assert_eq!(row_of_file[2..], shown.collect::<Vec<_>>(), "{}", profession.slug);
        }
        let page = app.page("/matrix?profession=front-end").await;
        let rows = sheet(&app, "/matrix.csv?profession=front-end").await;
        let shown = between(&page, "</thead>", "</table>");
        let shown = shown.split("<th scope=\"row\">").skip(1).map(|row| {
            let title = words(&format!("<{}", between(row, "<a", "</a>"))).replace("&#38;", "&").replace('\u{a0}', " ");
            let cells = cells(row).into_iter().map(words).map(|words| {
                let depth = words.split_once(':').map_or("", |(_, depth)| depth.trim());
                depth.replace(", новое требование", "")
            });
            (title, cells.collect::<Vec<_>>())
        });
        let shown = shown.collect::<std::collections::BTreeMap<_, _>>();
        assert!(shown.len() > 10, "{} skills", shown.len());
        let of_file = rows[1..].iter().map(|row| (row[0].clone(), row[2..].to_vec()));
        assert_eq!(of_file.collect::<std::collections::BTreeMap<_, _>>(), shown);
    }

    async fn a_file_has_a_name_and_contains_no_formulas(backend: Backend) {
        let app = skilled(backend);
        app.database.execute(
            "UPDATE profession SET title = '+Кузнец' WHERE slug = 'smith';
             UPDATE tracks SET title = '=Ремёсла';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        for (path, name) in [
            ("/matrix.csv", "grades.csv"),
            ("/matrix.csv?track=crafts", "grades-crafts.csv"),
            ("/matrix.csv?profession=smith", "skills-smith.csv"),
        ] {
            // Rendered first, then from the cache.
            for _ in 0..2 {
                let answer = app.get(path).await;
                assert_eq!(header(&answer, "content-type"), "text/csv; charset=utf-8");
                let disposition = header(&answer, "content-disposition");
                assert_eq!(disposition, format!("attachment; filename=\"{name}\""));
            }
        }
        let rows = sheet(&app, "/matrix.csv").await;
        assert_eq!(rows[1][..2], ["'=Ремёсла", "'+Кузнец"]);
        let rows = sheet(&app, "/matrix.csv?profession=smith").await;
        assert_eq!(rows[3][..2], ["'=Гамма", "'@Буквы"]);
    }

    async fn no_full_width_or_hidden_sign_opens_a_cell(backend: Backend) {
        let app = skilled(backend);
        for title in ["＝Кузнец", "\u{feff}＋Кузнец", " －1", "\u{200b}@Кузнец", "«=Кузнец»", "＠A1"] {
            app.database.execute(&format!(
                "UPDATE profession SET title = '{title}' WHERE slug = 'smith';
                 UPDATE skills SET category = '{title}';
                 UPDATE catalogue_state
                   SET revision = revision + 1, skills_revision = skills_revision + 1",
            ));
            for separator in ["", "&separator=semicolon"] {
                let delimiter = if separator.is_empty() { b',' } else { b';' };
                let rows = separated(&app, &format!("/matrix.csv?track=crafts{separator}"), delimiter).await;
                assert_eq!(rows[1][1], format!("'{title}"));
                let path = format!("/matrix.csv?profession=smith{separator}");
                assert_eq!(separated(&app, &path, delimiter).await[1][1], format!("'{title}"));
            }
        }
    }

    async fn a_file_for_a_russian_spreadsheet_has_semicolons(backend: Backend) {
        let app = skilled(backend);
        app.database.execute(
            "UPDATE profession SET title = 'Кузнец; молотобоец, «мастер»' WHERE slug = 'smith';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        for page in ["/matrix", "/matrix?track=crafts", "/matrix?profession=smith"] {
            let shown = app.page(page).await;
            let links = shown.split("href=\"/matrix.csv").skip(1);
            let links = links.map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
            let [commas, semicolons] = links.collect::<Vec<_>>().try_into().unwrap();
            assert!(shown.contains("для русского Excel"), "{shown}");
            let (commas, semicolons) =
                (format!("/matrix.csv{commas}"), format!("/matrix.csv{semicolons}"));
            // The other order, and again from the cache.
            for _ in 0..2 {
                let rows = separated(&app, &semicolons, b';').await;
                assert!(rows[0].len() > 3 && app.page(&semicolons).await.contains("\r\n"));
                assert_eq!(sheet(&app, &commas).await, rows, "{page}");
                assert_ne!(app.page(&semicolons).await, app.page(&commas).await);
            }
        }
        assert_eq!(app.page("/matrix.csv?separator=comma").await, app.page("/matrix.csv").await);
        for odd in ["tab", "", ";", "semicolon%00"] {
            assert_eq!(app.get(&format!("/matrix.csv?separator={odd}")).await.status(), 400, "{odd}");
        }
        assert_eq!(app.get("/matrix.csv?separator=comma&separator=semicolon").await.status(), 400);
    }

    async fn a_file_changes_with_the_catalogue(app: TestApp) {
        let tag = header(&app.get("/matrix.csv").await, "etag").to_owned();
        assert_eq!(header(&app.get("/matrix.csv").await, "etag"), tag);
        app.database.execute(
            "UPDATE profession SET title = 'Фронтенд' WHERE slug = 'front-end';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        assert_ne!(header(&app.get("/matrix.csv").await, "etag"), tag);
        assert!(app.page("/matrix.csv").await.contains("Фронтенд"));
    }

    async fn unknown_professions_tracks_and_pages_are_not_found(app: TestApp) {
        for query in [
            "profession=nobody",
            "profession=",
            "profession=%D1%8F",
            "track=nothing",
            "track=%00",
            "track=web&page=2",
            "page=2",
            "page=0",
        ] {
            assert_eq!(app.get(&format!("/matrix?{query}")).await.status(), 404, "{query}");
            let status = app.get(&format!("/matrix.csv?{query}")).await.status();
            // A file is not paged.
            assert_eq!(status, if query.contains("page=") { 200 } else { 404 }, "{query}");
        }
        for query in ["page=x", "page=", "track=web&track=python"] {
            assert_eq!(app.get(&format!("/matrix?{query}")).await.status(), 400, "{query}");
        }
    }

    async fn the_former_address_of_a_profession_redirects(app: TestApp) {
        let owner = app.owner("olga").await;
        let page = owner.page("/admin/professions/front-end").await;
        let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let form = [
            ("action", "save"),
            ("version", version.as_str()),
            ("title", "Фронтенд-разработчик"),
            ("slug", "frontend"),
            ("summary", "Интерфейсы"),
            ("track", "web"),
        ];
        let answer = owner.send("/admin/professions/front-end", &form).await;
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
        for path in ["/matrix", "/matrix.csv"] {
            let answer = app.get(&format!("{path}?profession=front-end")).await;
            assert_eq!(answer.status(), 308);
            assert_eq!(header(&answer, "location"), format!("{path}?profession=frontend"));
            app.page(&format!("{path}?profession=frontend")).await;
        }
    }

    async fn many_professions_are_paged_but_in_one_file(backend: Backend) {
        let numbered = |slug: &str, count: usize| {
            let grades = [(Level::Junior, Some("- Git\n- SSH")), (Level::Middle, None)];
            let numbers = 1..=count;
            let one = |number| {
                profession(&format!("{slug}-{number}"), &format!("{slug} {number}"), &grades)
            };
            track(slug, slug, numbers.map(one).collect())
        };
        let app = TestApp::with_catalogue(backend, &[numbered("one", 1_000), numbered("two", 2_000)]);
        let mut seen = BTreeSet::new();
        for number in [1, 2, 21, 62, 63] {
            let path = if number == 1 { "/matrix".into() } else { format!("/matrix?page={number}") };
            let page = app.page(&path).await;
            assert!(page.contains(&format!("{number} из&nbsp;63")), "{number}");
            assert_eq!(page.contains("rel=\"prev\""), number > 1);
            assert_eq!(page.contains("rel=\"next\""), number < 63);
            let rows = page.matches("<th scope=\"row\">").count();
            assert_eq!(rows, if number == 63 { 3_000 - 62 * 48 } else { 48 });
            assert!(page.len() < 150_000, "{} bytes", page.len());
            seen.extend(page.split("<th scope=\"row\"><a href=\"").skip(1).map(|rest| {
                rest.split('"').next().unwrap().to_owned()
            }));
        }
        assert_eq!(seen.len(), 4 * 48 + 24);
        assert_eq!(app.get("/matrix?page=64").await.status(), 404);
        let page = app.page("/matrix?track=two&page=42").await;
        assert_eq!(page.matches("<th scope=\"row\">").count(), 2_000 - 41 * 48);
        assert!(page.contains("href=\"/matrix?track=two&#38;page=41\""), "{page}");
        assert!(page.contains("href=\"/professions/two-2000\"") && !page.contains("professions/one-"));
        assert_eq!(app.get("/matrix?track=two&page=43").await.status(), 404);
        let names = sheet(&app, "/matrix.csv").await.into_iter().skip(1).map(|row| row[1].clone());
        let expected = (1..=1_000).map(|number| format!("one {number}"));
        let expected = expected.chain((1..=2_000).map(|number| format!("two {number}")));
        assert_eq!(names.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
}
