//! A load test: many customers book and pay over HTTP, count what they are answered, and compare that with what a server
//! of CloudWatch's API has stored afterwards.
//!
//! The service under load runs in this process, behind its real HTTP API on a port of loopback, so that its queue can be
//! emptied and its metrics flushed before the numbers are compared. Each run has a value of its own of the dimension
//! `Environment`: what other runs have stored is not in its way.

mod client;
mod cloudwatch;
mod counts;
mod customers;
pub mod visit;

pub use client::{Failure, HttpClient};
pub use cloudwatch::{CloudWatch, Stored};
pub use counts::{Counts, Expected};

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use nepho::Accounting;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::adapters::metrics::{Destination, client as metrics_client};
use crate::app::{self, App};
use crate::clock::{Stopwatch, unix_seconds};
use crate::domain::ports::Hall;
use visit::BOX_OFFICE;

/// How long the last flush may take.
const FLUSH_TIME: Duration = Duration::from_secs(30);
/// How long it may take until what was sent to an agent is stored. An agent answers nothing, so the only way to know is
/// to ask the store.
const ARRIVAL_TIME: Duration = Duration::from_secs(15);
/// How long to wait between two such questions.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// What to do.
#[derive(Debug, Clone)]
pub struct Load {
    /// How many times somebody tries to book, beside the very first booking.
    pub bookings: u32,
    /// How many customers do so at the same time.
    pub clients: u32,
    /// The server that is asked what is stored.
    pub endpoint: Uri,
    /// Where the metrics go. It has to be the same server in the end.
    pub metrics: Destination,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// The dimension `Environment` of this run.
    pub environment: String,
    /// What the customers counted.
    pub counts: Counts,
    /// How long they took.
    pub elapsed: Duration,
    /// The client's account.
    pub accounting: Accounting,
    /// Each metric: what it has to be, and what is stored.
    pub rows: Vec<(Expected, Stored)>,
}

impl Outcome {
    /// Whether every stored number is what the customers counted.
    pub fn is_exact(&self) -> bool {
        self.rows.iter().all(|(expected, stored)| expected.is(stored))
    }
}

impl Load {
    /// Runs it.
    ///
    /// # Errors
    /// The server cannot be reached, or something answered what makes no sense.
    pub async fn run(&self) -> Result<Outcome, Failure> {
        let start = unix_seconds();
        let environment = format!("load-{start}-{}", std::process::id());
        let mut cloudwatch = CloudWatch::connect(&self.endpoint, start).await?;
        let metrics = metrics_client(&environment, &self.metrics).map_err(|error| Failure::new(error.to_string()))?;

        let (app, inbox) = App::open(Arc::new(metrics.clone()), visit::seats(self.bookings));
        let (queue, hall) = (app.queue.clone(), app.hall.clone());
        // The box office is just selling this seat, for as long as the run takes.
        let held = hall.try_lock(BOX_OFFICE);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let service = tokio::spawn(app::serve(listener, app, inbox, async { drop::<Result<(), _>>(stopped.await) }));

        let watch = Stopwatch::start();
        let counts = customers::run(address, &queue, self.bookings, self.clients).await?;
        let elapsed = watch.elapsed();
        // The queue ends, and with it the service, when nobody can put anything into it.
        drop((held, queue, stop));
        service.await.map_err(|error| Failure::new(error.to_string()))??;
        tokio::task::block_in_place(|| metrics.shutdown(FLUSH_TIME));

        let rows = stored(&mut cloudwatch, &environment, counts.expected()).await?;
        Ok(Outcome { environment, counts, elapsed, accounting: metrics.accounting(), rows })
    }
}

/// What is stored of each metric: when it is what it has to be, or when waiting is of no more use.
async fn stored(
    cloudwatch: &mut CloudWatch,
    environment: &str,
    expected: Vec<Expected>,
) -> Result<Vec<(Expected, Stored)>, Failure> {
    let watch = Stopwatch::start();
    let mut rows = Vec::with_capacity(expected.len());
    for expected in expected {
        let mut stored = cloudwatch.stored(environment, &expected).await?;
        while !expected.is(&stored) && watch.elapsed() < ARRIVAL_TIME {
            tokio::time::sleep(ASK_AGAIN).await;
            stored = cloudwatch.stored(environment, &expected).await?;
        }
        rows.push((expected, stored));
    }
    Ok(rows)
}
