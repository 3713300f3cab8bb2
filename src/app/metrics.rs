//! What operators read of the running process, at an address of its own: nothing of it is about people,
//! and none of it is for visitors.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::dev::Server;
use actix_web::web::{self as routing, Data};
use actix_web::{App, HttpResponse, HttpServer};

use crate::db::{Database, PoolState};
use crate::paths;
use crate::web::metrics::{Kind, Metrics, Text};
use crate::web::{Allowances, Busyness, PageCache, Revalidation, Turns, Work};

/// For the last change: a figure less is better than none in time.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);

/// Where the figures come from.
pub(super) struct Sources {
    pub metrics: Data<Metrics>,
    pub turns: Data<Turns>,
    pub allowances: Data<Allowances>,
    pub cache: Data<PageCache>,
    pub database: Database,
    /// When the process began.
    pub begun: SystemTime,
}

/// Serves them, on a thread and with connections that visitors can't take. `revalidation` makes what asks
/// for the last change on that thread.
pub(super) fn serve(
    listener: TcpListener,
    sources: Sources,
    revalidation: impl Fn() -> Revalidation + Clone + Send + 'static,
) -> std::io::Result<(Server, SocketAddr)> {
    let address = listener.local_addr()?;
    let sources = Data::new(sources);
    let application = move || {
        App::new()
            .app_data(sources.clone())
            .app_data(Data::new(revalidation()))
            .route(paths::metrics(), routing::get().to(show))
    };
    let server = HttpServer::new(application).workers(1).disable_signals();
    Ok((server.listen(listener)?.run(), address))
}

async fn show(sources: Data<Sources>, revalidation: Data<Revalidation>) -> HttpResponse {
    let revision = revalidation.last_change().await.ok().map(|last_change| last_change.revision);
    HttpResponse::Ok().content_type(Text::TYPE).body(sources.text(revision))
}

impl Sources {
    fn text(&self, revision: Option<i64>) -> String {
        let mut text = Text::default();
        text.family("grades_build_info", Kind::Gauge, "The version of the program.");
        text.sample("", &[("version", env!("CARGO_PKG_VERSION"))], 1);
        let begun = self.begun.duration_since(UNIX_EPOCH).unwrap_or_default();
        text.family(
            "process_start_time_seconds",
            Kind::Gauge,
            "When the process began, Unix time.",
        );
        text.sample("", &[], begun.as_secs_f64());
        self.metrics.write(&mut text);
        self.write_cache(&mut text);
        self.write_work(&mut text);
        let help = "Fresh answers that were refused because a network had too many.";
        text.counter("grades_rate_refused_total", help, self.allowances.refused());
        self.write_pools(&mut text);
        text.family("grades_database_up", Kind::Gauge, "Whether the database answers.");
        text.sample("", &[], u8::from(revision.is_some()));
        if let Some(revision) = revision {
            text.family("grades_catalogue_revision", Kind::Gauge, "The revision of the catalogue.");
            text.sample("", &[], revision);
        }
        text.into_string()
    }

    fn write_cache(&self, text: &mut Text) {
        let help = "Answers from memory: before the application looked at the request, or in it.";
        text.family("grades_cache_hits_total", Kind::Counter, help);
        text.sample("", &[("at", "front")], self.metrics.repeated.get());
        text.sample("", &[("at", "application")], self.cache.hits.get());
        let help =
            "Answers that had to be made, and were kept if there was nothing wrong with them.";
        text.counter("grades_cache_misses_total", help, &self.cache.misses);
    }

    fn write_work(&self, text: &mut Text) {
        let work = Work::ALL.map(|work| (<&str>::from(work), self.turns.busyness(work)));
        let mut family = |name, kind, help, value: fn(Busyness) -> u64| {
            text.family(name, kind, help);
            for (work, busyness) in work {
                text.sample("", &[("work", work)], value(busyness));
            }
        };
        let help = "Work on threads that may block.";
        family("grades_work_running", Kind::Gauge, help, |busyness| busyness.running as u64);
        let help = "Work that waits for its turn.";
        family("grades_work_waiting", Kind::Gauge, help, |busyness| busyness.waiting as u64);
        let help = "Work that was refused because too much waited.";
        family("grades_work_refused_total", Kind::Counter, help, |busyness| busyness.refused);
    }

    fn write_pools(&self, text: &mut Text) {
        let pools = self.database.pools();
        let mut family = |name, kind, help, value: fn(&PoolState) -> u64| {
            text.family(name, kind, help);
            for pool in &pools {
                text.sample("", &[("pool", pool.name)], value(pool));
            }
        };
        let help = "Open connections to the database.";
        family("grades_pool_connections", Kind::Gauge, help, |pool| pool.connections.into());
        let help = "Those that nobody uses.";
        family("grades_pool_idle_connections", Kind::Gauge, help, |pool| pool.idle.into());
        let help = "How many connections may be open.";
        family("grades_pool_size", Kind::Gauge, help, |pool| pool.size.into());
        let help = "Connections that were taken.";
        family("grades_pool_checkouts_total", Kind::Counter, help, |pool| pool.checkouts);
        let help = "Connections that did not become free in time.";
        family("grades_pool_timeouts_total", Kind::Counter, help, |pool| pool.timeouts);
        let help = "Time that was waited for connections.";
        text.family("grades_pool_wait_seconds_total", Kind::Counter, help);
        for pool in &pools {
            text.sample("", &[("pool", pool.name)], pool.waited.as_secs_f64());
        }
    }
}
