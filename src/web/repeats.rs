//! Requests that repeat an earlier one in all that its answer depends on get that answer again, before the
//! application looks at them.
//!
//! The first such request goes through the whole application, which marks its answer as a page from the
//! cache. The headers of that answer are kept, so that a repeated answer has the same.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, OnceLock, Weak};

use actix_http::body::{BoxBody, EitherBody, MessageBody};
use actix_http::header::{self, HeaderMap, HeaderValue};
use actix_http::{HttpMessage as _, Method, Request, Response, StatusCode};
use actix_service::{Service, Transform, forward_ready};
use actix_web::http::header::ContentEncoding;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::{LocalBoxFuture, Ready, ready};
use quick_cache::sync::Cache;
use tokio::time::Instant;

use super::body::Answer;
use super::cache::CachedPage;
use super::compressed::wanted_encoding;
use super::direct::Direct;
use super::metrics::{Answers, Metrics};
use super::request_id::{Begun, REQUEST_ID, RequestId};
use super::{Revalidation, Site, log};

/// Requests whose answers are known.
const MOST_REQUESTS: usize = 1_024;
/// Bytes of path and query that are worth remembering.
const LONGEST_TARGET: usize = 512;
/// Bytes of a body from which on it is written directly. To wait for its end costs as much as to copy a small
/// one; where the two meet is a guess.
const LEAST_DIRECT: usize = 8 * 1024;
/// Values of `Accept-Encoding` that are remembered; browsers of all kinds send fewer.
const MOST_ENCODINGS: usize = 16;

/// The answers to requests, by their targets as they were sent.
pub struct Repeats(Cache<String, Arc<Repeat>>);

/// What the requests for one target were answered with.
struct Repeat {
    /// The cache decides how long the page is kept.
    page: Weak<CachedPage>,
    /// Where answers of its route are counted.
    answers: Arc<Answers>,
    /// The headers in each encoding.
    headers: [OnceLock<Headers>; 3],
}

/// The headers of an answer with a body, and of one that says that the body has not changed.
struct Headers {
    whole: HeaderMap,
    not_modified: HeaderMap,
}

/// What the answer to a request for a target depends on, if it may be a repeated one.
struct Question {
    encoding: ContentEncoding,
    held: Option<HeaderValue>,
}

/// Marks an answer as a page from the cache that depends on nothing but the address, the encoding and who
/// is signed in.
struct FromCache(Arc<CachedPage>);

/// Marks a request whose answer depends on the time besides.
struct OfTheMoment;

/// Says that the answer to a request depends on the time, so that it is not repeated.
pub fn depends_on_time(request: &HttpRequest) {
    actix_web::HttpMessage::extensions_mut(request).insert(OfTheMoment);
}

/// Marks an answer to a request as a page from the cache.
pub(super) fn mark(request: &HttpRequest, answer: &mut HttpResponse, page: &Arc<CachedPage>) {
    if !actix_web::HttpMessage::extensions(request).contains::<OfTheMoment>() {
        answer.extensions_mut().insert(FromCache(Arc::clone(page)));
    }
}

impl Default for Repeats {
    fn default() -> Self {
        Self(Cache::new(MOST_REQUESTS))
    }
}

impl Repeats {
    fn remember<B>(&self, target: String, question: &Question, answer: &Response<B>) {
        let extensions = answer.extensions();
        let Some(FromCache(page)) = extensions.get::<FromCache>() else { return };
        let Some(answers) = extensions.get::<Arc<Answers>>() else { return };
        if answer.status() != StatusCode::OK {
            return;
        }
        let known = self.0.get(target.as_str());
        let known = known.filter(|known| known.page.as_ptr() == Arc::as_ptr(page));
        let repeat = known.unwrap_or_else(|| {
            let made = Arc::new(Repeat {
                page: Arc::downgrade(page),
                answers: Arc::clone(answers),
                headers: Default::default(),
            });
            self.0.insert(target, Arc::clone(&made));
            made
        });
        let body = page.body.form(question.encoding);
        repeat.headers[place(question.encoding)]
            .get_or_init(|| Headers::of(answer.headers(), body.len()));
    }
}

impl Headers {
    fn of(answer: &HeaderMap, length: usize) -> Self {
        let mut whole = answer.clone();
        whole.remove(REQUEST_ID);
        let mut not_modified = whole.clone();
        // The HTTP layer writes it itself unless the body is sent directly.
        whole.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        for of_body in [header::CONTENT_TYPE, header::CONTENT_ENCODING] {
            not_modified.remove(of_body);
        }
        Self { whole, not_modified }
    }
}

/// Path and parameters as they were sent.
fn target(request: &Request) -> &str {
    request.uri().path_and_query().map_or("", |target| target.as_str())
}

fn place(encoding: ContentEncoding) -> usize {
    match encoding {
        ContentEncoding::Brotli => 2,
        ContentEncoding::Gzip => 1,
        _ => 0,
    }
}

/// Answers repeated requests in front of an application, on one thread.
#[derive(Clone)]
pub struct Front(Rc<Shared>);

struct Shared {
    repeats: Arc<Repeats>,
    revalidation: Data<Revalidation>,
    site: Data<Site>,
    metrics: Data<Metrics>,
    encodings: RefCell<Vec<(HeaderValue, ContentEncoding)>>,
}

