//! What many requests of one isolate want at the same moment, done once for all of them.
//!
//! The first request of a group leads it: it waits until the group before has been served, takes what has
//! gathered meanwhile, and does it within its own event, which `waitUntil` keeps alive. The others wait for its
//! promise. When nothing is under way, the first goes at once, and alone.
//!
//! A group also waits for those who have said that they are on their way: while the isolate is busy with them it
//! would not get far anyway, and one way to the database costs as much as several of them.
//!
//! A promise of one event may be waited for in another: workerd keeps the event that waits alive and brings the
//! news into it (compatibility flag `handle_cross_request_promise_resolution`), if the promise bears the mark of its
//! event, which not every one does (see `js::promise_with_resolvers`). Rust's own wakers must not be used for it:
//! whatever they wake would run in the event of whoever woke it.

use std::cell::RefCell;
use std::collections::VecDeque;

use js_sys::{Array, Function, Promise};
use ports::{
    LocalBoxFuture, MAX_TOGETHER, MAX_TOGETHER_BYTES, OnTheWay, Platform, PortError, TogetherAct,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::js;
use crate::platform::WorkersPlatform;

/// How long a group waits for the one before: longer than any batch takes. Should an event die without a
/// word, the others go on.
const PATIENCE_MS: u32 = 10_000;
/// How long it waits for those on their way. A body may be slow, or never arrive.
const ARRIVAL_MS: u32 = 5;

thread_local! {
    static GROUPS: RefCell<Groups> = RefCell::default();
}

#[derive(Default)]
struct Groups {
    /// That have not begun yet. The last one takes items.
    waiting: VecDeque<Group>,
    /// The latest that has not ended.
    latest: Option<(u64, Promise)>,
    /// Groups so far.
    count: u64,
    /// Items on their way that are waited for.
    on_the_way: usize,
    /// How often waiting for them was given up: those from before are not waited for any more. The event of one
    /// may have been stopped without a word.
    given_up: u64,
    /// What tells the group whose turn it is that none is on its way any more.
    all_are_there: Option<Function>,
}

struct Group {
    number: u64,
    items: Vec<String>,
    bytes: usize,
    promise: Promise,
}

impl Group {
    fn has_room_for(&self, item: &str) -> bool {
        self.items.len() < MAX_TOGETHER && self.bytes + item.len() <= MAX_TOGETHER_BYTES
    }
}

impl Groups {
    /// A group leaves the waiting ones.
    fn begin(&mut self, number: u64) -> Vec<String> {
        let place = self.waiting.iter().position(|group| group.number == number);
        let group = place.and_then(|place| self.waiting.remove(place));
        group.map(|group| group.items).unwrap_or_default()
    }

    /// Nothing is under way after the last one.
    fn end(&mut self, number: u64) {
        self.latest.take_if(|(latest, _)| *latest == number);
    }
}

/// See `ports::Platform::together`.
pub(crate) fn together(
    platform: &WorkersPlatform,
    item: String,
    act: TogetherAct<WorkersPlatform>,
) -> LocalBoxFuture<'static, Result<(), PortError>> {
    let promise = GROUPS.with_borrow_mut(|groups| {
        let open = groups.waiting.back_mut();
        if let Some(open) = open.filter(|open| open.has_room_for(&item)) {
            open.bytes += item.len();
            open.items.push(item);
            return open.promise.clone();
        }
        let number = groups.count;
        groups.count = number.wrapping_add(1);
        let before = groups.latest.take().map(|(_, promise)| promise);
        let promise = lead(platform.clone(), number, before, act);
        groups.latest = Some((number, promise.clone()));
        groups.waiting.push_back(Group {
            number,
            bytes: item.len(),
            items: vec![item],
            promise: promise.clone(),
        });
        promise
    });
    Box::pin(async move {
        let done = JsFuture::from(promise).await;
        done.map(|_| ())
            .map_err(|thrown| PortError::unavailable("group", js::message(&thrown)))
    })
}

/// Serves a group when its turn comes. Nothing of it runs before this returns.
fn lead(
    platform: WorkersPlatform,
    number: u64,
    before: Option<Promise>,
    act: TogetherAct<WorkersPlatform>,
) -> Promise {
    let alive = platform.clone();
    let group = js::promise_with_resolvers();
    let promise = group.promise();
    alive.spawn(Box::pin(async move {
        if let Some(before) = before {
            let either = Array::of2(&before, &js::wait(PATIENCE_MS));
            // Whether it failed is for those who were in it.
            let _ = JsFuture::from(Promise::race(&either)).await;
        }
        wait_for_those_on_the_way().await;
        let items = GROUPS.with_borrow_mut(|groups| groups.begin(number));
        let done = act(platform, items).await;
        GROUPS.with_borrow_mut(|groups| groups.end(number));
        // Neither of the two throws.
        let _ = match done {
            Ok(()) => group.resolve().call0(&JsValue::UNDEFINED),
            Err(error) => group
                .reject()
                .call1(&JsValue::UNDEFINED, &js_sys::Error::new(&error.to_string())),
        };
    }));
    promise
}

async fn wait_for_those_on_the_way() {
    if GROUPS.with_borrow(|groups| groups.on_the_way) == 0 {
        return;
    }
    let all_are_there = js::promise_with_resolvers();
    GROUPS.with_borrow_mut(|groups| groups.all_are_there = Some(all_are_there.resolve()));
    let either = Array::of2(&all_are_there.promise(), &js::wait(ARRIVAL_MS));
    // Neither is ever broken.
    let _ = JsFuture::from(Promise::race(&either)).await;
    GROUPS.with_borrow_mut(|groups| {
        if groups.all_are_there.take().is_some() {
            groups.on_the_way = 0;
            groups.given_up = groups.given_up.wrapping_add(1);
        }
    });
}

/// See `ports::Platform::on_the_way`.
pub(crate) fn on_the_way() -> OnTheWay {
    GROUPS.with_borrow_mut(|groups| {
        groups.on_the_way += 1;
        OnTheWay::until(arrived, groups.given_up)
    })
}

fn arrived(ticket: u64) {
    let waits = GROUPS.with_borrow_mut(|groups| {
        if ticket != groups.given_up {
            return None;
        }
        groups.on_the_way -= 1;
        (groups.on_the_way == 0)
            .then(|| groups.all_are_there.take())
            .flatten()
    });
    if let Some(keep) = waits {
        // To keep a promise does not throw.
        let _ = keep.call0(&JsValue::UNDEFINED);
    }
}
