//! What changed is public: a page, a feed, and what each change does to the demands.

use std::io::Write;
use std::process::{Command, Stdio};

use reqwest::Response;

use crate::app::{Backend, Editor, PUBLIC_URL, TestApp, between, header, unescaped};

const MIDDLE: &str = "/admin/professions/front-end/middle";
const PROFESSION: &str = "/admin/professions/front-end";

/// Saves a description with a note.
async fn describe(editor: &Editor<'_>, path: &str, text: &str, note: &str) {
    let (_, version) = editor.read(path).await;
    let form = [("version", &*version), ("text", text), ("note", note), ("action", "save")];
    stored(editor.send(path, &form).await).await;
}

/// Sends a form with the version that its page has now.
async fn send(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) {
    let page = editor.page(path).await;
    let version = between(&page, "name=\"version\" value=\"", "\"");
    stored(editor.send(path, &[&[("version", version)], form].concat()).await).await;
}

async fn stored(answer: Response) {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
}

/// A page as it reads.
async fn read(app: &TestApp, path: &str) -> String {
    plain(&app.page(path).await)
}

fn plain(page: &str) -> String {
    unescaped(page).replace("&nbsp;", " ").replace('\u{a0}', " ")
}

/// The changes of a page, each as it reads.
async fn changes(app: &TestApp, path: &str) -> Vec<String> {
    let page = read(app, path).await;
    page.split("<li id=\"change-").skip(1).map(str::to_owned).collect()
}

fn titles<'a>(changes: &'a [String]) -> Vec<&'a str> {
    let title = |change: &'a String| between(change, "<h2>", "</h2>").trim_end_matches("</a>");
    changes.iter().map(|change| title(change).rsplit('>').next().unwrap()).collect()
}

