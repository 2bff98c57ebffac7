//! Every way of an upload, good and bad, and every metric of it read back: those, and no others.

use churn::model::synthetic;
use churn::template::Template;
use http::StatusCode;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::server::NOON;
use crate::stage::{Stage, TRAINING, USER, json_of};
use crate::story::alarms;

/// What is stored after all that; times are counted, not added up.
const EXPECTED: &str = include_str!("journey.txt");

impl Stage {
    /// An upload that breaks off.
    async fn cut_off(&self) {
        let mut stream = TcpStream::connect(self.api).await.unwrap();
        let head = format!(
            "POST /uploads?file=a.csv HTTP/1.1\r\nhost: x\r\nx-user-id: {USER}\r\ncontent-length: 100\r\n\r\nid,"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut rest = Vec::new();
        drop(tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await);
    }

    /// An upload that fails on our side.
    async fn fails(&self, text: &str) {
        let answer = self.upload("a.csv", text).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{:?}", answer.body());
        let told = json_of(&answer);
        assert!(told["fix"].as_str().unwrap().contains("nothing was kept"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_of_the_table_is_stored_as_it_happened() {
    let stage = Stage::set().await;
    let example = Template::find("example.csv").unwrap().text();
    let (storage, records) = (stage.pipeline.storage.faults(), stage.pipeline.records.faults());

    // Good files of three sizes, and files that are wrong.
    stage.uploaded("a.csv", &example).await;
    stage.uploaded("a.csv&priority=high", &synthetic::file(1, 100, false)).await;
    stage.uploaded("a.csv&priority=low", &synthetic::file(1, 1000, false)).await;
    stage.uploaded("a.csv", &example.replace("two_year", "forever")).await;
    assert_eq!(stage.work().await, 4);
    assert_eq!(stage.upload("a.pdf", "%PDF").await.status(), 415);
    assert_eq!(stage.upload("a.csv", "").await.status(), 415);
    assert_eq!(stage.upload("a.csv", "who,knows\n1,2\n").await.status(), 422);
    stage.cut_off().await;

    // Our own failures, one after the other.
    storage.set("put", "the disk is full").unwrap();
    stage.fails(&example).await;
    storage.set("put", "panic: a bug").unwrap();
    stage.fails(&example).await;
    storage.clear("put").unwrap();
    records.set("uploads-insert", "too many connections").unwrap();
    stage.fails(&example).await;
    records.clear("uploads-insert").unwrap();
    let unqueued = stage.api_at(&format!("{}-none", stage.queue_url)).await;
    assert_eq!(stage.upload_to(unqueued, "a.csv", &example).await.status(), StatusCode::SERVICE_UNAVAILABLE);

    // The worker's failures: each comes again, until it is done or given up.
    stage.pipeline.queue.send_text("{\"upload_id\":").await.unwrap();
    assert_eq!(stage.work().await, 1);
    stage.uploaded("a.csv", &example).await;
    storage.set("get", "no route to host").unwrap();
    assert_eq!(stage.worker.turn().await.unwrap(), 1);
    storage.set("get", "panic: another bug").unwrap();
    assert_eq!(stage.worker.turn().await.unwrap(), 1);
    storage.clear("get").unwrap();
    assert_eq!(stage.work().await, 1);
    stage.uploaded("a.csv", &example).await;
    records.set("predictions-insert", "the disk is full").unwrap();
    assert_eq!(stage.work().await, 3);
    records.clear("predictions-insert").unwrap();
    assert_eq!(stage.server.depth(&stage.dead_letters_url).await, 1);

    // Models that are wrong: signed nonsense, and no model at all.
    let mut absurd = churn::model::train::train("absurd-1", TRAINING.as_bytes()).unwrap();
    absurd.columns.iter_mut().for_each(|column| column.weight = f64::MAX);
    let absurd = stage.load(&stage.save(&absurd)).unwrap();
    stage.uploaded("a.csv", &example).await;
    assert_eq!(stage.worker_with(absurd).turn().await.unwrap(), 1);
    stage.work().await;
    std::fs::write(stage.model().join("model.json.sha256"), "0").unwrap();
    assert!(stage.load(&stage.model()).is_err());

    stage.flush();
    let stored = stage.server.stored().await;
    assert_eq!(stored.join("\n") + "\n", EXPECTED);
    assert_eq!(stage.metrics.accounting().dropped_total(), 0);
    percentiles_of_predictions_are_known(&stage).await;
    let left = json!({"QueueUrl": stage.queue_url, "AttributeNames": ["All"]});
    let left = stage.server.sqs("GetQueueAttributes", &left).await;
    assert_eq!(left["Attributes"]["ApproximateNumberOfMessagesNotVisible"], "0");
}

/// How long predictions take, as p50, p95 and p99.
async fn percentiles_of_predictions_are_known(stage: &Stage) {
    let percentiles = ["p50", "p95", "p99"];
    let input = json!({
        "Namespace": "RetainWise/Worker", "MetricName": "MLPredictionDuration", "ExtendedStatistics": percentiles,
        "Dimensions": [{"Name": "RowBucket", "Value": "100-1000"}], "Period": 60, "StartTime": NOON, "EndTime": NOON + 60,
    });
    let answer = stage.server.ask("GetMetricStatistics", &input).await;
    let found = answer["Datapoints"][0]["ExtendedStatistics"].as_object().unwrap();
    assert!(percentiles.iter().all(|name| found[*name].is_number()), "{answer}");
}

/// Whether that is stored of a metric, under exactly these dimensions; the queue's own metrics come from the server.
pub(crate) fn is_stored(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> bool {
    let Some(namespace) = namespace.strip_prefix("RetainWise/") else { return namespace == "AWS/SQS" };
    let mut dimensions: Vec<String> = dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
    dimensions.sort();
    let words: Vec<String> = [namespace.to_owned(), name.to_owned()].into_iter().chain(dimensions).collect();
    let start = words.join(" ");
    let is_it = |line: &str| {
        let rest = line.strip_prefix(&start);
        rest.is_some_and(|rest| [" Count n=", " Seconds n=", " None n="].iter().any(|unit| rest.starts_with(unit)))
    };
    EXPECTED.lines().any(is_it)
}

#[test]
fn every_metric_that_an_alarm_looks_at_is_one_that_is_stored() {
    let mut seen = 0;
    for alarm in alarms() {
        let queries = alarm["Metrics"].as_array().cloned().unwrap_or_default();
        for metric in queries.iter().map(|query| &query["MetricStat"]["Metric"]).chain([&alarm]) {
            let (Some(namespace), Some(name)) = (metric["Namespace"].as_str(), metric["MetricName"].as_str()) else {
                continue;
            };
            let pairs = metric["Dimensions"].as_array().into_iter().flatten();
            let pairs: Vec<_> =
                pairs.map(|pair| (pair["Name"].as_str().unwrap(), pair["Value"].as_str().unwrap())).collect();
            assert!(is_stored(namespace, name, &pairs), "{namespace} {name} {pairs:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, 17);
}
