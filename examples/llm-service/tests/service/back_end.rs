//! Bad days of the metrics' back end, which requests do not notice.

use std::time::Duration;

use http::StatusCode;
use llm_service::clock::unix_seconds;
use llm_service::methods::Method;
use llm_service::stand_in::{Act, Manner, Said};
use llm_service::visitor::model_time;
use serde_json::json;

use crate::expected::{Expected, METHODS};
use crate::stage::{Stage, TIME, within};

impl Stage {
    /// Uses the service in every way that is measured.
    async fn use_all(&self, day: &str, expected: &mut Expected) {
        for name in METHODS {
            self.model.act(&[Act::new(0, Said::Broken), Act::GOOD]);
            let answer = self.visitor.call(Method::find(name).unwrap(), Some(day)).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{day}: {name}");
            expected.latency(name, model_time(&answer).unwrap());
        }
        expected.event("artifact_generated", Some(day));
        let (bought, ended) = (format!("evt_1_{day}"), format!("evt_2_{day}"));
        let events = [
            json!({"id": bought, "type": "checkout.session.completed", "data": {"object":
                {"client_reference_id": day, "subscription": day, "payment_status": "paid"}}}),
            json!({"id": ended, "type": "customer.subscription.deleted", "data": {"object": {"id": day}}}),
        ];
        for event in &events {
            let answer = self.visitor.deliver(event, unix_seconds()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{day}: {event}");
        }
        expected.event("new_subscription", Some(day));
        expected.event("subscription_cancelled", Some(day));
    }

    /// Has the metrics sent, by somebody who waits for that.
    fn begin_to_flush(&self) -> std::thread::JoinHandle<bool> {
        let metrics = self.metrics.clone();
        std::thread::spawn(move || metrics.flush_and_wait(TIME))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_answered_while_the_back_end_hangs_and_nothing_is_lost() {
    let mut stage = Stage::set().await;
    let mut expected = Expected::default();
    stage.use_all("before", &mut expected).await;
    stage.back_end.behave(Manner::Hanging).await.unwrap();
    let flushing = stage.begin_to_flush();
    within(stage.back_end.arrived(1)).await;
    // From here on the worker waits for an answer that does not come.
    stage.use_all("meanwhile", &mut expected).await;
    let account = stage.metrics.accounting();
    assert_eq!((account.delivered, account.buffered), (0, expected.samples()), "the back end still hangs");
    assert_eq!((stage.back_end.arrivals(), flushing.is_finished()), (1, false));

    stage.back_end.behave(Manner::Up).await.unwrap();
    assert!(tokio::task::block_in_place(|| flushing.join().unwrap()));
    stage.flush();
    expected.check(&stage.reader).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_over_bad_days_and_all_requests_are_answered() {
    let mut stage = Stage::set().await;
    let mut expected = Expected::default();
    for (day, manner) in [
        ("up", Manner::Up),
        ("slow", Manner::Slow(Duration::from_millis(50))),
        ("refusing", Manner::Refusing),
        ("down", Manner::Down),
    ] {
        stage.back_end.behave(manner).await.unwrap();
        let before = stage.back_end.arrivals();
        stage.use_all(&format!("first of {day}"), &mut expected).await;
        let metrics = stage.metrics.clone();
        let flushing = tokio::task::spawn_blocking(move || metrics.flush_and_wait(Duration::ZERO));
        if manner != Manner::Down {
            within(stage.back_end.arrived(before + 1)).await;
        }
        stage.use_all(&format!("second of {day}"), &mut expected).await;
        flushing.await.unwrap();
    }
    stage.back_end.behave(Manner::Up).await.unwrap();
    assert!(tokio::task::block_in_place(|| stage.metrics.shutdown(TIME)), "{:?}", stage.metrics.accounting());
    expected.check(&stage.reader).await;
    let account = stage.metrics.accounting();
    assert_eq!((account.accepted, account.delivered), (expected.samples(), expected.samples()));
}
