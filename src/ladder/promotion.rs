//! The growth plan: the earliest day of each defence on the way to a grade.

use std::ops::RangeInclusive;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Grade, Ladder, Level};

/// The waiting times before defences, in whole months.
///
/// Source: «Система грейдов разработчика — общие положения»: half a year, before the last grades a
/// year, three months after a failed defence. Which grades are the last ones it does not say; that
/// they begin with senior in the starting rules is our reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Intervals {
    /// Before each grade below `top_level`.
    pub months: u32,
    /// Before `top_level` and before each grade above it.
    pub top_months: u32,
    /// The lowest grade with the longer wait.
    pub top_level: Level,
    /// Between a failed defence and the next attempt.
    pub retry_months: u32,
}

/// Where the plan begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The current grade.
    pub level: Level,
    /// The day it was granted or probation ended: probation does not count.
    pub since: NaiveDate,
    /// Failed defences of the next grade.
    pub failures: Failures,
}

/// Failed defences of the next grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failures {
    /// This number of defences on unknown days: each is assumed to have been on the earliest possible
    /// day.
    Some(u32),
    /// The last one was on this day.
    LastOn(NaiveDate),
}

/// One defence of a plan.
#[derive(Clone, Copy, Debug)]
pub struct Defence<'a> {
    /// The grade to defend.
    pub grade: &'a Grade,
    /// The earliest day by the rules; only that of the first defence may have passed.
    pub earliest: NaiveDate,
    /// The earliest day from today on: today, if `earliest` has passed.
    pub date: NaiveDate,
}

/// Why there is no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlan {
    /// The ladder has no grade of this level.
    NoSuchGrade(Level),
    /// The target is not above the current grade.
    NotAbove,
    /// The date is beyond the range of the calendar.
    TooFar,
}

impl Intervals {
    /// The valid values of an interval.
    pub const MONTHS: RangeInclusive<u32> = 1..=60;

    /// The waiting time before most defences: that before the top grades, if no grade that one can rise
    /// to is below them.
    #[must_use]
    pub fn usual(&self) -> u32 {
        self.before(Level::ALL[1])
    }

    /// The waiting time before the defence of a level.
    #[must_use]
    pub fn before(&self, level: Level) -> u32 {
        if level >= self.top_level { self.top_months } else { self.months }
    }
}

/// The defences from the current grade to the target, one for each grade between, each on its
/// earliest day if all earlier ones succeed.
///
/// Nobody can defend on a day that has passed: if the first defence was possible before `today`, its
/// date is `today`, and the later ones are counted from there.
///
/// All dates are counted in months from the same day; where a month lacks that day, its last day is
/// taken: half a year after 31 August is 28 February, a year after it 31 August again. Counted from
/// defence to defence, all dates after the first 28th would be a 28th too.
///
/// # Errors
///
/// If the ladder lacks one of the grades, the target is not above the current grade, or a date is
/// beyond the range of the calendar.
pub fn plan<'a>(
    ladder: &'a Ladder,
    intervals: &Intervals,
    start: Start,
    target: Level,
    today: NaiveDate,
) -> Result<Vec<Defence<'a>>, NoPlan> {
    for level in [start.level, target] {
        ladder.grade(level).ok_or(NoPlan::NoSuchGrade(level))?;
    }
    if target <= start.level {
        return Err(NoPlan::NotAbove);
    }
    let above = ladder.grades().iter().filter(|grade| grade.level > start.level);
    let ahead = above.take_while(|grade| grade.level <= target);
    // The day from which months are counted, and their number so far.
    let mut counted: Option<(NaiveDate, u32)> = None;
    ahead
        .map(|grade| {
            let interval = intervals.before(grade.level);
            let (anchor, months) = match counted {
                Some((anchor, months)) => (anchor, months.saturating_add(interval)),
                None => first(intervals, start, interval)?,
            };
            let earliest = after(anchor, months)?;
            counted = Some(if earliest < today { (today, 0) } else { (anchor, months) });
            Ok(Defence { grade, earliest, date: earliest.max(today) })
        })
        .collect()
}

