//! The skills of one level across professions.

use grades::graders::service::catalogue::{Grade, Profession, Track, TrackFile};
use grades::ladder::Level;

use crate::app::{Backend, TestApp, between};

fn profession(slug: &str, grades: &[(Level, Option<&str>)]) -> Profession {
    let grade = |(level, text): &(Level, Option<&str>)| Grade {
        level: *level,
        description: text.map(str::to_owned),
    };
    Profession {
        slug: slug.into(),
        title: format!("Профессия {slug}"),
        summary: "Работа".into(),
        grades: grades.iter().map(grade).collect(),
    }
}

fn track(slug: &str, title: &str, professions: Vec<Profession>) -> TrackFile {
    TrackFile { track: Track { slug: slug.into(), title: title.into() }, professions }
}

/// A site whose dictionary has only three skills.
fn site(backend: Backend, catalogue: &[TrackFile]) -> TestApp {
    let app = TestApp::with_catalogue(backend, catalogue);
    app.database.execute(
        "DELETE FROM skill_aliases;
         DELETE FROM skills;
         INSERT INTO skills (slug, title, category) VALUES
           ('alpha', 'Альфа', 'Буквы'), ('beta', 'Бета', 'Буквы'), ('gamma', 'Гамма', 'Буквы');
         UPDATE catalogue_state SET revision = revision + 1, skills_revision = skills_revision + 1",
    );
    app
}

fn crafts() -> Vec<TrackFile> {
    let smith = [
        (Level::Junior, Some("- Знает основы Бета")),
        (Level::Middle, Some("- Сильная экспертиза: Альфа\n- Гамма")),
        (Level::Senior, Some("- Сильная экспертиза: Бета")),
    ];
    let guard = [(Level::Junior, Some("- Альфа и Бета")), (Level::Middle, None)];
    let clerk = [(Level::Middle, Some("- Бета"))];
    let intern = [(Level::Intern, Some("- Бета"))];
    vec![
        track("crafts", "Ремёсла", vec![profession("smith", &smith), profession("guard", &guard)]),
        track("offices", "Конторы", vec![profession("clerk", &clerk), profession("page", &intern)]),
    ]
}

/// The text of a table: each row begins with its skill or heading.
fn rows(page: &str) -> Vec<Vec<String>> {
    let words = |cell: &str| {
        let cell = cell.split_once('>').unwrap().1;
        let cell = cell
            .split_once("</span> ")
            .filter(|_| cell.contains("as-list"))
            .map_or(cell, |(_, rest)| rest);
        let texts = cell.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        texts.collect::<String>().replace("&nbsp;", " ").replace('\u{a0}', " ").trim().to_owned()
    };
    let row = |row: &str| {
        let cells = row.split("<t").skip(1).filter(|cell| cell.starts_with(['h', 'd']));
        cells.map(|cell| words(cell.split("</t").next().unwrap())).collect()
    };
    let table =
        between(page, "<table class=\"across\">", "</table>").split("</thead>").nth(1).unwrap();
    table.split("<tr>").skip(1).map(row).collect()
}

