//! Builds the application: database, state, middleware order, server.

mod metrics;

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, PathConfig, QueryConfig};
use actix_web::{App, rt};
use chrono::NaiveDateTime;
use futures_util::FutureExt as _;
use tokio::time::{MissedTickBehavior, interval};

use crate::admin;
use crate::audit;
use crate::auth::{self, Hashing, Publishing, Throttle};
use crate::config::{Config, InvalidSetting};
use crate::db::{self, Database};
use crate::editors;
use crate::editors::service::CookieKey;
use crate::error::AppError;
use crate::graders::document::DOCUMENT;
use crate::graders::service::catalogue::{Catalogue, LastChanges, Published};
use crate::graders::service::past::PastCatalogues;
use crate::graders::service::{catalogue, cleaning, rules, search, skills, starting};
use crate::paths;
use crate::routes;
use crate::site::plan::Stamps;
use crate::web::body::{Bodies, BodyTimeout};
use crate::web::connection::Terms;
use crate::web::metrics::Metrics;
use crate::web::repeats::{Front, Repeats};
use crate::web::{
    self, Allowances, LastChange, PageCache, RequestTimeout, Revalidation, Site, Turns, blocking,
};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// How often the log of editors' actions is rid of its old entries.
const DAY: Duration = Duration::from_hours(24);

/// Threads for work that waits for no turn, beside those of each turn.
const SPARE_THREADS: usize = 8;

/// How long the other end of a connection may take nothing of an answer, or not acknowledge it.
#[cfg(target_os = "linux")]
const LONGEST_STALL: Duration = Duration::from_secs(20);

/// A site that is ready to serve.
pub struct Application {
    server: Server,
    /// Serves the figures of the process, and where.
    metrics: Option<(Server, SocketAddr)>,
    address: SocketAddr,
    url: String,
    setup_url: Option<String>,
    database: Database,
    /// How many days the log of editors' actions goes back.
    audit_days: Option<u32>,
}

impl Application {
    /// Takes the address to listen on, opens and migrates the database, and fills an empty one with the
    /// starting catalogue.
    ///
    /// # Errors
    ///
    /// Names the setting that can't be used: the address is taken, or the database can't be opened,
    /// migrated or filled, or is of a newer program.
    pub fn build(config: &Config) -> Result<Self, Box<dyn Error>> {
        let begun = SystemTime::now();
        // First of all: whoever starts the program twice changes nothing in the database.
        let (listener, metrics_listener) = listeners(config)?;
        let address = listener.local_addr()?;
        let database = open_database(config)?;
        let site = site(config, address);
        let (url, is_https) = (site.url().to_owned(), site.is_https());
        web::assets::prepare();

        let cookie_key = CookieKey::load(&database)?;
        let setup_token = editors::service::setup_token(&database)?;
        let setup_url = setup_token.map(|token| format!("{url}{}", paths::admin::setup(&token)));
        let catalogue = Data::new(Catalogue::new(database.clone()));
        let published = Data::new(Published(Arc::new(catalogue.published())));
        let past = Data::new(PastCatalogues::new(catalogue.clone().into_inner()));
        let (shared, site) = (Data::new(database.clone()), Data::new(site));
        let (document, hashing) = (Data::new(&DOCUMENT), Data::new(Hashing::default()));
        let (cache, throttle) = (Data::new(PageCache::new()?), Data::new(Throttle::default()));
        let (cookie_key, bodies) = (Data::new(cookie_key), Data::new(Bodies::default()));
        let publishing = Data::new(Publishing { is_alone: config.publish_alone });
        let (clock, stamps) = (Data::new(config.clock.clone()), Data::new(Stamps::default()));
        let limits = &config.limits;
        let timeout = Data::new(RequestTimeout(limits.request));
        let body_timeout = Data::new(BodyTimeout(limits.body));
        let turns =
            Data::new(Turns::new(limits.running, limits.waiting, limits.database.connection));
        let allowances = Data::new(Allowances::new(limits.rate));
        let metrics = Data::new(Metrics::default());
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let server = Server::build()
            .backlog(BACKLOG)
            .workers(workers)
            .max_concurrent_connections(limits.connections.div_ceil(workers))
            .worker_max_blocking_threads(turns.threads() + SPARE_THREADS)
            .shutdown_timeout(limits.shutdown.as_secs());
        let stopping = server.graceful_shutdown_signal();
        let last_changes = Arc::new(catalogue::dedicated_last_change(&database));
        let (repeats, front_site) = (Arc::new(Repeats::default()), site.clone());
        let terms = Terms { is_https, head: limits.head, metrics: metrics.clone().into_inner() };
        let (terms, front_metrics) = (Arc::new(terms), metrics.clone());
        let sources = metrics::Sources {
            metrics: metrics.clone(),
            turns: turns.clone(),
            allowances: allowances.clone(),
            cache: cache.clone(),
            database: database.clone(),
            begun,
        };
        let application = move |revalidation: Data<Revalidation>| {
            // The last one wrapped is the first to see a request and the last to see its answer.
            App::new()
                .app_data(shared.clone())
                .app_data(catalogue.clone())
                .app_data(published.clone())
                .app_data(past.clone())
                .app_data(cache.clone())
                .app_data(site.clone())
                .app_data(document.clone())
                .app_data(throttle.clone())
                .app_data(hashing.clone())
                .app_data(publishing.clone())
                .app_data(cookie_key.clone())
                .app_data(bodies.clone())
                .app_data(clock.clone())
                .app_data(stamps.clone())
                .app_data(timeout.clone())
                .app_data(body_timeout.clone())
                .app_data(turns.clone())
                .app_data(allowances.clone())
                .app_data(metrics.clone())
                .app_data(revalidation)
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
                .wrap(from_fn(web::log::access))
                .wrap(from_fn(web::request_id::assign))
                .wrap(from_fn(web::metrics::count))
        };
        let (read, asked) = (database.clone(), Arc::clone(&last_changes));
        let asks = move || revalidation(metrics::TIMEOUT, &read, &asked);
        let metrics = metrics_listener.map(|listener| metrics::serve(listener, sources, asks));
        let metrics = metrics.transpose()?;
        let (read, limit) = (database.clone(), limits.request);
        let server = server.listen("site", listener, move || {
            // Each thread asks for all requests that wait on it.
            let revalidation = Data::new(revalidation(limit, &read, &last_changes));
            let (site, metrics) = (front_site.clone(), front_metrics.clone());
            let front = Front::new(Arc::clone(&repeats), revalidation.clone(), site, metrics);
            let terms = Arc::clone(&terms);
            web::server::serve(application(revalidation), front, stopping.clone(), terms)
        })?;
        let (server, audit_days) = (server.run(), limits.audit_days);
        Ok(Self { server, metrics, address, url, setup_url, database, audit_days })
    }

