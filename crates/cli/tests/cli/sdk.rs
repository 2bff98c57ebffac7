//! The AWS SDK for Rust, which speaks CBOR, against the server.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_cloudwatch::config::retry::RetryConfig;
use aws_sdk_cloudwatch::config::{
    BehaviorVersion, Builder, ConfigBag, Credentials, Intercept, Region, RuntimeComponents,
};
use aws_sdk_cloudwatch::error::{BoxError, ProvideErrorMetadata};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    Dimension, DimensionFilter, Metric, MetricDataQuery, MetricDatum, MetricStat, ScanBy, StandardUnit, Statistic,
    StatisticSet,
};

use crate::server::Server;

/// Metrics of one page of ListMetrics.
const PAGE: usize = 500;

/// What the SDK sends, as far as the tests look at it.
#[derive(Debug, Default)]
struct Sent {
    requests: AtomicU64,
    last_headers: Mutex<Vec<(String, String)>>,
}

#[derive(Debug)]
struct Recorder(Arc<Sent>);

impl Intercept for Recorder {
    fn name(&self) -> &'static str {
        "recorder"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.requests.fetch_add(1, Ordering::SeqCst);
        let headers = context.request().headers().iter();
        *self.0.last_headers.lock().unwrap() =
            headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(())
    }
}

impl Sent {
    fn header(&self, name: &str) -> Option<String> {
        let headers = self.last_headers.lock().unwrap();
        headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
    }
}

fn client(server: &Server, access_key: &str, secret: &str) -> (Client, Arc<Sent>) {
    let sent = Arc::new(Sent::default());
    let config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .endpoint_url(server.url())
        .credentials_provider(Credentials::new(access_key, secret, None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .interceptor(Recorder(sent.clone()));
    (Client::from_conf(config.build()), sent)
}

fn start(data: &Path) -> (Server, Client, Arc<Sent>) {
    let server = Server::start(data, &[]);
    let (client, sent) = client(&server, "any", "any");
    (server, client, sent)
}

/// The start of the minute ten minutes ago, in seconds.
fn recent_minute() -> i64 {
    nepho_server::system_time().seconds() / 60 * 60 - 600
}

fn datum(name: &str, minute: i64) -> aws_sdk_cloudwatch::types::builders::MetricDatumBuilder {
    MetricDatum::builder().metric_name(name).timestamp(DateTime::from_secs(minute))
}

fn query(id: &str, metric: Metric, stat: &str) -> MetricDataQuery {
    let stat = MetricStat::builder().metric(metric).period(60).stat(stat).build();
    MetricDataQuery::builder().id(id).metric_stat(stat).build()
}

fn metric(name: &str) -> Metric {
    Metric::builder().namespace("Shop").metric_name(name).build()
}

#[tokio::test]
async fn every_form_of_value_comes_back() {
    let data = tempfile::tempdir().unwrap();
    let (_server, client, sent) = start(data.path());
    let minute = recent_minute();
    let set = StatisticSet::builder().sample_count(4.0).sum(50.0).minimum(5.0).maximum(20.0).build();
    let datums = vec![
        datum("Value", minute).value(2.5).unit(StandardUnit::Count).build(),
        datum("Values", minute).set_values(Some(vec![10.0, 20.0])).set_counts(Some(vec![99.0, 1.0])).build(),
        datum("Set", minute).statistic_values(set).build(),
        datum("Fine", minute + 7).value(-0.1).storage_resolution(1).build(),
    ];
    client.put_metric_data().namespace("Shop").set_metric_data(Some(datums)).send().await.unwrap();
    assert_eq!(sent.header("smithy-protocol").as_deref(), Some("rpc-v2-cbor"));

    let cases = [
        ("Value", "Sum", Some(2.5)),
        ("Values", "SampleCount", Some(100.0)),
        ("Values", "Sum", Some(1010.0)),
        ("Values", "Average", Some(10.1)),
        ("Values", "p99", Some(10.0)),
        ("Values", "p100", Some(20.0)),
        ("Set", "SampleCount", Some(4.0)),
        ("Set", "Sum", Some(50.0)),
        ("Set", "Minimum", Some(5.0)),
        ("Set", "Maximum", Some(20.0)),
        ("Set", "p50", None),
        ("Fine", "Minimum", Some(-0.1)),
        ("Fine", "Maximum", Some(-0.1)),
    ];
    let queries = cases.iter().enumerate().map(|(n, (name, stat, _))| query(&format!("q{n}"), metric(name), stat));
    let answer = client
        .get_metric_data()
        .set_metric_data_queries(Some(queries.collect()))
        .start_time(DateTime::from_secs(minute))
        .end_time(DateTime::from_secs(minute + 60))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.metric_data_results().len(), cases.len());
    for (result, (name, stat, expected)) in answer.metric_data_results().iter().zip(cases) {
        assert_eq!(result.values(), expected.as_slice(), "{name} {stat}");
        let times = expected.map(|_| DateTime::from_secs(minute));
        assert_eq!(result.timestamps(), times.as_slice(), "{name} {stat}");
        assert_eq!(result.label(), Some(format!("{name} {stat}").as_str()));
    }
}

#[tokio::test]
async fn get_metric_statistics_gives_all_of_a_metric() {
    let data = tempfile::tempdir().unwrap();
    let (_server, client, _) = start(data.path());
    let minute = recent_minute();
    let values: Vec<f64> = (1..=150).map(f64::from).collect();
    let datums = vec![
        datum("Latency", minute).set_values(Some(values)).unit(StandardUnit::Milliseconds).build(),
        datum("Latency", minute + 60).value(7.0).unit(StandardUnit::Milliseconds).build(),
    ];
    client.put_metric_data().namespace("Shop").set_metric_data(Some(datums)).send().await.unwrap();
    let request = client
        .get_metric_statistics()
        .namespace("Shop")
        .metric_name("Latency")
        .start_time(DateTime::from_secs(minute))
        .end_time(DateTime::from_secs(minute + 120))
        .period(60)
        .statistics(Statistic::Average)
        .statistics(Statistic::Sum)
        .statistics(Statistic::SampleCount)
        .statistics(Statistic::Minimum)
        .statistics(Statistic::Maximum);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.label(), Some("Latency"));
    let mut points = answer.datapoints().to_vec();
    points.sort_by_key(|point| point.timestamp().map(DateTime::secs));
    let found: Vec<_> = points
        .iter()
        .map(|point| (point.sample_count(), point.sum(), point.average(), point.minimum(), point.maximum()))
        .collect();
    let expected = [
        (Some(150.0), Some(11_325.0), Some(75.5), Some(1.0), Some(150.0)),
        (Some(1.0), Some(7.0), Some(7.0), Some(7.0), Some(7.0)),
    ];
    assert_eq!(found, expected);
    assert!(points.iter().all(|point| point.unit() == Some(&StandardUnit::Milliseconds)));
    assert_eq!(points[0].timestamp(), Some(&DateTime::from_secs(minute)));
}

