//! How much may be done at once, for whom, and on how many connections.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread::{self, available_parallelism};
use std::time::Duration;

use actix_web::rt;
use diesel::connection::SimpleConnection;
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use grades::config::Limits;
use grades::graders::service::ServiceError;
use grades::web::Rate;
use reqwest::{Method, Response};

use crate::app::{Backend, TestApp, TestDatabase, header};

const GRADE: &str = "/admin/professions/front-end/middle";
const VISITOR: &str = "198.51.100.7";

/// A lock that another program holds.
struct Lock {
    end: mpsc::Sender<()>,
    holder: thread::JoinHandle<()>,
}

impl Lock {
    fn take(database: &TestDatabase, statement: &str) -> Self {
        let (held, is_held) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let (database, statement) = (database.open(), statement.to_owned());
        let holder = thread::spawn(move || {
            let done = database.write(|connection| {
                connection.batch_execute(&statement)?;
                held.send(()).unwrap();
                ended.recv().unwrap();
                Ok::<_, ServiceError>(())
            });
            done.unwrap();
        });
        is_held.recv().unwrap();
        Self { end, holder }
    }

    fn release(self) {
        self.end.send(()).unwrap();
        self.holder.join().unwrap();
    }
}

/// The lock that every save needs.
const OF_SAVES: &str = "UPDATE catalogue_state SET revision = revision";

/// Limits under which nothing is given up while a test lasts.
fn patient(running: usize, waiting: usize) -> Limits {
    let mut limits = Limits { running, waiting, ..Limits::default() };
    limits.database.lock = Duration::from_mins(5);
    limits.database.statement = Duration::from_mins(5);
    limits.database.connection = Duration::from_mins(5);
    limits.request = Duration::from_mins(5);
    limits
}

async fn is_busy(answer: Response) {
    assert_eq!(answer.status(), 503);
    assert_eq!(header(&answer, "retry-after"), "5");
    let page = answer.text().await.unwrap();
    assert!(page.contains("Сайт занят"), "{page}");
}

on_both_databases! {
    async fn saves_beyond_the_queue_are_refused_at_once_and_readers_go_on(database: TestDatabase) {
        let app = TestApp::start_within(database, patient(1, 1));
        let editor = app.editor("ann").await;
        let (_, version) = editor.read(GRADE).await;
        app.page("/").await;
        let lock = Lock::take(&app.database, OF_SAVES);
        let texts = (0..5).map(|number| format!("- Набрано {number}")).collect::<Vec<_>>();
        let saves = texts.iter().map(|text| editor.save(GRADE, &version, text));
        let mut saves = saves.collect::<FuturesUnordered<_>>();
        // One waits for the lock, one for its turn.
        for _ in 0..3 {
            let refused = saves.next().await.unwrap();
            assert_eq!(refused.status(), 503);
            assert_eq!(header(&refused, "retry-after"), "5");
            let page = refused.text().await.unwrap();
            assert!(page.contains("Сайт занят") && page.contains("- Набрано"), "{page}");
        }
        for path in ["/", "/professions/front-end", "/search?q=git", "/readyz", "/api/v1/graders/levels"] {
            assert_eq!(app.get(path).await.status(), 200, "{path}");
        }
        editor.page(GRADE).await;
        lock.release();
        let mut statuses = Vec::new();
        while let Some(answer) = saves.next().await {
            statuses.push(answer.status().as_u16());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn saves_that_wait_for_a_lock_take_no_connection_of_readers() {
    let mut limits = patient(6, 10);
    limits.database.pool_size = 2;
    limits.database.saving_pool_size = 2;
    let app = TestApp::start_within(TestDatabase::on(Backend::Postgres), limits);
    let editor = app.editor("ann").await;
    let (_, version) = editor.read(GRADE).await;
    let lock = Lock::take(&app.database, OF_SAVES);
    let texts = (0..6).map(|number| format!("- Набрано {number}")).collect::<Vec<_>>();
    let saves = texts.iter().map(|text| editor.save(GRADE, &version, text));
    let saves = saves.collect::<FuturesUnordered<_>>();
    let read = async {
        let waiting = "SELECT 1 / CAST(count(*) >= 2 AS integer) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let waits = || {
            app.database.open().read(|connection| {
                connection.batch_execute(waiting)?;
                Ok::<_, ServiceError>(())
            })
        };
        while waits().is_err() {
            rt::time::sleep(Duration::from_millis(10)).await;
        }
        for path in ["/", "/professions/front-end", "/search?q=git", "/readyz", "/"] {
            assert_eq!(app.get(path).await.status(), 200, "{path}");
        }
        editor.page(GRADE).await;
        lock.release();
    };
    let (answers, ()) = tokio::join!(saves.collect::<Vec<_>>(), read);
    let mut statuses = answers.iter().map(|answer| answer.status().as_u16()).collect::<Vec<_>>();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409, 409, 409, 409, 409]);
}

