//! What was changed or deleted can be seen and brought back, with everything it had.

use reqwest::Response;
use serde_json::Value;

use crate::app::{Editor, TestApp, between, header, typed, unescaped};

const PROFESSION: &str = "/admin/professions/front-end";
const API: &str = "/api/v1/graders";

/// Sends a form with the version that its page has now.
async fn send(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) -> Response {
    let page = editor.page(path).await;
    let version = between(&page, "name=\"version\" value=\"", "\"");
    editor.send(path, &[&[("version", version)], form].concat()).await
}

async fn done(answer: Response) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

async fn page_of(answer: Response, status: u16) -> String {
    let found = answer.status().as_u16();
    let page = answer.text().await.unwrap();
    assert_eq!(found, status, "{page}");
    page
}

async fn change(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) -> String {
    done(send(editor, path, form).await).await
}

async fn delete(editor: &Editor<'_>, path: &str) {
    change(editor, &format!("{path}/delete"), &[("action", "delete")]).await;
}

fn fields<'a>(title: &'a str, slug: &'a str, track: &'a str) -> [(&'a str, &'a str); 5] {
    [("title", title), ("slug", slug), ("summary", "Кратко"), ("track", track), ("action", "save")]
}

/// The first field of a name on the trash page.
async fn in_trash(editor: &Editor<'_>, name: &str) -> String {
    let page = editor.page("/admin/trash").await;
    between(&page, &format!("name=\"{name}\" value=\""), "\"").to_owned()
}

async fn bring_back_profession(editor: &Editor<'_>) -> Response {
    let id = in_trash(editor, "profession").await;
    editor.send("/admin/trash", &[("profession", &id)]).await
}

async fn profession(app: &TestApp, slug: &str) -> Value {
    app.read(&format!("{API}/professions/{slug}")).await
}

/// The names of a track's professions in addresses, in their order.
async fn order(app: &TestApp, track: &str) -> Vec<String> {
    let list = app.read(&format!("{API}/professions?track={track}")).await;
    let slugs = list["items"].as_array().unwrap().iter();
    slugs.map(|item| item["slug"].as_str().unwrap().to_owned()).collect()
}

async fn versions(app: &TestApp, slugs: &[&str]) -> Vec<i64> {
    let mut versions = Vec::new();
    for slug in slugs {
        versions.push(profession(app, slug).await["version"].as_i64().unwrap());
    }
    versions
}

