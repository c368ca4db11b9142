//! Media in storage that speaks S3, and what transcoders send there directly.

mod faults;
mod foreign;
mod local;

use e2e::Instance;
use s3_server::{ACCESS_KEY_ID, BUCKET, REGION, S3Server, SECRET_ACCESS_KEY};

/// An empty instance that keeps its media in `server`.
fn instance(server: &S3Server) -> Instance {
    Instance::with_vars(&[
        ("MEDIA_STORE", "s3"),
        ("S3_ENDPOINT", &server.endpoint()),
        ("S3_BUCKET", BUCKET),
        ("S3_REGION", REGION),
        ("S3_ACCESS_KEY_ID", ACCESS_KEY_ID),
        ("S3_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
    ])
}
