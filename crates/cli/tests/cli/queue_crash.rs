//! The server is killed at a random moment while its queues are in use, again and again on one folder. A message that
//! was sent is there at the next start unless it was deleted, once, in its order, with its count of receives; one that
//! was deleted does not come back.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use serde_json::{Value, json};

use crate::crash::Random;
use crate::http::Connection;
use crate::server::Server;

/// How often the server is killed under load.
const ROUNDS: u64 = 25;
/// Connections that send; each has a group of its own in the FIFO queue.
const SENDERS: u64 = 4;
/// Connections that receive and delete.
const RECEIVERS: u64 = 4;
/// Acknowledgements of a round, at most.
const ACKNOWLEDGED_MAX: u64 = 500;
/// A message that was received so often is a dead letter.
const RECEIVES_MAX: u64 = 3;
/// From one start to the next; longer than anything is hidden.
const ROUND_SECONDS: i64 = 20_000;
/// How long messages are hidden while everything is counted.
const COUNT_SECONDS: u64 = 10_000;

/// A file of the log is full so early that a round sees several, and old ones being given up.
const CONFIG: &str = "[store]\nqueue-file-bytes = 8000\n";
const QUEUES: [&str; 3] = ["q", "q.fifo", "dead"];

/// What is known of a message.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// Its sending was acknowledged, or it was found.
    is_sent: bool,
    /// It was not found after a start, or its deletion was acknowledged. It must not come back ...
    is_gone: bool,
    /// ... except as a dead letter: a deletion from a queue that it has left is acknowledged, and does nothing.
    may_be_dead: bool,
    /// Somebody has asked to delete it.
    is_deletion_begun: bool,
    /// How often it was received for sure.
    receives: u64,
}

/// What one connection came to know, in its order.
#[derive(Debug)]
enum News {
    Sent(u64),
    Received(u64),
    DeletionBegun(u64),
    Deleted(u64, &'static str),
}

#[test]
fn messages_survive_kills() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("nepho.toml");
    std::fs::write(&config, CONFIG).unwrap();
    let flags = ["--config", config.to_str().unwrap(), "--clock", "manual"];
    let data = folder.path().join("data");
    let epoch = nepho_server::system_time().seconds() + ROUND_SECONDS;
    let mut random = Random(0x5eed_0002);
    let mut load = Load { known: HashMap::new(), next: 0, rounds: 0, found: 0 };
    for round in 0..=ROUNDS {
        let server = Server::start(&data, &flags);
        let mut connection = Connection::open(server.address()).unwrap();
        let now = jiff::Timestamp::from_second(epoch + round as i64 * ROUND_SECONDS).unwrap();
        server.set_clock(&now.to_string());
        if round == 0 {
            create(&mut connection);
        }
        load.compare(&mut connection);
        if round < ROUNDS {
            load.run_and_kill(server, 1 + random.below(ACKNOWLEDGED_MAX), round);
        }
    }
    assert!(load.found > ROUNDS * 10, "the load came to something: {}", load.found);
    let files = std::fs::read_dir(data.join("queues")).unwrap().map(|entry| entry.unwrap().file_name());
    let oldest = files.filter_map(|name| name.to_str()?.split('.').next()?.parse::<u64>().ok()).min();
    assert!(oldest.is_some_and(|oldest| oldest > ROUNDS), "old files were given up: {oldest:?}");
}

fn sqs(connection: &mut Connection, operation: &str, input: &Value) -> Option<Value> {
    let target = format!("AmazonSQS.{operation}");
    let headers = [("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", target.as_str())];
    let answer = connection.post("/", &headers, input.to_string().as_bytes()).ok()?;
    assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
    Some(if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(&answer.body).unwrap() })
}

fn url(queue: &str) -> String {
    format!("/000000000000/{queue}")
}

fn create(connection: &mut Connection) {
    let target = "arn:aws:sqs:us-east-1:000000000000:dead";
    let redrive = json!({ "deadLetterTargetArn": target, "maxReceiveCount": RECEIVES_MAX }).to_string();
    let kept = "1209600";
    for (queue, attributes) in [
        ("dead", json!({ "MessageRetentionPeriod": kept })),
        ("q", json!({ "MessageRetentionPeriod": kept, "RedrivePolicy": redrive })),
        ("q.fifo", json!({ "MessageRetentionPeriod": kept, "FifoQueue": "true" })),
    ] {
        sqs(connection, "CreateQueue", &json!({ "QueueName": queue, "Attributes": attributes })).unwrap();
    }
}

