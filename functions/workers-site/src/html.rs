//! Pages: what a path shows, from one database batch.

use http::{Request, Response};
use platform_workers::WorkersPlatform;
use ports::Body;

/// Answers a page request.
pub async fn answer(_platform: &WorkersPlatform, _request: Request<Body>) -> Response<Body> {
    Response::new(Body::Empty)
}
