//! Who is calling.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};

use http::Request;
use platform_spin::variable;
use ports::{Body, ClientAddress};

/// Header in which Spin says who is connected; it replaces one that was sent.
const CONNECTED: &str = "spin-client-addr";
/// Variable that names the header in which a trusted proxy sends the client's address.
const HEADER_VARIABLE: &str = "client_address_header";

thread_local! {
    /// An instance never sees its variables change.
    static HEADER: RefCell<Option<Option<String>>> = const { RefCell::new(None) };
}

async fn trusted_header() -> Option<String> {
    if let Some(header) = HEADER.with_borrow(Clone::clone) {
        return header;
    }
    let header = variable(HEADER_VARIABLE).await;
    HEADER.set(Some(header.clone()));
    header
}

/// Notes the client's address on the request: as the trusted header says, else that of the connection.
pub async fn note(request: &mut Request<Body>) {
    let header = trusted_header().await;
    let said = |name: &str| request.headers().get(name)?.to_str().ok().map(str::trim);
    let address = match header.as_deref() {
        Some(name) => said(name).and_then(|value| value.parse::<IpAddr>().ok()),
        None => said(CONNECTED)
            .and_then(|value| value.parse::<SocketAddr>().ok())
            .map(|address| address.ip()),
    };
    if let Some(address) = address {
        let address = ClientAddress(address.to_string());
        request.extensions_mut().insert(address);
    }
}
