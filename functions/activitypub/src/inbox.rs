//! What other servers send: `POST` to the shared inbox or to an actor's, which are one and the same. Whom an
//! activity is for, its own members say.

use std::rc::Rc;

use app::federation::inbox::{Delivery, InboxMemory, accept, admit};
use app::{AppError, Rejection};
use http::request::Parts;
use http::{Response, StatusCode, header};
use ports::{Body, BodyError, ClientAddress, Platform};

/// Bytes of a body that are read: the bound of `activitypub`, which is stated there.
const MAX_BODY_BYTES: usize = activitypub::limits::MAX_BODY_BYTES;
/// Headers that are looked at. A delivery has about fifteen.
const MAX_HEADERS: usize = 100;

thread_local! {
    /// Lives as long as the host's instance of the site; forgetting it costs nothing but a request.
    static MEMORY: Rc<InboxMemory> = Rc::default();
}

/// Answers a `POST` to the shared inbox or to an actor's: 202 for whatever is taken, acted upon or not.
///
/// # Errors
/// A rejection names what is wrong with the delivery.
pub async fn deliver<P: Platform>(
    platform: &P,
    head: &Parts,
    body: Body,
) -> Result<Response<Body>, AppError> {
    let address = head
        .extensions
        .get::<ClientAddress>()
        .map(|ClientAddress(address)| address.as_str());
    let memory = MEMORY.with(Rc::clone);
    admit(platform, &memory, address)?;
    let on_the_way = platform.on_the_way();
    let bytes = read(head, body).await?;
    let headers: Vec<(&str, &str)> = head
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .take(MAX_HEADERS)
        .collect();
    let path_and_query = head.uri.path_and_query().map_or("/", |both| both.as_str());
    let delivery = Delivery {
        path_and_query,
        headers: &headers,
    };
    accept(platform, &memory, delivery, bytes, on_the_way).await?;
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::ACCEPTED;
    Ok(response)
}

async fn read(head: &Parts, body: Body) -> Result<Vec<u8>, AppError> {
    let too_large = || {
        AppError::rejected(
            Rejection::PayloadTooLarge,
            format!("A body has at most {MAX_BODY_BYTES} bytes"),
        )
    };
    let announced = head
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > MAX_BODY_BYTES) {
        return Err(too_large());
    }
    match body.into_bytes(MAX_BODY_BYTES).await {
        Ok(bytes) => Ok(bytes),
        Err(BodyError::TooLarge { .. }) => Err(too_large()),
        // The sender went away.
        Err(BodyError::Port(_)) => Err(AppError::rejected(
            Rejection::BadRequest,
            "The body did not arrive",
        )),
    }
}
