use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use super::super::slot::{Collected, Index, increment, record};
use super::*;

fn index() -> Index {
    Index::claim().expect("there are more places than tests")
}

fn collect(collected: &mut Collected, index: &Index) -> Tally {
    let mut tally = Tally::default();
    collected.collect(index, &mut tally);
    tally
}

fn sum(tally: &Tally) -> f64 {
    tally.statistics().map_or(0.0, |statistics| statistics.sum)
}

/// Writers on several threads, some of which end and leave their slots to others, and a reader that never stops.
#[test]
fn totals_are_exact_while_threads_come_and_go() {
    let (waves, each) = if cfg!(miri) { (2, 10) } else { (50, 2000) };
    let index = index();
    let (mut collected, is_done) = (Collected::from_now_on(&index), AtomicBool::new(false));
    let (mut samples, mut total) = (0, 0.0);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..waves {
                thread::scope(|wave| {
                    for thread in 0..3 {
                        let index = &index;
                        wave.spawn(move || {
                            for number in 0..each {
                                increment(index);
                                record(index, f64::from(thread * each + number), 1);
                            }
                        });
                    }
                });
            }
            is_done.store(true, Ordering::Release);
        });
        loop {
            let is_last = is_done.load(Ordering::Acquire);
            let tally = collect(&mut collected, &index);
            samples += tally.samples();
            total += sum(&tally);
            if let Some(statistics) = tally.statistics() {
                assert!(statistics.minimum >= 0.0 && statistics.maximum < f64::from(3 * each));
                let counts: f64 = tally.values(VALUES_MAX).iter().map(|(_, count)| count).sum();
                assert_eq!(counts, statistics.count);
            }
            if is_last {
                break;
            }
        }
    });
    let (each, waves) = (each as u64, waves as u64);
    let of_all = 3 * each * (3 * each - 1) / 2 + 3 * each;
    assert_eq!((samples, total), (2 * 3 * each * waves, (of_all * waves) as f64));
    assert_eq!(collected.waiting(&index), 0);
}

thread_local! {
    /// What a thread does when it ends.
    static LAST_WORDS: RefCell<Option<LastWords>> = const { RefCell::new(None) };
}

struct LastWords(Arc<Index>);

impl Drop for LastWords {
    fn drop(&mut self) {
        for value in 0..10 {
            increment(&self.0);
            record(&self.0, f64::from(value), 1);
        }
    }
}

/// Destructors of thread-locals run before and after the one that gives the slot back.
#[test]
fn samples_of_threads_that_are_ending_are_counted() {
    let threads = if cfg!(miri) { 4 } else { 64 };
    let index = Arc::new(index());
    let mut collected = Collected::from_now_on(&index);
    let handles: Vec<JoinHandle<()>> = (0..threads)
        .map(|thread| {
            let index = Arc::clone(&index);
            thread::spawn(move || {
                let leave = || LAST_WORDS.set(Some(LastWords(Arc::clone(&index))));
                if thread % 2 == 0 {
                    leave();
                    increment(&index);
                } else {
                    increment(&index);
                    leave();
                }
            })
        })
        .collect();
    let mut samples = 0;
    for handle in handles {
        samples += collect(&mut collected, &index).samples();
        handle.join().unwrap();
    }
    samples += collect(&mut collected, &index).samples();
    assert_eq!(samples, threads * 21);
}

/// A thread that does what it is told, and says when it is done.
struct Worker {
    orders: Sender<Box<dyn FnOnce() + Send>>,
    done: Receiver<()>,
    thread: JoinHandle<()>,
}

impl Worker {
    fn new() -> Self {
        let (orders, received) = channel::<Box<dyn FnOnce() + Send>>();
        let (tell, done) = channel();
        let thread = thread::spawn(move || {
            for order in received {
                order();
                tell.send(()).unwrap();
            }
        });
        Worker { orders, done, thread }
    }

    fn does(&self, order: impl FnOnce() + Send + 'static) {
        self.orders.send(Box::new(order)).unwrap();
        self.done.recv().unwrap();
    }

    fn ends(self) {
        drop(self.orders);
        self.thread.join().unwrap();
    }
}

#[derive(Debug, Clone)]
enum Op {
    Increment(usize),
    Record(usize, f64),
    Collect,
    /// The series is given up, with what is in it, and another has its place.
    Retire,
    /// A thread ends, and a new one has its slot.
    Replace(usize),
}

const WORKERS: usize = 3;

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        4 => (0..WORKERS).prop_map(Op::Increment),
        8 => (0..WORKERS, -5..200).prop_map(|(worker, value)| Op::Record(worker, f64::from(value))),
        3 => Just(Op::Collect),
        1 => Just(Op::Retire),
        1 => (0..WORKERS).prop_map(Op::Replace),
    ];
    prop::collection::vec(op, 1..if cfg!(miri) { 20 } else { 120 })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_series_gets_its_own_samples_and_no_others(ops in ops()) {
        let mut workers: Vec<Worker> = (0..WORKERS).map(|_| Worker::new()).collect();
        let mut at = Arc::new(index());
        let mut collected = Collected::from_now_on(&at);
        let mut expected = Vec::new();
        for op in ops {
            match op {
                Op::Increment(worker) => {
                    let index = Arc::clone(&at);
                    workers[worker].does(move || increment(&index));
                    expected.push(1.0);
                }
                Op::Record(worker, value) => {
                    let index = Arc::clone(&at);
                    workers[worker].does(move || record(&index, value, 1));
                    expected.push(value);
                }
                Op::Collect => {
                    let tally = collect(&mut collected, &at);
                    check(&tally, &expected, Some(0.0));
                    expected.clear();
                }
                Op::Retire => {
                    drop(at);
                    at = Arc::new(index());
                    collected = Collected::from_now_on(&at);
                    expected.clear();
                }
                Op::Replace(worker) => {
                    let fresh = Worker::new();
                    std::mem::replace(&mut workers[worker], fresh).ends();
                }
            }
            prop_assert_eq!(collected.waiting(&at), expected.len() as u64);
        }
        workers.into_iter().for_each(Worker::ends);
        check(&collect(&mut collected, &at), &expected, Some(0.0));
    }
}

#[test]
fn a_place_is_given_back() {
    let places: Vec<u32> = (0..1000).map(|_| index().number()).collect();
    let highest = places.iter().max().unwrap();
    assert!(*highest < 500, "{highest} of those that were claimed and given back one after the other");
}
