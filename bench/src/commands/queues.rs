//! Queues: messages that are sent, received and deleted, one or ten a request.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::http::{Connection, sqs_request};
use crate::process::{Server, processor_seconds};
use crate::report::{Bar, Report, Runs, percent, times, two, whole};
use crate::setup::Setup;
use crate::{Outcome, clock, report};

const CONNECTIONS: usize = 32;
/// Connections share queues: what may be in flight has a limit for each.
const QUEUES: usize = 8;
const BODY_BYTES: usize = 200;
/// Messages in a batch.
const BATCH: usize = 10;
/// Nothing becomes visible again during a run.
const HIDDEN_SECONDS: u32 = 3600;

const BAR: f64 = 5000.0;

/// What the connections do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Send,
    /// What [`Work::Send`] has sent.
    Receive,
    /// What [`Work::Receive`] has received.
    Delete,
    /// All three, with one message.
    Cycle,
    /// All three, with ten messages.
    Batches,
}

const ALL: [(Work, &str, Bar); 5] = [
    (Work::Send, "SendMessage", Bar::AtLeast(BAR)),
    (Work::Receive, "ReceiveMessage, one message each", Bar::AtLeast(BAR)),
    (Work::Delete, "DeleteMessage", Bar::None),
    (Work::Cycle, "sent, received and deleted, one by one", Bar::None),
    (Work::Batches, "sent, received and deleted, ten by ten", Bar::None),
];

/// One connection with what it knows.
struct Client {
    connection: Connection,
    queue: String,
    handles: Vec<String>,
}

/// What one kind of work came to.
#[derive(Default)]
struct Series {
    rate: Runs,
    p50: Runs,
    p99: Runs,
    server: Runs,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Queues, 32 connections");
    report.table(&[
        "what",
        "messages/s",
        "requests' p50 ms",
        "p99 ms",
        "server's cores",
        "bar",
        "moto, messages/s",
        "to moto",
    ]);
    let mut ours: [Series; ALL.len()] = Default::default();
    let mut moto: [Series; ALL.len()] = Default::default();
    for round in 1..=setup.runs {
        for (is_ours, series) in [(true, &mut ours), (false, &mut moto)] {
            if if is_ours { !setup.has_nepho() } else { !setup.has_moto() } {
                continue;
            }
            let folder = setup.folder()?;
            let server = if is_ours { Server::nepho(setup, folder.path())? } else { Server::moto(setup)? };
            let mut clients = clients(&server)?;
            for ((work, name, _), series) in ALL.iter().zip(series.iter_mut()) {
                run(&server, *work, setup.seconds, &mut clients, series)?;
                let who = if is_ours { "ours" } else { "moto" };
                report::progress(&format!(
                    "queues {round}/{}: {who}: {name}: {}/s",
                    setup.runs,
                    whole(series.rate.last())
                ));
            }
        }
    }
    for (((_, name, bar), ours), moto) in ALL.iter().zip(&ours).zip(&moto) {
        let ratio = ours.rate.median() / moto.rate.median();
        report.row([
            (*name).to_owned(),
            ours.rate.show(whole),
            ours.p50.show(two),
            ours.p99.show(two),
            ours.server.show(percent),
            bar.judge(ours.rate.median(), whole),
            moto.rate.show(whole),
            if ratio.is_nan() { String::new() } else { times(ratio) },
        ]);
    }
    report.note(format!(
        "Bodies of {BODY_BYTES} bytes in {QUEUES} standard queues, JSON. What is received was sent in the row above, what is \
         deleted was received in the row above; a row ends early when there is no more. Messages per second are \
         those that were sent, received or deleted, in the last two rows those that went all the way."
    ));
    report.note("Ours answers when it is on disk, receives too; moto keeps everything in memory.");
    Ok(report)
}

fn clients(server: &Server) -> Outcome<Vec<Client>> {
    let mut clients = Vec::new();
    for number in 0..CONNECTIONS {
        let mut connection = Connection::open(server.http)?;
        let made = call(&mut connection, "CreateQueue", &json!({"QueueName": format!("q{}", number % QUEUES)}))?;
        let queue = made["QueueUrl"].as_str().ok_or("no URL")?.to_owned();
        clients.push(Client { connection, queue, handles: Vec::new() });
    }
    Ok(clients)
}

fn call(connection: &mut Connection, operation: &str, input: &Value) -> Outcome<Value> {
    let status = connection.call(&sqs_request(operation, &input.to_string()))?;
    let text = String::from_utf8_lossy(connection.body());
    match status {
        200 if text.is_empty() => Ok(Value::Null),
        200 => Ok(serde_json::from_str(&text)?),
        _ => Err(format!("{operation}: status {status}: {text}").into()),
    }
}

