//! The identity and the order of calendar events: UID, SEQUENCE and DTSTAMP.

use std::collections::BTreeMap;

use calcard::icalendar::{
    ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarValue,
};
use calcard::{Entry, Parser};
use reqwest::Response;

use crate::app::{Editor, TestApp, between, header};

const PLAN: &str = "profession=back-end&grade=junior-plus&since=2026-03-31&to=middle-plus";
const PROFESSION: &str = "/admin/professions/back-end";

#[derive(Clone, Debug, PartialEq, Eq)]
struct Event {
    day: String,
    texts: String,
    /// What RFC 5546, section 2.1.5, orders the versions of an event by.
    age: (i64, String),
}

/// The events of a calendar by UID.
fn events(file: &str) -> BTreeMap<String, Event> {
    let Entry::ICalendar(calendar) = Parser::new(file).entry() else {
        panic!("no calendar: {file}")
    };
    let event = |event: &ICalendarComponent| {
        let values = |property: ICalendarProperty| {
            let found = event.property(&property).unwrap_or_else(|| panic!("no {property:?}"));
            assert_eq!(found.values.len(), 1);
            found.values[0].clone()
        };
        let text = |property| match values(property) {
            ICalendarValue::Text(text) => text,
            ICalendarValue::PartialDateTime(at) => {
                let time = [at.hour, at.minute, at.second].map(Option::unwrap_or_default);
                let [hour, minute, second] = time;
                let (year, month, day) = (at.year.unwrap(), at.month.unwrap(), at.day.unwrap());
                format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
            other => panic!("{other:?}"),
        };
        let ICalendarValue::Integer(sequence) = values(ICalendarProperty::Sequence) else {
            panic!("no number: {file}")
        };
        let texts = text(ICalendarProperty::Summary) + &text(ICalendarProperty::Description);
        let age = (sequence, text(ICalendarProperty::Dtstamp));
        (text(ICalendarProperty::Uid), Event { day: text(ICalendarProperty::Dtstart), texts, age })
    };
    let events = calendar.components.iter();
    let events =
        events.filter(|component| component.component_type == ICalendarComponentType::VEvent);
    events.map(event).collect()
}

async fn plan(app: &TestApp, query: &str) -> BTreeMap<String, Event> {
    let file = app.page(&format!("/plan.ics?{query}")).await;
    let count = file.matches("BEGIN:VEVENT").count();
    let events = events(&file);
    assert_eq!(events.len(), count, "two events of a plan have one UID: {file}");
    events
}

/// Makes sure that the later file has the same events, and which of them moved or say something else;
/// those are newer.
fn changed(before: &BTreeMap<String, Event>, after: &BTreeMap<String, Event>) -> usize {
    assert!(before.keys().eq(after.keys()), "{before:?} {after:?}");
    let pairs = before.values().zip(after.values());
    let changed =
        pairs.filter(|(before, after)| (&before.day, &before.texts) != (&after.day, &after.texts));
    changed
        .inspect(|(before, after)| assert!(after.age > before.age, "{before:?} {after:?}"))
        .count()
}

async fn led_to(answer: Response) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    header(&answer, "location").to_owned()
}

/// Sends a form with the current version of its page.
async fn send(editor: &Editor<'_>, path: &str, form: &[(&str, &str)]) -> Response {
    let version = between(&editor.page(path).await, "name=\"version\" value=\"", "\"").to_owned();
    editor.send(path, &[&[("version", version.as_str())], form].concat()).await
}