#[tokio::test]
async fn a_thousand_datums_are_compressed_and_come_back_in_pages() {
    let data = tempfile::tempdir().unwrap();
    let (_server, client, sent) = start(data.path());
    let minute = recent_minute();
    let dimension = |host: usize| Dimension::builder().name("Host").value(format!("host-{host:04}")).build();
    let one = |host: usize| datum("Load", minute).dimensions(dimension(host)).value(host as f64 + 0.25).build();
    let datums: Vec<_> = (0..1000).map(one).collect();
    client.put_metric_data().namespace("Shop").set_metric_data(Some(datums)).send().await.unwrap();
    assert_eq!(sent.header("content-encoding").as_deref(), Some("gzip"));

    let before = sent.requests.load(Ordering::SeqCst);
    let pages = client.list_metrics().namespace("Shop").into_paginator().send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(sent.requests.load(Ordering::SeqCst) - before, (1000 / PAGE) as u64, "a request for each page");
    let listed = pages.iter().flat_map(|page| page.metrics());
    let mut hosts: Vec<_> = listed.map(|metric| metric.dimensions()[0].value().unwrap().to_owned()).collect();
    hosts.sort();
    let expected: Vec<_> = (0..1000).map(|host| format!("host-{host:04}")).collect();
    assert_eq!(hosts, expected);

    let filter = DimensionFilter::builder().name("Host").value("host-0042").build();
    let filtered = client.list_metrics().metric_name("Load").dimensions(filter).send().await.unwrap();
    assert_eq!(filtered.metrics().len(), 1);

    let of = |host: usize| {
        let metric = Metric::builder().namespace("Shop").metric_name("Load").dimensions(dimension(host)).build();
        query(&format!("h{host}"), metric, "Average")
    };
    for hosts in [0..500, 500..1000] {
        let pages = client
            .get_metric_data()
            .set_metric_data_queries(Some(hosts.clone().map(of).collect()))
            .start_time(DateTime::from_secs(minute))
            .end_time(DateTime::from_secs(minute + 60))
            .scan_by(ScanBy::TimestampAscending)
            .max_datapoints(200)
            .into_paginator()
            .send();
        let pages = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
        assert_eq!(pages.len(), 3, "500 points in pages of 200");
        let results = pages.iter().flat_map(|page| page.metric_data_results());
        let mut found: Vec<_> =
            results.flat_map(|result| result.values().iter().map(|v| (result.id().unwrap(), *v))).collect();
        found.sort_by(|one, other| one.1.total_cmp(&other.1));
        let expected: Vec<_> = hosts.map(|host| (format!("h{host}"), host as f64 + 0.25)).collect();
        assert!(found.iter().map(|(id, value)| ((*id).to_owned(), *value)).eq(expected));
    }
}

