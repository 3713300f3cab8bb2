//! A site under test with its own database.

use std::env;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use actix_web::rt;
use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use grades::app::Application;
use grades::config::{Config, Limits};
use grades::db::{self, Database};
use grades::editors;
use grades::editors::service::Role;
use grades::graders::service::catalogue::TrackFile;
use grades::graders::service::{ServiceError, catalogue};
use grades::web::{Clock, Proxies};
use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use tempfile::TempDir;
use url::form_urlencoded;
use uuid::Uuid;

/// The public address of the site.
pub const PUBLIC_URL: &str = "https://grades.example.org";

/// Turns each `async fn name(app: TestApp) { … }`, or one with a `Backend`, into two tests: on
/// SQLite and on PostgreSQL.
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($argument:ident: $kind:ident) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn check($argument: $kind) $body

            #[actix_web::test]
            async fn sqlite() {
                check($kind::on($crate::app::Backend::Sqlite)).await;
            }

            #[actix_web::test]
            #[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
            async fn postgres() {
                check($kind::on($crate::app::Backend::Postgres)).await;
            }
        }
    )+};
}

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// An empty database that is deleted when the value is dropped.
pub enum TestDatabase {
    Sqlite(TempDir),
    Postgres { server: String, name: String },
}

impl TestDatabase {
    pub fn on(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::Sqlite(TempDir::new().unwrap()),
            Backend::Postgres => {
                let server = env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL");
                let name = format!("grades_test_{}", Uuid::new_v4().simple());
                let database = Self::Postgres { server, name: name.clone() };
                database.on_server(&format!("CREATE DATABASE {name}"));
                database
            }
        }
    }

    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => {
                format!("sqlite://{}", folder.path().join("grades.sqlite3").display())
            }
            Self::Postgres { server, name } => {
                // The database name is the path between the host and the parameters.
                let (address, parameters) = server.split_once('?').unwrap_or((server, ""));
                let (host, _) = address.rsplit_once('/').unwrap();
                format!("{host}/{name}?{parameters}")
            }
        }
    }

    pub fn open(&self) -> Database {
        Database::open(&self.url().parse().unwrap()).unwrap()
    }

    /// Executes SQL statements with a connection of its own, as another process would.
    pub fn execute(&self, statements: &str) {
        self.open()
            .write(|connection| {
                connection.batch_execute(statements)?;
                Ok::<_, ServiceError>(())
            })
            .unwrap();
    }

    /// The file of a SQLite database.
    pub fn file(&self) -> PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().join("grades.sqlite3"),
            Self::Postgres { .. } => panic!("PostgreSQL keeps no file of ours"),
        }
    }

    /// Deletes the database while it is in use.
    pub fn drop_now(&self) {
        if let Self::Postgres { name, .. } = self {
            self.on_server(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }

    fn on_server(&self, statement: &str) {
        if let Self::Postgres { server, .. } = self {
            PgConnection::establish(server).unwrap().batch_execute(statement).unwrap();
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.drop_now();
    }
}

/// The time of a site under test, which a test may set.
#[derive(Clone)]
pub struct TestTime(Arc<Mutex<DateTime<Utc>>>);

impl TestTime {
    fn new() -> Self {
        Self(Arc::new(Mutex::new("2026-06-01T09:00:00Z".parse().unwrap())))
    }

    /// Sets it to a moment such as `2026-06-01T09:00:00Z`.
    pub fn set(&self, moment: &str) {
        *self.0.lock().unwrap() = moment.parse().unwrap();
    }

    /// A clock that shows this time in a time zone.
    pub fn clock(&self, zone: &str) -> Clock {
        let time = Arc::clone(&self.0);
        Clock::new(zone.parse().unwrap(), move || *time.lock().unwrap())
    }
}

/// A running site.
pub struct TestApp {
    pub database: TestDatabase,
    pub time: TestTime,
    pub port: u16,
    /// Where figures of the running site are told.
    pub metrics_port: Option<u16>,
    client: Client,
}

impl TestApp {
    /// The site with its starting catalogue.
    pub fn on(backend: Backend) -> Self {
        Self::start(TestDatabase::on(backend))
    }

    /// The site with this catalogue.
    pub fn with_catalogue(backend: Backend, catalogue: &[TrackFile]) -> Self {
        let database = TestDatabase::on(backend);
        db::migrate(&database.url().parse().unwrap()).unwrap();
        assert!(catalogue::load_starting(&database.open(), catalogue).unwrap());
        Self::start(database)
    }

    pub fn start(database: TestDatabase) -> Self {
        Self::start_with_setup(database).0
    }

    /// The site, and the address where the first owner is created.
    pub fn start_with_setup(database: TestDatabase) -> (Self, Option<String>) {
        Self::build(database, |_, _| {})
    }

    /// The site where days begin as in this time zone.
    pub fn start_in(database: TestDatabase, time_zone: &str) -> Self {
        Self::build(database, |config, time| config.clock = time.clock(time_zone)).0
    }

    /// The site with this public address, by default the one it listens on.
    pub fn start_at(database: TestDatabase, public_url: Option<&str>) -> Self {
        Self::start_as(database, |config| config.public_url = public_url.map(str::to_owned))
    }

    /// The site behind proxies, as the setting names them.
    pub fn start_behind(database: TestDatabase, proxies: &str) -> Self {
        Self::start_as(database, |config| config.proxies = proxies.parse().unwrap())
    }

    /// The site within these limits.
    pub fn start_within(database: TestDatabase, limits: Limits) -> Self {
        Self::start_as(database, |config| config.limits = limits)
    }

    /// The site with these settings changed.
    pub fn start_as(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Self {
        Self::build(database, |config, _| change(config)).0
    }

    fn build(
        database: TestDatabase,
        change: impl FnOnce(&mut Config, &TestTime),
    ) -> (Self, Option<String>) {
        let time = TestTime::new();
        let mut config = Config {
            database_url: database.url().parse().unwrap(),
            address: "127.0.0.1:0".into(),
            metrics_address: None,
            public_url: Some(PUBLIC_URL.to_owned()),
            proxies: Proxies::None,
            clock: time.clock("UTC"),
            publish_alone: true,
            limits: Limits::default(),
        };
        change(&mut config, &time);
        let application = Application::build(&config).unwrap();
        let port = application.port();
        let metrics_port = application.metrics_address().map(|address| address.port());
        let setup = application.setup_url().map(str::to_owned);
        rt::spawn(application.run());
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        (Self { database, time, port, metrics_port, client }, setup)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// The body of a page that must be answered with 200.
    pub async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }
}

/// The value of a header, which must be present exactly once.
pub fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let values = response.headers().get_all(name).iter().collect::<Vec<_>>();
    assert_eq!(values.len(), 1, "{name} of {}: {values:?}", response.url());
    values[0].to_str().unwrap()
}

/// The cookie of the session that begins with an answer, as a browser sends it.
pub fn session_cookie(response: &Response) -> String {
    cookie(response, "session")
}

/// A cookie that an answer sets, as a browser sends it.
pub fn cookie(response: &Response, name: &str) -> String {
    let values = response.headers().get_all("set-cookie").iter();
    let mut pairs = values.map(|value| value.to_str().unwrap().split(';').next().unwrap());
    let found =
        pairs.find(|pair| pair.trim_start_matches("__Host-").starts_with(&format!("{name}=")));
    found.unwrap_or_else(|| panic!("no cookie {name} from {}", response.url())).to_owned()
}

/// The text between the first occurrence of `start` and the next one of `end`.
pub fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start:?} in {text}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end:?} after {start:?} in {text}")).0
}