/// The messages of a receive: number, handle, and how often it was received.
fn receive(connection: &mut Connection, queue: &str, seconds: u64) -> Option<Vec<(u64, String, u64)>> {
    let input = json!({
        "QueueUrl": url(queue), "MaxNumberOfMessages": 10, "VisibilityTimeout": seconds,
        "AttributeNames": ["ApproximateReceiveCount"],
    });
    let received = sqs(connection, "ReceiveMessage", &input)?;
    let messages = received["Messages"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let read = |message: &Value| {
        let receives = text(&message["Attributes"]["ApproximateReceiveCount"]).parse().unwrap();
        (text(&message["Body"]).parse().unwrap(), text(&message["ReceiptHandle"]), receives)
    };
    Some(messages.iter().map(read).collect())
}

/// Deletes messages in one batch, and answers whether all are.
fn delete(connection: &mut Connection, queue: &str, handles: &[String]) -> Option<bool> {
    let entry = |(n, handle): (usize, &String)| json!({ "Id": n.to_string(), "ReceiptHandle": handle });
    let entries: Vec<_> = handles.iter().enumerate().map(entry).collect();
    let answer = sqs(connection, "DeleteMessageBatch", &json!({ "QueueUrl": url(queue), "Entries": entries }))?;
    Some(answer["Failed"] == json!([]))
}

/// To which queue a message goes.
fn queue_of(message: u64) -> &'static str {
    QUEUES[(message / SENDERS % 2) as usize]
}

/// Everything that has happened.
struct Load {
    known: HashMap<u64, Known>,
    next: u64,
    rounds: u64,
    /// How many messages were found in all.
    found: u64,
}

impl Load {
    /// Sends, receives and deletes from several connections until so much is acknowledged, and then kills the server.
    fn run_and_kill(&mut self, server: Server, acknowledged: u64, round: u64) {
        let (sender, acknowledgements) = channel();
        let address = server.address().to_owned();
        let (next, is_over) = (AtomicU64::new(self.next), AtomicBool::new(false));
        let news: Vec<News> = thread::scope(|scope| {
            let (address, next, is_over) = (&address, &next, &is_over);
            let mut clients = Vec::new();
            for group in 0..SENDERS {
                let sender = sender.clone();
                clients.push(scope.spawn(move || send(address, group, next, &sender)));
            }
            for receiver in 0..RECEIVERS {
                let (sender, random) = (sender.clone(), Random(round * RECEIVERS + receiver));
                clients.push(scope.spawn(move || work(address, random, &sender)));
            }
            drop(sender);
            scope.spawn(|| move_clock(address, is_over));
            let seen = acknowledgements.iter().take(acknowledged as usize).count();
            assert_eq!(seen, acknowledged as usize);
            server.kill();
            is_over.store(true, Ordering::SeqCst);
            clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
        });
        self.next = next.into_inner().next_multiple_of(2 * SENDERS);
        self.rounds += 1;
        for news in news {
            let (News::Sent(message)
            | News::Received(message)
            | News::DeletionBegun(message)
            | News::Deleted(message, _)) = news;
            let known = self.known.entry(message).or_default();
            match news {
                News::Sent(_) => known.is_sent = true,
                News::Received(_) => known.receives += 1,
                News::DeletionBegun(_) => known.is_deletion_begun = true,
                News::Deleted(_, queue) => {
                    known.is_gone = true;
                    known.may_be_dead = queue == "q";
                }
            }
        }
    }

