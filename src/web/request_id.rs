//! A name for each request, by which a visitor's report is found in the log, and how its work gets a thread.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::BlockingError;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::priority::give_way;
use super::turns::{Full, Line};
use super::{Allowances, Turns, visitor};
use crate::error::AppError;
use crate::paths;

/// The header of an answer that names its request.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: Current;
}

/// What is known of the request that is being answered.
#[derive(Clone)]
struct Current {
    id: RequestId,
    /// When it is answered at the latest.
    until: Option<Instant>,
    /// Where its work waits for its turn.
    line: Option<Arc<Line>>,
    /// Who is made to wait for a fresh answer, if anybody.
    counted: Option<(Data<Allowances>, IpAddr)>,
    /// What people are called, by login, once it is known who is signed in.
    names: Arc<OnceLock<BTreeMap<String, String>>>,
}

/// How long a request may wait for work on other threads.
#[derive(Clone, Copy, Debug)]
pub struct RequestTimeout(pub Duration);

/// When a request began that has waited before it comes to [`assign`]; stands in its extensions.
pub(super) struct Begun(pub(super) Instant);

/// Why work on another thread gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The thread is gone, as at the end of the program.
    #[error(transparent)]
    Gone(#[from] BlockingError),
    /// The request has waited as long as it may. The work may still be done.
    #[error("nothing has answered in time")]
    TooLong,
    /// Too much work waits already.
    #[error(transparent)]
    Full(#[from] Full),
}

impl From<Unanswered> for AppError {
    fn from(error: Unanswered) -> Self {
        match error {
            Unanswered::Gone(_) => Self::Internal(error.into()),
            Unanswered::TooLong => Self::Unavailable(error.into()),
            Unanswered::Full(Full) => Self::Busy,
        }
    }
}

/// Eight hexadecimal digits: short enough to read out, and seldom the same twice in one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(u32);

impl RequestId {
    /// The id of the request that is being answered here; `None` outside any request.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|current| current.id).ok()
    }

    /// An id that no other request of this process has before four billion more.
    pub(super) fn new() -> Self {
        static FIRST: LazyLock<u32> = LazyLock::new(|| Uuid::new_v4().as_fields().0);
        static COUNT: AtomicU32 = AtomicU32::new(0);

        // Odd, so that it leads through all numbers; far from a power of two, so that neighbours differ.
        let step = COUNT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b1);
        Self(FIRST.wrapping_add(step))
    }

    /// The value of the header that names it.
    pub(super) fn header(self) -> HeaderValue {
        // Hexadecimal digits are always allowed.
        HeaderValue::try_from(self.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Gives the request its id and names it in the header `X-Request-Id` of the answer.
///
/// # Errors
///
/// None of its own.
pub async fn assign(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = RequestId::new();
    let timeout = request.app_data::<Data<RequestTimeout>>();
    let begun = request.extensions().get::<Begun>().map_or_else(Instant::now, |begun| begun.0);
    let current = Current {
        id,
        until: timeout.map(|timeout| begun + timeout.0),
        line: request
            .app_data::<Data<Turns>>()
            .map(|turns| turns.line(request.method(), request.path())),
        counted: counted(&request),
        names: Arc::default(),
    };
    let mut answer = CURRENT.scope(current, next.call(request)).await?;
    answer.headers_mut().insert(REQUEST_ID, id.header());
    Ok(answer)
}

/// Keeps what people are called, by login, for the page that answers the present request.
pub fn introduce(names: BTreeMap<String, String>) {
    // A request has one session, so names that are there already are the same.
    let _ = CURRENT.try_with(|current| current.names.set(names).is_ok());
}

/// What a login stands for on the page that answers the present request: «Анна Ким (ann)», or the login alone
/// if its editor is called nothing else, or the page is for everybody.
#[must_use]
pub fn person(login: &str) -> String {
    let name = CURRENT.try_with(|current| {
        current
            .names
            .get()
            .and_then(|names| names.get(login))
            .map(|name| format!("{name} ({login})"))
    });
    name.ok().flatten().unwrap_or_else(|| login.to_owned())
}

/// Who is counted for a fresh answer to a request: of addresses without parameters there are only so many
/// that have one.
fn counted(request: &ServiceRequest) -> Option<(Data<Allowances>, IpAddr)> {
    let is_counted = !request.query_string().is_empty() || paths::api::contains(request.path());
    let allowances = request.app_data::<Data<Allowances>>().filter(|_| is_counted)?;
    Some((allowances.clone(), visitor(request.request())?))
}

/// Runs `work` on a thread that may block, under the id of the present request and when it is its turn.
/// Work outside any request, as asking for the last change, has to wait for nobody.
///
/// # Errors
///
/// If too much work waits, the thread is gone, or the request has waited as long as it may; the work goes
/// on then.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unanswered> {
    run_in_time(boxed(work)).await.map(unboxed)
}

/// As [`blocking`], but for an answer that nothing keeps yet, which counts against the network that asks.
///
/// # Errors
///
/// [`AppError::TooManyRequests`]; as [`blocking`].
pub async fn fresh<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let counted = CURRENT.try_with(|current| current.counted.clone()).ok().flatten();
    if let Some((allowances, visitor)) = counted {
        let spent = allowances.spend(visitor, std::time::Instant::now());
        spent.map_err(|_| AppError::TooManyRequests)?;
    }
    Ok(blocking(work).await?)
}

/// As [`blocking`], but for work that may take longer than a request may wait: what somebody has started and
/// wants done, such as an import of many files.
///
/// # Errors
///
/// If too much work waits, or the thread is gone.
pub async fn blocking_to_the_end<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unanswered> {
    run(boxed(work)).await.map(unboxed)
}

/// Work whose type is not told, so that what runs it is compiled once and not for each of hundreds.
type Work = Box<dyn FnOnce() -> Done + Send>;
type Done = Box<dyn Any + Send>;

fn boxed<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Work {
    Box::new(move || Box::new(work()))
}

fn unboxed<T: 'static>(done: Done) -> T {
    *done.downcast().expect("the callers of `boxed` ask for what their work returns")
}

async fn run_in_time(work: Work) -> Result<Done, Unanswered> {
    in_time(run(work)).await?
}

async fn run(work: Work) -> Result<Done, Unanswered> {
    let current = CURRENT.try_with(Current::clone).ok();
    let turn = match current.as_ref().and_then(|current| current.line.as_ref()) {
        Some(line) => Some(line.turn().await?),
        None => None,
    };
    let done = actix_web::web::block(move || {
        // It lasts as long as the work, also when nobody waits for it any more.
        let _turn = turn;
        give_way();
        match current {
            Some(current) => CURRENT.sync_scope(current, work),
            None => work(),
        }
    });
    Ok(done.await?)
}

/// Waits for something no longer than the present request may.
///
/// # Errors
///
/// [`Unanswered::TooLong`].
pub(super) async fn in_time<T>(waited: impl Future<Output = T>) -> Result<T, Unanswered> {
    match CURRENT.try_with(|current| current.until).ok().flatten() {
        Some(until) => timeout_at(until, waited).await.map_err(|_| Unanswered::TooLong),
        None => Ok(waited.await),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn work_on_another_thread_belongs_to_its_request() {
        let name = || RequestId::current().map(|id| id.to_string());
        assert_eq!(blocking(name).await.unwrap(), None);
        let id = RequestId::new();
        let current = Current { id, until: None, line: None, counted: None, names: Arc::default() };
        let named = CURRENT.scope(current, blocking(name)).await.unwrap();
        assert_eq!(named, Some(id.to_string()));
    }
}
