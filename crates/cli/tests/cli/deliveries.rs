//! `nepho deliveries`, against a server whose clock stands still.

use serde_json::Value;

use crate::http::Connection;
use crate::server::{Server, nepho};

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:alerts";

/// The text between the tags of an answer in XML.
pub(crate) fn element(text: &str, name: &str) -> String {
    let (_, rest) = text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("{name}: {text}"));
    rest.split_once('<').unwrap().0.to_owned()
}

/// Calls an operation of SNS.
pub(crate) fn sns(connection: &mut Connection, query: &str) -> String {
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = connection.post("/", &form, format!("{query}&Version=2010-03-31").as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.text()
}

fn ran(server: &Server, line: &str) -> (String, String, i32) {
    let output =
        nepho().arg("deliveries").args(line.split_whitespace()).args(["--endpoint", &server.url()]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn done(server: &Server, line: &str) -> String {
    let (printed, said, code) = ran(server, line);
    assert_eq!(code, 0, "{line}: {printed}{said}");
    printed
}

#[test]
fn the_ledger_is_shown_as_lines_as_json_and_in_full() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &["--clock", "manual"]);
    server.set_clock("2026-05-04T12:00:00Z");
    let mut connection = Connection::open(server.address()).unwrap();
    assert_eq!(ran(&server, "").1, "no delivery fits\n");
    sns(&mut connection, "Action=CreateTopic&Name=alerts");
    // A queue that is not there takes nothing.
    let queue = "arn%3Aaws%3Asqs%3Aus-east-1%3A000000000000%3Agone";
    let arn = element(
        &sns(&mut connection, &format!("Action=Subscribe&TopicArn={TOPIC}&Protocol=sqs&Endpoint={queue}")),
        "SubscriptionArn",
    );
    let publish = format!("Action=Publish&TopicArn={TOPIC}&Message=m&Subject=Disk%20full");
    let first = element(&sns(&mut connection, &publish), "MessageId");
    server.set_clock("2026-05-04T13:00:00Z");
    let second = element(&sns(&mut connection, &publish), "MessageId");
    server.set_clock("2026-05-04T13:00:01Z");

    let lines = done(&server, "--utc");
    let columns: Vec<Vec<&str>> = lines.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!((columns.len(), columns[0][8], columns[1][8]), (2, second.as_str(), first.as_str()));
    let expected = ["2026-05-04 13:00:00+00:00", "discarded", "1", "sqs"];
    assert_eq!(columns[0][..4], expected);
    assert_eq!(columns[0][4..7], ["arn:aws:sqs:us-east-1:000000000000:gone", "alerts", "Disk full"]);
    assert!(!columns[0][7].is_empty(), "{lines}");

    let (one, said, _) = ran(&server, "--limit 1 --json");
    let json: Value = serde_json::from_str(&one).unwrap();
    assert_eq!((&json["MessageId"], &json["State"]), (&second.into(), &"discarded".into()));
    assert!(said.starts_with("only 1 delivery of more"), "{said}");
    assert_eq!(done(&server, "--from 30m").lines().count(), 1);
    assert_eq!(done(&server, "--to 2026-05-04T13:00Z --utc").lines().count(), 1);
    assert_eq!(done(&server, "--state discarded --protocol sqs --topic alerts").lines().count(), 2);
    assert_eq!(done(&server, &format!("--subscription {arn}")).lines().count(), 2);
    assert_eq!(done(&server, "--state delivered"), "");

    let full = done(&server, &format!("{} --utc", &first[..13]));
    let full = full.replace(&first, "MESSAGE").replace(&arn, "SUBSCRIPTION");
    let masked: Vec<_> = full.lines().map(|line| line.split(" ms").next().unwrap()).collect();
    insta::assert_snapshot!("deliveries_in_full", masked[..masked.len() - 1].join("\n"));
    let (_, said, code) = ran(&server, "no-such-message");
    assert!(said.starts_with("nepho: no delivery of a message whose id begins with \"no-such-message\""), "{said}");
    assert_eq!(code, 2);
    let (_, said, code) = ran(&server, "--protocol pigeon");
    assert!(said.ends_with("refuses: \"pigeon\" is no protocol\n") && code == 2, "{said}");
}
