//! Growth plans and their calendars.

use std::collections::BTreeSet;

use calcard::Entry;
use calcard::Parser;
use calcard::icalendar::{ICalendarComponentType, ICalendarProperty, ICalendarValue};
use grades::graders::service::{catalogue, rules};
use grades::ladder::Description;
use reqwest::Method;

use crate::app::{PUBLIC_URL, TestApp, between, header};

const PLAN: &str = "profession=front-end&grade=junior&since=2026-05-31&to=middle&failed=1";

/// The days of a plan, in the order of the page.
fn days(page: &str) -> Vec<String> {
    let days = page.split("<time datetime=\"").skip(1);
    days.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
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
        let lead = between(&page, "<p class=\"lead\">", "</p>").replace(['\u{a0}'], " ").replace("&nbsp;", " ");
        assert!(lead.contains("Джун с 31 мая 2026. Впереди 3 защиты и 24 новых требования"), "{lead}");
        assert!(lead.contains("1 год и 9 месяцев."), "{lead}");
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
            ("grade=intern", "grade", "нет грейда «Стажёр». Есть: Джун, Джун+"),
            ("grade=boss", "grade", "Выберите грейд"),
            ("grade=senior-plus-plus", "grade", "верхний грейд"),
            ("grade=middle", "to", "выше нынешнего"),
            ("to=junior", "to", "выше нынешнего"),
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
        assert_eq!(events[2].1, "Можно защищать Мидл: Фронтенд-разработчик");
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
                "/plan?profession={}&grade={}&since=2024-02-29&to={}",
                profession.slug, lowest.slug(), highest.slug(),
            );
            let page = app.page(&path).await;
            let days = days(&page);
            assert_eq!(days.len(), above.len() + 1, "{path}");
            assert_eq!(days.iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>(), days.iter().collect::<Vec<_>>());
            let months = levels[1..].iter().map(|level| intervals.before(*level)).sum::<u32>();
            let time = grades::russian::months(months);
            assert!(page.contains(&format!("займёт {time}.")), "{path}: {time}");
            let undescribed = profession.grades.iter().filter(|grade| grade.level != *lowest && grade.description.is_none());
            assert_eq!(page.matches("Этот грейд ещё не&nbsp;описан.").count(), undescribed.count(), "{path}");
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
