//! How many EMF documents one background thread writes in a second.

use std::time::Duration;

use crate::discard::Discard;
use crate::ours::{self, Into};
use crate::peers::{embedded, metrique};
use crate::report::{Bar, Report, Runs, times, whole};
use crate::setup::Setup;
use crate::work::{SERIES, Units};
use crate::{Outcome, clock};

const BAR: f64 = 3e6;
/// Units that are emitted at once.
const BURST: u64 = 100;
/// So many units may wait to be written; none is dropped.
const IN_FLIGHT: u64 = 60_000;
/// So long the emitter waits when it is that far ahead: looking all the time would slow whoever counts.
const PAUSE: Duration = Duration::from_micros(100);
/// Seconds of a turn.
const SECONDS: f64 = 1.0;
const TURNS: usize = 5;

/// Emits units of work, which then arrive as documents.
struct Stream {
    name: &'static str,
    bar: Option<f64>,
    discard: Discard,
    emit: Box<dyn FnMut()>,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut streams = [ours(), metrique(), embedded()];
    let mut rates: Vec<Runs> = streams.iter().map(|_| Runs::default()).collect();
    let (turns, seconds) = if setup.quick { (1, SECONDS / 10.0) } else { (TURNS, SECONDS) };
    for _ in 0..turns {
        streams.iter_mut().zip(&mut rates).for_each(|(stream, runs)| runs.add(stream.turn(seconds)));
    }
    let ours = streams.iter().position(|stream| stream.bar.is_some());
    let mut report = Report::new("EMF documents through one background thread");
    report.table(&["what", "documents/s", "bytes a document", "bar", "to ours"]);
    for (stream, runs) in streams.iter().zip(&rates) {
        let compared = ours.filter(|_| stream.bar.is_none()).map(|ours| rates[ours].median() / runs.median());
        report.row([
            stream.name.to_owned(),
            runs.show(whole),
            whole(stream.discard.bytes() as f64 / stream.discard.documents() as f64),
            stream.bar.map_or(Bar::None, Bar::AtLeast).judge(runs.median(), whole),
            compared.map_or(String::new(), times),
        ]);
    }
    report.note(format!(
        "One thread emits the units of the measurement before, at most {} ahead of what is written; the background \
         thread writes them into a sink that counts bytes and throws them away. None is lost. {turns} runs of {seconds} s.",
        whole(IN_FLIGHT as f64)
    ));
    report.note("metrics_cloudwatch_embedded has no such thread: a flush after each unit, on the thread that emits.");
    Ok(report)
}

impl Stream {
    /// Documents in a second, until the last of them is written.
    fn turn(&mut self, seconds: f64) -> f64 {
        let (started, before) = (clock::instant(), self.discard.documents());
        let mut emitted = 0;
        while started.elapsed().as_secs_f64() < seconds {
            if emitted < self.discard.documents() - before + IN_FLIGHT {
                (0..BURST).for_each(|_| (self.emit)());
                emitted += BURST;
            } else {
                clock::sleep(PAUSE);
            }
        }
        clock::wait_until(|| self.discard.documents() - before >= emitted);
        emitted as f64 / started.elapsed().as_secs_f64()
    }
}

fn ours() -> Stream {
    let into = Into::documents();
    let (metrics, mut units) = (into.client(), Units::new(SERIES));
    let emit = move || ours::emit(&metrics, units.next());
    Stream { name: "ours", bar: Some(BAR), discard: into.discard, emit: Box::new(emit) }
}

fn metrique() -> Stream {
    let discard = Discard::default();
    let mut running = metrique::Running::start(&discard, Duration::from_secs(1));
    Stream { name: "metrique", bar: None, discard, emit: Box::new(move || running.emit()) }
}

fn embedded() -> Stream {
    embedded::describe();
    let (mut units, discard) = (Units::new(1), Discard::default());
    let writes = discard.clone();
    let emit = move || {
        embedded::record(units.next());
        embedded::flush(&writes);
    };
    Stream { name: "metrics_cloudwatch_embedded, on the caller's thread", bar: None, discard, emit: Box::new(emit) }
}
