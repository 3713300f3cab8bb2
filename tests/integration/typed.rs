//! What somebody typed into a form is shown again whatever became of the thing the form is about.

use reqwest::{Response, StatusCode};

use crate::app::{Editor, PASSWORD, TestApp, between, encoded, session_cookie, typed, unescaped};

const GRADE: &str = "/admin/professions/front-end/middle";
const PROFESSION: &str = "/admin/professions/front-end";
const TEXT: &str = "- Набрано «до» удаления\n- <b>и после</b>";

/// Sends a form of a profession with the version it has now.
async fn change(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) {
    let page = editor.page(path).await;
    let version = between(&page, "name=\"version\" value=\"", "\"");
    let answer = editor.send(path, &[&[("version", version)], form].concat()).await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
}

async fn rename(editor: &Editor<'_>) {
    let form = [("title", "Фронтенд"), ("slug", "frontend"), ("track", "web"), ("action", "save")];
    change(editor, PROFESSION, &form).await;
}

async fn delete(editor: &Editor<'_>, path: &str) {
    change(editor, &format!("{path}/delete"), &[("action", "delete")]).await;
}

async fn page_of(answer: Response, status: u16) -> String {
    let found = answer.status();
    let page = answer.text().await.unwrap();
    assert_eq!(found, StatusCode::from_u16(status).unwrap(), "{page}");
    page
}

/// Every hidden field of the page, but for the form token.
fn carried(page: &str) -> Vec<(String, String)> {
    let areas = page.split("<textarea name=\"").skip(1).filter_map(|area| {
        let (name, rest) = area.split_once('"')?;
        let value = rest.strip_prefix(" hidden>\n")?.split_once("</textarea>")?.0;
        Some((name.to_owned(), unescaped(value)))
    });
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1).filter_map(|input| {
        let (name, rest) = input.split_once('"')?;
        let value = rest.strip_prefix(" value=\"")?.split_once('"')?.0;
        Some((name.to_owned(), unescaped(value)))
    });
    areas.chain(inputs).filter(|(name, _)| name != "token").collect()
}

/// The fields of the editing page of a grade, with a text typed into it.
async fn opened(editor: &Editor<'_>, path: &str) -> Vec<(String, String)> {
    let page = editor.page(path).await;
    let form = between(&page, "<form class=\"form\" id=\"writing\" method=\"post\"", "</form>");
    let mut fields = carried(form);
    fields.push(("text".into(), TEXT.into()));
    fields.push(("note".into(), "зачем".into()));
    fields
}

async fn send(
    editor: &Editor<'_>,
    path: &str,
    fields: &[(String, String)],
    action: &str,
) -> Response {
    let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    editor.send(path, &fields.chain([("action", action)]).collect::<Vec<_>>()).await
}

