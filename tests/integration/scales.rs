//! Scales: owners give the levels their own names, and a profession picks a scale.

use reqwest::Response;

use crate::app::{Editor, TestApp, between, unescaped};

const NEW: &str = "/admin/new-scale";
const LEADS: &str = "/admin/scales/rukovoditeli";
const FRONT_END: &str = "/admin/professions/front-end";

async fn led_to(answer: Response) -> String {
    let status = answer.status();
    let location = answer.headers().get("location").cloned();
    assert_eq!(status, 303, "{}", answer.text().await.unwrap());
    location.unwrap().to_str().unwrap().to_owned()
}

async fn refused(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    unescaped(&answer.text().await.unwrap()).replace('\u{a0}', " ")
}

/// The version in the forms of a page.
async fn version(editor: &Editor<'_>, path: &str) -> String {
    between(&editor.page(path).await, "name=\"version\" value=\"", "\"").to_owned()
}

/// Sends a form with the current version of its page.
async fn send(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) -> Response {
    let version = version(editor, path).await;
    editor.send(path, &[&[("version", version.as_str())], form].concat()).await
}

/// Three levels for leads, on the three upper ranks.
fn leads<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("title", "Руководители"),
        ("title-senior", "TL1"),
        ("title-senior-plus", "TL2"),
        ("title-senior-plus-plus", "TL3"),
        ("action", "save"),
    ]
}

/// The same with some fields replaced.
fn leads_with<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = leads();
    form.retain(|(name, _)| !fields.iter().any(|(replaced, _)| replaced == name));
    [fields, &form].concat()
}

/// A scale with names for all ranks that the ladder of the front end uses.
fn engineers<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("title", "Инженеры"),
        ("title-junior", "Инженер 1"),
        ("base-junior", "yes"),
        ("title-junior-plus", "Инженер 1+"),
        ("title-junior-plus-plus", "Инженер 1++"),
        ("title-middle", "Инженер 2"),
        ("title-middle-plus", "Инженер 2+"),
        ("title-middle-plus-plus", "Инженер 2++"),
        ("title-senior", "Ведущий"),
        ("base-senior", "yes"),
        ("slug-senior", "lead"),
        ("title-senior-plus", "Ведущий+"),
        ("title-senior-plus-plus", "Главный"),
        ("action", "save"),
    ]
}

fn front_end(scale: &str) -> [(&str, &str); 6] {
    [
        ("title", "Фронтенд-разработчик"),
        ("slug", "front-end"),
        ("summary", "Интерфейсы в браузере"),
        ("track", "web"),
        ("scale", scale),
        ("action", "save"),
    ]
}

