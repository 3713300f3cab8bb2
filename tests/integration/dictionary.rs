//! Changing the skill dictionary: the preview shows the effects of a change, pages show them
//! immediately after saving, and every change can be undone.

use std::cell::RefCell;
use std::pin::Pin;

use actix_web::rt;
use grades::app::Application;
use grades::config::Config;
use reqwest::Response;

use crate::app::{Backend, Editor, TestApp, between, header, unescaped};

const SKILL: &str = "/admin/skills/react";

/// A task that runs concurrently with others.
type Work<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

async fn led_to(answer: Response) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

async fn refused(answer: Response, status: u16) -> String {
    let answered = answer.status();
    let page = answer.text().await.unwrap();
    assert_eq!(answered, status, "{page}");
    page.replace('\u{a0}', " ").replace("&nbsp;", " ")
}

/// The page with ordinary spaces in place of no-break ones.
async fn seen(editor: &Editor<'_>, path: &str) -> String {
    editor.page(path).await.replace('\u{a0}', " ").replace("&nbsp;", " ")
}

async fn version(editor: &Editor<'_>, path: &str) -> String {
    between(&editor.page(path).await, "name=\"version\" value=\"", "\"").to_owned()
}

/// The fields of a skill, without its version.
fn fields<'a>(title: &'a str, slug: &'a str, aliases: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("title", title),
        ("slug", slug),
        ("category", "Фронтенд"),
        ("aliases", aliases),
        ("link", ""),
        ("action", "save"),
    ]
}

/// Sends a form with the current version of its page.
async fn send(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) -> Response {
    let version = version(editor, path).await;
    editor.send(path, &[&[("version", version.as_str())], form].concat()).await
}

/// The number of the newest change that can be undone.
async fn last_change(editor: &Editor<'_>) -> String {
    let page = editor.page("/admin/skills").await;
    between(&page, "name=\"revision\" value=\"", "\"").to_owned()
}

async fn undo(editor: &Editor<'_>) -> Response {
    let revision = last_change(editor).await;
    editor.send("/admin/skills", &[("revision", &*revision)]).await
}

/// A site with one description and a few skills.
fn small(backend: Backend) -> TestApp {
    let app = TestApp::on(backend);
    app.database.execute(
        "DELETE FROM skill_aliases;
         DELETE FROM skills;
         INSERT INTO skills (id, slug, title, category) VALUES
           (1001, 'react', 'React', 'Фронтенд'), (1002, 'reactjs', 'ReactJS', 'Фронтенд'),
           (1003, 'git', 'Git', 'Инструменты');
         INSERT INTO skill_aliases (skill_id, alias) VALUES (1001, 'реакт'), (1002, 'React.js');
         UPDATE grades SET description = NULL;
         UPDATE grades SET description = '- Знает React
- Пишет на ReactJS и React
- Применяет React.js
- Ведёт репозиторий
- Ценит Vue'
         WHERE level_name = 'middle'
           AND profession_id = (SELECT id FROM profession WHERE slug = 'front-end');
         UPDATE catalogue_state SET revision = revision + 1, skills_revision = skills_revision + 1",
    );
    app
}

const GRADE: &str = "/professions/front-end/middle";

/// The number of links to a skill in the only description.
async fn links(app: &TestApp, slug: &str) -> usize {
    app.page(GRADE).await.matches(&format!("<a href=\"/skills/{slug}\">")).count()
}