    /// The port listened on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address and port at which figures are told, if they are.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|(_, address)| *address)
    }

    /// The address visitors see or, if that is not known, the one of this machine for itself.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
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
        let pruning =
            self.audit_days.map(|days| rt::spawn(prune_daily(self.database.unhurried(), days)));
        let metrics = self.metrics.map(|(server, address)| {
            log::info!("figures are told at http://{address}{}", paths::metrics());
            let handle = server.handle();
            rt::spawn(server);
            handle
        });
        let served = self.server.await;
        if let Some(metrics) = metrics {
            metrics.stop(false).await;
        }
        if let Some(pruning) = pruning {
            pruning.abort();
        }
        served
    }
}

/// Where visitors find the site that listens on an address. If it listens on all addresses of the machine,
/// that can't be known unless somebody says so.
fn site(config: &Config, address: SocketAddr) -> Site {
    let port = address.port();
    let local = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, port).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, port).into(),
        _ => address,
    };
    let of_address = || (local == address).then(|| format!("http://{address}"));
    let public_url = config.public_url.clone().or_else(of_address);
    if public_url.is_none() {
        log::warn!(
            "GRADES_PUBLIC_URL is not set: pages have no canonical addresses, and there is no sitemap and no \
             feed; set it to the address visitors see, such as https://grades.example.org"
        );
    }
    Site { public_url, local_url: format!("http://{local}"), proxies: config.proxies.clone() }
}

/// Reads the last change: on SQLite at once, or on a thread that may block where it is locked; on PostgreSQL
/// through a connection of its own.
fn revalidation(
    limit: Duration,
    database: &Database,
    dedicated: &Arc<Option<LastChanges>>,
) -> Revalidation {
    let (database, dedicated) = (database.clone(), Arc::clone(dedicated));
    Revalidation::new(limit, move || {
        let (database, dedicated) = (database.clone(), Arc::clone(&dedicated));
        async move {
            let (revision, at) = match catalogue::try_last_change_inline(&database) {
                Some(last_change) => last_change,
                None => {
                    blocking(move || read_last_change(&database, dedicated.as_ref().as_ref()))
                        .await??
                }
            };
            Ok(LastChange { revision, at })
        }
        .boxed_local()
    })
}

fn read_last_change(
    database: &Database,
    dedicated: Option<&LastChanges>,
) -> Result<(i64, Option<NaiveDateTime>), AppError> {
    match dedicated {
        Some(dedicated) => dedicated.ask().map_err(|unread| {
            if unread.is_transient() {
                AppError::Unavailable(unread.into())
            } else {
                AppError::Internal(unread.into())
            }
        }),
        None => Ok(catalogue::last_change(database)?),
    }
}

/// Rids the log of editors' actions of old entries, now and once a day.
async fn prune_daily(database: Database, days: u32) {
    let mut daily = interval(DAY);
    daily.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        daily.tick().await;
        let database = database.clone();
        match blocking(move || audit::service::prune(&database, days)).await {
            Ok(Ok(0)) => {}
            Ok(Ok(pruned)) => log::info!("deleted {pruned} entries of the audit log that were old"),
            Ok(Err(error)) => log::warn!("the audit log could not be rid of old entries: {error}"),
            Err(error) => log::warn!("the audit log could not be rid of old entries: {error}"),
        }
    }
}

fn open_database(config: &Config) -> Result<Database, Box<dyn Error>> {
    let migrated = db::migrate(&config.database_url)?;
    if migrated > 0 {
        log::info!("applied {migrated} migrations to {}", config.database_url);
    }
    let served = Database::open_within(&config.database_url, &config.limits.database)?;
    // Several programs may start at once and wait for each other.
    let database = served.clone().unhurried();
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
    Ok(served)
}

/// What visitors and, if that is wanted, the figures are served on.
fn listeners(config: &Config) -> Result<(TcpListener, Option<TcpListener>), Box<dyn Error>> {
    let visitors = listen("GRADES_ADDRESS", &config.address)?;
    // Every connection inherits it (RFC 5482, which other systems leave out).
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(&visitors).set_tcp_user_timeout(Some(LONGEST_STALL))?;
    let figures = config.metrics_address.as_deref();
    let figures = figures.map(|address| listen("GRADES_METRICS_ADDRESS", address)).transpose()?;
    Ok((visitors, figures))
}

/// Takes the address that a setting names.
fn listen(variable: &'static str, address: &str) -> Result<TcpListener, InvalidSetting> {
    TcpListener::bind(address).map_err(|error| {
        InvalidSetting::new(variable, format_args!("cannot listen on {address}: {error}"))
    })
}