/// Lets all connections work for some time, or until there is no more to do.
fn run(server: &Server, work: Work, seconds: f64, clients: &mut [Client], series: &mut Series) -> Outcome<()> {
    let is_over = AtomicBool::new(false);
    let (before, started) = (processor_seconds(server.pid()), clock::instant());
    let outcome: Outcome<Vec<(usize, Vec<f64>)>> = std::thread::scope(|scope| {
        let is_over = &is_over;
        let threads: Vec<_> =
            clients.iter_mut().map(|client| scope.spawn(move || client.work(work, is_over))).collect();
        let all_ended = || threads.iter().all(std::thread::ScopedJoinHandle::is_finished).then_some(());
        // Either the time is over or there is no more.
        drop(clock::wait_for("the end of the work", seconds, all_ended));
        is_over.store(true, Ordering::Relaxed);
        threads.into_iter().map(|thread| thread.join().map_err(|_| "a connection's thread panicked")?).collect()
    });
    let took = started.elapsed().as_secs_f64();
    let (counts, latencies): (Vec<usize>, Vec<Vec<f64>>) = outcome?.into_iter().unzip();
    let latencies = latencies.concat();
    series.rate.add(counts.iter().sum::<usize>() as f64 / took);
    series.p50.add(report::quantile(&latencies, 0.5));
    series.p99.add(report::quantile(&latencies, 0.99));
    series.server.add((processor_seconds(server.pid()) - before) / took);
    Ok(())
}

impl Client {
    /// Works until it is over or there is no more: how many messages, and the milliseconds of each request.
    fn work(&mut self, work: Work, is_over: &AtomicBool) -> Outcome<(usize, Vec<f64>)> {
        let mut messages = 0;
        let mut latencies = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            let done = match work {
                Work::Send => self.send(1, &mut latencies)?,
                Work::Receive => {
                    let received = self.receive(1, &mut latencies)?;
                    self.handles.extend(received.iter().cloned());
                    received.len()
                }
                Work::Delete => {
                    let handles = Vec::from_iter(self.handles.pop());
                    self.delete(&handles, &mut latencies)?
                }
                Work::Cycle => self.cycle(1, &mut latencies)?,
                Work::Batches => self.cycle(BATCH, &mut latencies)?,
            };
            messages += done;
            if done == 0 && matches!(work, Work::Receive | Work::Delete) {
                break;
            }
        }
        Ok((messages, latencies))
    }

    fn cycle(&mut self, count: usize, latencies: &mut Vec<f64>) -> Outcome<usize> {
        self.send(count, latencies)?;
        let handles = self.receive(count, latencies)?;
        self.delete(&handles, latencies)
    }

    fn call(&mut self, operation: &str, input: &Value, latencies: &mut Vec<f64>) -> Outcome<Value> {
        let started = clock::instant();
        let answer = call(&mut self.connection, operation, input)?;
        latencies.push(started.elapsed().as_secs_f64() * 1000.0);
        match answer["Failed"].as_array().is_none_or(Vec::is_empty) {
            true => Ok(answer),
            false => Err(format!("{operation}: {answer}").into()),
        }
    }

    fn send(&mut self, count: usize, latencies: &mut Vec<f64>) -> Outcome<usize> {
        let body = "m".repeat(BODY_BYTES);
        if count == 1 {
            self.call("SendMessage", &json!({"QueueUrl": self.queue, "MessageBody": body}), latencies)?;
        } else {
            let entries: Vec<_> = (0..count).map(|n| json!({"Id": n.to_string(), "MessageBody": body})).collect();
            self.call("SendMessageBatch", &json!({"QueueUrl": self.queue, "Entries": entries}), latencies)?;
        }
        Ok(count)
    }

    fn receive(&mut self, count: usize, latencies: &mut Vec<f64>) -> Outcome<Vec<String>> {
        let input = json!({"QueueUrl": self.queue, "MaxNumberOfMessages": count, "VisibilityTimeout": HIDDEN_SECONDS});
        let mut answer = self.call("ReceiveMessage", &input, latencies)?;
        let Value::Array(messages) = answer["Messages"].take() else { return Ok(Vec::new()) };
        Ok(messages.iter().filter_map(|message| Some(message["ReceiptHandle"].as_str()?.to_owned())).collect())
    }

    fn delete(&mut self, handles: &[String], latencies: &mut Vec<f64>) -> Outcome<usize> {
        match handles {
            [] => {}
            [handle] => {
                let input = json!({"QueueUrl": self.queue, "ReceiptHandle": handle});
                self.call("DeleteMessage", &input, latencies)?;
            }
            handles => {
                let entry = |(n, handle): (usize, &String)| json!({"Id": n.to_string(), "ReceiptHandle": handle});
                let entries: Vec<_> = handles.iter().enumerate().map(entry).collect();
                self.call("DeleteMessageBatch", &json!({"QueueUrl": self.queue, "Entries": entries}), latencies)?;
            }
        }
        Ok(handles.len())
    }
}
