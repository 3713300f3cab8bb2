//! Text as people paste it: normal forms, invisible characters, lists of other programs, forms that
//! arrive in part.

use grades::editors::tokens::Scope;
use grades::graders::service::catalogue::{Grade, Profession, Track, TrackFile};
use grades::graders::service::cleaning;
use grades::ladder::description::ids_changed_by_cleaning;
use grades::ladder::{Description, Level};
use icu_normalizer::DecomposingNormalizerBorrowed;
use reqwest::Method;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::app::{Backend, TestApp, between, header};

const GRADE: &str = "/admin/professions/front-end/junior";
const API: &str = "/api/v1/graders";

/// A text in the decomposed form, as some systems type it.
fn decomposed(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned()
}

/// A text with invisible characters between all its letters.
fn riddled(text: &str) -> String {
    let signs = ['\u{200b}', '\u{ad}', '\u{feff}', '\u{200e}', '\u{2060}', '\u{202a}'];
    text.chars().zip(signs.iter().cycle()).flat_map(|(letter, sign)| [letter, *sign]).collect()
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The requirements of a grade as the API has them.
async fn requirements(app: &TestApp, level: &str) -> Value {
    let profession = app.read(&format!("{API}/professions/front-end")).await;
    let grades = profession["grades"].as_array().unwrap();
    let grade = grades.iter().find(|grade| grade["level_name"] == level).unwrap();
    grade["requirements"].clone()
}

async fn save(app: &TestApp, login: &str, text: &str) {
    let editor = app.sign_in(login).await;
    let (_, version) = editor.read(GRADE).await;
    let answer = editor.save(GRADE, &version, text).await;
    assert_eq!(answer.status(), 303, "{text:?}");
}

on_both_databases! {
    async fn a_text_is_the_same_however_it_was_typed(app: TestApp) {
        app.editor("ann").await;
        let text = "- Средний уровень: Тёмный йодль, Docker\n- Знакомство: **ёлка** и Ёж\n\nЗаметка о щёлкунчике";
        save(&app, "ann", text).await;
        let expected = requirements(&app, "junior").await;
        assert_eq!(expected[0]["kind"], "working_knowledge");
        assert_eq!(expected[0]["skills"], json!(["docker"]));
        for typed in [
            decomposed(text),
            riddled(text),
            riddled(&decomposed(text)),
            text.replace("- ", "-\u{a0}").replace(": ", "\u{a0}: "),
            text.replace("Средний уровень", "**Средний\u{a0}уровень**"),
            text.replace('\n', "\u{2028}"),
            text.replace('\n', "\u{85}"),
            text.replace('\n', "\u{b}"),
        ] {
            save(&app, "ann", "- Пусто").await;
            save(&app, "ann", &typed).await;
            assert_eq!(requirements(&app, "junior").await, expected, "{typed:?}");
            for asked in ["йодль", "щёлкунчик"] {
                for asked in [asked.to_owned(), decomposed(asked), riddled(asked)] {
                    let page = app.page(&format!("/search?q={}", encoded(&asked))).await;
                    assert!(page.contains("/professions/front-end/junior"), "{asked:?} in {typed:?}");
                    let found = app.read(&format!("{API}/search?q={}", encoded(&asked))).await;
                    assert_ne!(found["items"], json!([]), "{asked:?}");
                }
            }
        }
    }

    async fn a_name_is_the_same_however_it_was_typed(app: TestApp) {
        let ann = app.owner("ann").await;
        let skill = |title: &str, aliases: &str| {
            [("title", title), ("slug", "iogurt"), ("category", "Инструменты"), ("link", ""), ("aliases", aliases), ("note", ""), ("action", "save")]
                .map(|(name, value)| (name, value.to_owned()))
        };
        let send = async |path: &str, form: &[(&str, String)]| {
            let form = form.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
            ann.send(path, &form).await.status().as_u16()
        };
        assert_eq!(send("/admin/new-skill", &skill(&decomposed("Йогурт"), "кефир")).await, 303);
        let again = skill("Йогурт", "простокваша").map(|(name, value)| match name {
            "slug" => (name, "iogurt-2".to_owned()),
            _ => (name, value),
        });
        assert_eq!(send("/admin/new-skill", &again).await, 422);
        assert!(app.page("/skills/iogurt").await.contains("<h1>Йогурт"));
        let made = [("title", decomposed("Тёмный лес")), ("action", "create".to_owned())];
        assert_eq!(send("/admin/tracks", &made).await, 303);
        assert_eq!(send("/admin/tracks", &[("title", "Тёмный\u{200b} лес".to_owned()), ("action", "create".to_owned())]).await, 422);
    }

    async fn a_name_with_nothing_to_see_is_refused(app: TestApp) {
        let ann = app.owner("ann").await;
        let writer = app.token("Программа", Scope::Write);
        for name in ["", " ", "\u{200b}", "\u{3164}", "\u{ad}\u{feff}", "\u{2800}", "\u{a0}\u{2003}", "\u{301}", "\u{115f}"] {
            let profession = [("title", name), ("slug", "blank"), ("summary", ""), ("track", "web"), ("action", "save")];
            let track = [("title", name), ("action", "create")];
            let skill = [("title", name), ("slug", "blank"), ("category", "Инструменты"), ("aliases", ""), ("link", ""), ("action", "save")];
            let category = [("title", "Кефир"), ("slug", "kefir"), ("category", name), ("aliases", ""), ("link", ""), ("action", "save")];
            let key = [("name", name), ("scope", "read"), ("days", "30"), ("action", "add")];
            for (path, form) in [
                ("/admin/new-profession", &profession[..]),
                ("/admin/tracks", &track),
                ("/admin/new-skill", &skill),
                ("/admin/new-skill", &category),
                ("/admin/tokens", &key),
            ] {
                assert_eq!(ann.send(path, form).await.status(), 422, "{path} {name:?}");
            }
            let request = app.request(Method::POST, &format!("{API}/professions")).bearer_auth(&writer);
            let body = json!({"slug": "blank", "title": name, "track": "web"}).to_string();
            let refused = request.header("content-type", "application/json").body(body).send().await.unwrap();
            assert_eq!(refused.status(), 422, "{name:?}");
        }
    }

    async fn an_absent_field_is_not_an_empty_one(app: TestApp) {
        let ann = app.owner("ann").await;
        let (text, version) = ann.read(GRADE).await;
        for action in ["save", "preview", "resume"] {
            let form = [("version", version.as_str()), ("note", "пояснение"), ("action", action)];
            let answer = ann.send(GRADE, &form).await;
            assert_eq!(answer.status(), 400, "{action}");
            assert!(answer.text().await.unwrap().contains("пояснение"));
        }
        assert_eq!(ann.read(GRADE).await, (text, version));

        let before = app.read(&format!("{API}/professions/front-end")).await;
        let path = "/admin/professions/front-end";
        let version = before["version"].to_string();
        let form = [("version", version.as_str()), ("title", "Фронтенд"), ("action", "save")];
        assert_eq!(ann.send(path, &form).await.status(), 303);
        let after = app.read(&format!("{API}/professions/front-end")).await;
        assert_eq!((&after["title"], &after["summary"]), (&json!("Фронтенд"), &before["summary"]));

        let page = ann.page("/admin/skills/docker").await;
        let version = between(&page, "name=\"version\" value=\"", "\"");
        let aliases = between(&page, "<textarea id=\"aliases\"", "</textarea>").to_owned();
        let form = [("version", version), ("link", "https://docker.example/"), ("action", "save")];
        assert_eq!(ann.send("/admin/skills/docker", &form).await.status(), 303);
        let page = ann.page("/admin/skills/docker").await;
        assert_eq!(between(&page, "<textarea id=\"aliases\"", "</textarea>"), aliases);
        assert!(page.contains("value=\"https://docker.example/\""));
    }

    async fn a_patch_of_a_note_alone_has_nothing_to_change(app: TestApp) {
        let writer = app.token("Программа", Scope::Write);
        let path = format!("{API}/grades/1");
        let before = app.read(&path).await;
        let send = async |body: Value| {
            let request = app.request(Method::PATCH, &path).bearer_auth(&writer).header("if-match", "*");
            request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()
        };
        let refused = send(json!({"note": "Зачем"})).await;
        assert_eq!(refused.status(), 422);
        let problem = refused.text().await.unwrap();
        assert!(problem.contains("level_name, description"), "{problem}");
        assert_eq!(app.read(&path).await, before);
        assert_eq!(send(json!({})).await.status(), 200);
        assert_eq!(send(json!({"description": "- Git", "note": "Зачем"})).await.status(), 200);
    }

    async fn comments_are_not_published(app: TestApp) {
        app.editor("ann").await;
        save(&app, "ann", "- Git <!-- тайное -->\n<!--\n- Docker\n\nтайное\n-->\n- `<!-- явное -->` SSH").await;
        let grade = app.read(&format!("{API}/professions/front-end")).await.to_string();
        assert!(!grade.contains("тайное") && grade.contains("явное"), "{grade}");
        for path in ["/professions/front-end", "/professions/front-end/junior", "/search?q=тайное", "/matrix?profession=front-end"] {
            let page = app.page(path).await.replace("value=\"тайное\"", "");
            let results = page.split("<h1>").nth(1).unwrap().replace("«тайное»", "");
            assert!(!results.contains("тайное</") && !results.contains("тайное -"), "{path}: {results}");
        }
        let (text, _) = app.sign_in("ann").await.read(GRADE).await;
        assert!(text.contains("тайное"), "editors still see it");

        // A program can't take away what it does not see.
        let grade = app.read(&format!("{API}/professions/front-end")).await;
        let grades = grade["grades"].as_array().unwrap();
        let grade = grades.iter().find(|grade| grade["level_name"] == "junior").unwrap();
        let shown = grade["description"].as_str().unwrap();
        let writer = app.token("Программа", Scope::Write);
        for (text, status) in [(shown.to_owned(), 200), (format!("{shown}\n- Redis"), 409)] {
            let path = format!("{API}/grades/{}", grade["grade_id"]);
            let request = app.request(Method::PATCH, &path).bearer_auth(&writer).header("if-match", "*");
            let body = json!({"description": text}).to_string();
            let answer = request.header("content-type", "application/json").body(body).send().await;
            assert_eq!(answer.unwrap().status(), status, "{text}");
            assert!(app.sign_in("ann").await.read(GRADE).await.0.contains("тайное"));
        }
    }

    async fn a_text_of_several_lines_without_a_requirement_is_saved_only_when_confirmed(app: TestApp) {
        let ann = app.editor("ann").await;
        let (before, version) = ann.read(GRADE).await;
        let text = "Знает Git\nЗнает Docker";
        let answer = ann.save(GRADE, &version, text).await;
        assert_eq!(answer.status(), 422);
        let page = answer.text().await.unwrap();
        assert!(page.contains("name=\"confirmed\"") && page.contains(text), "{page}");
        assert_eq!(ann.read(GRADE).await.0, before);
        let preview = [("version", version.as_str()), ("text", text), ("action", "preview")];
        let page = ann.send(GRADE, &preview).await.text().await.unwrap();
        assert!(page.contains("Требований нет"), "{page}");
        let form = [("version", version.as_str()), ("text", text), ("confirmed", "yes"), ("action", "save")];
        assert_eq!(ann.send(GRADE, &form).await.status(), 303);
        assert_eq!(ann.read(GRADE).await.0, text);
    }

    async fn names_that_become_one_by_cleaning_are_kept_once(app: TestApp) {
        let apart = decomposed("йогурт");
        app.database.execute(&format!(
            "INSERT INTO skill_aliases (skill_id, alias) SELECT id, '{apart}' FROM skills WHERE slug = 'docker';
             INSERT INTO skill_aliases (skill_id, alias) SELECT id, 'йо\u{200b}гурт' FROM skills WHERE slug = 'docker';
             INSERT INTO skill_aliases (skill_id, alias) SELECT id, 'докер\u{ad}' FROM skills WHERE slug = 'docker';
             UPDATE catalogue_state SET text_format = 0"
        ));
        assert!(cleaning::bring_up_to_date(&app.database.open()).unwrap());
        assert!(!cleaning::bring_up_to_date(&app.database.open()).unwrap());
        let page = app.editor("ann").await.page("/admin/skills/docker").await;
        let aliases = between(&page, "<textarea id=\"aliases\"", "</textarea>");
        for alias in ["йогурт", "докер"] {
            assert_eq!(aliases.lines().filter(|line| *line == alias).count(), 1, "{aliases}");
        }
    }

    async fn a_title_of_several_lines_is_refused_because_of_its_lines(app: TestApp) {
        let ann = app.editor("ann").await;
        let title = [("title", "Пекарь\u{2028}и кондитер"), ("slug", "baker"), ("track", "web"), ("category", "Навыки"), ("action", "save")];
        let rename = [("track", "web"), ("version", "1"), ("action", "rename"), title[0]];
        for (path, form) in [("/admin/new-profession", &title[..]), ("/admin/new-skill", &title[..]), ("/admin/tracks", &rename)] {
            let answer = ann.send(path, form).await;
            assert_eq!(answer.status(), 422, "{path}");
            let page = answer.text().await.unwrap().replace('\u{a0}', " ").replace("&nbsp;", " ");
            assert!(page.contains("в одну строку: внутри него перенос"), "{path}: {page}");
            assert!(!page.contains("не длиннее 100 знаков"), "{path}: {page}");
        }
    }

    async fn stored_texts_are_cleaned_at_the_start(backend: Backend) {
        let text = decomposed("- Средний уровень: йодль\n- Чайный гриб\u{200b}\n- Git");
        let title = decomposed("Йодль");
        let catalogue = [TrackFile {
            track: Track { slug: "web".into(), title: decomposed("Сайты") },
            professions: vec![Profession {
                slug: "front-end".into(),
                title: title.clone(),
                summary: decomposed("Мой сайт"),
                grades: vec![Grade { level: Level::Junior, description: Some(text.clone()) }],
            }],
        }];
        let app = TestApp::with_catalogue(backend, &catalogue);
        let found = requirements(&app, "junior").await;
        let texts = found.as_array().unwrap().iter().map(|asked| asked["text"].as_str().unwrap());
        assert_eq!(texts.collect::<Vec<_>>(), ["йодль", "Чайный гриб", "Git"]);
        assert_eq!(found[0]["kind"], "working_knowledge");
        let profession = app.read(&format!("{API}/professions/front-end")).await;
        assert_eq!((&profession["title"], &profession["summary"]), (&json!("Йодль"), &json!("Мой сайт")));
        assert_eq!(profession["grades"][0]["version"], 1);
        let history = app.editor("ann").await.page(&format!("{GRADE}/history")).await;
        assert!(!history.contains("?from="), "{history}");

        // Answers that were saved under the ids of the texts as they were.
        let former = ids_changed_by_cleaning(&text);
        assert_eq!(former.len(), 2);
        for (former, present) in &former {
            let result = app.page(&format!("/check?profession=front-end&grade=junior&yes={former}")).await;
            assert!(result.replace('\u{a0}', " ").contains("Осталось 2 требования из 3"), "{result}");
            let sheet = app.page(&format!("/defence?profession=front-end&grade=junior&yes={former}")).await;
            assert_eq!(sheet, app.page(&format!("/defence?profession=front-end&grade=junior&yes={present}")).await
                .replace(present.as_str(), former));
        }
        assert!(header(&app.get("/search?q=чайный").await, "content-type").starts_with("text/html"));
        assert!(app.page("/search?q=чайный").await.contains("/professions/front-end/junior"));
    }

    async fn answers_from_before_descriptions_had_blocks_are_found(backend: Backend) {
        let grade = Grade { level: Level::Junior, description: Some("- Инструменты:\n  - Git\n- Печёт хлеб\n  - белый".into()) };
        let profession = Profession {
            slug: "baker".into(), title: "Пекарь".into(), summary: String::new(), grades: vec![grade],
        };
        let track = Track { slug: "pastry".into(), title: "Выпечка".into() };
        let app = TestApp::with_catalogue(backend, &[TrackFile { track, professions: vec![profession] }]);
        let id = |text: &str| Description::parse(&format!("- {text}")).requirements.remove(0).id;
        let fate = async |text: &str| {
            app.read(&format!("{API}/professions/baker/requirements/{}", id(text))).await
        };
        let git = fate("Git").await;
        assert_eq!((&git["status"], &git["former_text"]), (&json!("reworded"), &json!("Git")));
        assert_eq!(git["requirement"]["text"], "Git");
        assert_eq!(fate("белый").await["status"], "removed");
        assert_eq!(fate("Печёт хлеб").await["status"], "present");
    }
}
