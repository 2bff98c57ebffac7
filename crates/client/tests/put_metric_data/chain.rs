//! The ordinary chain: the environment and the profile say who and where.

use std::process::Command;

use nepho::Sink;
use nepho::sink::{PutMetricData, Rest};

use crate::datums::payload;
use crate::recorded_server::{Answer, RecordedServer, Request};

/// Set in the process that sends: the chain reads a process's own environment.
const SENDER: &str = "NEPHO_TEST_SENDER";

/// Runs the test of this name once more, as a process with this environment alone.
fn send_with(test: &str, environment: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env_clear().env(SENDER, "1");
    let output = command.envs(environment.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn is_sender() -> bool {
    std::env::var_os(SENDER).is_some()
}

/// Whose signature a request has.
fn signer(request: &Request) -> (&str, &str) {
    let credential = request.header("authorization").unwrap().split_once("Credential=").unwrap().1;
    let mut parts = credential.split('/');
    (parts.next().unwrap(), parts.nth(1).unwrap())
}

#[test]
fn environment() {
    if is_sender() {
        return PutMetricData::new().send(&payload(2)).unwrap();
    }
    let server = RecordedServer::start(|_| Answer::Ok);
    let url = format!("http://{}", server.address);
    let environment = [
        ("AWS_ENDPOINT_URL", url.as_str()),
        ("AWS_REGION", "eu-west-3"),
        ("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    send_with("chain::environment", &environment);
    assert_eq!(signer(&server.requests()[0]), ("AKIDENVIRONMENT", "eu-west-3"));
}

#[test]
fn profile() {
    if is_sender() {
        return PutMetricData::new().send(&payload(2)).unwrap();
    }
    let server = RecordedServer::start(|_| Answer::Ok);
    let folder = tempfile::tempdir().unwrap();
    let (config, credentials) = (folder.path().join("config"), folder.path().join("credentials"));
    let text = format!("[profile shop]\nregion = eu-north-1\nendpoint_url = http://{}\n", server.address);
    std::fs::write(&config, text).unwrap();
    std::fs::write(&credentials, "[shop]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = secret\n").unwrap();
    let environment = [
        ("AWS_PROFILE", "shop"),
        ("AWS_CONFIG_FILE", config.to_str().unwrap()),
        ("AWS_SHARED_CREDENTIALS_FILE", credentials.to_str().unwrap()),
    ];
    send_with("chain::profile", &environment);
    assert_eq!(signer(&server.requests()[0]), ("AKIDPROFILE", "eu-north-1"));
}

#[test]
fn what_is_not_configured_is_said_and_can_come_later() {
    if is_sender() {
        let error = PutMetricData::new().send(&payload(1)).unwrap_err();
        assert_eq!(error.rest, Rest::Retry);
        return assert!(error.message.contains("AWS_REGION") || error.message.contains("credentials"), "{error}");
    }
    let (nowhere, off) = (("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), ("AWS_EC2_METADATA_DISABLED", "true"));
    let test = "chain::what_is_not_configured_is_said_and_can_come_later";
    send_with(test, &[nowhere, off, ("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "B")]);
    send_with(test, &[nowhere, off, ("AWS_REGION", "eu-west-3")]);
}