#[tokio::test]
async fn errors_have_aws_codes() {
    let data = tempfile::tempdir().unwrap();
    let (_server, client, _) = start(data.path());
    let put = |datum: MetricDatum| client.put_metric_data().namespace("Shop").metric_data(datum).send();
    let minute = recent_minute();

    let error = put(datum("N", minute).value(f64::NAN).build()).await.unwrap_err().into_service_error();
    assert!(error.is_invalid_parameter_value_exception(), "{error:?}");
    assert_eq!(error.code(), Some("InvalidParameterValue"));
    let message = "The value NaN for parameter MetricData.member.1.Value is invalid.";
    assert_eq!(error.message(), Some(message));

    let error = put(datum("N", minute).value(1.0).values(2.0).build()).await.unwrap_err().into_service_error();
    assert!(error.is_invalid_parameter_combination_exception(), "{error:?}");
    assert_eq!(error.code(), Some("InvalidParameterCombination"));

    let error = put(MetricDatum::builder().value(1.0).build()).await.unwrap_err().into_service_error();
    assert!(error.is_missing_required_parameter_exception() || error.code() == Some("MissingParameter"), "{error:?}");

    let error = client.list_metrics().next_token("bad").send().await.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("InvalidParameterValue"));

    let error = client.describe_insight_rules().send().await.unwrap_err();
    let message = error.message().unwrap_or_default().to_owned();
    assert!(
        format!("{message} {error:?}").contains("DescribeInsightRules"),
        "what is not implemented is named: {error:?}"
    );
}

#[tokio::test]
async fn signatures_are_verified_and_accounts_kept_apart() {
    let data = tempfile::tempdir().unwrap();
    let keys = data.path().join("keys.toml");
    let text = "\
[[credentials]]
access-key-id = \"AKIDSHOP\"
secret = \"shop-secret\"
account = \"111111111111\"

[[credentials]]
access-key-id = \"AKIDJOBS\"
secret = \"jobs-secret\"
account = \"222222222222\"
";
    std::fs::write(&keys, text).unwrap();
    let server = Server::start(&data.path().join("data"), &["--credentials", keys.to_str().unwrap()]);
    let minute = recent_minute();
    let (shop, _) = client(&server, "AKIDSHOP", "shop-secret");
    let datums: Vec<_> = (0..1000).map(|n| datum("Orders", minute).value(f64::from(n)).build()).collect();
    shop.put_metric_data().namespace("Shop").set_metric_data(Some(datums)).send().await.unwrap();
    let listed = async |client: &Client| client.list_metrics().namespace("Shop").send().await.unwrap().metrics().len();
    assert_eq!(listed(&shop).await, 1);
    let (jobs, _) = client(&server, "AKIDJOBS", "jobs-secret");
    assert_eq!(listed(&jobs).await, 0, "another account sees nothing of it");

    let cases = [
        ("AKIDSHOP", "wrong", ["SignatureDoesNotMatch", "InvalidSignatureException"]),
        ("AKIDX", "wrong", ["InvalidClientTokenId", "UnrecognizedClientException"]),
    ];
    for (access_key, secret, codes) in cases {
        let (stranger, _) = client(&server, access_key, secret);
        let error = stranger.list_metrics().send().await.unwrap_err();
        assert!(error.code().is_some_and(|code| codes.contains(&code)), "{error:?}");
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
    }
}
