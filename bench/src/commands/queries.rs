//! Queries over many metrics, asked of the server: metric math, searches, Metrics Insights, and a sum by label beside
//! VictoriaMetrics.

mod answer;
mod load;
mod requests;

use answer::{ask, check_equal, check_size, of_nepho, of_victoria};
use load::{FAMILIES, HOSTS, Load, METRICS, NAMESPACE, SERVICES};
use requests::{Range, average_of_named, expression, search_of_service, sum_by_service, victorias_sum_by_service};

use crate::http::{Connection, aws_request};
use crate::process::{Server, processor_seconds};
use crate::report::{Bar, Report, Runs, times, two};
use crate::setup::Setup;
use crate::template::Wire;
use crate::{Outcome, clock, report};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// The queries come so long after a full hour: what is younger than that is in memory.
const IN_MEMORY: i64 = 40 * 60;
/// The clock stands so long after a full hour when the hour before it has been written.
const WRITTEN: i64 = 600;

/// Metrics that are named one by one: a request has 500 queries, one of which is the expression.
const NAMED: usize = 499;
/// Metrics that are searched.
const SEARCHED: usize = 1_000_000;
/// Two terms that many, some and few of them have.
const SEARCHES: [&str; 4] = ["Latency checkout", "disk host", "04242 CPU", "Latency NOT checkout"];
/// How often each question is asked for each run of `--runs`.
const ASKED: usize = 10;

const BAR_AVERAGE_MS: f64 = 60.0;
const BAR_SEARCH_MS: f64 = 50.0;
const BAR_INSIGHTS_MS: f64 = 100.0;
const BAR_VICTORIA: f64 = 2.0;

/// What asking a question again and again took.
#[derive(Debug, Default)]
struct Took {
    ms: Runs,
    processor_seconds: f64,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Queries over many metrics, through the server");
    if !setup.has_nepho() {
        return Ok(report);
    }
    let now = (clock::now().seconds() / HOUR - 1) * HOUR + IN_MEMORY;
    let day = Range { start: now - DAY, end: now };
    let folder = setup.folder()?;
    let nepho = Server::nepho_on_manual_clock(setup, folder.path())?;
    fill(&nepho, day)?;

    report.table(&["what", "ms", "server's processor ms", "bar (median)"]);
    let mut told = |what: &str, took: &Took, bar: f64| {
        let judged = Bar::AtMost(bar).judge(took.ms.median(), two);
        report.row([what.to_owned(), took.ms.show(two), took.processor(), judged]);
    };
    averages(setup, &nepho, day, &mut told)?;
    insights(setup, &nepho, day, &mut told)?;
    let beside = match setup.has_victoria() {
        true => Some(beside_victoria(setup, &nepho, day)?),
        false => None,
    };
    // The last, because VictoriaMetrics would need a long time for so many metrics.
    searches(setup, &nepho, day, &mut told)?;
    if let Some(beside) = beside {
        report.table(&["sum by label, a day of minutes", "ours ms", "VictoriaMetrics ms", "faster by"]);
        for (family, [ours, theirs]) in FAMILIES.iter().zip(&beside) {
            let ratio = theirs.ms.median() / ours.ms.median();
            report.row([
                format!("{METRICS} metrics into {} series, {}", SERVICES.len(), family.words),
                format!("{}, processor {}", ours.ms.show(two), ours.processor()),
                format!("{}, processor {}", theirs.ms.show(two), theirs.processor()),
                format!("{} ({})", times(ratio), Bar::AtLeast(BAR_VICTORIA).judge(ratio, times)),
            ]);
        }
    }
    notes(&mut report);
    Ok(report)
}

fn notes(report: &mut Report) {
    report.note(format!(
        "Two metrics of each of {METRICS} hosts, one a minute: {} with single values, {} with statistic sets; hosts of {} \
         services. The server's clock is moved by hand, so that it writes hours as they end: of the day, the last {} \
         minutes are in memory. From a client on the same machine that sends JSON, from the request to the whole answer.",
        FAMILIES[0].name,
        FAMILIES[1].name,
        SERVICES.len(),
        IN_MEMORY / 60
    ));
    report.note(
        "Beside VictoriaMetrics: `sum by (service) (...)` in steps of a minute, ours as 20 times `SUM(SEARCH(...))` in one \
         GetMetricData. Both answers are compared, value by value, before anything is timed; then they take turns. Ours \
         has no cache of results, so theirs is switched off (`nocache=1`). VictoriaMetrics has the same data, statistic \
         sets as four series, of which the query reads one.",
    );
    report.note(format!(
        "The searches are over {SEARCHED} more metrics of 10 names, 10 services and 10,000 hosts, and answer at most 500 \
         series of three hours."
    ));
}

/// Brings a day into the server, hour by hour, and its clock to the end of the day.
fn fill(nepho: &Server, day: Range) -> Outcome<()> {
    let mut load = Load::of_families(Wire::Cbor);
    let mut start = day.start;
    set_clock(nepho, start)?;
    while start < day.end {
        let end = ((start / HOUR + 1) * HOUR).min(day.end);
        load.send(nepho.http, start, end)?;
        set_clock(nepho, if end < day.end { end + WRITTEN } else { end })?;
        start = end;
    }
    report::progress(&format!("queries: filled, {} chunks", nepho.figure("nepho_chunks")?));
    Ok(())
}

