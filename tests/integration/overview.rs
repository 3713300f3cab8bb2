//! Where editors begin: what there is to do, the professions, the latest changes, and findings to dismiss.

use crate::app::{Editor, TestApp, TestDatabase, between, header};

const GRADE: &str = "/admin/professions/front-end/middle";

/// The numbers behind the places of the overview.
fn count(page: &str, place: &str) -> usize {
    let place = format!("\">{place}</a> <span class=\"number");
    let number = between(page, &place, "</span>");
    number.rsplit('>').next().unwrap().parse().unwrap()
}

/// The latest changes: title, words and whether each can be undone or brought back.
fn latest(page: &str) -> Vec<(String, String, bool)> {
    let list = between(page, "<h2 id=\"latest\">", "</section>");
    let items = list.split("<li>").skip(1);
    let text = |html: &str| {
        let mut text = String::new();
        let mut is_tag = false;
        for c in html.chars() {
            match c {
                '<' => is_tag = true,
                '>' => is_tag = false,
                _ if !is_tag => text.push(c),
                _ => {}
            }
        }
        text.replace('\u{a0}', " ").trim().to_owned()
    };
    items
        .map(|item| {
            let line = between(item, "<span class=\"line\">", "</span>");
            let title = text(line.split(" <a class=\"quiet\"").next().unwrap());
            let remarks = item.split("<span class=\"remark\">").skip(1);
            let words = remarks.map(|words| words.split('<').next().unwrap());
            let words = words.collect::<Vec<_>>().join("; ").replace('\u{a0}', " ");
            (title, words, item.contains("отменить<") || item.contains("вернуть<"))
        })
        .collect()
}

