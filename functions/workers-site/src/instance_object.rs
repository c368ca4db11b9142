//! The Durable Object of the instance: its SQLite database, and the sockets and polls of runners that
//! wait for work, because here every new job is seen first.

#![expect(
    missing_docs,
    reason = "the attribute macro makes functions without documentation"
)]

use platform_workers::{DatabaseObject, text_response};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    durable_object,
};

use crate::runner_sockets::RunnerSockets;

/// One per instance, named `instance`.
#[durable_object]
pub struct InstanceObject {
    database: std::result::Result<DatabaseObject, String>,
    sockets: RunnerSockets,
}

impl InstanceObject {
    fn database(&self) -> Result<&DatabaseObject> {
        self.database
            .as_ref()
            .map_err(|problem| worker::Error::RustError(problem.clone()))
    }
}

impl DurableObject for InstanceObject {
    fn new(state: State, _env: Env) -> Self {
        let storage = js_sys::Reflect::get(state.as_raw().unchecked_ref(), &"storage".into());
        let database = storage
            .map_err(|thrown| format!("{thrown:?}"))
            .and_then(DatabaseObject::open);
        let sockets = RunnerSockets::new(state);
        Self { database, sockets }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let database = match &self.database {
            Ok(database) => database,
            Err(problem) => return Response::error(problem.clone(), 500),
        };
        let url = request.inner().url();
        let path = crate::path_of(&url);
        if site::is_socket_path(path) {
            return self.sockets.answer(database, request, path).await;
        }
        // The batch stays in JavaScript from the request to SQLite.
        let batch = JsFuture::from(request.inner().json()?).await?;
        let ran = database.run_sent(path, &batch);
        if ran.has_written {
            self.sockets.tell_of_jobs(database).await;
        }
        Ok(Response::from(text_response(&ran.answer)?))
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        let WebSocketIncomingMessage::String(text) = message else {
            return socket.close(Some(1003), Some("text only"));
        };
        self.sockets.hear(self.database()?, &socket, &text).await
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        _code: usize,
        _reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        self.sockets.gone(&socket)
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        self.sockets.gone(&socket)
    }

    async fn alarm(&self) -> Result<Response> {
        self.sockets.ask_all().await?;
        Response::empty()
    }
}