on_both_databases! {
    async fn an_owner_makes_a_scale(app: TestApp) {
        let ann = app.owner("ann").await;
        assert!(!ann.page(FRONT_END).await.contains("Шкала уровней"), "nothing to choose from");
        let preview = ann.send(NEW, &leads_with(&[("action", "preview")])).await;
        assert_eq!(preview.status(), 200);
        let preview = preview.text().await.unwrap();
        // The lowest level opens a base level, and addresses are made of titles.
        assert!(preview.contains("<strong>TL1</strong>, TL2, TL3"), "{preview}");
        assert!(preview.contains("value=\"tl2\""));
        assert!(!ann.page("/admin/scales").await.contains("Руководители"), "only shown");
        let made = led_to(ann.send(NEW, &leads()).await).await;
        assert_eq!(made, "/admin/scales/rukovoditeli?done=made");
        assert!(ann.page("/admin/scales").await.contains("<strong>TL1</strong>, TL2, TL3"));
        let log = ann.page("/admin/audit").await;
        assert!(log.contains("Шкала уровней добавлена") && log.contains("rukovoditeli"));
        let unchanged = led_to(send(&ann, LEADS, &leads()).await).await;
        assert_eq!(unchanged, "/admin/scales/rukovoditeli?done=unchanged");
    }

    async fn everything_wrong_is_said_beside_its_field(app: TestApp) {
        let ann = app.owner("ann").await;
        let long = "я".repeat(41);
        led_to(ann.send(NEW, &leads()).await).await;
        let other = [("title", "Другие")];
        for (fields, field, sentence) in [
            (&[("title", "")][..], "title", "Нужно название шкалы"),
            (&[("title", "а\nб")], "title", "в одну строку"),
            (&[("title", "руководители")], "title", "Так уже называется другая"),
            (&[("title", "★")], "title", "не складывается свободный адрес"),
            (&[("title-senior-plus", &*long)], "title-senior-plus", "не длиннее 40 знаков"),
            (&[("title-senior-plus", "T\nL")], "title-senior-plus", "в одну строку"),
            (&[("title-senior-plus", ""), ("slug-senior-plus", "tl2")], "title-senior-plus", "нужно название"),
            (&[("title-senior-plus", "tl1")], "title-senior-plus", "так уже называется ранг 8"),
            (&[("title-senior-plus", "★")], "slug-senior-plus", "латинские строчные"),
            (&[("slug-senior-plus", "Т Л")], "slug-senior-plus", "латинские строчные"),
            (&[("slug-senior-plus", "tl1")], "slug-senior-plus", "такой адрес уже у ранга 8"),
            (&[("slug-senior-plus", "history")], "slug-senior-plus", "занят страницей"),
            (&[("title-senior-plus", "delete")], "slug-senior-plus", "занят страницей"),
            (&[("slug-senior-plus", "junior")], "slug-senior-plus", "обычный адрес ранга 2"),
            (&[("note", "а\nб")], "note", "В пояснении"),
        ] {
            let fields = if fields[0].0 == "title" { fields.to_vec() } else { [&other, fields].concat() };
            let page = refused(ann.send(NEW, &leads_with(&fields)).await, 422).await;
            let error = between(&page, &format!("id=\"{field}-error\">"), "</p>");
            assert!(error.contains(sentence), "{fields:?}: {error}");
            assert!(page.contains("value=\"TL3\""), "what was typed stays");
        }
        let page = refused(ann.send(NEW, &[("title", "Пустая"), ("action", "save")]).await, 422).await;
        assert!(page.contains("Назовите хотя бы один уровень"));
        assert!(!ann.page("/admin/scales").await.contains("Другие"));
        let no_version = ann.send(LEADS, &leads()).await;
        assert_eq!(no_version.status(), 400);
    }

    async fn only_owners_see_and_change_scales(app: TestApp) {
        let (ann, bob) = (app.owner("ann").await, app.editor("bob").await);
        led_to(ann.send(NEW, &leads()).await).await;
        assert!(!bob.page("/admin").await.contains("Шкалы уровней"));
        for path in [NEW, "/admin/scales", LEADS, "/admin/scales/rukovoditeli/history", "/admin/scales/rukovoditeli/delete"] {
            assert_eq!(bob.get(path).await.status(), 403, "{path}");
        }
        assert_eq!(bob.send(NEW, &leads()).await.status(), 403);
        assert_eq!(bob.send(LEADS, &leads()).await.status(), 403);
        led_to(send(&ann, "/admin/scales/rukovoditeli/delete", &[("action", "delete")]).await).await;
        assert!(!bob.page("/admin/trash").await.contains("Руководители"));
        assert_eq!(bob.send("/admin/trash", &[("scale", "1")]).await.status(), 403);
        // Editors choose one for a profession, though.
        led_to(ann.send("/admin/trash", &[("scale", "1")]).await).await;
        assert!(bob.page(FRONT_END).await.contains("<option value=\"rukovoditeli\">Руководители</option>"));
    }

    async fn a_scale_is_changed_deleted_and_brought_back(app: TestApp) {
        let (ann, eve) = (app.owner("ann").await, app.owner("eve").await);
        led_to(ann.send(NEW, &leads()).await).await;
        let read = version(&eve, LEADS).await;
        let renamed = leads_with(&[("title-senior", "Тимлид"), ("note", "По-русски")]);
        led_to(send(&ann, LEADS, &renamed).await).await;
        let stale = [&[("version", &*read)], &leads_with(&[("title-senior", "Lead 1")])[..]].concat();
        let page = refused(eve.send(LEADS, &stale).await, 409).await;
        assert!(page.contains("value=\"Lead 1\""), "what was typed");
        assert!(page.contains("«Тимлид»") && page.contains("изменили: ann."), "what is stored: {page}");
        let history = ann.page("/admin/scales/rukovoditeli/history").await;
        assert!(history.contains("По-русски") && history.contains("Уровень «TL1» стал уровнем «Тимлид»"));
        let restore = [("version", "2"), ("restore", "1")];
        let restored = ann.send("/admin/scales/rukovoditeli/history", &restore).await;
        assert_eq!(led_to(restored).await, "/admin/scales/rukovoditeli?done=restored");
        assert!(ann.page("/admin/scales").await.contains("<strong>TL1</strong>"));
        let deletion = "/admin/scales/rukovoditeli/delete";
        let stale = eve.send(deletion, &[("version", "1"), ("action", "delete")]).await;
        assert!(refused(stale, 409).await.contains("Только что шкалу изменили: ann"));
        led_to(send(&ann, deletion, &[("action", "delete")]).await).await;
        let gone = refused(ann.send(LEADS, &[&[("version", "3")], &leads()[..]].concat()).await, 404).await;
        assert!(gone.contains("Пока вы правили, шкалу удалили") && gone.contains("action=\"/admin/new-scale\""));
        assert!(ann.page("/admin/trash").await.contains("Шкала Руководители"));
        let back = led_to(ann.send("/admin/trash", &[("scale", "1")]).await).await;
        assert_eq!(back, "/admin/scales/rukovoditeli?done=back");
        assert_eq!(ann.send("/admin/trash", &[("scale", "1")]).await.status(), 404);
    }

    async fn a_profession_picks_a_scale_that_has_its_levels(app: TestApp) {
        let ann = app.owner("ann").await;
        led_to(ann.send(NEW, &leads()).await).await;
        led_to(ann.send(NEW, &engineers()).await).await;
        let page = refused(send(&ann, FRONT_END, &front_end("rukovoditeli")).await, 422).await;
        let error = between(&page, "id=\"scale-error\">", "</p>");
        assert_eq!(error, "В этой шкале нет уровней лестницы: джун, джун+, джун++, мидл, мидл+, мидл++.");
        let page = refused(send(&ann, FRONT_END, &front_end("nowhere")).await, 422).await;
        assert!(page.contains("Выберите шкалу из списка."));
        led_to(send(&ann, FRONT_END, &front_end("inzhenery")).await).await;
        assert!(ann.page("/admin/professions/front-end/history").await.contains("Другая шкала уровней: «Инженеры»"));
        // A level that the scale leaves out is not offered, nor taken.
        let form = ann.page(FRONT_END).await;
        assert!(!form.contains("<select id=\"level\""), "all levels of the scale are taken: {form}");
        for form in [
            [("level", "intern"), ("action", "add"), ("", "")],
            [("from", "junior"), ("to", "intern"), ("action", "relevel")],
        ] {
            let page = refused(send(&ann, FRONT_END, &form).await, 422).await;
            assert!(page.contains("В шкале профессии такого уровня нет."));
        }
        let scale = "/admin/scales/inzhenery";
        let without = [("title-junior", ""), ("slug-junior", "")];
        let mut form = engineers();
        form.retain(|(name, _)| !["title-junior", "base-junior"].contains(name));
        let page = refused(send(&ann, scale, &[&without, &form[..]].concat()).await, 422).await;
        assert!(page.contains("Ранг 2 пропустить нельзя: он есть в лестницах. «Фронтенд-разработчик»."));
        let page = refused(send_deletion(&ann, scale).await, 422).await;
        assert!(page.contains("Сначала выберите другую шкалу") && page.contains("Фронтенд-разработчик</a>"));
        // Going back in the history takes the usual names again, and on again the own ones.
        for (restore, done) in [("1", "restored"), ("2", "restored")] {
            let version = version(&ann, FRONT_END).await;
            let form = [("version", &*version), ("restore", restore)];
            let restored = ann.send("/admin/professions/front-end/history", &form).await;
            assert!(led_to(restored).await.ends_with(done));
        }
        assert!(ann.page(FRONT_END).await.contains("<option value=\"inzhenery\" selected>"));
    }

    async fn a_profession_whose_scale_is_gone_comes_back_with_the_usual_names(app: TestApp) {
        let ann = app.owner("ann").await;
        led_to(ann.send(NEW, &engineers()).await).await;
        led_to(send(&ann, FRONT_END, &front_end("inzhenery")).await).await;
        led_to(send(&ann, "/admin/professions/front-end/delete", &[("action", "delete")]).await).await;
        led_to(send_deletion(&ann, "/admin/scales/inzhenery").await).await;
        let trash = ann.page("/admin/trash").await;
        let id = between(&trash, "name=\"profession\" value=\"", "\"").to_owned();
        led_to(ann.send("/admin/trash", &[("profession", &id)]).await).await;
        let history = ann.page("/admin/professions/front-end/history").await;
        assert!(unescaped(&history).replace('\u{a0}', " ").contains("прежней шкалы уровней больше нет"));
        assert!(app.page("/professions/front-end").await.contains("Мидл"));
    }
}

async fn send_deletion(owner: &Editor<'_>, scale: &str) -> Response {
    let version = version(owner, scale).await;
    owner.send(&format!("{scale}/delete"), &[("version", &*version), ("action", "delete")]).await
}
