//! Which addresses messages may be sent to.
//!
//! Whoever may subscribe names a URL that the server then sends requests to. Those must not reach what only this machine or
//! its network can: its own ports, other machines behind the same wall, the service that hands out a cloud machine's
//! credentials. What a name resolves to is looked at, and that address is the one that is connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use serde::Deserialize;

/// Addresses in a network, at one port or at all: `10.0.0.0/8`, `192.168.1.7`, `127.0.0.1:8080`, `[::1]:8080`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    prefix: u8,
    port: Option<u16>,
}

/// A text that names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no network or address, such as 10.0.0.0/8, 192.168.1.7, 127.0.0.1:8080 or [::1]:8080")]
pub struct NoNetwork(String);

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let wrong = || NoNetwork(text.to_owned());
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(Network { address: address.ip(), prefix: width(address.ip()), port: Some(address.port()) });
        }
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let prefix = prefix.unwrap_or(width(address));
        if prefix <= width(address) { Ok(Network { address, prefix, port: None }) } else { Err(wrong()) }
    }
}

impl TryFrom<String> for Network {
    type Error = NoNetwork;

    fn try_from(text: String) -> Result<Self, NoNetwork> {
        text.parse()
    }
}

const fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

impl Network {
    fn contains(&self, address: SocketAddr) -> bool {
        let ip = address.ip().to_canonical();
        let same = match (self.address, ip) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                network.to_bits() & mask == ip.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                network.to_bits() & mask == ip.to_bits() & mask
            }
            _ => false,
        };
        same && self.port.is_none_or(|port| port == address.port())
    }
}

/// The addresses that are not public, and may be sent to all the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowed(pub(crate) Vec<Network>);

impl Allowed {
    /// Whether messages may be sent to an address because somebody has said so.
    pub(crate) fn names(&self, address: SocketAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// Whether messages may be sent to an address.
    pub(crate) fn has(&self, address: SocketAddr) -> bool {
        is_public(address.ip()) || self.names(address)
    }
}

/// Whether an address is one on the public network.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

const AZURE_PLATFORM: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        // Shared by carriers, for protocols, 6to4 relays, and for benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (b == 18 || b == 19))
        // Public as a number, but what answers there is the platform that a machine of Azure runs on.
        || address == AZURE_PLATFORM;
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // What NAT64 translates is what it is translated to.
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., a, b, c, d] = address.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    let is_global = segments[0] & 0xe000 == 0x2000;
    // Tunnels, of which 6to4 and Teredo lead to IPv4 addresses, and documentation.
    let is_special = segments[0] == 0x2002
        || (segments[0] == 0x2001 && segments[1] < 0x200)
        || (segments[0] == 0x2001 && segments[1] == 0xdb8)
        || (segments[0] == 0x3fff && segments[1] < 0x1000);
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        let public = ["8.8.8.8", "1.1.1.1", "100.63.0.1", "172.32.0.1", "2606:4700::1", "64:ff9b::8.8.8.8"];
        let others = [
            "127.0.0.1",
            "127.255.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "169.254.170.2",
            "100.64.0.1",
            "100.100.100.200",
            "192.0.0.192",
            "198.18.0.1",
            "192.0.2.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "fe80::1",
            "fd00:ec2::254",
            "fc00::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
        ];
        for text in public {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
        for text in others {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_named_is_allowed() {
        let network = |text: &str| text.parse::<Network>().unwrap();
        let cases = [
            ("10.0.0.0/8", "10.1.2.3:80", true),
            ("10.0.0.0/9", "10.128.2.3:80", false),
            ("127.0.0.1:8080", "127.0.0.1:8080", true),
            ("127.0.0.1:8080", "127.0.0.1:8081", false),
            ("127.0.0.1:8080", "[::ffff:127.0.0.1]:8080", true),
            ("192.168.1.7", "192.168.1.7:1", true),
            ("192.168.1.7", "192.168.1.8:1", false),
            ("[::1]:80", "[::1]:80", true),
            ("fd00::/8", "[fd12::1]:443", true),
            ("0.0.0.0/0", "127.0.0.1:1", true),
            ("0.0.0.0/0", "[::1]:1", false),
            ("::/0", "[::1]:1", true),
        ];
        for (named, address, expected) in cases {
            let allowed = Allowed(vec![network(named)]);
            assert_eq!(allowed.has(address.parse().unwrap()), expected, "{named} {address}");
        }
        for text in ["", "10.0.0.0/33", "::/129", "localhost", "10.0.0", "10.0.0.0/8:80"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
