//! Settings from flags and environment. An error names the variable it comes from.

mod limits;
mod secrets;

use std::fmt;
use std::path::PathBuf;

use chrono_tz::Tz;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use url::Url;

use self::limits::LimitSettings;
pub use self::limits::Limits;
use self::secrets::Secret;
use crate::db::DatabaseUrl;
use crate::ladder::Level;
use crate::web::{Clock, LogFormat, Proxies};

/// The database where none is named.
const USUAL_DATABASE: &str = "sqlite://grades.sqlite3";

/// The parsed command line.
#[derive(Parser)]
#[command(name = "grades", version, about = "Professions and their grade ladders, as a site")]
pub struct Arguments {
    /// The subcommand; without one the site is served.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings.
    #[command(flatten)]
    pub settings: Settings,
}

/// The subcommands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve the site (the default)
    Serve,
    /// Make an account for an editor; the password is asked for, or read from standard input
    CreateEditor {
        /// The name to sign in with
        login: String,
        /// Let the editor manage other editors too
        #[arg(long)]
        owner: bool,
    },
    /// Bring the database's schema up to date
    Migrate {
        /// Take back the newest migration instead, with the data it holds
        #[arg(long)]
        revert: bool,
    },
    /// Write the catalogue, or a part of it, into a file
    Export {
        /// In which format; by default the one that the file's name ends in, else TOML
        #[arg(long, value_enum)]
        format: Option<FileFormat>,
        /// Only one track, by its name in addresses
        #[arg(long, value_name = "SLUG", conflicts_with = "profession")]
        track: Option<String>,
        /// Only one profession, by its name in addresses
        #[arg(long, value_name = "SLUG")]
        profession: Option<String>,
        /// The file, or `-` for standard output
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Bring ladders from a file into the catalogue, all of it or nothing
    Import {
        /// In which format; by default the one that the file's name ends in
        #[arg(long, value_enum)]
        format: Option<FileFormat>,
        /// Only tell what would change
        #[arg(long)]
        dry_run: bool,
        /// What may become of things that are there
        #[arg(long, value_enum, default_value_t = ImportMode::Update)]
        mode: ImportMode,
        /// Of tables: the name of the profession in addresses; by default made of its title
        #[arg(long, value_name = "SLUG")]
        profession: Option<String>,
        /// Of tables: the title of the profession; by default the one above the table or the file's name
        #[arg(long)]
        title: Option<String>,
        /// Of tables: the track of the profession, by its name in addresses
        #[arg(long, value_name = "SLUG")]
        track: Option<String>,
        /// Of tables: the title of a new track for the profession
        #[arg(long, value_name = "TITLE", conflicts_with = "track")]
        new_track: Option<String>,
        /// Of tables: what a name of a level means, as `Миддл I=middle`; `-` leaves the level out
        #[arg(long = "level", value_name = "NAME=LEVEL", value_parser = parse_level)]
        levels: Vec<(String, Option<Level>)>,
        /// The files of one import, or `-` for standard input
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Copy a SQLite database that may be in use into a file
    Backup {
        /// The file, which must not be there yet
        file: PathBuf,
    },
    /// Ask the running site whether it is ready; the exit code tells. By default the one at
    /// `GRADES_ADDRESS` on this machine
    Health {
        /// The address of the site, such as `http://127.0.0.1:8080`
        url: Option<String>,
    },
    /// Put a backup in the place of a SQLite database that is not in use
    Restore {
        /// The file with the backup
        file: PathBuf,
    },
    /// Carry everything from one database into an empty one: `sqlite://…`, `postgres://…`
    Copy {
        /// The address of the database to read
        from: String,
        /// The address of the empty database
        to: String,
    },
}

/// The file formats of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FileFormat {
    /// The format of the starting catalogue; carries everything
    Toml,
    /// The names of the API; carries everything
    Json,
    /// A document for each ladder
    Markdown,
    /// A row for each requirement
    Csv,
    /// Competencies down and grades across
    MatrixCsv,
    /// The same as a workbook
    Xlsx,
}

