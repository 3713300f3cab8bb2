//! What is counted of answers, and the text in which operators read it.
//!
//! Answers are counted where they leave, those that are repeated in front of the application too: by
//! numbers that every thread adds to without waiting for another one. Nothing of a request is kept but its
//! route, so there are only so many of them.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _};
use tokio::time::Instant;

use super::Counter;
use super::request_id::Begun;

/// The statuses that the site answers with; any other one is counted by its class.
const STATUSES: [u16; 23] = [
    200, 304, 201, 204, 303, 308, 400, 401, 403, 404, 405, 408, 409, 412, 413, 414, 415, 422, 428,
    429, 431, 500, 503,
];
/// The classes of statuses.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Times that answers are sorted by, in microseconds, and in seconds as they are told.
const BOUNDS: [(u64, &str); 12] = [
    (50, "0.00005"),
    (100, "0.0001"),
    (250, "0.00025"),
    (500, "0.0005"),
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (10_000, "0.01"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (500_000, "0.5"),
    (1_000_000, "1"),
    (5_000_000, "5"),
];

/// What stands for the route of an address where nothing is.
const NO_ROUTE: &str = "none";

/// What is counted since the start of the process.
#[derive(Debug, Default)]
pub struct Metrics {
    routes: RwLock<BTreeMap<String, Arc<Answers>>>,
    /// Answers that were repeated in front of the application.
    pub repeated: Counter,
    /// Requests that could not be read.
    pub unread: Counter,
    /// Connections of clients that were opened.
    pub opened: Counter,
    /// Those of them that were closed.
    pub closed: Counter,
}

/// The answers of one route.
#[derive(Debug, Default)]
pub(super) struct Answers {
    by_status: [Counter; STATUSES.len()],
    by_class: [Counter; CLASSES.len()],
    by_time: [Counter; BOUNDS.len() + 1],
    nanoseconds: Counter,
}

impl Answers {
    /// Counts an answer.
    pub(super) fn count(&self, status: StatusCode, time: Duration) {
        let known = STATUSES.iter().position(|known| *known == status.as_u16());
        match known {
            Some(at) => self.by_status[at].count(),
            None => self.by_class[usize::from(status.as_u16() / 100).clamp(1, 5) - 1].count(),
        }
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let bound = BOUNDS.iter().position(|(bound, _)| nanoseconds <= bound * 1_000);
        self.by_time[bound.unwrap_or(BOUNDS.len())].count();
        self.nanoseconds.add(nanoseconds);
    }
}

impl Metrics {
    /// Where the answers of a route are counted.
    fn route(&self, pattern: Option<&str>) -> Arc<Answers> {
        let pattern = pattern.unwrap_or(NO_ROUTE);
        let known =
            self.routes.read().unwrap_or_else(PoisonError::into_inner).get(pattern).cloned();
        known.unwrap_or_else(|| {
            let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(routes.entry(pattern.to_owned()).or_default())
        })
    }

    /// Tells what was counted.
    pub fn write(&self, to: &mut Text) {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        to.family("grades_requests_total", Kind::Counter, "Requests that were answered.");
        for (route, answers) in &*routes {
            let statuses = STATUSES.iter().map(u16::to_string).zip(&answers.by_status);
            let classes = CLASSES.map(str::to_owned).into_iter().zip(&answers.by_class);
            for (status, counter) in
                statuses.chain(classes).filter(|(_, counter)| counter.get() > 0)
            {
                to.sample("", &[("route", route), ("status", &status)], counter.get());
            }
        }
        let help = "Time from a request to the beginning of its answer.";
        to.family("grades_request_duration_seconds", Kind::Histogram, help);
        for (route, answers) in &*routes {
            let mut count = 0;
            let bounds = BOUNDS.iter().map(|(_, bound)| *bound).chain(["+Inf"]);
            for (bound, counter) in bounds.zip(&answers.by_time) {
                count += counter.get();
                to.sample("_bucket", &[("route", route), ("le", bound)], count);
            }
            let seconds = Duration::from_nanos(answers.nanoseconds.get()).as_secs_f64();
            to.sample("_sum", &[("route", route)], seconds);
            to.sample("_count", &[("route", route)], count);
        }
        to.counter(
            "grades_unread_requests_total",
            "Requests that could not be read.",
            &self.unread,
        );
        let open = self.opened.get().saturating_sub(self.closed.get());
        to.family("grades_connections", Kind::Gauge, "Connections of clients that are open.");
        to.sample("", &[], open);
    }
}

/// Counts the answers of the application, and tells them where their route is counted.
///
/// # Errors
///
/// None of its own.
pub async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = request.extensions().get::<Begun>().map_or_else(Instant::now, |begun| begun.0);
    let mut answer = next.call(request).await?;
    if let Some(metrics) = answer.request().app_data::<Data<Metrics>>() {
        let answers = metrics.route(answer.request().match_pattern().as_deref());
        answers.count(answer.status(), begun.elapsed());
        answer.response_mut().extensions_mut().insert(answers);
    }
    Ok(answer)
}

