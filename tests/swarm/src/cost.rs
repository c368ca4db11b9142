//! What it would cost, by list prices beyond what a plan includes.

/// What is billed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Connections that a Worker was asked for.
    pub upgrades: u64,
    /// Requests to objects: an upgrade each, refused ones too, questions for the record, reports, alarms, and
    /// questions to the instance's object for the video's infohashes.
    pub object_requests: u64,
    /// WebSocket messages received.
    pub messages: u64,
    /// Reads of the shard record from the store.
    pub record_reads: u64,
    /// Writes of it.
    pub record_writes: u64,
    /// Writes of how many watch, and their removal when nobody does.
    pub viewer_count_writes: u64,
    /// Alarms set: a row each.
    pub alarms: u64,
    /// Seconds of objects that held a socket: what an object would be billed for that could not hibernate.
    pub held_secs: u64,
}

/// US dollars.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Worker requests, $0.30 per million.
    pub upgrades: f64,
    /// Object requests, $0.15 per million.
    pub object_requests: f64,
    /// Twenty messages are a request.
    pub messages: f64,
    /// A millisecond of 128 MB for every request and message, $12.50 per million GB-s.
    pub duration: f64,
    /// Key-value store, $0.50 per million reads and $5 per million writes.
    pub records: f64,
    /// The same store's writes.
    pub viewer_counts: f64,
    /// $1 per million rows written.
    pub alarms: f64,
    /// In the place of `duration`, and not in the total: 128 MB for as long as an object holds a socket.
    pub duration_without_hibernation: f64,
}

impl Usage {
    /// By the prices in the fields' descriptions.
    #[must_use]
    pub fn cost(&self) -> Cost {
        let millions = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / 1e6;
        let handled = self.object_requests + self.messages;
        let per_gb_sec = 0.128 * 12.50;
        Cost {
            upgrades: millions(self.upgrades) * 0.30,
            object_requests: millions(self.object_requests) * 0.15,
            messages: millions(self.messages) / 20.0 * 0.15,
            duration: millions(handled) * 0.001 * per_gb_sec,
            records: millions(self.record_reads) * 0.50 + millions(self.record_writes) * 5.0,
            viewer_counts: millions(self.viewer_count_writes) * 5.0,
            alarms: millions(self.alarms) * 1.0,
            duration_without_hibernation: millions(self.held_secs) * per_gb_sec,
        }
    }
}

impl Cost {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> f64 {
        let tracking = self.upgrades + self.object_requests + self.messages + self.duration;
        tracking + self.records + self.viewer_counts + self.alarms
    }
}
