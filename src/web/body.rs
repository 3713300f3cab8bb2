//! Bodies of requests: how long one may be and take, and how many may be under way at once.
//!
//! Nothing is read before its length is known to be allowed to whoever sends it, and no reader outlives
//! its deadline. Where too many bodies trickle in at once, those that have trickled the longest are given
//! up, of the network that sends the most; so whoever sends theirs in one go is always served.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{HttpMessage as _, HttpRequest};
use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt as _};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::{network, visitor};
use crate::error::AppError;

/// Bodies of strangers under way at once from one network, and from all.
const OF_ONE_NETWORK: usize = 64;
const OF_ALL: usize = 256;

/// How long an answer may be on its way: 64 KB as the slowest telephone has them, several times over.
const LONGEST_ANSWER: Duration = Duration::from_secs(90);
/// Bytes of an answer that are handed to the connection at once.
const PIECE: usize = 64 * 1024;

/// How long the body of a stranger's request may take.
#[derive(Clone, Copy, Debug)]
pub struct BodyTimeout(pub Duration);

/// What somebody may send.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    bytes: usize,
    /// How many times as long as a stranger's it may take.
    times: u32,
    /// Whether it may be given up for others.
    is_known: bool,
}

impl Allowance {
    /// A form of fields in one line, of anybody.
    pub const LINES: Self = Self::stranger(32 * 1024);
    /// A form with a description of the longest kind, every character of it encoded in at most 12 bytes,
    /// from somebody whose session has ended.
    pub const ONE_FORM: Self = Self::stranger(320 * 1024);
    /// The form for signing in, with such a form in it, encoded once more, in at most 20 bytes.
    pub const FORM_IN_FORM: Self = Self::stranger(512 * 1024);
    /// A form of somebody who is signed in: more than a description of the longest kind takes, so that a
    /// longer one can still be answered with what was typed.
    pub const EDITOR: Self = Self::known(8 * 1024 * 1024);
    /// Ladders as files, of an editor: the names and boundaries of parts count little.
    pub const FILES: Self = Self { times: 4, ..Self::known(16 * 1024 * 1024) };
    /// JSON of a program with a token: a ladder with a description of the longest kind at every grade.
    pub const PROGRAM: Self = Self::known(4 * 1024 * 1024);

    /// The most bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.bytes
    }

    const fn stranger(bytes: usize) -> Self {
        Self { bytes, times: 1, is_known: false }
    }

    const fn known(bytes: usize) -> Self {
        Self { bytes, times: 2, is_known: true }
    }

    /// How long it may take.
    fn within(self, request: &HttpRequest) -> Duration {
        let timeout = request.app_data::<Data<BodyTimeout>>();
        timeout.map_or(Duration::MAX, |timeout| timeout.0).saturating_mul(self.times)
    }
}

/// Bodies of strangers that are under way.
#[derive(Default)]
pub struct Bodies(Mutex<UnderWay>);

#[derive(Default)]
struct UnderWay {
    by_network: HashMap<String, VecDeque<Arc<Notify>>>,
    count: usize,
}

/// A body that is under way.
struct Place<'a> {
    bodies: &'a Bodies,
    network: String,
    given_up: Arc<Notify>,
}

impl Bodies {
    /// Counts a body in, and gives up another one if there are too many.
    fn enter(&self, network: String) -> Place<'_> {
        let given_up = Arc::new(Notify::new());
        let mut under_way = self.under_way();
        let of_network = under_way.by_network.get(&network).map_or(0, VecDeque::len);
        if of_network >= OF_ONE_NETWORK {
            under_way.give_up(&network.clone());
        } else if under_way.count >= OF_ALL {
            let networks = under_way.by_network.iter();
            let most =
                networks.max_by_key(|(_, places)| places.len()).map(|(name, _)| name.clone());
            if let Some(most) = most {
                under_way.give_up(&most);
            }
        }
        under_way.by_network.entry(network.clone()).or_default().push_back(given_up.clone());
        under_way.count += 1;
        drop(under_way);
        Place { bodies: self, network, given_up }
    }

    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnderWay {
    /// Gives up the oldest body of a network.
    fn give_up(&mut self, network: &str) {
        let oldest = self.by_network.get(network).and_then(|places| places.front()).cloned();
        if let Some(oldest) = oldest {
            oldest.notify_one();
            self.leave(network, &oldest);
        }
    }

    fn leave(&mut self, network: &str, place: &Arc<Notify>) {
        let Some(places) = self.by_network.get_mut(network) else { return };
        let Some(at) = places.iter().position(|other| Arc::ptr_eq(other, place)) else { return };
        places.remove(at);
        self.count -= 1;
        if places.is_empty() {
            self.by_network.remove(network);
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.bodies.under_way().leave(&self.network, &self.given_up);
    }
}

/// Reads a body.
///
/// # Errors
///
/// [`AppError::BodyTooLarge`], without reading it if it says so itself; [`AppError::BodyTooSlow`] if it is
/// not there in time, or was given up for others; [`AppError::BadRequest`] if it breaks off.
pub async fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    allowance: Allowance,
) -> Result<Bytes, AppError> {
    refuse_announced(request, allowance)?;
    let reading = read_to_end(payload, allowance.bytes);
    let reading = std::pin::pin!(timeout(allowance.within(request), reading));
    let bodies = request.app_data::<Data<Bodies>>().filter(|_| !allowance.is_known);
    let in_time = match bodies {
        None => reading.await,
        Some(bodies) => {
            let place = bodies.enter(visitor(request).map(network).unwrap_or_default());
            let given_up = std::pin::pin!(place.given_up.notified());
            match select(reading, given_up).await {
                Either::Left((read, _)) => read,
                Either::Right(_) => return Err(AppError::BodyTooSlow),
            }
        }
    };
    in_time.map_err(|_| AppError::BodyTooSlow)?
}

