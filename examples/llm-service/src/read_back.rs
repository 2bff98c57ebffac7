//! What is stored, asked through CloudWatch's API.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::retry::RetryConfig;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_sdk_cloudwatch::error::DisplayErrorContext;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, StandardUnit, Statistic};

/// The width of a data point, in seconds.
const PERIOD_SECONDS: i64 = 60;
/// How far after its beginning a reader looks, in seconds.
const SPAN_SECONDS: i64 = 3600;

/// A metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Metric {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its dimensions, by name.
    pub dimensions: Vec<(String, String)>,
}

/// What all samples of a metric come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// How many they are.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The lowest.
    pub minimum: f64,
    /// The highest.
    pub maximum: f64,
}

/// Reads what was stored since it began.
#[derive(Debug, Clone)]
pub struct Reader {
    client: Client,
    from: i64,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ReadError(String);

impl Metric {
    /// A metric with these dimensions.
    pub fn new(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Self {
        let mut dimensions: Vec<_> =
            dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        dimensions.sort();
        Metric { namespace: namespace.to_owned(), name: name.to_owned(), dimensions }
    }
}

impl Default for Summary {
    fn default() -> Self {
        Summary { count: 0.0, sum: 0.0, minimum: f64::INFINITY, maximum: f64::NEG_INFINITY }
    }
}

impl Summary {
    /// Adds a sample.
    pub fn add(&mut self, value: f64) {
        self.merge(Summary { count: 1.0, sum: value, minimum: value, maximum: value });
    }

    fn merge(&mut self, other: Summary) {
        self.count += other.count;
        self.sum += other.sum;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
    }
}

impl Reader {
    /// Reads from an endpoint what is stored for the minute of `now` (seconds since 1970) and later.
    pub fn new(endpoint: &str, now: u64) -> Self {
        let config = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .endpoint_url(endpoint)
            .credentials_provider(Credentials::new("any", "any", None, None, "llm-service"))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        let from = now.cast_signed() / PERIOD_SECONDS * PERIOD_SECONDS;
        Reader { client: Client::from_conf(config.build()), from }
    }

    /// The metrics of a namespace, in order.
    ///
    /// # Errors
    /// When the server does not answer, or not well.
    pub async fn list(&self, namespace: &str) -> Result<Vec<Metric>, ReadError> {
        let mut pages = self.client.list_metrics().namespace(namespace).into_paginator().send();
        let mut metrics = Vec::new();
        while let Some(page) = pages.next().await {
            for metric in page.map_err(|error| read_error(&error))?.metrics() {
                let dimensions = metric.dimensions().iter();
                let dimensions = dimensions.map(|it| (it.name().unwrap_or_default(), it.value().unwrap_or_default()));
                let name = metric.metric_name().unwrap_or_default();
                metrics.push(Metric::new(namespace, name, &dimensions.collect::<Vec<_>>()));
            }
        }
        metrics.sort();
        Ok(metrics)
    }

    /// What is stored of a metric in a unit.
    ///
    /// # Errors
    /// When the server does not answer, or not well.
    pub async fn summary(&self, metric: &Metric, unit: &str) -> Result<Summary, ReadError> {
        let dimension = |(name, value): &(String, String)| Dimension::builder().name(name).value(value).build();
        let statistics = [Statistic::SampleCount, Statistic::Sum, Statistic::Minimum, Statistic::Maximum];
        let request = self.client.get_metric_statistics().namespace(&metric.namespace).metric_name(&metric.name);
        let answer = request
            .set_dimensions(Some(metric.dimensions.iter().map(dimension).collect()))
            .unit(StandardUnit::from(unit))
            .set_statistics(Some(statistics.to_vec()))
            .period(PERIOD_SECONDS as i32)
            .start_time(DateTime::from_secs(self.from))
            .end_time(DateTime::from_secs(self.from + SPAN_SECONDS))
            .send()
            .await
            .map_err(|error| read_error(&error))?;
        let mut summary = Summary::default();
        for point in answer.datapoints() {
            let of = |value: Option<f64>| value.ok_or_else(|| ReadError("a data point lacks a statistic".to_owned()));
            summary.merge(Summary {
                count: of(point.sample_count())?,
                sum: of(point.sum())?,
                minimum: of(point.minimum())?,
                maximum: of(point.maximum())?,
            });
        }
        Ok(summary)
    }
}

fn read_error(error: &(impl std::error::Error + 'static)) -> ReadError {
    ReadError(DisplayErrorContext(error).to_string())
}
