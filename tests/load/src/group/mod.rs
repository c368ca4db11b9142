//! Groups of figures that belong together.

mod costs;
mod cpu;
mod federation;
mod idle;
mod inbox;
mod page;
mod peers;
mod ranges;
mod rates;
mod size;
mod spin;
mod start;
mod tracker;
mod transcoder;
mod upload;

use crate::figure::Table;

/// Figures that are measured together.
pub struct Group {
    /// To choose it by.
    pub name: &'static str,
    /// What its figures are.
    pub title: &'static str,
    /// Measures and prints them.
    pub measure: fn(&mut Table),
}

/// All groups, the quick ones first.
pub const ALL: [Group; 15] = [
    Group {
        name: "size",
        title: "what is deployed",
        measure: size::measure,
    },
    Group {
        name: "start",
        title: "from nothing to the first answer",
        measure: start::measure,
    },
    Group {
        name: "spin",
        title: "the component on the test host for Spin",
        measure: spin::measure,
    },
    Group {
        name: "rates",
        title: "requests per second on the local runtime",
        measure: rates::measure,
    },
    Group {
        name: "cpu",
        title: "processor time of workerd per request, simulators of the platform included",
        measure: cpu::measure,
    },
    Group {
        name: "page",
        title: "the watch page in Chromium, an empty cache each time",
        measure: page::measure,
    },
    Group {
        name: "ranges",
        title: "one-megabyte ranges, 8 at a time",
        measure: ranges::measure,
    },
    Group {
        name: "upload",
        title: "uploads through the Worker and through a bare one",
        measure: upload::measure,
    },
    Group {
        name: "costs",
        title: "what each action costs in things that are billed",
        measure: costs::measure,
    },
    Group {
        name: "tracker",
        title: "messages per second of one swarm, beside the tracker that PeerTube uses",
        measure: tracker::measure,
    },
    Group {
        name: "tracker-idle",
        title: "the tracker with 5,000 viewers who are silent",
        measure: idle::measure,
    },
    Group {
        name: "federation",
        title: "what we bring to other servers",
        measure: federation::measure,
    },
    Group {
        name: "inbox",
        title: "what other servers bring to us and ask of us, and of a PeerTube beside us",
        measure: inbox::measure,
    },
    Group {
        name: "transcoder",
        title: "one decode for the whole ladder",
        measure: transcoder::measure,
    },
    Group {
        name: "p2p",
        title: "ten viewers of one video, one after the other",
        measure: peers::measure,
    },
];
