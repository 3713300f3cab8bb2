//! The settings of limits.

use std::ops::RangeInclusive;
use std::thread;
use std::time::Duration;

use clap::Args;

use super::InvalidSetting;
use crate::db;
use crate::web::Rate;

/// The longest time that can be set, in seconds: an hour.
const LONGEST: u32 = 3_600;

/// The limits as given on the command line or in the environment.
#[derive(Clone, Args)]
pub(super) struct LimitSettings {
    /// How many requests of readers are worked on at once, and as many pages of editors and changes each;
    /// what is kept needs no work [default: four for each core]
    #[arg(long, global = true, env = "GRADES_CONCURRENCY")]
    concurrency: Option<String>,

    /// How many more of each may wait; further ones are answered with 503 at once
    #[arg(long, global = true, env = "GRADES_QUEUE", default_value = "128")]
    queue: String,

    /// How many fresh answers a second one network may have to addresses with parameters and of the API; 0
    /// for any number
    #[arg(long, global = true, env = "GRADES_RATE", default_value = "5")]
    rate: String,

    /// How many of them it may have at once after a pause
    #[arg(long, global = true, env = "GRADES_RATE_BURST", default_value = "60")]
    rate_burst: String,

    /// How many connections of clients are open at once; further ones wait
    #[arg(long, global = true, env = "GRADES_MAX_CONNECTIONS", default_value = "25600")]
    max_connections: String,

    /// Seconds that the first line and the headers of a request may take
    #[arg(long, global = true, env = "GRADES_HEAD_TIMEOUT", default_value = "5")]
    head_timeout: String,

    /// Seconds that the body of a request may take; editors and programs have twice as long, files four times
    #[arg(long, global = true, env = "GRADES_BODY_TIMEOUT", default_value = "15")]
    body_timeout: String,

    /// How many connections to the database may be open for reading
    #[arg(long, global = true, env = "GRADES_POOL_SIZE", default_value = "8")]
    pool_size: String,

    /// How many connections to PostgreSQL may be open for saving
    #[arg(long, global = true, env = "GRADES_SAVING_POOL_SIZE", default_value = "4")]
    saving_pool_size: String,

    /// Seconds to wait for a free connection to the database, for a new one, or for a turn in the queue
    #[arg(long, global = true, env = "GRADES_CONNECTION_TIMEOUT", default_value = "5")]
    connection_timeout: String,

    /// Seconds that a statement may take on PostgreSQL
    #[arg(long, global = true, env = "GRADES_STATEMENT_TIMEOUT", default_value = "15")]
    statement_timeout: String,

    /// Seconds to wait for a lock in the database that somebody else holds
    #[arg(long, global = true, env = "GRADES_LOCK_TIMEOUT", default_value = "5")]
    lock_timeout: String,

    /// Seconds after which a connection to PostgreSQL is given up when the other system is silent
    #[arg(long, global = true, env = "GRADES_TCP_TIMEOUT", default_value = "10")]
    tcp_timeout: String,

    /// Milliseconds after which a query is logged as slow; 0 for never
    #[arg(long, global = true, env = "GRADES_SLOW_QUERY", default_value = "1000")]
    slow_query: String,

    /// Seconds after which a request that still waits for the database is answered with 503
    #[arg(long, global = true, env = "GRADES_REQUEST_TIMEOUT", default_value = "60")]
    request_timeout: String,

    /// Seconds that requests under way have once the process is told to stop
    #[arg(long, global = true, env = "GRADES_SHUTDOWN_TIMEOUT", default_value = "5")]
    shutdown_timeout: String,

    /// Days after which entries of the log of editors' actions are deleted; 0 for never
    #[arg(long, global = true, env = "GRADES_AUDIT_DAYS", default_value = "730")]
    audit_days: String,
}