fn set_clock(nepho: &Server, seconds: i64) -> Outcome<()> {
    let body = format!(r#"{{"now":"{}"}}"#, jiff::Timestamp::from_second(seconds)?);
    ask(&mut Connection::open(nepho.http)?, &aws_request("", "/clock", body.as_bytes()))
}

impl Took {
    /// Processor time of the server for one answer, in milliseconds.
    fn processor(&self) -> String {
        two(self.processor_seconds * 1000.0 / self.ms.len() as f64)
    }

    fn ask(&mut self, server: &Server, connection: &mut Connection, request: &[u8]) -> Outcome<()> {
        let before = processor_seconds(server.pid());
        let (seconds, outcome) = clock::timed(|| ask(connection, request));
        self.processor_seconds += processor_seconds(server.pid()) - before;
        self.ms.add(seconds * 1000.0);
        outcome
    }
}

/// Asks a question of the server again and again, after `check` had a look at the first answer.
fn timed(
    setup: &Setup,
    nepho: &Server,
    request: &[u8],
    check: impl FnOnce(&answer::Answer) -> Outcome<()>,
) -> Outcome<Took> {
    let mut connection = Connection::open(nepho.http)?;
    ask(&mut connection, request)?;
    check(&of_nepho(&connection)?)?;
    let mut took = Took::default();
    for _ in 0..ASKED * setup.runs {
        took.ask(nepho, &mut connection, request)?;
    }
    Ok(took)
}

type Told<'a> = &'a mut dyn FnMut(&str, &Took, f64);

fn averages(setup: &Setup, nepho: &Server, day: Range, told: Told<'_>) -> Outcome<()> {
    for family in &FAMILIES {
        let search = search_of_service(family, SERVICES[0], "Average");
        for (what, request) in [
            (format!("{NAMED} metrics by name"), average_of_named(day, family, NAMED)),
            (format!("{HOSTS} metrics by SEARCH"), expression(day, &format!("AVG({search})"))),
        ] {
            let took = timed(setup, nepho, &request, |answer| check_size(answer, 1, day.minutes()))?;
            told(&format!("AVG of {what}, a day of minutes, {}", family.words), &took, BAR_AVERAGE_MS);
        }
    }
    Ok(())
}

fn insights(setup: &Setup, nepho: &Server, day: Range, told: Told<'_>) -> Outcome<()> {
    let range = Range { start: day.end - 3 * HOUR, end: day.end };
    for family in &FAMILIES {
        let by_search = answer_of(nepho, &sum_by_service(range, family))?;
        let from = format!(r#"FROM SCHEMA("{NAMESPACE}", Service, Host)"#);
        let by_service = format!("SELECT SUM({}) {from} GROUP BY Service", family.name);
        let by_host = format!("SELECT AVG({}) {from} GROUP BY Host ORDER BY MAX() DESC LIMIT 10", family.name);
        let took = timed(setup, nepho, &expression(range, &by_service), |answer| check_equal(answer, &by_search))?;
        let what = format!("Metrics Insights over {METRICS} metrics, 3 hours of minutes");
        told(&format!("{what}, GROUP BY Service, {}", family.words), &took, BAR_INSIGHTS_MS);
        let took = timed(setup, nepho, &expression(range, &by_host), |answer| check_size(answer, 10, range.minutes()))?;
        told(&format!("{what}, the first 10 hosts of {METRICS}, {}", family.words), &took, BAR_INSIGHTS_MS);
    }
    Ok(())
}

fn answer_of(nepho: &Server, request: &[u8]) -> Outcome<answer::Answer> {
    let mut connection = Connection::open(nepho.http)?;
    ask(&mut connection, request)?;
    of_nepho(&connection)
}

/// For each family what ours and VictoriaMetrics took.
fn beside_victoria(setup: &Setup, nepho: &Server, day: Range) -> Outcome<Vec<[Took; 2]>> {
    let folder = setup.folder()?;
    let victoria = Server::victoria(setup, folder.path())?;
    Load::of_families(Wire::Influx).send(victoria.http, day.start, day.end)?;
    victoria.bring_victoria_to_rest(folder.path())?;
    report::progress("queries: filled VictoriaMetrics");
    let mut all = Vec::new();
    for family in &FAMILIES {
        let requests = [sum_by_service(day, family), victorias_sum_by_service(day, family)];
        let mut connections = [Connection::open(nepho.http)?, Connection::open(victoria.http)?];
        for (connection, request) in connections.iter_mut().zip(&requests) {
            ask(connection, request)?;
        }
        let [ours, theirs] = [of_nepho(&connections[0])?, of_victoria(&connections[1], "service")?];
        check_size(&ours, SERVICES.len(), day.minutes())?;
        check_equal(&ours, &theirs)?;
        let mut took = [Took::default(), Took::default()];
        for _ in 0..ASKED * setup.runs {
            for (at, server) in [nepho, &victoria].into_iter().enumerate() {
                took[at].ask(server, &mut connections[at], &requests[at])?;
            }
        }
        all.push(took);
    }
    Ok(all)
}

fn searches(setup: &Setup, nepho: &Server, day: Range, told: Told<'_>) -> Outcome<()> {
    Load::of_fleet(SEARCHED).send(nepho.http, day.end - 60, day.end)?;
    let range = Range { start: day.end - 3 * HOUR, end: day.end };
    for terms in SEARCHES {
        let text = format!("SEARCH('{terms}', 'Sum', 60)");
        let took = timed(setup, nepho, &expression(range, &text), |answer| match answer.is_empty() {
            true => Err(format!("{text} finds nothing").into()),
            false => Ok(()),
        })?;
        told(&format!("`{text}`"), &took, BAR_SEARCH_MS);
    }
    Ok(())
}
