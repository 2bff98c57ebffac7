//! `metrics_cloudwatch`: a recorder of the facade whose calls go through a channel to a task that aggregates them for
//! PutMetricData. The service is replaced by a stand-in behind the crate's own trait.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_cloudwatch::error::SdkError;
use aws_sdk_cloudwatch::operation::put_metric_data::PutMetricDataError;
use aws_sdk_cloudwatch::types::MetricDatum;
use metrics::with_local_recorder;
use metrics_cloudwatch::collector::{CloudWatch, Config, RecorderHandle};
use metrics_cloudwatch::{BoxFuture, Builder, Resolution};

use crate::clock;
use crate::contest::Contestant;
use crate::values::{NUMBERS, labels};
use crate::work::NAMESPACE;

const NAME: &str = "metrics_cloudwatch";

/// What the stand-in for the service got.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// Calls of PutMetricData.
    pub(crate) calls: AtomicU64,
    /// The sum of all statistic sets.
    pub(crate) sum: AtomicU64,
    /// Whether a call has been left without an answer.
    pub(crate) held: AtomicBool,
    /// Whether it does not answer.
    pub(crate) hangs: AtomicBool,
}

#[derive(Clone)]
struct StandIn(Arc<Received>);

impl CloudWatch for StandIn {
    fn put_metric_data(
        &self,
        _: &Config,
        data: Vec<MetricDatum>,
    ) -> BoxFuture<'_, Result<(), SdkError<PutMetricDataError>>> {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        let sums = data.iter().filter_map(|datum| datum.statistic_values()?.sum());
        self.0.sum.fetch_add(sums.sum::<f64>() as u64, Ordering::Relaxed);
        if self.0.hangs.load(Ordering::Relaxed) {
            self.0.held.store(true, Ordering::Release);
            return Box::pin(std::future::pending());
        }
        Box::pin(async { Ok(()) })
    }
}

/// A recorder with its task on a thread of its own, as `init_thread` starts it; it stops when `stop` completes.
pub(crate) struct Running {
    pub(crate) recorder: Arc<RecorderHandle>,
    pub(crate) received: Arc<Received>,
    stop: tokio::sync::oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl Running {
    /// Leaves it as it is: its thread ends with the process.
    pub(crate) fn forget(self) {
        std::mem::forget(self);
    }

    /// Sends what is left and stops, as its shutdown signal does; tells what the service got, in how many calls.
    pub(crate) fn finish(self) -> (u64, u64) {
        let _ = self.stop.send(());
        self.thread.join().expect("its thread does not panic");
        (self.received.sum.load(Ordering::Relaxed), self.received.calls.load(Ordering::Relaxed))
    }
}

/// Takes the recorder where the crate would make it the process's.
static MADE: Mutex<Option<RecorderHandle>> = Mutex::new(None);

/// Starts it with its defaults: sent every 10 seconds, a minute's data when the minute is over.
pub(crate) fn start() -> Running {
    start_with(Builder::new(), Received::default())
}

/// Starts it so that it sends every second what a second brought, and waits until the service leaves that unanswered.
pub(crate) fn start_hung() -> Running {
    const NO_TIMEOUT_SECS: u64 = 3600;
    let builder = Builder::new().storage_resolution(Resolution::Second).send_interval_secs(1);
    let received = Received { hangs: AtomicBool::new(true), ..Received::default() };
    let running = start_with(builder.send_timeout_secs(NO_TIMEOUT_SECS), received);
    with_local_recorder(&*running.recorder, || metrics::counter!("first").increment(1));
    clock::wait_until(|| running.received.held.load(Ordering::Acquire));
    running
}

fn start_with(builder: Builder, received: Received) -> Running {
    let received = Arc::new(received);
    let stand_in = StandIn(received.clone());
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let (made, is_made) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime starts");
        let builder = builder.cloudwatch_namespace(NAMESPACE).shutdown_signal(Box::pin(async {
            let _ = stopped.await;
        }));
        runtime.block_on(async {
            let take = |recorder| {
                *MADE.lock().unwrap_or_else(PoisonError::into_inner) = Some(recorder);
                Ok(())
            };
            let task = builder.init_future_mock(stand_in, take).await.expect("the settings are whole");
            let _ = made.send(());
            task.await;
        });
    });
    is_made.recv().expect("the thread starts");
    let recorder = MADE.lock().unwrap_or_else(PoisonError::into_inner).take().expect("it was made just now");
    Running { recorder: Arc::new(recorder), received, stop, thread }
}

pub(crate) fn counter() -> Contestant {
    let running = start();
    let counter = with_local_recorder(&*running.recorder, || metrics::counter!("requests"));
    Contestant::new("metrics_cloudwatch, drops what its channel cannot hold", move || {
        let (counter, _alive) = (counter.clone(), &running);
        Box::new(move |operations| (0..operations).for_each(|_| black_box(&counter).increment(1)))
    })
}

pub(crate) fn dimensions(series: usize) -> Contestant {
    let running = start();
    let labels = labels(series);
    Contestant::new(NAME, move || {
        let (recorder, labels) = (running.recorder.clone(), labels.clone());
        Box::new(move |operations| {
            with_local_recorder(&*recorder, || super::count_through_facade(&labels, operations));
        })
    })
}

pub(crate) fn histogram(numbers: &Arc<[f64; NUMBERS]>) -> Contestant {
    let running = start();
    let histogram = with_local_recorder(&*running.recorder, || metrics::histogram!("latency"));
    let numbers = numbers.clone();
    Contestant::new("metrics_cloudwatch, drops what its channel cannot hold", move || {
        let (histogram, numbers, _alive) = (histogram.clone(), numbers.clone(), &running);
        Box::new(move |operations| {
            (0..operations).for_each(|at| black_box(&histogram).record(numbers[at as usize % NUMBERS]));
        })
    })
}
