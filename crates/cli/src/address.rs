//! `--listen` and `--emf`: an IP address with a port.

use std::net::SocketAddr;

/// Reads an address.
pub(crate) fn parse(text: &str) -> Result<SocketAddr, String> {
    let port = || text.strip_prefix("localhost:").or(text.strip_prefix(':')).unwrap_or(text).parse::<u16>().ok();
    let typed = text.rsplit_once(':').map_or(text, |(_, port)| port);
    if typed.parse::<u64>().is_ok_and(|port| port > u16::MAX.into()) {
        return Err(format!("a port is at most {}, and not {typed}", u16::MAX));
    }
    text.parse().map_err(|_| match port() {
        Some(port) => format!(
            "expected an IP address with a port: 127.0.0.1:{port} for this machine alone, or 0.0.0.0:{port} --insecure \
             for everybody"
        ),
        None => "expected an IP address with a port, such as 127.0.0.1:4582, or 0.0.0.0:4582 --insecure for everybody"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_works_is_shown() {
        assert_eq!(parse("[::1]:80"), Ok("[::1]:80".parse().unwrap()));
        for text in ["4590", ":4590", "localhost:4590"] {
            let message = parse(text).unwrap_err();
            assert!(message.contains("127.0.0.1:4590 ") && message.contains("0.0.0.0:4590 --insecure"), "{message}");
        }
        for text in ["", "metrics.example:80", "127.0.0.1"] {
            assert!(parse(text).unwrap_err().contains("such as 127.0.0.1:4582"), "{text}");
        }
        assert!(parse("0.0.0.0:65535").is_ok());
        for text in ["65536", "127.0.0.1:65536", "[::1]:65536", "localhost:65536"] {
            assert_eq!(parse(text).unwrap_err(), "a port is at most 65535, and not 65536", "{text}");
        }
    }
}
