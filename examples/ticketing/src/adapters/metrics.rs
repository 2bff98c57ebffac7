//! The real metrics client: CloudWatch, by EMF.

use std::str::FromStr;

use nepho::Metrics;
use nepho::sink::{Agent, EndpointError, Http, Stream};

use crate::domain::{NAMESPACE, SERVICE};

/// Where metrics go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Where the environment says: to the agent of `AWS_EMF_AGENT_ENDPOINT`, else to standard output; nowhere in the
    /// environments `development` and `test`.
    Environment,
    /// EMF on standard output, for whatever collects it there (Lambda, ECS, the CloudWatch agent).
    Stdout,
    /// EMF to an agent, such as `tcp://127.0.0.1:25888`.
    Agent(String),
    /// EMF to `POST /emf`, such as `http://127.0.0.1:4582/emf`, which answers when it is stored.
    Http(String),
}

impl FromStr for Destination {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        Ok(match text {
            "environment" => Destination::Environment,
            "stdout" => Destination::Stdout,
            _ if text.starts_with("http:") => {
                Http::new(text)?;
                Destination::Http(text.to_owned())
            }
            _ => {
                Agent::parse(text)?;
                Destination::Agent(text.to_owned())
            }
        })
    }
}

/// A client for the metrics of this service.
///
/// # Errors
/// What is wrong with the destination.
pub fn client(environment: &str, destination: &Destination) -> Result<Metrics, EndpointError> {
    let builder = builder(environment);
    let builder = match destination {
        Destination::Environment => builder,
        Destination::Stdout => builder.sink(Stream::stdout()),
        Destination::Agent(endpoint) => builder.sink(Agent::parse(endpoint)?),
        Destination::Http(url) => builder.sink(Http::new(url)?),
    };
    Ok(builder.build())
}

/// A client that still needs a sink.
pub fn builder(environment: &str) -> nepho::Builder {
    Metrics::builder(NAMESPACE).dimension("Service", SERVICE).dimension("Environment", environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_read_or_explained() {
        let cases = [
            ("environment", Ok(Destination::Environment)),
            ("stdout", Ok(Destination::Stdout)),
            ("tcp://127.0.0.1:25888", Ok(Destination::Agent("tcp://127.0.0.1:25888".to_owned()))),
            ("udp://localhost:1", Ok(Destination::Agent("udp://localhost:1".to_owned()))),
            ("http://localhost:1/emf", Ok(Destination::Http("http://localhost:1/emf".to_owned()))),
            ("ftp://a:1", Err(r#"endpoint "ftp://a:1" has the scheme "ftp": expected tcp or udp"#.to_owned())),
            ("tcp://a", Err(r#"endpoint "tcp://a" has no port: expected host:port"#.to_owned())),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Destination>().map_err(|error| error.to_string()), expected);
        }
    }
}
