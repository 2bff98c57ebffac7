//! A server for one test, and a client for it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use nepho_model::{Batch, Read, Scope, Timestamp, UnitSeries};
use nepho_server::{Clock, Config, Listeners, Stores, run};
use nepho_store::{
    Change, Figures, Filter, Listed, Log, LogFigures, MemoryLog, MemoryRecords, MemorySamples, OnEntry, Page, Receipt,
    Record, Records, Samples, StoreError, Table,
};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// When every test begins: 2026-05-04T12:00:00Z.
pub(crate) const NOON: i64 = 1_777_896_000;
/// Whose requests are signed by nobody.
pub(crate) const ACCOUNT: &str = "000000000000";

/// A server that runs until it is stopped or dropped.
pub(crate) struct Server {
    pub(crate) http: SocketAddr,
    pub(crate) emf: SocketAddr,
    pub(crate) store: Arc<FaultySamples>,
    pub(crate) records: Arc<FaultyRecords>,
    pub(crate) queue_log: Arc<FaultyLog>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Server {
    /// Starts one with the default settings.
    pub(crate) async fn start() -> Self {
        Server::with(|_| {}).await
    }

    /// Starts one with settings changed by `change`.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Server::with_clock(Clock::manual(Timestamp::from_seconds(NOON)), change).await
    }

    pub(crate) async fn with_clock(clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        let store = Arc::new(FaultySamples::default());
        Server::with_samples(clock, change, store.clone(), store).await
    }

    /// Starts one whose samples stand in front of a store, or are that.
    pub(crate) async fn with_samples(
        clock: Clock,
        change: impl FnOnce(&mut Config),
        store: Arc<FaultySamples>,
        samples: Arc<dyn Samples>,
    ) -> Self {
        Server::on((store, samples), (Arc::default(), Arc::default()), clock, change).await
    }

    /// Stops it, and starts another one with the same stores at `now`.
    pub(crate) async fn again(self, now: i64) -> Self {
        self.again_with(now, |_| {}).await
    }

    /// As [`again`](Self::again), with settings changed by `change`.
    pub(crate) async fn again_with(mut self, now: i64, change: impl FnOnce(&mut Config)) -> Self {
        drop(self.stop.take());
        self.task.take().unwrap().await.unwrap().unwrap();
        let clock = Clock::manual(Timestamp::from_seconds(now));
        let store = self.store.clone();
        Server::on((store.clone(), store), (self.records.clone(), self.queue_log.clone()), clock, change).await
    }

    /// Kills it, and starts another one with the same stores at `now`.
    pub(crate) async fn killed(mut self, now: i64) -> Self {
        let records = Arc::new(self.records.survivor());
        let task = self.task.take().unwrap();
        task.abort();
        assert!(task.await.is_err_and(|error| error.is_cancelled()));
        self.queue_log.close();
        let clock = Clock::manual(Timestamp::from_seconds(now));
        let store = self.store.clone();
        Server::on((store.clone(), store), (records, self.queue_log.clone()), clock, |_| {}).await
    }

    async fn on(
        (store, samples): (Arc<FaultySamples>, Arc<dyn Samples>),
        (records, queue_log): (Arc<FaultyRecords>, Arc<FaultyLog>),
        clock: Clock,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let any_port: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let mut config = Config { listen: any_port, emf: any_port, ..Config::default() };
        change(&mut config);
        config.check().unwrap();
        let listeners = Listeners::bind(&config).await.unwrap();
        let (http, emf) = (listeners.http_address().unwrap(), listeners.emf_address().unwrap());
        let stores = Stores { samples, records: records.clone(), queue_log: queue_log.clone() };
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        let task = tokio::spawn(run(config, stores, listeners, clock, shutdown));
        Server { http, emf, store, records, queue_log, stop: Some(stop), task: Some(task) }
    }

