//! Processes with the real runtime, under a stand-in of Lambda's API.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use lambda_runtime::tower::{Layer as _, service_fn};
use lambda_runtime::{Error, LambdaEvent, Runtime};
use nepho::{Metrics, MetricsPort, lambda};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::events::SOON;
use crate::recorded_server::{Answer, RecordedServer, Request};

/// Set in the process that is the function.
const FUNCTION: &str = "NEPHO_TEST_FUNCTION";

/// The function: does what its event says.
async fn handle(event: LambdaEvent<Value>) -> Result<String, Error> {
    let metrics = lambda::invocation();
    metrics.increment("Orders", &[]);
    match event.payload.as_str() {
        Some("panic") => panic!("out of paper"),
        Some("fail") => Err("out of ink".into()),
        _ => Ok("done".to_owned()),
    }
}

fn be_the_function() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = async {
        let metrics = Metrics::builder("Shop").build();
        metrics.increment("Starts", &[]);
        lambda::flush_on_shutdown(&metrics).await;
        Runtime::new(lambda::Layer::new(&metrics).layer(service_fn(handle))).run().await
    };
    runtime.block_on(run).unwrap();
}

/// What the function posted, and the documents that were on its standard output by then.
struct Post {
    request: Request,
    documents: Vec<String>,
}

/// The runtime API, with these events; it tells what the function posts, and when it asks for more.
fn runtime_api(events: &[&str], stdout: PathBuf) -> (RecordedServer, Receiver<Post>) {
    let mut events: Vec<String> = events.iter().rev().map(|event| format!("{event:?}")).collect();
    let (posted, posts) = channel();
    let state = Mutex::new((move || events.pop(), posted));
    let server = RecordedServer::answering(move |_, request| {
        let (next, posted) = &mut *state.lock().unwrap();
        let post = || posted.send(Post { request: request.clone(), documents: documents(&stdout) }).unwrap();
        match request.target() {
            "GET /2018-06-01/runtime/invocation/next" => match next() {
                Some(event) => deliver(event),
                None => {
                    post();
                    Answer::Silence
                }
            },
            "POST /2020-01-01/extension/register" => {
                Answer::Reply(200, "lambda-extension-identifier: e-1\r\n".to_owned(), b"{}".to_vec())
            }
            "GET /2020-01-01/extension/event/next" => Answer::Silence,
            _ => {
                post();
                Answer::Reply(202, String::new(), Vec::new())
            }
        }
    });
    (server, posts)
}

/// An event is its own request id.
fn deliver(event: String) -> Answer {
    let deadline = nepho_server::system_time().millis() + 60_000;
    let request_id = event.trim_matches('"');
    let headers = format!("lambda-runtime-aws-request-id: {request_id}\r\nlambda-runtime-deadline-ms: {deadline}\r\n");
    Answer::Reply(200, headers, event.into_bytes())
}

/// Runs the test of this name once more, as a function's process.
fn start(test: &str, server: &RecordedServer, stdout: &NamedTempFile) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env_clear().env(FUNCTION, "1");
    command.env("AWS_LAMBDA_RUNTIME_API", server.address.to_string()).env("AWS_LAMBDA_FUNCTION_NAME", "shop");
    command.env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128").env("AWS_LAMBDA_FUNCTION_VERSION", "1");
    command.stdout(stdout.reopen().unwrap()).stderr(Stdio::null()).spawn().unwrap()
}

/// The documents in a function's output, as `request id: metrics`.
fn documents(stdout: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(stdout).unwrap();
    let documents = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let read = |document: Value| {
        let metrics = document["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap().iter();
        let names: Vec<_> = metrics.map(|metric| metric["Name"].as_str().unwrap()).collect();
        format!("{}: {}", document["request_id"].as_str().unwrap_or("-"), names.join(" "))
    };
    documents.map(read).collect()
}

#[test]
fn every_answer_comes_after_its_metrics() {
    if std::env::var_os(FUNCTION).is_some() {
        return be_the_function();
    }
    let stdout = NamedTempFile::new().unwrap();
    let (server, posts) = runtime_api(&["work", "fail", "panic", "rest"], stdout.path().to_owned());
    let mut child = start("process::every_answer_comes_after_its_metrics", &server, &stdout);
    let mut expected = vec!["-: Starts".to_owned(), "work: ColdStart".to_owned()];
    for (event, kind, words) in [
        ("work", "response", "done"),
        ("fail", "error", "out of ink"),
        ("panic", "error", "Lambda panicked: out of paper"),
        ("rest", "response", "done"),
    ] {
        let Post { request, mut documents } = posts.recv_timeout(SOON).unwrap();
        let target = format!("POST /2018-06-01/runtime/invocation/{event}/{kind}");
        assert_eq!(request.target(), target);
        assert!(String::from_utf8_lossy(&request.body).contains(words), "{request:?}");
        expected.push(format!("{event}: Orders"));
        expected.sort();
        documents.sort();
        assert_eq!(documents, expected, "when {target} came");
    }
    // It asks for one more event.
    posts.recv_timeout(SOON).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn sigterm_flushes_what_belongs_to_no_invocation() {
    if std::env::var_os(FUNCTION).is_some() {
        return be_the_function();
    }
    let stdout = NamedTempFile::new().unwrap();
    let (server, posts) = runtime_api(&[], stdout.path().to_owned());
    let mut child = start("process::sigterm_flushes_what_belongs_to_no_invocation", &server, &stdout);
    // It asks for an event, and waits.
    assert_eq!(posts.recv_timeout(SOON).unwrap().documents, Vec::<String>::new());
    let asked: Vec<String> = server.requests().iter().map(|request| request.target().to_owned()).collect();
    assert!(asked.contains(&"POST /2020-01-01/extension/register".to_owned()), "{asked:?}");
    let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(documents(stdout.path()), ["-: Starts"]);
}