on_both_databases! {
    async fn a_new_skill_is_on_the_site_immediately(backend: Backend) {
        let app = small(backend);
        let olga = app.owner("olga").await;
        assert_eq!(links(&app, "vue").await, 0);
        let form = [
            ("title", "Vue"),
            ("slug", ""),
            ("category", ""),
            ("new-category", "Каркасы"),
            ("aliases", "вью\r\n\r\n Vue.js \r\nвью"),
            ("link", "https://vuejs.org/"),
            ("note", "часто встречается"),
            ("action", "save"),
        ];
        let address = led_to(olga.send("/admin/new-skill", &form).await).await;
        assert_eq!(address, "/admin/skills/vue?done=made");
        assert!(olga.page(&address).await.contains("Навык создан."));
        assert_eq!(links(&app, "vue").await, 1);
        let page = app.page("/skills/vue").await;
        assert!(page.contains("Каркасы") && page.contains("Ещё пишут: Vue.js, вью"), "{page}");
        assert!(page.contains("href=\"https://vuejs.org/\""));
        assert!(app.page("/skills").await.contains("/skills/vue"));
        assert!(olga.page("/admin/skills/vue/history").await.contains("часто встречается"));
        let log = olga.page("/admin/audit?object=vue").await;
        assert!(log.contains("Навык добавлен: <a href=\"/admin/skills/vue/history\">") && log.contains("часто встречается"), "{log}");
    }

    async fn another_process_shows_a_change_immediately(backend: Backend) {
        let app = small(backend);
        let other = Application::build(&Config {
            database_url: app.database.url().parse().unwrap(),
            address: "127.0.0.1:0".into(),
            metrics_address: None,
            public_url: None,
            proxies: grades::web::Proxies::None,
            clock: app.time.clock("UTC"),
            publish_alone: true,
            limits: grades::config::Limits::default(),
        })
        .unwrap();
        let base = format!("http://127.0.0.1:{}", other.port());
        rt::spawn(other.run());
        let page = async || {
            let answer = reqwest::get(format!("{base}{GRADE}")).await.unwrap();
            answer.text().await.unwrap()
        };
        assert!(!page().await.contains("/skills/vue"));
        let ann = app.editor("ann").await;
        led_to(ann.send("/admin/new-skill", &fields("Vue", "vue", "")).await).await;
        assert!(page().await.contains("/skills/vue"));
        led_to(send(&ann, "/admin/skills/vue/delete", &[("action", "delete")]).await).await;
        assert!(!page().await.contains("/skills/vue"));
    }

    async fn a_preview_lists_the_effects_and_saves_nothing(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let mut form = fields("React", "react", "Vue\nрепозиторий").to_vec();
        form.pop();
        form.push(("action", "preview"));
        let page = refused(send(&ann, SKILL, &form).await, 200).await;
        let effects = between(&page, "id=\"effects\"", "</section>");
        assert!(effects.contains("Навыки сменятся в 2 требованиях"), "{effects}");
        assert!(effects.contains("React: добавится в 2 требования"), "{effects}");
        assert!(effects.contains("Фронтенд-разработчик: Мидл</a>") && effects.contains("Ценит Vue"), "{effects}");
        assert!(page.contains("Vue\nрепозиторий</textarea>"), "what was typed");
        assert_eq!(version(&ann, SKILL).await, "1");
        assert_eq!(links(&app, "react").await, 2);
        // Another spelling of the same words affects no text.
        let mut form = fields("REACT", "react-library", "реакт").to_vec();
        form.pop();
        form.push(("action", "preview"));
        let page = refused(send(&ann, SKILL, &form).await, 200).await;
        assert!(page.contains("Описания останутся при своих навыках."), "{page}");
        // A new skill may take mentions from another one.
        let mut form = fields("Знает React", "knows", "").to_vec();
        form.pop();
        form.push(("action", "preview"));
        let page = refused(ann.send("/admin/new-skill", &form).await, 200).await;
        let effects = between(&page, "id=\"effects\"", "</section>");
        assert!(effects.contains("React: уйдёт из 1 требования"), "{effects}");
        assert!(effects.contains("Добавится: Знает React. Уйдёт: React."), "{effects}");
        assert_eq!(app.get("/skills/knows").await.status(), 404);
    }

    async fn a_name_of_another_skill_is_refused_naming_that_skill(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        for (path, form, sentence) in [
            (SKILL, fields("GIT", "react", ""), "Так уже зовётся навык «Git»."),
            (SKILL, fields("React", "react", "React JS"), "«React JS» — имя навыка «ReactJS»."),
            (SKILL, fields("React", "git", ""), "Этот адрес занят навыком «Git»."),
            ("/admin/new-skill", fields("Реактом", "r", ""), "Так уже зовётся навык «React»."),
            ("/admin/new-skill", fields("C", "react", ""), "Этот адрес занят навыком «React»."),
        ] {
            for action in ["save", "preview"] {
                let mut form = form.to_vec();
                form.pop();
                form.push(("action", action));
                let answer = match path {
                    SKILL => send(&ann, path, &form).await,
                    _ => ann.send(path, &form).await,
                };
                let page = refused(answer, 422).await;
                assert!(page.contains(sentence), "{sentence}: {page}");
                assert!(page.contains("<title>Ошибка. "), "{page}");
            }
        }
        // Its own names are not reported as taken.
        led_to(send(&ann, SKILL, &fields("Реакт", "react", "React\nReact")).await).await;
    }

    async fn all_errors_are_shown_together_and_the_fields_keep_what_was_typed(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let long = "я".repeat(101);
        let note = "п".repeat(201);
        for link in ["http://example.org", "https://", "https:// example.org", "javascript:alert(1)", "ссылка"] {
            let form = [
                ("title", "—"),
                ("slug", "Плохой адрес"),
                ("category", ""),
                ("new-category", &*long),
                ("aliases", "хорошее\n…"),
                ("link", link),
                ("note", ""),
                ("action", "save"),
            ];
            for path in ["/admin/new-skill", SKILL] {
                let answer = match path {
                    SKILL => send(&ann, path, &form).await,
                    _ => ann.send(path, &form).await,
                };
                let page = refused(answer, 422).await;
                for field in ["title", "slug", "category", "link", "aliases"] {
                    assert!(page.contains(&format!("<li><a href=\"#{field}\">")), "{field}: {page}");
                    assert!(page.contains(&format!("id=\"{field}-error\"")), "{field}: {page}");
                }
                assert!(page.contains("value=\"Плохой адрес\"") && page.contains(&long), "{page}");
                assert!(page.contains("хорошее\n…</textarea>"), "{page}");
                assert!(unescaped(&page).contains(&format!("value=\"{link}\"")), "{page}");
            }
        }
        let form = [("title", "Vue"), ("category", "Фронтенд"), ("note", &*note), ("action", "save")];
        let page = refused(ann.send("/admin/new-skill", &form).await, 422).await;
        assert!(page.contains("<li><a href=\"#note\">") && page.contains(&note));
        let many = (0..101).map(|number| format!("имя{number}")).collect::<Vec<_>>().join("\n");
        let page = refused(ann.send("/admin/new-skill", &fields("Vue", "vue", &many)).await, 422);
        assert!(page.await.contains("Других имён может быть не больше 100."));
        for version in ["", "x", "99999999999"] {
            let form = [&[("version", version)], &fields("Vue", "vue", "")[..]].concat();
            assert_eq!(ann.send(SKILL, &form).await.status(), 400);
        }
        assert_eq!(ann.send("/admin/new-skill", &fields("a\0b", "vue", "")).await.status(), 422);
        assert_eq!(ann.get("/admin/skills/nothing").await.status(), 404);
        assert_eq!(ann.get("/admin/skills/%D1%8F%00").await.status(), 404);
    }

    async fn a_renamed_skill_keeps_its_former_title_as_an_alias(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let form = [&fields("React Library", "react", "реакт, Ре́акт\n«Keep It Simple, Stupid»")[..], &[("keep-title", "yes")]].concat();
        led_to(send(&ann, SKILL, &form).await).await;
        assert_eq!(links(&app, "react").await, 2);
        let page = seen(&ann, SKILL).await;
        let field = between(&page, "<textarea id=\"aliases\"", "</textarea>");
        let aliases = field.split_once(">\n").unwrap().1.to_owned();
        assert_eq!(aliases, "Keep It Simple, Stupid\nReact\nРе́акт\nреакт");
        // An alias that becomes the title stands in its place.
        let form = [&fields("React", "react", &aliases)[..], &[("keep-title", "yes")]].concat();
        led_to(send(&ann, SKILL, &form).await).await;
        let page = seen(&ann, SKILL).await;
        assert!(page.contains(">\nKeep It Simple, Stupid\nReact Library\nРе́акт\nреакт</textarea>"), "{page}");
    }

    async fn what_takes_a_skill_from_requirements_is_shown_before_it_is_saved(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let form = fields("Preact", "react", "");
        let page = refused(send(&ann, SKILL, &form).await, 422).await;
        assert!(page.contains("Навык уйдёт из 2 требований: они ниже."), "{page}");
        assert!(page.contains("Знает React") && page.contains("Уйдёт: React."), "{page}");
        assert!(page.contains("value=\"Preact\""), "{page}");
        assert_eq!(links(&app, "react").await, 2);
        let outdated = [&form[..], &[("losses", "1")]].concat();
        refused(send(&ann, SKILL, &outdated).await, 422).await;
        let seen = [&form[..], &[("losses", between(&page, "name=\"losses\" value=\"", "\""))]].concat();
        led_to(send(&ann, SKILL, &seen).await).await;
        assert_eq!(links(&app, "react").await, 0);
    }

    async fn a_misspelt_skill_to_merge_with_is_guessed(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let page = refused(ann.get("/admin/skills/git/merge?into=Raect").await, 422).await;
        assert!(page.contains("Такого навыка в словаре нет. Возможно, «React»?"), "{page}");
        assert!(page.contains("<option value=\"ReactJS\"></option>"), "{page}");
        assert!(!page.contains("<option value=\"Git\"></option>"), "{page}");
    }

    async fn the_old_address_of_a_skill_redirects(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        led_to(send(&ann, SKILL, &fields("React", "react-library", "реакт")).await).await;
        let answer = app.get("/skills/react").await;
        assert_eq!((answer.status().as_u16(), header(&answer, "location")), (308, "/skills/react-library"));
        assert_eq!(links(&app, "react-library").await, 2);
        let answer = ann.get(SKILL).await;
        assert_eq!(header(&answer, "location"), "/admin/skills/react-library");
        let page = refused(ann.send("/admin/new-skill", &fields("X", "react", "")).await, 422).await;
        assert!(page.contains("Этот адрес занят навыком «React»."), "{page}");
        let path = "/admin/skills/react-library";
        led_to(send(&ann, path, &fields("React", "react", "реакт")).await).await;
        assert_eq!(app.get("/skills/react").await.status(), 200);
        assert_eq!(app.get("/skills/react-library").await.status(), 308);
    }

    async fn the_second_of_two_concurrent_changes_is_a_conflict(backend: Backend) {
        let app = small(backend);
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let read = version(&bob, SKILL).await;
        led_to(send(&ann, SKILL, &fields("React", "react", "от Анны")).await).await;
        let typed = fields("React от Боба", "react", "от Боба");
        let form = [&[("version", read.as_str())], &typed[..]].concat();
        let page = refused(bob.send(SKILL, &form).await, 409).await;
        assert!(page.contains("value=\"React от Боба\"") && page.contains("от Боба</textarea>"));
        assert!(page.contains("изменили: ann.") && page.contains("другие имена: от Анны"), "{page}");
        let now = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let again = [&[("version", now.as_str()), ("losses", "2")], &typed[..]].concat();
        led_to(bob.send(SKILL, &again).await).await;
        // Repeating the same form succeeds even with an outdated version.
        assert_eq!(led_to(bob.send(SKILL, &again).await).await, format!("{SKILL}?done=unchanged"));
        for (path, form) in [
            (format!("{SKILL}/delete"), vec![("action", "delete")]),
            (format!("{SKILL}/merge"), vec![("action", "merge"), ("into", "git"), ("into-version", "1")]),
            (format!("{SKILL}/history"), vec![("restore", "1")]),
        ] {
            let stale = [&[("version", read.as_str())], form.as_slice()].concat();
            assert_eq!(bob.send(&path, &stale).await.status(), 409, "{path}");
        }
        // A merge is a conflict too if the other skill was changed.
        led_to(send(&ann, "/admin/skills/git", &fields("Git", "git", "гит")).await).await;
        let stale = [("action", "merge"), ("into", "git"), ("into-version", "1")];
        let page = refused(send(&bob, &format!("{SKILL}/merge?into=git"), &stale).await, 409).await;
        assert!(page.contains("name=\"into-version\" value=\"2\""), "{page}");
    }

    async fn the_fields_are_shown_again_if_the_skill_was_deleted(backend: Backend) {
        let app = small(backend);
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        led_to(send(&ann, &format!("{SKILL}/delete"), &[("action", "delete")]).await).await;
        for action in ["save", "preview"] {
            let mut form = fields("React", "react", "набрано Бобом").to_vec();
            form.pop();
            form.extend([("action", action), ("version", "1")]);
            let page = refused(bob.send(SKILL, &form).await, 404).await;
            assert!(page.contains("Набранное сохранилось") && page.contains("набрано Бобом</textarea>"));
            assert!(page.contains("action=\"/admin/new-skill\""));
        }
    }

    async fn skills_can_be_merged_and_separated_again(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        led_to(send(&ann, "/admin/skills/reactjs", &fields("ReactJS", "react-js", "React.js")).await).await;
        let path = "/admin/skills/react-js/merge";
        assert!(seen(&ann, path).await.contains("Объединить «ReactJS»"));
        for (typed, sentence) in [("nothing", "Такого навыка в словаре нет."), ("reactjs", "Это тот же самый навык.")] {
            let page = refused(ann.get(&format!("{path}?into={typed}")).await, 422).await;
            assert!(page.contains(sentence) && page.contains(&format!("value=\"{typed}\"")), "{page}");
        }
        // The other skill can be given by its slug or any of its names.
        for typed in ["react", "React", "реактом"] {
            let page = seen(&ann, &format!("{path}?into={typed}")).await;
            assert!(page.contains("Добавятся имена: ReactJS, React.js."), "{page}");
            assert!(page.contains("React: добавится в 1 требование"), "{page}");
            assert!(page.contains("ReactJS: уйдёт из 2 требований"), "{page}");
        }
        let form = [("action", "merge"), ("into", "react"), ("into-version", "1")];
        let answer = send(&ann, &format!("{path}?into=react"), &form).await;
        assert_eq!(led_to(answer).await, format!("{SKILL}?done=merged"));
        assert_eq!((links(&app, "react").await, links(&app, "react-js").await), (4, 0));
        for old in ["/skills/reactjs", "/skills/react-js"] {
            assert_eq!(header(&app.get(old).await, "location"), "/skills/react", "{old}");
        }
        let history = seen(&ann, &format!("{SKILL}/history")).await;
        assert!(history.contains("Взял имена навыка «ReactJS»"), "{history}");
        // The other skill is changed meanwhile.
        let mut names = fields("React", "react", "ReactJS\nReact.js\nреакт\nвью").to_vec();
        names.push(("note", "дописан"));
        led_to(send(&ann, SKILL, &names).await).await;
        let trash = seen(&ann, "/admin/trash").await;
        assert!(trash.contains("Навык ReactJS") && trash.contains("Объединён с «React»"), "{trash}");
        let revision = between(&trash, "name=\"revision\" value=\"", "\"").to_owned();
        let answer = ann.send("/admin/skills", &[("revision", &*revision)]).await;
        assert_eq!(led_to(answer).await, "/admin/skills/react-js?done=undone");
        assert_eq!((links(&app, "react").await, links(&app, "react-js").await), (2, 2));
        let page = ann.page(SKILL).await;
        assert!(page.contains("вью\nреакт</textarea>"), "{page}");
        assert_eq!(header(&app.get("/skills/reactjs").await, "location"), "/skills/react-js");
        assert!(ann.page("/admin/trash").await.contains("Здесь пусто."));
        // Repeating it succeeds.
        refused(ann.send("/admin/skills", &[("revision", &*revision)]).await, 409).await;
    }

    async fn a_deleted_skill_can_be_restored_unless_its_name_is_taken(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let ask = format!("{SKILL}/delete");
        let page = seen(&ann, &ask).await;
        assert!(page.contains("Удалить навык «React»?"), "{page}");
        assert!(page.contains("React: уйдёт из 2 требований"), "{page}");
        assert_eq!(led_to(send(&ann, &ask, &[("action", "delete")]).await).await, "/admin/skills?done=removed");
        assert_eq!(app.get("/skills/react").await.status(), 404);
        assert_eq!(links(&app, "react").await, 0);
        // Another skill takes one of its names, then its slug.
        let path = "/admin/skills/git";
        led_to(send(&ann, path, &fields("Git", "git", "реакты")).await).await;
        let revision = between(&ann.page("/admin/trash").await, "name=\"revision\" value=\"", "\"").to_owned();
        let back = async || ann.send("/admin/skills", &[("revision", &*revision)]).await;
        let page = refused(back().await, 422).await;
        assert!(page.contains("Отменить не получится. «реакт» — имя навыка «Git»."), "{page}");
        led_to(send(&ann, path, &fields("Git", "react", "")).await).await;
        let page = refused(back().await, 422).await;
        assert!(page.contains("Этот адрес занят навыком «Git»."), "{page}");
        led_to(send(&ann, SKILL, &fields("Git", "git", "")).await).await;
        // It does not matter that Git had the slug for a while.
        assert_eq!(header(&app.get("/skills/react").await, "location"), "/skills/git");
        assert_eq!(led_to(back().await).await, format!("{SKILL}?done=undone"));
        assert_eq!(links(&app, "react").await, 2);
        assert!(app.page("/skills/react").await.contains("Ещё пишут: реакт"));
        assert!(seen(&ann, &format!("{SKILL}/history")).await.contains("Версия 3"));
    }

    async fn only_the_last_change_can_be_undone(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        led_to(send(&ann, SKILL, &fields("React", "react-library", "Vue")).await).await;
        assert_eq!(links(&app, "react-library").await, 3);
        let first = last_change(&ann).await;
        assert_eq!(led_to(undo(&ann).await).await, format!("{SKILL}?done=undone"));
        assert_eq!(links(&app, "react").await, 2);
        assert_eq!(app.get("/skills/react-library").await.status(), 308);
        // Repeating it succeeds; after a later change it is a conflict.
        assert_eq!(led_to(ann.send("/admin/skills", &[("revision", &*first)]).await).await, "/admin/skills");
        led_to(send(&ann, SKILL, &fields("React", "react", "вью")).await).await;
        let page = refused(ann.send("/admin/skills", &[("revision", &*first)]).await, 409).await;
        assert!(page.contains("меняли ещё раз"), "{page}");
        for (revision, status) in [("x", 400), ("", 400), ("2147483647", 404), ("-1", 404)] {
            refused(ann.send("/admin/skills", &[("revision", revision)]).await, status).await;
        }
        // Creating a skill can't be undone; it can be deleted.
        led_to(ann.send("/admin/new-skill", &fields("Vue", "vue", "")).await).await;
        let page = ann.page("/admin/skills").await;
        let item = between(&page, "<a href=\"/admin/skills/vue/history\">", "</li>");
        assert!(item.contains("Создан") && !item.contains("Отменить"), "{item}");
    }

    async fn every_version_can_be_compared_and_restored(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let path = format!("{SKILL}/history");
        assert!(seen(&ann, &path).await.contains("Навык ещё не меняли."));
        led_to(send(&ann, SKILL, &fields("React", "react", "вью")).await).await;
        let renamed = [&fields("Реакция", "react", "")[..], &[("losses", "2")]].concat();
        led_to(send(&ann, SKILL, &renamed).await).await;
        let page = seen(&ann, &path).await;
        assert!(page.contains("От версии 2 к версии 3"), "{page}");
        assert!(page.contains("<mark>Реакция</mark>"), "{page}");
        let page = seen(&ann, &format!("{path}?from=1&to=2")).await;
        assert!(page.contains("реакт") && page.contains("вью"), "{page}");
        let form = [("version", "3"), ("restore", "1")];
        assert_eq!(led_to(ann.send(&path, &form).await).await, format!("{SKILL}?done=restored"));
        assert!(app.page("/skills/react").await.contains("Ещё пишут: реакт"));
        // A version with a name that another skill has now can't be restored.
        led_to(send(&ann, SKILL, &fields("React", "react", "")).await).await;
        led_to(send(&ann, "/admin/skills/git", &fields("Git", "git", "реакт")).await).await;
        let page = refused(ann.send(&path, &[("version", "5"), ("restore", "1")]).await, 422).await;
        assert!(page.contains("Вернуть эту версию не получится. «реакт» — имя навыка «Git»."), "{page}");
        for query in ["?to=9", "?to=2147483647", "?to=-2147483648", "?from=7"] {
            assert_eq!(ann.get(&format!("{path}{query}")).await.status(), 404, "{query}");
        }
        assert_eq!(ann.send(&path, &[("version", "5"), ("restore", "9")]).await.status(), 404);
    }

    async fn no_concurrent_change_is_lost(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        // Each retries after a conflict until its names are added.
        let add = async |name: usize| {
            for _ in 0..100 {
                let page = ann.page(SKILL).await;
                let read = between(&page, "name=\"version\" value=\"", "\"").to_owned();
                let aliases = between(&page, "<textarea id=\"aliases\"", "</textarea>");
                let aliases = aliases.split_once(">\n").unwrap().1;
                let aliases = format!("{aliases}\nимя{name}");
                let form = [&[("version", read.as_str())], &fields("React", "react", &aliases)[..]];
                match ann.send(SKILL, &form.concat()).await.status().as_u16() {
                    303 => return,
                    409 => {}
                    status => panic!("answered {status}"),
                }
            }
            panic!("never came through");
        };
        let add = &add;
        let all = (0..8).map(|name| Box::pin(add(name)) as Work<'_>);
        crate::editing::all(all.collect()).await;
        let page = app.page("/skills/react").await;
        for name in 0..8 {
            assert!(page.contains(&format!("имя{name}")), "{page}");
        }
        assert_eq!(version(&ann, SKILL).await, "9");
    }

    async fn a_name_given_to_two_skills_concurrently_is_refused_to_one(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let statuses = RefCell::new(Vec::new());
        let give = async |title: &str, slug: &str| {
            let form = [&[("version", "1")], &fields(title, slug, "спорное имя")[..]].concat();
            let status = ann.send(&format!("/admin/skills/{slug}"), &form).await.status().as_u16();
            statuses.borrow_mut().push(status);
        };
        let both: [Work<'_>; 2] = [Box::pin(give("React", "react")), Box::pin(give("Git", "git"))];
        crate::editing::all(both.into()).await;
        let mut statuses = statuses.into_inner();
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
    }

    async fn requirements_without_a_skill_are_listed_until_they_have_one(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let page = seen(&ann, "/admin/without-skills").await;
        assert!(page.contains("2 требования без навыка"), "{page}");
        assert!(page.contains("Ведёт репозиторий") && page.contains("Ценит Vue"), "{page}");
        assert!(!page.contains("Знает React"), "{page}");
        assert!(page.contains("href=\"/admin/professions/front-end/middle\""), "{page}");
        assert!(ann.page("/admin/new-skill?title=Vue").await.contains("value=\"Vue\""));
        let opening = |words: &str, page: &str| {
            let line = page.split("<li id=").find(|line| line.contains(words)).unwrap().to_owned();
            unescaped(between(&line, "href=\"", "\""))
        };
        let (path, open) = ("/admin/without-skills", opening("Ведёт репозиторий", &page));
        let page = seen(&ann, &open).await;
        assert!(page.contains("id=\"words\" name=\"words\" value=\"Ведёт репозиторий\""), "{page}");
        assert!(page.contains("<option value=\"Git\"></option>"), "{page}");
        let place = between(&page, "name=\"name\" value=\"", "\"").to_owned();
        let form = [("page", "1"), ("name", &*place), ("words", "репозиторий")];
        let name = async |skill: &str| {
            let form = [&form[..], &[("skill", skill), ("action", "add")]].concat();
            ann.send(path, &form).await
        };
        let wrong = refused(name("Raect").await, 422).await;
        assert!(wrong.contains("Возможно, «React»?") && wrong.contains("value=\"репозиторий\""), "{wrong}");
        assert_eq!(led_to(name("Git").await).await, "/admin/without-skills?page=1&done=saved");
        let page = seen(&ann, "/admin/without-skills?page=1&done=saved").await;
        assert!(page.contains("Имя добавлено.") && !page.contains("Ведёт репозиторий"), "{page}");
        let page = seen(&ann, &opening("Ценит Vue", &page)).await;
        let place = between(&page, "name=\"name\" value=\"", "\"").to_owned();
        assert!(page.contains("name=\"title\" value=\"Ценит Vue\""), "{page}");
        let form = [("page", "1"), ("name", &*place), ("title", "Vue"), ("action", "make")];
        let wrong = refused(ann.send(path, &form).await, 422).await;
        assert!(wrong.contains("Выберите категорию") && wrong.contains("value=\"Vue\""), "{wrong}");
        let form = [&form[..], &[("category", "Фронтенд")]].concat();
        assert_eq!(led_to(ann.send(path, &form).await).await, "/admin/without-skills?page=1&done=made");
        let page = seen(&ann, "/admin/without-skills").await;
        assert!(page.contains("В каждом требовании найден навык."), "{page}");
        for page in ["2", "0"] {
            let address = format!("/admin/without-skills?page={page}");
            assert_eq!(ann.get(&address).await.status(), 404);
        }
    }

    async fn skills_are_found_by_any_of_their_names(app: TestApp) {
        let ann = app.editor("ann").await;
        let total = app.page("/skills").await.matches("<li><a href=\"/skills/").count();
        let page = seen(&ann, "/admin/skills").await;
        assert!(page.contains(&format!("<p class=\"quiet\">{total} навык")), "{page}");
        assert_eq!(page.matches("<li><a href=\"/admin/skills/").count(), 100);
        assert!(page.contains("href=\"/admin/skills?page=2\""), "{page}");
        let last = seen(&ann, "/admin/skills?page=3").await;
        assert_eq!(last.matches("<li><a href=\"/admin/skills/").count(), total - 200);
        for query in ["%D0%94%D0%9E%D0%9A%D0%95%D0%A0", "Docker", "docker"] {
            let page = ann.page(&format!("/admin/skills?q={query}")).await;
            assert!(page.contains("href=\"/admin/skills/docker\""), "{query}");
        }
        let page = seen(&ann, "/admin/skills?q=%3Cb%3E%00").await;
        assert!(page.contains("Такого навыка нет.") && !page.contains("<b>"), "{page}");
        for page in ["0", "4", "2&q=docker"] {
            assert_eq!(ann.get(&format!("/admin/skills?page={page}")).await.status(), 404, "{page}");
        }
        assert_eq!(ann.get("/admin/skills?page=x").await.status(), 400);
    }

    async fn search_finds_a_skill_only_by_its_current_names(backend: Backend) {
        let app = small(backend);
        let ann = app.editor("ann").await;
        let finds = async |word: &str, slug: &str| {
            let page = app.page(&format!("/search?q={word}&kind=skill")).await;
            page.contains(&format!("<a href=\"/skills/{slug}\""))
        };
        led_to(ann.send("/admin/new-skill", &fields("Zwitter", "zwitter", "qwertz")).await).await;
        assert!(finds("qwertz", "zwitter").await);
        let path = "/admin/skills/zwitter";
        led_to(send(&ann, path, &fields("Zwitter", "zwitter", "qazwsx")).await).await;
        assert!(finds("qazwsx", "zwitter").await && !finds("qwertz", "zwitter").await);
        let form = [("action", "merge"), ("into", "git"), ("into-version", "1")];
        led_to(send(&ann, &format!("{path}/merge?into=git"), &form).await).await;
        assert!(finds("qazwsx", "git").await && !finds("qazwsx", "zwitter").await);
        led_to(undo(&ann).await).await;
        assert!(finds("qazwsx", "zwitter").await && !finds("qazwsx", "git").await);
        led_to(send(&ann, &format!("{path}/delete"), &[("action", "delete")]).await).await;
        assert!(!finds("qazwsx", "zwitter").await);
    }

    async fn only_editors_see_the_link_from_a_skill_to_its_form(app: TestApp) {
        let ann = app.editor("ann").await;
        let link = "<a href=\"/admin/skills/react\">Править навык</a>";
        assert!(ann.page("/skills/react").await.contains(link));
        assert!(!app.page("/skills/react").await.contains("/admin/skills"));
        assert!(ann.page("/admin").await.contains("href=\"/admin/skills\""));
    }
}
