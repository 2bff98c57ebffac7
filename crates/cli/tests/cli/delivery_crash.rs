//! Ten thousand alarms go off within a minute, and the server is killed three times while it tells. Every alarm is told
//! once: none is lost, and none is told by two messages. A message may come twice when the server was killed between the
//! receiver's answer and the record of it; then it has the same id, so that a receiver can drop it.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use serde_json::{Value, json};

use crate::deliveries::{element, sns};
use crate::http::Connection;
use crate::server::Server;

const ALARMS: usize = 10_000;
/// Each has an endpoint of its own.
const TOPICS: usize = 10;
/// When so many messages have come, the server is killed: while states are still being written, and twice later.
const KILLS: [usize; 3] = [200, 4_000, 8_000];
/// The most that are on their way to one endpoint.
const IN_FLIGHT_MAX: usize = 8;
/// Connections that put alarms.
const WRITERS: usize = 8;
/// Threads of the receiver.
const RECEIVERS: usize = 8;
/// From one start to the next.
const ROUND_SECONDS: i64 = 600;

const CONFIG: &str = "[deliveries]\nallow = ['127.0.0.0/8']\n";

/// What has come, in its order.
#[derive(Debug, Default)]
struct Received {
    /// The id of each message, and the alarm that it is of.
    messages: Vec<(String, String)>,
    /// What subscriptions are confirmed with.
    tokens: Vec<String>,
}

/// An endpoint that keeps what comes, and answers that all is well.
#[derive(Debug, Clone, Default)]
struct Receiver(Arc<(Mutex<Received>, Condvar)>);

impl Receiver {
    /// Starts one; the address that it listens on.
    fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        for _ in 0..RECEIVERS {
            let (listener, receiver) = (listener.try_clone().unwrap(), self.clone());
            thread::spawn(move || {
                for stream in listener.incoming() {
                    // One that was killed on its way has sent nothing.
                    drop(receiver.take(stream.unwrap()));
                }
            });
        }
        address
    }

    fn take(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        let (mut id, mut length, mut line) = (String::new(), 0, String::new());
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                if line.trim_end().is_empty() { break } else { continue }
            };
            match name.to_ascii_lowercase().as_str() {
                "x-amz-sns-message-id" => id = value.to_owned(),
                "content-length" => length = value.parse().unwrap(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body: Value = serde_json::from_slice(&body).unwrap();
        let (received, arrived) = &*self.0;
        let mut received = received.lock().unwrap();
        match (body["AlarmName"].as_str(), body["Token"].as_str()) {
            (Some(alarm), _) => received.messages.push((id, alarm.to_owned())),
            (None, Some(token)) => received.tokens.push(token.to_owned()),
            (None, None) => panic!("{body}"),
        }
        drop(received);
        arrived.notify_all();
        reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    /// Waits until so much has come.
    fn until<T>(&self, has_come: impl Fn(&Received) -> Option<T>) -> T {
        let (received, arrived) = &*self.0;
        let mut received = received.lock().unwrap();
        loop {
            match has_come(&received) {
                Some(found) => return found,
                None => received = arrived.wait(received).unwrap(),
            }
        }
    }
}

#[test]
fn every_alarm_is_told_once_through_kills() {
    let folder = folder();
    let config = folder.path().join("nepho.toml");
    std::fs::write(&config, CONFIG).unwrap();
    let flags = ["--config", config.to_str().unwrap(), "--clock", "manual"];
    let data = folder.path().join("data");
    let receiver = Receiver::default();
    let endpoint = receiver.start();
    let epoch = nepho_server::system_time().seconds() / 60 * 60;
    let server = start(&data, &flags, epoch);
    subscribe(&server, &receiver, &endpoint);
    put_alarms(server.address());
    let mut server = Some(server);
    for (round, count) in KILLS.into_iter().enumerate() {
        let now = epoch + (round as i64 + 1) * ROUND_SECONDS;
        let running = server.take().unwrap_or_else(|| Server::start(&data, &flags));
        let address = running.address().to_owned();
        // It is cut off by the kill.
        let going = thread::spawn(move || drop(go_off(&address, now)));
        receiver.until(|received| (received.messages.len() >= count).then_some(()));
        running.kill();
        going.join().unwrap();
    }
    let server = Server::start(&data, &flags);
    let last = epoch + (KILLS.len() as i64 + 1) * ROUND_SECONDS;
    go_off(server.address(), last).unwrap();
    // What a slow machine could not take in time is tried again.
    server.set_clock(&jiff::Timestamp::from_second(last + ROUND_SECONDS).unwrap().to_string());
    let received = receiver.until(|received| {
        let alarms: HashSet<_> = received.messages.iter().map(|(_, alarm)| alarm).collect();
        (alarms.len() == ALARMS).then(|| received.messages.clone())
    });
    let mut messages: HashMap<&str, usize> = HashMap::new();
    received.iter().for_each(|(id, _)| *messages.entry(id).or_default() += 1);
    assert_eq!(messages.len(), ALARMS, "every alarm is told by one message");
    let twice = received.len() - messages.len();
    let most = KILLS.len() * TOPICS * IN_FLIGHT_MAX;
    assert!(twice <= most, "{twice} messages came twice; {most} were on their way when the server was killed");
    assert_eq!(messages.values().max().filter(|most| **most > 1 + KILLS.len()), None);
    let ledger = ledger(server.address());
    assert_eq!(ledger.len(), ALARMS);
    for (id, standing) in &ledger {
        assert!(messages.contains_key(id.as_str()), "{id} is told to have been delivered");
        assert_eq!(*standing, ("delivered".to_owned(), 1), "{id}: what was recorded was not done again");
    }
}

/// A kill leaves what the system was handed, so that memory is as good as a disk here, and does not wait for one.
fn folder() -> tempfile::TempDir {
    let memory = PathBuf::from("/dev/shm");
    tempfile::tempdir_in(&memory).or_else(|_| tempfile::tempdir()).unwrap()
}

fn start(data: &Path, flags: &[&str], now: i64) -> Server {
    let server = Server::start(data, flags);
    server.set_clock(&jiff::Timestamp::from_second(now).unwrap().to_string());
    server
}

fn topic(n: usize) -> String {
    format!("arn:aws:sns:us-east-1:000000000000:t{}", n % TOPICS)
}

fn subscribe(server: &Server, receiver: &Receiver, endpoint: &str) {
    let mut connection = Connection::open(server.address()).unwrap();
    for n in 0..TOPICS {
        sns(&mut connection, &format!("Action=CreateTopic&Name=t{n}"));
        let raw = "Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value=true";
        let to = format!("Protocol=http&Endpoint=http://{endpoint}/{n}&{raw}");
        sns(&mut connection, &format!("Action=Subscribe&TopicArn={}&{to}", topic(n)));
        let token = receiver.until(|received| received.tokens.get(n).cloned());
        let confirmed =
            sns(&mut connection, &format!("Action=ConfirmSubscription&TopicArn={}&Token={token}", topic(n)));
        assert!(!element(&confirmed, "SubscriptionArn").is_empty());
    }
}

fn put_alarms(address: &str) {
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                let mut connection = Connection::open(address).unwrap();
                for n in (writer..ALARMS).step_by(WRITERS) {
                    let alarm = json!({
                        "AlarmName": format!("a{n}"), "Namespace": "Crash", "MetricName": "Load", "Statistic": "Sum",
                        "Period": 60, "EvaluationPeriods": 1, "Threshold": 5, "TreatMissingData": "ignore",
                        "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [topic(n)],
                    });
                    let answer = connection.call("PutMetricAlarm", &alarm).unwrap();
                    assert_eq!(answer.status, 200, "{}", answer.text());
                }
            });
        }
    });
}

