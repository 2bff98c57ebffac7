//! The server is killed at a random moment while it is being written to, again and again on one folder. Whatever it has
//! acknowledged has to be there at the next start, once; what it has not acknowledged may be there, whole.
//!
//! Each request of the load has a bit: it adds 2^bit to a cell that it shares with the requests of the other bits, and does so
//! in several metrics. The sum of a cell tells which of its requests are stored, and its sample count whether one is
//! stored twice.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::Connection;
use crate::server::Server;

/// How often the server is killed under load.
const ROUNDS: u64 = 50;
/// Connections that write.
const WRITERS: u64 = 6;
/// Acknowledgements of a round, at most.
const ACKNOWLEDGED_MAX: u64 = 700;
/// Requests that share a cell: their values are the powers of two that a double adds without rounding.
const BITS: u64 = 50;
/// Metrics that each request writes.
const METRICS: usize = 4;
/// Cells of one metric before there is a new metric.
const CELLS: u64 = 3;
/// Time between two cells, a multiple of the slots they are rolled up to: they spread over days.
const CELL_SECONDS: u64 = 6 * SLOT_SECONDS;
/// Slots of the five-minute tier.
const SLOT_SECONDS: u64 = 300;
/// The longest time after which a start is interrupted.
const START_MILLIS_MAX: u64 = 60;

const NAMESPACE: &str = "Crash";
/// Limits at which a round sees flushes, segments, merges, and roll-up of what is older than a day.
const CONFIG: &str = "\
[store]
journal-bytes = 20000
head-bytes = 60000
[retention]
second = 'PT1H'
minute = 'P1D'
";

/// What is known of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Sent, and the server died before it answered.
    Unknown,
    /// Acknowledged, or found after a start.
    Stored,
    /// Not found after a start. It must not come back.
    Lost,
}

#[test]
fn acknowledged_writes_survive_kills() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("nepho.toml");
    std::fs::write(&config, CONFIG).unwrap();
    let flags = ["--config", config.to_str().unwrap(), "--clock", "manual"];
    let data = folder.path().join("data");
    let epoch = nepho_server::system_time().seconds().cast_unsigned() / SLOT_SECONDS * SLOT_SECONDS;
    let mut random = Random(0x5eed_0001);
    let mut load = Load { epoch, fates: Vec::new() };
    for round in 0..ROUNDS {
        if round % 3 == 2 {
            interrupt_start(&data, &flags, random.below(START_MILLIS_MAX));
        }
        let server = Server::start(&data, &flags);
        load.compare(server.address(), round);
        load.run_and_kill(server, 1 + random.below(ACKNOWLEDGED_MAX));
    }
    let server = Server::start(&data, &flags);
    load.compare(server.address(), ROUNDS);
    let stored = load.fates.iter().filter(|fate| **fate == Fate::Stored).count();
    assert!(stored > ROUNDS as usize, "the load came to something: {stored}");
    let segments = std::fs::read_dir(data.join("segments")).unwrap().count();
    assert!(segments > 0, "the limits are small enough that segments were written");
}

/// Kills a server that has not said yet that it is ready.
fn interrupt_start(data: &Path, flags: &[&str], millis: u64) {
    let server = Server::spawn(data, flags);
    let (_never, elapsed) = channel::<()>();
    assert_eq!(elapsed.recv_timeout(Duration::from_millis(millis)), Err(RecvTimeoutError::Timeout));
    server.kill();
}

/// Everything that has been written.
struct Load {
    /// The time of the first cell, in seconds.
    epoch: u64,
    fates: Vec<Fate>,
}

impl Load {
    /// Writes from several connections until so many requests are acknowledged, and then kills the server.
    fn run_and_kill(&mut self, server: Server, acknowledged: u64) {
        let (sender, acknowledgements) = channel();
        let next = AtomicU64::new(self.fates.len() as u64);
        let address = server.address().to_owned();
        let epoch = self.epoch;
        let seen = thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (sender, address, next) = (sender.clone(), &address, &next);
                scope.spawn(move || write(address, epoch, writer, next, &sender));
            }
            drop(sender);
            scope.spawn(|| move_clock(&address));
            let mut seen: Vec<u64> = acknowledgements.iter().take(acknowledged as usize).collect();
            server.kill();
            // Those that were on their way to us when it died: acknowledged is acknowledged.
            seen.extend(acknowledgements.iter());
            seen
        });
        self.fates.resize(next.into_inner() as usize, Fate::Unknown);
        for request in seen {
            self.fates[request as usize] = Fate::Stored;
        }
    }

    /// Compares what is stored with what is known, and notes what has become of the rest.
    fn compare(&mut self, address: &str, round: u64) {
        let cells = read(address, self.epoch, self.fates.len() as u64);
        for (request, fate) in self.fates.iter_mut().enumerate() {
            let (cell, bit) = (cell_of(request as u64), value_of(request as u64));
            let has = |metric: usize| cells.get(&(metric, cell)).is_some_and(|found| found & bit != 0);
            let found = (0..METRICS).filter(|metric| has(*metric)).count();
            let now = match found {
                METRICS => Fate::Stored,
                0 => Fate::Lost,
                some => panic!("round {round}: request {request} is in {some} of {METRICS} metrics"),
            };
            assert!(
                *fate == Fate::Unknown || *fate == now,
                "round {round}: request {request} was {fate:?}, is {now:?}"
            );
            *fate = now;
        }
    }
}

