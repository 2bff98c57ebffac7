//! Load on a server: connections that send one request after the other, each in a thread of its own.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use crate::http::Connection;
use crate::process::{Server, processor_seconds};
use crate::random::Random;
use crate::template::Template;
use crate::{Outcome, clock};

const WARM: u8 = 0;
const MEASURE: u8 = 1;
const STOP: u8 = 2;

/// How long the first round of all connections may take, in seconds.
const FIRST_ROUND_SECONDS: f64 = 120.0;
/// Between the end of the first round and the begin of what is measured, in seconds.
const PAUSE_SECONDS: f64 = 0.5;

/// Requests of one connection, in turn; after each round the time of the datums moves on.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    templates: Vec<Template>,
    next: usize,
    seconds: i64,
    /// Seconds between two rounds.
    step: i64,
    random: Random,
}

/// What was measured.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(crate) requests: f64,
    pub(crate) seconds: f64,
    /// How long the first round took, which brings all the metrics that the server does not know.
    pub(crate) first_seconds: f64,
    pub(crate) server_seconds: f64,
    pub(crate) client_seconds: f64,
    /// In milliseconds.
    pub(crate) latencies: Vec<f64>,
}

impl Source {
    pub(crate) fn new(templates: Vec<Template>, seconds: i64, step: i64, seed: u64) -> Self {
        Source { templates, next: 0, seconds, step, random: Random::new(seed) }
    }

    pub(crate) fn next(&mut self) -> &[u8] {
        if self.next == self.templates.len() {
            self.next = 0;
            self.seconds += self.step;
        }
        let template = &mut self.templates[self.next];
        self.next += 1;
        template.fill(self.seconds, &mut self.random)
    }
}

impl Measured {
    pub(crate) fn per_second(&self) -> f64 {
        self.requests / self.seconds
    }
}

/// What the threads tell each other.
struct Progress {
    phase: AtomicU8,
    /// Connections in their first round.
    first_rounds: AtomicUsize,
}

/// Loads a server for some time with one connection for each source, after each has been through its first round.
pub(crate) fn run(server: &Server, seconds: f64, sources: Vec<Source>) -> Outcome<Measured> {
    let progress = Progress { phase: AtomicU8::new(WARM), first_rounds: AtomicUsize::new(sources.len()) };
    std::thread::scope(|scope| {
        let begun = clock::instant();
        let work = |mut source| {
            let (progress, address) = (&progress, server.http);
            scope.spawn(move || send(address, progress, &mut source))
        };
        let threads: Vec<_> = sources.into_iter().map(work).collect();
        let is_warm = || {
            let has_failed = threads.iter().any(std::thread::ScopedJoinHandle::is_finished);
            (has_failed || progress.first_rounds.load(Ordering::Relaxed) == 0).then_some(())
        };
        let warm = clock::wait_for("the first round", FIRST_ROUND_SECONDS, is_warm);
        let first_seconds = begun.elapsed().as_secs_f64();
        clock::sleep(PAUSE_SECONDS);
        let processor = || (processor_seconds(server.pid()), processor_seconds(std::process::id()));
        let (before, started) = (processor(), clock::instant());
        progress.phase.store(MEASURE, Ordering::Relaxed);
        clock::sleep(if warm.is_ok() { seconds } else { 0.0 });
        progress.phase.store(STOP, Ordering::Relaxed);
        let (seconds, after) = (started.elapsed().as_secs_f64(), processor());
        let mut measured = Measured {
            seconds,
            first_seconds,
            server_seconds: after.0 - before.0,
            client_seconds: after.1 - before.1,
            ..Measured::default()
        };
        for thread in threads {
            measured.latencies.extend(thread.join().map_err(|_| "a connection's thread panicked")??);
        }
        warm?;
        measured.requests = measured.latencies.len() as f64;
        Ok(measured)
    })
}

fn send(address: SocketAddr, progress: &Progress, source: &mut Source) -> Outcome<Vec<f64>> {
    let mut connection = Connection::open(address)?;
    let mut latencies = Vec::new();
    let mut first_round = source.templates.len();
    loop {
        let request = source.next();
        let started = clock::instant();
        let status = connection.call(request)?;
        if !(200..300).contains(&status) {
            let body = String::from_utf8_lossy(connection.body());
            return Err(format!("status {status}: {}", body.chars().take(400).collect::<String>()).into());
        }
        first_round = first_round.wrapping_sub(1);
        if first_round == 0 {
            progress.first_rounds.fetch_sub(1, Ordering::Relaxed);
        }
        match progress.phase.load(Ordering::Relaxed) {
            WARM => {}
            STOP => return Ok(latencies),
            _ => latencies.push(started.elapsed().as_secs_f64() * 1000.0),
        }
    }
}
