//! Ladders with scales of their own: every page, file and answer speaks the scale's names.

use grades::editors::tokens::Scope;
use reqwest::Method;
use serde_json::json;

use crate::app::{Editor, TestApp, between, header};

/// A ladder «TL1–TL3» on the three upper ranks, and the front end on «Инженер 1» to «Главный».
struct Site<'a> {
    ann: Editor<'a>,
}

const LEAD: &str = "/professions/lead";

async fn saved(answer: reqwest::Response) {
    let status = answer.status();
    assert_eq!(status, 303, "{}", answer.text().await.unwrap());
}

impl<'a> Site<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let site = Self { ann: app.owner("ann").await };
        let leads = [
            ("title", "Руководители"),
            ("title-senior", "TL1"),
            ("title-senior-plus", "TL2"),
            ("title-senior-plus-plus", "TL3"),
            ("base-senior-plus-plus", "yes"),
            ("action", "save"),
        ];
        saved(site.ann.send("/admin/new-scale", &leads).await).await;
        let engineers = [
            ("title", "Инженеры"),
            ("title-junior", "Инженер 1"),
            ("title-junior-plus", "Инженер 2"),
            ("title-junior-plus-plus", "Инженер 3"),
            ("title-middle", "Старший"),
            ("title-middle-plus", "Старший+"),
            ("title-middle-plus-plus", "Старший++"),
            ("title-senior", "Ведущий"),
            ("base-senior", "yes"),
            ("title-senior-plus", "Ведущий+"),
            ("title-senior-plus-plus", "Главный"),
            ("action", "save"),
        ];
        saved(site.ann.send("/admin/new-scale", &engineers).await).await;
        let lead = [
            ("title", "Руководитель разработки"),
            ("slug", "lead"),
            ("summary", ""),
            ("track", "web"),
            ("scale", "rukovoditeli"),
            ("action", "save"),
        ];
        saved(site.ann.send("/admin/new-profession", &lead).await).await;
        for level in ["senior", "senior-plus", "senior-plus-plus"] {
            let add = [("level", level), ("action", "add")];
            saved(site.send("/admin/professions/lead", &add).await).await;
        }
        for (level, text) in [
            ("tl1", "- Сильная экспертиза: Docker\n- Знакомство: Kubernetes"),
            (
                "tl2",
                "- Сильная экспертиза: Kubernetes\n- Наставничество: ученик вырос с джуна до мидла",
            ),
            ("tl3", "- Планирует бюджет\n- Сильная экспертиза: Docker"),
        ] {
            saved(site.ann.save(&format!("/admin/professions/lead/{level}"), "1", text).await)
                .await;
        }
        let front_end = [
            ("title", "Фронтенд-разработчик"),
            ("slug", "front-end"),
            ("summary", "Интерфейсы в браузере"),
            ("track", "web"),
            ("scale", "inzhenery"),
            ("action", "save"),
        ];
        saved(site.send("/admin/professions/front-end", &front_end).await).await;
        site
    }

    /// Sends a form with the current version of its page.
    async fn send(&self, path: &str, form: &[(&str, &str)]) -> reqwest::Response {
        let page = self.ann.page(path).await;
        let version = between(&page, "name=\"version\" value=\"", "\"");
        self.ann.send(path, &[&[("version", version)], form].concat()).await
    }
}

/// A page with ordinary spaces.
async fn plain(app: &TestApp, path: &str) -> String {
    app.page(path).await.replace("&nbsp;", " ").replace('\u{a0}', " ")
}

/// Where an answer leads on for good.
async fn moved(app: &TestApp, path: &str) -> String {
    let answer = app.get(path).await;
    assert_eq!(answer.status(), 308, "{path}");
    header(&answer, "location").to_owned()
}

/// Whether a page has none of the usual names of the ranks that the ladder uses.
fn assert_own_names(page: &str) {
    for usual in ["Синьор", "синьор", "/senior"] {
        let body = between(page, "<main", "</main>");
        assert!(!body.contains(usual), "{usual} in {body}");
    }
}