#[actix_web::test]
#[ignore = "needs PostgreSQL, named by TEST_DATABASE_URL"]
async fn readers_beyond_the_queue_are_refused_at_once_and_kept_pages_are_not() {
    let app = TestApp::start_within(TestDatabase::on(Backend::Postgres), patient(1, 1));
    let kept = ["/", "/professions/front-end", "/api/v1/graders/professions"];
    for path in kept {
        app.page(path).await;
    }
    let lock = Lock::take(&app.database, "LOCK TABLE grades, profession IN ACCESS EXCLUSIVE MODE");
    let slugs = ["go-backend", "python-backend", "java-backend", "full-stack", "dev-ops"];
    let asked = slugs.map(|slug| format!("/api/v1/graders/professions/{slug}?accumulated=true"));
    let mut asked = asked.iter().map(|path| app.get(path)).collect::<FuturesUnordered<_>>();
    for _ in 0..3 {
        let refused = asked.next().await.unwrap();
        assert_eq!(refused.status(), 503);
        assert_eq!(header(&refused, "retry-after"), "5");
        assert_eq!(header(&refused, "content-type"), "application/problem+json");
    }
    is_busy(app.get("/skills").await).await;
    for path in kept {
        app.page(path).await;
        // As asked by a browser with cookies of others, which the application answers.
        let answer = app.request(Method::GET, path).header("cookie", "a=b").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    lock.release();
    while let Some(answer) = asked.next().await {
        assert!([200, 404].contains(&answer.status().as_u16()), "{answer:?}");
    }
    app.page("/skills").await;
}

/// The site behind a proxy, where a network may have a few fresh answers.
fn rated(rate: Option<Rate>) -> TestApp {
    TestApp::start_as(TestDatabase::on(Backend::Sqlite), |config| {
        config.proxies = "127.0.0.0/8".parse().unwrap();
        config.limits.rate = rate;
    })
}

const FEW: Option<Rate> = Some(Rate { per_second: 1, burst: 5 });

async fn ask_as(app: &TestApp, visitor: &str, path: &str) -> Response {
    let request = app.request(Method::GET, path).header("x-forwarded-for", visitor);
    request.send().await.unwrap()
}

/// Asks for several pages at once; which of the answers were refused. However slow the machine is, they
/// are counted when they are asked for.
async fn refused(app: &TestApp, visitor: &str, paths: &[String]) -> Vec<Response> {
    let answers = join_all(paths.iter().map(|path| ask_as(app, visitor, path))).await;
    answers.into_iter().filter(|answer| answer.status() == 429).collect()
}

/// Asks for more pages that nobody has asked for than a network may have.
async fn use_up(app: &TestApp, visitor: &str) -> Response {
    let paths = (0..30).map(|number| format!("/search?q=git+{visitor}+{number}"));
    let mut refused = refused(app, visitor, &paths.collect::<Vec<_>>()).await;
    assert!(refused.len() <= 25, "of 5 only {}", 30 - refused.len());
    refused.pop().expect("somebody is refused")
}

#[actix_web::test]
async fn a_network_that_asks_for_too_much_at_once_has_to_wait() {
    let app = rated(FEW);
    let kept = "/search?q=docker";
    app.page(kept).await;
    let refused = use_up(&app, VISITOR).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "retry-after"), "1");
    assert_eq!(header(&refused, "cache-control"), "no-store");
    assert_eq!(header(&refused, "content-type"), "text/html; charset=utf-8");
    let page = refused.text().await.unwrap();
    assert!(page.contains("<h1>Слишком много запросов</h1>"), "{page}");
    // What is kept, pages without parameters, and other networks.
    for path in [kept, "/professions/front-end", "/skills", "/assets/nothing", "/readyz"] {
        assert_ne!(ask_as(&app, VISITOR, path).await.status(), 429, "{path}");
    }
    assert_eq!(ask_as(&app, "198.51.100.8", "/search?q=git").await.status(), 200);
}