/// What an import may do to things that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportMode {
    /// Nothing: only what is missing is made
    Add,
    /// Change them
    Update,
    /// Change them, and take away what the file lacks
    Replace,
}

/// The settings as given on the command line or in the environment.
#[derive(Clone, Args)]
pub struct Settings {
    /// The database: `sqlite://FILE` or `postgres://USER@HOST/DATABASE` [default: `sqlite://grades.sqlite3`]
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,

    /// A file that holds the address of the database
    #[arg(long, global = true, env = "DATABASE_URL_FILE", value_name = "FILE")]
    database_url_file: Option<PathBuf>,

    /// The address and port to listen on
    #[arg(long, global = true, env = "GRADES_ADDRESS", default_value = "127.0.0.1:8080")]
    address: String,

    /// The address visitors see, such as `https://grades.example.org`; by default the one
    /// listened on
    #[arg(long, global = true, env = "GRADES_PUBLIC_URL")]
    public_url: Option<String>,

    /// Take the visitors' addresses from the header X-Forwarded-For, which proxies in front write:
    /// `true` for one proxy, a number of them, or the networks they are in, as `10.0.0.0/8,192.0.2.7`
    #[arg(
        long,
        global = true,
        env = "GRADES_BEHIND_PROXY",
        num_args = 0..=1,
        require_equals = true,
        value_name = "PROXIES",
        default_value = "false",
        default_missing_value = "true"
    )]
    behind_proxy: String,

    /// The time zone in which a day begins and times are shown, by its IANA name, such as `Europe/Moscow`
    #[arg(long, global = true, env = "GRADES_TIME_ZONE", default_value = "UTC")]
    time_zone: String,

    /// How the log is written: `text`, or `json` for an object a line
    #[arg(long, global = true, env = "GRADES_LOG_FORMAT", default_value = "text")]
    log_format: String,

    /// The address and port at which `/metrics` tells figures of the running process; nowhere unless it is set
    #[arg(long, global = true, env = "GRADES_METRICS_ADDRESS")]
    metrics_address: Option<String>,

    /// Whether an editor publishes changes of grades alone; otherwise editors propose them, and another editor or
    /// an owner publishes
    #[arg(
        long,
        global = true,
        env = "GRADES_PUBLISH_ALONE",
        action = ArgAction::Set,
        default_value_t = true
    )]
    publish_alone: bool,

    #[command(flatten)]
    limits: LimitSettings,
}

/// The validated settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the database is.
    pub database_url: DatabaseUrl,
    /// The address and port to listen on; port 0 takes a free one.
    pub address: String,
    /// Scheme, host and port that visitors see, without a slash at the end; `None` for the
    /// address listened on.
    pub public_url: Option<String>,
    /// The address and port at which figures are told; `None` for nowhere.
    pub metrics_address: Option<String>,
    /// Which reverse proxies in front write `X-Forwarded-For`.
    pub proxies: Proxies,
    /// What day it is.
    pub clock: Clock,
    /// Whether an editor publishes changes of grades alone.
    pub publish_alone: bool,
    /// How much may be in use at once, and how long things may take.
    pub limits: Limits,
}

/// A setting with an invalid value.
#[derive(Debug, thiserror::Error)]
#[error("{variable}: {reason}")]
pub struct InvalidSetting {
    variable: &'static str,
    reason: String,
}

impl InvalidSetting {
    /// An error in the setting of this variable.
    pub fn new(variable: &'static str, reason: impl fmt::Display) -> Self {
        Self { variable, reason: reason.to_string() }
    }
}

