//! The stream under HTTP/1.1: mends heads of requests before the HTTP layer reads them, and gives what that
//! layer refuses by itself the form of every other refusal. Large bodies that are kept in memory are written
//! here as well.
//!
//! `actix-http` answers a request it can't read with a bare status and shows it to no middleware
//! (`h1::dispatcher::InnerDispatcher::poll_request`), takes any `Connection: upgrade` as a wish to end
//! the connection (`h1::decoder::MessageType::set_headers`), and reads no address with letters outside
//! ASCII. None of this can be changed from outside but here.

mod head;
mod refusal;

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use self::head::{Found, Next};
use super::direct::Direct;
use super::metrics::Metrics;

/// Bytes of a head that are held back until it is whole; a longer one is passed on as it comes and is
/// refused by the HTTP layer.
const LONGEST_HEAD: usize = 128 * 1024;

/// What holds for all connections.
#[derive(Debug)]
pub struct Terms {
    /// Whether visitors reach the site over TLS.
    pub is_https: bool,
    /// For a head, from its first byte on.
    pub head: Duration,
    /// Where they are counted.
    pub metrics: Arc<Metrics>,
}

/// A stream of requests and answers.
#[derive(Debug)]
pub struct Connection<T> {
    io: T,
    /// The other end.
    peer: Option<IpAddr>,
    terms: Arc<Terms>,
    /// What comes next.
    next: Next,
    /// Bytes that were read and are not passed on yet.
    held: Vec<u8>,
    /// How many of them may be.
    ready: usize,
    /// A refusal that is being written, and how much of it is.
    refusal: Option<(Vec<u8>, usize)>,
    /// Whether a head was passed on. The HTTP layer waits for the first one itself and refuses it when it
    /// is late; for a later one it waits anew with every byte.
    has_begun: bool,
    /// When a later head that has begun must be whole.
    deadline: Option<Pin<Box<Sleep>>>,
    direct: Direct,
}

impl<T> Connection<T> {
    /// Wraps a stream from its beginning.
    pub fn new(io: T, peer: Option<IpAddr>, terms: Arc<Terms>) -> Self {
        terms.metrics.opened.count();
        Self {
            io,
            peer,
            terms,
            next: Next::Head,
            held: Vec::new(),
            ready: 0,
            refusal: None,
            has_begun: false,
            deadline: None,
            direct: Direct::default(),
        }
    }

    /// The way for bodies that need not be copied.
    pub fn direct(&self) -> Direct {
        self.direct.clone()
    }

    /// Whether these bytes, which come when none are held, can be passed on as they are.
    fn passes(&mut self, read: &[u8]) -> bool {
        match &mut self.next {
            Next::Unknown => true,
            Next::Body(left) => match usize::try_from(*left) {
                Ok(left) if left < read.len() => false,
                _ => {
                    *left -= read.len() as u64;
                    self.next = self.next.settled();
                    true
                }
            },
            Next::Head => match head::find(read) {
                Found::Whole { length, mended: None, next } if length == read.len() => {
                    self.next = next;
                    self.has_begun = true;
                    true
                }
                _ => false,
            },
        }
    }

    /// Whether a head that began after others is not whole in time.
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let is_begun = self.next == Next::Head && self.held.len() > self.ready;
        if !is_begun || !self.has_begun {
            self.deadline = None;
            return false;
        }
        let time = self.terms.head;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(time)));
        deadline.as_mut().poll(context).is_ready()
    }

    /// Mends what is held, and finds out how much of it can be passed on.
    fn look(&mut self) {
        while self.ready < self.held.len() {
            let rest = &self.held[self.ready..];
            match self.next {
                Next::Unknown => self.ready = self.held.len(),
                Next::Body(left) => {
                    let taken = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    self.ready += taken;
                    self.next = Next::Body(left - taken as u64).settled();
                }
                Next::Head => match head::find(rest) {
                    Found::Whole { length, mended, next } => {
                        let end = self.ready + length;
                        match mended {
                            Some(mended) => {
                                let new_end = self.ready + mended.len();
                                self.held.splice(self.ready..end, mended);
                                self.ready = new_end;
                            }
                            None => self.ready = end,
                        }
                        self.next = next;
                        self.has_begun = true;
                    }
                    Found::Part if rest.len() < LONGEST_HEAD => return,
                    Found::Part | Found::Broken => self.next = Next::Unknown,
                },
            }
        }
    }
}

impl<T> Drop for Connection<T> {
    fn drop(&mut self) {
        self.terms.metrics.closed.count();
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Connection<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.is_late(context) {
                // As if the client had gone.
                return Poll::Ready(Ok(()));
            }
            if this.ready > 0 {
                let passed = this.ready.min(to.remaining());
                to.put_slice(&this.held[..passed]);
                this.held.drain(..passed);
                this.ready -= passed;
                return Poll::Ready(Ok(()));
            }
            let before = to.filled().len();
            ready!(Pin::new(&mut this.io).poll_read(context, to))?;
            let read = &to.filled()[before..];
            if read.is_empty() {
                if this.held.is_empty() {
                    return Poll::Ready(Ok(()));
                }
                // The rest of a head will never come.
                this.next = Next::Unknown;
            } else if this.held.is_empty() && this.passes(read) {
                return Poll::Ready(Ok(()));
            } else {
                this.held.extend_from_slice(read);
                to.set_filled(before);
            }
            this.look();
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Connection<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        ready!(this.direct.poll_rest(&mut this.io, context))?;
        if let Some(written) = this.direct.poll_write(&mut this.io, context, bytes) {
            return written;
        }
        let Some(refused) = refusal::find(bytes) else {
            return Pin::new(&mut this.io).poll_write(context, bytes);
        };
        if refused.start > 0 {
            return Pin::new(&mut this.io).poll_write(context, &bytes[..refused.start]);
        }
        let (refusal, written) = this.refusal.get_or_insert_with(|| {
            this.terms.metrics.unread.count();
            (refused.dressed(this.peer, this.terms.is_https), 0)
        });
        while *written < refusal.len() {
            let count = ready!(Pin::new(&mut this.io).poll_write(context, &refusal[*written..]))?;
            if count == 0 {
                return Poll::Ready(Ok(0));
            }
            *written += count;
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        ready!(this.direct.poll_rest(&mut this.io, context))?;
        Pin::new(&mut this.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
