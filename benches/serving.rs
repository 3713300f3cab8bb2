//! Answers from memory beside nginx and a bare actix-web handler that serve the same bytes, in one run.
//!
//! `cargo bench --bench serving` needs nginx, wrk and taskset (Linux). Servers have one core and the client
//! another; every case alternates between the servers, and the medians are printed as a table. With
//! `TEST_DATABASE_URL`, the address of a PostgreSQL server, it measures on that too.

mod large;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use actix_web::http::header;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use grades::graders::service::catalogue::starting;
use tempfile::TempDir;

const CONNECTIONS: &str = "64";
/// Alternating measurements of each case, of one second each.
const ROUNDS: usize = 3;
const SECONDS: &str = "1s";

const HOME: &str = "/";
const LADDER: &str = "/professions/front-end";
const API: &str = "/api/v1/graders/professions/front-end";
/// The same of the large catalogues.
const LARGE_LADDER: &str = "/professions/profession-15-50";
const LARGE_API: &str = "/api/v1/graders/professions/profession-15-50";

/// The same page in catalogues of any size.
const FRESH_LADDER: &str = "/professions/profession-0-50";
const FRESH_API: &str = "/api/v1/graders/professions/profession-0-50";
/// How often a page is asked for of which nothing is cached.
const FRESH_ANSWERS: u32 = 200;

/// A server under measurement.
struct Server {
    process: Child,
    address: String,
    /// The processes whose time counts.
    counted: Vec<u32>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nginx ends its worker when it is told to.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

/// What one server can do in a case.
#[derive(Clone, Copy, Default)]
struct Speed {
    requests_a_second: f64,
    /// Processor time of an answer in microseconds.
    cost: f64,
}

/// How an answer is asked for: a name, and the headers sent besides.
type Case = (&'static str, &'static [(&'static str, &'static str)]);

const PLAIN: Case = ("as it is", &[]);
const NOT_MODIFIED: Case = ("304", &[]);
const ALL_CASES: [Case; 4] = [
    PLAIN,
    ("gzip", &[("Accept-Encoding", "gzip")]),
    ("Brotli", &[("Accept-Encoding", "br")]),
    NOT_MODIFIED,
];

fn pinned(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program);
    command
}

/// Starts a server that prints its address in its first line.
fn started(command: &mut Command) -> Server {
    let mut process = command.stdout(Stdio::piped()).spawn().expect("taskset and the program");
    let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
    let address = lines.next().expect("a line").expect("its address");
    let counted = vec![process.id()];
    Server { process, address, counted }
}

fn site(url: &str) -> Server {
    let mut command = pinned(env!("CARGO_BIN_EXE_grades"));
    command.env("DATABASE_URL", url).env("GRADES_ADDRESS", "127.0.0.1:0").env("RUST_LOG", "warn");
    started(&mut command)
}

fn bare(folder: &Path) -> Server {
    let program = env::current_exe().expect("this program");
    started(pinned(program).arg("bare").arg(folder))
}

/// A free port of this machine.
fn port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its number").port()
}