/// Refuses a body that says itself that it is too long.
///
/// # Errors
///
/// [`AppError::BodyTooLarge`].
pub fn refuse_announced(request: &HttpRequest, allowance: Allowance) -> Result<(), AppError> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    match announced {
        Some(length) if length > allowance.bytes => Err(AppError::BodyTooLarge),
        _ => Ok(()),
    }
}

/// Waits for a body as long as is allowed.
///
/// # Errors
///
/// [`AppError::BodyTooSlow`]; what `reading` returns.
pub async fn in_time<T>(
    request: &HttpRequest,
    allowance: Allowance,
    reading: impl Future<Output = Result<T, AppError>>,
) -> Result<T, AppError> {
    timeout(allowance.within(request), reading).await.map_err(|_| AppError::BodyTooSlow)?
}

async fn read_to_end(payload: &mut Payload, most: usize) -> Result<Bytes, AppError> {
    let mut body = BytesMut::new();
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|_| AppError::BadRequest("Тело запроса оборвалось."))?;
        if body.len() + piece.len() > most {
            return Err(AppError::BodyTooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// A body that several hold: whoever reads it, and the answer.
#[derive(Clone)]
struct Shared(Rc<RefCell<Payload>>);

impl Stream for Shared {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.borrow_mut().poll_next_unpin(context)
    }
}

/// The body of an answer. It is sent in pieces, within a deadline; and it holds what was left unread of
/// the request, because a connection that is done with its answer waits without end for the rest of a
/// chunked request that nobody holds, and closes if somebody does.
#[derive(Debug)]
pub struct Answer<B> {
    body: B,
    piece: Bytes,
    until: Instant,
    _unread: Option<Shared>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

impl<B> Answer<B> {
    /// The answer to a request that has no body, or of which nothing is left.
    pub(super) fn new(body: B) -> Self {
        Self { body, piece: Bytes::new(), until: Instant::now() + LONGEST_ANSWER, _unread: None }
    }
}

impl<B: MessageBody + Unpin> MessageBody for Answer<B> {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if Instant::now() > self.until {
            return Poll::Ready(Some(Err("nobody has read the answer in time".into())));
        }
        if self.piece.is_empty() {
            match Pin::new(&mut self.body).poll_next(context) {
                Poll::Ready(Some(Ok(piece))) => self.piece = piece,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error.into()))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
        let length = self.piece.len().min(PIECE);
        Poll::Ready(Some(Ok(self.piece.split_to(length))))
    }
}

/// Lets no connection outlive its request: what is left unread of a body closes it, and so does an answer
/// that nobody reads.
///
/// # Errors
///
/// None of its own.
pub async fn guard<B: MessageBody + Unpin>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Answer<B>>, Error> {
    let unread = match request.take_payload() {
        Payload::None => None,
        payload => {
            let shared = Shared(Rc::new(RefCell::new(payload)));
            request.set_payload(Payload::Stream { payload: Box::pin(shared.clone()) });
            Some(shared)
        }
    };
    let answer = next.call(request).await?;
    Ok(answer.map_body(|_, body| Answer { _unread: unread, ..Answer::new(body) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn is_given_up(place: &Place<'_>) -> bool {
        timeout(Duration::ZERO, place.given_up.notified()).await.is_ok()
    }

    #[actix_web::test]
    async fn the_oldest_body_of_a_network_with_too_many_is_given_up() {
        let bodies = Bodies::default();
        let other = bodies.enter("other".into());
        let places = (0..=OF_ONE_NETWORK).map(|_| bodies.enter("one".into())).collect::<Vec<_>>();
        assert!(is_given_up(&places[0]).await);
        for place in places[1..].iter().chain([&other]) {
            assert!(!is_given_up(place).await);
        }
        drop((places, other));
        assert_eq!(bodies.under_way().count, 0);
        assert!(bodies.under_way().by_network.is_empty());
    }

    #[actix_web::test]
    async fn of_too_many_bodies_one_of_the_busiest_network_is_given_up() {
        let bodies = Bodies::default();
        let busy = (0..OF_ONE_NETWORK).map(|_| bodies.enter("busy".into())).collect::<Vec<_>>();
        let others = (OF_ONE_NETWORK..=OF_ALL).map(|number| bodies.enter(number.to_string()));
        let others = others.collect::<Vec<_>>();
        assert!(is_given_up(&busy[0]).await);
        for place in busy[1..].iter().chain(&others) {
            assert!(!is_given_up(place).await);
        }
    }
}
