//! What a browser sends on behalf of a page that is not this server's own.
//!
//! Every page that is open in a browser can send requests to a server on the same machine. The browser says so in
//! `Origin` and `Sec-Fetch-Site`. A page whose own name was made to resolve to loopback (DNS rebinding) looks like the
//! server's own in both; it is known by that name, in `Host`.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue};

/// Which names a server may be called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// `localhost`, names below it, and loopback addresses.
    Local,
    /// Any.
    Any,
}

/// Why a request with these headers may not use the server, if so.
pub(crate) fn fault(headers: &HeaderMap, hosts: Hosts) -> Option<String> {
    if is_cross_site(headers) || is_cross_origin(headers) {
        return Some("pages of other origins may not use this server".to_owned());
    }
    let is_foreign = |host: &&HeaderValue| hosts == Hosts::Local && !is_local(host);
    let host = headers.get_all(HOST).iter().find(is_foreign)?;
    let host = String::from_utf8_lossy(host.as_bytes());
    Some(format!(
        "host {host:?} is not localhost or a loopback address: a server without credentials that listens on loopback \
         answers to no other name"
    ))
}

/// Whether a browser says that another site's page caused the request, as it also does for images and links, which
/// carry no `Origin`.
fn is_cross_site(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

fn is_cross_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let host = headers.get(HOST).map_or(b"".as_slice(), HeaderValue::as_bytes);
    let own =
        [b"http://".as_slice(), b"https://"].into_iter().find_map(|scheme| origin.as_bytes().strip_prefix(scheme));
    own != Some(host)
}

fn is_local(host: &HeaderValue) -> bool {
    let Ok(authority) = Authority::try_from(host.as_bytes()) else { return false };
    let name = authority.host().to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_local_hosts_are_local() {
        let cases = [
            ("127.0.0.1:4582", true),
            ("127.9.9.9", true),
            ("[::1]:4582", true),
            ("[::ffff:127.0.0.1]:4582", true),
            ("localhost", true),
            ("LOCALHOST:4582", true),
            ("monitoring.localhost:4582", true),
            ("evil.example", false),
            ("evil.example:4582", false),
            ("localhost.evil.example", false),
            ("evillocalhost", false),
            ("localhost@evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("0.0.0.0:4582", false),
            ("192.168.1.2:4582", false),
            ("", false),
            ("a b", false),
        ];
        for (host, is_local) in cases {
            let headers = headers(&[("host", host)]);
            assert_eq!(fault(&headers, Hosts::Local).is_none(), is_local, "{host}");
            assert_eq!(fault(&headers, Hosts::Any), None, "{host}");
        }
        assert_eq!(fault(&HeaderMap::new(), Hosts::Local), None, "every browser sends a host");
        assert!(fault(&headers(&[("host", "localhost"), ("host", "evil.example")]), Hosts::Local).is_some());
    }

    #[test]
    fn other_sites_are_foreign_whatever_the_host() {
        let cases: [(&[(&str, &str)], bool); 8] = [
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("origin", "http://evil.example")], false),
            (&[("origin", "null")], false),
            (&[("origin", "http://localhost")], true),
            (&[("origin", "https://localhost")], true),
        ];
        for (pairs, passes) in cases {
            let headers = headers(&[pairs, &[("host", "localhost")]].concat());
            for hosts in [Hosts::Local, Hosts::Any] {
                assert_eq!(fault(&headers, hosts).is_none(), passes, "{pairs:?} {hosts:?}");
            }
        }
    }
}
