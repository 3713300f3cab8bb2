//! `/plan`: the earliest days of the next defences and what each asks; `/plan.ics`: the same for a
//! calendar. Both are made for one day, which is a part of the key they are cached under.

mod calendar;
mod timeline;
mod words;

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

pub use self::calendar::Stamps;
use self::timeline::Timeline;
use super::shared::choices::{self, Errors, LevelGroup, Offer};
use super::shared::deepened::DeepenedSkills;
use super::shared::grade_choice;
use super::shared::since::Since;
use super::shared::steps::{Step, Steps};
use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::professions::Profession;
use crate::graders::service::rules;
use crate::ladder::inherited::OfStep;
use crate::ladder::promotion::{Failures, NoPlan, Start, assumed_failure, plan};
use crate::ladder::self_check::{Answer, Answers, SelfCheck};
use crate::ladder::{Grade, Level, LevelName, Requirement, Scale};
use crate::paths::{self, CheckQuery, Growth, PlanQuery};
use crate::russian;
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, Section, filters};

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
    revision: Option<String>,
    next: Option<String>,
    yes: Option<String>,
    partly: Option<String>,
    no: Option<String>,
    na: Option<String>,
}

#[derive(Template)]
#[template(path = "site/plan.html")]
struct PlanPage {
    head: Head,
    steps: Steps,
    typed: Typed,
    offer: Offer,
    errors: Vec<FieldError>,
    /// The plan, if all that it needs was typed.
    made: Option<Plan>,
    /// What changed since it was made first.
    since: Option<Since>,
    /// The last saved change of the state that is shown.
    revision: i32,
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
    /// The last saved change of the state that the form was sent in; empty if it tells none.
    revision: String,
    /// The level that was checked or is defended next; empty if no page said it.
    next: String,
    /// The answers of a self-check, if there was one.
    answers: Option<Answers>,
    /// Whether the form was sent; a link to it may fill in some fields.
    is_sent: bool,
}

/// A plan, made.
struct Plan {
    profession: Profession,
    /// Whose it is; may be empty.
    name: String,
    start: Start,
    target: LevelName,
    defences: Vec<Planned>,
    /// The day it was made for.
    today: NaiveDate,
    /// Where the failed defences are on unknown days: when the last one is assumed to have been.
    assumed_failure: Option<NaiveDate>,
    /// The answers of a self-check to what the target asks, if there was one.
    answers: Option<Answers>,
    /// The grade that was checked or is defended next.
    next: LevelName,
    timeline: Timeline,
}

/// A defence of a plan.
struct Planned {
    grade: Grade,
    earliest: NaiveDate,
    date: NaiveDate,
    /// What is new because the ladder includes another one.
    inherited: Vec<OfStep>,
    /// How many requirements are new.
    new_count: usize,
    /// What its requirements only deepen.
    deepened: DeepenedSkills,
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
    let today = visitor.today();
    let key = format!("{}#{today}", paths::plan(&typed.query()));
    let visitor = visitor.looking_back(!typed.revision.is_empty());
    visitor.form(key, move |visit| PlanPage::build(visit, typed, today)).await
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
    stamps: Data<Stamps>,
) -> Result<HttpResponse, AppError> {
    let mut typed = Typed { is_sent: true, ..Typed::from(parameters.into_inner()) };
    let (now, today) = (visitor.now(), visitor.today());
    visitor
        .fresh_file(move |visit| match typed.plan(visit, today)? {
            Ok(plan) => {
                let address = paths::plan(&typed.query());
                Ok(plan.calendar(visit, (&stamps, now), &address))
            }
            Err(_) => Err(AppError::BadRequest(
                "Плана по этим данным нет. Заполните форму на странице «План роста».",
            )),
        })
        .await
}

impl From<Parameters> for Typed {
    fn from(parameters: Parameters) -> Self {
        let Parameters { profession, grade, since, to, failed, failed_on, name, .. } = &parameters;
        let revision = parameters
            .revision
            .as_ref()
            .filter(|typed| typed.parse::<i32>().is_ok_and(|number| number >= 0));
        let clean = |typed: &Option<String>| choices::cleaned(typed.as_deref());
        let answers = paths::read_answers([
            (Answer::Yes, parameters.yes.as_deref()),
            (Answer::Partly, parameters.partly.as_deref()),
            (Answer::No, parameters.no.as_deref()),
            (Answer::NotApplicable, parameters.na.as_deref()),
        ]);
        Self {
            // A way that leads here may say to which grade, but not since when.
            is_sent: since.is_some(),
            next: clean(&parameters.next),
            answers,
            profession: clean(profession),
            grade: clean(grade),
            since: clean(since),
            to: clean(to),
            failed: clean(failed),
            failed_on: clean(failed_on),
            name: clean(name),
            revision: revision.cloned().unwrap_or_default(),
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
            to: (self.is_sent || !self.to.is_empty()).then_some(&self.to),
            failed: &self.failed,
            failed_on: &self.failed_on,
            name: &self.name,
            revision: &self.revision,
            next: &self.next,
            answers: self.answers.as_ref(),
        }
    }