/// What all alarms watch is too high, and a minute passes.
fn go_off(address: &str, now: i64) -> std::io::Result<()> {
    let mut connection = Connection::open(address)?;
    let time = jiff::Timestamp::from_second(now).unwrap();
    connection.post("/clock", &[], json!({"now": time.to_string()}).to_string().as_bytes())?;
    let datum = json!({"MetricName": "Load", "Value": 9, "Timestamp": now});
    connection.call("PutMetricData", &json!({"Namespace": "Crash", "MetricData": [datum]}))?;
    connection.post("/clock", &[], br#"{"advance": "PT1M"}"#)?;
    Ok(())
}

/// How the deliveries of alarms stand, and how often each was taken, by the ids of their messages.
fn ledger(address: &str) -> HashMap<String, (String, usize)> {
    let mut connection = Connection::open(address).unwrap();
    let (mut found, mut next) = (HashMap::new(), String::new());
    loop {
        let page = connection.get(&format!("/deliveries?limit=1000{next}")).unwrap();
        let page: Value = serde_json::from_slice(&page.body).unwrap();
        for delivery in page["Deliveries"].as_array().unwrap() {
            if delivery["Type"] == "Notification" {
                let text = |name: &str| delivery[name].as_str().unwrap().to_owned();
                let tries = delivery["Tries"].as_array().unwrap().iter();
                let taken = tries.filter(|attempt| attempt["Outcome"] == "delivered").count();
                let standing = (text("State"), taken);
                assert!(found.insert(text("MessageId"), standing).is_none());
            }
        }
        match page["NextToken"].as_str() {
            Some(token) => next = format!("&next={token}"),
            None => return found,
        }
    }
}
