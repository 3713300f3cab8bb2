//! `/plan`: the earliest days of the next defences and what each asks; `/plan.ics`: the same for a
//! calendar.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use askama::Template;
use chrono::{Datelike, Months, NaiveDate};
use icalendar::{Component, EventLike, Property};
use serde::Deserialize;

use super::shared::choices::{self, Errors};
use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::professions::{Profession, ProfessionAddress};
use crate::graders::service::rules::{self, StoredRules};
use crate::ladder::promotion::{Failures, NoPlan, Start, plan, whole_months};
use crate::ladder::{Grade, Level};
use crate::paths::{self, PlanQuery};
use crate::russian;
use crate::web::field_errors::{message, status, title};
use crate::web::{File, Head, Section, digest, filters};

/// The years a grade may have been given in.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2100;

/// The most defences one may have failed.
const MOST_FAILURES: u32 = 20;

/// Characters the name of a plan's owner may have.
const LONGEST_NAME: usize = 100;

/// The parameters of `/plan` and `/plan.ics`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Parameters {
    profession: Option<String>,
    grade: Option<String>,
    since: Option<String>,
    to: Option<String>,
    failed: Option<String>,
    failed_on: Option<String>,
    name: Option<String>,
}

#[derive(Template)]
#[template(path = "site/plan.html")]
struct PlanPage {
    head: Head,
    typed: Typed,
    /// What there is to choose from; empty where there is too much.
    choices: Vec<ProfessionAddress>,
    errors: Vec<FieldError>,
    /// The plan, if all that it needs was typed.
    made: Option<Plan>,
}

/// What stands in the fields.
#[derive(Clone, Debug)]
struct Typed {
    profession: String,
    grade: String,
    since: String,
    to: String,
    failed: String,
    failed_on: String,
    name: String,
    /// Whether the form was sent; a link to it may fill in some fields.
    is_sent: bool,
}

/// A plan, made.
struct Plan {
    profession: Profession,
    /// Whose it is; may be empty.
    name: String,
    start: Start,
    target: Level,
    defences: Vec<Planned>,
    rules: StoredRules,
}

/// A defence of a plan.
struct Planned {
    grade: Grade,
    date: NaiveDate,
}

/// Answers with a form, and with a plan if the address has all it needs.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let typed = Typed::from(parameters.into_inner());
    let address = paths::plan(&typed.query());
    visitor.form(address, move |visit| PlanPage::build(visit, typed)).await
}

/// Answers with a plan as a calendar of days without hours, which are the same in every time zone.
///
/// # Errors
///
/// [`AppError::BadRequest`] if the address does not have all a plan needs; if the database does
/// not answer.
pub async fn download(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let mut typed = Typed { is_sent: true, ..Typed::from(parameters.into_inner()) };
    let address = paths::plan_ics(&typed.query());
    visitor
        .file(address, move |visit| match typed.plan(visit)? {
            Ok(plan) => Ok(plan.calendar(visit, &paths::plan(&typed.query()))),
            Err(_) => Err(AppError::BadRequest(
                "Плана по этим данным нет. Заполните форму на странице «План роста».",
            )),
        })
        .await
}

impl From<Parameters> for Typed {
    fn from(parameters: Parameters) -> Self {
        let Parameters { profession, grade, since, to, failed, failed_on, name } = parameters;
        let clean = |typed: &Option<String>| choices::cleaned(typed.as_deref());
        Self {
            is_sent: since.is_some() || to.is_some(),
            profession: clean(&profession),
            grade: clean(&grade),
            since: clean(&since),
            to: clean(&to),
            failed: clean(&failed),
            failed_on: clean(&failed_on),
            name: clean(&name),
        }
    }
}