    /// The self-check and the sheet of a level, with all that was said here.
    fn check_query(&self, level: &str) -> CheckQuery {
        CheckQuery {
            profession: self.profession.clone(),
            level: level.to_owned(),
            answers: self.answers.clone(),
            revision: self.revision.parse().ok(),
            growth: Growth {
                now: self.grade.clone(),
                since: self.since.clone(),
                to: self.to.clone(),
                failed: self.failed.clone(),
                failed_on: self.failed_on.clone(),
                name: self.name.clone(),
            },
            ..CheckQuery::default()
        }
    }

    /// The plan for what was typed, or what is wrong with it.
    fn plan(
        &mut self,
        visit: &Visit,
        today: NaiveDate,
    ) -> Result<Result<Plan, Vec<FieldError>>, AppError> {
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
        let names = profession.as_ref().map(|found| Arc::clone(found.ladder.scale()));
        let names = names.unwrap_or_else(Scale::standard);
        let sentence = "Выберите грейд, который у вас сейчас.";
        let from = errors.level("grade", &names, &mut self.grade, sentence);
        let since = errors.day("since", &self.since);
        let sentence = "Выберите грейд, к которому идёте.";
        let to = errors.level("to", &names, &mut self.to, sentence);
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
        let dictionary = visit.dictionary()?;
        let start = Start { level, since, failures };
        let intervals = &rules.rules.intervals;
        let planned = plan(&profession.ladder, intervals, start, to, today).and_then(|defences| {
            let next = defences.first().map_or(to, |defence| defence.grade.level);
            let planned = defences.into_iter().map(|defence| Planned {
                grade: profession.ladder.without_repeated(defence.grade),
                earliest: defence.earliest,
                date: defence.date,
                inherited: profession.ladder.inherited_at(defence.grade.level),
                new_count: profession.ladder.new_count(defence.grade.level),
                deepened: DeepenedSkills::of(
                    &profession.ladder,
                    defence.grade.level,
                    Arc::clone(&dictionary),
                ),
            });
            Ok((planned.collect::<Vec<_>>(), assumed_failure(intervals, start, next)?))
        });
        let (defences, assumed_failure) = match planned {
            Ok(planned) => planned,
            Err(why) => {
                let (field, message) = why_not(why, &profession, level);
                errors.add(field, message);
                return Ok(Err(errors.0));
            }
        };
        let (name, target) = (self.name.clone(), LevelName::new(&names, to));
        let answers = self.answers.as_ref();
        let check = answers.map(|answers| grade_choice::checked(visit, (&profession, to), answers));
        let answers = check.transpose()?.map(|(check, _)| check.answers());
        // What was checked before the plan was made for another present grade comes to nothing.
        let said = names.find(&self.next).filter(|said| *said > level);
        let said = said.and_then(|said| profession.ladder.grade(said));
        let next = said.or_else(|| profession.ladder.next(level));
        let next = next.map_or_else(|| target.clone(), |grade| grade.name.clone());
        let timeline = Timeline::new(&profession.ladder.name(level), since, &defences, today);
        Ok(Ok(Plan {
            profession,
            name,
            start,
            target,
            defences,
            today,
            assumed_failure,
            answers,
            next,
            timeline,
        }))
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
            errors.add("failed-on", "Защита не могла пройти раньше, чем присвоен текущий грейд.");
            return None;
        }
        count.map(|_| Failures::LastOn(failed))
    }
}

impl Errors {
    /// The level that was typed; a scale that is not the usual one puts its present name in its place.
    fn level(
        &mut self,
        field: &'static str,
        names: &Arc<Scale>,
        typed: &mut String,
        message: &str,
    ) -> Option<Level> {
        let level = names.find(typed);
        match level {
            None => self.add(field, message),
            Some(level) if !names.is_standard() => {
                LevelName::new(names, level).slug().clone_into(typed);
            }
            Some(_) => {}
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
            let name = profession.ladder.name(level);
            (field, format!("В лестнице «{title}» нет грейда «{}». Есть: {levels}.", name.word()))
        }
        NoPlan::NotAbove if profession.ladder.next(present).is_none() => {
            let name = profession.ladder.name(present);
            let message = format!("{name} — верхний грейд этой лестницы: дальше защищать нечего.");
            ("grade", message)
        }
        NoPlan::NotAbove => ("to", "Желаемый грейд должен быть выше текущего.".to_owned()),
        NoPlan::TooFar => ("since", "Так далеко календарь не считает.".to_owned()),
    }
}

