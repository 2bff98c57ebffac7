//! Adding one to a counter whose three dimensions are given as text at the call.

use crate::Outcome;
use crate::contest::{self, Bars};
use crate::ours;
use crate::peers::{cloudwatch, embedded, opentelemetry, prometheus_client, prometheus_exporter};
use crate::report::Report;
use crate::setup::Setup;

const BARS: Bars = Bars(20.0, 25.0);
/// How many series are counted in turn.
const SERIES: [usize; 2] = [1, 16];

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Counter, three dimensions given at the call");
    for series in SERIES {
        let contestants = [
            ours::dimensions(series),
            prometheus_exporter::dimensions(series),
            embedded::dimensions(series),
            cloudwatch::dimensions(series),
            opentelemetry::dimensions(series),
            prometheus_client::dimensions(series),
        ];
        contest::table(&mut report, setup.plan(), &contestants, Some(BARS));
    }
    report.note(
        "The first table counts one series, the second 16 in turn; the series are known. The dimensions' values are 64 \
         sets of strings made at run time, each at its own address. Where a peer's labels own their values, each call \
         makes them.",
    );
    report.note("metrique has no counter apart from a unit of work.");
    Ok(report)
}