/// Sends one request after the other, every other one as EMF, until there is no answer.
fn write(address: &str, epoch: u64, writer: u64, next: &AtomicU64, acknowledged: &Sender<u64>) {
    let Ok(mut connection) = Connection::open(address) else { return };
    loop {
        let request = next.fetch_add(1, Ordering::SeqCst);
        let is_emf = (request + writer).is_multiple_of(2);
        let answer = match is_emf {
            true => connection.post("/emf", &[], document(epoch, request).to_string().as_bytes()),
            false => connection.call("PutMetricData", &datums(epoch, request)),
        };
        let Ok(answer) = answer else { return };
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(!is_emf || answer.text().contains(r#""rejected":[]"#), "{}", answer.text());
        if acknowledged.send(request).is_err() {
            return;
        }
    }
}

/// Moves the clock on, so that the store is maintained while it is written to, until there is no answer.
fn move_clock(address: &str) {
    let Ok(mut connection) = Connection::open(address) else { return };
    while let Ok(answer) = connection.post("/clock", &[], br#"{"advance": "PT1M"}"#) {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

fn cell_of(request: u64) -> u64 {
    request / BITS
}

fn value_of(request: u64) -> u64 {
    1 << (request % BITS)
}

fn time_of(epoch: u64, cell: u64) -> u64 {
    epoch - cell * CELL_SECONDS
}

fn shard_of(cell: u64) -> String {
    format!("s{}", cell / CELLS)
}

fn datums(epoch: u64, request: u64) -> Value {
    let cell = cell_of(request);
    let datum = |metric: usize| {
        json!({
            "MetricName": format!("M{metric}"),
            "Dimensions": [{ "Name": "Shard", "Value": shard_of(cell) }],
            "Timestamp": time_of(epoch, cell),
            "Value": value_of(request),
        })
    };
    json!({ "Namespace": NAMESPACE, "MetricData": (0..METRICS).map(datum).collect::<Vec<_>>() })
}

fn document(epoch: u64, request: u64) -> Value {
    let cell = cell_of(request);
    let names: Vec<_> = (0..METRICS).map(|metric| format!("M{metric}")).collect();
    let mut document = json!({
        "_aws": {
            "Timestamp": time_of(epoch, cell) * 1000,
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Shard"]],
                "Metrics": names.iter().map(|name| json!({ "Name": name })).collect::<Vec<_>>(),
            }],
        },
        "Shard": shard_of(cell),
    });
    for name in names {
        document[name] = json!(value_of(request));
    }
    document
}

/// The requests that each cell holds, as bits, by metric and cell.
fn read(address: &str, epoch: u64, requests: u64) -> HashMap<(usize, u64), u64> {
    let mut connection = Connection::open(address).unwrap();
    let mut cells = HashMap::new();
    let shards = requests.div_ceil(BITS * CELLS);
    for shard in 0..shards {
        for (metric, found) in read_shard(&mut connection, epoch, shard).into_iter().enumerate() {
            for cell in shard * CELLS..(shard + 1) * CELLS {
                let Some((sum, count)) = found.get(&time_of(epoch, cell)) else { continue };
                let bits = *sum as u64;
                assert_eq!(bits as f64, *sum, "M{metric} of cell {cell} holds whole numbers");
                let ones = f64::from(bits.count_ones());
                assert_eq!(
                    *count, ones,
                    "M{metric} of cell {cell} holds {count} samples, but they add up to {bits:#b}"
                );
                cells.insert((metric, cell), bits);
            }
        }
    }
    cells
}

/// Sum and sample count by time, for each metric of a shard.
fn read_shard(connection: &mut Connection, epoch: u64, shard: u64) -> Vec<HashMap<u64, (f64, f64)>> {
    let query = |metric: usize, stat: &str| {
        json!({
            "Id": format!("{}{metric}", stat.to_lowercase()),
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": format!("M{metric}"),
                    "Dimensions": [{ "Name": "Shard", "Value": format!("s{shard}") }],
                },
                "Period": SLOT_SECONDS,
                "Stat": stat,
            },
        })
    };
    let queries: Vec<_> =
        (0..METRICS).flat_map(|metric| [query(metric, "Sum"), query(metric, "SampleCount")]).collect();
    let (newest, oldest) = (time_of(epoch, shard * CELLS), time_of(epoch, shard * CELLS + CELLS - 1));
    let input = json!({ "MetricDataQueries": queries, "StartTime": oldest, "EndTime": newest + SLOT_SECONDS });
    let answer = connection.call("GetMetricData", &input).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    let results = answer["MetricDataResults"].as_array().unwrap();
    assert_eq!(results.len(), 2 * METRICS);
    results.chunks(2).map(|pair| both(&points(&pair[0]), &points(&pair[1]))).collect()
}

fn both(sums: &[(u64, f64)], counts: &[(u64, f64)]) -> HashMap<u64, (f64, f64)> {
    assert_eq!(sums.len(), counts.len());
    sums.iter().zip(counts).map(|((time, sum), (_, count))| (*time, (*sum, *count))).collect()
}

fn points(result: &Value) -> Vec<(u64, f64)> {
    let numbers = |name: &str| result[name].as_array().unwrap().iter().map(|number| number.as_f64().unwrap());
    numbers("Timestamps").map(|time| time as u64).zip(numbers("Values")).collect()
}

/// Random numbers that are the same in each run (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}
