//! EMF over TCP: documents into the store.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

use crate::process::{Server, processor_seconds};
use crate::random::Random;
use crate::report::{Bar, Report, Runs, percent, whole};
use crate::setup::Setup;
use crate::template::digits;
use crate::{Outcome, clock, report};

const CONNECTIONS: usize = 4;
/// Documents of one write to the socket.
const BLOCK: usize = 250;
/// Documents a second that the length of a run is planned for.
const PLANNED: f64 = 300_000.0;
/// How long the server may take, in seconds.
const PATIENCE_SECONDS: f64 = 120.0;

const BAR: f64 = 300_000.0;
const STORED: &str = "nepho_stored_items_total{intake=\"EmfTcp\"}";
const SAMPLES: &str = "nepho_stored_samples_total{intake=\"EmfTcp\"}";
/// Metrics of a document.
const METRICS: usize = 5;

/// Documents one after the other, whose time and numbers are written over in place.
struct Block {
    bytes: Vec<u8>,
    /// Where each document's time, and its numbers with their digits, are.
    documents: Vec<(usize, [(usize, usize); METRICS])>,
}

impl Block {
    fn new(groups: std::ops::Range<usize>) -> Self {
        let mut block = Block { bytes: Vec::new(), documents: Vec::new() };
        groups.for_each(|group| block.push(group));
        block
    }

    fn push(&mut self, group: usize) {
        self.bytes.extend_from_slice(br#"{"_aws":{"Timestamp":"#);
        let time = self.bytes.len();
        self.bytes.extend_from_slice(
            concat!(
                r#"1767225600000,"CloudWatchMetrics":[{"Namespace":"Bench/Shop","Dimensions":[["Service","Host","Zone"]],"#,
                r#""Metrics":[{"Name":"Latency","Unit":"Milliseconds"},{"Name":"Orders","Unit":"Count"},"#,
                r#"{"Name":"Bytes","Unit":"Bytes"},{"Name":"Errors","Unit":"Count"},"#,
                r#"{"Name":"QueueDepth","Unit":"Count"}]}]},"Service":"checkout","Host":"#
            )
            .as_bytes(),
        );
        self.bytes.extend_from_slice(format!(r#""host-{group:06}","Zone":"zone-{}""#, group % 3).as_bytes());
        let mut number = |name: &str, before: &str, digits: usize| {
            self.bytes.extend_from_slice(format!(r#","{name}":{before}"#).as_bytes());
            let at = self.bytes.len();
            self.bytes.extend(std::iter::repeat_n(b'1', digits));
            (at, digits)
        };
        let numbers = [
            number("Latency", "12.", 3),
            number("Orders", "1", 1),
            number("Bytes", "1", 4),
            number("Errors", "", 1),
            number("QueueDepth", "1", 2),
        ];
        self.bytes.extend_from_slice(b"}\n");
        self.documents.push((time, numbers));
    }

    fn fill(&mut self, millis: i64, random: &mut Random) -> &[u8] {
        for (time, numbers) in &self.documents {
            digits(&mut self.bytes[*time..*time + 13], millis as u64);
            let word = random.next();
            for (turn, (at, length)) in numbers.iter().enumerate() {
                digits(&mut self.bytes[*at..*at + *length], word >> (turn * 12) & 0xFFF);
            }
        }
        &self.bytes
    }
}

#[derive(Default)]
struct Series {
    rate: Runs,
    server: Runs,
    client: Runs,
}

const ALL: [(&str, bool, usize); 3] = [
    ("generator alone", false, 1_000),
    ("ours, 1,000 hosts (5,000 metrics)", true, 1_000),
    ("ours, 20,000 hosts (100,000 metrics)", true, 20_000),
];

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut all = ALL.map(|_| Series::default());
    for round in 1..=setup.runs {
        for ((name, is_ours, groups), series) in ALL.iter().zip(&mut all) {
            if *is_ours && !setup.has_nepho() {
                continue;
            }
            one(setup, *is_ours, *groups, series)?;
            let rate = whole(series.rate.last());
            report::progress(&format!("emf {round}/{}: {name}: {rate} documents/s", setup.runs));
        }
    }
    let mut report = Report::new("EMF over TCP, 5 metrics and 3 dimensions");
    report.table(&["what", "documents/s", "server's cores", "client's cores", "bar"]);
    for ((name, is_ours, _), series) in ALL.iter().zip(&all) {
        report.row([
            (*name).to_owned(),
            series.rate.show(whole),
            series.server.show(percent),
            series.client.show(percent),
            if *is_ours { Bar::AtLeast(BAR).judge(series.rate.median(), whole) } else { String::new() },
        ]);
    }
    let bytes = Block::new(0..1).bytes.len();
    report.note(format!(
        "Documents of {bytes} bytes over {CONNECTIONS} connections, with the time of sending, other numbers in each, \
         hosts in turn. A run is {} documents, from the first byte until `/metrics` says that all of them are stored \
         (which is after the sync); one that is rejected fails the run.",
        whole(documents(setup) as f64)
    ));
    Ok(report)
}

/// Documents of a run.
fn documents(setup: &Setup) -> usize {
    let unit = CONNECTIONS * BLOCK;
    (setup.seconds * PLANNED) as usize / unit * unit
}

fn one(setup: &Setup, is_ours: bool, groups: usize, series: &mut Series) -> Outcome<()> {
    let folder = setup.folder()?;
    let server = if is_ours { Server::nepho(setup, folder.path())? } else { Server::null()? };
    let address = server.emf.ok_or("the server takes no EMF")?;
    let share = groups / CONNECTIONS;
    let blocks = |connection: usize| -> Vec<Block> {
        let first = connection * share;
        (first..first + share).step_by(BLOCK).map(|at| Block::new(at..at + BLOCK)).collect()
    };
    let blocks: Vec<_> = (0..CONNECTIONS).map(blocks).collect();
    let processor = || (processor_seconds(server.pid()), processor_seconds(std::process::id()));
    let total = documents(setup);
    let (before, started) = (processor(), clock::instant());
    std::thread::scope(|scope| -> Outcome<()> {
        let send = |(seed, blocks)| scope.spawn(move || send(address, blocks, total / CONNECTIONS, seed as u64));
        let threads: Vec<_> = blocks.into_iter().enumerate().map(send).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a connection's thread panicked")?)
    })?;
    let stored = || server.figure(STORED).ok().filter(|stored| *stored >= total as f64);
    let stored = clock::wait_for("all documents stored", PATIENCE_SECONDS, stored)?;
    let (seconds, after) = (started.elapsed().as_secs_f64(), processor());
    if stored != total as f64 {
        return Err(format!("sent {total} documents, and {stored} were stored").into());
    }
    if is_ours && server.figure(SAMPLES)? != (METRICS * total) as f64 {
        return Err("not every metric of every document was stored".into());
    }
    series.rate.add(total as f64 / seconds);
    series.server.add((after.0 - before.0) / seconds);
    series.client.add((after.1 - before.1) / seconds);
    Ok(())
}

fn send(address: SocketAddr, mut blocks: Vec<Block>, documents: usize, seed: u64) -> Outcome<()> {
    let mut random = Random::new(seed);
    let mut stream = TcpStream::connect(address)?;
    for turn in 0..documents / BLOCK {
        let at = turn % blocks.len();
        stream.write_all(blocks[at].fill(clock::unix_millis(), &mut random))?;
    }
    Ok(())
}
