//! Public forms whose fields stand in the address: the search, the growth plan, the pay.

use super::check::answer_lists;
use super::{filled, number, with_query};
use crate::ladder::self_check::Answers;
use crate::ladder::{Level, LevelName};

/// A search. What is empty is left out.
#[derive(Clone, Copy, Debug)]
pub struct SearchQuery<'a> {
    /// What is asked.
    pub question: &'a str,
    /// The track professions and grades are searched in.
    pub track: Option<&'a str>,
    /// The level grades are searched at.
    pub level: Option<Level>,
    /// The kind of what is found, by its name in addresses.
    pub kind: Option<&'a str>,
    /// The page of that kind.
    pub page: usize,
}

/// What stands in the fields of a growth plan. What is empty is left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlanQuery<'a> {
    /// The profession by its name in addresses.
    pub profession: &'a str,
    /// The present level.
    pub grade: &'a str,
    /// The day it was given; `None` if the form was not sent.
    pub since: Option<&'a str>,
    /// The level to grow to.
    pub to: Option<&'a str>,
    /// How many defences failed.
    pub failed: &'a str,
    /// The day of the last of them.
    pub failed_on: &'a str,
    /// Whose plan it is.
    pub name: &'a str,
    /// The last saved change of the state that the form was sent in.
    pub revision: &'a str,
    /// The level that was checked or is defended next.
    pub next: &'a str,
    /// The answers of a self-check; `None` if there was none.
    pub answers: Option<&'a Answers>,
}

/// What stands in the fields of the pay by grade. What is empty is left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct SalaryQuery<'a> {
    /// The profession by its name in addresses.
    pub profession: &'a str,
    /// The pay of the lowest grade; `None` if the form was not sent.
    pub floor: Option<&'a str>,
    /// The pay of the highest grade; `None` if the form was not sent.
    pub ceiling: Option<&'a str>,
    /// The code of the currency.
    pub currency: &'a str,
    /// What pay is rounded to.
    pub round: &'a str,
    /// The weight of a step inside junior.
    pub junior: &'a str,
    /// The weight of a step inside middle.
    pub middle: &'a str,
    /// The weight of a step inside senior.
    pub senior: &'a str,
    /// The weight of a step to a new base level.
    pub base: &'a str,
}

/// The search with nothing asked.
pub const fn search_form() -> &'static str {
    "/search"
}

/// A search.
pub fn search(query: &SearchQuery<'_>) -> String {
    let page = number(query.page);
    with_query(
        search_form(),
        [
            ("q", filled(query.question)),
            ("track", query.track),
            ("level", query.level.map(Level::slug)),
            ("kind", query.kind),
            ("page", page.as_deref()),
        ],
    )
}

/// The growth plan with nothing filled in.
pub const fn plan_form() -> &'static str {
    "/plan"
}

/// The growth plan with the profession filled in, and with the present grade.
pub fn plan_of(slug: &str, level: Option<&LevelName>) -> String {
    plan(&PlanQuery {
        profession: slug,
        grade: level.map_or("", LevelName::slug),
        ..PlanQuery::default()
    })
}

/// A growth plan.
pub fn plan(query: &PlanQuery<'_>) -> String {
    query.behind(plan_form())
}

/// The same as a calendar.
pub fn plan_ics(query: &PlanQuery<'_>) -> String {
    query.behind("/plan.ics")
}

/// Where a profession and a level that were chosen lead to their grade.
pub const fn choice_form() -> &'static str {
    "/choose"
}

/// A profession and a level that were chosen.
pub fn choice(profession: &str, level: &str) -> String {
    with_query(choice_form(), [("profession", Some(profession)), ("grade", Some(level))])
}

/// The pay by grade with nothing filled in.
pub const fn salary_form() -> &'static str {
    "/salary"
}

/// The pay by grade.
pub fn salary(query: &SalaryQuery<'_>) -> String {
    with_query(
        salary_form(),
        [
            ("profession", filled(query.profession)),
            ("floor", query.floor),
            ("ceiling", query.ceiling),
            ("currency", filled(query.currency)),
            ("round", filled(query.round)),
            ("junior", filled(query.junior)),
            ("middle", filled(query.middle)),
            ("senior", filled(query.senior)),
            ("base", filled(query.base)),
        ],
    )
}

impl PlanQuery<'_> {
    fn behind(&self, path: &str) -> String {
        let lists = self.answers.map(answer_lists).unwrap_or_default();
        let lists = lists.iter().map(|(name, list)| (*name, Some(list.as_str())));
        let typed = [
            ("profession", filled(self.profession)),
            ("grade", filled(self.grade)),
            ("since", self.since),
            ("to", self.to),
            ("failed", filled(self.failed)),
            ("failed-on", filled(self.failed_on)),
            ("name", filled(self.name)),
            ("revision", filled(self.revision)),
            ("next", filled(self.next)),
        ];
        with_query(path, typed.into_iter().chain(lists))
    }
}
