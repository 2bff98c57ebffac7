//! The load test's own counts are what is stored, whichever way the metrics went.

use ticketing::adapters::metrics::Destination;
use ticketing::load::Load;

use crate::server::Server;

async fn check(metrics: impl FnOnce(&Server) -> Destination) {
    let server = Server::start().await;
    let metrics = metrics(&server);
    let load = Load { bookings: 1_000, clients: 8, endpoint: server.endpoint(), metrics };
    let outcome = load.run().await.unwrap();
    assert!(outcome.is_exact(), "{:#?}", outcome.rows);
    let counts = &outcome.counts;
    assert_eq!(counts.bookings, 1_001);
    assert_eq!(counts.refused.values().sum::<u64>() + counts.booked, counts.bookings);
    // One of twenty each; the others who find a seat taken, or locked, are those who rush for it.
    assert_eq!(counts.refused["unknown_seat"], 50);
    assert!(counts.refused["seat_locked"] >= 50 && counts.refused["seat_taken"] >= 50, "{counts:?}");
    assert_eq!(counts.payments - counts.paid, 100, "declined cards, and bookings that do not exist");
    assert_eq!(counts.disturbances, 50);
    assert_eq!(outcome.rows.len(), 18);
    assert_eq!(outcome.accounting.dropped_total(), 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_http() {
    check(|server| Destination::Http(format!("http://{}/emf", server.http))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_an_agent() {
    check(|server| Destination::Agent(format!("tcp://{}", server.emf))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_said_before_anything_is_booked() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{unused}").parse().unwrap();
    let load = Load { bookings: 1, clients: 1, endpoint, metrics: Destination::Stdout };
    let words = load.run().await.unwrap_err().to_string();
    assert!(words.starts_with(&format!("no server of Nephoscope at http://{unused}/ (")), "{words}");
    assert!(words.contains("cargo run --release -- serve"), "{words}");
}