on_both_databases! {
    async fn a_text_for_a_grade_that_was_deleted_is_shown(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let fields = opened(&ann, GRADE).await;
        delete(&bob, GRADE).await;
        for action in ["save", "preview", "resume"] {
            let page = page_of(send(&ann, GRADE, &fields, action).await, 404).await;
            assert_eq!(unescaped(between(&page, "<textarea id=\"text\"", "</textarea>")).split_once(">\n").unwrap().1, TEXT);
            assert!(page.contains("зачем") && page.contains("/admin/trash"), "{page}");
        }
        // Refused for another reason besides.
        let mut long = fields.clone();
        long.retain(|(name, _)| name != "note");
        long.push(("note".into(), "п".repeat(201)));
        let page = page_of(send(&ann, GRADE, &long, "save").await, 404).await;
        assert!(page.contains("Набрано «до» удаления"), "{page}");
    }

    async fn a_text_for_a_grade_of_a_deleted_profession_is_shown(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let fields = opened(&ann, GRADE).await;
        delete(&bob, PROFESSION).await;
        for action in ["save", "preview"] {
            let page = page_of(send(&ann, GRADE, &fields, action).await, 404).await;
            assert!(page.contains("Набрано «до» удаления"), "{page}");
        }
    }

    async fn a_text_for_a_profession_that_was_renamed_leads_on_to_it(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let fields = opened(&ann, GRADE).await;
        rename(&bob).await;
        for action in ["save", "preview"] {
            let page = page_of(send(&ann, GRADE, &fields, action).await, 409).await;
            assert_eq!(typed(&page).0, TEXT);
            let to = "/admin/professions/frontend/middle";
            assert!(page.contains(&format!("action=\"{to}\"")), "{page}");
            // Going on shows the form there, with the text.
            let mut again = carried(&page);
            again.push(("text".into(), typed(&page).0));
            let resumed = page_of(send(&ann, to, &again, "resume").await, 200).await;
            assert_eq!(typed(&resumed), (TEXT.to_owned(), "1".to_owned()));
        }
    }

    async fn a_text_never_lands_in_another_grade(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let fields = opened(&ann, GRADE).await;
        let (stored, _) = ann.read(GRADE).await;
        let form = [("from", "middle"), ("to", "intern"), ("action", "relevel")];
        change(&bob, PROFESSION, &form).await;
        let to = "/admin/professions/front-end/intern";
        for action in ["save", "preview"] {
            let page = page_of(send(&ann, GRADE, &fields, action).await, 409).await;
            assert_eq!(typed(&page).0, TEXT);
            assert!(page.contains(&format!("action=\"{to}\"")), "{page}");
        }
        // Another grade takes the level: the text is not for that one.
        change(&bob, PROFESSION, &[("level", "middle"), ("action", "add")]).await;
        let page = page_of(send(&ann, GRADE, &fields, "save").await, 409).await;
        assert!(page.contains(&format!("action=\"{to}\"")), "{page}");
        assert_eq!(ann.read(GRADE).await.0, "");
        assert_eq!(ann.read(to).await.0, stored);
    }

    async fn the_fields_of_a_profession_that_is_gone_or_renamed_are_shown(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let form = [
            ("version", "1"), ("title", "Набранное имя"), ("slug", "front-end"),
            ("summary", "Набранная фраза"), ("track", "web"),
        ];
        rename(&bob).await;
        for action in ["save", "resume"] {
            let answer = ann.send(PROFESSION, &[&form[..], &[("action", action)]].concat()).await;
            let page = page_of(answer, 409).await;
            assert!(page.contains("value=\"Набранное имя\"") && page.contains("value=\"Набранная фраза\""), "{page}");
            assert!(page.contains("action=\"/admin/professions/frontend\""), "{page}");
        }
        delete(&bob, "/admin/professions/frontend").await;
        for action in ["save", "resume"] {
            let answer = ann.send("/admin/professions/frontend", &[&form[..], &[("action", action)]].concat()).await;
            let page = page_of(answer, 404).await;
            assert!(page.contains("value=\"Набранное имя\"") && page.contains("value=\"Набранная фраза\""), "{page}");
        }
    }

    async fn the_title_of_a_track_that_is_gone_is_shown(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let made = bob.send("/admin/tracks", &[("title", "Игры"), ("action", "create")]).await;
        assert_eq!(made.status(), 303);
        let form = [("track", "igry"), ("version", "1"), ("action", "delete"), ("confirmed", "yes")];
        assert_eq!(bob.send("/admin/tracks", &form).await.status(), 303);
        let form = [("track", "igry"), ("version", "1"), ("title", "Видеоигры"), ("action", "rename")];
        let page = page_of(ann.send("/admin/tracks", &form).await, 409).await;
        assert!(page.contains("value=\"Видеоигры\""), "{page}");
    }

    async fn the_rules_an_owner_typed_are_shown_to_whoever_is_none_any_more(app: TestApp) {
        let (ann, _bob) = (app.owner("ann").await, app.owner("bob").await);
        app.database.execute("UPDATE editors SET role = 'editor' WHERE login = 'ann'");
        let form = [("version", "1"), ("text", "## Набрано"), ("months", "7"), ("action", "save")];
        let page = page_of(ann.send("/admin/rules", &form).await, 403).await;
        assert!(page.contains("## Набрано") && page.contains("value=\"7\""), "{page}");
    }

    async fn a_text_goes_along_through_signing_in_again(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let fields = opened(&ann, GRADE).await;
        rename(&bob).await;
        app.database.execute("DELETE FROM sessions");
        let page = page_of(send(&ann, GRADE, &fields, "save").await, 401).await;
        let hidden = |name: &str| unescaped(between(&page, &format!("name=\"{name}\" value=\""), "\""));
        let form = [
            ("login", "ann"), ("password", PASSWORD), ("to", &hidden("to")), ("typed", &hidden("typed")),
        ];
        let answer = app.request(reqwest::Method::POST, "/admin/sign-in").body(encoded(&form)).send().await.unwrap();
        let cookie = session_cookie(&answer);
        let page = page_of(answer, 200).await;
        let again = Editor { app: &app, cookie };
        let to = between(&page, "<form method=\"post\" action=\"", "\"");
        let page = page_of(send(&again, to, &carried(&page), "resume").await, 409).await;
        assert_eq!(typed(&page).0, TEXT);
        assert!(page.contains("action=\"/admin/professions/frontend/middle\""), "{page}");
    }
}
