//! Corrections of what a site starts with reach databases that were filled before, and nothing that
//! editors decided is lost.

use grades::db;
use grades::graders::service::catalogue::{self, Grade, Profession, Track, TrackFile};
use grades::graders::service::rules::{self, Rules};
use grades::graders::service::skills::{self, SkillFields};
use grades::graders::service::starting::{Content, Known, bring_up_to_date};
use grades::ladder::{Description, Level};

use crate::app::{Backend, Editor, TestApp, TestDatabase, between, typed};

const BAKER: &str = "/admin/professions/baker";
const NOTE: &str = "Исправлен начальный текст";

/// The former description of every grade, and the corrected one.
const FORMER: &str = "- Знает основы тестомеса\n- Ориентируется в главной пекарне\n- Печёт";
const CORRECTED: &str = "- Владеет азами тестомеса\n- Разбирается в главной пекарне\n- Моет";

fn skill(slug: &str, title: &str, category: &str, aliases: &[&str]) -> SkillFields {
    SkillFields {
        title: title.to_owned(),
        slug: slug.to_owned(),
        category: category.to_owned(),
        link: String::new(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        hidden_aliases: Vec::new(),
    }
}

fn content(texts: [&str; 4], skills: Vec<SkillFields>) -> Content {
    let [track, title, summary, description] = texts.map(str::to_owned);
    let levels =
        [Level::Junior, Level::JuniorPlus, Level::Middle, Level::MiddlePlus, Level::Senior];
    let grade = |level| Grade { level, description: Some(format!("\n{description}\n")) };
    let grades = levels.into_iter().map(grade).collect();
    let profession = Profession { slug: "baker".into(), title, summary, grades };
    Content {
        catalogue: vec![TrackFile {
            track: Track { slug: "pastry".into(), title: track },
            professions: vec![profession],
        }],
        skills,
        rules: rules::starting().unwrap(),
    }
}

fn former() -> Content {
    content(
        ["Печь", "Хлебник", "Печёт хлеб", FORMER],
        vec![
            skill("mixer", "Тестомес", "Пекарня", &["тестомесилка", "мешалка"]),
            skill("oven", "Духовой шкаф", "Пекарня", &["духовка"]),
            skill("rolling-pin", "Скалка", "Пекарня", &["каталка"]),
            skill("sieve", "Сито", "Пекарня", &["решето"]),
        ],
    )
}

fn corrected() -> Content {
    let mut content = content(
        ["Выпечка", "Пекарь", "Печёт хлеб и пироги", CORRECTED],
        vec![
            skill("mixer", "Тестомес", "Оборудование", &["тестомесилка", "квашня"]),
            skill("oven", "Духовой шкаф", "Оборудование", &["духовка", "жарочный шкаф"]),
            skill("rolling-pin", "Скалка", "Оборудование", &["каталка"]),
            skill("sieve", "Сито", "Оборудование", &["решето"]),
            skill("whisk", "Венчик", "Оборудование", &["мешалка"]),
            skill("tandoor", "Тандыр", "Оборудование", &["печь в земле"]),
            skill("scales", "Весы", "Оборудование", &["безмен"]),
        ],
    );
    let Rules { text, .. } = &mut content.rules;
    *text = format!("{text}\n\n## Пекарни\n\n- Правила пекарен.");
    content
}

/// What the releases started with up to the corrected content.
fn known() -> Known {
    let mut known = Known::default();
    for content in [former(), corrected()] {
        known.add(&content.texts().unwrap());
    }
    known
}

fn correct(app: &TestApp) -> usize {
    bring_up_to_date(&app.database.open(), &corrected(), &known()).unwrap()
}

/// A site whose database was filled by the former content.
fn filled(backend: Backend) -> TestApp {
    let (database, content) = (TestDatabase::on(backend), former());
    db::migrate(&database.url().parse().unwrap()).unwrap();
    let opened = database.open();
    assert!(catalogue::load_starting(&opened, &content.catalogue).unwrap());
    assert!(skills::load_starting(&opened, &content.skills).unwrap());
    assert!(rules::load_starting(&opened, &content.rules).unwrap());
    TestApp::start(database)
}

/// Sends a form with the current version of its page.
async fn send(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) {
    let page = editor.page(path).await;
    let version = between(&page, "name=\"version\" value=\"", "\"");
    let answer = editor.send(path, &[&[("version", version)], form].concat()).await;
    assert_eq!(answer.status(), 303, "{path}: {}", answer.text().await.unwrap());
}

async fn save(editor: &Editor<'_>, level: &str, text: &str) {
    let path = format!("{BAKER}/{level}");
    let (_, version) = editor.read(&path).await;
    assert_eq!(editor.save(&path, &version, text).await.status(), 303);
}

/// The description of a grade and its version.
async fn grade(editor: &Editor<'_>, level: &str) -> (String, String) {
    typed(&editor.page(&format!("{BAKER}/{level}")).await)
}

on_both_databases! {
    async fn untouched_texts_are_corrected_once_and_those_of_editors_stay(backend: Backend) {
        let app = filled(backend);
        let olga = app.owner("olga").await;
        save(&olga, "junior", "- Печёт калачи").await;
        save(&olga, "junior-plus", "- Печёт калачи").await;
        send(&olga, &format!("{BAKER}/junior-plus/history?from=1&to=2"), &[("restore", "1")]).await;
        send(&olga, &format!("{BAKER}/middle/delete"), &[("action", "delete")]).await;
        let fields = [("title", "Мастер"), ("slug", "baker"), ("track", "pastry")];
        send(&olga, BAKER, &[&fields[..], &[("summary", "Печёт хлеб"), ("action", "save")]].concat()).await;

        let before = catalogue::last_change(&app.database.open()).unwrap().0;
        assert!(correct(&app) > 0);
        assert_eq!(catalogue::last_change(&app.database.open()).unwrap().0, before + 1);

        let text = |text: &str, version: &str| (text.to_owned(), version.to_owned());
        assert_eq!(grade(&olga, "junior").await, text("- Печёт калачи", "2"));
        assert_eq!(grade(&olga, "junior-plus").await, text(FORMER, "3"));
        assert_eq!(olga.get(&format!("{BAKER}/middle")).await.status(), 404);
        assert_eq!(grade(&olga, "middle-plus").await, text(CORRECTED, "2"));
        assert_eq!(grade(&olga, "senior").await, text(CORRECTED, "2"));
        let profession = app.read("/api/v1/graders/professions/baker").await;
        assert_eq!((&profession["title"], &profession["summary"]), (&"Мастер".into(), &"Печёт хлеб и пироги".into()));
        let home = app.page("/").await;
        assert!(home.contains("Выпечка") && !home.contains(">Печь<"));
        assert!(app.page("/rules").await.contains("Правила пекарен"));

        // The correction is a change like others: in the history, in the search, and it can be undone.
        for path in [format!("{BAKER}/senior"), BAKER.to_owned(), "/admin/rules".to_owned(), "/admin/tracks/pastry".to_owned()] {
            let history = olga.page(&format!("{path}/history")).await;
            assert_eq!(history.matches(NOTE).count(), 1, "{history}");
            assert!(history.contains("обновление сайта"), "{history}");
        }
        assert!(app.page("/search?q=моет").await.contains("/professions/baker/senior"));
        send(&olga, &format!("{BAKER}/senior/history?from=1&to=2"), &[("restore", "1")]).await;

        let before = catalogue::last_change(&app.database.open()).unwrap().0;
        assert_eq!(correct(&app), 0);
        assert_eq!(grade(&olga, "senior").await, text(FORMER, "3"));
        // Other content, such as that of the next release, finds nothing to correct either.
        let mut next = known();
        next.add(&content(["а", "б", "в", "г"], Vec::new()).texts().unwrap());
        assert_eq!(bring_up_to_date(&app.database.open(), &corrected(), &next).unwrap(), 0);
        assert_eq!(catalogue::last_change(&app.database.open()).unwrap().0, before);
    }

    async fn what_is_no_text_of_a_release_or_has_no_whole_history_stays(backend: Backend) {
        let app = filled(backend);
        app.database.execute(
            "UPDATE grades SET description = '- Печёт сама' WHERE level_name = 'senior';
             UPDATE grades SET version = 2 WHERE level_name = 'middle'
               AND profession_id = (SELECT id FROM profession WHERE slug = 'baker');
             UPDATE tracks SET version = 3 WHERE slug = 'pastry'",
        );
        correct(&app);
        let olga = app.owner("olga").await;
        assert_eq!(grade(&olga, "senior").await.0, "- Печёт сама");
        assert_eq!(grade(&olga, "middle").await.0, FORMER);
        assert_eq!(grade(&olga, "junior").await.0, CORRECTED);
        assert!(!app.page("/").await.contains("Выпечка"));
    }

    async fn a_thing_at_another_address_or_deleted_and_brought_back_is_corrected_too(backend: Backend) {
        let app = filled(backend);
        let olga = app.owner("olga").await;
        let fields = [("title", "Хлебник"), ("slug", "khlebnik"), ("track", "pastry")];
        send(&olga, BAKER, &[&fields[..], &[("summary", "Печёт хлеб"), ("action", "save")]].concat()).await;
        send(&olga, "/admin/professions/khlebnik/delete", &[("action", "delete")]).await;
        let trash = olga.page("/admin/trash").await;
        let id = between(&trash, "name=\"profession\" value=\"", "\"").to_owned();
        assert_eq!(olga.send("/admin/trash", &[("profession", &id)]).await.status(), 303);
        correct(&app);
        let profession = app.read("/api/v1/graders/professions/khlebnik").await;
        assert_eq!(profession["title"], "Пекарь");
        assert_eq!(profession["grades"][0]["description"], CORRECTED);
    }

    async fn a_profession_that_an_editor_made_at_the_address_stays(backend: Backend) {
        let app = filled(backend);
        let olga = app.owner("olga").await;
        send(&olga, &format!("{BAKER}/delete"), &[("action", "delete")]).await;
        assert!(correct(&app) > 0, "tracks, skills and rules");
        assert_eq!(app.get("/professions/baker").await.status(), 404);
        let fields = [("title", "Хлебник"), ("slug", "baker"), ("track", "pastry"), ("summary", "Печёт хлеб")];
        assert_eq!(olga.send("/admin/new-profession", &[&fields[..], &[("action", "save")]].concat()).await.status(), 303);
        app.database.execute("UPDATE catalogue_state SET starting_content = ''");
        assert_eq!(correct(&app), 0);
        assert_eq!(app.read("/api/v1/graders/professions/baker").await["title"], "Хлебник");
    }

    async fn answers_under_former_ids_stay_good(backend: Backend) {
        let app = filled(backend);
        let ids = |text: &str| {
            let requirements = Description::parse(text).requirements.into_iter();
            requirements.map(|requirement| requirement.id).collect::<Vec<_>>()
        };
        let former = ids(FORMER);
        correct(&app);
        let result = async |answers: &[String]| {
            let yes = answers.join("&yes=");
            app.page(&format!("/check?profession=baker&grade=junior&yes={yes}")).await.replace('\u{a0}', " ")
        };
        // The first two are the same items in other words, the third is another one.
        assert!(result(&former).await.contains("Осталось 1 требование из 3"), "{}", result(&former).await);
        assert!(result(&former[2..]).await.contains("Осталось 3 требования из 3"));
        assert!(!result(&ids(CORRECTED)).await.contains("Осталось"));
    }

    async fn names_of_skills_stay_unique_and_new_skills_are_added(backend: Backend) {
        let app = filled(backend);
        let olga = app.owner("olga").await;
        let skill = |title, slug, aliases| [
            ("title", title), ("slug", slug), ("category", "Пекарня"), ("aliases", aliases), ("link", ""), ("action", "save"),
        ];
        // Somebody gave a name of the corrected oven to a skill of their own, changed the aliases of one
        // skill and the title of another, and deleted one.
        assert_eq!(olga.send("/admin/new-skill", &skill("Гриль", "grill", "жарочный шкаф\nбезмен")).await.status(), 303);
        send(&olga, "/admin/skills/rolling-pin", &skill("Скалка", "rolling-pin", "каталка\nвалик")).await;
        send(&olga, "/admin/skills/sieve/delete", &[("action", "delete")]).await;
        correct(&app);

        let category = async |slug: &str| {
            let history = olga.page(&format!("/admin/skills/{slug}/history")).await;
            (history.matches(NOTE).count(), history.contains("Новая категория: Оборудование"))
        };
        for slug in ["mixer", "oven", "rolling-pin"] {
            assert_eq!(category(slug).await, (1, true), "{slug}");
        }
        let aliases = async |slug: &str| {
            let page = olga.page(&format!("/admin/skills/{slug}")).await;
            let field = between(&page, "<textarea id=\"aliases\"", "</textarea>");
            field.split_once('>').unwrap().1.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(aliases("mixer").await, "квашня тестомесилка");
        assert_eq!(aliases("oven").await, "духовка");
        assert_eq!(aliases("rolling-pin").await, "валик каталка");
        assert_eq!(aliases("whisk").await, "мешалка");
        assert_eq!(aliases("tandoor").await, "печь в земле");
        for slug in ["sieve", "scales"] {
            assert_eq!(app.get(&format!("/skills/{slug}")).await.status(), 404, "{slug}");
        }
        assert!(olga.page("/admin/skills/whisk/history").await.contains("Добавлен начальный навык"));
        assert!(app.page("/search?q=квашня").await.contains("/skills/mixer"));
        assert!(app.page("/professions/baker/junior").await.contains("/skills/mixer"));
        // A new skill that somebody deletes stays away.
        send(&olga, "/admin/skills/whisk/delete", &[("action", "delete")]).await;
        app.database.execute("UPDATE catalogue_state SET starting_content = ''");
        assert_eq!(correct(&app), 0);
        assert_eq!(app.get("/skills/whisk").await.status(), 404);
    }

    async fn instances_that_start_at_once_correct_once(backend: Backend) {
        let app = filled(backend);
        let changed = std::thread::scope(|scope| {
            let starts = (0..4).map(|_| scope.spawn(|| correct(&app))).collect::<Vec<_>>();
            starts.into_iter().map(|start| start.join().unwrap()).filter(|changed| *changed > 0).count()
        });
        assert_eq!(changed, 1);
        let olga = app.owner("olga").await;
        assert_eq!(grade(&olga, "senior").await, (CORRECTED.to_owned(), "2".to_owned()));
    }
}
