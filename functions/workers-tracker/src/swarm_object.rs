//! The Durable Object of one swarm: its events.
//!
//! Guarantee relied on: events of an object never overlap between awaits, so a borrow of the room ends
//! before the next one begins. Nothing here awaits while it holds one.
//!
//! The attribute of `worker` for Durable Objects is not used: its handlers are promises, one per message.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use tracker::Next;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use worker::Env;

use crate::js::{self, ObjectState, Socket};
use crate::measures;
use crate::requests;
use crate::room::{Question, Room};
use tracker_server::owners;

/// Header in which the entry passes on what stands for the client's address, in decimal digits.
pub const ADDRESS_KEY_HEADER: &str = "x-swarm-address-key";

/// Header in which the entry passes on the client's continent.
pub const CONTINENT_HEADER: &str = "x-swarm-continent";

/// A room between its events.
pub type Shared = Rc<RefCell<Room>>;

/// What answering a request may need besides the room.
pub struct Asks {
    /// For other objects.
    pub env: Env,
    /// See [`SwarmObject`].
    pub timer: Option<Function>,
}

/// One per video, per shard of a large one, and one for the whole instance.
#[wasm_bindgen]
pub struct SwarmObject {
    room: Result<Shared, String>,
    env: Env,
    /// Sends what waits; made once, as each would be a function in JavaScript.
    on_timer: Option<Closure<dyn FnMut()>>,
}

#[wasm_bindgen]
impl SwarmObject {
    /// Called by the platform when the object is needed and not in memory.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(state: ObjectState, env: Env) -> Self {
        measures::object_built();
        let room = Room::new(state, &env).map(|room| Rc::new(RefCell::new(room)));
        let on_timer = room.as_ref().ok().map(|room| {
            let room = Rc::downgrade(room);
            Closure::new(move || {
                if let Some(room) = room.upgrade() {
                    room.borrow_mut().timer_rang();
                }
            })
        });
        Self {
            room,
            env,
            on_timer,
        }
    }

    /// A request of the entry or of another shard.
    pub fn fetch(&self, request: web_sys::Request) -> Promise {
        let room = match &self.room {
            Ok(room) => Rc::clone(room),
            Err(problem) => {
                let problem = problem.clone();
                return future_to_promise(async move { plain(500, &problem) });
            }
        };
        let asks = Asks {
            env: self.env.clone(),
            timer: self.timer(),
        };
        future_to_promise(requests::answer(room, request, asks))
    }

    /// A message of a socket.
    #[wasm_bindgen(js_name = webSocketMessage)]
    pub fn web_socket_message(&self, socket: &Socket, message: &JsValue) -> JsValue {
        let Ok(room) = &self.room else {
            return JsValue::UNDEFINED;
        };
        let (next, question) = room.borrow_mut().message(socket, message);
        self.follow(next);
        question.map_or(JsValue::UNDEFINED, |question| {
            self.ask(Rc::clone(room), question).into()
        })
    }

    /// A socket was closed by its client.
    #[wasm_bindgen(js_name = webSocketClose)]
    pub fn web_socket_close(&self, socket: &Socket) {
        if let Ok(room) = &self.room {
            room.borrow_mut().close(socket);
        }
    }

    /// A socket broke.
    #[wasm_bindgen(js_name = webSocketError)]
    pub fn web_socket_error(&self, socket: &Socket) {
        self.web_socket_close(socket);
    }

    /// Time to look after everything.
    pub fn alarm(&self) -> Promise {
        let Ok(room) = &self.room else {
            return Promise::resolve(&JsValue::UNDEFINED);
        };
        let (report, question) = room.borrow_mut().alarm();
        let asked = question.map(|question| self.ask(Rc::clone(room), question));
        let (room, env) = (Rc::clone(room), self.env.clone());
        future_to_promise(async move {
            requests::report_to_shard_0(&room, &env, false).await;
            if let Some((write, store)) = report {
                write.execute(store).await;
            }
            match asked {
                Some(asked) => wasm_bindgen_futures::JsFuture::from(asked).await,
                None => Ok(JsValue::UNDEFINED),
            }
        })
    }

    fn timer(&self) -> Option<Function> {
        let closure = self.on_timer.as_ref()?;
        Some(closure.as_ref().unchecked_ref::<Function>().clone())
    }

    fn follow(&self, next: Next) {
        if let Ok(room) = &self.room {
            follow(room, self.timer().as_ref(), next);
        }
    }

    fn ask(&self, room: Shared, question: Question) -> Promise {
        let timer = self.timer();
        future_to_promise(async move {
            ask(&room, question, timer.as_ref()).await;
            Ok(JsValue::UNDEFINED)
        })
    }
}

/// Asks the instance and tells the room. Other events happen meanwhile.
pub async fn ask(room: &Shared, question: Question, timer: Option<&Function>) {
    let database = room.borrow().database();
    let (answer, for_hash) = match question {
        Question::List { uuid, for_hash } => {
            let list = owners::info_hashes_of(&database, &uuid).await;
            let next = list.map(|list| room.borrow_mut().list_came(list));
            (next, for_hash)
        }
        Question::Owner(info_hash) => {
            let swarm = owners::swarm_of(&database, info_hash).await;
            let next = swarm.map(|swarm| room.borrow_mut().owner_came(info_hash, swarm));
            (next, Some(info_hash))
        }
        Question::Gone(asked) => {
            let gone = owners::nobodys(&database, &asked).await;
            (gone.map(|gone| room.borrow_mut().gone_came(gone)), None)
        }
    };
    match answer {
        Ok(next) => follow(room, timer, next),
        Err(error) => {
            worker::console_error!("the instance was asked in vain: {error}");
            room.borrow_mut().nothing_came(for_hash);
        }
    }
}

fn follow(room: &Shared, timer: Option<&Function>, next: Next) {
    match (next, timer) {
        (Next::Nothing, _) => {}
        (Next::SendLater { wait_ms }, Some(timer)) => {
            js::set_timeout(timer, wait_ms);
        }
        (Next::SendNow | Next::SendLater { .. }, _) => room.borrow_mut().send(),
    }
}

/// An answer in words.
pub fn plain(status: u16, text: &str) -> Result<JsValue, JsValue> {
    let options = web_sys::ResponseInit::new();
    options.set_status(status);
    web_sys::Response::new_with_opt_str_and_init(Some(text), &options).map(JsValue::from)
}