impl Settings {
    /// Validates all settings.
    ///
    /// # Errors
    ///
    /// The first invalid setting.
    pub fn read(&self) -> Result<Config, InvalidSetting> {
        Ok(Config {
            database_url: self.database_url()?,
            address: self.address.clone(),
            public_url: self.public_url.as_deref().map(parse_public_url).transpose()?,
            metrics_address: self.metrics_address.clone().filter(|address| !address.is_empty()),
            proxies: self
                .behind_proxy
                .parse()
                .map_err(|error| InvalidSetting::new("GRADES_BEHIND_PROXY", error))?,
            clock: Clock::system(parse_time_zone(&self.time_zone)?),
            publish_alone: self.publish_alone,
            limits: self.limits.read()?,
        })
    }

    /// Validates the address of the database.
    ///
    /// # Errors
    ///
    /// If it is not an address of a database, or can't be read from its file.
    pub fn database_url(&self) -> Result<DatabaseUrl, InvalidSetting> {
        let given = ("DATABASE_URL", self.database_url.as_deref());
        let found = secrets::read(given, ("DATABASE_URL_FILE", self.database_url_file.as_deref()))?;
        let usual = || Secret { variable: given.0, text: USUAL_DATABASE.to_owned() };
        let Secret { variable, text } = found.unwrap_or_else(usual);
        text.parse().map_err(|error| InvalidSetting::new(variable, error))
    }

    /// How the log is written.
    ///
    /// # Errors
    ///
    /// If there is no such format.
    pub fn log_format(&self) -> Result<LogFormat, InvalidSetting> {
        let format = self.log_format.parse();
        format.map_err(|error| InvalidSetting::new("GRADES_LOG_FORMAT", error))
    }

    /// The address and port to listen on.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// Reads what a name of a level means.
fn parse_level(text: &str) -> Result<(String, Option<Level>), String> {
    let (name, level) = text.rsplit_once('=').ok_or("expected NAME=LEVEL, as Миддл I=middle")?;
    let level = match level.trim() {
        "-" => None,
        level => {
            let named = level.parse().ok().or_else(|| Level::from_slug(level));
            let all = Level::ALL.map(Level::name).join(", ");
            Some(named.ok_or_else(|| format!("expected one of {all}, or -"))?)
        }
    };
    Ok((name.trim().to_owned(), level))
}

fn parse_public_url(text: &str) -> Result<String, InvalidSetting> {
    let refuse = |reason: &str| InvalidSetting::new("GRADES_PUBLIC_URL", reason);
    let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("expected an address with http:// or https://"));
    }
    let origin = url.origin().ascii_serialization();
    if url.as_str().trim_end_matches('/') != origin {
        return Err(refuse(
            "expected only scheme, host and port, as in https://grades.example.org",
        ));
    }
    Ok(origin)
}

fn parse_time_zone(name: &str) -> Result<Tz, InvalidSetting> {
    name.parse().map_err(|_| {
        let reason = "expected the name of a time zone, as Europe/Moscow or UTC";
        InvalidSetting::new("GRADES_TIME_ZONE", reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_an_iana_name() {
        assert_eq!(parse_time_zone("Europe/Moscow").unwrap(), Tz::Europe__Moscow);
        assert_eq!(parse_time_zone("UTC").unwrap(), Tz::UTC);
        for name in ["", "Moscow", "MSK+3", "+03:00"] {
            let error = parse_time_zone(name).unwrap_err().to_string();
            assert!(error.starts_with("GRADES_TIME_ZONE: "), "{error}");
        }
    }

    #[test]
    fn a_public_url_is_an_origin() {
        for text in ["https://grades.example.org", "https://grades.example.org/"] {
            assert_eq!(parse_public_url(text).unwrap(), "https://grades.example.org");
        }
        assert_eq!(parse_public_url("http://localhost:8080").unwrap(), "http://localhost:8080");
        for text in ["", "grades.example.org", "ftp://a.b", "https://a.b/grades", "https://u@a.b"] {
            let error = parse_public_url(text).unwrap_err().to_string();
            assert!(error.starts_with("GRADES_PUBLIC_URL: "), "{error}");
        }
    }
}
