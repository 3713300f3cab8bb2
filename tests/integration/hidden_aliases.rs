//! Hidden aliases of skills: they find a skill in texts and in search, and only editors and programs
//! see them.

use crate::api::body;
use crate::app::{Backend, Editor, TestApp, between, header};

const SKILL: &str = "/admin/skills/joins";
const GRADE: &str = "/professions/front-end/middle";

/// A site with two skills and one description.
fn small(backend: Backend) -> TestApp {
    let app = TestApp::on(backend);
    app.database.execute(
        "DELETE FROM skill_aliases;
         DELETE FROM skills;
         INSERT INTO skills (id, slug, title, category) VALUES
           (1001, 'joins', 'Соединение таблиц', 'Базы'), (1002, 'git', 'Git', 'Базы');
         INSERT INTO skill_aliases (skill_id, alias) VALUES (1001, 'JOIN');
         INSERT INTO skill_aliases (skill_id, alias, hidden) VALUES (1001, 'сводит 2 листа', TRUE);
         UPDATE grades SET description = NULL;
         UPDATE grades SET description = '- Сводит 2 листа\n- Пишет JOIN\n- Клеит обложку'
         WHERE level_name = 'middle'
           AND profession_id = (SELECT id FROM profession WHERE slug = 'front-end');
         UPDATE catalogue_state SET revision = revision + 1, skills_revision = skills_revision + 1,
           search_format = 0",
    );
    let TestApp { database, .. } = app;
    TestApp::start(database)
}

/// Sends a form with the present version of the skill and expects it to be stored.
async fn save(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) {
    let page = editor.page(path).await;
    let version = between(&page, "name=\"version\" value=\"", "\"");
    let answer = editor.send(path, &[&[("version", version)], form].concat()).await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
}

/// The lines of a field of aliases in the form of a skill.
async fn typed(editor: &Editor<'_>, path: &str, field: &str) -> Vec<String> {
    let page = editor.page(path).await;
    let lines = between(&page, &format!("<textarea id=\"{field}\""), "</textarea>");
    let (_, lines) = lines.split_once(">\n").unwrap();
    lines.lines().map(str::to_owned).collect()
}

async fn links(app: &TestApp, slug: &str) -> usize {
    app.page(GRADE).await.matches(&format!("<a href=\"/skills/{slug}\">")).count()
}

