//! The server's thread.

use std::convert::Infallible;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use http::header::{CONTENT_LENGTH, USER_AGENT};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::sync::oneshot;

use crate::bucket::Bucket;
use crate::{ACCESS_KEY_ID, BUCKET, Fault, Logged, Operation, SECRET_ACCESS_KEY, Shared, lock};

type Answer = Response<s3s::Body>;

/// Serves until `stopped` says so or its sender is gone.
pub(crate) fn run(
    listener: TcpListener,
    root: &Path,
    shared: Arc<Mutex<Shared>>,
    stopped: oneshot::Receiver<()>,
) {
    let files = FileSystem::new(root).expect("the folder is there");
    let mut builder = S3ServiceBuilder::new(Bucket {
        files,
        root: root.to_owned(),
        completing: tokio::sync::Mutex::default(),
    });
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
    let service = builder.build();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        listener
            .set_nonblocking(true)
            .expect("sockets can be made so");
        let listener = tokio::net::TcpListener::from_std(listener).expect("it is a socket");
        let accepting = async {
            loop {
                let Ok((socket, _)) = listener.accept().await else {
                    return;
                };
                let (service, shared) = (service.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    // A call that is cut off in the middle of its work leaves half of it behind here, and never
                    // in a real bucket, so it goes on when its client goes away.
                    let answering = service_fn(|request| {
                        let (service, shared) = (service.clone(), Arc::clone(&shared));
                        let call = async move { answered(&service, &shared, request).await };
                        async { tokio::spawn(call).await.expect("no call panics") }
                    });
                    // A client that goes away is its own affair.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(socket), answering)
                        .await;
                });
            }
        };
        let mut accepting = std::pin::pin!(accepting);
        let mut stopped = std::pin::pin!(stopped);
        std::future::poll_fn(|context| {
            let is_over = accepting.as_mut().poll(context).is_ready();
            if is_over || stopped.as_mut().poll(context).is_ready() {
                return std::task::Poll::Ready(());
            }
            std::task::Poll::Pending
        })
        .await;
    });
}

async fn answered(
    service: &S3Service,
    shared: &Mutex<Shared>,
    request: Request<Incoming>,
) -> Result<Answer, Infallible> {
    let mut entry = entry(&request);
    let fault = take_fault(shared, &entry);
    let response = match fault {
        Some(Fault::Before) => {
            // Read, or the client would see a broken connection before it sees the answer.
            let _ = request.into_body().collect().await;
            unavailable()
        }
        Some(Fault::After) => {
            let _ = stored(service, request).await;
            unavailable()
        }
        None => stored(service, request).await,
    };
    entry.status = response.status().as_u16();
    lock(shared).log.push(entry);
    Ok(response)
}

async fn stored(service: &S3Service, request: Request<Incoming>) -> Answer {
    let answer = service.call(request.map(s3s::Body::from)).await;
    answer.unwrap_or_else(|error| panic!("s3s failed: {error:?}"))
}

fn unavailable() -> Answer {
    let xml = "<Error><Code>SlowDown</Code><Message>Injected fault</Message></Error>";
    let mut response = Response::new(s3s::Body::from(xml.to_owned()));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}

fn entry(request: &Request<Incoming>) -> Logged {
    let field = |name| {
        let value = request.headers().get(name)?;
        value.to_str().ok()
    };
    let path = request.uri().path().trim_start_matches('/');
    let object_key = path.strip_prefix(BUCKET).unwrap_or(path);
    Logged {
        operation: Operation::of(request),
        object_key: object_key.trim_start_matches('/').to_owned(),
        status: 0,
        user_agent: field(USER_AGENT).unwrap_or_default().to_owned(),
        sent_bytes: field(CONTENT_LENGTH)
            .and_then(|length| length.parse().ok())
            .unwrap_or(0),
    }
}

fn take_fault(shared: &Mutex<Shared>, entry: &Logged) -> Option<Fault> {
    let faults = &mut lock(shared).faults;
    let index = faults.iter().position(|planned| {
        planned.operation == entry.operation && entry.object_key.contains(&planned.key_part)
    })?;
    Some(faults.remove(index).fault)
}
