//! Operational metrics of a PostgreSQL, as the namespace `Operational`.

use std::sync::Arc;

use http::StatusCode;
use jiff::SignedDuration;
use nepho_model::{Scope, Timestamp};
use nepho_operational::{Clock as _, Outcome, Recorder, RollUp, Sample, Schema};
use nepho_server::{Clock, Config, OperationalSamples};
use nepho_test_postgres::TestDatabase;
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::support::{ACCOUNT, FaultySamples, NOON, Server, claiming, json_request};

/// Noon of the last day of raw rows.
fn noon() -> jiff::Timestamp {
    jiff::Timestamp::from_second(NOON).unwrap()
}

/// Time stands still for a roll-up.
struct Still(jiff::Timestamp);

impl nepho_operational::Clock for Still {
    fn now(&self) -> jiff::Timestamp {
        self.0
    }

    async fn sleep(&self, _time: std::time::Duration) {}
}

/// Rows of 41 days, 24 an hour apart on each, with values that tell day and hour; rolled up, so that the older days have
/// daily rows only; and then some of today.
async fn filled() -> (TestDatabase, PgConnection) {
    filled_with(&[]).await
}

/// With rows of some of these days beside them.
async fn filled_with(others: &[Sample<'static>]) -> (TestDatabase, PgConnection) {
    let database = TestDatabase::create().await;
    let mut connection = database.connect().await;
    let schema = Schema { references: None, ..Schema::default() };
    schema.up(&mut connection, noon()).await.unwrap();
    let recorder = Recorder::default();
    let midnight = noon().checked_sub(SignedDuration::from_hours(12)).unwrap();
    let mut rows = others.to_vec();
    for day in 1..=41 {
        for hour in 0..24 {
            let at = midnight.checked_sub(SignedDuration::from_hours(24 * day - hour)).unwrap();
            let stage = if hour % 2 == 0 { "parse" } else { "classify" };
            let value = (100 * day + hour) as f64;
            let time = Sample::new("processing_time_ms", value).label("actor", "process_email").label("stage", stage);
            rows.push(time.at(at));
            rows.push(Sample::queue_depth("inbound", hour as u64).at(at));
        }
    }
    recorder.record_all(&mut connection, &rows).await.unwrap();
    let clock = Still(noon());
    let rolled = RollUp::default().run(&mut connection, &clock, None).await.unwrap();
    assert!(matches!(rolled, Outcome::Done(summary) if summary.days.len() == 41), "at {}", clock.now());
    let today = [
        Sample::queue_depth("inbound", 12).at(midnight.checked_add(SignedDuration::from_mins(605)).unwrap()),
        Sample::new("error_count", 1.0).at(midnight.checked_add(SignedDuration::from_mins(606)).unwrap()),
        Sample::error("größe", "Odd").at(noon()),
    ];
    recorder.record_all(&mut connection, &today).await.unwrap();
    (database, connection)
}

async fn serve(database: &TestDatabase) -> Server {
    let store = Arc::new(FaultySamples::default());
    let scope = Scope::new(ACCOUNT, Config::default().region);
    let samples = OperationalSamples::connect(&database.url(), scope, store.clone()).await.unwrap();
    let clock = Clock::manual(Timestamp::from_seconds(NOON));
    Server::with_samples(clock, |_| {}, store, Arc::new(samples)).await
}

fn dimensions(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}

/// Statistics of a metric from so many hours ago until now.
async fn statistics(server: &Server, name: &str, pairs: &[(&str, &str)], hours: i64, period: i64) -> Vec<Value> {
    let input = json!({
        "Namespace": "Operational", "MetricName": name, "Dimensions": dimensions(pairs),
        "Statistics": ["SampleCount", "Sum", "Minimum", "Maximum"], "ExtendedStatistics": ["p95", "p50"],
        "StartTime": NOON - hours * 3600, "EndTime": NOON, "Period": period,
    });
    let answer = server.ask("GetMetricStatistics", &input).await;
    let mut points = answer["Datapoints"].as_array().unwrap().clone();
    points.sort_by(|a, b| a["Timestamp"].as_f64().unwrap().total_cmp(&b["Timestamp"].as_f64().unwrap()));
    points
}

fn numbers(point: &Value) -> [Option<f64>; 6] {
    let extended = |name: &str| point["ExtendedStatistics"][name].as_f64();
    let basic = ["SampleCount", "Sum", "Minimum", "Maximum"].map(|name| point[name].as_f64());
    [basic[0], basic[1], basic[2], basic[3], extended("p95"), extended("p50")]
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_rows_are_samples_at_their_time() {
    let (database, _connection) = filled().await;
    let server = serve(&database).await;
    let points = statistics(&server, "queue_depth", &[("queue", "inbound")], 2, 60).await;
    let [point] = points.as_slice() else { panic!("{points:?}") };
    assert_eq!(point["Timestamp"].as_f64(), Some((NOON - 115 * 60) as f64));
    assert_eq!(point["Unit"], "Count");
    assert_eq!(numbers(point), [1.0, 12.0, 12.0, 12.0, 12.0, 12.0].map(Some));
    // Yesterday under one label and under two, in periods of six hours.
    let by_actor = [("actor", "process_email")];
    let points = statistics(&server, "processing_time_ms", &by_actor, 36, 21_600).await;
    assert_eq!(points.len(), 4);
    assert_eq!(numbers(&points[0]), [6.0, 615.0, 100.0, 105.0, 105.0, 102.0].map(Some));
    assert_eq!(points[0]["Unit"], "Milliseconds");
    let by_both = [("actor", "process_email"), ("stage", "parse")];
    let points = statistics(&server, "processing_time_ms", &by_both, 36, 21_600).await;
    assert_eq!(numbers(&points[0]), [3.0, 306.0, 100.0, 104.0, 104.0, 102.0].map(Some));
    let unknown = statistics(&server, "processing_time_ms", &[("stage", "parse")], 36, 21_600).await;
    assert_eq!(unknown, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn days_without_raw_rows_are_points_of_a_day_with_their_p95() {
    let (database, _connection) = filled().await;
    let server = serve(&database).await;
    let by_actor = [("actor", "process_email")];
    // From the midnight before the fortieth day on; raw rows begin in the middle of the thirtieth day, which is final.
    let points = statistics(&server, "processing_time_ms", &by_actor, 24 * 40 + 12, 86_400).await;
    assert_eq!(points.len(), 40);
    assert_eq!(numbers(&points[0]), [Some(24.0), Some(96_276.0), Some(4000.0), Some(4023.0), Some(4021.85), None]);
    let day_30 = numbers(&points[10]);
    assert_eq!((day_30[0], day_30[5]), (Some(24.0), None), "deleted in part, so its daily row counts");
    assert_eq!(numbers(&points[11]), [24.0, 69_876.0, 2900.0, 2923.0, 2922.0, 2911.0].map(Some));
    // A shorter period has the day at its beginning; a longer one adds days up, and has no percentile for them.
    let points = statistics(&server, "processing_time_ms", &by_actor, 24 * 36, 3600).await;
    assert_eq!(points[0]["Timestamp"].as_f64(), Some((NOON - 36 * 86_400 + 43_200) as f64));
    assert_eq!(numbers(&points[0])[..2], [Some(24.0), Some(84_276.0)]);
    let points = statistics(&server, "processing_time_ms", &by_actor, 24 * 40 + 12, 7 * 86_400).await;
    assert_eq!((numbers(&points[0])[0], numbers(&points[0])[4]), (Some(168.0), None));
    // Both labels were not kept.
    let by_both = [("actor", "process_email"), ("stage", "parse")];
    let points = statistics(&server, "processing_time_ms", &by_both, 24 * 40 + 12, 86_400).await;
    assert_eq!(points.len(), 29);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_listed_beside_those_of_the_store() {
    let (database, _connection) = filled().await;
    let server = serve(&database).await;
    let data = json!({"Namespace": "Shop", "MetricData": [{"MetricName": "Orders", "Value": 1}]});
    server.ask("PutMetricData", &data).await;
    let list = async |input: Value| -> Vec<String> {
        let answer = server.ask("ListMetrics", &input).await;
        let mut lines: Vec<String> = answer["Metrics"].as_array().unwrap().iter().map(line).collect();
        lines.sort();
        lines
    };
    let operational = [
        "Operational error_count",
        "Operational processing_time_ms actor=process_email",
        "Operational processing_time_ms actor=process_email stage=classify",
        "Operational processing_time_ms actor=process_email stage=parse",
        "Operational queue_depth queue=inbound",
    ];
    assert_eq!(list(json!({"Namespace": "Operational"})).await, operational);
    let all = list(json!({})).await;
    assert_eq!(all[..5], operational);
    assert_eq!(all[5], "Shop Orders");
    assert_eq!(list(json!({"Namespace": "Shop"})).await, ["Shop Orders"]);
    let filter = json!({"Dimensions": [{"Name": "stage", "Value": "parse"}]});
    assert_eq!(list(filter).await, operational[3..4]);
    assert_eq!(list(json!({"Namespace": "Operational", "RecentlyActive": "PT3H"})).await.len(), 2);
    // A label that is no dimension is told of, not hidden.
    let health = server.get("/health").await.text();
    assert!(health.contains("cannot be shown") && health.contains("gr"), "{health}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_daily_rows_only_is_there_to_whoever_asks_and_listed_for_two_weeks() {
    let days_ago = |days: i64| noon().checked_sub(SignedDuration::from_hours(24 * days + 1)).unwrap();
    let row = |queue, days| Sample::queue_depth(queue, 7 + days as u64).at(days_ago(days));
    let (database, mut connection) = filled_with(&[row("old", 40), row("still", 40)]).await;
    Recorder::default().record(&mut connection, &row("still", 0)).await.unwrap();
    let server = serve(&database).await;
    for (queue, sums) in [("old", vec![47.0]), ("still", vec![47.0, 7.0])] {
        let points = statistics(&server, "queue_depth", &[("queue", queue)], 24 * 50, 86_400).await;
        assert_eq!(points.iter().map(|point| point["Sum"].as_f64().unwrap()).collect::<Vec<_>>(), sums, "{queue}");
    }
    let answer = server.ask("ListMetrics", &json!({"Namespace": "Operational", "MetricName": "queue_depth"})).await;
    let lines: Vec<String> = answer["Metrics"].as_array().unwrap().iter().map(line).collect();
    assert_eq!(lines, ["Operational queue_depth queue=inbound", "Operational queue_depth queue=still"]);
}

fn line(metric: &Value) -> String {
    let dimensions = metric["Dimensions"].as_array().unwrap().iter();
    let pairs =
        dimensions.map(|pair| format!(" {}={}", pair["Name"].as_str().unwrap(), pair["Value"].as_str().unwrap()));
    let name = format!("{} {}", metric["Namespace"].as_str().unwrap(), metric["MetricName"].as_str().unwrap());
    std::iter::once(name).chain(pairs).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn expressions_searches_and_insights_see_them() {
    let (database, _connection) = filled().await;
    let server = serve(&database).await;
    let data = json!({"Namespace": "Shop", "MetricData": [{"MetricName": "Orders", "Value": 7}]});
    server.ask("PutMetricData", &data).await;
    let ask = async |expression: &str| -> Vec<f64> {
        let input = json!({
            "MetricDataQueries": [
                {"Id": "time", "ReturnData": false, "MetricStat": {"Stat": "Sum", "Period": 86_400, "Metric": {
                    "Namespace": "Operational", "MetricName": "processing_time_ms",
                    "Dimensions": dimensions(&[("actor", "process_email")])}}},
                {"Id": "orders", "ReturnData": false, "MetricStat": {"Stat": "Sum", "Period": 86_400, "Metric": {
                    "Namespace": "Shop", "MetricName": "Orders"}}},
                {"Id": "answer", "Expression": expression, "Period": 86_400}],
            "StartTime": NOON - 36 * 3600, "EndTime": NOON + 43_200,
        });
        let answer = server.ask("GetMetricData", &input).await;
        let results = answer["MetricDataResults"].as_array().unwrap().clone();
        results
            .iter()
            .flat_map(|result| result["Values"].as_array().unwrap())
            .map(|value| value.as_f64().unwrap())
            .collect()
    };
    let yesterday = 24.0 * 100.0 + 276.0;
    assert_eq!(ask("SUM([time / 2, orders])").await, [7.0, yesterday / 2.0]);
    let search = r#"SUM(SEARCH('{Operational,actor,stage} processing_time_ms', 'Sum'))"#;
    assert_eq!(ask(search).await, [yesterday]);
    let found = ask(r#"SUM(SEARCH('Orders OR queue_depth', 'Maximum', 86400))"#).await;
    assert_eq!(found, [19.0, 23.0], "both stores are searched");
    // Metrics Insights is about the last three hours.
    assert_eq!(ask("SELECT MAX(queue_depth) FROM SCHEMA(Operational, queue) GROUP BY queue").await, [12.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_put_into_it() {
    let (database, mut connection) = filled().await;
    let server = serve(&database).await;
    let data = json!({"Namespace": "Operational", "MetricData": [{"MetricName": "queue_depth", "Value": 1}]});
    let (code, message) = server.call("PutMetricData", &data).await.error();
    let expected = "The value Operational for parameter Namespace is invalid: it is read from PostgreSQL, and nothing \
                    can be put into it.";
    assert_eq!((code.as_str(), message.as_str()), ("InvalidParameterValue", expected));
    let document = |namespace: &str| {
        json!({"_aws": {"Timestamp": NOON * 1000, "CloudWatchMetrics": [
            {"Namespace": namespace, "Dimensions": [[]], "Metrics": [{"Name": "m"}]}]}, "m": 1})
        .to_string()
    };
    let lines = format!("{}\n{}\n", document("Operational"), document("Shop"));
    server.post("/emf", lines).await;
    assert_eq!(server.sum("Shop", "m", &[]).await, Some(1.0));
    let rejected = r#"nepho_rejected_items_total{intake="emf_http",cause="read_only_namespace"}"#;
    let metrics = server.get("/metrics").await.text();
    assert!(metrics.to_lowercase().contains("read_only_namespace"), "{rejected} is not in {metrics}");
    // In another scope it is a namespace like any other.
    let request = claiming(json_request("PutMetricData", &data), "AKID", "eu-west-1");
    assert_eq!(server.send(request).await.status, StatusCode::OK);
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM operational_metrics WHERE metric_type = 'm'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_cannot_be_read_spoil_only_what_is_in_them() {
    let (database, mut connection) = filled().await;
    let server = serve(&database).await;
    let data = json!({"Namespace": "Shop", "MetricData": [{"MetricName": "m", "Value": 1}]});
    server.ask("PutMetricData", &data).await;
    assert_eq!(statistics(&server, "queue_depth", &[("queue", "inbound")], 2, 60).await.len(), 1);
    sqlx::raw_sql("ALTER TABLE operational_metrics RENAME TO elsewhere").execute(&mut connection).await.unwrap();
    let input = json!({
        "Namespace": "Operational", "MetricName": "queue_depth", "Dimensions": dimensions(&[("queue", "inbound")]),
        "Statistics": ["Sum"], "StartTime": NOON - 3600, "EndTime": NOON, "Period": 60,
    });
    let answer = server.call("GetMetricStatistics", &input).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.error().1.contains("operational_metrics"), "{}", answer.text());
    assert_eq!(server.sum("Shop", "m", &[]).await, Some(1.0));
    let health = server.get("/health").await.text();
    let place = format!("PostgreSQL at {}, database ", nepho_operational::address(&database.options()));
    assert!(health.contains(&place) && !health.contains(": PostgreSQL: "), "{health}");
    sqlx::raw_sql("ALTER TABLE elsewhere RENAME TO operational_metrics").execute(&mut connection).await.unwrap();
    assert_eq!(statistics(&server, "queue_depth", &[("queue", "inbound")], 2, 60).await.len(), 1);
    server.advance("PT10M").await;
    assert!(!server.get("/health").await.text().contains("PostgreSQL"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_tables_is_refused_at_the_start() {
    let database = TestDatabase::create().await;
    let store = Arc::new(FaultySamples::default());
    let scope = Scope::new(ACCOUNT, "us-east-1");
    for (address, expected) in [
        (database.url(), "run the migrations"),
        ("postgres://app:hush@127.0.0.1:1/x".to_owned(), "PostgreSQL at 127.0.0.1:1 cannot be reached"),
    ] {
        let refused = OperationalSamples::connect(&address, scope.clone(), store.clone()).await;
        let error = refused.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(expected), "{error}");
    }
}
