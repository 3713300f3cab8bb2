//! Bodies that go to the socket from where they are kept, in one write with the head, and not through the
//! buffer of the HTTP layer.
//!
//! That layer takes such a body for a stream of known length that is not ready yet. It writes nothing after
//! the head until the stream ends, and the stream ends when the connection has written the body.

use std::cell::RefCell;
use std::convert::Infallible;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::{Buf as _, Bytes};
use tokio::io::AsyncWrite;

/// The way around the buffer for the bodies of one connection.
#[derive(Clone, Debug, Default)]
pub struct Direct(Rc<RefCell<Sending>>);

#[derive(Debug, Default)]
struct Sending {
    /// What is left of the body that is being sent.
    rest: Option<Bytes>,
    /// Whether all of its head is written.
    is_head_written: bool,
    /// How much of the body is written.
    written: u64,
    /// Who waits for its end.
    waiting: Option<Waker>,
}

impl Sending {
    fn advance(&mut self, count: usize) {
        self.written += count as u64;
        let Some(rest) = &mut self.rest else { return };
        rest.advance(count);
        if rest.is_empty() {
            self.rest = None;
            if let Some(waiting) = self.waiting.take() {
                waiting.wake();
            }
        }
    }
}

impl Direct {
    /// A body for the answer to a request of this connection. The answer must name its length and not be in
    /// chunks.
    pub(super) fn body(&self, body: Bytes) -> DirectBody {
        self.0.borrow_mut().written = 0;
        DirectBody { direct: self.clone(), body: Some(body) }
    }

    /// How many bytes of the last body are written.
    pub(super) fn written(&self) -> u64 {
        self.0.borrow().written
    }

    /// Writes the end of a head and what follows it; how much of the head was written. `None` if no body
    /// waits.
    pub(super) fn poll_write(
        &self,
        io: &mut (impl AsyncWrite + Unpin),
        context: &mut Context<'_>,
        head: &[u8],
    ) -> Option<Poll<io::Result<usize>>> {
        let mut sending = self.0.borrow_mut();
        let rest = sending.rest.as_deref().filter(|_| !sending.is_head_written)?;
        let slices = [IoSlice::new(head), IoSlice::new(rest)];
        Some(Pin::new(io).poll_write_vectored(context, &slices).map_ok(|count| {
            let of_head = count.min(head.len());
            sending.is_head_written = of_head == head.len();
            sending.advance(count - of_head);
            of_head
        }))
    }

    /// Writes what is left of a body whose head is written.
    pub(super) fn poll_rest(
        &self,
        io: &mut (impl AsyncWrite + Unpin),
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let mut sending = self.0.borrow_mut();
        while let Some(rest) = sending.rest.as_deref().filter(|_| sending.is_head_written) {
            match ready!(Pin::new(&mut *io).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                count => sending.advance(count),
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// A body that the connection writes; it gives nothing to whoever asks, and ends when all is written.
pub(super) struct DirectBody {
    direct: Direct,
    /// The body, until it is asked for.
    body: Option<Bytes>,
}

impl MessageBody for DirectBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let body = self.body.take();
        let mut sending = self.direct.0.borrow_mut();
        if let Some(body) = body {
            *sending = Sending { rest: Some(body), ..Sending::default() };
        } else if sending.rest.is_none() {
            return Poll::Ready(None);
        }
        sending.waiting = Some(context.waker().clone());
        Poll::Pending
    }
}