fn nginx(folder: &Path) -> Server {
    let port = port();
    let root = folder.display();
    let settings = format!(
        "daemon off; user root; worker_processes 1; pid {root}/nginx.pid; error_log {root}/error.log;
         events {{ worker_connections 1024; }}
         http {{
           types {{ text/html html; application/json json; }}
           access_log off; keepalive_requests 1000000000; sendfile on; tcp_nopush on;
           open_file_cache max=100 inactive=1h; open_file_cache_valid 1h;
           client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3;
           uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
           server {{ listen 127.0.0.1:{port} backlog=1024; root {root}; gzip_static on; gzip_vary on; }}
         }}"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, settings).expect("a file");
    let process = pinned("nginx").arg("-c").arg(&file).spawn().expect("nginx");
    let address = format!("http://127.0.0.1:{port}");
    for _ in 0..100 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    let counted = children(process.id());
    assert!(!counted.is_empty(), "nginx has a worker");
    Server { process, address, counted }
}

fn children(id: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let children = children.unwrap_or_default();
    children.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

/// The processes of PostgreSQL, whose time counts where the site asks them.
fn postgres_processes() -> Vec<u32> {
    let ids = fs::read_dir("/proc").expect("processes").filter_map(|entry| {
        let id = entry.ok()?.file_name().to_str()?.parse::<u32>().ok()?;
        let name = fs::read_to_string(format!("/proc/{id}/comm")).ok()?;
        (name.trim() == "postgres").then_some(id)
    });
    ids.collect()
}

/// Processor time that processes have used, in ticks of 10 ms.
fn ticks(processes: &[u32]) -> u64 {
    let of_process = |id: &u32| {
        // The second field, the name of the program, ends with a bracket.
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let fields = stat.rsplit_once(") ")?.1.split(' ').collect::<Vec<_>>();
        Some(fields[11].parse::<u64>().ok()? + fields[12].parse::<u64>().ok()?)
    };
    processes.iter().filter_map(of_process).sum()
}

/// A whole answer to one request: the value of `ETag` and the body.
fn fetched(address: &str, path: &str, headers: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut curl = Command::new("curl");
    curl.args(["-s", "-f", "-D", "/dev/stderr", &format!("{address}{path}")]);
    for (name, value) in headers {
        curl.arg("-H").arg(format!("{name}: {value}"));
    }
    let answer = curl.output().expect("curl");
    assert!(answer.status.success(), "{address}{path} is answered");
    let head = String::from_utf8_lossy(&answer.stderr).into_owned();
    let tag = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("etag").then(|| value.trim().to_owned())
    });
    (tag.unwrap_or_default(), answer.stdout)
}

fn measured(server: &Server, path: &str, headers: &[String], also: &[u32]) -> Speed {
    let mut wrk = Command::new("taskset");
    wrk.args(["-c", "1", "wrk", "-t1", "-c", CONNECTIONS, "-d", SECONDS]);
    for header in headers {
        wrk.arg("-H").arg(header);
    }
    let counted = [server.counted.as_slice(), also].concat();
    let before = ticks(&counted);
    let output = wrk.arg(format!("{}{path}", server.address)).output().expect("wrk");
    let used = ticks(&counted) - before;
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = |end: &str| {
        let line = report.lines().find(|line| line.contains(end)).unwrap_or_default();
        let word = line.split_whitespace().find(|word| word.parse::<f64>().is_ok());
        word.and_then(|word| word.parse::<f64>().ok()).unwrap_or(f64::NAN)
    };
    #[expect(clippy::cast_precision_loss, reason = "few enough to be exact")]
    let cost = used as f64 * 10_000.0 / number("requests in");
    assert!(!report.contains("Non-2xx") && !report.contains("Socket errors"), "{report}");
    Speed { requests_a_second: number("Requests/sec:"), cost }
}

fn median(mut speeds: Vec<Speed>) -> Speed {
    speeds.sort_by(|one, other| one.requests_a_second.total_cmp(&other.requests_a_second));
    let requests_a_second = speeds[speeds.len() / 2].requests_a_second;
    speeds.sort_by(|one, other| one.cost.total_cmp(&other.cost));
    Speed { requests_a_second, cost: speeds[speeds.len() / 2].cost }
}

/// Prints a row of the table for each case. `also` are processes whose time counts as the site's.
fn compare(name: &str, (site, path): (&Server, &str), cases: &[Case], also: &[u32]) {
    let folder = TempDir::new().expect("a temporary folder");
    let file = if path.starts_with("/api/") { "page.json" } else { "page.html" };
    let (_, plain) = fetched(&site.address, path, &[]);
    let (_, gzip) = fetched(&site.address, path, &[("Accept-Encoding", "gzip")]);
    let (_, brotli) = fetched(&site.address, path, &[("Accept-Encoding", "br")]);
    for (end, body) in [("", &plain), (".gz", &gzip), (".br", &brotli)] {
        fs::write(folder.path().join(format!("{file}{end}")), body).expect("a file");
    }
    // A worker of nginx reads files as another user.
    let _ = Command::new("chmod").args(["-R", "a+rX"]).arg(folder.path()).status();
    let (nginx, bare) = (nginx(folder.path()), bare(folder.path()));
    for (case, headers) in cases.iter().copied() {
        let headers = |server: &Server, path: &str| {
            let mut headers = headers.to_vec();
            let tag = fetched(&server.address, path, &[]).0;
            if case == "304" {
                headers.push(("If-None-Match", &tag));
            }
            headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>()
        };
        let file = format!("/{file}");
        let servers = [(site, path, also), (&nginx, &*file, &[][..]), (&bare, &*file, &[][..])];
        let mut speeds = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            for (speeds, (server, path, also)) in speeds.iter_mut().zip(servers) {
                speeds.push(measured(server, path, &headers(server, path), also));
            }
        }
        let [ours, nginx, bare] = speeds.map(median);
        // Nginx as it is packaged has no Brotli and answers with the plain file.
        let beside = |ratio: f64| match case {
            "Brotli" => "—".to_owned(),
            _ => format!("{ratio:.2}"),
        };
        println!(
            "| {name}, {case} | {:.0} | {} | {:.1} | {} | {:.2} |",
            ours.requests_a_second,
            beside(ours.requests_a_second / nginx.requests_a_second),
            ours.cost,
            beside(ours.cost / nginx.cost),
            ours.cost / bare.cost
        );
    }
}

