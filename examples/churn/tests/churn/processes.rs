//! API and worker as processes of their own, as they are when they are in use: their settings are in their environment, and
//! what they measured leaves them at the latest when they stop.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use bytes::Bytes;
use churn::template::Template;
use http::Request;
use nepho_server::{Clock, Config, Listeners, Stores, run};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::server::{Server, send};
use crate::stage::{USER, json_of};

const PROGRAM: &str = env!("CARGO_BIN_EXE_churn");

/// A process, and what it says. It is killed when this is dropped.
struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Process {
    fn start(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.current_dir(folder).env_clear().envs(variables.iter().copied()).args(arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Process { child, stdout }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Asks it to end, and waits until it has; whether it ended well.
    fn stop(mut self) -> bool {
        kill_process(Pid::from_raw(self.child.id().cast_signed()).unwrap(), Signal::TERM).unwrap();
        self.child.wait().unwrap().success()
    }

    /// Waits until it has ended; whether it ended well.
    fn end(mut self) -> bool {
        self.child.wait().unwrap().success()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended, or is not wanted any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server on the machine's clock, with the queues.
async fn server() -> (Server, String) {
    let any_port = "127.0.0.1:0".parse().unwrap();
    let config = Config { listen: any_port, emf: any_port, ..Config::default() };
    let listeners = Listeners::bind(&config).await.unwrap();
    let address = listeners.http_address().unwrap();
    tokio::spawn(run(config, Stores::in_memory(), listeners, Clock::system(), std::future::pending()));
    let server = Server { address, clock: nepho::ManualClock::at(nepho::Timestamp::from_seconds(0)) };
    server.queue(include_str!("../../plain/queues/1-predictions-dlq.json")).await;
    let url = server.queue(include_str!("../../plain/queues/2-predictions.json")).await;
    (server, url)
}

/// Uploads a file, and asks until it is done.
async fn predicted(api: SocketAddr) -> Value {
    let text = Template::find("example.csv").unwrap().text();
    let request = Request::post("/uploads?file=a.csv").header("x-user-id", USER).body(Bytes::from(text)).unwrap();
    let answer = send(api, request).await;
    let id = json_of(&answer)["upload_id"].as_str().unwrap().to_owned();
    loop {
        let request = Request::get(format!("/uploads/{id}")).header("x-user-id", USER).body(Bytes::new()).unwrap();
        let told = json_of(&send(api, request).await);
        if told["status"] != "queued" {
            return told;
        }
    }
}

/// Names of all metrics of the pipeline that are stored.
async fn names(server: &Server) -> Vec<String> {
    let mut names = Vec::new();
    for namespace in ["RetainWise/API", "RetainWise/Database", "RetainWise/MLPipeline", "RetainWise/Worker"] {
        let listed = server.ask("ListMetrics", &json!({ "Namespace": namespace })).await;
        let metrics = listed["Metrics"].as_array().unwrap();
        names.extend(metrics.iter().map(|metric| metric["MetricName"].as_str().unwrap().to_owned()));
    }
    names.sort();
    names.dedup();
    names
}

/// Runs API and worker with these settings besides the usual ones, has a file predicted, and stops both.
async fn live(folder: &Path, queue_url: &str, endpoint: &str, settings: &[(&str, &str)]) -> Value {
    let usual = [
        ("PREDICTIONS_QUEUE_URL", queue_url),
        ("USER_ID_KEY", "a key"),
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "any"),
        ("AWS_SECRET_ACCESS_KEY", "any"),
    ];
    let variables: Vec<_> = usual.iter().chain(settings).copied().collect();
    let mut api = Process::start(folder, &variables, &["serve", "--listen", "127.0.0.1:0"]);
    let mut worker = Process::start(folder, &variables, &["work"]);
    let address = api.line().strip_prefix("churn listens on http://").unwrap().parse().unwrap();
    assert_eq!(worker.line(), "churn works with model churn-1");
    let told = predicted(address).await;
    assert!(api.stop() && worker.stop());
    told
}

/// A folder with keys and a model.
fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(Process::start(folder.path(), &[], &["keys"]).end());
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/training.csv");
    assert!(Process::start(folder.path(), &[], &["train", "--data", data]).end());
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_sends_what_was_measured_and_a_switch_keeps_it_back() {
    let (server, queue_url) = server().await;
    let folder = prepared();
    // Metrics are off in development, and leave for nowhere when nobody takes them: the pipeline works on.
    for settings in [("ENVIRONMENT", "development"), ("AWS_ENDPOINT_URL_CLOUDWATCH", "http://127.0.0.1:1")] {
        let told = live(folder.path(), &queue_url, &server.origin(), &[settings]).await;
        assert_eq!((&told["status"], &told["rows"]), (&json!("completed"), &json!(3)), "{settings:?}");
        assert_eq!(names(&server).await, Vec::<String>::new(), "{settings:?}");
    }
    let told = live(folder.path(), &queue_url, &server.origin(), &[]).await;
    assert_eq!(told["status"], "completed");
    let names = names(&server).await;
    for name in ["UploadSuccess", "SQSMessageSent", "WorkerSuccess", "PredictionsSaved", "ModelLoadDuration"] {
        assert!(names.iter().any(|one| one == name), "{name}: {names:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_does_not_start_with_a_model_that_it_cannot_trust() {
    let (server, queue_url) = server().await;
    let folder = prepared();
    std::fs::write(folder.path().join("churn-data/models/churn-1/model.json.sig"), "00").unwrap();
    let origin = server.origin();
    let variables = [
        ("PREDICTIONS_QUEUE_URL", queue_url.as_str()),
        ("USER_ID_KEY", "a key"),
        ("AWS_ENDPOINT_URL", origin.as_str()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "any"),
        ("AWS_SECRET_ACCESS_KEY", "any"),
    ];
    assert!(!Process::start(folder.path(), &variables, &["work"]).end());
    assert_eq!(names(&server).await, ["ModelLoadError"]);
}
