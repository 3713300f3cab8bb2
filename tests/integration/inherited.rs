//! What ladders inherit, on every page, in files and in the API: a base that three professions include,
//! and a fork that goes on from one of them.

use serde_json::{Value, json};

use crate::api::Program;
use crate::app::{Editor, TestApp, between};

const ROOT: &str = "/api/v1/graders";

/// The ladders of the test: `base`, included whole by `one`, `two` and `three`, and `lead`, which goes on
/// from the senior of `one`.
async fn make(app: &TestApp) -> Program<'_> {
    let program = app.writer();
    let grade = |(level, text): &(&str, &str)| json!({"level_name": level, "description": text});
    let make = async |slug: &str, title: &str, grades: &[(&str, &str)], includes: Value| {
        let new = json!({
            "slug": slug, "title": title, "track": "web", "includes": includes,
            "grades": grades.iter().map(grade).collect::<Vec<_>>(),
        });
        let made = program.post(&format!("{ROOT}/professions"), &new).await;
        assert_eq!(made.status(), 201, "{slug}: {}", made.text().await.unwrap());
    };
    let base = [
        ("junior", "- Знакомство: Git\n- ООП\n- REST\n- Agile\n- CI/CD\n- SSH"),
        (
            "middle",
            "- Средний уровень: Git\n- Наставничество: ученик вырос с джуна до мидла\n- Базовая безопасность",
        ),
    ];
    make("base", "Общее для инженеров", &base, json!(null)).await;
    for (slug, title) in [("one", "Первая"), ("two", "Вторая"), ("three", "Третья")]
    {
        let own = [
            ("junior", format!("- Своё джуна {slug}\n- SSH")),
            ("middle", format!("- Своё мидла {slug}")),
            ("senior", format!("- Сильная экспертиза: Git\n- Своё синьора {slug}")),
        ];
        let own = own.each_ref().map(|(level, text)| (*level, text.as_str()));
        make(slug, title, &own, json!({"slug": "base", "up_to": null})).await;
    }
    let lead = [
        ("junior", "- Нанимает людей"),
        ("middle", "- Ведёт бюджет"),
        ("senior", "- Отвечает за отдел"),
    ];
    make("lead", "Руководитель разработки", &lead, json!({"slug": "one", "up_to": "senior"})).await;
    program
}

/// A page without no-break spaces.
async fn page(app: &TestApp, path: &str) -> String {
    app.page(path).await.replace("&nbsp;", " ").replace('\u{a0}', " ")
}

/// The text of a page, without tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, rest)| rest));
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn grade_id(app: &TestApp, profession: &str, level: &str) -> i64 {
    let ladder = app.read(&format!("{ROOT}/professions/{profession}/grades")).await;
    let grades = ladder["items"].as_array().unwrap();
    let found = grades.iter().find(|grade| grade["level_name"] == level).unwrap();
    found["grade_id"].as_i64().unwrap()
}

/// The accumulated requirements of a grade, each with the profession and the level it comes from.
async fn accumulated(
    app: &TestApp,
    profession: &str,
    level: &str,
) -> Vec<(String, String, String)> {
    let id = grade_id(app, profession, level).await;
    let grade = app.read(&format!("{ROOT}/grades/{id}?accumulated=true")).await;
    let text = |asked: &Value, name: &str| asked[name].as_str().unwrap().to_owned();
    let asked = grade["accumulated"].as_array().unwrap().iter();
    asked
        .map(|asked| (text(asked, "profession"), text(asked, "level_name"), text(asked, "text")))
        .collect()
}

/// Saves the description of a grade as an editor.
async fn save(editor: &Editor<'_>, path: &str, text: &str) {
    let (_, version) = editor.read(path).await;
    assert_eq!(editor.save(path, &version, text).await.status(), 303);
}

