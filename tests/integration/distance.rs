//! How often the site waits for PostgreSQL: each time costs as long as the way to a distant server takes.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use grades::config::Config;
use url::Url;

use crate::app::{Backend, TestApp, TestDatabase};

const GRADE: &str = "/admin/professions/front-end/middle";

/// A way to a server that counts how often the server is asked something after it has answered.
struct CountedWay {
    port: u16,
    round_trips: Arc<AtomicUsize>,
}

impl CountedWay {
    fn to(host: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let round_trips = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&round_trips);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(&host).unwrap();
                for stream in [&client, &server] {
                    stream.set_nodelay(true).unwrap();
                }
                let has_answered = Arc::new(AtomicBool::new(true));
                let (asked, count) = (Arc::clone(&has_answered), Arc::clone(&count));
                carry(client.try_clone().unwrap(), server.try_clone().unwrap(), move || {
                    if asked.swap(false, Ordering::SeqCst) {
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                });
                carry(server, client, move || has_answered.store(true, Ordering::SeqCst));
            }
        });
        Self { port, round_trips }
    }

    /// How many there were since this was asked last.
    fn taken(&self) -> usize {
        self.round_trips.swap(0, Ordering::SeqCst)
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, note: impl Fn() + Send + 'static) {
    thread::spawn(move || {
        let mut bytes = [0; 8_192];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            note();
            if to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
    });
}

/// Statements are prepared once for each connection, so there is one for reading and one for saving.
fn with_one_connection(config: &mut Config) {
    config.limits.database.pool_size = 1;
    config.limits.database.saving_pool_size = 1;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn pages_and_saves_wait_for_the_server_only_so_often() {
    let database = TestDatabase::on(Backend::Postgres);
    let mut url = Url::parse(&database.url()).unwrap();
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let way = CountedWay::to(host);
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(way.port)).unwrap();
    let app = TestApp::start_as(database, |config| {
        config.database_url = url.as_str().parse().unwrap();
        with_one_connection(config);
    });
    let ann = app.editor("ann").await;
    let mut counted = Vec::new();
    for round in 1..4 {
        let (text, version) = ann.read(GRADE).await;
        way.taken();
        let answer = ann.save(GRADE, &version, &format!("{text}\n- Умение {round}")).await;
        assert_eq!(answer.status(), 303);
        counted = vec![("a save".to_owned(), way.taken(), 17)];
        let pages = [
            ("/professions/front-end".to_owned(), 9),
            ("/professions/front-end/middle".to_owned(), 10),
            ("/".to_owned(), 9),
            ("/matrix?profession=front-end".to_owned(), 8),
            ("/rules".to_owned(), 5),
            ("/search?q=react".to_owned(), 11),
            ("/api/v1/graders/professions/front-end".to_owned(), 6),
            (format!("/professions/front-end?at={round}"), 18),
        ];
        for (path, most) in pages {
            app.page(&path).await;
            counted.push((path, way.taken(), most));
        }
    }
    let too_many = counted.iter().filter(|(_, taken, most)| taken > most).collect::<Vec<_>>();
    assert!(too_many.is_empty(), "{too_many:?} of {counted:?}");
}

on_both_databases! {
    async fn a_page_reads_with_one_connection(backend: Backend) {
        let app = TestApp::start_as(TestDatabase::on(backend), with_one_connection);
        let bob = app.owner("bob").await;
        let form = [("name", "2026.1"), ("note", "")];
        assert_eq!(bob.send("/admin/releases", &form).await.status(), 303);
        let (text, version) = bob.read(GRADE).await;
        let saved = bob.save(GRADE, &version, &format!("{text}\n- Пишет на Rust")).await;
        assert_eq!(saved.status(), 303);
        for path in [
            "/releases",
            "/releases/2026.1/compare",
            "/releases/2026.1/compare?with=now",
            "/plan?profession=front-end&grade=junior&since=2026-05-31&to=senior&revision=0",
            "/professions/front-end/middle?at=0",
            "/changes",
            "/search?q=rust&at=0",
        ] {
            let answer = app.get(path).await;
            assert!(answer.status() != 503, "{path} waits for another connection");
        }
    }
}
