//! A server of Nephoscope in this process, on a clock that the test moves.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use nepho::{ManualClock, Timestamp};
use nepho_server::{Clock, Config, Listeners, Stores, run};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// When every test begins: 2026-05-04T12:00:00Z.
pub(crate) const NOON: i64 = 1_777_896_000;
/// The namespaces of the pipeline.
const NAMESPACES: [&str; 4] = ["RetainWise/API", "RetainWise/Database", "RetainWise/MLPipeline", "RetainWise/Worker"];

/// The server, and the clock of those who send metrics to it.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) clock: ManualClock,
}

impl Server {
    pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let any_port = "127.0.0.1:0".parse().unwrap();
        let mut config = Config { listen: any_port, emf: any_port, ..Config::default() };
        change(&mut config);
        let listeners = Listeners::bind(&config).await.unwrap();
        let address = listeners.http_address().unwrap();
        let now = Timestamp::from_seconds(NOON);
        tokio::spawn(run(config, Stores::in_memory(), listeners, Clock::manual(now), std::future::pending()));
        Server { address, clock: ManualClock::at(now) }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Calls an operation of CloudWatch.
    pub(crate) async fn ask(&self, operation: &str, input: &Value) -> Value {
        self.call(&format!("GraniteServiceVersion20100801.{operation}"), input).await
    }

    /// Calls an operation of SQS.
    pub(crate) async fn sqs(&self, operation: &str, input: &Value) -> Value {
        self.call(&format!("AmazonSQS.{operation}"), input).await
    }

    async fn call(&self, target: &str, input: &Value) -> Value {
        let request =
            Request::post("/").header("content-type", "application/x-amz-json-1.0").header("x-amz-target", target);
        let answer = send(self.address, request.body(input.to_string().into()).unwrap()).await;
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        assert!(answer.status().is_success(), "{target}: {body}");
        body
    }

    /// Makes a queue, and answers its URL.
    pub(crate) async fn queue(&self, input: &str) -> String {
        let made = self.sqs("CreateQueue", &serde_json::from_str(input).unwrap()).await;
        made["QueueUrl"].as_str().unwrap().to_owned()
    }

    /// Calls an operation of SNS, and answers what is in an element of its answer.
    pub(crate) async fn sns(&self, operation: &str, parameters: &[(&str, &str)], element: &str) -> String {
        let escape = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut form = format!("Action={operation}&Version=2010-03-31");
        for (name, value) in parameters {
            form += &format!("&{}={}", escape(name).replace("%2E", "."), escape(value));
        }
        let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        let answer = send(self.address, request.body(form.into()).unwrap()).await;
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        let inner = text.split_once(&format!("<{element}>")).and_then(|(_, rest)| rest.split_once("</"));
        inner.unwrap_or_else(|| panic!("{operation}: {text}")).0.to_owned()
    }

    /// Lets a time pass, for the server and for those who send metrics to it.
    pub(crate) async fn advance(&self, time: Duration) {
        self.clock.advance(time);
        let body = json!({"advance": format!("PT{}S", time.as_secs())}).to_string();
        let answer = send(self.address, Request::post("/clock").body(body.into()).unwrap()).await;
        assert!(answer.status().is_success(), "{:?}", answer.body());
    }

    /// How many messages of a queue can be received.
    pub(crate) async fn depth(&self, url: &str) -> u64 {
        let input = json!({"QueueUrl": url, "AttributeNames": ["ApproximateNumberOfMessages"]});
        let answer = self.sqs("GetQueueAttributes", &input).await;
        answer["Attributes"]["ApproximateNumberOfMessages"].as_str().unwrap().parse().unwrap()
    }

    /// Everything that the pipeline has put: each metric as `API UploadSuccess UserId=# Count n=1 sum=1`, without the sum
    /// where that is a time or depends on one. User ids are checked to be buckets, and are all the same one.
    pub(crate) async fn stored(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut users = Vec::new();
        for namespace in NAMESPACES {
            let listed = self.ask("ListMetrics", &json!({ "Namespace": namespace })).await;
            assert!(listed["NextToken"].is_null(), "more than a page");
            for metric in listed["Metrics"].as_array().unwrap() {
                lines.push(self.line(metric, &mut users).await);
            }
        }
        users.dedup();
        assert!(users.len() <= 1 && users.iter().all(|user| user.parse::<u32>().unwrap() < 256), "{users:?}");
        lines.sort();
        lines
    }

    async fn line(&self, metric: &Value, users: &mut Vec<String>) -> String {
        let (namespace, name) = (metric["Namespace"].as_str().unwrap(), metric["MetricName"].as_str().unwrap());
        let input = json!({
            "Namespace": namespace, "MetricName": name, "Dimensions": metric["Dimensions"], "Period": 86_400,
            "StartTime": NOON - 86_400, "EndTime": NOON + 86_400, "Statistics": ["SampleCount", "Sum"],
        });
        let answer = self.ask("GetMetricStatistics", &input).await;
        let points = answer["Datapoints"].as_array().unwrap();
        let total = |statistic: &str| points.iter().map(|point| point[statistic].as_f64().unwrap()).sum::<f64>();
        let (count, sum) = (total("SampleCount"), total("Sum"));
        let unit = points[0]["Unit"].as_str().unwrap();
        let mut line = format!("{} {name}", namespace.trim_start_matches("RetainWise/"));
        for dimension in metric["Dimensions"].as_array().unwrap() {
            let (name, value) = (dimension["Name"].as_str().unwrap(), dimension["Value"].as_str().unwrap());
            let shown = if name == "UserId" { "#" } else { value };
            line += &format!(" {name}={shown}");
            if name == "UserId" {
                users.push(value.to_owned());
            }
        }
        line += &format!(" {unit} n={count}");
        if unit == "Count" { format!("{line} sum={sum}") } else { line }
    }
}

/// One request on a connection of its own.
pub(crate) async fn send(address: SocketAddr, mut request: Request<Bytes>) -> Response<Bytes> {
    request.headers_mut().insert("host", address.to_string().parse().unwrap());
    let io = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    let (head, body) = sender.send_request(request.map(Full::new)).await.unwrap().into_parts();
    Response::from_parts(head, body.collect().await.unwrap().to_bytes())
}
