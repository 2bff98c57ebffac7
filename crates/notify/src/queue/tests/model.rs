//! Random programs, run by the queues and by the plain model; and made again of what was written down, whole and after
//! the oldest files were given up.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;

use super::naive::{Line, Naive};
use super::*;

#[derive(Debug, Clone)]
enum Operation {
    Send { group: u8, duplicate: u8, delay: Option<u16> },
    HandOver { again: Option<Index> },
    Settle { which: Index },
    Receive { dead: bool, most: usize, visibility: Option<u16>, attempt: Option<u8> },
    Delete { which: Index },
    Hide { which: Index, seconds: u16 },
    Pass { millis: i64 },
    Purge,
    SetDelay { seconds: u16 },
    SetRetention { seconds: u32 },
    BeginFile,
    GiveUpOldest,
}

fn operation() -> impl Strategy<Value = Operation> {
    let which = any::<Index>;
    prop_oneof![
        8 => (0u8..4, 0u8..6, option::weighted(0.3, 0u16..20))
            .prop_map(|(group, duplicate, delay)| Operation::Send { group, duplicate, delay }),
        8 => (prop::bool::weighted(0.2), 1usize..5, option::weighted(0.3, 0u16..40), option::weighted(0.2, 0u8..3))
            .prop_map(|(dead, most, visibility, attempt)| Operation::Receive { dead, most, visibility, attempt }),
        4 => option::of(which()).prop_map(|again| Operation::HandOver { again }),
        2 => which().prop_map(|which| Operation::Settle { which }),
        5 => which().prop_map(|which| Operation::Delete { which }),
        3 => (which(), 0u16..60).prop_map(|(which, seconds)| Operation::Hide { which, seconds }),
        6 => prop_oneof![0i64..2000, 0i64..40_000, Just(30_000), Just(290_000)]
            .prop_map(|millis| Operation::Pass { millis }),
        1 => Just(Operation::Purge),
        1 => (0u16..30).prop_map(|seconds| Operation::SetDelay { seconds }),
        1 => (60u32..400).prop_map(|seconds| Operation::SetRetention { seconds }),
        2 => Just(Operation::BeginFile),
        2 => Just(Operation::GiveUpOldest),
    ]
}

/// The queues, the model, and the log: entries by file.
struct Both {
    queues: Queues,
    ids: [u64; 2],
    naive: Naive,
    log: Vec<(u64, Vec<u8>)>,
    file: u64,
    /// What was ever given out: which queue, the handle, order and receives in the model.
    handles: Vec<(usize, String, u64, u32)>,
    sent: u128,
    /// What was handed over, and is not settled.
    handed: Vec<u128>,
}

impl Both {
    fn new(is_fifo: bool, receives_max: Option<u32>) -> Self {
        let mut both = Both {
            queues: Queues::new(1 << 30),
            ids: [0; 2],
            naive: Naive {
                is_fifo,
                delay: 0,
                retention: 345_600_000,
                visibility: 30_000,
                receives_max,
                now: 0,
                next: 1,
                lines: [Line::default(), Line::default()],
                duplicates: Vec::new(),
            },
            log: Vec::new(),
            file: 0,
            handles: Vec::new(),
            sent: 0,
            handed: Vec::new(),
        };
        both.begin_file();
        let (name, dead) = if is_fifo { ("q.fifo", "dead.fifo") } else { ("q", "dead") };
        let fifo = if is_fifo { vec![("FifoQueue", "true")] } else { Vec::new() };
        let forever = [fifo.clone(), vec![("MessageRetentionPeriod", "1209600")]].concat();
        both.ids[1] = both.make(dead, &forever);
        let policy = format!(
            r#"{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:{dead}","maxReceiveCount":{}}}"#,
            receives_max.unwrap_or(1)
        );
        let redrive = receives_max.map(|_| ("RedrivePolicy", policy.as_str()));
        both.ids[0] = both.make(name, &[fifo, redrive.into_iter().collect()].concat());
        both
    }

    fn make(&mut self, name: &str, pairs: &[(&str, &str)]) -> u64 {
        let step = self.queues.create(&scope(), name, &given(pairs), Tags::new(), at(0)).unwrap();
        self.write(&step.events);
        step.value
    }

    fn write(&mut self, events: &[Event]) {
        if !events.is_empty() {
            self.log.push((self.file, encode(events)));
        }
    }

