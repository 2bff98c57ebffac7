//! How many documents a second one core decodes: `cargo run --release -p nepho-emf --example throughput`.
//!
//! The documents have 5 metrics, 3 dimensions and about 450 bytes, and come from a few applications with
//! many values of their dimensions. The batch starts again every thousand documents, as a server's does.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures and prints")]

use std::time::Instant;

use nepho_emf::{Decoder, Outcome};
use nepho_model::{Batch, Timestamp};

const NOW: i64 = 1_767_225_600_000;
const DOCUMENTS: usize = 20_000;
const ROUNDS: usize = 100;

fn document(application: usize, n: usize) -> String {
    let timestamp = NOW + n as i64;
    format!(
        concat!(
            r#"{{"_aws":{{"Timestamp":{},"CloudWatchMetrics":[{{"Namespace":"Shop/App{}","Dimensions":[["Service","Host","Zone"]],"#,
            r#""Metrics":[{{"Name":"Latency","Unit":"Milliseconds"}},{{"Name":"Orders","Unit":"Count"}},{{"Name":"Bytes","Unit":"Bytes"}},"#,
            r#"{{"Name":"Errors","Unit":"Count"}},{{"Name":"QueueDepth","Unit":"Count"}}]}}]}},"#,
            r#""Service":"checkout","Host":"host-{}","Zone":"eu-west-1a","Latency":{}.{},"Orders":{},"Bytes":{},"Errors":0,"QueueDepth":{}}}"#
        ),
        timestamp,
        application,
        n % 5000,
        n % 400,
        n % 97,
        n % 7,
        n * 131 % 100_000,
        n % 20
    )
}

fn measure(title: &str, applications: usize) {
    let documents: Vec<String> = (0..DOCUMENTS).map(|n| document(n % applications, n)).collect();
    let mut decoder = Decoder::default();
    let mut batch = Batch::default();
    let (mut samples, start) = (0, Instant::now());
    for _ in 0..ROUNDS {
        for (n, document) in documents.iter().enumerate() {
            if n % 1000 == 0 {
                batch.clear();
            }
            match decoder.decode(document.as_bytes(), Timestamp::from_millis(NOW), &mut batch) {
                Outcome::Emf(extraction) => samples += extraction.samples,
                Outcome::NotEmf(rejection) => println!("{rejection}"),
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let decoded = (DOCUMENTS * ROUNDS) as f64;
    assert_eq!(samples, 5 * DOCUMENTS * ROUNDS);
    println!(
        "{title}: {:.2} M documents/s, {:.0} ns and {} bytes each",
        decoded / seconds / 1e6,
        seconds / decoded * 1e9,
        documents[0].len()
    );
}

fn main() {
    measure("one application", 1);
    measure("four applications in turn", 4);
    measure("forty applications in turn", 40);
}