/// An application with [`Front`] before it.
pub struct Fronted<S> {
    service: Rc<S>,
    front: Front,
}

impl Front {
    /// In front of an application; what it answers on other threads is in `repeats` too.
    #[must_use]
    pub fn new(
        repeats: Arc<Repeats>,
        revalidation: Data<Revalidation>,
        site: Data<Site>,
        metrics: Data<Metrics>,
    ) -> Self {
        let encodings = RefCell::default();
        Self(Rc::new(Shared { repeats, revalidation, site, metrics, encodings }))
    }

    /// What the answer to a request depends on; `None` if there is more to it than an address.
    fn question(&self, request: &Request) -> Option<Question> {
        if request.method() != Method::GET
            || request.uri().authority().is_some()
            || target(request).len() > LONGEST_TARGET
        {
            return None;
        }
        let (mut accepted, mut held) = (None, None);
        for (name, value) in request.headers() {
            let place = match *name {
                header::ACCEPT_ENCODING => &mut accepted,
                header::IF_NONE_MATCH => &mut held,
                header::AUTHORIZATION
                | header::CONTENT_LENGTH
                | header::COOKIE
                | header::EXPECT
                | header::IF_MATCH
                | header::TRANSFER_ENCODING
                | header::UPGRADE => return None,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        let encoding = match accepted {
            Some(accepted) => self.encoding(request, accepted),
            None => ContentEncoding::Identity,
        };
        Some(Question { encoding, held: held.cloned() })
    }

    /// The encoding that a request wants, which few of them say in words of their own.
    fn encoding(&self, request: &Request, accepted: &HeaderValue) -> ContentEncoding {
        let mut known = self.0.encodings.borrow_mut();
        if let Some((_, encoding)) = known.iter().find(|(known, _)| known == accepted) {
            return *encoding;
        }
        let encoding = wanted_encoding(request);
        if known.len() < MOST_ENCODINGS {
            known.push((accepted.clone(), encoding));
        }
        encoding
    }

    /// The answer to a question, if it was answered before and nothing has changed since.
    async fn repeat(&self, question: &Question, request: &Request) -> Option<Response<BoxBody>> {
        let repeat = self.0.repeats.0.get(target(request))?;
        let headers = repeat.headers[place(question.encoding)].get()?;
        let page = repeat.page.upgrade()?;
        let not_modified = match &question.held {
            None => false,
            Some(held) if headers.whole.get(header::ETAG) == Some(held) => true,
            // Whatever else it says is for the application to read.
            Some(_) => return None,
        };
        let begun = log::begun();
        let asked = Instant::now();
        let Ok(last_change) = self.0.revalidation.last_change().await else {
            // The application asks once more, if there is time, and tells what is wrong.
            request.extensions_mut().insert(Begun(asked));
            return None;
        };
        if last_change.revision != page.revision() {
            request.extensions_mut().insert(last_change);
            return None;
        }
        let (status, headers, body) = if not_modified {
            (StatusCode::NOT_MODIFIED, &headers.not_modified, Bytes::new())
        } else {
            (StatusCode::OK, &headers.whole, page.body.form(question.encoding).clone())
        };
        let id = RequestId::new();
        let mut headers = headers.clone();
        headers.insert(REQUEST_ID, id.header());
        let direct = request.conn_data::<Direct>().filter(|_| body.len() >= LEAST_DIRECT);
        let body = match direct {
            Some(direct) => BoxBody::new(Answer::new(direct.body(body))),
            None if not_modified => BoxBody::new(()),
            None => BoxBody::new(Answer::new(body)),
        };
        let body = match begun {
            Some(begun) => {
                log::logged(request, &self.0.site, (id, status, begun), (body, direct.cloned()))
            }
            None => body,
        };
        let mut answer = Response::with_body(status, body);
        answer.head_mut().no_chunking(direct.is_some());
        *answer.headers_mut() = headers;
        repeat.answers.count(status, asked.elapsed());
        self.0.metrics.repeated.count();
        Some(answer)
    }
}

impl<S, B> Transform<S, Request> for Front
where
    S: Service<Request, Response = Response<B>> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = Response<EitherBody<BoxBody, B>>;
    type Error = S::Error;
    type Transform = Fronted<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Fronted { service: Rc::new(service), front: self.clone() }))
    }
}

impl<S, B> Service<Request> for Fronted<S>
where
    S: Service<Request, Response = Response<B>> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = Response<EitherBody<BoxBody, B>>;
    type Error = S::Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, S::Error>>;

    forward_ready!(service);

    fn call(&self, request: Request) -> Self::Future {
        let (service, front) = (Rc::clone(&self.service), self.front.clone());
        Box::pin(async move {
            let question = front.question(&request);
            if let Some(question) = &question
                && let Some(answer) = front.repeat(question, &request).await
            {
                return Ok(answer.map_body(|_, body| EitherBody::left(body)));
            }
            let question = question.map(|question| (target(&request).to_owned(), question));
            let answer = service.call(request).await?;
            if let Some((target, question)) = question {
                front.0.repeats.remember(target, &question, &answer);
            }
            Ok(answer.map_body(|_, body| EitherBody::right(body)))
        })
    }
}