on_both_databases! {
    async fn every_change_is_told_with_its_note_and_what_differs(app: TestApp) {
        let empty = read(&app, "/changes").await;
        assert!(empty.contains("Изменений ещё не было."), "{empty}");
        assert!(read(&app, "/changes?profession=front-end").await.contains("Эту профессию ещё не меняли."));
        let ann = app.editor("ann-the-editor").await;
        describe(&ann, MIDDLE, "- Уверенно знает Docker\n- Печёт хлеб\n<!-- тайна -->", "Переписано").await;
        describe(&ann, MIDDLE, "- Уверенно знает Docker\n- Печёт свежий хлеб", "Свежий лучше").await;
        describe(&ann, MIDDLE, "- Уверенно знает Docker\n- Печёт свежий хлеб\n<!-- тайна -->", "Про тайну").await;
        send(&ann, PROFESSION, &[("level", "intern"), ("action", "add")]).await;
        let found = changes(&app, "/changes").await;
        let expected = ["Фронтенд-разработчик", "Фронтенд-разработчик: Мидл", "Фронтенд-разработчик: Мидл"];
        assert_eq!(titles(&found), expected);
        assert!(found[0].contains("Добавлен грейд стажёр") && found[0].contains("Требования не затронуты"));
        assert!(found[1].contains("<p>- Печёт <ins>свежий </ins>хлеб</p>"), "{}", found[1]);
        assert!(found[1].contains("Свежий лучше") && found[1].contains("Изменены формулировки"));
        assert!(found[1].contains("<a href=\"/professions/front-end/middle\">"), "{}", found[1]);
        assert!(found[2].contains("<ins>- Печёт хлеб</ins>"), "{}", found[2]);
        // Neither who it was nor what only editors see.
        let all = read(&app, "/changes").await;
        assert!(!all.contains("ann-the-editor") && !all.to_lowercase().contains("тайн"), "{all}");
        let feed = app.page("/changes.atom").await;
        assert!(!feed.contains("ann-the-editor") && !feed.to_lowercase().contains("тайн"), "{feed}");
        assert!(app.page("/sitemap.xml").await.contains("/changes</loc>"));
    }

    async fn each_change_says_what_it_does_to_the_demands(app: TestApp) {
        let ann = app.editor("ann").await;
        for (text, effect) in [
            ("- Git\n- Знакомство: Docker", None),
            ("- Git\n- Знакомство: Docker\n- Печёт хлеб", Some("Требуется больше")),
            ("- Печёт хлеб\n- Git\n- Знакомство: Docker", Some("Требования не затронуты")),
            ("- Печёт хлеб\n- Git\n- Сильная экспертиза: Docker", Some("Требуется больше")),
            ("- Git\n- Сильная экспертиза: Docker", Some("Требуется меньше")),
            ("- Git\n- Водит трамвай", Some("Одного требуется больше, другого меньше")),
            ("- Git\n  - ветки\n- Водит трамвай", Some("Изменены формулировки")),
            ("- Желательно: Git\n- Водит трамвай", Some("Требуется меньше")),
            ("", Some("Требуется меньше")),
        ] {
            let (_, version) = ann.read(MIDDLE).await;
            let form = [("version", &*version), ("text", text), ("action", "save"), ("confirmed", "yes")];
            stored(ann.send(MIDDLE, &form).await).await;
            let newest = changes(&app, "/changes").await.remove(0);
            if let Some(effect) = effect {
                assert_eq!(between(&newest, "<p class=\"effect\">", "</p>"), effect, "{text}");
            }
        }
    }

    async fn changes_of_ladders_say_what_they_do_too(app: TestApp) {
        let ann = app.owner("ann").await;
        let newest = async |effect: &str, words: &str| {
            let newest = changes(&app, "/changes").await.remove(0);
            assert!(newest.contains(effect) && newest.contains(words), "{effect}, {words}: {newest}");
        };
        let fields = [
            ("title", "Ведущий"), ("slug", "lead"), ("summary", ""), ("track", "web"), ("action", "save"),
        ];
        stored(ann.send("/admin/new-profession", &fields).await).await;
        newest("Требования не затронуты", "Профессия добавлена").await;
        let lead = "/admin/professions/lead";
        send(&ann, lead, &[("level", "middle"), ("action", "add")]).await;
        // A ladder without demands adds none.
        let includes = |slug| [&fields[..], &[("includes", slug), ("includes-up-to", "")]].concat();
        send(&ann, lead, &includes("qa-automation")).await;
        newest("Требования не затронуты", "Включает лестницу").await;
        send(&ann, lead, &includes("front-end")).await;
        newest("Требуется больше", "Включает лестницу").await;
        describe(&ann, "/admin/professions/lead/middle", "- Водит трамвай", "").await;
        send(&ann, lead, &[("from", "middle"), ("to", "senior"), ("action", "relevel")]).await;
        newest("Требуется меньше", "Грейд мидл стал грейдом синьор").await;
        send(&ann, &format!("{lead}/senior/delete"), &[("action", "delete")]).await;
        newest("Требуется меньше", "<del>- Водит трамвай</del>").await;
        send(&ann, lead, &fields).await;
        newest("Требуется меньше", "Больше не включает").await;
    }

    async fn what_is_gone_has_the_title_it_had(app: TestApp) {
        let ann = app.editor("ann").await;
        describe(&ann, MIDDLE, "- Водит трамвай", "").await;
        send(&ann, &format!("{MIDDLE}/delete"), &[("action", "delete")]).await;
        let found = changes(&app, "/changes?profession=front-end").await;
        assert_eq!(titles(&found), ["Фронтенд-разработчик", "Фронтенд-разработчик: Мидл"]);
        assert!(!found[1].contains("href=\"/professions"), "{}", found[1]);
        send(&ann, &format!("{PROFESSION}/delete"), &[("action", "delete")]).await;
        assert_eq!(app.get("/changes?profession=front-end").await.status(), 404);
        let found = changes(&app, "/changes").await;
        let title = "Фронтенд-разработчик";
        assert_eq!(titles(&found), [title, title, "Фронтенд-разработчик: Мидл"]);
        assert!(found.iter().all(|change| !change.contains("href=\"/professions")), "{found:?}");
        assert!(found[0].contains("Профессия убрана") && found[0].contains("Требуется меньше"));
    }

    async fn skills_rules_and_tracks_are_told_too(app: TestApp) {
        let ann = app.owner("ann").await;
        let skill = |hidden| [
            ("title", "Печь"), ("slug", "oven"), ("category", "Кухня"), ("link", ""), ("aliases", "печка"),
            ("hidden-aliases", hidden), ("action", "save"), ("confirmed", "yes"),
        ];
        stored(ann.send("/admin/new-skill", &skill("")).await).await;
        let found = changes(&app, "/changes").await;
        assert_eq!(titles(&found), ["Навык «Печь»"]);
        assert!(found[0].contains("href=\"/skills/oven\"") && found[0].contains("Навык добавлен"), "{found:?}");
        // A hidden name stays hidden.
        send(&ann, "/admin/skills/oven", &skill("пичка")).await;
        let history = plain(&ann.page("/admin/skills/oven/history").await);
        assert!(history.contains("пичка"), "{history}");
        assert_eq!(changes(&app, "/changes").await.len(), 1);
        stored(ann.send("/admin/tracks", &[("title", "Кухня"), ("action", "create")]).await).await;
        let page = ann.page("/admin/rules").await;
        let (text, version) = crate::app::typed(&page);
        let field = |name: &str| {
            between(&page, &format!("<input id=\"{name}\" name=\"{name}\" value=\""), "\"").to_owned()
        };
        let numbers = ["months", "top-months", "retry-months", "junior", "middle", "senior", "base"];
        let values = numbers.map(|name| (name, field(name)));
        let text = format!("{text}\n\nЕщё одно правило.");
        let mut form = vec![("version", &*version), ("text", &*text), ("top-level", "senior"), ("action", "save")];
        form.extend(values.iter().map(|(name, value)| (*name, value.as_str())));
        stored(ann.send("/admin/rules", &form).await).await;
        let found = changes(&app, "/changes").await;
        assert_eq!(titles(&found), ["Правила", "Направление «Кухня»", "Навык «Печь»"]);
        assert!(found[0].contains("<ins>Ещё одно правило.</ins>"), "{}", found[0]);
    }

    async fn a_long_list_goes_on_from_a_change(app: TestApp) {
        let ann = app.editor("ann").await;
        for number in 0..23 {
            describe(&ann, MIDDLE, &format!("- Водит трамвай {number}"), &format!("Правка {number}.")).await;
        }
        let page = app.page("/changes?profession=front-end").await;
        assert_eq!(page.matches("<li id=\"change-").count(), 20);
        let canonical = format!("<link rel=\"canonical\" href=\"{PUBLIC_URL}/changes?profession=front-end\">");
        assert!(page.contains(&canonical) && page.contains("Правка 22.") && !page.contains("Правка 2."));
        let older = unescaped(between(&page, "<li><a href=\"/changes?profession=front-end", "\""));
        let older = format!("/changes?profession=front-end{older}");
        assert!(older.contains("before="), "{older}");
        let rest = app.page(&older).await;
        assert!(rest.contains("noindex") && !rest.contains("rel=\"canonical\""), "{rest}");
        assert!(rest.contains("Правка 2.") && rest.contains("Правка 0.") && !rest.contains("Правка 3."));
        assert!(read(&app, "/changes?before=1").await.contains("Более ранних изменений нет."));
        for wrong in ["0", "-1", "x", "", "99999999999", "1.5"] {
            assert_eq!(app.get(&format!("/changes?before={wrong}")).await.status(), 400, "{wrong}");
        }
        for (path, status) in [
            ("/changes?profession=nobody", 404), ("/changes.atom?profession=nobody", 404), ("/changes/999", 404),
            ("/changes/x", 404), ("/changes/01", 404), ("/changes/1", 200), ("/changes?profession=", 200),
        ] {
            assert_eq!(app.get(path).await.status(), status, "{path}");
        }
        let fields = [
            ("title", "Фронтенд"), ("slug", "frontend"), ("summary", ""), ("track", "web"), ("action", "save"),
        ];
        send(&ann, PROFESSION, &fields).await;
        for (from, to) in [
            ("/changes?profession=front-end&before=7", "/changes?profession=frontend&before=7"),
            ("/changes.atom?profession=front-end", "/changes.atom?profession=frontend"),
        ] {
            let moved = app.get(from).await;
            assert_eq!((moved.status().as_u16(), header(&moved, "location")), (308, to));
        }
        assert!(changes(&app, "/changes?profession=frontend").await[1].contains("Фронтенд: Мидл"));
    }

    async fn a_long_change_is_cut_and_shown_whole_on_its_own_page(app: TestApp) {
        let ann = app.editor("ann").await;
        let items = (0..60).map(|number| format!("- Водит трамвай {number}"));
        let text = items.collect::<Vec<_>>().join("\n");
        describe(&ann, MIDDLE, &text, "").await;
        let found = changes(&app, "/changes").await.remove(0);
        assert!(!found.contains("трамвай 59") && found.contains("<a href=\"/changes/1\">Показать целиком</a>"));
        let whole = read(&app, "/changes/1").await;
        assert!(whole.contains("трамвай 59") && whole.contains("noindex"), "{whole}");
    }

    async fn a_grade_says_when_it_last_changed(app: TestApp) {
        let grade = "/professions/front-end/middle";
        assert!(!app.page(grade).await.contains("Последнее изменение"));
        let ann = app.editor("ann").await;
        describe(&ann, MIDDLE, "- Водит трамвай", "").await;
        app.database.execute("UPDATE revisions SET created_at = '2026-03-08 23:59:59'");
        app.database.execute("UPDATE catalogue_state SET revision = revision + 1");
        let page = read(&app, grade).await;
        let link = "Последнее изменение: <a href=\"/changes?profession=front-end\"><time datetime=\"2026-03-08\">8 марта 2026</time></a>";
        assert!(page.contains(link), "{page}");
        assert!(!app.page("/professions/front-end/junior").await.contains("Последнее изменение"));
        // To be made is no change.
        send(&ann, PROFESSION, &[("level", "intern"), ("action", "add")]).await;
        assert!(!app.page("/professions/front-end/intern").await.contains("Последнее изменение"));
        for path in [grade, "/professions/front-end", "/changes?profession=front-end"] {
            let link = "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"Фронтенд-разработчик: изменения\" \
                        href=\"/changes.atom?profession=front-end\">";
            assert!(app.page(path).await.contains(link), "{path}");
        }
        assert!(app.page("/changes").await.contains("title=\"Изменения\" href=\"/changes.atom\">"));
    }

    async fn an_editor_corrects_what_a_change_is_said_to_do(app: TestApp) {
        let ann = app.owner("ann").await;
        describe(&ann, MIDDLE, "- Водит трамвай", "").await;
        describe(&ann, MIDDLE, "- Водит большой трамвай", "").await;
        let path = "/admin/changes/2";
        assert_eq!(app.get(path).await.status(), 303);
        let shown = async || changes(&app, "/changes").await.remove(0);
        assert!(shown().await.contains("Изменены формулировки"));
        let page = plain(&ann.page(path).await);
        assert!(page.contains("По текстам вычислено: изменены формулировки."), "{page}");
        assert!(ann.page("/changes").await.contains("<a href=\"/admin/changes/2\">"));
        assert!(ann.page(&format!("{MIDDLE}/history")).await.contains("<a href=\"/admin/changes/2\">"));
        let said = |said, effect| [("said", said), ("effect", effect)];
        let answer = ann.send(path, &said("", "more")).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, "/admin/changes/2?done=saved"));
        assert!(shown().await.contains("Требуется больше"));
        assert!(app.page("/changes.atom").await.contains("Требуется больше"));
        // Somebody who read what was said before does not overwrite it, and keeps the choice.
        let answer = ann.send(path, &said("", "less")).await;
        assert_eq!(answer.status(), 409);
        let page = answer.text().await.unwrap();
        assert!(page.contains("<option value=\"less\" selected>") && page.contains("name=\"said\" value=\"more\""));
        assert!(shown().await.contains("Требуется больше"));
        let answer = ann.send(path, &said("", "more")).await;
        assert_eq!(header(&answer, "location"), "/admin/changes/2?done=unchanged");
        let log = plain(&ann.page("/admin/audit").await);
        assert_eq!(log.matches("Оценка правки изменена: <a href=\"/admin/changes/2\">правка 2</a>").count(), 1, "{log}");
        let detail = "Фронтенд-разработчик: Мидл: вычислено, изменены формулировки → требуется больше";
        assert!(log.contains(detail), "{log}");
        stored(ann.send(path, &said("more", "")).await).await;
        assert!(shown().await.contains("Изменены формулировки"));
        for (path, form, status) in [
            (path, &said("", "nothing")[..], 400), (path, &[("effect", "more")], 400),
            ("/admin/changes/99", &said("", "more"), 404), ("/admin/changes/x", &said("", "more"), 400),
        ] {
            assert_eq!(ann.send(path, form).await.status(), status, "{path} {form:?}");
        }
        assert_eq!(ann.send_plain(path, &said("", "more")).await.status(), 401);
    }

    async fn the_feed_has_all_that_the_standard_demands(app: TestApp) {
        let empty = app.page("/changes.atom").await;
        check_feed(&empty, "/changes.atom", "/changes");
        let ann = app.editor("ann").await;
        describe(&ann, MIDDLE, "- Знает <b> & ]]> «кавычки»", "Зачем & <почему>").await;
        describe(&ann, MIDDLE, "- Знает <b> & ]]> «кавычки»\n- Ещё", "").await;
        // What an older release may have stored.
        let odd = match app.database {
            crate::app::TestDatabase::Sqlite(_) => "char(8) || char(65534)",
            crate::app::TestDatabase::Postgres { .. } => "chr(8) || chr(65534)",
        };
        app.database.execute(&format!("UPDATE revisions SET note = 'Странно' || {odd}, effect = 'more and less'"));
        app.database.execute("UPDATE catalogue_state SET revision = revision + 1");
        let answer = app.get("/changes.atom?profession=front-end").await;
        assert_eq!(header(&answer, "content-type"), "application/atom+xml; charset=utf-8");
        let tag = header(&answer, "etag").to_owned();
        let feed = answer.text().await.unwrap();
        check_feed(&feed, "/changes.atom?profession=front-end", "/changes?profession=front-end");
        assert_eq!(feed.matches("<entry>").count(), 2);
        let again = app.request(reqwest::Method::GET, "/changes.atom?profession=front-end");
        assert_eq!(again.header("if-none-match", tag).send().await.unwrap().status(), 304);
        let document = roxmltree::Document::parse(&feed).unwrap();
        let content = document.descendants().find(|node| node.has_tag_name((ATOM, "content"))).unwrap();
        let html = unescaped(content.text().unwrap());
        assert!(html.contains("<ins>- Ещё</ins>") && html.contains("Странно"), "{html}");
        let ids = |feed: &str| {
            let ids = feed.split("<entry>").skip(1).map(|entry| between(entry, "<id>", "</id>").to_owned());
            ids.collect::<Vec<_>>()
        };
        let before = ids(&feed);
        describe(&ann, MIDDLE, "- Ещё", "").await;
        assert_eq!(ids(&app.page("/changes.atom?profession=front-end").await)[1..], before);
    }
}

