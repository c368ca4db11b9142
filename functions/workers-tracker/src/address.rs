//! Who is calling. Addresses are never logged, and nothing but a keyed hash of one is ever stored.

use std::hash::BuildHasher;
use std::net::IpAddr;

use foldhash::fast::FixedState;
use js_sys::Reflect;
use tracker::AddressKey;
use wasm_bindgen::JsValue;

use crate::js;

thread_local! {
    /// Known to this isolate alone; an object that moves to another one forgets its limits.
    static KEY: FixedState = FixedState::with_seed(js::random_bits());
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

/// What stands for the address in rate limits. IPv6 counts by network, of which a household has at
/// least one; whoever has no known address has limits of their own.
pub fn key(address: Option<IpAddr>) -> AddressKey {
    let Some(address) = address else {
        return AddressKey(js::random_bits());
    };
    let number = match address.to_canonical() {
        IpAddr::V4(address) => u64::from(u32::from(address)),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments().map(u64::from);
            a << 48 | b << 32 | c << 16 | d
        }
    };
    AddressKey(KEY.with(|key| key.hash_one(number)))
}
