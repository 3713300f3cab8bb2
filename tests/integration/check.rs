//! The self-check, the defence sheet and the page on mentoring.

use grades::graders::service::catalogue::{self, Grade, Profession, Track, TrackFile};
use grades::graders::service::skills::DictionaryCache;
use grades::ladder::Level;
use grades::ladder::{Description, Kind};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::app::{Backend, TestApp, between, header, unescaped};

const QUESTIONS: &str = "/check?profession=front-end&grade=middle";

/// The requirement ids in a form.
fn ids(page: &str) -> Vec<String> {
    let radios = page.split("<input type=\"radio\" name=\"").skip(1);
    let mut ids = radios.map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>();
    ids.dedup();
    ids
}

/// The requirement ids with this answer in a form.
fn chosen(page: &str, answer: &str) -> Vec<String> {
    let ids = ids(page).into_iter();
    let is_chosen =
        |id: &String| page.contains(&format!("name=\"{id}\" value=\"{answer}\" checked>"));
    ids.filter(is_chosen).collect()
}

/// All addresses in a page that begin with `start`.
fn links(page: &str, start: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    links.map(unescaped).filter(|link| link.starts_with(start)).collect()
}

/// A site with one ladder.
fn site(backend: Backend, grades: &[(Level, &str)]) -> TestApp {
    let grade = |(level, text): &(Level, &str)| Grade {
        level: *level,
        description: Some((*text).to_owned()),
    };
    let profession = Profession {
        slug: "one".into(),
        title: "Одна | <профессия>".into(),
        summary: String::new(),
        grades: grades.iter().map(grade).collect(),
    };
    let track = Track { slug: "t".into(), title: "Направление".into() };
    TestApp::with_catalogue(backend, &[TrackFile { track, professions: vec![profession] }])
}

/// The headings and the rows of a Markdown table.
fn rows(markdown: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let (mut headings, mut rows) = (Vec::new(), Vec::<Vec<String>>::new());
    let mut words = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::TableRow) => rows.push(Vec::new()),
            Event::Start(Tag::TableCell | Tag::Heading { .. }) => words.clear(),
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::End(TagEnd::Heading(_)) => headings.push(words.clone()),
            Event::End(TagEnd::TableCell) if !rows.is_empty() => {
                rows.last_mut().unwrap().push(words.clone());
            }
            _ => {}
        }
    }
    (headings, rows)
}