    /// Stops it and waits until it has.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        self.task.take().unwrap().await.unwrap().unwrap();
    }

    /// One request on a connection of its own.
    pub(crate) async fn send(&self, request: Request<Vec<u8>>) -> Answer {
        send_to(self.http, request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Vec::new()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.send(Request::post(path).body(body.into()).unwrap()).await
    }

    /// Calls an operation of CloudWatch in JSON.
    pub(crate) async fn call(&self, operation: &str, input: &Value) -> Answer {
        self.send(json_request(operation, input)).await
    }

    /// Calls an operation that has to succeed.
    pub(crate) async fn ask(&self, operation: &str, input: &Value) -> Value {
        let answer = self.call(operation, input).await;
        assert_eq!(answer.status, StatusCode::OK, "{operation}: {}", answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    /// Calls an operation of CloudWatch Logs.
    pub(crate) async fn logs(&self, operation: &str, input: &Value) -> Answer {
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("Logs_20140328.{operation}"))
            .body(input.to_string().into_bytes());
        self.send(request.unwrap()).await
    }

    /// Calls an operation of SQS in JSON.
    pub(crate) async fn sqs(&self, operation: &str, input: &Value) -> Answer {
        self.send(sqs_request(operation, input)).await
    }

    /// Moves the clock on.
    pub(crate) async fn advance(&self, by: &str) {
        let answer = self.post("/clock", format!("{{\"advance\":\"{by}\"}}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }

    /// A figure of `/metrics`, such as `nepho_tails`; 0 when it is not there.
    pub(crate) async fn figure(&self, name: &str) -> f64 {
        let text = self.get("/metrics").await.text();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().unwrap())
    }

    /// Waits until a figure has a value.
    pub(crate) async fn until(&self, name: &str, value: f64) {
        while self.figure(name).await != value {
            tokio::task::yield_now().await;
        }
    }

    /// The sum of a metric over the day around noon, if it has data.
    pub(crate) async fn sum(&self, namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Option<f64> {
        let dimensions: Vec<_> =
            dimensions.iter().map(|(name, value)| serde_json::json!({"Name": name, "Value": value})).collect();
        let input = serde_json::json!({
            "Namespace": namespace, "MetricName": name, "Dimensions": dimensions, "Statistics": ["Sum"],
            "StartTime": NOON - 43_200, "EndTime": NOON + 43_200, "Period": 86_400,
        });
        let answer = self.ask("GetMetricStatistics", &input).await;
        answer["Datapoints"][0]["Sum"].as_f64()
    }
}

/// One request to a server, on a connection of its own.
pub(crate) async fn send_to(server: SocketAddr, request: Request<Vec<u8>>) -> Answer {
    let (parts, body) = request.into_parts();
    let mut request = Request::from_parts(parts, Full::new(Bytes::from(body)));
    let host = server.to_string().parse().unwrap();
    request.headers_mut().entry(http::header::HOST).or_insert(host);
    request.headers_mut().insert(http::header::CONNECTION, "close".parse().unwrap());
    let io = TokioIo::new(TcpStream::connect(server).await.unwrap());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// A request for an operation of CloudWatch in JSON.
pub(crate) fn json_request(operation: &str, input: &Value) -> Request<Vec<u8>> {
    Request::post("/")
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", format!("GraniteServiceVersion20100801.{operation}"))
        .header("x-amzn-query-mode", "true")
        .body(input.to_string().into_bytes())
        .unwrap()
}

/// A request for an operation of SQS in JSON.
pub(crate) fn sqs_request(operation: &str, input: &Value) -> Request<Vec<u8>> {
    Request::post("/")
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", format!("AmazonSQS.{operation}"))
        .header("x-amzn-query-mode", "true")
        .body(input.to_string().into_bytes())
        .unwrap()
}

/// A request that says whose it is, without a signature that anybody could verify.
pub(crate) fn claiming(mut request: Request<Vec<u8>>, access_key: &str, region: &str) -> Request<Vec<u8>> {
    let target = request.headers().get("x-amz-target").map_or("", |target| target.to_str().unwrap());
    let service = if target.starts_with("AmazonSQS") { "sqs" } else { "monitoring" };
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/20260504/{region}/{service}/aws4_request, SignedHeaders=host, \
         Signature=00"
    );
    request.headers_mut().insert(http::header::AUTHORIZATION, authorization.parse().unwrap());
    request
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code in the query protocol, and the message, of an error in JSON.
    pub(crate) fn error(&self) -> (String, String) {
        let code = self.header("x-amzn-query-error").split(';').next().unwrap_or_default().to_owned();
        let json = self.json();
        let code = if code.is_empty() { json["__type"].as_str().unwrap_or_default().to_owned() } else { code };
        (code, json["message"].as_str().unwrap_or_default().to_owned())
    }
}

/// One method of a request, for tables.
pub(crate) fn request(method: Method, path: &str, body: &str) -> Request<Vec<u8>> {
    Request::builder().method(method).uri(path).body(body.as_bytes().to_vec()).unwrap()
}

/// Records in memory that cannot be written when they are told so.
#[derive(Default)]
pub(crate) struct FaultyRecords {
    records: Arc<MemoryRecords>,
    pub(crate) fail_commit: AtomicBool,
    /// After so many more commits there are none.
    last: Mutex<Option<usize>>,
    death: Notify,
}

impl FaultyRecords {
    /// Makes the next commits the last ones.
    pub(crate) fn die_after(&self, commits: usize) {
        *self.last.lock().unwrap() = Some(commits);
    }

    /// Waits until the last commit is made.
    pub(crate) async fn died(&self) {
        let is_dead = || *self.last.lock().unwrap() == Some(0);
        while !is_dead() {
            self.death.notified().await;
        }
    }

    /// What a process finds that is started after this one was killed, which writes nothing any more.
    fn survivor(&self) -> Self {
        self.die_after(0);
        FaultyRecords { records: self.records.clone(), ..FaultyRecords::default() }
    }
}

impl Records for FaultyRecords {
    fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.records.get(table, key)
    }

    fn scan(&self, table: Table, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.records.scan(table, prefix, after, limit)
    }

    fn scan_back(
        &self,
        table: Table,
        prefix: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        self.records.scan_back(table, prefix, before, limit)
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        match self.fail_commit.load(Ordering::SeqCst) {
            true => Err(StoreError::Records { path: "records.redb".into(), detail: "the disk is full".to_owned() }),
            false => {
                let mut last = self.last.lock().unwrap();
                if let Some(left) = &mut *last {
                    *left = left.checked_sub(1).ok_or_else(fault)?;
                    self.death.notify_one();
                }
                self.records.commit(changes)
            }
        }
    }
}

/// Samples in memory that fail when they are told to.
#[derive(Debug, Default)]
pub(crate) struct FaultySamples {
    samples: MemorySamples,
    pub(crate) fails_append: AtomicBool,
    pub(crate) fails_read: AtomicBool,
    pub(crate) has_problem: AtomicBool,
    pub(crate) is_closed: AtomicBool,
    pub(crate) appends: AtomicUsize,
    pub(crate) maintenances: AtomicUsize,
}

fn fault() -> StoreError {
    StoreError::Io {
        action: "write",
        path: "/store/journal".into(),
        source: Arc::new(std::io::Error::from(std::io::ErrorKind::StorageFull)),
    }
}

impl Samples for FaultySamples {
    fn append(&self, scope: &Scope, batch: &Batch, now: Timestamp) -> Receipt {
        self.appends.fetch_add(1, Ordering::Relaxed);
        match self.fails_append.load(Ordering::Relaxed) {
            true => Receipt::settled(Err(fault())),
            false => self.samples.append(scope, batch, now),
        }
    }

    fn read(&self, scope: &Scope, reads: &[Read]) -> Vec<Result<Vec<UnitSeries>, StoreError>> {
        match self.fails_read.load(Ordering::Relaxed) {
            true => reads.iter().map(|_| Err(fault())).collect(),
            false => self.samples.read(scope, reads),
        }
    }

    fn list(&self, scope: &Scope, filter: &Filter, page: &Page) -> Result<Listed, StoreError> {
        match self.fails_read.load(Ordering::Relaxed) {
            true => Err(fault()),
            false => self.samples.list(scope, filter, page),
        }
    }

    fn maintain(&self, now: Timestamp) -> Result<(), StoreError> {
        self.maintenances.fetch_add(1, Ordering::Relaxed);
        self.samples.maintain(now)
    }

    fn figures(&self) -> Figures {
        let mut figures = self.samples.figures();
        if self.has_problem.load(Ordering::Relaxed) {
            figures.problems.push("segment 7 cannot be read".to_owned());
        }
        figures
    }

    fn close(&self) -> Result<(), StoreError> {
        self.is_closed.store(true, Ordering::Relaxed);
        self.samples.close()
    }
}

/// A log in memory whose disk is full when it is told so.
#[derive(Debug, Default)]
pub(crate) struct FaultyLog {
    log: MemoryLog,
    pub(crate) is_disk_full: AtomicBool,
    has_failed: AtomicBool,
}

impl FaultyLog {
    fn fails(&self) -> bool {
        let fails = self.is_disk_full.load(Ordering::SeqCst) || self.has_failed.load(Ordering::SeqCst);
        self.has_failed.store(fails, Ordering::SeqCst);
        fails
    }
}

impl Log for FaultyLog {
    fn append(&self, entry: &[u8]) -> (u64, Receipt) {
        if self.fails() { (0, Receipt::settled(Err(fault()))) } else { self.log.append(entry) }
    }

    fn is_full(&self) -> bool {
        self.log.is_full()
    }

    fn begin_file(&self) -> u64 {
        self.log.begin_file()
    }

    fn give_up_below(&self, number: u64) {
        self.log.give_up_below(number);
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.has_failed.load(Ordering::SeqCst) { Err(fault()) } else { self.log.check() }
    }

    fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::SeqCst) || self.log.has_failed()
    }

    fn replay(&self, on_entry: &mut OnEntry<'_>) -> Result<(), StoreError> {
        self.log.replay(on_entry)
    }

    fn resume(&self) -> Result<u64, StoreError> {
        self.has_failed.store(false, Ordering::SeqCst);
        if self.fails() { Err(fault()) } else { self.log.resume() }
    }

    fn figures(&self) -> LogFigures {
        self.log.figures()
    }

    fn close(&self) {
        self.log.close();
    }
}