impl Backend {
    /// For tests that start the site themselves.
    pub fn on(backend: Self) -> Self {
        backend
    }
}

/// The password of all editors in tests.
pub const PASSWORD: &str = "правильный пароль редактора";

/// An editor's browser.
pub struct Editor<'a> {
    pub app: &'a TestApp,
    pub cookie: String,
}

impl TestApp {
    /// Creates an editor and signs in.
    pub async fn editor(&self, login: &str) -> Editor<'_> {
        self.account(login, Role::Editor).await
    }

    /// Creates an owner and signs in.
    pub async fn owner(&self, login: &str) -> Editor<'_> {
        self.account(login, Role::Owner).await
    }

    async fn account(&self, login: &str, role: Role) -> Editor<'_> {
        editors::service::create(&self.database.open(), login, PASSWORD, role).unwrap();
        self.sign_in(login).await
    }

    /// Signs in to an existing account.
    pub async fn sign_in(&self, login: &str) -> Editor<'_> {
        let form = [("login", login), ("password", PASSWORD), ("to", "/admin")];
        let answer = self.send("/admin/sign-in", &form).await;
        assert_eq!(answer.status(), 303, "{login} is not let in");
        Editor { app: self, cookie: session_cookie(&answer) }
    }

    /// Sends a form without a session.
    pub async fn send(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.request(Method::POST, path).body(encoded(form)).send().await.unwrap()
    }
}

impl Editor<'_> {
    pub async fn get(&self, path: &str) -> Response {
        let request = self.app.request(Method::GET, path).header("cookie", &self.cookie);
        request.send().await.unwrap()
    }

    pub async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    /// Sends a form without adding a form token.
    pub async fn send_plain(&self, path: &str, form: &[(&str, &str)]) -> Response {
        let request = self.app.request(Method::POST, path).header("cookie", &self.cookie);
        request.body(encoded(form)).send().await.unwrap()
    }

    /// Sends a form with the token of this session.
    pub async fn send(&self, path: &str, form: &[(&str, &str)]) -> Response {
        let session = self.cookie.split_once('=').unwrap().1;
        let token = editors::service::form_token(session);
        let form = [&[("token", token.as_str())], form].concat();
        self.send_plain(path, &form).await
    }

    /// The text and the version in the form of an editing page.
    pub async fn read(&self, path: &str) -> (String, String) {
        typed(&self.page(path).await)
    }

    /// Saves a text based on a version.
    pub async fn save(&self, path: &str, version: &str, text: &str) -> Response {
        self.send(path, &[("version", version), ("text", text), ("action", "save")]).await
    }
}

/// The text and the version in the form on an editing page.
pub fn typed(page: &str) -> (String, String) {
    let version = between(page, "name=\"version\" value=\"", "\"");
    let field = between(page, "<textarea id=\"text\"", "</textarea>");
    let text = field.split_once(">\n").unwrap().1;
    (unescaped(text), version.to_owned())
}

/// Decodes the numeric character references that Askama writes.
pub fn unescaped(html: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(html.to_owned(), |text, (reference, letter)| text.replace(reference, letter))
}

pub fn encoded(form: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}