on_both_databases! {
    async fn a_plan_downloaded_again_has_the_same_events(app: TestApp) {
        let first = plan(&app, PLAN).await;
        assert_eq!(first.len(), 3);
        assert_eq!(plan(&app, PLAN).await, first);
        // The day is the same, however it is written.
        let written = plan(&app, &PLAN.replace("2026-03-31", "31.03.2026")).await;
        assert!(written.keys().eq(first.keys()));
    }

    async fn plans_of_different_people_share_no_uid(app: TestApp) {
        let mut seen = plan(&app, PLAN).await;
        for other in [
            PLAN.replace("grade=junior-plus", "grade=junior"),
            PLAN.replace("2026-03-31", "2026-04-30"),
            PLAN.replace("to=middle-plus", "to=middle"),
            PLAN.replace("back-end", "front-end"),
            format!("{PLAN}&name=%D0%90%D0%BD%D0%BD%D0%B0"),
            format!("{PLAN}&name=%D0%98%D0%B2%D0%B0%D0%BD"),
        ] {
            for (id, event) in plan(&app, &other).await {
                assert!(seen.insert(id, event).is_none(), "{other}");
            }
        }
        let named = plan(&app, &format!("{PLAN}&name=%D0%90%D0%BD%D0%BD%D0%B0")).await;
        assert!(named.values().all(|event| event.texts.contains("Анна")), "{named:?}");
    }

    async fn a_failed_defence_moves_the_events_and_makes_them_newer(app: TestApp) {
        let mut before = plan(&app, PLAN).await;
        for failures in [
            "failed=1", "failed=2", "failed-on=01.12.2026", "failed=4&failed-on=2027-02-01",
        ] {
            let after = plan(&app, &format!("{PLAN}&{failures}")).await;
            assert_eq!(changed(&before, &after), 3, "{failures}");
            before = after;
        }
    }

    async fn a_correction_of_the_failures_makes_the_events_newer_in_either_direction(app: TestApp) {
        let mut before = plan(&app, PLAN).await;
        for failures in [
            "failed=3", "failed=1", "failed-on=01.12.2026", "failed-on=01.11.2026", "failed=2",
            "failed-on=15.01.2027", "failed=", "failed=2",
        ] {
            let after = plan(&app, &format!("{PLAN}&{failures}")).await;
            assert_eq!(changed(&before, &after), 3, "{failures}");
            let rose = |(id, event): (&String, &Event)| event.age.0 >= before[id].age.0;
            assert!(after.iter().all(rose), "{failures}");
            assert_eq!(plan(&app, &format!("{PLAN}&{failures}")).await, after, "{failures}");
            before = after;
        }
    }

    async fn another_day_moves_only_what_it_delays_and_makes_it_newer(app: TestApp) {
        app.time.set("2026-09-29T12:00:00Z");
        let mut before = plan(&app, PLAN).await;
        // The first event says from 1 October on that its day has passed, and stays there.
        for (now, count) in [
            ("2026-09-30T12:00:00Z", 0), ("2026-10-01T12:00:00Z", 3), ("2026-10-02T12:00:00Z", 2),
            ("2027-05-31T12:00:00Z", 2),
        ] {
            app.time.set(now);
            let after = plan(&app, PLAN).await;
            assert_eq!(changed(&before, &after), count, "{now}");
            assert!(after.values().any(|event| event.day.starts_with("2026-09-30")), "{after:?}");
            before = after;
        }
    }

    async fn new_rules_move_the_events_and_make_them_newer(app: TestApp) {
        let before = plan(&app, PLAN).await;
        let olga = app.owner("olga").await;
        let (text, version) = olga.read("/admin/rules").await;
        let form = [
            ("version", version.as_str()), ("months", "5"), ("top-months", "12"),
            ("top-level", "senior"), ("retry-months", "3"), ("junior", "1"), ("middle", "2"),
            ("senior", "3"), ("base", "4"), ("text", &text), ("note", ""), ("action", "save"),
        ];
        led_to(olga.send("/admin/rules", &form).await).await;
        assert_eq!(changed(&before, &plan(&app, PLAN).await), 3);
    }

    async fn a_changed_description_makes_the_events_newer(app: TestApp) {
        let before = plan(&app, PLAN).await;
        let ann = app.editor("ann").await;
        let path = format!("{PROFESSION}/middle");
        let (_, version) = ann.read(&path).await;
        led_to(ann.save(&path, &version, "- Пишет на Rust").await).await;
        assert_eq!(changed(&before, &plan(&app, PLAN).await), 1);
    }

    async fn a_renamed_profession_keeps_the_uids_of_its_events(app: TestApp) {
        let before = plan(&app, PLAN).await;
        let ann = app.editor("ann").await;
        let form = [
            ("title", "Серверы"), ("slug", "servers"), ("summary", ""), ("track", "web"),
            ("action", "save"),
        ];
        led_to(send(&ann, PROFESSION, &form).await).await;
        for query in [PLAN.replace("back-end", "servers"), PLAN.to_owned()] {
            assert_eq!(changed(&before, &plan(&app, &query).await), 3, "{query}");
        }
        // Another profession at the former address is another one.
        app.database.execute(
            "DELETE FROM former_slugs;
             UPDATE profession SET slug = 'back-end' WHERE slug = 'front-end';
             UPDATE catalogue_state SET revision = revision + 1",
        );
        let other = plan(&app, PLAN).await;
        assert!(other.keys().all(|id| !before.contains_key(id)), "{other:?}");
    }

    async fn a_profession_that_was_deleted_and_restored_keeps_the_uids(app: TestApp) {
        let before = plan(&app, PLAN).await;
        let ann = app.editor("ann").await;
        led_to(send(&ann, &format!("{PROFESSION}/delete"), &[("action", "delete")]).await).await;
        let trash = ann.page("/admin/trash").await;
        let id = between(&trash, "name=\"profession\" value=\"", "\"");
        led_to(ann.send("/admin/trash", &[("profession", id)]).await).await;
        assert_eq!(changed(&before, &plan(&app, PLAN).await), 0);
    }

    async fn the_name_of_a_plan_is_a_field_of_the_form(app: TestApp) {
        let page = app.page(&format!("/plan?{PLAN}&name=%D0%90%D0%BD%D0%BD%D0%B0")).await;
        assert!(page.contains("name=\"name\" value=\"Анна\""), "{page}");
        assert!(between(&page, "href=\"/plan.ics?", "\"").contains("name="));
        let long = format!("{PLAN}&name={}", "x".repeat(101));
        assert_eq!(app.get(&format!("/plan?{long}")).await.status(), 422);
        assert_eq!(app.get(&format!("/plan.ics?{long}")).await.status(), 400);
    }
}
