//! Requests to other servers.

use http::{Request, Response};

use crate::{Body, PortError};

/// The host's way out. It adds nothing to a request but `Host` and `User-Agent`, and follows no redirect: the
/// answer with its `Location` comes back, so that the caller can check where it leads.
///
/// Whether an address may be asked is the caller's affair (`app::federation`).
pub trait HttpClient {
    /// Sends a request. The URI is absolute. The body of the answer is not read yet; reading it counts
    /// against the same time.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when there is no answer within `timeout_ms`, or no connection.
    async fn send(
        &self,
        request: Request<Body>,
        timeout_ms: u32,
    ) -> Result<Response<Body>, PortError>;
}
