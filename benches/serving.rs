//! The cost of answering a repeated API request for one profession, compared with a static file from
//! memory, in catalogues of 15 and of 3,000 professions.
//!
//! `cargo bench --bench serving` starts the server, sends requests over loopback and reads the
//! processor time per answer from `/proc`, so it runs on Linux only.

mod large;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use actix_web::rt;
use grades::graders::service::catalogue::{TrackFile, starting};
use reqwest::Client;
use tempfile::TempDir;

const CONNECTIONS: usize = 8;
/// Requests in one measurement.
const ANSWERS: usize = 40_000;
/// Alternating measurements of each address; the median is printed.
const ROUNDS: usize = 5;

/// A server process.
struct Site {
    process: Child,
    address: String,
    _folder: TempDir,
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Site {
    fn start(catalogue: &[TrackFile]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("grades.sqlite3").display());
        large::filled(&url, catalogue, false);
        let mut process = Command::new(env!("CARGO_BIN_EXE_grades"))
            .env("DATABASE_URL", url)
            .env("GRADES_ADDRESS", "127.0.0.1:0")
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let address = lines.next().expect("a line").expect("its address");
        Self { process, address, _folder: folder }
    }

    /// Processor time used so far, in ticks of 10 ms.
    fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()));
        let stat = stat.expect("a process");
        // The second field, the name of the program, ends with a bracket.
        let (_, fields) = stat.rsplit_once(") ").expect("fields");
        let fields = fields.split(' ').collect::<Vec<_>>();
        let (user, system) = (fields[11], fields[12]);
        user.parse::<u64>().expect("ticks") + system.parse::<u64>().expect("ticks")
    }

    /// Processor time per answer in microseconds, and the size of the answer in bytes.
    async fn cost(&self, path: &str) -> (f64, usize) {
        let client = Client::builder().build().expect("a client");
        let url = format!("{}{path}", self.address);
        let size = read(&client, &url).await;
        let before = self.ticks();
        let readers = (0..CONNECTIONS).map(|_| {
            let (client, url) = (client.clone(), url.clone());
            rt::spawn(async move {
                for _ in 0..ANSWERS / CONNECTIONS {
                    read(&client, &url).await;
                }
            })
        });
        for reader in readers.collect::<Vec<_>>() {
            reader.await.expect("answers");
        }
        #[expect(clippy::cast_precision_loss, reason = "few enough to be exact")]
        let cost = (self.ticks() - before) as f64 * 10_000.0 / ANSWERS as f64;
        (cost, size)
    }
}

async fn read(client: &Client, url: &str) -> usize {
    let answer = client.get(url).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{url}");
    answer.bytes().await.expect("a body").len()
}

#[actix_web::main]
async fn main() {
    let catalogues = [
        (15, starting().expect("the starting catalogue"), "front-end"),
        (3_000, large::catalogue(), "profession-15-50"),
    ];
    for (count, catalogue, slug) in catalogues {
        let site = Site::start(&catalogue);
        let client = Client::builder().build().expect("a client");
        let home = client.get(&site.address).send().await.expect("an answer");
        let home = home.text().await.expect("a page");
        let (_, stylesheet) = home.split_once("rel=\"stylesheet\" href=\"").expect("a stylesheet");
        let stylesheet = stylesheet.split('"').next().expect("its address").to_owned();
        let profession = format!("/api/v1/graders/professions/{slug}");
        let mut ratios = Vec::new();
        for _ in 0..ROUNDS {
            let (read, size) = site.cost(&profession).await;
            let (memory, bytes) = site.cost(&stylesheet).await;
            ratios.push((read / memory, read, size, memory, bytes));
        }
        ratios.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (ratio, read, size, memory, bytes) = ratios[ROUNDS / 2];
        println!(
            "{count} professions: {read:.1} µs for a profession of {size} bytes, \
             {memory:.1} µs for {bytes} bytes from memory: {ratio:.2} times"
        );
    }
}
