//! The service as a process: settings, endpoint and credentials from its environment, and an end by signal.

use std::path::Path;
use std::process::Output;

use http::StatusCode;
use llm_service::clock::unix_seconds;
use llm_service::methods::METHODS;
use llm_service::process::Process;
use llm_service::read_back::Reader;
use llm_service::stand_in::{BackEnd, Manner};
use llm_service::visitor::{Visitor, model_time};

use crate::expected::{Expected, MODEL};
use crate::stage::{SECRET, authority, model, server};

const PROGRAM: &str = env!("CARGO_BIN_EXE_llm-service");

/// Runs the service with an endpoint for its metrics, calls every method once, and ends it.
async fn run(endpoint: &str, variables: &[(&str, &str)]) -> (Vec<f64>, Output) {
    let (model, artifacts) = (model().await, tempfile::tempdir().unwrap());
    let origin = model.origin();
    let mut environment = vec![
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "any"),
        ("AWS_SECRET_ACCESS_KEY", "any"),
        ("LLM_URL", origin.as_str()),
        ("LLM_MODEL", MODEL),
        ("LLM_API_KEY", "any"),
        ("STRIPE_WEBHOOK_SECRET", SECRET),
        ("ARTIFACTS", artifacts.path().to_str().unwrap()),
    ];
    environment.extend(variables);
    let service = Process::start(Path::new(PROGRAM), &environment, true).await.unwrap();
    let visitor = Visitor::new(service.origin(), SECRET);
    let mut times = Vec::new();
    for method in &METHODS {
        let answer = visitor.call(method, Some("ada@example.com")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{}", method.name);
        times.push(model_time(&answer).unwrap());
    }
    (times, service.stop().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_measured_is_stored_when_the_service_has_ended() {
    let endpoint = server().await;
    let reader = Reader::new(&endpoint, unix_seconds());
    let (times, output) = run(&endpoint, &[]).await;
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !log.contains("WARN"), "{log}");
    let mut expected = Expected::default();
    METHODS.iter().zip(times).for_each(|(method, time)| expected.latency(method.name, time));
    expected.event("artifact_generated", Some("ada@example.com"));
    expected.check(&reader).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_leave_the_process_as_one_of_256_when_there_is_a_key() {
    let endpoint = server().await;
    let reader = Reader::new(&endpoint, unix_seconds());
    let (_, output) = run(&endpoint, &[("USER_ID_KEY", "secret")]).await;
    assert!(output.status.success());
    let events = reader.list("CoFounder/Business").await.unwrap();
    let users: Vec<_> = events.iter().map(|metric| metric.dimensions[1].clone()).collect();
    let [(name, bucket)] = users.as_slice() else { panic!("{users:?}") };
    assert!(name == "UserId" && bucket.parse::<u8>().is_ok(), "{bucket}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_back_end_that_is_down_is_a_warning_in_the_log() {
    let mut back_end = BackEnd::start(authority(&server().await)).unwrap();
    back_end.behave(Manner::Down).await.unwrap();
    let (_, output) = run(&back_end.origin(), &[]).await;
    let log = String::from_utf8(output.stderr).unwrap();
    let warnings: Vec<_> = log.lines().filter(|line| line.contains(" WARN ")).collect();
    assert!(output.status.success() && !warnings.is_empty(), "{log}");
    assert!(warnings.iter().all(|line| line.contains("PutMetricData")), "{log}");
    assert!(log.contains("accepted=9 delivered=0 dropped=9"), "{log}");
}
