//! A whole ladder as one text: made with its profession, and edited.

use reqwest::Response;

use crate::app::{Editor, TestApp, between, header, unescaped};

const NEW: &str = "/admin/new-profession";
const LADDER: &str = "/admin/professions/front-end/ladder";
const MIDDLE: &str = "/admin/professions/front-end/middle";

async fn led_to(answer: Response) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

async fn shown(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    answer.text().await.unwrap()
}

/// The values of the hidden fields and the text that an open form would send.
struct Open {
    base: Vec<String>,
    text: String,
}

impl Open {
    fn of(page: &str) -> Self {
        let base = page.split("name=\"base\" value=\"").skip(1);
        let base = base.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        let field = between(page, "<textarea id=\"text\"", "</textarea>");
        Self { base, text: unescaped(field.split_once(">\n").unwrap().1) }
    }

    async fn read(editor: &Editor<'_>) -> Self {
        Self::of(&editor.page(LADDER).await)
    }

    async fn send(&self, editor: &Editor<'_>, more: &[(&str, &str)]) -> Response {
        let base = self.base.iter().map(|base| ("base", base.as_str()));
        let fields = base.chain([("text", self.text.as_str())]).chain(more.iter().copied());
        editor.send(LADDER, &fields.collect::<Vec<_>>()).await
    }

    fn with(self, from: &str, to: &str) -> Self {
        assert!(self.text.contains(from), "{}", self.text);
        Self { text: self.text.replacen(from, to, 1), ..self }
    }
}

const SAVE: [(&str, &str); 1] = [("action", "save")];
const PREVIEW: [(&str, &str); 1] = [("action", "preview")];

/// What the preview says of each grade: its name, its fate and how many requirements it asks.
fn fates(page: &str) -> Vec<String> {
    let list = between(page, "<ol class=\"planned-grades\">", "</ol>");
    let items = list.split("<li>").skip(1).map(|item| {
        let text = item.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text);
        let text = unescaped(&text.collect::<String>()).replace("&nbsp;", " ");
        text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
    });
    items.collect()
}