/// The day from which the months before the first defence are counted, and their number.
fn first(intervals: &Intervals, start: Start, interval: u32) -> Result<(NaiveDate, u32), NoPlan> {
    match start.failures {
        Failures::Some(count) => {
            let retries = intervals.retry_months.saturating_mul(count);
            Ok((start.since, interval.saturating_add(retries)))
        }
        // A defence that failed before the interval was over does not bring the next one forward.
        Failures::LastOn(failed) => {
            let (granted, retried) = ((start.since, interval), (failed, intervals.retry_months));
            let is_later = after(failed, intervals.retry_months)? > after(start.since, interval)?;
            Ok(if is_later { retried } else { granted })
        }
    }
}

/// The day on which the last failed defence of `next` is assumed to have been, where the plan assumes
/// it: see [`Failures::Some`]. It is after today if so many defences can't have been held yet.
///
/// # Errors
///
/// [`NoPlan::TooFar`].
pub fn assumed_failure(
    intervals: &Intervals,
    start: Start,
    next: Level,
) -> Result<Option<NaiveDate>, NoPlan> {
    match start.failures {
        Failures::Some(0) | Failures::LastOn(_) => Ok(None),
        Failures::Some(count) => {
            let retries = intervals.retry_months.saturating_mul(count - 1);
            after(start.since, intervals.before(next).saturating_add(retries)).map(Some)
        }
    }
}

fn after(day: NaiveDate, months: u32) -> Result<NaiveDate, NoPlan> {
    day.checked_add_months(Months::new(months)).ok_or(NoPlan::TooFar)
}

