//! Changing professions and their grades; every change can be undone.

use reqwest::Response;

use crate::app::{Editor, TestApp, between, header, unescaped};

const PROFESSION: &str = "/admin/professions/front-end";

async fn led_to(answer: Response) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

async fn refused(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    answer.text().await.unwrap()
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

fn fields<'a>(title: &'a str, slug: &'a str, track: &'a str) -> [(&'a str, &'a str); 5] {
    [("title", title), ("slug", slug), ("summary", "Кратко"), ("track", track), ("action", "save")]
}

on_both_databases! {
    async fn a_profession_is_created_and_gets_a_ladder(app: TestApp) {
        let ann = app.editor("ann").await;
        let form = fields("Технический писатель", "", "apps");
        let address = led_to(ann.send("/admin/new-profession", &form).await).await;
        // The slug is made from the title.
        assert_eq!(address, "/admin/professions/tekhnicheskii-pisatel?done=made");
        let path = "/admin/professions/tekhnicheskii-pisatel";
        assert!(app.page("/professions/tekhnicheskii-pisatel").await.contains("ещё не&nbsp;описана"));
        for level in ["middle", "junior"] {
            led_to(send(&ann, path, &[("level", level), ("action", "add")]).await).await;
        }
        let page = ann.page(path).await;
        assert!(page.find(">Джун</a>").unwrap() < page.find(">Мидл</a>").unwrap());
        let free = between(&page, "<select id=\"level\"", "</select>");
        assert!(!free.contains("\"junior\""), "a level is offered twice");
        led_to(ann.save(&format!("{path}/junior"), "1", "- Пишет понятно").await).await;
        assert!(app.page("/professions/tekhnicheskii-pisatel").await.contains("Пишет понятно"));
        assert!(app.page("/").await.contains("Технический писатель"));
        assert!(app.page("/sitemap.xml").await.contains("/tekhnicheskii-pisatel/junior"));
    }

    async fn a_grade_is_added_without_losing_what_is_typed_above(app: TestApp) {
        let ann = app.editor("ann").await;
        let typed = fields("Фронтенд и вёрстка", "front-end", "web");
        let form = [&typed[..4], &[("level", "intern"), ("action", "add")]].concat();
        let answer = send(&ann, PROFESSION, &form).await;
        assert_eq!(answer.status(), 200);
        let page = answer.text().await.unwrap();
        assert!(page.contains("value=\"Фронтенд и вёрстка\""), "{page}");
        assert!(page.contains("ещё не\u{a0}сохранено") && page.contains(">Стажёр</a>"), "{page}");
        assert!(!app.page("/professions/front-end").await.contains("Фронтенд и\u{a0}вёрстка"));
        let now = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        led_to(ann.send(PROFESSION, &[&[("version", &*now)], &typed[..]].concat()).await).await;
        assert!(app.page("/professions/front-end").await.contains("Фронтенд и\u{a0}вёрстка"));
    }

    async fn the_old_address_of_a_profession_redirects(app: TestApp) {
        let ann = app.editor("ann").await;
        led_to(send(&ann, PROFESSION, &fields("Фронтенд", "frontend", "apps")).await).await;
        for (old, new) in [
            ("/professions/front-end", "/professions/frontend"),
            ("/professions/front-end/middle", "/professions/frontend/middle"),
        ] {
            let answer = app.get(old).await;
            assert_eq!((answer.status().as_u16(), header(&answer, "location")), (308, new));
            assert_eq!(header(&answer, "cache-control"), "no-cache");
            assert!(app.page(new).await.contains("Фронтенд"));
        }
        let home = app.page("/").await;
        assert!(between(&home, "id=\"apps\"", "</section>").contains("Фронтенд"));
        // No other profession can take the old address, but this one can return to it.
        let page = refused(ann.send("/admin/new-profession", &fields("X", "front-end", "web")).await, 422);
        assert!(page.await.contains("есть или был у\u{a0}профессии «"));
        let path = "/admin/professions/frontend";
        led_to(send(&ann, path, &fields("Фронтенд-разработчик", "front-end", "web")).await).await;
        assert_eq!(app.get("/professions/front-end").await.status(), 200);
        assert_eq!(app.get("/professions/frontend").await.status(), 308);
    }

    async fn changes_of_different_fields_do_not_conflict(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let read = version(&bob, PROFESSION).await;
        let was = ann.page(PROFESSION).await;
        let summary = unescaped(between(&was, "name=\"summary\" value=\"", "\""));
        led_to(send(&ann, PROFESSION, &[("level", "intern"), ("action", "add")]).await).await;
        led_to(send(&ann, PROFESSION, &fields("Имя от Анны", "front-end", "web")).await).await;
        // Bob changes neither title nor summary, and adds a grade in the same minute.
        let form = [
            ("version", &*read), ("title", "Фронтенд-разработчик"), ("slug", "frontend"),
            ("summary", &*summary), ("track", "web"), ("action", "save"),
        ];
        led_to(bob.send(PROFESSION, &form).await).await;
        let page = ann.page("/admin/professions/frontend").await;
        assert!(page.contains("value=\"Имя от Анны\"") && page.contains("value=\"Кратко\""), "{page}");
        let answer = bob.send("/admin/professions/frontend", &form).await;
        assert_eq!(answer.status(), 303);
    }

    async fn a_conflict_of_fields_is_resolved_with_radio_buttons(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let read = version(&bob, PROFESSION).await;
        let was = ann.page(PROFESSION).await;
        let summary = unescaped(between(&was, "name=\"summary\" value=\"", "\""));
        let of_ann = [("title", "Имя от Анны"), ("slug", "ann"), ("summary", "Кратко от Анны"), ("track", "apps"), ("action", "save")];
        led_to(send(&ann, PROFESSION, &of_ann).await).await;
        // Bob changes title, address and track too, and leaves the summary.
        let of_bob = [
            ("version", &*read), ("title", "Имя от Боба"), ("slug", "bob"), ("summary", &*summary),
            ("track", "python"), ("action", "save"),
        ];
        let page = refused(bob.send("/admin/professions/ann", &of_bob).await, 409).await;
        for (name, mine, other) in [
            ("title", "Имя от Боба", "Имя от Анны"),
            ("slug", "bob", "ann"),
            ("track", "Python", "Приложения"),
        ] {
            let choice = between(&page, &format!("name=\"keep-{name}\" value=\"mine\" checked"), "</fieldset>");
            let (first, second) = choice.split_once(&format!("name=\"keep-{name}\" value=\"other\"")).unwrap();
            assert!(first.contains(&format!(">{mine}<")) && second.contains(&format!(">{other}<")), "{choice}");
        }
        // What Ann alone changed is not taken back.
        assert_eq!(page.matches("<fieldset class=\"place-choice\">").count(), 3, "{page}");
        assert!(page.contains("name=\"summary\" value=\"Кратко от Анны\""), "{page}");
        let now = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let chosen = [
            ("version", &*now), ("title", "Имя от Боба"), ("slug", "bob"), ("summary", "Кратко от Анны"),
            ("track", "python"), ("keep-title", "other"), ("keep-slug", "mine"), ("keep-track", "other"),
            ("action", "save"),
        ];
        assert_eq!(led_to(bob.send("/admin/professions/ann", &chosen).await).await, "/admin/professions/bob?done=saved");
        let page = ann.page("/admin/professions/bob").await;
        assert!(page.contains("value=\"Имя от Анны\"") && page.contains("value=\"Кратко от Анны\""), "{page}");
        assert!(page.contains("<option value=\"apps\" selected>"), "{page}");
    }

    async fn all_errors_are_shown_together_and_the_fields_keep_what_was_typed(app: TestApp) {
        let ann = app.editor("ann").await;
        let long = "я".repeat(201);
        let form = [
            ("title", ""),
            ("slug", "Плохой адрес"),
            ("summary", &*long),
            ("track", "nowhere"),
            ("action", "save"),
        ];
        for path in ["/admin/new-profession", PROFESSION] {
            let answer = match path {
                PROFESSION => send(&ann, path, &form).await,
                _ => ann.send(path, &form).await,
            };
            let page = refused(answer, 422).await;
            for field in ["title", "slug", "summary", "track"] {
                assert!(page.contains(&format!("<li><a href=\"#{field}\">")), "{field}: {page}");
                assert!(page.contains(&format!("id=\"{field}-error\"")), "{field}: {page}");
            }
            assert!(page.contains("value=\"Плохой адрес\"") && page.contains(&long));
        }
        let taken = refused(send(&ann, PROFESSION, &fields("A", "back-end", "web")).await, 422);
        assert!(taken.await.contains("есть или был у\u{a0}профессии «Бэкенд-разработчик (PHP)»"));
        let markup = fields("<b>\"x\"</b>", "front-end", "web");
        led_to(send(&ann, PROFESSION, &markup).await).await;
        assert!(!app.page("/").await.contains("<b>"));
        assert!(unescaped(&app.page("/").await).contains("<b>\"x\"</b></a>"));
    }

    async fn the_second_of_two_concurrent_changes_is_a_conflict(app: TestApp) {
        let (ann, bob) = (app.editor("ann").await, app.editor("bob").await);
        let read = version(&bob, PROFESSION).await;
        led_to(send(&ann, PROFESSION, &fields("Имя от Анны", "front-end", "web")).await).await;
        let form = [&[("version", read.as_str())], &fields("Имя от Боба", "front-end", "web")[..]];
        let page = refused(bob.send(PROFESSION, &form.concat()).await, 409).await;
        assert!(page.contains("value=\"Имя от Боба\""), "what was typed");
        assert!(page.contains("<b>другое</b><span class=\"line\">Имя от Анны") && page.contains("правка&nbsp;— ann"), "{page}");
        assert!(app.page("/professions/front-end").await.contains("Имя от\u{a0}Анны"));
        let now = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let form = [&[("version", now.as_str())], &fields("Имя от Боба", "front-end", "web")[..]];
        led_to(bob.send(PROFESSION, &form.concat()).await).await;
        assert!(app.page("/professions/front-end").await.contains("Имя от\u{a0}Боба"));
        // The same holds for moving, adding and removing.
        for (path, form) in [
            (PROFESSION.to_owned(), vec![("action", "up")]),
            (format!("{PROFESSION}/middle/delete"), vec![("action", "delete")]),
            (format!("{PROFESSION}/delete"), vec![("action", "delete")]),
        ] {
            let form = [&[("version", read.as_str())], form.as_slice()].concat();
            assert_eq!(bob.send(&path, &form).await.status(), 409, "{path}");
        }
        assert_eq!(app.get("/professions/front-end/middle").await.status(), 200);
        assert_eq!(app.get("/professions/front-end/intern").await.status(), 404);
    }

    async fn a_profession_moves_within_its_track(app: TestApp) {
        let ann = app.editor("ann").await;
        let order = async || {
            let home = app.page("/").await;
            let shelf = between(&home, "id=\"web\"", "</section>").to_owned();
            ["front-end", "back-end", "full-stack"]
                .map(|slug| (shelf.find(&format!("\"/professions/{slug}\"")).unwrap(), slug))
                .into_iter()
                .collect::<std::collections::BTreeMap<_, _>>()
                .into_values()
                .collect::<Vec<_>>()
        };
        assert_eq!(order().await, ["front-end", "back-end", "full-stack"]);
        led_to(send(&ann, PROFESSION, &[("action", "down")]).await).await;
        assert_eq!(order().await, ["back-end", "front-end", "full-stack"]);
        led_to(send(&ann, "/admin/professions/full-stack", &[("action", "up")]).await).await;
        assert_eq!(order().await, ["back-end", "full-stack", "front-end"]);
        // It can't move past the end.
        led_to(send(&ann, PROFESSION, &[("action", "down")]).await).await;
        assert_eq!(order().await, ["back-end", "full-stack", "front-end"]);
    }

    async fn a_removed_grade_is_restored_with_its_history(app: TestApp) {
        let ann = app.editor("ann").await;
        let grade = format!("{PROFESSION}/middle");
        led_to(ann.save(&grade, "1", "- Написано до удаления").await).await;
        let ask = format!("{grade}/delete");
        assert!(ann.page(&ask).await.contains("Убрать грейд Мидл?"));
        led_to(send(&ann, &ask, &[("action", "delete")]).await).await;
        assert_eq!(app.get("/professions/front-end/middle").await.status(), 404);
        // An editor who has its form open keeps the typed text.
        let page = refused(ann.save(&grade, "2", "- Набрано зря?").await, 404).await;
        assert!(page.contains("Набранное сохранилось") && page.contains("- Набрано зря?"), "{page}");
        let trash = ann.page("/admin/trash").await;
        assert!(trash.contains("Фронтенд-разработчик: Мидл"), "{trash}");
        let [id, number] = ["profession", "grade"]
            .map(|name| between(&trash, &format!("name=\"{name}\" value=\""), "\"").to_owned());
        let form = [("profession", &*id), ("grade", &*number)];
        led_to(ann.send("/admin/trash", &form).await).await;
        assert!(app.page("/professions/front-end/middle").await.contains("Написано до\u{a0}удаления"));
        assert!(ann.page(&format!("{grade}/history")).await.contains("Версия 2"));
        led_to(ann.save(&grade, "2", "- Набрано не зря").await).await;
        // Repeating it succeeds.
        assert_eq!(ann.send("/admin/trash", &form).await.status(), 404);
        assert!(ann.page("/admin/trash").await.contains("Здесь пусто."));
    }

    async fn a_deleted_profession_is_fully_restored(app: TestApp) {
        let ann = app.editor("ann").await;
        led_to(ann.save(&format!("{PROFESSION}/senior"), "1", "- Сохранено раньше").await).await;
        let before = app.page("/professions/front-end").await;
        let ask = format!("{PROFESSION}/delete");
        assert!(ann.page(&ask).await.contains("9\u{a0}грейдов"));
        led_to(send(&ann, &ask, &[("action", "delete")]).await).await;
        for path in ["/professions/front-end", "/professions/front-end/middle", PROFESSION] {
            assert_eq!(ann.get(path).await.status(), 404, "{path}");
        }
        let trash = ann.page("/admin/trash").await;
        let id = between(&trash, "name=\"profession\" value=\"", "\"").to_owned();
        // It can't be restored while its address is taken.
        led_to(ann.send("/admin/new-profession", &fields("Другая", "front-end", "web")).await).await;
        let page = refused(ann.send("/admin/trash", &[("profession", &*id)]).await, 409).await;
        assert!(page.contains("адрес «front-end» есть или был у\u{a0}профессии «Другая»"), "{page}");
        led_to(send(&ann, PROFESSION, &fields("Другая", "drugaya", "web")).await).await;
        led_to(send(&ann, "/admin/professions/drugaya/delete", &[("action", "delete")]).await).await;
        led_to(ann.send("/admin/trash", &[("profession", &*id)]).await).await;
        assert_eq!(app.page("/professions/front-end").await, before);
        let history = ann.page(&format!("{PROFESSION}/senior/history")).await;
        assert!(history.contains("Версия 2"), "{history}");
    }

    async fn structure_and_texts_can_change_concurrently(app: TestApp) {
        let ann = app.editor("ann").await;
        let texts = async {
            for number in 0..30 {
                let (_, read) = ann.read(&format!("{PROFESSION}/senior")).await;
                let text = format!("- Правка {number}");
                led_to(ann.save(&format!("{PROFESSION}/senior"), &read, &text).await).await;
            }
        };
        let moves = async {
            for number in 0..30 {
                let action = if number % 2 == 0 { "up" } else { "down" };
                led_to(send(&ann, "/admin/professions/full-stack", &[("action", action)]).await).await;
            }
        };
        let grades = async {
            for _ in 0..10 {
                let add = [("action", "add"), ("level", "intern")];
                led_to(send(&ann, PROFESSION, &add).await).await;
                let ask = format!("{PROFESSION}/intern/delete");
                led_to(send(&ann, &ask, &[("action", "delete")]).await).await;
            }
        };
        crate::editing::all(vec![Box::pin(texts), Box::pin(moves), Box::pin(grades)]).await;
        assert!(app.page("/professions/front-end/senior").await.contains("Правка 29"));
    }

    async fn a_ladder_can_be_copied_from_another_profession(app: TestApp) {
        let ann = app.editor("ann").await;
        let path = "/admin/professions/ios";
        for source in ["nobody", "ios", "android", ""] {
            let answer = send(&ann, path, &[("source", source), ("action", "copy")]).await;
            let page = refused(answer, 422).await;
            assert!(page.contains("Выберите из\u{a0}списка профессию с\u{a0}лестницей."), "{source}");
            assert!(page.contains("<option value=\"devops\""), "{source}");
        }
        led_to(send(&ann, path, &[("source", "devops"), ("action", "copy")]).await).await;
        let (from, to) = (app.page("/professions/devops").await, app.page("/professions/ios").await);
        assert_eq!(to.matches("<section class=\"grade\"").count(), 6);
        for item in from.split("<li>").skip(1).filter(|item| item.contains("Kubernetes")) {
            let item = item.split("</li>").next().unwrap();
            assert!(item.contains("<a ") || to.contains(item), "{item}");
        }
        // The copy is independent of the original.
        led_to(ann.save(&format!("{path}/junior"), "1", "- Swift").await).await;
        assert!(!app.page("/professions/devops").await.contains("Swift"));
    }

    async fn tracks_are_created_renamed_moved_and_deleted(app: TestApp) {
        let ann = app.editor("ann").await;
        let path = "/admin/tracks";
        let of = async |slug: &str| {
            let page = ann.page(path).await;
            let rest = page.split_once(&format!("name=\"track\" value=\"{slug}\"")).unwrap().1;
            between(rest, "name=\"version\" value=\"", "\"").to_owned()
        };
        let change = async |slug: &str, action: &str, title: &str| {
            let version = of(slug).await;
            let form = [("track", slug), ("version", &*version), ("action", action), ("title", title)];
            ann.send(path, &form).await
        };
        led_to(ann.send(path, &[("title", "Дизайн"), ("action", "create")]).await).await;
        led_to(change("dizain", "up", "").await).await;
        led_to(change("web", "rename", "Веб").await).await;
        let page = ann.page(path).await;
        let places = ["python", "databases", "web", "dizain", "apps"];
        let places = places.map(|slug| page.find(&format!("name=\"track\" value=\"{slug}\"")));
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?}");
        assert!(app.page("/").await.contains("<h2 id=\"web-title\">Веб <span"));
        assert!(!app.page("/").await.contains("Дизайн"), "a track without professions is shown");
        for (slug, action, title, sentence) in [
            ("web", "rename", "", "Нужно название"),
            ("web", "rename", "Python", "Нужно название"),
        ] {
            let page = refused(change(slug, action, title).await, 422).await;
            assert!(page.contains(sentence), "{page}");
        }
        let version = of("web").await;
        let form = [("track", "web"), ("version", &*version), ("action", "delete"), ("confirmed", "yes")];
        assert!(refused(ann.send(path, &form).await, 422).await.contains("есть профессии"));
        let stale = [("track", "web"), ("version", "1"), ("action", "rename"), ("title", "Сайты")];
        let page = refused(ann.send(path, &stale).await, 409).await;
        assert!(page.contains("value=\"Сайты\""), "what was typed");
        let page = change("dizain", "delete", "").await.text().await.unwrap();
        assert!(page.contains("Удалить направление «Дизайн»?"), "{page}");
        assert!(ann.page(path).await.contains("Дизайн"), "gone before it was confirmed");
        let version = between(&page, "name=\"version\" value=\"", "\"");
        let form = [("track", "dizain"), ("version", version), ("action", "delete")];
        led_to(ann.send(path, &[&form[..], &[("confirmed", "yes")]].concat()).await).await;
        assert!(!ann.page(path).await.contains("Дизайн"));
    }

    async fn places_are_typed_and_the_page_says_what_moved_where(app: TestApp) {
        let ann = app.editor("ann").await;
        let path = "/admin/tracks";
        let order = async |path: &str| {
            let page = ann.page(path).await;
            let items = page.split("name=\"item\" value=\"").skip(1);
            items.map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let before = order(path).await;
        assert_eq!(before, ["python", "databases", "web", "apps"]);
        // The third is to be the first.
        let form = |shown: &[String], places: [&'static str; 4]| {
            let names = shown.iter().zip(places);
            let fields = names.flat_map(|(slug, place)| {
                [("item".to_owned(), slug.clone()), (format!("place-{slug}"), place.to_owned())]
            });
            fields.chain([("action".to_owned(), "order".to_owned())]).collect::<Vec<_>>()
        };
        let send = async |form: Vec<(String, String)>| {
            let form = form.iter().map(|(name, value)| (&**name, &**value)).collect::<Vec<_>>();
            ann.send(path, &form).await
        };
        let location = led_to(send(form(&before, ["1", "2", "1", "4"])).await).await;
        let page = ann.page(&location).await;
        assert!(page.contains("место 1\u{a0}из\u{a0}4."), "{page}");
        assert_eq!(order(path).await, ["web", "python", "databases", "apps"]);
        let home = app.page("/").await;
        assert!(home.find("id=\"web").unwrap() < home.find("id=\"python").unwrap());
        // The order that was read is not the present one any more.
        let stale = refused(send(form(&before, ["4", "2", "3", "1"])).await, 409).await;
        assert!(stale.contains("порядок или состав изменились"), "{stale}");
        let now = order(path).await;
        let wrong = refused(send(form(&now, ["1", "х", "3", "0"])).await, 422).await;
        assert!(wrong.contains("целое число") && wrong.contains("value=\"х\""), "{wrong}");
        let same = led_to(send(form(&now, ["1", "2", "3", "4"])).await).await;
        assert_eq!(same, format!("{path}?done=unchanged"));
        assert!(ann.page("/admin/tracks/web/history").await.contains("Изменён порядок"));
        // So it is with the professions of a track.
        let web = "/admin/tracks/web";
        let shown = order(web).await;
        assert_eq!(shown, ["front-end", "back-end", "full-stack"]);
        let places = ["3", "2", "1"];
        let mut fields = vec![("action", "order")];
        let names = shown.iter().map(|slug| format!("place-{slug}")).collect::<Vec<_>>();
        for ((slug, name), place) in shown.iter().zip(&names).zip(places) {
            fields.extend([("item", slug.as_str()), (name.as_str(), place)]);
        }
        let location = led_to(ann.send(web, &fields).await).await;
        assert!(ann.page(&location).await.contains("место 3\u{a0}из\u{a0}3"));
        assert_eq!(order(web).await, ["full-stack", "back-end", "front-end"]);
        assert!(ann.page(&format!("{PROFESSION}/history")).await.contains("Изменён порядок"));
    }

    async fn a_level_that_lies_in_the_trash_is_offered_back(app: TestApp) {
        let ann = app.editor("ann").await;
        let grade = format!("{PROFESSION}/middle");
        led_to(ann.save(&grade, "1", "- Написано раньше").await).await;
        let deleted = led_to(send(&ann, &format!("{grade}/delete"), &[("action", "delete")]).await).await;
        let page = ann.page(&deleted).await;
        assert!(page.contains("<a href=\"/admin/trash\">Открыть корзину</a>"), "{page}");
        let answer = send(&ann, PROFESSION, &[("level", "middle"), ("action", "add")]).await;
        let page = refused(answer, 200).await;
        assert!(page.contains("лежит в&nbsp;корзине"), "{page}");
        let id = |name: &str| between(&page, &format!("name=\"{name}\" value=\""), "\"").to_owned();
        let form = [("profession", &*id("profession")), ("grade", &*id("grade"))];
        led_to(ann.send("/admin/trash", &form).await).await;
        assert_eq!(ann.read(&grade).await.0, "- Написано раньше");
        led_to(send(&ann, &format!("{grade}/delete"), &[("action", "delete")]).await).await;
        let form = [("level", "middle"), ("empty", "yes"), ("action", "add")];
        led_to(send(&ann, PROFESSION, &form).await).await;
        assert_eq!(ann.read(&grade).await.0, "");
    }

    async fn spaces_and_tabs_in_a_title_are_folded(app: TestApp) {
        let ann = app.editor("ann").await;
        led_to(send(&ann, PROFESSION, &fields(" Фронтенд \t и  вёрстка ", "front-end", "web")).await).await;
        assert!(ann.page(PROFESSION).await.contains("value=\"Фронтенд и вёрстка\""));
    }

    async fn changes_of_professions_and_tracks_are_in_the_log(app: TestApp) {
        let ann = app.owner("ann").await;
        led_to(send(&ann, PROFESSION, &[("action", "add"), ("level", "intern")]).await).await;
        led_to(ann.send("/admin/tracks", &[("title", "Дизайн"), ("action", "create")]).await).await;
        let log = ann.page("/admin/audit?object=front-end").await;
        assert!(log.contains("Профессия изменена") && log.contains("Добавлен грейд стажёр"), "{log}");
        assert!(ann.page("/admin/audit?object=dizain").await.contains("Направление добавлено"));
    }

    async fn a_grade_changes_its_level_and_keeps_its_text_and_history(app: TestApp) {
        let ann = app.editor("ann").await;
        let path = "/admin/professions/devops";
        led_to(ann.save(&format!("{path}/middle"), "1", "- Переехало").await).await;
        let form = [("from", "middle"), ("to", "senior"), ("action", "relevel")];
        led_to(send(&ann, path, &form).await).await;
        assert_eq!(app.get("/professions/devops/middle").await.status(), 404);
        assert!(app.page("/professions/devops/senior").await.contains("Переехало"));
        assert!(ann.page(&format!("{path}/senior/history")).await.contains("Версия 2"));
        // A taken level is refused, and so is a missing grade.
        let history = ann.page(&format!("{path}/history")).await;
        for form in [
            &[("from", "senior"), ("to", "junior"), ("action", "relevel")][..],
            &[("level", "junior"), ("action", "add")][..],
        ] {
            let page = refused(send(&ann, path, form).await, 422).await;
            assert!(page.contains("Грейд этого уровня в\u{a0}лестнице уже есть."), "{page}");
        }
        assert_eq!(ann.page(&format!("{path}/history")).await, history);
        assert_eq!(app.get("/professions/devops/senior").await.status(), 200);
        let nothing = [("from", "middle-plus-plus"), ("to", "middle"), ("action", "relevel")];
        assert_eq!(send(&ann, path, &nothing).await.status(), 404);
        let unknown = [("from", "senior"), ("to", "master"), ("action", "relevel")];
        assert_eq!(send(&ann, path, &unknown).await.status(), 400);
    }

    async fn restoring_a_version_recognises_a_grade_that_changed_its_level(app: TestApp) {
        let ann = app.editor("ann").await;
        let path = "/admin/professions/devops";
        let history = format!("{path}/history");
        let form = [("from", "middle"), ("to", "senior"), ("action", "relevel")];
        led_to(send(&ann, path, &form).await).await;
        assert!(ann.page("/admin/trash").await.contains("Здесь пусто."));
        led_to(ann.save(&format!("{path}/senior"), "1", "- Новее").await).await;
        led_to(send(&ann, &format!("{history}?from=1&to=2"), &[("restore", "1")]).await).await;
        assert_eq!(app.get("/professions/devops/senior").await.status(), 404);
        assert!(app.page("/professions/devops/middle").await.contains("Новее"));
        // A removed grade is restored in its latest state, not its first.
        let ask = format!("{path}/middle/delete");
        led_to(send(&ann, &ask, &[("action", "delete")]).await).await;
        led_to(send(&ann, &format!("{history}?from=1&to=4"), &[("restore", "1")]).await).await;
        assert!(app.page("/professions/devops/middle").await.contains("Новее"));
        led_to(ann.save(&format!("{path}/middle"), "2", "- Ещё новее").await).await;
    }

    async fn every_version_of_a_profession_can_be_compared_and_restored(app: TestApp) {
        let ann = app.editor("ann").await;
        let path = format!("{PROFESSION}/history");
        assert!(ann.page(&path).await.contains("ещё не\u{a0}меняли"));
        led_to(send(&ann, PROFESSION, &fields("Другое имя", "front-end", "web")).await).await;
        let ask = format!("{PROFESSION}/middle/delete");
        led_to(send(&ann, &ask, &[("action", "delete")]).await).await;
        let page = ann.page(&path).await;
        assert!(page.contains("Версия 2") && page.contains("Убран грейд мидл"), "{page}");
        assert!(page.contains("<p class=\"removed\">") && page.contains("Грейд: Мидл"), "{page}");
        let page = ann.page(&format!("{path}?from=1&to=2")).await;
        assert!(page.contains("Другое имя"), "{page}");
        for query in ["?to=9", "?from=-5", "?to=2147483647", "?to=-2147483648"] {
            assert_eq!(ann.get(&format!("{path}{query}")).await.status(), 404, "{query}");
        }
        let stale = [("version", "1"), ("restore", "1")];
        refused(ann.send(&path, &stale).await, 409).await;
        led_to(send(&ann, &format!("{path}?from=1&to=3"), &[("restore", "1")]).await).await;
        let public = app.page("/professions/front-end").await;
        assert!(public.contains("<h1>Фронтенд-разработчик</h1>") && public.contains("id=\"middle\""));
        assert!(ann.page(&path).await.contains("Возвращена версия 1"));
    }

    async fn ladders_are_checked(app: TestApp) {
        let ann = app.editor("ann").await;
        let page = ann.page("/admin/check").await;
        let of = |title: &str| between(&page, &format!(">{title}</a></h2>"), "</section>").to_owned();
        assert!(of("PostgreSQL для аналитиков").contains("Стажёр ещё не&nbsp;описан"));
        // No ladder of its track has that level.
        assert!(!page.contains("Между грейдами пропущен синьор"), "{page}");
        assert!(!page.contains(">Бэкенд-разработчик (PHP)</a>"), "a ladder without findings is listed");
        assert_eq!(ann.get("/admin/check?page=2").await.status(), 404);
        assert_eq!(ann.get("/admin/check?page=x").await.status(), 400);
    }
}