on_both_databases! {
    async fn a_profession_is_made_with_its_ladder_once_the_text_was_seen(app: TestApp) {
        let ann = app.editor("ann").await;
        let text = "## Джун\n\n- Знакомство: Git\n\n## Мидл\n\n### Код\n\n- Docker\n- Проводит ревью";
        let form = |seen, action| {
            [
                ("title", "Инженер платформы"), ("track", "web"), ("level", "senior"), ("text", text),
                ("seen", seen), ("action", action),
            ]
        };
        let page = shown(ann.send(NEW, &form("", "save")).await, 200).await;
        assert_eq!(
            fates(&page),
            [
                "Джун новый грейд 1 требование", "Мидл новый грейд 2 требования",
                "Синьор новый грейд, не описан —требований нет",
            ]
        );
        assert_eq!(app.get("/professions/inzhener-platformy").await.status(), 404);
        let seen = between(&page, "name=\"seen\" value=\"", "\"").to_owned();
        // Another text than the one that was seen is shown first as well.
        let mut other = form(&seen, "save");
        other[3].1 = "## Джун\n- Go";
        assert!(fates(&shown(ann.send(NEW, &other).await, 200).await)[0].starts_with("Джун"));
        let address = led_to(ann.send(NEW, &form(&seen, "save")).await).await;
        assert_eq!(address, "/admin/professions/inzhener-platformy?done=made");
        let site = app.page("/professions/inzhener-platformy").await;
        assert!(site.contains("Проводит ревью") && site.contains("Синьор"), "{site}");
        let grade = "/admin/professions/inzhener-platformy/middle";
        assert_eq!(ann.read(grade).await.0, "## Код\n\n- Docker\n- Проводит ревью");
        let history = ann.page(&format!("{grade}/history")).await;
        assert!(history.contains("Версия 1"), "{history}");
    }

    async fn levels_are_ticked_by_buttons_and_what_was_typed_stays(app: TestApp) {
        let ann = app.editor("ann").await;
        let ticked = async |action: &str, like: &str| {
            let form = [("title", "Имя"), ("track", "web"), ("like", like), ("action", action)];
            let page = shown(ann.send(NEW, &form).await, 200).await;
            assert!(page.contains("value=\"Имя\""));
            page.matches(" checked>").count()
        };
        assert_eq!(ticked("three", "").await, 3);
        assert_eq!(ticked("six", "").await, 6);
        assert_eq!(ticked("nine", "").await, 9);
        assert_eq!(ticked("like", "devops").await, 6);
        let form = [("title", "Имя"), ("track", "web"), ("level", "junior"), ("level", "middle"), ("action", "save")];
        led_to(ann.send(NEW, &form).await).await;
        let site = app.page("/professions/imia").await;
        assert_eq!(site.matches("<section class=\"grade\"").count(), 2, "{site}");
    }

    async fn what_is_wrong_with_a_text_is_told_by_line_and_nothing_is_made(app: TestApp) {
        let ann = app.editor("ann").await;
        let text = "## Джун\n- Git\n\n## Повар\n- Суп";
        let form = [("title", "Имя"), ("track", "web"), ("text", text), ("action", "save")];
        let page = shown(ann.send(NEW, &form).await, 422).await;
        assert!(page.contains("Строка 4.") && page.contains("«Повар»"), "{page}");
        assert!(page.contains("- Суп"), "what was typed");
        assert_eq!(app.get("/professions/imia").await.status(), 404);
        let open = Open { base: Vec::new(), text: text.to_owned() };
        let page = shown(open.send(&ann, &SAVE).await, 422).await;
        assert!(page.contains("Строка 4.") && page.contains("- Суп"), "{page}");
    }

    async fn a_text_that_is_sent_back_as_it_is_changes_nothing(app: TestApp) {
        let ann = app.editor("ann").await;
        led_to(ann.save(MIDDLE, "1", "# Название\n\n- a\n\n## Ниже\n\n- b\n\nИтог\n===\n\n- c").await).await;
        let open = Open::read(&ann).await;
        assert_eq!(led_to(open.send(&ann, &SAVE).await).await, format!("{LADDER}?done=unchanged"));
        assert_eq!(ann.read(MIDDLE).await.1, "2");
        let page = shown(open.send(&ann, &PREVIEW).await, 200).await;
        assert!(fates(&page).iter().all(|fate| fate.contains("без изменений")), "{page}");
    }

    async fn only_grades_that_changed_get_a_revision(app: TestApp) {
        let ann = app.editor("ann").await;
        let open = Open::read(&ann).await.with("## Мидл\n", "## Мидл\n\n- Пишет на Rust\n");
        let open = Open { text: format!("## Стажёр\n\n- Учится\n\n{}", open.text), ..open };
        let page = shown(open.send(&ann, &PREVIEW).await, 200).await;
        assert!(page.contains("Сохранить 2\u{a0}грейда"), "{page}");
        let told = fates(&page);
        assert!(told[0].contains("новый грейд 1 требование"), "{told:?}");
        assert!(told.iter().any(|fate| fate.starts_with("Мидл 1 новое")), "{told:?}");
        assert_eq!(told.iter().filter(|fate| fate.contains("без изменений")).count(), 8, "{told:?}");
        let more = [("note", "всё сразу"), ("action", "save")];
        assert_eq!(led_to(open.send(&ann, &more).await).await, format!("{LADDER}?done=saved"));
        assert_eq!(ann.read(MIDDLE).await.1, "2");
        assert_eq!(ann.read("/admin/professions/front-end/junior").await.1, "1");
        assert!(ann.page(&format!("{MIDDLE}/history")).await.contains("всё сразу"));
        assert!(app.page("/professions/front-end/intern").await.contains("Учится"));
        assert!(app.page("/search?q=rust").await.contains("front-end/middle"));
    }

    async fn changes_of_other_grades_do_not_conflict_and_those_of_one_are_brought_together(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        led_to(ann.save(MIDDLE, "1", "- Было\n- Git").await).await;
        let open = Open::read(&bob).await;
        led_to(ann.save("/admin/professions/front-end/junior", "1", "- От Анны").await).await;
        let open = open.with("- Было\n- Git", "- Было\n- Git\n- Rust от Боба");
        led_to(open.send(&bob, &SAVE).await).await;
        assert!(ann.read("/admin/professions/front-end/junior").await.0.contains("От Анны"), "not overwritten");
        assert!(ann.read(MIDDLE).await.0.contains("Rust от Боба"));
        // Now both change one grade.
        let open = Open::read(&bob).await;
        led_to(ann.save(MIDDLE, "3", "- Стало у Анны\n- Git\n- Rust от Боба").await).await;
        let open = open.with("- Было\n", "- Стало у Боба\n");
        let page = shown(open.send(&bob, &SAVE).await, 409).await;
        assert!(page.contains("<h4>Правка: ann</h4>"), "{page}");
        let merged = Open::of(&page);
        assert!(merged.text.contains("- Стало у Анны\n- Стало у Боба\n- Git"), "{}", merged.text);
        assert_eq!(ann.read(MIDDLE).await.1, "4");
        led_to(merged.send(&bob, &SAVE).await).await;
        assert!(ann.read(MIDDLE).await.0.starts_with("- Стало у Анны\n- Стало у Боба"));
    }

    async fn a_grade_that_the_text_leaves_out_stays_and_an_emptied_one_is_asked_about(app: TestApp) {
        let ann = app.editor("ann").await;
        let (before, _) = ann.read(MIDDLE).await;
        let open = Open::read(&ann).await;
        let only = Open { base: open.base.clone(), text: "## Джун\n\n- Заново".to_owned() };
        led_to(only.send(&ann, &SAVE).await).await;
        assert_eq!(ann.read(MIDDLE).await.0, before);
        let emptied = Open { text: "## Мидл".to_owned(), ..open };
        let page = shown(emptied.send(&ann, &SAVE).await, 422).await;
        assert!(page.contains("описание исчезнет") && page.contains("name=\"confirmed\""), "{page}");
        assert_eq!(ann.read(MIDDLE).await.0, before);
        led_to(emptied.send(&ann, &[("confirmed", "yes"), ("action", "save")]).await).await;
        assert_eq!(ann.read(MIDDLE).await.0, "");
    }

    async fn requirements_keep_their_identity_through_the_text_of_the_ladder(app: TestApp) {
        let ann = app.editor("ann").await;
        led_to(ann.save(MIDDLE, "1", "- Проводит ревью кода коллег").await).await;
        let page = app.page("/professions/front-end/middle").await;
        let id = between(&page, "id=\"middle-", "\"").to_owned();
        let words = ("Проводит ревью кода коллег", "Проводит подробное ревью кода коллег");
        let open = Open::read(&ann).await.with(words.0, words.1);
        let page = shown(open.send(&ann, &PREVIEW).await, 200).await;
        assert!(page.contains("новые слова") && page.contains("переписано 1"), "{page}");
        led_to(open.send(&ann, &SAVE).await).await;
        let after = app.page("/professions/front-end/middle").await;
        assert!(after.contains(&format!("id=\"middle-{id}\"")), "its address still leads to it");
        // The same words under another level.
        let open = Open::read(&ann).await.with("- Проводит подробное ревью кода коллег\n", "");
        let open = open.with("## Синьор\n", "## Синьор\n\n- Проводит подробное ревью кода коллег\n");
        let page = shown(open.send(&ann, &PREVIEW).await, 200).await;
        assert!(fates(&page).iter().any(|fate| fate.contains("перенесено сюда 1")), "{page}");
        assert!(fates(&page).iter().all(|fate| !fate.contains("убрано")), "{page}");
    }

    async fn saving_leads_on_to_the_next_grade(app: TestApp) {
        let ann = app.editor("ann").await;
        let form = [("version", "1"), ("text", "- Git"), ("action", "save-next")];
        let next = led_to(ann.send(MIDDLE, &form).await).await;
        assert_eq!(next, "/admin/professions/front-end/middle-plus?done=saved-below");
        let page = ann.page(&next).await;
        assert!(page.contains("Прежний грейд сохранён, вот следующий."), "{page}");
        assert!(page.contains("Ступенью ниже: мидл") && between(&page, "<aside", "</aside>").contains("Git"));
        let last = "/admin/professions/front-end/senior-plus-plus";
        assert!(!ann.page(last).await.contains("save-next"));
        assert_eq!(led_to(ann.send(last, &form).await).await, format!("{last}?done=saved"));
    }
}