on_both_databases! {
    async fn a_profession_comes_back_with_its_former_addresses_and_its_age(app: TestApp) {
        let ann = app.editor("ann").await;
        let created = profession(&app, "front-end").await["created_at"].clone();
        change(&ann, PROFESSION, &fields("Фронтенд", "frontend", "web")).await;
        // Earlier releases stored the moment with a space, and no former addresses.
        let day = created.as_str().unwrap().split_once('T').unwrap().0;
        let as_before = format!(
            "UPDATE revisions SET before = replace(replace(before, '{day}T', '{day} '), 'former_slugs', 'unknown')
             WHERE kind = 'profession'"
        );
        for statement in ["SELECT 1", &as_before] {
            delete(&ann, "/admin/professions/frontend").await;
            assert_eq!(app.get("/professions/front-end").await.status(), 404);
            app.database.execute(statement);
            done(bring_back_profession(&ann).await).await;
            let moved = app.get("/professions/front-end").await;
            assert_eq!((moved.status().as_u16(), header(&moved, "location")), (308, "/professions/frontend"));
            assert_eq!(profession(&app, "frontend").await["created_at"], created);
        }
    }

    async fn a_former_address_that_was_taken_meanwhile_stays_with_its_owner(app: TestApp) {
        let ann = app.editor("ann").await;
        change(&ann, PROFESSION, &fields("Фронтенд", "frontend", "web")).await;
        delete(&ann, "/admin/professions/frontend").await;
        done(ann.send("/admin/new-profession", &fields("Другая", "front-end", "web")).await).await;
        done(bring_back_profession(&ann).await).await;
        assert!(app.page("/professions/front-end").await.contains("<h1>Другая</h1>"));
        assert!(app.page("/professions/frontend").await.contains("<h1>Фронтенд</h1>"));
        change(&ann, PROFESSION, &fields("Другая", "drugaya", "web")).await;
        let moved = app.get("/professions/front-end").await;
        assert_eq!(header(&moved, "location"), "/professions/drugaya");
    }

    async fn grades_of_a_renamed_profession_are_listed_under_its_new_name(app: TestApp) {
        let ann = app.editor("ann").await;
        change(&ann, PROFESSION, &fields("Фронтенд", "frontend", "web")).await;
        let moved = app.get(&format!("{API}/grades?limit=2&profession=front-end")).await;
        assert_eq!(moved.status(), 308);
        let location = header(&moved, "location").to_owned();
        assert!(location.starts_with(&format!("{API}/grades?")), "{location}");
        assert!(location.contains("profession=frontend") && location.contains("limit=2"), "{location}");
        assert_eq!(app.read(&location).await["items"].as_array().unwrap().len(), 2);
        let nobody = app.read(&format!("{API}/grades?profession=nobody")).await;
        assert_eq!(nobody["items"].as_array().unwrap().len(), 0);
    }

    async fn a_change_that_changes_nothing_is_no_version(app: TestApp) {
        let ann = app.editor("ann").await;
        let summary = profession(&app, "front-end").await["summary"].as_str().unwrap().to_owned();
        let same = [
            ("title", "Фронтенд-разработчик"), ("slug", "front-end"), ("summary", &*summary), ("track", "web"),
            ("action", "save"),
        ];
        // The first of its track; and back-end has no grade that front-end lacks.
        for form in [&same[..], &[("action", "up")], &[("action", "copy"), ("source", "back-end")]] {
            let before = profession(&app, "front-end").await;
            let location = change(&ann, PROFESSION, form).await;
            assert_eq!(location, format!("{PROFESSION}?done=unchanged"), "{form:?}");
            assert_eq!(profession(&app, "front-end").await, before, "{form:?}");
            assert!(ann.page(&format!("{PROFESSION}/history")).await.contains("ещё не\u{a0}меняли"));
        }
        let page = ann.page(&format!("{PROFESSION}?done=unchanged")).await;
        assert!(unescaped(&page).contains("Всё это уже сохранено, менять нечего."), "{page}");
        // So it is with tracks.
        let tracks = ann.page("/admin/tracks").await;
        for (action, title) in [("rename", "Python"), ("up", "")] {
            let form = [("track", "python"), ("version", "1"), ("action", action), ("title", title)];
            assert_eq!(done(ann.send("/admin/tracks", &form).await).await, "/admin/tracks?done=unchanged");
            assert_eq!(ann.page("/admin/tracks").await, tracks);
        }
    }

    async fn a_deleted_grade_stays_in_the_trash_when_its_level_is_used_again(app: TestApp) {
        let ann = app.editor("ann").await;
        let grade = format!("{PROFESSION}/middle");
        done(ann.save(&grade, "1", "- Написано раньше").await).await;
        delete(&ann, &grade).await;
        change(&ann, PROFESSION, &[("level", "middle"), ("empty", "yes"), ("action", "add")]).await;
        let trash = ann.page("/admin/trash").await;
        assert!(trash.contains("Фронтенд-разработчик: Мидл") && trash.contains("Уровень занят"), "{trash}");
        let [id, number] = [in_trash(&ann, "profession").await, in_trash(&ann, "grade").await];
        let form = [("profession", &*id), ("grade", &*number)];
        let page = page_of(ann.send("/admin/trash", &form).await, 409).await;
        assert!(unescaped(&page).contains("Уровень «мидл» занят другим грейдом."), "{page}");
        assert!(page.contains("Фронтенд-разработчик: Мидл"), "{page}");
        // Its text can go into the grade that is there.
        let resume = between(&page, &format!("action=\"{grade}\">"), "</form>");
        let field = |name: &str| between(resume, &format!("name=\"{name}\" value=\""), "\"");
        let text = unescaped(between(resume, "<textarea name=\"text\" hidden>\n", "</textarea>"));
        let form = [
            ("grade", field("grade")), ("version", field("version")), ("text", &*text), ("action", "resume"),
        ];
        let resumed = page_of(ann.send(&grade, &form).await, 200).await;
        assert_eq!(typed(&resumed).0, "- Написано раньше");
        // Or it comes back to another level, with its history.
        let free = between(&page, "<select name=\"level\"", "</select>");
        assert!(free.contains("value=\"intern\"") && !free.contains("value=\"middle\""), "{free}");
        let form = [("profession", &*id), ("grade", &*number), ("level", "intern")];
        done(ann.send("/admin/trash", &form).await).await;
        assert!(app.page("/professions/front-end/intern").await.contains("Написано раньше"));
        let history = ann.page(&format!("{PROFESSION}/intern/history")).await;
        assert!(history.contains("Версия 2"), "{history}");
        assert!(ann.page("/admin/trash").await.contains("Здесь пусто."));
    }

    async fn restoring_a_version_never_says_that_it_is_saved_with_nothing_done(app: TestApp) {
        let ann = app.editor("ann").await;
        let grade = format!("{PROFESSION}/middle");
        let history = format!("{PROFESSION}/history?from=1&to=2");
        let id_of = async |level: &str| {
            let found = profession(&app, "front-end").await;
            let grades = found["grades"].as_array().unwrap().clone();
            grades.into_iter().find(|grade| grade["level_name"] == level).unwrap()["grade_id"].clone()
        };
        let id = id_of("middle").await;
        done(ann.save(&grade, "1", "- Прежний текст").await).await;
        delete(&ann, &grade).await;
        change(&ann, PROFESSION, &[("level", "middle"), ("empty", "yes"), ("action", "add")]).await;
        assert_ne!(id_of("middle").await, id);
        // A grade that was never described makes room.
        let location = change(&ann, &history, &[("restore", "1")]).await;
        assert!(ann.page(&location).await.contains("Прежняя версия возвращена."), "{location}");
        assert_eq!(id_of("middle").await, id);
        assert!(app.page("/professions/front-end/middle").await.contains("Прежний текст"));
        assert!(ann.page(&format!("{grade}/history")).await.contains("Версия 2"));
        // One that was described does not.
        delete(&ann, &grade).await;
        change(&ann, PROFESSION, &[("level", "middle"), ("empty", "yes"), ("action", "add")]).await;
        done(ann.save(&grade, "1", "- Новый текст").await).await;
        let before = profession(&app, "front-end").await;
        let page = page_of(send(&ann, &history, &[("restore", "1")]).await, 422).await;
        assert!(unescaped(&page).contains("Уровень «мидл» занят другим грейдом."), "{page}");
        assert_eq!(profession(&app, "front-end").await, before);
        // What is there already is not stored once more.
        let history = format!("{PROFESSION}/history?from=5&to=6");
        let location = change(&ann, &history, &[("restore", "6")]).await;
        assert_eq!(location, format!("{PROFESSION}?done=unchanged"));
    }

    async fn a_new_profession_is_the_last_of_its_track(app: TestApp) {
        let ann = app.editor("ann").await;
        let web = order(&app, "web").await;
        delete(&ann, &format!("/admin/professions/{}", web[1])).await;
        done(ann.send("/admin/new-profession", &fields("Новая", "novaya", "web")).await).await;
        assert_eq!(order(&app, "web").await.last().unwrap(), "novaya");
        // So is one that comes from another track.
        let databases = order(&app, "databases").await;
        let path = format!("/admin/professions/{}", databases[0]);
        change(&ann, &path, &fields("Перенесена", &databases[0], "web")).await;
        assert_eq!(order(&app, "web").await.last().unwrap(), &databases[0]);
        // And a new track is the last one.
        for title in ["Один", "Два"] {
            done(ann.send("/admin/tracks", &[("title", title), ("action", "create")]).await).await;
        }
        let form = [("track", "odin"), ("version", "1"), ("action", "delete"), ("confirmed", "yes")];
        done(ann.send("/admin/tracks", &form).await).await;
        done(ann.send("/admin/tracks", &[("title", "Три"), ("action", "create")]).await).await;
        let page = ann.page("/admin/tracks").await;
        let place = |slug: &str| page.find(&format!("name=\"track\" value=\"{slug}\"")).unwrap();
        assert!(place("dva") < place("tri"), "{page}");
    }

    async fn moving_a_profession_is_a_change_of_the_one_it_changes_places_with(app: TestApp) {
        let ann = app.editor("ann").await;
        let slugs = ["front-end", "back-end", "full-stack"];
        assert_eq!(versions(&app, &slugs).await, [1, 1, 1]);
        change(&ann, PROFESSION, &[("action", "down")]).await;
        assert_eq!(versions(&app, &slugs).await, [2, 2, 1]);
        let history = ann.page("/admin/professions/back-end/history").await;
        assert!(unescaped(&history).contains("Сдвинута: перемещена «Фронтенд-разработчик»"), "{history}");
    }

    async fn the_history_of_a_profession_reads_as_words(app: TestApp) {
        let ann = app.editor("ann").await;
        let form = [
            ("title", "Фронтенд"), ("slug", "frontend"), ("summary", "Экраны в браузере"), ("track", "apps"),
            ("action", "save"),
        ];
        change(&ann, PROFESSION, &form).await;
        let path = "/admin/professions/frontend";
        change(&ann, path, &[("level", "intern"), ("action", "add")]).await;
        delete(&ann, &format!("{path}/junior")).await;
        let form = [("from", "intern"), ("to", "junior"), ("action", "relevel")];
        change(&ann, path, &form).await;
        let page = unescaped(&ann.page(&format!("{path}/history?from=1&to=2")).await).replace('\u{a0}', " ");
        for words in [
            "Переименована: «Фронтенд-разработчик» → «Фронтенд»",
            "Новый адрес: frontend",
            "Перенесена в направление «Приложения»",
            "Изменено краткое описание",
            "Добавлен грейд стажёр",
            "Убран грейд джун",
            "Грейд стажёр стал грейдом джун",
            "Прежний адрес",
            "Кратко: ",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("level = "), "{page}");
    }

    async fn a_track_has_a_history_and_comes_back(app: TestApp) {
        let ann = app.owner("ann").await;
        let tracks = "/admin/tracks";
        done(ann.send(tracks, &[("title", "Игры"), ("action", "create")]).await).await;
        let form = |version, action, title| {
            [("track", "igry"), ("version", version), ("action", action), ("title", title), ("confirmed", "yes")]
        };
        done(ann.send(tracks, &form("1", "rename", "Видеоигры")).await).await;
        done(ann.send(tracks, &form("2", "up", "")).await).await;
        done(ann.send(tracks, &form("3", "delete", "")).await).await;
        let log = ann.page("/admin/audit?object=igry").await;
        for note in ["Создано", "Переименовано", "Перемещено", "Удалено"] {
            assert!(log.contains(note), "{note}: {log}");
        }
        let trash = ann.page("/admin/trash").await;
        assert!(trash.contains("Направление Видеоигры"), "{trash}");
        let id = between(&trash, "name=\"track\" value=\"", "\"").to_owned();
        // A track that gets its name is another one.
        done(ann.send(tracks, &[("title", "Видеоигры"), ("action", "create")]).await).await;
        let page = page_of(ann.send("/admin/trash", &[("track", &*id)]).await, 409).await;
        assert!(page.contains("Направление Видеоигры"), "{page}");
        let form = [("track", "videoigry"), ("version", "1"), ("action", "delete"), ("confirmed", "yes")];
        done(ann.send(tracks, &form).await).await;
        done(ann.send("/admin/trash", &[("track", &*id)]).await).await;
        let page = ann.page(tracks).await;
        assert!(page.contains("name=\"track\" value=\"igry\"") && page.contains("value=\"Видеоигры\""));
        // Back where it was: before the last one.
        let place = |slug: &str| page.find(&format!("name=\"track\" value=\"{slug}\"")).unwrap();
        assert!(place("igry") < place("apps"), "{page}");
    }
}