async fn send(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) -> String {
    let page = editor.page(path).await;
    let version =
        page.split("name=\"version\" value=\"").nth(1).map(|rest| rest.split('"').next().unwrap());
    let version = version.map(|version| ("version", version));
    let form = version.into_iter().chain(form.iter().copied()).collect::<Vec<_>>();
    let answer = editor.send(path, &form).await;
    assert_eq!(answer.status(), 303, "{path}: {}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

on_both_databases! {
    async fn the_overview_counts_what_there_is_to_do_and_leads_there(app: TestApp) {
        let ann = app.owner("ann").await;
        let page = ann.page("/admin").await;
        assert_eq!(count(&page, "Не\u{a0}описаны грейды"), 12);
        assert_eq!(count(&page, "Профессии без\u{a0}лестницы"), 6);
        assert_eq!(count(&page, "Черновики профессий"), 0);
        assert_eq!(count(&page, "Редакторы"), 1);
        assert_eq!(page.matches("<th scope=\"row\">").count(), 15);
        assert!(page.contains("</span>9 из&nbsp;9</td>") && page.contains("</span>0 из&nbsp;6</td>"), "{page}");
        let undescribed = ann.page("/admin?show=undescribed").await;
        assert_eq!(undescribed.matches("<th scope=\"row\">").count(), 2);
        assert_eq!(ann.page("/admin?show=empty").await.matches("<th scope=\"row\">").count(), 6);
        assert!(ann.page("/admin?show=drafts").await.contains("Таких профессий нет."));
        assert_eq!(ann.get("/admin?page=2").await.status(), 404);
        assert_eq!(ann.get("/admin?page=0").await.status(), 404);
        // A name that an older link may have shows all.
        assert_eq!(ann.page("/admin?show=unheard").await.matches("<th scope=\"row\">").count(), 15);

        let unused = count(&page, "Не\u{a0}встречаются в\u{a0}лестницах");
        let listed = ann.page("/admin/skills?show=unused").await;
        assert!(unused > 0 && listed.contains(&format!("лестницах: {unused}\u{a0}навык")), "{unused}: {listed}");
        assert!(ann.page("/admin/skills?show=uncategorised").await.contains("таких навыков нет"));

        let bob = app.editor("bob").await;
        let page = bob.page("/admin").await;
        assert!(!page.contains("Владелец") && !page.contains("/admin/audit"), "{page}");
    }

    async fn the_latest_changes_of_everything_say_what_was_done_and_can_be_undone_if_nothing_followed(app: TestApp) {
        let ann = app.owner("ann").await;
        let (text, version) = ann.read(GRADE).await;
        let longer = format!("{text}\n- Пишет тесты");
        assert_eq!(ann.save(GRADE, &version, &longer).await.status(), 303);
        assert_eq!(ann.save(GRADE, &(version.parse::<i32>().unwrap() + 1).to_string(), &text).await.status(), 303);
        send(&ann, "/admin/skills/docker", &[("action", "save"), ("title", "Docker"), ("slug", "docker"), ("category", "Контейнеры"), ("note", "В своей категории")]).await;
        send(&ann, "/admin/professions/ios/delete", &[("action", "delete")]).await;
        let page = ann.page("/admin").await;
        let found = latest(&page);
        let expected = [
            ("iOS-разработчик", "Удалена", true),
            ("Навык «Docker»", "В своей категории", true),
            ("Фронтенд-разработчик: Мидл", "Описание изменено", true),
            ("Фронтенд-разработчик: Мидл", "Описание изменено", false),
        ];
        let expected = expected.map(|(title, words, can)| (title.to_owned(), words.to_owned(), can));
        assert_eq!(found, expected, "{page}");

        let undo = between(&page, "<a class=\"quiet\" href=\"/admin/professions/", "\"");
        let path = format!("/admin/professions/{}", undo.replace("&#38;", "&").replace("#compared", ""));
        let history = ann.page(&path).await;
        let (version, restore) = (between(&history, "name=\"version\" value=\"", "\""), between(&history, "name=\"restore\" value=\"", "\""));
        let path = path.split('?').next().unwrap();
        let undone = ann.send(path, &[("version", version), ("restore", restore)]).await;
        assert_eq!(undone.status(), 303);
        assert_eq!(ann.read(GRADE).await.0, longer);
    }

    async fn findings_are_dismissed_and_returned(app: TestApp) {
        let ann = app.editor("ann").await;
        let path = "/admin/professions/postgresql-analyst/intern";
        let (_, version) = ann.read(path).await;
        ann.save(path, &version, "- Пишет запросы").await;
        let path = "/admin/professions/postgresql-analyst/junior";
        let (_, version) = ann.read(path).await;
        ann.save(path, &version, "- Пишет запросы").await;
        let page = ann.page("/admin/check").await;
        let link = "href=\"/admin/professions/postgresql-analyst/junior\">«Пишет запросы» требуют";
        assert!(page.contains(link), "{page}");
        let before = count(&ann.page("/admin").await, "Замечания проверки");
        let key = "repeated intern junior Пишет запросы";
        assert!(page.contains(&format!("name=\"dismiss\" value=\"{key}\"")), "{page}");

        let form = [("profession", "postgresql-analyst"), ("page", "1"), ("dismiss", key)];
        let answer = ann.send("/admin/check", &form).await;
        assert_eq!(header(&answer, "location"), "/admin/check?page=1#postgresql-analyst");
        assert_eq!(count(&ann.page("/admin").await, "Замечания проверки"), before - 1);
        let page = ann.page("/admin/check").await;
        assert!(page.contains("<summary>Скрыто: 1</summary>") && page.contains(&format!("name=\"return\" value=\"{key}\"")), "{page}");
        assert!(!ann.page("/admin/professions/postgresql-analyst").await.contains("«Пишет запросы» требуют"));
        // Once more is no fault, and nothing is recorded twice.
        assert_eq!(ann.send("/admin/check", &form).await.status(), 303);
        let owner = app.owner("olga").await;
        assert_eq!(owner.page("/admin/audit").await.matches("Замечание скрыто").count(), 1);

        let form = [("profession", "postgresql-analyst"), ("page", "1"), ("return", key)];
        assert_eq!(ann.send("/admin/check", &form).await.status(), 303);
        assert_eq!(count(&ann.page("/admin").await, "Замечания проверки"), before);
        assert_eq!(ann.send("/admin/check", &[("profession", "postgresql-analyst")]).await.status(), 400);
        assert_eq!(ann.send("/admin/check", &[("profession", "nobody"), ("dismiss", key)]).await.status(), 404);
    }

    async fn what_changed_since_the_last_visit_stands_apart(database: TestDatabase) {
        let app = TestApp::start(database);
        let ann = app.owner("ann").await;
        let (text, version) = ann.read(GRADE).await;
        assert_eq!(ann.save(GRADE, &version, &format!("{text}\n- Пишет тесты")).await.status(), 303);
        assert!(!ann.page("/admin").await.contains("прошлого захода"));
        // A visit that ended yesterday, and a change before it.
        app.database.execute(
            "UPDATE revisions SET created_at = '2026-01-10 10:00:00' WHERE revision_id = (SELECT max(revision_id) FROM revisions);
             UPDATE editors SET seen_at = '2026-01-11 12:30:00' WHERE login = 'ann';
             UPDATE sessions SET seen_at = '2026-01-11 12:30:00' WHERE editor_id = (SELECT id FROM editors WHERE login = 'ann')",
        );
        let bob = app.editor("bob").await;
        let path = "/admin/professions/front-end/senior";
        let (text, version) = bob.read(path).await;
        assert_eq!(bob.save(path, &version, &format!("{text}\n- Пишет тесты")).await.status(), 303);
        let ann = app.sign_in("ann").await;
        for _ in 0..2 {
            let page = ann.page("/admin").await;
            let (new, old) = page.split_once("class=\"since\">Выше&nbsp;— новое с&nbsp;вашего прошлого захода, 11.01.2026").expect(&page);
            assert!(new.contains("Фронтенд-разработчик: Синьор") && old.contains("Фронтенд-разработчик: Мидл"), "{page}");
        }
    }

    async fn times_and_days_are_those_of_the_time_zone_of_the_site(database: TestDatabase) {
        let app = TestApp::start_in(database, "Europe/Moscow");
        let olga = app.owner("olga").await;
        app.database.execute(
            "DELETE FROM audit_log;
             INSERT INTO audit_log (at, login, action, object, detail, address) VALUES
             ('2026-11-20 20:59:59', 'ann', 'save', 'front-end/middle', 'one', ''),
             ('2026-11-20 21:00:00', 'ann', 'save', 'front-end/middle', 'two', '')",
        );
        let page = olga.page("/admin/audit?from=21.11.2026&to=21.11.2026").await;
        assert!(page.contains("21.11.2026, 00:00\u{a0}MSK") && !page.contains("23:59"), "{page}");
        let page = olga.page("/admin/audit?to=20 ноября 2026").await;
        assert!(page.contains("20.11.2026, 23:59\u{a0}MSK") && !page.contains("00:00"), "{page}");
        let file = olga.page("/admin/audit.csv").await;
        assert!(file.contains("21.11.2026, 00:00\u{a0}MSK;ann;"), "{file}");
    }
}