    fn begin_file(&mut self) {
        self.file += 1;
        self.queues.set_file(self.file);
        let head = self.queues.head();
        self.write(&head);
    }

    fn now(&self) -> Timestamp {
        at(self.naive.now)
    }

    /// Writes the messages of the oldest file again, and gives up what is not needed.
    fn give_up_oldest(&mut self) {
        let now = self.now();
        let first = self.queues.first_needed(now);
        if first < self.file {
            for living in self.queues.living_in(first) {
                let event = self.queues.rehome(living, first).map(|(event, _)| event);
                self.write(event.as_slice());
            }
        }
        let first = self.queues.first_needed(now);
        self.log.retain(|(file, _)| *file >= first);
    }

    /// The queues that the log makes.
    fn made_again(&self) -> Queues {
        let mut queues = Queues::new(1 << 30);
        for (file, entry) in &self.log {
            queues.set_file(*file);
            for event in decode(entry).unwrap() {
                queues.apply(&event).unwrap();
            }
        }
        queues.settle(self.now());
        queues
    }

    fn run(&mut self, operation: &Operation) {
        let now = self.now();
        match operation {
            Operation::Send { group, duplicate, delay } => self.send(*group, *duplicate, *delay),
            Operation::HandOver { again } => self.hand_over(again.as_ref()),
            Operation::Settle { which } if !self.handed.is_empty() => {
                let id = self.handed.remove(which.index(self.handed.len()));
                self.queues.settle_handover(self.ids[0], Uuid::from_u128(id));
            }
            Operation::Settle { .. } => {}
            Operation::Receive { dead, most, visibility, attempt } => {
                self.receive(usize::from(*dead), *most, *visibility, attempt.map(|attempt| format!("a{attempt}")));
            }
            Operation::Delete { which } => {
                let Some((line, handle, order, receives)) = self.handle(which) else { return };
                let outcome = self.queues.delete(self.ids[line], &handle, now);
                assert_eq!(outcome.is_ok(), self.naive.delete(line, order, receives));
                self.write(&outcome.map(|step| step.events).unwrap_or_default());
            }
            Operation::Hide { which, seconds } => {
                let Some((line, handle, order, receives)) = self.handle(which) else { return };
                let outcome = self.queues.change_visibility(self.ids[line], &handle, u32::from(*seconds), now);
                assert_eq!(outcome.is_ok(), self.naive.hide(line, order, receives, i64::from(*seconds) * 1000));
                self.write(&outcome.map(|step| step.events).unwrap_or_default());
            }
            Operation::Pass { millis } => self.naive.pass(*millis),
            Operation::Purge => {
                if let Ok(step) = self.queues.purge(self.ids[0], now) {
                    self.write(&step.events);
                    self.naive.lines[0].messages.clear();
                }
            }
            Operation::SetDelay { seconds } => {
                self.set("DelaySeconds", u32::from(*seconds));
                self.naive.delay = i64::from(*seconds) * 1000;
                let Naive { is_fifo, delay, lines, .. } = &mut self.naive;
                for message in lines[0].messages.iter_mut().filter(|message| *is_fifo && message.is_delayed) {
                    message.from = message.entered + *delay;
                }
            }
            Operation::SetRetention { seconds } => {
                self.set("MessageRetentionPeriod", *seconds);
                self.naive.retention = i64::from(*seconds) * 1000;
            }
            Operation::BeginFile => self.begin_file(),
            Operation::GiveUpOldest => self.give_up_oldest(),
        }
        self.naive.pass(0);
    }

    fn set(&mut self, name: &str, value: u32) {
        let value = value.to_string();
        let step = self.queues.set_attributes(self.ids[0], &given(&[(name, &value)]), self.now()).unwrap();
        self.write(&step.events);
    }

    fn send(&mut self, group: u8, duplicate: u8, delay: Option<u16>) {
        self.sent += 1;
        let is_fifo = self.naive.is_fifo;
        let (group, duplicate) = (format!("g{group}"), format!("d{duplicate}"));
        let draft = Draft {
            delay_seconds: delay.filter(|_| !is_fifo).map(i64::from),
            group: is_fifo.then(|| group.clone()),
            deduplication: is_fifo.then(|| duplicate.clone()),
            ..draft(self.sent, "body")
        };
        let step = self.queues.send(self.ids[0], draft, self.now()).unwrap();
        let expected = self.naive.send(self.sent, &group, &duplicate, delay.map(|delay| i64::from(delay) * 1000));
        assert_eq!(step.value.id.as_u128(), expected);
        self.write(&step.events);
    }

