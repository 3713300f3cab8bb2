//! What a page says of a plan, in sentences.

use chrono::{Months, NaiveDate};

use super::{Plan, Planned};
use crate::ladder::promotion::{Failures, Start, whole_months};
use crate::russian;

/// From so many days on, a further month has nearly passed.
const NEARLY_A_MONTH: i64 = 20;

impl Plan {
    /// What the plan consists of: «3 защиты и 23 новых требования».
    pub(super) fn ahead(&self) -> String {
        let counted = |number: usize, one, few, many| {
            format!("{number} {}", russian::plural(number, one, few, many))
        };
        let defences = counted(self.defences.len(), "защита", "защиты", "защит");
        let grades = self.defences.iter().map(|planned| &planned.grade);
        let undescribed = grades.filter(|grade| !grade.is_described()).count();
        let requirements = match self.defences.iter().map(|planned| planned.new_count).sum() {
            0 if undescribed == 0 => return format!("{defences}, новых требований нет"),
            0 => String::new(),
            count => {
                let noun = ("новое требование", "новых требования", "новых требований");
                format!(" и {}", counted(count, noun.0, noun.1, noun.2))
            }
        };
        let absent = match undescribed {
            0 => String::new(),
            1 if self.defences.len() == 1 => "; этот грейд ещё не описан".to_owned(),
            all if all == self.defences.len() => "; эти грейды ещё не описаны".to_owned(),
            1 => "; 1 грейд ещё не описан".to_owned(),
            count => {
                format!("; {} ещё не описаны", counted(count, "грейд", "грейда", "грейдов"))
            }
        };
        format!("{defences}{requirements}{absent}")
    }

    /// What the picture shows.
    pub(super) fn picture(&self) -> String {
        let Some(last) = self.defences.last() else { return String::new() };
        let (from, to) = (self.start_name().genitive(), self.target.genitive());
        format!("Ступени от {from} до {to}, последняя с {}", russian::day(last.date))
    }

    /// When the next defence is possible and when the last one, counted from today.
    pub(super) fn outlook(&self) -> String {
        let (Some(next), Some(last)) = (self.defences.first(), self.defences.last()) else {
            return String::new();
        };
        let grade = next.grade.name.accusative();
        let first = if next.is_possible(self.today) {
            format!("Защищать {grade} можно уже сейчас")
        } else {
            format!("Защищать {grade} можно не раньше {}", russian::day(next.date))
        };
        let time = self.time_until(last.date);
        match (self.defences.len(), next.is_possible(self.today)) {
            (1, true) => format!("{first}."),
            (1, false) => format!("{first}: с сегодняшнего дня — {time}."),
            _ => {
                let target = self.target.genitive();
                format!("{first}, весь путь до {target} с сегодняшнего дня — {time}.")
            }
        }
    }

    /// The time from today to a later day.
    fn time_until(&self, day: NaiveDate) -> String {
        let whole = whole_months(self.today, day);
        if whole == 0 {
            let days = usize::try_from((day - self.today).num_days()).unwrap_or_default();
            return format!("{days} {}", russian::plural(days, "день", "дня", "дней"));
        }
        let rest = self.today.checked_add_months(Months::new(whole)).map(|then| day - then);
        match rest.map_or(0, |rest| rest.num_days()) {
            0 => russian::months(whole),
            1..NEARLY_A_MONTH => format!("{} с небольшим", russian::months(whole)),
            _ => format!("почти {}", russian::months(whole + 1)),
        }
    }

    /// Whether the first defence was possible before today, so that the later ones count from today.
    pub(super) fn is_behind(&self) -> bool {
        self.defences.first().is_some_and(Planned::has_passed)
    }

    /// What the plan assumes of days that have not come or are not known.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let Start { since, failures, .. } = self.start;
        if since > self.today {
            remarks.push(format!(
                "{} ещё не наступило: план считает, что текущий грейд присвоят в этот день.",
                russian::day(since)
            ));
        }
        match (failures, self.assumed_failure) {
            (Failures::LastOn(day), _) if day > self.today => remarks.push(format!(
                "{} ещё не наступило: план считает, что защита в этот день не удастся.",
                russian::day(day)
            )),
            (Failures::Some(_), Some(day)) if day > self.today => remarks.push(format!(
                "По срокам столько защит ещё не могло пройти: последняя — не раньше {}. Укажите её \
                 день, и план посчитает от него.",
                russian::day(day)
            )),
            (Failures::Some(_), Some(day)) => remarks.push(format!(
                "День последней неудачной защиты не указан: план считает, что она прошла в первый \
                 возможный день, {}. Если позже, сдвинутся и сроки.",
                russian::day(day)
            )),
            _ => {}
        }
        remarks
    }
}
