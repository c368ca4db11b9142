//! What many requests of one isolate want at the same moment, done once for all of them.
//!
//! The first request of a group leads it: it waits for the group's turn, takes what has gathered meanwhile, and does
//! it within its own event, which `waitUntil` keeps alive. The others wait for its promise. When nothing is under
//! way, the first goes at once, and alone. Else a group's turn comes when the one before has been served, or when it
//! is large enough to be worth a way to the database of its own while the one before is still on its way.
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

/// How long a group waits for its turn: longer than any batch takes. Should an event die without a word, the others
/// go on.
const PATIENCE_MS: u32 = 10_000;
/// How long it waits for those on their way. A body may be slow, or never arrive.
const ARRIVAL_MS: u32 = 5;
/// Most groups that are under way at once.
const MAX_UNDER_WAY: usize = 2;
/// Items of a group that waits for no other but for that bound. The bill counts ways to the database, so that small
/// ones wait.
const LARGE: usize = 16;

thread_local! {
    static GROUPS: RefCell<Groups> = RefCell::default();
}

#[derive(Default)]
struct Groups {
    /// That have not taken their items yet. The last one takes more.
    waiting: VecDeque<Group>,
    /// Whose turn has come, until they have been served.
    under_way: Vec<u64>,
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
    served: Promise,
    /// Tells it that its turn has come; nothing once it has.
    call: Option<Function>,
}

impl Group {
    fn has_room_for(&self, item: &str) -> bool {
        self.items.len() < MAX_TOGETHER && self.bytes + item.len() <= MAX_TOGETHER_BYTES
    }

    fn add(&mut self, item: String) {
        self.bytes += item.len();
        self.items.push(item);
    }
}

impl Groups {
    /// The turn of the next one, if it has come. While one is about to take its items, there is none.
    fn next_turn(&mut self) -> Option<Function> {
        let next = self.waiting.front_mut()?;
        let has_come = match self.under_way.len() {
            0 => true,
            1..MAX_UNDER_WAY => next.items.len() >= LARGE,
            _ => false,
        };
        let call = next.call.take_if(|_| has_come)?;
        self.under_way.push(next.number);
        Some(call)
    }

    fn is_under_way(&self, number: u64) -> bool {
        self.under_way.contains(&number)
    }

    /// A group has lost its patience: the events of those whose turn came before have been stopped.
    fn take_turn(&mut self, number: u64) {
        self.under_way = vec![number];
        self.waiting
            .retain(|group| group.number == number || group.call.is_some());
        if let Some(own) = self.waiting.iter_mut().find(|group| group.number == number) {
            own.call = None;
        }
    }

    /// A group leaves the waiting ones, with its items; nothing if it was taken for dead.
    fn begin(&mut self, number: u64) -> Option<Vec<String>> {
        let place = self.waiting.iter().position(|group| group.number == number);
        let group = self.waiting.remove(place?)?;
        Some(group.items)
    }

    /// A group has been served.
    fn end(&mut self, number: u64) {
        self.under_way.retain(|other| *other != number);
    }
}

/// Tells the next group if its turn has come.
fn call_next() {
    if let Some(call) = GROUPS.with_borrow_mut(Groups::next_turn) {
        keep(&call);
    }
}

/// Keeps a promise.
fn keep(resolve: &Function) {
    // To keep a promise does not throw.
    let _ = resolve.call0(&JsValue::UNDEFINED);
}

/// See `ports::Platform::together`.
pub(crate) fn together(
    platform: &WorkersPlatform,
    item: String,
    act: TogetherAct<WorkersPlatform>,
) -> LocalBoxFuture<'static, Result<(), PortError>> {
    let served = GROUPS.with_borrow_mut(|groups| {
        let open = groups.waiting.back_mut();
        if let Some(open) = open.filter(|open| open.has_room_for(&item)) {
            open.add(item);
            return open.served.clone();
        }
        let number = groups.count;
        groups.count = number.wrapping_add(1);
        let turn = js::promise_with_resolvers();
        let served = lead(platform.clone(), number, turn.promise(), act);
        let mut group = Group {
            number,
            bytes: 0,
            items: Vec::new(),
            served: served.clone(),
            call: Some(turn.resolve()),
        };
        group.add(item);
        groups.waiting.push_back(group);
        served
    });
    call_next();
    Box::pin(async move {
        let done = JsFuture::from(served).await;
        done.map(|_| ())
            .map_err(|thrown| PortError::unavailable("group", js::message(&thrown)))
    })
}

/// Serves a group when its turn comes. Nothing of it runs before this returns.
fn lead(
    platform: WorkersPlatform,
    number: u64,
    turn: Promise,
    act: TogetherAct<WorkersPlatform>,
) -> Promise {
    let alive = platform.clone();
    let group = js::promise_with_resolvers();
    let served = group.promise();
    alive.spawn(Box::pin(async move {
        wait_for_turn(number, &turn).await;
        wait_for_those_on_the_way().await;
        let items = GROUPS.with_borrow_mut(|groups| groups.begin(number));
        call_next();
        let done = match items {
            Some(items) => act(platform, items).await,
            None => Err(PortError::unavailable("group", "it came too late")),
        };
        GROUPS.with_borrow_mut(|groups| groups.end(number));
        call_next();
        match done {
            Ok(()) => keep(&group.resolve()),
            Err(error) => {
                let error = js_sys::Error::new(&error.to_string());
                // To break a promise does not throw.
                let _ = group.reject().call1(&JsValue::UNDEFINED, &error);
            }
        }
    }));
    served
}

async fn wait_for_turn(number: u64, turn: &Promise) {
    let has_come = || GROUPS.with_borrow(|groups| groups.is_under_way(number));
    if has_come() {
        return;
    }
    let either = Array::of2(turn, &js::wait(PATIENCE_MS));
    // Neither is ever broken.
    let _ = JsFuture::from(Promise::race(&either)).await;
    if !has_come() {
        GROUPS.with_borrow_mut(|groups| groups.take_turn(number));
    }
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
    if let Some(all_are_there) = waits {
        keep(&all_are_there);
    }
}