    /// Receives all there is, and compares it with what is known.
    fn compare(&mut self, connection: &mut Connection) {
        let round = self.rounds;
        let (mut found, mut deleted) = (BTreeMap::new(), HashSet::new());
        let mut last_of_group = HashMap::new();
        for queue in QUEUES {
            loop {
                let received = receive(connection, queue, COUNT_SECONDS).unwrap();
                if received.is_empty() {
                    break;
                }
                let mut handles = Vec::new();
                for (message, handle, receives) in received {
                    let twice = found.insert(message, (queue, receives)).is_some();
                    assert!(!twice, "round {round}: message {message} is there twice");
                    let before = last_of_group.insert((queue, message % SENDERS), message);
                    let is_ordered = queue != "q.fifo" || before.is_none_or(|before| before < message);
                    assert!(is_ordered, "round {round}: message {message} comes after {before:?}");
                    assert!(queue == "dead" || queue_of(message) == queue, "round {round}: {message} is in {queue}");
                    // What is left is there in the next round, too.
                    if queue == "q.fifo" || message % 3 != 0 {
                        handles.push(handle);
                        deleted.insert(message);
                    }
                }
                assert!(handles.is_empty() || delete(connection, queue, &handles) == Some(true), "round {round}");
            }
        }
        for message in 0..self.next {
            let known = self.known.entry(message).or_default();
            match found.get(&message) {
                Some((queue, receives)) => {
                    let is_back = known.is_gone && !(known.may_be_dead && *queue == "dead");
                    assert!(!is_back, "round {round}: message {message} has come back to {queue}: {known:?}");
                    // Each connection may have received it once without being told, and it was received just now.
                    let is_counted = (known.receives + 1..=known.receives + RECEIVERS + 1).contains(receives);
                    assert!(is_counted, "round {round}: message {message}, {known:?}, was received {receives} times");
                    let is_gone = deleted.contains(&message);
                    *known = Known { is_sent: true, is_gone, receives: *receives, ..Known::default() };
                    self.found += 1;
                }
                None => {
                    let is_expected = known.is_sent && !known.is_deletion_begun && !known.is_gone;
                    assert!(!is_expected, "round {round}: message {message} is lost: {known:?}");
                    known.is_gone = true;
                }
            }
        }
    }
}

/// Sends one message after the other, every third in a batch with the next, until there is no answer.
fn send(address: &str, group: u64, next: &AtomicU64, acknowledged: &Sender<()>) -> Vec<News> {
    let mut news = Vec::new();
    let Ok(mut connection) = Connection::open(address) else { return news };
    loop {
        let turn = next.fetch_add(2 * SENDERS, Ordering::SeqCst) / (2 * SENDERS) * (2 * SENDERS);
        for message in [turn + group, turn + SENDERS + group] {
            let mut input = json!({ "MessageBody": message.to_string() });
            if queue_of(message).ends_with(".fifo") {
                input["MessageGroupId"] = json!(format!("g{group}"));
                input["MessageDeduplicationId"] = json!(message.to_string());
            }
            let is_batch = message % 3 == 0;
            if is_batch {
                input["Id"] = json!("0");
                input = json!({ "Entries": [input] });
            }
            input["QueueUrl"] = json!(url(queue_of(message)));
            let operation = if is_batch { "SendMessageBatch" } else { "SendMessage" };
            let Some(answer) = sqs(&mut connection, operation, &input) else { return news };
            assert!(!is_batch || answer["Failed"] == json!([]), "{answer}");
            news.push(News::Sent(message));
            if acknowledged.send(()).is_err() {
                return news;
            }
        }
    }
}

/// Receives messages, and deletes some of them, until there is no answer.
fn work(address: &str, mut random: Random, acknowledged: &Sender<()>) -> Vec<News> {
    let mut news = Vec::new();
    let Ok(mut connection) = Connection::open(address) else { return news };
    loop {
        let queue = QUEUES[random.below(QUEUES.len() as u64) as usize];
        let Some(received) = receive(&mut connection, queue, 1 + random.below(5)) else { return news };
        news.extend(received.iter().map(|(message, ..)| News::Received(*message)));
        for (message, handle, _) in received {
            if random.below(3) != 0 {
                continue;
            }
            news.push(News::DeletionBegun(message));
            // In a batch, so that a message whose time is over is no error.
            match delete(&mut connection, queue, &[handle]) {
                Some(true) => news.push(News::Deleted(message, queue)),
                Some(false) => {}
                None => return news,
            }
        }
        if acknowledged.send(()).is_err() {
            return news;
        }
    }
}

/// Moves the clock on, so that messages come back, until the round is over.
fn move_clock(address: &str, is_over: &AtomicBool) {
    let Ok(mut connection) = Connection::open(address) else { return };
    while !is_over.load(Ordering::SeqCst) {
        let Ok(answer) = connection.post("/clock", &[], br#"{"advance": "PT1S"}"#) else { return };
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}
