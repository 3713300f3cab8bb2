//! A plan as a calendar (RFC 5545).
//!
//! The event of a defence stands on its earliest day by the rules, also when that day has passed: an
//! event on today's day would move every day, and a reminder that came once would come again each
//! morning. Its text says that the defence has been possible since then. The later events are counted
//! from today, as on the page, because no earlier day is possible any more; so they move with each
//! download until the first defence is held.
//!
//! Which of two versions of an event is the newer one, a calendar takes from `SEQUENCE`, then from
//! `DTSTAMP` (RFC 5546, section 2.1.5):
//! - `SEQUENCE` is the number of the day plus the revision of the catalogue. Both only rise, and neither
//!   depends on what was typed.
//! - `DTSTAMP` is when the calendar was made first with this content, and later than that of any content
//!   before: where the fields are corrected within a day, an event of the same `UID` moves, forth or back.
//!   See [`Stamps`].

use std::sync::{Mutex, PoisonError};

use chrono::{Datelike, NaiveDateTime, TimeDelta};
use icalendar::{Component, EventLike, Property};
use quick_cache::unsync::Cache;

use super::{Plan, Planned};
use crate::ladder::Requirement;
use crate::ladder::promotion::Start;
use crate::paths;
use crate::russian;
use crate::site::shared::Visit;
use crate::web::{File, digest};

/// Plans whose last calendar is remembered; the least used are forgotten first.
const REMEMBERED: usize = 10_000;

/// What the last calendar of each plan said, and its `DTSTAMP`. Kept in memory only: what another process
/// made, or this one before a restart, has an earlier time than now.
pub struct Stamps(Mutex<Cache<String, Stamped>>);

/// A calendar that was made.
#[derive(Clone)]
struct Stamped {
    content: String,
    at: NaiveDateTime,
}

impl Default for Stamps {
    fn default() -> Self {
        Self(Mutex::new(Cache::new(REMEMBERED)))
    }
}

impl Stamps {
    /// The stamp of a plan's calendar: the same as before if the content is the same, else now, and later
    /// than before.
    fn stamp(&self, plan: &str, content: String, now: NaiveDateTime) -> NaiveDateTime {
        let mut stamps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = match stamps.get(plan) {
            None => now,
            Some(last) if last.content == content => last.at,
            Some(last) => now.max(last.at + TimeDelta::seconds(1)),
        };
        stamps.insert(plan.to_owned(), Stamped { content, at });
        at
    }
}

impl Plan {
    /// The plan as a calendar.
    pub(super) fn calendar(
        &self,
        visit: &Visit,
        (stamps, now): (&Stamps, NaiveDateTime),
        address: &str,
    ) -> File {
        let slug = &self.profession.slug;
        let site = &visit.site;
        let host = site.url().split_once("://").map_or_else(|| site.url(), |(_, host)| host);
        let id = self.event_id();
        let sequence = self.sequence(visit.revision);
        let address = site.address(address);
        let described = |planned| self.described(planned, address.as_deref());
        let events = self.defences.iter().map(|planned| {
            let name = &planned.grade.name;
            let mut event = icalendar::Event::new();
            if let Some(address) = site.address(&paths::grade(slug, name)) {
                event.url(&address);
            }
            event
                .uid(&format!("{id}-{}@{host}", name.level().slug()))
                .sequence(sequence)
                // Without an end it lasts that one day (RFC 5545, section 3.6.1).
                .starts(planned.earliest)
                .summary(&format!("Можно защищать {}: {}", name.accusative(), self.whose()))
                .description(&described(planned))
                .add_property("TRANSP", "TRANSPARENT")
                .done()
        });
        let events = events.collect::<Vec<_>>();
        let days = self.defences.iter().map(|planned| planned.earliest.to_string());
        let texts = self.defences.iter().map(described);
        let content = days.chain(texts).chain([sequence.to_string()]).collect::<String>();
        let stamp = stamps.stamp(&id, digest(content.as_bytes()), now).and_utc();

        let mut calendar = icalendar::Calendar::empty();
        calendar.append_property(Property::new("VERSION", "2.0"));
        calendar.append_property(Property::new("PRODID", "-//Grades//Growth plan//RU"));
        calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
        // The crate's own name for it is also a property it leaves unescaped.
        calendar.append_property(Property::new("X-WR-CALNAME", self.title()));
        for mut event in events {
            calendar.push(event.timestamp(stamp).done());
        }
        let name = format!("plan-{slug}-{}.ics", self.target.slug());
        File::attachment("text/calendar; charset=utf-8", &name, calendar.to_string())
    }

    /// The part of the UIDs that tells plans apart (RFC 5545, section 3.8.4.7): whose plan it is, from
    /// which grade since which day, and to which grade. A new address of the profession, a failed
    /// defence, new rules and another day move the events of a plan, so the UIDs do not depend on them.
    fn event_id(&self) -> String {
        let Start { level, since, .. } = self.start;
        // By rank: a level that gets another name stays the same.
        let (level, target) = (level.title(), self.target.level().title());
        let id = self.profession.id;
        digest(format!("{id}\n{level}\n{since}\n{target}\n{}", self.name).as_bytes())
    }

    /// The `SEQUENCE` of all events.
    fn sequence(&self, revision: i64) -> u32 {
        let day = u32::try_from(self.today.num_days_from_ce()).unwrap_or_default();
        u32::try_from(revision).unwrap_or_default().saturating_add(day)
    }

    /// Since when a defence is possible, what the grade asks, and where the plan is.
    fn described(&self, planned: &Planned, address: Option<&str>) -> String {
        let since = if planned.has_passed() {
            let day = russian::day(planned.earliest);
            format!("Срок вышел {day}: защищать можно уже сейчас.\n\n")
        } else if self.is_behind() {
            let today = russian::day(self.today);
            format!(
                "День посчитан {today}: чем позже пройдёт предыдущая защита, тем позже и эта.\n\n"
            )
        } else {
            String::new()
        };
        let address = address.map(|address| format!("\n{address}")).unwrap_or_default();
        format!("{since}{}{address}", asked(planned))
    }
}

/// What a grade asks, in lines.
fn asked(planned: &Planned) -> String {
    let line = |requirement: &Requirement| {
        let wish = if requirement.is_optional { "желательно: " } else { "" };
        let label = requirement.label().map(|label| format!("{label}: ")).unwrap_or_default();
        format!("— {wish}{label}{}\n", requirement.text)
    };
    let grade = &planned.grade;
    let blocks = grade.requirements_by_block().into_iter().map(|(block, requirements)| {
        let heading = block.map(|heading| format!("{}\n", heading.title)).unwrap_or_default();
        format!("{heading}{}", requirements.iter().map(line).collect::<String>())
    });
    let inherited = planned.inherited.iter().map(|group| {
        let lines = group.items.iter().map(|item| line(&item.asked.requirement));
        format!("{}\n{}", group.asked.grade_title(), lines.collect::<String>())
    });
    let inherited = inherited.collect::<String>();
    match (grade.is_described(), planned.new_count) {
        (false, _) => format!("Грейд ещё не описан.\n{inherited}"),
        (true, 0) => "Новых требований нет.\n".to_owned(),
        _ => format!("Новые требования:\n{}{inherited}", blocks.collect::<String>()),
    }
}