impl Typed {
    /// What stands in the address of the page with these fields.
    fn query(&self) -> PlanQuery<'_> {
        PlanQuery {
            profession: &self.profession,
            grade: &self.grade,
            since: self.is_sent.then_some(&self.since),
            to: self.is_sent.then_some(&self.to),
            failed: &self.failed,
            failed_on: &self.failed_on,
            name: &self.name,
        }
    }

    /// The plan for what was typed, or what is wrong with it.
    fn plan(&mut self, visit: &Visit) -> Result<Result<Plan, Vec<FieldError>>, AppError> {
        let mut errors = Errors::default();
        let is_named = self.is_sent || !self.profession.is_empty();
        let profession = if is_named {
            let dictionary = visit.dictionary()?;
            errors.profession(&visit.database, &dictionary, &self.profession)?
        } else {
            None
        };
        if let Some(found) = &profession {
            self.profession.clone_from(&found.slug);
        }
        if !self.is_sent {
            return Ok(Err(errors.0));
        }
        let from = errors.level("grade", &self.grade, "Выберите грейд, который у вас сейчас.");
        let since = errors.day("since", &self.since);
        let to = errors.level("to", &self.to, "Выберите грейд, к которому идёте.");
        let failures = self.failures(since, &mut errors);
        if self.name.chars().count() > LONGEST_NAME {
            errors.add("name", format!("Имя может быть не длиннее {LONGEST_NAME} знаков."));
            return Ok(Err(errors.0));
        }
        let (Some(profession), Some(level), Some(since), Some(to), Some(failures)) =
            (profession, from, since, to, failures)
        else {
            return Ok(Err(errors.0));
        };
        let rules = rules::current(&visit.database)?;
        let start = Start { level, since, failures };
        let defences = match plan(&profession.ladder, &rules.rules.intervals, start, to) {
            Ok(defences) => defences
                .into_iter()
                .map(|defence| Planned { grade: defence.grade.clone(), date: defence.date })
                .collect(),
            Err(why) => {
                let (field, message) = why_not(why, &profession, level);
                errors.add(field, message);
                return Ok(Err(errors.0));
            }
        };
        let name = self.name.clone();
        Ok(Ok(Plan { profession, name, start, target: to, defences, rules }))
    }

    fn failures(&self, since: Option<NaiveDate>, errors: &mut Errors) -> Option<Failures> {
        let count = match self.failed.as_str() {
            "" => Some(0),
            typed => typed.parse().ok().filter(|count| *count <= MOST_FAILURES),
        };
        if count.is_none() {
            let message =
                format!("Запишите цифрами, сколько защит не удалось: от 0 до {MOST_FAILURES}.");
            errors.add("failed", message);
        }
        if self.failed_on.is_empty() {
            return count.map(Failures::Some);
        }
        let failed = errors.day("failed-on", &self.failed_on)?;
        if since.is_some_and(|since| failed < since) {
            errors.add("failed-on", "Защита не могла пройти раньше, чем присвоен нынешний грейд.");
            return None;
        }
        count.map(|_| Failures::LastOn(failed))
    }
}

impl Errors {
    fn level(&mut self, field: &'static str, typed: &str, message: &str) -> Option<Level> {
        let level = choices::level(typed);
        if level.is_none() {
            self.add(field, message);
        }
        level
    }

    fn day(&mut self, field: &'static str, typed: &str) -> Option<NaiveDate> {
        let day = russian::read_day(typed);
        if day.is_none() {
            self.add(field, "Запишите дату как 22.11.2026: день, месяц, год.");
        }
        if day.is_some_and(|day| !YEARS.contains(&day.year())) {
            let (first, last) = (YEARS.start(), YEARS.end());
            self.add(field, format!("Проверьте год: он должен быть от {first} до {last}."));
            return None;
        }
        day
    }
}

/// The field a plan fails on, and a sentence.
fn why_not(why: NoPlan, profession: &Profession, present: Level) -> (&'static str, String) {
    match why {
        NoPlan::NoSuchGrade(level) => {
            let field = if level == present { "grade" } else { "to" };
            let title = &profession.title;
            let levels = choices::levels(profession);
            (field, format!("В лестнице «{title}» нет грейда «{level}». Есть: {levels}."))
        }
        NoPlan::NotAbove if profession.ladder.next(present).is_none() => {
            let message =
                format!("{present} — верхний грейд этой лестницы: дальше защищать нечего.");
            ("grade", message)
        }
        NoPlan::NotAbove => ("to", "Желаемый грейд должен быть выше нынешнего.".to_owned()),
        NoPlan::TooFar => ("since", "Так далеко календарь не считает.".to_owned()),
    }
}

impl PlanPage {
    fn build(visit: &Visit, mut typed: Typed) -> Result<(StatusCode, Self), AppError> {
        let (made, errors) = match typed.plan(visit)? {
            Ok(plan) => (Some(plan), Vec::new()),
            Err(errors) => (None, errors),
        };
        let choices = choices::professions(&visit.database)?;
        let address = paths::plan(&typed.query());
        let name = made.as_ref().map_or_else(|| "План роста".to_owned(), Plan::title);
        let description = "Когда можно защищать следующие грейды и что нового нужно для каждого.";
        let name = title(&name, &errors);
        let head = visit.head(&address, Section::Rules, name, description);
        // Search engines need not know every plan.
        let canonical = head.canonical.filter(|_| address == paths::plan_form());
        let status = status(&errors);
        Ok((status, Self { head: Head { canonical, ..head }, typed, choices, errors, made }))
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}

impl Plan {
    fn title(&self) -> String {
        let Start { level, .. } = self.start;
        format!("План роста: {}, {level} → {}", self.whose(), self.target)
    }

