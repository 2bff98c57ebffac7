//! The tables, asked from threads that may block.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use nepho_model::{Read, Timestamp, UnitSeries};
use nepho_operational::{Error, applied, read};
use nepho_store::StoreError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgPool};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::cells;
use super::looked::Looked;
use super::names::Names;
use crate::clock::monotonic;

/// Connections to PostgreSQL: so many reads run at the same time.
const CONNECTIONS_MAX: u32 = 4;
/// How long connecting may take.
const CONNECTION_WAIT: Duration = Duration::from_secs(10);
/// How long one statement may take.
const STATEMENT_MS: &str = "30000";
/// How old the list of metrics may be.
const NAMES_AGE: Duration = Duration::from_secs(5);

pub(super) struct Tables {
    pool: PgPool,
    /// A permit for each connection, so that a read that waits for its turn does not run out of time to connect.
    turns: Semaphore,
    runtime: Handle,
    /// Where they are, for messages.
    place: String,
    names: tokio::sync::Mutex<Option<Looked>>,
    problem: Mutex<Option<String>>,
}

/// What reads that come together go by.
#[derive(Debug)]
struct Shown {
    names: Arc<Names>,
    /// From when on raw rows are all there.
    raw_from: Option<Timestamp>,
}

impl Tables {
    pub(super) async fn connect(address: &str) -> Result<Self, Error> {
        let options: PgConnectOptions = address.parse()?;
        let database = options.get_database().unwrap_or(options.get_username());
        let place = format!("PostgreSQL at {}, database {database}", nepho_operational::address(&options));
        let settings = [("default_transaction_read_only", "on"), ("statement_timeout", STATEMENT_MS)];
        let options = options.application_name("nepho").options(settings);
        // A pool would try for as long as a read may wait.
        let mut connection = nepho_operational::connect(&options).await?;
        // Tables that were made with another tool have no versions, but they are there.
        if applied(&mut connection).await?.is_empty() {
            read::last_id(&mut connection).await?;
        }
        connection.close().await?;
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS_MAX).acquire_timeout(CONNECTION_WAIT);
        let pool = pool.connect_lazy_with(options);
        let (runtime, names, problem) = (Handle::current(), tokio::sync::Mutex::default(), Mutex::default());
        let turns = Semaphore::new(CONNECTIONS_MAX as usize);
        Ok(Tables { pool, turns, runtime, place, names, problem })
    }

    /// What went wrong in the last read, or is wrong with the rows.
    pub(super) fn problem(&self) -> Option<String> {
        self.lock_problem().clone()
    }

    pub(super) fn close(&self) {
        let pool = self.pool.clone();
        self.runtime.spawn(async move { pool.close().await });
    }

    /// All metrics that there are.
    pub(super) fn names(self: &Arc<Self>) -> Result<Arc<Names>, StoreError> {
        let tables = self.clone();
        self.wait(async move { tables.looked().await.map_err(|error| tables.failed(&error)) })
    }

    /// Answers each read; so many run at the same time as there are connections.
    pub(super) fn read(self: &Arc<Self>, reads: Vec<Read>) -> Vec<Result<Vec<UnitSeries>, StoreError>> {
        let tables = self.clone();
        self.wait(async move {
            let shown = match tables.shown().await {
                Ok(shown) => Arc::new(shown),
                Err(error) => return reads.iter().map(|_| Err(tables.failed(&error))).collect(),
            };
            let answer = |read| tokio::spawn(tables.clone().answer(shown.clone(), read));
            let tasks: Vec<_> = reads.into_iter().map(answer).collect();
            let mut answers = Vec::with_capacity(tasks.len());
            for task in tasks {
                answers.push(task.await.unwrap_or(Err(StoreError::Closed)));
            }
            answers
        })
    }

    async fn shown(&self) -> Result<Shown, Error> {
        let names = self.looked().await?;
        let raw_from = read::final_until(&self.pool).await?;
        self.lock_problem().take_if(|problem| problem.starts_with(&self.place));
        Ok(Shown { names, raw_from: raw_from.map(|time| Timestamp::from_millis(time.as_millisecond())) })
    }

    async fn answer(self: Arc<Self>, shown: Arc<Shown>, wanted: Read) -> Result<Vec<UnitSeries>, StoreError> {
        let Some(known) = shown.names.metrics().get(&wanted.metric) else { return Ok(Vec::new()) };
        let _turn = self.turns.acquire().await.map_err(|_| StoreError::Closed)?;
        let answer = cells::read(&self.pool, known, &wanted, shown.raw_from).await;
        answer.map_err(|error| self.failed(&error))
    }

    /// The metrics, looked at again when that was long ago. Others wait for one look.
    async fn looked(&self) -> Result<Arc<Names>, Error> {
        let mut looked = self.names.lock().await;
        let now = monotonic();
        match looked.as_mut() {
            Some(last) if now.saturating_sub(last.at) < NAMES_AGE => return Ok(last.names.clone()),
            Some(last) => last.look_again(&self.pool, now).await?,
            None => *looked = Some(Looked::look(&self.pool, now).await?),
        }
        let names = looked.as_ref().expect("they were just looked at").names.clone();
        if let Some(left_out) = &names.left_out {
            let mut problem = self.lock_problem();
            if problem.is_none() {
                tracing::warn!("operational metrics that cannot be shown: {left_out}");
                *problem = Some(format!("operational metrics that cannot be shown: {left_out}"));
            }
        }
        Ok(names)
    }

    fn failed(&self, error: &Error) -> StoreError {
        let detail = error.to_string();
        // The place says it already.
        let detail = detail.strip_prefix("PostgreSQL: ").unwrap_or(&detail).to_owned();
        *self.lock_problem() = Some(format!("{}: {detail}", self.place));
        StoreError::Elsewhere { place: self.place.clone(), detail }
    }

    fn lock_problem(&self) -> MutexGuard<'_, Option<String>> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs on the runtime, and blocks this thread until it is done.
    fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.runtime.spawn(async move { drop(sender.send(work.await)) });
        receiver.recv().expect("work on the runtime comes to its end")
    }
}
