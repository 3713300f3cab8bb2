//! The picture of a plan: a staircase whose widths are times.

use chrono::{Datelike, Days, NaiveDate};

use super::Planned;
use crate::ladder::LevelName;

/// So many days of the past are shown at most: what is ahead matters.
const PAST: u64 = 366;

/// How much of the picture the last grade has at least, in parts of what is before it.
const LAST: i64 = 8;

/// So many years stand under the picture at most.
const MOST_YEARS: i32 = 8;

/// Where the steps stand, in pixels from the top.
const FLOOR: u32 = 136;

/// How high the lowest rank is, and how much each further one adds, in pixels.
const LOWEST: u32 = 22;
const RISE: u32 = 10;

/// A staircase of grades over time. Places and widths are in percent of the picture.
pub(super) struct Timeline {
    pub steps: Vec<Stair>,
    /// The first days of years.
    pub years: Vec<(i32, String)>,
    pub today: String,
    /// Where the words under today begin: `start`, `middle` or `end`.
    pub anchor: &'static str,
}

/// The time in which a grade is the present one.
pub(super) struct Stair {
    pub name: LevelName,
    pub start: String,
    pub width: String,
    /// Where its upper edge is, in pixels.
    pub top: u32,
    pub height: u32,
    /// Where its name stands, in pixels.
    pub label: u32,
}

impl Timeline {
    /// The picture of a plan that starts from a grade given on a day.
    pub fn new(
        present: &LevelName,
        since: NaiveDate,
        defences: &[Planned],
        today: NaiveDate,
    ) -> Self {
        let earliest = today.checked_sub_days(Days::new(PAST)).unwrap_or(today);
        let from = since.max(earliest).min(today);
        let last = defences.last().map_or(today, |planned| planned.date);
        let ahead = (last - from).num_days().max(1);
        let all = ahead + (ahead / LAST).max(30);
        let place = |day: NaiveDate| (day - from).num_days().clamp(0, all);
        let names = [present].into_iter().chain(defences.iter().map(|planned| &planned.grade.name));
        let starts = [place(since.max(from))];
        let starts = starts.into_iter().chain(defences.iter().map(|planned| place(planned.date)));
        let starts = starts.chain([all]).collect::<Vec<_>>();
        let steps = names.zip(starts.windows(2)).map(|(name, ends)| {
            let (start, end) = match ends {
                [start, end] => (*start, *end),
                _ => (0, 0),
            };
            let height = LOWEST + RISE * u32::from(name.rank());
            let top = FLOOR - height;
            Stair {
                name: name.clone(),
                start: percent(start, all),
                width: percent((end - start).max(0), all),
                top,
                height,
                label: top.saturating_sub(6),
            }
        });
        let end = from.year() + i32::try_from(all / 365).unwrap_or(i32::MAX / 2) + 1;
        let apart = ((end - from.year()) / MOST_YEARS + 1).max(1);
        let years = (from.year() + 1..=end).filter(|year| (year - from.year() - 1) % apart == 0);
        let years = years.filter_map(|year| {
            let day = (NaiveDate::from_yo_opt(year, 1)? - from).num_days();
            (day < all).then(|| (year, percent(day, all)))
        });
        let anchor = match place(today) * 100 / all {
            0..30 => "start",
            30..70 => "middle",
            _ => "end",
        };
        Self {
            steps: steps.collect(),
            years: years.collect(),
            today: percent(place(today), all),
            anchor,
        }
    }
}

/// With one decimal place.
fn percent(part: i64, whole: i64) -> String {
    let tenths = part * 1_000 / whole.max(1);
    format!("{}.{}%", tenths / 10, tenths % 10)
}
