//! Every path of every use case, over HTTP, and every metric of the table read back.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use nepho::Unit;
use serde_json::{Value, json};
use ticketing::adapters::bank::{DECLINED_CARD, GOOD_CARD};
use ticketing::adapters::http::{BODY_BYTES_MAX, router};
use ticketing::adapters::metrics::{Destination, client};
use ticketing::adapters::queue::QUEUE_MESSAGES_MAX;
use ticketing::app::App;
use ticketing::clock::Stopwatch;
use ticketing::domain::Seat;
use ticketing::domain::ports::{Hall, TicketQueue};
use ticketing::load::{Expected, HttpClient};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::server::{Server, list, sorted};
use crate::table::TABLE;

const ENVIRONMENT: &str = "every-path";

/// The service's HTTP API, and a connection to it.
struct Api(HttpClient);

impl Api {
    async fn connect(address: SocketAddr) -> Self {
        Api(HttpClient::connect(address, address.to_string()).await.unwrap())
    }

    async fn check(&mut self, path: &str, request: Value, status: u16, expected: Value) {
        let (answered, answer) = self.0.post(path, request.to_string().into()).await.unwrap();
        assert_eq!((answered.as_u16(), &answer), (status, &expected), "{path} {request}");
    }

    async fn book(&mut self, seat: u32, status: u16, expected: Value) {
        self.check("/bookings", json!({"seat": seat, "customer": "Ada"}), status, expected).await;
    }

    async fn pay(&mut self, booking: u64, card: &str, status: u16, expected: Value) {
        self.check("/payments", json!({"booking": booking, "card": card}), status, expected).await;
    }
}

fn error(word: &str) -> Value {
    json!({"error": word})
}

/// Goes every way through the service. The queue is full when it ends, with two messages that are of use.
async fn drive(api: &mut Api, app: &App) {
    api.book(1, 201, json!({"booking": 1, "price_cents": 9000})).await;
    api.book(1, 409, error("seat_taken")).await;
    api.book(99, 404, error("unknown_seat")).await;
    {
        let _held = app.hall.try_lock(Seat(2)).unwrap();
        api.book(2, 409, error("seat_locked")).await;
        api.book(2, 409, error("seat_locked")).await;
    }
    api.book(2, 201, json!({"booking": 2, "price_cents": 9000})).await;
    api.book(3, 201, json!({"booking": 3, "price_cents": 4500})).await;

    api.pay(1, GOOD_CARD, 200, json!({"receipt": 1})).await;
    api.pay(1, GOOD_CARD, 409, error("already_paid")).await;
    api.pay(2, DECLINED_CARD, 402, error("declined")).await;
    api.pay(2, GOOD_CARD, 404, error("unknown_booking")).await;
    api.pay(3, GOOD_CARD, 200, json!({"receipt": 2})).await;
    api.book(2, 201, json!({"booking": 4, "price_cents": 9000})).await;
    while let Some(place) = app.queue.place() {
        place.put(b"{}".to_vec());
    }
    api.pay(4, GOOD_CARD, 503, error("queue_full")).await;
}

/// Asks what never comes to a use case, and what just does.
async fn misuse(api: &mut Api) {
    for body in [String::new(), "{".to_owned(), json!({"seat": "1", "customer": "Ada"}).to_string()] {
        let (status, _) = api.0.post("/bookings", body.into()).await.unwrap();
        assert!(status.is_client_error());
    }
    let long = |bytes: usize| {
        let frame = json!({"seat": 4, "customer": ""}).to_string().len();
        json!({"seat": 4, "customer": "a".repeat(bytes - frame)}).to_string().into_bytes()
    };
    let (status, _) = api.0.post("/bookings", long(BODY_BYTES_MAX + 1)).await.unwrap();
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let (status, _) = api.0.post("/bookings", long(BODY_BYTES_MAX)).await.unwrap();
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(api.0.get("/health").await.unwrap(), (StatusCode::OK, json!({"status": "ok"})));
}