/// How a number is to be read.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It may fall again.
    Gauge,
    /// How often something was no more than each of several bounds.
    Histogram,
}

/// Numbers with their names, in the text format of Prometheus, version 0.0.4.
#[derive(Debug, Default)]
pub struct Text {
    text: String,
    family: &'static str,
}

impl Text {
    /// The media type.
    pub const TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins the numbers of a name; `help` is a sentence in one line.
    pub fn family(&mut self, name: &'static str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        self.family = name;
        // Writing to memory does not fail.
        let _ = write!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    /// A number under the last name, with what it is of.
    pub fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl Display) {
        self.text.extend([self.family, suffix]);
        for (at, (name, value)) in labels.iter().enumerate() {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            self.text.extend([if at == 0 { "{" } else { "," }, name, "=\"", &value, "\""]);
        }
        let end = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.text, "{end} {value}");
    }

    /// A name with one number, which only grows.
    pub fn counter(&mut self, name: &'static str, help: &str, counter: &Counter) {
        self.family(name, Kind::Counter, help);
        self.sample("", &[], counter.get());
    }

    /// The text.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_counted_once_by_its_status_and_its_time() {
        let metrics = Metrics::default();
        let answers = metrics.route(Some("/skills/{slug}"));
        answers.count(StatusCode::OK, Duration::from_micros(50));
        answers.count(StatusCode::OK, Duration::from_secs(7));
        answers.count(StatusCode::NOT_FOUND, Duration::from_millis(3));
        answers.count(StatusCode::IM_A_TEAPOT, Duration::ZERO);
        let mut text = Text::default();
        metrics.write(&mut text);
        let text = text.into_string();
        for line in [
            "# TYPE grades_requests_total counter",
            "grades_requests_total{route=\"/skills/{slug}\",status=\"200\"} 2",
            "grades_requests_total{route=\"/skills/{slug}\",status=\"404\"} 1",
            "grades_requests_total{route=\"/skills/{slug}\",status=\"4xx\"} 1",
            "grades_request_duration_seconds_bucket{route=\"/skills/{slug}\",le=\"0.00005\"} 2",
            "grades_request_duration_seconds_bucket{route=\"/skills/{slug}\",le=\"0.0025\"} 2",
            "grades_request_duration_seconds_bucket{route=\"/skills/{slug}\",le=\"0.01\"} 3",
            "grades_request_duration_seconds_bucket{route=\"/skills/{slug}\",le=\"+Inf\"} 4",
            "grades_request_duration_seconds_sum{route=\"/skills/{slug}\"} 7.00305",
            "grades_request_duration_seconds_count{route=\"/skills/{slug}\"} 4",
            "grades_connections 0",
        ] {
            assert!(text.lines().any(|found| found == line), "no {line} in {text}");
        }
    }

    #[test]
    fn bounds_rise_and_are_told_in_seconds() {
        assert!(BOUNDS.is_sorted_by(|one, next| one.0 < next.0));
        for (microseconds, seconds) in BOUNDS {
            let told = Duration::from_secs_f64(seconds.parse().unwrap());
            assert_eq!(told, Duration::from_micros(microseconds));
        }
    }

    #[test]
    fn what_a_number_is_of_may_hold_any_character() {
        let mut text = Text::default();
        text.family("a", Kind::Gauge, "A.");
        text.sample("", &[("b", "\"\\\n"), ("c", "")], 1);
        assert_eq!(
            text.into_string(),
            "# HELP a A.\n# TYPE a gauge\na{b=\"\\\"\\\\\\n\",c=\"\"} 1\n"
        );
    }
}