#[actix_web::test]
async fn every_page_with_parameters_and_the_api_count() {
    let app = rated(FEW);
    let grade = "profession=front-end&grade=middle";
    for (number, path) in [
        format!("/check?{grade}&yes=486t83"),
        "/compare?from=front-end/middle&to=full-stack/middle".to_owned(),
        "/compare?level=middle".to_owned(),
        "/plan?profession=front-end&grade=junior&since=2026-05-31&to=middle".to_owned(),
        "/plan.ics?profession=front-end&grade=junior&since=2026-05-31&to=middle".to_owned(),
        "/salary?profession=front-end&from=100000&to=300000".to_owned(),
        format!("/defence?{grade}&yes=486t83"),
        format!("/defence.md?{grade}&yes=486t83"),
        "/matrix?profession=front-end".to_owned(),
        "/changes?before=7".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let visitor = format!("198.51.100.{number}");
        use_up(&app, &visitor).await;
        let asked = (1..=8).map(|state| format!("{path}&at={state}")).collect::<Vec<_>>();
        assert!(!refused(&app, &visitor, &asked).await.is_empty(), "{path}");
    }
    let asked = (0..30).map(|number| format!("/api/v1/graders/grades/{}", 900_000 + number));
    let refused = refused(&app, VISITOR, &asked.collect::<Vec<_>>()).await;
    assert!(!refused.is_empty());
    for answer in refused {
        assert_eq!(header(&answer, "content-type"), "application/problem+json");
        assert_eq!(header(&answer, "retry-after"), "1");
        assert!(answer.text().await.unwrap().contains("\"/api#too-many-requests\""));
    }
}

#[actix_web::test]
async fn an_ipv6_network_is_one_and_this_machine_and_editors_are_not_counted() {
    let app = rated(FEW);
    let asked = (0..30).map(async |number| {
        let path = format!("/search?q=git+{number}");
        ask_as(&app, &format!("2001:db8:1:2::{number:x}"), &path).await.status().as_u16()
    });
    let answers = join_all(asked).await;
    assert!(answers.contains(&429), "{answers:?}");
    assert!(answers.iter().filter(|status| **status == 200).count() >= 5, "{answers:?}");
    assert_eq!(ask_as(&app, "2001:db8:1:3::1", "/search?q=html").await.status(), 200);
    for number in 0..30 {
        app.page(&format!("/search?q=css+{number}")).await;
    }
    let editor = app.editor("ann").await;
    for number in 0..30 {
        let request = app.request(Method::GET, &format!("/search?q=js+{number}"));
        let request = request.header("x-forwarded-for", VISITOR).header("cookie", &editor.cookie);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
}

#[actix_web::test]
async fn without_a_rate_nobody_is_refused() {
    let app = rated(None);
    for number in 0..100 {
        let answer = ask_as(&app, VISITOR, &format!("/search?q=git+{number}")).await;
        assert_eq!(answer.status(), 200);
    }
}

fn connect(app: &TestApp, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", app.port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// What the site sends until it closes the connection.
fn read_to_end(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Whether nothing has come on a connection so far.
fn is_open(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).unwrap();
    matches!(peeked, Err(error) if error.kind() == ErrorKind::WouldBlock)
}

#[actix_web::test]
async fn connections_beyond_the_limit_wait_for_others_to_end() {
    let threads = available_parallelism().unwrap().get();
    let limits = Limits { connections: threads, head: Duration::from_mins(1), ..Limits::default() };
    let app = TestApp::start_within(TestDatabase::on(Backend::Sqlite), limits);
    rt::task::spawn_blocking(move || {
        let held = (0..threads).map(|_| connect(&app, "GET / HT")).collect::<Vec<_>>();
        let mut waiting = connect(&app, "GET / HTTP/1.0\r\n\r\n");
        waiting.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let read = waiting.read(&mut [0]);
        assert!(matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock));
        drop(held);
        assert!(read_to_end(&mut waiting).starts_with("HTTP/1.0 200"));
    })
    .await
    .unwrap();
}

#[actix_web::test]
async fn heads_and_bodies_have_the_time_that_is_set() {
    let start = |head, body| {
        let (head, body) = (Duration::from_secs(head), Duration::from_secs(body));
        let limits = Limits { head, body, ..Limits::default() };
        TestApp::start_within(TestDatabase::on(Backend::Sqlite), limits)
    };
    let (patient, hasty) = (start(300, 300), start(1, 1));
    let later_head = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET / HT";
    let body = "POST /admin/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\nlogin=";
    rt::task::spawn_blocking(move || {
        for request in ["GET / HT", body] {
            // The one that has longer begins first.
            let (held, mut ended) = (connect(&patient, request), connect(&hasty, request));
            let answer = read_to_end(&mut ended);
            assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
            assert!(is_open(&held), "{request}");
        }
        let (mut held, mut ended) = (connect(&patient, later_head), connect(&hasty, later_head));
        assert!(read_to_end(&mut ended).ends_with("ok\n"));
        let mut answer = [0; 1024];
        let length = held.read(&mut answer).unwrap();
        assert!(answer[..length].ends_with(b"ok\n"));
        assert!(is_open(&held));
    })
    .await
    .unwrap();
}
