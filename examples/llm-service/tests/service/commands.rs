//! The commands that show the service at work.

use std::process::Output;

use tokio::process::Command;

use crate::stage::server;

async fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_llm-service")).args(arguments).output().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_finds_stored_what_it_sent_every_time() {
    let endpoint = server().await;
    for _ in 0..2 {
        let output = run(&["demo", "--endpoint", &endpoint]).await;
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
        let metrics = text.lines().filter(|line| line.starts_with("CoFounder/")).count();
        assert_eq!((metrics, text.contains("differs")), (8 + 3, false), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_the_demo_says_what_to_do() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for command in ["demo", "measure"] {
        let output = run(&[command, "--endpoint", &format!("http://{free}")]).await;
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{text}");
        assert!(text.contains("no nepho server at") && text.contains("start one with"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn measuring_answers_every_request_in_every_state_of_the_back_end() {
    let endpoint = server().await;
    let few = ["--callers", "2", "--requests", "5", "--rounds", "1", "--model-ms", "1"];
    let output = run(&[["measure", "--endpoint", &endpoint].as_slice(), &few].concat()).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    for state in ["up", "slow (2 s)", "hanging", "refusing", "down"] {
        assert!(text.contains(&format!("| {state} | 10 | 0 |")), "{text}");
    }
}