/// Processor time of an answer of which nothing is cached, in microseconds. `connection` is one to the database of
/// the site.
fn fresh_cost(
    (site, path): (&Server, &str),
    connection: &mut impl SimpleConnection,
    also: &[u32],
) -> f64 {
    let counted = [site.counted.as_slice(), also].concat();
    let before = ticks(&counted);
    for _ in 0..FRESH_ANSWERS {
        let change = "UPDATE catalogue_state SET revision = revision + 1";
        connection.batch_execute(change).expect("a change");
        fetched(&site.address, path, &[]);
    }
    #[expect(clippy::cast_precision_loss, reason = "few enough to be exact")]
    let used = (ticks(&counted) - before) as f64 * 10_000.0;
    used / f64::from(FRESH_ANSWERS)
}

/// Prints what fresh answers cost in a catalogue, and in how many times that of a small one; returns the costs.
fn compare_fresh(
    name: &str,
    site: &Server,
    connection: &mut impl SimpleConnection,
    (of_small, also): (Option<[f64; 2]>, &[u32]),
) -> [f64; 2] {
    let costs = [FRESH_LADDER, FRESH_API].map(|path| fresh_cost((site, path), connection, also));
    let [ladder, api] = costs;
    let [of_ladder, of_api] = of_small.unwrap_or(costs);
    println!(
        "| {name} | {ladder:.0} | {:.2} | {api:.0} | {:.2} |",
        ladder / of_ladder,
        api / of_api
    );
    costs
}

/// Serves the files of a folder from memory in the fewest steps that actix-web has.
async fn serve_bare(folder: String) -> std::io::Result<()> {
    let read = |name: &str, end: &str| {
        Bytes::from(fs::read(format!("{folder}/{name}{end}")).unwrap_or_default())
    };
    let name =
        if Path::new(&folder).join("page.json").exists() { "page.json" } else { "page.html" };
    let forms = ["", ".gz", ".br"].map(|end| read(name, end));
    let port = port();
    println!("http://127.0.0.1:{port}");
    let server = HttpServer::new(move || {
        let forms = forms.clone();
        App::new().route(
            &format!("/{name}"),
            web::get().to(move |request: HttpRequest| {
                let accepted = request.headers().get(header::ACCEPT_ENCODING);
                let [plain, gzip, brotli] = &forms;
                let answer = match accepted.map(header::HeaderValue::as_bytes) {
                    _ if request.headers().contains_key(header::IF_NONE_MATCH) => {
                        HttpResponse::NotModified().insert_header((header::ETAG, "\"1\"")).finish()
                    }
                    Some(b"gzip") => HttpResponse::Ok()
                        .insert_header((header::CONTENT_ENCODING, "gzip"))
                        .content_type("text/html")
                        .body(gzip.clone()),
                    Some(b"br") => HttpResponse::Ok()
                        .insert_header((header::CONTENT_ENCODING, "br"))
                        .content_type("text/html")
                        .body(brotli.clone()),
                    _ => HttpResponse::Ok()
                        .insert_header((header::ETAG, "\"1\""))
                        .content_type("text/html")
                        .body(plain.clone()),
                };
                async move { answer }
            }),
        )
    });
    server.workers(1).bind(("127.0.0.1", port))?.run().await
}

