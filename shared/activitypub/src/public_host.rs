//! Which hosts are the world's, by their text alone: for fetches that strangers cause.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Last labels that no public name has: RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`, and what home
/// routers use.
const LOCAL_SUFFIXES: [&str; 7] = [
    "arpa",
    "home",
    "internal",
    "intranet",
    "lan",
    "local",
    "localhost",
];

/// Whether `host` (lower case, without its port) is a name with a dot that is not local, or an address of
/// the public internet.
pub fn is_public(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    match bare.parse() {
        Ok(IpAddr::V4(address)) => is_public_v4(address),
        Ok(IpAddr::V6(address)) => is_public_v6(address),
        Err(_) => host
            .rsplit_once('.')
            .is_some_and(|(_, last)| !LOCAL_SUFFIXES.contains(&last)),
    }
}

/// Neither special by IANA's registry (RFC 6890) nor multicast.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        // Shared by carriers (RFC 6598), protocol assignments, benchmarks (RFC 2544).
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

/// Global unicast (RFC 4291), and none of the ranges that wrap an address of version 4: those reach whatever
/// that address is.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_global_unicast = first & 0xe000 == 0x2000;
    let is_documentation = first == 0x2001 && second == 0x0db8;
    let wraps_v4 = first == 0x2002 || (first == 0x2001 && second < 0x0200);
    is_global_unicast && !is_documentation && !wraps_v4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_world_may_be_asked() {
        for host in [
            "video.example.org",
            "xn--bcher-kva.example",
            "8.8.8.8",
            "100.63.0.1",
            "172.32.0.1",
            "[2606:4700::1111]",
        ] {
            assert!(is_public(host), "{host}");
        }
    }

    #[test]
    fn neighbours_may_not() {
        for host in [
            "localhost",
            "a.localhost",
            "printer",
            "nas.local",
            "metadata.google.internal",
            "router.home.arpa",
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.5",
            "224.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "[::10.0.0.1]",
            "[64:ff9b::a00:1]",
            "[2002:a00:1::]",
            "[2001::1]",
            "[2001:db8::1]",
            "[fc00::1]",
            "[fe80::1]",
            "[ff02::1]",
        ] {
            assert!(!is_public(host), "{host}");
        }
    }
}
