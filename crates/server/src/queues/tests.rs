//! Queues whose log becomes durable, or fails, when the test says so.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use nepho_model::{Scope, Timestamp};
use nepho_notify::queue::{Draft, QueueArn, Queues, Wish, decode};
use nepho_store::{Acknowledge, Log, LogFigures, MemoryLog, OnEntry, Receipt, StoreError};
use proptest::prelude::*;
use uuid::Uuid;

use super::compact::Lengths;
use super::{DurableQueues, QueueError};

/// A log whose entries wait until the test lets them be durable, or loses them.
#[derive(Debug)]
struct SlowLog {
    durable: MemoryLog,
    waiting: Mutex<Vec<(Vec<u8>, Acknowledge)>>,
    is_at_once: AtomicBool,
    has_failed: AtomicBool,
    is_mended: AtomicBool,
}

impl SlowLog {
    fn new() -> Arc<Self> {
        Arc::new(SlowLog {
            durable: MemoryLog::with_files_of(8),
            waiting: Mutex::default(),
            is_at_once: AtomicBool::new(true),
            has_failed: AtomicBool::new(false),
            is_mended: AtomicBool::new(true),
        })
    }

    fn sync(&self) {
        for (entry, acknowledge) in self.waiting.lock().unwrap().drain(..) {
            self.durable.append(&entry);
            acknowledge.settle(Ok(()));
        }
    }

    fn fail(&self) {
        self.is_mended.store(false, Ordering::SeqCst);
        let waiting: Vec<_> = self.waiting.lock().unwrap().drain(..).collect();
        self.has_failed.fetch_or(!waiting.is_empty(), Ordering::SeqCst);
        waiting.into_iter().for_each(|(_, acknowledge)| acknowledge.settle(Err(full())));
    }
}

fn full() -> StoreError {
    let source = Arc::new(std::io::Error::from(std::io::ErrorKind::StorageFull));
    StoreError::Io { action: "append to", path: "/queues/1".into(), source }
}

impl Log for SlowLog {
    fn append(&self, entry: &[u8]) -> (u64, Receipt) {
        if self.has_failed() {
            return (0, Receipt::settled(Err(full())));
        }
        if self.is_at_once.load(Ordering::SeqCst) {
            return self.durable.append(entry);
        }
        let (acknowledge, receipt) = Receipt::open();
        self.waiting.lock().unwrap().push((entry.to_vec(), acknowledge));
        (0, receipt)
    }

    fn is_full(&self) -> bool {
        // A file begins only when nothing waits for the one before.
        self.waiting.lock().unwrap().is_empty() && self.durable.is_full()
    }

    fn begin_file(&self) -> u64 {
        self.durable.begin_file()
    }

    fn give_up_below(&self, number: u64) {
        if self.waiting.lock().unwrap().is_empty() {
            self.durable.give_up_below(number);
        }
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.has_failed() { Err(full()) } else { Ok(()) }
    }

    fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::SeqCst) || self.durable.has_failed()
    }

    fn replay(&self, on_entry: &mut OnEntry<'_>) -> Result<(), StoreError> {
        self.durable.replay(on_entry)
    }

    fn resume(&self) -> Result<u64, StoreError> {
        if !self.is_mended.load(Ordering::SeqCst) {
            return Err(full());
        }
        self.has_failed.store(false, Ordering::SeqCst);
        self.durable.resume()
    }

    fn figures(&self) -> LogFigures {
        self.durable.figures()
    }

    fn close(&self) {}
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_777_896_000 + seconds)
}

fn target() -> QueueArn {
    QueueArn::parse("arn:aws:sqs:us-east-1:000000000000:q").unwrap()
}

async fn opened(log: Arc<SlowLog>) -> Arc<DurableQueues> {
    let queues = DurableQueues { lengths: Lengths::short(), ..DurableQueues::open(log, 1 << 30) };
    let queues = Arc::new(queues);
    let scope = Scope::new("000000000000", "us-east-1");
    queues
        .change(at(0), |queues| queues.create(&scope, "q", &Default::default(), Default::default(), at(0)))
        .await
        .unwrap();
    queues
}

async fn send(queues: &Arc<DurableQueues>, number: u128) -> Result<(), QueueError> {
    queues.send(&target(), Draft::of_body(Uuid::from_u128(number), "me", number.to_string()), at(0)).await.map(drop)
}

/// Receives without waiting: numbers and handles.
async fn receive(queues: &Arc<DurableQueues>, now: Timestamp, most: i64) -> Result<Vec<(u128, String)>, QueueError> {
    let wish = Wish::check(Some(most), None, None, None).unwrap();
    let decide = |queues: &mut Queues| {
        let id = queues.find_by_arn(&target())?.id;
        queues.receive(id, &wish, now)
    };
    let deliveries = queues.change(now, decide).await?;
    Ok(deliveries.iter().map(|delivery| (delivery.content.id.as_u128(), delivery.receipt.handle())).collect())
}

