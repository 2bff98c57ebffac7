//! An estimate, to be read.

use std::fmt::Write;

use super::{Estimate, Way};

/// The estimate as a table.
pub fn text(estimate: &Estimate) -> String {
    let mut text = format!("What the metrics of one process cost at {} bookings a second:\n\n", estimate.rate);
    let mut line = |cells: [String; 8]| {
        let [way, metrics, documents, kilobytes, requests, metrics_price, traffic, total] = cells;
        let _ = writeln!(
            text,
            "{way:33} {metrics:>7} {documents:>10} {kilobytes:>10} {requests:>9} {metrics_price:>12} {traffic:>12} {total:>12}"
        );
    };
    line(
        ["", "metrics", "docs/min", "KiB/min", "calls/min", "metrics $/mo", "traffic $/mo", "total $/mo"]
            .map(String::from),
    );
    for (way, emitted, bill) in &estimate.ways {
        line([
            name(*way).to_owned(),
            emitted.metrics.to_string(),
            format!("{:.0}", emitted.documents),
            format!("{:.1}", emitted.log_bytes / 1024.0),
            format!("{:.0}", emitted.requests),
            format!("{:.2}", bill.metrics),
            format!("{:.2}", bill.logs + bill.requests),
            format!("{:.2}", bill.total()),
        ]);
    }
    text.push_str(
        "\nCounted from what the client emits in a minute of the load test's mix; the client's own metrics are among them.\n\
         Traffic is log ingestion for EMF and requests for PutMetricData; keeping the logs is not in it. A second process\n\
         costs the same traffic again, and no more metrics, since its dimensions are the same. List prices of us-east-1\n\
         without the free tier, November 2026: see src/cost/price.rs.\n",
    );
    text
}

fn name(way: Way) -> &'static str {
    match way {
        Way::Aggregated => "EMF, once a minute (this service)",
        Way::PutMetricData => "PutMetricData, once a minute",
        Way::EachBooking => "EMF, a unit of work per booking",
    }
}