    /// The profession, and the person if named.
    fn whose(&self) -> String {
        let title = &self.profession.title;
        if self.name.is_empty() { title.clone() } else { format!("{title}, {}", self.name) }
    }

    /// The requirements that all defences together add.
    fn requirement_count(&self) -> usize {
        self.defences.iter().map(|defence| defence.grade.requirements().len()).sum()
    }

    /// From the day the present grade was given to the last defence.
    fn whole_time(&self) -> String {
        let Some(last) = self.defences.last() else { return String::new() };
        let since = self.start.since;
        let whole = whole_months(since, last.date);
        let is_exact = since.checked_add_months(Months::new(whole)) == Some(last.date);
        let more = if is_exact { "" } else { " с небольшим" };
        format!("{}{more}", russian::months(whole))
    }

    /// The plan as a calendar. What does not change gives the same bytes: no clock is asked, the stamp
    /// is the time of the catalogue's last change.
    fn calendar(&self, visit: &Visit, address: &str) -> File {
        let slug = &self.profession.slug;
        let public_url = &visit.site.public_url;
        let host = public_url.split_once("://").map_or(public_url.as_str(), |(_, host)| host);
        let id = self.event_id();
        let sequence = self.sequence(visit.revision);
        let stamp = visit.changed_at.unwrap_or(self.rules.updated_at).and_utc();
        let mut calendar = icalendar::Calendar::empty();
        calendar.append_property(Property::new("VERSION", "2.0"));
        calendar.append_property(Property::new("PRODID", "-//Grades//Growth plan//RU"));
        calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
        // The crate's own name for it is also a property it leaves unescaped.
        calendar.append_property(Property::new("X-WR-CALNAME", self.title()));
        for Planned { grade, date } in &self.defences {
            let level = grade.level;
            let event = icalendar::Event::new()
                .uid(&format!("{id}-{}@{host}", level.slug()))
                .sequence(sequence)
                .timestamp(stamp)
                // Without an end it lasts that one day (RFC 5545, section 3.6.1).
                .starts(*date)
                .summary(&format!("Можно защищать {level}: {}", self.whose()))
                .description(&asked(grade, &format!("{public_url}{address}")))
                .url(&format!("{public_url}{}", paths::grade(slug, level)))
                .add_property("TRANSP", "TRANSPARENT")
                .done();
            calendar.push(event);
        }
        let name = format!("plan-{slug}-{}.ics", self.target.slug());
        File::attachment("text/calendar; charset=utf-8", &name, calendar.to_string())
    }

    /// The part of the UIDs that tells plans apart (RFC 5545, section 3.8.4.7): whose plan it is, from
    /// which grade since which day, and to which grade. A new address of the profession, a failed
    /// defence and new rules move the events of a plan, so the UIDs do not depend on them.
    fn event_id(&self) -> String {
        let Start { level, since, .. } = self.start;
        let (id, target) = (self.profession.id, self.target);
        digest(format!("{id}\n{level}\n{since}\n{target}\n{}", self.name).as_bytes())
    }

    /// The `SEQUENCE` of all events, by which a calendar takes the newer of two with one UID (RFC 5546,
    /// section 2.1.5): every change of what an event says raises it. The catalogue and the rules change
    /// with the revision; the failed defences only become more, and the last one later.
    fn sequence(&self, revision: i64) -> u32 {
        let failures = match self.start.failures {
            Failures::Some(count) => count,
            Failures::LastOn(day) => {
                let days = (day - self.start.since).num_days();
                u32::try_from(days).unwrap_or_default().saturating_add(MOST_FAILURES + 1)
            }
        };
        u32::try_from(revision).unwrap_or_default().saturating_add(failures)
    }
}

/// What a grade asks, in lines, and where the plan is.
fn asked(grade: &Grade, address: &str) -> String {
    let lines = grade.requirements().iter().map(|requirement| {
        let label = requirement.kind.map(|kind| format!("{}: ", kind.label())).unwrap_or_default();
        format!("— {label}{}\n", requirement.text)
    });
    let text = match (grade.is_described(), grade.requirements().len()) {
        (false, _) => "Грейд ещё не описан.\n".to_owned(),
        (true, 0) => "Новых требований нет.\n".to_owned(),
        _ => format!("Новые требования:\n{}", lines.collect::<String>()),
    };
    format!("{text}\n{address}")
}