on_both_databases! {
    async fn pages_of_a_ladder_speak_its_scale(app: TestApp) {
        let _site = Site::new(&app).await;
        let ladder = plain(&app, LEAD).await;
        assert!(ladder.contains("<a href=\"/professions/lead/tl2\">TL2</a>"), "{ladder}");
        assert!(ladder.contains("от грейда «TL1» до грейда «TL3»."), "the meta description");
        // The addresses within the page outlive new names.
        assert!(ladder.contains("id=\"senior-plus\""));
        let grade = plain(&app, "/professions/lead/tl2").await;
        assert!(grade.contains("<title>Руководитель разработки: TL2"), "{grade}");
        assert!(grade.contains("<li aria-current=\"page\">TL2</li>"));
        assert!(grade.contains("Грейд TL2 в профессии «Руководитель разработки»: 2 новых требования"));
        assert!(grade.contains("Что добавит <a href=\"/professions/lead/tl3\">TL3</a>"));
        assert!(grade.contains("Предыдущий грейд</span> TL1"));
        assert!(grade.contains("», TL1</span>") && grade.contains("level-9"), "{grade}");
        assert_own_names(&grade);
        let home = plain(&app, "/").await;
        assert!(home.contains("<span class=\"name\">TL3</span>") && home.contains("<span class=\"name\">Главный</span>"));
        assert!(home.contains("Уровни разных профессий сопоставлены по рангу."));
        let map = app.page("/sitemap.xml").await;
        assert!(map.contains("/professions/lead/tl1</loc>") && map.contains("/professions/front-end/inzhener-1</loc>"));
        assert!(!map.contains("/professions/front-end/junior</loc>") && map.contains("/professions/back-end/junior</loc>"));
    }

    async fn a_former_and_a_usual_address_lead_to_the_present_one(app: TestApp) {
        let site = Site::new(&app).await;
        assert_eq!(moved(&app, "/professions/lead/senior-plus").await, "/professions/lead/tl2");
        assert_eq!(moved(&app, "/professions/lead/senior+").await, "/professions/lead/senior-plus");
        assert_eq!(app.get("/professions/lead/junior").await.status(), 404);
        assert_eq!(app.get("/professions/lead/boss").await.status(), 404);
        assert_eq!(app.get("/professions/back-end/tl2").await.status(), 404);
        let renamed = [
            ("title", "Руководители"),
            ("title-senior", "TL1"),
            ("title-senior-plus", "Lead 2"),
            ("title-senior-plus-plus", "TL2"),
            ("action", "save"),
        ];
        saved(site.send("/admin/scales/rukovoditeli", &renamed).await).await;
        // What is an address of another level now does not lead to the former one.
        assert!(plain(&app, "/professions/lead/tl2").await.contains("Руководитель разработки: TL2"));
        assert_eq!(moved(&app, "/professions/lead/tl3").await, "/professions/lead/tl2");
        assert_eq!(moved(&app, "/professions/lead/senior-plus").await, "/professions/lead/lead-2");
        // Restoring takes the former names, and the latest ones become former.
        let history = "/admin/scales/rukovoditeli/history";
        saved(site.ann.send(history, &[("version", "2"), ("restore", "1")]).await).await;
        assert_eq!(moved(&app, "/professions/lead/lead-2").await, "/professions/lead/tl2");
        // The same for the pages of editors, forms included.
        let answer = site.ann.get("/admin/professions/lead/lead-2").await;
        assert_eq!((answer.status().as_u16(), header(&answer, "location")), (308, "/admin/professions/lead/tl2"));
        for page in ["history", "delete"] {
            let answer = site.ann.get(&format!("/admin/professions/lead/senior-plus/{page}")).await;
            assert_eq!(header(&answer, "location"), format!("/admin/professions/lead/tl2/{page}"));
        }
        let answer = site.ann.save("/admin/professions/lead/lead-2", "2", "- Набрано").await;
        assert_eq!(answer.status(), 409);
        let page = answer.text().await.unwrap();
        assert!(page.contains("- Набрано") && page.contains("/admin/professions/lead/tl2"));
        // Parameters are understood as well.
        for name in ["lead/tl2", "lead/lead-2", "lead/senior-plus", "lead/senior%2B"] {
            let page = plain(&app, &format!("/compare?from=lead/tl1&to={name}")).await;
            assert!(page.contains("Руководитель разработки: TL2"), "{name}");
        }
    }

    async fn comparing_and_checking_speak_the_scales(app: TestApp) {
        let _site = Site::new(&app).await;
        let form = plain(&app, "/compare").await;
        assert!(form.contains("<option value=\"lead\">Руководитель разработки</option>") && form.contains("<option value=\"tl2\">TL2</option>"), "{form}");
        let compared = plain(&app, "/compare?from=front-end/vedushchii&to=lead/tl2").await;
        assert!(compared.contains("Фронтенд-разработчик: Ведущий") && compared.contains("Руководитель разработки: TL2"), "{compared}");
        assert!(compared.contains("href=\"/professions/lead/tl2#senior-plus-"));
        let check = plain(&app, "/check?profession=lead&grade=senior-plus").await;
        assert!(check.contains("name=\"grade\" value=\"tl2\"") && check.contains("<h1>"));
        assert_own_names(&check);
        let result = plain(&app, "/check?profession=lead&grade=tl2&yes=").await;
        assert!(result.contains("<a href=\"/professions/lead/tl1\">TL1</a>"), "{result}");
        let sheet = plain(&app, "/defence?profession=lead&grade=tl2&earlier=all").await;
        assert!(sheet.contains("Новое на грейде TL2") && sheet.contains("<span class=\"origin-level\">TL1</span>"), "{sheet}");
        assert_own_names(&sheet);
        let file = app.get("/defence.md?profession=lead&grade=senior-plus&earlier=all").await;
        assert!(header(&file, "content-disposition").contains("defence-lead-tl2.md"));
        let file = file.text().await.unwrap();
        assert!(file.contains("TL2") && file.contains("(TL1)") && !file.contains("иньор"), "{file}");
    }

    async fn plans_and_pay_speak_the_scale(app: TestApp) {
        let _site = Site::new(&app).await;
        let query = "profession=lead&grade=tl1&since=2026-05-31&to=tl3";
        let plan = plain(&app, &format!("/plan?{query}")).await;
        assert!(plan.contains("TL1 с 31 мая 2026"), "{plan}");
        assert!(plan.contains("Защищать грейд «TL2» можно не раньше"));
        assert!(plan.contains("весь путь до грейда «TL3»"));
        assert!(plan.contains("<option value=\"tl1\" selected>TL1</option>"));
        assert!(plan.contains("<optgroup label=\"Другие уровни\">") && plan.contains("<optgroup label=\"Руководитель разработки\">"));
        assert_eq!(plan.matches(" selected>").count(), 3, "{plan}");
        let usual = plain(&app, "/plan?profession=lead&grade=senior&since=2026-05-31&to=senior%2B%2B").await;
        assert!(usual.contains("TL1 с 31 мая 2026") && usual.contains(&format!("/plan.ics?{}", query.replace('&', "&#38;"))));
        let file = app.get(&format!("/plan.ics?{query}")).await;
        assert!(header(&file, "content-disposition").contains("plan-lead-tl3.ics"));
        let file = file.text().await.unwrap().replace("\r\n ", "");
        assert!(file.contains("SUMMARY:Можно защищать грейд «TL2»: Руководитель разработки"), "{file}");
        assert!(file.contains("/professions/lead/tl2"));
        let wrong = app.get("/plan?profession=lead&grade=junior&since=2026-05-31&to=tl3").await;
        assert_eq!(wrong.status(), 422);
        assert!(wrong.text().await.unwrap().replace('\u{a0}', " ").contains("нет грейда «джун». Есть: TL1, TL2, TL3."));
        let last = app.get("/plan?profession=lead&grade=tl3&since=2026-05-31&to=tl3").await;
        assert!(last.text().await.unwrap().replace('\u{a0}', " ").contains("TL3 — верхний грейд"));
        let pay = plain(&app, "/salary?profession=lead&floor=100000&ceiling=200000").await;
        // The scale says that TL3 opens a base level and that TL2 does not.
        assert!(pay.contains("<td>внутри уровня «TL1»</td>") && pay.contains("<td>новый основной уровень</td>"), "{pay}");
        assert!(pay.contains("по возрастанию прибавки: внутри уровня «TL1», новый основной уровень."));
        assert!(between(&pay, "<svg class=\"chart\"", "</svg>").contains(">TL3</text>"));
    }

    async fn tables_line_up_by_rank(app: TestApp) {
        let _site = Site::new(&app).await;
        let by_rank = "Уровни разных профессий сопоставлены по рангу.";
        let matrix = plain(&app, "/matrix").await;
        assert!(matrix.contains(by_rank));
        let row = between(&matrix, "Руководитель разработки</a>", "</tr>");
        assert!(row.contains("href=\"/professions/lead/tl1\"") && row.contains("TL1</span>"), "{row}");
        assert_eq!(row.matches("class=\"none\"").count(), 7);
        let other = plain(&app, "/matrix?track=python").await;
        assert!(!other.contains(by_rank) && !other.contains("own-name"));
        let file = app.page("/matrix.csv").await;
        assert!(file.contains("Руководитель разработки,,,,,,,,TL1: 2,TL2: 2,TL3: 2"), "{file}");
        let skills = plain(&app, "/matrix?profession=lead").await;
        assert!(skills.contains("<a class=\"level-8\" href=\"/professions/lead/tl1\">TL1</a>"), "{skills}");
        assert!(app.page("/matrix.csv?profession=lead").await.contains("Навык,Категория,TL1,TL2,TL3"));
        let across = plain(&app, "/compare?level=senior").await;
        assert!(across.contains(by_rank) && across.contains("<h1>Синьор во всех профессиях</h1>"));
        assert!(across.contains("<a href=\"/professions/lead/tl1\">Руководитель разработки</a> <span class=\"own-name\">TL1</span>"), "{across}");
        assert!(!plain(&app, "/compare?level=senior&track=python").await.contains(by_rank));
    }

    async fn own_names_are_found_and_usual_ones_find_usual_ladders(app: TestApp) {
        let site = Site::new(&app).await;
        let found = plain(&app, "/search?q=TL2&kind=grade").await;
        assert!(found.contains("<a href=\"/professions/lead/tl2\">Руководитель разработки: TL2</a>"), "{found}");
        let found = plain(&app, "/search?q=%D0%B2%D0%B5%D0%B4%D1%83%D1%89%D0%B5%D0%B3%D0%BE&kind=grade").await;
        assert!(found.contains("Фронтенд-разработчик: Ведущий</a>"), "{found}");
        let found = plain(&app, "/search?q=senior&kind=grade").await;
        assert!(!found.contains("/lead/") && found.contains("/professions/back-end/senior"), "{found}");
        let filtered = plain(&app, "/search?q=Docker&level=senior&kind=requirement").await;
        assert!(filtered.contains("/professions/lead/tl1#senior-"), "{filtered}");
        let skill = plain(&app, "/skills/kubernetes").await;
        assert!(skill.contains(">TL2</a>") && skill.contains("/professions/lead/tl1#senior-"), "{skill}");
        let mentoring = plain(&app, "/mentoring").await;
        assert!(mentoring.contains("<a href=\"/professions/lead/tl2\">Руководитель разработки: TL2</a>"), "{mentoring}");
        // A new name is found at once, the former one no longer.
        let renamed = [
            ("title", "Руководители"),
            ("title-senior", "E5"),
            ("title-senior-plus", "TL2"),
            ("title-senior-plus-plus", "TL3"),
            ("action", "save"),
        ];
        saved(site.send("/admin/scales/rukovoditeli", &renamed).await).await;
        assert!(plain(&app, "/search?q=E5&kind=grade").await.contains("Руководитель разработки: E5"));
        assert!(!plain(&app, "/search?q=TL1&kind=grade").await.contains("/lead/e5"));
    }

    async fn editors_read_the_names_of_the_scale(app: TestApp) {
        let site = Site::new(&app).await;
        let ann = &site.ann;
        let form = ann.page("/admin/professions/lead").await;
        assert!(form.contains("<a href=\"/admin/professions/lead/tl1\">TL1</a>"), "{form}");
        assert!(ann.page("/admin/professions/lead/tl2").await.contains("<h1>Руководитель разработки: TL2</h1>"));
        assert!(ann.page("/admin").await.contains("разработки: TL3</a>"));
        let history = ann.page("/admin/professions/lead/tl2/history").await;
        assert!(history.contains("Руководитель разработки, TL2"), "{history}");
        let log = ann.page("/admin/audit").await;
        assert!(log.contains("lead/tl2") && log.contains("/admin/professions/lead/tl2/history"), "{log}");
        assert!(log.contains("Добавлен грейд TL3"));
        let page = ann.page("/admin/professions/lead/tl3/delete").await;
        assert!(page.contains("<h1>Убрать грейд TL3?</h1>"));
        let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let form = [("version", &*version), ("action", "delete")];
        saved(ann.send("/admin/professions/lead/tl3/delete", &form).await).await;
        let trash = ann.page("/admin/trash").await;
        assert!(trash.contains("Руководитель разработки: TL3"), "{trash}");
        let history = ann.page("/admin/professions/lead/history").await;
        assert!(history.contains("Убран грейд TL3") && history.contains("Грейд: TL1"), "{history}");
        assert!(ann.page("/admin/check").await.contains("Главный") || !ann.page("/admin/check").await.contains("иньор++"));
    }

    async fn programs_read_the_scale_and_understand_its_addresses(app: TestApp) {
        let _site = Site::new(&app).await;
        let api = "/api/v1/graders";
        let lead = app.read(&format!("{api}/professions/lead")).await;
        assert_eq!(lead["scale"], json!("rukovoditeli"));
        let grade = &lead["grades"][1];
        assert_eq!((&grade["level_name"], &grade["level_title"]), (&json!("senior+"), &json!("TL2")));
        let usual = app.read(&format!("{api}/professions/back-end")).await;
        assert_eq!((&usual["scale"], &usual["grades"][0]["level_title"]), (&json!(null), &json!("Джун")));
        let scales = app.read(&format!("{api}/scales")).await;
        assert_eq!(scales["items"][1]["slug"], json!("rukovoditeli"));
        let level = json!({"level_name": "senior+", "title": "TL2", "slug": "tl2", "is_base": false});
        assert_eq!(scales["items"][1]["levels"][1], level);
        assert_eq!(scales["items"][1]["professions"], json!(1));
        let usual = app.read(&format!("{api}/compare?from=lead/senior&to=lead/senior%2B")).await;
        let own = app.read(&format!("{api}/compare?from=lead/tl1&to=lead/tl2")).await;
        assert_eq!(own, usual);
        assert_eq!(app.get(&format!("{api}/compare?from=lead/tl1&to=lead/boss")).await.status(), 404);
        let listed = app.read(&format!("{api}/grades?profession=lead&level=senior")).await;
        assert_eq!(listed["items"][0]["level_title"], json!("TL1"));
    }

    async fn programs_choose_a_scale(app: TestApp) {
        let _site = Site::new(&app).await;
        let token = app.token("HR", Scope::Write);
        let send = async |method: Method, path: &str, body: serde_json::Value| {
            let request = app.request(method, &format!("/api/v1/graders{path}")).bearer_auth(&token);
            let request = request.header("content-type", "application/json").header("if-match", "*");
            let answer = request.body(body.to_string()).send().await.unwrap();
            (answer.status().as_u16(), serde_json::from_str::<serde_json::Value>(&answer.text().await.unwrap()).unwrap())
        };
        let new = json!({"slug": "head", "title": "Директор", "track": "web", "scale": "rukovoditeli", "grades": [{"level_name": "senior"}]});
        let (status, made) = send(Method::POST, "/professions", new).await;
        assert_eq!((status, &made["scale"], &made["grades"][0]["level_title"]), (201, &json!("rukovoditeli"), &json!("TL1")), "{made}");
        for (method, path, body, pointer) in [
            (Method::POST, "/professions", json!({"slug": "x", "title": "X", "track": "web", "scale": "nowhere"}), "/scale"),
            (Method::POST, "/professions", json!({"slug": "x", "title": "X", "track": "web", "scale": "rukovoditeli", "grades": [{"level_name": "senior"}, {"level_name": "junior"}]}), "/grades/1/level_name"),
            (Method::PATCH, "/professions/back-end", json!({"scale": "rukovoditeli"}), "/scale"),
            (Method::POST, "/professions/head/grades", json!({"level_name": "junior"}), "/level_name"),
        ] {
            let (status, problem) = send(method, path, body).await;
            assert_eq!((status, &problem["errors"][0]["pointer"]), (409, &json!(pointer)), "{problem}");
        }
        let (status, patched) = send(Method::PATCH, "/professions/head", json!({"title": "Директор по разработке"})).await;
        assert_eq!((status, &patched["scale"]), (200, &json!("rukovoditeli")));
        let (status, patched) = send(Method::PATCH, "/professions/head", json!({"scale": null})).await;
        assert_eq!((status, &patched["scale"], &patched["grades"][0]["level_title"]), (200, &json!(null), &json!("Синьор")));
    }
}
