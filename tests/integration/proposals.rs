//! Proposed descriptions: kept beside the published ones until somebody decides.

use reqwest::Response;

use crate::app::{Backend, Editor, TestApp, TestDatabase, between, header, typed};

const FORM: &str = "/admin/professions/front-end/middle";
const PAGE: &str = "/professions/front-end/middle";

async fn led_to(answer: Response) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

async fn shown(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    answer.text().await.unwrap()
}

/// Proposes a text for the grade that grew from its first version; the address of the proposal.
async fn propose(editor: &Editor<'_>, text: &str) -> String {
    let form = [("version", "1"), ("text", text), ("note", "Так яснее"), ("action", "propose")];
    let address = led_to(editor.send(FORM, &form).await).await;
    let (address, done) = address.split_once('?').unwrap();
    assert_eq!(done, "done=proposed");
    address.to_owned()
}

/// Does something with a proposal as it is now.
async fn decide(editor: &Editor<'_>, proposal: &str, action: &str, remark: &str) -> Response {
    let version =
        between(&editor.page(proposal).await, "name=\"version\" value=\"", "\"").to_owned();
    editor.send(proposal, &[("version", &*version), ("action", action), ("remark", remark)]).await
}

on_both_databases! {
    async fn a_proposal_is_returned_made_again_and_published_by_another(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let before = app.page(PAGE).await;
        let proposal = propose(&ann, "- Предлагает новое").await;
        assert_eq!(app.page(PAGE).await, before);
        // The form and the desk tell of it; everybody sees nothing.
        assert!(bob.page(FORM).await.contains(&format!("href=\"{proposal}\"")));
        let desk = bob.page("/admin").await;
        let waiting = between(&desk, "id=\"to-publish\"", "</section>");
        assert!(waiting.contains(&proposal) && waiting.contains("Так яснее"), "{waiting}");
        let page = bob.page(&proposal).await;
        assert!(page.contains("Предлагает новое") && page.contains("class=\"removed\""), "{page}");

        assert_eq!(decide(&bob, &proposal, "return", "").await.status(), 422);
        led_to(decide(&bob, &proposal, "return", "Добавьте пример").await).await;
        let desk = ann.page("/admin").await;
        assert!(between(&desk, "id=\"own-proposals\"", "</section>").contains("возвращено"), "{desk}");
        assert!(!bob.page("/admin").await.contains("id=\"to-publish\""));
        assert!(ann.page(&proposal).await.contains("Добавьте пример"));

        let open = ann.page(&format!("{FORM}?proposal=1")).await;
        assert_eq!(typed(&open), ("- Предлагает новое".to_owned(), "1".to_owned()));
        let form = [
            ("version", "1"), ("proposal", "1"), ("text", "- Предлагает новое\n  - например, вот это"),
            ("note", "Так яснее"), ("action", "propose"),
        ];
        assert_eq!(led_to(ann.send(FORM, &form).await).await, format!("{proposal}?done=proposed"));
        // Of a decision on what was changed meanwhile nothing is stored.
        let outdated = [("version", "1"), ("action", "return"), ("remark", "Опоздавшее")];
        let page = bob.send(&proposal, &outdated).await;
        assert_eq!(page.status(), 409);
        assert!(page.text().await.unwrap().contains("Опоздавшее</textarea>"));
        assert!(!ann.page(&proposal).await.contains("Опоздавшее"));
        led_to(decide(&bob, &proposal, "note", "Теперь хорошо").await).await;
        assert_eq!(led_to(decide(&bob, &proposal, "publish", "").await).await, format!("{FORM}?done=saved"));
        assert!(app.page(PAGE).await.contains("например, вот это"));
        let changes = app.page("/changes").await;
        assert!(changes.contains("Так яснее") && !changes.contains("Добавьте пример"), "{changes}");
        assert!(bob.page(&format!("{FORM}/history")).await.contains("bob"));
        assert!(ann.page(&proposal).await.contains("Опубликовано."));
        assert!(!ann.page("/admin").await.contains("id=\"own-proposals\""));
        // What was decided is decided.
        assert_eq!(bob.send(&proposal, &[("version", "3"), ("action", "publish")]).await.status(), 403);
        assert_eq!(ann.send(&proposal, &[("version", "4"), ("action", "withdraw")]).await.status(), 409);
    }

    async fn a_proposal_that_others_have_outrun_is_brought_together_with_their_words(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        assert_eq!(bob.save(FORM, "1", "- Общее\n- Было\n- Ещё").await.status(), 303);
        let form = [("version", "2"), ("text", "- Общее\n- Решила Анна\n- Ещё"), ("action", "propose")];
        led_to(ann.send(FORM, &form).await).await;
        assert_eq!(bob.save(FORM, "2", "- Общее\n- Решил Боб\n- Ещё").await.status(), 303);
        let address = led_to(decide(&bob, "/admin/proposals/1", "publish", "").await).await;
        assert_eq!(address, format!("{FORM}?proposal=1"));
        let page = bob.page(&address).await;
        assert!(page.contains("Пока предложение ждало") && page.contains("name=\"place-0\""), "{page}");
        assert!(!app.page(PAGE).await.contains("Решила Анна"));
        let (_, version) = typed(&page);
        let form = [
            ("version", &*version), ("proposal", "1"), ("text", "- Общее\n- Решено вместе\n- Ещё"),
            ("action", "save"),
        ];
        led_to(bob.send(FORM, &form).await).await;
        assert!(app.page(PAGE).await.contains("Решено вместе"));
        assert!(ann.page("/admin/proposals/1").await.contains("Опубликовано."));
    }

    async fn a_proposal_is_withdrawn_by_its_author_alone(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let proposal = propose(&ann, "- Предлагает новое").await;
        assert_eq!(bob.send(&proposal, &[("version", "1"), ("action", "withdraw")]).await.status(), 400);
        let address = led_to(decide(&ann, &proposal, "withdraw", "").await).await;
        assert_eq!(address, format!("{proposal}?done=withdrawn"));
        assert!(!bob.page(FORM).await.contains(&proposal));
        assert!(!bob.page("/admin").await.contains(&proposal));
    }

    async fn a_changed_proposal_is_not_published_unseen(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let proposal = propose(&ann, "- Предлагает новое").await;
        let form = [("version", "1"), ("proposal", "1"), ("text", "- Другое"), ("action", "propose")];
        led_to(ann.send(FORM, &form).await).await;
        let page = shown(bob.send(&proposal, &[("version", "1"), ("action", "publish")]).await, 409).await;
        assert!(page.contains("только что изменили") && page.contains("Другое"), "{page}");
        assert!(!app.page(PAGE).await.contains("Другое"));
    }

    async fn editors_who_do_not_publish_alone_propose(backend: Backend) {
        let app = TestApp::start_as(TestDatabase::on(backend), |config| config.publish_alone = false);
        let (ann, bob, olga) = (app.editor("ann").await, app.editor("bob").await, app.owner("olga").await);
        let form = ann.page(FORM).await;
        assert!(!form.contains("value=\"save\"") && form.contains("value=\"propose\""), "{form}");
        assert!(olga.page(FORM).await.contains("value=\"save\""));
        let page = shown(ann.save(FORM, "1", "- Сама").await, 422).await;
        assert!(page.contains("Нажмите «Предложить»") && page.contains("- Сама"), "{page}");
        // Nor in any other way that puts words into a published grade.
        let ladder = "/admin/professions/front-end/ladder";
        let whole = [("text", "## Мидл\n\n- Сама"), ("base", "1:1"), ("action", "save")];
        assert_eq!(ann.send(ladder, &whole).await.status(), 403);
        assert_eq!(olga.save(FORM, "1", "- Владелец").await.status(), 303);
        let restore = [("version", "2"), ("restore", "1")];
        assert_eq!(ann.send(&format!("{FORM}/history"), &restore).await.status(), 403);
        // A new profession is a draft, in which they write as they like, and which an owner publishes.
        let new = [("title", "Новая"), ("slug", "new"), ("track", "web"), ("level", "junior"), ("action", "save")];
        led_to(ann.send("/admin/new-profession", &new).await).await;
        assert_eq!(app.get("/professions/new").await.status(), 404);
        assert_eq!(ann.save("/admin/professions/new/junior", "1", "- Пишет").await.status(), 303);
        let publication = [("version", "1"), ("action", "publish")];
        assert_eq!(ann.send("/admin/professions/new/publication", &publication).await.status(), 403);
        led_to(olga.send("/admin/professions/new/publication", &publication).await).await;
        assert_eq!(app.get("/professions/new").await.status(), 200);

        let form = [("version", "2"), ("text", "- Анна"), ("action", "propose")];
        led_to(ann.send(FORM, &form).await).await;
        let proposal = "/admin/proposals/1";
        assert!(!ann.page(proposal).await.contains("value=\"publish\""));
        assert_eq!(decide(&ann, proposal, "publish", "").await.status(), 403);
        let own = [("version", "2"), ("proposal", "1"), ("text", "- Анна"), ("action", "save")];
        assert_eq!(ann.send(FORM, &own).await.status(), 422);
        led_to(decide(&bob, proposal, "publish", "").await).await;
        assert!(app.page(PAGE).await.contains("Анна"));
        // An owner publishes alone.
        let form = [("version", "3"), ("text", "- Ольга"), ("action", "propose")];
        led_to(olga.send(FORM, &form).await).await;
        led_to(decide(&olga, "/admin/proposals/2", "publish", "").await).await;
        assert!(app.page(PAGE).await.contains("Ольга"));
    }
}
