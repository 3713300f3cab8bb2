//! `DATABASE_URL`, read.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The path of the database file, relative to the working directory or absolute.
    Sqlite(PathBuf),
    /// A connection address as libpq reads it.
    Postgres(String),
}

/// Why a text is no database address.
#[derive(Debug, thiserror::Error)]
pub enum InvalidDatabaseUrl {
    /// The scheme is neither SQLite's nor PostgreSQL's.
    #[error("expected sqlite://FILE or postgres://USER@HOST/DATABASE")]
    Scheme,
    /// `sqlite://` without a file.
    #[error("sqlite:// needs the path of a file, such as sqlite://grades.sqlite3")]
    NoFile,
    /// A database in memory would be another one on each connection.
    #[error("a database in memory can't be shared; name a file, such as sqlite://grades.sqlite3")]
    InMemory,
    /// SQLite addresses have no parameters here.
    #[error("sqlite:// takes the path of a file and no parameters after «?»")]
    Parameters,
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once("://") {
            Some(("sqlite", "")) => Err(InvalidDatabaseUrl::NoFile),
            Some(("sqlite", ":memory:")) => Err(InvalidDatabaseUrl::InMemory),
            Some(("sqlite", path)) if path.contains('?') => Err(InvalidDatabaseUrl::Parameters),
            Some(("sqlite", path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            _ => Err(InvalidDatabaseUrl::Scheme),
        }
    }
}

/// Parameters of an address that tools of PostgreSQL need too and that hold no secret.
const SHOWN_PARAMETERS: [&str; 6] = ["host", "port", "user", "dbname", "sslmode", "sslrootcert"];

impl DatabaseUrl {
    /// The address for another program, which asks for the password itself: shown as usual, with the
    /// parameters that say where the database is.
    #[must_use]
    pub fn without_password(&self) -> String {
        let shown = self.to_string();
        let parameters = match self {
            Self::Sqlite(_) => None,
            Self::Postgres(address) => address.split_once('?').map(|(_, parameters)| parameters),
        };
        let kept = parameters.unwrap_or_default().split('&').filter(|parameter| {
            let name = parameter.split('=').next().unwrap_or_default();
            SHOWN_PARAMETERS.contains(&name) && !parameter.contains('@')
        });
        let kept = kept.collect::<Vec<_>>().join("&");
        if kept.is_empty() { shown } else { format!("{shown}?{kept}") }
    }
}

/// The address as it may be shown and logged: the password and the parameters are left out.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", Path::display(path)),
            Self::Postgres(address) => {
                let bare = address.split(['?', '#']).next().unwrap_or_default();
                let (scheme, rest) = bare.split_once("://").unwrap_or_default();
                match rest.rsplit_once('@') {
                    Some((account, place)) => {
                        let user = account.split(':').next().unwrap_or_default();
                        write!(f, "{scheme}://{user}@{place}")
                    }
                    // A password may have these signs, and then it goes on behind them.
                    None if !rest.contains('/') => {
                        let host = rest.split(':').next().unwrap_or_default();
                        write!(f, "{scheme}://{host}")
                    }
                    None => write!(f, "{bare}"),
                }
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_database() {
        let sqlite = "sqlite://data/grades.sqlite3".parse::<DatabaseUrl>().unwrap();
        assert_eq!(sqlite, DatabaseUrl::Sqlite("data/grades.sqlite3".into()));
        let absolute = "sqlite:///var/lib/grades.sqlite3".parse::<DatabaseUrl>().unwrap();
        assert_eq!(absolute, DatabaseUrl::Sqlite("/var/lib/grades.sqlite3".into()));
        for address in ["postgres:///grades", "postgresql://ann@db.example/grades"] {
            let parsed = address.parse::<DatabaseUrl>().unwrap();
            assert_eq!(parsed, DatabaseUrl::Postgres(address.into()));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "grades.sqlite3", "mysql://h/d", "sqlite:grades", "host=db dbname=grades"]
        {
            assert!(
                matches!(text.parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl::Scheme)),
                "{text}"
            );
        }
        assert!(matches!("sqlite://".parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl::NoFile)));
        let memory = "sqlite://:memory:".parse::<DatabaseUrl>();
        assert!(matches!(memory, Err(InvalidDatabaseUrl::InMemory)));
        let parameters = "sqlite://a.sqlite3?mode=ro".parse::<DatabaseUrl>();
        assert!(matches!(parameters, Err(InvalidDatabaseUrl::Parameters)));
    }

    #[test]
    fn a_password_is_never_shown() {
        for address in [
            "postgres://ann:pa@ss:word@db.example:5432/grades",
            "postgres://ann@db.example/grades?password=pa@ss:word",
            "postgres://ann@db.example/grades?sslmode=require&password=pa@ss:word",
        ] {
            let shown = address.parse::<DatabaseUrl>().unwrap().to_string();
            assert!(!shown.contains("pa@ss") && !shown.contains("word"), "{shown}");
            assert!(shown.contains("ann@db.example"), "{shown}");
            let for_tools = address.parse::<DatabaseUrl>().unwrap().without_password();
            assert_eq!(for_tools.contains("?sslmode=require"), address.contains("sslmode"));
            assert!(!for_tools.contains("pa@ss") && !for_tools.contains("word"), "{for_tools}");
        }
        for address in ["postgres://ann:se?cret@db/grades", "postgres://ann:se#cret@db/grades"] {
            assert_eq!(address.parse::<DatabaseUrl>().unwrap().to_string(), "postgres://ann");
        }
    }
}