    /// Hands a message over, or one again that nobody knows the outcome of.
    fn hand_over(&mut self, again: Option<&Index>) {
        let again = again.filter(|_| !self.handed.is_empty()).map(|which| self.handed[which.index(self.handed.len())]);
        self.sent += 1;
        let id = again.unwrap_or(self.sent);
        let is_fifo = self.naive.is_fifo;
        let duplicate = format!("handed-{id}");
        let draft = Draft {
            group: is_fifo.then(|| "handed".to_owned()),
            deduplication: is_fifo.then(|| duplicate.clone()),
            ..draft(id, "body")
        };
        let step = self.queues.hand_over(self.ids[0], draft, self.now()).unwrap();
        assert_eq!(step.value.id.as_u128(), id);
        assert_eq!(step.events.is_empty(), again.is_some());
        if again.is_none() {
            self.naive.send(id, "handed", &duplicate, None);
            self.handed.push(id);
        }
        self.write(&step.events);
    }

    fn receive(&mut self, line: usize, most: usize, visibility: Option<u16>, attempt: Option<String>) {
        let expected =
            self.naive.receive(line, most, visibility.map(|seconds| i64::from(seconds) * 1000), attempt.as_deref());
        let wish = Wish { visibility_seconds: visibility.map(u32::from), attempt, ..wish(most) };
        let step = self.queues.receive(self.ids[line], &wish, self.now()).unwrap();
        let found: Vec<_> =
            step.value.iter().map(|delivery| (delivery.receipt.number, delivery.receipt.receives)).collect();
        assert_eq!(found, expected);
        for delivery in &step.value {
            let plain = self.naive.message(line, delivery.receipt.number).unwrap();
            let found = (delivery.content.id.as_u128(), delivery.sent, delivery.receives);
            assert_eq!(found, (plain.id, at(plain.sent), plain.before + plain.receives));
            assert_eq!(delivery.source.is_some(), line == 1);
            let receipt = delivery.receipt;
            self.handles.push((line, receipt.handle(), receipt.number, receipt.receives));
        }
        self.write(&step.events);
    }

    fn handle(&self, which: &Index) -> Option<(usize, String, u64, u32)> {
        (!self.handles.is_empty()).then(|| self.handles[which.index(self.handles.len())].clone())
    }

    fn compare(&mut self) {
        let now = self.now();
        for line in 0..2 {
            let queue = self.queues.look(self.ids[line], now).unwrap();
            assert_eq!(queue.counts(), self.naive.counts(line));
        }
    }
}

proptest! {
    #[test]
    fn queues_do_as_the_model(
        is_fifo: bool,
        receives_max in option::of(1u32..4),
        operations in vec(operation(), 1..60),
    ) {
        let mut both = Both::new(is_fifo, receives_max);
        for operation in &operations {
            both.run(operation);
            both.compare();
        }
        let now = both.now();
        both.queues.settle(now);
        prop_assert_eq!(dump(&both.made_again()), dump(&both.queues));
        // What is made again goes on as it would have.
        both.queues = both.made_again();
        both.receive(0, 10, None, None);
        both.send(0, 0, None);
        both.compare();
    }

    #[test]
    fn any_bytes_are_events_or_none(bytes in vec(any::<u8>(), 0..200)) {
        if let Ok(events) = decode(&bytes) {
            let mut queues = Queues::new(1 << 20);
            for event in events {
                let _ = queues.apply(&event);
            }
        }
    }

    #[test]
    fn damaged_entries_are_told(
        operations in vec(operation(), 1..20),
        which: Index,
        at: Index,
        byte: u8,
    ) {
        let mut both = Both::new(true, Some(1));
        operations.iter().for_each(|operation| both.run(operation));
        let mut entry = both.log[which.index(both.log.len())].1.clone();
        let at = at.index(entry.len());
        entry[at] = byte;
        if let Ok(events) = decode(&entry) {
            let mut queues = both.made_again();
            for event in events {
                let _ = queues.apply(&event);
            }
        }
    }
}
