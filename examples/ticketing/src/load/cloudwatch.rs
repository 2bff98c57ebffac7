//! Asking CloudWatch's API, in its JSON protocol.
//!
//! A real program would take the AWS SDK; here one operation is needed, and the HTTP client is there anyway.

use hyper::{Request, StatusCode, Uri};
use serde_json::{Value, json};

use super::client::{Failure, HttpClient};
use super::counts::Expected;
use crate::clock::unix_seconds;
use crate::domain::{NAMESPACE, SERVICE};

/// The port of a URL that says none.
const HTTP_PORT: u16 = 80;
/// The length of one data point, in seconds.
const PERIOD: u64 = 60;

/// A server of CloudWatch's API.
#[derive(Debug)]
pub struct CloudWatch {
    http: HttpClient,
    start: u64,
}

/// What is stored of a metric, in its unit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stored {
    /// SampleCount.
    pub samples: f64,
    /// Sum.
    pub sum: f64,
    /// Minimum; 0 when there are no samples.
    pub minimum: f64,
    /// Maximum; 0 when there are no samples.
    pub maximum: f64,
}

impl CloudWatch {
    /// Connects to the server at an address such as `http://127.0.0.1:4582`, to ask for what happened from `start` on, in
    /// seconds since 1970.
    ///
    /// # Errors
    /// It cannot be reached, or is not `nepho serve`.
    pub async fn connect(endpoint: &Uri, start: u64) -> Result<Self, Failure> {
        let unreachable = |error| {
            let hint = "start one with `cargo run --release -- serve`, or name another with --endpoint";
            Failure::new(format!("no server of Nephoscope at {endpoint} ({error}): {hint}"))
        };
        let host = endpoint.host().filter(|_| endpoint.scheme_str() == Some("http"));
        let host = host.ok_or_else(|| Failure::new(format!("endpoint {endpoint} is not like http://host:port")))?;
        let port = endpoint.port_u16().unwrap_or(HTTP_PORT);
        let name = host.trim_matches(['[', ']']);
        let mut http = HttpClient::connect((name, port), format!("{host}:{port}")).await.map_err(unreachable)?;
        match http.get("/health").await? {
            (StatusCode::OK, _) => Ok(CloudWatch { http, start: start / PERIOD * PERIOD }),
            (status, _) => Err(unreachable(Failure::new(format!("GET /health is answered with {status}")))),
        }
    }

    /// What is stored of a metric.
    ///
    /// # Errors
    /// The connection failed, or the server did.
    pub async fn stored(&mut self, environment: &str, metric: &Expected) -> Result<Stored, Failure> {
        let own = metric.dimension.as_ref().map(|(name, value)| (*name, value.as_str()));
        let defaults = [("Service", SERVICE), ("Environment", environment)];
        let dimensions = defaults.into_iter().chain(own).map(|(name, value)| json!({"Name": name, "Value": value}));
        let input = json!({
            "Namespace": NAMESPACE,
            "MetricName": metric.name,
            "Dimensions": dimensions.collect::<Vec<_>>(),
            "Unit": metric.unit.as_str(),
            "Statistics": ["SampleCount", "Sum", "Minimum", "Maximum"],
            "Period": PERIOD,
            "StartTime": self.start,
            "EndTime": (unix_seconds() / PERIOD + 2) * PERIOD,
        });
        let answer = self.ask("GetMetricStatistics", &input).await?;
        let points = answer["Datapoints"].as_array().map(Vec::as_slice).unwrap_or_default();
        let number = |point: &Value, statistic: &str| point[statistic].as_f64().unwrap_or_default();
        let each = |statistic| points.iter().map(move |point| number(point, statistic));
        Ok(Stored {
            samples: total(each("SampleCount")),
            sum: total(each("Sum")),
            minimum: each("Minimum").reduce(f64::min).unwrap_or_default(),
            maximum: each("Maximum").reduce(f64::max).unwrap_or_default(),
        })
    }

    /// Calls an operation.
    ///
    /// # Errors
    /// The connection failed, or the server refused.
    pub async fn ask(&mut self, operation: &str, input: &Value) -> Result<Value, Failure> {
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("GraniteServiceVersion20100801.{operation}"));
        match self.http.send(request, input.to_string().into()).await? {
            (StatusCode::OK, answer) => Ok(answer),
            (status, answer) => Err(Failure::new(format!("{operation} is answered with {status} {answer}"))),
        }
    }
}

/// The sum; of nothing it is 0, and not the -0 that adding up begins with.
fn total(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |sum, number| sum + number)
}
