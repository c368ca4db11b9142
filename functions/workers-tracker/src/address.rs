//! Who is calling. Addresses are never logged, and nothing but a keyed hash of one is ever stored.

use std::net::IpAddr;

use js_sys::Reflect;
use tracker::AddressKey;
use wasm_bindgen::JsValue;

use crate::js;

thread_local! {
    /// Known to this isolate alone; an object that moves to another one forgets its limits.
    static KEY: u64 = js::random_bits();
}

/// The caller's address: as the platform's header says, else that of the connection, which workerd tells
/// where nothing stands before it.
pub fn of_request(request: &web_sys::Request, header: Option<&str>) -> Option<IpAddr> {
    if let Some(name) = header {
        return request.headers().get(name).ok()??.trim().parse().ok();
    }
    let property = |object: &JsValue, name: &str| {
        let value = Reflect::get(object, &JsValue::from_str(name)).ok();
        value.filter(|value| !value.is_undefined() && !value.is_null())
    };
    let address = property(&property(request, "cf")?, "clientIp")?.as_string()?;
    let host = address
        .rsplit_once(':')
        .filter(|(host, _)| host.ends_with(']') || !host.contains(':'))
        .map_or(address.as_str(), |(host, _)| host);
    host.trim_matches(['[', ']']).parse().ok()
}

/// What stands for the address in rate limits. Whoever has no known address has limits of their own.
pub fn key(address: Option<IpAddr>) -> AddressKey {
    match address {
        None => AddressKey(js::random_bits()),
        Some(address) => KEY.with(|seed| AddressKey::of(address, *seed)),
    }
}
