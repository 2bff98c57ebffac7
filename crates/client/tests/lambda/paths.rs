//! Whichever way a handler ends, its metrics have left when its answer does.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::panic::AssertUnwindSafe;

use lambda_runtime::tower::{Layer as _, Service, ServiceExt, service_fn};
use lambda_runtime::{LambdaEvent, LambdaInvocation};
use nepho::lambda::{Layer, invocation};
use nepho::sink::Act;
use nepho::{MetricsPort, Unit};
use tokio::sync::Barrier;

use crate::events::{SOON, client, event, measure, order, sent_text};

/// Calls a service once.
async fn call<S, R>(service: &mut S, request: R) -> Result<S::Response, S::Error>
where
    S: Service<R>,
{
    service.ready().await?.call(request).await
}

async fn order_or_fail(event: LambdaEvent<()>) -> Result<u32, &'static str> {
    measure("Orders");
    if event.context.request_id == "r-2" {
        return Err("no such order");
    }
    tokio::task::yield_now().await;
    measure("Shipped");
    Ok(7)
}

#[tokio::test]
async fn results_and_errors_leave_after_their_metrics() {
    let (metrics, capture) = client();
    let mut function = Layer::new(&metrics).layer(service_fn(order_or_fail));
    assert_eq!(call(&mut function, event("r-1", SOON)).await, Ok(7));
    assert_eq!(sent_text(&capture), ["r-1: ColdStart", "r-1: Orders Shipped"]);
    capture.clear();
    assert_eq!(call(&mut function, event("r-2", SOON)).await, Err("no such order"));
    assert_eq!(sent_text(&capture), ["r-2: Orders"]);
}

async fn panic_later(_: LambdaEvent<()>) -> Result<(), Infallible> {
    measure("Later");
    tokio::task::yield_now().await;
    panic!("on the way");
}

fn panic_at_once(_: LambdaEvent<()>) -> Ready<Result<(), Infallible>> {
    measure("AtOnce");
    panic!("before it began");
}

#[tokio::test]
async fn panics_go_on_after_their_metrics() {
    let (metrics, capture) = client();
    let layer = Layer::new(&metrics).without_cold_start();
    let mut later = layer.layer(service_fn(panic_later));
    let mut at_once = layer.layer(service_fn(panic_at_once));
    for (request_id, words) in [("r-1", "on the way"), ("r-2", "before it began")] {
        let calling = async {
            match request_id {
                "r-1" => call(&mut later, event(request_id, SOON)).await,
                _ => call(&mut at_once, event(request_id, SOON)).await,
            }
        };
        let panic = AssertUnwindSafe(CatchUnwind(Box::pin(calling))).0.await.unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&words));
    }
    assert_eq!(sent_text(&capture), ["r-1: Later", "r-2: AtOnce"]);
}

/// What `lambda_runtime` does around a handler.
struct CatchUnwind<F>(std::pin::Pin<Box<F>>);

impl<F: Future> Future for CatchUnwind<F> {
    type Output = std::thread::Result<F::Output>;

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        match std::panic::catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => std::task::Poll::Ready(Err(panic)),
        }
    }
}

#[tokio::test]
async fn a_sink_that_fails_changes_no_answer() {
    for act in [Act::Fail, Act::Refuse, Act::Panic] {
        let (metrics, capture) = client();
        capture.always(act);
        let layer = Layer::new(&metrics).flush_time(std::time::Duration::from_millis(50));
        let mut function = layer.layer(service_fn(order));
        assert_eq!(call(&mut function, event("r-1", SOON)).await, Ok("answer"));
        assert!(capture.sends() > 0);
    }
}

#[tokio::test]
async fn an_invocation_without_metrics_sends_nothing() {
    let (metrics, capture) = client();
    let handler = service_fn(|_: LambdaEvent<()>| ready(Ok::<_, Infallible>(())));
    let mut function = Layer::new(&metrics).without_cold_start().layer(handler);
    call(&mut function, event("r-1", SOON)).await.unwrap();
    assert_eq!(capture.texts(), Vec::<String>::new());
}

async fn say_more(_: LambdaEvent<()>) -> Result<(), Infallible> {
    let metrics = invocation();
    metrics.dimension("Stage", "live");
    metrics.set_property("customer", "c-7".into());
    metrics.put_metric("Size", 12.5, Unit::Bytes, &[]);
    metrics.increment("Failures", &[("Kind", "late")]);
    Ok(())
}

