//! Standard output, in a process of its own: this test's.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use nepho::Sink;
use nepho::sink::{Rest, Stream};

use crate::payload;

/// Set in the process whose standard output is closed.
const IS_CHILD: &str = "NEPHO_TEST_STDOUT_CHILD";

/// What the child does with its outputs. In the test run itself, it writes a line to each.
#[test]
fn lines_go_to_the_outputs() {
    let texts = [r#"{"stdout":1}"#, r#"{"stdout":2}"#];
    assert_eq!(Stream::stdout().send(&payload(&texts)), Ok(()));
    if std::env::var_os(IS_CHILD).is_none() {
        assert_eq!(Stream::stderr().send(&payload(&[r#"{"stderr":1}"#])), Ok(()));
        return;
    }
    // Until the reader of the output has gone.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    let error = Stream::stdout().send(&payload(&texts)).unwrap_err();
    assert_eq!((error.delivered, error.rest), (0, Rest::Retry));
    Stream::stderr().send(&payload(&[format!("{{\"error\":\"{error}\"}}")])).unwrap();
}

#[test]
fn a_closed_output_is_an_error_and_no_panic() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "stdout::lines_go_to_the_outputs", "--nocapture", "--test-threads=1"])
        .env(IS_CHILD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.ends_with(r#"{"stdout":1}"#)));
    assert_eq!(lines.next().unwrap(), r#"{"stdout":2}"#);
    drop(lines);
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains(r#"{"error":"Broken pipe (os error 32)"}"#), "{told}");
    assert!(!told.contains("lines_go_to_the_outputs' panicked"), "{told}");
}
