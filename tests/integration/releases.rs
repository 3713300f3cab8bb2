//! Named states of the catalogue, pages as of a day, and what changed since an address was made.

use serde_json::json;

use crate::app::{Editor, TestApp, between, header};

const GRADE: &str = "/admin/professions/front-end/middle";

async fn describe(editor: &Editor<'_>, text: &str) {
    let (_, version) = editor.read(GRADE).await;
    assert_eq!(editor.save(GRADE, &version, text).await.status(), 303);
}

async fn name(owner: &Editor<'_>, name: &str, note: &str) -> (u16, String) {
    let answer = owner.send("/admin/releases", &[("name", name), ("note", note)]).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

on_both_databases! {
    async fn a_release_never_changes(app: TestApp) {
        let owner = app.owner("olga").await;
        assert!(app.page("/releases").await.contains("Выпусков ещё нет."));
        describe(&owner, "- Пишет тесты\n- Знает основы сетей и протоколов").await;
        assert_eq!(name(&owner, "2026.1 бета", "Первый").await.0, 303);
        let (page, note) = (app.page("/releases/2026.1%20%D0%B1%D0%B5%D1%82%D0%B0").await, "Первый");
        assert!(page.contains(note) && page.contains("/professions/front-end/middle?at="));
        describe(&owner, "- Знает основы сетей, протоколов\n- Учит других").await;
        let again = app.page("/releases/2026.1%20%D0%B1%D0%B5%D1%82%D0%B0").await;
        assert_eq!(page, again);
        let then = between(&page, "href=\"/professions/front-end/middle?at=", "\"");
        let then = app.page(&format!("/professions/front-end/middle?at={then}")).await;
        assert!(then.contains("Пишет тесты") && !then.contains("Учит других"));
        assert!(then.contains("выпуск «<a href=\"/releases/2026.1%20"), "{then}");
        let changed = app.page("/releases/2026.1%20%D0%B1%D0%B5%D1%82%D0%B0/compare?with=now").await;
        for said in ["Добавлено", "Учит других", "Убрано", "Пишет тесты", "Сказано иначе"] {
            assert!(changed.contains(said), "{said}: {changed}");
        }
        let list = app.page("/releases").await;
        assert!(list.contains("2026.1 бета"));
    }

    async fn programs_list_releases(app: TestApp) {
        let owner = app.owner("olga").await;
        let releases = "/api/v1/graders/releases";
        assert_eq!(app.read(releases).await, json!({ "items": [], "next": null }));
        assert_eq!(name(&owner, "2026.1", "До первой правки").await.0, 303);
        describe(&owner, "- Пишет тесты").await;
        assert_eq!(name(&owner, "2026.2 бета", "").await.0, 303);
        let list = app.read(releases).await;
        let items = list["items"].as_array().unwrap();
        let said = items.iter().map(|release| (&release["name"], &release["note"], &release["revision"]));
        assert_eq!(said.collect::<Vec<_>>(), [
            (&json!("2026.2 бета"), &json!(""), &json!(1)),
            (&json!("2026.1"), &json!("До первой правки"), &json!(0)),
        ]);
        let when = items[0]["created_at"].as_str().unwrap();
        assert!(when.ends_with('Z') && when.parse::<chrono::DateTime<chrono::Utc>>().is_ok(), "{when}");
        // Who named one is for owners.
        assert_eq!(items[0].get("author"), None);
        let changes = format!("/api/v1/graders/changes?since={}", items[0]["revision"]);
        assert_eq!(app.read(&changes).await["items"], json!([]));
    }

    async fn a_name_is_refused_with_what_was_typed(app: TestApp) {
        let owner = app.owner("olga").await;
        assert_eq!(name(&owner, "2026.1", "").await.0, 303);
        for wrong in ["2026.1", "", "a/b", "..", &"я".repeat(41)] {
            let (status, page) = name(&owner, wrong, "Записка").await;
            assert_eq!(status, 422, "{wrong}");
            assert!(page.contains("value=\"Записка\"") && page.contains("Ошибка. Выпуски"));
        }
        let editor = app.editor("ann").await;
        assert_eq!(editor.get("/admin/releases").await.status(), 403);
        assert_eq!(app.get("/releases/none").await.status(), 404);
        assert_eq!(app.get("/releases/2026.1/compare?with=none").await.status(), 404);
    }

    async fn an_address_tells_what_changed_since(app: TestApp) {
        let editor = app.editor("ann").await;
        describe(&editor, "- Пишет тесты").await;
        let questions = app.page("/check?profession=front-end&grade=middle").await;
        let revision = between(&questions, "name=\"revision\" value=\"", "\"");
        let check = format!("/check?profession=front-end&grade=middle&yes=&revision={revision}");
        let sheet = format!("/defence?profession=front-end&grade=middle&revision={revision}");
        let plan = format!(
            "/plan?profession=front-end&grade=junior&since=2026-01-01&to=middle&revision={revision}"
        );
        for page in [&check, &sheet, &plan] {
            assert!(!app.page(page).await.contains("С&nbsp;тех пор изменилось"), "{page}");
        }
        describe(&editor, "- Пишет тесты\n- Учит других").await;
        for page in [&check, &sheet, &plan] {
            let text = app.page(page).await;
            assert!(text.contains("С&nbsp;тех пор изменилось: требования (добавлено\u{a0}1)"), "{text}");
            let then = between(&text, "(добавлено\u{a0}1). <a href=\"", "\"").replace("&#38;", "&");
            let then = app.page(&then).await;
            assert!(then.contains("Так было после правки") && !then.contains("Учит других"));
        }
        // Without the number, as before.
        let old = app.page("/check?profession=front-end&grade=middle&yes=").await;
        assert!(!old.contains("тех пор изменилось"));
    }

    async fn a_day_shows_the_state_at_its_end(app: TestApp) {
        let editor = app.editor("ann").await;
        describe(&editor, "- Совсем новое требование").await;
        let before = app.page("/professions/front-end/middle?at=2020-01-01").await;
        assert!(before.contains("Так было до первой правки") && !before.contains("Совсем новое"));
        assert!(before.contains("<meta name=\"robots\" content=\"noindex\">"));
        assert!(before.contains("rel=\"canonical\" href=\"https://grades.example.org/professions/front-end/middle\""));
        let future = app.get("/rules?at=2026-06-02").await;
        assert_eq!(future.status(), 422);
        assert!(future.text().await.unwrap().contains("Этот день ещё не"));
        let nonsense = app.get("/search?q=git&at=вчера").await;
        assert_eq!(nonsense.status(), 422);
        let page = nonsense.text().await.unwrap();
        assert!(page.contains("value=\"вчера\"") && page.contains("name=\"q\" value=\"git\""));
        assert_eq!(app.get("/?at=999999").await.status(), 404);
        let moved = app.get("/professions/?at=0").await;
        assert_eq!((moved.status().as_u16(), header(&moved, "location")), (308, "/professions?at=0"));
        let chosen = app.get("/check?grade=front-end%2Fmiddle&at=0").await;
        let to = "/check?profession=front-end&grade=middle&at=0";
        assert_eq!((chosen.status().as_u16(), header(&chosen, "location")), (303, to));
    }
}
