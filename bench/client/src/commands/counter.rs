//! Adding one to a counter that was looked up beforehand.

use std::hint::black_box;

use crate::Outcome;
use crate::contest::{self, Bars, Contestant};
use crate::ours;
use crate::peers::{cloudwatch, embedded, metrique, opentelemetry, prometheus_client, prometheus_exporter};
use crate::report::Report;
use crate::setup::Setup;

const BARS: Bars = Bars(2.5, 3.0);

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Counter, looked up beforehand");
    let contestants = [
        nothing(),
        ours::counter(),
        prometheus_exporter::counter(),
        embedded::counter(),
        cloudwatch::counter(),
        metrique::counter(),
        opentelemetry::counter(),
        opentelemetry::bound_counter(),
        prometheus_client::counter(),
    ];
    contest::table(&mut report, setup.plan(), &contestants, Some(BARS));
    report.note(
        "All threads count the same metric. \"The loop alone\" is what the measuring itself takes; it is in every row.",
    );
    Ok(report)
}

/// The loop without the call.
fn nothing() -> Contestant {
    Contestant::new("the loop alone", || {
        let place = 0_u64;
        Box::new(move |operations| {
            (0..operations).for_each(|_| {
                black_box(&place);
            });
        })
    })
}