const ATOM: &str = "http://www.w3.org/2005/Atom";

/// Checks what RFC 4287, section 4, demands of a feed of ours: its own address, and that of its page.
fn check_feed(feed: &str, address: &str, page: &str) {
    let document = roxmltree::Document::parse(feed).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name((ATOM, "feed")));
    let is_time = |text: &str| {
        assert!(
            text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok(),
            "{text}"
        );
    };
    let one = |node: &roxmltree::Node<'_, '_>, name: &str| {
        let found =
            node.children().filter(|child| child.has_tag_name((ATOM, name))).collect::<Vec<_>>();
        assert_eq!(found.len(), 1, "{name} in {feed}");
        found[0].text().unwrap_or_default().to_owned()
    };
    let is_id = |id: &str| {
        let rest = id.strip_prefix("tag:grades.example.org,2026").unwrap_or_else(|| panic!("{id}"));
        assert!(!rest.is_empty() && rest.bytes().all(|letter| letter.is_ascii_graphic()), "{id}");
    };
    let links = |node: &roxmltree::Node<'_, '_>| {
        let links = node.children().filter(|child| child.has_tag_name((ATOM, "link")));
        let attribute =
            |link: roxmltree::Node<'_, '_>, name| link.attribute(name).unwrap().to_owned();
        links.map(|link| (attribute(link, "rel"), attribute(link, "href"))).collect::<Vec<_>>()
    };
    is_id(&one(&root, "id"));
    is_time(&one(&root, "updated"));
    assert!(!one(&root, "title").is_empty());
    // The author of the feed is the author of every entry without one.
    let author = root.children().find(|child| child.has_tag_name((ATOM, "author"))).unwrap();
    assert_eq!(one(&author, "name"), "Грейды");
    let full = |path: &str| format!("{PUBLIC_URL}{path}");
    let expected = [("self".to_owned(), full(address)), ("alternate".to_owned(), full(page))];
    assert_eq!(links(&root), expected);
    let mut seen = std::collections::BTreeSet::new();
    for entry in root.children().filter(|child| child.has_tag_name((ATOM, "entry"))) {
        let id = one(&entry, "id");
        is_id(&id);
        is_time(&one(&entry, "updated"));
        assert!(!one(&entry, "title").is_empty());
        one(&entry, "content");
        let content = entry.children().find(|child| child.has_tag_name((ATOM, "content"))).unwrap();
        assert_eq!(content.attribute("type"), Some("html"));
        let [(rel, href)] = &links(&entry)[..] else { panic!("{feed}") };
        assert!(rel == "alternate" && href.starts_with(&full("/changes/")), "{href}");
        assert!(seen.insert(id), "an id twice");
    }
}

#[actix_web::test]
#[ignore = "needs xmllint"]
async fn the_feed_passes_the_grammar_of_the_standard() {
    let app = TestApp::on(Backend::Sqlite);
    let ann = app.editor("ann").await;
    let empty = app.page("/changes.atom").await;
    describe(&ann, MIDDLE, "- Знает <b> & ]]>\n- Ещё", "Зачем & <почему>").await;
    let full = app.page("/changes.atom?profession=front-end").await;
    let broken = full.replace("<updated>", "<changed>").replace("</updated>", "</changed>");
    for (feed, passes) in [(empty, true), (full, true), (broken, false)] {
        let mut lint = Command::new("xmllint")
            .args(["--noout", "--relaxng", "tests/data/atom.rng", "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        lint.stdin.take().unwrap().write_all(feed.as_bytes()).unwrap();
        let output = lint.wait_with_output().unwrap();
        assert_eq!(output.status.success(), passes, "{output:?}\n{feed}");
    }
}