#[tokio::test]
async fn dimensions_and_properties_are_the_invocations() {
    let (metrics, capture) = client();
    let mut function = Layer::new(&metrics).without_cold_start().layer(service_fn(say_more));
    call(&mut function, event("r-1", SOON)).await.unwrap();
    let mut documents: Vec<serde_json::Value> =
        capture.texts().iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    documents.sort_by_key(|document| document["Kind"].is_null());
    let dimensions = |n: usize| documents[n]["_aws"]["CloudWatchMetrics"][0]["Dimensions"].to_string();
    assert_eq!((documents.len(), dimensions(0).as_str()), (2, r#"[["Stage","Kind"]]"#));
    assert_eq!((dimensions(1).as_str(), &documents[1]["Size"]), (r#"[["Stage"]]"#, &12.5.into()));
    for document in documents {
        assert_eq!((&document["customer"], &document["request_id"]), (&"c-7".into(), &"r-1".into()));
    }
}

#[tokio::test]
async fn invocations_at_the_same_time_keep_their_metrics_apart() {
    let (metrics, capture) = client();
    let layer = Layer::new(&metrics).without_cold_start();
    let both = Barrier::new(2);
    let handler = |name: &'static str| {
        let both = &both;
        layer.layer(service_fn(move |_: LambdaEvent<()>| async move {
            both.wait().await;
            measure(name);
            both.wait().await;
            measure("Both");
            Ok::<_, Infallible>(())
        }))
    };
    let (mut one, mut other) = (handler("First"), handler("Second"));
    let (first, second) = tokio::join!(call(&mut one, event("r-1", SOON)), call(&mut other, event("r-2", SOON)));
    assert_eq!((first, second), (Ok(()), Ok(())));
    let mut sent = sent_text(&capture);
    sent.sort();
    assert_eq!(sent, ["r-1: First Both", "r-2: Second Both"]);
}

#[tokio::test]
async fn what_comes_late_leaves_with_the_next_invocation() {
    let (metrics, capture) = client();
    let mut left_behind = None;
    let mut function = Layer::new(&metrics).without_cold_start().layer(service_fn(|_: LambdaEvent<()>| {
        let late = left_behind.replace(invocation());
        async move {
            if let Some(late) = late {
                late.increment("Late", &[]);
                assert!(!late.set_property("customer", "c-7".into()), "its document is gone");
            }
            measure("Orders");
            Ok::<_, Infallible>(())
        }
    }));
    call(&mut function, event("r-1", SOON)).await.unwrap();
    call(&mut function, event("r-2", SOON)).await.unwrap();
    let mut sent = sent_text(&capture);
    sent.sort();
    assert_eq!(sent, ["-: Late", "r-1: Orders", "r-2: Orders"]);
}

async fn count_bytes(invocation: LambdaInvocation) -> Result<usize, Infallible> {
    measure("Orders");
    Ok(invocation.body.len())
}

#[tokio::test]
async fn around_a_runtime_it_sees_invocations_whose_event_was_not_read_yet() {
    let (metrics, capture) = client();
    let mut function = Layer::new(&metrics).layer(service_fn(count_bytes));
    let (parts, ()) = http::Response::new(()).into_parts();
    let context = event("r-1", SOON).context;
    let request = LambdaInvocation { parts, body: bytes::Bytes::from_static(b"{}"), context };
    assert_eq!(call(&mut function, request).await, Ok(2));
    assert_eq!(sent_text(&capture), ["r-1: ColdStart", "r-1: Orders"]);
}

#[tokio::test]
async fn an_invocation_can_be_a_task_of_its_own() {
    let (metrics, capture) = client();
    let mut function = Layer::new(&metrics).without_cold_start().layer(service_fn(order));
    tokio::spawn(function.call(event("r-1", SOON))).await.unwrap().unwrap();
    assert_eq!(sent_text(&capture), ["r-1: Orders"]);
}

#[test]
fn outside_of_a_handler_there_is_the_global_client() {
    assert!(!invocation().set_property("customer", "c-7".into()));
    assert!(!invocation().increment("Orders", &[]), "and none is installed here");
}
