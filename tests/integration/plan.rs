//! Growth plans and their calendars.

use std::collections::BTreeSet;

use calcard::Entry;
use calcard::Parser;
use calcard::icalendar::{ICalendarComponentType, ICalendarProperty, ICalendarValue};
use grades::graders::service::{catalogue, rules};
use grades::ladder::Description;
use reqwest::Method;

use crate::app::{Backend, PUBLIC_URL, TestApp, TestDatabase, between, header};

const PLAN: &str = "profession=front-end&grade=junior&since=2026-05-31&to=middle&failed=1";

/// The days of a plan, in the order of the page.
fn days(page: &str) -> Vec<String> {
    let days = page.split("<time datetime=\"").skip(1);
    days.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// A part of a page with ordinary spaces.
fn plain(part: &str) -> String {
    part.replace("&nbsp;", " ").replace('\u{a0}', " ")
}

fn lead(page: &str) -> String {
    plain(between(page, "<p class=\"lead\">", "</p>"))
}

/// When each grade can be defended, as the page puts it, in its order.
fn whens(page: &str) -> Vec<String> {
    let whens = page.split("<p class=\"when\">").skip(1);
    let words = whens.map(|rest| {
        let mut words = String::new();
        let mut is_tag = false;
        for letter in plain(rest.split("</p>").next().unwrap()).chars() {
            is_tag = letter == '<' || (is_tag && letter != '>');
            if !is_tag && letter != '>' {
                words.push(letter);
            }
        }
        words
    });
    words.collect()
}

/// The notices above a plan.
fn notices(page: &str) -> Vec<String> {
    let notices = page.split("<p class=\"notice\">").skip(1);
    notices.map(|rest| plain(rest.split("</p>").next().unwrap())).collect()
}

/// The days, titles and descriptions of the events of a calendar, parsed with another library.
fn events(file: &str) -> Vec<(String, String, String, String)> {
    let Entry::ICalendar(calendar) = Parser::new(file).entry() else {
        panic!("no calendar: {file}")
    };
    let events = calendar.components.iter();
    let events =
        events.filter(|component| component.component_type == ICalendarComponentType::VEvent);
    let event = |event: &calcard::icalendar::ICalendarComponent| {
        let text = |property: ICalendarProperty| {
            let found = event.property(&property).unwrap_or_else(|| panic!("no {property:?}"));
            match &found.values[0] {
                ICalendarValue::Text(text) => text.clone(),
                ICalendarValue::PartialDateTime(day) => {
                    assert!(day.hour.is_none() && day.tz_hour.is_none(), "{day:?}");
                    let (year, month) = (day.year.unwrap(), day.month.unwrap());
                    format!("{year}-{month:02}-{:02}", day.day.unwrap())
                }
                other => panic!("{other:?}"),
            }
        };
        assert!(event.property(&ICalendarProperty::Dtend).is_none());
        assert!(event.property(&ICalendarProperty::Dtstamp).is_some());
        (
            text(ICalendarProperty::Dtstart),
            text(ICalendarProperty::Summary),
            text(ICalendarProperty::Description),
            text(ICalendarProperty::Uid),
        )
    };
    events.map(event).collect()
}

on_both_databases! {
    async fn a_plan_has_a_day_and_the_new_requirements_for_each_grade(app: TestApp) {
        let page = app.page(&format!("/plan?{PLAN}")).await;
        assert_eq!(days(&page), ["2027-02-28", "2027-08-31", "2028-02-29"]);
        let lead = lead(&page);
        assert!(lead.contains("Джун с 31 мая 2026. Впереди 3 защиты и 24 новых требования. "), "{lead}");
        assert!(lead.contains("Защищать джуна+ можно не раньше 28 февраля 2027, "), "{lead}");
        // Until 29 February 2028 from 1 June 2026.
        let time = "весь путь до мидла с сегодняшнего дня — почти 1 год и 9 месяцев.";
        assert!(lead.ends_with(time), "{lead}");
        let list = between(&page, "<ol class=\"plan\">", "</ol>");
        assert_eq!(list.matches("<li id=\"").count(), 24);
        assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"));
        assert!(page.contains("value=\"2026-05-31\"") && page.contains("<option value=\"middle\" selected>"));
    }

    async fn the_day_of_the_last_failed_defence_counts(app: TestApp) {
        let known = "profession=front-end&grade=junior&since=15.01.2026&to=junior-plus-plus&failed-on=10.08.2026";
        assert_eq!(days(&app.page(&format!("/plan?{known}")).await), ["2026-11-10", "2027-05-10"]);
        let early = known.replace("10.08.2026", "16.01.2026");
        assert_eq!(days(&app.page(&format!("/plan?{early}")).await), ["2026-07-15", "2027-01-15"]);
    }

    async fn a_link_fills_in_a_part_of_the_form(app: TestApp) {
        for (path, link) in [
            ("/professions/front-end", "/plan?profession=front-end"),
            ("/professions/front-end/middle", "/plan?profession=front-end&#38;grade=middle"),
        ] {
            assert!(app.page(path).await.contains(&format!("<a href=\"{link}\">План роста</a>")), "{path}");
            let page = app.page(&link.replace("&#38;", "&")).await;
            assert!(page.contains("<option value=\"front-end\" selected>"), "{page}");
            assert!(!page.contains("Исправьте ошибки"));
        }
        assert!(!app.page("/professions/front-end/senior-plus-plus").await.contains("/plan?"));
        let empty = app.page("/plan").await;
        assert!(empty.contains("<link rel=\"canonical\"") && !empty.contains("Исправьте ошибки"));
    }

    async fn errors_are_shown_and_the_fields_keep_what_was_typed(app: TestApp) {
        let page = app.get("/plan?since=&to=").await;
        assert_eq!(page.status(), 422);
        assert_eq!(header(&page, "cache-control"), "private, no-store");
        let page = page.text().await.unwrap();
        for field in ["profession", "grade", "since", "to"] {
            assert!(page.contains(&format!("<a href=\"#{field}\">")), "{field}");
        }
        assert!(page.contains("<title>Ошибка. План роста"));
        for (changed, field, message) in [
            ("profession=nobody", "profession", "Такой профессии"),
            ("profession=%00%FF", "profession", "Такой профессии"),
            ("profession=qa-automation", "profession", "ещё не описана"),
            ("grade=intern", "grade", "нет грейда «стажёр». Есть: джун, джун+"),
            ("grade=boss", "grade", "Выберите грейд"),
            ("grade=senior-plus-plus", "grade", "верхний грейд"),
            ("grade=middle", "to", "выше текущего"),
            ("to=junior", "to", "выше текущего"),
            ("to=", "to", "Выберите грейд"),
            ("since=", "since", "22.11.2026"),
            ("since=31.04.2026", "since", "22.11.2026"),
            ("since=29.02.2027", "since", "22.11.2026"),
            ("since=завтра", "since", "22.11.2026"),
            ("since=01.01.1969", "since", "от 1970 до 2100"),
            ("since=01.01.2101", "since", "от 1970 до 2100"),
            ("since=99999999999-01-01", "since", "22.11.2026"),
            ("failed=-1", "failed", "от 0 до 20"),
            ("failed=21", "failed", "от 0 до 20"),
            ("failed=99999999999999", "failed", "от 0 до 20"),
            ("failed-on=30.05.2026", "failed-on", "раньше"),
            ("failed-on=x", "failed-on", "22.11.2026"),
        ] {
            let (name, _) = changed.split_once('=').unwrap();
            let kept = PLAN.split('&').filter(|pair| !pair.starts_with(&format!("{name}=")));
            let query = kept.chain([changed]).collect::<Vec<_>>().join("&");
            let answer = app.get(&format!("/plan?{query}")).await;
            assert_eq!(answer.status(), 422, "{query}");
            let page = answer.text().await.unwrap();
            let error = between(&page, &format!("id=\"{field}-error\">"), "</p>");
            assert!(error.replace('\u{a0}', " ").contains(message), "{query}: {error}");
            assert!(page.contains(&format!("<a href=\"#{field}\">")), "{query}");
            if field != "profession" {
                assert!(page.contains("<option value=\"front-end\" selected>"), "{query}");
            }
            assert_eq!(app.get(&format!("/plan.ics?{query}")).await.status(), 400, "{query}");
        }
        let twice = app.get("/plan?to=middle&to=senior").await;
        assert_eq!(twice.status(), 400);
    }

    async fn the_calendar_has_an_all_day_event_for_each_defence(app: TestApp) {
        let page = app.page(&format!("/plan?{PLAN}")).await;
        let link = between(&page, "<a href=\"/plan.ics?", "\"").replace("&#38;", "&");
        let answer = app.get(&format!("/plan.ics?{link}")).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "content-type"), "text/calendar; charset=utf-8");
        let name = "attachment; filename=\"plan-front-end-middle.ics\"";
        assert_eq!(header(&answer, "content-disposition"), name);
        let tag = header(&answer, "etag").to_owned();
        let file = answer.text().await.unwrap();
        let events = events(&file);
        let found = events.iter().map(|(day, ..)| day.as_str()).collect::<Vec<_>>();
        assert_eq!(found, days(&page));
        assert_eq!(events[2].1, "Можно защищать мидла: Фронтенд-разработчик");
        assert!(events[2].3.ends_with(&format!("-middle@{}", &PUBLIC_URL[8..])), "{}", events[2].3);
        let middle = catalogue::starting().unwrap().into_iter().flat_map(|file| file.professions)
            .find(|profession| profession.slug == "front-end").unwrap().grades.into_iter()
            .find(|grade| grade.level.slug() == "middle").unwrap();
        for requirement in Description::parse(&middle.description.unwrap()).requirements {
            assert!(events[2].2.contains(&requirement.text), "{}", events[2].2);
        }
        // RFC 5545, section 3.1: lines of at most 75 bytes that end in CR LF.
        assert!(file.ends_with("END:VCALENDAR\r\n") && !file.replace("\r\n", "").contains(['\r', '\n']));
        assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
        // The file depends only on the address, also after a restart.
        let path = format!("/plan.ics?{PLAN}");
        let again = app.request(Method::GET, &path).header("if-none-match", tag);
        assert_eq!(again.send().await.unwrap().status(), 304);
        let restarted = TestApp::start_at(app.database, Some(PUBLIC_URL));
        assert_eq!(restarted.page(&path).await, file);
    }

    async fn every_grade_of_every_ladder_can_be_planned_for(app: TestApp) {
        let intervals = rules::starting().unwrap().intervals;
        for profession in catalogue::starting().unwrap().into_iter().flat_map(|file| file.professions) {
            let mut levels = profession.grades.iter().map(|grade| grade.level).collect::<Vec<_>>();
            levels.sort();
            let [lowest, above @ .., highest] = levels.as_slice() else { continue };
            let path = format!(
                "/plan?profession={}&grade={}&since=2026-06-01&to={}",
                profession.slug, lowest.slug(), highest.slug(),
            );
            let page = app.page(&path).await;
            let days = days(&page);
            assert_eq!(days.len(), above.len() + 1, "{path}");
            assert_eq!(days.iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>(), days.iter().collect::<Vec<_>>());
            let months = levels[1..].iter().map(|level| intervals.before(*level)).sum::<u32>();
            let time = grades::russian::months(months);
            let time = format!("с сегодняшнего дня — {}.", plain(&time));
            assert!(lead(&page).ends_with(&time), "{path}: {time}: {}", lead(&page));
            let undescribed = profession.grades.iter().filter(|grade| grade.level != *lowest && grade.description.is_none());
            assert_eq!(page.matches("Этот грейд ещё не&nbsp;описан.").count(), undescribed.count(), "{path}");
        }
    }

    async fn a_first_day_that_has_passed_is_possible_now_and_the_rest_counts_from_today(app: TestApp) {
        let query = "profession=front-end&grade=middle&since=2026-10-20&to=senior-plus";
        let path = format!("/plan?{query}");
        app.time.set("2027-03-01T12:00:00Z");
        let page = app.page(&path).await;
        assert_eq!(
            whens(&page),
            [
                "20 апреля 2027 не раньше", "20 октября 2027 не раньше",
                "20 октября 2028 не раньше", "20 октября 2029 не раньше",
            ]
        );
        let words = "Защищать мидла+ можно не раньше 20 апреля 2027, весь путь до синьора+ с сегодняшнего дня — 2 года и 7 месяцев с небольшим.";
        assert!(lead(&page).ends_with(words), "{}", lead(&page));

        app.time.set("2027-04-20T12:00:00Z");
        let page = app.page(&path).await;
        assert_eq!(whens(&page)[0], "можно уже сейчас срок вышел сегодня, 20 апреля 2027");
        assert_eq!(whens(&page)[1], "20 октября 2027 не раньше");

        app.time.set("2027-08-31T12:00:00Z");
        let page = app.page(&path).await;
        assert_eq!(
            whens(&page),
            [
                "можно уже сейчас срок вышел 20 апреля 2027", "29 февраля 2028 не раньше",
                "28 февраля 2029 не раньше", "28 февраля 2030 не раньше",
            ]
        );
        let words = "Защищать мидла+ можно уже сейчас, весь путь до синьора+ с сегодняшнего дня — 2 года и 6 месяцев.";
        assert!(lead(&page).ends_with(words), "{}", lead(&page));
        assert!(plain(&page).contains("Даты посчитаны 31 августа 2027."), "{page}");

        // The calendar has the same days; the event that has passed stays where it was.
        let events = events(&app.page(&format!("/plan.ics?{query}")).await);
        let days = events.iter().map(|(day, ..)| day.as_str()).collect::<Vec<_>>();
        assert_eq!(days, ["2027-04-20", "2028-02-29", "2029-02-28", "2030-02-28"]);
        assert!(plain(&events[0].2).starts_with("Срок вышел 20 апреля 2027: защищать можно уже сейчас."), "{}", events[0].2);
        assert!(plain(&events[1].2).starts_with("День посчитан 31 августа 2027: "), "{}", events[1].2);

        let one = app.page(&path.replace("senior-plus", "middle-plus")).await;
        assert!(lead(&one).ends_with("Защищать мидла+ можно уже сейчас."), "{}", lead(&one));
    }

    async fn a_plan_is_another_one_on_both_sides_of_a_leap_day(app: TestApp) {
        let path = "/plan?profession=front-end&grade=junior&since=2020-01-01&to=middle";
        for (now, expected) in [
            ("2028-02-28", ["28 августа 2028", "28 февраля 2029"]),
            ("2028-02-29", ["29 августа 2028", "28 февраля 2029"]),
            ("2028-03-01", ["1 сентября 2028", "1 марта 2029"]),
            ("2027-08-29", ["29 февраля 2028", "29 августа 2028"]),
            ("2027-08-30", ["29 февраля 2028", "30 августа 2028"]),
        ] {
            app.time.set(&format!("{now}T23:59:59Z"));
            let page = app.page(path).await;
            let expected = expected.map(|day| format!("{day} не раньше"));
            assert_eq!(whens(&page)[1..], expected, "{now}");
        }
    }

    async fn a_plan_is_never_kept_over_midnight(app: TestApp) {
        let query = "profession=back-end&grade=junior&since=2020-01-31&to=middle";
        for path in [format!("/plan?{query}"), format!("/plan.ics?{query}")] {
            app.time.set("2026-11-25T23:59:59Z");
            let evening = app.get(&path).await;
            assert_eq!(header(&evening, "cache-control"), "no-cache");
            let tag = header(&evening, "etag").to_owned();
            let evening = evening.text().await.unwrap();
            let held = app.request(Method::GET, &path).header("if-none-match", &tag);
            assert_eq!(held.send().await.unwrap().status(), 304, "{path}");

            app.time.set("2026-11-26T00:00:00Z");
            let held = app.request(Method::GET, &path).header("if-none-match", &tag);
            let morning = held.send().await.unwrap();
            assert_eq!(morning.status(), 200, "{path}");
            let morning = morning.text().await.unwrap();
            assert_ne!(morning, evening);
            assert!(plain(&evening).contains("25 ноября 2026") && !plain(&evening).contains("26 мая 2027"));
            if !path.contains(".ics") {
                assert!(plain(&morning).contains("26 мая 2027") && !plain(&morning).contains("25 мая 2027"));
            }
        }
    }

    async fn days_begin_at_midnight_of_the_time_zone(backend: Backend) {
        let app = TestApp::start_in(TestDatabase::on(backend), "Asia/Vladivostok");
        let path = "/plan?profession=back-end&grade=junior&since=2020-01-31&to=middle";
        for (now, today) in [("2026-11-25T13:59:59Z", "25"), ("2026-11-25T14:00:00Z", "26")] {
            app.time.set(now);
            let page = plain(&app.page(path).await);
            assert!(page.contains(&format!("Даты посчитаны {today} ноября 2026.")), "{now}");
        }
    }

    async fn days_that_have_not_come_are_named(app: TestApp) {
        app.time.set("2026-11-25T12:00:00Z");
        let with = "profession=front-end&grade=junior&to=middle";
        for (rest, expected, first) in [
            ("since=2026-11-25", None, "25 мая 2027 не раньше"),
            ("since=2026-12-31", Some("31 декабря 2026 ещё не наступило: план считает, что текущий грейд присвоят в этот день."), "30 июня 2027 не раньше"),
            ("since=2026-06-30&failed-on=2027-01-15", Some("15 января 2027 ещё не наступило: план считает, что защита в этот день не удастся."), "15 апреля 2027 не раньше"),
            ("since=2025-06-30&failed-on=2026-07-15", None, "можно уже сейчас срок вышел 15 октября 2026"),
            ("since=2026-03-31&failed=1", Some("День последней неудачной защиты не указан: план считает, что она прошла в первый возможный день, 30 сентября 2026. Если позже, сдвинутся и сроки."), "31 декабря 2026 не раньше"),
            ("since=2026-06-30&failed=2", Some("По срокам столько защит ещё не могло пройти: последняя — не раньше 30 марта 2027. Укажите её день, и план посчитает от него."), "30 июня 2027 не раньше"),
        ] {
            let page = app.page(&format!("/plan?{with}&{rest}")).await;
            assert_eq!(notices(&page), expected.into_iter().collect::<Vec<_>>(), "{rest}");
            assert_eq!(whens(&page)[0], first, "{rest}");
        }
    }

    async fn a_plan_accepts_the_former_address_of_a_profession(app: TestApp) {
        app.database.execute(
            "INSERT INTO former_slugs SELECT 'frontend', id FROM profession WHERE slug = 'front-end'",
        );
        let page = app.page(&format!("/plan?{}", PLAN.replace("front-end", "frontend"))).await;
        assert_eq!(page, app.page(&format!("/plan?{PLAN}")).await);
    }
}
