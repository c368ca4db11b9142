//! Batches that wait for the database at the same moment and take the way to it together.
//!
//! Within one event only: Rust's wakers must not wake what belongs to another.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use ports::{DatabaseError, Rows, Statement};

type Outcome = Result<Vec<Rows>, DatabaseError>;

/// Batches that have not left yet.
#[derive(Default)]
pub(crate) struct Wave {
    waiting: RefCell<Vec<(Vec<Statement>, Rc<Slot>)>>,
}

/// Where the outcome of one batch is put.
#[derive(Default)]
struct Slot {
    outcome: RefCell<Option<Outcome>>,
    waker: RefCell<Option<Waker>>,
}

impl Slot {
    fn fill(&self, outcome: Outcome) {
        *self.outcome.borrow_mut() = Some(outcome);
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}

/// Those who left together. Whoever leads them may be dropped on the way.
struct Leaving(Vec<Rc<Slot>>);

impl Drop for Leaving {
    fn drop(&mut self) {
        for slot in self.0.drain(..) {
            slot.fill(Err(DatabaseError::Unavailable {
                cause: "given up on the way".to_owned(),
            }));
        }
    }
}

impl Wave {
    /// Hands over a batch. The first one calls `send` with all that have come until everybody who could
    /// run has run.
    pub(crate) async fn join<S>(&self, statements: Vec<Statement>, send: S) -> Outcome
    where
        S: AsyncFnOnce(Vec<Vec<Statement>>) -> Result<Vec<Outcome>, DatabaseError>,
    {
        let slot = Rc::new(Slot::default());
        let leads = {
            let mut waiting = self.waiting.borrow_mut();
            waiting.push((statements, Rc::clone(&slot)));
            waiting.len() == 1
        };
        if leads {
            let_others_run().await;
            let (batches, slots) = self.waiting.take().into_iter().unzip();
            let mut leaving = Leaving(slots);
            let outcomes = match send(batches).await {
                Ok(outcomes) => outcomes,
                Err(error) => vec![Err(error); leaving.0.len()],
            };
            let served = outcomes.len().min(leaving.0.len());
            for (slot, outcome) in leaving.0.drain(..served).zip(outcomes) {
                slot.fill(outcome);
            }
        }
        poll_fn(|context| match slot.outcome.borrow_mut().take() {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                *slot.waker.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

async fn let_others_run() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if has_yielded {
            return Poll::Ready(());
        }
        has_yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
