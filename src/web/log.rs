//! The log: how a line is written, for people or for programs, and the lines about answers.

use std::io::{self, Write};
use std::net::IpAddr;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_http::{HttpMessage as _, Request, RequestHead};
use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use chrono::{SecondsFormat, Utc};
use env_logger::fmt::Formatter;
use log::{Level, Record};
use serde::Serialize;

use super::direct::Direct;
use super::{RequestId, Site, redacted, visitor};

/// The target of lines about answers, by which `RUST_LOG` can leave them out.
const ACCESS: &str = "access";

/// The format, once the log has begun.
static FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// How lines of the log are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// A JSON object a line.
    Json,
}

/// A text that names no format of the log.
#[derive(Debug, thiserror::Error)]
#[error("expected text or json")]
pub struct InvalidLogFormat;

impl FromStr for LogFormat {
    type Err = InvalidLogFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(InvalidLogFormat),
        }
    }
}

/// A line about anything, as an object.
#[derive(Serialize)]
struct Line<'a> {
    time: String,
    level: &'a str,
    target: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    message: String,
}

/// A line about an answer, as an object.
#[derive(Serialize)]
struct AccessLine<'a> {
    time: String,
    level: &'a str,
    target: &'a str,
    request_id: &'a str,
    client: Option<IpAddr>,
    /// `None` if the request could not be read, as all that follows from it.
    method: Option<&'a str>,
    path: Option<&'a str>,
    status: u16,
    bytes: u64,
    milliseconds: f64,
}

/// Starts the log; `RUST_LOG` says what it holds. A line that is written while a request is answered names
/// the request.
pub fn start(format: LogFormat) {
    let format = *FORMAT.get_or_init(|| format);
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info"))
        .format(move |to, record| match format {
            LogFormat::Text => write_text(to, record),
            LogFormat::Json => write_json(to, record),
        })
        .init();
}

/// What the HTTP layer takes for an error is a client that sent nonsense or went away.
fn level(record: &Record<'_>) -> Level {
    let is_of_client = record.target().starts_with("actix_http") && record.level() == Level::Error;
    if is_of_client { Level::Warn } else { record.level() }
}

fn write_text(to: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let level = level(record);
    let (time, style) = (now(SecondsFormat::Secs), to.default_level_style(level));
    write!(to, "[{time} {style}{level:<5}{style:#} {}] ", record.target())?;
    // A line about an answer has it already: the answer is on its way when nobody knows the request.
    if record.target() != ACCESS
        && let Some(id) = RequestId::current()
    {
        write!(to, "{id} ")?;
    }
    writeln!(to, "{}", record.args())
}

fn write_json(to: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    // Such a line is an object already.
    if record.target() == ACCESS {
        return writeln!(to, "{}", record.args());
    }
    let line = Line {
        time: now(SecondsFormat::Millis),
        level: level(record).as_str(),
        target: record.target(),
        request_id: RequestId::current().map(|id| id.to_string()),
        message: record.args().to_string(),
    };
    write_object(to, &line)
}

fn write_object(to: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, line)?;
    writeln!(to)
}

fn now(precision: SecondsFormat) -> String {
    Utc::now().to_rfc3339_opts(precision, true)
}

/// An answer that is on its way, of which the log tells when it has ended.
struct Answered {
    id: Option<RequestId>,
    client: Option<IpAddr>,
    method: String,
    target: String,
    version: String,
    status: StatusCode,
    bytes: u64,
    begun: Instant,
}

impl Answered {
    /// Of nobody yet.
    fn new(request: &RequestHead, status: StatusCode, begun: Instant) -> Self {
        let target = request.uri.path_and_query().map_or("", |target| target.as_str());
        Self {
            id: None,
            client: None,
            method: request.method.to_string(),
            target: redacted(target).into_owned(),
            version: format!("{:?}", request.version),
            status,
            bytes: 0,
            begun,
        }
    }
}

/// Logs a line for each answer, with the request without its secrets. Where `RUST_LOG` leaves such lines
/// out, nothing is done for them.
///
/// # Errors
///
/// None of its own.
pub async fn access(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(begun) = begun() else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let answer = next.call(request).await?;
    let request = answer.request();
    let answered = Answered {
        id: RequestId::current(),
        client: visitor(request),
        ..Answered::new(request.head(), answer.status(), begun)
    };
    Ok(answer
        .map_body(|_, body| BoxBody::new(Logged { body: body.boxed(), direct: None, answered })))
}

/// When the answer to a request was begun, if the log is to tell of it.
pub(super) fn begun() -> Option<Instant> {
    log::log_enabled!(target: ACCESS, Level::Info).then(Instant::now)
}

/// The body of an answer that no middleware sees, and how it is written if that is directly; the log tells
/// of it when it has ended.
pub(super) fn logged(
    request: &Request,
    site: &Site,
    (id, status, begun): (RequestId, StatusCode, Instant),
    (body, direct): (BoxBody, Option<Direct>),
) -> BoxBody {
    let peer = request.peer_addr().map(|address| address.ip());
    let answered = Answered {
        id: Some(id),
        client: peer.map(|peer| site.visitor(peer, request.headers())),
        ..Answered::new(request.head(), status, begun)
    };
    BoxBody::new(Logged { body, direct, answered })
}

/// Logs a line for an answer to a request that could not be read.
pub(super) fn unread(id: RequestId, client: Option<IpAddr>, (status, bytes): (StatusCode, usize)) {
    if begun().is_none() {
        return;
    }
    let bytes = bytes as u64;
    write_access(Some(id), client, None, (status, bytes, Duration::ZERO));
}

/// A body that knows how much of it was taken, and that it is given up when nobody takes more.
struct Logged {
    body: BoxBody,
    /// Knows how much of it is written, if it is not written piece by piece.
    direct: Option<Direct>,
    answered: Answered,
}

impl MessageBody for Logged {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_next(context);
        if let Poll::Ready(Some(Ok(piece))) = &polled {
            self.answered.bytes += piece.len() as u64;
        }
        polled
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        let answered = &self.answered;
        let request = (&*answered.method, &*answered.target, &*answered.version);
        let bytes = self.direct.as_ref().map_or(answered.bytes, Direct::written);
        let came_to = (answered.status, bytes, answered.begun.elapsed());
        write_access(answered.id, answered.client, Some(request), came_to);
    }
}

fn write_access(
    id: Option<RequestId>,
    client: Option<IpAddr>,
    request: Option<(&str, &str, &str)>,
    (status, bytes, time): (StatusCode, u64, Duration),
) {
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    let milliseconds = (time.as_secs_f64() * 1e6).round() / 1e3;
    if FORMAT.get() == Some(&LogFormat::Json) {
        let line = AccessLine {
            time: now(SecondsFormat::Millis),
            level: Level::Info.as_str(),
            target: ACCESS,
            request_id: &id,
            client,
            method: request.map(|(method, ..)| method),
            path: request.map(|(_, target, _)| target),
            status: status.as_u16(),
            bytes,
            milliseconds,
        };
        match serde_json::to_string(&line) {
            Ok(line) => log::info!(target: ACCESS, "{line}"),
            Err(error) => log::error!("an answer could not be logged: {error}"),
        }
        return;
    }
    let client = client.map_or_else(|| "-".to_owned(), |client| client.to_string());
    let (status, line) = (
        status.as_u16(),
        match request {
            Some((method, target, version)) => format!("{method} {target} {version}"),
            None => "-".to_owned(),
        },
    );
    log::info!(target: ACCESS, "{id} {client} \"{line}\" {status} {bytes} {milliseconds} ms");
}
