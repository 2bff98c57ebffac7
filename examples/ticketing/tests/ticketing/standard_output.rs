//! The program itself: EMF on standard output, the last of it when it is told to stop.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use nepho::Unit;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use ticketing::load::{Expected, HttpClient};

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_writes_emf_to_standard_output_when_it_stops() {
    let server = Server::start().await;
    let mut cloudwatch = server.cloudwatch().await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_ticketing"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).env_clear().env("ENVIRONMENT", "staging");
    let mut service = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(service.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("ticketing: http://").unwrap_or_else(|| panic!("{line:?}"));

    let mut api = HttpClient::connect(address, address).await.unwrap();
    let (status, _) = api.post("/bookings", json!({"seat": 7, "customer": "Ada"}).to_string().into()).await.unwrap();
    assert_eq!(status.as_u16(), 201);
    kill_process(Pid::from_child(&service), Signal::TERM).unwrap();
    let mut documents = Vec::new();
    service.stdout.take().unwrap().read_to_end(&mut documents).unwrap();
    assert!(service.wait().unwrap().success());

    let mut store = HttpClient::connect(server.http, server.http.to_string()).await.unwrap();
    let (status, answer) = store.post("/emf", documents.clone()).await.unwrap();
    assert_eq!(status.as_u16(), 200, "{answer} {}", String::from_utf8_lossy(&documents));
    let attempts = Expected { name: "booking.attempts", dimension: None, unit: Unit::Count, samples: 1, sum: Some(1) };
    let stored = cloudwatch.stored("staging", &attempts).await.unwrap();
    assert!(attempts.is(&stored), "{stored:?}: {}", String::from_utf8_lossy(&documents));
    server.stop().await;
}