async fn delete(queues: &Arc<DurableQueues>, handle: &str) -> Result<(), QueueError> {
    let decide = |queues: &mut Queues| {
        let id = queues.find_by_arn(&target())?.id;
        queues.delete(id, handle, at(0))
    };
    queues.change(at(0), decide).await
}

/// Everything that is in the queue.
async fn drain(queues: &Arc<DurableQueues>) -> BTreeSet<u128> {
    let mut found = BTreeSet::new();
    loop {
        let received = receive(queues, at(3600), 10).await.unwrap();
        if received.is_empty() {
            return found;
        }
        found.extend(received.into_iter().map(|(number, _)| number));
    }
}

#[derive(Debug, Clone)]
enum Step {
    Send,
    Receive(i64),
    Delete(prop::sample::Index),
    Sync,
    Fail,
    Mend,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Send),
        4 => (1i64..4).prop_map(Step::Receive),
        4 => any::<prop::sample::Index>().prop_map(Step::Delete),
        4 => Just(Step::Sync),
        1 => Just(Step::Fail),
        1 => Just(Step::Mend),
    ]
}

/// What a client that asked for something came to know.
enum Known {
    Sent(u128),
    Received(Vec<(u128, String)>),
    Deleted(u128),
    Refused,
}

/// Runs a program of clients that do not wait for each other, and compares what they came to know with what is there.
async fn run(steps: Vec<Step>) {
    let log = SlowLog::new();
    let queues = opened(log.clone()).await;
    log.is_at_once.store(false, Ordering::SeqCst);
    let (mut sent, mut expected) = (0, BTreeSet::new());
    let mut handles: Vec<(u128, String)> = Vec::new();
    let mut clients = tokio::task::JoinSet::new();
    for step in steps.into_iter().chain([Step::Sync]) {
        let asked = queues.clone();
        match step {
            Step::Send => {
                sent += 1;
                clients.spawn(async move { send(&asked, sent).await.map_or(Known::Refused, |()| Known::Sent(sent)) });
            }
            Step::Receive(most) => {
                clients
                    .spawn(async move { receive(&asked, at(0), most).await.map_or(Known::Refused, Known::Received) });
            }
            Step::Delete(which) if !handles.is_empty() => {
                let (number, handle) = handles[which.index(handles.len())].clone();
                clients.spawn(async move {
                    delete(&asked, &handle).await.map_or(Known::Refused, |()| Known::Deleted(number))
                });
            }
            Step::Delete(_) => {}
            Step::Mend => log.is_mended.store(true, Ordering::SeqCst),
            Step::Sync | Step::Fail => {
                // Everybody has asked by now, or learns that nothing is taken.
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                match step {
                    Step::Sync => log.sync(),
                    _ => log.fail(),
                }
                while !clients.is_empty() {
                    let Ok(Some(known)) = tokio::time::timeout(std::time::Duration::ZERO, clients.join_next()).await
                    else {
                        // Somebody was still waiting for the queues to be read again.
                        log.sync();
                        tokio::task::yield_now().await;
                        continue;
                    };
                    match known.unwrap() {
                        Known::Sent(number) => drop(expected.insert(number)),
                        Known::Received(received) => handles.extend(received),
                        Known::Deleted(number) => drop(expected.remove(&number)),
                        Known::Refused => {}
                    }
                }
            }
        }
    }
    log.is_mended.store(true, Ordering::SeqCst);
    log.is_at_once.store(true, Ordering::SeqCst);
    assert_eq!(drain(&queues).await, expected);
    // As it is for a process that has just begun.
    log.has_failed.store(true, Ordering::SeqCst);
    let again = Arc::new(DurableQueues::open(log.clone(), 1 << 30));
    let found = receive(&again, at(7200), 10).await.unwrap();
    assert_eq!(found.len(), expected.len().min(10), "a start finds the same");
}

proptest! {
    #[test]
    fn what_clients_know_is_there_and_what_they_were_refused_is_not(steps in prop::collection::vec(step(), 1..80)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(steps));
    }
}

#[tokio::test]
async fn the_log_stays_as_short_as_what_is_in_the_queues() {
    let log = SlowLog::new();
    let queues = opened(log.clone()).await;
    for number in 0..3 {
        send(&queues, number).await.unwrap();
    }
    for number in 3..2000 {
        send(&queues, number).await.unwrap();
        let received = receive(&queues, at(0), 1).await.unwrap();
        // The first three stay.
        if received[0].0 >= 3 {
            delete(&queues, &received[0].1).await.unwrap();
        }
    }
    assert!(log.figures().files <= 4, "{:?}", log.figures());
    assert!(drain(&queues).await.is_superset(&BTreeSet::from([0, 1, 2])));
    let mut entries = 0;
    let mut made = Queues::new(1 << 30);
    log.replay(&mut |_, entry| {
        entries += 1;
        decode(entry)?.iter().try_for_each(|event| made.apply(event))
    })
    .unwrap();
    assert!(entries < 100 && made.messages() >= 3, "{entries}");
}