/// A database of PostgreSQL that is deleted at the end.
struct Postgres {
    server: String,
    name: String,
}

impl Postgres {
    fn new(server: String) -> Self {
        let name = format!("grades_bench_{}", std::process::id());
        let made = Self { server, name };
        made.run(&format!("CREATE DATABASE {}", made.name));
        made
    }

    fn run(&self, statement: &str) {
        let mut connection = PgConnection::establish(&self.server).expect("PostgreSQL");
        connection.batch_execute(statement).expect("a statement");
    }

    fn url(&self) -> String {
        let (host, _) = self.server.rsplit_once('/').expect("a database");
        format!("{host}/{}", self.name)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.run(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

fn main() {
    let arguments = env::args().collect::<Vec<_>>();
    if let [_, name, folder] = arguments.as_slice()
        && name == "bare"
    {
        let served = actix_web::rt::System::new().block_on(serve_bare(folder.clone()));
        served.expect("a server");
        return;
    }
    println!(
        "| Answer | requests a second | of nginx's | CPU of one, µs | of nginx's | of a bare handler's |\n\
         |---|---|---|---|---|---|"
    );
    let folder = TempDir::new().expect("a temporary folder");
    let starting = || starting().expect("the starting catalogue");
    for count in [15, 3_000, 30_000] {
        let file = folder.path().join(format!("{count}.sqlite3"));
        let url = format!("sqlite://{}", file.display());
        let catalogue = if count == 15 { starting() } else { large::catalogue(count) };
        drop(large::filled(&url, &catalogue, false));
        let site = site(&url);
        let (ladder, api) = if count == 15 { (LADDER, API) } else { (LARGE_LADDER, LARGE_API) };
        if count == 15 {
            compare("home", (&site, HOME), &ALL_CASES, &[]);
            compare("ladder", (&site, ladder), &ALL_CASES, &[]);
        } else {
            compare(&format!("ladder of {count}"), (&site, ladder), &[PLAIN], &[]);
        }
        compare(&format!("API of {count}"), (&site, api), &[PLAIN], &[]);
    }
    if let Ok(server) = env::var("TEST_DATABASE_URL") {
        let postgres = Postgres::new(server);
        drop(large::filled(&postgres.url(), &starting(), false));
        let site = site(&postgres.url());
        // Connects, so that all processes of the server are there.
        let _ = fetched(&site.address, HOME, &[]);
        let also = postgres_processes();
        compare("PostgreSQL, home", (&site, HOME), &[PLAIN, NOT_MODIFIED], &also);
        compare("PostgreSQL, API", (&site, API), &[PLAIN], &also);
    }
    println!("\n{ROUNDS} rounds of {SECONDS} each, {CONNECTIONS} connections\n");
    println!(
        "| Nothing cached | ladder, CPU, µs | of a small catalogue's | API, CPU, µs | of a small catalogue's |\n\
         |---|---|---|---|---|"
    );
    let mut of_small = None;
    for count in [100, 3_000, 30_000] {
        let file = folder.path().join(format!("{count}.sqlite3"));
        let url = format!("sqlite://{}", file.display());
        drop(large::filled(&url, &large::catalogue(count), false));
        let site = site(&url);
        let mut connection =
            SqliteConnection::establish(&file.to_string_lossy()).expect("a database");
        connection.batch_execute("PRAGMA busy_timeout = 5000").expect("a setting");
        let name = format!("{count} professions");
        let costs = compare_fresh(&name, &site, &mut connection, (of_small, &[]));
        of_small = of_small.or(Some(costs));
    }
    if let Ok(server) = env::var("TEST_DATABASE_URL") {
        let mut of_small = None;
        for count in [100, 3_000] {
            let postgres = Postgres::new(server.clone());
            drop(large::filled(&postgres.url(), &large::catalogue(count), false));
            let site = site(&postgres.url());
            let _ = fetched(&site.address, HOME, &[]);
            let mut connection = PgConnection::establish(&postgres.url()).expect("PostgreSQL");
            let also = postgres_processes();
            let name = format!("PostgreSQL, {count} professions");
            let costs = compare_fresh(&name, &site, &mut connection, (of_small, &also));
            of_small = of_small.or(Some(costs));
        }
    }
}