on_both_databases! {
    async fn a_hidden_alias_finds_its_skill_and_no_public_page_shows_it(backend: Backend) {
        let app = small(backend);
        assert_eq!(links(&app, "joins").await, 2);
        let page = app.page("/skills/joins").await;
        assert!(page.contains("Ещё пишут: JOIN</p>"), "{page}");
        assert!(!app.page("/skills").await.to_lowercase().contains("сводит"));
        let found = app.page("/search?q=сводит+2+листа&kind=skill").await;
        assert!(found.contains("<a href=\"/skills/joins\">"), "{found}");
        assert!(!found.contains("он&nbsp;же"), "{found}");
        // A misspelt hidden alias suggests the title.
        let found = app.page("/search?q=светит+2+листк").await.replace('\u{a0}', " ");
        assert!(found.contains(">Соединение таблиц</a>"), "{found}");
        for path in ["/api/v1/graders/skills", "/api/v1/graders/skills/joins"] {
            let answer = body(app.get(path).await).await;
            let skill = if answer["items"].is_array() { &answer["items"][1] } else { &answer["skill"] };
            assert_eq!(skill["aliases"], serde_json::json!(["JOIN"]), "{answer}");
            assert_eq!(skill["hidden_aliases"], serde_json::json!(["сводит 2 листа"]), "{answer}");
        }
    }

    async fn editors_change_hidden_aliases_and_each_change_can_be_undone(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        assert_eq!(typed(&ann, SKILL, "hidden-aliases").await, ["сводит 2 листа"]);
        // A field that is not sent stays as it is.
        save(&ann, SKILL, &[("aliases", "JOIN\nджойн"), ("action", "save")]).await;
        assert_eq!(typed(&ann, SKILL, "hidden-aliases").await, ["сводит 2 листа"]);
        // A name in both fields is no hidden one.
        let hidden = "клеит обложку\n\nджойн\nклеит обложку";
        save(&ann, SKILL, &[("hidden-aliases", hidden), ("losses", "1"), ("action", "save")]).await;
        assert_eq!(typed(&ann, SKILL, "aliases").await, ["JOIN", "джойн"]);
        assert_eq!(typed(&ann, SKILL, "hidden-aliases").await, ["клеит обложку"]);
        assert!(app.page(GRADE).await.contains("<a href=\"/skills/joins\">Клеит"));
        let history = ann.page(&format!("{SKILL}/history")).await.replace('\u{a0}', " ");
        for line in ["Скрытое имя: ", "сводит 2 листа", "клеит обложку"] {
            assert!(history.contains(line), "{line}: {history}");
        }
        let page = ann.page("/admin/skills").await;
        let revision = between(&page, "name=\"revision\" value=\"", "\"");
        assert_eq!(ann.send("/admin/skills", &[("revision", revision)]).await.status(), 303);
        assert_eq!(typed(&ann, SKILL, "hidden-aliases").await, ["сводит 2 листа"]);
        save(&ann, &format!("{SKILL}/history"), &[("restore", "3")]).await;
        assert_eq!(typed(&ann, SKILL, "hidden-aliases").await, ["клеит обложку"]);
        save(&ann, &format!("{SKILL}/delete"), &[("action", "delete")]).await;
        let trash = ann.page("/admin/trash").await;
        let revision = between(&trash, "name=\"revision\" value=\"", "\"");
        assert_eq!(ann.send("/admin/skills", &[("revision", revision)]).await.status(), 303);
        assert_eq!(typed(&ann, SKILL, "hidden-aliases").await, ["клеит обложку"]);
    }

    async fn a_hidden_alias_is_checked_as_a_shown_one_is(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let many = (0..101).map(|number| format!("имя{number}")).collect::<Vec<_>>().join("\n");
        for (path, typed, sentence) in [
            ("/admin/skills/git", "Сводит 2 листа", "«Сводит 2 листа» — имя навыка «Соединение таблиц»."),
            (SKILL, "гит\nGIT", "«GIT» — имя навыка «Git»."),
            (SKILL, "…", "«…» не подойдёт"),
            (SKILL, &many, "Скрытых имён может быть не больше 100."),
        ] {
            let form = [("version", "1"), ("hidden-aliases", typed), ("action", "save")];
            let answer = ann.send(path, &form).await;
            assert_eq!(answer.status(), 422);
            let page = answer.text().await.unwrap().replace('\u{a0}', " ").replace("&nbsp;", " ");
            assert!(page.contains(sentence), "{sentence}: {page}");
            assert!(page.contains("<a href=\"#hidden-aliases\">"), "{page}");
        }
    }

    async fn hidden_aliases_stay_hidden_in_a_merge_and_come_back_after_it(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let path = format!("{SKILL}/merge?into=git");
        save(&ann, &path, &[("action", "merge"), ("into", "git"), ("into-version", "1")]).await;
        assert_eq!(typed(&ann, "/admin/skills/git", "aliases").await, ["JOIN", "Соединение таблиц"]);
        assert_eq!(typed(&ann, "/admin/skills/git", "hidden-aliases").await, ["сводит 2 листа"]);
        assert_eq!((links(&app, "git").await, links(&app, "joins").await), (2, 0));
        let trash = ann.page("/admin/trash").await;
        let revision = between(&trash, "name=\"revision\" value=\"", "\"");
        let answer = ann.send("/admin/skills", &[("revision", revision)]).await;
        assert_eq!(header(&answer, "location"), format!("{SKILL}?done=undone"));
        assert_eq!(typed(&ann, SKILL, "hidden-aliases").await, ["сводит 2 листа"]);
        assert_eq!(typed(&ann, "/admin/skills/git", "hidden-aliases").await, Vec::<String>::new());
        assert_eq!((links(&app, "git").await, links(&app, "joins").await), (0, 2));
    }
}
