//! How many connections a database may have, and how long what may take on them.

use std::time::Duration;

/// How many connections a database may have, and how long what may take on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections for reading.
    pub pool_size: u32,
    /// Connections for saving on PostgreSQL.
    pub saving_pool_size: u32,
    /// For a free connection, and for opening one; whatever else waits for its turn waits no longer.
    pub connection: Duration,
    /// For a statement on PostgreSQL.
    pub statement: Duration,
    /// For a lock that another process or transaction holds.
    pub lock: Duration,
    /// For a sign of life from the system PostgreSQL runs on.
    pub silence: Duration,
    /// After which a query is logged as slow; `None` for never.
    pub slow_query: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pool_size: 8,
            saving_pool_size: 4,
            connection: Duration::from_secs(5),
            statement: Duration::from_secs(15),
            lock: Duration::from_secs(5),
            silence: Duration::from_secs(10),
            slow_query: Some(Duration::from_secs(1)),
        }
    }
}

impl Limits {
    /// The address of a PostgreSQL server with what libpq needs to notice that it is silent; what the
    /// address says of that itself stays.
    pub(super) fn watch(&self, address: &str) -> String {
        let silence = self.silence.as_secs();
        // A first question after half of the time, then three more.
        let (idle, interval) = ((silence / 2).max(1), (silence / 6).max(1));
        let parameters = [
            ("connect_timeout", self.connection.as_secs()),
            ("tcp_user_timeout", silence * 1000),
            ("keepalives_idle", idle),
            ("keepalives_interval", interval),
            ("keepalives_count", 3),
        ];
        let (_, given) = address.split_once('?').unwrap_or_default();
        let is_given =
            |name: &str| given.split('&').any(|pair| pair.split('=').next() == Some(name));
        let mut watched = address.to_owned();
        for (name, value) in parameters.iter().filter(|(name, _)| !is_given(name)) {
            let sign = match watched.split_once('?') {
                None => "?",
                Some((_, "")) => "",
                Some(_) => "&",
            };
            watched.extend([sign, *name, "=", &value.to_string()]);
        }
        watched
    }

    /// The statements that set the limits of a session of PostgreSQL.
    pub(super) fn of_session(&self) -> String {
        let (statement, lock) = (self.statement.as_millis(), self.lock.as_millis());
        format!("SET statement_timeout = {statement}; SET lock_timeout = {lock}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_says_itself_stays() {
        let limits = Limits::default();
        let added = "connect_timeout=5&tcp_user_timeout=10000&keepalives_idle=5&keepalives_interval=1\
                     &keepalives_count=3";
        for (address, watched) in [
            ("postgres:///grades", format!("postgres:///grades?{added}")),
            ("postgres://h/grades?", format!("postgres://h/grades?{added}")),
            (
                "postgres://h/grades?sslmode=require",
                format!("postgres://h/grades?sslmode=require&{added}"),
            ),
            (
                "postgres://h/grades?connect_timeout=60",
                format!(
                    "postgres://h/grades?connect_timeout=60{}",
                    added.trim_start_matches("connect_timeout=5")
                ),
            ),
        ] {
            assert_eq!(limits.watch(address), watched);
        }
    }
}