impl PlanPage {
    fn build(
        visit: &Visit,
        mut typed: Typed,
        today: NaiveDate,
    ) -> Result<(StatusCode, Self), AppError> {
        let (made, errors) = match typed.plan(visit, today)? {
            Ok(plan) => (Some(plan), Vec::new()),
            Err(errors) => (None, errors),
        };
        let offer = Offer::read(&visit.database)?;
        let address = paths::plan(&typed.query());
        let name = made.as_ref().map_or_else(|| "План роста".to_owned(), Plan::title);
        let description = "Когда можно защищать следующие грейды и что нового нужно для каждого.";
        let name = title(&name, &errors);
        let head = visit.head(&address, Section::Rules, name, description);
        // Search engines need not know every plan.
        let canonical = head.canonical.filter(|_| address == paths::plan_form());
        let status = status(&errors);
        let since = match &made {
            Some(plan) => {
                let ladder = (&plan.profession, plan.target.level());
                Since::of(visit, ladder, (typed.revision.parse().ok(), &address), true)?
            }
            None => None,
        };
        let (head, revision) = (Head { canonical, ..head }, visit.state_revision()?);
        let steps = Self::steps(&typed, made.as_ref());
        Ok((status, Self { head, steps, typed, offer, errors, made, since, revision }))
    }

    /// The other pages of the way, for the grade that was checked, or else for the next one.
    fn steps(typed: &Typed, made: Option<&Plan>) -> Steps {
        let level = match made {
            Some(plan) => plan.next.slug(),
            None if typed.next.is_empty() => &typed.to,
            None => &typed.next,
        };
        let query = typed.check_query(level);
        // Where the fields name no grade, the others ask for it too.
        let is_named = !query.profession.is_empty() && !query.level.is_empty();
        let query = if is_named { query } else { CheckQuery::default() };
        let steps = Steps::of(Step::Plan, &query, None);
        match made.and_then(Plan::checked_next) {
            Some(check) => steps.checked(&check),
            None => steps,
        }
    }

    /// The self-check of a grade of the plan: what it asks, with the answers that were given.
    fn check_address(&self, plan: &Plan, grade: &Grade) -> String {
        let query = self.typed.check_query(grade.name.slug());
        let from = query.answers.as_ref();
        let from = from.map(|_| paths::grade_name(&plan.profession.slug, &plan.next));
        paths::check(&CheckQuery { from, revision: None, ..query })
    }

    fn sheet_address(&self, grade: &Grade) -> String {
        paths::defence(&self.typed.check_query(grade.name.slug()))
    }

    /// The lists of answers, to be sent along with the form.
    fn lists(&self) -> Vec<(&'static str, String)> {
        self.typed.answers.as_ref().map(paths::answer_lists).unwrap_or_default()
    }

    /// Whether the visitor has something to do with failed defences or a name.
    fn has_more(&self) -> bool {
        let Typed { failed, failed_on, name, .. } = &self.typed;
        let fields = ["failed", "failed-on", "name"];
        [failed, failed_on, name].into_iter().any(|typed| !typed.is_empty())
            || fields.into_iter().any(|field| self.error(field).is_some())
    }

    /// The levels to choose from, with the one that stands in a field.
    fn levels(&self, typed: &str) -> Vec<LevelGroup> {
        self.offer.levels(&self.typed.profession, typed)
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }
}

impl Plan {
    /// What is demanded before the first grade of a fork: its words, with its address and how many
    /// requirements there are.
    fn before_fork(&self) -> Option<(String, String, usize)> {
        let ladder = &self.profession.ladder;
        let included = ladder.included()?;
        let level = included.up_to?;
        let (slug, name) = (&included.origin.slug, included.ladder.name(level));
        let words = format!("{} до {}", included.origin.title, name.genitive());
        Some((words, paths::grade(slug, &name), ladder.count_before_fork()))
    }

    fn title(&self) -> String {
        format!("План роста: {}, {} → {}", self.whose(), self.start_name(), self.target)
    }

    /// What was answered of the grade that is next.
    fn checked_next(&self) -> Option<SelfCheck> {
        Some(SelfCheck::new((&self.profession.ladder, self.next.level()), self.answers.as_ref()?))
    }

    /// What was answered to a requirement.
    fn answer(&self, requirement: &Requirement) -> Option<Answer> {
        self.answers.as_ref()?.get(&requirement.id)
    }

    /// Whether the self-check says that a requirement is met.
    fn is_met(&self, requirement: &Requirement) -> bool {
        self.answer(requirement) == Some(Answer::Yes)
    }

    /// The present grade.
    fn start_name(&self) -> LevelName {
        self.profession.ladder.name(self.start.level)
    }

    /// The profession, and the person if named.
    fn whose(&self) -> String {
        let title = &self.profession.title;
        if self.name.is_empty() { title.clone() } else { format!("{title}, {}", self.name) }
    }
}

impl Planned {
    /// Whether the earliest day by the rules was before the day of the plan.
    fn has_passed(&self) -> bool {
        self.earliest < self.date
    }

    fn is_possible(&self, today: NaiveDate) -> bool {
        self.earliest <= today
    }
}