on_both_databases! {
    async fn a_grade_page_shows_what_it_inherits_with_its_origin(app: TestApp) {
        make(&app).await;
        let html = page(&app, "/professions/one/junior").await;
        let new = between(&html, "<section class=\"new\"", "<aside");
        let link = "<a href=\"/professions/base/junior\">Общее для инженеров: Джун</a>";
        assert!(new.contains(link) && new.contains("id=\"base-junior-"), "{new}");
        for word in ["ООП", "REST", "Agile", "SSH", "Своё джуна one"] {
            assert!(new.contains(word), "{word}");
        }
        // SSH is asked by both and counts once.
        assert!(text(&html).contains("7 новых требований."), "{}", text(&html));
        let following = between(&html, "<aside class=\"following\"", "</aside>");
        assert!(text(following).contains("И ещё 3 требования: Общее для инженеров: Мидл"), "{following}");

        let html = page(&app, "/professions/lead/junior").await;
        let new = between(&html, "<section class=\"new\"", "<aside");
        assert!(new.contains("Нанимает людей") && !new.contains("ООП"), "{new}");
        let before = html.split_once("<section class=\"accumulated\"").unwrap().1;
        for link in [
            "<a href=\"/professions/one/senior\">Первая: Синьор</a>",
            "<a href=\"/professions/base/middle\">Общее для инженеров: Мидл</a>",
            "<a href=\"/professions/base/junior\">Общее для инженеров: Джун</a>",
        ] {
            assert!(before.contains(link), "{link} in {before}");
        }
        // What is asked more deeply in a ladder above supersedes what the base asks.
        assert!(text(before).contains("заменяет «Знакомство: Git», джун, «Общее для инженеров»"), "{before}");
        let ids = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        let ids = ids.collect::<Vec<_>>();
        let unique = ids.iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(ids.len(), unique.len(), "{ids:?}");
    }

    async fn a_ladder_page_tells_what_it_includes_and_what_goes_on_from_it(app: TestApp) {
        make(&app).await;
        let one = page(&app, "/professions/one").await;
        let link = "Включает лестницу <a href=\"/professions/base\">«Общее для инженеров»</a>.";
        assert!(one.contains(link), "{one}");
        let link = "Дальше: <a href=\"/professions/lead\">«Руководитель разработки»</a> — с синьора.";
        assert!(one.contains(link), "{one}");
        assert!(!one.contains("Входит в:"));
        // SSH is in the own list, which tells that the base asks it.
        assert!(text(&one).contains("SSH уже требуется: джун, «Общее для инженеров»"), "{}", text(&one));
        assert!(text(&one).contains("И ещё 5 требований: Общее для инженеров: Джун"), "{}", text(&one));
        let lead = page(&app, "/professions/lead").await;
        let link = "Продолжает лестницу <a href=\"/professions/one\">«Первая»</a> с синьора.";
        assert!(lead.contains(link), "{lead}");
        let base = text(&page(&app, "/professions/base").await);
        let ladders = "Входит в: «Первая», «Вторая», «Третья», «Руководитель разработки».";
        assert!(base.contains(ladders), "{base}");
    }

    async fn counts_include_what_is_inherited_once(app: TestApp) {
        make(&app).await;
        let home = page(&app, "/").await;
        let card = between(&home, "/professions/one\">", "</ol>");
        assert!(text(card).contains("Джун 7 требований") || text(card).contains("Джун7"), "{}", text(card));
        let csv = app.page("/matrix.csv").await;
        let row = |title: &str| csv.lines().find(|line| line.contains(title)).unwrap().to_owned();
        assert!(row("Первая").ends_with("Первая,,7,,,4,,,2,,"), "{}", row("Первая"));
        assert!(row("Руководитель").ends_with(",,1,,,1,,,1,,"), "{}", row("Руководитель"));
    }

    async fn a_comparison_carries_the_base_over(app: TestApp) {
        make(&app).await;
        let compared = app.read(&format!("{ROOT}/compare?from=one/junior&to=two/junior")).await;
        let carried = compared["carried_over"].as_array().unwrap();
        assert!(carried.iter().any(|asked| asked["text"] == "REST" && asked["profession"] == "base"));
        let added = compared["added"].as_array().unwrap();
        let added = added.iter().map(|added| added["requirement"]["text"].as_str().unwrap());
        assert_eq!(added.collect::<Vec<_>>(), ["Своё джуна two"]);
        let html = page(&app, "/compare?from=one/junior&to=one/middle").await;
        let link = "<a class=\"origin-level\" href=\"/professions/base/middle#middle-";
        assert!(html.contains(link) && html.contains("мидл, «Общее для инженеров»"), "{html}");
        let across = page(&app, "/compare?level=junior&track=web").await;
        let row = between(&across, ">Git<", "</tr>");
        // The base and the three that include it; the fork has it from its first grade on.
        assert_eq!(row.matches("знакомство").count(), 4, "{row}");
        assert_eq!(row.matches("сильная экспертиза").count(), 1, "{row}");
    }

    async fn what_a_grade_repeats_is_not_new(app: TestApp) {
        make(&app).await;
        let ann = app.editor("ann").await;
        save(&ann, "/admin/professions/lead/middle", "- Ведёт бюджет\n- ООП").await;
        let html = page(&app, "/professions/lead/middle").await;
        let id = html.split("id=\"base-junior-").nth(1).unwrap().split('"').next().unwrap();
        assert!(html.contains("уже требуется: <a href=\"/professions/base/junior#junior-"), "{id} {html}");
        assert!(text(&html).contains("ООП уже требуется: джун, «Общее для инженеров»"), "{html}");
        let html = page(&app, "/professions/lead/junior").await;
        let following = between(&html, "<aside class=\"following\"", "</aside>");
        assert!(following.contains("Ведёт бюджет") && !following.contains("ООП"), "{following}");
        let compared = page(&app, "/compare?from=lead/junior&to=lead/middle").await;
        assert!(!compared.contains("id=\"known\""), "{compared}");
        let plan = "/plan?profession=lead&grade=junior&since=01.03.2026&to=middle";
        let plan = text(&page(&app, plan).await);
        assert!(plan.contains("1 новое требование") && !plan.contains("ООП"), "{plan}");
        let asked = accumulated(&app, "lead", "middle").await;
        assert_eq!(asked.iter().filter(|(.., text)| text == "ООП").count(), 1);
    }

    async fn a_sheet_keeps_what_is_in_no_block_apart(app: TestApp) {
        make(&app).await;
        let ann = app.editor("ann").await;
        save(&ann, "/admin/professions/base/junior", "## Технологии\n\n- Сеть").await;
        let sheet = app.page("/defence.md?profession=one&grade=junior").await;
        let rows = sheet.lines().filter(|line| line.starts_with("| ")).skip(1);
        let rows = rows.map(|row| row.split(" | ").nth(1).unwrap().to_owned()).collect::<Vec<_>>();
        let base = "Сеть (Общее для инженеров: Джун)";
        assert_eq!(rows, ["**Технологии**", base, "**Джун**", "Своё джуна one", "SSH"]);
        let html = page(&app, "/defence?profession=one&grade=junior").await;
        let group = "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"8\">Джун</th></tr>";
        assert!(html.contains(group), "{html}");
    }

    async fn a_fork_is_checked_planned_and_defended_with_what_it_goes_on_from(app: TestApp) {
        make(&app).await;
        let ids = app.read(&format!("{ROOT}/professions/base")).await;
        let rest = ids["grades"][0]["requirements"].as_array().unwrap();
        let rest = rest.iter().find(|asked| asked["text"] == "REST").unwrap()["id"].as_str().unwrap();
        let form = page(&app, "/check?profession=lead&grade=middle").await;
        assert!(form.contains(&format!("name=\"{rest}\"")), "{form}");
        assert!(form.contains("Общее для инженеров: Джун") && form.contains("Первая: Синьор"));
        assert_eq!(form.matches("<fieldset ").count(), 13, "{}", text(&form));
        let result = page(&app, &format!("/check?profession=lead&grade=middle&yes={rest}")).await;
        assert!(text(&result).contains("Осталось 12 требований из 13"), "{}", text(&result));
        assert!(text(&result).contains("REST джун, «Общее для инженеров»"), "{}", text(&result));

        let sheet = app.page("/defence.md?profession=lead&grade=middle").await;
        assert!(sheet.contains("Ведёт бюджет") && !sheet.contains("REST"), "{sheet}");
        let sheet = app.page("/defence.md?profession=lead&grade=middle&earlier=all").await;
        assert!(sheet.contains("REST (Общее для инженеров: Джун)"), "{sheet}");
        assert!(sheet.contains("Своё синьора one (Первая: Синьор)"), "{sheet}");
        // What an included base asks at the level of a grade is defended with it.
        let sheet = app.page("/defence.md?profession=one&grade=middle").await;
        assert!(sheet.contains("Базовая безопасность (Общее для инженеров: Мидл)"), "{sheet}");
        assert!(!sheet.contains("REST"), "{sheet}");

        let plan = "profession=lead&grade=junior&since=01.06.2026&to=senior";
        let html = page(&app, &format!("/plan?{plan}")).await;
        assert!(text(&html).contains("Впереди 2 защиты и 2 новых требования"), "{}", text(&html));
        let known = "Уже требуется: Первая до синьора, 11 требований.";
        assert!(text(&html).contains(known), "{}", text(&html));
        let plan = "profession=one&grade=junior&since=01.06.2026&to=senior";
        let html = text(&page(&app, &format!("/plan?{plan}")).await);
        assert!(html.contains("Общее для инженеров: Мидл") && html.contains("Базовая безопасность"), "{html}");
        assert!(html.contains("Впереди 2 защиты и 6 новых требований"), "{html}");
        let calendar = app.page(&format!("/plan.ics?{plan}")).await.replace("\r\n ", "");
        assert!(calendar.contains("Общее для инженеров: Мидл"), "{calendar}");
        assert!(calendar.contains("Базовая безопасность"), "{calendar}");
    }

    async fn skills_are_found_in_the_base_once_and_at_all_that_include_it(app: TestApp) {
        make(&app).await;
        let html = page(&app, "/skills/git").await;
        let rows = html.split("<tbody>").filter(|rows| rows.contains("/professions/base/junior#"));
        let rows = rows.collect::<Vec<_>>();
        assert_eq!(rows.len(), 1, "{html}");
        let base = text(rows[0].split("</tbody>").next().unwrap());
        let also = "входит и в «Первая», «Вторая», «Третья», «Руководитель разработки»";
        assert_eq!(base.matches(also).count(), 2, "{base}");
        let skill = app.read(&format!("{ROOT}/skills/git")).await;
        let steps = |slug: &str| {
            let found = skill["appearances"].as_array().unwrap().iter();
            let found = found.filter(|found| found["profession"] == slug).collect::<Vec<_>>();
            assert_eq!(found.len(), 1, "{slug}");
            let steps = found[0]["steps"].as_array().unwrap().iter();
            steps.map(|step| (step["level_name"].clone(), step["depth"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(steps("base").len(), 2);
        let step = |level: &str, depth: &str| (json!(level), json!(depth));
        let deepening = [
            step("junior", "acquaintance"),
            step("middle", "working_knowledge"),
            step("senior", "strong_expertise"),
        ];
        assert_eq!(steps("two"), deepening);
        assert_eq!(steps("lead"), [step("junior", "strong_expertise")]);
        let matrix = page(&app, "/matrix?profession=lead").await;
        assert!(between(&matrix, ">Git<", "</tr>").contains("сильная экспертиза"), "{matrix}");
        let csv = app.page("/matrix.csv?profession=one").await;
        assert!(csv.contains("Git,") && csv.contains("знакомство,средний уровень,сильная экспертиза"), "{csv}");

        let found = page(&app, "/search?q=ООП").await;
        assert_eq!(found.matches("/professions/base/junior#").count(), 1, "{found}");
        assert!(text(&found).contains("Входит и в «Первая», «Вторая», «Третья»"), "{}", text(&found));
        let found = app.read(&format!("{ROOT}/search?q=Agile")).await;
        let hits = found["items"].as_array().unwrap().iter();
        let hit = hits.clone().find(|hit| hit["profession"] == "base").unwrap();
        assert_eq!(hit["included_in"], json!(["one", "two", "three", "lead"]));
        assert!(!hits.clone().any(|hit| hit["profession"] == "one"));
        let mentoring = page(&app, "/mentoring").await;
        let row = between(&mentoring, "Общее для инженеров: Мидл", "</tr>");
        assert!(text(row).contains("входит и в «Первая», «Вторая»"), "{row}");
        assert!(!mentoring.contains("Первая: Мидл"));
    }

    async fn programs_read_where_each_requirement_comes_from(app: TestApp) {
        make(&app).await;
        let asked = accumulated(&app, "lead", "junior").await;
        let of = |profession: &str, level: &str, text: &str| {
            (profession.to_owned(), level.to_owned(), text.to_owned())
        };
        assert_eq!(asked[1], of("base", "junior", "ООП"));
        assert_eq!(asked[6], of("one", "junior", "Своё джуна one"));
        assert_eq!(asked.last().unwrap(), &of("lead", "junior", "Нанимает людей"));
        let id = grade_id(&app, "one", "senior").await;
        let grade = app.read(&format!("{ROOT}/grades/{id}?accumulated=true")).await;
        let superseded = grade["superseded"].as_array().unwrap();
        assert!(superseded.iter().all(|item| item["profession"] == "base"
            && item["by_profession"] == "one" && item["by_level_name"] == "senior"), "{superseded:?}");
        assert_eq!(superseded.len(), 2);
    }

    async fn an_edit_of_the_base_is_seen_at_once_wherever_it_is_included(app: TestApp) {
        let program = make(&app).await;
        let ann = app.editor("ann").await;
        let pages = ["/professions/one/junior", "/professions/lead/senior", "/check?profession=two&grade=middle"];
        for path in pages {
            assert!(!app.page(path).await.contains("Терпение"), "{path}");
        }
        let path = "/admin/professions/base/junior";
        let form = ann.page(path).await.replace("&nbsp;", " ").replace('\u{a0}', " ");
        let touched = "Этот грейд входит в: «Первая», «Вторая», «Третья», «Руководитель разработки».";
        assert!(text(&form).contains(touched), "{}", text(&form));
        let preview = [("version", "1"), ("text", "- Терпение"), ("action", "preview")];
        let preview = ann.send(path, &preview).await.text().await.unwrap();
        let preview = preview.replace("&nbsp;", " ").replace('\u{a0}', " ");
        assert!(text(&preview).contains("То же изменится в лестницах «Первая», «Вторая»"), "{preview}");
        save(&ann, path, "- Терпение\n- Сильная экспертиза: Docker").await;
        for path in pages {
            assert!(app.page(path).await.contains("Терпение"), "{path}");
        }
        let skill = app.read(&format!("{ROOT}/skills/docker")).await.to_string();
        assert!(["\"one\"", "\"two\"", "\"lead\""].iter().all(|slug| skill.contains(slug)), "{skill}");

        // A new name of the base is everywhere, and without the inclusion nothing is left of it.
        let path = format!("{ROOT}/professions/base");
        let renamed = json!({"title": "Основа"});
        assert_eq!(program.patch(&path, &program.tag(&path).await, &renamed).await.status(), 200);
        assert!(app.page("/professions/one/junior").await.contains("Основа: Джун"));
        let path = format!("{ROOT}/professions/one");
        let none = json!({"includes": null});
        assert_eq!(program.patch(&path, &program.tag(&path).await, &none).await.status(), 200);
        assert!(!app.page("/professions/one/junior").await.contains("Терпение"));
        assert!(!app.page("/professions/lead/senior").await.contains("Терпение"));
        let skill = app.read(&format!("{ROOT}/skills/docker")).await.to_string();
        assert!(!skill.contains("\"one\"") && !skill.contains("\"lead\"") && skill.contains("\"two\""));
    }

    async fn changes_of_a_base_tell_what_they_do_to_other_ladders_before(app: TestApp) {
        make(&app).await;
        let ann = app.editor("ann").await;
        let read = async |path: &str| {
            let page = ann.page(path).await.replace("&nbsp;", " ").replace('\u{a0}', " ");
            text(&page)
        };
        let removal = read("/admin/professions/base/delete").await;
        for line in [
            "Первая больше не включает эту лестницу Требований: джун 7 → 2, мидл 10 → 3, синьор 11 → 5",
            "Руководитель разработки Требований: джун 12 → 6",
        ] {
            assert!(removal.contains(line), "{line} in {removal}");
        }
        let removal = read("/admin/professions/one/senior/delete").await;
        assert!(removal.contains("Руководитель разработки включает до мидла Требований:"), "{removal}");
        assert!(!removal.contains("Вторая"), "{removal}");

        // The level of a grade that others include is changed after that was shown.
        let path = "/admin/professions/one";
        let version = |page: &str| between(page, "name=\"version\" value=\"", "\"").to_owned();
        let form = ann.page(path).await;
        let relevel = [("from", "senior"), ("to", "senior-plus"), ("action", "relevel")];
        let read_version = version(&form);
        let asked = [&[("version", &*read_version)], &relevel[..]].concat();
        let answer = ann.send(path, &asked).await;
        assert_eq!(answer.status(), 200);
        let shown = text(&answer.text().await.unwrap().replace("&nbsp;", " ").replace('\u{a0}', " "));
        assert!(shown.contains("Руководитель разработки включает до синьора+"), "{shown}");
        let confirmed = [&asked[..], &[("confirmed", "yes")]].concat();
        assert_eq!(ann.send(path, &confirmed).await.status(), 303);
        let lead = app.read(&format!("{ROOT}/professions/lead")).await;
        assert_eq!(lead["includes"], json!({"slug": "one", "up_to": "senior+"}));

        // What a profession would inherit.
        let form = ann.page("/admin/professions/two").await;
        let version = version(&form);
        let fields = [
            ("version", &*version), ("title", "Вторая"), ("slug", "two"), ("summary", ""),
            ("track", "web"), ("includes", ""), ("up-to", ""), ("action", "preview"),
        ];
        let answer = ann.send("/admin/professions/two", &fields).await;
        assert_eq!(answer.status(), 200);
        let shown = text(&answer.text().await.unwrap().replace("&nbsp;", " ").replace('\u{a0}', " "));
        assert!(shown.contains("Требований: джун 7 → 2, мидл 10 → 3, синьор 11 → 5"), "{shown}");
        let two = app.read(&format!("{ROOT}/professions/two")).await;
        assert_eq!(two["includes"]["slug"], "base", "a preview is stored");

        let form = read("/admin/professions/one").await;
        let finding = "«SSH» требует джун, а это уже есть во включённом: Общее для инженеров: Джун";
        assert!(form.contains(finding), "{form}");
        assert!(read("/admin/professions/base").await.contains("Эта лестница входит в: «Первая»"));
    }
}
