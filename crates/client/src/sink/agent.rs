//! An agent that takes EMF documents over TCP or UDP.

use std::time::Duration;

use crate::sink::endpoint::{EndpointError, check_address, scheme};
use crate::sink::tcp::Tcp;
use crate::sink::udp::Udp;
use crate::sink::{DOCUMENT_BYTES_MAX, Form, Payload, SendError, Sink};

/// EMF documents to an agent (CloudWatch's, or `nepho serve`) over TCP, one on a line, or over UDP, one in a datagram.
///
/// It connects with the first payload, and again when the connection is gone. The agent answers nothing, so what the
/// operating system has taken counts as delivered. It is lost without a trace when
///
/// - the agent ends, or resets the connection, before it has read everything; a connection that ended before a payload
///   is noticed, and costs nothing;
/// - a datagram is dropped on the way. That nobody listens on the port is noticed when the network says so, which over
///   loopback is at once.
///
/// A document that went out in part is sent again as a whole, over a new connection.
#[derive(Debug)]
pub struct Agent {
    name: String,
    transport: Transport,
}

#[derive(Debug)]
enum Transport {
    Tcp(Tcp),
    Udp(Udp),
}

impl Agent {
    /// Where agents listen, unless told otherwise.
    pub const ENDPOINT: &str = "tcp://127.0.0.1:25888";
    /// How long connecting may take, for each of the addresses of a host.
    pub const CONNECT_TIME: Duration = Duration::from_secs(2);
    /// How long sending one payload over a connection may take.
    pub const SEND_TIME: Duration = Duration::from_secs(5);
    /// The most bytes of a document in one datagram: what IPv4 leaves of 65,535 after its header of 20 and that of UDP of 8.
    pub const DATAGRAM_BYTES_MAX: usize = 65_507;

    /// An agent at `host:port`, over TCP. The name is resolved for each connection.
    pub fn tcp(address: impl Into<String>) -> Self {
        let address = address.into();
        Agent { name: format!("tcp://{address}"), transport: Transport::Tcp(Tcp::new(address)) }
    }

    /// An agent at `host:port`, over UDP. Documents of more than [`Agent::DATAGRAM_BYTES_MAX`] are refused.
    pub fn udp(address: impl Into<String>) -> Self {
        let address = address.into();
        Agent { name: format!("udp://{address}"), transport: Transport::Udp(Udp::new(address)) }
    }

    /// An agent at an endpoint such as `tcp://127.0.0.1:25888` or `udp://[::1]:25888`.
    ///
    /// # Errors
    /// What is wrong with the endpoint.
    pub fn parse(endpoint: &str) -> Result<Self, EndpointError> {
        let (scheme, address) = scheme(endpoint, "tcp://host:port or udp://host:port")?;
        let address = address.trim_end_matches('/');
        let agent = match scheme {
            "tcp" => Agent::tcp(address),
            "udp" => Agent::udp(address),
            _ => return Err(EndpointError::new(endpoint, format!("has the scheme {scheme:?}: expected tcp or udp"))),
        };
        check_address(endpoint, address)?;
        Ok(agent)
    }

    /// How long connecting may take, instead of [`Agent::CONNECT_TIME`]. UDP has no connections.
    #[must_use]
    pub fn connect_time(mut self, time: Duration) -> Self {
        if let Transport::Tcp(tcp) = &mut self.transport {
            tcp.connect_time = time;
        }
        self
    }

    /// How long sending one payload may take, instead of [`Agent::SEND_TIME`]. A datagram does not wait.
    #[must_use]
    pub fn send_time(mut self, time: Duration) -> Self {
        if let Transport::Tcp(tcp) = &mut self.transport {
            tcp.send_time = time;
        }
        self
    }
}

impl Sink for Agent {
    fn name(&self) -> &str {
        &self.name
    }

    fn form(&self) -> Form {
        Form::Documents
    }

    fn document_bytes_max(&self) -> usize {
        match &self.transport {
            Transport::Tcp(_) => DOCUMENT_BYTES_MAX,
            Transport::Udp(_) => Agent::DATAGRAM_BYTES_MAX,
        }
    }

    fn send(&mut self, payload: &Payload) -> Result<(), SendError> {
        let documents = payload.documents()?;
        match &mut self.transport {
            Transport::Tcp(tcp) => tcp.send(documents),
            Transport::Udp(udp) => udp.send(documents),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_read_or_named() {
        let cases = [
            (Agent::ENDPOINT, "tcp://127.0.0.1:25888"),
            ("udp://localhost:1", "udp://localhost:1"),
            ("tcp://[::1]:65535/", "tcp://[::1]:65535"),
            ("127.0.0.1:1", r#"endpoint "127.0.0.1:1" has no scheme: expected tcp://host:port or udp://host:port"#),
            ("http://a:1", r#"endpoint "http://a:1" has the scheme "http": expected tcp or udp"#),
            ("tcp://a", r#"endpoint "tcp://a" has no port: expected host:port"#),
            ("tcp://:1", r#"endpoint "tcp://:1" has no host: expected host:port"#),
            ("tcp://::1", r#"endpoint "tcp://::1" has an IPv6 address without brackets: expected [address]:port"#),
            ("udp://a:0", r#"endpoint "udp://a:0" has the port "0": expected 1 to 65535"#),
            ("udp://a:65536", r#"endpoint "udp://a:65536" has the port "65536": expected 1 to 65535"#),
            ("udp://a:x", r#"endpoint "udp://a:x" has the port "x": expected 1 to 65535"#),
        ];
        for (endpoint, expected) in cases {
            let told = match Agent::parse(endpoint) {
                Ok(agent) => agent.name().to_owned(),
                Err(error) => error.to_string(),
            };
            assert_eq!(told, expected);
        }
    }
}