/// The professions of a table, in order.
fn columns(page: &str) -> Vec<String> {
    let columns = between(page, "<thead>", "</thead>").split("<a href=\"/professions/").skip(1);
    columns.map(|column| column.split('"').next().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn a_level_is_compared_including_the_levels_below_it(backend: Backend) {
        let app = site(backend, &crafts());
        let page = app.page("/compare?level=middle").await;
        assert!(page.contains("<h1>Мидл во&nbsp;всех профессиях</h1>"), "{page}");
        // A profession that has not described the level takes no column.
        assert_eq!(columns(&page), ["smith/middle", "clerk/middle"]);
        assert_eq!(rows(&page), [
            vec!["Бета", "знакомство", "нужен", "2"],
            vec!["Нужны только здесь", "2 навыка", "", ""],
        ]);
        // Each depth links to the grade, each name to the skill.
        let beta = between(&page, "<a href=\"/skills/beta\">", "</tr>");
        assert_eq!(beta.matches("<td><a href=\"/professions/").count(), 2, "{beta}");
        assert!(beta.contains("href=\"/professions/clerk/middle\""), "{beta}");
        assert!(page.contains("href=\"/matrix?profession=smith\""), "{page}");
        let undescribed = between(&page, "Мидл ещё не&nbsp;описан: ", "</p>");
        assert!(undescribed.starts_with("<a href=\"/professions/guard/middle\">"), "{undescribed}");
        assert!(page.contains("1\u{a0}навык нужен хотя&nbsp;бы в&nbsp;двух профессиях из&nbsp;2,"), "{page}");
        let page = app.page("/compare?level=senior").await;
        // With a single profession all its skills are shown.
        assert_eq!(rows(&page), [
            ["Альфа", "сильная экспертиза"], ["Бета", "сильная экспертиза"], ["Гамма", "нужен"],
        ]);
        assert!(page.contains("3\u{a0}навыка нужны, вместе с&nbsp;предыдущими грейдами."), "{page}");
    }

    async fn the_table_can_be_limited_to_a_track(backend: Backend) {
        let app = site(backend, &crafts());
        let page = app.page("/compare?level=middle&track=crafts").await;
        assert_eq!(columns(&page), ["smith/middle"]);
        assert!(page.contains("type=\"hidden\" name=\"level\" value=\"middle\"") && page.contains("value=\"crafts\" selected"));
        let page = app.page("/compare?level=middle&track=offices").await;
        assert_eq!(rows(&page), [["Бета", "нужен"]]);
        let all = app.page("/compare?level=middle&track=").await;
        assert_eq!(all, app.page("/compare?level=middle").await);
        let form = app.page("/compare").await;
        assert!(form.contains("name=\"level\"") && form.contains("value=\"offices\""), "{form}");
        let matrix = app.page("/matrix?track=offices").await;
        assert!(matrix.contains("href=\"/compare?level=junior-plus&#38;track=offices\""), "{matrix}");
    }

    async fn unknown_tracks_levels_and_pages_are_not_found(backend: Backend) {
        let app = site(backend, &crafts());
        for query in [
            "level=nobody",
            "level=%00",
            "level=middle&track=nothing",
            "level=middle&track=%D1%8F",
            "level=middle&page=2",
            "level=middle&page=0",
            "level=senior-plus&page=2",
        ] {
            assert_eq!(app.get(&format!("/compare?{query}")).await.status(), 404, "{query}");
        }
        for query in ["level=middle&page=x", "level=middle&level=senior", "level=middle&page="] {
            assert_eq!(app.get(&format!("/compare?{query}")).await.status(), 400, "{query}");
        }
        let missing = app.get("/compare?level=nobody").await.text().await.unwrap();
        assert!(missing.contains("Такого уровня нет.") && missing.contains("href=\"/compare\""));
        // The name of the level instead of its slug.
        let page = app.page("/compare?level=senior%2B").await;
        assert!(page.contains("Ни&nbsp;в&nbsp;одной лестнице такого уровня нет."), "{page}");
        let page = app.page("/compare?level=").await;
        assert!(page.contains("Один уровень во&nbsp;всех профессиях"), "{page}");
    }

    async fn many_professions_are_paged_but_compared_with_all(backend: Backend) {
        let many = |text: &'static str| {
            move |number: usize| profession(&format!("p{number}"), &[(Level::Middle, Some(text))])
        };
        let mut professions = (0..22).map(many("- Альфа")).collect::<Vec<_>>();
        professions.extend((22..26).map(many("- Бета")));
        professions.extend((26..27).map(many("- Гамма")));
        let app = site(backend, &[track("one", "Одно", professions)]);
        let mut seen = Vec::new();
        for number in 1..=3 {
            let page = app.page(&format!("/compare?level=middle&page={number}")).await;
            assert!(columns(&page).len() == 9);
            seen.extend(columns(&page));
            assert!(page.contains(&format!("{number} из&nbsp;3")), "{page}");
        }
        assert_eq!(seen, (0..27).map(|number| format!("p{number}/middle")).collect::<Vec<_>>());
        let last = rows(&app.page("/compare?level=middle&page=3").await);
        let firsts = last.iter().map(|row| row[0].as_str()).collect::<Vec<_>>();
        assert_eq!(firsts, ["Альфа", "Бета", "Нужны только здесь"]);
        assert_eq!(app.get("/compare?level=middle&page=4").await.status(), 404);
    }

    async fn an_edit_is_in_the_table_immediately(backend: Backend) {
        let app = site(backend, &crafts());
        assert_eq!(rows(&app.page("/compare?level=middle").await).len(), 2);
        let ann = app.editor("ann").await;
        let path = "/admin/professions/guard/middle";
        assert_eq!(ann.save(path, "1", "- Знакомство: Гамма").await.status(), 303);
        let rows = rows(&app.page("/compare?level=middle").await);
        assert_eq!(rows[2], ["Гамма", "нужен", "знакомство", "", "2"]);
    }
}
