//! Bodies of messages between `http_body`, which Spin speaks, and ours.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::{poll_fn, ready};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue};
use http_body::Frame;
use ports::{Block, BlockStream, Body, LocalBoxFuture, PortError};

const WHAT: &str = "a body";
/// Read at once of a stream on its way out.
const OUTGOING_BLOCK_BYTES: usize = 64 * 1024;

/// Read of what a client sends after its answer is known: more, and it may see a reset in place of the answer.
const DRAINED_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Takes the body of a message over. It is read when somebody asks for it.
pub fn incoming<B>(body: B) -> Body
where
    B: http_body::Body<Data = Bytes> + 'static,
    B::Error: std::fmt::Display,
{
    incoming_with_rest(body).0
}

/// The same, and reading fails once `deadline` has come.
pub(crate) fn incoming_until<B>(body: B, deadline: LocalBoxFuture<'static, ()>) -> Body
where
    B: http_body::Body<Data = Bytes> + 'static,
    B::Error: std::fmt::Display,
{
    incoming_within(body, Some(deadline)).0
}

/// The same, with what its reader leaves of it.
pub fn incoming_with_rest<B>(body: B) -> (Body, Rest)
where
    B: http_body::Body<Data = Bytes> + 'static,
    B::Error: std::fmt::Display,
{
    incoming_within(body, None)
}

fn incoming_within<B>(body: B, deadline: Option<LocalBoxFuture<'static, ()>>) -> (Body, Rest)
where
    B: http_body::Body<Data = Bytes> + 'static,
    B::Error: std::fmt::Display,
{
    let rest = Rest::default();
    if body.is_end_stream() {
        return (Body::Empty, rest);
    }
    let stream = IncomingStream {
        body: Some(Box::pin(body)),
        deadline,
        held: VecDeque::new(),
        held_bytes: 0,
        rest: Rc::clone(&rest.0),
    };
    (Body::Stream(Box::new(stream)), rest)
}

/// What nobody has read of a body when its reader is gone. A host that has an answer to a client that still
/// sends closes the connection, and the client may see that instead of the answer.
#[derive(Default)]
pub struct Rest(Rc<RefCell<Option<LocalBoxFuture<'static, ()>>>>);

impl Rest {
    /// Reads it, up to a bound.
    pub async fn drain(self) {
        let rest = self.0.borrow_mut().take();
        if let Some(rest) = rest {
            rest.await;
        }
    }
}

struct IncomingStream<B>
where
    B: http_body::Body<Data = Bytes> + 'static,
{
    /// `None` when it has ended.
    body: Option<Pin<Box<B>>>,
    /// `None` while there is time without end.
    deadline: Option<LocalBoxFuture<'static, ()>>,
    /// Arrived and not yet read.
    held: VecDeque<Bytes>,
    held_bytes: usize,
    rest: Rc<RefCell<Option<LocalBoxFuture<'static, ()>>>>,
}

impl<B> Drop for IncomingStream<B>
where
    B: http_body::Body<Data = Bytes> + 'static,
{
    fn drop(&mut self) {
        let Some(mut body) = self.body.take() else {
            return;
        };
        self.rest.replace(Some(Box::pin(async move {
            let mut read_bytes = 0;
            while read_bytes < DRAINED_MAX_BYTES {
                match poll_fn(|context| body.as_mut().poll_frame(context)).await {
                    Some(Ok(frame)) => read_bytes += frame.data_ref().map_or(0, Bytes::len),
                    // A client that is gone needs no answer.
                    None | Some(Err(_)) => return,
                }
            }
        })));
    }
}

impl<B> IncomingStream<B>
where
    B: http_body::Body<Data = Bytes> + 'static,
{
    /// The first `bytes` of what is held, or all of it.
    fn take(&mut self, bytes: usize) -> Vec<u8> {
        let wanted = bytes.min(self.held_bytes);
        let mut taken = Vec::with_capacity(wanted);
        while taken.len() < wanted {
            let Some(mut front) = self.held.pop_front() else {
                break;
            };
            let part = front.split_to(front.len().min(wanted - taken.len()));
            taken.extend_from_slice(&part);
            if !front.is_empty() {
                self.held.push_front(front);
            }
        }
        self.held_bytes -= taken.len();
        taken
    }
}

impl<B> IncomingStream<B>
where
    B: http_body::Body<Data = Bytes> + 'static,
    B::Error: std::fmt::Display,
{
    /// Waits for more; answers whether there is any.
    async fn hold_more(&mut self) -> Result<bool, PortError> {
        let Some(body) = self.body.as_mut() else {
            return Ok(false);
        };
        let deadline = &mut self.deadline;
        let frame = poll_fn(|context| {
            if let Some(over) = deadline
                && over.as_mut().poll(context).is_ready()
            {
                // Whoever reads on is told again.
                *over = Box::pin(ready(()));
                return Poll::Ready(Err(PortError::unavailable(WHAT, "it did not end in time")));
            }
            body.as_mut().poll_frame(context).map(Ok)
        });
        match frame.await? {
            None => {
                self.body = None;
                self.deadline = None;
            }
            Some(Err(error)) => return Err(PortError::unavailable(WHAT, error)),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    self.held_bytes += data.len();
                    self.held.push_back(data);
                }
            }
        }
        Ok(self.body.is_some())
    }
}

impl<B> BlockStream for IncomingStream<B>
where
    B: http_body::Body<Data = Bytes> + 'static,
    B::Error: std::fmt::Display,
{
    fn read(
        &mut self,
        bytes: usize,
    ) -> LocalBoxFuture<'_, Result<Option<Box<dyn Block>>, PortError>> {
        Box::pin(async move {
            while self.held_bytes < bytes && self.hold_more().await? {}
            let block = self.take(bytes);
            let boxed = |block| -> Box<dyn Block> { Box::new(block) };
            Ok((!block.is_empty()).then(|| boxed(block)))
        })
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Hands the body of a message over to Spin, which reads it at its own pace. The headers say how long one is
/// that is here already; otherwise it would go out in chunks.
#[must_use]
pub fn outgoing(
    headers: &mut HeaderMap,
    body: Body,
) -> impl http_body::Body<Data = Bytes, Error = BodyError> + use<> {
    if let Body::Bytes(bytes) = &body {
        headers
            .entry(CONTENT_LENGTH)
            .or_insert_with(|| HeaderValue::from(bytes.len()));
    }
    OutgoingBody {
        state: match body {
            Body::Empty => State::Done,
            Body::Bytes(bytes) => State::Ready(Bytes::from(bytes)),
            other => State::Idle(other.into_stream()),
        },
    }
}

/// What `http_body` wants of an error.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

type Stream = Box<dyn BlockStream>;
type Read = LocalBoxFuture<'static, (Stream, Result<Option<Bytes>, PortError>)>;

enum State {
    Ready(Bytes),
    Idle(Stream),
    Reading(Read),
    Done,
}

struct OutgoingBody {
    state: State,
}

async fn read_once(mut stream: Stream) -> (Stream, Result<Option<Bytes>, PortError>) {
    let block = stream.read(OUTGOING_BLOCK_BYTES).await;
    let bytes = block.map(|block| block.map(|block| Bytes::from(block.to_vec(0..block.len()))));
    (stream, bytes)
}

impl http_body::Body for OutgoingBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Ready(bytes) if bytes.is_empty() => return Poll::Ready(None),
                State::Ready(bytes) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                State::Idle(stream) => self.state = State::Reading(Box::pin(read_once(stream))),
                State::Reading(mut read) => match read.as_mut().poll(context) {
                    Poll::Pending => {
                        self.state = State::Reading(read);
                        return Poll::Pending;
                    }
                    Poll::Ready((_, Ok(None))) => return Poll::Ready(None),
                    Poll::Ready((stream, Ok(Some(bytes)))) => {
                        self.state = State::Idle(stream);
                        return Poll::Ready(Some(Ok(Frame::data(bytes))));
                    }
                    Poll::Ready((_, Err(error))) => {
                        return Poll::Ready(Some(Err(Box::new(error))));
                    }
                },
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.state, State::Done)
    }
}
