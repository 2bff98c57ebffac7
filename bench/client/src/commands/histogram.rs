//! Recording a value in a histogram that was looked up beforehand.

use crate::Outcome;
use crate::contest::{self, Bars};
use crate::ours;
use crate::peers::{cloudwatch, embedded, metrique, opentelemetry, prometheus_client, prometheus_exporter};
use crate::report::Report;
use crate::setup::Setup;
use crate::values;

const BARS: Bars = Bars(7.0, 8.0);

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Histogram, looked up beforehand");
    for numbers in [values::latencies(), values::few()] {
        let contestants = [
            ours::histogram(&numbers),
            prometheus_exporter::histogram(&numbers),
            prometheus_exporter::histogram_with_upkeep(&numbers),
            embedded::histogram(&numbers),
            cloudwatch::histogram(&numbers),
            metrique::histogram(&numbers),
            opentelemetry::histogram(&numbers),
            opentelemetry::exponential_histogram(&numbers),
            prometheus_client::histogram(&numbers),
            prometheus_client::native_histogram(&numbers),
        ];
        contest::table(&mut report, setup.plan(), &contestants, Some(BARS));
    }
    report.note(
        "The first table records 4096 log-normal latencies in turn (median 20 ms), the second numbers of which eight \
         are distinct.",
    );
    report.note(
        "metrics-exporter-prometheus keeps every value until its upkeep, every five seconds by default: its memory \
         grows with the load.",
    );
    Ok(report)
}