on_both_databases! {
    async fn from_the_choice_of_a_grade_to_the_gaps_and_the_defence_sheet(app: TestApp) {
        let choice = app.page("/check").await;
        assert!(choice.contains("<optgroup label=\"Веб-разработка\">\n<option value=\"front-end\">"), "{choice}");
        assert!(choice.contains("value=\"postgresql-admin\">PostgreSQL для администраторов — не описана<"), "{choice}");
        assert!(choice.contains("value=\"ios\" disabled>iOS-разработчик — лестницы ещё нет<"), "{choice}");
        let asked = app.get("/check?grade=front-end%2Fmiddle").await;
        assert_eq!((asked.status().as_u16(), header(&asked, "location")), (303, QUESTIONS));

        let questions = app.page(QUESTIONS).await;
        let ids = ids(&questions);
        assert_eq!(ids.len(), 23);
        assert_eq!(questions.matches("<fieldset ").count(), 23);
        assert!(questions.contains("заменяет «Средний уровень: React», джун++</span>"), "{questions}");
        assert!(!questions.contains(" checked"), "{questions}");
        assert!(questions.contains("name=\"robots\" content=\"noindex\""));

        let mut form = format!("{QUESTIONS}&yes=");
        for (id, answer) in ids.iter().zip(["yes", "yes", "partly", "no", "na"].iter().cycle()).take(21) {
            form = form + "&" + id + "=" + answer;
        }
        let sent = app.get(&form).await;
        assert_eq!(sent.status(), 303);
        let address = header(&sent, "location");
        assert!(address.len() < 250, "{address}");
        let result = app.page(address).await;
        assert!(result.contains("Осталось 10\u{a0}требований из\u{a0}23: нет\u{a0}— 4, частично\u{a0}— 4, без ответа\u{a0}— 2."), "{result}");
        assert!(result.contains("необходимо, но&nbsp;этого недостаточно"));
        assert!(result.contains("Есть: 9\u{a0}требований"), "{result}");
        assert!(result.contains("Неприменимо: 4\u{a0}требования"), "{result}");
        assert_eq!(result.matches("<b class=\"answer\">").count(), 10);
        // But for the address that another one carries.
        let mut short = links(&result, "/").into_iter().filter(|link| !link.starts_with("/check/pair"));
        assert!(short.all(|link| !link.contains('%')), "{result}");

        // The result links back to the same answers and on to the sheet.
        let change = &links(&result, "/check?profession=front-end")[0];
        let again = app.page(change).await;
        assert_eq!(chosen(&again, "yes").len(), 9);
        assert_eq!((chosen(&again, "no").len(), chosen(&again, "partly").len(), chosen(&again, "na").len()), (4, 4, 4));
        let sheet = app.page(&links(&result, "/defence?")[0]).await;
        let (new, earlier) = sheet.split_once("Не\u{a0}закрыто с\u{a0}предыдущих грейдов").unwrap();
        assert_eq!(new.matches("<th scope=\"row\">").count(), 9);
        let open = earlier.matches("<b class=\"answer\">").count();
        assert_eq!(open, between(&result, "from-junior-plus", "id=\"from-middle\"").matches("<b class=").count());
        assert!(open > 0 && earlier.contains("<b class=\"answer\">нет</b>"), "{earlier}");
        // Every answer of the check is told, what was not answered too.
        for state in ["есть", "частично", "нет", "неприменимо", "—<span class=\"hidden\">без ответа</span>"] {
            let is_told = |end: &str| sheet.contains(&format!(">{state}{end}"));
            assert!(is_told("</td>") || is_told("</b>"), "{state} {sheet}");
        }
        for path in links(&result, "/compare").iter().chain(&links(&sheet, "/")) {
            assert_eq!(app.get(path).await.status(), 200, "{path}");
        }
    }

    async fn without_answers_everything_is_a_gap(app: TestApp) {
        let page = app.page(&format!("{QUESTIONS}&yes=")).await;
        assert!(page.contains("Осталось 23\u{a0}требования из\u{a0}23: без ответа\u{a0}— 23."), "{page}");
        assert!(!page.contains("<details"));
    }

    async fn with_everything_met_there_are_no_gaps(app: TestApp) {
        let ids = ids(&app.page(QUESTIONS).await).join(".");
        let page = app.page(&format!("{QUESTIONS}&yes={ids}")).await;
        assert!(page.contains("По\u{a0}вашим ответам требования закрыты."), "{page}");
        assert!(page.contains("недостаточно") && !page.contains("class=\"answer\""));
    }

    async fn answers_survive_an_edit_and_new_requirements_are_unanswered(backend: Backend) {
        let app = site(backend, &[(Level::Junior, "- Git\n- SSH")]);
        let base = "/check?profession=one&grade=junior";
        let before = ids(&app.page(base).await);
        let address = format!("{base}&yes={}", before.join("."));
        assert!(app.page(&address).await.contains("требования закрыты"));
        app.database.execute(
            "UPDATE grades SET description = '- Docker
- **git**.' WHERE level_name = 'junior';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        let page = app.page(&address).await;
        assert!(page.contains("Осталось 1\u{a0}требование из\u{a0}2: без ответа\u{a0}— 1."), "{page}");
        assert!(page.contains("1\u{a0}ответ из&nbsp;адреса пришлось пропустить"), "{page}");
        // Its links leave that answer out.
        assert!(links(&page, "/check?").iter().all(|link| !link.contains(&before[1])), "{page}");
    }

    async fn confirmed_skills_carry_over_to_another_profession(app: TestApp) {
        let questions = app.page(QUESTIONS).await;
        let all = ids(&questions);
        let from = format!("/check?grade=full-stack/middle&from=front-end/middle&yes={}", all.join("."));
        let sent = app.get(&from).await;
        assert_eq!(sent.status(), 303);
        let page = app.page(header(&sent, "location")).await;
        let (here, met) = (ids(&page), chosen(&page, "yes"));
        // Equal requirements keep their answer; the same skill at the same depth is confirmed too.
        let same = here.iter().filter(|id| all.contains(id)).collect::<Vec<_>>();
        assert!(same.len() > 2 && same.iter().all(|id| met.contains(id)), "{page}");
        assert!(met.len() > same.len(), "{page}");
        assert!(page.contains("подтверждён в\u{a0}«Фронтенд-разработчик: Мидл»"), "{page}");
        assert!(page.contains("глубже: в\u{a0}«Фронтенд-разработчик: Мидл» подтверждено меньше"), "{page}");
        assert!(here.len() > met.len() + chosen(&page, "partly").len(), "not all follows");
        // Within one ladder skills carry nothing over: higher grades ask for more.
        let higher = format!("/check?profession=front-end&grade=middle-plus&from=front-end/middle&yes={}", all.join("."));
        let page = app.page(&higher).await;
        let hidden = page.split("<input type=\"hidden\" name=\"").skip(1);
        let kept = hidden.filter_map(|rest| rest.lines().next()?.strip_suffix("\" value=\"yes\">"));
        let kept = kept.map(str::to_owned).collect::<Vec<_>>();
        // The answer to what the higher grade asks more deeply is kept beside it.
        let mut met = chosen(&page, "yes");
        assert_eq!((met.len(), kept.len()), (all.len() - 1, 1), "{page}");
        met.extend(kept);
        let sorted = |ids: &[String]| ids.iter().cloned().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(sorted(&met), sorted(&all));
        assert!(!page.contains("подтвержд"));
    }

    async fn invalid_parameters_are_reported_and_never_cause_an_error(app: TestApp) {
        for path in [
            "/check?profession=nobody&grade=middle",
            "/check?profession=front-end&grade=middle&from=nobody/middle&yes=",
            "/check?profession=%FF&grade=%00",
            "/check?profession=a/b&grade=c",
            "/defence?profession=nobody&grade=middle",
            "/choose?profession=nobody&grade=middle",
            "/defence.md?profession=front-end&grade=boss",
            "/defence.md",
        ] {
            let answer = app.get(path).await;
            assert_eq!(answer.status(), 404, "{path}");
            let page = answer.text().await.unwrap();
            assert!(page.contains("class=\"button\" href=\"/"), "no way on from {path}");
        }
        let has = "Есть: джун, джун+, джун++, мидл, мидл+, мидл++, синьор, синьор+, синьор++.";
        for (rest, field, message) in [
            ("profession=front-end&grade=intern", "grade", format!("В лестнице «Фронтенд-разработчик» нет грейда «стажёр». {has}")),
            ("profession=front-end&grade=boss", "grade", format!("Такого грейда нет. {has}")),
            ("profession=front-end&grade=", "grade", format!("Выберите грейд. {has}")),
            ("profession=front-end", "grade", format!("Выберите грейд. {has}")),
            ("profession=&grade=middle", "profession", "Выберите профессию.".to_owned()),
            ("profession=ios&grade=middle", "profession", "Лестница профессии «iOS-разработчик» ещё не описана.".to_owned()),
        ] {
            for path in ["/check", "/defence", "/choose"] {
                let answer = app.get(&format!("{path}?{rest}")).await;
                assert_eq!(answer.status(), 422, "{path}?{rest}");
                let page = answer.text().await.unwrap();
                let error = between(&page, &format!("id=\"{field}-error\">"), "</p>");
                assert_eq!(error.replace('\u{a0}', " "), message, "{path}?{rest}");
                // What was chosen stays chosen.
                if rest.contains("front-end") {
                    assert!(page.contains("<option value=\"front-end\" selected>"), "{page}");
                }
                if rest.contains("grade=middle") {
                    assert!(page.contains("<option value=\"middle\" selected>"), "{page}");
                }
            }
        }
        let garbage = "&yes=x.abc123.%F0%9F%98%80&no=abc12i&partly=....&na=%00&abc=yes&x=1";
        let page = app.page(&format!("{QUESTIONS}{garbage}")).await;
        assert!(page.contains("5\u{a0}ответов из&nbsp;адреса пришлось пропустить"), "{page}");
        assert!(page.contains("без ответа\u{a0}— "));
        assert_eq!(app.get(&format!("{QUESTIONS}&yes={}", "abc123.".repeat(1_000))).await.status(), 200);
        assert_eq!(app.get(&format!("{QUESTIONS}&yes={}", "abc123.".repeat(1_200))).await.status(), 414);
        assert_eq!(app.page("/check?").await, app.page("/check").await);
        assert_eq!(app.page("/check?grade=").await, app.page("/check").await);
        assert_eq!(app.get("/mentoring?page=x").await.status(), 400);
        assert_eq!(app.get("/mentoring?page=2").await.status(), 404);
    }

    async fn a_grade_without_requirements_says_so(app: TestApp) {
        for path in ["/check", "/defence"] {
            let page = app.page(&format!("{path}?profession=postgresql-admin&grade=middle")).await;
            assert!(page.contains("Этот грейд ещё не&nbsp;описан."), "{page}");
            // It is described, and asks nothing.
            for query in ["?profession=front-end&grade=junior", "?profession=front-end&grade=junior&yes="] {
                let page = app.page(&format!("{path}{query}")).await;
                assert!(page.contains("Новых требований на&nbsp;этом грейде нет."), "{page}");
                let next = format!("{path}?profession=front-end&grade=junior-plus");
                assert!(links(&page, path).contains(&next), "{page}");
            }
        }
        assert!(links(&app.page("/professions/front-end/junior").await, "/check").is_empty());
        // It has no requirements of its own, but those of lower grades.
        app.database.execute(
            "UPDATE grades SET description = NULL WHERE level_name = 'middle';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        let page = app.page("/defence?profession=front-end&grade=middle").await;
        assert!(page.contains("<p class=\"absent\">Этот грейд ещё не&nbsp;описан.</p>"), "{page}");
        let page = app.page("/defence?profession=front-end&grade=middle&earlier=all").await;
        assert_eq!(between(&page, "<section class=\"listed\"", "</section>").matches("<li>").count(), 15);
    }

    async fn a_renamed_profession_is_checked_under_either_name(app: TestApp) {
        app.database.execute(
            "INSERT INTO former_slugs SELECT 'frontend', id FROM profession WHERE slug = 'front-end'",
        );
        let query = "?profession=frontend&grade=middle&yes=";
        let page = app.page(&format!("/check{query}")).await;
        assert_eq!(page, app.page(&format!("{QUESTIONS}&yes=")).await);
        assert!(links(&app.page(&format!("/defence{query}")).await, "/defence.md")[0].contains("front-end"));
    }

    async fn a_sheet_has_a_row_for_each_requirement_and_a_column_for_each_committee_member(app: TestApp) {
        let page = app.page("/defence?profession=front-end&grade=senior-plus").await;
        for column in ["Само&shy;оценка", "Доказательство", "Руководитель", "<abbr title=\"технический директор\">", "<abbr title=\"директор продукта\">", "<abbr title=\"HR-директор\">"] {
            assert!(page.contains(column), "no {column}");
        }
        assert!(page.contains("задача или фича, ссылка, чем видно качество"));
        for blank in ["Кандидат", "Руководитель", "Дата защиты", "Почему", "Следующая попытка не&nbsp;раньше"] {
            assert!(page.contains(&format!("class=\"line\"><span>{blank}")), "no {blank}");
        }
        for verdict in ["присвоить", "отложить", "отказать"] {
            assert!(page.contains(&format!("<li><span class=\"box\"></span>{verdict}</li>")), "no {verdict}");
        }
        let signatures = between(&page, "<ul class=\"signatures\">", "</ul>");
        assert_eq!(signatures.matches("<li>").count(), 5, "{signatures}");
        assert_eq!(page.matches("<th scope=\"row\">").count(), 7);
        let whole = app.page(&links(&page, "/defence?")[0]).await;
        let rows = app.page("/check?profession=front-end&grade=senior-plus").await.matches("<fieldset ").count();
        let listed = between(&whole, "<section class=\"listed\"", "</section>").matches("<li>").count();
        assert_eq!(whole.matches("<th scope=\"row\">").count() + listed, rows);
        assert!(whole.contains(&format!("Предыдущие грейды: {listed}")) && whole.contains("<td>7</td>"));
        assert!(links(&whole, "/defence?").iter().all(|link| !link.contains("earlier")));
    }

    async fn a_sheet_lists_what_else_the_rules_consider_and_takes_the_name_of_the_candidate(app: TestApp) {
        let path = "/defence?profession=front-end&grade=middle&yes=&partly=e5yxf5";
        let page = app.page(path).await;
        let considered = between(&page, "<ul class=\"considered\">", "</ul>");
        assert_eq!(considered.trim(), "<li>Продуктивность</li>\n<li>Отношения в\u{a0}коллективе</li>\n<li>Книги</li>");
        let form = between(&page, "<form class=\"form inline choice\" method=\"get\" action=\"/defence\">", "</form>");
        for field in ["name=\"grade\" value=\"middle\"", "name=\"partly\" value=\"e5yxf5\"", "name=\"name\" value=\"\""] {
            assert!(form.contains(field), "no {field} in {form}");
        }
        let named = app.page(&format!("{path}&name=%D0%98%D1%80%D0%B8%D0%BD%D0%B0")).await;
        assert!(named.contains("<span>Кандидат</span> <b>Ирина</b>"), "{named}");
        assert!(links(&named, "/plan?").iter().all(|link| link.contains("name=%D0%98")), "{named}");
        let text = app.page("/defence.md?profession=front-end&grade=middle").await;
        assert!(text.contains("## Что ещё учитывают\n\n- Продуктивность:\n"), "{text}");
    }

    async fn every_sheet_has_the_same_content_in_markdown(app: TestApp) {
        let (_, dictionary) = DictionaryCache::default().get(&app.database.open()).unwrap();
        for file in catalogue::starting().unwrap() {
            for profession in file.professions {
                for grade in &profession.grades {
                    let query = format!("?profession={}&grade={}", profession.slug, grade.level.slug());
                    let answer = app.get(&format!("/defence.md{query}")).await;
                    assert_eq!(header(&answer, "content-type"), "text/markdown; charset=utf-8");
                    let name = format!("defence-{}-{}.md", profession.slug, grade.level.slug());
                    assert_eq!(header(&answer, "content-disposition"), format!("attachment; filename=\"{name}\""));
                    let (headings, rows) = rows(&answer.text().await.unwrap());
                    assert_eq!(headings[0], format!("Лист защиты: {}, {}", profession.title, grade.level.title()));
                    let text = grade.description.as_deref().unwrap_or_default();
                    let asked = Description::read(text, &dictionary).requirements;
                    assert_eq!(rows.len(), asked.len(), "{query}");
                    for (number, (row, requirement)) in (1..).zip(rows.iter().zip(&asked)) {
                        let label = requirement.kind.map_or(String::new(), |kind: Kind| format!("{}: ", kind.label()));
                        assert_eq!(row.len(), 8);
                        assert_eq!(row[0], format!("{number}"));
                        let words = row[1].split(", заменяет «").next().unwrap();
                        assert_eq!(words, format!("{label}{}", requirement.text));
                        let blank = row[2..3].iter().chain(&row[4..]).all(String::is_empty);
                        assert!(!row[3].is_empty() && blank, "{row:?}");
                    }
                }
            }
        }
    }

    async fn no_text_breaks_the_markdown_table(backend: Backend) {
        let text = "- a \\| b | c \\\\| d\n- Опыт: \\*x\\* `|y|` &lt;b&gt; ![z](https://a.b)";
        let app = site(backend, &[(Level::Junior, text)]);
        let file = app.page("/defence.md?profession=one&grade=junior").await;
        let (headings, rows) = rows(&file);
        assert_eq!(headings[0], "Лист защиты: Одна | <профессия>, Джун");
        let words = rows.iter().map(|row| row[1].as_str()).collect::<Vec<_>>();
        assert_eq!(words, ["a | b | c \\| d", "Опыт: *x* |y| <b> z"]);
        assert!(rows.iter().all(|row| row.len() == 8));
    }

    async fn mentoring_is_listed_by_grade_and_by_mentee(app: TestApp) {
        let page = app.page("/mentoring").await;
        let (teachers, pupils) = page.split_once("Кому нужен ученик").unwrap();
        assert_eq!(teachers.matches("<th scope=\"row\">").count(), 13);
        let row = |title: &str| {
            let rows = pupils.split("</tr>").filter(|row| row.contains("scope=\"row\""));
            let found = rows.filter(|row| between(row, "<th scope=\"row\">", "</th>").ends_with(title));
            found.map(|row| links(row, "/").len()).collect::<Vec<_>>()
        };
        // Two ladders raise to middle, three from middle to middle++, and one by two grades.
        // Those of the two ladders and of the three are at other levels; by two grades one can be raised
        // wherever the ladder has two more.
        assert_eq!((row("Стажёр"), row("Джун")), (vec![1], vec![1]));
        assert_eq!((row("Джун+"), row("Джун++")), (vec![3], vec![3]));
        assert_eq!((row("Мидл"), row("Мидл+")), (vec![4], vec![4]));
        assert_eq!((row("Мидл++"), row("Синьор")), (vec![1], vec![1]));
        // Any level will do for the other seven, which every row says.
        assert_eq!(row("Любой"), vec![7]);
        assert_eq!(pupils.matches("ещё 7\u{a0}кандидатам").count(), 8);
        assert!(row("Синьор+").is_empty() && row("Синьор++").is_empty());
        let pupils = pupils.replace('\u{a0}', " ");
        assert!(pupils.contains("вырастить на 2 грейда<"), "{pupils}");
        assert!(pupils.contains("вырастить до мидла++<"), "{pupils}");
        app.database.execute(
            "UPDATE grades SET description = '- Git';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        assert!(app.page("/mentoring").await.contains("наставничества не&nbsp;требует"));
    }

    async fn with_too_many_grades_the_name_is_typed(backend: Backend) {
        let profession = |number: usize| Profession {
            slug: format!("p-{number}"),
            title: format!("Профессия {number}"),
            summary: String::new(),
            grades: vec![Grade { level: Level::Junior, description: Some("- Git".into()) }],
        };
        let track = Track { slug: "t".into(), title: "Направление".into() };
        let file = TrackFile { track, professions: (1..=101).map(profession).collect() };
        let app = TestApp::with_catalogue(backend, &[file]);
        for path in ["/check", "/defence"] {
            let page = app.page(path).await;
            assert!(!page.contains("<select id=\"profession\"") && page.contains("<input type=\"text\" id=\"profession\" name=\"profession\""), "{page}");
            let sent = app.get(&format!("{path}?grade=p-101%2Fjunior")).await;
            assert_eq!(header(&sent, "location"), format!("{path}?profession=p-101&grade=junior"));
            assert_eq!(app.get(&format!("{path}?grade=Профессия")).await.status(), 422);
        }
        assert!(app.page("/mentoring").await.contains("1 из&nbsp;3"));
    }

    async fn who_one_is_leads_to_the_grade_and_to_its_check(app: TestApp) {
        let home = app.page("/").await;
        let form = between(&home, "<form class=\"form chooser\"", "</form>");
        assert!(form.contains("action=\"/choose\"") && form.contains("formaction=\"/check\""), "{form}");
        let query = "?profession=front-end&grade=middle";
        let sent = app.get(&format!("/choose{query}")).await;
        assert_eq!((sent.status().as_u16(), header(&sent, "location")), (303, "/professions/front-end/middle"));
        assert_eq!(app.get(&format!("/check{query}")).await.status(), 200);
        // In a past state the grade is that of the state.
        let past = app.get(&format!("/choose{query}&at=0")).await;
        assert_eq!(header(&past, "location"), "/professions/front-end/middle?at=0");
    }

    async fn what_earlier_grades_ask_is_met_in_one_click_and_an_answer_can_be_taken_back(app: TestApp) {
        let questions = app.page(QUESTIONS).await;
        let present = between(&questions, "<select id=\"now\"", "</select>");
        assert!(present.contains("<option value=\"junior-plus-plus\" selected>"), "{present}");
        assert_eq!(present.matches("<option").count(), 3, "{present}");
        let all = ids(&questions);
        // A person has said already that one of them is not met.
        let form = format!("{QUESTIONS}&yes=&revision=0&now=junior-plus-plus&mark=earlier&{}=no", all[0]);
        let sent = app.get(&form).await;
        let marked = app.page(header(&sent, "location")).await;
        let open = all.iter().filter(|id| !marked.contains(&format!("name=\"{id}\" value=\"yes\" checked")));
        assert!(open.count() <= 9 + 1, "{marked}");
        assert_eq!(chosen(&marked, "no"), [all[0].clone()]);
        assert!(marked.replace('\u{a0}', " ").contains("Отвечено <b>14</b> из&nbsp;23"), "{marked}");
        // Those that are met are folded; those of the grade itself never.
        assert_eq!(marked.matches("<details class=\"origin folded\">").count(), 1, "{marked}");
        let taken_back = format!("{QUESTIONS}&yes=&now=junior&{}=no&{}=yes&clear={0}", all[0], all[1]);
        let sent = app.get(&taken_back).await;
        let to = header(&sent, "location");
        assert!(to.ends_with(&format!("#question-{}", all[0])), "{to}");
        let again = app.page(to.split('#').next().unwrap()).await;
        assert_eq!((chosen(&again, "yes"), chosen(&again, "no").len()), (vec![all[1].clone()], 0));
        assert!(again.contains(&format!("<fieldset id=\"question-{}\">", all[0])));
        assert!(again.contains("<option value=\"junior\" selected>"));
    }

    async fn answers_and_dates_travel_along_between_the_three_pages(app: TestApp) {
        app.time.set("2026-11-25T12:00:00Z");
        let all = ids(&app.page(QUESTIONS).await);
        let answers = format!("yes={}&no={}", all[0], all[1]);
        let step = |page: &str, start: &str| {
            let steps = between(page, "<nav class=\"steps\"", "</nav>");
            links(steps, start).into_iter().next().unwrap()
        };
        let result = app.page(&format!("{QUESTIONS}&{answers}&now=junior-plus-plus")).await;
        assert!(between(&result, "<nav class=\"steps\"", "</nav>").replace('\u{a0}', " ").contains("отвечено 2 из 23"), "{result}");
        // The plan knows the profession and both grades, and asks only since when.
        let plan = step(&result, "/plan?");
        assert!(links(&result, "/plan?").iter().all(|link| *link == plan));
        let form = app.page(&plan).await;
        assert!(form.contains("<option value=\"front-end\" selected>") && !form.contains("Исправьте"), "{form}");
        assert_eq!(form.matches(" selected>").count(), 3, "{form}");
        for hidden in ["name=\"next\" value=\"middle\"", &format!("name=\"no\" value=\"{}\"", all[1])] {
            assert!(form.contains(hidden), "{hidden}");
        }
        let made = format!("{plan}&since=2026-03-15&failed-on=2026-09-20&name=Ирина");
        let made = app.page(&made).await;
        assert!(made.contains("<time datetime=\"2026-12-20\">"), "{made}");
        // On to the sheet, with the name; back to the check and again to the same plan.
        let sheet = app.page(&step(&made, "/defence?")).await;
        assert!(sheet.contains("<b>Ирина</b>") && sheet.contains("<b class=\"answer\">нет</b>"), "{sheet}");
        let back = app.page(&step(&sheet, "/check?")).await;
        assert!(back.contains("Что осталось") && back.contains("Есть: 1\u{a0}требование"), "{back}");
        let again = app.page(&step(&back, "/plan?")).await;
        assert!(again.contains("<time datetime=\"2026-12-20\">"), "{again}");
        assert_eq!(step(&again, "/check?"), step(&made, "/check?"));
        let change = links(&back, "/check?").into_iter().find(|link| link.contains("from=")).unwrap();
        let questions = app.page(&change).await;
        assert_eq!((chosen(&questions, "yes").len(), chosen(&questions, "no").len()), (1, 1));
        for kept in ["name=\"since\" value=\"2026-03-15\"", "name=\"failed-on\" value=\"2026-09-20\"", "name=\"name\" value=\"Ирина\""] {
            assert!(questions.contains(kept), "{kept}");
        }
        // Each grade of a plan leads to its own check and sheet.
        assert!(links(&made, "/check?").iter().any(|link| link.contains("grade=middle&from=front-end/middle")), "{made}");
        assert!(links(&made, "/defence?").iter().any(|link| link.contains("grade=middle&")), "{made}");
        assert!(!made.contains("<b class=\"answer\">без ответа</b>"), "{made}");
    }

    async fn two_checks_of_one_grade_are_set_against_each_other(app: TestApp) {
        let all = ids(&app.page(QUESTIONS).await);
        let person = format!("yes={}.{}&no={}", all[0], all[1], all[2]);
        let lead = format!("yes={}&partly={}&no={}", all[0], all[1], all[2]);
        let result = app.page(&format!("{QUESTIONS}&{person}")).await;
        let link = links(&result, "/check/pair?").remove(0);
        let form = app.page(&link).await;
        assert!(form.contains("value=\"/check?profession=front-end&#38;grade=middle&#38;yes="), "{form}");
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = |person: &str, lead: &str| format!("/check/pair?person={}&lead={}", encode(person), encode(lead));
        let address = pair(&format!("https://example.org{QUESTIONS}&{person}"), &format!("profession=front-end&grade=middle&{lead}"));
        let page = app.page(&address).await;
        assert!(page.contains("Ответы расходятся в\u{a0}1\u{a0}требовании из\u{a0}23; оба считают недостающими 1\u{a0}требование."), "{page}");
        let table = between(&page, "<table class=\"two-checks\">", "</table>");
        assert!(table.contains("<td>есть</td>\n<td>частично</td>") && table.matches("scope=\"row\"").count() == 1, "{table}");
        let missing = between(&page, "id=\"missing\"", "</section>");
        assert_eq!(missing.matches("<b class=\"answer\">нет</b>").count(), 1, "{missing}");
        assert!(page.contains("Без ответа у&nbsp;обоих: 20"), "{page}");
        assert!(page.contains("noindex"));
        let good = format!("{QUESTIONS}&yes=");
        for (person, lead, field, message) in [
            (good.as_str(), "", "lead", "Вставьте адрес самопроверки"),
            ("привет", good.as_str(), "person", "Это не адрес самопроверки"),
            (good.as_str(), QUESTIONS, "lead", "нет ответов"),
            (good.as_str(), "/check?profession=front-end&grade=senior&yes=", "lead", "Здесь ответы про «Фронтенд-разработчик: Синьор», а в первом адресе — про «Фронтенд-разработчик: Мидл»."),
            (good.as_str(), "/check?profession=front-end&grade=intern&yes=", "lead", "нет грейда «стажёр»"),
            (good.as_str(), "/plan?profession=front-end&grade=middle&yes=", "lead", "Это не адрес самопроверки"),
        ] {
            let answer = app.get(&pair(person, lead)).await;
            assert_eq!(answer.status(), 422, "{person} {lead}");
            let page = answer.text().await.unwrap();
            let error = between(&page, &format!("id=\"{field}-error\">"), "</p>").replace('\u{a0}', " ");
            assert!(error.contains(message), "{error}");
        }
    }
}