/// What the metrics have to be then: name, value of the dimension, SampleCount, Sum.
fn expected() -> Vec<Expected> {
    let messages = QUEUE_MESSAGES_MAX as u64;
    let rows = [
        ("booking.attempts", "", 9, Some(9)),
        ("booking.success", "", 5, Some(5)),
        ("booking.failure", "seat_taken", 1, Some(1)),
        ("booking.failure", "unknown_seat", 1, Some(1)),
        ("booking.failure", "seat_locked", 2, Some(2)),
        ("booking.duration", "success", 5, None),
        ("booking.duration", "failure", 4, None),
        ("booking.success_rate", "", 9, Some(500)),
        ("payment.attempts", "", 6, Some(6)),
        ("payment.success", "", 2, Some(2)),
        ("payment.failure", "", 4, Some(4)),
        ("payment.duration", "", 6, None),
        ("reservation.lock_acquired", "", 6, Some(6)),
        ("reservation.lock_failed", "", 2, Some(2)),
        ("reservation.lock_duration", "", 6, None),
        ("consumer.messages_processed", "", 2, Some(2)),
        ("consumer.errors", "", messages - 2, Some(messages - 2)),
        ("consumer.lag", "", messages, Some(messages * (messages - 1) / 2)),
    ];
    let of = |(name, value, samples, sum): (&'static str, &str, u64, Option<u64>)| {
        let (_, unit, dimension) = TABLE.iter().find(|(of_table, ..)| *of_table == name).unwrap();
        let dimension = dimension.map(|dimension| (dimension, value.to_owned()));
        Expected { name, dimension, unit: Unit::parse(unit).unwrap(), samples, sum }
    };
    rows.map(of).to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_metric_of_the_table_is_stored_exactly() {
    let server = Server::start().await;
    let mut cloudwatch = server.cloudwatch().await;
    let destination = Destination::Http(format!("http://{}/emf", server.http));
    let metrics = client(ENVIRONMENT, &destination).unwrap();
    let (app, inbox) = App::open(Arc::new(metrics.clone()), 4);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(listener, router(app.clone()));
    let serving = tokio::spawn(serving.with_graceful_shutdown(async { drop(stopped.await) }).into_future());

    let watch = Stopwatch::start();
    let mut api = Api::connect(address).await;
    drive(&mut api, &app).await;
    misuse(&mut api).await;
    drop((api, stop));
    serving.await.unwrap().unwrap();
    assert_eq!(app.bank.balance_cents(), 9000 + 4500);
    // The consumer begins when all producers are done, so that what waits behind each message is known.
    let consume = app.consume.clone();
    drop(app);
    inbox.consume(consume).await;
    let elapsed_ms = watch.elapsed().as_secs_f64() * 1e3;
    assert!(tokio::task::block_in_place(|| metrics.flush_and_wait(Duration::from_secs(30))));

    let expected = expected();
    let names: BTreeSet<_> = expected.iter().map(|metric| metric.name).collect();
    assert_eq!(names, TABLE.iter().map(|(name, ..)| *name).collect(), "every metric of the table, and no other");
    let identities = expected.iter().map(|metric| {
        let own = metric.dimension.iter().map(|(name, value)| format!("{name}={value}"));
        let defaults = ["Service=ticketing-service".to_owned(), format!("Environment={ENVIRONMENT}")];
        (metric.name.to_owned(), sorted(defaults.into_iter().chain(own)))
    });
    assert_eq!(list(&mut cloudwatch).await, sorted(identities));
    let mut samples = 0.0;
    for metric in &expected {
        let stored = cloudwatch.stored(ENVIRONMENT, metric).await.unwrap();
        assert!(metric.is(&stored), "{metric:?} is stored as {stored:?}");
        if metric.unit == Unit::Milliseconds {
            assert!(
                0.0 < stored.maximum && (0.0..=stored.maximum).contains(&stored.minimum),
                "{metric:?} is stored as {stored:?}"
            );
            assert!(stored.sum <= elapsed_ms, "{metric:?} is stored as {stored:?}");
        }
        samples += stored.samples;
    }
    assert_eq!(metrics.accounting().delivered as f64, samples, "nothing is stored in another unit");
    assert_eq!(metrics.accounting().dropped_total(), 0);
    metrics.shutdown(Duration::from_secs(5));
    server.stop().await;
}
