//! The network address a request comes from.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use actix_web::web::Data;
use ipnet::Ipv6Net;

use super::Site;

/// The header to which each proxy appends the address that it was asked from.
const FORWARDED: &str = "x-forwarded-for";
/// The part of an IPv6 address that names a network; one customer has all addresses in it (RFC 6177).
const IPV6_NETWORK_BITS: u8 = 64;

/// The network address a request comes from; `None` in a test without a connection.
#[must_use]
pub fn visitor(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let Some(site) = request.app_data::<Data<Site>>() else { return Some(peer) };
    Some(site.visitor(peer, request.headers()))
}

impl Site {
    /// The network address of whoever asks through `peer` with some headers.
    pub(super) fn visitor(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let values = headers.get_all(FORWARDED).collect::<Vec<_>>();
        let texts = values.iter().map(|value| value.to_str().unwrap_or_default());
        self.proxies.visitor(peer, texts)
    }
}

/// The network that is taken for one client.
#[must_use]
pub fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Net::new(address, IPV6_NETWORK_BITS)
            .map_or_else(|_| address.to_string(), |net| net.trunc().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn addresses_of_one_ipv6_network_are_one_client(prefix: u64, one: u64, other: u64) {
            let address = |host: u64| Ipv6Addr::from((u128::from(prefix) << 64) | u128::from(host));
            prop_assert_eq!(network(address(one).into()), network(address(other).into()));
            let next = Ipv6Addr::from(u128::from(prefix ^ 1) << 64);
            prop_assert_ne!(network(address(one).into()), network(next.into()));
        }
    }
}