/// The number of whole months between two days: the most that can be added to the first without
/// passing the second.
#[must_use]
pub fn whole_months(from: NaiveDate, to: NaiveDate) -> u32 {
    let months =
        (to.year() - from.year()) * 12 + to.month().cast_signed() - from.month().cast_signed();
    let months = u32::try_from(months).unwrap_or_default();
    let is_past = |months| after(from, months).is_ok_and(|day| day > to);
    if is_past(months) { months.saturating_sub(1) } else { months }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INTERVALS: Intervals =
        Intervals { months: 6, top_months: 12, top_level: Level::Senior, retry_months: 3 };

    fn ladder(levels: &[Level]) -> Ladder {
        let grade = |level: &Level| Grade::new(*level, None);
        Ladder::new(levels.iter().map(grade).collect())
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The dates of a plan made on the day the present grade was given.
    fn dates(since: &str, failures: Failures, from: Level, to: Level) -> Vec<String> {
        dates_on(since, since, failures, from, to)
    }

    fn dates_on(
        today: &str,
        since: &str,
        failures: Failures,
        from: Level,
        to: Level,
    ) -> Vec<String> {
        let start = Start { level: from, since: day(since), failures };
        let ladder = ladder(&Level::ALL);
        let defences = plan(&ladder, &INTERVALS, start, to, day(today)).unwrap();
        defences.iter().map(|defence| defence.date.to_string()).collect()
    }

    #[test]
    fn a_defence_that_was_possible_before_today_is_possible_today() {
        let on = |today| {
            dates_on(today, "2026-03-15", Failures::Some(0), Level::JuniorPlusPlus, Level::Senior)
        };
        let by_the_rules = ["2026-09-15", "2027-03-15", "2027-09-15", "2028-09-15"];
        assert_eq!(on("2026-03-15"), by_the_rules);
        assert_eq!(on("2026-09-15"), by_the_rules);
        assert_eq!(on("2026-09-16"), ["2026-09-16", "2027-03-16", "2027-09-16", "2028-09-16"]);
        assert_eq!(on("2026-11-25"), ["2026-11-25", "2027-05-25", "2027-11-25", "2028-11-25"]);
        // A grade that is given only after today.
        assert_eq!(on("2024-01-01"), by_the_rules);
    }

    #[test]
    fn months_are_counted_from_today_on_both_sides_of_a_leap_day() {
        let on =
            |today| dates_on(today, "2020-01-01", Failures::Some(0), Level::Junior, Level::Middle);
        assert_eq!(on("2027-08-31"), ["2027-08-31", "2028-02-29", "2028-08-31"]);
        assert_eq!(on("2028-02-28"), ["2028-02-28", "2028-08-28", "2029-02-28"]);
        assert_eq!(on("2028-02-29"), ["2028-02-29", "2028-08-29", "2029-02-28"]);
        assert_eq!(on("2028-03-01"), ["2028-03-01", "2028-09-01", "2029-03-01"]);
    }

    #[test]
    fn failures_on_unknown_days_are_assumed_on_the_earliest_ones() {
        let assumed = |count| {
            let start = Start {
                level: Level::Junior,
                since: day("2026-01-31"),
                failures: Failures::Some(count),
            };
            assumed_failure(&INTERVALS, start, Level::JuniorPlus).unwrap()
        };
        assert_eq!(assumed(0), None);
        assert_eq!(assumed(1), Some(day("2026-07-31")));
        assert_eq!(assumed(2), Some(day("2026-10-31")));
    }

    #[test]
    fn the_wait_is_half_a_year_and_before_top_grades_a_year() {
        assert_eq!(
            dates("2026-05-15", Failures::Some(0), Level::MiddlePlus, Level::SeniorPlus),
            ["2026-11-15", "2027-11-15", "2028-11-15"]
        );
    }

    #[test]
    fn the_31st_becomes_the_last_day_of_shorter_months_and_returns() {
        assert_eq!(
            dates("2026-08-31", Failures::Some(0), Level::Junior, Level::MiddlePlus),
            ["2027-02-28", "2027-08-31", "2028-02-29", "2028-08-31"]
        );
        assert_eq!(
            dates("2024-02-29", Failures::Some(0), Level::MiddlePlusPlus, Level::SeniorPlusPlus),
            ["2025-02-28", "2026-02-28", "2027-02-28"]
        );
    }

    #[test]
    fn a_failed_defence_delays_all_later_ones() {
        let next = |failures| dates("2026-01-31", failures, Level::Junior, Level::JuniorPlusPlus);
        assert_eq!(next(Failures::Some(0)), ["2026-07-31", "2027-01-31"]);
        assert_eq!(next(Failures::Some(2)), ["2027-01-31", "2027-07-31"]);
        assert_eq!(next(Failures::LastOn(day("2026-08-10"))), ["2026-11-10", "2027-05-10"]);
        assert_eq!(next(Failures::LastOn(day("2026-02-01"))), ["2026-07-31", "2027-01-31"]);
    }

    #[test]
    fn there_is_no_plan_downwards_or_to_a_missing_grade() {
        let ladder = ladder(&[Level::Junior, Level::Middle]);
        let since = day("2026-01-01");
        let start = |level| Start { level, since, failures: Failures::Some(0) };
        let refused = |from, to| plan(&ladder, &INTERVALS, start(from), to, since).unwrap_err();
        assert_eq!(refused(Level::Middle, Level::Junior), NoPlan::NotAbove);
        assert_eq!(refused(Level::Middle, Level::Middle), NoPlan::NotAbove);
        assert_eq!(refused(Level::Junior, Level::Senior), NoPlan::NoSuchGrade(Level::Senior));
        assert_eq!(refused(Level::Intern, Level::Middle), NoPlan::NoSuchGrade(Level::Intern));
        let late = Start { since: NaiveDate::MAX, ..start(Level::Junior) };
        assert_eq!(
            plan(&ladder, &INTERVALS, late, Level::Middle, since).unwrap_err(),
            NoPlan::TooFar
        );
    }

    #[test]
    fn whole_months_are_counted_when_they_have_passed() {
        let between = |from, to| whole_months(day(from), day(to));
        assert_eq!(between("2026-08-31", "2027-02-28"), 6);
        assert_eq!(between("2026-08-31", "2027-02-27"), 5);
        assert_eq!(between("2026-08-15", "2028-08-15"), 24);
        assert_eq!(between("2026-08-15", "2026-08-14"), 0);
        assert_eq!(between("2026-08-15", "2020-08-14"), 0);
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (1_950..2_150, 1_u32..367).prop_map(|(year, ordinal)| {
            NaiveDate::from_yo_opt(year, ordinal)
                .unwrap_or_else(|| NaiveDate::from_yo_opt(year, 365).unwrap())
        })
    }

    fn any_start() -> impl Strategy<Value = (NaiveDate, Failures)> {
        let days = (any_day(), 0_u64..2_000)
            .prop_map(|(since, days)| (since, Failures::LastOn(since + chrono::Days::new(days))));
        prop_oneof![(any_day(), (0_u32..20).prop_map(Failures::Some)), days]
    }

    fn any_intervals() -> impl Strategy<Value = Intervals> {
        let months = || Intervals::MONTHS;
        (months(), months(), prop::sample::select(Level::ALL.to_vec()), months()).prop_map(
            |(months, top_months, top_level, retry_months)| Intervals {
                months,
                top_months,
                top_level,
                retry_months,
            },
        )
    }

    proptest! {
        #[test]
        fn defences_are_in_order_without_gaps_and_not_too_early(
            levels in prop::sample::subsequence(Level::ALL.to_vec(), 2..=10),
            ends in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
            (since, failures) in any_start(),
            intervals in any_intervals(),
        ) {
            let ladder = ladder(&levels);
            let from = ends.0.index(levels.len() - 1);
            let to = from + 1 + ends.1.index(levels.len() - from - 1);
            let start = Start { level: levels[from], since, failures };
            let defences = plan(&ladder, &intervals, start, levels[to], since).unwrap();
            let defended = defences.iter().map(|defence| defence.grade.level).collect::<Vec<_>>();
            prop_assert_eq!(&defended, &levels[from + 1..=to]);
            let mut earliest = since;
            for defence in &defences {
                let wait = intervals.before(defence.grade.level);
                prop_assert!(defence.date > earliest);
                prop_assert!(defence.date >= after(earliest, wait).unwrap());
                earliest = defence.date;
            }
            match failures {
                Failures::LastOn(failed) => {
                    let retried = after(failed, intervals.retry_months).unwrap();
                    prop_assert!(defences[0].date >= retried);
                    let granted = after(since, intervals.before(levels[from + 1])).unwrap();
                    prop_assert_eq!(defences[0].date, retried.max(granted));
                }
                Failures::Some(count) => {
                    let more = Start { failures: Failures::Some(count + 1), ..start };
                    let later = plan(&ladder, &intervals, more, levels[to], since).unwrap();
                    prop_assert!(later.iter().zip(&defences).all(|(late, soon)| late.date > soon.date));
                    let last = defences[defences.len() - 1];
                    let waits = defences.iter().map(|defence| intervals.before(defence.grade.level));
                    let months = waits.sum::<u32>() + count * intervals.retry_months;
                    prop_assert_eq!(whole_months(since, last.date), months);
                    // The day of the month is the same wherever the month has it.
                    for defence in &defences {
                        let day = defence.date.day();
                        let is_last = defence.date.succ_opt().unwrap().day() == 1;
                        prop_assert!(day == since.day() || (is_last && day < since.day()));
                    }
                }
            }
        }

        #[test]
        fn no_date_is_before_today_and_each_step_waits_its_interval(
            (since, failures) in any_start(),
            intervals in any_intervals(),
            today in any_day(),
        ) {
            let ladder = ladder(&Level::ALL);
            let start = Start { level: Level::Intern, since, failures };
            let target = Level::SeniorPlusPlus;
            let by_the_rules = plan(&ladder, &intervals, start, target, NaiveDate::MIN).unwrap();
            let defences = plan(&ladder, &intervals, start, target, today).unwrap();
            let first = by_the_rules[0].date;
            prop_assert_eq!((defences[0].earliest, defences[0].date), (first, first.max(today)));
            if first >= today {
                prop_assert!(defences.iter().map(|one| one.date).eq(by_the_rules.iter().map(|one| one.date)));
            }
            let mut months = 0;
            for defence in &defences[1..] {
                months += intervals.before(defence.grade.level);
                prop_assert_eq!(defence.earliest, defence.date);
                if first < today {
                    // As if the present grade were the first one of the plan, given today.
                    prop_assert_eq!(defence.date, after(today, months).unwrap());
                }
            }
            // A plan looked at later never promises an earlier day.
            let later = plan(&ladder, &intervals, start, target, today.succ_opt().unwrap()).unwrap();
            prop_assert!(later.iter().zip(&defences).all(|(late, soon)| late.date >= soon.date));
        }

        #[test]
        fn the_date_of_a_grade_does_not_depend_on_the_target(
            (since, failures) in any_start(),
            to in 1_usize..9,
            today in any_day(),
        ) {
            let ladder = ladder(&Level::ALL);
            let start = Start { level: Level::Intern, since, failures };
            let near = plan(&ladder, &INTERVALS, start, Level::ALL[to], today).unwrap();
            let far = plan(&ladder, &INTERVALS, start, Level::SeniorPlusPlus, today).unwrap();
            for (near, far) in near.iter().zip(&far) {
                prop_assert_eq!((near.grade.level, near.date), (far.grade.level, far.date));
            }
        }
    }
}
