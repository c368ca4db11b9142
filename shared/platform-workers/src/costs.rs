//! What a request costs in things that are billed: counted, so that a benchmark can print it.

use std::cell::Cell;
use std::rc::Rc;

/// Counters of one request. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Costs {
    inner: Rc<Counters>,
}

#[derive(Debug, Default)]
struct Counters {
    database_batches: Cell<u32>,
    rows_read: Cell<u64>,
    rows_written: Cell<u64>,
    object_reads: Cell<u32>,
    object_writes: Cell<u32>,
    cache_reads: Cell<u32>,
    key_value_reads: Cell<u32>,
    key_value_writes: Cell<u32>,
    queue_sends: Cell<u32>,
    outgoing_requests: Cell<u32>,
}

thread_local! {
    /// Messages that were sent when the requests that led to them had been answered.
    static SENT_LATER: Cell<u32> = const { Cell::new(0) };
}

fn add(counter: &Cell<u32>) {
    counter.set(counter.get().saturating_add(1));
}

impl Costs {
    pub(crate) fn database_batch(&self, rows_read: u64, rows_written: u64) {
        add(&self.inner.database_batches);
        let (read, written) = (&self.inner.rows_read, &self.inner.rows_written);
        read.set(read.get().saturating_add(rows_read));
        written.set(written.get().saturating_add(rows_written));
    }

    pub(crate) fn object_read(&self) {
        add(&self.inner.object_reads);
    }

    pub(crate) fn object_write(&self) {
        add(&self.inner.object_writes);
    }

    pub(crate) fn cache_read(&self) {
        add(&self.inner.cache_reads);
    }

    pub(crate) fn key_value_read(&self) {
        add(&self.inner.key_value_reads);
    }

    pub(crate) fn key_value_write(&self) {
        add(&self.inner.key_value_writes);
    }

    pub(crate) fn queue_send(&self) {
        add(&self.inner.queue_sends);
    }

    /// Has the next request that tells its costs tell what these messages cost: nobody is left to ask for them.
    pub(crate) fn tell_sends_later(&self) {
        let sent = self.inner.queue_sends.get();
        SENT_LATER.with(|later| later.set(later.get().saturating_add(sent)));
    }

    pub(crate) fn outgoing_request(&self) {
        add(&self.inner.outgoing_requests);
    }

    /// All counters so far as one header value, `name=count` separated by commas. Messages that earlier requests have
    /// caused after their answer are among them: of many requests, the sum is right. Object reads are R2
    /// class B operations, object writes class A.
    #[must_use]
    pub fn summary(&self) -> String {
        let counters = &self.inner;
        format!(
            "database_batches={},rows_read={},rows_written={},object_reads={},object_writes={},\
             cache_reads={},key_value_reads={},key_value_writes={},queue_sends={},\
             outgoing_requests={}",
            counters.database_batches.get(),
            counters.rows_read.get(),
            counters.rows_written.get(),
            counters.object_reads.get(),
            counters.object_writes.get(),
            counters.cache_reads.get(),
            counters.key_value_reads.get(),
            counters.key_value_writes.get(),
            counters.queue_sends.get().saturating_add(SENT_LATER.take()),
            counters.outgoing_requests.get(),
        )
    }
}
