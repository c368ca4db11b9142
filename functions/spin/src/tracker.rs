//! `/tracker/…`: announces over HTTP. It needs the database and a store of its own, and none of the site's
//! configuration, so its component has no secret and no bucket.

use std::cell::RefCell;
use std::rc::Rc;

use http::{Request, Response};
use platform_spin::{SpinSlots, SpinSqlite, named, now, random_bits};
use ports::Body;
use tracker_server::{Config, Tracker, VARIABLE_NAMES};

use crate::misconfigured;

/// The store of its swarms, as in `spin.toml`.
pub const SWARMS: SpinSlots = SpinSlots { label: "swarms" };

thread_local! {
    /// An instance may answer several requests, and never sees its variables change.
    static TRACKER: RefCell<Option<Rc<Tracker>>> = const { RefCell::new(None) };
}

/// Whether this module answers it.
pub fn is_path(path: &str) -> bool {
    path == "/tracker" || path.starts_with("/tracker/")
}

async fn tracker() -> Result<Rc<Tracker>, String> {
    if let Some(tracker) = TRACKER.with_borrow(Clone::clone) {
        return Ok(tracker);
    }
    let values = named(VARIABLE_NAMES).await;
    let config = Config::from_variables(&|name| values.get(name).cloned())
        .map_err(|error| error.to_string())?;
    let tracker = Rc::new(Tracker::new(config, random_bits()));
    TRACKER.set(Some(Rc::clone(&tracker)));
    Ok(tracker)
}

/// The time in whole milliseconds; never before 1970.
pub fn now_unix_ms() -> u64 {
    u64::try_from(now().0).unwrap_or(0)
}

/// Answers a request.
pub async fn answer(request: Request<Body>) -> Response<Body> {
    let tracker = match tracker().await {
        Ok(tracker) => tracker,
        Err(problem) => return misconfigured(&problem),
    };
    let (head, _) = request.into_parts();
    let (response, problem) = tracker
        .answer(&SpinSqlite, &SWARMS, &head, now_unix_ms())
        .await;
    if let Some(problem) = problem {
        eprintln!("{problem}");
    }
    response
}
