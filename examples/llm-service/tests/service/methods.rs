//! The eight methods: what each answers, and what is measured of it.

use bytes::Bytes;
use http::{Request, StatusCode};
use llm_service::http::Answer;
use llm_service::methods::Method;
use llm_service::stand_in::{Act, Said};
use llm_service::visitor::model_time;
use serde_json::Value;

use crate::expected::{Expected, METHODS};
use crate::stage::{Stage, within};

/// What the model does in one call, and what the caller gets.
const CALLS: [(&[Act], StatusCode); 9] = [
    (&[Act::new(15, Said::Good)], StatusCode::OK),
    (&[Act::new(10, Said::Broken), Act::new(5, Said::Good)], StatusCode::OK),
    (&[Act::new(5, Said::Chatty), Act::new(10, Said::Good)], StatusCode::OK),
    (&[Act::new(5, Said::OtherForm), Act::new(5, Said::Good)], StatusCode::OK),
    (&[Act::new(0, Said::Cut), Act::new(5, Said::Good)], StatusCode::OK),
    (&[Act::new(5, Said::Broken), Act::new(5, Said::OtherForm)], StatusCode::BAD_GATEWAY),
    (&[Act::new(5, Said::Broken), Act::new(5, Said::Status(500))], StatusCode::BAD_GATEWAY),
    (&[Act::new(5, Said::Status(503))], StatusCode::BAD_GATEWAY),
    (&[Act::new(5, Said::Status(429))], StatusCode::SERVICE_UNAVAILABLE),
];

fn method(name: &str) -> &'static Method {
    Method::find(name).unwrap()
}

/// The time of the model's tries, each contained in the time that was measured.
fn check_tries(stage: &Stage, name: &str, acts: &[Act], answer: &Answer) {
    let calls = stage.model.take_calls();
    let asked: Vec<_> = calls.iter().map(|call| (call.method.as_str(), call.is_strict, call.act)).collect();
    let expected: Vec<_> = acts.iter().enumerate().map(|(number, act)| (name, number > 0, *act)).collect();
    assert_eq!(asked, expected, "asked once, and once more with a stricter prompt if need be");
    let took: f64 = calls.iter().map(|call| call.took_ms).sum();
    let commanded: u64 = acts.iter().map(|act| act.delay_ms).sum();
    assert_eq!(model_time(answer).is_some(), answer.status().is_success());
    let measured = model_time(answer).unwrap_or(f64::INFINITY);
    assert!(measured >= took && took >= commanded as f64, "{name}: {measured} of {took} of {commanded} ms");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_succeed_are_measured_once() {
    let stage = Stage::set().await;
    let mut expected = Expected::default();
    for name in METHODS {
        for (acts, status) in CALLS {
            assert!(stage.model.act(acts));
            let answer = stage.visitor.call(method(name), Some("ada")).await.unwrap();
            assert_eq!(answer.status(), status, "{name}: {acts:?}: {:?}", answer.body());
            check_tries(&stage, name, acts, &answer);
            let Some(time) = model_time(&answer) else { continue };
            expected.latency(name, time);
            let said: Value = serde_json::from_slice(answer.body()).unwrap();
            if name == "generate_artifacts" {
                expected.event("artifact_generated", Some("ada"));
                let folder = said["folder"].as_str().unwrap();
                assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1, "{said}");
            } else {
                assert_eq!(said, serde_json::from_str::<Value>(method(name).form).unwrap());
            }
        }
    }
    assert_eq!(expected.samples(), 8 * 5 + 5);
    stage.flush();
    expected.check(&stage.reader).await;
    let account = stage.metrics.accounting();
    assert_eq!((account.accepted, account.delivered), (expected.samples(), expected.samples()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn artifacts_count_when_they_are_written() {
    let stage = Stage::set().await;
    let mut expected = Expected::default();
    for (user, times) in [(Some("ada"), 2), (None, 3), (Some(""), 1)] {
        for _ in 0..times {
            let answer = stage.visitor.call(method("generate_artifacts"), user).await.unwrap();
            expected.latency("generate_artifacts", model_time(&answer).unwrap());
            expected.event("artifact_generated", user.filter(|user| !user.is_empty()));
        }
    }
    // The call succeeds, and the pipeline does not.
    std::fs::remove_dir_all(stage.artifacts.path()).unwrap();
    let answer = stage.visitor.call(method("generate_artifacts"), Some("ada")).await.unwrap();
    assert_eq!((answer.status(), model_time(&answer)), (StatusCode::INTERNAL_SERVER_ERROR, None));
    stage.flush();
    let metric = llm_service::read_back::Metric::new(
        "CoFounder/Business",
        "EventCount",
        &[("Event", "artifact_generated"), ("UserId", "ada")],
    );
    assert_eq!(stage.reader.summary(&metric, "Count").await.unwrap().count, 2.0);
    assert_eq!(stage.metrics.accounting().delivered, expected.samples() + 1, "with the time of the last call");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_is_not_measured() {
    let stage = Stage::set().await;
    let mut expected = Expected::default();
    stage.model.act(&[Act::new(3_600_000, Said::Good)]);
    let service = std::sync::Arc::clone(&stage.service);
    let example = method("generate_brief").example;
    let request = Request::post("/v1/generate_brief").body(Bytes::from_static(example.as_bytes())).unwrap();
    let asking = tokio::spawn(async move { service.answer(request).await });
    within(stage.model.arrived(1)).await;
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    let answer = stage.visitor.call(method("generate_brief"), None).await.unwrap();
    expected.latency("generate_brief", model_time(&answer).unwrap());
    stage.flush();
    expected.check(&stage.reader).await;
}
