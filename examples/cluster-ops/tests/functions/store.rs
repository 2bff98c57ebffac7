//! A server in this process, and CloudWatch's API to ask it.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::retry::RetryConfig;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{StandardUnit, Statistic};
use http::Uri;
use nepho_server::{Clock, Config, Listeners, Stores, run, system_time};

/// What all samples of a metric come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    pub(crate) count: f64,
    pub(crate) sum: f64,
    pub(crate) minimum: f64,
    pub(crate) maximum: f64,
}

impl Default for Summary {
    fn default() -> Self {
        Summary { count: 0.0, sum: 0.0, minimum: f64::INFINITY, maximum: f64::NEG_INFINITY }
    }
}

impl Summary {
    pub(crate) fn add(&mut self, value: f64) {
        self.merge(Summary { count: 1.0, sum: value, minimum: value, maximum: value });
    }

    fn merge(&mut self, other: Summary) {
        self.count += other.count;
        self.sum += other.sum;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
    }

    /// The same without what depends on the order of adding up times: a millionth of a millisecond.
    pub(crate) fn rounded(self) -> Self {
        Summary { sum: (self.sum * 1e6).round() / 1e6, ..self }
    }
}

/// A server that begins empty.
#[derive(Debug)]
pub(crate) struct Store {
    endpoint: String,
    client: Client,
    start: i64,
}

impl Store {
    pub(crate) async fn start() -> Self {
        let any_port = "127.0.0.1:0".parse().unwrap();
        let config = Config { listen: any_port, emf: any_port, ..Config::default() };
        let listeners = Listeners::bind(&config).await.unwrap();
        let endpoint = format!("http://{}", listeners.http_address().unwrap());
        tokio::spawn(run(config, Stores::in_memory(), listeners, Clock::system(), std::future::pending()));
        let config = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .endpoint_url(&endpoint)
            .credentials_provider(Credentials::new("any", "any", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        Store { endpoint, client: Client::from_conf(config.build()), start: system_time().seconds() }
    }

    pub(crate) fn endpoint(&self) -> Uri {
        self.endpoint.parse().unwrap()
    }

    /// The names of the metrics of a namespace; none has dimensions.
    pub(crate) async fn list(&mut self, namespace: &str) -> Vec<String> {
        let listed = self.client.list_metrics().namespace(namespace).send().await.unwrap();
        let mut names: Vec<_> =
            listed.metrics().iter().map(|metric| metric.metric_name().unwrap().to_owned()).collect();
        names.sort();
        assert!(listed.metrics().iter().all(|metric| metric.dimensions().is_empty()));
        names
    }

    /// Everything that is stored of a metric without dimensions, in a unit.
    pub(crate) async fn summary(&self, namespace: &str, metric: &str, unit: &str) -> Summary {
        let request = self.client.get_metric_statistics().namespace(namespace).metric_name(metric).period(60);
        let request = request.unit(StandardUnit::from(unit));
        let from = DateTime::from_secs(self.start / 60 * 60 - 60);
        let request = request.start_time(from).end_time(DateTime::from_secs(self.start + 1800));
        let statistics = [Statistic::SampleCount, Statistic::Sum, Statistic::Minimum, Statistic::Maximum];
        let answer = request.set_statistics(Some(statistics.to_vec())).send().await.unwrap();
        let mut summary = Summary::default();
        for point in answer.datapoints() {
            summary.merge(Summary {
                count: point.sample_count().unwrap(),
                sum: point.sum().unwrap(),
                minimum: point.minimum().unwrap(),
                maximum: point.maximum().unwrap(),
            });
        }
        summary
    }
}
