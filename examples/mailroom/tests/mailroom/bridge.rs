//! The same numbers through a server of Nephoscope, by CloudWatch's API.

use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use nepho_model::Scope;
use nepho_operational::{Clock as _, SystemClock};
use nepho_server::{Clock, Config, Listeners, OperationalSamples, Stores, run};
use nepho_test_postgres::TestDatabase;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::stage::Stage;

/// Names and values of dimensions.
type Pairs<'a> = &'a [(&'a str, &'a str)];

/// A server that shows the tables, until the test ends.
pub(crate) struct Server(SocketAddr);

impl Server {
    pub(crate) async fn start(database: &TestDatabase) -> Self {
        Server::at(database, Clock::system()).await
    }

    pub(crate) async fn at(database: &TestDatabase, clock: Clock) -> Self {
        let any_port = "127.0.0.1:0".parse().unwrap();
        let config = Config { listen: any_port, emf: any_port, ..Config::default() };
        let scope = Scope::new(&config.account, &config.region);
        let behind = Stores::in_memory();
        let samples = OperationalSamples::connect(&database.url(), scope, behind.samples.clone()).await.unwrap();
        let listeners = Listeners::bind(&config).await.unwrap();
        let address = listeners.http_address().unwrap();
        let stores = Stores { samples: Arc::new(samples), ..behind };
        tokio::spawn(run(config, stores, listeners, clock, std::future::pending()));
        Server(address)
    }

    pub(crate) async fn ask(&self, operation: &str, input: &Value) -> Value {
        self.post("/", &format!("GraniteServiceVersion20100801.{operation}"), input).await
    }

    /// Moves its clock on.
    pub(crate) async fn advance(&self, by: &str) {
        self.post("/clock", "", &json!({"advance": by})).await;
    }

    async fn post(&self, path: &str, target: &str, input: &Value) -> Value {
        let io = TokioIo::new(TcpStream::connect(self.0).await.unwrap());
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
        tokio::spawn(connection);
        let request = Request::post(path)
            .header("host", self.0.to_string())
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", target)
            .body(Full::new(Bytes::from(input.to_string())));
        let answer = sender.send_request(request.unwrap()).await.unwrap();
        let is_done = answer.status().is_success();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        assert!(is_done, "{path} {target}: {body}");
        body
    }

    /// One value of a metric over the last hour.
    async fn statistic(&self, name: &str, pairs: Pairs<'_>, statistic: &str) -> f64 {
        let dimensions: Vec<Value> = pairs.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        let now = SystemClock.now().as_second();
        let input = json!({
            "Namespace": "Operational", "MetricName": name, "Dimensions": dimensions, "Statistics": [statistic],
            "StartTime": now - 3600, "EndTime": now + 60, "Period": 7200,
        });
        let answer = self.ask("GetMetricStatistics", &input).await;
        answer["Datapoints"][0][statistic].as_f64().unwrap_or_else(|| panic!("{name} {pairs:?}: {answer}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_five_types_are_metrics() {
    let mut stage = Stage::open().await;
    stage.play().await;
    let server = Server::start(&stage.database).await;
    let cases: [(&str, Pairs<'_>, &str, f64); 9] = [
        ("queue_depth", &[("queue", "inbound")], "Maximum", 5.0),
        ("queue_depth", &[("queue", "inbound")], "SampleCount", 9.0),
        ("queue_depth", &[("queue", "replies")], "Minimum", 0.0),
        ("processing_time_ms", &[("actor", "process_email")], "SampleCount", 8.0),
        ("processing_time_ms", &[("actor", "process_email"), ("stage", "classify")], "SampleCount", 4.0),
        ("processing_time_ms", &[("actor", "send_reply"), ("stage", "deliver")], "SampleCount", 3.0),
        ("error_count", &[("actor", "process_email")], "Sum", 3.0),
        ("error_count", &[("actor", "process_email"), ("error_type", "NoSender")], "Sum", 3.0),
        ("token_usage", &[("model", "bayes-1")], "SampleCount", 7.0),
    ];
    for (name, pairs, statistic, expected) in cases {
        assert_eq!(server.statistic(name, pairs, statistic).await, expected, "{name} {pairs:?} {statistic}");
    }
    let sums = "SELECT sum(metric_value)::text FROM operational_metrics WHERE metric_type = 'token_usage'";
    let tokens: f64 = stage.column(sums).await[0].parse().unwrap();
    assert_eq!(server.statistic("token_usage", &[("model", "bayes-1")], "Sum").await, tokens);
    let buckets = "SELECT DISTINCT labels ->> 'bucket' FROM operational_metrics WHERE metric_type = 'confidence_score'";
    let mut confident = 0.0;
    for bucket in stage.column(buckets).await {
        confident += server.statistic("confidence_score", &[("bucket", &bucket)], "SampleCount").await;
    }
    assert_eq!(confident, 4.0);
}
