//! HTTP on the one side, components on the other.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONNECTION, HOST, HeaderName};
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::ProxyHandler;

use crate::route::{Match, Router};
use crate::worker::Instances;

/// Components by their names, and the routes to them.
pub struct Site {
    /// Which component answers which path.
    pub router: Router,
    /// Each component of the application.
    pub components: BTreeMap<String, ProxyHandler<Instances>>,
}

/// Answers until the process ends.
pub async fn run(listener: TcpListener, site: Arc<Site>) {
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            continue;
        };
        // Small answers wait for nobody.
        let _ = stream.set_nodelay(true);
        let site = Arc::clone(&site);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&site, request, peer));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            // A client that goes away is its own affair.
            let _ = connection.await;
        });
    }
}

async fn answer(
    site: &Site,
    mut request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response<WasiBody>, std::convert::Infallible> {
    let path = request.uri().path().to_owned();
    let Some(found) = site.router.find(&path) else {
        return Ok(plain(StatusCode::NOT_FOUND, "no component has this route"));
    };
    if !prepare(&mut request, &found, peer) {
        return Ok(plain(StatusCode::BAD_REQUEST, "no host is named"));
    }
    let Some(component) = site.components.get(found.component) else {
        return Ok(plain(StatusCode::NOT_FOUND, "no such component"));
    };
    let request = request.map(|body| body.map_err(Into::into).boxed_unsync());
    Ok(component.handle((), request).await.unwrap_or_else(|error| {
        eprintln!("{path}: {error:?}");
        plain(StatusCode::INTERNAL_SERVER_ERROR, "")
    }))
}

/// Makes the address whole and says what Spin says in its headers; false without a host.
fn prepare(request: &mut Request<Incoming>, found: &Match<'_>, peer: SocketAddr) -> bool {
    let host = request.headers().get(HOST);
    let authority = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let Some(authority) = authority else {
        return false;
    };
    let mut parts = request.uri().clone().into_parts();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority);
    let Ok(uri) = Uri::from_parts(parts) else {
        return false;
    };
    let prefix = found.route.trim_end_matches("/...").to_owned();
    let said = [
        ("spin-path-info", found.path_info.clone()),
        ("spin-full-url", uri.to_string()),
        ("spin-matched-route", found.route.to_owned()),
        ("spin-base-path", "/".to_owned()),
        ("spin-raw-component-route", found.route.to_owned()),
        ("spin-component-route", prefix),
        ("spin-client-addr", peer.to_string()),
    ];
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    headers.remove(CONNECTION);
    for (name, value) in said {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    for (name, value) in &found.named {
        let name = HeaderName::try_from(format!("spin-path-match-{name}"));
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    true
}

fn plain(status: StatusCode, text: &'static str) -> Response<WasiBody> {
    let body = Full::new(Bytes::from_static(text.as_bytes()));
    let mut response = Response::new(body.map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response
}
