//! Reverse proxies in front of the site, and whom they say they were asked by.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;

/// Which proxies in front of the site are trusted to tell who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxies {
    /// There is none; what `X-Forwarded-For` says may be anybody's invention.
    #[default]
    None,
    /// So many, one behind the other.
    Count(usize),
    /// Those at addresses in these networks.
    Networks(Vec<IpNet>),
}

/// A text that names no proxies.
#[derive(Debug, thiserror::Error)]
#[error(
    "«{0}» is neither true or false, nor a number of proxies, nor a network such as 10.0.0.0/8"
)]
pub struct InvalidProxies(String);

impl FromStr for Proxies {
    type Err = InvalidProxies;

    /// Reads `true` or `false` (one proxy or none), how many there are, or networks and addresses
    /// between commas.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        match text.to_ascii_lowercase().as_str() {
            "" | "false" | "no" | "off" | "n" | "f" => return Ok(Self::None),
            "true" | "yes" | "on" | "y" | "t" => return Ok(Self::Count(1)),
            _ => {}
        }
        match text.parse::<u8>() {
            Ok(0) => return Ok(Self::None),
            Ok(count) => return Ok(Self::Count(count.into())),
            Err(_) => {}
        }
        let networks = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let networks = networks.map(|part| {
            let address = || part.parse::<IpAddr>().map(IpNet::from);
            part.parse::<IpNet>()
                .or_else(|_| address())
                .map_err(|_| InvalidProxies(part.to_owned()))
        });
        match networks.collect::<Result<Vec<_>, _>>()? {
            networks if networks.is_empty() => Err(InvalidProxies(text.to_owned())),
            networks => Ok(Self::Networks(networks)),
        }
    }
}

impl Proxies {
    /// Who asks, where `peer` is at the other end of the connection and `forwarded` are the values of
    /// `X-Forwarded-For`. What stands before the part that trusted proxies have written may be
    /// anybody's invention.
    #[must_use]
    pub fn visitor<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let peer = peer.to_canonical();
        let backwards = forwarded.flat_map(|value| value.split(',')).rev().map(read_address);
        match self {
            Self::None => peer,
            // With fewer entries than proxies the first one is the best that is known.
            Self::Count(count) => {
                backwards.take(*count).map_while(|address| address).last().unwrap_or(peer)
            }
            Self::Networks(networks) => {
                let is_trusted =
                    |address: IpAddr| networks.iter().any(|net| net.contains(&address));
                let mut visitor = peer;
                for address in backwards.map_while(|address| address) {
                    if !is_trusted(visitor) {
                        break;
                    }
                    visitor = address;
                }
                visitor
            }
        }
    }
}

/// The address that a proxy wrote: bare, with a port, in brackets, in quotes, or with a zone.
fn read_address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let with_port = text.parse::<SocketAddr>().map(|address| address.ip());
    let bare = || {
        let text = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        text.split('%').next().unwrap_or_default().parse()
    };
    with_port.or_else(|_| bare()).ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

    fn visitor(proxies: &str, values: &[&str]) -> String {
        let proxies = proxies.parse::<Proxies>().unwrap();
        proxies.visitor(PEER, values.iter().copied()).to_string()
    }

    #[test]
    fn the_header_is_read_as_far_as_proxies_are_trusted() {
        let chain = ["203.0.113.9, 198.51.100.7", "192.0.2.4"];
        for (proxies, expected) in [
            ("false", "10.0.0.1"),
            ("true", "192.0.2.4"),
            ("1", "192.0.2.4"),
            ("2", "198.51.100.7"),
            ("3", "203.0.113.9"),
            ("9", "203.0.113.9"),
            ("10.0.0.0/8", "192.0.2.4"),
            ("10.0.0.1, 192.0.2.0/24", "198.51.100.7"),
            ("10.0.0.1,192.0.2.4,198.51.100.0/24", "203.0.113.9"),
            ("0.0.0.0/0", "203.0.113.9"),
            // The other end of the connection is no proxy of ours.
            ("192.0.2.0/24", "10.0.0.1"),
        ] {
            assert_eq!(visitor(proxies, &chain), expected, "{proxies}");
        }
        assert_eq!(visitor("true", &[]), "10.0.0.1");
        assert_eq!(visitor("true", &["203.0.113.9, unknown"]), "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_read() {
        for (text, expected) in [
            ("198.51.100.7:8443", "198.51.100.7"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
        ] {
            assert_eq!(visitor("true", &[text]), expected, "{text}");
        }
    }

    #[test]
    fn what_names_no_proxies_is_refused() {
        for text in ["nginx", "10.0.0.0/33", "-1", "300", ",", "10.0.0.1 10.0.0.2"] {
            assert!(text.parse::<Proxies>().is_err(), "{text}");
        }
        for text in ["", "0", "False", "off"] {
            assert_eq!(text.parse::<Proxies>().unwrap(), Proxies::None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_a_visitor_writes_into_the_header_changes_nothing(forged in "[ -~]{0,40}", address: u32) {
            let address = Ipv4Addr::from(address).to_string();
            prop_assert_eq!(visitor("true", &[&forged, &address]), address.clone());
            if !address.starts_with("10.") {
                let chain = format!("{address}, 10.1.1.1");
                prop_assert_eq!(visitor("10.0.0.0/8", &[&forged, &chain]), address);
            }
        }
    }
}
