//! What is on the wire.

use std::io::Read;

use flate2::read::GzDecoder;
use nepho::Sink;

use crate::datums::{payload, sink};
use crate::recorded_server::{Answer, RecordedServer};

#[test]
fn large_requests_are_compressed_and_small_ones_are_not() {
    let server = RecordedServer::start(|_| Answer::Ok);
    let mut sink = sink(server.address);
    for datums in [1, 1000] {
        sink.send(&payload(datums)).unwrap();
    }
    let [small, large] = &server.requests()[..] else { panic!("two sends are two requests") };

    assert_eq!(small.header("content-encoding"), None);
    assert!(small.body.len() < 10 * 1024, "{} bytes", small.body.len());
    assert!(small.body.windows(10).any(|bytes| bytes == b"Metric0000"));

    assert_eq!(large.header("content-encoding"), Some("gzip"));
    let mut plain = Vec::new();
    GzDecoder::new(&large.body[..]).read_to_end(&mut plain).unwrap();
    assert!(plain.windows(10).any(|bytes| bytes == b"Metric0999"));
    assert!(large.body.len() * 5 < plain.len(), "{} bytes of {}", large.body.len(), plain.len());
}

#[tokio::test]
async fn a_host_may_run_tokio_itself() {
    let server = RecordedServer::start(|_| Answer::Ok);
    let mut sink = sink(server.address);
    let worker = std::thread::spawn(move || {
        sink.send(&payload(1)).unwrap();
        sink
    });
    let sink = worker.join().unwrap();
    drop(sink);
    assert_eq!(server.requests().len(), 1);
}