/// How much may be in use at once, and how long things may take and be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How much work of each sort is done at once.
    pub running: usize,
    /// How much more of it may wait.
    pub waiting: usize,
    /// How many fresh answers one network may have; `None` for any number.
    pub rate: Option<Rate>,
    /// How many connections of clients are open at once.
    pub connections: usize,
    /// For the head of a request.
    pub head: Duration,
    /// For the body of a stranger's request.
    pub body: Duration,
    /// Of the connections to the database.
    pub database: db::Limits,
    /// For a request that waits for the database.
    pub request: Duration,
    /// For requests under way once the process is told to stop.
    pub shutdown: Duration,
    /// How many days an entry of the log of editors' actions is kept; `None` for ever.
    pub audit_days: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            running: 4 * thread::available_parallelism().map_or(1, usize::from),
            waiting: 128,
            rate: Some(Rate { per_second: 5, burst: 60 }),
            connections: 25_600,
            head: Duration::from_secs(5),
            body: Duration::from_secs(15),
            database: db::Limits::default(),
            request: Duration::from_mins(1),
            shutdown: Duration::from_secs(5),
            audit_days: Some(730),
        }
    }
}

impl LimitSettings {
    /// Validates them.
    pub(super) fn read(&self) -> Result<Limits, InvalidSetting> {
        let seconds = |variable, text: &str, least| {
            number(variable, text, least..=LONGEST)
                .map(|seconds| Duration::from_secs(seconds.into()))
        };
        let count = |variable, text: &str, allowed| {
            number(variable, text, allowed)
                .map(|count| usize::try_from(count).unwrap_or(usize::MAX))
        };
        let running = self.concurrency.as_deref().map_or(Ok(Limits::default().running), |text| {
            count("GRADES_CONCURRENCY", text, 1..=10_000)
        });
        let per_second = number("GRADES_RATE", &self.rate, 0..=1_000_000)?;
        let burst = number("GRADES_RATE_BURST", &self.rate_burst, 1..=1_000_000)?;
        let slow_query = number("GRADES_SLOW_QUERY", &self.slow_query, 0..=LONGEST * 1_000)?;
        let audit_days = number("GRADES_AUDIT_DAYS", &self.audit_days, 0..=36_500)?;
        Ok(Limits {
            running: running?,
            waiting: count("GRADES_QUEUE", &self.queue, 0..=1_000_000)?,
            rate: (per_second > 0).then_some(Rate { per_second, burst }),
            connections: count("GRADES_MAX_CONNECTIONS", &self.max_connections, 1..=1_000_000)?,
            head: seconds("GRADES_HEAD_TIMEOUT", &self.head_timeout, 1)?,
            body: seconds("GRADES_BODY_TIMEOUT", &self.body_timeout, 1)?,
            database: db::Limits {
                pool_size: number("GRADES_POOL_SIZE", &self.pool_size, 1..=1_000)?,
                saving_pool_size: number(
                    "GRADES_SAVING_POOL_SIZE",
                    &self.saving_pool_size,
                    1..=1_000,
                )?,
                connection: seconds("GRADES_CONNECTION_TIMEOUT", &self.connection_timeout, 1)?,
                statement: seconds("GRADES_STATEMENT_TIMEOUT", &self.statement_timeout, 1)?,
                lock: seconds("GRADES_LOCK_TIMEOUT", &self.lock_timeout, 1)?,
                silence: seconds("GRADES_TCP_TIMEOUT", &self.tcp_timeout, 1)?,
                slow_query: (slow_query > 0).then(|| Duration::from_millis(slow_query.into())),
            },
            request: seconds("GRADES_REQUEST_TIMEOUT", &self.request_timeout, 1)?,
            shutdown: seconds("GRADES_SHUTDOWN_TIMEOUT", &self.shutdown_timeout, 0)?,
            audit_days: (audit_days > 0).then_some(audit_days),
        })
    }
}

fn number(
    variable: &'static str,
    text: &str,
    allowed: RangeInclusive<u32>,
) -> Result<u32, InvalidSetting> {
    let number = text.trim().parse().ok().filter(|number| allowed.contains(number));
    number.ok_or_else(|| {
        let (least, most) = allowed.into_inner();
        InvalidSetting::new(
            variable,
            format_args!("expected a whole number from {least} to {most}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::Arguments;
    use super::*;

    #[test]
    fn settings_that_nobody_gives_are_the_usual_limits() {
        let arguments = Arguments::parse_from(["grades"]);
        assert_eq!(arguments.settings.limits.read().unwrap(), Limits::default());
    }
}
