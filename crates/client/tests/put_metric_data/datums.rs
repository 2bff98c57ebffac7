//! Payloads, and a client that asks one server.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::retry::RetryConfig;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Builder, Credentials, Region};
use nepho::sink::{Datum, Datums, MetricName, Payload, PutMetricData, Statistics};
use nepho::{Resolution, Timestamp, Unit};

/// A client without retries for the server at an address.
pub(crate) fn client(address: SocketAddr) -> Client {
    let config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{address}"))
        .credentials_provider(Credentials::new("any", "any", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}

/// A sink for the server at an address.
pub(crate) fn sink(address: SocketAddr) -> PutMetricData {
    PutMetricData::with_client(client(address))
}

/// The `n`th datum: two samples of value n and one of n + 0.5.
pub(crate) fn datum(n: u32, timestamp: Timestamp) -> Datum {
    let (name, value) = (format!("Metric{n:04}"), f64::from(n));
    Datum {
        metric: Arc::new(MetricName { name: name.into(), dimensions: Box::new([("Host".into(), "a".into())]) }),
        unit: Unit::Milliseconds,
        resolution: Resolution::Minute,
        timestamp,
        values: vec![(value, 2.0), (value + 0.5, 1.0)],
        statistics: Statistics { count: 3.0, sum: 3.0 * value + 0.5, minimum: value, maximum: value + 0.5 },
        samples: 3,
    }
}

/// So many datums of a time that servers take.
pub(crate) fn payload(count: u32) -> Payload {
    let now = nepho_server::system_time();
    of((0..count).map(|n| datum(n, now)))
}

pub(crate) fn of(datums: impl IntoIterator<Item = Datum>) -> Payload {
    Payload::Datums(Datums { namespace: "Shop".into(), datums: datums.into_iter().collect() })
}
