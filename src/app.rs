//! Builds the application: database, state, middleware order, server.

use std::error::Error;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::App;
use actix_web::dev::{Server, ServiceRequest};
use actix_web::middleware::{Logger, from_fn};
use actix_web::web::{Data, PathConfig, QueryConfig};

use crate::admin;
use crate::auth::{self, Hashing, Throttle};
use crate::config::{Config, InvalidSetting};
use crate::db::{self, Database};
use crate::editors;
use crate::editors::service::CookieKey;
use crate::error::AppError;
use crate::graders::document::DOCUMENT;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::past::PastCatalogues;
use crate::graders::service::{catalogue, cleaning, rules, search, skills, starting};
use crate::paths;
use crate::routes;
use crate::site::plan::Stamps;
use crate::web::body::Bodies;
use crate::web::{self, PageCache, Site, redacted};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Seconds that requests under way have once the process is told to stop.
const LONGEST_END: u64 = 5;

/// How long the other end of a connection may take nothing of an answer, or not acknowledge it.
#[cfg(target_os = "linux")]
const LONGEST_STALL: Duration = Duration::from_secs(20);

/// A site that is ready to serve.
pub struct Application {
    server: Server,
    address: SocketAddr,
    public_url: String,
    setup_url: Option<String>,
}

impl Application {
    /// Opens and migrates the database, fills an empty one with the starting catalogue, and takes
    /// the address to listen on.
    ///
    /// # Errors
    ///
    /// Names the setting that can't be used: the database can't be opened, migrated or filled, or
    /// the address is taken.
    pub fn build(config: &Config) -> Result<Self, Box<dyn Error>> {
        let database = open_database(config)?;
        let listener = TcpListener::bind(&config.address)
            .map_err(|error| cannot_listen(&config.address, &error))?;
        // Every connection inherits it (RFC 5482, which other systems leave out).
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(&listener).set_tcp_user_timeout(Some(LONGEST_STALL))?;
        let address = listener.local_addr()?;
        let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        web::assets::prepare();

        let cookie_key = CookieKey::load(&database)?;
        let setup_token = editors::service::setup_token(&database)?;
        let setup_url =
            setup_token.map(|token| format!("{public_url}{}", paths::admin::setup(&token)));
        let site = Site { public_url: public_url.clone(), proxies: config.proxies.clone() };
        let catalogue = Data::new(Catalogue::new(database.clone()));
        let past = Data::new(PastCatalogues::new(catalogue.clone().into_inner()));
        let is_https = site.is_https();
        let (database, site) = (Data::new(database), Data::new(site));
        let document = Data::new(&DOCUMENT);
        let (cache, throttle) = (Data::new(PageCache::new()?), Data::new(Throttle::default()));
        let (cookie_key, bodies) = (Data::new(cookie_key), Data::new(Bodies::default()));
        let hashing = Data::new(Hashing::default());
        let (clock, stamps) = (Data::new(config.clock.clone()), Data::new(Stamps::default()));
        let server = Server::build().backlog(BACKLOG).shutdown_timeout(LONGEST_END);
        let stopping = server.graceful_shutdown_signal();
        let application = move || {
            // The last one wrapped is the first to see a request and the last to see its answer.
            App::new()
                .app_data(database.clone())
                .app_data(catalogue.clone())
                .app_data(past.clone())
                .app_data(cache.clone())
                .app_data(site.clone())
                .app_data(document.clone())
                .app_data(throttle.clone())
                .app_data(hashing.clone())
                .app_data(cookie_key.clone())
                .app_data(bodies.clone())
                .app_data(clock.clone())
                .app_data(stamps.clone())
                .app_data(PathConfig::default().error_handler(AppError::from_path))
                .app_data(QueryConfig::default().error_handler(AppError::from_query))
                .configure(routes::configure)
                .wrap(from_fn(web::clean_query::clean_query))
                .wrap(from_fn(admin::edit::keep_typed))
                .wrap(from_fn(auth::cross_site::refuse))
                .wrap(from_fn(web::limits::refuse_encoded_bodies))
                .wrap(from_fn(web::limits::refuse_long_addresses))
                .wrap(from_fn(auth::ended_session::ask_to_sign_in))
                .wrap(from_fn(web::error_page::render))
                .wrap(from_fn(web::past::keep_in_redirects))
                .wrap(from_fn(web::headers::protect))
                .wrap(from_fn(web::cors::open_reads))
                .wrap(from_fn(web::body::guard))
                .wrap(access_log())
                .wrap(from_fn(web::request_id::assign))
        };
        let server = server.listen("site", listener, move || {
            web::server::serve(application(), stopping.clone(), is_https)
        })?;
        let server = server.run();
        Ok(Self { server, address, public_url, setup_url })
    }

    /// The port listened on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address visitors see.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The address where the first owner is made, if there is no editor yet.
    #[must_use]
    pub fn setup_url(&self) -> Option<&str> {
        self.setup_url.as_deref()
    }

    /// Serves until the process is told to stop.
    ///
    /// # Errors
    ///
    /// If the server's threads fail.
    pub async fn run(self) -> std::io::Result<()> {
        self.server.await
    }
}

fn open_database(config: &Config) -> Result<Database, Box<dyn Error>> {
    let migrated = db::migrate(&config.database_url)?;
    if migrated > 0 {
        log::info!("applied {migrated} migrations to {}", config.database_url);
    }
    let database = Database::open(&config.database_url)?;
    let content = starting::Content::embedded()?;
    if catalogue::load_starting(&database, &content.catalogue)? {
        log::info!("filled {} with the starting catalogue", config.database_url);
    }
    if skills::load_starting(&database, &content.skills)? {
        log::info!("filled {} with the starting skills", config.database_url);
    }
    if rules::load_starting(&database, &content.rules)? {
        log::info!("filled {} with the starting rules", config.database_url);
    }
    if cleaning::bring_up_to_date(&database)? {
        log::info!("cleaned the texts of {}", config.database_url);
    }
    let corrected = starting::bring_up_to_date(&database, &content, &starting::Known::embedded())?;
    if corrected > 0 {
        log::info!("corrected {corrected} starting texts of {}", config.database_url);
    }
    if search::bring_up_to_date(&database)? {
        log::info!("indexed {} for searching", config.database_url);
    }
    Ok(database)
}

/// A line for each answer, with the request without its secrets.
fn access_log() -> Logger {
    let request = |request: &ServiceRequest| {
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        format!("{} {} {:?}", request.method(), redacted(target), request.version())
    };
    Logger::new("%{x-request-id}o \"%{request}xi\" %s %b %D ms")
        .custom_request_replace("request", request)
}

fn cannot_listen(address: &str, error: &std::io::Error) -> InvalidSetting {
    InvalidSetting::new("GRADES_ADDRESS", format_args!("cannot listen on {address}: {error}"))
}
