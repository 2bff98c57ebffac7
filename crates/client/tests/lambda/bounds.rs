//! What a flush may take, and what is flushed when there is no end.

use std::convert::Infallible;
use std::sync::mpsc::channel;
use std::time::Duration;

use lambda_runtime::LambdaEvent;
use lambda_runtime::tower::{Layer as _, Service, service_fn};
use nepho::lambda::Layer;
use nepho::sink::Act;

use crate::events::{SOON, client, event, measure, order, sent_text};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_hung_sink_costs_no_more_than_its_bound_or_the_deadline() {
    // The limit of a flush, and the time of the invocation: the answer does not wait for the longer of them.
    let cases = [
        (Duration::from_millis(100), SOON),
        (SOON, Duration::from_millis(200)),
        (Duration::ZERO, SOON),
        (SOON, Duration::ZERO),
    ];
    for (flush_time, time) in cases {
        let (metrics, capture) = client();
        capture.always(Act::Hang);
        let mut function = Layer::new(&metrics).flush_time(flush_time).layer(service_fn(order));
        let start = nepho_server::monotonic();
        assert_eq!(function.call(event("r-1", time)).await, Ok("answer"));
        let took = nepho_server::monotonic() - start;
        assert!(took < SOON / 2, "{took:?} with {flush_time:?} and {time:?}");
        assert!(took >= flush_time.min(time).saturating_sub(Duration::from_millis(20)), "{took:?}");
        capture.release();
    }
}

#[tokio::test]
async fn the_runtime_goes_on_while_a_flush_waits() {
    let (metrics, capture) = client();
    capture.then(Act::Hang);
    let mut function = Layer::new(&metrics).flush_time(SOON).layer(service_fn(order));
    // On one thread: the other work only gets to release the sink when the flush leaves it room.
    let other_work = async {
        while capture.sends() == 0 {
            tokio::task::yield_now().await;
        }
        loop {
            capture.release();
            tokio::task::yield_now().await;
            if !capture.texts().is_empty() {
                return;
            }
        }
    };
    let (answer, ()) = tokio::join!(function.call(event("r-1", SOON)), other_work);
    assert_eq!(answer, Ok("answer"));
}

async fn never_end(_: LambdaEvent<()>) -> Result<(), Infallible> {
    measure("Orders");
    std::future::pending().await
}

#[tokio::test]
async fn a_handler_that_never_ends_leaves_its_metrics_before_the_deadline() {
    let (metrics, capture) = client();
    let mut function = Layer::new(&metrics).without_cold_start().layer(service_fn(never_end));
    let mut running = function.call(event("r-1", Duration::from_millis(1500)));
    // It has to get so far as to measure.
    assert!(poll_once(&mut running).is_pending());
    assert!(capture.wait_for_samples(1, SOON));
    assert_eq!(sent_text(&capture), ["r-1: Orders"]);
    assert!(poll_once(&mut running).is_pending());
}

fn poll_once<F: Future + Unpin>(future: &mut F) -> std::task::Poll<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    std::pin::Pin::new(future).poll(&mut context)
}

#[test]
fn a_handler_that_blocks_its_thread_does_not_block_that() {
    let (metrics, capture) = client();
    let layer = Layer::new(&metrics).without_cold_start();
    let (unblock, blocked) = channel::<()>();
    let mut function = layer.layer(service_fn(move |_: LambdaEvent<()>| {
        measure("Orders");
        let waited = blocked.recv_timeout(SOON);
        measure("Waited");
        std::future::ready(waited.map_err(|_| "nobody came"))
    }));
    let handling = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(function.call(event("r-1", Duration::from_millis(1500))))
    });
    assert!(capture.wait_for_samples(1, SOON), "before the handler is unblocked");
    assert_eq!(sent_text(&capture), ["r-1: Orders"]);
    unblock.send(()).unwrap();
    assert_eq!(handling.join().unwrap(), Ok(()));
    // Its document is gone, and its time is over: what came since then leaves with the flush at the end, if that has
    // time left, or with the next one.
    metrics.flush_and_wait(SOON);
    assert_eq!(sent_text(&capture), ["r-1: Orders", "-: Waited"]);
}
